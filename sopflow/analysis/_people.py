"""Who may do a step, by name, where the definition says so. Knows roles and steps, no rule."""

from __future__ import annotations

from collections.abc import Iterable

from sopflow.program import Op, Program, Step


def choices(step: Step) -> tuple[tuple[str, ...], ...]:
    """The roles of ``by``; where data say who, those of each case, and none where no case may hold."""
    by_cases = step.people.by_cases
    if by_cases is None:
        return (step.people.by,)
    chosen = tuple(tuple(map(str, case.then)) for case in by_cases.cases if isinstance(case.then, tuple))
    return chosen if by_cases.cases[-1].when is None else (*chosen, ())


def people_of(program: Program, step: Step) -> frozenset[str] | None:
    """The people who may do ``step``, whatever the data say; None where any name will do."""
    return _together(people_in(program, (*by, *step.people.may)) for by in choices(step))


def people_in(program: Program, roles: Iterable[str]) -> frozenset[str] | None:
    """The people of any of ``roles``; None where any name will do: without roles, or where one of them lists nobody.

    A role's people are its own and those of its deputy.
    """
    known = [program.roles[name] for name in roles]
    known += [program.roles[role.deputy] for role in known if role.deputy in program.roles]
    if not known:
        return None
    return _together(frozenset(role.people) or None for role in known)


def is_done_by_people(step: Step) -> bool:
    """Whether the step waits for a person."""
    return step.op == Op.VOTE or (step.op == Op.WORK and not step.run) or step.op == Op.CHOOSE


def _together(groups: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """All who are in one of ``groups``; None where one of these is open to anybody."""
    found: set[str] = set()
    for group in groups:
        if group is None:
            return None
        found |= group
    return frozenset(found)
