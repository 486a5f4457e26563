"""Which names only some steps see: the item of a for-each, the fields of a message, the result of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sopflow import expr
from sopflow.compiler._findings import Findings
from sopflow.compiler._index import Index, Node, said
from sopflow.compiler._names import type_of
from sopflow.compiler._values import Reader
from sopflow.model import Sop
from sopflow.program import Part

Local = Mapping[str, expr.Type]

_NONE: Local = {}
_NO_PARTS: Mapping[str, Part] = {}


@dataclass(slots=True)
class Scopes:
    """The names of one definition as each of its steps sees them."""

    sop: Sop
    index: Index
    reader: Reader
    findings: Findings
    locals: dict[int, Local] = field(default_factory=dict, kw_only=True)  # of each node: the names only it sees
    items: dict[int, Mapping[str, Part]] = field(default_factory=dict, kw_only=True)  # of each region

    def local(self, node: Node) -> Local:
        """The names that only this step sees: the items of the for-eaches around it, the message it is about."""
        known = self.locals.get(node.index)
        if known is None:
            known = self._around(node)
            if node.step.lowers_to == "wait":
                wait = said(node.step, "wait")
                names = [getattr(option, "message", None) for option in (wait, *getattr(wait, "first", {}).values())]
                known = self._plus(known, *(self.of_message(name or "") for name in names))
            self.locals[node.index] = known
        return known

    def _around(self, node: Node) -> Local:
        """The names that the region in which the step stands gives it. Blocks are as deep as the reader lets them."""
        region = self.index.lists[node.region]
        block = self.index.block_of(node)
        around = self.local(block) if block is not None else _NONE
        if region.role == "item" and block is not None:
            return self._plus(around, {said(block.step, "as_", "item"): self.item_type(block)})
        if region.role == "handler":
            written = (self.sop.on if block is None else block.step.on)[region.id]
            return self._plus(around, self.of_message(written.message or written.id))
        return around

    def _plus(self, names: Local, *more: Local) -> Local:
        """``names`` and ``more``; the same map where there is no more, as of most steps."""
        new = [part for part in more if part]
        if not new:
            return names
        together = dict(names)
        for part in new:
            together.update(part)
        return together

    def parts(self, node: Node) -> Mapping[str, Part]:
        """The items of the for-eaches around a step, and their fields, by the names it sees them by."""
        known = self.items.get(node.region)
        if known is None:
            block = self.index.block_of(node)
            known = self.parts(block) if block is not None else _NO_PARTS
            if self.index.lists[node.region].role == "item" and block is not None:
                known = {**known, **self._parts_of(block)}
            self.items[node.region] = known
        return known

    def _parts_of(self, block: Node) -> dict[str, Part]:
        source, name = said(block.step, "items"), said(block.step, "as_", "item")
        listed = self.reader.fields.get(source) if isinstance(source, str) else None
        if listed is None or listed.item is None:
            return {}
        item = listed.item
        named = {name: item, **{f"{name}.{part}": one for part, one in (item.fields or {}).items()}}
        return {path: Part(replace(one, path=path), listed.path) for path, one in named.items()}

    def of_message(self, name: str) -> Local:
        """The names of a message's fields, ``message.level``; none where there is no such message."""
        message = self.sop.messages.get(name)
        return {f"message.{path}": type_of(field.is_) for path, field in message.fields.items()} if message else _NONE

    def item_type(self, block: Node) -> expr.Type:
        """The type of an item of a for-each."""
        source = said(block.step, "items")
        kind = self.reader.variables.get(source) if isinstance(source, str) else None
        if isinstance(kind, expr.ListType):
            return kind.item
        return expr.STRING if not isinstance(source, str) else expr.DYN
