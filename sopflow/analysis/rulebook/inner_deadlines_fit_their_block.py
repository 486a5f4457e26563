"""Rule: inner deadlines fit their block."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._deadlines import stretch_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "A block is done when what is inside it is. A step inside that is due after its block says that there is time, "
    "and the block is late before the step is. Deadlines are compared where both are counted from the same date."
)

VALID = """\
sopflow: 1
id: fair
roles: {planner: Planner}
data: {fair: {start: {is: date, ask: planner}}}
steps:
  prepare:
    group: Prepare
    due: 1 week before fair.start
    steps: {print: {task: Print the leaflets, by: planner, due: 10 days before fair.start}}
"""

INVALID = """\
sopflow: 1
id: fair
roles: {planner: Planner}
data: {fair: {start: {is: date, ask: planner}}}
steps:
  prepare:
    group: Prepare
    due: 1 week before fair.start
    steps: {print: {task: Print the leaflets, by: planner, due: 2 days before fair.start}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that are due after a block around them."""
    program = subject.program
    for step in program.steps:
        due = stretch_of(step.times.due, program)
        if due is None:
            continue
        region = program.regions[step.region]
        while region.block >= 0:
            block = program.steps[region.block]
            outer = stretch_of(block.times.due, program)
            is_inside = region.index in block.regions  # a handler beside may go on behind its scope
            if is_inside and outer is not None and outer.is_before(due):
                times = str(step.times.due), str(block.times.due)
                yield subject.at_step("SOP397", step.index, "due", block=block.path, due=times[0], outer=times[1])
                break
            region = program.regions[block.region]


RULE = Rule("inner_deadlines_fit_their_block", ("SOP397",), REASON, VALID, INVALID, check)
