"""The tables of a flow: steps with their ways, odds and times, as they are played by chance.

Knows nothing of where they come from (``_flow.py``) or how they are played (``_playing.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

from sopflow.planning._lasting import Lasting
from sopflow.program import DONE, Op, Step

#: The seconds at which something opened, the times at which steps were opened and done last → the seconds meant.
When = Callable[[float, Mapping[int, float], Mapping[int, float]], float | None]


@dataclass(slots=True)
class Way:
    """One way out of a step: its outcome, where it leads, its odds among the others, and how far the end is from there.

    ``far`` counts steps by the shortest way; infinite: no end is ever reached but through a handler.
    """

    name: str
    target: int
    odds: float
    far: float = inf


@dataclass(frozen=True, slots=True)
class Instead:
    """A handler that takes the place of its step at a time: it plays ``region`` (-1: none), then goes ``target``."""

    at: When
    region: int
    target: int


@dataclass(slots=True)
class Node:
    """A step: regions and targets are numbers in the whole flow; a target below 0 is :data:`DONE` or an end.

    ``decided``: the ways that the data leave (None: all), in every round if ``always``, else in the first.
    ``sure``: the odds that it is done at all. ``starts``: for each region, the odds that it starts. ``every``: from
    when a repeat opened, and now, to its next tick. ``after``: steps of sibling branches that come first, each with
    its branch's region.
    """

    index: int
    path: str
    step: Step
    region: int
    ways: list[Way]
    ordinary: str
    regions: tuple[int, ...] = ()
    ends: tuple[str, ...] = ()  # of the SOP that a call holds, in the order of its program
    decided: frozenset[str] | None = None
    always: bool = False
    sure: float = 1.0
    takes: Lasting | None = None
    roles: tuple[str, ...] = ()
    opens: When | None = None
    due: When | None = None
    waits: list[tuple[str, When | None]] = field(default_factory=list)
    starts: tuple[float, ...] = ()
    need: int = 0
    finish: bool = False
    at_once: int = 0
    items: int = 0
    rounds: int = 0
    again: float = 0.0
    every: Callable[[float, float], float | None] | None = None
    after: tuple[tuple[int, int], ...] = ()
    instead: tuple[Instead, ...] = ()


@dataclass(slots=True)
class Flow:
    """All nodes, the first node and the steps of each region, and what had to be assumed, in words of the language."""

    nodes: list[Node]
    heads: list[int]
    ends: tuple[str, ...]
    assumed: dict[str, str]


def measure(nodes: list[Node], heads: list[int]) -> None:
    """Say of each way how far the end is: distances are made shorter until none changes any more."""
    block = {region: node for node in nodes for region in node.regions}
    begun, over = [inf] * len(nodes), [inf] * len(nodes)  # from the beginning and from the end of each step

    def far(target: int, region: int) -> float:
        if target >= 0:
            return begun[target]
        here = block.get(region)
        while target != DONE and here is not None and here.step.op is not Op.CALL:  # an end leaves all that is around
            here = block.get(here.region)
        return 0.0 if here is None else over[here.index]

    changed = True
    while changed:
        changed = False
        for node in reversed(nodes):
            for way in node.ways:
                way.far = far(way.target, node.region)
            after = 1 + min((way.far for way in node.ways), default=far(DONE, node.region))
            inside = [begun[heads[region]] if heads[region] >= 0 else after for region in node.regions]
            inside += [far(one.target, node.region) for one in node.instead]
            before = 1 + min(inside) if inside else after
            if after < over[node.index] or before < begun[node.index]:
                over[node.index], begun[node.index], changed = after, before, True


def shortest(ways: list[Way]) -> list[Way]:
    """The ways by which the end is nearest; none if no way leads there."""
    least = min((way.far for way in ways), default=inf)
    return [way for way in ways if way.far == least < inf]


def summed(ways: list[Way]) -> tuple[tuple[float, Way], ...]:
    """Ways, each with the odds of those up to it; where none has any, all are equal."""
    total = 0.0
    summed = []
    equal = not any(way.odds for way in ways)
    for way in ways:
        total += 1.0 if equal else way.odds
        summed.append((total, way))
    return tuple(summed)
