"""Guards: ours beside Python's own compiled code (the floor) and, where installed, Google's CEL.

    python benchmarks/expr.py

Each line is *ours / peer*, the median over rounds that take turns, so below 1 is faster than the peer.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from sopflow.expr import BOOL, DOUBLE, INT, STRING, EnumType, ListType, Scope, build

try:
    from cel_expr_python import cel
except ImportError:
    cel = None

ROUNDS = 15
CALLS = 20_000

SCOPE = Scope(
    {
        "priority": EnumType(("P0", "P1", "P2", "P3")),
        "free": BOOL,
        "budget": DOUBLE,
        "rounds": INT,
        "status": STRING,
        "scores": ListType(INT),
    }
)
ENV = {"priority": "P1", "free": False, "budget": 1200.5, "rounds": 3, "status": "open", "scores": [5, 7, 11, 13]}

# What is evaluated: as CEL, and as the Python that somebody would write by hand.
GUARDS = {
    "two values": ("priority == 'P0' || priority == 'P1'", "e['priority'] == 'P0' or e['priority'] == 'P1'"),
    "rank": ("priority < 'P2'", "R[e['priority']] < 2"),
    "three parts": (
        "budget >= 1000.0 && rounds < 5 && status in ['open', 'held']",
        "e['budget'] >= 1000.0 and e['rounds'] < 5 and e['status'] in ('open', 'held')",
    ),
    "arithmetic": ("rounds * 2 + 1 > 5", "e['rounds'] * 2 + 1 > 5"),
    "a list": ("scores.exists(s, s > 10)", "any(s > 10 for s in e['scores'])"),
}


def seconds(call: Callable[[], object], calls: int) -> float:
    """How long ``calls`` calls take."""
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], peer: Callable[[], object], calls: int = CALLS) -> tuple[float, float, float]:
    """Median, least and most of ours / peer, and both agree on the result."""
    assert ours() == peer(), (ours(), peer())
    seconds(ours, 100), seconds(peer, 100)
    ratios = [seconds(ours, calls) / seconds(peer, calls) for _ in range(ROUNDS)]
    return statistics.median(ratios), min(ratios), max(ratios)


def report(what: str, against: str, measured: tuple[float, float, float]) -> None:
    """One line."""
    median, least, most = measured
    print(f"{what:28} / {against:22} {median:8.2f}   ({least:.2f} to {most:.2f})")


def google(text: str) -> Callable[[], object] | None:
    """The same expression for Google's library, or None where it is not there or has no such type."""
    if cel is None:
        return None
    kinds = {
        "priority": cel.Type.STRING, "free": cel.Type.BOOL, "budget": cel.Type.DOUBLE, "rounds": cel.Type.INT,
        "status": cel.Type.STRING, "scores": cel.Type.List(cel.Type.INT),
    }  # fmt: skip
    compiled = cel.NewEnv(variables=kinds).compile(text)
    return lambda: compiled.eval(data=ENV).value()


def compare(name: str, text: str, python: str) -> None:
    """The lines of one guard."""
    expression, problems = build(text, SCOPE, expect=BOOL)
    assert expression is not None, problems
    evaluate = expression.evaluate
    by_hand = eval(f"lambda e: {python}", {"R": {"P0": 0, "P1": 1, "P2": 2, "P3": 3}})
    report(f"evaluate: {name}", "Python", ratio(lambda: evaluate(ENV), lambda: by_hand(ENV)))
    peer = google(text)
    if peer is not None and name != "rank":
        report(f"evaluate: {name}", "cel-expr-python", ratio(lambda: evaluate(ENV), peer, 3_000))
    unknown = {key: value for key, value in ENV.items() if key not in text}
    report(f"unknown: {name}", "evaluate", ratio_of_times(lambda: evaluate(unknown), lambda: evaluate(ENV)))


def main() -> None:
    """Print the table."""
    if cel is None:
        print("cel-expr-python is not installed: left out")
    for name, (text, python) in GUARDS.items():
        compare(name, text, python)
    text, python = GUARDS["three parts"]
    report(
        "build: three parts",
        "Python compile",
        ratio_of_times(
            lambda: build(text, SCOPE, expect=BOOL), lambda: compile(f"lambda e: {python}", "<text>", "eval"), 300
        ),
    )


def ratio_of_times(
    ours: Callable[[], object], peer: Callable[[], object], calls: int = 2_000
) -> tuple[float, float, float]:
    """As :func:`ratio`, for calls whose results are not to be compared."""
    ratios = [seconds(ours, calls) / seconds(peer, calls) for _ in range(ROUNDS)]
    return statistics.median(ratios), min(ratios), max(ratios)


if __name__ == "__main__":
    main()
