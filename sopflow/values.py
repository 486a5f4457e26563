"""What a field of a run may hold: reading a raw value (from JSON, YAML or Python) as the field's type.

This module knows nothing of SOPs, runs or files. A value that does not fit is answered with a
:class:`~sopflow.errors.Problem`, never an exception, because wrong data are an ordinary thing to be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from sopflow.errors import Problem, nearest

#: Types of one value, as a definition names them. ``text`` is a ``string`` of several lines; ``link``, ``file``
#: and ``person`` are strings that say what they point to.
TEXTS = frozenset({"string", "text", "link", "file", "person"})

_DURATION = re.compile(r"\s*(\d+)\s*(minute|hour|day|week)s?\s*", re.ASCII)
_Read = TypeVar("_Read")
_TEXT_LIMIT = 100_000
_LIST_LIMIT = 10_000
_DIGITS = 30  # of a decimal, before and after the point


@dataclass(frozen=True, slots=True)
class Field:
    """A typed field.

    ``is_`` is ``bool int decimal string text date time datetime duration link file person``, ``enum`` (then
    ``values`` in rank order), ``list`` (then ``item``) or ``record`` (then ``fields``). ``ask`` is the role that
    knows the value, ``merge`` how parallel writes meet. ``title`` and ``labels`` hold texts by language.
    """

    path: str
    is_: str
    values: tuple[str, ...] = ()
    item: Field | None = None
    fields: Mapping[str, Field] | None = None
    minimum: object = None
    maximum: object = None
    default: object = None
    ask: str | None = None
    merge: str | None = None
    unit: str = ""

    @property
    def type_name(self) -> str:
        """The type in the words of the language: ``list of string``, ``one of P0, P1``."""
        match self.is_:
            case "enum":
                return "one of " + ", ".join(self.values)
            case "list":
                return f"list of {self.item.type_name if self.item else 'anything'}"
            case "record":
                return "record of " + ", ".join(self.fields or ())
            case name:
                return name

    def read(self, raw: object, zone: tzinfo = UTC) -> object:
        """``raw`` as a value of this field, or a Problem that says why it is none.

        Reading a value that has been read gives the same value. A ``datetime`` without a zone is one of
        ``zone``; a ``date`` takes the day of a ``datetime`` there.
        """
        value = _READERS[self.is_](self, raw, zone)
        if isinstance(value, Problem):
            return value
        if self.minimum is not None and value < self.minimum:  # type: ignore[operator]  # both of one type
            return self._wrong("SOP722", raw, limit=self.minimum)
        if self.maximum is not None and value > self.maximum:  # type: ignore[operator]  # both of one type
            return self._wrong("SOP723", raw, limit=self.maximum)
        return value

    def _wrong(self, code: str, raw: object, **fields: object) -> Problem:
        shown = repr(raw) if len(repr(raw)) <= 60 else repr(raw)[:57] + "…"
        return Problem(code, fields={"field": self.path, "value": shown, "type": self.type_name, **fields})


def write(value: object) -> object:
    """``value`` as plain JSON data: dates and times in ISO 8601, decimals as text, the rest as it is."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return f"{int(value.total_seconds() // 60)} minutes"
        case Decimal():
            return str(value)
        case dict():
            return {key: write(item) for key, item in value.items()}
        case list() | tuple():
            return [write(item) for item in value]
        case _:
            return value


def _read_bool(field: Field, raw: object, zone: tzinfo) -> object:
    return raw if isinstance(raw, bool) else field._wrong("SOP720", raw)


def _read_int(field: Field, raw: object, zone: tzinfo) -> object:
    fits = isinstance(raw, int) and not isinstance(raw, bool) and -(2**63) <= raw < 2**63
    return raw if fits else field._wrong("SOP720", raw)


def _read_decimal(field: Field, raw: object, zone: tzinfo) -> object:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal) or len(str(raw)) > 60:
        return field._wrong("SOP720", raw)
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        return field._wrong("SOP720", raw)
    fits = value.is_finite() and (not value or -_DIGITS < value.adjusted() < _DIGITS)
    return value if fits else field._wrong("SOP720", raw)


def _read_text(field: Field, raw: object, zone: tzinfo) -> object:
    if not isinstance(raw, str):
        return field._wrong("SOP720", raw)
    return raw if len(raw) <= _TEXT_LIMIT else field._wrong("SOP724", "", limit=_TEXT_LIMIT)


def _read_date(field: Field, raw: object, zone: tzinfo) -> object:
    if isinstance(raw, datetime):
        return (raw.astimezone(zone) if raw.tzinfo else raw).date()
    if isinstance(raw, date):
        return raw
    moment = _iso(datetime.fromisoformat, raw)
    return _read_date(field, moment, zone) if moment is not None else field._wrong("SOP720", raw)


def _read_time(field: Field, raw: object, zone: tzinfo) -> object:
    value = raw if isinstance(raw, time) else _iso(time.fromisoformat, raw)
    return value if value is not None else field._wrong("SOP720", raw)


def _read_datetime(field: Field, raw: object, zone: tzinfo) -> object:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = datetime.combine(raw, time())
    value = raw if isinstance(raw, datetime) else _iso(datetime.fromisoformat, raw)
    if not isinstance(value, datetime):
        return field._wrong("SOP720", raw)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _read_duration(field: Field, raw: object, zone: tzinfo) -> object:
    if isinstance(raw, timedelta):
        return raw
    match_ = _DURATION.fullmatch(raw) if isinstance(raw, str) and len(raw) < 40 else None
    if not match_ or int(match_[1]) > 10_000_000:
        return field._wrong("SOP720", raw)
    return timedelta(**{f"{match_[2]}s": int(match_[1])})


def _read_enum(field: Field, raw: object, zone: tzinfo) -> object:
    if isinstance(raw, str) and raw in field.values:
        return raw
    near = nearest(raw, field.values) if isinstance(raw, str) else []
    return field._wrong("SOP721", raw, values=", ".join(field.values), nearest=near[0] if near else field.values[0])


def _read_list(field: Field, raw: object, zone: tzinfo) -> object:
    if isinstance(raw, str | bytes) or not isinstance(raw, Sequence) or field.item is None:
        return field._wrong("SOP720", raw)
    if len(raw) > _LIST_LIMIT:
        return field._wrong("SOP724", "", limit=_LIST_LIMIT)
    values = [field.item.read(item, zone) for item in raw]
    return next((value for value in values if isinstance(value, Problem)), values)


def _read_record(field: Field, raw: object, zone: tzinfo) -> object:
    if not isinstance(raw, Mapping) or field.fields is None:
        return field._wrong("SOP720", raw)
    record: dict[str, object] = {}
    for name, item in raw.items():
        if name not in field.fields:
            near = nearest(str(name), field.fields)
            return field._wrong("SOP725", name, nearest=near[0] if near else "", known=", ".join(field.fields))
        value = field.fields[name].read(item, zone)
        if isinstance(value, Problem):
            return value
        record[name] = value
    return record


def _iso(parse: Callable[[str], _Read], raw: object) -> _Read | None:
    if not isinstance(raw, str):
        return None
    try:
        return parse(raw.strip())
    except ValueError:
        return None


_READERS: Mapping[str, Callable[[Field, object, tzinfo], object]] = {
    "bool": _read_bool,
    "int": _read_int,
    "decimal": _read_decimal,
    "date": _read_date,
    "time": _read_time,
    "datetime": _read_datetime,
    "duration": _read_duration,
    "enum": _read_enum,
    "list": _read_list,
    "record": _read_record,
    **dict.fromkeys(TEXTS, _read_text),
}
