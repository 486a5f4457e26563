"""Sums: the numbers in a guard, as far as they are sums of variables with constant factors.

Knows syntax trees, and no formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from sopflow.analysis.guards._cells import Variable
from sopflow.analysis.guards._lines import DAY, Number, number_of
from sopflow.expr import DATE, DECIMAL, INT, Binary, Call, Expression, Leaf, Literal, Node, Unary, walk

_FACTORS = (INT, DECIMAL)


class Names(Protocol):
    """What the names in an expression stand for."""

    def variable(self, node: Node, /) -> Variable | None:
        """The variable that ``node`` is; None where it is computed."""

    def unfolded(self, node: Node, /) -> Node:
        """What stands behind a derived name; any other node is what it is."""


@dataclass(frozen=True, slots=True)
class Sum:
    """``base`` and the variables, each with its factor."""

    base: Number
    parts: Mapping[Variable, Number]


def constant(node: Node) -> tuple[bool, object]:
    """Whether ``node`` hangs on nothing, and its value."""
    if isinstance(node, Literal):
        return True, node.value
    if isinstance(node, Leaf) or not all(isinstance(part, Literal | Unary | Binary | Call) for part in walk(node)):
        return False, None
    value = Expression("", node, {}).evaluate({})
    return True, value


def sum_of(node: Node, names: Names) -> Sum | None:
    """``node`` as a sum; None where it is none."""
    node = names.unfolded(node)
    fixed, value = constant(node)
    if fixed:
        number = number_of(value)
        return None if number is None else Sum(number, {})
    match node:
        case Unary(op="-", operand=operand):
            return _times(sum_of(operand, names), -1)
        case Binary(op="+", left=left, right=right):
            return _plus(sum_of(left, names), sum_of(right, names))
        case Binary(op="-", left=left, right=right):
            return _plus(sum_of(left, names), _times(sum_of(right, names), -1))
        case Binary(op="*", left=left, right=right) if left.type in _FACTORS and right.type in _FACTORS:
            some, others = sum_of(left, names), sum_of(right, names)
            if some is not None and others is not None and not some.parts:
                some, others = others, some
            if some is None or others is None or others.parts:
                return None
            return _times(some, others.base)
        case Call(function="decimal", target=None, arguments=(inner,)) if inner.type in _FACTORS:
            return sum_of(inner, names)
        case Call(function="days_between", target=None, arguments=(start, end)) if start.type == end.type == DATE:
            return _times(_plus(sum_of(end, names), _times(sum_of(start, names), -1)), Fraction(1, DAY))
    found = names.variable(node)
    return None if found is None or found.on_line is None else Sum(0, {found: 1})


def _plus(a: Sum | None, b: Sum | None) -> Sum | None:
    if a is None or b is None:
        return None
    parts = dict(a.parts)
    for variable, factor in b.parts.items():
        parts[variable] = parts.get(variable, 0) + factor
    return Sum(a.base + b.base, parts)


def _times(a: Sum | None, factor: Number) -> Sum | None:
    if a is None:
        return None
    return Sum(_plain(a.base * factor), {variable: _plain(own * factor) for variable, own in a.parts.items()})


def _plain(number: Number) -> Number:
    return int(number) if number == int(number) else number
