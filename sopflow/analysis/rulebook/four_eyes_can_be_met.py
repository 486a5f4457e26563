"""Rule: four eyes can be met."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._people import choices, is_done_by_people, people_in, people_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "‘not-by’ asks for another person than the one who did a step. If all those who may do this one are the only ones "
    "who may do the other, there is no other person, and the run stops here."
)

VALID = """\
sopflow: 1
id: invoice
roles: {clerk: {title: Clerk, people: [ann]}, head: {title: Head of accounts, people: [ann, bo]}}
steps:
  enter: {task: Enter it, by: clerk}
  release: {approval: Release it?, by: head, not-by: enter, refused: enter}
"""

INVALID = """\
sopflow: 1
id: invoice
roles: {clerk: {title: Clerk, people: [ann]}, head: {title: Head of accounts, people: [ann]}}
steps:
  enter: {task: Enter it, by: clerk}
  release: {approval: Release it?, by: head, not-by: enter, refused: enter}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps whose every person is the only one for a step that the same person may not have done."""
    program = subject.program
    for step in program.steps:
        if not step.people.not_by or not is_done_by_people(step):
            continue
        taken: dict[str, int] = {}
        for other in step.people.not_by:
            if other == step.index and not subject.order.may_be_before(other, step.index):
                continue  # it is the other only in a later round
            theirs = people_of(program, program.steps[other])
            if theirs is not None and len(theirs) == 1:
                taken.setdefault(next(iter(theirs)), other)
        groups = (people_in(program, (*by, *step.people.may)) for by in choices(step))
        own = sorted(next((group for group in groups if group and group <= taken.keys()), ()))
        if own:
            others = dict.fromkeys(program.steps[taken[person]].path for person in own)
            yield subject.at_step("SOP504", step.index, "not-by", people=", ".join(own), other=", ".join(others))


RULE = Rule("four_eyes_can_be_met", ("SOP504",), REASON, VALID, INVALID, check)
