"""Playbooks: tests that read as the specification.

``>>`` lets something happen to a run, ``<<`` says what the engine concluded from it::

    Playbook(program) >> done("write") << "write closed: done" << "review opened"

What is said after an event must be complete and in order; where nothing is said, anything may follow. After each
event the playbook holds the run to the laws of the engine: a refused event changes nothing, the openings form a
tree, timers and watchers belong to what is open, and the history folds to the same state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from textwrap import dedent
from zoneinfo import ZoneInfo

from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.engine import Accepted, Opening, Refused, RunState, find_opening, replay, step
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.errors.show import as_text
from sopflow.model import Sop
from sopflow.program import Op, Program

_BLOCKS = (Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT)
_HEADER = {"sopflow": "1", "id": "test", "version": "1.0.0", "title": "A test", "time-zone": "Asia/Shanghai"}

ROOT = 0  # the run's own opening

Do = Callable[[Program, RunState], ev.Event]


def sop(text: str, **header: str) -> Sop:
    """The definition in ``text``; the keys at its top that every definition must have are put in."""
    text = dedent(text)
    top = {**_HEADER, **{name.replace("_", "-"): value for name, value in header.items()}}
    lines = [f"{name}: {value}" for name, value in top.items() if f"\n{name}:" not in "\n" + text]
    return loads("\n".join([*lines, text]))


def program(text: str, **called: str) -> Program:
    """The program of ``text``. ``called`` are the texts of the definitions that it calls, by id."""
    children = {name.replace("_", "-"): sop(child, id=name.replace("_", "-")) for name, child in called.items()}
    compiled = lower(sop(text), find=lambda name, _: children.get(name))
    assert compiled.program is not None, as_text(compiled.report)
    return compiled.program


def findings(text: str) -> list[str]:
    """The codes of what is wrong with ``text``."""
    return [finding.code for finding in lower(sop(text)).report.errors]


def shanghai(written: str) -> datetime:
    """A time on a clock in Shanghai, where the test definitions live."""
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def instant(at: str | datetime | None) -> datetime | None:
    """The time that a test wrote."""
    return shanghai(at) if isinstance(at, str) else at


def opening_of(program: Program, state: RunState, name: str) -> int:
    """The id of the step's opening; one that is not open gives an id that was never used."""
    found = find_opening(program, state, name)
    return found.id if isinstance(found, Opening) else 999_999


# -- what may happen, by the names of the definition ------------------------------------------------------------------


def done(name: str, at=None, **fields) -> Do:
    """Somebody completes the task ``name``."""
    return _on(ev.StepDone, name, at, fields)


def answer(name: str, value, at=None, **fields) -> Do:
    """Somebody answers what the step asks."""
    return _on(ev.Answered, name, at, {"value": value, **fields})


def judge(name: str, verdict: str, at=None, **fields) -> Do:
    """Somebody judges an approval."""
    return _on(ev.Voted, name, at, {"verdict": verdict, **fields})


def tick(name: str, item, at=None, **fields) -> Do:
    """Somebody ticks a line of the checklist."""
    return _on(ev.Ticked, name, at, {"item": item, **fields})


def reassign(name: str, to: str, at=None, **fields) -> Do:
    """Somebody hands the step over."""
    return _on(ev.Reassigned, name, at, {"to": to, **fields})


def skip(name: str, at=None, why="because", **fields) -> Do:
    """Somebody passes over the step."""
    return _on(ev.Skipped, name, at, {"why": why, **fields})


def jump(name: str, to: str, at=None, why="because", **fields) -> Do:
    """Somebody moves the token from the step to another."""
    return lambda program, state: _on(ev.Jumped, name, at, {"to": program.by_path[to], "why": why, **fields})(
        program, state
    )


def retry(name: str, at=None, **fields) -> Do:
    """Somebody lets the step try again."""
    return _on(ev.Retried, name, at, fields)


def claim(name: str, to: str = "", at=None, **fields) -> Do:
    """Somebody takes the step for themselves, or gives it back."""
    return _on(ev.Claimed, name, at, {"to": to, **fields})


def fails(name: str, attempt: int, at=None, error="no answer", **fields) -> Do:
    """The registered handler of the step fails."""
    return _on(ev.HandlerFailed, name, at, {"attempt": attempt, "error": error, **fields})


