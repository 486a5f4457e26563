"""Which step comes before which, whatever the data say. Knows where tokens go, no rule.

Both questions err on one side: what is *surely before* is, and what *may be before* is not ruled out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sopflow.analysis._flow import Flow
from sopflow.analysis._graph import circles, reach
from sopflow.program import Op, Program, Step

_START = -1


@dataclass(slots=True)
class RegionOrder:
    """What comes before what in one region.

    ``before`` maps each step that is reached to the last one that every way to it goes through (-1: there is none);
    ``steps`` are they, each behind that one. ``round_`` numbers the circles that steps are in.
    """

    before: dict[int, int]
    steps: list[int]
    round_: dict[int, int]
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the tree that ``before`` is, so that what stands below a step is a stretch of numbers."""
        below = dict.fromkeys(self.steps, 1)
        for step in reversed(self.steps):
            if self.before[step] in below:
                below[self.before[step]] += below[step]
        free = {_START: 0}
        for step in self.steps:
            start = free[self.before[step]]
            self.spans[step] = start, start + below[step]
            free[self.before[step]] = start + below[step]
            free[step] = start + 1

    def is_behind(self, then: int, first: int) -> bool:
        """Whether every way to ``then`` goes through ``first``."""
        if first not in self.spans or then not in self.spans or first == then:
            return False
        start, end = self.spans[first]
        return start <= self.spans[then][0] < end


class Order:
    """The order of the steps of one program; each region is worked out when it is first asked about."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._regions: dict[int, RegionOrder] = {}

    def of(self, region: int) -> RegionOrder:
        """The order in one region."""
        if region not in self._regions:
            known = self.flow.regions[region]
            heads = [head for head, before in known.before.items() if head == before]
            graph = {step: [there for there in known.graph[step] if there in known.before] for step in known.before}
            before, steps = _dominators(graph, heads)
            rounds = {step: number for number, part in enumerate(circles(graph)) for step in part}
            self._regions[region] = RegionOrder(before, steps, rounds)
        return self._regions[region]

    def is_surely_before(self, first: int, then: int) -> bool:
        """Whether each run that comes to ``then`` has come to ``first``, and nothing can have passed that over."""
        program = self.flow.program
        step = program.steps[first]
        here = dict(_standing(program, then)).get(step.region)
        return not may_be_passed_over(step) and here is not None and self.of(step.region).is_behind(here, first)

    def may_be_before(self, first: int, then: int) -> bool:
        """Whether some run may have done ``first`` when it comes to ``then``; a step may be before itself in a loop."""
        program = self.flow.program
        there = dict(_standing(program, first))
        for region, here in _standing(program, then):
            other = there.get(region)
            if other is None:
                continue
            if other != here or first == then:
                if self._leads_to(other, here, region):
                    return True
            elif here != then and other != first:
                return True  # in two branches of one block, or beside each other
            if self._comes_again(region):
                return True
        return 0 not in there  # a handler of the run itself comes at any time

    def _leads_to(self, first: int, then: int, region: int) -> bool:
        """Whether a way leads from one step of a region to another."""
        order = self.of(region)
        if order.is_behind(then, first) or order.round_.get(first, -1) == order.round_.get(then, -2):
            return True
        graph = self.flow.regions[region].graph
        return first != then and then in reach(graph, [first])

    def _comes_again(self, region: int) -> bool:
        """Whether the block of the region may open more than once in a run."""
        program = self.flow.program
        block = program.regions[region].block
        while block >= 0:
            step = program.steps[block]
            if step.op == Op.REPEAT or any(handler.region == region for handler in step.handlers):
                return True
            if block in self.of(step.region).round_:
                return True
            region = step.region
            block = program.regions[region].block
        return region != 0


def may_be_passed_over(step: Step) -> bool:
    """Whether a run may come past a step without doing it."""
    return step.if_ is not None or step.while_ is not None or bool(step.optional)


def _standing(program: Program, index: int) -> Iterator[tuple[int, int]]:
    """The regions around a step, outwards, each with the step of it in which that step stands."""
    step: Step = program.steps[index]
    yield step.region, index
    while (block := program.regions[step.region].block) >= 0:
        step = program.steps[block]
        yield step.region, block


def _dominators(graph: Mapping[int, Sequence[int]], heads: Sequence[int]) -> tuple[dict[int, int], list[int]]:
    """The immediate dominator of each vertex, and the vertices in an order in which it comes first.

    After Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm" (2001).
    """
    order = _reverse_postorder(graph, heads)
    place = {vertex: number for number, vertex in enumerate(order)}
    place[_START] = -1
    into: dict[int, list[int]] = {vertex: [] for vertex in order}
    for head in heads:
        into[head].append(_START)
    for vertex in order:
        for there in graph[vertex]:
            into[there].append(vertex)
    found: dict[int, int] = {_START: _START}
    changed = True
    while changed:
        changed = False
        for vertex in order:
            known = [before for before in into[vertex] if before in found]
            new = known[0]
            for other in known[1:]:
                while new != other:
                    if place[new] > place[other]:
                        new = found[new]
                    else:
                        other = found[other]  # noqa: PLW2901  # both climb until they meet
            if found.get(vertex) != new:
                found[vertex] = new
                changed = True
    del found[_START]
    return found, order


def _reverse_postorder(graph: Mapping[int, Sequence[int]], heads: Sequence[int]) -> list[int]:
    seen: set[int] = set()
    done: list[int] = []
    for head in heads:
        if head in seen:
            continue
        seen.add(head)
        stack = [(head, iter(graph[head]))]
        while stack:
            vertex, onward = stack[-1]
            there = next((there for there in onward if there not in seen), None)
            if there is None:
                done.append(vertex)
                stack.pop()
            else:
                seen.add(there)
                stack.append((there, iter(graph[there])))
    return done[::-1]
