"""Reading time phrases: words to values, and for what cannot be read a problem with its place and how to mend it.

Knows the grammar only: whether a field, a step or a calendar of a name exists is for those who know the SOP.
Every function here takes one line of text and returns ``(value, ())`` or ``(None, problems)``; none raises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sopflow.calendars._pace import Pace, Reminder
from sopflow.calendars._phrases import (
    MOST,
    AnchorOffset,
    At,
    Day,
    Duration,
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
from sopflow.calendars._read_pace import read_pace
from sopflow.calendars._words import (
    ANCHORED,
    EXAMPLE,
    RANGE,
    Stop,
    Word,
    Words,
    read_clock,
    read_count,
    read_direction,
    read_ref,
    read_unit,
    read_whole,
)
from sopflow.errors import Problem

_Value = TypeVar("_Value")
_DIRECT = ("started", "opened", "due")


def parse_time(text: str) -> tuple[TimePhrase | None, tuple[Problem, ...]]:
    """Read a TIME such as ``1 month before event.start``, ``18:00 on N+X``, ``within 48 hours``, ``none``."""
    return _parse(text, _time, "SOP351", EXAMPLE)


def parse_reminder(text: str) -> tuple[TimePhrase | Reminder | None, tuple[Problem, ...]]:
    """Read a reminder: a TIME, or ``every PACE after REF`` such as ``every 2 days after due``."""
    return _parse(text, _reminder, "SOP351", "every 2 days after due")


def parse_pace(text: str) -> tuple[Pace | None, tuple[Problem, ...]]:
    """Read a PACE such as ``day at 18:00``, ``2 weeks on monday``, ``quarter``, ``RRULE:FREQ=MONTHLY;BYDAY=1MO``."""
    return _parse(text, read_pace, "SOP372", "2 weeks on monday")


def parse_span(text: str) -> tuple[Span | None, tuple[Problem, ...]]:
    """Read a span such as ``3 working days in office`` or ``X days``."""
    return _parse(text, _span, "SOP378", "3 days")


def parse_duration(text: str) -> tuple[Duration | None, tuple[Problem, ...]]:
    """Read a duration: ``3 days`` or ``1..2 weeks``."""
    return _parse(text, _duration, "SOP378", "1..2 weeks")


def _parse(
    text: str, read: Callable[[Words], _Value], missing: str, example: str
) -> tuple[_Value | None, tuple[Problem, ...]]:
    try:
        words = Words(text, missing, example)
        value = read(words)
        words.finish()
    except Stop as stop:
        return None, (stop.problem,)
    return value, ()


def _time(words: Words) -> TimePhrase:
    if words.next_is("none") and words.left == 1:
        words.take()
        return Nothing()
    if words.next_is("within"):
        return _within(words)
    clock = read_clock(words)
    if clock is None:
        return _day(words)
    if not words.next_is("on") or words.left < 2:
        begun = words.so_far()
        raise words.stop("SOP368", whole=True, word=begun, instead=f"{begun} on {words.rest('on') or 'event.start'}")
    words.take()
    return On(clock, _day(words))


def _within(words: Words) -> Within:
    words.take()
    if not words.left:
        raise words.stop("SOP359", whole=True, word="within", instead="within 48 hours")
    span = _span(words)
    if not words.next_is("of", "after"):
        return Within(span)
    word = words.take()
    if word.text == "after":
        raise words.stop("SOP354", word, word="after", instead=words.replaced(word, "of"))
    return Within(span, read_ref(words))


def _day(words: Words) -> Day:
    if (anchored := _anchored(words)) is not None:
        return anchored
    if words.left == 1 or (words.next_is("opening", "completion") and words.peek_is(1, "of")):
        return At(read_ref(words, alone=True))
    span = _span(words)
    direction = read_direction(words, span)
    return Offset(span, direction, read_ref(words))


def _anchored(words: Words) -> AnchorOffset | None:
    """``N+X`` or ``N + X``: the anchor and its offset may be one word or up to three."""
    joined = words.joined(3)
    found = ANCHORED.fullmatch(joined.text) if joined else None
    if joined is None or found is None:
        return None
    name, sign, digits = found.groups()
    if "." in name or name in _DIRECT:
        # `event.start-date` is a hyphen in a name; `event.start-30` is an offset from what is no anchor.
        if sign == "-" and not digits.isdigit() and "." in name:
            raise words.stop("SOP356", joined, word=joined.text, instead=words.replaced(joined, f"{name}_{digits}"))
        direction = "after" if sign == "+" else "before"
        instead = words.replaced(joined, f"{digits} day{'' if digits == '1' else 's'} {direction} {name}")
        raise words.stop("SOP366", joined, word=joined.text, name=name, instead=instead)
    words.skip(joined)
    count: int | Ref
    if digits.isdigit():
        count = read_whole(words, digits, joined, f"1 year {'after' if sign == '+' else 'before'} {name}")
    else:
        count = Ref(RefKind.NAME, digits, joined.place(found.start(3)), joined.end)
    anchor = Ref(RefKind.NAME, name, joined.start, joined.place(found.end(1) - 1) + 1)
    return AnchorOffset(anchor, "+" if sign == "+" else "-", count)


def _span(words: Words) -> Span:
    first = words.peek()
    count = read_count(words)
    unit = read_unit(words)
    calendar: str | None = None
    if words.next_is("in"):
        words.take()
        calendar = words.calendar()
        if not unit.works:
            begun = f"{count} working {'hour' if unit.absolute else 'day'}s in {calendar}"
            instead = words.replaced(Word("", first.start, words.last.end), begun)
            raise words.stop("SOP367", words.last, calendar=calendar, unit=f"{unit}s", instead=instead)
    return Span(count, unit, calendar, first.start, words.last.end)


def _reminder(words: Words) -> TimePhrase | Reminder:
    if not words.next_is("every"):
        return _time(words)
    words.take()
    if not words.left:
        raise words.stop("SOP377", whole=True, instead="every 2 days after due")
    pace = read_pace(words)
    if not words.next_is("after"):
        raise words.stop("SOP377", whole=True, instead=f"every {pace} after due")
    words.take()
    return Reminder(pace, read_ref(words))


def _duration(words: Words) -> Duration:
    first = words.take()
    bounds = RANGE.fullmatch(first.text)
    if bounds is None:
        raise words.stop("SOP378", whole=True, word=words.text.strip(), instead="1..2 weeks")
    high = read_whole(words, bounds[2], first, "1 year")
    low = high if bounds[1] is None else read_whole(words, bounds[1], first, "1 year")
    if not words.left:
        raise words.stop("SOP378", whole=True, word=first.text, instead=f"{first.text} days")
    unit: Unit = read_unit(words)
    if low > high:
        raise words.stop("SOP379", first, word=first.text, instead=words.replaced(first, f"{high}..{low}"))
    if high > MOST:
        raise words.stop("SOP360", first, word=high, most=MOST, instead="1 year")
    return Duration(low, high, unit)
