"""Maps and lists that cannot be changed: a definition is a value, which several may hold at once.

They compare, print and are written like the dicts and lists that they are; knows nothing of what is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Never, NoReturn, Self, TypeVar

K = TypeVar("K")
T = TypeVar("T")
_NAMES_OF_DICT = ("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update")
_NAMES_OF_LIST = ("__setitem__", "__delitem__", "__iadd__", "__imul__", "append", "clear", "extend", "insert", "pop",
                  "remove", "reverse", "sort")  # fmt: skip


def _refuse(self: object, *args: object, **keys: object) -> NoReturn:
    raise TypeError("a definition cannot be changed; make a changed copy of the part instead")


class FrozenDict(dict[K, T]):
    """A map of plain data, or of parts of a definition."""

    __setattr__ = __delattr__ = _refuse

    def __reduce__(self) -> tuple[object, ...]:
        return FrozenDict, (dict(self),)


class FrozenList(list[T]):
    """A list of plain data."""

    __setattr__ = __delattr__ = _refuse

    def __reduce__(self) -> tuple[object, ...]:
        return FrozenList, (list(self),)


for _name in _NAMES_OF_DICT:
    setattr(FrozenDict, _name, _refuse)
for _name in _NAMES_OF_LIST:
    setattr(FrozenList, _name, _refuse)


def frozen(value: object) -> object:
    """Plain data, as deep as they go (bounded where a definition begins), in maps and lists that cannot be changed."""
    if isinstance(value, dict):
        return FrozenDict({name: frozen(part) for name, part in value.items()})
    if isinstance(value, list):
        return FrozenList([frozen(part) for part in value])
    return value


NOTHING: Mapping[str, Never] = FrozenDict()


class Entries(FrozenDict[str, T]):
    """A map of names that an author chose, with the ``x-`` keys that stood among them."""

    extensions: Mapping[str, object]

    def __init__(
        self, items: Mapping[str, T] | Iterable[tuple[str, T]] = (), *, extensions: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(items)
        self.__dict__["extensions"] = frozen(dict(extensions)) if extensions else NOTHING

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, dict) and dict.__eq__(self, other)
        return same and self.extensions == getattr(other, "extensions", NOTHING)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return _entries, (dict(self), dict(self.extensions))


class Many(tuple[T, ...]):  # noqa: SLOT001  # a tuple of varying length cannot have slots
    """A list, or (``bare``) the one item that was written without a list around it.

    ``extensions`` are the ``x-`` keys of a list that was written as a map of ids.
    """

    bare: bool = False
    extensions: Mapping[str, object] = NOTHING

    __setattr__ = __delattr__ = _refuse

    @classmethod
    def of(cls, items: Iterable[T], *, bare: bool = False, extensions: Mapping[str, object] | None = None) -> Self:
        made = cls(items)
        if bare:
            made.__dict__["bare"] = True
        if extensions:
            made.__dict__["extensions"] = frozen(dict(extensions))
        return made


def _entries(items: dict[str, T], extensions: dict[str, object]) -> Entries[T]:
    return Entries(items, extensions=extensions)
