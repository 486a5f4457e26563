"""From phrases to moments: what a time phrase means once its references are known.

Knows phrases, zones and calendars; what a field, an anchor or a step is comes from the caller's ``lookup``.

Civil units (days, weeks, months, quarters, years, working days) move the date and keep the clock; minutes and
hours move the instant, so a day with a clock change has 23 or 25 of them. A month that is too short gives its
last day (31 May less a month is 30 April).
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Mapping
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from sopflow.calendars._calendar import MONDAY_TO_FRIDAY, Calendar, add_working_hours
from sopflow.calendars._moment import Moment, in_zone, localize, shows, wall
from sopflow.calendars._phrases import (
    MOST,
    AnchorOffset,
    At,
    Day,
    Nothing,
    Offset,
    On,
    Ref,
    RefKind,
    Span,
    TimePhrase,
    Unit,
    Within,
)

Lookup: TypeAlias = Callable[[Ref], object]
"""What a reference stands for: a date, a datetime (naive: of the run's zone), a Moment, an int; None if unknown."""


def resolve(
    phrase: TimePhrase,
    *,
    lookup: Lookup,
    zone: ZoneInfo,
    calendars: Mapping[str, Calendar],
    default: Calendar | None = None,
) -> Moment | None:
    """The moment that ``phrase`` means, or None if it is unset.

    Unset are ``none``, a phrase that reads something unknown, one that leads out of the years 1..9999, and one
    whose count field holds more than 100,000. ``default`` is the calendar of working days that name none
    (Monday to Friday if there is none). Raises TypeError if ``lookup`` gives neither a time nor a count, and
    KeyError for a calendar that ``calendars`` does not have: both are found when a definition is checked.
    """
    reader = _Reader(lookup, zone, calendars, default)
    try:
        match phrase:
            case Offset() | At() | AnchorOffset():
                return reader.day(phrase)
            case Within(span, ref):
                return reader.offset(span, 1, ref or _OPENED)
            case On(clock, day):
                moment = reader.day(day)
                return Moment.at(localize(dt.datetime.combine(moment.day(zone), clock), zone)) if moment else None
            case Nothing():
                return None
            case _:
                assert_never(phrase)
    except OverflowError:
        return None


def shift(
    start: Moment,
    span: Span,
    *,
    back: bool = False,
    zone: ZoneInfo,
    calendars: Mapping[str, Calendar],
    default: Calendar | None = None,
    lookup: Lookup = lambda ref: None,
) -> Moment | None:
    """``start`` moved by ``span``, forward or ``back``; None as in ``resolve``.

    Minutes and hours count from when a date opens.
    """
    reader = _Reader(lookup, zone, calendars, default)
    try:
        return reader.move(start, span, -1 if back else 1, from_end=False)
    except OverflowError:
        return None


def add_months(date: dt.date, n: int) -> dt.date:
    """``date`` moved by ``n`` months, to the last day of a month that is too short; OverflowError outside 1..9999."""
    year, month = divmod(date.year * 12 + date.month - 1 + n, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError("outside the years 1..9999")
    return dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


_OPENED = Ref(RefKind.OPENED)


class _Reader:
    """One phrase being resolved."""

    __slots__ = ("calendars", "default", "lookup", "zone")

    def __init__(
        self, lookup: Lookup, zone: ZoneInfo, calendars: Mapping[str, Calendar], default: Calendar | None
    ) -> None:
        self.lookup = lookup
        self.zone = zone
        self.calendars = calendars
        self.default = default or MONDAY_TO_FRIDAY

    def day(self, day: Day) -> Moment | None:
        match day:
            case Offset(span, direction, ref):
                return self.offset(span, 1 if direction == "after" else -1, ref)
            case At(ref):
                return self.start(ref)
            case AnchorOffset(anchor, sign, count):
                return self.offset(Span(count, Unit.DAY), 1 if sign == "+" else -1, anchor)
            case _:
                assert_never(day)

    def offset(self, span: Span, sign: int, ref: Ref) -> Moment | None:
        start = self.start(ref)
        # "2 hours after due" must not come before a due date is over; any other date opens at 00:00.
        return self.move(start, span, sign, from_end=ref.kind is RefKind.DUE) if start else None

    def start(self, ref: Ref) -> Moment | None:
        if ref.kind is RefKind.DATE:
            return Moment.on(dt.date.fromisoformat(ref.name))
        match self.lookup(ref):
            case None:
                return None
            case Moment() as moment:
                return moment
            case dt.datetime() as instant:
                known = localize(instant, self.zone) if instant.tzinfo is None else in_zone(instant, self.zone)
                return Moment.at(known)
            case dt.date() as date:
                return Moment.on(date)
            case other:
                raise TypeError(f"‘{ref}’ is no date and no instant: {type(other).__name__}")

    def count(self, count: int | Ref) -> int | None:
        if isinstance(count, int):
            return count
        value = self.lookup(count)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"‘{count}’ is no whole number: {type(value).__name__}")
        return value if abs(value) <= MOST else None

    def move(self, start: Moment, span: Span, sign: int, *, from_end: bool) -> Moment | None:
        count = self.count(span.count)
        if count is None:
            return None
        count *= sign
        unit = span.unit
        if unit.absolute or unit is Unit.WORKING_HOUR:
            begin = start.late_from(self.zone) if from_end and start.date else start.opens_at(self.zone)
            there = self._instant(begin, span, count)
            return Moment.exactly(there) if there else None
        if start.date is not None:
            date = self._date(start.date, span, count)
            return Moment.on(date) if date else None
        assert start.instant is not None
        if (plain := _plain(start.instant, unit, count, self.zone)) is not None:
            return Moment.at(plain)
        zone = (self._calendar(span).zone if unit.works else None) or self.zone
        clock = wall(start.instant, zone)
        date = self._date(clock.date(), span, count)
        if date is None:
            return None
        if count == 0:  # keeps the second of two equal clock times
            return Moment.at(start.instant)
        moved = localize(dt.datetime.combine(date, clock.time()), zone)
        return Moment.at(moved if zone is self.zone else in_zone(moved, self.zone))

    def _instant(self, begin: dt.datetime, span: Span, count: int) -> dt.datetime | None:
        match span.unit:
            case Unit.MINUTE:
                return in_zone(begin + dt.timedelta(minutes=count), self.zone)
            case Unit.HOUR:
                return in_zone(begin + dt.timedelta(hours=count), self.zone)
            case _:
                return add_working_hours(self._calendar(span), begin, count, self.zone)

    def _date(self, date: dt.date, span: Span, count: int) -> dt.date | None:
        if span.unit is Unit.WORKING_DAY:
            return self._calendar(span).add_working_days(date, count)
        return add_civil(date, span.unit, count)

    def _calendar(self, span: Span) -> Calendar:
        return self.calendars[span.calendar] if span.calendar else self.default


def _plain(instant: dt.datetime, unit: Unit, count: int, zone: ZoneInfo) -> dt.datetime | None:
    """``instant`` moved by days or weeks from and to days on which the clocks do not change; None for all else."""
    if unit is Unit.DAY or unit is Unit.WEEK:
        moved = instant + dt.timedelta(days=count if unit is Unit.DAY else 7 * count)
        if shows(instant, zone) and shows(moved, zone):
            return moved
    return None


def add_civil(date: dt.date, unit: Unit, count: int) -> dt.date:
    """``date`` moved by days, weeks, months, quarters or years; OverflowError outside the years 1..9999."""
    match unit:
        case Unit.DAY:
            return date + dt.timedelta(days=count)
        case Unit.WEEK:
            return date + dt.timedelta(weeks=count)
        case Unit.MONTH:
            return add_months(date, count)
        case Unit.QUARTER:
            return add_months(date, 3 * count)
        case Unit.YEAR:
            return add_months(date, 12 * count)
        case _:
            raise ValueError(f"{unit} is no count of civil days")
