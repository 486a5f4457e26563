"""From text to definition to program, beside the parts that somebody would put together by hand (the floors).

    python benchmarks/load.py [LARGEST]

For 10, 100, 1,000 and 10,000 steps (or up to LARGEST): every fifth a decision with a guard, the others tasks with one
of a deadline, a form, a checklist and citations. Each line is milliseconds and *ours / floor*, medians of five rounds
that take turns, with the garbage collector off for the floors, as it is for us.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from pydantic import BaseModel, TypeAdapter

import sopflow
from sopflow.dsl._memory import slot_of

ROUNDS = 5
SIZES = (10, 100, 1_000, 10_000)

HEAD = """\
sopflow: 1
id: large
version: 1.0.0
title: {en: A large one, zh: 大流程}
languages: [en, zh]
roles: {planner: {en: Planner, zh: 策划}}
data: {event: {start: date, size: int, free: bool, note: string}}
steps:
"""
DECISION = """\
  s{0}:
    decision: {{en: Is part {0} large?, zh: 第{0}部分大吗?}}
    when: event.size > {0} && event.free
    by: planner
    yes: {1}
    no: {2}
"""
TASK = """\
  s{0}:
    task: {{en: Prepare part {0}, zh: 准备第{0}部分}}
    by: planner
"""
MORE = (
    "    due: 3 days before event.start\n",
    "    form: [event.note, event.size?]\n",
    "    checklist:\n      - Look at part {0}\n      - {{text: Write it down, cites: [doc-{0}-a]}}\n",
    "    cites: [doc-{0}]\n",
)

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Step(BaseModel):
    """What pydantic's own checks would need to know of a step."""

    id: str
    task: dict[str, str] | None = None
    decision: dict[str, str] | None = None
    when: str | None = None
    by: str | None = None
    due: str | None = None
    form: list[str] = []
    checklist: list[str | dict[str, str | list[str]]] = []
    cites: list[str] = []
    yes: str | None = None
    no: str | None = None


STEPS = TypeAdapter(list[Step])


def definition(steps: int) -> str:
    """The text of a definition in YAML."""
    after = [*(f"s{number}" for number in range(1, steps)), "end", "end early"]
    return HEAD + "".join(
        DECISION.format(n, after[n], after[n + 1]) if n % 5 == 4 else (TASK + MORE[n % 5]).format(n)
        for n in range(steps)
    )


def milliseconds(call: Callable[[], object], *, collect: bool, anew: bool = False) -> float:
    """How long one call takes, from a clean start; ``anew``: with nothing remembered of the text."""
    if anew:
        slot_of.cache_clear()
    gc.collect()
    if not collect:
        gc.disable()
    start = time.perf_counter()
    result = call()
    taken = time.perf_counter() - start
    gc.enable()
    del result  # freeing it is nobody's work here
    return taken * 1000


def report(
    what: str, ours: Callable[[], object], against: str, floor: Callable[[], object], *, anew: bool = False
) -> float:
    """One line; gives our milliseconds."""
    ours(), floor()
    rounds = [(milliseconds(ours, collect=True, anew=anew), milliseconds(floor, collect=False)) for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    print(f"  {what:28} {mine:9.2f} ms   {against:28} {theirs:8.2f} ms   {ratio:7.2f}")
    return mine


def compare(steps: int, folder: Path) -> dict[str, float]:
    """The lines of one size."""
    text = definition(steps)
    file = folder / f"large-{steps}.sop.yaml"
    file.write_text(text.replace("id: large", f"id: large-{steps}"), encoding="utf-8")
    data = json.loads(sopflow.dump(sopflow.loads(text), "json"))
    as_json, steps_as_json = json.dumps(data, ensure_ascii=False), json.dumps(data["steps"])

    def from_json() -> object:
        return sopflow.loads(as_json, format="json")

    def by_libyaml() -> object:
        return yaml.load(text, Loader)

    print(f"{steps:,} steps, {len(text.encode()) / 1024:,.0f} KiB of YAML")
    report("JSON to Sop", from_json, "json.loads", lambda: json.loads(as_json), anew=True)
    report("JSON to Sop", from_json, "pydantic, validate_json", lambda: STEPS.validate_json(steps_as_json), anew=True)
    took = {
        "YAML to Sop": report("YAML to Sop", lambda: sopflow.loads(text), "yaml.load", by_libyaml, anew=True),
        "YAML to program": report(
            "YAML to checked program", lambda: sopflow.compile(sopflow.loads(text)), "yaml.load", by_libyaml, anew=True
        ),
    }
    report("known text to Sop", lambda: sopflow.loads(text), "json.loads", lambda: json.loads(as_json))
    report("known file to Sop", lambda: sopflow.load(file), "reading the file", file.read_bytes)
    report("known file to program", lambda: sopflow.compile(file), "reading the file", file.read_bytes)
    return took


def main() -> None:
    """Print the table."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    print(f"  {'what':28} {'ours':>12}   {'floor':41}ours / floor")
    with tempfile.TemporaryDirectory() as folder:
        took = {steps: compare(steps, Path(folder)) for steps in SIZES if steps <= largest}
    if largest >= SIZES[-1]:
        for what, least in took[1_000].items():
            print(f"{what}: 10,000 steps take {took[10_000][what] / least:.1f} times as long as 1,000")


if __name__ == "__main__":
    main()
