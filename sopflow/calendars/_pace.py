"""What recurs: paces such as ``2 weeks on monday at 09:00``, and the instants at which they tick.

Knows time, zones and calendars of working days; does not know what happens at a tick.

Every tick is computed from the origin, never from the tick before, so nothing drifts: monthly from 31 January
is 28 February, 31 March.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count as counting
from zoneinfo import ZoneInfo

from sopflow.calendars._calendar import MONDAY_TO_FRIDAY, Calendar, add_working_hours
from sopflow.calendars._moment import Moment, in_zone, localize, wall
from sopflow.calendars._phrases import WEEKDAYS, Ref, Unit, clock_text, names_of
from sopflow.calendars._resolve import add_civil
from sopflow.calendars._rrule import occurrences

_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
_SHORTEST = {Unit.WEEK: 7, Unit.MONTH: 28, Unit.QUARTER: 89, Unit.YEAR: 365}
_A_WEEK = 7
_END = dt.date.max


@dataclass(frozen=True, slots=True)
class Pace:
    """``count`` units from tick to tick, on ``weekdays`` (0 is Monday), at ``clock``; or a ``rule`` of RFC 5545.

    ``monday, thursday at 09:00`` is a week with two weekdays. ``calendar`` names the calendar of working days
    and hours, None the default one.
    """

    count: int = 1
    unit: Unit = Unit.DAY
    weekdays: tuple[int, ...] = ()
    clock: dt.time | None = None
    calendar: str | None = None
    rule: str = ""

    def next_after(
        self,
        instant: dt.datetime,
        *,
        counted_from: dt.date | dt.datetime | Moment,
        zone: ZoneInfo,
        calendars: Mapping[str, Calendar] | None = None,
        default: Calendar | None = None,
        aligned: bool = False,
    ) -> dt.datetime | None:
        """The first tick later than ``instant`` (aware), or None if there is none in the years 1..9999."""
        return next(
            self.ticks(
                counted_from=counted_from,
                zone=zone,
                calendars=calendars,
                default=default,
                aligned=aligned,
                after=instant,
            ),
            None,
        )

    def ticks(
        self,
        *,
        counted_from: dt.date | dt.datetime | Moment,
        zone: ZoneInfo,
        calendars: Mapping[str, Calendar] | None = None,
        default: Calendar | None = None,
        aligned: bool = False,
        after: dt.datetime | None = None,
    ) -> Iterator[dt.datetime]:
        """The ticks in order, those later than ``after`` (aware) if given; instants with fixed offsets.

        The origin ``counted_from`` itself is no tick, nor is anything before the end of an origin that is a
        date. Without a clock time, ticks keep the clock of the origin (00:00 of a date). The period in which
        the origin lies may have a tick where days or weekdays are counted (``day at 18:00``, opened in the
        morning, ticks the same evening); weeks, months, quarters and years tick a whole period later.

        ``aligned``, for starts of runs: months, quarters and years are those of the calendar, counted from the one
        in which the origin lies (as in RFC 5545 §3.3.10), and tick on their first day; a tick at the origin counts.
        """
        origin = _Origin.of(counted_from, zone, aligned=aligned)
        calendar = (calendars or {})[self.calendar] if self.calendar else default or MONDAY_TO_FRIDAY
        floor = origin.floor if after is None else max(origin.floor, after)
        inclusive = origin.inclusive and floor == origin.floor and floor != after
        for tick in self._candidates(origin, floor, zone, calendar):
            if tick > floor or (inclusive and tick == floor):
                yield tick
                floor, inclusive = tick, False  # two clock times of a rule may be one instant where clocks go forward

    def _candidates(
        self, origin: _Origin, floor: dt.datetime, zone: ZoneInfo, calendar: Calendar
    ) -> Iterator[dt.datetime]:
        """Ticks in order, from a little before ``floor`` on."""
        if self.rule:
            yield from occurrences(self.rule, origin.clock, floor, zone)
        elif self.unit.absolute or self.unit is Unit.WORKING_HOUR:
            yield from self._by_hours(origin, floor, zone, calendar)
        else:
            clock = self.clock or origin.clock.time()
            for date in self._by_days(origin, wall(floor, zone).date(), calendar):
                yield localize(dt.datetime.combine(date, clock), zone)

    def _by_hours(
        self, origin: _Origin, floor: dt.datetime, zone: ZoneInfo, calendar: Calendar
    ) -> Iterator[dt.datetime]:
        first = 0 if origin.aligned else 1
        if self.unit.absolute:
            step = dt.timedelta(**{f"{self.unit}s": self.count})
            try:
                for k in counting(max((floor - origin.floor) // step, first)):
                    yield in_zone(origin.floor + k * step, zone)
            except OverflowError:
                return
        # A working hour is never shorter than an hour.
        most = (floor - origin.floor) // dt.timedelta(hours=self.count) + 2

        def tick(k: int) -> dt.datetime:
            return add_working_hours(calendar, origin.floor, k * self.count, zone) or _LAST

        for k in counting(max(bisect_right(range(most), floor, key=tick) - 1, first)):
            if (at := tick(k)) is _LAST:
                return
            yield at

    def _by_days(self, origin: _Origin, target: dt.date, calendar: Calendar) -> Iterator[dt.date]:
        """The days of the ticks in order, from the period before ``target`` on."""
        base, first = self._base(origin)
        elapsed = max((target - base).days, 0)
        most = elapsed // (_SHORTEST.get(self.unit, 1) * self.count) + 2

        def period(k: int) -> dt.date:
            try:
                if self.unit is Unit.WORKING_DAY:
                    return calendar.add_working_days(base, k * self.count) or _END
                return add_civil(base, self.unit, k * self.count)
            except OverflowError:
                return _END

        for k in counting(max(bisect_right(range(most), target, key=period) - 2, first)):
            begin = period(k)
            if begin == _END:
                return
            if self.unit is Unit.WORKING_DAY and k == 0 and not calendar.is_working_day(begin):
                continue
            yield from self._in_period(begin)

    def _base(self, origin: _Origin) -> tuple[dt.date, int]:
        """Where period 0 begins, and the number of the first period that may have a tick."""
        date = origin.clock.date()
        if self.unit is Unit.WEEK and self.weekdays:
            return date - dt.timedelta(days=date.weekday()), 0
        if origin.aligned and self.unit in _MONTHS:
            months = _MONTHS[self.unit]
            return date.replace(month=(date.month - 1) // months * months + 1, day=1), 0
        return date, 0 if origin.aligned or self.unit in (Unit.DAY, Unit.WORKING_DAY) else 1

    def _in_period(self, begin: dt.date) -> Iterator[dt.date]:
        """The days of one period's ticks: the weekdays of a week, the first such weekday of a longer period."""
        if not self.weekdays:
            yield begin
            return
        steps = sorted((day - begin.weekday()) % _A_WEEK for day in self.weekdays)
        for step in steps if self.unit is Unit.WEEK else steps[:1]:
            if begin.toordinal() + step > _END.toordinal():
                return
            yield begin + dt.timedelta(days=step)

    def __str__(self) -> str:
        if self.rule:
            return f"RRULE:{self.rule}"
        days = ", ".join(WEEKDAYS[day] for day in self.weekdays)
        if days and self.unit is Unit.WEEK and self.count == 1:
            text = days
        else:
            text = f"{self.count} {self.unit}s" if self.count != 1 else str(self.unit)
            text += f" in {self.calendar}" if self.calendar else ""
            text += f" on {days}" if days else ""
        return text + (f" at {clock_text(self.clock)}" if self.clock is not None else "")


