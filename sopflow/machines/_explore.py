"""Exploring: every marking that a program can reach, and the ways between them, found by running ``step`` itself.

From each marking each event is tried again and again, until every answer of the oracle has been given; a try that
the engine accepts is a way. So no rule of the engine is written a second time here.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from msgspec import structs

from sopflow.engine import Accepted, RunState, step
from sopflow.engine import events as ev
from sopflow.machines._checks import Line, Script
from sopflow.machines._marking import Memory, key_of, name_of
from sopflow.machines._moves import Move, Moves, Trigger
from sopflow.machines._oracle import TOLD, AskedData, Choice, DeadEnd, Oracle, TooMany
from sopflow.machines._skeleton import skeleton
from sopflow.machines._uncovered import not_covered
from sopflow.program import Program, Step

START = "start"
TRIES = 20_000  # of one event at one marking
AT_ONCE = 3  # openings of one step beside one scope
_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # before all times of a skeleton
_DUE = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Way:
    """A transition: the trigger, from where to where, and the script of what it asks and writes.

    ``stays``: nothing moved, only data were taken.
    """

    trigger: Trigger
    source: str
    dest: str
    script: Script
    stays: bool


@dataclass(slots=True)
class Flat:
    """A program as a flat machine: its markings (name → the steps that stand there) and the ways between them."""

    states: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    final: set[str] = field(default_factory=set)

    def named(self, names: Callable[[str], str]) -> Flat:
        """The same machine with other names for its states; those that would be alike get numbers."""
        return self.with_names(self.renamed(names))

    def renamed(self, names: Callable[[str], str]) -> dict[str, str]:
        """The other name of each state."""
        new: dict[str, str] = {}
        taken: set[str] = set()
        for marking in self.states:
            name = base = names(marking)
            number = 1
            while name in taken:
                number += 1
                name = f"{base}_{number}"
            new[marking] = name
            taken.add(name)
        return new

    def with_names(self, new: Mapping[str, str]) -> Flat:
        """The same machine with these names for its states."""
        return Flat(
            {new[marking]: steps for marking, steps in self.states.items()},
            [replace(way, source=new[way.source], dest=new[way.dest]) for way in self.ways],
            {new[marking] for marking in self.final},
        )


class Limit(Exception):  # says what was reached
    """There are more markings than allowed; ``block`` is what multiplies them most."""

    def __init__(self, count: int, block: str) -> None:
        super().__init__(count, block)
        self.count = count
        self.block = block


class Tangled(Exception):  # says what it is
    """One event of a step hangs on more guards than can be told apart, such as ``guard``."""

    def __init__(self, step: str, guard: str) -> None:
        super().__init__(step, guard)
        self.step = step
        what = f"one event hangs on too many guards{f', such as ‘{guard}’' if guard else ''}"
        chinese = f"一个事件取决于过多条件{f',例如“{guard}”' if guard else ''}"
        self.problem = not_covered(step, (what, chinese))


class Growing(Exception):  # says what it is
    """A step of a handler may be open any number of times at once."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step
        self.problem = not_covered(step, ("it may be open any number of times at once", "它可能同时开启任意多次"))


def explore(program: Program, limit: int, *, triggers: dict[str, Hashable] | None = None) -> Flat:
    """All markings and ways of ``program``.

    ``triggers`` are the names of triggers that are taken, with what they mean; those of this program are added.
    Raises :class:`Limit` beyond ``limit`` markings, :class:`Tangled` and :class:`Growing`.
    """
    memory = Memory.of(program)
    moves = Moves(program, memory, {} if triggers is None else triggers)
    return _Exploration(program, skeleton(program), memory, moves, limit).run()


@dataclass(slots=True)
class _Try:
    """A try that was accepted: its script, the choices in it, and where it led."""

    script: list[Line]
    choices: list[Choice]
    dest: str
    stays: bool


