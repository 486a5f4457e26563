"""What all kinds of steps have in common: people, times, forms, guards, settings, and where they go.

How each kind lowers stands in ``_steps.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sopflow import expr
from sopflow.calendars import parse_duration
from sopflow.compiler._calls import Calls
from sopflow.compiler._findings import DocPath, Findings
from sopflow.compiler._index import Index, Node
from sopflow.compiler._names import texts_of, type_of
from sopflow.compiler._targets import Targets
from sopflow.compiler._values import Reader
from sopflow.model import Sop
from sopflow.model import Step as WrittenStep
from sopflow.program import DONE, Escalation, Item, Op, People, Step, Target, Times, Value

#: Keys of the language that the engine does nothing about yet: whoever writes one is told.
NOT_RUN = ("holds", "retry", "timeout", "key")

#: A field that a text shows: ``{event.name}``.
SHOWN = re.compile(r"\{([A-Za-z_][\w.]*)\}")

Local = Mapping[str, expr.Type]


def title_of(step: WrittenStep) -> dict[str, str]:
    """What people read for a step: its title, else its id."""
    return texts_of(step.title) or {"": step.id}


@dataclass(slots=True)
class Common:
    """Lowers what every kind of step may say, against the names of one definition."""

    sop: Sop
    index: Index
    reader: Reader
    targets: Targets
    findings: Findings
    calls: Calls
    locals: dict[int, Local] = field(default_factory=dict)  # of each node: the names only it sees

    def common(self, node: Node, op: Op, exits: Mapping[str, Target], ordinary: str = "done") -> Step:
        """The step with the keys that every kind may have."""
        step, doc, reader = node.step, node.doc, self.reader
        local = self.local(node)
        times = self.times(node)
        self._check_words(node)
        said = [key for key in NOT_RUN if getattr(step, key, None)]
        if said:
            what = ", ".join(f"‘{key}’" for key in said)
            self.findings.add("SOP420", (*doc, said[0]), key=True, step=node.path, what=what)
        return Step(
            index=node.index,
            id=step.id,
            path=node.path,
            kind=step.kind,
            op=op,
            region=node.region,
            title=title_of(step),
            exits=exits,
            ordinary=ordinary,
            regions=tuple(node.regions),
            people=self.people(node),
            times=times,
            # The guard of a branch is its fork's, judged once when that opens.
            if_=None
            if self.index.lists[node.region].role == "branch"
            else reader.condition(step.if_, (*doc, "if"), local=local),
            while_=reader.condition(step.while_, (*doc, "while"), local=local, clock=False),
            optional=step.optional
            if isinstance(step.optional, bool)
            else reader.condition(step.optional, (*doc, "optional"), local=local) or False,
            form=self.form(node),
            checklist=tuple(
                Item(texts_of(item.text), reader.condition(item.if_, (*doc, "checklist", number, "if"), local=local))
                for number, item in enumerate(step.checklist)
            ),
            evidence=tuple(
                Item(texts_of(item.title), is_=str(getattr(item.is_, "name", ""))) for item in step.evidence
            ),
            set_=self.settings(step.set, (*doc, "set"), local),
            requires=self.conditions(step.requires, (*doc, "requires"), local),
            ensures=self.conditions(step.ensures, (*doc, "ensures"), local),
            time_reads=self.time_reads(times),
        )

    def _check_words(self, node: Node) -> None:
        """What the engine does not read is still held to what it may say."""
        step = node.step
        if isinstance(step.duration, str):
            self.findings.problems(parse_duration(step.duration)[1], (*node.doc, "duration"))
        if step.phase is not None and step.phase not in self.sop.phases:
            self.findings.unknown("SOP205", step.phase, self.sop.phases, (*node.doc, "phase"))
        names = self.reader.variables.plus(self.local(node))
        for tag, text in texts_of(step.title).items():
            for shown in SHOWN.finditer(text) if "{" in text else ():
                parts = shown[1].split(".")
                if not any(".".join(parts[:size]) in names for size in range(1, len(parts) + 1)):
                    key = "title" if self.findings.has((*node.doc, "title")) else step.kind
                    doc = (*node.doc, key, tag) if tag else (*node.doc, key)
                    self.findings.unknown("SOP203", shown[1], self.reader.fields, doc)

    def local(self, node: Node) -> Local:
        """The names that only this step sees: the items of the for-eaches around it, the message it is about."""
        known = self.locals.get(node.index)
        if known is not None:
            return known
        found: dict[str, expr.Type] = {}
        region = self.index.lists[node.region]
        block = self.index.block_of(node)
        if block is not None:
            found.update(self.local(block))
            name = getattr(block.step, "as_", None)
            if block.step.lowers_to == "each" and region.role == "item" and name:
                found[name] = self._item_type(block)
        if region.role == "handler":
            written = (self.sop.on if block is None else block.step.on)[region.id]
            found.update(self.of_message(written.message or written.id))
        wait = getattr(node.step, "wait", None)
        for option in (wait, *getattr(wait, "first", {}).values()):
            found.update(self.of_message(getattr(option, "message", None) or ""))
        self.locals[node.index] = found
        return found

    def of_message(self, name: str) -> Local:
        """The names of a message's fields, ``message.level``; none where there is no such message."""
        message = self.sop.messages.get(name)
        return {f"message.{path}": type_of(field.is_) for path, field in message.fields.items()} if message else {}

    def _item_type(self, block: Node) -> expr.Type:
        source = getattr(block.step, "items", None)
        kind = self.reader.variables.get(source) if isinstance(source, str) else None
        if isinstance(kind, expr.ListType):
            return kind.item
        return expr.STRING if not isinstance(source, str) else expr.DYN

    def people(self, node: Node) -> People:
        step, doc = node.step, node.doc
        by = tuple(name for name in step.by if isinstance(name, str))
        if step.by and not by:
            self.findings.add("SOP420", (*doc, "by"), step=node.path, what="‘by’ with cases")
        need, seats, every = _need(getattr(step, "need", None), len(by))
        return People(
            by=self.roles(by, (*doc, "by")),
            may=self.roles(step.may, (*doc, "may")),
            not_by=self.steps(step.not_by, (*doc, "not-by"), node),
            same_by=self.steps(step.same_by, (*doc, "same-by"), node),
            tell=self.roles(step.tell, (*doc, "tell")),
            need=need,
            seats=seats,
            every=every,
        )

    def roles(self, names: tuple[str, ...], doc: DocPath) -> tuple[str, ...]:
        """Roles that exist."""
        for number, name in enumerate(names):
            if name not in self.sop.roles:
                at = (*doc, number) if len(names) > 1 or self._is_list(doc) else doc
                self.findings.unknown("SOP202", name, self.sop.roles, at)
        return tuple(name for name in names if name in self.sop.roles)

    def _is_list(self, doc: DocPath) -> bool:
        return self.findings.has((*doc, 0))

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
            what = (
                "a parameter" if path in self.sop.parameters else "derived" if path in self.sop.derived else "an anchor"
            )
            self.findings.add("SOP218", doc, key=key, name=path, what=what)
        else:
            self.findings.unknown(
                "SOP203", path, (name for name in fields if name not in self.sop.parameters), doc, key=key, use=use
            )
        return False

    def settings(self, written: Mapping[str, object], doc: DocPath, local: Local) -> tuple[tuple[str, Value], ...]:
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
        reminders = [
            reader.reminder(
                raw, (*doc, "remind", number) if self._is_list((*doc, "remind")) else (*doc, "remind"), number, node
            )
            for number, raw in enumerate(step.remind)
        ]
        escalations = []
        for number, written in enumerate(step.escalate):
            at = (*doc, "escalate", number)
            time = reader.time(written.at, (*at, "at"), node)
            to = self.roles(written.to, (*at, "to"))
            if time is not None and to:
                escalations.append(Escalation(f"escalate-{number}", time, to[0], written.do == "hand-over"))
        return Times(
            opens=reader.time(step.opens, (*doc, "opens"), node),
            due=reader.time(step.due, (*doc, "due"), node),
            remind=tuple(reminder for reminder in reminders if reminder is not None),
            escalate=tuple(escalations),
        )

    def time_reads(self, times: Times) -> tuple[str, ...]:
        """The fields that a step's times hang on."""
        written = [times.opens, times.due, *(line.at for line in times.remind), *(line.at for line in times.escalate)]
        return tuple(dict.fromkeys(path for time in written for path in self.reader.reads_of(time)))

    def target(self, node: Node, written: object, doc: DocPath) -> Target:
        """A target, or cases of targets; below where nothing is written."""
        if written is None:
            return node.below
        if isinstance(written, tuple):
            return self.reader.cases(
                written, doc, lambda then, at: self.targets.of(node, str(then), at), local=self.local(node)
            )
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

    def missed(self, node: Node, made: Step) -> str:
        """The exit for whoever is passed over, where it is not the ordinary one."""
        written = node.step.missed
        if written is None:
            return ""
        made.exits["missed"] = self.target(node, written, (*node.doc, "missed"))  # type: ignore[index]  # made a moment ago
        return "missed"


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
