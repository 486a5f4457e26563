"""The part of a program that matters to a few of its steps: all others are passed in one move.

A *place* is where one token may stand: a region, once for each item of a for-each that is looked at (two, as two are
enough to see one wait for the other). What lies between two steps that matter is people's work and goes on in the end;
so a token moves from the one to the other at once, by any of the ways that there are. Knows programs and their flow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from sopflow.analysis._flow import Flow, Hop
from sopflow.program import Op, Program, Step

ITEMS = 2
PLACES = 400


class Landing(NamedTuple):
    """Where a token comes to: a step that matters or a target that leads out of the region; ``hops`` lead there."""

    target: int
    hops: tuple[Hop, ...]


@dataclass(slots=True)
class Place:
    """Where a token of ``region`` stands. ``up`` is the place of its block (-1: the run), ``inner`` those inside.

    ``inner`` holds, for each block in the region that matters, the places of its regions. ``alone``: nothing that
    runs beside can take the token away.
    """

    region: int
    up: int
    alone: bool
    inner: dict[int, tuple[int, ...]] = field(default_factory=dict)


class TooLarge(Exception):  # says what it is
    """There is more than can be looked at."""


class Slice:
    """The places of a program, and the ways between the steps that matter."""

    def __init__(self, program: Program, flow: Flow, matters: AbstractSet[int]) -> None:
        """The slice in which ``matters`` are looked at. Raises :class:`TooLarge`."""
        self.program = program
        self.flow = flow
        self.steps = around(program, matters)
        self.places: list[Place] = []
        self._landings: dict[tuple[int, int], tuple[Landing, ...]] = {}
        self._place_all()

    def _place_all(self) -> None:
        todo = [(0, -1, -1, True)]
        while todo:
            region, up, block, alone = todo.pop()
            if len(self.places) >= PLACES:
                raise TooLarge
            number = len(self.places)
            self.places.append(Place(region, up, alone))
            if up >= 0:
                inner = self.places[up].inner
                inner[block] = (*inner.get(block, ()), number)
            for index in self.program.regions[region].steps:
                step = self.program.steps[index]
                if index in self.steps and index in self.flow.regions[region].before:
                    inside = [(r, number, index, alone and self._is_alone(step, r)) for r in self._inside(step)]
                    todo += reversed(inside)  # the last is placed first

    def _inside(self, step: Step) -> Iterator[int]:
        """The regions of a block that hold steps that matter, once for each token."""
        for region in step.regions:
            if not self.steps.isdisjoint(self.program.regions[region].steps):
                items = 1
                if step.each is not None:
                    items = ITEMS if step.each.field or step.each.until else min(ITEMS, len(step.each.items))
                yield from (region,) * items

    def _is_alone(self, block: Step, region: int) -> bool:
        """Whether nothing beside a region of ``block`` can end it."""
        if any(handler.instead for handler in block.handlers) or block.while_ is not None:
            return False
        if block.join is None:
            return True
        others = block.regions if block.op == Op.EACH else [other for other in block.regions if other != region]
        flows = [self.flow.regions[other] for other in others]
        return not block.join.need and not any(flow.leaves or flow.ends for flow in flows)

    def below(self, place: int, block: int) -> list[int]:
        """All places inside a block that stands at ``place``."""
        todo, found = list(self.places[place].inner.get(block, ())), []
        while todo:
            inner = todo.pop()
            found.append(inner)
            for places in self.places[inner].inner.values():
                todo += places
        return found

    def landings(self, region: int, target: int) -> tuple[Landing, ...]:
        """Where a token of ``region`` that goes to ``target`` may come to next."""
        key = (region, target)
        if key not in self._landings:
            self._landings[key] = tuple(self._land(region, target))
        return self._landings[key]

    def _land(self, region: int, target: int) -> Iterator[Landing]:
        here = self.program.steps
        if target < 0 or here[target].region != region or target in self.steps:
            yield Landing(target, ())
            return
        before: dict[int, Hop | None] = {target: None}
        landed: set[int] = set()
        todo = deque([target])
        while todo:
            step = todo.popleft()
            for way in self.flow.ways[step]:
                is_out = way.target < 0 or here[way.target].region != region or way.target in self.steps
                if is_out and way.target not in landed:
                    landed.add(way.target)
                    yield Landing(way.target, _hops(before, Hop(step, way.exit)))
                elif not is_out and way.target not in before:
                    before[way.target] = Hop(step, way.exit)
                    todo.append(way.target)

    def free_ways(self, step: Step) -> list[tuple[str, int]]:
        """The ways out of a block, but its own exits and those that begin in its places."""
        held = {place.region for place in self.places}
        flows = [self.flow.regions[region] for region in step.regions if region in held]
        own = {*step.exits, *(how for flow in flows for how in (*flow.leaves.values(), *flow.ends.values()))}
        return [way for way in self.flow.ways[step.index] if way.exit not in own]


def _hops(before: Mapping[int, Hop | None], last: Hop) -> tuple[Hop, ...]:
    """The steps that were passed, up to ``last``."""
    found = [last]
    while (hop := before[found[-1].step]) is not None:
        found.append(hop)
    return tuple(reversed(found))


def around(program: Program, matters: AbstractSet[int]) -> frozenset[int]:
    """``matters`` and the blocks around them."""
    found = set(matters)
    for index in matters:
        block = program.regions[program.steps[index].region].block
        while block >= 0 and block not in found:
            found.add(block)
            block = program.regions[program.steps[block].region].block
    return frozenset(found)
