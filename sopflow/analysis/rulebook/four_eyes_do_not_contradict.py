"""Rule: four eyes do not contradict."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "‘same-by’ wants the person who did a step, ‘not-by’ anybody else. A step that says both of one step is nobody's."
)

VALID = """\
sopflow: 1
id: claim
roles: {clerk: Clerk}
steps:
  enter: {task: Enter it, by: clerk}
  check: {task: Check it, by: clerk, not-by: enter}
  file: {task: File it, by: clerk, same-by: enter}
"""

INVALID = """\
sopflow: 1
id: claim
roles: {clerk: Clerk}
steps:
  enter: {task: Enter it, by: clerk}
  check: {task: Check it, by: clerk, not-by: enter}
  file: {task: File it, by: clerk, same-by: enter, not-by: [check, enter]}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that want and refuse the same person."""
    for step in subject.program.steps:
        for other in dict.fromkeys(step.people.not_by):
            if other in step.people.same_by:
                yield subject.at_step("SOP517", step.index, "not-by", other=subject.program.steps[other].path)


RULE = Rule("four_eyes_do_not_contradict", ("SOP517",), REASON, VALID, INVALID, check)
