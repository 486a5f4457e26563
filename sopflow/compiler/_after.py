"""``after``: steps of a branch that wait for steps of sibling branches.

With it a ``parallel`` says what is not series-parallel ("D after A and B, C after A only"). Branches have no order
of their own, so the waiting must not go round in a circle.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sopflow.compiler._circles import circles
from sopflow.compiler._findings import Findings
from sopflow.compiler._index import Index, List, Node
from sopflow.program import DONE, After, Cases, Step


class _Wait(NamedTuple):
    """The step ``then`` waits for ``first`` in another branch of ``fork``, as the name ``number`` of its list says."""

    fork: int
    first: int
    then: int
    number: int


def with_after(steps: Sequence[Step], index: Index, findings: Findings) -> tuple[Step, ...]:
    """The lowered steps, those that come ``after`` others with what that means."""
    waiting = [node for node in index.nodes if node.step.after]
    if not waiting:
        return tuple(steps)
    made, siblings = list(steps), _Siblings(index, steps)
    waits: list[_Wait] = []
    for node in waiting:
        found: list[After] = []
        for number, name in enumerate(node.step.after):
            after = siblings.after(name, node)
            items = siblings.items_around(after) if after is not None else None
            doc = findings.one_of((*node.doc, "after"), number) if after is None or items is not None else ()
            if after is not None:
                found.append(after)
                waits.append(_Wait(after.fork, after.step, node.index, number))
            elif index.find(name, node):
                findings.add("SOP437", doc, step=node.path, name=name)
            else:
                findings.unknown("SOP201", name, siblings.names(node), doc)
            if items is not None:
                findings.add("SOP438", doc, step=node.path, name=name, block=items.step.id)
        made[node.index] = replace(steps[node.index], after=tuple(found))
    for fork in dict.fromkeys(wait.fork for wait in waits):
        _check_order(index.nodes[fork], waits, steps, index, findings)
    return tuple(made)


@dataclass(slots=True)
class _Siblings:
    """Finds steps in sibling branches. Each fork and each region is looked through once."""

    index: Index
    steps: Sequence[Step]
    # Of each fork: its steps by name, each with the region of its branch.
    inside: dict[int, Mapping[str, list[tuple[int, int]]]] = field(default_factory=dict)
    before: dict[int, Mapping[int, list[int]]] = field(default_factory=dict)

    def after(self, name: str, node: Node) -> After | None:
        """The step of a sibling branch that ``name`` means, innermost fork first."""
        for own, fork in self._forks(node):
            for step, branch in self._named(fork).get(name, ()):
                if branch != own.index:
                    return After(step, fork.index, branch, self._reach(step))
        return None

    def items_around(self, after: After) -> Node | None:
        """The for-each inside the branch in which the step runs once for each item; the outermost, None without."""
        found = None
        for region in self.index.enclosing(self.index.nodes[after.step]):
            if region.index == after.branch:
                break
            if region.role == "item":
                found = self.index.nodes[region.block]
        return found

    def names(self, node: Node) -> list[str]:
        """What ``after`` may name at ``node``."""
        inside = (self.index.nodes[fork.index + 1 : fork.end] for _, fork in self._forks(node))
        return list(dict.fromkeys(other.step.id for nodes in inside for other in nodes))

    def _forks(self, node: Node) -> Iterator[tuple[List, Node]]:
        """The forks in whose branches the node stands, innermost first, each with the region of that branch."""
        for region in self.index.enclosing(node):
            if region.role == "branch":
                yield region, self.index.nodes[region.block]

    def _named(self, fork: Node) -> Mapping[str, list[tuple[int, int]]]:
        if fork.index not in self.inside:
            found: dict[str, list[tuple[int, int]]] = defaultdict(list)
            prefix = len(fork.path) + 1
            for branch in fork.regions:
                root = self.index.nodes[self.index.lists[branch].steps[0]]
                for node in self.index.nodes[root.index : root.end]:
                    for name in {node.step.id, node.path, node.path[prefix:]}:
                        found[name].append((node.index, branch))
            self.inside[fork.index] = found
        return self.inside[fork.index]

    def _reach(self, target: int) -> frozenset[int]:
        """The steps of the target's region from which it can still be reached, itself included."""
        region = self.steps[target].region
        if region not in self.before:
            back: dict[int, list[int]] = defaultdict(list)
            for here in self.index.lists[region].steps:
                for there in _targets(self.steps[here]):
                    back[there].append(here)
            self.before[region] = back
        found, todo = {target}, [target]
        while todo:
            for here in self.before[region].get(todo.pop(), ()):
                if here not in found:
                    found.add(here)
                    todo.append(here)
        return frozenset(found)


def _targets(step: Step) -> set[int]:
    plain = {target for target in step.exits.values() if isinstance(target, int)}
    cases = (target for target in step.exits.values() if isinstance(target, Cases))
    return plain | {case.then for target in cases for case in target.cases if isinstance(case.then, int)}


def _check_order(fork: Node, waits: Sequence[_Wait], steps: Sequence[Step], index: Index, findings: Findings) -> None:
    """Tell which steps of a fork wait for what can only come after them; ``waits`` are in the order of ``then``.

    In the graph of what comes before what in one visit of the fork each step has two vertices, for its opening and
    for its close; loops of the flow count as one. A step that waits for another on the same circle waits for ever.
    """
    within = range(fork.index + 1, fork.end)
    graph: dict[int, list[int]] = {}
    for here in within:
        graph[_opening(here)] = [_close(here)]
        graph[_close(here)] = [_opening(there) for there in _targets(steps[here]) if there in within]
    for here in within:
        node, region = index.nodes[here], index.lists[index.nodes[here].region]
        inner = [*node.regions, *(beside for beside in node.handlers.values() if beside >= 0)]
        graph[_opening(here)] += [_opening(index.lists[part].steps[0]) for part in inner]
        if region.block in within and DONE in _targets(steps[here]) and _holds_up(region, index):
            graph[_close(here)].append(_close(region.block))
    inside = waits[bisect_left(waits, within.start, key=_then) : bisect_left(waits, within.stop, key=_then)]
    for wait in inside:
        if wait.first in within:
            graph[_close(wait.first)].append(_opening(wait.then))
    circle_of = {vertex: number for number, part in enumerate(circles(graph)) for vertex in part}
    for wait in inside:
        circle = circle_of.get(_close(wait.first))
        if wait.fork == fork.index and circle is not None and circle == circle_of.get(_opening(wait.then)):
            node = index.nodes[wait.then]
            doc = findings.one_of((*node.doc, "after"), wait.number)
            findings.add("SOP430", doc, step=node.path, name=index.nodes[wait.first].path)


def _holds_up(region: List, index: Index) -> bool:
    """Whether the block goes on only when the region is done; handlers beside it do not hold it up."""
    if region.role != "handler":
        return True
    return region.id == "error" or index.nodes[region.block].step.on[region.id].instead


def _then(wait: _Wait) -> int:
    return wait.then


def _opening(step: int) -> int:
    return 2 * step


def _close(step: int) -> int:
    return 2 * step + 1
