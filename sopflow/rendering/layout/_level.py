"""Hand-overs: ways from lane to lane that stay in one row, so that a sheet is no higher than it must be.

A way may be level if the row is free between its ends and it goes on in the direction in which one arrives. All that
may be are tried at once; what then stands in the way of another goes down after all. Knows a sheet's lanes, no columns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sopflow.rendering._scene import Edge, Sheet

Pair = tuple[str, str]  # source and target of a way
_FROM = frozenset({"task", "approval", "decision", "until", "wait", "emit", "call", "sheet"})
_TO = frozenset({"task", "approval", "decision", "until", "wait", "emit", "call", "sheet", "end", "goto"})
_ASIDE = 2  # ways out of a decision that leave it a side to be entered by


class Levels:
    """The hand-overs of one sheet; ``chosen`` grows as the depths of its stages are asked for."""

    def __init__(self, sheet: Sheet, lanes: Sequence[str]) -> None:
        number = {lane: at for at, lane in enumerate(lanes)}
        self.lane = {node.id: number.get(node.lane, 0) for node in sheet.nodes}
        self.shape = {node.id: node.shape for node in sheet.nodes}
        self.out = Counter(edge.source for edge in sheet.edges)
        pairs = Counter((edge.source, edge.target) for edge in sheet.edges)
        self.may = {
            (edge.source, edge.target)
            for edge in sheet.edges
            if self._may(edge) and pairs[edge.source, edge.target] == 1
        }
        self.chosen: set[Pair] = set()

    def depths(self, items: Sequence[str], before: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """How deep each of ``items``, in topological order, stands below the first; level ways lead no deeper."""
        inside = set(items)
        ways = {item: [other for other in before[item] if other in inside] for item in items}
        tried = {(other, item) for item in items for other in ways[item]} & self.may
        while True:
            depth: dict[str, int] = {}
            for item in items:
                depth[item] = max((depth[other] + ((other, item) not in tried) for other in ways[item]), default=0)
            level = {(one, two) for one, two in tried if depth[one] == depth[two]}
            wrong = self._wrong(level, depth)
            if not wrong:
                self.chosen |= level
                return depth
            tried -= wrong

    def _may(self, edge: Edge) -> bool:
        one, two = self.shape[edge.source], self.shape[edge.target]
        if edge.meaning == "handler" or one not in _FROM or two not in _TO:
            return False
        crowded = self.out[edge.source] > _ASIDE or (two in ("decision", "until") and self.out[edge.target] > _ASIDE)
        return self.lane[edge.source] != self.lane[edge.target] and not crowded

    def _wrong(self, level: set[Pair], depth: Mapping[str, int]) -> set[Pair]:
        """Of the level ways of each row that has any in another's way, the longest."""
        standing: dict[int, list[int]] = defaultdict(list)
        for item, row in depth.items():
            standing[row].append(self.lane[item])
        sides = Counter(side for way in level for side in self._sides(way))
        wrong: dict[int, tuple[int, Pair]] = {}
        for way in level:
            one, two = sorted((self.lane[way[0]], self.lane[way[1]]))
            row = depth[way[0]]
            blocked = sum(one <= lane <= two for lane in standing[row]) > 2
            if blocked or any(sides[side] > 1 for side in self._sides(way)):
                wrong[row] = max(wrong.get(row, (0, way)), (two - one, way))
        return {way for _, way in wrong.values()}

    def _sides(self, way: Pair) -> tuple[tuple[str, bool], tuple[str, bool]]:
        """The sides of nodes that a level way takes: right (True) of one, left of the other."""
        right = self.lane[way[0]] < self.lane[way[1]]
        return (way[0], right), (way[1], not right)
