"""Rule: no time counts from itself."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._deadlines import refs_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.calendars import Ref, RefKind
from sopflow.errors import Finding
from sopflow.program import Step

REASON = (
    "‘due: 1 day after due’ has nothing to count from, and is never set: the step has no deadline, though the text "
    "says so. The same holds of a time that counts from the completion of its own step, unless "
    "an earlier round had one."
)

VALID = """\
sopflow: 1
id: letter
roles: {clerk: Clerk}
steps:
  answer: {task: Answer, by: clerk, due: within 2 days, remind: [1 day before due]}
"""

INVALID = """\
sopflow: 1
id: letter
roles: {clerk: Clerk}
steps:
  answer: {task: Answer, by: clerk, due: 2 days after completion of answer}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The deadlines and openings that count from themselves."""
    for step in subject.program.steps:
        for key, time in (("due", step.times.due), ("opens", step.times.opens)):
            if any(_is_itself(ref, key, step, subject) for ref in refs_of(time)):
                yield subject.at_step("SOP394", step.index, key, key_name=key)


def _is_itself(ref: Ref, key: str, step: Step, subject: Subject) -> bool:
    """Whether a time is counted from what only it, or what comes after it, can set."""
    if ref.kind is RefKind.DUE:
        return key == "due"
    if not ref.name or subject.program.by_path.get(ref.name) != step.index:
        return False
    if ref.kind is RefKind.OPENING:
        return key == "opens"
    return ref.kind is RefKind.COMPLETION and not subject.order.may_be_before(step.index, step.index)


RULE = Rule("no_time_counts_from_itself", ("SOP394",), REASON, VALID, INVALID, check)
