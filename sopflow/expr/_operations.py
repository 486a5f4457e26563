"""What the operators do with values: CEL's semantics, by the kinds that values have at run time.

``ARITHMETIC`` is the one table of ``+ - * / %``: the checker takes result types from it, the interpreter and
the fast path the functions. Knows no syntax trees. Every function raises :class:`Fault`, nothing else.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final

from sopflow.expr._types import (
    BOOL,
    BYTES,
    DATE,
    DECIMAL,
    DOUBLE,
    DURATION,
    INT,
    NULL,
    NUMBERS,
    STRING,
    TIME,
    TIMESTAMP,
    TYPE,
    UINT,
    Scalar,
    Type,
)
from sopflow.expr._values import Fault, TypeValue, UInt, shown

__all__ = [
    "ARITHMETIC", "LIST", "MAP", "MAX_SIZE", "ORDERED", "Operation", "arithmetic", "as_decimal", "compare",
    "concatenate", "contains", "equal", "in_duration", "in_int", "in_timestamp", "in_uint", "index", "kind_of",
    "map_key", "negate",
]  # fmt: skip

MAX_SIZE: Final = 100_000  # characters, bytes or items of one value that an expression makes
MAX_COMPARED: Final = 100_000  # parts of two values that one comparison looks at

LIST: Final = Scalar("list")
MAP: Final = Scalar("map")

_KINDS: Final[Mapping[type, Scalar]] = {
    bool: BOOL, int: INT, UInt: UINT, float: DOUBLE, Decimal: DECIMAL, str: STRING, bytes: BYTES,
    type(None): NULL, datetime: TIMESTAMP, timedelta: DURATION, date: DATE, time: TIME, TypeValue: TYPE,
    list: LIST, tuple: LIST, dict: MAP,
}  # fmt: skip


def kind_of(value: object) -> Scalar:
    """The kind of a value: its type without parts."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    # A subclass, such as a StrEnum. datetime must be met before date, and bool and UInt before int.
    for python, kind in _KINDS.items():
        if isinstance(value, python) and not (python is int and isinstance(value, bool | UInt)):
            return TIMESTAMP if isinstance(value, datetime) else kind
    if isinstance(value, Mapping):
        return MAP
    raise Fault("SOP349", name=shown(value), error=type(value).__name__)


# Numbers

_DECIMALS: Final = Context(prec=34, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow])


def in_int(value: int) -> int:
    """``value`` if it is a 64-bit number."""
    if -(2**63) <= value < 2**63:
        return value
    raise Fault("SOP341", type="int")


def in_uint(value: int) -> UInt:
    """``value`` as an unsigned 64-bit number."""
    if 0 <= value < 2**64:
        return UInt(value)
    raise Fault("SOP341", type="uint")


def as_decimal(value: object) -> Decimal:
    """A number of any kind as a decimal; a double by its shortest digits, so that 0.1 is one tenth."""
    if isinstance(value, Decimal):
        return value
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(int(value))  # type: ignore[call-overload]


def _quotient(a: int, b: int) -> int:
    """Integer division that cuts towards zero, as in CEL (Python's goes down)."""
    if b == 0:
        raise Fault("SOP340")
    return a // b if (a < 0) == (b < 0) else -(-a // b)


def _remainder(a: int, b: int) -> int:
    return a - b * _quotient(a, b)


def _divide_doubles(a: float, b: float) -> float:
    """IEEE 754 division, which never fails."""
    if b:
        return a / b
    if a != a or a == 0:
        return float("nan")
    return float("inf") if (a > 0) == (str(b)[0] != "-") else float("-inf")


def _decimals(operation: Callable[[Decimal, Decimal], Decimal]) -> Callable[[object, object], object]:
    def calculate(a: object, b: object) -> Decimal:
        try:
            return operation(as_decimal(a), as_decimal(b))
        except DivisionByZero:
            raise Fault("SOP340") from None
        except DecimalException as error:
            raise Fault("SOP340" if not as_decimal(b) else "SOP341", type="decimal") from error

    return calculate


# Time

_LONGEST: Final = timedelta(seconds=315_576_000_000)  # CEL: ten thousand years
_DAY: Final = timedelta(days=1)


def in_duration(value: timedelta) -> timedelta:
    """``value`` if it is within CEL's range."""
    if -_LONGEST <= value <= _LONGEST:
        return value
    raise Fault("SOP341", type="duration")


