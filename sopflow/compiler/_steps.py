"""Lowering: each written step becomes a step of the program, in the engine's few operations.

A kind is lowered by the operation that it names (``lowers_to``), so a third party's kind goes the same way. What a
kind says of itself is gathered first, then the step is made once, with what every kind may say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Required, TypedDict

from sopflow import expr
from sopflow.compiler._awaited import Waiting
from sopflow.compiler._common import Settings, title_of
from sopflow.compiler._index import Node, said
from sopflow.compiler._names import plain_field, texts_of, type_of_field
from sopflow.compiler._tables import table_of
from sopflow.model import Table as WrittenTable
from sopflow.program import (
    Alternative,
    Call,
    Cases,
    Each,
    Handler,
    Join,
    Op,
    Question,
    Retry,
    Rounds,
    Step,
    Table,
    Target,
    Time,
)


class Own(TypedDict, total=False):
    """What a kind says of its steps: fields of :class:`~sopflow.program.Step`."""

    op: Required[Op]
    exits: Required[dict[str, Target]]
    ordinary: str
    asks: dict[str, str]
    run: str
    retry: Retry | None
    timeout: Time | None
    question: Question
    join: Join
    each: Each
    rounds: Rounds
    call: Call | None
    wait: tuple[Alternative, ...]
    emit: str
    with_: Settings


@dataclass(slots=True)
class Lowering(Waiting):
    """Lowers the steps of one definition."""

    def step(self, node: Node) -> Step:
        """The program's step for ``node``."""
        own = _LOWER[node.step.lowers_to](self, node)
        step, doc, reader, local = node.step, node.doc, self.reader, self.local(node)
        if step.missed is not None:
            own["exits"]["missed"] = self.target(node, step.missed, (*doc, "missed"))
        times, title = self.times(node), title_of(step)
        handlers = self.handlers(step.on, node.handlers, (*doc, "on"), node) if step.on else ()
        self.check_words(node, title)
        # The guard of a branch is its fork's, judged once when that opens.
        if_ = step.if_ if step.if_ is not None and self.index.lists[node.region].role != "branch" else None
        while_, optional = step.while_, step.optional
        set_ = step.set if own["op"] != Op.CALL else {}  # that of a call reads what its child gives, and is the call's
        return Step(
            index=node.index,
            id=step.id,
            path=node.path,
            kind=step.kind,
            region=node.region,
            title=title,
            regions=tuple(node.regions),
            people=self.people(node),
            times=times,
            if_=reader.condition(if_, (*doc, "if"), local=local) if if_ else None,
            while_=reader.condition(while_, (*doc, "while"), local=local, clock=False) if while_ else None,
            missed="" if step.missed is None else "missed",
            optional=optional
            if isinstance(optional, bool)
            else reader.condition(optional, (*doc, "optional"), local=local) or False,
            form=self.form(node) if step.form else (),
            checklist=self.checklist(node, local) if step.checklist else (),
            evidence=self.evidence(node) if step.evidence else (),
            set_=self.settings(set_, (*doc, "set"), node) if set_ else (),
            requires=self.conditions(step.requires, (*doc, "requires"), local) if step.requires else (),
            ensures=self.conditions(step.ensures, (*doc, "ensures"), local) if step.ensures else (),
            handlers=handlers,
            parts=self.parts(node),
            holds=tuple(sorted(set(step.holds))) if step.holds else (),
            time_reads=self.time_reads(times, _times_of(own, handlers)),
            **own,
        )

    def work(self, node: Node) -> Own:
        """A task or an approval."""
        step = node.step
        if step.kind == "approval":
            return self.approval(node)
        outcomes = tuple(said(step, "outcomes", ()))
        exits = self.by_map(node, outcomes) if outcomes else {"done": self.onward(node)}
        own = Own(op=Op.WORK, exits=exits, ordinary="" if outcomes else "done")
        run = said(step, "run", "")
        if run:
            own["run"] = run
            own["retry"] = self.retry(said(step, "retry"), (*node.doc, "retry"))
            own["timeout"] = self.timeout(said(step, "timeout"), (*node.doc, "timeout"), node)
        arguments = said(step, "with_", {})
        if arguments:
            doc, local = (*node.doc, "with"), self.local(node)
            own["with_"] = tuple(
                (name, self.reader.value(raw, (*doc, name), None, local=local)) for name, raw in arguments.items()
            )
        if run:  # its ``set`` reads what the handler gives back
            self.locals[node.index] = {**self.local(node), "result": expr.DYN}
        return own

    def approval(self, node: Node) -> Own:
        step, doc = node.step, node.doc
        exits = {"approved": self.target(node, said(step, "approved", step.next), (*doc, "approved"))}
        for name in ("refused", "changes"):
            written = said(step, name)
            if written is not None:
                exits[name] = self.target(node, written, (*doc, name))
        return Own(op=Op.VOTE, exits=exits, ordinary="approved", asks=texts_of(said(step, "asks")))

    def choose(self, node: Node) -> Own:
        """A decision: about a field, by an expression, by a table, by cases of targets, or in people's words."""
        step, doc = node.step, node.doc
        about, when, table = said(step, "about"), said(step, "when"), said(step, "table")
        if table is not None:
            return self.table(node, table)
        if isinstance(step.next, tuple):
            return self.by_cases(node)
        cases: tuple[tuple[expr.Expression | None, str], ...] = ()
        outcomes: tuple[str, ...] = ("yes", "no")
        if about is not None:
            outcomes = self.about(about, node)
        elif when is not None:
            condition = self.reader.condition(when, (*doc, "when"), local=self.local(node))
            cases = ((condition, "yes"), (None, "no")) if condition is not None else ()
        if isinstance(step.next, Mapping):
            if about is None and when is None:
                outcomes = tuple(name for name in step.next if name != "else")
            exits = self.by_map(node, outcomes)
        else:
            if outcomes != ("yes", "no"):
                self.findings.add("SOP418", (*doc, "yes"), key=True, step=node.path, values=", ".join(outcomes))
            exits = {name: self.target(node, said(step, name), (*doc, name)) for name in ("yes", "no")}
        differ = said(step, "differ")
        if differ is not None:
            exits["differ"] = self.target(node, differ, (*doc, "differ"))
        return Own(op=Op.CHOOSE, exits=exits, ordinary="", question=_question(node, about=about or "", cases=cases))

    def by_cases(self, node: Node) -> Own:
        """A decision by cases of targets, each of which is an exit of its own name."""
        written, doc, local = node.step.next, (*node.doc, "next"), self.local(node)
        assert isinstance(written, tuple)
        exits: dict[str, Target] = {}
        cases = []
        for number, case in enumerate(written):
            at, words = (*doc, number), str(case.then)
            exits[words] = self.targets.of(node, words, (*at, "else" if case.when is None else "then"))
            cases.append((self.reader.condition(case.when, (*at, "when"), local=local), words))
        return Own(op=Op.CHOOSE, exits=exits, ordinary="", question=_question(node, cases=tuple(cases)))

    def about(self, path: str, node: Node) -> tuple[str, ...]:
        """The answers to a decision about the field ``path``."""
        doc = (*node.doc, "about")
        part = self.parts(node).get(path)
        kind = type_of_field(part.field) if part else self.reader.variables.plus(self.local(node)).get(path)
        match kind:
            case None:
                self.findings.unknown("SOP203", path, self.reader.fields, doc)
            case expr.EnumType(values=values):
                return values
            case _ if kind != expr.BOOL:
                wanted = "a bool or an enumeration"
                self.findings.add("SOP215", doc, name=path, type=str(kind), use="a decision", wanted=wanted)
        return ("yes", "no")

    def table(self, node: Node, written: WrittenTable) -> Own:
        """A decision table, which gives fields, and routes where it gives ``next``."""
        table, ways = table_of(
            written,
            (*node.doc, "table"),
            self.reader,
            local=self.local(node),
            is_field=lambda name, at: self.is_field(name, at, "a table"),
        )
        exits: dict[str, Target] = {words: self.targets.of(node, words, at) for words, at in ways if words}
        if not exits:
            exits["done"] = self.onward(node)
        return Own(op=Op.CHOOSE, exits=exits, ordinary="", question=_question(node, table=table))

    def fork(self, node: Node) -> Own:
        """A parallel: its branches' guards are the fork's, judged once on entry."""
        local = self.local(node)
        branches = [self.index.nodes[self.index.lists[region].steps[0]] for region in node.regions]
        guards = tuple(self.reader.condition(branch.step.if_, (*branch.doc, "if"), local=local) for branch in branches)
        join = _join(node, guards)
        exits: dict[str, Target] = {"done": self.onward(node)}
        self._short(node, exits, needed=False)  # whether guards can leave too few is a question to all data
        return Own(op=Op.FORK, exits=exits, join=join)

    def _short(self, node: Node, exits: dict[str, Target], *, needed: bool) -> None:
        written = said(node.step, "short")
        if written is not None:
            exits["short"] = self.target(node, written, (*node.doc, "short"))
        elif needed:
            self.findings.add("SOP414", node.doc, key=True, step=node.path)

    def each(self, node: Node) -> Own:
        """A for-each over a field or literal items, whose list may stay open for more."""
        step, doc = node.step, node.doc
        source = said(step, "items", ())
        path = source if isinstance(source, str) else ""
        items: tuple[object, ...] = () if path else tuple(source)
        if path:
            kind = self.reader.variables.plus(self.local(node)).get(path)
            if kind is None:
                self.findings.unknown("SOP203", path, self.reader.fields, (*doc, "for-each"))
            elif not isinstance(kind, expr.ListType):
                at, is_ = (*doc, "for-each"), str(kind)
                self.findings.add("SOP215", at, name=path, type=is_, use="for-each", wanted="a list")
        join, until = _join(node), said(step, "adds_until")
        exits: dict[str, Target] = {"done": self.onward(node)}
        self._short(node, exits, needed=join.need > 0 and (bool(path) or len(items) < join.need))
        each = Each(
            path,
            items,
            said(step, "as_", ""),
            key=self.item_key(node, said(step, "key")),
            until=self.alternative(node, "", until, (*doc, "adds-until")) if until is not None else None,
        )
        return Own(op=Op.EACH, exits=exits, each=each, join=join)

    def group(self, node: Node) -> Own:
        return Own(op=Op.GROUP, exits={"done": self.onward(node)})

    def repeat(self, node: Node) -> Own:
        step, doc, local = node.step, node.doc, self.local(node)
        exits: dict[str, Target] = {"done": self.onward(node)}
        exhausted = said(step, "exhausted")
        if exhausted is not None:
            exits["exhausted"] = self.target(node, exhausted, (*doc, "exhausted"))
        rounds = Rounds(
            self.reader.condition(said(step, "until"), (*doc, "until"), local=local),
            said(step, "at_most", 0),
            self.reader.pace(said(step, "every"), (*doc, "every"), local=local),
        )
        return Own(op=Op.REPEAT, exits=exits, rounds=rounds)

    def call(self, node: Node) -> Own:
        """A call goes on by the end that its child came to."""
        call, outcomes = self.calls.of(node, self)
        exits = self.by_map(node, outcomes)
        ordinary = "done" if "done" in exits else next(iter(exits))
        too_deep = said(node.step, "too_deep")
        if too_deep is not None:
            exits["too-deep"] = self.target(node, too_deep, (*node.doc, "too-deep"))
        return Own(op=Op.CALL, exits=exits, ordinary=ordinary, call=call)

    def wait(self, node: Node) -> Own:
        written = said(node.step, "wait")
        doc = (*node.doc, "wait")
        first = getattr(written, "first", None)
        if first is None:
            exits = {"done": self.onward(node)}
            return Own(op=Op.WAIT, exits=exits, wait=(self.alternative(node, "done", written, doc),))
        exits, alternatives = {}, []
        for name, option in first.items():
            at = (*doc, "first", name)
            exits[name] = self.target(node, option.next or node.step.next, (*at, "next"))
            alternatives.append(self.alternative(node, name, option, at))
        return Own(op=Op.WAIT, exits=exits, ordinary=next(iter(exits)), wait=tuple(alternatives))

    def emit(self, node: Node) -> Own:
        name = str(said(node.step, "message", ""))
        message = self.sop.messages.get(name)
        if message is None:
            self.findings.unknown("SOP204", name, self.sop.messages, (*node.doc, "emit"))
        fields = {path: plain_field(path, declared.is_) for path, declared in message.fields.items()} if message else {}
        with_ = []
        for path, raw in said(node.step, "with_", {}).items():
            at = (*node.doc, "with", path)
            if message is not None and path not in fields:
                self.findings.unknown("SOP203", path, fields, at, key=True)
            else:
                with_.append((path, self.reader.value(raw, at, fields.get(path), local=self.local(node))))
        return Own(op=Op.EMIT, exits={"done": self.onward(node)}, emit=name, with_=tuple(with_))

    def end(self, node: Node) -> Own:
        return Own(op=Op.STOP, exits={"done": self.targets.outcome(str(said(node.step, "outcome", "done")))})


