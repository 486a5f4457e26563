"""How events, effects and notes are made: slotted classes that nobody changes.

Frozen to type checkers. Not at run time: there Python makes a frozen object in three times the time of another one, and
the engine makes half a dozen for each event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def fact(kind: type[T]) -> type[T]:
    """A class of facts: fields by position, compared by value."""
    return dataclass(slots=True, unsafe_hash=True)(kind)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def common(kind: type[T]) -> type[T]:
    """The base of a family of facts, whose fields all of them have, after their own. It is never made itself."""
    return kind


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(kind: type[T]) -> type[T]:
    """A class of events: its own fields, then the common ones.

    They are given by name; type checkers see to it. Python takes fields that may also stand by position in less than
    half the time, and so that is what the class has.
    """
    kind.__annotations__ |= kind.__mro__[1].__annotations__
    return dataclass(slots=True, unsafe_hash=True)(kind)
