"""What happened: the facts that come from outside and that a history stores.

Every event carries ``at`` (an aware datetime, or None while a run knows no clock), ``by`` (a role or a person,
None for the system), ``key`` (makes repeating it harmless) and ``seq`` (its number in the history, given by
:func:`~sopflow.engine.step`). Openings are named by their ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sopflow.engine._fact import Fact


class _Nothing(dict[str, object]):
    """No data: one and the same for all events that have none."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # nobody changes it


NOTHING: Mapping[str, object] = _Nothing()
NO_STEPS: Mapping[str, str] = MappingProxyType({})


class Event(Fact, frozen=True, kw_only=True):
    """What all events carry. Nothing is an event only: each is one of the kinds below."""

    at: datetime | None = None
    by: str | None = None
    key: str = ""
    seq: int = 0


class Started(Event, frozen=True):
    """The run began, with data and parameters by dotted path."""

    program: str
    data: Mapping[str, object] = NOTHING
    depth: int = 0


class StepDone(Event, frozen=True):
    """Somebody completed an open step. ``ticks``: None stands for the whole checklist.

    ``seen`` is the number of the last event that whoever did it knew of: a field of theirs that was written since is
    a reason to refuse. ``result`` is what a registered handler gave back, which the step's ``set`` may read.
    """

    opening: int
    outcome: str | None = None
    data: Mapping[str, object] = NOTHING
    ticks: Sequence[int | str] | None = None
    evidence: Sequence[object] = ()
    seen: int | None = None
    result: Mapping[str, object] = NOTHING


class Answered(Event, frozen=True):
    """Somebody answered a question: about ``field``, or ("") the decision itself."""

    opening: int
    value: object
    field: str = ""
    assumed: bool = False


class Voted(Event, frozen=True):
    """Somebody judged an approval: ``approved``, ``refused`` or ``changes``.

    Who approves hands in what the step's form, checklist and evidence ask for, as with :class:`StepDone`.
    """

    opening: int
    verdict: str
    why: str = ""
    data: Mapping[str, object] = NOTHING
    ticks: Sequence[int | str] | None = None
    evidence: Sequence[object] = ()


class Ticked(Event, frozen=True):
    """Somebody ticked a line of the checklist, by number or text."""

    opening: int
    item: int | str


class Claimed(Event, frozen=True):
    """Somebody took an open step for themselves (``to``), or gave it back ("")."""

    opening: int
    to: str = ""


class Reassigned(Event, frozen=True):
    """An open step went to somebody else."""

    opening: int
    to: str
    why: str = ""


class HandlerFailed(Event, frozen=True):
    """An attempt of a registered handler failed; its success is :class:`StepDone`."""

    opening: int
    attempt: int
    error: str


class ChildEnded(Event, frozen=True):
    """The child run of a call ended."""

    opening: int
    outcome: str
    data: Mapping[str, object] = NOTHING


class TimerFired(Event, frozen=True):
    """A timer that was set came due."""

    opening: int
    name: str


class MessageCame(Event, frozen=True):
    """A declared message arrived."""

    name: str
    data: Mapping[str, object] = NOTHING


class Granted(Event, frozen=True):
    """The resources that an opening waits for are its own, all of them."""

    opening: int


class Revoked(Event, frozen=True):
    """The resources of an opening were taken away from it."""

    opening: int
    why: str = ""


class ItemAdded(Event, frozen=True):
    """An item more for an open for-each."""

    opening: int
    item: object
    why: str = ""


class ItemDropped(Event, frozen=True):
    """An item less for an open for-each: ``item`` is its number, counted from 0."""

    opening: int
    item: int
    why: str = ""


class ListClosed(Event, frozen=True):
    """No more items will come for an open for-each."""

    opening: int
    why: str = ""


class DataSet(Event, frozen=True):
    """Somebody set or corrected data, by dotted path."""

    changes: Mapping[str, object]
    why: str = ""


class Skipped(Event, frozen=True):
    """Somebody passed over an open step, or chose its outcome in place of those who should have."""

    opening: int
    why: str
    outcome: str | None = None


class Jumped(Event, frozen=True):
    """Somebody moved the token of an opening's region to another step of a region that is open above it."""

    opening: int
    to: int
    why: str


class Retried(Event, frozen=True):
    """Somebody asked for another try at a step that stands at an incident."""

    opening: int
    why: str = ""


class Suspended(Event, frozen=True):
    """The run stands still until it is resumed."""

    why: str = ""


class Resumed(Event, frozen=True):
    """The run goes on."""

    why: str = ""


class Cancelled(Event, frozen=True):
    """An opening (or, with None, the run) was called off."""

    opening: int | None = None
    why: str = ""


class Migrated(Event, frozen=True):
    """The run went over to another version of its definition, or (``undone``) back to the one before.

    ``program`` is the new one's hash, ``steps`` maps paths of steps of the old one to paths of the new ("" for one
    that is withdrawn); a step that is not named keeps its path. See ``_migrate.py``.
    """

    program: str
    steps: Mapping[str, str] = NO_STEPS
    why: str = ""
    undone: bool = False
