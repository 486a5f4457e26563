"""Numbers whose distances are limited: values for all of them, or that there are none.

``more - less <= limit`` is an edge of a graph, and a circle of negative length a contradiction (Bellman 1958; Dill,
"Timing assumptions and verification of finite-state concurrent systems", 1989). What mixes whole and broken numbers
is treated as broken: values may then not be found that are there, never the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sopflow.analysis.guards._cells import Variable
from sopflow.analysis.guards._formula import Apart
from sopflow.analysis.guards._lines import Number

#: Examples are looked for near the usual value first.
_BOXES = (10, 1000, None)
#: How much "less than" is less, tried from the largest.
_SMALL = tuple(Fraction(1, 10**power) for power in (0, 1, 3, 9))


@dataclass(frozen=True, slots=True)
class _Edge:
    """``more - less <= limit``, with ``strict`` ``<``; 0 stands for the number nought."""

    more: int
    less: int
    limit: Number
    strict: bool


def fitting(apart: Sequence[Apart], masks: Mapping[Variable, int]) -> dict[Variable, Number] | None:
    """A number for each variable of ``apart``, in the stretch from the first to the last cell of its mask."""
    if not apart:
        return {}
    variables = list(dict.fromkeys(variable for one in apart for variable in (one.more, one.less)))
    place = {variable: at for at, variable in enumerate(variables, 1)}
    edges = [
        _rounded(place[one.more], place[one.less], one.limit, one.strict, _step(one.more, one.less)) for one in apart
    ]
    for variable in variables:
        edges += _ends(place[variable], variable, masks.get(variable, variable.full))
    for box in _BOXES:
        near = [] if box is None else [edge for variable in variables for edge in _near(place[variable], variable, box)]
        numbers = _solved([*edges, *near], len(variables) + 1)
        if numbers is not None:
            return {variable: numbers[place[variable]] for variable in variables}
    return None


def _step(a: Variable, b: Variable) -> int:
    """The step of both; 0 where one of them has none, or another."""
    one, other = a.on_line, b.on_line
    return one.step if one is not None and other is not None and one.step == other.step else 0


def _rounded(more: int, less: int, limit: Number, strict: bool, step: int) -> _Edge:  # noqa: FBT001
    """Whole steps: less than is at most one step less."""
    if not step:
        return _Edge(more, less, limit, strict)
    steps = limit // step
    whole = steps * step
    return _Edge(more, less, whole - step if strict and whole == limit else whole, strict=False)


def _ends(at: int, variable: Variable, mask: int) -> Iterable[_Edge]:
    (low, has_low), (high, has_high) = variable.bounds(mask)
    step = variable.on_line.step if variable.on_line is not None else 0
    if high is not None:
        yield _rounded(at, 0, high, not has_high, step)
    if low is not None:
        yield _rounded(0, at, -low, not has_low, step)


def _near(at: int, variable: Variable, box: int) -> Iterable[_Edge]:
    line = variable.on_line
    assert line is not None
    size = box * (line.step or 1)
    return _Edge(at, 0, line.usual + size, strict=False), _Edge(0, at, size - line.usual, strict=False)


def _solved(edges: Sequence[_Edge], count: int) -> list[Number] | None:
    """Numbers for which all edges hold; None where there is a circle of negative length."""
    # The second part of a length says how many times "less than" stands on the way.
    lengths: list[tuple[Number, int]] = [(0, 0)] * count
    for _ in range(count):
        changed = False
        for edge in edges:
            base, strict = lengths[edge.less]
            length = (base + edge.limit, strict - edge.strict)
            if length < lengths[edge.more]:
                lengths[edge.more] = length
                changed = True
        if not changed:
            break
    else:
        return None
    for small in _SMALL:
        zero = lengths[0][0] + lengths[0][1] * small
        numbers: list[Number] = [base + strict * small - zero for base, strict in lengths]
        if all(_holds(edge, numbers) for edge in edges):
            return numbers
    return None


def _holds(edge: _Edge, numbers: Sequence[Number]) -> bool:
    distance = numbers[edge.more] - numbers[edge.less]
    return distance < edge.limit if edge.strict else distance <= edge.limit
