"""Values, expressions, times and cases: kept as plain data, only their outer shape is read here.

What stands inside an expression or a time phrase is for the compiler to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from sopflow.model._frozen import Entries, Many, frozen
from sopflow.model._names import FIELD, read_names, read_reference, read_target, read_word, read_words
from sopflow.model._node import Node, Reads, read_entries, read_many
from sopflow.model._problems import Problems, near, problem
from sopflow.model._text import read_text

if TYPE_CHECKING:
    Plain: TypeAlias = bool | int | float | str | list["Plain"] | dict[str, "Plain"] | None
    Time: TypeAlias = "str | Extreme | Dated | Cases"
else:
    Plain = Time = object  # pydantic would try to follow the recursion, and has no use for it: readers do the reading
Expr: TypeAlias = str
Target: TypeAlias = str


class Case(Node):
    """One case: ``{when: EXPR, then: …}``, or ``{else: …}``, which has no ``when``."""

    what: ClassVar[tuple[str, str]] = ("a case", "情形")

    when: Expr | None = None
    then: object
    cites: tuple[str, ...] = ()


Cases: TypeAlias = tuple[Case, ...]
Value: TypeAlias = Plain | Cases


class Dated(Node):
    """A time in its long form, with the facts that it rests on."""

    what: ClassVar[tuple[str, str]] = ("a time", "时间")

    at: Annotated[Time, Reads(lambda value: read_time(value), "Time")]
    cites: Annotated[tuple[str, ...], Reads.many(read_word, "Word")] = ()


class Extreme(Node):
    """The earliest or the latest of several times; exactly one of the two is said."""

    what: ClassVar[tuple[str, str]] = ("a time", "时间")

    earliest: Annotated[tuple[Time, ...] | None, Reads.many(lambda value: read_time(value), "Time")] = None
    latest: Annotated[tuple[Time, ...] | None, Reads.many(lambda value: read_time(value), "Time")] = None

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """One of the two, not both."""
        if "earliest" in body and "latest" in body:
            problems.add("SOP152", "latest", at_key=True, one="earliest", other="latest")

    @property
    def times(self) -> tuple[Time, ...]:
        """The times to choose from."""
        return self.earliest or self.latest or ()


def read_expr(value: object) -> Expr:
    """An expression; ``true`` and numbers are expressions too."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str() if value.strip():
            return value
        case str():
            raise problem("SOP121")
        case None:
            raise problem("SOP110")
        case _:
            raise problem("SOP114")


