"""A point in business time: a civil date or an instant, and from when on it opens and is late.

Knows time zones; knows no phrases, no calendars of working days.

Two conventions hold in the whole room:

* Instants handed out carry a *fixed* UTC offset. ``datetime`` compares two values of the same ``ZoneInfo`` by
  their wall clocks, which is wrong in the hour that a clock change repeats; with fixed offsets comparing and
  subtracting are always true.
* A wall clock time that does not exist (spring) counts with the offset before the gap, so it moves forward by
  the length of the gap; one that exists twice (autumn) is the first. So say RFC 5545 §3.3.5 and PEP 495.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

_DAY = dt.timedelta(days=1)
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A civil date, or an instant; exactly one of ``date`` and ``instant`` is given.

    ``exact`` says how an instant was meant: False for a clock time ("18:00 on 31 March"), where the whole
    minute is still in time, True for a count of hours or minutes ("within 48 hours").

    ==================  ======================  =======================================
    made by             opens at                in time up to and including
    ==================  ======================  =======================================
    ``Moment.on``       00:00 of the date       00:00 of the next day
    ``Moment.at``       the instant             the end of the instant's minute (18:01:00)
    ``Moment.exactly``  the instant             the instant
    ==================  ======================  =======================================
    """

    date: dt.date | None = None
    instant: dt.datetime | None = None
    exact: bool = False

    def __post_init__(self) -> None:
        instant = self.instant
        if (self.date is None) == (instant is None):
            raise ValueError("a Moment is either a date or an instant")
        if instant is None:
            if isinstance(self.date, dt.datetime):
                raise ValueError("the date of a Moment is a date without a time")
            if self.exact:
                raise ValueError("a date is not exact")
        elif (fixed := pinned(instant)) is not instant:
            object.__setattr__(self, "instant", fixed)

    @classmethod
    def on(cls, date: dt.date) -> Moment:
        """The civil date, wherever it is read."""
        return cls(date=date)

    @classmethod
    def at(cls, instant: dt.datetime) -> Moment:
        """A clock time (aware): its whole minute is still in time."""
        return cls(None, instant)

    @classmethod
    def exactly(cls, instant: dt.datetime) -> Moment:
        """An instant to the microsecond (aware)."""
        return cls(instant=instant, exact=True)

    def opens_at(self, zone: ZoneInfo) -> dt.datetime:
        """The first instant that belongs to the moment; aware, with a fixed offset."""
        if self.instant is not None:
            return self.instant
        assert self.date is not None
        return localize(dt.datetime.combine(self.date, dt.time()), zone)

    def late_from(self, zone: ZoneInfo) -> dt.datetime:
        """The instant after which it is late; aware, with a fixed offset.

        What happens at this very instant is in time, what happens later is late: a timer set to it and a
        completion that comes with it agree that the completion was in time.
        """
        try:
            if self.instant is None:
                assert self.date is not None
                return localize(dt.datetime.combine(self.date + _DAY, dt.time()), zone)
            if self.exact:
                return self.instant
            begun = self.instant.second or self.instant.microsecond
            return (self.instant.replace(second=0, microsecond=0) if begun else self.instant) + _MINUTE
        except OverflowError:
            return _LAST

    def is_late(self, instant: dt.datetime, zone: ZoneInfo) -> bool:
        """Whether something done at ``instant`` (aware) is too late for this moment."""
        return instant > self.late_from(zone)

    def day(self, zone: ZoneInfo) -> dt.date:
        """The civil date on which the moment lies in ``zone``."""
        if self.date is not None:
            return self.date
        assert self.instant is not None
        return wall(self.instant, zone).date()

    def iso(self) -> str:
        """``2026-03-31`` for a date, ISO 8601 with offset for an instant."""
        if self.date is not None:
            return self.date.isoformat()
        assert self.instant is not None
        return self.instant.isoformat(timespec="auto" if self.exact or self.instant.second else "minutes")

    def __str__(self) -> str:
        return self.iso()


