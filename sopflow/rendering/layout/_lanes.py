"""In which order lanes stand beside each other: as written, or such that work is handed over less far.

Knows a sheet's ways and lanes, no places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sopflow.rendering._scene import Sheet


def lane_orders(sheet: Sheet, order: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """At most ``most`` orders that are worth a try, the best guess first; ``order`` are all lanes as written.

    Each guess begins with another order and exchanges neighbours as long as that shortens the ways (a local optimum);
    it or its mirror image, whichever is more like what is written.
    """
    used = {node.lane for node in sheet.nodes}
    written = tuple(lane for lane in ("", *order) if lane in used)
    lane_of = {node.id: node.lane for node in sheet.nodes}
    ways = Counter((lane_of[edge.source], lane_of[edge.target]) for edge in sheet.edges)
    met = tuple(dict.fromkeys(node.lane for node in sheet.nodes))  # as one meets them on the way down
    found: dict[tuple[str, ...], int] = {}
    for begun in (written, met, met[::-1], written[::-1]):
        improved = _improved(begun, ways)
        either = min(improved, improved[::-1], key=lambda lanes: _unlike(lanes, written))
        found.setdefault(either, _far(either, ways))
    return sorted(found, key=lambda lanes: found[lanes])[:most]


def _improved(lanes: tuple[str, ...], ways: Counter[tuple[str, str]]) -> tuple[str, ...]:
    best = _far(lanes, ways)
    improved = True
    while improved:
        improved = False
        for at, (one, two) in enumerate(pairwise(lanes)):
            other = (*lanes[:at], two, one, *lanes[at + 2 :])
            cost = _far(other, ways)
            if cost < best:
                lanes, best, improved = other, cost, True
                break
    return lanes


def _unlike(lanes: Sequence[str], written: Sequence[str]) -> int:
    """How far lanes stand from where they are written."""
    return sum(abs(lanes.index(lane) - at) for at, lane in enumerate(written))


def _far(lanes: Sequence[str], ways: Counter[tuple[str, str]]) -> int:
    """How many lanes all ways pass together."""
    place = {lane: at for at, lane in enumerate(lanes)}
    return sum(abs(place[one] - place[two]) * count for (one, two), count in ways.items())
