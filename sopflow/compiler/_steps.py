"""Lowering: each written step becomes a step of the program, in the engine's few operations.

A kind is lowered by the operation that it names (``lowers_to``), so a third party's kind goes the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sopflow import expr
from sopflow.compiler._calls import Calls
from sopflow.compiler._findings import DocPath, Findings
from sopflow.compiler._index import Index, Node
from sopflow.compiler._targets import Targets
from sopflow.compiler._values import Reader
from sopflow.model import Handler as WrittenHandler
from sopflow.model import Sop, Text
from sopflow.model import Step as WrittenStep
from sopflow.program import (
    DONE, Alternative, Cases, Each, Escalation, Handler, Item, Join, Literal, Op, People, Question, Rounds,
    Row, Step, Table, Target, Times,
)
from sopflow.values import Field

Local = Mapping[str, expr.Type]


def texts_of(text: Text | None) -> dict[str, str]:
    """A text by language; a text in no particular language stands under ""."""
    if text is None:
        return {}
    written = text.written
    return {"": written} if isinstance(written, str) else {tag: text.get(tag) for tag in text.languages}


def title_of(step: WrittenStep) -> dict[str, str]:
    """What people read for a step: its title, else its id."""
    return texts_of(step.title) or {"": step.id}


@dataclass(slots=True)
class Lowering:
    """Lowers the steps of one definition."""

    sop: Sop
    index: Index
    reader: Reader
    targets: Targets
    findings: Findings
    calls: Calls
    locals: dict[int, Local] = field(default_factory=dict)  # of each node: the names only it sees

    def step(self, node: Node) -> Step:
        """The program's step for ``node``."""
        made = _LOWER[node.step.lowers_to](self, node)
        return replace(made, missed=self._missed(node, made), handlers=self.handlers(node.step.on, node.handlers, node.doc, node))

    # -- what all kinds have -----------------------------------------------------------------------------------------

    def common(self, node: Node, op: Op, exits: Mapping[str, Target], ordinary: str = "done") -> Step:
        """The step with the keys that every kind may have."""
        step, doc, reader = node.step, node.doc, self.reader
        local = self.local(node)
        times = self.times(node)
        return Step(
            index=node.index, id=step.id, path=node.path, kind=step.kind, op=op, region=node.region,
            title=title_of(step), exits=exits, ordinary=ordinary, regions=tuple(node.regions),
            people=self.people(node), times=times,
            if_=reader.condition(step.if_, (*doc, "if"), local=local),
            while_=reader.condition(step.while_, (*doc, "while"), local=local, clock=False),
            optional=step.optional if isinstance(step.optional, bool)
            else reader.condition(step.optional, (*doc, "optional"), local=local) or False,
            form=self.form(node),
            checklist=tuple(
                Item(texts_of(item.text), reader.condition(item.if_, (*doc, "checklist", number, "if"), local=local))
                for number, item in enumerate(step.checklist)),
            evidence=tuple(Item(texts_of(item.title), is_=str(getattr(item.is_, "name", "")))
                           for item in step.evidence),
            set_=self.settings(step.set, (*doc, "set"), local),
            requires=self.conditions(step.requires, (*doc, "requires"), local),
            ensures=self.conditions(step.ensures, (*doc, "ensures"), local),
            time_reads=self.time_reads(times),
        )

    def local(self, node: Node) -> Local:
        """The names that only this step sees: the items of the for-eaches around it."""
        known = self.locals.get(node.index)
        if known is not None:
            return known
        found: dict[str, expr.Type] = {}
        block = self.index.block_of(node)
        if block is not None:
            found.update(self.local(block))
            name = getattr(block.step, "as_", None)
            if block.step.lowers_to == "each" and name:
                found[name] = self._item_type(block)
        self.locals[node.index] = found
        return found

    def _item_type(self, block: Node) -> expr.Type:
        source = getattr(block.step, "items", None)
        kind = self.reader.variables.get(source) if isinstance(source, str) else None
        if isinstance(kind, expr.ListType):
            return kind.item
        return expr.STRING if not isinstance(source, str) else expr.DYN

    def people(self, node: Node) -> People:
        step, doc = node.step, node.doc
        by = step.by if all(isinstance(name, str) for name in step.by) else ()
        if step.by and not by:
            self.findings.add("SOP420", (*doc, "by"), step=node.path, what="‘by’ with cases")
        need, seats, every = _need(getattr(step, "need", None), len(by))
        return People(
            by=self.roles(by, (*doc, "by")), may=self.roles(step.may, (*doc, "may")),
            not_by=self.steps(step.not_by, (*doc, "not-by"), node),
            same_by=self.steps(step.same_by, (*doc, "same-by"), node),
            tell=self.roles(step.tell, (*doc, "tell")), need=need, seats=seats, every=every,
        )

    def roles(self, names: tuple[str, ...], doc: DocPath) -> tuple[str, ...]:
        """Roles that exist."""
        for number, name in enumerate(names):
            if name not in self.sop.roles:
                at = (*doc, number) if len(names) > 1 or self._is_list(doc) else doc
                self.findings.unknown("SOP202", name, self.sop.roles, at)
        return tuple(name for name in names if name in self.sop.roles)

    def _is_list(self, doc: DocPath) -> bool:
        return self.sop.place((*doc, 0)) != self.sop.place(doc)

    def steps(self, names: tuple[str, ...], doc: DocPath, node: Node) -> tuple[int, ...]:
        """Steps that exist, each name meaning one."""
        found = []
        for name in names:
            numbers = self.index.find(name, node)
            if len(numbers) == 1:
                found.append(numbers[0])
            elif numbers:
                paths = ", ".join(self.index.nodes[number].path for number in numbers)
                self.findings.add("SOP207", doc, name=name, paths=paths)
            else:
                self.findings.unknown("SOP201", name, dict.fromkeys(other.step.id for other in self.index.nodes), doc)
        return tuple(found)

    def form(self, node: Node) -> tuple[tuple[str, bool], ...]:
        made = []
        for number, entry in enumerate(node.step.form):
            path, optional = entry.removesuffix("?"), entry.endswith("?")
            if self._is_field(path, (*node.doc, "form", number), "a form"):
                made.append((path, optional))
        return tuple(made)

    def _is_field(self, path: str, doc: DocPath, use: str, *, key: bool = False) -> bool:
        fields = self.reader.fields
        if path in fields and path not in self.sop.parameters:
            return True
        if path in self.sop.parameters or path in self.sop.derived or path in self.sop.anchors:
            what = "a parameter" if path in self.sop.parameters else "derived" if path in self.sop.derived else "an anchor"
            self.findings.add("SOP218", doc, key=key, name=path, what=what)
        else:
            self.findings.unknown("SOP203", path, (name for name in fields if name not in self.sop.parameters),
                                  doc, key=key, use=use)
        return False

    def settings(self, written: Mapping[str, object], doc: DocPath, local: Local) -> tuple[tuple[str, object], ...]:  # type: ignore[type-arg]
        """``set``: a value for each field it names."""
        made = []
        for path, raw in written.items():
            at = (*doc, path)
            root = path.partition(".")[0]
            target = self.reader.fields.get(path)
            if root in local or self._is_field(path, at, "‘set’", key=True):
                made.append((path, self.reader.value(raw, at, target, local=local)))
        return tuple(made)

    def conditions(self, written: tuple[str, ...], doc: DocPath, local: Local) -> tuple[expr.Expression, ...]:
        made = []
        for number, text in enumerate(written):
            at = (*doc, number) if self._is_list(doc) else doc
            condition = self.reader.condition(text, at, local=local)
            if condition is not None:
                made.append(condition)
        return tuple(made)

    def times(self, node: Node) -> Times:
        step, doc, reader = node.step, node.doc, self.reader
        reminders = [reader.reminder(raw, (*doc, "remind", number) if self._is_list((*doc, "remind")) else (*doc, "remind"),
                                     number, node) for number, raw in enumerate(step.remind)]
        escalations = []
        for number, written in enumerate(step.escalate):
            at = (*doc, "escalate", number)
            time = reader.time(written.at, (*at, "at"), node)
            to = self.roles(written.to, (*at, "to"))
            if time is not None and to:
                escalations.append(Escalation(f"escalate-{number}", time, to[0], written.do == "hand-over"))
        return Times(
            opens=reader.time(step.opens, (*doc, "opens"), node), due=reader.time(step.due, (*doc, "due"), node),
            remind=tuple(reminder for reminder in reminders if reminder is not None), escalate=tuple(escalations),
        )

    def time_reads(self, times: Times) -> tuple[str, ...]:
        written = [times.opens, times.due, *(line.at for line in times.remind), *(line.at for line in times.escalate)]
        return tuple(dict.fromkeys(path for time in written for path in self.reader.reads_of(time)))

    # -- exits -------------------------------------------------------------------------------------------------------

    def target(self, node: Node, written: object, doc: DocPath) -> Target:
        """A target, or cases of targets; below where nothing is written."""
        if written is None:
            return node.below
        if isinstance(written, tuple):
            return self.reader.cases(written, doc, lambda then, at: self.targets.of(node, str(then), at),
                                     local=self.local(node))
        return self.targets.of(node, str(written), doc)

    def onward(self, node: Node) -> Target:
        """The one way out of a step that has no map of them."""
        written = node.step.next
        return node.below if isinstance(written, Mapping) else self.target(node, written, (*node.doc, "next"))

    def by_map(self, node: Node, outcomes: tuple[str, ...]) -> dict[str, Target]:
        """The exits of a ``next`` map, each of which must be one of ``outcomes`` (or ``else``), all of them said."""
        written = node.step.next
        doc = (*node.doc, "next")
        if not isinstance(written, Mapping):
            onward = self.onward(node)
            return dict.fromkeys(outcomes, onward)
        exits: dict[str, Target] = {}
        for name, words in written.items():
            if name in outcomes or name == "else":
                exits[name] = self.target(node, words, (*doc, name))
            else:
                self.findings.unknown("SOP419", name, [*outcomes, "else"], (*doc, name), key=True, step=node.path)
        otherwise = exits.pop("else", None)
        missing = [name for name in outcomes if name not in exits]
        if missing and otherwise is None:
            self.findings.add("SOP418", doc, key=True, step=node.path, values=", ".join(missing))
        return {name: exits.get(name, DONE if otherwise is None else otherwise) for name in outcomes}

    def _missed(self, node: Node, made: Step) -> str:
        """The exit for whoever is passed over, where it is not the ordinary one."""
        written = node.step.missed
        if written is None:
            return ""
        made.exits["missed"] = self.target(node, written, (*node.doc, "missed"))  # type: ignore[index]  # made a moment ago
        return "missed"

    # -- handlers ----------------------------------------------------------------------------------------------------

    def handlers(self, written: Mapping[str, WrittenHandler], regions: Mapping[str, int], doc: DocPath,
                 node: Node | None) -> tuple[Handler, ...]:
        """The handlers of a step, or (without ``node``) of the SOP."""
        base = doc if node is None else (*doc, "on")
        if written:
            first = next(iter(written))
            where = "the SOP" if node is None else node.path
            self.findings.add("SOP420", (*base, first), key=True, step=where, what="handlers (‘on’)")
        return ()

    # -- kinds -------------------------------------------------------------------------------------------------------

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
        with_ = tuple((name, self.reader.value(raw, (*node.doc, "with", name), None, local=self.local(node)))
                      for name, raw in arguments.items())
        return replace(made, run=getattr(step, "run", None) or "", with_=with_)

    def approval(self, node: Node) -> Step:
        step = node.step
        exits: dict[str, Target] = {"approved": self.target(node, getattr(step, "approved", None) or step.next, (*node.doc, "approved"))}
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
        question = Question(asks=asks, settle=getattr(step, "settle", None) or "", in_doubt=getattr(step, "in_doubt", None) or "")
        local = self.local(node)
        exits: dict[str, Target] = {}
        about, when, table = getattr(step, "about", None), getattr(step, "when", None), getattr(step, "table", None)
        if table is not None:
            return self.table(node, table, question)
        if isinstance(step.next, tuple):
            cases = []
            for number, case in enumerate(step.next):
                at = (*node.doc, "next", number)
                words = str(case.then)
                exits[words] = self.targets.of(node, words, (*at, "else" if case.when is None else "then"))
                cases.append((self.reader.condition(case.when, (*at, "when"), local=local), words))
            return replace(self.common(node, Op.CHOOSE, exits, ordinary=""),
                           question=replace(question, cases=tuple(cases)))
        outcomes: tuple[str, ...] = ("yes", "no")
        if about is not None:
            kind = self.about(about, node)
            question = replace(question, about=about)
            outcomes = kind.values if isinstance(kind, expr.EnumType) else outcomes
            if kind not in (None, expr.BOOL) and not isinstance(kind, expr.EnumType):
                self.findings.add("SOP215", (*node.doc, "about"), name=about, type=str(kind),
                                  use="a decision", wanted="a bool or an enumeration")
        elif when is not None:
            condition = self.reader.condition(when, (*node.doc, "when"), local=local)
            if condition is not None:
                question = replace(question, cases=((condition, "yes"), (None, "no")))
        if isinstance(step.next, Mapping):
            if about is None and when is None:
                outcomes = tuple(name for name in step.next if name != "else")
            exits = self.by_map(node, outcomes)
        else:
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

    def table(self, node: Node, written: object, question: Question) -> Step:
        self.findings.add("SOP420", (*node.doc, "table"), key=True, step=node.path, what="decision tables")
        return replace(self.common(node, Op.CHOOSE, {"done": node.below}), question=question)

    def fork(self, node: Node) -> Step:
        """A parallel: its branches' guards are the fork's, judged once on entry."""
        step = node.step
        branches = [self.index.nodes[self.index.lists[region].steps[0]] for region in node.regions]
        guards = tuple(self.reader.condition(branch.step.if_, (*branch.doc, "if"), local=self.local(node))
                       for branch in branches)
        join = getattr(step, "join", None) or "active"
        need = 1 if join == "first" else _count(join)
        exits: dict[str, Target] = {"done": self.onward(node)}
        self._short(node, exits, needed=need > 0 and any(guards) or join == "first" and all(guards))
        return replace(self.common(node, Op.FORK, exits), join=Join(
            need, getattr(step, "rest", None) == "finish", getattr(step, "at_once", None) or 0, guards))

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
                self.findings.add("SOP215", (*node.doc, "for-each"), name=path, type=str(kind), use="for-each", wanted="a list")
        else:
            items = tuple(source or ())
        join = getattr(step, "join", None) or "all"
        need = 1 if join == "first" else _count(join)
        exits: dict[str, Target] = {"done": self.onward(node)}
        self._short(node, exits, needed=need > 0 and (bool(path) or len(items) < need))
        for name in ("adds_until", "at_once"):
            if getattr(step, name, None) is not None:
                key = name.replace("_", "-")
                self.findings.add("SOP420", (*node.doc, key), key=True, step=node.path, what=f"‘{key}’")
        return replace(self.common(node, Op.EACH, exits),
                       each=Each(path, items, getattr(step, "as_", None) or ""),
                       join=Join(need, getattr(step, "rest", None) == "finish"))

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
        call, outcomes = self.calls.of(node, self)
        written = node.step.next
        exits = self.by_map(node, outcomes) if isinstance(written, Mapping) else dict.fromkeys(
            ("done", *outcomes), self.onward(node))
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
        match = tuple((field_, self.reader.value(raw, (*doc, "match", field_), self._of_message(message, field_), local=self.local(node)))
                      for field_, raw in (getattr(written, "match", None) or {}).items())
        if message is not None or when is not None:
            condition = self.reader.condition(when, (*doc, "when"), local=self.local(node), clock=False)
            return Alternative(name, message=message or "", match=match, when=condition)
        phrase = getattr(written, "at", None) if hasattr(written, "message") else written
        at = doc if phrase is written else (*doc, "at")
        return Alternative(name, at=self.reader.time(phrase, at, node))

    def _of_message(self, message: str | None, name: str) -> Field | None:
        return None

    def emit(self, node: Node) -> Step:
        name = str(getattr(node.step, "message", ""))
        if name not in self.sop.messages:
            self.findings.unknown("SOP204", name, self.sop.messages, (*node.doc, "emit"))
        arguments = getattr(node.step, "with_", {})
        with_ = tuple((path, self.reader.value(raw, (*node.doc, "with", path), None, local=self.local(node)))
                      for path, raw in arguments.items())
        return replace(self.common(node, Op.EMIT, {"done": self.onward(node)}), emit=name, with_=with_)

    def end(self, node: Node) -> Step:
        return self.common(node, Op.STOP, {"done": self.targets.outcome(str(getattr(node.step, "outcome", "done")))})


def _need(written: object, roles: int) -> tuple[int, int, bool]:
    """(need, seats, each role has one) of ``need: 2``, ``2 of 3``, ``all``."""
    match written:
        case None:
            return 1, 1, False
        case "all":
            return max(roles, 1), max(roles, 1), True
        case int():
            return written, written, False
        case _:
            need, _, seats = str(written).partition(" of ")
            return int(need), int(seats or need), False


def _count(join: object) -> int:
    """The n of ``n of m``; 0 for ``all`` and ``active``."""
    head = str(join).partition(" ")[0]
    return int(head) if head.isdigit() else 0


_LOWER: Mapping[str, Callable[[Lowering, Node], Step]] = {
    "work": Lowering.work, "choose": Lowering.choose, "fork": Lowering.fork, "each": Lowering.each,
    "call": Lowering.call, "group": Lowering.group, "repeat": Lowering.repeat, "wait": Lowering.wait,
    "emit": Lowering.emit, "end": Lowering.end,
}
