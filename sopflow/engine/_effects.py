"""What must now be done (effects, imperatives for the world) and what the step concluded (notes, past tense).

Notes are derived: folding the same events gives the same notes, so only events need storing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sopflow.calendars import Moment
from sopflow.engine._fact import fact


@fact
class Offer:
    """Show the step to those who may do it."""

    opening: int
    step: int
    roles: tuple[str, ...]


@fact
class Ask:
    """Ask ``roles`` for ``fields`` (nobody to ask: the data must come by themselves)."""

    opening: int
    step: int
    fields: tuple[str, ...]
    roles: tuple[str, ...]


@fact
class Withdraw:
    """Take the step back from those it was shown to."""

    opening: int
    why: str


@fact
class SetTimer:
    """Send ``TimerFired`` at ``due``; replaces a timer of that name."""

    opening: int
    name: str
    due: datetime


@fact
class ClearTimer:
    """Forget the timer."""

    opening: int
    name: str


@fact
class CallHandler:
    """Let the registered handler ``name`` do the step; its success is ``StepDone``, else it is ``HandlerFailed``."""

    opening: int
    name: str
    input: Mapping[str, object]
    attempt: int = 1


@fact
class CancelHandler:
    """The handler's answer is not wanted any more."""

    opening: int


@fact
class StartChild:
    """Start the program that step ``step`` calls."""

    opening: int
    step: int
    data: Mapping[str, object]
    depth: int


@fact
class CancelChild:
    """Cancel the child run of a call."""

    opening: int


@fact
class Await:
    """Route the message ``name`` to this run, where its fields are those of ``match``."""

    opening: int
    name: str
    match: Mapping[str, object]


@fact
class Unawait:
    """The opening waits for no message any more."""

    opening: int


@fact
class Acquire:
    """Get ``resources`` for the opening, all or none, then send ``Granted``; first come, first served."""

    opening: int
    resources: tuple[str, ...]


@fact
class Release:
    """The opening does not need its resources any more, whether it has them or waits for them."""

    opening: int
    resources: tuple[str, ...]


@fact
class Emit:
    """Send a message to the callers and the hooks (this run has seen it if it waits for it)."""

    name: str
    data: Mapping[str, object]


@fact
class Notify:
    """Tell ``to`` about a step: ``kind`` is tell, remind or escalate."""

    kind: str
    opening: int
    step: int
    to: tuple[str, ...]


@fact
class Incident:
    """An expression failed, or a condition did not hold: a person must look at it."""

    opening: int
    step: int
    error: str


@fact
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


@fact
class Opened:
    """A step opened. ``due`` is its deadline where it has one."""

    opening: int
    step: int
    due: Moment | None = None


@fact
class Held:
    """A step waits for its time to open."""

    opening: int
    step: int
    until: datetime


@fact
class Judged:
    """A decision was taken: what it read, the rule that held, the way out."""

    opening: int
    step: int
    inputs: Mapping[str, object]
    rule: str
    result: str


@fact
class Closed:
    """A step was closed by an outcome."""

    opening: int
    step: int
    outcome: str


@fact
class PassedOver:
    """A step was not done because its ``if`` or ``while`` did not hold, or a person skipped it."""

    opening: int
    step: int
    why: str


@fact
class Withdrawn:
    """A step was taken back before it was done."""

    opening: int
    step: int
    why: str


@fact
class Overdue:
    """A step is late: it is still open after its deadline."""

    opening: int
    step: int
    due: Moment


@fact
class Reminded:
    """Those who may do a step were reminded of it."""

    opening: int
    step: int
    to: tuple[str, ...]


@fact
class Escalated:
    """Somebody was told that a step is not done, or got it (``handed_over``)."""

    opening: int
    step: int
    to: str
    handed_over: bool


@fact
class Replanned:
    """A deadline moved because data it hangs on changed."""

    opening: int
    step: int
    due: Moment | None


@fact
class Failed:
    """An attempt of a registered handler failed; ``again`` is when it is tried again, None if it is not."""

    opening: int
    step: int
    attempt: int
    error: str
    again: datetime | None = None


@fact
class Stopped:
    """A step stands at an incident: a person must look at it."""

    opening: int
    step: int
    error: str


@fact
class Moved:
    """A migration put an opening at a step of the new program."""

    opening: int
    step: int
    was: str


@fact
class Ended:
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
