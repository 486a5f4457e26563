"""The verdict on models of other tools, beside pm4py's, on the same nets in the same run.

    python benchmarks/soundness.py [--pm4py PYTHON] [--seconds 20]

``--pm4py`` names a Python that has pm4py (AGPL-3.0: measured, never shipped); without it only ours is timed. A size on
which pm4py takes longer than ``--seconds`` is stopped, and larger ones of its family are not tried.
Ours: reading the JSON, and the verdict, each the median of seven rounds. pm4py is given the Petri net of the same
graph; only its verdict is timed, once. Its process is started for each net, so that one can be stopped. All times are
processor time.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from sopflow.analysis import nets

ROUNDS = 7
CORPUS = Path(__file__).parent.parent / "tests" / "corpus" / "ibm_a_c" / "ibm_a_c.tar.xz"


class Drawing:
    """A model that is being drawn."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.flows: list[tuple[int, int]] = []

    def node(self, kind: str, *before: int) -> int:
        """A new node that comes after others; gives its number."""
        self.kinds.append(kind)
        self.flows += [(one, len(self.kinds) - 1) for one in before]
        return len(self.kinds) - 1

    def text(self) -> str:
        """The model in JSON."""
        kinds = list(enumerate(self.kinds))
        return json.dumps(
            {
                "tasks": [{"id": f"n{number}"} for number, kind in kinds if kind == "task"],
                "gateways": [{"id": f"n{number}", "type": kind} for number, kind in kinds if kind != "task"],
                "flows": [{"src": f"n{one}", "tgt": f"n{other}"} for one, other in self.flows],
            }
        )


def structured(size: int) -> Drawing:
    """Flows replaced at random by a task, a choice or a fork of two tasks, until there are ``size`` nodes."""
    random, drawing = Random(1), Drawing()
    drawing.node("task", *[])
    drawing.node("task", 0)
    while len(drawing.kinds) < size:
        at = random.randrange(len(drawing.flows))
        before, after = drawing.flows[at]
        if random.random() < 0.4:
            drawing.flows[at] = (drawing.node("task", before), after)
        else:
            kind = random.choice(["XOR", "AND"])
            split = drawing.node(kind, before)
            join = drawing.node(kind, drawing.node("task", split), drawing.node("task", split))
            drawing.flows[at] = (join, after)
    return drawing


def parallel(branches: int) -> Drawing:
    """One fork of ``branches`` tasks."""
    drawing = Drawing()
    split = drawing.node("AND", drawing.node("task"))
    drawing.node("task", drawing.node("AND", *[drawing.node("task", split) for _ in range(branches)]))
    return drawing


def bridged(branches: int) -> Drawing:
    """One fork; of each branch the last step waits for the first of the branch before: not structured."""
    drawing = Drawing()
    fork, ahead, ends = drawing.node("AND", drawing.node("task")), None, []
    for _ in range(branches):
        split = drawing.node("AND", drawing.node("task", fork))
        join = drawing.node("AND", split) if ahead is None else drawing.node("AND", split, ahead)
        ahead = split
        ends.append(drawing.node("task", join))
    drawing.node("task", drawing.node("AND", *ends))
    return drawing


def nested_loops(depth: int) -> Drawing:
    """A loop in a loop in a loop."""
    drawing = Drawing()
    at = drawing.node("task")
    heads = [at := drawing.node("XOR", at) for _ in range(depth)]
    at = drawing.node("task", at)
    for head in reversed(heads):
        at = drawing.node("XOR", at)
        drawing.flows.append((at, head))
    drawing.node("task", at)
    return drawing


def stuck(branches: int) -> Drawing:
    """A fork of which one branch chooses, and waits for both of its choices."""
    drawing = parallel(branches)
    split, task = drawing.flows[1]
    choice = drawing.node("XOR", split)
    drawing.flows[1] = (drawing.node("AND", drawing.node("task", choice), drawing.node("task", choice)), task)
    return drawing


FAMILIES: dict[str, tuple[Callable[[int], Drawing], tuple[int, ...]]] = {
    "structured": (structured, (10, 50, 100, 200, 1_000, 10_000)),
    "one fork": (parallel, (4, 6, 8, 9, 16, 64, 1_000)),
    "bridged": (bridged, (2, 3, 4, 9, 1_000)),
    "loops in loops": (nested_loops, (10, 100, 1_000)),
    "unsound, behind a fork": (stuck, (2, 4, 6, 8, 64, 1_000)),
}

