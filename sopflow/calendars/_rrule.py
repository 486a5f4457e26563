"""Recurrence rules of RFC 5545 for a pace, by ``dateutil``, which the extra ``[calendar]`` brings.

The only module that imports ``dateutil``, and only when a pace is a rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from sopflow.calendars._moment import localize, wall

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_GENERAL = frozenset("FREQ INTERVAL COUNT UNTIL WKST BYDAY BYHOUR BYMINUTE".split())
# Filters on a daily or weekly rule may never match, and the search for a match then runs to the year 9999.
_LONGER = frozenset("BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYSETPOS".split())
_LONGEST = 200
_SAMPLE = dt.datetime(2024, 1, 1, 9)


def available() -> bool:
    """Whether rules can be read here."""
    return find_spec("dateutil") is not None


def fault(rule: str) -> str:
    """The part of ``rule`` (without ``RRULE:``) that cannot be used, or the rule where it is not one part; else ""."""
    if len(rule) > _LONGEST:
        return rule[:_LONGEST]
    values: dict[str, str] = {}
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name not in _GENERAL | _LONGER or name in values or not _fits(name, value):
            return part or rule
        values[name] = value
    often = values.get("FREQ") in ("DAILY", "WEEKLY")
    if "FREQ" not in values or (often and _LONGER.intersection(values)):
        return next((f"{name}={value}" for name, value in values.items() if name in _LONGER), rule)
    try:
        return "" if next(_read(rule, _SAMPLE).xafter(_SAMPLE, inc=True), None) else rule
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError):
        return rule


def _fits(name: str, value: str) -> bool:
    match name:
        case "FREQ":
            return value in FREQUENCIES
        case "UNTIL":  # a rule recurs by the wall clock, so it ends by it
            return not value.endswith("Z")
        case "INTERVAL" | "COUNT":
            return value.isdigit() and 1 <= int(value[:9]) < 100_000
        case _:
            return value != ""


def occurrences(rule: str, origin: dt.datetime, floor: dt.datetime, zone: ZoneInfo) -> Iterator[dt.datetime]:
    """The instants of ``rule``, begun at ``origin`` (what the clock showed), from a day before ``floor`` on."""
    try:
        since = wall(floor, zone).replace(fold=0) - dt.timedelta(days=1)
    except OverflowError:
        since = dt.datetime.min
    for clock in _read(rule, origin).xafter(since, inc=True):
        yield localize(clock, zone)


class _Rule(Protocol):
    def xafter(self, dt: dt.datetime, *, inc: bool) -> Iterator[dt.datetime]: ...


def _read(rule: str, origin: dt.datetime) -> _Rule:
    return cast(_Rule, import_module("dateutil.rrule").rrulestr(rule, dtstart=origin))
