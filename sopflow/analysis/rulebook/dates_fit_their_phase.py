"""Rule: dates fit their phase."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._deadlines import Stretch, stretch_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.calendars import parse_time
from sopflow.errors import Finding
from sopflow.program import Program

REASON = (
    "A phase is a band of days for the reader, both ends in. A step that is dated outside of it stands in the wrong "
    "band, or has the wrong date. What has no phase of its own has that of the group around it."
)

VALID = """\
sopflow: 1
id: fair
roles: {planner: Planner}
data: {fair: {start: {is: date, ask: planner}}}
phases: {warm-up: {title: Warm-up, from: 30 days before fair.start, to: 7 days before fair.start}}
steps:
  invite: {task: Invite, by: planner, phase: warm-up, due: 7 days before fair.start}
"""

INVALID = """\
sopflow: 1
id: fair
roles: {planner: Planner}
data: {fair: {start: {is: date, ask: planner}}}
phases: {warm-up: {title: Warm-up, from: 30 days before fair.start, to: 7 days before fair.start}}
steps:
  invite: {task: Invite, by: planner, phase: warm-up, due: 2 days before fair.start}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that open or are due outside of their phase."""
    program, phases = subject.program, subject.sop.phases
    bands = {
        name: (_band(phase.from_, program), _band(phase.to, program))
        for name, phase in phases.items()
        if phase.from_ is not None or phase.to is not None
    }
    for step in program.steps if bands else ():
        name = _phase_of(step.index, subject)
        first, last = bands.get(name, (None, None))
        for key, time in (("opens", step.times.opens), ("due", step.times.due)):
            stretch = stretch_of(time, program)
            if stretch is None:
                continue
            if (first is not None and stretch.is_before(first)) or (last is not None and last.is_before(stretch)):
                yield subject.at_step(
                    "SOP398",
                    step.index,
                    key,
                    key_name=key,
                    time=str(time),
                    phase=name,
                    first=phases[name].from_ or "…",
                    last=phases[name].to or "…",
                )


def _band(written: object, program: Program) -> Stretch | None:
    phrase, _ = parse_time(written) if isinstance(written, str) else (None, ())
    return stretch_of(phrase, program)


def _phase_of(index: int, subject: Subject) -> str:
    while index >= 0:
        phase = subject.index.nodes[index].step.phase
        if phase is not None:
            return phase
        index = subject.program.regions[subject.program.steps[index].region].block
    return ""


RULE = Rule("dates_fit_their_phase", ("SOP398",), REASON, VALID, INVALID, check)
