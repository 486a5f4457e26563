"""From a chart to a page: every bar, mark and word with its place.

All lengths are pixels from the upper left corner. Knows sizes and words, no colours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sopflow.rendering._geometry import Box, TextLine
from sopflow.rendering._text import shorten
from sopflow.rendering._widths import width
from sopflow.rendering.gantt._chart import Chart, Mark, Row
from sopflow.rendering.gantt._scale import Scale, scale
from sopflow.rendering.gantt._words import word

_MARGIN = 28.0
_ROW, _HEADING = 25.0, 29.0
_HEAD = 44.0  # the two lines of the axis
_MARK = 22.0  # a line of milestones
_TITLES = (170.0, 330.0)  # least and most
_WHO = 118.0
_INDENT = 12.0
_FLAG = 6.0
_SIZE, _SMALL = 12.5, 10.5
_RISE = 0.35  # from a line's middle to its baseline, in sizes
_SHADED = 2.5  # pixels that a day needs for days off to be shaded
_LEGEND = ("bar", "critical", "slack", "due", "late", "possible", "likely", "heading", "off")


@dataclass(frozen=True, slots=True)
class Bar:
    """A row with its places: its middle ``y``, and where on the page its times are."""

    row: Row
    y: float
    height: float
    title: TextLine
    who: TextLine | None
    label: TextLine | None
    lane: int
    start: float | None = None
    end: float | None = None
    latest: float | None = None
    due: float | None = None
    opens: float | None = None
    likely: tuple[float, float] | None = None

    @property
    def pip(self) -> bool:
        """Whether it takes too little time to be drawn as a bar."""
        return self.start is not None and self.end is not None and self.end - self.start < 4.0

    @property
    def told(self) -> str:
        """What assistive technology and tooltips say of it."""
        return "\n".join((self.row.title, *self.row.about))


@dataclass(frozen=True, slots=True)
class Placed:
    """A milestone, or now: where its line is, and its words."""

    mark: Mark
    x: float
    line: TextLine


@dataclass(frozen=True, slots=True)
class Page:
    """A whole chart with places. ``area`` is the box of the bars, ``foot`` whether the axis stands below them too."""

    chart: Chart
    width: float
    height: float
    area: Box
    heading: tuple[TextLine, ...]
    columns: tuple[TextLine, ...]
    axis: Scale
    off: tuple[tuple[float, float], ...]
    marks: tuple[Placed, ...]
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, TextLine], ...]
    foot: bool

    @property
    def panel(self) -> Box:
        """The box of titles, axis and bars."""
        x, y, wide, high = self.area
        return _MARGIN, y - _HEAD, x + wide - _MARGIN, high + _HEAD + (_HEAD / 2 if self.foot else 0.0)


def compose(chart: Chart) -> Page:
    """The page of ``chart``."""
    heading, top = _heading(chart)
    titles = min(max([_TITLES[0], *(_needed(row) for row in chart.rows)]), _TITLES[1])
    people = _WHO if any(row.lane for row in chart.rows) else 0.0
    left = _MARGIN + titles + people
    axis = _axis(chart)
    marks, lines = _marks(chart.marks, axis, left, top)
    head = top + lines * _MARK
    y0 = head + _HEAD
    bars = tuple(_bars(chart, axis, left, y0, titles))
    high = sum(bar.height for bar in bars)
    foot = len(bars) > 30
    below = y0 + high + (_HEAD / 2 if foot else 0.0) + 16.0
    wide = left + axis.width
    legend, end = _legend(chart, bars, wide, below)
    return Page(
        chart=chart,
        width=round(wide + _MARGIN),
        height=round(end + _MARGIN),
        area=(left, y0, axis.width, high),
        heading=heading,
        columns=_columns(chart, titles, people, y0),
        axis=axis,
        off=tuple(_off(chart, axis)),
        marks=marks,
        bars=bars,
        legend=legend,
        foot=foot,
    )


def _line(text: str, size: float, kind: str, x: float, middle: float, anchor: str = "start") -> TextLine:
    return TextLine(text, x, middle + size * _RISE, size, kind, width(text, size), anchor=anchor)


def _heading(chart: Chart) -> tuple[tuple[TextLine, ...], float]:
    lines = (
        _line(chart.title, 22.0, "head", _MARGIN, _MARGIN + 14.0),
        _line(chart.about, 12.0, "soft", _MARGIN, _MARGIN + 38.0),
    )
    return lines, _MARGIN + 58.0


def _columns(chart: Chart, titles: float, people: float, y0: float) -> tuple[TextLine, ...]:
    heads = [_line(word("step", chart.language), _SMALL, "soft", _MARGIN + 12.0, y0 - _HEAD / 4)]
    if people:
        heads.append(_line(word("who", chart.language), _SMALL, "soft", _MARGIN + titles + 14.0, y0 - _HEAD / 4))
    return tuple(heads)


def _needed(row: Row) -> float:
    """The width that a row's title takes, with what stands around it."""
    return width(_title(row), _SIZE) + row.depth * _INDENT + 30.0


def _title(row: Row) -> str:
    return f"{row.title} {row.note}".rstrip()


def _axis(chart: Chart) -> Scale:
    times = [time for row in chart.rows for time in row.times] + [mark.at for mark in chart.marks]
    if not times:
        times = [dt.datetime(1970, 1, 1)]  # noqa: DTZ001  # a clock time; nothing will stand on this axis
    return scale(min(times), max(times), chinese=chart.language.startswith("zh"))


