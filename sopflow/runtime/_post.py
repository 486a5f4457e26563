"""Whether somebody in a run is there for a message; who gets it then is the run's to say."""

from __future__ import annotations

from sopflow.engine import Accepted, RunState, step
from sopflow.engine import events as ev
from sopflow.program import Program


def takes(program: Program, state: RunState, event: ev.MessageCame) -> bool:
    """Whether a wait or a handler that is open takes the message; tried on a copy of ``state``."""
    message = program.messages.get(event.name)
    if message is None or state.status != "running":
        return False
    twin = state.copy()
    outcome = step(program, twin, event)
    if not message.kept:
        return isinstance(outcome, Accepted) and bool(outcome.notes)
    return isinstance(outcome, Accepted) and len(twin.mail.get(event.name, ())) <= len(state.mail.get(event.name, ()))
