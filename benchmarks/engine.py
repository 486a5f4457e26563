"""What a step costs, side by side with what an embedder would otherwise write.

    python benchmarks/engine.py [--peers] [--only W1,W3] [--json] [--quick]

Every participant does the same work and must come to the same result: the number of steps, their order, the end. Each
is timed in pairs with a dict and a few functions written by hand, in one process, in turns; a line says the median
µs for a step, how many times the floor that is, and how many times quicker than the flat machine of ``transitions``
(for forks: than its hierarchical one). ``--peers`` asks more of them, those that are installed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from peers import transitions, xstate
from workloads import measure, ours
from workloads.measure import Build, Row
from workloads.work import Flat, Forks, Items, Parked, Work, decisions, linear, parked, rework

PEERS = ("xstate_statemachine", "automat", "sismic", "spiff", "python_statemachine")

OURS: list[tuple[str, Build]] = [("sopflow step", ours.by_step), ("sopflow Run", ours.by_run)]

TRANSITIONS: list[tuple[str, Build]] = [
    ("transitions", transitions.build),
    ("transitions (hierarchical)", transitions.hierarchical),
]


def works(*, quick: bool) -> list[tuple[Work, list[tuple[str, Build]]]]:
    """The work, and what of ours is measured beside ``step`` and ``Run``: what more a definition may ask of a step."""
    plain = linear(100)
    extras: list[tuple[Work, list[tuple[str, Build]]]] = [
        (linear(10), []),
        (
            plain,
            [
                ("… with a time", lambda work, tally: ours.with_times(plain, tally, timers=False)),
                ("… deadline and reminder", lambda work, tally: ours.with_times(plain, tally, timers=True)),
                ("… a form of two fields", lambda work, tally: ours.with_form(plain, tally)),
            ],
        ),
        (linear(1_000), []),
        (linear(10_000), []),
        (
            decisions(),
            [
                ("… each one read", lambda work, tally: ours.decided(decisions(), tally)),
                ("… after a task", lambda work, tally: ours.decided_again(decisions(), tally)),
            ],
        ),
        (Forks("W3 fork, 8 branches of 10", 8, 10), []),
        (Forks("W3 fork, twice nested, 64 tokens", 8, 10, nested=True), []),
        (Items("W3 for-each, 500 items of 2", 500, 2), []),
        (
            rework(100),
            [
                ("… an approval", lambda work, tally: ours.judged(rework(100), tally)),
                ("… a question", lambda work, tally: ours.asked(rework(100), tally)),
            ],
        ),
        (rework(10_000), []),
        (parked(10_000), []),
    ]
    return extras if quick else [*extras, (rework(1_000_000), []), (parked(100_000), [])]


def of_some_size(build: Build) -> Build:
    """Leave out the million rounds: they say nothing of a peer that ten thousand do not."""
    return lambda work, tally: None if isinstance(work, Flat) and work.bounded else build(work, tally)


def peers() -> tuple[list[tuple[str, Build]], list[str]]:
    """Those that are installed, and those that are not."""
    found: list[tuple[str, Build]] = []
    missing: list[str] = []
    for name in PEERS:
        try:
            found.append((name.replace("_", "-"), of_some_size(importlib.import_module(f"peers.{name}").build)))
        except ImportError as error:
            missing.append(f"{name.replace('_', '-')}: {error}")
    return found, missing


def in_node(work: Work, floor: Row, rows: list[Row]) -> list[str]:
    """Add XState's row, or say why there is none."""
    try:
        micros = xstate.micros(work, rounds=5, seconds=0.1)
    except (OSError, ValueError, xstate.Missing) as error:
        return [f"xstate (node): {error}"]
    if micros is not None:
        base = next((row.micros for row in rows if row.who.startswith("transitions")), None)
        rows.append(Row(work.name, "xstate (node)", floor.steps, micros, micros / floor.micros, base and base / micros))
    return []


def shown(rows: Sequence[Row], notes: Sequence[str]) -> None:
    """Print the rows of one work."""
    print(f"\n{rows[0].work}\n{'':30}{'µs/step':>10}{'× floor':>10}{'transitions ÷ it':>18}")
    for row in rows:
        quicker = f"{row.quicker:18.1f}" if row.quicker else ""
        print(f"  {row.who:28}{row.micros:10.2f}{row.floors:10.1f}{quicker}")
    for note in notes:
        print(f"  {note}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--peers", action="store_true", help="compare with all that is installed")
    parser.add_argument("--only", default="", metavar="W1,W3", help="only work whose name begins so")
    parser.add_argument("--json", action="store_true", help="print lines of JSON")
    parser.add_argument("--quick", action="store_true", help="without the largest, in fewer rounds")
    asked = parser.parse_args(arguments)
    only = tuple(asked.only.split(",")) if asked.only else ("",)
    more, missing = peers() if asked.peers else ([], [])
    for note in missing:
        print(f"not installed: {note}", file=sys.stderr)
    for work, extras in works(quick=asked.quick):
        if not work.name.startswith(only):
            continue
        builds = [measure.BASE, *OURS, *extras, *TRANSITIONS, *more]
        rows, out = measure.measure(work, builds, rounds=3 if asked.quick else 7, seconds=0.01 if asked.quick else 0.05)
        if asked.peers:
            out += in_node(work, rows[0], rows)
        notes = [*out, *parked_bytes(work)]
        if asked.json:
            for row in rows:
                print(json.dumps(asdict(row)))
            for note in out:
                print(note, file=sys.stderr)
        else:
            shown(rows, notes)


def parked_bytes(work: Work) -> list[str]:
    """What one that waits takes of memory."""
    if not isinstance(work, Parked):
        return []
    builds = [measure.BASE, OURS[0], TRANSITIONS[0]]
    taken = [(who, measure.memory(work, build)) for who, build in builds]
    return [f"bytes for one that waits: {', '.join(f'{who} {size:,.0f}' for who, size in taken if size)}"]


if __name__ == "__main__":
    main()
