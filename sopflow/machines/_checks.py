"""What a transition asks of the data, and what it writes: the lines of a script, in the order the engine met them.

A script is found by exploring (``_explore.py``) and played on an embedder's data (``_machine.py``). A line knows a
view of data; it does not know whose data they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from sopflow.engine import View
from sopflow.expr import UNKNOWN, Expression
from sopflow.program import Cases, Literal, Value


@dataclass(frozen=True, slots=True)
class Judged:
    """The expression gives ``answer``: True, False or UNKNOWN.

    ``items`` are the items of the for-eaches around, and what the state knows of the history. ``reads`` is the name
    under which the expression may read what the trigger told: ``message``, or "" for not at all.
    """

    expression: Expression
    answer: object
    items: Mapping[str, object] = field(default_factory=dict)
    reads: str = ""

    def holds(self, view: View, told: Mapping[str, object]) -> bool:
        """Whether the data give this answer."""
        view.locals = seen(self.items, self.reads, told)
        return self.expression.evaluate(view) is self.answer

    def __str__(self) -> str:
        if self.answer is True:
            return self.expression.text
        return f"unknown: {self.expression.text}" if self.answer is UNKNOWN else f"not ({self.expression.text})"


@dataclass(frozen=True, slots=True)
class Lacks:
    """An expression without a value lacks just these fields."""

    expression: Expression
    fields: frozenset[str]
    items: Mapping[str, object] = field(default_factory=dict)

    def holds(self, view: View, told: Mapping[str, object]) -> bool:
        """Whether these are the fields whose values are missing."""
        view.locals = self.items
        return frozenset(view.unknown_fields(self.expression)) == self.fields

    def __str__(self) -> str:
        return f"unknown: {', '.join(sorted(self.fields))}"


@dataclass(frozen=True, slots=True)
class Holds:
    """A field has just this value; UNKNOWN: none."""

    path: str
    value: object

    def holds(self, view: View, told: Mapping[str, object]) -> bool:
        """Whether the field has the value."""
        try:
            return bool(view[self.path] == self.value) if self.value is not UNKNOWN else view[self.path] is UNKNOWN
        except KeyError:
            return self.value is UNKNOWN

    def __str__(self) -> str:
        match self.value:
            case True:
                return self.path
            case False:
                return f"not {self.path}"
            case _ if self.value is UNKNOWN:
                return f"unknown: {self.path}"
            case value:
                return f"{self.path} = {value}"


@dataclass(frozen=True, slots=True)
class Known:
    """A field has a value, or has none."""

    path: str
    known: bool

    def holds(self, view: View, told: Mapping[str, object]) -> bool:
        """Whether the field is as known as that."""
        try:
            return (view[self.path] is not UNKNOWN) is self.known
        except KeyError:
            return not self.known

    def __str__(self) -> str:
        return f"known: {self.path}" if self.known else f"unknown: {self.path}"


@dataclass(frozen=True, slots=True)
class Tells:
    """The trigger's own data name a field, or do not: writing an old value again is an answer, too."""

    path: str
    tells: bool

    def holds(self, view: View, told: Mapping[str, object]) -> bool:
        """Whether the trigger told the field."""
        return (self.path in told) is self.tells

    def __str__(self) -> str:
        return f"told: {self.path}" if self.tells else f"not told: {self.path}"


@dataclass(frozen=True, slots=True)
class Fits:
    """A field of the message that the trigger brings has the value that is waited for, or has not (``match``)."""

    path: str
    value: Value
    fits: bool
    items: Mapping[str, object] = field(default_factory=dict)

    def holds(self, view: View, told: Mapping[str, object]) -> bool:
        """Whether the message is the one, or is not."""
        view.locals = self.items
        return (told.get(self.path) == value_of(self.value, view)) is self.fits

    def __str__(self) -> str:
        value = self.value.value if isinstance(self.value, Literal) else getattr(self.value, "text", "…")
        return f"message.{self.path} {'=' if self.fits else '≠'} {value}"


Check = Judged | Lacks | Holds | Known | Tells | Fits


@dataclass(frozen=True, slots=True)
class Assign:
    """A field becomes a value that is computed from the data as they are at that moment.

    ``items`` as for :class:`Judged`; ``reads`` is the name under which the value may read what the trigger told:
    ``message``, ``result``, or "" for not at all.
    """

    path: str
    value: Value
    items: Mapping[str, object] = field(default_factory=dict)
    reads: str = ""


Line = Check | Assign
Script = tuple[Line, ...]


def seen(items: Mapping[str, object], reads: str, told: Mapping[str, object]) -> dict[str, object]:
    """What an expression sees besides data: the items around it, and what the trigger told."""
    return {**items, **{f"{reads}.{name}": value for name, value in told.items() if reads}}


def value_of(value: Value, view: View) -> object:
    """The value of a literal, an expression or cases."""
    while isinstance(value, Cases):
        for case in value.cases:
            held = True if case.when is None else case.when.evaluate(view)
            if held is True:
                value = cast("Value", case.then)
                break
            if held is not False:
                return held
        else:
            return UNKNOWN
    return value.value if isinstance(value, Literal) else value.evaluate(view)
