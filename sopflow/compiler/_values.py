"""Compiling the small languages inside a definition: expressions, computed values, cases, times, people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from sopflow import expr
from sopflow.calendars import Pace, Ref, RefKind, Span, parse_pace, parse_reminder, parse_time
from sopflow.calendars import Reminder as PacedReminder
from sopflow.compiler._findings import DocPath, Findings
from sopflow.compiler._index import Index, Node
from sopflow.compiler._names import CLOCK, Variables, type_of_field
from sopflow.errors import Problem
from sopflow.expr import Expression
from sopflow.model import Case as WrittenCase
from sopflow.model import Dated
from sopflow.model import Extreme as WrittenExtreme
from sopflow.program import Case, Cases, Extreme, Literal, Part, Reminder, Time, Value
from sopflow.values import Field


class Around(Protocol):
    """The names that only some steps see."""

    def local(self, node: Node, /) -> Mapping[str, expr.Type]:
        """Those that its expressions may read."""

    def parts(self, node: Node, /) -> Mapping[str, Part]:
        """The items around it and their fields."""


@dataclass(slots=True)
class Reader:
    """Compiles fragments of one definition against its names.

    ``local`` are the names that only some place sees: the item of a for-each, ``message``, ``result``.
    """

    index: Index
    findings: Findings
    variables: Variables
    fields: Mapping[str, Field]
    anchors: Mapping[str, str]
    calendars: Mapping[str, object]
    functions: Mapping[str, expr.Function]
    zone: ZoneInfo
    depends: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: dict[object, expr.Scope] = field(default_factory=dict)
    around: Around | None = None  # set once there are steps, which have names of their own

    # -- expressions -------------------------------------------------------------------------------------------------

    def expression(
        self,
        text: str,
        doc: DocPath,
        *,
        expect: expr.Type | None = None,
        shift: int = 0,
        local: Mapping[str, expr.Type] | None = None,
        clock: bool = True,
    ) -> Expression | None:
        """The expression ``text`` stands for, or None after findings. Without ``clock`` it may not read the time."""
        built, problems = expr.build(text, self._scope(local or {}, clock=clock), expect=expect)
        self.findings.problems(problems, doc, shift=shift)
        return built

    def _scope(self, local: Mapping[str, expr.Type], *, clock: bool) -> expr.Scope:
        """The scope with ``local`` names; made once for each set of them, as most steps have none."""
        key = (id(self.variables), id(self.functions), clock, tuple(local.items()))
        if key not in self.scopes:
            variables = self.variables.plus({**(CLOCK if clock else {}), **local})
            self.scopes[key] = expr.Scope(variables, self.functions)
        return self.scopes[key]

    def condition(
        self, text: str | None, doc: DocPath, *, local: Mapping[str, expr.Type] | None = None, clock: bool = True
    ) -> Expression | None:
        """An expression that is true or false; None where none is written."""
        if text is None:
            return None
        return self.expression(text, doc, expect=expr.BOOL, local=local, clock=clock)

    # -- values ------------------------------------------------------------------------------------------------------

    def value(
        self, raw: object, doc: DocPath, target: Field | None, *, local: Mapping[str, expr.Type] | None = None
    ) -> Value:
        """A literal of ``target``'s type, a computed value (``= …``) or cases."""
        if isinstance(raw, tuple):
            return self.cases(raw, doc, lambda then, at: self.value(then, at, target, local=local), local=local)
        if isinstance(raw, str) and raw.startswith("="):
            text = raw[1:]
            shift = 1 + len(text) - len(text.lstrip())
            wanted = type_of_field(target) if target is not None else None
            built = self.expression(text.strip(), doc, expect=wanted, shift=shift, local=local)
            return built if built is not None else Literal(None)
        if raw == "unknown":
            return Literal(None)
        if target is None:
            return Literal(raw)
        value = target.read(raw, self.zone)
        if isinstance(value, Problem):
            self.findings.problems([value], doc)
            return Literal(None)
        return Literal(value)

    def derived(self, raw: object, doc: DocPath) -> Value:
        """What ``derived`` says: an expression as it stands, or cases of values."""
        if isinstance(raw, tuple):
            return self.cases(raw, doc, lambda then, at: self.value(then, at, None))
        return self.expression(str(raw), doc) or Literal(None)

    def cases(
        self,
        written: tuple[WrittenCase, ...],
        doc: DocPath,
        then: Callable[[object, DocPath], object],
        *,
        local: Mapping[str, expr.Type] | None = None,
    ) -> Cases:
        """Cases whose ``then`` (or ``else``) is compiled by ``then``."""
        made = []
        for number, case in enumerate(written):
            at = (*doc, number)
            when = self.condition(case.when, (*at, "when"), local=local)
            made.append(Case(when, then(case.then, (*at, "else" if case.when is None else "then"))))
        return Cases(tuple(made))

    # -- times -------------------------------------------------------------------------------------------------------

    def time(self, raw: object, doc: DocPath, node: Node | None) -> Time | None:
        """A compiled time; None where none is written, or after findings."""
        match raw:
            case None:
                return None
            case tuple():
                local = self.around.local(node) if self.around is not None and node is not None else None
                return self.cases(raw, doc, lambda then, at: self.time(then, at, node), local=local)
            case Dated():
                return self.time(raw.at, (*doc, "at"), node)
            case WrittenExtreme():
                name = "latest" if raw.latest is not None else "earliest"
                times = [self.time(part, (*doc, name, number), node) for number, part in enumerate(raw.times)]
                return Extreme(name == "latest", tuple(part for part in times if part is not None))
            case _:
                phrase, problems = parse_time(str(raw))
                self.findings.problems(problems, doc)
                if phrase is not None:
                    self._check_refs(phrase.reads, phrase.spans, doc, node)
                return phrase

    def pace(self, raw: object, doc: DocPath, *, local: Mapping[str, expr.Type] | None = None) -> Pace | Cases | None:
        """A compiled pace, or cases of paces; None where none is written, or after findings."""
        if raw is None:
            return None
        if isinstance(raw, tuple):
            return self.cases(raw, doc, self.pace, local=local)
        pace, problems = parse_pace(str(raw))
        self.findings.problems(problems, doc)
        if pace is not None:
            self._check_calendar(pace.calendar, doc)
        return pace

    def reminder(self, raw: object, doc: DocPath, number: int, node: Node) -> Reminder | None:
        """One line of ``remind``."""
        name = f"remind-{number}"
        if not isinstance(raw, str):
            return Reminder(name, self.time(raw, doc, node))
        parsed, problems = parse_reminder(raw)
        self.findings.problems(problems, doc)
        if parsed is None:
            return None
        if isinstance(parsed, PacedReminder):
            self._check_calendar(parsed.pace.calendar, doc)
            self._check_refs(parsed.reads, (), doc, node)
            start, _ = parse_time(str(parsed.ref))
            return Reminder(name, start, parsed.pace)
        self._check_refs(parsed.reads, parsed.spans, doc, node)
        return Reminder(name, parsed)

    def _check_refs(self, refs: tuple[Ref, ...], spans: tuple[Span, ...], doc: DocPath, node: Node | None) -> None:
        """The names in a time phrase are fields of a fitting type, anchors, or steps."""
        for span in spans:
            if span.calendar is not None:  # it ends the span
                self._check_calendar(span.calendar, doc, start=span.end - len(span.calendar), end=span.end)
        for ref in refs:
            if ref.kind in (RefKind.OPENING, RefKind.COMPLETION):
                if len(self.index.find(ref.name, node)) != 1:
                    self.findings.unknown("SOP201", ref.name, self.index.by_path, doc, start=ref.start, end=ref.end)
            elif ref.kind is RefKind.NAME:
                self._check_name(ref, doc, node)

    def _seen(self, name: str, node: Node) -> expr.Type | None:
        """The type of a name that only this step sees: of its item, or of the message it is about."""
        if self.around is None:
            return None
        part = self.around.parts(node).get(name)
        return type_of_field(part.field) if part is not None else self.around.local(node).get(name)

    def _check_calendar(
        self, name: str | None, doc: DocPath, *, start: int | None = None, end: int | None = None
    ) -> None:
        if name is not None and name not in self.calendars:
            self.findings.unknown("SOP206", name, self.calendars, doc, start=start, end=end)

    def _check_name(self, ref: Ref, doc: DocPath, node: Node | None) -> None:
        name = ref.name
        if name in self.anchors:
            return
        kind = self.variables.get(name) or (self._seen(name, node) if node is not None else None)
        if kind is None:
            known = [*self.anchors, *(path for path, known in self.fields.items() if known.is_ in ("date", "datetime"))]
            self.findings.unknown("SOP203", name, known, doc, start=ref.start, end=ref.end)
        elif kind not in (expr.DATE, expr.TIMESTAMP, expr.INT, expr.DYN):
            self.findings.add(
                "SOP215",
                doc,
                start=ref.start,
                end=ref.end,
                name=name,
                type=str(kind),
                use="a time phrase",
                wanted="a date, a datetime or a count",
            )

    def reads_of(self, time: Time | None) -> tuple[str, ...]:
        """The fields that a time hangs on, through anchors and what is derived."""
        found: dict[str, None] = {}
        todo: list[object] = [time]
        while todo:
            match todo.pop():
                case None | Pace():
                    continue
                case Cases(cases=cases):
                    for case in cases:
                        if case.when is not None:
                            found.update(dict.fromkeys(case.when.reads))
                        todo.append(case.then)
                case Extreme(times=times):
                    todo += times
                case phrase:
                    for ref in phrase.reads:  # type: ignore[attr-defined]  # a phrase: all else was matched
                        if ref.kind is not RefKind.NAME:
                            continue
                        if ref.name in self.anchors:
                            anchor, _ = parse_time(self.anchors[ref.name])
                            todo.append(anchor)
                        else:
                            found[ref.name] = None
        return tuple(dict.fromkeys(path for name in found for path in self.depends.get(name, (name,))))
