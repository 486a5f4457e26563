"""Rule: every fork divides."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._flow import targets
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Op, Step

REASON = (
    "A ‘parallel’ with one branch does nothing at the same time, and a decision by an expression whose ways all lead "
    "to one step decides nothing: mostly a branch is missing or a target is wrong. A question whose answer is kept, by "
    "‘about’ or in people's words, may lead to one place."
)

VALID = """\
sopflow: 1
id: move
data: {boxes: int}
steps:
  pack:
    parallel: Pack
    branches: {books: {task: Pack the books, form: [boxes]}, plants: {task: Pack the plants}}
  is-much: {decision: Is it much?, when: boxes > 20, yes: hire, no: carry}
  hire: {task: Hire a van}
  carry: {task: Carry it down}
"""

INVALID = """\
sopflow: 1
id: move
data: {boxes: int}
steps:
  pack:
    parallel: Pack
    branches: {books: {task: Pack the books, form: [boxes]}}
  is-much: {decision: Is it much?, when: boxes > 20, yes: carry, no: carry}
  carry: {task: Carry it down}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The forks with one way on."""
    for step in subject.program.steps:
        if step.op == Op.FORK and len(step.regions) == 1:
            yield subject.at_step("SOP530", step.index)
        elif step.op == Op.CHOOSE and _decides_nothing(step):
            yield subject.at_step("SOP531", step.index)


def _decides_nothing(step: Step) -> bool:
    question = step.question
    ways = {target for written in step.exits.values() for target in targets(written)}
    return question is not None and bool(question.cases) and len(step.exits) > 1 and len(ways) == 1


RULE = Rule("every_fork_divides", ("SOP530", "SOP531"), REASON, VALID, INVALID, check)
