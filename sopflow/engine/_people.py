"""Who may do a step: roles, their people, four eyes. Pure look-ups; nothing changes here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from sopflow.engine._state import Opening, RunState
from sopflow.errors import Problem
from sopflow.program import People, Program, Question, Step
from sopflow.values import Field


def roles_for(step: Step, opening: Opening) -> tuple[str, ...]:
    """The roles whose work the opening is."""
    return opening.roles or step.people.by


def actors(step: Step, opening: Opening) -> tuple[str, ...]:
    """The roles that may do the step, or the one it was handed to."""
    return (opening.to,) if opening.to else (*roles_for(step, opening), *step.people.may)


def offered_to(step: Step, opening: Opening) -> tuple[str, ...]:
    """To whom the opening is shown: whom it was handed to, else the roles whose work it is."""
    return (opening.to,) if opening.to else roles_for(step, opening)


def seats_of(step: Step, opening: Opening) -> People:
    """Who has a seat, and how many are needed; where each of the roles has one and the data said which, all of them."""
    people, roles = step.people, roles_for(step, opening)
    return replace(people, by=roles, need=len(roles), seats=len(roles)) if people.every and opening.roles else people


def objection(
    program: Program, state: RunState, step: Step, opening: Opening, by: str | None
) -> tuple[str, Problem] | None:
    """Why ``by`` may not do the step: (refusal code, problem), or None where nothing stands against it.

    Without ``by`` the step's own role acts; a step without roles is anybody's.
    """
    roles = actors(step, opening) or of_fields(program, step, opening.asked)
    if by is None:
        by = roles[0] if roles else None
    if by is None:
        return None
    people = step.people
    if by in roles and not (opening.claimed or people.not_by or people.same_by):
        return None
    fields = {"step": step.path, "actor": by}
    if opening.claimed and opening.claimed != by:
        return "role", Problem("SOP744", fields={**fields, "who": opening.claimed})
    if roles and not any(fills(program, by, role) for role in roles):
        return "role", Problem("SOP704", fields={**fields, "roles": ", ".join(roles)})
    for other in step.people.not_by:
        if other in state.done and _may_be_one(program, state.done[other].by, by):
            return "four-eyes", Problem("SOP705", fields={**fields, "other": program.steps[other].path})
    for other in step.people.same_by:
        if other in state.done and state.done[other].by not in (by, None):
            who = state.done[other].by
            return "role", Problem("SOP706", fields={**fields, "other": program.steps[other].path, "who": who})
    return None


def nobody_left(program: Program, state: RunState, step: Step) -> bool:
    """Whether four eyes keep everybody from the step: its roles list their people, and each of them did the other."""
    people = step.people
    named = [program.roles[role].people for role in (*people.by, *people.may) if role in program.roles]
    did = {state.done[other].by for other in people.not_by if other in state.done}
    return bool(did) and bool(named) and all(names and did.issuperset(names) for names in named)


def _may_be_one(program: Program, one: str | None, other: str) -> bool:
    """Whether two names may stand for one person: equal, or a person and a role that lists them."""
    if one is None:
        return False
    return one == other or any(
        role in program.roles and person in program.roles[role].people for role, person in ((one, other), (other, one))
    )


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


def field_of(program: Program, step: Step | None, path: str) -> Field | None:
    """The field of that path: one of the run's data, or of the item that ``step`` is about."""
    field = program.fields.get(path)
    if field is None and step is not None and path in step.parts:
        field = step.parts[path].field
    return field


def of_fields(program: Program, step: Step | None, paths: Iterable[str]) -> tuple[str, ...]:
    """The roles that the fields name as those to ask, each once."""
    fields = (field_of(program, step, path) for path in paths)
    return tuple(dict.fromkeys(field.ask for field in fields if field is not None and field.ask))


def free_seats(program: Program, roles: Iterable[str], voters: Iterable[str]) -> tuple[str, ...]:
    """The ``roles`` that have not voted yet, where each of them has a seat."""
    free = list(roles)
    for voter in voters:
        taken = next((role for role in free if fills(program, voter, role)), None)
        if taken is not None:
            free.remove(taken)
    return tuple(free)


def no_seat(program: Program, step: Step, opening: Opening, who: str) -> tuple[str, Problem] | None:
    """Why ``who`` has no seat left, where several people are asked: (refusal code, problem), or None."""
    votes = opening.votes or {}
    if who in votes:
        return "voted", Problem("SOP707", fields={"step": step.path, "actor": who})
    if step.people.every and not opening.to:
        free = free_seats(program, roles_for(step, opening), votes)
        if not any(fills(program, who, role) for role in free):
            return "role", Problem("SOP704", fields={"step": step.path, "actor": who, "roles": ", ".join(free)})
    return None


def verdict(votes: list[object], need: int, seats: int) -> str:
    """What the votes amount to, "" while it can still change: approved at ``need``; else once that is out of reach."""
    yes = sum(vote == "approved" for vote in votes)
    if yes >= need:
        return "approved"
    if seats - (len(votes) - yes) < need:
        return "changes" if "changes" in votes else "refused"
    return ""


#: Several answers that nothing settles.
DIFFER = object()


def settled(answers: Sequence[object], people: People, question: Question, rank: Sequence[object]) -> object:
    """What several answers to a decision amount to: a value, :data:`DIFFER`, or None while it can still change.

    ``rank`` are the possible values, lowest first, where they have an order.
    """
    left = people.seats - len(answers)
    counts = Counter(answers).most_common()
    first, most = counts[0]
    second = counts[1][1] if len(counts) > 1 else 0
    if most >= people.need or (question.settle == "most" and most > second + left):
        return first
    if question.settle == "mean" and not left:
        return _mean(answers, rank)
    if question.in_doubt:
        extreme = (max if question.in_doubt == "last" else min)(answers, key=_place_in(rank))
        final = bool(rank) and extreme == rank[-1 if question.in_doubt == "last" else 0]
        return extreme if final or not left else None
    return DIFFER if most + left < people.need and not (question.settle and left) else None


def _mean(answers: Sequence[object], rank: Sequence[object]) -> object:
    """The mean of numbers; of words the one in the middle of the rank, the higher where it lies between two."""
    if rank:
        places = sum(rank.index(answer) for answer in answers)
        return rank[(2 * places + len(answers)) // (2 * len(answers))]
    numbers = [answer for answer in answers if isinstance(answer, int | Decimal)]
    mean = sum(map(Decimal, numbers), start=Decimal(0)) / len(answers)
    return mean if isinstance(answers[0], Decimal) else int(mean.to_integral_value(ROUND_HALF_UP))


def _place_in(rank: Sequence[object]) -> Callable[[object], int]:
    return lambda answer: rank.index(answer) if answer in rank else 0
