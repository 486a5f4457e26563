"""How long work takes, drawn by chance: a duration's range, a distribution over it, and calendars.

Times are seconds of the SOP's wall clock from midnight of a first day. Knows nothing of steps.

A range says no more than its two ends, so ``uniform`` is what is meant unsaid. ``triangular`` has its peak in the
middle; ``pert`` is the Beta distribution with a = b = 3, the one of D. G. Malcolm et al., "Application of a technique
for research and development program evaluation" (Operations Research 7, 1959), for a most likely value in the middle.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable
from random import Random

from sopflow.calendars import MONDAY_TO_FRIDAY, Calendar, Duration, Moment, Span, Unit, shift
from sopflow.program import Program

#: What a share of a range can be drawn by.
DISTRIBUTIONS = ("uniform", "triangular", "pert")

Draw = Callable[[], float]
#: From the time at which something begins, and the share of its range, to the time at which it is over.
Lasting = Callable[[float, float], float]

DAY = 86_400.0
_STEPS = 2048  # of the table by which the PERT distribution is drawn
_LONGEST = 3_000_000  # days; behind the year 9999 there is no calendar


def draw_of(distribution: str, random: Random) -> Draw:
    """A function that draws a share, 0 to 1, by one of :data:`DISTRIBUTIONS`."""
    match distribution:
        case "uniform":
            return random.random
        case "triangular":
            return lambda: (random.random() + random.random()) / 2
        case _:
            # Three of five draws lie below the median of five, which is Beta(3, 3): F(x) = x³ (10 - 15 x + 6 x²).
            below = [x**3 * (10 - 15 * x + 6 * x * x) for x in (n / _STEPS for n in range(_STEPS + 1))]
            table = [bisect_left(below, (n + 0.5) / _STEPS) / _STEPS for n in range(_STEPS)]
            return lambda: table[int(random.random() * _STEPS)]


class Clock:
    """Between instants and seconds of the wall clock of one SOP, from midnight of the day of ``start`` (aware)."""

    def __init__(self, program: Program, start: dt.datetime) -> None:
        self.zone = program.zone
        local = start.astimezone(self.zone).replace(tzinfo=None)
        self.midnight = dt.datetime.combine(local.date(), dt.time())
        self.start = (local - self.midnight).total_seconds()
        self.first = local.date().toordinal()

    def seconds(self, instant: dt.datetime) -> float:
        """The seconds at an instant (aware)."""
        return (instant.astimezone(self.zone).replace(tzinfo=None) - self.midnight).total_seconds()

    def instant(self, seconds: float) -> dt.datetime:
        """The instant (aware) at which the clock shows ``seconds``, to the second; at most the last of all."""
        try:
            return (self.midnight + dt.timedelta(seconds=round(seconds))).replace(tzinfo=self.zone)
        except OverflowError:
            return dt.datetime.max.replace(tzinfo=self.zone)

    def date(self, seconds: float) -> dt.date:
        """The day."""
        return dt.date.fromordinal(min(max(self.first + int(seconds // DAY), 1), _LONGEST))


def lasting(duration: Duration, program: Program, clock: Clock) -> Lasting:
    """How long ``duration`` takes in ``program``; a fixed one ends where :func:`sopflow.calendars.shift` says."""
    low, more, unit = float(duration.low), float(duration.high - duration.low), duration.unit
    match unit:
        case Unit.MINUTE | Unit.HOUR | Unit.DAY | Unit.WEEK:
            each = {Unit.MINUTE: 60.0, Unit.HOUR: 3600.0, Unit.DAY: DAY, Unit.WEEK: 7 * DAY}[unit]
            return lambda start, share: start + (low + share * more) * each
        case Unit.WORKING_DAY:
            return _working_days(low, more, program.calendar or MONDAY_TO_FRIDAY, clock)
        case Unit.WORKING_HOUR:
            return _working_hours(low, more, program, clock)
        case _:
            return _civil(duration, program, clock)


def _civil(duration: Duration, program: Program, clock: Clock) -> Lasting:
    """Months and longer: both ends of the range by the calendar, a share between them."""
    known: dict[dt.date, tuple[float, float]] = {}

    def end(start: float, share: float) -> float:
        day = clock.date(start)
        days = known.get(day)
        if days is None:
            ends = [
                shift(Moment.on(day), span, zone=program.zone, calendars=program.calendars)
                for span in (duration.shortest, duration.longest)
            ]
            low, high = (
                (moment.day(program.zone).toordinal() if moment else _LONGEST) - day.toordinal() for moment in ends
            )
            days = known[day] = low * DAY, (high - low) * DAY
        return start + days[0] + share * days[1]

    return end


def _working_days(low: float, more: float, calendar: Calendar, clock: Clock) -> Lasting:
    """Whole working days by the calendar, the part of a day before them by the clock."""
    known: dict[tuple[int, int], float] = {}

    def end(start: float, share: float) -> float:
        days = low + share * more
        whole = int(days)
        begins = start + (days - whole) * DAY
        key = int(begins // DAY), whole
        moved = known.get(key)
        if moved is None:
            day = clock.date(begins)
            last = calendar.add_working_days(day, whole) if whole else calendar.next_working_day(day)
            moved = known[key] = ((last.toordinal() if last else _LONGEST) - day.toordinal()) * DAY
        return begins + moved if whole or days else start

    return end


def _working_hours(low: float, more: float, program: Program, clock: Clock) -> Lasting:
    """Working hours by the calendar, in whole minutes."""
    known: dict[tuple[int, int], float] = {}

    def end(start: float, share: float) -> float:
        hours = low + share * more
        whole = int(hours)
        begins = int((start + (hours - whole) * 3600) // 60)
        moved = known.get((begins, whole))
        if moved is None:
            at = Moment.exactly(clock.instant(begins * 60.0).replace(fold=0).astimezone(dt.UTC))
            span = Span(whole, Unit.WORKING_HOUR)
            last = shift(at, span, zone=program.zone, calendars=program.calendars, default=program.calendar)
            moved = clock.seconds(last.opens_at(program.zone)) if last else _LONGEST * DAY
            known[begins, whole] = moved
        return moved

    return end