PM4PY = """
import sys, time
from pm4py.objects.petri_net.obj import PetriNet, Marking
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to
from pm4py.algo.analysis.woflan import algorithm as woflan
links, inputs, outputs, start, end = eval(sys.stdin.read())
net = PetriNet("net")
places = [PetriNet.Place(f"p{n}") for n in range(links)]
net.places.update(places)
for number, (ins, outs) in enumerate(zip(inputs, outputs)):
    step = PetriNet.Transition(f"t{number}", f"t{number}")
    net.transitions.add(step)
    for place in ins: add_arc_from_to(places[place], step, net)
    for place in outs: add_arc_from_to(step, places[place], net)
began = time.process_time()
options = {"return_asap_when_not_sound": True, "print_diagnostics": False, "return_diagnostics": False}
sound = woflan.apply(net, Marking({places[start]: 1}), Marking({places[end]: 1}), parameters=options)
print("RESULT", bool(sound), time.process_time() - began)
"""


def milliseconds(call: Callable[[], object]) -> float:
    """The median over the rounds, the garbage collector off."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
        gc.enable()
    return statistics.median(times) * 1000


def theirs(python: str, net: nets.Net, seconds: float) -> tuple[bool, float] | None:
    """pm4py's verdict and its milliseconds; None where it was stopped."""
    data = repr((len(net.links), net.inputs, net.outputs, net.starts[0], net.ends[0]))
    command = [python, "-W", "ignore", "-c", PM4PY]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, encoding="utf-8", timeout=seconds + 10, check=True
        )
    except subprocess.TimeoutExpired:
        return None
    _, sound, taken = next(line for line in done.stdout.splitlines() if line.startswith("RESULT")).split()
    return sound == "True", float(taken) * 1000


def lines(python: str, seconds: float) -> Iterator[str]:
    """The table, as Markdown."""
    yield "| model | nodes | reading, ms | verdict, ms | pm4py, ms | pm4py ÷ verdict |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for family, (draw, sizes) in FAMILIES.items():
        gave_up = not python
        for size in sizes:
            drawing = draw(size)
            text = drawing.text()
            net = nets.read(text)
            expected = not family.startswith("unsound")
            assert nets.check(net, limit=0).sound is expected
            read, decided = (
                milliseconds(lambda text=text: nets.read(text)),
                milliseconds(lambda net=net: nets.check(net, limit=0)),
            )
            other = None if gave_up else theirs(python, net, seconds)
            gave_up = gave_up or other is None or other[1] > seconds * 1000
            cells = (
                ["", ""]
                if other is None
                else [f"{other[1]:,.0f}" + ("" if other[0] is expected else " (wrong)"), f"{other[1] / decided:,.0f}"]
            )
            yield f"| {family} | {len(drawing.kinds):,} | {read:.2f} | {decided:.2f} | {cells[0]} | {cells[1]} |"


def corpus() -> str:
    """The 259 industrial models, in one line."""
    with tarfile.open(CORPUS) as archive:
        texts = [archive.extractfile(member).read() for member in archive if member.isfile()]  # type: ignore[union-attr]
    models = [nets.read(text) for text in texts]
    read = milliseconds(lambda: [nets.read(text) for text in texts])
    decided = milliseconds(lambda: [nets.check(net, limit=0) for net in models])
    worst = max(milliseconds(lambda net=net: nets.check(net, limit=0)) for net in models)
    shown = milliseconds(lambda: [nets.check(net) for net in models])
    sound = sum(bool(nets.check(net, limit=0)) for net in models)
    return (
        f"{len(models)} industrial models, {sound} sound: {read:.0f} ms to read all, {decided:.0f} ms for all verdicts "
        f"(the slowest {worst:.2f} ms), {shown:.0f} ms with a run for each fault"
    )


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--pm4py", default="", metavar="PYTHON")
    options.add_argument("--seconds", type=float, default=20)
    given = options.parse_args()
    for line in lines(given.pm4py, given.seconds):
        print(line, flush=True)
    print()
    print(corpus())


if __name__ == "__main__":
    main()
