"""Rule: nothing is due before it opens."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sopflow.analysis._deadlines import stretch_of
from sopflow.analysis._flow import inner_regions
from sopflow.analysis._order import may_be_passed_over
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Program, Step

REASON = (
    "A step whose deadline has passed when it opens is late in every run. Its own ‘opens’ counts, and that of each "
    "step that every run comes to first, where both are counted from the same date. Plans of one run see more."
)

VALID = """\
sopflow: 1
id: fair
roles: {planner: Planner}
data: {fair: {start: {is: date, ask: planner}}}
steps:
  book: {task: Book the stand, by: planner, opens: 30 days before fair.start, due: 20 days before fair.start}
  build: {task: Build the stand, by: planner, due: 1 day before fair.start}
"""

INVALID = """\
sopflow: 1
id: fair
roles: {planner: Planner}
data: {fair: {start: {is: date, ask: planner}}}
steps:
  book: {task: Book the stand, by: planner, opens: 20 days before fair.start, due: 30 days before fair.start}
  build: {task: Build the stand, by: planner, due: 1 day before fair.start}
"""


#: The latest known opening for each date from which times are counted: from when on, and of which step.
_Openings = dict[str, tuple[float, Step]]


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that are always late, by the openings of those that every run comes to first."""
    program, flow = subject.program, subject.flow
    if not any(step.times.opens is not None for step in program.steps):
        return
    around: dict[int, _Openings] = {}  # of each region: the openings of the blocks around it and what is before those
    for region in reversed(flow.order):  # from the outside in
        order = subject.order.of(region)
        behind: dict[int, _Openings] = {-1: around.get(region, {})}
        for index in order.steps:
            step = program.steps[index]
            before = behind[order.before[index]]
            openings = _with_own(before, step, program)
            behind[index] = before if may_be_passed_over(step) else openings
            around |= dict.fromkeys(inner_regions(step), openings)
            due = stretch_of(step.times.due, program)
            if due is not None and due.last <= openings.get(due.ref, (-math.inf, step))[0]:
                other = openings[due.ref][1]
                times = (str(step.times.due), str(other.times.opens))
                yield subject.at_step("SOP396", index, "due", other=other.path, due=times[0], opens=times[1])


def _with_own(before: _Openings, step: Step, program: Program) -> _Openings:
    opens = stretch_of(step.times.opens, program)
    if opens is None or opens.first <= before.get(opens.ref, (-math.inf, step))[0]:
        return before
    return {**before, opens.ref: (opens.first, step)}


RULE = Rule("nothing_is_due_before_it_opens", ("SOP396",), REASON, VALID, INVALID, check)
