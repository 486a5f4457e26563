"""The engine's one function, and folding a history with it.

``step`` is pure of the outside: no clock, no random, no I/O. Time and ids come in with events. An accepted event
changes the state in place, a refused one changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sopflow.engine._acts import Acts
from sopflow.engine._effects import Effect, Note
from sopflow.engine._events import Event
from sopflow.engine._refusal import Refusal
from sopflow.engine._state import RunState
from sopflow.engine._turn import Judge
from sopflow.engine._view import View
from sopflow.errors import Problem
from sopflow.expr import Expression
from sopflow.program import Program


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event was taken: what must be done now, and what the step concluded, both in order.

    ``paths`` are the full paths (``partners[2].sign``) of openings that came or went, where steps have items.
    """

    effects: tuple[Effect, ...]
    notes: tuple[Note, ...]
    paths: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The event was not taken, and nothing has changed.

    ``code``: unknown, not-open, outcome, role, four-eyes, voted, type, incomplete, timer-first, no-timer, clock,
    status or unsound. ``problem`` says it in words.
    """

    code: str
    problem: Problem


def evaluated(expression: Expression, view: View) -> object:
    """The ordinary judge: what the expression evaluates to."""
    return expression.evaluate(view)


def step(program: Program, state: RunState, event: Event, *, judge: Judge = evaluated) -> Accepted | Refused:
    """Let ``event`` happen to ``state``, a run of ``program``.

    ``judge`` answers for conditions; only a back end that explores gives another than the ordinary one.
    """
    turn = Acts(program, state, event, judge)
    try:
        turn.handle()
    except Refusal as refusal:
        return Refused(refusal.code, refusal.problem)
    return Accepted(tuple(turn.effects), tuple(turn.notes), turn.paths)


class Misfit(Exception):  # says what is wrong: the event does not fit the history
    """An event of a history is refused when the history is replayed: the history is not this program's."""

    def __init__(self, event: Event, refused: Refused) -> None:
        super().__init__(f"event {event.seq}: {refused.problem}")
        self.event = event
        self.refused = refused


def replay(program: Program, history: Iterable[Event]) -> RunState:
    """The state that ``history`` folds to. Raises :class:`Misfit` at the first event that does not fit."""
    state = RunState.of(program)
    for event in history:
        outcome = step(program, state, event)
        if isinstance(outcome, Refused):
            raise Misfit(event, outcome)
    return state