def granted(name: str, at=None) -> Do:
    """The step gets the resources that it waits for."""
    return _on(ev.Granted, name, at, {})


def revoked(name: str, at=None) -> Do:
    """The step loses its resources."""
    return _on(ev.Revoked, name, at, {})


def add(name: str, item, at=None, **fields) -> Do:
    """An item more for a for-each."""
    return _on(ev.ItemAdded, name, at, {"item": item, **fields})


def drop(name: str, item: int, at=None, **fields) -> Do:
    """An item less for a for-each; counted from 1."""
    return _on(ev.ItemDropped, name, at, {"item": item - 1, **fields})


def close_list(name: str, at=None, **fields) -> Do:
    """No more items for a for-each."""
    return _on(ev.ListClosed, name, at, fields)


def ends(name: str, outcome: str, at=None, **data) -> Do:
    """The child run of a call ends."""
    return _on(ev.ChildEnded, name, at, {"outcome": outcome, "data": data})


def fires(name: str, timer: str, at=None) -> Do:
    """The timer of the step fires, at its time unless said otherwise."""

    def make(program: Program, state: RunState) -> ev.Event:
        number = opening_of(program, state, name)
        return ev.TimerFired(opening=number, name=timer, at=instant(at) or state.timers.get((number, timer), state.at))

    return make


def message(name: str, at=None, **data) -> Do:
    """A message comes."""
    return lambda *_: ev.MessageCame(name=name, data=data, at=instant(at))


def data(changes: Mapping[str, object], at=None, **fields) -> Do:
    """Somebody sets data."""
    return lambda *_: ev.DataSet(changes=changes, at=instant(at), **fields)


def cancel(name: str | None = None, at=None, **fields) -> Do:
    """Somebody calls off a step, or the run."""
    if name is None:
        return lambda *_: ev.Cancelled(at=instant(at), **fields)
    return _on(ev.Cancelled, name, at, fields)


def suspend(at=None) -> Do:
    """The run stands still."""
    return lambda *_: ev.Suspended(at=instant(at))


def resume(at=None) -> Do:
    """The run goes on."""
    return lambda *_: ev.Resumed(at=instant(at))


def _on(kind: type[ev.Event], name: str, at, fields: Mapping[str, object]) -> Do:
    return lambda program, state: kind(opening=opening_of(program, state, name), at=instant(at), **fields)


# -- the play ----------------------------------------------------------------------------------------------------------


class Playbook:
    """A run that is played: ``>>`` an event, ``<<`` a note (or ``"refused: CODE"``)."""

    def __init__(self, program: Program, data: Mapping[str, object] | None = None, *, at=None) -> None:
        self.program = program
        self.state = RunState.of(program)
        self.history: list[ev.Event] = []
        self.notes: list[str] = []
        self.effects: tuple[fx.Effect, ...] = ()
        self.refused: Refused | None = None
        self._said = False
        self >> (lambda program, _: ev.Started(program=program.hash, data=data or {}, at=instant(at)))

    def __rshift__(self, do: Do | ev.Event) -> Playbook:
        self._all_said()
        event = do if isinstance(do, ev.Event) else do(self.program, self.state)
        before = written(self.state)
        outcome = step(self.program, self.state, event)
        self._said = False
        if isinstance(outcome, Accepted):
            self.refused, self.effects = None, outcome.effects
            self.history.append(event)
            self.notes = [told(self.program, self.state, note) for note in outcome.notes]
            keeps_the_laws(self.program, self.state)
            assert replay(self.program, self.history) == self.state
        else:
            self.refused, self.effects = outcome, ()
            self.notes = [f"refused: {outcome.code}"]
            assert written(self.state) == before, "a refused event changed the state"
            for language in ("en", "zh"):
                finding = outcome.problem.at(None)
                assert finding.text(language).strip()
                assert not re.search(r"\{\w*\}", finding.text(language) + finding.mend(language)), "a hole in a text"
        return self

    def __lshift__(self, note: str) -> Playbook:
        self._said = True
        assert self.notes, f"nothing more was concluded, not ‘{note}’"
        assert self.notes.pop(0) == note
        return self

    def _all_said(self) -> None:
        # What the author of the test did not ask for may follow, but a refusal is never passed over in silence.
        unsaid = self.notes if self._said else [note for note in self.notes if note.startswith("refused")]
        assert not unsaid, f"not said: {unsaid}" + (f" {self.refused.problem}" if self.refused else "")

    def stands(self, *steps: str) -> Playbook:
        """The steps at which the run stands (blocks left out) are these."""
        self._all_said()
        assert sorted(self.at) == sorted(steps)
        assert self.state.running
        return self

    def ended(self, outcome: str, status: str = "ended") -> Playbook:
        """The run is over with this outcome."""
        self._all_said()
        assert (self.state.status, self.state.outcome) == (status, outcome)
        return self

    @property
    def at(self) -> list[str]:
        """The paths of the steps at which the run stands, blocks left out."""
        steps = self.program.steps
        return [
            steps[opening.step].path
            for opening in self.state.open.values()
            if opening.step >= 0 and (steps[opening.step].op not in _BLOCKS or opening.phase in ("asks", "incident"))
        ]

    @property
    def kept(self) -> dict[str, list[object]]:
        """The messages that are kept, by name, oldest first."""
        return {name: [data for _, data in letters] for name, letters in self.state.mail.items() if letters}

    def opening(self, name: str) -> Opening:
        """The opening of the step."""
        found = find_opening(self.program, self.state, name)
        assert isinstance(found, Opening), found
        return found


