"""Rule: enough people may do it."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._people import choices, is_done_by_people, people_in, people_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "An approval or a decision that needs several people, each of whom has one vote, never settles with fewer; and a "
    "step for the person who did another (‘same-by’) is nobody's if no one may do both. Roles without ‘people’ are "
    "open to anybody, and give no finding."
)

VALID = """\
sopflow: 1
id: grant
roles: {board: {title: Board, people: [ann, bo, cy]}}
steps:
  vote: {approval: Do we give it?, by: board, need: 2 of 3, refused: end refused}
  pay: {task: Pay, by: board}
"""

INVALID = """\
sopflow: 1
id: grant
roles: {board: {title: Board, people: [ann]}}
steps:
  vote: {approval: Do we give it?, by: board, need: 2, refused: end refused}
  pay: {task: Pay, by: board}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that need more people than there are."""
    program = subject.program
    for step in program.steps:
        if not is_done_by_people(step):
            continue
        for by in choices(step):
            own = people_in(program, (*by, *step.people.may))
            if own is None:
                continue
            need = step.people.need or len(by)  # of cases with ‘need: all’: each role that the data choose
            key = "need" if step.people.need != 1 else "by"
            for other in step.people.same_by:
                theirs = people_of(program, program.steps[other])
                if theirs is not None:
                    own, key = own & theirs, "same-by"
            if len(own) < need:
                yield subject.at_step("SOP505", step.index, key, need=need, count=len(own))
                break


RULE = Rule("enough_people_may_do_it", ("SOP505",), REASON, VALID, INVALID, check)
