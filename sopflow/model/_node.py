"""The base of every model: a frozen map with known keys, ``x-`` keys beside them, and maybe a short form.

Each field says by ``Reads(function)`` how its plain data become a value; pydantic gives aliases, required
keys, immutability, the JSON Schema, and the collection of all errors with their paths. Knows nothing of SOPs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Annotated, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic import Field as Option
from pydantic_core import CoreSchema, core_schema

from sopflow.errors import nearest
from sopflow.model._problems import Problems, near, problem
from sopflow.model._text import is_language

T = TypeVar("T")
Schema = dict[str, object]
REF = "x-ref"  # a reference to a shared definition, resolved when the JSON Schema is put together


class Entries(dict[str, T]):
    """A map of names that an author chose, with the ``x-`` keys that stood among them."""

    extensions: dict[str, object]

    def __init__(
        self, items: Mapping[str, T] | Iterable[tuple[str, T]] = (), *, extensions: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(items)
        self.extensions = dict(extensions or {})

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, dict) and dict.__eq__(self, other)
        return same and self.extensions == getattr(other, "extensions", {})

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __reduce__(self) -> tuple[object, ...]:
        return _entries, (dict(self), self.extensions)


class Many(tuple[T, ...]):  # noqa: SLOT001  # a tuple of varying length cannot have slots
    """A list, or (``bare``) the one item that was written without a list around it.

    ``extensions`` are the ``x-`` keys of a list that was written as a map of ids.
    """

    bare: bool = False
    extensions: Mapping[str, object] = {}

    @classmethod
    def of(cls, items: Iterable[T], *, bare: bool = False, extensions: Mapping[str, object] | None = None) -> Self:
        made = cls(items)
        if bare:
            made.bare = True
        if extensions:
            made.extensions = dict(extensions)
        return made


def _entries(items: dict[str, T], extensions: dict[str, object]) -> Entries[T]:
    return Entries(items, extensions=extensions)


class Reads:
    """Says how a field is read: ``Annotated[Text, Reads(read_text, "Text")]``.

    ``schema`` is the JSON Schema of what may be written: a schema, or the name of a shared one.
    """

    def __init__(self, function: Callable[[object], object], schema: str | Schema) -> None:
        self.function = function
        self.schema: Schema = {REF: schema} if isinstance(schema, str) else schema

    @classmethod
    def many(cls, item: Callable[[object], object], schema: str, *, bare: bool = False, empty: bool = False) -> Reads:
        """A list of items; ``bare``: one may stand without its list; ``empty``: none will do."""
        array: Schema = {"type": "array", "items": {REF: schema}, "minItems": 0 if empty else 1}
        return cls(
            lambda value: read_many(item, value, bare=bare, empty=empty),
            {"anyOf": [{REF: schema}, array]} if bare else array,
        )

    @classmethod
    def entries(
        cls, name: Callable[[object], object], names: str, item: Callable[[object], object], schema: str
    ) -> Reads:
        """A map of names that the author chooses; ``names`` and ``schema`` are those of its keys and values."""
        return cls(
            lambda value: read_entries(name, item, value),
            map_schema(names, schema),
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.function)


def map_schema(names: str, values: str) -> Schema:
    """The JSON Schema of a map whose keys the author chooses."""
    return {
        "type": "object",
        "propertyNames": {REF: names},
        "patternProperties": {"^x-": True},
        "additionalProperties": {REF: values},
    }


def as_key(name: str) -> str:
    """The key of an attribute: ``for_each`` is written ``for-each``, ``if_`` is written ``if``."""
    return name.rstrip("_").replace("_", "-")


def as_map(value: object) -> dict[str, object]:
    """``value`` as a map, or a problem."""
    if isinstance(value, dict):
        return value
    raise problem("SOP112") if value is not None else problem("SOP110")


def keep(value: object) -> object:
    """``value`` as it is: for ``x-`` keys."""
    return value


class Node(BaseModel):
    """A map with known keys.

    Class-level facts: ``what`` names the thing in diagnostics (English, Chinese); ``bare`` is the key that
    a bare text stands for, if a bare text may stand for the whole, ``written_first`` the
    attributes that are written before the others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=as_key, arbitrary_types_allowed=True)

    what: ClassVar[tuple[str, str]] = ("this map", "此处")
    bare: ClassVar[str] = ""
    written_first: ClassVar[tuple[str, ...]] = ()

    extensions: Annotated[Mapping[str, object], Reads(keep, {})] = Option(default_factory=dict, alias=" extensions")

    _short: bool = PrivateAttr(default=False)

    @property
    def is_short(self) -> bool:
        """Whether it was written in its short form."""
        return self._short

    @classmethod
    def known_keys(cls) -> frozenset[str]:
        """The keys that may be written here, ``x-`` ones aside."""
        return _facts(cls)[0]

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """The keys that must be written."""
        return _facts(cls)[1]

    @classmethod
    def lengthen(cls, value: object) -> object:
        """The long form of ``value``; ``value`` itself if it is no short form."""
        if not cls.bare:
            return value
        if isinstance(value, dict):
            if value.keys() & cls.known_keys() or not any(is_language(name) for name in value):
                return value
        elif value is None or isinstance(value, list):
            return value
        return {cls.bare: value}

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Rules between keys, on the plain data, so that they are judged beside faults in the values."""

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, cls):
            return value
        long = cls.lengthen(value)
        written = as_map(long)
        problems = Problems()
        body: dict[str, object] = {}
        extensions: dict[str, object] = {}
        known, required = _facts(cls)
        empty = False
        for name, item in written.items():
            if name in known:
                if item is None:
                    problems.add("SOP110", name, at_key=True)
                    empty = True
                else:
                    body[name] = item
            elif isinstance(name, str) and name.startswith("x-"):
                extensions[name] = item
            else:
                cls.unknown(name, problems)
        for name in required:
            if name not in written:
                cls.missing(name, problems)
        if extensions:
            body[" extensions"] = extensions
        cls.check(written if empty else body, problems)
        try:
            node = handler(body)
        except ValidationError as error:
            problems.take(error)
            problems.stop()
            raise
        problems.stop()
        if long is not value:
            node._short = True
        return node

    @classmethod
    def unknown(cls, name: object, problems: Problems) -> None:
        """Report a key that is not known here."""
        close = nearest(str(name), cls.known_keys())
        en, zh = cls.what
        if close:
            problems.add("SOP101", str(name), at_key=True, key=name, what=en, what_zh=zh, nearest=close[0])
        else:
            known = near(name, cls.known_keys())
            problems.add("SOP102", str(name), at_key=True, key=name, what=en, what_zh=zh, known=known)

    @classmethod
    def missing(cls, name: str, problems: Problems) -> None:
        """Report a key that must be there."""
        en, zh = cls.what
        problems.add("SOP103", at_key=True, key=name, what=en, what_zh=zh)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return False
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)

    __hash__ = None  # type: ignore[assignment]


@cache
def defaults_of(cls: type[Node]) -> Mapping[str, object]:
    """The values of the attributes of which nothing is said."""
    fields = cls.model_fields.items()
    return {name: field.get_default(call_default_factory=True, validated_data={}) for name, field in fields}


@cache
def _facts(cls: type[Node]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The keys of ``cls`` and the required ones; worked out once, for each map that is read asks."""
    fields = {field.alias or name: field for name, field in cls.model_fields.items()}
    names = frozenset(name for name in fields if not name.startswith(" "))
    return names, tuple(name for name in fields if fields[name].is_required())


def read_many(item: Callable[[object], T], value: object, *, bare: bool = False, empty: bool = False) -> Many[T]:
    """A list, each item by ``item``; ``bare``: one item may stand without its list."""
    if not isinstance(value, (list, tuple)):
        if bare and value is not None:
            return Many.of((item(value),), bare=True)
        raise problem("SOP111") if value is not None else problem("SOP110")
    if not value and not empty:
        raise problem("SOP116")
    problems = Problems()
    items = [problems.read(item, part, index) for index, part in enumerate(value)]
    problems.stop()
    return Many.of(items)  # type: ignore[arg-type]  # no None is left where no problem is


def read_entries(name: Callable[[object], object], item: Callable[[object], T], value: object) -> Entries[T]:
    """A map of names that an author chose; ``name`` raises a problem for a bad one."""
    problems = Problems()
    entries: dict[str, T] = {}
    extensions: dict[str, object] = {}
    for label, part in as_map(value).items():
        if isinstance(label, str) and label.startswith("x-"):
            extensions[label] = part
            continue
        problems.read(name, label, str(label), at_key=True)
        entries[label] = problems.read(item, part, str(label))  # type: ignore[assignment]
    problems.stop()
    return Entries(entries, extensions=extensions)
