"""The smaller parts of a definition: roles, messages, phases, tables, items and what begins a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from sopflow.model._frozen import NOTHING, frozen
from sopflow.model._names import read_field_path, read_part_name, read_word
from sopflow.model._node import Node, Reads
from sopflow.model._problems import Problems, problem
from sopflow.model._text import Text
from sopflow.model._types import DataEntry, Field, leaves, read_entry
from sopflow.model._values import (
    EXPR,
    FLAG,
    LITERALS,
    NAMES,
    TEXT,
    TIME,
    WORD,
    WORDS,
    Expr,
    Plain,
    Time,
    number,
    one_of,
)

CALENDAR_KEYS = frozenset({"title", "country", "region", "days", "hours", "time-zone", "holidays", "workdays"})


class Role(Node):
    """Who does things; a bare text is its title."""

    what: ClassVar[tuple[str, str]] = ("a role", "角色")
    bare: ClassVar[str] = "title"

    title: Annotated[Text, TEXT]
    people: Annotated[tuple[str, ...], WORDS] = ()
    deputy: Annotated[str | None, WORD] = None
    cites: Annotated[tuple[str, ...], WORDS] = ()


class Source(Node):
    """A document that the SOP was written from; a bare text is its title."""

    what: ClassVar[tuple[str, str]] = ("a source", "来源")
    bare: ClassVar[str] = "title"

    title: Annotated[Text, TEXT]
    file: Annotated[str | None, WORD] = None
    link: Annotated[str | None, WORD] = None
    facts: Annotated[str | None, WORD] = None


class Message(Node):
    """A message that may come: its fields, and how long it is kept for somebody who waits.

    A map without ``is`` is the map of its fields.
    """

    what: ClassVar[tuple[str, str]] = ("a message", "消息")

    is_: Annotated[Mapping[str, DataEntry], Reads.entries(read_part_name, "Name", read_entry, "Entry")]
    title: Annotated[Text | None, TEXT] = None
    keep: Annotated[str | None, WORD] = None
    kept: Annotated[bool, FLAG] = True
    cites: Annotated[tuple[str, ...], WORDS] = ()

    @classmethod
    def lengthen(cls, value: object) -> object:
        """A map of fields in the long form."""
        return {"is": value} if isinstance(value, dict) and "is" not in value else value

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """A message that is not kept has no time to be kept."""
        if body.get("kept") is False and "keep" in body:
            problems.add("SOP152", "keep", at_key=True, one="kept: false", other="keep")

    @property
    def fields(self) -> dict[str, Field]:
        """Its fields by dotted path."""
        return leaves(self.is_)


class Phase(Node):
    """A band for the reader: a title and the days it spans, both ends in."""

    what: ClassVar[tuple[str, str]] = ("a phase", "阶段")
    bare: ClassVar[str] = "title"

    title: Annotated[Text, TEXT]
    from_: Annotated[Time | None, TIME] = None
    to: Annotated[Time | None, TIME] = None
    cites: Annotated[tuple[str, ...], WORDS] = ()


class Start(Node):
    """What begins runs: people, a pace, a message."""

    what: ClassVar[tuple[str, str]] = ("‘start’", "“start”")

    by: Annotated[tuple[str, ...], NAMES] = ()
    every: Annotated[str | None, WORD] = None
    from_: Annotated[Time | None, TIME] = None
    message: Annotated[str | None, WORD] = None
    match: Annotated[Mapping[str, Plain], LITERALS] = NOTHING
    overlap: Annotated[str, one_of("allow", "skip", "queue")] = "allow"
    cites: Annotated[tuple[str, ...], WORDS] = ()


class Item(Node):
    """An item of a checklist or a standard; a bare text is its text."""

    what: ClassVar[tuple[str, str]] = ("an item", "条目")
    bare: ClassVar[str] = "text"

    text: Annotated[Text, TEXT]
    if_: Annotated[Expr | None, EXPR] = None
    cites: Annotated[tuple[str, ...], WORDS] = ()


class Material(Item):
    """A file or a link that the step needs, or a text that names it."""

    what: ClassVar[tuple[str, str]] = ("a material", "材料")

    file: Annotated[str | None, WORD] = None
    link: Annotated[str | None, WORD] = None


class Escalation(Node):
    """At a time, somebody is told or gets the work."""

    what: ClassVar[tuple[str, str]] = ("an escalation", "升级")

    at: Annotated[Time, TIME]
    to: Annotated[tuple[str, ...], NAMES]
    do: Annotated[str, one_of("tell", "hand-over")] = "tell"
    cites: Annotated[tuple[str, ...], WORDS] = ()


class Retry(Node):
    """How often a handler that failed is tried again, after which wait, growing by which factor."""

    what: ClassVar[tuple[str, str]] = ("‘retry’", "“retry”")

    times: Annotated[int, number(1)]
    wait: Annotated[str | None, WORD] = None
    factor: Annotated[float, Reads(lambda value: _read_factor(value), {"type": "number", "minimum": 1})] = 1


class Row(Node):
    """A row of a table: a cell for each of ``columns`` and ``gives``; a bare list is its cells."""

    what: ClassVar[tuple[str, str]] = ("a row", "行")

    row: Annotated[tuple[Plain, ...], Reads.many(lambda value: _read_cell(value), "Cell")]
    cites: Annotated[tuple[str, ...], WORDS] = ()

    @classmethod
    def lengthen(cls, value: object) -> object:
        """A bare list in the long form."""
        return {"row": value} if isinstance(value, list) else value


class Table(Node):
    """A decision table: which fields it reads, which it gives, and its rows."""

    what: ClassVar[tuple[str, str]] = ("a table", "决策表")

    hit: Annotated[str, one_of("unique", "first", "any", "collect")] = "unique"
    columns: Annotated[tuple[str, ...], Reads.many(read_field_path, "Path")]
    gives: Annotated[tuple[str, ...], Reads.many(read_field_path, "Path")]
    rows: Annotated[tuple[Row, ...], Reads.many(Row.read, "Row")]
    cites: Annotated[tuple[str, ...], WORDS] = ()

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Each row has a cell for each column and each given field; nothing stands twice."""
        columns, gives, rows = body.get("columns"), body.get("gives"), body.get("rows")
        if not isinstance(columns, list) or not isinstance(gives, list):
            return
        names = [*columns, *gives]
        for index, name in enumerate(names):
            if isinstance(name, str) and name in names[:index] and name in (columns[:index] + gives[:index]):
                where = ("columns", index) if index < len(columns) else ("gives", index - len(columns))
                problems.add("SOP150", *where, name=name)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            cells = row.get("row") if isinstance(row, dict) else row
            if isinstance(cells, list) and len(cells) != len(names):
                where_row = ("rows", index, "row") if isinstance(row, dict) else ("rows", index)
                problems.add("SOP149", *where_row, number=len(cells), wanted=len(names))


