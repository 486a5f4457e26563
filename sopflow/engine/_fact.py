"""How events, effects and notes are made: slotted classes that nobody changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def fact(kind: type[T]) -> type[T]:
    """A class of facts: fields by position, compared by value.

    Frozen to type checkers. Not at run time: Python makes an object that is frozen there in three times the time of
    one that is not, and the engine makes half a dozen for each event.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def named_fact(kind: type[T]) -> type[T]:
    """A class of facts whose fields are given by name."""
    return dataclass(slots=True, unsafe_hash=True, kw_only=True)(kind)
