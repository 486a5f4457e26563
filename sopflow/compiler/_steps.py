"""Lowering: each written step becomes a step of the program, in the engine's few operations.

A kind is lowered by the operation that it names (``lowers_to``), so a third party's kind goes the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sopflow import expr
from sopflow.compiler._common import Common
from sopflow.compiler._findings import DocPath
from sopflow.compiler._index import Node
from sopflow.compiler._names import plain_field, texts_of
from sopflow.compiler._tables import table_of
from sopflow.model import Handler as WrittenHandler
from sopflow.model import Table as WrittenTable
from sopflow.program import DONE, Alternative, Each, Handler, Join, Op, Question, Rounds, Step, Target

#: What a handler may be named for without a message of that name.
_HAPPENINGS = ("overdue", "error", "cancelled")


@dataclass(slots=True)
class Lowering(Common):
    """Lowers the steps of one definition."""

    def step(self, node: Node) -> Step:
        """The program's step for ``node``."""
        made = _LOWER[node.step.lowers_to](self, node)
        handlers = self.handlers(node.step.on, node.handlers, (*node.doc, "on"), node)
        reads = (path for handler in handlers for path in self.reader.reads_of(handler.at))
        reads_all = tuple(dict.fromkeys((*made.time_reads, *reads)))
        return replace(made, missed=self.missed(node, made), handlers=handlers, time_reads=reads_all)

    def handlers(
        self, written: Mapping[str, WrittenHandler], regions: Mapping[str, int], doc: DocPath, node: Node | None
    ) -> tuple[Handler, ...]:
        """The handlers of a step, or (without ``node``) of the SOP."""
        return tuple(self.handler(one, regions[one.id], (*doc, one.id), node) for one in written.values())

    def handler(self, written: WrittenHandler, region: int, doc: DocPath, node: Node | None) -> Handler:
        """One handler. Where it goes is looked up beside its scope."""
        reader = self.reader
        on = written.id if written.trigger == "id" else written.trigger
        message = ""
        if on not in _HAPPENINGS and written.trigger in ("id", "message"):
            on, message = "message", written.message or written.id
            if message not in self.sop.messages:
                at = (*doc, "message") if written.message else doc
                self.findings.unknown(
                    "SOP204", message, [*self.sop.messages, *_HAPPENINGS], at, key=not written.message
                )
        local = {**(self.local(node) if node is not None else {}), **self.of_message(message)}
        beside = node if node is not None else self.index.nodes[0]
        target = DONE
        if written.step is None and isinstance(written.next, str):
            target = self.targets.of(beside, written.next, (*doc, "next"))
        every = written.every if isinstance(written.every, str) else None
        if written.every is not None and every is None:
            self.findings.add("SOP420", (*doc, "every"), key=True, step=written.id, what="a pace by cases")
        return Handler(
            id=written.id,
            region=region,
            on=on,
            message=message,
            match=tuple(
                (name, reader.value(raw, (*doc, "match", name), None, local=local))
                for name, raw in written.match.items()
            ),
            at=reader.time(written.at, (*doc, "at"), node),
            every=reader.pace(every, (*doc, "every")) if every is not None else None,
            when=reader.condition(written.when, (*doc, "when"), local=local, clock=False),
            if_=reader.condition(written.if_, (*doc, "if"), local=local),
            instead=written.instead,
            finish=written.rest != "cancel" if written.rest is not None else on != "overdue",
            target=target,
        )

    def work(self, node: Node) -> Step:
        """A task or an approval."""
        step = node.step
        if step.kind == "approval":
            return self.approval(node)
        outcomes = tuple(getattr(step, "outcomes", ()))
        if outcomes:
            made = self.common(node, Op.WORK, self.by_map(node, outcomes), ordinary="")
        else:
            made = self.common(node, Op.WORK, {"done": self.onward(node)})
        arguments = getattr(step, "with_", {})
        with_ = tuple(
            (name, self.reader.value(raw, (*node.doc, "with", name), None, local=self.local(node)))
            for name, raw in arguments.items()
        )
        return replace(made, run=getattr(step, "run", None) or "", with_=with_)

    def approval(self, node: Node) -> Step:
        step = node.step
        exits: dict[str, Target] = {
            "approved": self.target(node, getattr(step, "approved", None) or step.next, (*node.doc, "approved"))
        }
        for name in ("refused", "changes"):
            written = getattr(step, name, None)
            if written is not None:
                exits[name] = self.target(node, written, (*node.doc, name))
        made = self.common(node, Op.VOTE, exits, ordinary="approved")
        return replace(made, asks=texts_of(getattr(step, "asks", None)))

    def choose(self, node: Node) -> Step:
        """A decision: about a field, by an expression, by a table, by cases of targets, or in people's words."""
        step = node.step
        asks = getattr(step, "ask", None) or "new-round"
        question = Question(
            asks=asks, settle=getattr(step, "settle", None) or "", in_doubt=getattr(step, "in_doubt", None) or ""
        )
        local = self.local(node)
        exits: dict[str, Target] = {}
        about, when, table = getattr(step, "about", None), getattr(step, "when", None), getattr(step, "table", None)
        if table is not None:
            return self.table(node, table, question)
        if isinstance(step.next, tuple):
            cases = []
            if step.next[-1].when is not None:
                self.findings.add("SOP431", (*node.doc, "next"), key=True, step=node.path)
            for number, case in enumerate(step.next):
                at = (*node.doc, "next", number)
                words = str(case.then)
                exits[words] = self.targets.of(node, words, (*at, "else" if case.when is None else "then"))
                cases.append((self.reader.condition(case.when, (*at, "when"), local=local), words))
            return replace(
                self.common(node, Op.CHOOSE, exits, ordinary=""), question=replace(question, cases=tuple(cases))
            )
        outcomes: tuple[str, ...] = ("yes", "no")
        if about is not None:
            kind = self.about(about, node)
            question = replace(question, about=about)
            outcomes = kind.values if isinstance(kind, expr.EnumType) else outcomes
            if kind not in (None, expr.BOOL) and not isinstance(kind, expr.EnumType):
                self.findings.add(
                    "SOP215",
                    (*node.doc, "about"),
                    name=about,
                    type=str(kind),
                    use="a decision",
                    wanted="a bool or an enumeration",
                )
        elif when is not None:
            condition = self.reader.condition(when, (*node.doc, "when"), local=local)
            if condition is not None:
                question = replace(question, cases=((condition, "yes"), (None, "no")))
        if isinstance(step.next, Mapping):
            if about is None and when is None:
                outcomes = tuple(name for name in step.next if name != "else")
            exits = self.by_map(node, outcomes)
        else:
            if outcomes != ("yes", "no"):
                self.findings.add("SOP418", (*node.doc, "yes"), key=True, step=node.path, values=", ".join(outcomes))
            for name in ("yes", "no"):
                exits[name] = self.target(node, getattr(step, name, None), (*node.doc, name))
        if getattr(step, "differ", None) is not None:
            exits["differ"] = self.target(node, step.differ, (*node.doc, "differ"))  # type: ignore[attr-defined]
        return replace(self.common(node, Op.CHOOSE, exits, ordinary=""), question=question)

    def about(self, path: str, node: Node) -> expr.Type | None:
        """The type of the field a decision is about."""
        kind = self.reader.variables.plus(self.local(node)).get(path)
        if kind is None:
            self.findings.unknown("SOP203", path, self.reader.fields, (*node.doc, "about"))
        return kind

    def table(self, node: Node, written: WrittenTable, question: Question) -> Step:
        """A decision table, which gives fields, and routes where it gives ``next``."""
        doc = (*node.doc, "table")
        table, ways = table_of(
            written,
            doc,
            self.reader,
            local=self.local(node),
            is_field=lambda name, at: self._is_field(name, at, "a table"),
        )
        exits: dict[str, Target] = {words: self.targets.of(node, words, at) for words, at in ways if words}
        if not exits:
            exits["done"] = self.onward(node)
        made = self.common(node, Op.CHOOSE, exits, ordinary="")
        return replace(made, question=replace(question, table=table))

    def fork(self, node: Node) -> Step:
        """A parallel: its branches' guards are the fork's, judged once on entry."""
        step = node.step
        branches = [self.index.nodes[self.index.lists[region].steps[0]] for region in node.regions]
        guards = tuple(
            self.reader.condition(branch.step.if_, (*branch.doc, "if"), local=self.local(node)) for branch in branches
        )
        join = getattr(step, "join", None) or "active"
        need = 1 if join == "first" else _count(join)
        exits: dict[str, Target] = {"done": self.onward(node)}
        sure = sum(guard is None for guard in guards)
        self._short(node, exits, needed=sure < need)
        return replace(
            self.common(node, Op.FORK, exits),
            join=Join(need, getattr(step, "rest", None) == "finish", getattr(step, "at_once", None) or 0, guards),
        )

    def _short(self, node: Node, exits: dict[str, Target], *, needed: bool) -> None:
        written = getattr(node.step, "short", None)
        if written is not None:
            exits["short"] = self.target(node, written, (*node.doc, "short"))
        elif needed:
            self.findings.add("SOP414", node.doc, key=True, step=node.path)

    def each(self, node: Node) -> Step:
        step = node.step
        source = getattr(step, "items", None)
        items: tuple[object, ...] = ()
        path = ""
        if isinstance(source, str):
            path = source
            kind = self.reader.variables.plus(self.local(node)).get(path)
            if kind is None:
                self.findings.unknown("SOP203", path, self.reader.fields, (*node.doc, "for-each"))
            elif not isinstance(kind, expr.ListType):
                self.findings.add(
                    "SOP215", (*node.doc, "for-each"), name=path, type=str(kind), use="for-each", wanted="a list"
                )
        else:
            items = tuple(source or ())
        join = getattr(step, "join", None) or "all"
        need = 1 if join == "first" else _count(join)
        exits: dict[str, Target] = {"done": self.onward(node)}
        self._short(node, exits, needed=need > 0 and (bool(path) or len(items) < need))
        if getattr(step, "adds_until", None) is not None:
            self.findings.add("SOP420", (*node.doc, "adds-until"), key=True, step=node.path, what="‘adds-until’")
        return replace(
            self.common(node, Op.EACH, exits),
            each=Each(path, items, getattr(step, "as_", None) or ""),
            join=Join(need, getattr(step, "rest", None) == "finish", getattr(step, "at_once", None) or 0),
        )

    def group(self, node: Node) -> Step:
        return self.common(node, Op.GROUP, {"done": self.onward(node)})

    def repeat(self, node: Node) -> Step:
        step = node.step
        exits: dict[str, Target] = {"done": self.onward(node)}
        if getattr(step, "exhausted", None) is not None:
            exits["exhausted"] = self.target(node, step.exhausted, (*node.doc, "exhausted"))  # type: ignore[attr-defined]
        if getattr(step, "every", None) is not None:
            self.findings.add("SOP420", (*node.doc, "every"), key=True, step=node.path, what="‘every’ of a repeat")
        until = self.reader.condition(getattr(step, "until", None), (*node.doc, "until"), local=self.local(node))
        return replace(self.common(node, Op.REPEAT, exits), rounds=Rounds(until, getattr(step, "at_most", None) or 0))

    def call(self, node: Node) -> Step:
        """A call goes on by the end that its child came to."""
        call, outcomes = self.calls.of(node, self)
        exits = self.by_map(node, outcomes)
        if getattr(node.step, "too_deep", None) is not None:
            exits["too-deep"] = self.target(node, node.step.too_deep, (*node.doc, "too-deep"))  # type: ignore[attr-defined]
        # The call's ‘set’ reads the child's results, so it is not the step's own.
        made = replace(self.common(node, Op.CALL, exits, ordinary="done" if "done" in exits else outcomes[0]), set_=())
        return replace(made, call=call)

    def wait(self, node: Node) -> Step:
        written = getattr(node.step, "wait", None)
        doc = (*node.doc, "wait")
        first = getattr(written, "first", None)
        exits: dict[str, Target] = {}
        alternatives = []
        if first is not None:
            for name, option in first.items():
                at = (*doc, "first", name)
                exits[name] = self.target(node, getattr(option, "next", None) or node.step.next, (*at, "next"))
                alternatives.append(self.alternative(node, name, option, at))
        else:
            exits["done"] = self.onward(node)
            alternatives.append(self.alternative(node, "done", written, doc))
        made = self.common(node, Op.WAIT, exits, ordinary=next(iter(exits)))
        reads = [path for option in alternatives for path in self.reader.reads_of(option.at)]
        return replace(made, wait=tuple(alternatives), time_reads=tuple(dict.fromkeys((*made.time_reads, *reads))))

    def alternative(self, node: Node, name: str, written: object, doc: DocPath) -> Alternative:
        message = getattr(written, "message", None)
        when = getattr(written, "when", None)
        if message is not None and message not in self.sop.messages:
            self.findings.unknown("SOP204", message, self.sop.messages, (*doc, "message"))
        match = tuple(
            (
                field_,
                self.reader.value(raw, (*doc, "match", field_), None, local=self.local(node)),
            )
            for field_, raw in (getattr(written, "match", None) or {}).items()
        )
        if message is not None or when is not None:
            condition = self.reader.condition(when, (*doc, "when"), local=self.local(node), clock=False)
            return Alternative(name, message=message or "", match=match, when=condition)
        phrase = getattr(written, "at", None) if hasattr(written, "message") else written
        at = doc if phrase is written else (*doc, "at")
        return Alternative(name, at=self.reader.time(phrase, at, node))

    def emit(self, node: Node) -> Step:
        name = str(getattr(node.step, "message", ""))
        message = self.sop.messages.get(name)
        if message is None:
            self.findings.unknown("SOP204", name, self.sop.messages, (*node.doc, "emit"))
        fields = {path: plain_field(path, declared.is_) for path, declared in message.fields.items()} if message else {}
        with_ = []
        for path, raw in getattr(node.step, "with_", {}).items():
            at = (*node.doc, "with", path)
            if message is not None and path not in fields:
                self.findings.unknown("SOP203", path, fields, at, key=True)
            else:
                with_.append((path, self.reader.value(raw, at, fields.get(path), local=self.local(node))))
        return replace(self.common(node, Op.EMIT, {"done": self.onward(node)}), emit=name, with_=tuple(with_))

    def end(self, node: Node) -> Step:
        return self.common(node, Op.STOP, {"done": self.targets.outcome(str(getattr(node.step, "outcome", "done")))})


def _count(join: object) -> int:
    """The n of ``n of m``; 0 for ``all`` and ``active``."""
    head = str(join).partition(" ")[0]
    return int(head) if head.isdigit() else 0


_LOWER: Mapping[str, Callable[[Lowering, Node], Step]] = {
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
