"""What a Gantt chart shows, before anybody knows where: rows, marks and days off.

All times are clock times of one zone, without the zone. Knows neither plans nor pixels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the chart: a step, or a ``heading`` over the rows that follow (a phase, a group).

    From ``start`` to ``end`` it is worked on; it may last until ``latest`` without delaying anything. ``due`` is its
    own deadline; ``likely`` are the times at which it is over in half and in nine tenths of all runs of a forecast.
    What is not known is None. ``late``: it ends after its deadline. ``possible``: it may not be needed at all.
    ``about``: lines for a tooltip.
    """

    id: str
    title: str
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    latest: dt.datetime | None = None
    due: dt.datetime | None = None
    opens: dt.datetime | None = None
    likely: tuple[dt.datetime, dt.datetime] | None = None
    lane: str = ""
    note: str = ""
    about: tuple[str, ...] = ()
    depth: int = 0
    kind: Literal["step", "heading"] = "step"
    critical: bool = False
    late: bool = False
    possible: bool = False

    @property
    def times(self) -> tuple[dt.datetime, ...]:
        """All its times that are known."""
        known = (self.start, self.end, self.latest, self.due, self.opens, *(self.likely or ()))
        return tuple(time for time in known if time is not None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the chart at one time: a milestone, or ``now``."""

    title: str
    at: dt.datetime
    kind: Literal["milestone", "now"] = "milestone"


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart. ``lanes`` are the titles of roles by id, in their order; ``language`` is en, zh or a tag."""

    name: str
    title: str
    about: str
    language: str
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...] = ()
    lanes: Mapping[str, str] = field(default_factory=dict)
    days_off: frozenset[dt.date] = frozenset()
