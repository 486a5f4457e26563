"""The types of the guard language; knows no values and no text.

A type is a :class:`Scalar`, a list, a map, an enumeration or a record. ``DYN`` stands for "not known before
run time" and fits everything (gradual typing, as in the CEL specification, "Gradual Type Checking").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

__all__ = [
    "BOOL", "BYTES", "DATE", "DECIMAL", "DOUBLE", "DURATION", "DYN", "INT", "NULL", "NUMBERS", "OPEN", "STRING",
    "TIME", "TIMESTAMP", "TYPE", "UINT", "EnumType", "ListType", "MapType", "RecordType", "Scalar", "Type",
    "fits", "join", "join_all", "overlap",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts, known by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


BOOL = Scalar("bool")
INT = Scalar("int")  # Python int within 64 bits
UINT = Scalar("uint")  # sopflow.expr.UInt
DOUBLE = Scalar("double")  # Python float
DECIMAL = Scalar("decimal")  # decimal.Decimal
STRING = Scalar("string")
BYTES = Scalar("bytes")
NULL = Scalar("null")
TIMESTAMP = Scalar("timestamp")  # an aware datetime.datetime
DURATION = Scalar("duration")  # datetime.timedelta
DATE = Scalar("date")  # datetime.date
TIME = Scalar("time")  # datetime.time
TYPE = Scalar("type")  # the type of types: type(1) == int
DYN = Scalar("dyn")
OPEN = Scalar("dyn")  # the items of []: DYN to all but join, in which it gives way to what the others are

NUMBERS = frozenset({INT, UINT, DOUBLE, DECIMAL})


@dataclass(frozen=True, slots=True)
class ListType:
    """A list whose items are all of one type."""

    item: Type

    def __str__(self) -> str:
        return f"list({self.item})"


@dataclass(frozen=True, slots=True)
class MapType:
    """A map from keys (int, uint, bool or string) to values."""

    key: Type
    value: Type

    def __str__(self) -> str:
        return f"map({self.key}, {self.value})"


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumeration; ``values`` stand in rank order and are strings at run time."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"[{', '.join(self.values)}]"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record with declared fields; its values are dicts, in which a field not yet known is absent."""

    fields: Mapping[str, Type]

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", dict(self.fields))

    def __hash__(self) -> int:
        return hash(tuple(self.fields))

    def __str__(self) -> str:
        return f"{{{', '.join(f'{name}: {of}' for name, of in self.fields.items())}}}"


Type: TypeAlias = Scalar | ListType | MapType | EnumType | RecordType


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of type ``given`` may stand where ``wanted`` is asked for."""
    if given == wanted or DYN in (given, wanted):
        return True
    match given, wanted:
        case EnumType(), Scalar():
            return wanted == STRING
        case EnumType(values=some), EnumType(values=all_):
            return set(some) <= set(all_)
        case ListType(item=a), ListType(item=b):
            return fits(a, b)
        case MapType(key=k1, value=v1), MapType(key=k2, value=v2):
            return fits(k1, k2) and fits(v1, v2)
        case RecordType(fields=have), RecordType(fields=want):
            return all(name in have and fits(have[name], of) for name, of in want.items())
        case RecordType(fields=have), MapType(key=key, value=value):
            return fits(STRING, key) and all(fits(of, value) for of in have.values())
        case MapType(key=key, value=value), RecordType(fields=want):
            return fits(key, STRING) and all(fits(value, of) for of in want.values())
    return False


def overlap(a: Type, b: Type) -> bool:
    """Whether a value of type ``a`` can equal one of type ``b``; numbers of all kinds compare with each other."""
    if NULL in (a, b) or (a in NUMBERS and b in NUMBERS):
        return True
    if isinstance(a, EnumType) and isinstance(b, EnumType):
        return not set(a.values).isdisjoint(b.values)
    if isinstance(a, ListType) and isinstance(b, ListType):
        return overlap(a.item, b.item)
    if isinstance(a, MapType) and isinstance(b, MapType):
        return overlap(a.key, b.key) and overlap(a.value, b.value)
    return fits(a, b) or fits(b, a)


def join(a: Type, b: Type) -> Type:
    """The narrowest type that holds values of both; ``DYN`` where there is none."""
    if a is OPEN or b is OPEN:
        return b if a is OPEN else a
    match a, b:
        case ListType(item=x), ListType(item=y):
            return ListType(join(x, y))
        case MapType(key=k1, value=v1), MapType(key=k2, value=v2):
            return MapType(join(k1, k2), join(v1, v2))
        case RecordType(fields=some), RecordType(fields=others):
            return RecordType({name: join(of, others[name]) for name, of in some.items() if name in others})
        case EnumType(), EnumType():
            return b if fits(a, b) else a if fits(b, a) else STRING
    if a == b or DYN in (a, b):
        return a if a == b else DYN
    return STRING if fits(a, STRING) and fits(b, STRING) else DYN


def join_all(types: Sequence[Type]) -> Type:
    """The narrowest type that holds values of all; for none at all one that gives way to every other."""
    nothing: Type = OPEN
    return reduce(join, types, nothing)
