"""What runs wait for and what may happen to them: handlers, messages, conditions, retries, items that are added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sopflow import expr
from sopflow.calendars import Unit, Within, parse_span
from sopflow.compiler._common import Common
from sopflow.compiler._findings import DocPath
from sopflow.compiler._index import Node, said
from sopflow.model import Awaited
from sopflow.model import Case as WrittenCase
from sopflow.model import Handler as WrittenHandler
from sopflow.model import Retry as WrittenRetry
from sopflow.program import DONE, Alternative, Handler, Retry, Time

#: What a handler may be named for without a message of that name.
_HAPPENINGS = ("overdue", "error", "cancelled")
#: The units that are always equally long; a day after a failure is 24 hours.
_FIXED = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
}


@dataclass(slots=True)
class Waiting(Common):
    """Lowers what steps wait for."""

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
            every=reader.pace(written.every, (*doc, "every"), local=local),
            when=reader.condition(written.when, (*doc, "when"), local=local, clock=False),
            if_=reader.condition(written.if_, (*doc, "if"), local=local),
            instead=written.instead,
            finish=written.rest != "cancel" if written.rest is not None else on != "overdue",
            target=target,
        )

    def alternative(self, node: Node, name: str, written: object, doc: DocPath) -> Alternative:
        """A time, a message or a condition that is waited for; ``name`` is the exit by which the step goes on then."""
        if not isinstance(written, Awaited):
            return Alternative(name, at=self.reader.time(written, doc, node))
        if written.at is not None:
            return Alternative(name, at=self.reader.time(written.at, (*doc, "at"), node))
        local, message = self.local(node), written.message
        if message is not None and message not in self.sop.messages:
            self.findings.unknown("SOP204", message, self.sop.messages, (*doc, "message"))
        match = tuple(
            (path, self.reader.value(raw, (*doc, "match", path), None, local=local))
            for path, raw in written.match.items()
        )
        condition = self.reader.condition(written.when, (*doc, "when"), local=local, clock=False)
        return Alternative(name, message=message or "", match=match, when=condition)

    def item_key(self, node: Node, written: str | None) -> expr.Expression | None:
        """What names an item of a for-each: a string, an int or an enumeration that is read off the item alone."""
        if written is None:
            return None
        doc, name = (*node.doc, "key"), said(node.step, "as_", "item")
        key = self.reader.expression(written, doc, local={**self.local(node), name: self.item_type(node)}, clock=False)
        if key is None:
            return None
        if not isinstance(key.type, expr.EnumType) and key.type not in (expr.STRING, expr.INT, expr.DYN):
            wanted = "a string, an int or an enumeration"
            self.findings.add("SOP215", doc, name=written, type=str(key.type), use="‘key’", wanted=wanted)
        others = [path for path in key.reads if path.partition(".")[0] != name]
        if others or not key.reads:
            self.findings.add("SOP435", doc, step=node.path, name=", ".join(others), item=name)
        return key

    def retry(self, written: WrittenRetry | None, doc: DocPath) -> Retry | None:
        """How often a handler is tried again."""
        if written is None:
            return None
        wait = timedelta(0)
        if written.wait is not None:
            span, problems = parse_span(written.wait)
            self.findings.problems(problems, (*doc, "wait"))
            if span is not None:
                unit = _FIXED.get(span.unit)
                if unit is None or not isinstance(span.count, int):
                    self.findings.add("SOP436", (*doc, "wait"), wait=written.wait)
                else:
                    wait = span.count * unit
        return Retry(written.times, wait, float(written.factor))

    def timeout(self, written: str | tuple[WrittenCase, ...] | None, doc: DocPath, node: Node) -> Time | None:
        """How long one attempt of a handler may take: a span (``1 hour``), or a time; or cases of these."""
        if isinstance(written, tuple):
            return self.reader.cases(
                written,
                doc,
                lambda then, at: self.timeout(None if then is None else str(then), at, node),
                local=self.local(node),
            )
        span = parse_span(written)[0] if written is not None else None
        return self.reader.time(written if span is None else str(Within(span)), doc, node)
