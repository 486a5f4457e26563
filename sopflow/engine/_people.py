"""Who may do a step: roles, their people, four eyes. Pure look-ups; nothing changes here."""

from __future__ import annotations

from collections.abc import Iterable

from sopflow.engine._state import Opening, RunState
from sopflow.errors import Problem
from sopflow.program import Program, Step


def actors(program: Program, step: Step, opening: Opening) -> tuple[str, ...]:
    """The roles that may do the step, or the one it was handed to."""
    return (opening.to,) if opening.to else (*step.people.by, *step.people.may)


def objection(
    program: Program, state: RunState, step: Step, opening: Opening, by: str | None
) -> tuple[str, Problem] | None:
    """Why ``by`` may not do the step: (refusal code, problem), or None where nothing stands against it.

    Without ``by`` the step's own role acts; a step without roles is anybody's.
    """
    roles = actors(program, step, opening)
    if by is None:
        by = roles[0] if roles else None
    if by is None:
        return None
    fields = {"step": step.path, "actor": by}
    if roles and not any(fills(program, by, role) for role in roles):
        return "role", Problem("SOP704", fields={**fields, "roles": ", ".join(roles)})
    for other in step.people.not_by:
        if other in state.done and state.done[other].by == by:
            return "four-eyes", Problem("SOP705", fields={**fields, "other": program.steps[other].path})
    for other in step.people.same_by:
        if other in state.done and state.done[other].by not in (by, None):
            who = state.done[other].by
            return "role", Problem("SOP706", fields={**fields, "other": program.steps[other].path, "who": who})
    return None


def fills(program: Program, actor: str, role: str) -> bool:
    """Whether ``actor`` (a role's id or a person) may act for ``role``.

    A role acts for itself and for the role whose deputy it is. A person acts for a role that lists them; where
    a role lists no people, any name will do that is not another role's id.
    """
    if actor == role:
        return True
    known = program.roles.get(role)
    if known is None:  # reassigned to a person
        return False
    if actor in known.people or (known.deputy and _is(program, actor, known.deputy)):
        return True
    return not known.people and actor not in program.roles


def _is(program: Program, actor: str, role: str) -> bool:
    return actor == role or (role in program.roles and actor in program.roles[role].people)


def of_fields(program: Program, fields: Iterable[str]) -> tuple[str, ...]:
    """The roles that ``fields`` name as those to ask, each once."""
    asked = (program.fields[path].ask for path in fields if path in program.fields)
    return tuple(dict.fromkeys(role for role in asked if role))


def verdict(votes: list[object], need: int, seats: int) -> str:
    """What the votes amount to, "" while it can still change: approved at ``need``; else once that is out of reach."""
    yes = sum(vote == "approved" for vote in votes)
    if yes >= need:
        return "approved"
    if seats - (len(votes) - yes) < need:
        return "changes" if "changes" in votes else "refused"
    return ""
