"""The oracle: answers, in place of data, what an engine asks while a program is explored.

Each question is answered in every way that the answers before it leave open, one way for each try. The answers
so far are held as *worlds*: all combinations of what the fields that were asked about may be. A field with few
values is known by its value in a world, any other only as known or unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from sopflow.engine import RunState, View
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.machines._checks import Assign, Check, Fits, Holds, Judged, Known, Lacks, Line, Tells
from sopflow.machines._history import History
from sopflow.machines._parts import expressions, leaves
from sopflow.machines._skeleton import Pending, finite
from sopflow.program import Literal, Program, Value

WORLDS = 4_096
QUESTIONS = 5_000  # in one event; more is a loop that never waits, which the engine would stop, too
SUBSETS = 5  # fields of one expression that may each be missing or not


class DeadEnd(Exception):
    """No answer is left: what was answered before cannot be, or an expression can only fail."""


class TooMany(Exception):
    """One event hangs on more than can be told apart; carries the text of the guard, or "" ."""


@dataclass(frozen=True, slots=True)
class _Marker:
    name: str

    def __repr__(self) -> str:
        return self.name


SOME: Final = _Marker("SOME")  # the value of a field, whatever it is
TOLD: Final = _Marker("TOLD")  # what the trigger itself tells: it is in the data before anything is asked

_TOLD_NAMES = ("message.", "result.")

World = dict[str, object]
Options = Callable[[World], Iterable[object]]


@dataclass(slots=True)
class Choice:
    """A question on the tape: how many answers it has, which was taken, and where in the script it stands."""

    number: int
    taken: int
    line: int


@dataclass(slots=True)
class Oracle:
    """Answers for one try at ``state``, a run of the skeleton.

    ``tape`` says which answers to take first; what is asked beyond it gets the first.
    """

    program: Program
    tape: list[int]
    history: History
    state: RunState
    script: list[Line] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    worlds: list[World] = field(default_factory=lambda: [{}])
    told: dict[object, tuple[object, frozenset[str]]] = field(default_factory=dict)
    asked: int = 0

    # -- what is asked ----------------------------------------------------------------------------------------------

    def tells(self, path: str, *, certain: bool) -> bool:
        """Whether the trigger tells the field; ``certain``: it is unknown if not."""
        told = self._ask(("tells", path), (), lambda _: (False, True), lambda answer: Tells(path, answer is True))
        if told is False and certain:
            self._narrow(path, (UNKNOWN,))
        return told is True

    def given(self, path: str) -> None:
        """The trigger gives the field a value."""
        self._extend((path,))
        self.worlds = [world for world in self.worlds if world[path] is not UNKNOWN]

    def known(self, path: str) -> bool:
        """Whether the field has a value."""
        self._extend((path,))
        answer = self._ask(
            ("known", path),
            (path,),
            lambda world: (world[path] is not UNKNOWN,),
            lambda answer: Known(path, answer is True),
        )
        return answer is True

    def value(self, name: str) -> object:
        """The value of a field or of what is derived; SOME if it has too many to tell; UNKNOWN."""
        paths = self._fields(self.program.depends.get(name, (name,)))
        self._extend(paths)

        def options(world: World) -> Iterable[object]:
            if name in world:
                return (world[name],)
            try:
                value = self._view(world, {})[name]
            except KeyError:
                value = UNKNOWN
            if any(world[path] is SOME for path in paths):
                return (SOME,) if value is SOME else (SOME, UNKNOWN)
            return (value,)

        def check(answer: object) -> Check:
            return Known(name, known=True) if answer is SOME else Holds(name, answer)

        return self._ask(("value", name), paths, options, check)

    def judge(self, expression: Expression, local: Mapping[str, object]) -> object:
        """What an expression gives: True, False or UNKNOWN. One that would fail is a dead end."""
        paths, items = self._fields(leaves(self.program, expression)), self._items(expression, local)
        reads = _told_name(expression.reads, local)
        self._extend(paths)

        def options(world: World) -> Iterable[object]:
            if reads:
                return (True, False, UNKNOWN)
            if any(world[path] is SOME for path in paths):
                return (True, False, UNKNOWN) if any(world[path] is UNKNOWN for path in paths) else (True, False)
            value = expression.evaluate(self._view(world, items))
            return () if isinstance(value, Failure) else (value,)

        key = ("judge", expression.text, repr(items))
        return self._ask(key, paths, options, lambda answer: Judged(expression, answer, items, reads))

    def lacks(self, expression: Expression, local: Mapping[str, object]) -> tuple[str, ...]:
        """The fields whose absence keeps an expression from a value, in the order of its text."""
        paths, items = self._fields(leaves(self.program, expression)), self._items(expression, local)
        self._extend(paths)

        def options(world: World) -> Iterable[object]:
            if not any(world[path] is SOME for path in paths):
                return (frozenset(self._view(world, items).unknown_fields(expression)),)
            missing = [path for path in paths if world[path] is UNKNOWN]
            if len(missing) > SUBSETS:
                raise TooMany(expression.text)
            return [frozenset(some) for size in range(len(missing), 0, -1) for some in combinations(missing, size)]

        key = ("lacks", expression.text, repr(items))
        found = self._ask(key, paths, options, lambda answer: Lacks(expression, _set(answer), items))
        return tuple(path for path in paths if path in _set(found))

    def fits(self, field: str, value: Value, local: Mapping[str, object]) -> bool:
        """Whether the field of the message that just came has this value."""
        items = {name: item for name, item in local.items() if not name.startswith("message.")}
        paths = self._fields(name for read in expressions(value) for name in leaves(self.program, read))
        key = ("fits", field, repr(value), repr(items))
        said = self._ask(key, paths, lambda _: (True, False), lambda answer: Fits(field, value, answer is True, items))
        return said is True

    def assign(self, path: str, value: Value, local: Mapping[str, object]) -> None:
        """A field is written: what was said about it holds no longer."""
        reads = _told_name((name for read in expressions(value) for name in read.reads), local)
        items = {name: item for name, item in local.items() if "." not in name}
        items.update(self.history.values(self.program, self.state))
        self.script.append(Assign(path, value, items, reads))
        self.worlds = _distinct({name: v for name, v in world.items() if name != path} for world in self.worlds)
        self.told = {key: said for key, said in self.told.items() if path not in said[1]}
        if isinstance(value, Literal):
            known = value.value if value.value in finite(self.program.fields[path]) else SOME
            self._narrow(path, (UNKNOWN if value.value is None else known,))

    # -- how it is answered -----------------------------------------------------------------------------------------

    def _ask(self, key: object, paths: Iterable[str], options: Options, check: Callable[[object], Check]) -> object:
        self.asked += 1
        if self.asked > QUESTIONS:
            raise DeadEnd
        if key in self.told:
            return self.told[key][0]
        open_to = [tuple(options(world)) for world in self.worlds]
        answers = list(dict.fromkeys(answer for some in open_to for answer in some))
        if not answers:
            raise DeadEnd
        answer = answers[0]
        if len(answers) > 1:
            place = len(self.choices)
            taken = self.tape[place] if place < len(self.tape) else 0
            answer = answers[taken]
            self.choices.append(Choice(len(answers), taken, len(self.script)))
            self.script.append(check(answer))
        self.worlds = [world for world, some in zip(self.worlds, open_to, strict=True) if answer in some]
        self.told[key] = (answer, frozenset(paths))
        return answer

    def _items(self, expression: Expression, local: Mapping[str, object]) -> dict[str, object]:
        """What the expression reads besides data: items of the for-eaches around, and the history."""
        roots = {name.partition(".")[0] for name in expression.reads}
        items = {name: item for name, item in local.items() if name in roots}
        read = leaves(self.program, expression) if self.history.most else ()
        if any(name in self.history.most for name in read):
            known = self.history.values(self.program, self.state)
            items.update({name: known[name] for name in read if name in known})
        return items

    def _fields(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in self.program.fields)

    def _extend(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self.worlds[0]:
                values = finite(self.program.fields[path])
                if len(self.worlds) * (len(values) + 1) > WORLDS:
                    values = ()
                fixed = path in self.program.parameters  # and so known since the start
                self._narrow(path, (values or (SOME,)) if fixed else (*(values or (SOME,)), UNKNOWN))

    def _narrow(self, path: str, values: tuple[object, ...]) -> None:
        if len(self.worlds) * len(values) > 2 * WORLDS:
            raise TooMany("")
        self.worlds = [{**world, path: value} for world in self.worlds for value in values]

    def _view(self, world: World, items: Mapping[str, object]) -> View:
        view = View({path: value for path, value in world.items() if value is not UNKNOWN})
        view.bind(self.program, RunState.of(self.program))
        view.locals = items
        return view


class AskedData(View):
    """The data of a run that is explored: it holds nothing, it asks the oracle."""

    __slots__ = ("answers",)

    answers: Oracle

    @classmethod
    def of(cls, program: Program, state: RunState, oracle: Oracle) -> AskedData:
        """The data of ``state``, a run of the skeleton ``program``."""
        data = cls()
        data.bind(program, state)
        data.answers = oracle
        return data

    def __getitem__(self, name: str) -> object:
        if name in self.locals:
            return self.locals[name]
        value = self.answers.value(name)
        if value is UNKNOWN:
            raise KeyError(name)
        return value

    def get(self, name: str, default: object = None) -> object:  # the engine asks no more
        """Whether a form's field has a value is all that the engine wants to know here."""
        return SOME if self.answers.known(name) else default

    def __setitem__(self, path: str, value: object) -> None:
        if isinstance(value, Pending):
            self.answers.assign(path, value.value, self.locals)
        elif value is not TOLD:
            self.answers.assign(path, Literal(value), {})

    def pop(self, path: str, default: object = None) -> object:
        """The trigger told that a field is unknown: so it is already."""
        return default


def _told_name(read: Iterable[str], local: Mapping[str, object]) -> str:
    """The name under which ``read`` has what the trigger told: ``message``, ``result``, or "" for not at all."""
    return next((name.partition(".")[0] for name in read if name in local and name.startswith(_TOLD_NAMES)), "")


def _set(answer: object) -> frozenset[str]:
    assert isinstance(answer, frozenset)  # so are all options of a question for fields
    return answer


def _distinct(worlds: Iterable[World]) -> list[World]:
    return list({tuple(world.items()): world for world in worlds}.values())
