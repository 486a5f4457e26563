"""What must now be done (effects, imperatives for the world) and what the step concluded (notes, past tense).

Notes are derived: folding the same events gives the same notes, so only events need storing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sopflow.calendars import Moment
from sopflow.engine._fact import Fact


class Offer(Fact, frozen=True):
    """Show the step to those who may do it."""

    opening: int
    step: int
    roles: tuple[str, ...]


class Ask(Fact, frozen=True):
    """Ask ``roles`` for ``fields`` (nobody to ask: the data must come by themselves)."""

    opening: int
    step: int
    fields: tuple[str, ...]
    roles: tuple[str, ...]


class Withdraw(Fact, frozen=True):
    """Take the step back from those it was shown to."""

    opening: int
    why: str


class SetTimer(Fact, frozen=True):
    """Send ``TimerFired`` at ``due``; replaces a timer of that name."""

    opening: int
    name: str
    due: datetime


class ClearTimer(Fact, frozen=True):
    """Forget the timer."""

    opening: int
    name: str


class CallHandler(Fact, frozen=True):
    """Let the registered handler ``name`` do the step; its success is ``StepDone``, else it is ``HandlerFailed``."""

    opening: int
    name: str
    input: Mapping[str, object]
    attempt: int = 1


class CancelHandler(Fact, frozen=True):
    """The handler's answer is not wanted any more."""

    opening: int


class StartChild(Fact, frozen=True):
    """Start the program that step ``step`` calls."""

    opening: int
    step: int
    data: Mapping[str, object]
    depth: int


class CancelChild(Fact, frozen=True):
    """Cancel the child run of a call."""

    opening: int


class Await(Fact, frozen=True):
    """Route the message ``name`` to this run, where its fields are those of ``match``."""

    opening: int
    name: str
    match: Mapping[str, object]


class Unawait(Fact, frozen=True):
    """The opening waits for no message any more."""

    opening: int


class Acquire(Fact, frozen=True):
    """Get ``resources`` for the opening, all or none, then send ``Granted``; first come, first served."""

    opening: int
    resources: tuple[str, ...]


class Release(Fact, frozen=True):
    """The opening does not need its resources any more, whether it has them or waits for them."""

    opening: int
    resources: tuple[str, ...]


class Emit(Fact, frozen=True):
    """Send a message to the callers and the hooks (this run has seen it if it waits for it)."""

    name: str
    data: Mapping[str, object]


class Notify(Fact, frozen=True):
    """Tell ``to`` about a step: ``kind`` is tell, remind or escalate."""

    kind: str
    opening: int
    step: int
    to: tuple[str, ...]


class Incident(Fact, frozen=True):
    """An expression failed, or a condition did not hold: a person must look at it."""

    opening: int
    step: int
    error: str


class Finish(Fact, frozen=True):
    """The run is over."""

    outcome: str


Effect = (
    Offer
    | Ask
    | Withdraw
    | SetTimer
    | ClearTimer
    | CallHandler
    | CancelHandler
    | StartChild
    | CancelChild
    | Await
    | Unawait
    | Acquire
    | Release
    | Emit
    | Notify
    | Incident
    | Finish
)


class Opened(Fact, frozen=True):
    """A step opened. ``due`` is its deadline where it has one."""

    opening: int
    step: int
    due: Moment | None = None


class Held(Fact, frozen=True):
    """A step waits for its time to open."""

    opening: int
    step: int
    until: datetime


class Judged(Fact, frozen=True):
    """A decision was taken: what it read, the rule that held, the way out."""

    opening: int
    step: int
    inputs: Mapping[str, object]
    rule: str
    result: str


class Closed(Fact, frozen=True):
    """A step was closed by an outcome."""

    opening: int
    step: int
    outcome: str


class PassedOver(Fact, frozen=True):
    """A step was not done because its ``if`` or ``while`` did not hold, or a person skipped it."""

    opening: int
    step: int
    why: str


class Withdrawn(Fact, frozen=True):
    """A step was taken back before it was done."""

    opening: int
    step: int
    why: str


class Overdue(Fact, frozen=True):
    """A step is late: it is still open after its deadline."""

    opening: int
    step: int
    due: Moment


class Reminded(Fact, frozen=True):
    """Those who may do a step were reminded of it."""

    opening: int
    step: int
    to: tuple[str, ...]


class Escalated(Fact, frozen=True):
    """Somebody was told that a step is not done, or got it (``handed_over``)."""

    opening: int
    step: int
    to: str
    handed_over: bool


class Replanned(Fact, frozen=True):
    """A deadline moved because data it hangs on changed."""

    opening: int
    step: int
    due: Moment | None


class Failed(Fact, frozen=True):
    """An attempt of a registered handler failed; ``again`` is when it is tried again, None if it is not."""

    opening: int
    step: int
    attempt: int
    error: str
    again: datetime | None = None


class Stopped(Fact, frozen=True):
    """A step stands at an incident: a person must look at it."""

    opening: int
    step: int
    error: str


class Moved(Fact, frozen=True):
    """A migration put an opening at a step of the new program."""

    opening: int
    step: int
    was: str


class Ended(Fact, frozen=True):
    """The run is over."""

    outcome: str
    status: str


Note = (
    Opened
    | Held
    | Judged
    | Closed
    | PassedOver
    | Withdrawn
    | Overdue
    | Reminded
    | Escalated
    | Replanned
    | Failed
    | Stopped
    | Moved
    | Ended
)
