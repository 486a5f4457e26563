"""Time phrases as values: what was written, word for word, before anybody knows which dates it means.

Each value is frozen and hashable, and ``str(value)`` is the canonical phrase, which parses to an equal value.
Offsets (``start``, ``end``) say where a part stood in the text; they do not count in comparisons.
This module parses nothing and resolves nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

MOST = 100_000
"""The largest count in a phrase, and the largest that a count field may have."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
"""A field or an anchor: no hyphen, dots between the parts."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of the week as written; their index is ``date.weekday()``."""


class Unit(StrEnum):
    """What a phrase counts."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WORKING_DAY = "working day"
    WORKING_HOUR = "working hour"

    works: bool  # it depends on a calendar of working days
    absolute: bool  # it is a fixed stretch of time rather than a count of civil days

    def __init__(self, name: str) -> None:
        self.works = name in ("working day", "working hour")
        self.absolute = name in ("minute", "hour")


class RefKind(StrEnum):
    """What a reference points to."""

    NAME = "name"  # a field or an anchor: only the reader of the whole SOP can tell them apart
    DATE = "date"
    STARTED = "started"
    OPENED = "opened"
    DUE = "due"
    OPENING = "opening"
    COMPLETION = "completion"


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a point in time, or to a count.

    ``name`` is the field or anchor, the date in ISO form, or the step of an opening or a completion; it is ""
    for ``started``, ``opened`` and ``due``.
    """

    kind: RefKind
    name: str = ""
    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        match self.kind:
            case RefKind.NAME | RefKind.DATE:
                return self.name
            case RefKind.OPENING | RefKind.COMPLETION:
                return f"{self.kind} of {self.name}"
            case _:
                return str(self.kind)


@dataclass(frozen=True, slots=True)
class Span:
    """``3 working days in office``: a count (a number, or the field that has it), a unit, a calendar or None."""

    count: int | Ref
    unit: Unit
    calendar: str | None = None
    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    @property
    def reads(self) -> tuple[Ref, ...]:
        return (self.count,) if isinstance(self.count, Ref) else ()

    def __str__(self) -> str:
        plural = "" if self.count == 1 else "s"
        return f"{self.count} {self.unit}{plural}" + (f" in {self.calendar}" if self.calendar else "")


@dataclass(frozen=True, slots=True)
class At:
    """``event.start``: the day or the instant itself."""

    ref: Ref

    @property
    def reads(self) -> tuple[Ref, ...]:
        return names_of(self.ref)

    @property
    def spans(self) -> tuple[Span, ...]:
        return ()

    def __str__(self) -> str:
        return str(self.ref)


@dataclass(frozen=True, slots=True)
class Offset:
    """``1 month before event.start``."""

    span: Span
    direction: Literal["before", "after"]
    ref: Ref

    @property
    def reads(self) -> tuple[Ref, ...]:
        return (*self.span.reads, *names_of(self.ref))

    @property
    def spans(self) -> tuple[Span, ...]:
        return (self.span,)

    def __str__(self) -> str:
        return f"{self.span} {self.direction} {self.ref}"


@dataclass(frozen=True, slots=True)
class AnchorOffset:
    """``N+X``, ``T-30``: civil days counted from an anchor (a ``Ref`` of kind ``name``)."""

    anchor: Ref
    sign: Literal["+", "-"]
    count: int | Ref

    @property
    def reads(self) -> tuple[Ref, ...]:
        return (self.anchor, self.count) if isinstance(self.count, Ref) else (self.anchor,)

    @property
    def spans(self) -> tuple[Span, ...]:
        return ()

    def __str__(self) -> str:
        return f"{self.anchor}{self.sign}{self.count}"


Day: TypeAlias = At | Offset | AnchorOffset


@dataclass(frozen=True, slots=True)
class On:
    """``18:00 on content.publish_on``: a clock time (hour and minute) on a day."""

    clock: dt.time
    day: Day

    @property
    def reads(self) -> tuple[Ref, ...]:
        return self.day.reads

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.day.spans

    def __str__(self) -> str:
        return f"{clock_text(self.clock)} on {self.day}"


@dataclass(frozen=True, slots=True)
class Within:
    """``within 48 hours``, ``within 3 working days of started``; without a reference it counts from the opening."""

    span: Span
    ref: Ref | None = None

    @property
    def reads(self) -> tuple[Ref, ...]:
        return (*self.span.reads, *names_of(self.ref or Ref(RefKind.OPENED)))

    @property
    def spans(self) -> tuple[Span, ...]:
        return (self.span,)

    def __str__(self) -> str:
        return f"within {self.span}" + (f" of {self.ref}" if self.ref else "")


@dataclass(frozen=True, slots=True)
class Nothing:
    """``none``: no time at all, said on purpose."""

    @property
    def reads(self) -> tuple[Ref, ...]:
        return ()

    @property
    def spans(self) -> tuple[Span, ...]:
        return ()

    def __str__(self) -> str:
        return "none"


TimePhrase: TypeAlias = On | Offset | AnchorOffset | Within | At | Nothing


@dataclass(frozen=True, slots=True)
class Duration:
    """``3 days``, ``1..2 weeks``: how long something takes, from ``low`` to ``high``."""

    low: int
    high: int
    unit: Unit

    @property
    def shortest(self) -> Span:
        return Span(self.low, self.unit)

    @property
    def longest(self) -> Span:
        return Span(self.high, self.unit)

    def __str__(self) -> str:
        return str(self.longest) if self.low == self.high else f"{self.low}..{self.longest}"


def clock_text(clock: dt.time) -> str:
    """``09:30``."""
    return f"{clock.hour:02d}:{clock.minute:02d}"


def names_of(ref: Ref) -> tuple[Ref, ...]:
    """What a reference reads that may change: all but a date."""
    return () if ref.kind is RefKind.DATE else (ref,)
