"""The values that Python has no type of its own for: unknown, failure, unsigned numbers, types as values.

Knows no expressions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NoReturn, final

from sopflow.errors import Problem

__all__ = ["UNKNOWN", "Failure", "Fault", "TypeValue", "UInt", "Unknown", "shown"]


@final
class Unknown:
    """The one value of "nobody has said it yet". Test it with ``is``; it has no truth value."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("UNKNOWN is neither true nor false: test for it with 'is UNKNOWN'")

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@final
@dataclass(frozen=True, slots=True)
class Failure:
    """An evaluation that went wrong; it has no truth value.

    ``text`` says in English what happened, ``problem`` the same as a code of the catalogue, whose words exist
    in every language.
    """

    text: str
    problem: Problem | None = field(default=None, compare=False)

    def __bool__(self) -> NoReturn:
        raise TypeError(f"a Failure is neither true nor false: {self.text}")

    def __str__(self) -> str:
        return self.text


class Fault(Exception):
    """Raised inside an evaluation for what becomes a :class:`Failure`; never leaves this package."""

    def __init__(self, code: str, **fields: object) -> None:
        self.problem = Problem(code, fields=fields)
        super().__init__(code, fields)

    def failure(self) -> Failure:
        """The value that the evaluation gives."""
        return Failure(str(self.problem), self.problem)


def shown(value: object) -> str:
    """``value`` in a message: short, whatever its size."""
    if isinstance(value, str | bytes):
        return str(value[:40]) + ("…" if len(value) > 40 else "")
    if isinstance(value, list | tuple | dict):
        return f"{type(value).__name__}({len(value)})"
    text = str(value) if not isinstance(value, int) or value.bit_length() < 200 else "…"
    return text[:40] + ("…" if len(text) > 40 else "")


class UInt(int):
    """An unsigned 64-bit number (``7u``); equal to the int of the same size, but of another type."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{int(self)}u"


@final
@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type as a value: what ``type(1)`` and the bare word ``int`` give."""

    name: str

    def __str__(self) -> str:
        return self.name
