"""Rule: every question can be answered."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._data import asked_by_steps, is_field, needs, writes
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "A step that needs a field which nobody is asked for and nothing writes waits for ever, unless the data are given "
    "when the run starts. Say so with ‘inputs’, or say who is to be asked: ‘by’ on the step, ‘ask’ on the field."
)

VALID = """\
sopflow: 1
id: visit
roles: {guide: Guide}
data: {visit: {paid: bool, lunch: bool}}
steps:
  is-paid: {decision: Paid?, about: visit.paid, by: guide, yes: lunch, no: end}
  lunch: {task: Order lunch, if: visit.lunch, by: guide}
"""

INVALID = """\
sopflow: 1
id: visit
data: {visit: {paid: bool}}
steps:
  is-paid: {decision: Paid?, about: visit.paid, yes: show, no: end}
  show: {task: Show them round}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each field that a step needs and nothing brings."""
    program = subject.program
    brought = {path for step in program.steps for path, key in writes(step).items() if key != "about"}
    brought |= asked_by_steps(program)
    brought |= {path for path, field in program.fields.items() if field.ask or field.default is not None}
    brought |= program.parameters | set(subject.sop.inputs)
    for step in program.steps:
        for keys, asks, names in needs(step, program):
            missing = [name for name in names if is_field(name, program) and name not in brought]
            if asks and (step.people.by or step.people.by_cases):
                continue
            for name in missing:
                yield subject.at_step("SOP416", step.index, *keys, name=name)


RULE = Rule("every_question_can_be_answered", ("SOP416",), REASON, VALID, INVALID, check)
