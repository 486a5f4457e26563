"""The types of data: what they are, how they are written, and which literals belong to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from sopflow.model._frozen import NOTHING
from sopflow.model._names import read_part_name, read_word
from sopflow.model._node import Node, Reads, as_map, read_entries
from sopflow.model._problems import Problems, near, problem
from sopflow.model._text import Text, read_text
from sopflow.model._values import TEXT, WORD, WORDS, Plain, one_of, read_plain

SCALARS = ("bool", "int", "decimal", "string", "text", "date", "time", "datetime", "duration", "link", "file", "person")
# Words that an enumeration may not hold: cells of tables and maps of ``next`` read them otherwise.
_NOT_VALUES = frozenset({"any", "unknown", "else"})
# What a run can take: a month or a working day is as long as the calendar makes it, so it is no duration of a field.
_SPAN = re.compile(r"\s*(\d{1,7}) (minute|hour|day|week)s?\s*", re.ASCII)
_MOST_LISTS = 8  # ``list of list of …``: deeper is no data that people fill in
_DEFAULTED = re.compile(r"\s+=(\s+|$)")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One of ``SCALARS``."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items are all of one type."""

    item: TypeExpr


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One of these words, lowest rank first as written."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A map with these fields."""

    fields: Mapping[str, Field]


TypeExpr: TypeAlias = Scalar | ListOf | Enumeration | Record


def read_type(value: object) -> TypeExpr:
    """A type as written: ``bool``, ``list of date``, ``[P0, P1]``, ``{name: string}``, ``[{name: string}]``."""
    match value:
        case Scalar() | ListOf() | Enumeration() | Record():
            return value
        case str():
            return _named(value)
        case list() if len(value) == 1 and isinstance(value[0], (dict, list)):
            problems = Problems()
            item = problems.read(read_type, value[0], 0)
            problems.stop()
            assert item is not None
            return ListOf(item)
        case list():
            return _enumeration(value)
        case dict():
            return Record(_record(value))
        case None:
            raise problem("SOP110")
        case _:
            raise problem("SOP140", name=value, known=near(value, SCALARS))


def _named(value: str) -> TypeExpr:
    word = value.strip()
    lists = 0
    while word.startswith("list of "):
        word = word.removeprefix("list of ").strip()
        lists += 1
    if word not in SCALARS or lists > _MOST_LISTS:
        raise problem("SOP140", name=value, known=near(word, SCALARS))
    made: TypeExpr = Scalar(word)
    for _ in range(lists):
        made = ListOf(made)
    return made


def _enumeration(value: list[object]) -> Enumeration:
    problems = Problems()
    if len(value) < 2:
        raise problem("SOP141", name=value[0] if value else "")
    seen: set[str] = set()
    for index, item in enumerate(value):
        if not isinstance(item, str) or not item.strip():
            problems.add("SOP142", index, value=item)
        elif item in _NOT_VALUES:
            problems.add("SOP132", index, name=item, known=near(item, _NOT_VALUES))
        elif item in seen:
            problems.add("SOP150", index, name=item)
        else:
            seen.add(item)
    problems.stop()
    return Enumeration(tuple(str(item) for item in value))


def _record(value: dict[str, object]) -> Mapping[str, Field]:
    if not value:
        raise problem("SOP116")
    return read_entries(read_part_name, Field.read, value)


