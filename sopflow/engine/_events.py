"""What happened: the facts that come from outside and that a history stores.

Every event carries ``at`` (an aware datetime, or None while a run knows no clock), ``by`` (a role or a person,
None for the system), ``key`` (makes repeating it harmless) and ``seq`` (its number in the history, given by
:func:`~sopflow.engine.step`). Openings are named by their ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events carry."""

    at: datetime | None = None
    by: str | None = None
    key: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The run began, with data and parameters by dotted path."""

    program: str
    data: Mapping[str, object] = field(default_factory=dict)
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone(Event):
    """Somebody completed an open step. ``ticks``: None stands for the whole checklist."""

    opening: int
    outcome: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    ticks: Sequence[int | str] | None = None
    evidence: Sequence[object] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """Somebody answered a question: about ``field``, or ("") the decision itself."""

    opening: int
    value: object
    field: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted(Event):
    """Somebody judged an approval: ``approved``, ``refused`` or ``changes``."""

    opening: int
    verdict: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked(Event):
    """Somebody ticked a line of the checklist, by number or text."""

    opening: int
    item: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassigned(Event):
    """An open step went to somebody else."""

    opening: int
    to: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEnded(Event):
    """The child run of a call ended."""

    opening: int
    outcome: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """A timer that was set came due."""

    opening: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCame(Event):
    """A declared message arrived."""

    name: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet(Event):
    """Somebody set or corrected data, by dotted path."""

    changes: Mapping[str, object]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Event):
    """Somebody passed over an open step, or chose its outcome in place of those who should have."""

    opening: int
    why: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Jumped(Event):
    """Somebody moved the token of an opening's region to another step of a region that is open above it."""

    opening: int
    to: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried(Event):
    """Somebody asked for another try at a step that stands at an incident."""

    opening: int
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended(Event):
    """The run stands still until it is resumed."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The run goes on."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Event):
    """An opening (or, with None, the run) was called off."""

    opening: int | None = None
    why: str = ""
