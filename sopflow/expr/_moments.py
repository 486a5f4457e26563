"""Texts of instants, durations and time zones, and the parts of an instant; knows no expressions.

Texts follow RFC 3339 and the JSON mapping of protocol buffers, as the CEL specification asks. Python keeps
microseconds: finer ones are rounded down, so that no order changes into its opposite.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from sopflow.expr._operations import in_duration, in_timestamp
from sopflow.expr._values import Fault, shown

__all__ = ["date_from", "duration_from", "duration_text", "time_from", "timestamp_from", "timestamp_text", "zone"]

_TIMESTAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DURATION: Final = re.compile(r"[+-]?(?:0|(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns))+", re.ASCII)
_PART: Final = re.compile(r"(\d*)(?:\.(\d*))?(h|ms|m|s|us|µs|ns)", re.ASCII)
_NANOSECONDS: Final = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "µs": 10**3, "ns": 1}
_OFFSET: Final = re.compile(r"([+-]?)(\d\d):(\d\d)", re.ASCII)
_LONGEST_TEXT: Final = 100


def timestamp_from(text: str) -> datetime:
    """``2026-01-31T08:00:00Z`` and the like."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise Fault("SOP345", found=shown(text), type="timestamp")
    *parts, fraction, offset = match.groups()
    year, month, day, hour, minute, second = map(int, parts)
    microsecond = int((fraction or "").ljust(6, "0")[:6])
    try:
        where = UTC if offset in "Zz" else _offset(offset)
        return in_timestamp(datetime(year, month, day, hour, minute, second, microsecond, where))
    except ValueError:
        raise Fault("SOP345", found=shown(text), type="timestamp") from None


def timestamp_text(moment: datetime) -> str:
    """The instant in UTC, with three or six digits of a second where it has any."""
    moment = in_timestamp(moment)
    fraction = f".{moment.microsecond:06}" if moment.microsecond else ""
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}{fraction.removesuffix('000')}Z"


def duration_from(text: str) -> timedelta:
    """``36h``, ``1h30m``, ``-1.5s``"""
    if len(text) > _LONGEST_TEXT or not _DURATION.fullmatch(text):
        raise Fault("SOP345", found=shown(text), type="duration")
    total = 0
    for whole, fraction, unit in _PART.findall(text):
        size = _NANOSECONDS[unit]
        total += int(whole or 0) * size
        if fraction:
            total += int(fraction) * size // 10 ** len(fraction)
    try:
        return in_duration(timedelta(microseconds=(-total if text[0] == "-" else total) // 1000))
    except OverflowError:
        raise Fault("SOP341", type="duration") from None


def duration_text(value: timedelta) -> str:
    """Seconds with as many digits as they have: ``5400s``, ``-1.5s``."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    return f"{sign}{value.days * 86_400 + value.seconds}{fraction}s"


def date_from(text: str) -> date:
    """``2026-01-31``"""
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Fault("SOP345", found=shown(text), type="date") from None


def time_from(text: str) -> time:
    """``18:00`` or ``18:00:30``"""
    try:
        if len(text) not in (5, 8) or text[2] != ":":
            raise ValueError
        return time.fromisoformat(text)
    except ValueError:
        raise Fault("SOP345", found=shown(text), type="time") from None


def zone(name: str) -> tzinfo:
    """An IANA name (``Asia/Shanghai``) or a fixed offset (``+08:00``)."""
    try:
        return _offset(name) if _OFFSET.fullmatch(name) else ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise Fault("SOP345", found=shown(name), type="time zone") from None


def _offset(text: str) -> tzinfo:
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError(text)
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-size if match[1] == "-" else size)