def earliest(
    moments: Iterable[Moment | None], *, zone: ZoneInfo, by: Literal["late", "opens"] = "late"
) -> Moment | None:
    """The first of ``moments``; those that are not set are passed over; None if none is set.

    Deadlines are compared by when they are late, openings by when they open. Of equals the first given wins.
    """
    return min((m for m in moments if m is not None), key=lambda m: _key(m, zone, by), default=None)


def latest(moments: Iterable[Moment | None], *, zone: ZoneInfo, by: Literal["late", "opens"] = "late") -> Moment | None:
    """The last of ``moments``; None as long as one is not set, for that one may come to be the last."""
    known = list(moments)
    if any(m is None for m in known):
        return None
    return max((m for m in known if m is not None), key=lambda m: _key(m, zone, by), default=None)


def localize(clock: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The instant at which clocks in ``zone`` show ``clock`` (naive), with a fixed offset."""
    steady = _steady(zone, clock.date())
    if steady is not None:
        return clock.replace(tzinfo=steady, fold=0)
    before = _offset(clock.replace(tzinfo=zone, fold=0))
    after = _offset(clock.replace(tzinfo=zone, fold=1))
    if after > before:  # in a gap, fold=1 has the larger offset; in a fold, fold=0 has it
        clock, before = clock + (after - before), after
    return _within_utc(clock.replace(tzinfo=_fixed(before), fold=0))


def wall(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What clocks in ``zone`` show at ``instant`` (aware); naive, the fold kept; within the years 1..9999."""
    if shows(instant, zone):
        return instant.replace(tzinfo=None)
    try:
        return instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return dt.datetime.min if instant.year == 1 else dt.datetime.max


def pinned(instant: dt.datetime) -> dt.datetime:
    """``instant`` (aware) with its offset fixed."""
    if type(instant.tzinfo) is dt.timezone and not instant.fold:  # most are
        return instant if 1 < instant.year < dt.MAXYEAR else _within_utc(instant)
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError("an instant needs a time zone")
    return _within_utc(instant.replace(tzinfo=_fixed(offset), fold=0))


def in_zone(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """``instant`` (aware) with the offset that ``zone`` has then; unchanged where that leads out of 1..9999."""
    if shows(instant, zone):
        return instant
    try:
        return pinned(instant.astimezone(zone))
    except OverflowError:
        return pinned(instant)


@lru_cache(maxsize=4096)
def _steady(zone: ZoneInfo, date: dt.date) -> dt.timezone | None:
    """The offset that ``zone`` has all through ``date``; None if its clocks change then, or at the ends of time.

    Nearly all days are steady, and what is worked out of one step of a run lies on a few of them.
    """
    if date.year in (dt.MINYEAR, dt.MAXYEAR):
        return None
    midnight = dt.datetime.combine(date, dt.time(), zone)
    offsets = {_offset((midnight + day).replace(fold=fold)) for day in (dt.timedelta(), _DAY) for fold in (0, 1)}
    return _fixed(offsets.pop()) if len(offsets) == 1 else None


def shows(instant: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether it is plain that clocks in ``zone`` show what ``instant`` says, which has a fixed offset then."""
    return type(instant.tzinfo) is dt.timezone and not instant.fold and instant.tzinfo == _steady(zone, instant.date())


@lru_cache(maxsize=256)
def _fixed(offset: dt.timedelta) -> dt.timezone:
    return dt.timezone(offset)


_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


def _within_utc(instant: dt.datetime) -> dt.datetime:
    """``instant``, or the nearest that UTC can express: at both ends of the years 1..9999 an offset leads out."""
    if instant.year in (1, 9999):
        try:
            instant.astimezone(dt.UTC)
        except OverflowError:
            return _FIRST if instant.year == 1 else _LAST
    return instant


def _offset(clock: dt.datetime) -> dt.timedelta:
    offset = clock.utcoffset()
    assert offset is not None
    return offset


def _key(moment: Moment, zone: ZoneInfo, by: str) -> dt.datetime:
    return moment.opens_at(zone) if by == "opens" else moment.late_from(zone)
