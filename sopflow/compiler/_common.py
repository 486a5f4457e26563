"""What all kinds of steps have in common: times, forms, guards, settings, and where they go.

Who does them stands in ``_people.py``, how each kind lowers in ``_steps.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sopflow import expr
from sopflow.calendars import Duration, parse_duration
from sopflow.compiler._calls import Calls
from sopflow.compiler._findings import DocPath
from sopflow.compiler._index import Node
from sopflow.compiler._names import texts_of
from sopflow.compiler._people import Peopled
from sopflow.compiler._scopes import Local
from sopflow.compiler._targets import Targets
from sopflow.model import Step as WrittenStep
from sopflow.program import DONE, Cases, Escalation, Item, Target, Time, Times, Value

#: A field that a text shows: ``{event.name}``.
SHOWN = re.compile(r"\{([A-Za-z_][\w.]*)\}")

Settings = tuple[tuple[str, Value], ...]

_NEVER = Times()


def title_of(step: WrittenStep) -> dict[str, str]:
    """What people read for a step: its title, else its id."""
    return texts_of(step.title) or {"": step.id}


@dataclass(slots=True)
class Common(Peopled):
    """Lowers what every kind of step may say, against the names of one definition."""

    targets: Targets
    calls: Calls

    # -- words and data ----------------------------------------------------------------------------------------------

    def check_words(self, node: Node, title: Mapping[str, str]) -> None:
        """What the engine does not read is still held to what it may say."""
        step = node.step
        if step.phase is not None and step.phase not in self.sop.phases:
            self.findings.unknown("SOP205", step.phase, self.sop.phases, (*node.doc, "phase"))
        for tag, text in title.items():
            if "{" in text:
                self._check_shown(node, tag, text)

    def _check_shown(self, node: Node, tag: str, text: str) -> None:
        names = self.reader.variables.plus(self.local(node))
        for shown in SHOWN.finditer(text):
            parts = shown[1].split(".")
            if not any(".".join(parts[:size]) in names for size in range(1, len(parts) + 1)):
                key = "title" if self.findings.has((*node.doc, "title")) else node.step.kind
                doc = (*node.doc, key, tag) if tag else (*node.doc, key)
                self.findings.unknown("SOP203", shown[1], self.reader.fields, doc)

    def form(self, node: Node) -> tuple[tuple[str, bool], ...]:
        """The fields that are asked, each with whether it may stay empty."""
        made = []
        for number, entry in enumerate(node.step.form):
            path, optional = entry.removesuffix("?"), entry.endswith("?")
            if self.is_part(path, node) or self.is_field(path, (*node.doc, "form", number), "a form"):
                made.append((path, optional))
        return tuple(made)

    def is_part(self, path: str, node: Node) -> bool:
        """Whether ``path`` is a field of an item that the step is about: ``partner.signed``."""
        return "." in path and path in self.parts(node)

    def is_field(self, path: str, doc: DocPath, use: str, *, key: bool = False) -> bool:
        """Whether ``path`` is a field that may be written; after a finding if not."""
        sop, fields = self.sop, self.reader.fields
        if path in fields and path not in sop.parameters:
            return True
        kinds = {"a parameter": sop.parameters, "derived": sop.derived, "an anchor": sop.anchors}
        what = next((what for what, names in kinds.items() if path in names), "")
        if what:
            self.findings.add("SOP218", doc, key=key, name=path, what=what)
        else:
            known = (name for name in fields if name not in sop.parameters)
            self.findings.unknown("SOP203", path, known, doc, key=key, use=use)
        return False

    def checklist(self, node: Node, local: Local) -> tuple[Item, ...]:
        """What must be ticked."""
        doc = (*node.doc, "checklist")
        return tuple(
            Item(texts_of(item.text), self.reader.condition(item.if_, (*doc, number, "if"), local=local))
            for number, item in enumerate(node.step.checklist)
        )

    def evidence(self, node: Node) -> tuple[Item, ...]:
        """What completion needs."""
        return tuple(Item(texts_of(item.title), is_=str(getattr(item.is_, "name", ""))) for item in node.step.evidence)

    def settings(self, written: Mapping[str, object], doc: DocPath, node: Node) -> Settings:
        """``set``: a value for each field it names."""
        made, local, parts = [], self.local(node), self.parts(node)
        for path, raw in written.items():
            at = (*doc, path)
            target = parts[path].field if path in parts else self.reader.fields.get(path)
            if path in parts or self.is_field(path, at, "‘set’", key=True):
                made.append((path, self.reader.value(raw, at, target, local=local)))
        return tuple(made)

    def conditions(self, written: tuple[str, ...], doc: DocPath, local: Local) -> tuple[expr.Expression, ...]:
        """Expressions that are true or false, one or a list of them."""
        made = []
        for number, text in enumerate(written):
            at = self.findings.one_of(doc, number)
            condition = self.reader.condition(text, at, local=local)
            if condition is not None:
                made.append(condition)
        return tuple(made)

    # -- times -------------------------------------------------------------------------------------------------------

    def times(self, node: Node) -> Times:
        """When it opens, is due, is reminded of and escalated."""
        step, doc, reader = node.step, node.doc, self.reader
        if all(not written for written in (step.opens, step.due, step.remind, step.escalate, step.duration)):
            return _NEVER
        reminders = [
            reader.reminder(raw, self.findings.one_of((*doc, "remind"), number), number, node)
            for number, raw in enumerate(step.remind)
        ]
        escalations = []
        for number, written in enumerate(step.escalate):
            at = (*doc, "escalate", number)
            time = reader.time(written.at, (*at, "at"), node)
            to = self.roles(written.to, (*at, "to"))
            if time is not None:  # one timer tells them all
                hands = written.do == "hand-over"
                escalations += [Escalation(f"escalate-{number}", time, role, hands) for role in to]
        return Times(
            opens=reader.time(step.opens, (*doc, "opens"), node),
            due=reader.time(step.due, (*doc, "due"), node),
            remind=tuple(reminder for reminder in reminders if reminder is not None),
            escalate=tuple(escalations),
            duration=self.duration(step.duration, (*doc, "duration"), node),
        )

    def duration(self, written: object, doc: DocPath, node: Node) -> Duration | Cases | None:
        """How long the work of a step takes; None where nobody says, or after findings."""
        if isinstance(written, tuple):
            return self.reader.cases(
                written, doc, lambda then, at: self.duration(then, at, node), local=self.local(node)
            )
        if not isinstance(written, str):
            return None
        read, problems = parse_duration(written)
        self.findings.problems(problems, doc)
        return read

    def time_reads(self, times: Times, others: tuple[Time | None, ...]) -> tuple[str, ...]:
        """The fields that a step's times hang on: ``times`` and the ``others`` that its kind or its handlers have."""
        if times is _NEVER and not others:
            return ()
        lines = (*(line.at for line in times.remind), *(line.at for line in times.escalate))
        written = (times.opens, times.due, *lines, *others)
        return tuple(dict.fromkeys(path for time in written for path in self.reader.reads_of(time)))

    # -- ways --------------------------------------------------------------------------------------------------------

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
        if written is None or isinstance(written, Mapping):
            return node.below
        return self.target(node, written, (*node.doc, "next"))

    def by_map(self, node: Node, outcomes: tuple[str, ...]) -> dict[str, Target]:
        """The exits of a ``next`` map, each of which must be one of ``outcomes`` (or ``else``), all of them said.

        Where no outcomes are known, each way that is written is an exit.
        """
        written = node.step.next
        doc = (*node.doc, "next")
        if not isinstance(written, Mapping):
            onward = self.onward(node)
            return dict.fromkeys(outcomes or ("done",), onward)
        if not outcomes:
            return {name: self.target(node, words, (*doc, name)) for name, words in written.items()}
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
