"""The skeleton of a program: the same steps and ways, with everything taken out that a flat machine leaves to others.

Who acts, checklists, evidence, registered handlers of work and the clock are the embedder's. Every expression becomes
an :class:`Asking`, so that whoever explores answers for it. What cannot be explored is refused by name
(``_uncovered.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from sopflow.calendars import At, On, Ref, RefKind
from sopflow.engine import View
from sopflow.expr import Expression
from sopflow.program import (
    Cases,
    Extreme,
    Handler,
    Literal,
    Message,
    Op,
    Program,
    Question,
    Role,
    Step,
    Time,
    Times,
    Value,
)
from sopflow.values import Field

if TYPE_CHECKING:
    from datetime import tzinfo

VALUES = 12  # of an enumeration whose values are told apart

Settings = tuple[tuple[str, Value], ...]
_Part = TypeVar("_Part")


class Answers(Protocol):
    """Whoever answers for expressions while a program is explored."""

    def judge(self, expression: Expression, local: Mapping[str, object]) -> object:
        """What the expression gives: True, False, UNKNOWN."""

    def lacks(self, expression: Expression, local: Mapping[str, object]) -> tuple[str, ...]:
        """The fields whose absence keeps it from a value."""

    def fits(self, field: str, value: Value, local: Mapping[str, object]) -> bool:
        """Whether the field of the message that just came has this value."""


class Asking:
    """Stands for an expression in a skeleton: asks instead of evaluating. Engines see no difference."""

    __slots__ = ("expression",)

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    @property
    def text(self) -> str:
        """What was written."""
        return self.expression.text

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables it may read."""
        return self.expression.reads

    def evaluate(self, view: View) -> object:
        """What the one who explores says it gives."""
        return _answers(view).judge(self.expression, view.locals)

    def missing(self, view: View) -> tuple[str, ...]:
        """What the one who explores says is missing."""
        return _answers(view).lacks(self.expression, view.locals)


def _answers(view: View) -> Answers:
    # The engine also makes plain views, of what data would be; they lead to the run's own.
    state = view.state
    assert state is not None  # every view of a run is bound to it
    return cast("Answers", state.data.answers)  # type: ignore[attr-defined]  # a run that is explored has such data


@dataclass(frozen=True, slots=True)
class Pending:
    """A value that a definition writes, in a skeleton: computed only when a machine plays it."""

    value: Value


@dataclass(frozen=True, slots=True)
class _Matching:
    """Stands for the value that a field of a message must have: asks when the engine compares."""

    field: str
    value: Value

    def evaluate(self, view: View) -> object:
        return _Matched(self, view)


class _Matched:
    """What a field of a message is compared with."""

    __slots__ = ("matching", "view")
    __hash__ = None  # type: ignore[assignment]  # it is compared, and no more

    def __init__(self, matching: _Matching, view: View) -> None:
        self.matching, self.view = matching, view

    def __eq__(self, told: object) -> bool:
        return _answers(self.view).fits(self.matching.field, self.matching.value, self.view.locals)


@dataclass(frozen=True, slots=True)
class _AnyField(Field):
    """A field of a skeleton takes whatever the one who explores writes."""

    def read(self, raw: object, zone: tzinfo = dt.UTC) -> object:
        return raw


@dataclass(frozen=True, slots=True)
class _Far(On):
    """A time that has not come yet. ``hangs`` are the derived values that decide which time it is."""

    hangs: tuple[Ref, ...] = ()

    @property
    def reads(self) -> tuple[Ref, ...]:
        return self.hangs


def skeleton(program: Program) -> Program:
    """The program as it is explored. Only for programs in which ``uncovered`` finds nothing."""
    failing = failures(program)
    return replace(
        program,
        steps=tuple(_step(program, step, may_fail=step.index in failing) for step in program.steps),
        handlers=_handlers(program, program.handlers),
        fields={path: _any(field) for path, field in program.fields.items()},
        parameters=frozenset(),
        derived=_asking(program.derived),
        roles={name: Role(name, role.title) for name, role in program.roles.items()},
        messages={
            name: Message(name, {path: _any(field) for path, field in message.fields.items()}, message.kept)
            for name, message in program.messages.items()
        },
    )


def _step(program: Program, step: Step, *, may_fail: bool) -> Step:
    times, call = _times(program, step), step.call
    bare = replace(
        step,
        people=replace(step.people, may=(), not_by=(), same_by=(), tell=()),
        run=step.run if may_fail else "",
        retry=None,
        timeout=None,
        with_=(),
        checklist=(),
        evidence=(),
        set_=_pending(step.set_),
        question=_writing_later(step.question) if step.question is not None else None,
        times=Times(),
        call=None,
        wait=(),
        handlers=(),
    )
    return replace(
        _asking(bare),
        times=times,
        time_reads=("",) if times != Times() else (),  # to let the engine look at them; no field is called that
        call=replace(call, with_=(), set_=_pending(call.set_)) if call is not None else None,
        wait=tuple(
            replace(
                _asking(replace(option, at=None, match=())),
                at=_far(program, option.at) if option.at is not None else None,
                match=_matching(option.match),
            )
            for option in step.wait
        ),
        handlers=_handlers(program, step.handlers),
    )


