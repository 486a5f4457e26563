"""The step kinds of the language; each comes in by the same door as a third party's.

A kind says its keys, which of them go together, and which operation of the core runs it; what running means
is the compiler's and the engine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field as Option

from sopflow.model._checks import bodies, check_ends, check_outcomes, check_plain_next, read_join, read_need, share
from sopflow.model._frozen import NOTHING
from sopflow.model._names import read_end, read_field_path, read_kebab, read_part_name, read_sop_name, read_word
from sopflow.model._node import Node, Reads, map_schema, read_entries, read_many
from sopflow.model._parts import Awaited, Retry, Table
from sopflow.model._problems import Problems, problem
from sopflow.model._step import Step, read_steps
from sopflow.model._text import Text
from sopflow.model._values import (
    EXPR,
    FLAG,
    PHRASE,
    TARGET,
    TEXT,
    VALUES,
    WORD,
    Cases,
    Expr,
    Plain,
    Target,
    Time,
    Value,
    is_cases,
    number,
    one_of,
    read_plain,
    read_time,
)

STEPS = Reads(read_steps, "Steps")
AT_ONCE = number(1)
REST = one_of("cancel", "finish")


class Task(Step):
    """Work for a person, or, with ``run``, for a registered handler."""

    what: ClassVar[tuple[str, str]] = ("a task", "任务")
    kind: ClassVar[str] = "task"
    needs: ClassVar[Mapping[str, str]] = {"retry": "run", "timeout": "run", "with": "run"}

    title: Annotated[Text, TEXT] = Option(alias="task")
    run: Annotated[str | None, WORD] = None
    with_: Annotated[Mapping[str, Value], VALUES] = Option(default=NOTHING, alias="with")
    retry: Annotated[Retry | None, Reads(Retry.read, "Retry")] = None
    timeout: Annotated[str | Cases | None, PHRASE] = None
    outcomes: Annotated[tuple[str, ...], Reads.many(read_kebab, "Id")] = ()

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """With outcomes, ``next`` has one way for each; without, it has no map."""
        super().check(body, problems)
        way, outcomes = body.get("next"), body.get("outcomes")
        if isinstance(outcomes, list):
            for index, name in enumerate(outcomes):
                if name in outcomes[:index]:
                    problems.add("SOP150", "outcomes", index, name=name)
            check_outcomes([name for name in outcomes if isinstance(name, str)], way, problems)
        else:
            check_plain_next(way, problems, "outcomes")


class Decision(Step):
    """A question: about a field, an expression, a table, cases, or none of them."""

    what: ClassVar[tuple[str, str]] = ("a decision", "判断")
    kind: ClassVar[str] = "decision"
    lowers_to: ClassVar[str] = "choose"
    exits: ClassVar[tuple[str, ...]] = ("yes", "no", "differ")
    refuses: ClassVar[frozenset[str]] = frozenset({"if", "optional"})

    title: Annotated[Text, TEXT] = Option(alias="decision")
    about: Annotated[str | None, Reads(read_field_path, "Path")] = None
    when: Annotated[Expr | None, EXPR] = None
    table: Annotated[Table | None, Reads(Table.read, "Table")] = None
    ask: Annotated[str, one_of("new-round", "unknown", "every-time")] = "new-round"
    need: Annotated[int | str, Reads(read_need, "Need")] = 1
    settle: Annotated[str | None, one_of("most", "mean")] = None
    in_doubt: Annotated[str | None, one_of("first", "last")] = None
    yes: Annotated[Target | None, TARGET] = None
    no: Annotated[Target | None, TARGET] = None
    differ: Annotated[Target | None, TARGET] = None

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """One thing is asked, and every answer has a way."""
        super().check(body, problems)
        way = body.get("next")
        cases = is_cases(way) or isinstance(way, list)
        asked = [name for name in ("about", "when", "table") if name in body] + (["next"] if cases else [])
        if len(asked) > 1:
            problems.add("SOP152", asked[1], at_key=True, one=asked[0], other=asked[1])
        _check_answers(body, problems, cases=cases)
        several = "need" in body and body["need"] != 1
        if several and not ({"settle", "in-doubt", "differ"} & body.keys()):
            problems.add("SOP164", "need", at_key=True)
        if "settle" in body and "in-doubt" in body:
            problems.add("SOP152", "in-doubt", at_key=True, one="settle", other="in-doubt")

    @classmethod
    def has_no_ordinary_way(cls, body: Mapping[str, object]) -> bool:
        """A decision has one way for each answer, and none without an answer."""
        return True


def _check_answers(body: Mapping[str, object], problems: Problems, *, cases: bool) -> None:
    """``yes`` and ``no``, or a ``next`` of all values; below only from a table that gives no ``next``."""
    said = [name for name in ("yes", "no") if name in body]
    if said and "next" in body:
        problems.add("SOP152", "next", at_key=True, one=said[0], other="next")
    elif len(said) == 1:
        problems.add("SOP162", said[0], at_key=True, one=said[0], other="no" if said == ["yes"] else "yes")
    table = body.get("table")
    if "table" not in body:
        if not said and not (isinstance(body.get("next"), dict) or cases):
            problems.add("SOP163", at_key=True)
        return
    gives = table.get("gives") if isinstance(table, dict) else None
    if said:
        problems.add("SOP152", said[0], at_key=True, one="table", other=said[0])
    elif isinstance(gives, list) and "next" in gives and "next" in body:
        problems.add("SOP152", "next", at_key=True, one="gives: next", other="next")
    elif isinstance(body.get("next"), dict):
        problems.add("SOP158", "next", what="a table", what_zh="决策表")


class Approval(Step):
    """People judge: approved, refused, or changes asked for."""

    what: ClassVar[tuple[str, str]] = ("an approval", "审批")
    kind: ClassVar[str] = "approval"
    exits: ClassVar[tuple[str, ...]] = ("approved", "refused", "changes")

    title: Annotated[Text, TEXT] = Option(alias="approval")
    asks: Annotated[Text | None, TEXT] = None
    need: Annotated[int | str, Reads(read_need, "Need")] = 1
    approved: Annotated[Target | None, TARGET] = None
    refused: Annotated[Target, TARGET]
    changes: Annotated[Target | None, TARGET] = None

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Its ordinary way is called ``approved``."""
        super().check(body, problems)
        if "next" in body:
            problems.add("SOP159", "next", at_key=True)


