"""What a step costs, and what it takes from a text to a checked program.

Run with ``python benchmarks/engine.py``. Everything is a ratio to a floor that is measured in the same run: a step to
one look-up in a dict of the next state with a guard, and to a trigger of a flat ``transitions`` machine; reading and
compiling to ``json.loads`` of the same definition.
"""

from __future__ import annotations

import itertools
import json
import statistics
import time
from collections.abc import Callable

from transitions import Machine

import sopflow
from sopflow.compiler import lower
from sopflow.engine import RunState, events, step
from sopflow.model import plain

ROUNDS = 5
SIZES = (10, 1_000, 10_000)


def linear(size: int) -> str:
    """A definition of ``size`` tasks in a row."""
    tasks = "".join(f"  step-{number}: {{task: Step {number}, by: clerk}}\n" for number in range(size))
    return f"sopflow: 1\nid: linear\nversion: 1.0.0\ntitle: Linear\nroles: {{clerk: Clerk}}\nsteps:\n{tasks}"


def seconds(work: Callable[[], object]) -> float:
    """The median time of ``work``."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def engine(program: sopflow.Program) -> Callable[[], object]:
    """Play the run to its end: guards, roles and the record on."""
    done = [events.StepDone(opening=number + 1, by="clerk") for number in range(len(program.steps))]

    def play() -> None:
        state = RunState.of(program)
        step(program, state, events.Started(program=program.hash))
        for event in done:
            step(program, state, event)
        assert state.status == "ended"

    return play


def floor(size: int) -> Callable[[], object]:
    """One look-up of the next state and one guard a step."""
    table = {number: number + 1 for number in range(size)}

    def play() -> None:
        state, who = 0, "clerk"
        for _ in range(size):
            if who == "clerk":
                state = table[state]

    return play


def peer(size: int) -> Callable[[], object]:
    """A flat machine of ``transitions`` on its fast path: no automatic transitions, an unregistered token."""
    states = [f"s{number}" for number in range(size + 1)]
    machine = Machine(model=None, states=states, initial="s0", auto_transitions=False, send_event=True)
    for before, after in itertools.pairwise(states):
        machine.add_transition("go", before, after, conditions=[lambda event: True])
    trigger = machine.events["go"]

    class Token:
        state = "s0"

    def play() -> None:
        token = Token()
        for _ in range(size):
            trigger.trigger(token)

    return play


def main() -> None:
    """Print the table."""
    print("  steps  step/dict  step/transitions       µs | read/json  lower/json  check/json")
    for size in SIZES:
        text = linear(size)
        sop = sopflow.loads(text)
        program = sopflow.compile(sop)
        own, base, other = (seconds(play) for play in (engine(program), floor(size), peer(size)))
        as_json = json.dumps(plain(sop))
        unit = seconds(lambda text=as_json: json.loads(text))
        read = seconds(lambda text=text: sopflow.loads(text))
        made = seconds(lambda sop=sop: lower(sop))
        checked = seconds(lambda sop=sop: sopflow.check(sop))
        print(
            f"{size:>7} {own / base:>10.1f} {own / other:>17.2f} {own / size * 1e6:>8.2f} | "
            f"{read / unit:>9.1f} {made / unit:>11.1f} {checked / unit:>11.1f}"
        )


if __name__ == "__main__":
    main()
