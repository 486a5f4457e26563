"""What happened: the facts that come from outside and that a history stores.

Every event carries ``at`` (an aware datetime, or None while a run knows no clock), ``by`` (a role or a person,
None for the system), ``key`` (makes repeating it harmless) and ``seq`` (its number in the history, given by
:func:`~sopflow.engine.step`). Openings are named by their ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from sopflow.engine._fact import common, event


class _Nothing(dict[str, object]):
    """No data: one and the same for all events that have none."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # nobody changes it


NOTHING: Mapping[str, object] = _Nothing()


@common
class Event:
    """What all events carry. Nothing is an event only: each is one of the kinds below."""

    __slots__ = ()

    at: datetime | None = None
    by: str | None = None
    key: str = ""
    seq: int = 0


@event
class Started(Event):
    """The run began, with data and parameters by dotted path."""

    program: str
    data: Mapping[str, object] = NOTHING
    depth: int = 0


@event
class StepDone(Event):
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


@event
class Answered(Event):
    """Somebody answered a question: about ``field``, or ("") the decision itself."""

    opening: int
    value: object
    field: str = ""
    assumed: bool = False


@event
class Voted(Event):
    """Somebody judged an approval: ``approved``, ``refused`` or ``changes``.

    Who approves hands in what the step's form, checklist and evidence ask for, as with :class:`StepDone`.
    """

    opening: int
    verdict: str
    why: str = ""
    data: Mapping[str, object] = NOTHING
    ticks: Sequence[int | str] | None = None
    evidence: Sequence[object] = ()


@event
class Ticked(Event):
    """Somebody ticked a line of the checklist, by number or text."""

    opening: int
    item: int | str


@event
class Claimed(Event):
    """Somebody took an open step for themselves (``to``), or gave it back ("")."""

    opening: int
    to: str = ""


@event
class Reassigned(Event):
    """An open step went to somebody else."""

    opening: int
    to: str
    why: str = ""


@event
class HandlerFailed(Event):
    """An attempt of a registered handler failed; its success is :class:`StepDone`."""

    opening: int
    attempt: int
    error: str


@event
class ChildEnded(Event):
    """The child run of a call ended."""

    opening: int
    outcome: str
    data: Mapping[str, object] = NOTHING


@event
class TimerFired(Event):
    """A timer that was set came due."""

    opening: int
    name: str


@event
class MessageCame(Event):
    """A declared message arrived."""

    name: str
    data: Mapping[str, object] = NOTHING


@event
class Granted(Event):
    """The resources that an opening waits for are its own, all of them."""

    opening: int


@event
class Revoked(Event):
    """The resources of an opening were taken away from it."""

    opening: int
    why: str = ""


@event
class ItemAdded(Event):
    """An item more for an open for-each."""

    opening: int
    item: object
    why: str = ""


@event
class ItemDropped(Event):
    """An item less for an open for-each: ``item`` is its number, counted from 0."""

    opening: int
    item: int
    why: str = ""


@event
class ListClosed(Event):
    """No more items will come for an open for-each."""

    opening: int
    why: str = ""


@event
class DataSet(Event):
    """Somebody set or corrected data, by dotted path."""

    changes: Mapping[str, object]
    why: str = ""


@event
class Skipped(Event):
    """Somebody passed over an open step, or chose its outcome in place of those who should have."""

    opening: int
    why: str
    outcome: str | None = None


@event
class Jumped(Event):
    """Somebody moved the token of an opening's region to another step of a region that is open above it."""

    opening: int
    to: int
    why: str


@event
class Retried(Event):
    """Somebody asked for another try at a step that stands at an incident."""

    opening: int
    why: str = ""


@event
class Suspended(Event):
    """The run stands still until it is resumed."""

    why: str = ""


@event
class Resumed(Event):
    """The run goes on."""

    why: str = ""


@event
class Cancelled(Event):
    """An opening (or, with None, the run) was called off."""

    opening: int | None = None
    why: str = ""


@event
class Migrated(Event):
    """The run went over to another version of its definition, or (``undone``) back to the one before.

    ``program`` is the new one's hash, ``steps`` maps paths of steps of the old one to paths of the new ("" for one
    that is withdrawn); a step that is not named keeps its path. See ``_migrate.py``.
    """

    program: str
    steps: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    undone: bool = False
