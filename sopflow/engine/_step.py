"""The engine's one function, its sister for migrations, and folding a history with both.

``step`` is pure of the outside: no clock, no random, no I/O. Time and ids come in with events. An accepted event
changes the state in place, a refused one changes nothing. ``migrate`` is the same for the one event that concerns two
programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sopflow.engine._acts import Acts
from sopflow.engine._events import Event, Migrated, Started, StepDone, Voted
from sopflow.engine._migrate import adopt, moved
from sopflow.engine._outcome import Accepted, Refused
from sopflow.engine._refusal import Refusal
from sopflow.engine._short import Rest, completed, voted
from sopflow.engine._state import RunState
from sopflow.engine._undoing import inverse, undone
from sopflow.errors import Problem
from sopflow.program import Program


def step(program: Program, state: RunState, event: Event) -> Accepted | Refused:
    """Let ``event`` happen to ``state``, a run of ``program``."""
    if type(event) is StepDone:
        answer = completed(program, state, event)
    elif type(event) is Voted:
        answer = voted(program, state, event)
    else:
        return by_rules(program, state, event)
    if answer is None or type(answer) is Rest:
        return by_rules(program, state, event, answer)
    return answer


def by_rules(
    program: Program, state: RunState, event: Event, rest: Rest | None = None, *, quick: bool = True
) -> Accepted | Refused:
    """The same by the long way, from the beginning or for the ``rest``; not ``quick``, the long way only."""
    if type(event) is Migrated:
        return Refused("unknown", Problem("SOP781"))
    turn = Acts(program, state, event)
    turn.quick = quick
    try:
        if rest is not None:
            turn.take_over(rest)
        else:
            turn.handle()
    except Refusal as refusal:
        return Refused(refusal.code, refusal.problem)
    return Accepted(tuple(turn.effects), tuple(turn.notes), turn.paths)


def migrate(
    old: Program, new: Program, state: RunState, event: Migrated, *, before: RunState | None = None
) -> Accepted | Refused:
    """Let the run ``state`` of ``old`` go over to ``new``; refused, nothing has changed.

    ``before`` is for an event that undoes: the state before the migration, where nothing happened since. That comes
    back, all but the number of the last event, the clock, and the number of the next opening. See :func:`undoable`.
    """
    try:
        turn = moved(old, new, state, event) if before is None else undone(old, new, state, event, before)
    except Refusal as refusal:
        return Refused(refusal.code, refusal.problem)
    adopt(state, new, turn.state)
    return Accepted(tuple(turn.effects), tuple(turn.notes), turn.paths)


class Misfit(Exception):  # says what is wrong: the event does not fit the history
    """An event of a history is refused when the history is replayed: the history is not this program's."""

    def __init__(self, event: Event, refused: Refused) -> None:
        super().__init__(f"event {event.seq}: {refused.problem}")
        self.event = event
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Undo:
    """The way back from the last migration that has not been undone.

    ``steps`` is its map the other way round. ``before`` is the state before it, None where something happened since:
    then going back is a migration like any other.
    """

    program: Program
    steps: Mapping[str, str]
    before: RunState | None


@dataclass(slots=True)
class _Fold:
    """A history as far as it has been folded. ``past`` are the ways back from its migrations, the last one last."""

    programs: Mapping[str, Program]
    program: Program
    state: RunState
    past: list[Undo] = field(default_factory=list)

    def take(self, event: Event) -> None:
        outcome = self._migrated(event) if isinstance(event, Migrated) else step(self.program, self.state, event)
        if isinstance(outcome, Refused):
            raise Misfit(event, outcome)
        if self.past and not isinstance(event, Migrated):
            self._close_exact_way_back()

    def _migrated(self, event: Migrated) -> Accepted | Refused:
        target, undo = self.programs.get(event.program), self.past[-1] if event.undone and self.past else None
        if target is None:
            return Refused("unknown", Problem("SOP783", fields={"program": event.program[:12]}))
        if event.undone and undo is None:
            return Refused("status", Problem("SOP782"))
        before = self.state.copy()
        outcome = migrate(self.program, target, self.state, event, before=undo.before if undo is not None else None)
        if isinstance(outcome, Accepted):
            if undo is None:
                self.past.append(Undo(self.program, inverse(event.steps), before))
            else:
                self.past.pop()
                if undo.before is None and self.past:  # it went back by map, which is one more thing that happened
                    self._close_exact_way_back()
            self.program = target
        return outcome

    def _close_exact_way_back(self) -> None:
        if self.past[-1].before is not None:
            self.past[-1] = Undo(self.past[-1].program, self.past[-1].steps, None)


def replay(program: Program | Mapping[str, Program], history: Iterable[Event]) -> RunState:
    """The state that ``history`` folds to. Raises :class:`Misfit` at the first event that does not fit.

    A history with migrations needs all the programs that its run has been on, by hash. Raises ValueError where it
    does not begin with ``Started`` then, as nothing says which program comes first.
    """
    return _fold(program, history).state


def undoable(programs: Mapping[str, Program], history: Iterable[Event]) -> Undo | None:
    """The way back from the last migration of ``history``; None where there is none that has not been undone.

    Raises :class:`Misfit` where the history does not fold.
    """
    past = _fold(programs, history).past
    return past[-1] if past else None


def _fold(program: Program | Mapping[str, Program], history: Iterable[Event]) -> _Fold:
    events = iter(history)
    if isinstance(program, Program):
        fold = _Fold({program.hash: program}, program, RunState.of(program))
    else:
        first = next(events, None)
        if not isinstance(first, Started):
            raise ValueError("a history begins with Started")
        known = program.get(first.program)
        if known is None:
            raise Misfit(first, Refused("unknown", Problem("SOP783", fields={"program": first.program[:12]})))
        fold = _Fold(program, known, RunState.of(known))
        fold.take(first)
    for event in events:
        fold.take(event)
    return fold
