"""Formulas over cells: what a guard says of its variables, once three values have become two.

``Is`` is a test of one variable, ``Apart`` one of the distance of two. Knows no expressions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sopflow.analysis.guards._cells import UNKNOWN_CELL, Variable
from sopflow.analysis.guards._lines import Number


class Is:
    """``variable`` is known and stands in the relation ``op`` to ``value``; or, with ``known``, it just is (not).

    The mask is worked out when it is first asked for: then all constants have been seen.
    """

    __slots__ = ("_mask", "op", "value", "variable")

    def __init__(self, variable: Variable, op: str, value: object = None) -> None:
        self.variable = variable
        self.op = op
        self.value = value
        self._mask = -1

    @property
    def mask(self) -> int:
        """The cells in which it holds."""
        if self._mask < 0:
            self._mask = self._cells() & self.variable.full
        return self._mask

    def _cells(self) -> int:
        variable, value = self.variable, self.value
        match self.op:
            case "known":
                return variable.known if value else UNKNOWN_CELL
            case "mask":
                return value if isinstance(value, int) else variable.full
            case "in" if isinstance(value, frozenset):
                return variable.among(value)
            case op:
                assert not isinstance(value, str)
                return variable.compared(op, value)  # type: ignore[arg-type]  # a number: all else is a word

    @property
    def used(self) -> frozenset[Variable]:
        """The variable in it."""
        return frozenset({self.variable})

    def __repr__(self) -> str:
        return f"{self.variable.shown} {self.op} {self.value}"


@dataclass(frozen=True, slots=True)
class Apart:
    """Both are known, and ``more - less <= limit`` (with ``strict``: ``<``)."""

    more: Variable
    less: Variable
    limit: Number
    strict: bool

    @property
    def used(self) -> frozenset[Variable]:
        """The variables in it."""
        return frozenset({self.more, self.less})


class _Joined:
    """Parts, and the variables that they speak of (worked out once: formulas are asked for them again and again)."""

    __slots__ = ("_used", "parts")

    def __init__(self, parts: tuple[Formula, ...]) -> None:
        self.parts = parts
        self._used: frozenset[Variable] | None = None

    @property
    def used(self) -> frozenset[Variable]:
        """The variables in it."""
        if self._used is None:
            self._used = frozenset[Variable]().union(*(part.used for part in self.parts))
        return self._used


class All(_Joined):
    """Every part holds."""

    __slots__ = ()


class Any(_Joined):
    """Some part holds."""

    __slots__ = ()


Formula: TypeAlias = Is | Apart | All | Any
TRUE = All(())
FALSE = Any(())


def is_free(formula: Formula) -> bool:
    """Whether it can be seen at once that ``formula`` may hold, and may fail with all it reads known.

    So it is where each test is of another variable, and leaves that one a choice: all tests may then hold together,
    and all fail together. Says no where that takes more than a look.
    """
    seen: set[Variable] = set()
    todo = [formula]
    while todo:
        match todo.pop():
            case Is(variable=variable, mask=mask):
                if variable in seen or variable.opaque or not mask or not variable.known & ~mask:
                    return False
                seen.add(variable)
            case All(parts=parts) | Any(parts=parts) if parts:
                todo += parts
            case _:
                return False
    return True