def _handlers(program: Program, handlers: tuple[Handler, ...]) -> tuple[Handler, ...]:
    return tuple(
        replace(
            _asking(replace(handler, at=None, match=())),
            at=_far(program, handler.at) if handler.at is not None else None,
            match=_matching(handler.match),
        )
        for handler in handlers
    )


def _matching(match: Settings) -> Settings:
    return tuple((path, cast("Value", _Matching(path, value))) for path, value in match)


def _pending(written: Settings) -> Settings:
    return tuple((path, Literal(Pending(value))) for path, value in written)


def _writing_later(question: Question) -> Question:
    """A question whose table writes only when a machine plays it."""
    if question.table is None:
        return question
    rows = [replace(row, gives=tuple(Literal(Pending(value)) for value in row.gives)) for row in question.table.rows]
    return replace(question, table=replace(question.table, rows=tuple(rows)))


def _any(field: Field) -> Field:
    return _AnyField(field.path, field.is_, field.values, ask=field.ask)


def _asking(part: _Part) -> _Part:
    """``part`` of a program with every expression in it asking. Programs nest as deep as their tables, not more."""
    made: object
    match part:
        case Expression():
            made = Asking(part)
        case tuple():
            made = tuple(_asking(inner) for inner in part)
        case Mapping():
            made = {name: _asking(inner) for name, inner in part.items()}
        case _ if is_dataclass(part) and not isinstance(part, type) and type(part).__module__ == Step.__module__:
            made = type(part)(**{field.name: _asking(getattr(part, field.name)) for field in fields(part)})
        case _:
            return part
    return cast("_Part", made)


def _times(program: Program, step: Step) -> Times:
    """When it opens; and its deadline, where that leads somewhere or data decide which of several it is."""
    times = step.times
    due = _far(program, times.due) if times.due is not None else None
    return Times(
        opens=_far(program, times.opens) if times.opens is not None else None,
        due=due if due is not None and (routes_when_late(step) or _hangs(due)) else None,
    )


def routes_when_late(step: Step) -> bool:
    """Whether something happens when the step is overdue."""
    return any(handler.on == "overdue" for handler in step.handlers)


def failures(program: Program) -> frozenset[int]:
    """The steps of registered handlers whose failure leads somewhere: a scope around them has ``error`` ``instead``."""
    found = set()
    for step in program.steps:
        here: Step | None = step
        while here is not None and step.run:
            caught = [handler for handler in here.handlers if handler.on == "error"]
            block = program.regions[here.region].block
            above = program.steps[block] if block >= 0 else None
            if above is None:
                caught += [handler for handler in program.handlers if handler.on == "error"]
            if caught:
                found |= {step.index}
                break
            here = above
    return frozenset(found)


def _far(program: Program, time: Time) -> Time:
    match time:
        case Cases(cases=cases):
            far = [
                replace(case, when=_asking(case.when), then=_far(program, cast("Time", case.then))) for case in cases
            ]
            return Cases(tuple(far))
        case Extreme(latest=latest, times=parts):
            return Extreme(latest, tuple(_far(program, part) for part in parts))
        case phrase:
            hangs = tuple(ref for ref in phrase.reads if isinstance(program.derived.get(ref.name), Cases))
            return _Far(dt.time(), At(Ref(RefKind.DATE, "9000-01-01")), hangs)


def _hangs(time: Time) -> bool:
    """Whether data decide which time it is."""
    match time:
        case Cases():
            return True
        case Extreme(times=parts):
            return any(_hangs(part) for part in parts)
        case phrase:
            return bool(phrase.reads)


def finite(field: Field) -> tuple[object, ...]:
    """The values of a field, where they are few; else nothing."""
    if field.is_ == "bool":
        return (True, False)
    return field.values if field.is_ == "enum" and len(field.values) <= VALUES else ()


def item_numbers(program: Program, path: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers, from 1, of the items in which an opening stands; ``path`` as in ``_marking.path_of``."""
    pairs = list(zip(path[::2], path[1::2], strict=True))
    blocks = [program.steps[step].op for step, _ in pairs[1:]]
    around = reversed(list(zip(pairs, blocks, strict=False)))
    return tuple(branch + 1 for (_, branch), op in around if op == Op.EACH and branch >= 0)  # not of handlers beside
