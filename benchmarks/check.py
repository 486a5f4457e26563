"""What checking a definition costs beyond compiling it: the rules about flow alone, and all rules.

    python benchmarks/check.py

Each line is milliseconds, the best of five; the last column is how many times longer than the line before it of the
same kind, which for ten times the steps should be about ten.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from load import definition

from sopflow.analysis import Rules, check, rules
from sopflow.compiler import lower
from sopflow.dsl import loads

ROUNDS = 5
FLOW = (
    "every_step_is_reached",
    "every_step_can_finish",
    "every_loop_waits",
    "every_way_can_be_taken",
    "every_wait_is_served",
    "every_handler_can_begin",
    "late_branches_stay",
    "handlers_beside_stay",
    "branches_meet_at_their_block",
)
HEAD = "sopflow: 1\nid: large\nversion: 1.0.0\ntitle: Large\n"


def loops(steps: int) -> str:
    """A list in which every fifth step may lead back."""
    lines = [
        f"  s{n}: {{decision: D, yes: s{n + 1}, no: s{max(0, n - 3)}}}\n" if n % 5 == 4 else f"  s{n}: {{task: S}}\n"
        for n in range(steps - 1)
    ]
    return f"{HEAD}steps:\n{''.join(lines)}  s{steps - 1}: {{task: E}}\n"


def branches(number: int) -> str:
    """As many branches at once."""
    lines = [f"      b{n}: {{task: B}}\n" for n in range(number)]
    return f"{HEAD}steps:\n  p:\n    parallel: P\n    branches:\n{''.join(lines)}"


def pairs(number: int) -> str:
    """Pairs of branches of which one waits for a message of the other: what is explored."""
    messages = ", ".join(f"m{n}: {{}}" for n in range(number))
    lines = [
        f"      a{n}: {{group: A, steps: {{t{n}: {{task: T}}, e{n}: {{emit: m{n}}}}}}}\n"
        f"      b{n}: {{group: B, steps: {{w{n}: {{wait: {{message: m{n}}}}}, u{n}: {{task: U}}}}}}\n"
        for n in range(number)
    ]
    return f"{HEAD}messages: {{{messages}}}\nsteps:\n  p:\n    parallel: P\n    branches:\n{''.join(lines)}"


def best(call: Callable[[], object]) -> float:
    """The milliseconds of the quickest of some calls."""
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
        gc.enable()
    return min(taken) * 1000


def main() -> None:
    """Print the table."""
    known = rules().known
    flow = Rules({name: known[name] for name in FLOW}, {})
    print(f"  {'what':34} {'flow':>10} {'all rules':>12} {'growth':>8}")
    before: dict[str, float] = {}
    for what, size, text in (
        ("list with ways back, steps", 100, loops(100)),
        ("list with ways back, steps", 1_000, loops(1_000)),
        ("list with ways back, steps", 10_000, loops(10_000)),
        ("all sorts of steps", 100, definition(100)),
        ("all sorts of steps", 1_000, definition(1_000)),
        ("all sorts of steps", 10_000, definition(10_000)),
        ("branches at once", 64, branches(64)),
        ("pairs that hand over", 4, pairs(4)),
        ("pairs that hand over", 32, pairs(32)),
    ):
        compiled = lower(loads(text))
        assert not check(compiled, by=flow).findings
        ours, every = best(lambda one=compiled: check(one, by=flow)), best(lambda one=compiled: check(one))
        growth = f"{ours / before[what]:8.1f}" if what in before else ""
        before[what] = ours
        print(f"  {what + f' {size:,}':34} {ours:7.2f} ms {every:9.2f} ms {growth}")


if __name__ == "__main__":
    main()
