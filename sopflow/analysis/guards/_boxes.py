"""Which of many conjunctions may hold together, without asking for each pair. Knows formulas, no expressions.

What a conjunction says of single variables is a box; two whose boxes lie apart cannot both hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sopflow.analysis.guards._cells import UNKNOWN_CELL, Variable
from sopflow.analysis.guards._formula import All, Formula, Is

Box = dict[Variable, int]


def box_of(formula: Formula) -> Box:
    """The masks that ``formula`` puts on single variables, at the least."""
    box: Box = {}
    todo = [formula]
    while todo:
        match todo.pop():
            case Is(variable=variable, mask=mask):
                box[variable] = box.get(variable, variable.full) & mask
            case All(parts=parts):
                todo += parts
            case _:
                continue
    return box


def meeting(formulas: Sequence[Formula]) -> list[list[int]]:
    """For each of ``formulas`` the numbers of those before it whose boxes meet its own."""
    boxes = [box_of(formula) for formula in formulas]
    everywhere = (1 << len(boxes)) - 1
    covers: dict[Variable, dict[int, int]] = {}  # of each variable and cell: the boxes that hold it, as bits
    for number, box in enumerate(boxes):
        for variable, mask in box.items():
            cells = covers.setdefault(variable, {})
            for cell in _bits(mask):
                cells[cell] = cells.get(cell, 0) | 1 << number
    free = dict.fromkeys(covers, everywhere)
    for number, box in enumerate(boxes):
        for variable in box:
            free[variable] &= ~(1 << number)
    found = []
    for number, box in enumerate(boxes):
        alive = (1 << number) - 1
        for variable, mask in box.items():
            cells, near = covers[variable], free[variable]
            for cell in _bits(mask):
                near |= cells.get(cell, 0)
            # Where it may be unknown, a test of the others on it is not false.
            alive &= near if not mask & UNKNOWN_CELL else everywhere
        found.append([bit.bit_length() - 1 for bit in _bits(alive)])
    return found


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest
        mask ^= lowest
