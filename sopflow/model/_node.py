"""The base of every model: a frozen map with known keys, ``x-`` keys beside them, and maybe a short form.

Each field says by ``Reads(function)`` how its plain data become a value; pydantic gives aliases, required
keys, immutability, the JSON Schema, and errors with their paths. Knows nothing of SOPs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
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
from sopflow.model._frozen import NOTHING, Entries, Many, frozen
from sopflow.model._problems import Problems, near, problem
from sopflow.model._text import is_language

T = TypeVar("T")
N = TypeVar("N", bound="Node")
Schema = dict[str, object]
EXTENSIONS = " extensions"  # no key that anybody could write
REF = "x-ref"  # a reference to a shared definition, resolved when the JSON Schema is put together


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
            partial(read_many, item, bare=bare, empty=empty),
            {"anyOf": [{REF: schema}, array]} if bare else array,
        )

    @classmethod
    def entries(
        cls, name: Callable[[object], object], names: str, item: Callable[[object], object], schema: str
    ) -> Reads:
        """A map of names that the author chooses; ``names`` and ``schema`` are those of its keys and values."""
        return cls(partial(read_entries, name, item), map_schema(names, schema))

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
    """``value`` as it is: what was read already."""
    return value


class Node(BaseModel):
    """A map with known keys.

    Class-level facts: ``what`` names the thing in diagnostics (English, Chinese); ``bare`` is the key that
    a bare text stands for, if a bare text may stand for the whole, ``written_first`` the
    attributes that are written before the others.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=as_key, arbitrary_types_allowed=True, defer_build=True
    )

    what: ClassVar[tuple[str, str]] = ("this map", "此处")
    bare: ClassVar[str] = ""
    written_first: ClassVar[tuple[str, ...]] = ()

    extensions: Annotated[Mapping[str, object], Reads(frozen, {})] = Option(default=NOTHING, alias=EXTENSIONS)

    _short: bool = PrivateAttr(default=False)

    @property
    def is_short(self) -> bool:
        """Whether it was written in its short form."""
        private = self.__pydantic_private__  # as `self._short`, which pydantic looks for in many places first
        return private is not None and private["_short"] is True

    @property
    def said(self) -> frozenset[str]:
        """The attributes of which something was said; the others have their defaults."""
        return frozenset(self.__pydantic_fields_set__)

    @property
    def model_fields_set(self) -> frozenset[str]:  # type: ignore[override]  # pydantic's can be changed
        """As :attr:`said`."""
        return self.said

    @classmethod
    def known_keys(cls) -> frozenset[str]:
        """The keys that may be written here, ``x-`` ones aside."""
        return facts_of(cls).known

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """The keys that must be written."""
        return facts_of(cls).required

    @classmethod
    def lengthen(cls, value: object) -> object:
        """The long form of ``value``; ``value`` itself if it is no short form."""
        if not cls.bare:
            return value
        if isinstance(value, str):
            return {cls.bare: value}
        if isinstance(value, dict):
            if value.keys() & cls.known_keys() or not any(is_language(name) for name in value):
                return value
        elif value is None or isinstance(value, list):
            return value
        return {cls.bare: value}

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Rules between keys, on the plain data, so that they are judged beside faults in the values."""

    @classmethod
    def read(cls, value: object) -> Self:
        """As ``model_validate``, a few times as quick; what is wrong may come as one bare ``problem`` too."""
        if isinstance(value, cls):
            return value
        facts = facts_of(cls)
        readers = facts.readers
        if not readers:
            return cls.model_validate(value)
        long = cls.lengthen(value)
        problems = Problems()
        body = cls._looked_over(long, facts, problems)
        values = dict(facts.defaults)
        said = set()
        for key, item in body.items():
            name, read = readers[key]
            said.add(name)
            try:
                values[name] = read(item)
            except ValueError as error:
                problems.caught(error, key)
        if problems.found:
            problems.stop()
        for name in facts.late:
            if name not in said:
                values[name] = cls.model_fields[name].get_default(call_default_factory=True, validated_data=values)
        node = cls.__new__(cls)
        put = object.__setattr__  # the class is frozen; these four are what pydantic's `model_construct` sets
        put(node, "__dict__", values)
        put(node, "__pydantic_fields_set__", said)
        put(node, "__pydantic_extra__", None)
        put(node, "__pydantic_private__", {**facts.private, "_short": long is not value})
        return node

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """The way in that pydantic offers, ``__init__`` included: there it builds the node itself."""
        if isinstance(value, cls):
            return value
        long = cls.lengthen(value)
        problems = Problems()
        body = cls._looked_over(long, facts_of(cls), problems)
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
    def _looked_over(cls, written: object, facts: Facts, problems: Problems) -> Mapping[str, object]:
        """What is to be read of ``written``, whose keys have been judged."""
        if not isinstance(written, dict):
            written = as_map(written)
        body = written
        empty = None in written.values()
        if empty or not facts.known.issuperset(written):
            body = cls._sorted_out(written, problems)
        for name in facts.required:
            if name not in written:
                cls.missing(name, problems)
        if facts.has_rules:
            cls.check(written if empty else body, problems)
        return body

    @classmethod
    def _sorted_out(cls, written: Mapping[str, object], problems: Problems) -> dict[str, object]:
        """What is known of ``written``, with the ``x-`` keys put together; the rest is a problem each."""
        body: dict[str, object] = {}
        extensions: dict[str, object] = {}
        known = facts_of(cls).known
        for name, item in written.items():
            if name in known:
                if item is None:
                    problems.add("SOP110", name, at_key=True)
                else:
                    body[name] = item
            elif isinstance(name, str) and name.startswith("x-"):
                extensions[name] = item
            else:
                cls.unknown(name, problems)
        if extensions:
            body[EXTENSIONS] = extensions
        return body

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


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a class of nodes; worked out once, for each map that is read asks.

    ``known`` are the keys that may be written, ``required`` those that must be, ``keys`` the key of each attribute.
    ``readers`` gives the attribute of a key and how its value is read; it is empty where fields are left to
    pydantic, as another package's may be. ``late`` are the attributes whose default depends on the others;
    ``has_rules`` says whether there are rules between keys, ``order`` numbers the attributes as they are written.
    """

    known: frozenset[str]
    required: tuple[str, ...]
    keys: Mapping[str, str]
    readers: Mapping[str, tuple[str, Callable[[object], object]]]
    defaults: Mapping[str, object]
    private: Mapping[str, object]
    late: tuple[str, ...]
    has_rules: bool
    order: Mapping[str, int]


