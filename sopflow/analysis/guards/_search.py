"""Finding values for which a formula holds, or that there are none: splitting, one alternative after the other.

A clause of which one part is left decides at once; else the smallest clause is split (Davis, Logemann and Loveland,
"A machine program for theorem-proving", 1962), over masks of cells in place of truth values. Distances are looked at
last, see ``_distances.py``. The effort is bounded. Knows formulas, no expressions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sopflow.analysis.guards._cells import Variable
from sopflow.analysis.guards._distances import fitting
from sopflow.analysis.guards._formula import All, Any, Apart, Formula, Is
from sopflow.analysis.guards._lines import Number, value_at

#: So many times a clause is looked at before the question counts as not decided.
EFFORT = 50_000

Masks = dict[Variable, int]


class TooHard(Exception):
    """The effort is spent."""


def model(formulas: Iterable[Formula]) -> dict[Variable, object] | None:
    """Values under which all ``formulas`` hold, of the variables that matter; None where there are none.

    Raises :class:`TooHard`.
    """
    found = _search(formulas, None)
    if found is None:
        return None
    masks, numbers = found
    values: dict[Variable, object] = {variable: variable.example(mask) for variable, mask in masks.items()}
    return values | {variable: value_at(number, variable.of) for variable, number in numbers.items()}


def possible(formulas: Iterable[Formula], given: Mapping[Variable, int] | None = None) -> bool:
    """Whether all ``formulas`` may hold together where ``given`` masks do. Raises :class:`TooHard`."""
    return _search(formulas, given) is not None


def _search(
    formulas: Iterable[Formula], given: Mapping[Variable, int] | None
) -> tuple[Masks, dict[Variable, Number]] | None:
    """The masks, and the numbers at a distance, of the first branch without a contradiction."""
    effort = EFFORT
    branches: list[tuple[Masks, list[Formula], list[Any], list[Apart]]] = [(dict(given or {}), [*formulas], [], [])]
    while branches:
        masks, todo, clauses, apart = branches.pop()
        effort -= 1 + len(clauses) + len(todo)
        if effort < 0:
            raise TooHard
        left = settled(masks, todo, clauses, apart)
        if left is None:
            continue
        if left:
            clause = min(left, key=lambda one: len(one.parts))
            others = [one for one in left if one is not clause]
            first, *rest = clause.parts
            branches.append((dict(masks), [*_denied(first), Any(tuple(rest))], [*others], [*apart]))
            branches.append((masks, [first], others, apart))
            continue
        split = next((mask for one in apart for mask in _gaps(one, masks)), None)
        if split is not None:
            variable, run = split
            branches.append(({**masks, variable: masks.get(variable, variable.full) & ~run}, [], [], apart))
            branches.append(({**masks, variable: run}, [], [], apart))
            continue
        numbers = fitting(apart, masks)
        if numbers is not None:
            return masks, numbers
    return None


def settled(masks: Masks, todo: list[Formula], clauses: list[Any], apart: list[Apart]) -> list[Any] | None:
    """Do what must be; the clauses that leave a choice, or None where there is a contradiction."""
    while True:
        while todo:
            match todo.pop():
                case Is(variable=variable, mask=mask):
                    old = masks.get(variable, variable.full)
                    if not old & mask:
                        return None
                    masks[variable] = old & mask
                case All(parts=parts):
                    todo += parts
                case Any() as clause:
                    clauses.append(clause)
                case Apart(more=more, less=less) as one:
                    apart.append(one)
                    todo += (Is(more, "known", True), Is(less, "known", True))
        left: list[Any] = []
        for clause in clauses:
            open_: list[Formula] = []
            for part in clause.parts:
                if isinstance(part, Is):
                    mask = masks.get(part.variable, part.variable.full)
                    if not mask & ~part.mask:
                        break  # it holds already
                    if mask & part.mask:
                        open_.append(part)
                elif not _refuted(part, masks):
                    open_.append(part)
            else:
                if not open_:
                    return None
                if len(open_) == 1:
                    todo.append(open_[0])
                else:
                    left.append(Any(tuple(open_)) if len(open_) < len(clause.parts) else clause)
        if not todo:
            return left
        clauses = left


def _refuted(part: Formula, masks: Masks) -> bool:
    """Whether ``part`` can be seen at once not to hold."""
    match part:
        case Is(variable=variable, mask=mask):
            return not masks.get(variable, variable.full) & mask
        case All(parts=parts):
            return any(isinstance(one, Is) and _refuted(one, masks) for one in parts)
        case Any(parts=parts):
            return not parts
        case _:
            return False


def _denied(part: Formula) -> tuple[Formula, ...]:
    """What the other branch may take for granted once ``part`` has been tried."""
    if isinstance(part, Is):
        return (Is(part.variable, "mask", part.variable.full & ~part.mask),)
    return ()


def _gaps(one: Apart, masks: Masks) -> Iterable[tuple[Variable, int]]:
    """The variables of a distance whose cells do not lie side by side, each with the first that do."""
    for variable in (one.more, one.less):
        mask = masks.get(variable, variable.full)
        lowest = mask & -mask
        run = mask & ~(mask + lowest)
        if run != mask:
            yield variable, run


__all__ = ["EFFORT", "TooHard", "model", "possible", "settled"]
