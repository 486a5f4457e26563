"""Rule: there are enough people for four eyes."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._people import is_done_by_people, people_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Step

REASON = (
    "Steps that are all for different people need as many people as they are. Where the roles list fewer, the last of "
    "these steps is nobody's, however the others are shared out. Roles without ‘people’ are open to anybody."
)

VALID = """\
sopflow: 1
id: payment
roles: {clerk: {title: Clerk, people: [ann, bo, cy]}}
steps:
  enter: {task: Enter it, by: clerk}
  check: {task: Check it, by: clerk, not-by: enter}
  release: {approval: Release it?, by: clerk, not-by: [enter, check], refused: enter}
"""

INVALID = """\
sopflow: 1
id: payment
roles: {clerk: {title: Clerk, people: [ann, bo]}}
steps:
  enter: {task: Enter it, by: clerk}
  check: {task: Check it, by: clerk, not-by: enter}
  release: {approval: Release it?, by: clerk, not-by: [enter, check], refused: enter}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps for which nobody is left when those that they name have been done, by different people."""
    steps = subject.program.steps
    for step in steps:
        if len(step.people.not_by) < 2 or not is_done_by_people(step):
            continue
        group = [step, *_all_different([steps[other] for other in dict.fromkeys(step.people.not_by)], step, subject)]
        people: set[str] = set()
        for one in group:
            theirs = people_of(subject.program, one)
            if theirs is None:
                break
            people |= theirs
        else:
            if len(people) < len(group) > 2:
                yield subject.at_step(
                    "SOP519",
                    step.index,
                    "not-by",
                    others=", ".join(other.path for other in group[1:]),
                    need=len(group),
                    count=len(people),
                    people=", ".join(sorted(people)),
                )


def _all_different(others: list[Step], step: Step, subject: Subject) -> list[Step]:
    """Those of ``others`` that people surely have done before ``step``, and that no two may be done by one person."""
    group: list[Step] = []
    for other in others:
        if not is_done_by_people(other) or not subject.order.is_surely_before(other.index, step.index):
            continue
        if all(_are_apart(other, one) for one in group):
            group.append(other)
    return group


def _are_apart(one: Step, other: Step) -> bool:
    return other.index in one.people.not_by or one.index in other.people.not_by


RULE = Rule("enough_people_for_four_eyes", ("SOP519",), REASON, VALID, INVALID, check)