class Group(Step):
    """Steps under one roof: names, handlers, deadline, cancellation."""

    what: ClassVar[tuple[str, str]] = ("a group", "组")
    kind: ClassVar[str] = "group"
    lowers_to: ClassVar[str] = "group"

    title: Annotated[Text, TEXT] = Option(alias="group")
    steps: Annotated[tuple[Step, ...], STEPS]

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """It has one way out."""
        super().check(body, problems)
        check_plain_next(body.get("next"), problems, "")


class Parallel(Step):
    """All branches at once, and how they join."""

    what: ClassVar[tuple[str, str]] = ("a parallel", "并行")
    kind: ClassVar[str] = "parallel"
    lowers_to: ClassVar[str] = "fork"
    exits: ClassVar[tuple[str, ...]] = ("short",)

    title: Annotated[Text, TEXT] = Option(alias="parallel")
    branches: Annotated[tuple[Step, ...], STEPS]
    join: Annotated[str, Reads(read_join, "Join")] = "active"
    rest: Annotated[str, REST] = "cancel"
    at_once: Annotated[int | None, AT_ONCE] = None
    short: Annotated[Target | None, TARGET] = None

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """``all`` has no guarded branch, ``n of m`` counts the branches, an end says which."""
        super().check(body, problems)
        check_plain_next(body.get("next"), problems, "")
        branches = body.get("branches")
        named = bodies(branches)
        if body.get("join") == "all":
            for loc, branch in named:
                if "if" in branch:
                    problems.add("SOP168", "branches", *loc, "if", at_key=True)
        said = share(body.get("join"))
        if said and named and said[1] != len(named):
            problems.add("SOP169", "join", said=said[1], number=len(named))
        check_ends(branches, "branches", problems)


class ForEach(Step):
    """Its steps once for each item of a list."""

    what: ClassVar[tuple[str, str]] = ("a for-each", "逐项")
    kind: ClassVar[str] = "for-each"
    lowers_to: ClassVar[str] = "each"
    exits: ClassVar[tuple[str, ...]] = ("short",)

    items: Annotated[str | tuple[Plain, ...], Reads(lambda value: _read_items(value), "Listed")] = Option(
        alias="for-each"
    )
    steps: Annotated[tuple[Step, ...], STEPS]
    as_: Annotated[str, Reads(read_part_name, "Name")] = Option(default="item", alias="as")
    key: Annotated[Expr | None, EXPR] = None
    at_once: Annotated[int | None, AT_ONCE] = None
    adds_until: Annotated[Time | Awaited | None, Reads(lambda value: read_awaited(value), "Awaited")] = None
    join: Annotated[str, Reads(read_join, "Join")] = "all"
    rest: Annotated[str, REST] = "cancel"
    short: Annotated[Target | None, TARGET] = None

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """It has one ordinary way out, and an end says which."""
        super().check(body, problems)
        check_plain_next(body.get("next"), problems, "")
        check_ends(body.get("steps"), "steps", problems)


class Call(Step):
    """Another SOP as a child run."""

    what: ClassVar[tuple[str, str]] = ("a call", "调用")
    kind: ClassVar[str] = "call"
    lowers_to: ClassVar[str] = "call"
    exits: ClassVar[tuple[str, ...]] = ("too-deep",)

    sop: Annotated[str, Reads(read_sop_name, "SopName")] = Option(alias="call")
    with_: Annotated[Mapping[str, Value], VALUES] = Option(default=NOTHING, alias="with")
    roles: Annotated[Mapping[str, str], Reads.entries(read_kebab, "Id", read_word, "Id")] = NOTHING
    at_most: Annotated[int | None, number(1)] = None
    detached: Annotated[bool, FLAG] = False
    too_deep: Annotated[Target | None, TARGET] = None
    needs: ClassVar[Mapping[str, str]] = {"too-deep": "at-most"}

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """A limit says where to go beyond it; a detached call waits for no end."""
        super().check(body, problems)
        if "at-most" in body and "too-deep" not in body:
            problems.add("SOP160", "at-most", at_key=True, key="too-deep")
        if isinstance(body.get("next"), list):
            problems.add("SOP158", "next", what="a call", what_zh="调用")
        if body.get("detached") is True and isinstance(body.get("next"), dict):
            problems.add("SOP152", "next", at_key=True, one="detached: true", other="next: {…}")


