"""The standard functions: for each name its overloads, and for each of them types and code.

The checker reads the types, the interpreter and the fast path call the code. Knows no syntax trees.
Everything raises :class:`Fault`, nothing else. Source: the CEL language definition, "Functions"; ``date``,
``time``, ``decimal`` and ``days_between`` are additions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, Literal

from sopflow.expr._moments import (
    date_from,
    duration_from,
    duration_text,
    time_from,
    timestamp_from,
    timestamp_text,
    zone,
)
from sopflow.expr._operations import LIST, MAP, as_decimal, in_int, in_timestamp, in_uint, kind_of
from sopflow.expr._regex import matches
from sopflow.expr._types import (
    BOOL,
    BYTES,
    DATE,
    DECIMAL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIME,
    TIMESTAMP,
    TYPE,
    UINT,
    ListType,
    MapType,
    Type,
)
from sopflow.expr._values import Fault, TypeValue, shown

__all__ = ["LIBRARY", "TYPE_NAMES", "Overload", "accepts"]

Style = Literal["function", "method", "both"]


@dataclass(frozen=True, slots=True)
class Overload:
    """One meaning of a function; of a method the first parameter is what stands before the dot."""

    parameters: tuple[Type, ...]
    result: Type
    call: Callable[..., object]
    style: Style = "function"


TYPE_NAMES: Final[Mapping[Type, str]] = {
    INT: "int", UINT: "uint", DOUBLE: "double", BOOL: "bool", STRING: "string", BYTES: "bytes", LIST: "list",
    MAP: "map", NULL: "null_type", TYPE: "type", TIMESTAMP: "google.protobuf.Timestamp",
    DURATION: "google.protobuf.Duration", DECIMAL: "decimal", DATE: "date", TIME: "time",
}  # fmt: skip


def accepts(parameter: Type, value: object) -> bool:
    """Whether a value may be passed for ``parameter``, as far as kinds go."""
    if parameter == DYN:
        return True
    kind = kind_of(value)
    match parameter:
        case ListType():
            return kind == LIST
        case MapType():
            return kind == MAP
    return kind == parameter


# Conversions

_INT: Final = re.compile(r"[+-]?[0-9]{1,20}")
_UINT: Final = re.compile(r"\+?[0-9]{1,20}")
_DOUBLE: Final = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:inf|infinity)|nan", re.IGNORECASE
)
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_BOOLS: Final = {
    **dict.fromkeys(("1", "t", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "false", "FALSE", "False"), False),
}


def _cannot(value: object, wanted: str) -> Fault:
    return Fault("SOP345", found=shown(value), type=wanted)


def _int_from_text(text: str) -> int:
    if not _INT.fullmatch(text):
        raise _cannot(text, "int")
    return in_int(int(text))


def _uint_from_text(text: str) -> int:
    if not _UINT.fullmatch(text):
        raise _cannot(text, "uint")
    return in_uint(int(text))


def _int_from_double(value: float) -> int:
    # Doubles next to the limits cannot be told from the limits, which CEL therefore leaves out.
    if not -(2.0**63) < value < 2.0**63:
        raise Fault("SOP341", type="int")
    return int(value)


def _uint_from_double(value: float) -> int:
    if not -1.0 < value < 2.0**64 or (value < 0):
        raise Fault("SOP341", type="uint")
    return in_uint(int(value))


def _int_from_decimal(value: Decimal) -> int:
    if not value.is_finite() or value.adjusted() > 20:
        raise Fault("SOP341", type="int")
    return in_int(int(value))


def _double_from_text(text: str) -> float:
    if len(text) > 100 or not _DOUBLE.fullmatch(text):
        raise _cannot(text, "double")
    value = float(text)
    if math.isinf(value) and "inf" not in text.lower():
        raise Fault("SOP341", type="double")
    return value


def _decimal_from_text(text: str) -> Decimal:
    if len(text) > 100 or not _DECIMAL.fullmatch(text):
        raise _cannot(text, "decimal")
    return Decimal(text)


def _decimal_from_double(value: float) -> Decimal:
    if not math.isfinite(value):
        raise _cannot(value, "decimal")
    return as_decimal(value)


def _text_of_double(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    return text.removesuffix(".0")


def _text_of_decimal(value: Decimal) -> str:
    if value.is_finite() and abs(value.adjusted()) <= 100:
        return format(value, "f")
    return str(value)


def _text_of_bytes(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise _cannot(value, "string") from None


def _bytes_of_text(value: str) -> bytes:
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        raise _cannot(value, "bytes") from None


def _bool_from_text(text: str) -> bool:
    try:
        return _BOOLS[text]
    except KeyError:
        raise _cannot(text, "bool") from None


def _timestamp_from_seconds(seconds: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        raise Fault("SOP341", type="timestamp") from None


def _seconds_of(moment: datetime) -> int:
    return (in_timestamp(moment) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def _type_of(value: object) -> TypeValue:
    return TypeValue(TYPE_NAMES[kind_of(value)])


def _same(value: object) -> object:
    return value


# Parts of instants, days, times of day and durations


def _local(moment: datetime, where: str = "UTC") -> datetime:
    try:
        return moment.astimezone(zone(where) if where != "UTC" else UTC)
    except OverflowError:
        raise Fault("SOP341", type="timestamp") from None


def _part(name: str, of: Callable[[datetime], int], *more: Overload) -> tuple[str, tuple[Overload, ...]]:
    """A method of instants (in UTC, or in the zone named) and of whatever ``more`` says."""
    return name, (
        Overload((TIMESTAMP,), INT, lambda moment: of(_local(moment)), "method"),
        Overload((TIMESTAMP, STRING), INT, lambda moment, where: of(_local(moment, where)), "method"),
        *more,
    )


def _of_day(of: Callable[..., int]) -> Overload:
    return Overload((DATE,), INT, of, "method")


def _of_time(of: Callable[[time], int]) -> Overload:
    return Overload((TIME,), INT, of, "method")


def _of_duration(of: Callable[[timedelta], int]) -> Overload:
    return Overload((DURATION,), INT, of, "method")


def _whole(value: timedelta, unit: timedelta) -> int:
    """Whole units in ``value``, cut towards zero."""
    return value // unit if value >= timedelta(0) else -(-value // unit)


def _year(day: date) -> int:
    return day.year


def _month(day: date) -> int:
    return day.month - 1


def _day_of_month(day: date) -> int:
    return day.day - 1


def _date(day: date) -> int:
    return day.day


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday - 1


def _day_of_week(day: date) -> int:
    """Sunday is 0."""
    return day.isoweekday() % 7


_SECOND: Final = timedelta(seconds=1)


def _days_between(start: date, end: date) -> int:
    """Whole days from ``start`` to ``end``: of the calendar for dates, of 24 hours for instants."""
    return _whole(end - start, timedelta(days=1))


def _sized(*types: Type) -> tuple[Overload, ...]:
    return tuple(Overload((of,), INT, len, "both") for of in types)


def _text_test(test: Callable[[str, str], bool]) -> tuple[Overload, ...]:
    return (Overload((STRING, STRING), BOOL, test, "method"),)


def _conversions(result: Type, table: Mapping[Type, Callable[..., object]]) -> tuple[Overload, ...]:
    return tuple(Overload((source,), result, call) for source, call in table.items())


_LISTS: Final = ListType(DYN)
_MAPS: Final = MapType(DYN, DYN)

LIBRARY: Final[Mapping[str, tuple[Overload, ...]]] = dict(
    [
        ("size", _sized(STRING, BYTES, _LISTS, _MAPS)),
        ("contains", _text_test(lambda text, part: part in text)),
        ("startsWith", _text_test(str.startswith)),
        ("endsWith", _text_test(str.endswith)),
        ("matches", (Overload((STRING, STRING), BOOL, matches, "both"),)),
        (
            "int",
            _conversions(
                INT,
                {
                    INT: _same,
                    UINT: lambda value: in_int(int(value)),
                    DOUBLE: _int_from_double,
                    STRING: _int_from_text,
                    TIMESTAMP: _seconds_of,
                    DECIMAL: _int_from_decimal,
                },
            ),
        ),
        (
            "uint",
            _conversions(
                UINT,
                {
                    UINT: _same,
                    INT: in_uint,
                    DOUBLE: _uint_from_double,
                    STRING: _uint_from_text,
                    DECIMAL: lambda value: in_uint(_int_from_decimal(value)),
                },
            ),
        ),
        (
            "double",
            _conversions(DOUBLE, {DOUBLE: _same, INT: float, UINT: float, STRING: _double_from_text, DECIMAL: float}),
        ),
        (
            "decimal",
            _conversions(
                DECIMAL,
                {
                    DECIMAL: _same,
                    INT: as_decimal,
                    UINT: as_decimal,
                    DOUBLE: _decimal_from_double,
                    STRING: _decimal_from_text,
                },
            ),
        ),
        (
            "string",
            _conversions(
                STRING,
                {
                    STRING: _same,
                    BOOL: lambda value: "true" if value else "false",
                    INT: str,
                    UINT: lambda value: str(int(value)),
                    DOUBLE: _text_of_double,
                    DECIMAL: _text_of_decimal,
                    BYTES: _text_of_bytes,
                    TIMESTAMP: timestamp_text,
                    DURATION: duration_text,
                    DATE: date.isoformat,
                    TIME: time.isoformat,
                },
            ),
        ),
        ("bytes", _conversions(BYTES, {BYTES: _same, STRING: _bytes_of_text})),
        ("bool", _conversions(BOOL, {BOOL: _same, STRING: _bool_from_text})),
        (
            "timestamp",
            _conversions(TIMESTAMP, {TIMESTAMP: in_timestamp, STRING: timestamp_from, INT: _timestamp_from_seconds}),
        ),
        ("duration", _conversions(DURATION, {DURATION: _same, STRING: duration_from})),
        (
            "date",
            (
                *_conversions(DATE, {DATE: _same, STRING: date_from, TIMESTAMP: lambda moment: _local(moment).date()}),
                Overload((TIMESTAMP, STRING), DATE, lambda moment, where: _local(moment, where).date()),
            ),
        ),
        (
            "time",
            (
                *_conversions(TIME, {TIME: _same, STRING: time_from, TIMESTAMP: lambda moment: _local(moment).time()}),
                Overload((TIMESTAMP, STRING), TIME, lambda moment, where: _local(moment, where).time()),
            ),
        ),
        ("type", (Overload((DYN,), TYPE, _type_of),)),
        ("dyn", (Overload((DYN,), DYN, _same),)),
        ("days_between", tuple(Overload((of, of), INT, _days_between) for of in (DATE, TIMESTAMP))),
        _part("getFullYear", _year, _of_day(_year)),
        _part("getMonth", _month, _of_day(_month)),
        _part("getDayOfMonth", _day_of_month, _of_day(_day_of_month)),
        _part("getDate", _date, _of_day(_date)),
        _part("getDayOfYear", _day_of_year, _of_day(_day_of_year)),
        _part("getDayOfWeek", _day_of_week, _of_day(_day_of_week)),
        _part(
            "getHours",
            lambda moment: moment.hour,
            _of_time(lambda clock: clock.hour),
            _of_duration(lambda value: _whole(value, timedelta(hours=1))),
        ),
        _part(
            "getMinutes",
            lambda moment: moment.minute,
            _of_time(lambda clock: clock.minute),
            _of_duration(lambda value: _whole(value, timedelta(minutes=1))),
        ),
        _part(
            "getSeconds",
            lambda moment: moment.second,
            _of_time(lambda clock: clock.second),
            _of_duration(lambda value: _whole(value, _SECOND)),
        ),
        _part(
            "getMilliseconds",
            lambda moment: moment.microsecond // 1000,
            # Of a duration only the part below a second, as the conformance suite has it.
            _of_duration(lambda value: _whole(value - _SECOND * _whole(value, _SECOND), timedelta(milliseconds=1))),
        ),
    ]
)