def is_cases(value: object) -> bool:
    """Whether ``value`` is meant as cases: a list of maps, one of which says ``then`` or ``else``."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) for item in value)
        and any("then" in item or "else" in item for item in value)
    )


def read_cases(then: Callable[[object], object], value: object) -> Cases:
    """Cases, whose ``then`` (or ``else``) is read by ``then``."""
    if not isinstance(value, list):
        raise problem("SOP111")
    problems = Problems()
    cases = [_read_case(then, item, index, problems) for index, item in enumerate(value)]
    for index, item in enumerate(value[:-1]):
        if isinstance(item, dict) and "else" in item:
            problems.add("SOP161", index, "else", at_key=True)
    problems.stop()
    return tuple(case for case in cases if case is not None)


def _read_case(then: Callable[[object], object], item: object, index: int, problems: Problems) -> Case | None:
    if not isinstance(item, dict):
        problems.add("SOP112", index)
        return None
    known = ("when", "then", "else", "cites")
    for name in item:
        if name not in known and not name.startswith("x-"):
            problems.add(
                "SOP102", index, name, at_key=True, key=name, what="a case", what_zh="情形", known=near(name, known)
            )
    otherwise = "else" in item
    if otherwise and ("when" in item or "then" in item):
        extra = "when" if "when" in item else "then"
        problems.add("SOP152", index, extra, at_key=True, one="else", other=extra)
        return None
    if not otherwise:
        for name in ("when", "then"):
            if name not in item:
                problems.add("SOP103", index, at_key=True, key=name, what="a case", what_zh="情形")
                return None
    result = "else" if otherwise else "then"
    case: dict[str, object] = {"then": problems.read(then, item[result], index, result)}
    if not otherwise:
        case["when"] = problems.read(read_expr, item["when"], index, "when")
    if "cites" in item:
        case["cites"] = problems.read(read_words, item["cites"], index, "cites")
    extensions = {name: part for name, part in item.items() if name.startswith("x-")}
    if extensions:
        case["extensions"] = extensions
    return Case.model_construct(_fields_set=set(case), **case)  # type: ignore[arg-type]  # every part is read by now


def read_plain(value: object) -> Plain:
    """A literal: text, number, true, false, list or map; ``null`` is none (``unknown`` forgets a field)."""
    if value is None:
        raise problem("SOP110")
    return frozen(value)  # type: ignore[return-value]


def read_value(value: object) -> Value:
    """A literal, a computed value (``= round + 1``) or cases."""
    return read_cases(read_plain, value) if is_cases(value) else read_plain(value)


def read_field_key(value: object) -> str:
    """The path of a field, as a key."""
    word = read_word(value)
    if not FIELD.fullmatch(word):
        raise problem("SOP134", name=word)
    return word


def read_derived(value: object) -> Expr | Cases:
    """An expression, or cases."""
    return read_cases(read_plain, value) if isinstance(value, list) else read_expr(value)


def read_time(value: object) -> Time:
    """A time: a phrase, the earliest or latest of several, one with its citations, or cases."""
    match value:
        case str():
            return read_word(value)
        case dict() if "at" in value:
            return Dated.read(value)
        case dict() if "earliest" in value or "latest" in value:
            return Extreme.read(value)
        case dict():
            raise problem("SOP117")
        case list():
            return read_cases(read_time, value)
        case bool() | float():
            raise problem("SOP117")
        case _:
            return read_word(value)


def read_reminders(value: object) -> Many[Time]:
    """One time or pace, or a list of them; a list of cases is one time."""
    if is_cases(value):
        return Many.of((read_time(value),), bare=True)
    return read_many(read_time, value, bare=True)


def read_phrase(value: object) -> str | Cases:
    """A span or a pace: one phrase, or cases of phrases."""
    return read_cases(read_word, value) if is_cases(value) else read_word(value)


def read_by(value: object) -> Many[str] | Cases:
    """Who does it: one role, a list of which any one will do, or cases of these."""
    return read_cases(read_names, value) if is_cases(value) else read_names(value)


def read_next(value: object) -> Target | Entries[Target] | Cases:
    """Where to go: a target, targets by outcome, or cases of targets."""
    match value:
        case dict():
            if not value:
                raise problem("SOP116")
            return read_entries(read_word, read_target, value)
        case list() if any(isinstance(one, str) for one in value):
            raise problem("SOP176")
        case list():
            return read_cases(read_target, value)
        case _:
            return read_target(value)


def number(least: int) -> Reads:
    """A whole number of at least ``least``."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise problem("SOP115")
        if value < least:
            raise problem("SOP118", least=least)
        return value

    return Reads(read, {"type": "integer", "minimum": least})


def one_of(*words: str) -> Reads:
    """One of ``words``."""

    def read(value: object) -> str:
        if value not in words or not isinstance(value, str):
            raise problem("SOP125", value=value, known=near(value, words))
        return value

    return Reads(read, {"enum": list(words)})


def read_flag(value: object) -> bool:
    """``true`` or ``false``."""
    if isinstance(value, bool):
        return value
    raise problem("SOP126", value=value)


def read_condition(value: object) -> bool | Expr:
    """``true``, or the expression under which it is so."""
    return value if isinstance(value, bool) else read_expr(value)


FLAG = Reads(read_flag, {"type": "boolean"})
EXPR = Reads(read_expr, "Expr")
WORD = Reads(read_word, "Word")
TARGET = Reads(read_target, "Target")
VALUES = Reads.entries(read_field_key, "Path", read_value, "Value")
LITERALS = Reads.entries(read_field_key, "Path", read_plain, "Plain")
TEXT = Reads(read_text, "Text")
WORDS = Reads.many(read_word, "Word")
NAMES = Reads.many(read_reference, "Id", bare=True)
EXPRS = Reads.many(read_expr, "Expr", bare=True)
PHRASE = Reads(read_phrase, "Phrase")
TIME = Reads(read_time, "Time")
