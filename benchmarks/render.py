"""From a definition to a picture: how long each stage takes, and how that grows; then whole processes, cold.

    python benchmarks/render.py [--cold] [--json]

The definitions have five roles; every third step is a decision, some of which lead back. ``parts`` has them in groups
of thirty, which are drawn on sheets of their own; ``flat`` has them in one row, on one sheet. Milliseconds of processor
time, the least of five rounds; of whole processes the least of five on the clock, their imports in it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import sopflow
from sopflow.rendering import View, draw
from sopflow.rendering.formats import _svg

ROUNDS = 5
SIZES = (40, 120, 240, 600)
ROLES = ("planner", "editor", "designer", "lawyer", "director")
PART = 30

HEAD = """\
sopflow: 1
id: large
version: 1.0.0
title: {en: A large one, zh: 大流程}
languages: [en, zh]
roles: {planner: 策划, editor: 编辑, designer: 设计, lawyer: 法务, director: 总监}
steps:
"""


def definition(size: int, *, flat: bool) -> str:
    """The text of a definition of ``size`` steps."""
    lines = [HEAD]
    for first in range(0, size, size if flat else PART):
        last = min(first + (size if flat else PART), size)
        if not flat:
            lines.append(f"  part-{first}:\n    group: {{en: Part {first}, zh: 第{first}部分}}\n    steps:\n")
        lines += [("" if flat else "    ") + line for line in _steps(first, last, flat=flat)]
    return "".join(lines)


def _steps(first: int, last: int, *, flat: bool) -> Iterator[str]:
    done = "end" if flat else "done"
    for number in range(first, last):
        role = ROLES[(number * number // 3) % len(ROLES)]
        title = f"{{en: Prepare part {number} of the work, zh: 准备工作的第{number}部分}}"
        after = f"s{number + 1}" if number + 1 < last else done
        if number % 3 == 2:
            aside = f"s{max(first, number - 4)}" if number % 2 else f"s{number + 3}" if number + 3 < last else done
            yield f"  s{number}: {{decision: {title}, by: {role}, yes: {after}, no: {aside}}}\n"
        else:
            yield f"  s{number}: {{task: {title}, by: {role}, due: 2 days after opened}}\n"


def least(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """The shortest of some rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        begun = clock()
        work()
        times.append(clock() - begun)
    return min(times) * 1000


def warm(text: str) -> dict[str, float]:
    """How long each stage takes in a process that has drawn before."""
    sop = sopflow.loads(text)
    drawing = draw(sop, View())
    drawn = _svg.svg(drawing)
    assert drawn.count('class="node') >= len(sop.steps)

    def laid_out() -> None:
        again = draw(sop, View())
        assert again.geometry.width > 0

    scene = least(lambda: draw(sop, View()), time.process_time)
    return {
        "nodes": sum(len(sheet.nodes) for sheet in drawing.scene.sheets),
        "sheets": len(drawing.scene.sheets),
        "load": least(lambda: sopflow.loads(text), time.process_time),
        "scene": scene,
        "layout": least(laid_out, time.process_time) - scene,
        "svg": least(lambda: _svg.svg(drawing), time.process_time),
    }


def cold(text: str) -> dict[str, float]:
    """How long a whole process takes that draws one picture."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.yaml"
        file.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "sopflow", "render", str(file), "-o", str(Path(folder) / "large.svg")]
        return {"cold": least(lambda: subprocess.run(command, check=True), time.perf_counter)}


def main() -> None:
    """Print a line for each definition."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", action="store_true", help="whole processes too")
    parser.add_argument("--json", action="store_true", help="a JSON object on each line")
    options = parser.parse_args()
    for shape in ("parts", "flat"):
        for size in SIZES:
            text = definition(size, flat=shape == "flat")
            measured = warm(text) | (cold(text) if options.cold else {})
            if options.json:
                print(json.dumps({"shape": shape, "steps": size, **measured}))
            else:
                figures = "  ".join(f"{name} {value:.0f}" for name, value in measured.items())
                print(f"{shape:6}{size:5} steps  {figures}")


if __name__ == "__main__":
    main()