def in_timestamp(value: datetime) -> datetime:
    """``value`` in UTC, if it has a time zone and lies in the years 1 to 9999."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Fault("SOP341", type="timestamp") from None


def _shift(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        raise Fault("SOP341", type="timestamp") from None


def _between(a: datetime, b: datetime) -> timedelta:
    """The time from ``b`` to ``a``; CEL's implementations keep it as a 64-bit count of nanoseconds."""
    difference = a - b
    if abs(difference) >= timedelta(microseconds=2**63 // 1000):
        raise Fault("SOP341", type="duration")
    return difference


def _shift_date(day: date, by: timedelta) -> date:
    if by % _DAY:
        raise Fault("SOP345", found=shown(by), type="days")
    try:
        return day + by
    except OverflowError:
        raise Fault("SOP341", type="date") from None


# Texts, bytes, lists


def concatenate(a: str | bytes | list[object], b: str | bytes | list[object]) -> object:
    """``a + b`` of two sized values of one kind."""
    if len(a) + len(b) > MAX_SIZE:
        raise Fault("SOP346", most=MAX_SIZE)
    return [*a, *b] if isinstance(a, list | tuple) else a + b  # type: ignore[operator]


Operation = tuple[Type, Callable[..., object]]


def _int(operation: Callable[[int, int], int]) -> Operation:
    return INT, lambda a, b: in_int(operation(a, b))


def _uint(operation: Callable[[int, int], int]) -> Operation:
    return UINT, lambda a, b: in_uint(operation(int(a), int(b)))


def _numbers(
    integers: Callable[[int, int], int],
    doubles: Callable[[float, float], float] | None,
    decimals: Callable[[Decimal, Decimal], Decimal],
) -> dict[tuple[Type, Type], Operation]:
    """An operator over numbers: each kind with itself, and every kind beside a decimal read as one."""
    table: dict[tuple[Type, Type], Operation] = {(INT, INT): _int(integers), (UINT, UINT): _uint(integers)}
    if doubles is not None:
        table[DOUBLE, DOUBLE] = (DOUBLE, doubles)
    for other in NUMBERS:
        table[DECIMAL, other] = table[other, DECIMAL] = (DECIMAL, _decimals(decimals))
    return table


ARITHMETIC: Final[Mapping[str, Mapping[tuple[Type, Type], Operation]]] = {
    "+": _numbers(operator.add, operator.add, _DECIMALS.add)
    | {
        (STRING, STRING): (STRING, concatenate),
        (BYTES, BYTES): (BYTES, concatenate),
        (LIST, LIST): (LIST, concatenate),
        (TIMESTAMP, DURATION): (TIMESTAMP, _shift),
        (DURATION, TIMESTAMP): (TIMESTAMP, lambda a, b: _shift(b, a)),
        (DURATION, DURATION): (DURATION, lambda a, b: in_duration(a + b)),
        (DATE, DURATION): (DATE, _shift_date),
        (DURATION, DATE): (DATE, lambda a, b: _shift_date(b, a)),
    },
    "-": _numbers(operator.sub, operator.sub, _DECIMALS.subtract)
    | {
        (TIMESTAMP, TIMESTAMP): (DURATION, _between),
        (TIMESTAMP, DURATION): (TIMESTAMP, lambda a, b: _shift(a, -b)),
        (DURATION, DURATION): (DURATION, lambda a, b: in_duration(a - b)),
        (DATE, DATE): (DURATION, operator.sub),
        (DATE, DURATION): (DATE, lambda a, b: _shift_date(a, -b)),
    },
    "*": _numbers(operator.mul, operator.mul, _DECIMALS.multiply),
    "/": _numbers(_quotient, _divide_doubles, _DECIMALS.divide),
    "%": _numbers(_remainder, None, _DECIMALS.remainder),
}


def arithmetic(op: str, a: object, b: object) -> object:
    """``a op b`` for ``+ - * / %``."""
    left, right = kind_of(a), kind_of(b)
    found = ARITHMETIC[op].get((left, right))
    if found is None:
        raise Fault("SOP344", op=op, left=left, right=right)
    return found[1](a, b)


def negate(value: object) -> object:
    """``-value``"""
    kind = kind_of(value)
    if kind == INT:
        return in_int(-value)  # type: ignore[operator]
    if kind in (DOUBLE, DECIMAL):
        return value.copy_negate() if isinstance(value, Decimal) else -value  # type: ignore[operator]
    if kind == DURATION:
        return -value  # type: ignore[operator]
    raise Fault("SOP344", op="-", left="", right=kind)


# Comparison

ORDERED: Final = frozenset({BOOL, STRING, BYTES, TIMESTAMP, DURATION, DATE, TIME}) | NUMBERS

_COMPARISONS: Final[Mapping[str, Callable[..., bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def compare(op: str, a: object, b: object) -> bool:
    """``a op b`` for ``< <= > >=``; numbers of all kinds compare with each other."""
    left, right = kind_of(a), kind_of(b)
    same = left is right  # there is one object for each kind
    if not (left in ORDERED if same else left in NUMBERS and right in NUMBERS):
        raise Fault("SOP344", op=op, left=left, right=right)
    if not same or left is DECIMAL:
        a, b = _on_one_line(a, b)
    return _COMPARISONS[op](a, b)


def equal(a: object, b: object) -> bool:
    """Whether two values are equal; values of different kinds are not, but numbers compare by size."""
    todo: list[tuple[object, object]] = [(a, b)]
    compared = 0
    while todo:
        a, b = todo.pop()
        left, right = kind_of(a), kind_of(b)
        if left != right:
            if not (left in NUMBERS and right in NUMBERS and _equal_numbers(a, b)):
                return False
        elif left == LIST:
            if len(a) != len(b):  # type: ignore[arg-type]
                return False
            todo.extend(zip(a, b, strict=True))  # type: ignore[call-overload]
        elif left == MAP:
            if len(a) != len(b):  # type: ignore[arg-type]
                return False
            for key, value in a.items():  # type: ignore[attr-defined]
                found, other = _lookup(b, key)  # type: ignore[arg-type]
                if not found:
                    return False
                todo.append((value, other))
        elif a != b:
            return False
        compared += 1
        if compared + len(todo) > MAX_COMPARED:
            raise Fault("SOP346", most=MAX_COMPARED)
    return True


def _equal_numbers(a: object, b: object) -> bool:
    a, b = _on_one_line(a, b)
    return a == b


def _on_one_line(a: object, b: object) -> tuple[Any, Any]:
    """Two numbers as Python must see them to compare them as CEL does.

    Beside a double a whole number counts as the double next to it, as in the conformance suite: both lose the
    same digits. Beside a decimal nothing is lost.
    """
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        if a == a and b == b:
            return as_decimal(a), as_decimal(b)
        return math.nan, math.nan  # which is neither less nor more; a decimal NaN would raise when asked
    if isinstance(a, float):
        return a, float(b)  # type: ignore[arg-type]
    return (float(a), b) if isinstance(b, float) else (a, b)  # type: ignore[arg-type]


def contains(item: object, inside: object) -> bool:
    """``item in inside``: an item of a list, or a key of a map."""
    kind = kind_of(inside)
    if kind == LIST:
        return any(equal(item, other) for other in inside)  # type: ignore[attr-defined]
    if kind == MAP:
        return _lookup(inside, item)[0]  # type: ignore[arg-type]
    raise Fault("SOP344", op="in", left=kind_of(item), right=kind)


def index(value: object, key: object) -> object:
    """``value[key]`` of a list or a map."""
    kind = kind_of(value)
    if kind == MAP:
        found, item = _lookup(value, key)  # type: ignore[arg-type]
        if found:
            return item
        raise Fault("SOP342", found=shown(key))
    if kind != LIST:
        raise Fault("SOP344", op="[]", left=kind, right=kind_of(key))
    if kind_of(key) not in (INT, UINT, DOUBLE) or key != int(key):  # type: ignore[call-overload]
        raise Fault("SOP344", op="[]", left=kind, right=kind_of(key))
    at = int(key)  # type: ignore[call-overload]
    if not 0 <= at < len(value):  # type: ignore[arg-type]
        raise Fault("SOP343", index=at, size=len(value))  # type: ignore[arg-type]
    return value[at]  # type: ignore[index]


def _lookup(mapping: Mapping[object, object], key: object) -> tuple[bool, object]:
    """Whether ``mapping`` has ``key``, and its value. ``true`` is not the key 1, which Python would take it for."""
    kind = kind_of(key)
    if kind in (LIST, MAP):
        return False, None
    if key not in mapping:
        return False, None
    if key not in (0, 1):
        return True, mapping[key]
    for other, value in mapping.items():
        if other == key and (kind == BOOL) == isinstance(other, bool):
            return True, value
    return False, None


def map_key(key: object) -> object:
    """``key`` if a map can have it."""
    kind = kind_of(key)
    if kind in (INT, UINT, BOOL, STRING):
        return key
    raise Fault("SOP338", type=kind)
