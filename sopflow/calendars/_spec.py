"""Calendars as a definition writes them: a map of plain values to a calendar, or to problems.

Knows the keys and their values; arithmetic and holidays are elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sopflow.calendars import _holidays
from sopflow.calendars._calendar import Hours, WeekCalendar
from sopflow.calendars._phrases import WEEKDAYS
from sopflow.errors import Problem, nearest

KEYS = ("country", "region", "days", "hours", "time-zone", "holidays", "workdays", "title")
_EXAMPLE = "{days: [mon, tue, wed, thu, fri], hours: 09:00-18:00}"
_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})\s*-\s*([0-9]{2}):([0-9]{2})")
_DAYS = {form: day for day, name in enumerate(WEEKDAYS) for form in (name, name[:3])}
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_MOST_DATES = 10_000


def country_calendar(
    code: str,
    *,
    region: str | None = None,
    days: Iterable[int] | None = None,
    hours: Iterable[Hours] = (),
    zone: ZoneInfo | None = None,
    holidays: Iterable[dt.date] = (),
    workdays: Iterable[dt.date] = (),
) -> WeekCalendar:
    """The calendar of a country, its make-up working days included.

    ``days`` are the working weekdays (all but the country's weekend), ``holidays`` and ``workdays`` local
    exceptions, which are stronger than the country's. Raises LookupError where the country or the region is not
    known, and ImportError where the package of the extra ``[calendar]`` is missing; ``calendar_from`` tells both
    as problems.
    """
    if not _holidays.available():
        raise ImportError('the holidays of countries need: pip install "sopflow[calendar]"')
    if not _holidays.known(code, region):
        raise LookupError(f"no holidays are known for {code}{f'-{region}' if region else ''}")
    source = _holidays.CountryHolidays(code, region)
    return WeekCalendar(
        frozenset(range(7)) - source.weekend() if days is None else days,
        hours=hours,
        zone=zone,
        holidays=holidays,
        workdays=workdays,
        source=source,
        country=code,
    )


def calendar_from(spec: object) -> tuple[WeekCalendar | None, tuple[Problem, ...]]:
    """The calendar that a map such as ``{country: CN, days: [mon, tue, wed], hours: 09:00-18:00}`` describes.

    Every problem names its key in ``fields["key"]`` and, for an item of a list, its place in ``fields["index"]``.
    Keys that begin with ``x-`` are anybody's own.
    """
    if not isinstance(spec, Mapping):
        return None, (Problem("SOP380", fields={"key": "", "word": str(spec)[:80], "instead": _EXAMPLE}),)
    reader = _Reader(spec)
    calendar = reader.calendar()
    return (None if reader.problems else calendar), tuple(reader.problems)


class _Reader:
    """One map being read; problems gather, so that all are told at once."""

    def __init__(self, spec: Mapping[object, object]) -> None:
        self.spec = spec
        self.problems: list[Problem] = []

    def calendar(self) -> WeekCalendar | None:
        for key in self.spec:
            if key not in KEYS and not str(key).startswith("x-"):
                near = nearest(str(key), KEYS) or ["country"]
                self.tell("SOP381", str(key), word=key, instead=near[0], known=", ".join(KEYS))
        days, hours, zone = self.days(), self.hours(), self.zone()
        holidays, workdays = self.dates("holidays"), self.dates("workdays")
        for date in sorted(holidays & workdays):
            self.tell("SOP388", "workdays", word=date.isoformat(), instead="holidays")
        source = self.source()
        if self.problems:
            return None
        if days is None:
            days = frozenset(range(7)) - source.weekend() if source else frozenset(range(5))
        return WeekCalendar(
            days,
            hours=hours,
            zone=zone,
            holidays=holidays,
            workdays=workdays,
            source=source,
            country=source.country if source else "",
        )

    def source(self) -> _holidays.CountryHolidays | None:
        code, region = self.spec.get("country"), self.spec.get("region")
        if code is None:
            if region is not None:
                self.tell("SOP382", "region", word=region, instead="{country: DE, region: BY}")
            return None
        if not isinstance(code, str) or not re.fullmatch(r"[A-Z]{2}", code):
            self.tell("SOP382", "country", word=code, instead=str(code).upper() if _is_code(code) else "CN")
            return None
        if not _holidays.available():
            self.tell("SOP383", "country", country=code)
            return None
        if not _holidays.known(code, None):
            near = nearest(code, _holidays.countries()) or ["CN"]
            self.tell("SOP382", "country", word=code, instead=near[0])
            return None
        if region is not None and not (isinstance(region, str) and _holidays.known(code, region)):
            self.tell("SOP382", "region", word=f"{code}-{region}", instead="{country: DE, region: BY}")
            return None
        return _holidays.CountryHolidays(code, region if isinstance(region, str) else None)

    def days(self) -> frozenset[int] | None:
        raw = self.spec.get("days")
        if raw is None and "days" not in self.spec:
            return None
        words = [str(item).lower() for item in raw] if isinstance(raw, Sequence) and not isinstance(raw, str) else []
        if words and all(word in _DAYS for word in words):
            return frozenset(_DAYS[word] for word in words)
        shown = ", ".join(map(str, raw)) if words and isinstance(raw, Sequence) else raw
        near = [next(iter(nearest(word, _DAYS)), "mon")[:3] for word in words] or ["mon", "tue", "wed"]
        self.tell("SOP384", "days", word=shown, instead=f"[{', '.join(dict.fromkeys(near))}]")
        return None

    def hours(self) -> tuple[Hours, ...]:
        raw = self.spec.get("hours")
        if raw is None and "hours" not in self.spec:
            return ()
        parts = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else str(raw).split(",")
        hours: list[Hours] = []
        for part in parts:
            found = _HOURS.fullmatch(str(part).strip())
            start, end = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3)) if found else (0, 0)
            minutes = found is not None and int(found[2]) < 60 and int(found[4]) < 60
            if not minutes or not start < end <= 24 * 60 or (hours and start < hours[-1].end):
                meant = "‘09:00-18:00’, [09:00-12:00, 13:00-18:00]"
                if found and minutes and end < start < 24 * 60:  # over midnight, in two parts
                    morning = f"00:00-{found[3]}:{found[4]}, " if end else ""
                    meant = f"‘{morning}{found[1]}:{found[2]}-24:00’"
                self.tell("SOP385", "hours", word=raw, instead=meant)
                return ()
            hours.append(Hours(start, end))
        return tuple(hours)

    def zone(self) -> ZoneInfo | None:
        raw = self.spec.get("time-zone")
        if raw is None and "time-zone" not in self.spec:
            return None
        zone = zone_named(raw)
        if zone is None:
            near = nearest(str(raw), available_timezones()) or ["Asia/Shanghai"]
            self.tell("SOP386", "time-zone", word=raw, instead=near[0])
        return zone

    def dates(self, key: str) -> frozenset[dt.date]:
        raw = self.spec.get(key, ())
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            self.tell("SOP387", key, word=raw, instead="[2026-12-24, 2026-12-31]")
            return frozenset()
        if len(raw) > _MOST_DATES:
            self.tell("SOP389", key, word=key, most=_MOST_DATES, instead=key)
            return frozenset()
        dates = set()
        for index, item in enumerate(raw):
            date = item if isinstance(item, dt.date) else _date(item)
            if date is None or isinstance(date, dt.datetime):
                self.tell("SOP387", key, index=index, word=item, instead="[2026-12-24, 2026-12-31]")
            else:
                dates.add(date)
        return frozenset(dates)

    def tell(self, code: str, key: str, **fields: object) -> None:
        if "word" in fields:
            fields["word"] = str(fields["word"])[:80]
        self.problems.append(Problem(code, fields={"key": key, **fields}))


def zone_named(name: object) -> ZoneInfo | None:
    """The time zone of that IANA name, or None."""
    # Lower-case names are no zones but files beside them ("localtime", "posix/…"), which differ between machines.
    if not isinstance(name, str) or not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _is_code(code: object) -> bool:
    return isinstance(code, str) and bool(re.fullmatch(r"[A-Za-z]{2}", code))


def _date(item: object) -> dt.date | None:
    if not isinstance(item, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", item):
        return None
    try:
        return dt.date.fromisoformat(item)
    except ValueError:
        return None
