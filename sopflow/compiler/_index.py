"""Numbering: every step and every list of steps of a definition gets a number, and knows where it stands.

Nothing is looked up and nothing judged here; the numbers are what all later passes speak of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sopflow.compiler._findings import DocPath
from sopflow.model import Handler, Sop, Step
from sopflow.program import DONE

ROOT = -1
#: The operations of steps that hold others.
BLOCKS = frozenset({"group", "repeat", "each", "fork"})


@cache
def _has(kind: type[Step], name: str) -> bool:
    return name in kind.model_fields or hasattr(kind, name)


def said(step: Step, name: str, default: object = None) -> Any:  # noqa: ANN401  # only the kind knows the types of its keys
    """What ``step`` says under a key of its kind; ``default`` where that is nothing, or its kind has no such key."""
    value = getattr(step, name) if _has(type(step), name) else None
    return default if value is None else value


@dataclass(slots=True)
class Node:
    """A step with its number and its surroundings.

    ``doc`` is its path in the text, ``path`` its path of ids, ``below`` the step that follows (DONE: none),
    ``end`` the number after those of all steps inside it, ``regions`` the lists it holds, ``handlers`` the region of
    each of its handlers (-1: it only goes somewhere).
    """

    index: int
    step: Step
    doc: DocPath
    path: str
    region: int
    below: int = DONE
    end: int = 0
    regions: list[int] = field(default_factory=list)
    handlers: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class List:
    """A region: a list of steps.

    ``block`` is the step that holds it, ``role`` says how: root, group, branch, item or handler.
    """

    index: int
    block: int
    role: str
    id: str
    steps: list[int] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Index:
    """All steps and lists of one definition, by number."""

    nodes: list[Node] = field(default_factory=list)
    lists: list[List] = field(default_factory=list)
    handlers: dict[str, int] = field(default_factory=dict)
    by_path: dict[str, int] = field(default_factory=dict)
    by_id: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, sop: Sop) -> Index:
        """Number ``sop``'s steps in the order written, blocks before what is inside them."""
        index = cls()
        index._list(sop.steps, ROOT, "root", "", ("steps",), "")
        index.handlers = index._handlers(sop.on.values(), ROOT, ("on",), "")
        return index

    def _list(self, steps: Sequence[Step], block: int, role: str, name: str, doc: DocPath, prefix: str) -> int:
        region = List(len(self.lists), block, role, name)
        self.lists.append(region)
        before: Node | None = None
        for step in steps:
            node = self._node(step, region, (*doc, step.id), prefix)
            if before is not None:
                before.below = node.index
            before = node
        return region.index

    def _node(self, step: Step, region: List, doc: DocPath, prefix: str) -> Node:
        node = Node(len(self.nodes), step, doc, prefix + step.id, region.index)
        self.nodes.append(node)
        region.steps.append(node.index)
        region.by_id.setdefault(step.id, node.index)
        self.by_id.setdefault(step.id, []).append(node.index)
        self.by_path.setdefault(node.path, node.index)
        if step.lowers_to in BLOCKS:
            self._inside(node)
        if step.on:
            node.handlers = self._handlers(step.on.values(), node.index, (*doc, "on"), node.path + ".")
        node.end = len(self.nodes)
        return node

    def _inside(self, block: Node) -> None:
        """Number what is inside a block."""
        prefix = block.path + "."
        steps: Sequence[Step] = said(block.step, "steps", ())
        if steps:
            role = "item" if block.step.lowers_to == "each" else "group"
            block.regions.append(self._list(steps, block.index, role, "", (*block.doc, "steps"), prefix))
        for branch in said(block.step, "branches", ()):
            region = List(len(self.lists), block.index, "branch", branch.id)
            self.lists.append(region)
            block.regions.append(region.index)
            self._node(branch, region, (*block.doc, "branches", branch.id), prefix)

    def _handlers(self, handlers: Iterable[Handler], block: int, doc: DocPath, prefix: str) -> dict[str, int]:
        regions: dict[str, int] = {}
        for handler in handlers:
            if handler.step is None:
                regions[handler.id] = -1
                continue
            region = List(len(self.lists), block, "handler", handler.id)
            self.lists.append(region)
            self._node(handler.step, region, (*doc, handler.id), prefix)
            regions[handler.id] = region.index
        return regions

    def block_of(self, node: Node) -> Node | None:
        """The block in which the node stands; None for the run itself."""
        block = self.lists[node.region].block
        return None if block == ROOT else self.nodes[block]

    def enclosing(self, node: Node) -> Iterator[List]:
        """The list in which the node stands, then those around it, outwards."""
        region = self.lists[node.region]
        yield region
        while region.block != ROOT:
            region = self.lists[self.nodes[region.block].region]
            yield region
        if region.role == "handler":  # a handler of the SOP stands beside its steps
            yield self.lists[0]

    def find(self, name: str, node: Node | None) -> list[int]:
        """The steps that ``name`` may mean as seen from ``node``: its list, then outwards, then the whole SOP."""
        if name in self.by_path and "." in name:
            return [self.by_path[name]]
        if node is not None:
            for region in self.enclosing(node):
                if name in region.by_id:
                    return [region.by_id[name]]
        if name in self.by_path:
            return [self.by_path[name]]
        return self.by_id.get(name, [])
