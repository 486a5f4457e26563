"""Registered handlers: what a callable is told of a step that it shall do, and what its answer means.

Knows no run but the one that it is told of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sopflow.runtime._run import Run


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler is told: its name, what ``with`` gives it, which attempt this is, the step's path, the run.

    One call may come twice, with the same attempt, where the input that led to it was refused in the end.
    """

    name: str
    input: Mapping[str, object]
    attempt: int
    step: str
    run: Run = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What a handler may give back: the outcome (None: the ordinary one), data by field, and its result.

    The step's ``set`` reads the result: ``set: {letter.sent: = result.ok}``.
    """

    outcome: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    result: Mapping[str, object] = field(default_factory=dict)


#: What does a step that says ``run: NAME``. It gives back None, its result as a map, or something like a Result.
Handler: TypeAlias = Callable[[Call], object]


def call(handler: Handler, told: Call) -> Result | str:
    """What the handler gave back, or what went wrong in plain words. An exception of the handler's is its failure."""
    try:
        given = handler(told)
    except Exception as error:  # noqa: BLE001  # whatever a handler raises, the run goes on
        return f"{type(error).__name__}: {error}".rstrip(": ")
    if given is None:
        return Result()
    if isinstance(given, Mapping):
        return Result(result=given)
    if not any(hasattr(given, name) for name in ("outcome", "data", "result")):
        return f"gave back {type(given).__name__}, which is neither a result nor an outcome"
    outcome, *maps = (getattr(given, name, None) for name in ("outcome", "data", "result"))
    if not isinstance(outcome, str | None) or not all(isinstance(one, Mapping | None) for one in maps):
        return f"gave back {type(given).__name__}, whose outcome is no text or whose data are no map"
    return Result(outcome, *(one or {} for one in maps))
