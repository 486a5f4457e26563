"""What the engine works out once for each program, before the first event: which stations a step's entry has.

It reads tables only, no runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sopflow.program import Program, Step

# Stations of an entry, in order; the last is the operation itself. What they do stands in ``_rules.py``.
CONDITION, MILESTONE, SIBLINGS, TIME, RESOURCES, PEOPLE, REQUIREMENT, OPERATION = range(8)

_APPLIES: dict[int, Callable[[Step], bool]] = {
    CONDITION: lambda step: step.if_ is not None,
    MILESTONE: lambda step: step.while_ is not None,
    SIBLINGS: lambda step: bool(step.after),
    TIME: lambda step: step.times.opens is not None or bool(step.time_reads),
    RESOURCES: lambda step: bool(step.holds),
    PEOPLE: lambda step: step.people.by_cases is not None,
    REQUIREMENT: lambda step: bool(step.requires),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """``stations``: for each step the stations that its entry has. ``named``: the steps of each id."""

    stations: tuple[tuple[int, ...], ...]
    named: dict[str, tuple[Step, ...]]


def plan_of(program: Program) -> Plan:
    """The plan of ``program``, made once."""
    plan = program.memo.get("engine")
    if isinstance(plan, Plan):
        return plan
    named: dict[str, tuple[Step, ...]] = {}
    for step in program.steps:
        named[step.id] = (*named.get(step.id, ()), step)
    made = Plan(tuple(_stations(step) for step in program.steps), named)
    program.memo["engine"] = made
    return made


def _stations(step: Step) -> tuple[int, ...]:
    return tuple(station for station, applies in _APPLIES.items() if applies(step))
