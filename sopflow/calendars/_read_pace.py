"""Reading a pace: ``2 weeks on monday``, ``monday, thursday at 09:00``, ``working day in office at 09:00``.

Knows how a pace is written and misspelt; when it ticks is the pace's own business.
"""

from __future__ import annotations

import datetime as dt

from sopflow.calendars import _rrule
from sopflow.calendars._pace import Pace
from sopflow.calendars._phrases import WEEKDAYS, Unit
from sopflow.calendars._words import UNITS, Word, Words, read_clock, read_unit, read_whole
from sopflow.errors import nearest

_EXAMPLE_RULE = "RRULE:FREQ=MONTHLY;BYDAY=1MO"
_DAYS = {form: day for day, name in enumerate(WEEKDAYS) for form in (name, f"{name}s")}
_SHORT = {name[:3]: name for name in WEEKDAYS} | {"tues": "tuesday", "thur": "thursday", "thurs": "thursday"}
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
            "annually": "year", "hourly": "hour", "fortnightly": "2 weeks", "biweekly": "2 weeks"}  # fmt: skip


def read_pace(words: Words) -> Pace:
    """Read a pace up to the end, or to the ``after`` of a reminder."""
    first = words.peek()
    if first.text.startswith("RRULE:"):
        return _rule(words)
    if (adverb := _ADVERBS.get(first.text.lower())) is not None:
        raise words.stop("SOP352", first, word=first.text, instead=words.replaced(first, adverb))
    count = 1
    if first.text[0].isdigit() and first.text.isdigit():
        words.take()
        count = read_whole(words, first.text, first, "1 year")
        if count == 0:
            raise words.stop("SOP359", first, word=first.text, instead=words.replaced(first, "1"))
        if not words.left:
            raise words.stop("SOP393", first, word=first.text, instead=words.replaced(first, f"{count} days"))
    if _is_weekday(words.peek()):
        return Pace(count, Unit.WEEK, _weekdays(words), _clock(words))
    unit = read_unit(words)
    calendar = None
    if words.next_is("in"):
        words.take()
        calendar = words.calendar()
        if not unit.works:
            begun = f"{count} working {'hour' if unit.absolute else 'day'}s in {calendar}"
            instead = words.replaced(Word("", first.start, words.last.end), begun)
            raise words.stop("SOP367", words.last, calendar=calendar, unit=f"{unit}s", instead=instead)
    weekdays: tuple[int, ...] = ()
    if words.next_is("on"):
        words.take()
        if unit not in (Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR):
            raise words.stop("SOP374", words.last, word="on", unit=f"{unit}s", instead="week on monday")
        weekdays = _weekdays(words)
    at = words.peek()
    clock = _clock(words)
    if clock is not None and (unit.absolute or unit is Unit.WORKING_HOUR):
        raise words.stop("SOP374", at, word="at", unit=f"{unit}s", instead=f"day {words.text[at.start :].strip()}")
    return Pace(count, unit, weekdays, clock, calendar)


def _is_weekday(word: Word) -> bool:
    """Whether it is meant as one: ``hours`` resembles ``thursday``, but is a unit."""
    lowered = word.text.lower()
    return lowered not in UNITS and (lowered in _DAYS or lowered in _SHORT or bool(nearest(lowered, WEEKDAYS)))


def _weekdays(words: Words) -> tuple[int, ...]:
    days = {_weekday(words)}
    while words.next_is(","):
        words.take()
        days.add(_weekday(words))
    if words.next_is("and", "or", "&"):
        word = words.peek()
        before = words.last.end  # "monday and thursday" is "monday, thursday"
        instead = words.replaced(Word("", before, word.end), ",")
        raise words.stop("SOP354", word, word=word.text, instead=instead)
    return tuple(sorted(days))


def _weekday(words: Words) -> int:
    word = words.take()
    if word.text in _DAYS:
        return _DAYS[word.text]
    lowered = word.text.lower()
    meant = _SHORT.get(lowered) or next(iter(nearest(lowered, WEEKDAYS)), "monday")
    if not word.text or word.text == ",":
        begun = words.text[: word.start].rstrip(" ,")
        joint = "" if begun.endswith(" on") or begun == "on" else ","
        raise words.stop("SOP373", word, word=words.so_far(), instead=f"{begun}{joint} {meant}{words.text[word.end :]}")
    raise words.stop("SOP373", word, word=word.text, instead=words.replaced(word, meant))


def _clock(words: Words) -> dt.time | None:
    """`` at CLOCK``, if it follows."""
    if not words.next_is("at"):
        return None
    at = words.take()
    clock = read_clock(words, needed=True)
    if clock is None:
        raise words.stop("SOP355", at, word=words.rest() or "at", instead=f"{words.so_far()} 09:00")
    return clock


def _rule(words: Words) -> Pace:
    word = words.take()
    if not _rrule.available():
        raise words.stop("SOP376", word, instead=words.replaced(word, "month on monday"))
    rule = word.text.removeprefix("RRULE:")
    while words.next_is(","):  # a comma parts the values of a rule as it parts weekdays
        words.take()
        rule += "," + words.take().text
    span = Word("", word.start, words.last.end)
    if part := _rrule.fault(rule):
        raise words.stop("SOP375", whole=True, word=rule, part=part, instead=words.replaced(span, _EXAMPLE_RULE))
    return Pace(rule=rule)