@cache
def facts_of(cls: type[Node]) -> Facts:
    """The facts of ``cls``."""
    fields = cls.model_fields
    keys = {name: field.alias or name for name, field in fields.items()}
    reads = {name: field.metadata[0] for name, field in fields.items() if field.metadata}
    ours = cls.__module__.startswith("sopflow.") and all(isinstance(reads.get(name), Reads) for name in fields)
    order = dict.fromkeys((*cls.written_first, *fields))
    return Facts(
        frozenset(key for key in keys.values() if not key.startswith(" ")),
        tuple(keys[name] for name, field in fields.items() if field.is_required()),
        keys,
        {keys[name]: (name, reads[name].function) for name in fields} if ours else {},
        {
            name: None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
            for name, field in fields.items()
        },
        {name: private.get_default() for name, private in cls.__private_attributes__.items()},
        tuple(name for name, field in fields.items() if field.default_factory_takes_validated_data),
        next(base for base in cls.__mro__ if "check" in vars(base)) is not Node,
        {name: at for at, name in enumerate(order)},
    )


def read_many(item: Callable[[object], T], value: object, *, bare: bool = False, empty: bool = False) -> Many[T]:
    """A list, each item by ``item``; ``bare``: one item may stand without its list."""
    if not isinstance(value, (list, tuple)):
        if bare and value is not None:
            return Many.of((item(value),), bare=True)
        raise problem("SOP111") if value is not None else problem("SOP110")
    if not value and not empty:
        raise problem("SOP116")
    problems = Problems()
    items: list[T] = []
    for index, part in enumerate(value):
        try:
            items.append(item(part))
        except ValueError as error:
            problems.caught(error, index)
    if problems.found:
        problems.stop()
    return Many(items)


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
        try:
            entries[label] = item(part)
        except ValueError as error:
            problems.caught(error, str(label))
    problems.stop()
    return Entries(entries, extensions=extensions)
