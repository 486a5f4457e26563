"""A whole definition: what stands at the top of an SOP, and what such a file can share with others."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Annotated, ClassVar, Protocol

from pydantic import Field as Option
from pydantic import PrivateAttr, model_serializer

from sopflow.errors import Place
from sopflow.model._frozen import NOTHING, Entries, FrozenDict, frozen
from sopflow.model._names import (
    read_field_name,
    read_field_path,
    read_id,
    read_kebab,
    read_message_id,
    read_word,
)
from sopflow.model._node import Node, Reads, as_map, facts_of
from sopflow.model._parts import CALENDAR_KEYS, Message, Phase, Role, Source, Start
from sopflow.model._plain import plain
from sopflow.model._problems import Problems, near, problem
from sopflow.model._step import ACCEPT, Handler, Step, read_handlers, read_steps
from sopflow.model._text import MEANT, Text, is_language
from sopflow.model._texts import texts
from sopflow.model._types import DataEntry, Field, leaves, read_entry
from sopflow.model._values import NAMES, TEXT, WORD, WORDS, Cases, Expr, Plain, read_derived

LANGUAGE = 1  # the version of the language that this library reads
MOST_NESTED = 64  # levels of plain data; some thirty blocks inside each other
PathToPart = tuple[str | int, ...]


class Places(Protocol):
    """Knows where each part of a definition stands; a document of ``sopflow.dsl`` is one."""

    def place(
        self, path: PathToPart = (), *, key: bool = False, start: int | None = None, end: int | None = None
    ) -> Place:
        """The place of the part at ``path``."""
        ...


def _read_language(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise problem("SOP115")
    if value != LANGUAGE:
        raise problem("SOP181", version=value, supported=LANGUAGE)
    return value


def _read_version(value: object) -> str:
    if isinstance(value, float):
        raise problem("SOP120", value=value)
    word = read_word(value)
    if not re.fullmatch(r"\d+(\.\d+){0,2}", word):
        raise problem("SOP182", version=word)
    return word


def _read_tag(value: object) -> str:
    word = read_word(value)
    if is_language(word):
        return word
    if word.lower() in MEANT:
        raise problem("SOP123", tag=word, nearest=MEANT[word.lower()])
    raise problem("SOP122", tag=word)


def _read_calendar(value: object) -> dict[str, Plain]:
    problems = Problems()
    written = as_map(value)
    for name in written:
        if name not in CALENDAR_KEYS and not str(name).startswith("x-"):
            problems.add(
                "SOP102",
                str(name),
                at_key=True,
                key=name,
                what="a calendar",
                what_zh="日历",
                known=near(name, CALENDAR_KEYS),
            )
    problems.stop()
    return frozen(written)  # type: ignore[return-value]  # a map as before


class Shared(Node):
    """What one definition can take from another by ``include``."""

    languages: Annotated[tuple[str, ...], Reads.many(_read_tag, "Language", bare=True)] = ()
    time_zone: Annotated[str, WORD] = "UTC"
    sources: Annotated[Mapping[str, Source], Reads.entries(read_kebab, "Id", Source.read, "Source")] = NOTHING
    anchors: Annotated[Mapping[str, str], Reads.entries(read_field_name, "Name", read_field_path, "Path")] = NOTHING
    roles: Annotated[Mapping[str, Role], Reads.entries(read_id, "Id", Role.read, "Role")] = NOTHING
    parameters: Annotated[Mapping[str, Field], Reads.entries(read_field_name, "Name", Field.read, "Field_")] = NOTHING
    data: Annotated[Mapping[str, DataEntry], Reads.entries(read_field_name, "Name", read_entry, "Entry")] = NOTHING
    derived: Annotated[Mapping[str, Expr | Cases], Reads.entries(read_field_name, "Name", read_derived, "Derived")] = (
        NOTHING
    )
    messages: Annotated[
        Mapping[str, Message],
        Reads.entries(read_message_id, "Id", Message.read, "Message"),
    ] = NOTHING
    phases: Annotated[Mapping[str, Phase], Reads.entries(read_id, "Id", Phase.read, "Phase")] = NOTHING
    calendars: Annotated[Mapping[str, dict[str, Plain]], Reads.entries(read_id, "Id", _read_calendar, "Calendar")] = (
        NOTHING
    )
    calendar: Annotated[str | None, Reads(read_kebab, "Id")] = None
    accept: Annotated[Mapping[str, str], ACCEPT] = NOTHING

    _leaves: tuple[object, dict[str, Field]] | None = PrivateAttr(default=None)

    @property
    def fields(self) -> dict[str, Field]:
        """The fields of ``data`` by dotted path, in written order; a list of records is one field."""
        if self._leaves is None or self._leaves[0] is not self.data:  # a changed copy has other data
            self._leaves = (self.data, FrozenDict(leaves(self.data)))
        return self._leaves[1]


class Library(Shared):
    """A file that others include: no steps, and it need not be an SOP itself."""

    what: ClassVar[tuple[str, str]] = ("an included file", "被引用的文件")

    sopflow: Annotated[int, Reads(_read_language, {"const": LANGUAGE})]
    id: Annotated[str | None, Reads(read_kebab, "Id")] = None
    version: Annotated[str | None, Reads(_read_version, "Version")] = None
    title: Annotated[Text | None, TEXT] = None
    include: Annotated[tuple[str, ...], NAMES] = ()
    note: Annotated[Text | None, TEXT] = None
    cites: Annotated[tuple[str, ...], WORDS] = ()


class Sop(Shared):
    """A standard operating procedure, as defined. Immutable; equal if everything that was said is equal."""

    what: ClassVar[tuple[str, str]] = ("an SOP", "SOP")
    written_first: ClassVar[tuple[str, ...]] = ("sopflow", "id", "version", "title", "languages", "include")

    sopflow: Annotated[int, Reads(_read_language, {"const": LANGUAGE})]
    id: Annotated[str, Reads(read_kebab, "Id")]
    version: Annotated[str, Reads(_read_version, "Version")] = "0.0.0"
    title: Annotated[Text, TEXT] = Option(default_factory=lambda data: Text(data.get("id", "")))
    include: Annotated[tuple[str, ...], NAMES] = ()
    start: Annotated[Start | None, Reads(Start.read, "Start")] = None
    inputs: Annotated[tuple[str, ...], Reads.many(read_field_path, "Path", empty=True)] = ()
    outputs: Annotated[tuple[str, ...], Reads.many(read_field_path, "Path", empty=True)] = ()
    cites: Annotated[tuple[str, ...], WORDS] = ()
    note: Annotated[Text | None, TEXT] = None
    inferred: Annotated[Text | None, TEXT] = None
    on: Annotated[Mapping[str, Handler], Reads(read_handlers, "Handlers")] = NOTHING
    steps: Annotated[tuple[Step, ...], Reads(read_steps, "Steps")]

    _places: Places | None = PrivateAttr(default=None)
    _included: Mapping[PathToPart, tuple[object, Places]] = PrivateAttr(default=FrozenDict())
    _origin: Path | None = PrivateAttr(default=None)

    @classmethod
    def lengthen(cls, value: object) -> object:
        """Nothing is short here; data that are nested too deeply are refused before anything follows them."""
        if nested_too_deeply(value):
            raise problem("SOP180", most=MOST_NESTED)
        return value

    @property
    def name(self) -> str:
        """``folder/id``, or the id alone for a definition without a folder."""
        return f"{self._origin.name}/{self.id}" if self._origin is not None and self._origin.name else self.id

    @property
    def origin(self) -> Path | None:
        """The folder that it was loaded from."""
        return self._origin

    def texts(self) -> dict[PathToPart, Text]:
        """Every text by its path, as written: ``("steps", "review", "task")``."""
        return texts(self)

    def place(
        self, path: PathToPart = (), *, key: bool = False, start: int | None = None, end: int | None = None
    ) -> Place | None:
        """Where a part stands, in this file or in one that it includes; None if it came from no file.

        ``path`` holds keys and positions, a step's id in place of either; ``key``: the place of the key, not
        of its value; ``start``, ``end``: offsets into the text there.
        """
        places = self._places
        for size in range(1, len(path) + 1 if self._included else 0):
            if path[:size] in self._included:
                places = self._included[path[:size]][1]
        return places.place(path, key=key, start=start, end=end) if places is not None else None

    def content_hash(self) -> str:
        """The SHA-256, in hex, of what the definition says: without ``x-`` keys, notation, file or places.

        Two notations of one definition have one hash, and so have short and long forms of one thing.
        """
        said = {name: getattr(self, name) for name in type(self).model_fields if name not in ("extensions", "include")}
        canonical = plain(said, steps="list", extensions=False, short=False)
        text = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def written(self) -> Sop:
        """The definition as its own file says it: without what came in by ``include``."""
        if not self._included:
            return self
        update: dict[str, object] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if (name,) in self._included and self._included[name,][0] is value:
                update[name] = facts_of(type(self)).defaults[name]
            elif isinstance(value, Mapping) and any(path[0] == name for path in self._included):
                update[name] = _without(value, (name,), self._included)
        own = self.model_copy(update=update)
        own._included = FrozenDict()
        own.__pydantic_fields_set__.difference_update(
            name for name, value in update.items() if not value or (name,) in self._included
        )
        return own

    @model_serializer(mode="plain")
    def _dump(self) -> object:
        return plain(self.written())


def _without(
    entries: Mapping[str, object], path: PathToPart, included: Mapping[PathToPart, tuple[object, Places]]
) -> Entries[object]:
    """``entries`` less those that were included and are still what they were."""
    kept: dict[str, object] = {}
    for name, entry in entries.items():
        here = (*path, name)
        if here in included and included[here][0] is entry:
            continue
        if isinstance(entry, Entries) and any(other[: len(here)] == here for other in included):
            kept[name] = _without(entry, here, included)
        else:
            kept[name] = entry
    return Entries(kept, extensions=getattr(entries, "extensions", {}))


def nested_too_deeply(value: object) -> bool:
    """Whether plain data go deeper than ``MOST_NESTED`` levels; walks level by level, without recursion."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MOST_NESTED):
        inside = chain.from_iterable(part.values() if isinstance(part, dict) else part for part in level)
        level = [inner for inner in inside if isinstance(inner, (dict, list))]
        if not level:
            return False
    return True