@dataclass(frozen=True, slots=True)
class Reminder:
    """``every 2 days after due``: at a pace, counted from a reference."""

    pace: Pace
    ref: Ref

    @property
    def reads(self) -> tuple[Ref, ...]:
        return names_of(self.ref)

    def __str__(self) -> str:
        return f"every {self.pace} after {self.ref}"


_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a pace is counted from: what the wall clock shows there, and the instant that ticks must reach."""

    clock: dt.datetime  # naive
    floor: dt.datetime  # aware
    inclusive: bool  # whether a tick at `floor` itself counts
    aligned: bool

    @classmethod
    def of(cls, start: dt.date | dt.datetime | Moment, zone: ZoneInfo, *, aligned: bool) -> _Origin:
        if isinstance(start, Moment):
            moment = start
        elif isinstance(start, dt.datetime):
            moment = Moment.exactly(start if start.tzinfo else localize(start, zone))
        else:
            moment = Moment.on(start)
        if moment.date is not None:
            floor = moment.opens_at(zone) if aligned else moment.late_from(zone)
            return cls(dt.datetime.combine(moment.date, dt.time()), floor, inclusive=True, aligned=aligned)
        instant = moment.opens_at(zone)
        return cls(wall(instant, zone).replace(fold=0), instant, inclusive=aligned, aligned=aligned)
