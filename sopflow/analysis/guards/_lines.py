"""Types whose values lie on a line, as exact numbers: where the line begins and ends, and how far apart values are.

Days and instants count in microseconds, so that a date, an instant and the time between two of them are numbers of
one unit. Knows values, no expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from sopflow.expr import DATE, DECIMAL, DURATION, INT, TIME, TIMESTAMP, Type

#: An exact number.
Number: TypeAlias = int | Fraction

_SECOND = 1_000_000
DAY = 86_400 * _SECOND
_MOMENT = timedelta(microseconds=1)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LONGEST = 315_576_000_000 * _SECOND  # of a duration, as CEL has it


@dataclass(frozen=True, slots=True)
class Line:
    """``low`` and ``high`` belong to it (None: no end); values are ``step`` apart (0: as close as you like).

    ``usual`` is the value that an example takes if any will do.
    """

    low: int | None
    high: int | None
    step: int
    usual: int = 0


LINES: Mapping[Type, Line] = {
    INT: Line(-(2**63), 2**63 - 1, 1),
    DECIMAL: Line(None, None, 0),
    DATE: Line(DAY, date.max.toordinal() * DAY, DAY, date(2026, 1, 1).toordinal() * DAY),
    TIMESTAMP: Line(0, 3_652_059 * DAY - 1, 1, (date(2026, 1, 1).toordinal() - 1) * DAY),
    DURATION: Line(-_LONGEST, _LONGEST, 1),
    TIME: Line(0, DAY - 1, 1),
}


def number_of(value: object) -> Number | None:
    """The place of ``value`` on its line; None where it has none."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float():  # a literal beside whole numbers: below this they are compared exactly
            return Fraction(value) if abs(value) < 2**53 else None
        case Decimal():
            return (int(value) if value == int(value) else Fraction(value)) if value.is_finite() else None
        case datetime():
            return (value - _FIRST) // _MOMENT if value.tzinfo is not None else None
        case date():
            return value.toordinal() * DAY
        case timedelta():
            return value // _MOMENT
        case time():
            return ((value.hour * 60 + value.minute) * 60 + value.second) * _SECOND + value.microsecond
        case _:
            return None


def value_at(number: Number, of: Type) -> object:
    """The value of type ``of`` at a place on its line."""
    if of == DECIMAL:
        return Decimal(number.numerator) / Decimal(number.denominator)
    whole = int(number)
    if of == DATE:
        return date.fromordinal(whole // DAY)
    if of == TIMESTAMP:
        return _FIRST + timedelta(microseconds=whole)
    if of == DURATION:
        return timedelta(microseconds=whole)
    if of == TIME:
        return (_FIRST + timedelta(microseconds=whole)).time()
    return whole


def between(low: Number | None, high: Number | None, line: Line) -> Number | None:
    """A plain number strictly between the two (None: no limit there), nearest to the usual one; None if none is."""
    step, usual = line.step or 1, line.usual
    if low is not None and low >= usual:
        found: Number = (low // step + 1) * step
    elif high is not None and high <= usual:
        found = -(-high // step) * step - step
    else:
        found = usual
    if (low is None or found > low) and (high is None or found < high):
        return found
    if line.step or low is None or high is None or low >= high:
        return None
    return Fraction(low + high) / 2