class Field(Node):
    """One thing that a run knows: its type, and what people are told about it."""

    what: ClassVar[tuple[str, str]] = ("a field", "字段")

    is_: Annotated[TypeExpr, Reads(read_type, "Type")]
    title: Annotated[Text | None, TEXT] = None
    default: Annotated[Plain, Reads(read_plain, "Plain")] = None
    ask: Annotated[str | None, WORD] = None
    min: Annotated[Plain, Reads(read_plain, "Plain")] = None
    max: Annotated[Plain, Reads(read_plain, "Plain")] = None
    unit: Annotated[Text | None, TEXT] = None
    merge: Annotated[str | None, one_of("append", "max", "any", "all")] = None
    labels: Annotated[Mapping[str, Text], Reads.entries(read_word, "Word", read_text, "Text")] = NOTHING
    cites: Annotated[tuple[str, ...], WORDS] = ()

    @property
    def has_default(self) -> bool:
        """Whether a default was given."""
        return "default" in self.said

    @classmethod
    def lengthen(cls, value: object) -> object:
        """``TYPE``, ``TYPE = DEFAULT``, a list or a map of fields in their long form, which ``is`` marks."""
        match value:
            case str() if (found := _DEFAULTED.search(value)) is not None:
                name, default = value[: found.start()], value[found.end() :]
                return {"is": name, "default": _literal(name, default.strip())}
            case str() | list():
                return {"is": value}
            case dict() if "is" not in value:
                return {"is": value}
            case _:
                return value

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Default, limits, merge and labels fit the type."""
        try:
            made = read_type(body.get("is"))
        except ValueError:
            return  # said already, where the type is read
        if "default" in body:
            misfit(made, body["default"], problems, "default")
        for limit in ("min", "max"):
            if limit in body:
                misfit(made, body[limit], problems, limit)
        _check_limits(body, problems)
        merges = _merges(made)
        if body.get("merge") in ("append", "max", "any", "all") and body["merge"] not in merges:
            problems.add("SOP144", "merge", merge=body["merge"], type=show_type(made), known=", ".join(merges) or "-")
        labels = body.get("labels")
        if isinstance(made, Enumeration) and isinstance(labels, dict):
            for name in labels:
                if name not in made.values and not name.startswith("x-"):
                    problems.add("SOP145", "labels", name, at_key=True, name=name, known=near(name, made.values))


if TYPE_CHECKING:
    DataEntry: TypeAlias = Field | dict[str, "DataEntry"]
else:
    DataEntry = Field | dict


def read_entry(value: object) -> DataEntry:
    """One entry of data: a field, or a map of entries by name."""
    if isinstance(value, dict) and "is" not in value:
        return read_entries(read_part_name, read_entry, value)
    return Field.read(value)


def leaves(entries: Mapping[str, DataEntry], prefix: str = "") -> dict[str, Field]:
    """The fields of nested ``entries`` by their dotted path, in written order."""
    found: dict[str, Field] = {}
    for name, entry in entries.items():
        if isinstance(entry, Field):
            found[prefix + name] = entry
        else:
            found.update(leaves(entry, f"{prefix}{name}."))
    return found


def show_type(made: TypeExpr) -> str:
    """The type in a few words, for diagnostics."""
    match made:
        case Scalar(name):
            return name
        case Enumeration(values):
            return " | ".join(values)
        case ListOf(item):
            return f"list of {show_type(item)}"
        case Record(fields):
            return "{" + ", ".join(fields) + "}"


def misfit(made: TypeExpr, value: object, problems: Problems, *loc: str | int) -> None:
    """Report where a literal is not of the type; computed values (``= …``) are for the compiler."""
    if isinstance(value, str) and value.startswith("="):
        return
    match made:
        case ListOf(item) if isinstance(value, list):
            for index, part in enumerate(value):
                misfit(item, part, problems, *loc, index)
        case Record(fields) if isinstance(value, dict):
            for name, part in as_map(value).items():
                if name in fields:
                    misfit(fields[name].is_, part, problems, *loc, name)
                else:
                    problems.add(
                        "SOP101" if near(name, fields) else "SOP102",
                        *loc,
                        name,
                        at_key=True,
                        key=name,
                        what="this record",
                        what_zh="该记录",
                        nearest=near(name, fields).split(", ")[0],
                        known=near(name, fields),
                    )
        case Enumeration(values) if value not in values:
            problems.add("SOP146", *loc, value=value, known=near(value, values))
        case ListOf() | Record():
            problems.add("SOP143", *loc, value=show(value), type=show_type(made))
        case Scalar(name) if not _fits(name, value):
            problems.add("SOP143", *loc, value=show(value), type=name)


def show(value: object) -> str:
    """A literal, shortened for a diagnosis."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _fits(name: str, value: object) -> bool:
    match name:
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "decimal":
            return (isinstance(value, (int, float)) and not isinstance(value, bool)) or _is_number(value)
        case "date":
            return _parses(date.fromisoformat, value)
        case "time":
            return _parses(time.fromisoformat, value)
        case "datetime":
            return _parses(datetime.fromisoformat, value)
        case "duration":
            return isinstance(value, str) and _SPAN.fullmatch(value) is not None
        case _:
            return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None


def _parses(parse: object, value: object) -> bool:
    if not isinstance(value, str) or not callable(parse):
        return False
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _literal(name: str, text: str) -> Plain:
    """The default in ``TYPE = DEFAULT``: what the same word would be as a value of its own in YAML."""
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    match name.strip():
        case "bool" if text in ("true", "false"):
            return text == "true"
        case "int" if re.fullmatch(r"[-+]?\d{1,18}", text):
            return int(text)
        case "decimal" if re.fullmatch(r"[-+]?\d{1,15}", text):
            return int(text)
        case "decimal" if _is_number(text) and len(text) <= 16 and str(float(text)) == text:
            return float(text)
    return text


def _check_limits(body: Mapping[str, object], problems: Problems) -> None:
    least, most, default = body.get("min"), body.get("max"), body.get("default")
    if _exceeds(least, most):
        problems.add("SOP147", "min", least=least, most=most)
    if _exceeds(least, default) or _exceeds(default, most):
        problems.add(
            "SOP148", "default", value=default, least="" if least is None else least, most="" if most is None else most
        )


def _exceeds(one: object, other: object) -> bool:
    numbers = (int, float)
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, numbers) and isinstance(other, numbers):
        return one > other
    return False


def _merges(made: TypeExpr) -> tuple[str, ...]:
    match made:
        case ListOf():
            return ("append",)
        case Scalar("bool"):
            return ("any", "all")
        case Scalar("int" | "decimal" | "date" | "time" | "datetime" | "duration") | Enumeration():
            return ("max",)
        case _:
            return ()
