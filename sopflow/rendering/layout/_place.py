"""Pixels for rows, columns, gaps and lines: each gap as wide as its lines and labels need, so that nothing can overlap.

Works on the page as if it ran downwards; a page that runs to the right is turned afterwards. Knows sizes, no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sopflow.rendering.layout._route import DOWN, LEFT, RIGHT, UP, Path
from sopflow.rendering.layout._rows import Strip
from sopflow.rendering.layout._slots import Slots

Point = tuple[float, float]
Rect = tuple[float, float, float, float]  # x, y, width, height

_BETWEEN = 10.0  # parallel lines
_CLEAR = 10.0  # from a node to the first line beside it
_ARROW = 14.0  # from a line to a node that it turns to enter
_BORDER = 10.0  # more where a lane or a strip ends
_LABEL = 5.0  # around a label
_EDGE = 12.0  # around the whole


@dataclass(frozen=True, slots=True)
class Tag:
    """A label of an edge: its size, and whether it stands at the edge's end rather than its beginning."""

    width: float
    height: float
    at_end: bool


@dataclass(slots=True)
class Placed:
    """Where all is, from (0, 0): node rects, points of edges, label rects, lane and strip extents (begin, end)."""

    nodes: list[Rect] = field(default_factory=list)
    edges: list[list[Point]] = field(default_factory=list)
    labels: list[Rect | None] = field(default_factory=list)
    lanes: list[tuple[float, float]] = field(default_factory=list)
    strips: list[tuple[float, float]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True)
