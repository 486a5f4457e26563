"""``after``: steps of a branch that wait for steps of sibling branches.

With it a ``parallel`` says what is not series-parallel ("D after A and B, C after A only"). Branches have no order
of their own, so the waiting must not go round in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sopflow.compiler._findings import DocPath, Findings
from sopflow.compiler._index import Index, Node
from sopflow.program import After, Cases, Step


def with_after(steps: Sequence[Step], index: Index, findings: Findings) -> tuple[Step, ...]:
    """The lowered steps, those that come ``after`` others with what that means."""
    made = list(steps)
    waits: list[tuple[int, int, DocPath]] = []
    for node in index.nodes:
        found: list[After] = []
        for number, name in enumerate(node.step.after):
            doc = (*node.doc, "after", number) if findings.has((*node.doc, "after", 0)) else (*node.doc, "after")
            after = _resolve(name, node, steps, index)
            if after is None:
                siblings = [other.step.id for fork in _forks(node, index) for other in _inside(fork, index)]
                findings.unknown("SOP201", name, dict.fromkeys(siblings), doc)
            else:
                found.append(after)
                waits.append((after.step, node.index, doc))
        if found:
            made[node.index] = replace(made[node.index], after=tuple(found))
    for first, then, doc in waits:
        if _leads_to(then, first, steps, index, waits):
            findings.add("SOP430", doc, step=index.nodes[then].path, name=index.nodes[first].path)
    return tuple(made)


def _forks(node: Node, index: Index) -> list[Node]:
    """The forks in whose branches the node stands, innermost first."""
    return [index.nodes[region.block] for region in index.enclosing(node) if region.role == "branch"]


def _inside(fork: Node, index: Index) -> list[Node]:
    return [other for other in index.nodes if other.path.startswith(fork.path + ".")]


def _resolve(name: str, node: Node, steps: Sequence[Step], index: Index) -> After | None:
    """The step of a sibling branch that ``name`` means, innermost fork first."""
    for fork in _forks(node, index):
        for other in _inside(fork, index):
            if name not in (other.step.id, other.path, other.path.removeprefix(fork.path + ".")):
                continue
            branches = (region for region in index.enclosing(other) if region.role == "branch")
            branch = next((region for region in branches if region.block == fork.index), None)
            if branch is not None and branch.index not in {region.index for region in index.enclosing(node)}:
                return After(other.index, fork.index, branch.index, _reach(other.index, steps))
    return None


def _reach(target: int, steps: Sequence[Step]) -> frozenset[int]:
    """The steps of the target's region from which it can still be reached, itself included."""
    region = [step for step in steps if step.region == steps[target].region]
    found = {target}
    growing = True
    while growing:
        before = len(found)
        found |= {step.index for step in region if not found.isdisjoint(_targets(step))}
        growing = len(found) > before
    return frozenset(found)


def _targets(step: Step) -> set[int]:
    plain = {target for target in step.exits.values() if isinstance(target, int)}
    cases = (target for target in step.exits.values() if isinstance(target, Cases))
    return plain | {case.then for target in cases for case in target.cases if isinstance(case.then, int)}


def _leads_to(
    start: int, goal: int, steps: Sequence[Step], index: Index, waits: Sequence[tuple[int, int, DocPath]]
) -> bool:
    """Whether ``goal`` can only come after ``start``: along the flow, into blocks, and along ``after``."""
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        inside = [index.lists[region].steps[0] for region in index.nodes[here].regions]
        after = [then for first, then, _ in waits if first == here]
        for number in (*(target for target in _targets(steps[here]) if target >= 0), *inside, *after):
            if number == goal:
                return True
            if number not in seen:
                seen.add(number)
                todo.append(number)
    return False
