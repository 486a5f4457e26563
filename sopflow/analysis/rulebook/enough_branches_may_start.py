"""Rule: enough branches may start."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sopflow.analysis._guarded import guards_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.analysis.guards import Claim, Every, Query, Some, in_words
from sopflow.errors import Finding
from sopflow.expr import Expression
from sopflow.program import Op

REASON = (
    "A join of some branches needs so many whose conditions hold at once. Where there may be too few, ‘short’ says "
    "where to go then. If the conditions exclude each other there are never enough, and the block is always left by "
    "‘short’; if enough of them always hold, ‘short’ is never taken, and need not be said."
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
  check:
    parallel: Check the offers
    join: first
    branches:
      small: {task: Check a small one, if: sum < 100}
      large: {task: Check a large one, if: sum >= 100}
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
  sign:
    parallel: Sign
    join: first
    branches:
      head: {task: Sign as head, if: sum > 100}
      owner: {task: Sign as owner, if: sum > 1000}
  decide: {task: Decide, by: buyer}
"""

#: Of more guarded branches there are too many combinations to look at.
_MOST = 8


def check(subject: Subject) -> Iterator[Finding]:
    """The joins of some branches that are never met, or always, or maybe not, with nowhere to go then."""
    guards = guards_of(subject)
    for step in subject.program.steps:
        join = step.join
        if step.op != Op.FORK or join is None:
            continue
        guarded = [guard for guard in join.guards if guard is not None]
        need = join.need - (len(step.regions) - len(guarded))
        if need <= 0:
            continue
        if not need <= len(guarded) <= _MOST:
            if "short" not in step.exits:
                yield subject.at_step("SOP414", step.index)
            continue
        too_few = _some_of(guarded, len(guarded) - need + 1, truth=False)
        if "short" not in step.exits:
            found = guards.decide(too_few)
            if found.verdict != "no":
                yield subject.at_step("SOP414", step.index, example=in_words(found.witness))
        elif guards.never(_some_of(guarded, need, truth=True)):
            yield subject.at_step("SOP472", step.index, "join", need=join.need)
        elif guards.never(too_few):
            yield subject.at_step("SOP473", step.index, "short", need=join.need)


def _some_of(guards: list[Expression], count: int, *, truth: bool) -> Query:
    """At least ``count`` of ``guards`` have the value ``truth``."""
    return Some(tuple(Every(tuple(Claim(guard, truth) for guard in chosen)) for chosen in combinations(guards, count)))


RULE = Rule("enough_branches_may_start", ("SOP414", "SOP472", "SOP473"), REASON, VALID, INVALID, check)
