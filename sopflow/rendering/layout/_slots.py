"""Lines side by side: which of the lines in one gap lies where, so that none lies on another and few cross.

Every straight run in a gap gets a slot; runs that may merge share one. Where one run comes from above and another goes
below at the same place, the first must lie above (channel routing, Deutsch 1976). Knows the lattice, no sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from sopflow.rendering.layout._route import Path, Stretch

BEFORE, AFTER = -1, 1


@dataclass(slots=True)
class Run:
    """Runs of one or more edges that share a slot: from ``low`` to ``high`` along the gap.

    ``taps`` are the places where lines leave it, to the side before (above, left) or after it.
    """

    low: int
    high: int
    edges: list[int]
    taps: list[tuple[int, int]] = field(default_factory=list)
    slot: int = 0


@dataclass(slots=True)
class Slots:
    """The slot of an edge's segment, by (edge, segment), and how many slots each gap line has.

    ``clashes``: edges, with the stretches on which they lie on another whatever the order of their slots.
    """

    of: dict[tuple[int, int], int]
    level: dict[int, int]
    upright: dict[int, int]
    clashes: dict[int, set[Stretch]]


def slots_of(paths: list[Path], merges: Callable[[int, int], bool]) -> Slots:
    """The slots of all runs in gaps; segment n of a path leads from its point n to the next."""
    lines: dict[tuple[int, int], list[tuple[Run, int]]] = {}
    for edge, path in enumerate(paths):
        for at, ((x, y), (nx, ny)) in enumerate(pairwise(path)):
            level = int(y == ny)
            line, one, two = (y, x, nx) if level else (x, y, ny)
            if line & 1:
                continue
            run = Run(min(one, two), max(one, two), [edge])
            for end, neighbour in ((one, at - 1), (two, at + 2)):
                if 0 <= neighbour < len(path):
                    other = path[neighbour][1 if level else 0]
                    run.taps.append((end, AFTER if other > line else BEFORE))
            lines.setdefault((line, level), []).append((run, at))
    slots = Slots({}, {}, {}, {})
    for (line, level), found in sorted(lines.items()):
        count = _share(found, merges, slots, line, level)
        (slots.level if level else slots.upright)[line] = count
    return slots


def _share(
    found: list[tuple[Run, int]], merges: Callable[[int, int], bool], slots: Slots, line: int, level: int
) -> int:
    """Give each run of one gap line its slot; how many there are."""
    groups: list[Run] = []
    member: list[int] = []
    for run, _ in sorted(found, key=lambda one: (one[0].low, one[0].high, one[0].edges)):
        for number, group in enumerate(groups):
            overlaps = run.low <= group.high and group.low <= run.high
            if overlaps and all(merges(run.edges[0], other) for other in group.edges):
                group.low, group.high = min(group.low, run.low), max(group.high, run.high)
                group.edges += run.edges
                group.taps += run.taps
                member.append(number)
                break
        else:
            member.append(len(groups))
            groups.append(Run(run.low, run.high, list(run.edges), list(run.taps)))
    for clash in _order(groups):
        places = range(clash.low, clash.high)
        stretches = {(place, line, 1) if level else (line, place, 0) for place in places}
        for edge in clash.edges:
            slots.clashes.setdefault(edge, set()).update(stretches)
    ordered = sorted(found, key=lambda one: (one[0].low, one[0].high, one[0].edges))
    for (run, at), number in zip(ordered, member, strict=True):
        slots.of[run.edges[0], at] = groups[number].slot
    return max(group.slot for group in groups) + 1


def _order(groups: list[Run]) -> list[Run]:
    """Give slots, from the first (above, left) on: what must lie first does, then what saves crossings.

    Returns a run of each pair that cannot but lie on each other.
    """
    clashes: list[Run] = []
    after: list[set[int]] = [set() for _ in groups]
    wishes = []
    for one in range(len(groups)):
        for two in range(one + 1, len(groups)):
            a, b = groups[one], groups[two]
            if a.low > b.high or b.low > a.high:
                continue
            first, second = _cost(a, b), _cost(b, a)
            if min(first, second) >= _ON_EACH_OTHER:
                clashes.append(min(a, b, key=lambda run: (len(run.edges), -run.edges[0])))
            wishes.append((-abs(first - second), one, two) if first <= second else (-abs(first - second), two, one))
    for weight, first, second in sorted(wishes):
        if not _leads(after, second, first):
            after[first].add(second)
        else:
            after[second].add(first)
            if weight <= -_ON_EACH_OTHER / 2:
                clashes.append(min(groups[first], groups[second], key=lambda run: (len(run.edges), -run.edges[0])))
    for number in _topological(after):
        for other in after[number]:
            groups[other].slot = max(groups[other].slot, groups[number].slot + 1)
    return clashes


_ON_EACH_OTHER = 1000


def _cost(first: Run, second: Run) -> int:
    """What it costs that ``first`` lies before ``second``: crossings, and lines on one another."""
    cost = 0
    for place, side in first.taps:
        if side == AFTER and second.low <= place <= second.high:
            cost += 1
            if place & 1 and (place, BEFORE) in second.taps:
                cost += _ON_EACH_OTHER
    for place, side in second.taps:
        if side == BEFORE and first.low <= place <= first.high:
            cost += 1
    return cost


def _leads(after: list[set[int]], start: int, goal: int) -> bool:
    stack, seen = [start], {start}
    while stack:
        here = stack.pop()
        if here == goal:
            return True
        stack += [other for other in after[here] if other not in seen]
        seen |= after[here]
    return False


def _topological(after: list[set[int]]) -> list[int]:
    waiting = [0] * len(after)
    for targets in after:
        for target in targets:
            waiting[target] += 1
    order = [number for number, count in enumerate(waiting) if not count]
    for number in order:
        for target in sorted(after[number]):
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return order