def told(program: Program, state: RunState, note: fx.Note) -> str:
    """A note in the words of playbooks."""
    if isinstance(note, fx.Ended):
        return f"run {note.status}: {note.outcome}"
    name = program.steps[note.step].path
    match note:
        case fx.Opened(opening=number):
            opening = state.open.get(number)
            asks = f" asking {', '.join(opening.asked)}" if opening is not None and opening.asked else ""
            return f"{name} opened{asks}"
        case fx.Held(until=until):
            return f"{name} held until {until.astimezone(program.zone):%Y-%m-%d %H:%M}"
        case fx.Judged(result=result):
            return f"{name} judged: {result}"
        case fx.Closed(outcome=outcome):
            return f"{name} closed: {outcome}"
        case fx.PassedOver():
            return f"{name} passed over"
        case fx.Withdrawn():
            return f"{name} withdrawn"
        case fx.Overdue():
            return f"{name} overdue"
        case fx.Reminded():
            return f"{name} reminded"
        case fx.Escalated(to=to, handed_over=handed_over):
            return f"{name} {'handed over to' if handed_over else 'escalated to'} {to}"
        case fx.Replanned(due=due):
            return f"{name} due {due.iso() if due else 'never'}"
        case fx.Failed(again=again):
            return f"{name} failed" + (f", again {again.astimezone(program.zone):%Y-%m-%d %H:%M}" if again else "")
        case fx.Stopped():
            return f"{name} stopped"
    raise AssertionError(note)


def written(state: RunState) -> str:
    """All of the state as text, to compare it before and after: order counts, too."""
    # The view on the data holds the program; what changes is all here.
    names = [name for name in RunState.__slots__ if name not in ("data", "agenda")]
    return repr([dict(state.data), *(getattr(state, name) for name in names)])


def keeps_the_laws(program: Program, state: RunState) -> None:
    """What holds of every state that an event has left behind."""
    for number, opening in state.open.items():
        assert opening.id == number
        if number != ROOT:
            block = state.open[opening.up]
            assert block.kids is not None, "an opening hangs under a block"
            assert block.kids[opening.branch] == number, "one live token per (block opening, branch)"
        if opening.kids is not None:
            assert set(opening.kids.values()) <= set(state.open), "a block holds only what is open"
            if opening.phase in ("open", "asks"):
                tokens = [branch for branch in opening.kids if branch >= 0]  # beside handlers and what trails: below 0
                assert opening.live == len(tokens), "a block counts its live tokens"
            assert not opening.starting
        for name in opening.timers:
            assert (number, name) in state.timers
        if opening.phase == "gone":
            assert opening.kids, "a block trails only as long as something is left below it"
            assert not opening.timers
    for number, name in state.timers:
        assert name in state.open[number].timers, "a timer belongs to an opening"
    for path, numbers in state.watch.items():
        assert numbers
        for number in numbers:
            assert path in state.open[number].watched
    if not state.running:
        assert not state.open, "nothing is open at the end"
        assert not state.timers, "no timer is set at the end"
        assert not state.watch
