"""Which column each node stands in: the main way straight down, other ways beside it.

A lane has as many columns as its fullest row needs, and one more where that is worth its width. Where a node stands is
improved by moving single nodes and straight runs of them as long as that makes the ways shorter and straighter. No
chance is involved: the same sheet gets the same columns. Knows rows and lanes, no sizes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_STEP = 0.8  # for each column that a way goes aside
_BENT = 1.3  # for a way that is not straight
_BLOCKED = 3.0  # for a straight way with a node on it
_CROSSED = 0.8  # for another way between the same rows that crosses it
_STRAY = 1.2  # for each column that a node of the main way stands away from its lane's middle
_BACK, _HANDLER, _MAIN = 0.35, 0.5, 1.6  # how much a way counts, beside 1
_BESIDE = 0.3  # for each column that a hand-over passes
_SPARE = 3.0  # that a column more than needed has to save
_PASSES = 8


@dataclass(frozen=True, slots=True)
class Way:
    """An edge between nodes by their numbers.

    ``back``: it leads upwards. ``main``: it goes on longest. ``level``: it stays in its row.
    """

    source: int
    target: int
    back: bool
    main: bool
    handler: bool
    level: bool = False

    @property
    def weight(self) -> float:
        """How much it matters that this way is straight."""
        if self.back:
            return _BACK
        return _HANDLER if self.handler else _MAIN if self.main else 1.0


def columns_of(
    rows: list[int], lanes: list[int], ways: list[Way], spine: frozenset[int]
) -> tuple[list[int], list[int]]:
    """The column of each node, and the lane of each column; lanes are numbered from 0, from the left.

    ``spine`` are the nodes of the main way, which keep to one column of their lane.
    """
    widths = _least_widths(rows, lanes)
    spines = [width // 2 for width in widths]  # the column of its lane that the main way keeps to
    best = _Placer(rows, lanes, ways, spine, widths, spines)
    on_spine = {lanes[node] for node in spine}
    for lane, width in enumerate(widths):
        for wider, column in ((0, width // 2 - 1), (0, width // 2 + 1), (1, (width + 1) // 2)):
            if not wider and not (lane in on_spine and 0 <= column < width):
                continue
            other = _Placer(
                rows, lanes, ways, spine, _with(best.width, lane, width + wider), _with(best.spines, lane, column)
            )
            if other.total() + _SPARE * sum(other.width) < best.total() + _SPARE * sum(best.width):
                best = other
    return best.placed()


def _with(numbers: Sequence[int], at: int, number: int) -> list[int]:
    return [*numbers[:at], number, *numbers[at + 1 :]]


def _least_widths(rows: Sequence[int], lanes: Sequence[int]) -> list[int]:
    """For each lane the nodes of its fullest row."""
    counts = Counter(zip(lanes, rows, strict=True))
    widths = [0] * (max(lanes, default=-1) + 1)
    for (lane, _), count in counts.items():
        widths[lane] = max(widths[lane], count)
    return widths


class _Placer:
    """Columns for lanes of given widths."""

    def __init__(
        self,
        rows: list[int],
        lanes: list[int],
        ways: list[Way],
        spine: frozenset[int],
        widths: list[int],
        spines: list[int],
    ) -> None:
        self.rows, self.lanes, self.ways, self.spine, self.width = rows, lanes, ways, spine, widths
        self.spines = spines
        self.first = [0, *accumulate(widths)][:-1]
        self.of: list[int] = [-1] * len(rows)
        self.cell: dict[tuple[int, int], int] = {}
        self.touching: list[list[Way]] = [[] for _ in rows]
        for way in ways:
            self.touching[way.source].append(way)
            self.touching[way.target].append(way)
        self.over = _passing(rows, lanes, ways)
        self.beside = _beside(rows, ways)
        self._begin()
        for _ in range(_PASSES):
            if not (self._move_nodes() | self._move_runs()):
                break

    def total(self) -> float:
        """What all ways cost together."""
        return self._cost(list(range(len(self.rows))))

    def placed(self) -> tuple[list[int], list[int]]:
        """The column of each node and the lane of each column, without columns in which nothing stands."""
        used = sorted(set(self.of))
        number = {column: at for at, column in enumerate(used)}
        lane_of = [
            lane for lane, first in enumerate(self.first) for column in range(first, first + self.width[lane])
            if column in number
        ]  # fmt: skip
        return [number[column] for column in self.of], lane_of

    def _begin(self) -> None:
        """Row by row, each node as near as can be below the one that leads to it."""
        for node in sorted(range(len(self.rows)), key=lambda node: (self.rows[node], not self._is_main(node), node)):
            lane = self.lanes[node]
            first, width = self.first[lane], self.width[lane]
            above = [
                (way.main, self.of[way.source]) for way in self.touching[node]
                if way.target == node and not way.back and self.of[way.source] >= 0
            ]  # fmt: skip
            wish = float(max(above)[1]) if above else first + (width - 1) / 2
            if node in self.spine:
                wish = float(self._middle(lane))
            wish = min(max(wish, first), first + width - 1)
            row = self.rows[node]
            free = [column for column in range(first, first + width) if (column, row) not in self.cell]
            self._put(node, min(free, key=lambda column: (abs(column - wish), column)))

    def _is_main(self, node: int) -> bool:
        return any(way.main and way.target == node for way in self.touching[node])

    def _put(self, node: int, column: int) -> None:
        self.of[node] = column
        self.cell[column, self.rows[node]] = node

    # -- improving ---------------------------------------------------------------------------------------------------

    def _move_nodes(self) -> bool:
        moved = False
        for node, row in enumerate(self.rows):
            lane = self.lanes[node]
            for column in range(self.first[lane], self.first[lane] + self.width[lane]):
                here = self.of[node]
                if column == here:
                    continue
                other = self.cell.get((column, row), -1)
                both = [node] if other < 0 else [node, other]
                before = self._cost(both)
                self._shift(node, column, other)
                if self._cost(both) < before - 1e-9:
                    moved = True
                else:
                    self._shift(node, here, other)
        return moved

    def _shift(self, node: int, column: int, other: int) -> None:
        """Move a node; whoever stands there (``other``, -1: nobody) takes its place."""
        here, row = self.of[node], self.rows[node]
        del self.cell[here, row]
        if other >= 0:
            self._put(other, here)
        self._put(node, column)

    def _move_runs(self) -> bool:
        """Move straight runs of nodes sideways, where that is free."""
        moved = False
        for start in range(len(self.rows)):
            run = self._run(start)
            if len(run) < 2:
                continue
            lane, here = self.lanes[start], self.of[start]
            for column in range(self.first[lane], self.first[lane] + self.width[lane]):
                if any((column, self.rows[node]) in self.cell for node in run):
                    continue
                before = self._cost(run)
                self._shift_all(run, column)
                if self._cost(run) < before - 1e-9:
                    moved = True
                    break
                self._shift_all(run, here)
        return moved

    def _shift_all(self, run: list[int], column: int) -> None:
        for node in run:
            del self.cell[self.of[node], self.rows[node]]
        for node in run:
            self._put(node, column)

    def _run(self, node: int) -> list[int]:
        """The nodes straight below ``node`` that its ways lead to, one after the other."""
        run = [node]
        while True:
            last = run[-1]
            below = [
                way.target for way in self.touching[last]
                if way.source == last and not way.back and self.of[way.target] == self.of[last]
                and self.lanes[way.target] == self.lanes[node] and way.target not in run
            ]  # fmt: skip
            if not below:
                return run
            run.append(min(below, key=lambda target: self.rows[target]))

    def _cost(self, nodes: list[int]) -> float:
        """What the ways of ``nodes`` cost, and what these nodes cost others by standing in their way."""
        ways = {id(way): way for node in nodes for way in self.touching[node]}
        cost = sum(self._of_way(way) for way in ways.values())
        cost += _CROSSED * sum(self._cross(way, other) for way in ways.values() for other in self.beside[way.source])
        for node in nodes:
            column = self.of[node]
            if node in self.spine:
                cost += _STRAY * abs(column - self._middle(self.lanes[node]))
            for way in self.over[node]:
                if self.of[way.source] == column == self.of[way.target] and id(way) not in ways:
                    cost += _BLOCKED * way.weight
        return cost

    def _cross(self, one: Way, two: Way) -> bool:
        if self.rows[one.target] != self.rows[two.target] or one.back or one.level:
            return False
        return (self.of[one.source] - self.of[two.source]) * (self.of[one.target] - self.of[two.target]) < 0

    def _middle(self, lane: int) -> int:
        return self.first[lane] + self.spines[lane]

    def _of_way(self, way: Way) -> float:
        source, target = self.of[way.source], self.of[way.target]
        top, bottom = self.rows[way.source], self.rows[way.target]
        if way.level:
            return way.weight * _BESIDE * abs(source - target)
        if way.back:
            return way.weight * (_STEP * abs(source - target) + (_BENT if source != target else 0.6))
        if source != target:
            return way.weight * (_STEP * abs(source - target) + _BENT)
        blocked = any((source, row) in self.cell for row in range(top + 1, bottom))
        return way.weight * _BLOCKED if blocked else 0.0


def _passing(rows: Sequence[int], lanes: Sequence[int], ways: Sequence[Way]) -> list[list[Way]]:
    """For each node the ways that would run through it, if it and their ends stood in one column."""
    over: list[list[Way]] = [[] for _ in rows]
    standing: dict[tuple[int, int], list[int]] = {}
    for node, place in enumerate(zip(lanes, rows, strict=True)):
        standing.setdefault(place, []).append(node)
    for way in ways:
        lane = lanes[way.source]
        if lane != lanes[way.target]:
            continue
        low, high = sorted((rows[way.source], rows[way.target]))
        for row in range(low + 1, high):
            for node in standing.get((lane, row), ()):
                over[node].append(way)
    return over


def _beside(rows: Sequence[int], ways: Sequence[Way]) -> list[list[Way]]:
    """For each node the ways down from the other nodes of its row."""
    from_row: dict[int, list[Way]] = {}
    for way in ways:
        if not way.back and not way.level:
            from_row.setdefault(rows[way.source], []).append(way)
    return [[way for way in from_row.get(row, ()) if way.source != node] for node, row in enumerate(rows)]
