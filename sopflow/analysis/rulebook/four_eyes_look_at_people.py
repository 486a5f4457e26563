"""Rule: four eyes look at people."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._people import is_done_by_people
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "‘not-by’ and ‘same-by’ compare persons. A step that a program does, that only holds others, or that cannot come "
    "before, has none to compare with, so the control is there in the text and not in the run. A step may name itself "
    "in a loop: then each round is for another person."
)

VALID = """\
sopflow: 1
id: claim
roles: {clerk: Clerk}
steps:
  enter: {task: Enter it, by: clerk}
  release: {approval: Release it?, by: clerk, not-by: enter, refused: enter}
"""

INVALID = """\
sopflow: 1
id: claim
roles: {clerk: Clerk}
steps:
  enter: {task: Enter it, by: clerk}
  release: {approval: Release it?, by: clerk, not-by: pay, refused: enter}
  pay: {task: Pay, by: clerk, next: end}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that are compared with one that nobody can have done."""
    steps = subject.program.steps
    for step in steps:
        for key, others in (("not-by", step.people.not_by), ("same-by", step.people.same_by)):
            for other in dict.fromkeys(others):
                if not is_done_by_people(steps[other]) or not subject.order.may_be_before(other, step.index):
                    yield subject.at_step("SOP518", step.index, key, key_name=key, other=steps[other].path)


RULE = Rule("four_eyes_look_at_people", ("SOP518",), REASON, VALID, INVALID, check)
