"""Who may do a step, by name, where the definition says so. Knows roles and steps, no rule."""

from __future__ import annotations

from sopflow.program import Op, Program, Step


def people_of(program: Program, step: Step) -> frozenset[str] | None:
    """The people who may do ``step``; None where any name will do, as nobody is listed for one of its roles.

    A role's people are its own and those of its deputy.
    """
    roles = (*step.people.by, *step.people.may)
    if not roles:
        return None
    found: set[str] = set()
    for name in roles:
        role = program.roles[name]
        if not role.people:
            return None
        found.update(role.people)
        if role.deputy in program.roles:
            deputies = program.roles[role.deputy].people
            if not deputies:
                return None
            found.update(deputies)
    return frozenset(found)


def is_done_by_people(step: Step) -> bool:
    """Whether the step waits for a person."""
    return step.op == Op.VOTE or (step.op == Op.WORK and not step.run) or step.op == Op.CHOOSE
