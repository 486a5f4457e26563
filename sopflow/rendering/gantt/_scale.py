"""From times to pixels: how wide a day is, and which hours, days, weeks, months or years are written above.

Knows calendar arithmetic, nothing of rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

_DAY = dt.timedelta(days=1)
_ROOM = 880.0  # the width that a chart aims at
_WIDEST = 320.0  # of one day
_MOST = 400  # ticks, whatever the span
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Tick:
    """A unit of time from ``x`` on, ``width`` wide; its words begin at its left edge."""

    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The time axis: ``first`` stands at 0, ``last`` at ``width``."""

    first: dt.datetime
    last: dt.datetime
    width: float
    upper: tuple[Tick, ...]
    lower: tuple[Tick, ...]

    @property
    def day(self) -> float:
        """How wide a day is."""
        return self.width / max((self.last - self.first) / _DAY, 1e-9)

    def x(self, time: dt.datetime) -> float:
        """Where ``time`` stands, in pixels from the left end."""
        return (time - self.first) / (self.last - self.first) * self.width


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit of the axis: its length in days, the pixels its words need, where it begins, the next one, its words."""

    days: float
    room: float
    floor: Callable[[dt.datetime], dt.datetime]
    step: Callable[[dt.datetime], dt.datetime]
    text: Callable[[dt.datetime, bool], str]


def scale(earliest: dt.datetime, latest: dt.datetime, *, chinese: bool, after: float = 70.0) -> Scale:
    """The axis of a chart whose times lie between; ``after`` is the room, in pixels, for words behind the last one."""
    span = max((latest - earliest) / _DAY, 0.5)
    day = min((_ROOM - after) / span, _WIDEST)
    small, large = next(((a, b) for a, b in _PAIRS if a.days * day >= a.room), _PAIRS[-1])
    first = small.floor(earliest)
    if earliest - first < dt.timedelta(days=6 / day) and small.days >= 1:
        first = _back(first, 0.4 * small.days)
    last = _on(latest, after / day)
    width = round((last - first) / _DAY * day, 1)
    bare = Scale(first, last, width, (), ())
    return Scale(
        first,
        last,
        width,
        tuple(_ticks(bare, large, chinese=chinese)) if large is not None else (),
        tuple(_ticks(bare, small, chinese=chinese)),
    )


def _back(time: dt.datetime, days: float) -> dt.datetime:
    try:
        return time - dt.timedelta(days=days)
    except OverflowError:
        return dt.datetime.min  # noqa: DTZ901  # clock times have no zone here


def _on(time: dt.datetime, days: float) -> dt.datetime:
    try:
        return time + dt.timedelta(days=days)
    except OverflowError:
        return dt.datetime.max  # noqa: DTZ901


def _ticks(axis: Scale, unit: _Unit, *, chinese: bool) -> Iterator[Tick]:
    starts = list(islice(_starts(axis, unit), _MOST))
    for start, end in zip(starts, [*starts[1:], axis.last], strict=True):
        left, right = max(axis.x(start), 0.0), min(axis.x(end), axis.width)
        if right > left:
            yield Tick(left, right - left, unit.text(start, chinese))


def _starts(axis: Scale, unit: _Unit) -> Iterator[dt.datetime]:
    at = unit.floor(axis.first)
    while at < axis.last:
        yield at
        try:
            at = unit.step(at)
        except (OverflowError, ValueError):  # behind the year 9999
            return


def _midnight(time: dt.datetime) -> dt.datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def _hours(n: int) -> _Unit:
    return _Unit(
        n / 24,
        38.0,
        lambda time: _midnight(time).replace(hour=time.hour // n * n),
        lambda time: time + dt.timedelta(hours=n),
        lambda time, _: f"{time:%H:%M}",
    )


def _months(n: int, room: float, text: Callable[[dt.datetime, bool], str]) -> _Unit:
    def floor(time: dt.datetime) -> dt.datetime:
        return _midnight(time).replace(month=(time.month - 1) // n * n + 1, day=1)

    def step(time: dt.datetime) -> dt.datetime:
        year, month = divmod(time.year * 12 + time.month - 1 + n, 12)
        return time.replace(year=year, month=month + 1)

    return _Unit(28.0 * n, room, floor, step, text)


def _years(n: int) -> _Unit:
    def floor(time: dt.datetime) -> dt.datetime:
        return _midnight(time).replace(year=max(time.year // n * n, 1), month=1, day=1)

    def step(time: dt.datetime) -> dt.datetime:
        return time.replace(year=(time.year // n + 1) * n)

    return _Unit(365.0 * n, 44.0, floor, step, lambda time, chinese: f"{time.year}年" if chinese else f"{time.year}")


def _date(time: dt.datetime, chinese: bool) -> str:  # noqa: FBT001  # a table's functions share a signature
    name = f"{time.month}月{time.day}日" if chinese else f"{time.day} {_MONTHS[time.month - 1]}"
    return f"{time.year}年{name}" if chinese else f"{name} {time.year}"


def _month(time: dt.datetime, chinese: bool) -> str:  # noqa: FBT001
    return f"{time.year}年{time.month}月" if chinese else f"{_MONTHS[time.month - 1]} {time.year}"


_DAYS = _Unit(1.0, 17.0, _midnight, lambda time: time + _DAY, lambda time, _: str(time.day))
_WEEKS = _Unit(
    7.0,
    19.0,
    lambda time: _midnight(_back(time, time.weekday())),
    lambda time: time + 7 * _DAY,
    lambda time, _: str(time.day),
)
_DATES = _Unit(1.0, 60.0, _midnight, lambda time: time + _DAY, _date)
_SHORT = _months(1, 28.0, lambda time, chinese: f"{time.month}月" if chinese else _MONTHS[time.month - 1])
_QUARTERS = _months(3, 26.0, lambda time, chinese: f"{'' if chinese else 'Q'}{(time.month + 2) // 3}{'季' * chinese}")
_LONG = _months(1, 60.0, _month)
_PAIRS: tuple[tuple[_Unit, _Unit | None], ...] = (
    *((_hours(n), _DATES) for n in (1, 2, 3, 6, 12)),
    (_DAYS, _LONG),
    (_WEEKS, _LONG),
    (_SHORT, _years(1)),
    (_QUARTERS, _years(1)),
    *((_years(n), None) for n in (1, 2, 5, 10, 50, 100, 500, 1000)),
)