def _question(
    node: Node,
    about: str = "",
    cases: tuple[tuple[expr.Expression | None, str], ...] = (),
    table: Table | None = None,
) -> Question:
    """The question of a decision, with how it is asked and settled."""
    step = node.step
    ask, settle, in_doubt = said(step, "ask", "new-round"), said(step, "settle", ""), said(step, "in_doubt", "")
    return Question(about, cases, ask, settle, in_doubt, table)


def _join(node: Node, guards: tuple[expr.Expression | None, ...] = ()) -> Join:
    """When a block goes on. ``active`` and ``all`` need as many as were started: 0."""
    step = node.step
    words = str(said(step, "join", "all"))
    head = words.partition(" ")[0]
    need = 1 if words == "first" else int(head) if head.isdigit() else 0
    return Join(need, said(step, "rest") == "finish", said(step, "at_once", 0), guards)


def times_of_handlers(handlers: tuple[Handler, ...]) -> tuple[Time | None, ...]:
    """What hangs on data in when handlers run: their times, and paces in cases."""
    times = [handler.at for handler in handlers]
    return (*times, *(handler.every for handler in handlers if isinstance(handler.every, Cases)))


def _times_of(own: Own, handlers: tuple[Handler, ...]) -> tuple[Time | None, ...]:
    """The times that a kind says of a step, and those of its handlers."""
    times: list[Time | None] = []
    if "wait" in own:
        times = [option.at for option in own["wait"]]
    elif "timeout" in own:
        times = [own["timeout"]]
    elif "each" in own and own["each"].until is not None:
        times = [own["each"].until.at]
    elif "rounds" in own and isinstance(own["rounds"].every, Cases):
        times = [own["rounds"].every]
    return (*times, *times_of_handlers(handlers)) if handlers else tuple(times)


_LOWER: Mapping[str, Callable[[Lowering, Node], Own]] = {
    "work": Lowering.work,
    "choose": Lowering.choose,
    "fork": Lowering.fork,
    "each": Lowering.each,
    "call": Lowering.call,
    "group": Lowering.group,
    "repeat": Lowering.repeat,
    "wait": Lowering.wait,
    "emit": Lowering.emit,
    "end": Lowering.end,
}
