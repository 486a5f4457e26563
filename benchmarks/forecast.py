"""Forecasts: ours beside SimPy, the usual Python library for such simulations, on the same model.

    python benchmarks/forecast.py

Each line is *ours / peer*, of one run's time, the median over rounds that take turns: below 1 is faster. Where SimPy is
not installed, ours alone. Both draw uniform durations and must agree on the mean end to one in a hundred.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import sopflow

try:
    import simpy
except ImportError:
    simpy = None

START = datetime(2026, 1, 5, tzinfo=UTC)
RUNS = 1000
ROUNDS = 5


def definition(steps: str) -> sopflow.Program:
    """A definition of these steps."""
    text = f"sopflow: 1\nid: some\nversion: 1.0.0\ntitle: Some\nroles: {{a: A}}\nsteps:\n{steps}"
    return sopflow.compile(sopflow.loads(text, format="yaml"))


LINE = "".join(f"  s{n}: {{task: S, by: a, duration: 1..3 days}}\n" for n in range(100))
BESIDE = "  all:\n    parallel: All\n    branches:\n" + "".join(
    f"      b{b}:\n        group: B\n        steps:\n"
    + "".join(f"          s{b}-{n}: {{task: S, by: a, duration: 1..3 days}}\n" for n in range(10))
    for b in range(10)
)


def line(environment: object, person: object, random: Random) -> object:
    """A hundred pieces of work, one after the other, in SimPy."""
    for _ in range(100):
        yield environment.timeout(random.uniform(1, 3))  # type: ignore[attr-defined]


def branch(environment: object, person: object, random: Random) -> object:
    """Ten pieces of work one after the other, for each of which somebody is needed."""
    for _ in range(10):
        if person is None:
            yield environment.timeout(random.uniform(1, 3))  # type: ignore[attr-defined]
            continue
        with person.request() as place:  # type: ignore[attr-defined]
            yield place
            yield environment.timeout(random.uniform(1, 3))  # type: ignore[attr-defined]


def peer(processes: list[Callable[[object, object, Random], object]], people: int, seed: int) -> float:
    """The mean end, in days, of as many runs in SimPy."""
    random = Random(seed)
    total = 0.0
    for _ in range(RUNS):
        environment = simpy.Environment()
        person = simpy.Resource(environment, people) if people else None
        for process in processes:
            environment.process(process(environment, person, random))
        environment.run()
        total += environment.now
    return total / RUNS


def ours(program: sopflow.Program, people: int, seed: int) -> float:
    """The median end of as many runs in a forecast, in days; the distributions here are symmetric."""
    made = sopflow.forecast(program, at=START, runs=RUNS, seed=seed, people={"a": people} if people else {})
    assert made.end is not None
    return (made.end.p50 - START).total_seconds() / 86_400


CASES = {
    "100 steps in a line": (definition(LINE), [line], 0),
    "10 branches of 10 steps": (definition(BESIDE), [branch] * 10, 0),
    "the same for 3 people": (definition(BESIDE), [branch] * 10, 3),
}


def seconds(call: Callable[[], float]) -> tuple[float, float]:
    """How long a call takes, and what it gives."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def main() -> None:
    """Measure and print."""
    print(f"{'':26} {'ours, 10,000 runs':>18} {'ours / SimPy':>14}")
    for name, (program, processes, people) in CASES.items():
        mine, ratios = [], []
        for number in range(ROUNDS):
            took, end = seconds(lambda: ours(program, people, number))  # noqa: B023  # called at once
            mine.append(took * 10_000 / RUNS)
            if simpy is not None:
                theirs, mean = seconds(lambda: peer(processes, people, number))  # noqa: B023
                assert abs(end / mean - 1) < 0.01, (end, mean)
                ratios.append(took / theirs)
        ratio = f"{statistics.median(ratios):.2f}" if ratios else "–"
        print(f"{name:26} {statistics.median(mine):>16.1f} s {ratio:>14}")


if __name__ == "__main__":
    main()