def _marks(marks: Sequence[Mark], axis: Scale, left: float, top: float) -> tuple[tuple[Placed, ...], int]:
    """Milestones above the axis, in as many lines as keep their words apart, and how many lines there are."""
    placed: list[Placed] = []
    ends: list[float] = []
    for mark in sorted(marks, key=lambda mark: (mark.at, mark.title)):
        x = left + axis.x(mark.at)
        text = shorten(mark.title, _SMALL, 220.0)
        wide = width(text, _SMALL) + 14.0
        middle = min(max(x, left + wide / 2), left + axis.width - wide / 2)
        level = next((level for level, end in enumerate(ends) if middle - wide / 2 > end + 4.0), len(ends))
        ends[level : level + 1] = [middle + wide / 2]
        y = top + level * _MARK + 8.0
        placed.append(Placed(mark, x, _line(text, _SMALL, mark.kind, middle, y, "middle")))
    return tuple(placed), len(ends)


def _off(chart: Chart, axis: Scale) -> Iterator[tuple[float, float]]:
    """Days off as stretches (x, width) from the left end of the axis, where a day is wide enough to be seen."""
    if axis.day < _SHADED:
        return
    days = sorted(day.toordinal() for day in chart.days_off if axis.first.date() <= day <= axis.last.date())
    breaks = [0, *(at for at, (one, two) in enumerate(pairwise(days), 1) if two > one + 1), len(days)]
    for start, end in pairwise(breaks):
        if start == end:
            continue
        one = dt.datetime.combine(dt.date.fromordinal(days[start]), dt.time())
        x = axis.x(one)
        right = min(x + (days[end - 1] - days[start] + 1) * axis.day, axis.width)
        x = max(x, 0.0)
        yield x, right - x


def _bars(chart: Chart, axis: Scale, left: float, top: float, titles: float) -> Iterator[Bar]:
    order = {lane: at for at, lane in enumerate(chart.lanes)}
    at = top
    for row in chart.rows:
        high = _HEADING if row.kind == "heading" else _ROW
        middle = at + high / 2
        x = _MARGIN + 14.0 + row.depth * _INDENT
        room = titles - (x - _MARGIN) - 10.0
        who = chart.lanes.get(row.lane, row.lane)
        places = {
            name: None if time is None else left + axis.x(time)
            for name, time in (
                ("start", row.start), ("end", row.end), ("latest", row.latest), ("due", row.due), ("opens", row.opens),
            )
        }  # fmt: skip
        likely = (left + axis.x(row.likely[0]), left + axis.x(row.likely[1])) if row.likely is not None else None
        flag = None if places["due"] is None else places["due"] + _FLAG
        right = max((x for x in (*places.values(), flag, *(likely or ())) if x is not None), default=0.0)
        yield Bar(
            row,
            middle,
            high,
            _line(shorten(_title(row), _SIZE, room), _SIZE, "title", x, middle),
            _line(shorten(who, _SMALL, _WHO - 22.0), _SMALL, "soft", _MARGIN + titles + 14.0, middle) if who else None,
            _label(chart, row, right, middle),
            order.get(row.lane, 0),
            **places,
            likely=likely,
        )
        at += high


def _label(chart: Chart, row: Row, right: float, middle: float) -> TextLine | None:
    """The date that matters most of a row, behind all its signs: its deadline, else its end."""
    time = row.due or row.latest or row.end
    if time is None or row.kind == "heading":
        return None
    return _line(_short(time, chart.language), _SMALL, "due" if row.due else "soft", right + 9.0, middle)


def _short(time: dt.datetime, language: str) -> str:
    """``8-10``, with the clock unless it is midnight or the day's last minute."""
    day = f"{time.month}月{time.day}日" if language.startswith("zh") else f"{time.day} {time:%b}"
    return day if (time.hour, time.minute) in ((0, 0), (23, 59)) else f"{day} {time:%H:%M}"


def _legend(
    chart: Chart, bars: Sequence[Bar], right: float, top: float
) -> tuple[tuple[tuple[str, TextLine], ...], float]:
    """What the signs mean, of those that occur."""
    steps = [bar for bar in bars if bar.row.kind == "step"]
    there = {
        "bar": any(bar.start is not None for bar in steps),
        "critical": any(bar.row.critical for bar in steps),
        "slack": any(bar.latest is not None and bar.end is not None and bar.latest > bar.end for bar in steps),
        "due": any(bar.due is not None for bar in bars),
        "late": any(bar.row.late for bar in bars),
        "possible": any(bar.row.possible for bar in steps),
        "likely": any(bar.likely for bar in bars),
        "heading": any(bar.row.kind == "heading" and bar.start is not None and not bar.pip for bar in bars),
        "off": bool(chart.days_off),
    }
    found = []
    x, y = _MARGIN, top + 10.0
    for sign in _LEGEND:
        if not there[sign]:
            continue
        text = word(f"legend-{sign}", chart.language)
        wide = 38.0 + width(text, 11.0) + 20.0
        if x + wide > right and x > _MARGIN:
            x, y = _MARGIN, y + 24.0
        found.append((sign, _line(text, 11.0, "soft", x + 38.0, y)))
        x += wide
    return tuple(found), y + 10.0 if found else top
