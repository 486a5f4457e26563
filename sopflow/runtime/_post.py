"""Who gets a message: whether somebody in a run is there for it, and which run that is."""

from __future__ import annotations

from collections.abc import Sequence

from sopflow.engine import Accepted, RunState, step
from sopflow.engine import events as ev
from sopflow.program import Program
from sopflow.runtime._node import Node


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


def for_callers(node: Node, event: ev.MessageCame) -> list[Node]:
    """Of a message that a step sent: its own run, or a caller if nobody there waits for it."""
    able = [run for run in node.up() if event.name in run.program.messages and run.state.running]
    return [run for run in able if takes(run.program, run.state, event)][:1] or able[:1]


def for_the_family(top: Node, detached: Sequence[Node], event: ev.MessageCame) -> list[Node]:
    """Of a message from outside: the innermost run that waits for it (a signal: all); else the first that knows it."""
    *below, _ = top.inside_out()
    nodes = [*below, *(node for run in detached for node in run.inside_out()), top]
    takers = [node for node in nodes if takes(node.program, node.state, event)]
    if takers and takers[0].program.messages[event.name].kept:
        takers = takers[:1]
    declared = [node for node in (top, *nodes) if event.name in node.program.messages]
    return takers or declared[:1] or [top]