def _read_cell(value: object) -> Plain:
    if value is None or isinstance(value, dict):
        raise problem("SOP110") if value is None else problem("SOP113")
    return frozen(value)  # type: ignore[return-value]


def _read_factor(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise problem("SOP115")
    if value < 1:
        raise problem("SOP118", least=1)
    return value


class Awaited(Node):
    """What a wait (or the end of adding items) waits for: a time, a message or a condition; exactly one."""

    what: ClassVar[tuple[str, str]] = ("what is waited for", "等待项")
    others: ClassVar[tuple[str, ...]] = ()

    at: Annotated[Time | None, TIME] = None
    message: Annotated[str | None, Reads(read_word, "Id")] = None
    match: Annotated[Mapping[str, Plain], LITERALS] = NOTHING
    when: Annotated[Expr | None, EXPR] = None

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """One of ``at``, ``message``, ``when``; ``match`` only with a message."""
        said = [name for name in ("at", "message", "when") if name in body]
        if not said:
            problems.add("SOP153", at_key=True, known="at, message, when")
        elif len(said) > 1:
            problems.add("SOP152", said[1], at_key=True, one=said[0], other=said[1])
        if "match" in body and "message" not in body:
            problems.add("SOP154", "match", at_key=True, key="match", needs="message")
