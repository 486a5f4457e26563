"""What a run takes up that waits: packed, as a live state, as JSON; and what an event costs that wakes it.

Run with ``python benchmarks/parked.py [runs]``. A run is in the middle of twenty steps, most of them done, by three
people, each at an instant of its own, with five fields of data, a deadline and a reminder. Memory is what Python
allocates, counted by ``tracemalloc``; times are ratios to the event alone, each the median of the rounds.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TypeVar

import sopflow
from sopflow.engine import Accepted, RunState, events, state_from_json, state_to_json, step
from sopflow.engine._pack import pack, unpack

T = TypeVar("T")

RUNS = 100_000
MILLION = 1_000_000
FEW = 2_000  # of what is measured beside, and of the events
ROUNDS = 7
STEPS, DONE = 20, 14

SOP = """\
sopflow: 1
id: order
version: 1.0.0
title: An order
roles: {clerk: Clerk}
data: {customer: string, urgent: bool, amount: int, until: date, price: decimal}
steps:
""" + "".join(
    f"  step-{number}: {{task: Step {number}, by: clerk, due: 9 days after opened, remind: [7 days after opened]}}\n"
    for number in range(STEPS)
)
START = datetime(2026, 3, 2, 9, 13, 27, 482113, tzinfo=timezone(timedelta(hours=8)))
DATA = {"urgent": True, "amount": 1200, "until": "2026-05-01", "price": "1999.90"}
PEOPLE = ("ann.smith", "bob.jones", "carla.diaz")


def played(program: sopflow.Program) -> tuple[RunState, events.Event]:
    """A run in the middle, and the event that it waits for."""
    state, at = RunState.of(program), START
    event: events.Event = events.Started(program=program.hash, data=DATA, at=at)
    for number in range(DONE + 1):
        assert isinstance(step(program, state, event), Accepted)
        at += timedelta(hours=5 + 13 * number % 47, microseconds=123_456_789 * number)
        event = events.StepDone(opening=max(state.open), by=PEOPLE[number % len(PEOPLE)], at=at)
    return state, event


def of_customer(state: RunState, number: int) -> RunState:
    """The run, of another customer."""
    state.data["customer"] = f"Customer number {number}"
    return state


def bytes_each(make: Callable[[int], object], count: int) -> float:
    """What each of so many takes up that are made and kept."""
    make(0)  # what the first makes for all
    kept: list[object] = [None] * count
    tracemalloc.start()
    for number in range(count):
        kept[number] = make(number)
    took = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return took / count


def micros(work: Callable[[T], object], things: Sequence[T]) -> float:
    """Microseconds for each."""
    start = time.process_time()
    for thing in things:
        work(thing)
    return (time.process_time() - start) / len(things) * 1e6


def main(runs: int) -> None:
    """Print both tables."""
    program = sopflow.compile(sopflow.loads(SOP))
    state, event = played(program)
    packed = [pack(of_customer(state, number)) for number in range(runs)]
    assert all(pack(unpack(data, program)) == data for data in packed[:FEW])

    def wake(run: RunState) -> RunState:
        assert isinstance(step(program, run, event), Accepted)
        return run

    def as_text(run: RunState) -> str:
        return json.dumps(state_to_json(run))

    print(f"{'memory for a run':32}{'bytes':>8}{'10^6 runs':>14}")
    for name, each in (
        ("packed, the bytes alone", sum(map(len, packed)) / runs),
        (f"packed, {runs} in memory", bytes_each(lambda number: bytes(memoryview(packed[number])), runs)),
        (f"as JSON, {FEW} in memory", bytes_each(lambda number: as_text(of_customer(state, number)), FEW)),
        (f"live, {FEW} in memory", bytes_each(lambda number: unpack(packed[number % runs], program), FEW)),
    ):
        print(f"{name:32}{each:>8.0f}{each * MILLION / 2**20:>10.0f} MiB")

    some = packed[:FEW]
    texts = [as_text(unpack(data, program)) for data in some]
    rounds = [
        (
            micros(wake, [unpack(data, program) for data in some]),
            micros(lambda data: unpack(data, program), some),
            micros(pack, [unpack(data, program) for data in some]),
            micros(lambda data: pack(wake(unpack(data, program))), some),
            micros(lambda text: as_text(wake(state_from_json(json.loads(text), program))), texts),
        )
        for _ in range(ROUNDS)
    ]
    print(f"\n{'time for an event':32}{'µs':>8}{'ratio':>14}")
    names = ("the event alone", "unpack", "pack", "unpack, the event, pack", "JSON, the event, JSON")
    for place, name in enumerate(names):
        took = statistics.median(each[place] for each in rounds)
        ratio = statistics.median(each[place] / each[0] for each in rounds)
        print(f"{name:32}{took:>8.0f}{ratio:>14.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
