"""Rule: every time can be set."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._deadlines import refs_of
from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.calendars import Ref, RefKind
from sopflow.errors import Finding
from sopflow.program import Step, Time

REASON = (
    "A time that counts from something that never happens before is never set: the reminder is not sent, the step "
    "opens at once. So a reminder ‘before due’ needs a ‘due’, ‘opens’ cannot count from a ‘due’ that is only worked "
    "out when the step opens, and what counts from another step needs that step to come before."
)

VALID = """\
sopflow: 1
id: report
roles: {clerk: Clerk, head: Head}
steps:
  write: {task: Write, by: clerk, due: within 3 days, remind: [1 day before due]}
  read: {task: Read, by: head, due: 2 days after completion of write}
"""

INVALID = """\
sopflow: 1
id: report
roles: {clerk: Clerk, head: Head}
steps:
  write: {task: Write, by: clerk, remind: [1 day before due]}
  read: {task: Read, by: head, due: 2 days after completion of file}
  file: {task: File, by: clerk}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The times that count from what is not there, or only comes later."""
    for step in subject.program.steps:
        for keys, time in _times(step):
            never = next((ref for ref in refs_of(time) if _is_never_set(ref, keys, step, subject)), None)
            if never is not None:
                yield subject.at_step("SOP395", step.index, *keys, key_name=keys[0], ref=str(never))


def _times(step: Step) -> Iterator[tuple[DocPath, Time | None]]:
    """The times of a step, each with its keys."""
    yield ("opens",), step.times.opens
    yield ("due",), step.times.due
    for line in step.times.remind:
        yield ("remind", int(line.name.rpartition("-")[2])), line.at
    for one in step.times.escalate:
        yield ("escalate", int(one.name.rpartition("-")[2]), "at"), one.at


def _is_never_set(ref: Ref, keys: DocPath, step: Step, subject: Subject) -> bool:
    if ref.kind is RefKind.DUE:
        return keys[0] == "opens" or (keys[0] != "due" and step.times.due is None)
    if ref.kind not in (RefKind.OPENING, RefKind.COMPLETION):
        return False
    other = subject.program.by_path[ref.name]
    if other == step.index:  # that is another rule's
        return False
    block = subject.program.regions[step.region].block
    while block >= 0 and block != other:
        block = subject.program.regions[subject.program.steps[block].region].block
    if block == other:  # a block around the step has opened, and is not done
        return ref.kind is RefKind.COMPLETION and not subject.order.may_be_before(other, other)
    return not subject.order.may_be_before(other, step.index)


RULE = Rule("every_time_can_be_set", ("SOP395",), REASON, VALID, INVALID, check)
