"""Rule: enough branches may start."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sopflow.analysis._guarded import guards_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.analysis.guards import Claim, Every, Query, Some
from sopflow.errors import Finding
from sopflow.expr import Expression

REASON = (
    "A join of some branches needs so many whose conditions hold at once. If they exclude each other there are never "
    "enough, and the block is always left by ‘short’; if enough of them always hold, ‘short’ is never taken."
)

VALID = """\
sopflow: 1
id: tender
roles: {buyer: Buyer}
data: {sum: {is: int, min: 0, ask: buyer}}
steps:
  ask:
    parallel: Ask for offers
    join: 2 of 3
    short: decide
    branches:
      one: {task: Ask one, if: sum > 0}
      two: {task: Ask two, if: sum > 100}
      three: {task: Ask three, if: sum > 1000}
  decide: {task: Decide, by: buyer}
"""

INVALID = """\
sopflow: 1
id: tender
roles: {buyer: Buyer}
data: {sum: {is: int, min: 0, ask: buyer}}
steps:
  ask:
    parallel: Ask for offers
    join: 2 of 3
    short: decide
    branches:
      one: {task: Ask one, if: sum < 100}
      two: {task: Ask two, if: sum >= 100 && sum < 1000}
      three: {task: Ask three, if: sum >= 1000}
  check:
    parallel: Check the offers
    join: first
    short: decide
    branches:
      small: {task: Check a small one, if: sum < 100}
      large: {task: Check a large one, if: sum >= 100}
  decide: {task: Decide, by: buyer}
"""

#: Of more guarded branches there are too many combinations to look at.
_MOST = 8


def check(subject: Subject) -> Iterator[Finding]:
    """The joins of some branches that are never met, or always."""
    guards = guards_of(subject)
    for step in subject.program.steps:
        join = step.join
        if join is None or not join.need or "short" not in step.exits:
            continue
        guarded = [guard for guard in join.guards if guard is not None]
        need = join.need - (len(join.guards) - len(guarded))
        if not 0 < need <= len(guarded) <= _MOST:
            continue
        if guards.never(_some_of(guarded, need, truth=True)):
            yield subject.at_step("SOP472", step.index, "join", need=join.need)
        elif guards.never(_some_of(guarded, len(guarded) - need + 1, truth=False)):
            yield subject.at_step("SOP473", step.index, "short", need=join.need)


def _some_of(guards: list[Expression], count: int, *, truth: bool) -> Query:
    """At least ``count`` of ``guards`` have the value ``truth``."""
    return Some(tuple(Every(tuple(Claim(guard, truth) for guard in chosen)) for chosen in combinations(guards, count)))


RULE = Rule("enough_branches_may_start", ("SOP472", "SOP473"), REASON, VALID, INVALID, check)