@dataclass(slots=True)
class _Exploration:
    program: Program
    bare: Program
    memory: Memory
    moves: Moves
    limit: int
    flat: Flat = field(default_factory=Flat)
    names: dict[Hashable, str] = field(default_factory=dict)
    todo: deque[tuple[str, RunState]] = field(default_factory=deque)
    shapes: dict[int, set[Hashable]] = field(default_factory=dict)

    def run(self) -> Flat:
        self.flat.states[START] = ()
        begin = ev.Started(program=self.bare.hash, at=_NOW)
        self._ways(START, RunState.of(self.bare), Move(Trigger("start", "start"), begin, self.program.name))
        while self.todo:
            name, state = self.todo.popleft()
            for move in self.moves.at(state):
                self._ways(name, state, move)
        return self.flat

    def _ways(self, source: str, state: RunState, move: Move) -> None:
        for way in _merged(self._tries(source, state, move)):
            self.flat.ways.append(Way(move.trigger, source, way.dest, tuple(way.script), way.stays))

    def _tries(self, source: str, state: RunState, move: Move) -> Iterator[_Try]:
        """Every way in which the engine takes the event, by the answers that lead there."""
        tape: list[int] = []
        for _ in range(TRIES):
            after = state.copy()
            oracle = Oracle(self.program, tape, self.memory.history, after)
            after.data = AskedData.of(self.bare, after, oracle)
            if isinstance(move.event, ev.TimerFired):
                _come_together(after, move.event)
            if self._accepts(after, move, oracle):
                dest = self._name(after)
                stays = dest == source and not self._moved(state, after)
                yield _Try(oracle.script, list(oracle.choices), dest, stays)
            choices = oracle.choices
            while choices and choices[-1].taken + 1 == choices[-1].number:
                choices.pop()
            if not choices:
                return
            tape = [choice.taken for choice in choices]
            tape[-1] += 1
        raise Tangled(move.step, "")

    def _accepts(self, after: RunState, move: Move, oracle: Oracle) -> bool:
        """Whether the engine takes the event, and nobody has to look at an incident."""
        try:
            said = step(self.bare, after, _with_data(move, oracle))
        except DeadEnd:
            return False
        except TooMany as guard:
            raise Tangled(move.step, str(guard)) from None
        if not isinstance(said, Accepted):
            return False
        self._stop_growing(after)
        return all(opening.phase != "incident" and not opening.queue for opening in after.open.values())

    def _stop_growing(self, after: RunState) -> None:
        """Some handlers may be open any number of times at once: a machine has a state for each number."""
        many = Counter((opening.up, opening.step) for opening in after.open.values() if opening.branch < 0)
        for (_, index), number in many.items():
            if number > AT_ONCE:
                raise Growing(self.program.steps[index].path)

    def _moved(self, before: RunState, after: RunState) -> bool:
        """Whether something was opened, closed, or taken by whoever waited."""
        return before.next != after.next or before.open.keys() != after.open.keys()

    def _name(self, state: RunState) -> str:
        """The name of the marking; a new one is noted, to be explored."""
        key = key_of(self.program, state, self.memory)
        if key not in self.names:
            self.names[key] = self._new(state, key)
            self.todo.append((self.names[key], state))
        return self.names[key]

    def _new(self, state: RunState, key: Hashable) -> str:
        name = base = name_of(self.program, state, self.memory)
        number = 1
        while name in self.flat.states:  # alike to read, but others are served first
            number += 1
            name = f"{base} ({number})"
        here = [opening for _, opening in sorted(state.open.items()) if opening.step >= 0]
        self.flat.states[name] = tuple(self.program.steps[opening.step] for opening in here if not opening.kids)
        if not state.running:
            self.flat.final.add(name)
        for opening in here:
            if opening.kids and len(opening.kids) > 1:
                self.shapes.setdefault(opening.step, set()).add(key)
        if len(self.flat.states) > self.limit:
            worst = max(self.shapes, key=lambda step: len(self.shapes[step]), default=None)
            raise Limit(
                len(self.flat.states), self.program.steps[worst].path if worst is not None else self.program.name
            )
        return name


def _come_together(state: RunState, event: ev.TimerFired) -> None:
    """Which timer comes first is the clock's affair: here all are due at one time, and whatever is due may come."""
    for key in list(state.timers):
        state.set_timer(*key, _DUE)
    if event.name == "opens":
        state.open[event.opening].stage += 1  # the clock of a skeleton stands still, so it would be held again


def _with_data(move: Move, oracle: Oracle) -> ev.Event:
    """The event with what its trigger tells, as far as that matters: which fields, and whether with a value."""
    if move.trigger.takes == "answer":
        oracle.given(move.trigger.of)
    told: dict[str, object] = {}
    for path in move.told:
        if oracle.tells(path, certain=path in move.certain):
            told[path] = TOLD if path not in move.form or oracle.known(path) else None
    match move.event:
        case ev.StepDone() as done:
            return structs.replace(done, data=told)
        case ev.DataSet() as set_:
            return structs.replace(set_, changes=told)
        case event:
            return event


def _merged(tries: Iterator[_Try]) -> list[_Try]:
    """The tries, without last guards that change nothing because each of their answers leads to the same end."""
    found = {tuple(choice.taken for choice in attempt.choices): attempt for attempt in tries}
    todo = sorted(found, key=len)  # longest last: what is merged is a try again, one shorter
    while todo:
        answers = todo.pop()
        merged = _without_last(found, answers)
        if merged is not None:
            found[answers[:-1]] = merged
            todo.append(answers[:-1])
    return list(found.values())


def _without_last(found: dict[tuple[int, ...], _Try], answers: tuple[int, ...]) -> _Try | None:
    """The try that stands for ``answers`` and its siblings, which are taken out; None if they differ."""
    attempt = found.get(answers)
    if attempt is None or not attempt.choices or attempt.choices[-1].line != len(attempt.script) - 1:
        return None
    siblings = [(*answers[:-1], taken) for taken in range(attempt.choices[-1].number)]
    same = (attempt.dest, attempt.stays, len(attempt.script))
    if any(other not in found or _end(found[other]) != same for other in siblings):
        return None
    for other in siblings:
        del found[other]
    return _Try(attempt.script[:-1], attempt.choices[:-1], attempt.dest, attempt.stays)


def _end(attempt: _Try) -> tuple[str, bool, int]:
    return attempt.dest, attempt.stays, len(attempt.script)
