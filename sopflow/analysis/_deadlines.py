"""Times of one definition held against each other before anything starts. Knows phrases and steps, no rule.

Two times can be compared where both are counted from the same date. A month has 28 to 31 days, a working day may be
any number of days away, and a date may turn out to have a clock: so a time is a stretch, and one time counts as
earlier only where the whole of it is. Times by cases are not compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sopflow.calendars import AnchorOffset, At, Offset, On, Ref, RefKind, Span, Unit, Within
from sopflow.program import Extreme, Program, Time, phrases_of

_MINUTE = 1 / (24 * 60)
#: Days in one unit, the fewest and the most.
_DAYS = {
    Unit.MINUTE: (_MINUTE, _MINUTE),
    Unit.HOUR: (60 * _MINUTE, 60 * _MINUTE),
    Unit.DAY: (1, 1),
    Unit.WEEK: (7, 7),
    Unit.MONTH: (28, 31),
    Unit.QUARTER: (89, 92),
    Unit.YEAR: (365, 366),
    Unit.WORKING_DAY: (1, math.inf),
    Unit.WORKING_HOUR: (0, math.inf),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when a time may be, in days from the first moment of the day of ``ref``."""

    ref: str
    first: float
    last: float

    def is_before(self, other: Stretch) -> bool:
        """Whether this time is over when the other begins, wherever in their stretches they are."""
        return self.ref == other.ref and self.last <= other.first


def stretch_of(time: Time | None, program: Program) -> Stretch | None:
    """The stretch of a time that is counted from a date of the run; None for any other."""
    match time:
        case Extreme(latest=is_latest, times=times):
            parts = [stretch_of(part, program) for part in times]
            known = [part for part in parts if part is not None]
            if not known or len(known) < len(parts) or len({part.ref for part in known}) > 1:
                return None
            pick = max if is_latest else min
            return Stretch(known[0].ref, pick(part.first for part in known), pick(part.last for part in known))
        case On(clock=clock, day=day):
            days = _days(day, program)
            if days is None:
                return None
            ref, low, high = days
            moment = (clock.hour * 60 + clock.minute) * _MINUTE
            return Stretch(ref, low + moment, high + moment + _MINUTE)
        case At() | Offset() | AnchorOffset():
            days = _days(time, program)
            if days is None:
                return None
            ref, low, high = days
            return Stretch(ref, low, high + 1)
        case _:
            return None


def refs_of(time: Time | None) -> Iterator[Ref]:
    """What a time is counted from, names of fields aside."""
    for phrase in phrases_of(time):
        if isinstance(phrase, Within) and phrase.ref is None:
            yield Ref(RefKind.OPENED)
        yield from (ref for ref in phrase.reads if ref.kind is not RefKind.NAME)


def _days(day: At | Offset | AnchorOffset, program: Program) -> tuple[str, float, float] | None:
    """(what it is counted from, the fewest and the most days from there)."""
    match day:
        case At(ref=ref):
            name = _date_of(ref, program)
            return (name, 0, 0) if name else None
        case AnchorOffset(anchor=ref, sign=sign, count=count):
            name = _date_of(ref, program)
            if not name or not isinstance(count, int):
                return None
            days = count if sign == "+" else -count
            return name, days, days
        case Offset(span=span, direction=direction, ref=ref):
            name, bounds = _date_of(ref, program), _bounds(span)
            if not name or bounds is None:
                return None
            low, high = bounds if direction == "after" else (-bounds[1], -bounds[0])
            return name, low, high


def _bounds(span: Span) -> tuple[float, float] | None:
    """The fewest and the most days of a span whose count is known."""
    if not isinstance(span.count, int):
        return None
    low, high = _DAYS[span.unit]
    return span.count * low, span.count * high if span.count else 0


def _date_of(ref: Ref, program: Program) -> str:
    """The date that a reference means, anchors by what they stand for; "" where it is another kind of reference."""
    if ref.kind is RefKind.DATE:
        return ref.name
    if ref.kind is RefKind.STARTED:
        return "started"
    if ref.kind is not RefKind.NAME:
        return ""
    anchor = program.anchors.get(ref.name)
    return anchor.ref.name if isinstance(anchor, At) else ref.name
