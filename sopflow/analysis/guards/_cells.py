"""Variables, and the finitely many cells into which the guards of a program cut what each may hold.

Guards compare with constants, so all values between two neighbouring constants are alike: a cell. A set of cells is a
mask of bits, of which the lowest stands for “unknown”; so unknown is one more value, and a comparison that is not
true need not be false. Knows values, no expressions.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction

from sopflow.analysis.guards._lines import LINES, Line, Number, between, number_of, value_at
from sopflow.expr import BOOL, UNKNOWN, EnumType, Type

UNKNOWN_CELL = 1
#: More constants than this are not told apart: the variable then counts as not understood.
MOST_CELLS = 2_000


class Variable:
    """Something that guards read: a field, the size of a list, or a condition that is not understood (``opaque``).

    ``reads`` are the fields by whose change it may change; ``shown`` says it in words.
    """

    __slots__ = (
        "_cells", "_line", "_values", "always_known", "cuts", "limits", "name", "of", "opaque", "reads", "shown",
    )  # fmt: skip

    def __init__(
        self,
        name: object,
        of: Type,
        *,
        shown: str = "",
        reads: tuple[str, ...] = (),
        limits: tuple[object, object] = (None, None),
        always_known: bool = False,
        opaque: bool = False,
    ) -> None:
        self.name = name
        self.of = of
        self.shown = shown
        self.reads = reads
        self.limits = limits
        self.always_known = always_known
        self.opaque = opaque
        self.cuts: set[Number | str] = set()
        self._cells: list[object] | None = None  # a value of each cell, in order
        self._values: list[Number] = []
        self._line = LINES.get(of)

    @property
    def on_line(self) -> Line | None:
        """The line that its values lie on; None if they are words."""
        return self._line

    @property
    def cells(self) -> list[object]:
        """A value (on a line: a number) of each cell, in order. From now on no further constant can be told apart."""
        if self._cells is None:
            self._cells = self._cut_line(self._line) if self._line is not None else self._words()
        return self._cells

    @property
    def full(self) -> int:
        """The mask of all that it may be."""
        return (2 << len(self.cells)) - 1 - (UNKNOWN_CELL if self.always_known else 0)

    @property
    def known(self) -> int:
        """The mask of all values."""
        return (2 << len(self.cells)) - 2

    def _words(self) -> list[object]:
        if self.of == BOOL:
            return [False, True]
        if isinstance(self.of, EnumType):
            return list(self.of.values)
        named = sorted(word for word in self.cuts if isinstance(word, str))
        other = "other"
        while other in self.cuts:
            other += "-"
        return [*named, other]

    def _cut_line(self, line: Line) -> list[object]:
        low, high = self._ends(line)
        ends = [end for end in (low, high) if end is not None]
        cuts = sorted({cut for cut in (*self.cuts, *ends) if not isinstance(cut, str) and _within(cut, low, high)})
        self._values = []
        before: Number | None = None
        for number, cut in enumerate(cuts):
            if number or low is None:
                self._add(between(before, cut, line))
            if not line.step or cut % line.step == 0:
                self._values.append(cut)
            before = cut
        if high is None or not cuts:
            self._add(between(before, None, line))
        return list(self._values)

    def _ends(self, line: Line) -> tuple[Number | None, Number | None]:
        least, most = map(number_of, self.limits)
        low = least if line.low is None else line.low if least is None else max(line.low, least)
        high = most if line.high is None else line.high if most is None else min(line.high, most)
        return low, high

    def _add(self, value: Number | None) -> None:
        if value is not None:
            self._values.append(value)

    # -- masks -------------------------------------------------------------------------------------------------------

    def compared(self, op: str, limit: Number) -> int:
        """The mask of the values ``op limit``, which is one of the ``cuts``."""
        count = len(self.cells)
        below, upto = bisect_left(self._values, limit), bisect_right(self._values, limit)
        match op:
            case "<":
                first, last = 0, below
            case "<=":
                first, last = 0, upto
            case ">":
                first, last = upto, count
            case ">=":
                first, last = below, count
            case "==":
                first, last = below, upto
            case _:
                return self.known & ~self.compared("==", limit)
        return (2 << last) - (2 << first)

    def among(self, words: Iterable[object]) -> int:
        """The mask of these words."""
        return sum(2 << at for at, cell in enumerate(self.cells) if any(cell is word or cell == word for word in words))

    def mask_of(self, value: object) -> int:
        """The mask of the cell that ``value`` lies in; of all cells where that is not known."""
        if value is None:
            return UNKNOWN_CELL
        if self._line is None:
            return self.among([value]) or (self.full if self.of == BOOL else 2 << len(self.cells) - 1)
        number = number_of(value)
        if number is None or not self.cells:
            return self.full
        at = bisect_left(self._values, number)
        if at < len(self._values) and self._values[at] == number:
            return 2 << at
        # It lies between the constants around it, in whose cell the example may be on either side of it.
        near = [2 << place for place in (at - 1, at) if 0 <= place < len(self._values)]
        return sum(near)

    # -- examples ----------------------------------------------------------------------------------------------------

    def example(self, mask: int) -> object:
        """A value out of ``mask``: a known one where there is one, of the simplest."""
        places = [at for at in range(len(self.cells)) if mask & 2 << at]
        if not places:
            return UNKNOWN
        if self._line is None:
            return self.cells[places[0]]
        usual = self._line.usual
        distance = {self._values[at]: Fraction(self._values[at]) - usual for at in places}
        distance = {number: abs(away) for number, away in distance.items()}
        return value_at(min(distance, key=distance.__getitem__), self.of)

    def bounds(self, mask: int) -> tuple[tuple[Number | None, bool], tuple[Number | None, bool]]:
        """The ends of the stretch from the first to the last cell of ``mask``, each with whether it belongs to it."""
        assert self._line is not None
        low, high = self._ends(self._line)
        fixed = sorted(cut for cut in {*self.cuts, low, high} if cut is not None and not isinstance(cut, str))
        numbers = [self._values[at] for at in range(len(self.cells)) if mask & 2 << at]
        first, last = numbers[0], numbers[-1]
        at = bisect_right(fixed, first) - 1
        lower = (fixed[at], fixed[at] == first) if at >= 0 else (None, False)
        at = bisect_left(fixed, last)
        upper = (fixed[at], fixed[at] == last) if at < len(fixed) else (None, False)
        return lower, upper


def _within(cut: Number, low: Number | None, high: Number | None) -> bool:
    return (low is None or cut >= low) and (high is None or cut <= high)
