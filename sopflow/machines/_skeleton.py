"""The skeleton of a program: the same steps and ways, with everything taken out that a flat machine leaves to others.

Who acts, checklists, evidence, handlers of work and the clock are the embedder's. Every expression becomes an
:class:`Asking`, so that whoever explores answers for it. What cannot be explored is refused by name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from sopflow.calendars import At, On, Ref, RefKind
from sopflow.engine import View
from sopflow.errors import Problem
from sopflow.expr import Expression
from sopflow.program import (
    Cases,
    Extreme,
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

ITEMS = 5  # of a for-each over a literal list
VALUES = 12  # of an enumeration whose values are told apart

Settings = tuple[tuple[str, Value], ...]
_Part = TypeVar("_Part")


class Answers(Protocol):
    """Whoever answers for expressions while a program is explored."""

    def judge(self, expression: Expression, local: Mapping[str, object]) -> object:
        """What the expression gives: True, False, UNKNOWN."""

    def lacks(self, expression: Expression, local: Mapping[str, object]) -> tuple[str, ...]:
        """The fields whose absence keeps it from a value."""


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
    """The program as it is explored. Only for programs in which :func:`uncovered` finds nothing."""
    return replace(
        program,
        steps=tuple(_step(program, step) for step in program.steps),
        fields={path: _any(field) for path, field in program.fields.items()},
        parameters=frozenset(),
        derived=_asking(program.derived),
        roles={name: Role(name, role.title) for name, role in program.roles.items()},
        messages={
            name: Message(name, {path: _any(field) for path, field in message.fields.items()}, message.kept)
            for name, message in program.messages.items()
        },
    )


def _step(program: Program, step: Step) -> Step:
    times, call = _times(program, step.times), step.call
    bare = replace(
        step,
        people=replace(step.people, may=(), not_by=(), same_by=(), tell=()),
        run="",
        retry=None,
        timeout=None,
        with_=(),
        checklist=(),
        evidence=(),
        set_=_pending(step.set_),
        question=_writing_later(step.question) if step.question is not None else None,
        times=Times(),
        call=None,
    )
    return replace(
        _asking(bare),
        times=times,
        time_reads=("",) if times != Times() else (),  # to let the engine look at them; no field is called that
        call=replace(call, with_=(), set_=_pending(call.set_)) if call is not None else None,
        wait=tuple(
            replace(_asking(replace(option, at=None)), at=_far(program, option.at) if option.at is not None else None)
            for option in step.wait
        ),
    )


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


def _times(program: Program, times: Times) -> Times:
    """When it opens; and its deadline, where data decide which of several it is, as the engine asks for these."""
    due = _far(program, times.due) if times.due is not None else None
    return Times(
        opens=_far(program, times.opens) if times.opens is not None else None,
        due=due if due is not None and _hangs(due) else None,
    )


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


def leaves(program: Program, expression: Expression) -> tuple[str, ...]:
    """The names that an expression hangs on, through what is derived."""
    depends = program.depends
    return tuple(dict.fromkeys(path for name in expression.reads for path in depends.get(name, (name,))))


def finite(field: Field) -> tuple[object, ...]:
    """The values of a field, where they are few; else nothing."""
    if field.is_ == "bool":
        return (True, False)
    return field.values if field.is_ == "enum" and len(field.values) <= VALUES else ()


def uncovered(program: Program) -> Iterator[tuple[Step | None, Problem]]:
    """What a flat machine cannot show: the step (None: the SOP itself) and a problem that says it."""
    if program.handlers:
        yield None, _problem(program.name, "handlers (‘on’)", "处理程序(on)")
    for step in program.steps:
        for what, chinese in _beyond(program, step):
            yield step, _problem(step.path, what, chinese)


def _problem(step: str, what: str, chinese: str) -> Problem:
    return Problem("SOP422", fields={"step": step, "what": what, "what_zh": chinese})


def _beyond(program: Program, step: Step) -> Iterator[tuple[str, str]]:
    if step.handlers:
        yield "handlers (‘on’)", "处理程序(on)"
    if step.holds:
        yield "what it holds (‘holds’) is given by other runs", "它占用的资源(holds)取决于其他运行"
    if step.rounds is not None and step.rounds.every is not None:
        yield "its rounds open by the clock (‘every’)", "它的各轮按时钟开始(every)"
    if step.each is not None:
        if step.each.until is not None:
            yield "items may be added to it (‘adds-until’)", "它可以增加项(adds-until)"
        if step.each.field:
            yield "it goes through a list that only a run knows", "它遍历的列表在运行时才知道"
        elif len(step.each.items) > ITEMS:
            yield f"it goes through more than {ITEMS} items", f"它遍历的列表超过 {ITEMS} 项"
    for option in step.wait:
        message = program.messages.get(option.message)
        if message is not None and message.kept:
            yield (
                f"the message ‘{option.message}’ is kept (say ‘kept: false’)",
                f"消息“{option.message}”会被保留(可写 kept: false)",
            )
        if option.match:
            yield (
                f"it waits for one ‘{option.message}’ among many (‘match’)",
                f"它在多条“{option.message}”中等待一条(match)",
            )
    question = step.question
    if question is not None and step.people.seats > 1 and not (question.open or question.about):
        yield "it asks several people for data", "它向多人询问数据"
    table = question.table if question is not None else None
    if table is not None and table.hit == "collect":
        yield "a table that collects", "收集多行结果的决策表(collect)"
    yield from _unreadable(program, step)
    about = question.about if question is not None else ""
    if about and not _few(program, about):
        yield f"it is about ‘{about}’, which has too many values", f"“{about}”的取值过多"
    written = [path for path, _ in (*step.set_, *(step.call.set_ if step.call is not None else ()))]
    for path in written:
        if path not in program.fields:
            yield f"it sets ‘{path}’, which is no field of the SOP", f"它设置的“{path}”不是本 SOP 的字段"


def _few(program: Program, about: str) -> bool:
    field = program.fields.get(about)
    if field is not None:
        return bool(finite(field))
    return all(path in program.fields and finite(program.fields[path]) for path in program.depends.get(about, (about,)))


def _unreadable(program: Program, step: Step) -> Iterator[tuple[str, str]]:
    """Expressions that read the history or the clock: a machine on somebody's own object has neither."""
    read: dict[str, None] = {}

    def note(expression: Expression) -> None:
        read.update(dict.fromkeys(leaves(program, expression)))

    _visit(replace(step, call=None, with_=(), checklist=(), evidence=()), note)
    if step.call is not None:
        _visit(step.call.set_, note)
    for name in read:
        if name.partition(".")[0] in ("steps", "now", "today") and name not in program.fields:
            yield (
                f"it reads ‘{name}’, and the machine keeps neither history nor clock",
                f"它读取“{name}”,而状态机不保存历史和时钟",
            )


def _visit(part: object, see: Callable[[Expression], None]) -> None:
    todo = [part]
    while todo:
        match todo.pop():
            case Expression() as expression:
                see(expression)
            case tuple() as parts:
                todo += parts
            case Mapping() as named:
                todo += named.values()
            case other if is_dataclass(other) and type(other).__module__ == Step.__module__:
                todo += [getattr(other, field.name) for field in fields(other)]
            case _:
                pass


def item_numbers(program: Program, path: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers, from 1, of the items in which an opening stands; ``path`` as in ``_marking.path_of``."""
    pairs = list(zip(path[::2], path[1::2], strict=True))
    blocks = [program.steps[step].op for step, _ in pairs[1:]]
    return tuple(branch + 1 for (_, branch), op in reversed(list(zip(pairs, blocks, strict=False))) if op == Op.EACH)
