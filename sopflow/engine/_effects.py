"""What must now be done (effects, imperatives for the world) and what the step concluded (notes, past tense).

Notes are derived: folding the same events gives the same notes, so only events need storing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sopflow.calendars import Moment


@dataclass(frozen=True, slots=True)
class Offer:
    """Show the step to those who may do it."""

    opening: int
    step: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask ``roles`` for ``fields`` (nobody to ask: the data must come by themselves)."""

    opening: int
    step: int
    fields: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the step back from those it was shown to."""

    opening: int
    why: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send ``TimerFired`` at ``due``; replaces a timer of that name."""

    opening: int
    name: str
    due: datetime


@dataclass(frozen=True, slots=True)
class ClearTimer:
    """Forget the timer."""

    opening: int
    name: str


@dataclass(frozen=True, slots=True)
class CallHandler:
    """Let the registered handler ``name`` do the step; its success is ``StepDone``."""

    opening: int
    name: str
    input: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StartChild:
    """Start the program that step ``step`` calls."""

    opening: int
    step: int
    data: Mapping[str, object]
    depth: int


@dataclass(frozen=True, slots=True)
class CancelChild:
    """Cancel the child run of a call."""

    opening: int


@dataclass(frozen=True, slots=True)
class Emit:
    """Send a message to the callers and the hooks (this run has seen it if it waits for it)."""

    name: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell ``to`` about a step: ``kind`` is tell, remind or escalate."""

    kind: str
    opening: int
    step: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """An expression failed, or a condition did not hold: a person must look at it."""

    opening: int
    step: int
    error: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over."""

    outcome: str


Effect = (
    Offer
    | Ask
    | Withdraw
    | SetTimer
    | ClearTimer
    | CallHandler
    | StartChild
    | CancelChild
    | Emit
    | Notify
    | Incident
    | Finish
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A step opened. ``due`` is its deadline where it has one."""

    opening: int
    step: int
    due: Moment | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A step waits for its time to open."""

    opening: int
    step: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision was taken: what it read, the rule that held, the way out."""

    opening: int
    step: int
    inputs: Mapping[str, object]
    rule: str
    result: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A step was closed by an outcome."""

    opening: int
    step: int
    outcome: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A step was not done because its ``if`` or ``while`` did not hold, or a person skipped it."""

    opening: int
    step: int
    why: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A step was taken back before it was done."""

    opening: int
    step: int
    why: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """A step is late: it is still open after its deadline."""

    opening: int
    step: int
    due: Moment


@dataclass(frozen=True, slots=True)
class Reminded:
    """Those who may do a step were reminded of it."""

    opening: int
    step: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escalated:
    """Somebody was told that a step is not done, or got it (``handed_over``)."""

    opening: int
    step: int
    to: str
    handed_over: bool


@dataclass(frozen=True, slots=True)
class Replanned:
    """A deadline moved because data it hangs on changed."""

    opening: int
    step: int
    due: Moment | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over."""

    outcome: str
    status: str


Note = Opened | Held | Judged | Closed | PassedOver | Withdrawn | Overdue | Reminded | Escalated | Replanned | Ended
