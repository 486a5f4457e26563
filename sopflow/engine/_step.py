"""The engine's one function, and folding a history with it.

``step`` is pure of the outside: no clock, no random, no I/O. Time and ids come in with events. An accepted event
changes the state in place, a refused one changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from sopflow.engine._acts import Acts
from sopflow.engine._events import Event, StepDone
from sopflow.engine._outcome import Accepted, Refused
from sopflow.engine._refusal import Refusal
from sopflow.engine._short import Rest, completed
from sopflow.engine._state import RunState
from sopflow.engine._turn import Judge
from sopflow.engine._view import View
from sopflow.expr import Expression
from sopflow.program import Program


def evaluated(expression: Expression, view: View) -> object:
    """The ordinary judge: what the expression evaluates to."""
    return expression.evaluate(view)


def step(program: Program, state: RunState, event: Event, *, judge: Judge = evaluated) -> Accepted | Refused:
    """Let ``event`` happen to ``state``, a run of ``program``.

    ``judge`` answers for conditions; only a back end that explores gives another than the ordinary one.
    """
    rest = None
    if type(event) is StepDone and judge is evaluated:
        rest = completed(program, state, event)
        if type(rest) is Accepted:
            return rest
    turn = Acts(program, state, event, judge)
    try:
        if isinstance(rest, Rest):
            turn.take_over(rest)
        else:
            turn.handle()
    except Refusal as refusal:
        return Refused(refusal.code, refusal.problem)
    return Accepted(turn.effects, turn.notes, turn.paths)


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