class Alternative(Awaited):
    """One of several things that a wait waits for, and where it goes when this one comes first."""

    what: ClassVar[tuple[str, str]] = ("an alternative", "备选项")

    next: Annotated[Target | None, TARGET] = None
    title: Annotated[Text | None, TEXT] = None


class First(Node):
    """Several things waited for at once; the first that comes decides."""

    what: ClassVar[tuple[str, str]] = ("a wait", "等待")

    first: Annotated[
        Mapping[str, Alternative], Reads(lambda value: _read_first(value), map_schema("Id", "Alternative"))
    ]


class Wait(Step):
    """Waits for a time, a message, a condition, or the first of several."""

    what: ClassVar[tuple[str, str]] = ("a wait", "等待")
    kind: ClassVar[str] = "wait"
    lowers_to: ClassVar[str] = "wait"

    wait: Annotated[Time | Awaited | First, Reads(lambda value: _read_wait(value), "Waited")] = Option(alias="wait")

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Its ways stand at the alternatives."""
        super().check(body, problems)
        check_plain_next(body.get("next"), problems, "")


class Repeat(Step):
    """Its steps, round after round, until an expression holds after one."""

    what: ClassVar[tuple[str, str]] = ("a repeat", "循环")
    kind: ClassVar[str] = "repeat"
    lowers_to: ClassVar[str] = "repeat"
    exits: ClassVar[tuple[str, ...]] = ("exhausted",)
    needs: ClassVar[Mapping[str, str]] = {"exhausted": "at-most"}

    title: Annotated[Text, TEXT] = Option(alias="repeat")
    steps: Annotated[tuple[Step, ...], STEPS]
    until: Annotated[Expr | None, EXPR] = None
    every: Annotated[str | Cases | None, PHRASE] = None
    at_most: Annotated[int | None, number(1)] = None
    exhausted: Annotated[Target | None, TARGET] = None

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """It says when it is over, and where it goes when its rounds are used up."""
        super().check(body, problems)
        check_plain_next(body.get("next"), problems, "")
        if "at-most" in body and "exhausted" not in body:
            problems.add("SOP160", "at-most", at_key=True, key="exhausted")
        if "until" not in body and "at-most" not in body:
            cls.missing("until", problems)


class Emit(Step):
    """Sends a message."""

    what: ClassVar[tuple[str, str]] = ("an emit", "发送")
    kind: ClassVar[str] = "emit"
    lowers_to: ClassVar[str] = "emit"

    message: Annotated[str, Reads(read_kebab, "Id")] = Option(alias="emit")
    with_: Annotated[Mapping[str, Value], VALUES] = Option(default=NOTHING, alias="with")

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """It has one way out."""
        super().check(body, problems)
        check_plain_next(body.get("next"), problems, "")


class End(Step):
    """Ends the run with an outcome."""

    what: ClassVar[tuple[str, str]] = ("an end", "结束")
    kind: ClassVar[str] = "end"
    lowers_to: ClassVar[str] = "end"
    refuses: ClassVar[frozenset[str]] = frozenset(
        "by may not-by same-by if optional missed opens due remind escalate duration checklist standards materials"
        " form evidence while holds after ensures on next".split()
    )

    end: Annotated[str, Reads(read_end, "Outcome")] = Option(alias="end")

    @property
    def outcome(self) -> str:
        """The outcome of the run."""
        return self.end.removesuffix(" of run")

    @property
    def of_run(self) -> bool:
        """Whether it says that it ends the whole run, as inside ``parallel`` and ``for-each`` it must."""
        return self.end.endswith(" of run")


Kind: TypeAlias = Task | Decision | Approval | Group | Parallel | ForEach | Call | Wait | Repeat | Emit | End


def read_awaited(value: object) -> Time | Awaited:
    """A time, or a map that says a message or a condition."""
    if isinstance(value, dict) and value.keys() & {"message", "when", "match"}:
        return Awaited.read(value)
    return read_time(value)


def _read_wait(value: object) -> Time | Awaited | First:
    return First.read(value) if isinstance(value, dict) and "first" in value else read_awaited(value)


def _read_first(value: object) -> Mapping[str, Alternative]:
    if value == {}:
        raise problem("SOP116")
    return read_entries(read_kebab, Alternative.read, value)


def _read_items(value: object) -> str | tuple[Plain, ...]:
    return read_many(read_plain, value) if isinstance(value, list) else read_field_path(value)
