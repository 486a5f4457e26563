"""Exploring: every marking that a program can reach, and the ways between them, found by running ``step`` itself.

From each marking each event is tried again and again, until every answer of the oracle has been given; a try that
the engine accepts is a way. So no rule of the engine is written a second time here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

from sopflow.engine import Accepted, Opening, RunState, step
from sopflow.engine import events as ev
from sopflow.machines._checks import Line, Script
from sopflow.machines._marking import Memory, key_of, name_of, path_of
from sopflow.machines._oracle import TOLD, AskedData, Choice, DeadEnd, Oracle, TooMany
from sopflow.machines._skeleton import finite, item_numbers, skeleton
from sopflow.program import Op, Program, Step

START = "start"
TRIES = 20_000  # of one event at one marking
_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # before all times of a skeleton


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an embedder calls. ``takes`` says what its ``data=`` are: ``start`` data and parameters, ``fields``, the
    ``answer`` to one field, the fields of a ``message``, the ``result`` of a child, or ``nothing``; ``of`` which one.
    """

    name: str
    takes: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A transition: the trigger, from where to where, and the script of what it asks and writes.

    ``stays``: nothing moved, only data were taken.
    """

    trigger: Trigger
    source: str
    dest: str
    script: Script
    stays: bool = False


@dataclass(slots=True)
class Flat:
    """A program as a flat machine: its markings (name → the steps that stand in it) and the ways between them."""

    states: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    final: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Limit(Exception):
    """There are more markings than allowed; ``block`` multiplies them most."""

    count: int
    block: str


@dataclass(frozen=True, slots=True)
class Tangled(Exception):
    """One event of a step hangs on more guards than can be told apart."""

    step: str
    guard: str


Event = Callable[[Oracle], ev.Event]


@dataclass(slots=True)
class _Move:
    """An event that may be tried at a marking, and what calls it."""

    trigger: Trigger
    event: Event
    step: str
    opens: int | None = None  # the held opening whose time has come


def explore(program: Program, limit: int) -> Flat:
    """All markings and ways of ``program``. Raises :class:`Limit` beyond ``limit`` markings, and :class:`Tangled`."""
    return _Exploration(program, skeleton(program), Memory.of(program), limit).run()


@dataclass(slots=True)
class _Exploration:
    program: Program
    bare: Program
    memory: Memory
    limit: int
    flat: Flat = field(default_factory=Flat)
    names: dict[Hashable, str] = field(default_factory=dict)
    todo: deque[tuple[str, RunState]] = field(default_factory=deque)
    triggers: dict[str, Hashable] = field(default_factory=dict)
    shapes: dict[int, set[Hashable]] = field(default_factory=dict)

    def run(self) -> Flat:
        self.flat.states[START] = ()
        begin = lambda oracle: ev.Started(program=self.bare.hash, at=_NOW)
        self._ways(START, RunState.of(self.bare), _Move(Trigger("start", "start"), begin, self.program.name))
        while self.todo:
            name, state = self.todo.popleft()
            for move in self._moves(state):
                self._ways(name, state, move)
        return self.flat

    # -- what can happen at a marking -------------------------------------------------------------------------------

    def _moves(self, state: RunState) -> Iterator[_Move]:
        if not state.running:
            return
        waited = {path for path in state.watch if path in self.program.fields}
        told = sorted(waited | {self._about(number) for number in self.memory.stale(self.program, state)})
        certain = self._asked_unknown(state)
        for opening in sorted(state.open.values(), key=lambda o: o.id):
            if opening.step >= 0:
                for word, takes, of, event in self._inputs(state, opening, told, certain):
                    trigger = self._trigger(state, opening, word, takes, of)
                    opens = opening.id if word == "opens" and opening.phase == "held" else None
                    yield _Move(trigger, event, self.program.steps[opening.step].path, opens)
        for name, message in self.program.messages.items():
            data = dict.fromkeys(message.fields, TOLD)
            trigger = Trigger(self._free(_word(name), ("message", name), "message_"), "message", name)
            yield _Move(trigger, lambda _, name=name, data=data: ev.MessageCame(name=name, data=data), name)  # type: ignore[misc]  # bound now
        yield _Move(
            Trigger(self._free("set_data", "set_data", "sop_"), "fields"),
            lambda oracle: ev.DataSet(changes=_told(oracle, told, certain, ())),
            self.program.name,
        )

    def _about(self, number: int) -> str:
        question = self.program.steps[number].question
        return question.about if question is not None else ""

    def _inputs(
        self, state: RunState, opening: Opening, told: list[str], certain: set[str]
    ) -> Iterator[tuple[str, str, str, Event]]:
        """What may be said to an opening: a word for the trigger, what data it takes, of which, and the event."""
        number, at = opening.id, self.program.steps[opening.step]
        if opening.phase == "asks":
            yield from self._answers(opening, at)
        elif opening.phase == "held":
            for timer in opening.timers:
                fire: Event = lambda _, timer=timer: ev.TimerFired(opening=number, name=timer)  # type: ignore[misc]
                exit_ = at.wait[int(timer.removeprefix("wait-"))].exit if timer.startswith("wait-") else "opens"
                yield "due" if exit_ == "done" else exit_, "nothing", "", fire
        elif opening.phase == "open":
            form = tuple(path for path, may_stay_empty in at.form if not may_stay_empty)
            for exit_ in self._words(at):
                match at.op:
                    case Op.WORK:
                        yield exit_, "fields", "", lambda oracle, exit_=exit_: ev.StepDone(  # type: ignore[misc]
                            opening=number, outcome=exit_, data=_told(oracle, told, certain, form)
                        )
                    case Op.VOTE:
                        voter = f"voter {len(opening.votes or ())}"
                        yield exit_, "nothing", "", lambda _, exit_=exit_: ev.Voted(  # type: ignore[misc]
                            opening=number, verdict=exit_, by=voter
                        )
                    case Op.CHOOSE:
                        yield exit_, "nothing", "", lambda _, exit_=exit_: ev.Answered(opening=number, value=exit_)  # type: ignore[misc]
                    case Op.CALL:
                        data = dict.fromkeys(self._result(at), TOLD)
                        yield exit_, "result", at.path, lambda _, exit_=exit_, data=data: ev.ChildEnded(  # type: ignore[misc]
                            opening=number, outcome=exit_, data=data
                        )

    def _words(self, at: Step) -> tuple[str, ...]:
        if at.op == Op.CALL and at.call is not None:
            return at.call.program.outcomes
        return tuple(at.exits)

    def _result(self, at: Step) -> tuple[str, ...]:
        return tuple(at.call.program.fields) if at.call is not None else ()

    def _asked_unknown(self, state: RunState) -> set[str]:
        """The fields that are asked for because they are unknown, not because they are old."""
        found: set[str] = set()
        for opening in state.open.values():
            if opening.phase == "asks":
                found.update(path for path in opening.asked if path != self._about(opening.step))
        return found

    def _answers(self, opening: Opening, at: Step) -> Iterator[tuple[str, str, str, Event]]:
        number = opening.id
        for path in opening.asked:
            if at.question is not None and path == at.question.about:
                for value in finite(self.program.fields[path]):
                    word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else str(value)
                    yield str(word), "nothing", "", lambda _, path=path, value=value: ev.Answered(  # type: ignore[misc]
                        opening=number, field=path, value=value
                    )
            else:
                yield path, "answer", path, lambda _, path=path: ev.Answered(  # type: ignore[misc]
                    opening=number, field=path, value=TOLD
                )

    # -- names of triggers ------------------------------------------------------------------------------------------

    def _trigger(self, state: RunState, opening: Opening, word: str, takes: str, of: str) -> Trigger:
        at = self.program.steps[opening.step]
        items = item_numbers(self.program, path_of(self.program, state, opening))
        alone = sum(other.id == at.id for other in self.program.steps) == 1
        base = "_".join([_word(at.id if alone else at.path), *map(str, items)])
        return Trigger(self._free(f"{base}__{_word(word)}", (at.index, items, word, takes), "step_"), takes, of)

    def _free(self, name: str, meaning: Hashable, prefix: str) -> str:
        """A name that means this and nothing else, and that no machine or model has for itself."""
        while name in _RESERVED or self.triggers.setdefault(name, meaning) != meaning:
            name = prefix + name
        return name

    # -- the ways of one event --------------------------------------------------------------------------------------

    def _ways(self, source: str, state: RunState, move: _Move) -> None:
        for way in _merged(list(self._tries(source, state, move))):
            self.flat.ways.append(Way(move.trigger, source, way.dest, tuple(way.script), way.stays))

    def _tries(self, source: str, state: RunState, move: _Move) -> Iterator[_Try]:
        """Every way in which the engine takes the event, by the answers that lead there."""
        tape: list[int] = []
        for _ in range(TRIES):
            oracle = Oracle(self.program, tape)
            after = state.copy()
            after.data = AskedData.of(self.bare, after, oracle)
            if move.opens is not None:
                after.open[move.opens].stage += 1  # the clock of a skeleton stands still, so it would be held again
            said: object
            try:
                said = step(self.bare, after, move.event(oracle))
            except DeadEnd:
                said = None
            except TooMany as guard:
                raise Tangled(move.step, str(guard)) from None
            if isinstance(said, Accepted) and all(opening.phase != "incident" for opening in after.open.values()):
                dest = self._name(after)
                yield _Try(oracle.script, list(oracle.choices), dest, dest == source and not said.notes)
            choices = oracle.choices
            while choices and choices[-1].taken + 1 == choices[-1].number:
                choices.pop()
            if not choices:
                return
            tape = [choice.taken for choice in choices]
            tape[-1] += 1
        raise Tangled(move.step, "")

    def _name(self, state: RunState) -> str:
        key = key_of(self.program, state, self.memory)
        if key in self.names:
            return self.names[key]
        name = base = name_of(self.program, state, self.memory)
        number = 1
        while name in self.flat.states:  # alike to read, but others are served first
            number += 1
            name = f"{base} ({number})"
        self.names[key] = name
        steps = [opening for opening in state.open.values() if opening.step >= 0 and not opening.kids]
        self.flat.states[name] = tuple(self.program.steps[o.step] for o in sorted(steps, key=lambda o: o.id))
        if not state.running:
            self.flat.final.add(name)
        for opening in state.open.values():
            if opening.kids and len(opening.kids) > 1:
                self.shapes.setdefault(opening.step, set()).add(key)
        if len(self.flat.states) > self.limit:
            worst = max(self.shapes, key=lambda step: len(self.shapes[step]), default=-1)
            raise Limit(len(self.flat.states), self.program.steps[worst].path if worst >= 0 else self.program.name)
        self.todo.append((name, state))
        return name


@dataclass(slots=True)
class _Try:
    """A try that was accepted: its script, the choices in it, and where it led."""

    script: list[Line]
    choices: list[Choice]
    dest: str
    stays: bool


def _told(oracle: Oracle, paths: list[str], certain: set[str], form: tuple[str, ...]) -> dict[str, object]:
    """The data of an event, as far as they matter: which of ``paths`` the trigger tells, and whether with a value."""
    data: dict[str, object] = {}
    for path in paths:
        if oracle.tells(path, certain=path in certain):
            data[path] = TOLD if path not in form or oracle.known(path) else None
    return data


def _merged(found: list[_Try]) -> list[_Try]:
    """The tries, without last guards that change nothing because each of their answers leads to the same end."""
    open_ = {tuple(choice.taken for choice in attempt.choices): attempt for attempt in found}
    for answers in sorted(open_, key=len, reverse=True):  # merged tries come again, one shorter
        while answers in open_:
            last = open_[answers].choices[-1] if answers else None
            if last is None or last.line != len(open_[answers].script) - 1:
                break
            siblings = [(*answers[:-1], taken) for taken in range(last.number)]
            same = {(open_[other].dest, open_[other].stays, len(open_[other].script)) for other in siblings if other in open_}
            if len(same) > 1 or any(other not in open_ for other in siblings):
                break
            kept = open_[siblings[0]]
            for other in siblings:
                del open_[other]
            answers = answers[:-1]
            open_[answers] = _Try(kept.script[:-1], kept.choices[:-1], kept.dest, kept.stays)
    return list(open_.values())


def _word(name: str) -> str:
    """A name as part of an identifier."""
    return re.sub(r"\W", "_", name)


_RESERVED = frozenset({"state", "trigger", "may_trigger", "data", "start", "model", "machine"})
