"""Rule: every called SOP is sound."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._flow import Flow
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Program

REASON = (
    "A run can finish only if what it calls can. A called SOP is checked for steps from which there is no way to its "
    "end, and so is all that it calls in turn; its other findings are its own."
)

VALID = """\
sopflow: 1
id: day
steps:
  work: {call: shift}
  rest: {task: Rest}
---
sopflow: 1
id: shift
steps:
  begin: {task: Begin}
  go-on: {approval: Enough for today?, refused: begin}
"""

INVALID = """\
sopflow: 1
id: day
steps:
  work: {call: shift}
  rest: {task: Rest}
---
sopflow: 1
id: shift
steps:
  begin: {task: Begin}
  go-on: {task: Go on, next: begin}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The calls below which a run may get stuck."""
    stuck: dict[str, str] = {}  # of each program by hash: a step from which it cannot end, "" if there is none
    for step in subject.program.steps:
        if step.call is None:
            continue
        for program in _below(step.call.program):
            if program == subject.program:
                continue  # it calls itself: its own findings say it
            if program.hash not in stuck:
                stuck[program.hash] = _stuck_step(program)
            if stuck[program.hash]:
                yield subject.at_step("SOP426", step.index, "call", called=program.name, inner=stuck[program.hash])


def _below(program: Program) -> list[Program]:
    """A program and all that it calls, each once."""
    found = {program.hash: program}
    todo = [program]
    while todo:
        for step in todo.pop().steps:
            if step.call is not None and step.call.program.hash not in found:
                found[step.call.program.hash] = step.call.program
                todo.append(step.call.program)
    return list(found.values())


def _stuck_step(program: Program) -> str:
    flow = Flow(program)
    stuck = (part[0] for number in sorted(flow.live) for part in flow.regions[number].stuck)
    return next((program.steps[step].path for step in stuck), "")


RULE = Rule("every_called_sop_is_sound", ("SOP426",), REASON, VALID, INVALID, check)