class _Axis:
    """Sizes along one axis: of cells (rows or columns) and of the gaps before, between and after them."""

    cells: list[float]
    lines: dict[int, int]
    before: list[float]  # room in gap n that the cell before it needs
    after: list[float]  # room in gap n that the cell after it needs
    border: set[int]
    least: float
    begin: list[float] = field(default_factory=list)  # of each cell
    gap: list[float] = field(default_factory=list)  # of each gap
    size: float = 0.0

    def measure(self) -> None:
        at = 0.0
        for number in range(len(self.cells) + 1):
            self.gap.append(at)
            lines = self.lines.get(2 * number, 0)
            room = self.before[number] + self.after[number] + max(lines - 1, 0) * _BETWEEN
            room = max(room, self.least if 0 < number < len(self.cells) else _EDGE)
            at += room + (_BORDER if number in self.border else 0.0)
            if number < len(self.cells):
                self.begin.append(at)
                at += self.cells[number]
        self.size = at

    def centre(self, cell: int) -> float:
        return self.begin[cell] + self.cells[cell] / 2

    def slot(self, line: int, slot: int) -> float:
        return self.gap[line // 2] + self.before[line // 2] + slot * _BETWEEN

    def edge(self, number: int) -> float:
        """Where a lane or a strip ends whose last gap is ``number``: close to what comes after it."""
        if number == 0:
            return 0.0
        if number == len(self.cells):
            return self.size
        return self.begin[number] - self.after[number] - _BORDER / 2 + 2.0


def place(
    sizes: Sequence[tuple[float, float]],
    columns: Sequence[int],
    rows: Sequence[int],
    lane_of: Sequence[int],
    strips: Sequence[Strip],
    ends: Sequence[tuple[int, int]],
    paths: Sequence[Path],
    slots: Slots,
    tags: Sequence[Tag | None],
    *,
    turned: bool,
) -> Placed:
    """All places. ``ends`` are the nodes of each edge; ``turned``: the page will be turned, and labels are put so."""
    xs, ys = _axes(sizes, columns, rows, lane_of, strips, ends, paths, slots, tags, turned=turned)
    placed = Placed(width=xs.size, height=ys.size)
    for (wide, high), column, row in zip(sizes, columns, rows, strict=True):
        placed.nodes.append((xs.centre(column) - wide / 2, ys.centre(row) - high / 2, wide, high))
    for edge, path in enumerate(paths):
        points = [_point(edge, at, path, slots, xs, ys) for at in range(len(path))]
        source, target = ends[edge]
        points[0] = _clipped(points[0], placed.nodes[source], _way(path[0], path[1]))
        points[-1] = _clipped(points[-1], placed.nodes[target], _way(path[-1], path[-2]))
        placed.edges.append(points)
        placed.labels.append(_label(tags[edge], points, path, turned=turned))
    bounds = [0] + [at for at in range(1, len(lane_of)) if lane_of[at] != lane_of[at - 1]] + [len(lane_of)]
    placed.lanes = [(xs.edge(one), xs.edge(two)) for one, two in pairwise(bounds)]
    placed.strips = [(ys.edge(strip.first), ys.edge(strip.last + 1)) for strip in strips]
    return placed


def _axes(
    sizes: Sequence[tuple[float, float]],
    columns: Sequence[int],
    rows: Sequence[int],
    lane_of: Sequence[int],
    strips: Sequence[Strip],
    ends: Sequence[tuple[int, int]],
    paths: Sequence[Path],
    slots: Slots,
    tags: Sequence[Tag | None],
    *,
    turned: bool,
) -> tuple[_Axis, _Axis]:
    wide = [0.0] * (max(columns) + 1)
    high = [0.0] * (max(rows) + 1)
    for (w, h), column, row in zip(sizes, columns, rows, strict=True):
        wide[column] = max(wide[column], w)
        high[row] = max(high[row], h)
    left, right = [_CLEAR] * (len(wide) + 1), [_ARROW] * (len(wide) + 1)
    above, below = [_CLEAR + 2] * (len(high) + 1), [_ARROW] * (len(high) + 1)
    for edge, tag in enumerate(tags):
        if tag is None:
            continue
        node = ends[edge][tag.at_end]
        way = _way(paths[edge][-1], paths[edge][-2]) if tag.at_end else _way(paths[edge][0], paths[edge][1])
        column, row = columns[node], rows[node]
        # A node may be narrower than its column: what it leaves free is room for the label too.
        free_x, free_y = (wide[column] - sizes[node][0]) / 2, (high[row] - sizes[node][1]) / 2
        room = _LABEL * 2 + (_ARROW if tag.at_end else 0.0)
        # A long label stands out over its row or its column: the gap on that side then has room for the rest of it.
        beyond_x, beyond_y = tag.width + _LABEL * 2 - wide[column] / 2, tag.height + _LABEL * 2 - high[row] / 2
        if way in (DOWN, UP):
            gaps, gap, beyond = (right, column, beyond_x) if turned else (left, column + 1, beyond_x)
        else:
            gaps, gap, beyond = (above, row + 1, beyond_y) if turned else (below, row, beyond_y)
        gaps[gap] = max(gaps[gap], beyond)
        match way:
            case 0:
                above[row + 1] = max(above[row + 1], tag.height + room - free_y)
            case 1:
                left[column + 1] = max(left[column + 1], tag.width + room - free_x)
            case 2:
                below[row] = max(below[row], tag.height + room - free_y)
            case _:
                right[column] = max(right[column], tag.width + room - free_x)
    lanes = {at for at in range(1, len(lane_of)) if lane_of[at] != lane_of[at - 1]}
    bands = {strip.first for strip in strips} | {strip.last + 1 for strip in strips}
    xs = _Axis(wide, slots.upright, left, right, lanes, 22.0)
    ys = _Axis(high, slots.level, above, below, bands - {0, len(high)}, 26.0)
    xs.measure()
    ys.measure()
    return xs, ys


def _point(edge: int, at: int, path: Path, slots: Slots, xs: _Axis, ys: _Axis) -> Point:
    """A lattice point in pixels: on a centre line, or in the slot of the segment that runs in the gap there."""
    x, y = path[at]
    along = [segment for segment in (at - 1, at) if 0 <= segment < len(path) - 1]
    px, py = xs.centre(x // 2) if x & 1 else 0.0, ys.centre(y // 2) if y & 1 else 0.0
    for segment in along:
        level = path[segment][1] == path[segment + 1][1]
        if level and not y & 1:
            py = ys.slot(y, slots.of[edge, segment])
        elif not level and not x & 1:
            px = xs.slot(x, slots.of[edge, segment])
    return px, py


def _way(here: tuple[int, int], there: tuple[int, int]) -> int:
    if here[0] == there[0]:
        return DOWN if there[1] > here[1] else UP
    return RIGHT if there[0] > here[0] else LEFT


def _clipped(point: Point, rect: Rect, way: int) -> Point:
    """A node's centre moved to its border; all outlines have the middles of their sides at those of the rect."""
    x, y, wide, high = rect
    match way:
        case 0:
            return point[0], y + high
        case 1:
            return x + wide, point[1]
        case 2:
            return point[0], y
        case _:
            return x, point[1]


def _label(tag: Tag | None, points: list[Point], path: Path, *, turned: bool) -> Rect | None:
    """Beside the first (or last) stretch: right of one that runs down the page, above one that runs across it."""
    if tag is None:
        return None
    (x, y), way = (points[-1], _way(path[-1], path[-2])) if tag.at_end else (points[0], _way(path[0], path[1]))
    away = _LABEL + (_ARROW - 4.0 if tag.at_end else -1.0)
    if way in (DOWN, UP):
        beside = x - tag.width - 3.0 if turned else x + _LABEL
        return beside, y + away if way == DOWN else y - away - tag.height, tag.width, tag.height
    beside = y + _LABEL if turned else y - 2.0 - tag.height
    return x + away if way == RIGHT else x - away - tag.width, beside, tag.width, tag.height
