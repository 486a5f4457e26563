"""What expressions see of a run: its data, what is derived from them, its steps, its clock.

A view is the run's data (dotted path → value) that also answers for names that are not data, so that the usual
look-up costs one dictionary access. A name that is unknown raises KeyError, as expressions expect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.program import Cases, Literal, Program, Value

if TYPE_CHECKING:
    from sopflow.engine._state import Opening, RunState

_NO_LOCALS: Mapping[str, object] = {}


class View(dict[str, object]):
    """The data of a run, by dotted path, and through ``__missing__`` everything else an expression may read."""

    __slots__ = ("locals", "program", "state")

    program: Program | None
    state: RunState | None
    locals: Mapping[str, object]

    def __init__(self, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data or {})
        self.program = None
        self.state = None
        self.locals = _NO_LOCALS

    def bind(self, program: Program, state: RunState) -> None:
        """From now on this is the view of ``state``, a run of ``program``."""
        self.program = program
        self.state = state

    def __missing__(self, name: str) -> object:
        if name in self.locals:
            return self.locals[name]
        head, _, part = name.partition(".")
        if part and head in self.locals:  # a field of the item that the step is about
            return _part_of(self.locals[head], part)
        program, state = self.program, self.state
        if program is None or state is None:
            raise KeyError(name)
        if name in program.derived:
            return _known(name, evaluate(program.derived[name], self))
        if (calendar := name.replace("_", "-")) in program.calendars:
            return calendar
        root, _, rest = name.partition(".")
        if root == "steps":
            return _of_step(program, state, rest)
        if root in ("now", "today") and state.at is not None:
            local = state.at.astimezone(program.zone)
            return local.date() if root == "today" else local
        raise KeyError(name)

    def unknown_fields(self, expression: Expression) -> tuple[str, ...]:
        """The data fields whose absence kept ``expression`` from a value, through what is derived, in order."""
        return self.fields_behind(expression.missing(self))

    def fields_behind(self, unknown: Iterable[str]) -> tuple[str, ...]:
        """The data fields whose absence makes these names unknown, in order."""
        program = self.program
        found: dict[str, None] = {}
        names = list(reversed(tuple(unknown)))
        while names:
            name = names.pop()
            if program is not None and name in program.derived:
                names.extend(reversed(missing_of(program.derived[name], self)))
            else:
                found[name] = None
        return tuple(found)


def view_of(program: Program, state: RunState, opening: Opening, extra: Mapping[str, object] | None = None) -> View:
    """The run's view as ``opening`` sees it: with the items and messages of what is around it."""
    local: dict[str, object] = dict(extra or {})
    below: Opening | None = None
    here: Opening | None = opening
    while here is not None and here.step >= 0:
        each = program.steps[here.step].each
        if each is not None and below is not None:
            local.setdefault(each.as_, below.item)
        if here.mark is not None:
            for name, value in here.mark.message.items():
                local.setdefault(f"message.{name}", value)
        below, here = here, state.open.get(here.up)
    state.data.locals = local
    return state.data


def evaluate(value: Value, view: View) -> object:
    """The value of a literal, an expression or cases: maybe ``UNKNOWN`` or a ``Failure``."""
    match value:
        case Literal():
            return value.value
        case Cases():
            chosen = choose(value, view)
            return chosen if chosen is UNKNOWN or isinstance(chosen, Failure) else evaluate(chosen, view)  # type: ignore[arg-type]  # cases of values
        case _:
            return value.evaluate(view)


def choose(cases: Cases, view: View) -> object:
    """What stands behind the first case that holds: ``UNKNOWN`` where an earlier one is, or where none holds."""
    for case in cases.cases:
        held = True if case.when is None else case.when.evaluate(view)
        if held is True:
            return case.then
        if held is not False:
            return held
    return UNKNOWN


def missing_of(value: Value, view: View) -> tuple[str, ...]:
    """The names that kept ``value`` from being known."""
    match value:
        case Literal():
            return ()
        case Cases():
            for case in value.cases:
                held = True if case.when is None else case.when.evaluate(view)
                if held is True:
                    return missing_of(case.then, view)  # type: ignore[arg-type]  # the compiler puts values here
                if case.when is not None and held is not False:
                    return case.when.missing(view)
            return ()
        case _:
            return value.missing(view)


def _known(name: str, value: object) -> object:
    # A derived value that fails is as good as unknown to whoever reads it; the compiler has checked its types, so
    # what is left (a division by zero) shows as a question that data can mend.
    if value is UNKNOWN or isinstance(value, Failure):
        raise KeyError(name)
    return value


def _part_of(item: object, path: str) -> object:
    for name in path.split("."):
        item = item.get(name) if isinstance(item, Mapping) else None
        if item is None:
            raise KeyError(path)
    return item


def with_part(item: object, path: str, value: object) -> object:
    """The item with one of its fields written; None forgets it."""
    if not path:
        return value
    name, _, rest = path.partition(".")
    old = item if isinstance(item, dict) else {}
    new = with_part(old.get(name), rest, value)
    return {**{key: kept for key, kept in old.items() if key != name}, **({} if new is None else {name: new})}


def _of_step(program: Program, state: RunState, rest: str) -> object:
    """``STEP.done``, ``STEP.rounds`` … of ``steps.STEP.ATTRIBUTE``."""
    step, _, attribute = rest.rpartition(".")
    index = program.by_path.get(step.replace("_", "-"), program.by_path.get(step))
    if index is None:
        raise KeyError(rest)
    record = state.done.get(index)
    if attribute == "done":
        return record is not None
    if attribute == "rounds":
        return record.times if record else 0
    if record is None:
        raise KeyError(rest)
    value = {
        "by": record.by,
        "at": record.at,
        "outcome": record.outcome,
        "verdict": record.outcome,
        "answer": record.answer,
    }[attribute]
    if value is None:
        raise KeyError(rest)
    return value
