"""The way of each edge over a lattice of row and column centres and the gaps between them.

Lattice points have odd coordinates at the centres of columns and rows and even ones in the gaps; a node stands on a
point whose coordinates are both odd. Each edge takes the cheapest way (A*, Hart, Nilsson and Raphael 1968), short ones
first; those that cross others try once more. No two edges share a centre line unless they may merge; gaps take any
number. Knows rows and columns, no sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise

DOWN, RIGHT, UP, LEFT = range(4)
_X = (0, 1, 0, -1)
_Y = (1, 0, -1, 0)
_ACROSS, _ALONG = 9, 5  # a step sideways, a step down: half a column is wider than half a row is high
_BEND, _CROSS, _BESIDE, _SHUNNED = 60, 100, 9, 120
_AGAIN = 2  # times that dear ways are sought anew
_NEVER = 10**9
_ARRIVED = 4  # added to a direction: a way back to its own node begins and ends at one point


@dataclass(frozen=True, slots=True)
class Net:
    """An edge to be routed, nodes by number. ``out`` and ``into`` are the costs of leaving and entering by each side.

    Two nets may merge if they have the same target, or the same ``comb`` (a source whose ways begin as one line).
    """

    source: int
    target: int
    out: tuple[int, int, int, int]
    into: tuple[int, int, int, int]
    comb: int = -1
    order: tuple[int, ...] = ()


#: A stretch between two neighbouring points: x and y of its upper left end, and 1 if it is level.
Stretch = tuple[int, int, int]


@dataclass(slots=True)
class Lattice:
    """Where nodes stand, and which edges lie on which stretch between two points."""

    columns: int
    rows: int
    at: list[tuple[int, int]]
    nodes: dict[tuple[int, int], int] = field(default_factory=dict)
    lying: dict[tuple[int, int, int], list[int]] = field(default_factory=dict)
    turned: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    targets: dict[int, set[int]] = field(default_factory=dict)
    combs: dict[int, set[int]] = field(default_factory=dict)
    sources: dict[int, set[int]] = field(default_factory=dict)
    shun: Mapping[int, set[Stretch]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = {(2 * x + 1, 2 * y + 1): node for node, (x, y) in enumerate(self.at)}


Path = list[tuple[int, int]]


def routes_of(
    columns: list[int], rows: list[int], nets: list[Net], shun: Mapping[int, set[Stretch]] | None = None
) -> list[Path]:
    """For each net the lattice points at which it begins, turns and ends, in order.

    ``shun`` are stretches that a net had better keep away from, for two lines there can only lie on each other.
    """
    places = list(zip(columns, rows, strict=True))
    lattice = Lattice(max(columns, default=0) + 1, max(rows, default=0) + 1, places, shun=shun or {})
    for number, net in enumerate(nets):
        lattice.targets.setdefault(net.target, set()).add(number)
        lattice.sources.setdefault(net.source, set()).add(number)
        if net.comb >= 0:
            lattice.combs.setdefault(net.comb, set()).add(number)
    paths: list[Path] = [[] for _ in nets]
    order = sorted(range(len(nets)), key=lambda at: (nets[at].order, at))
    for at in order:
        paths[at] = _routed(lattice, nets, at)
        _lay(lattice, at, paths[at])
    for at in order * _AGAIN:  # who has turned out dear may find a better way now that all are known
        if len(paths[at]) > 3 or _crossings(lattice, at, paths[at]):
            _take_up(lattice, at, paths[at])
            paths[at] = _routed(lattice, nets, at)
            _lay(lattice, at, paths[at])
    return paths


def _routed(lattice: Lattice, nets: list[Net], at: int) -> Path:
    net = nets[at]
    merges = lattice.targets[net.target] | lattice.combs.get(net.comb, set())
    # Where all sides of a node are taken, a way may begin with another one of the same node; on a page without any
    # room two lines may lie on each other, but never on a node.
    for also, strict in ((set[int](), True), (lattice.sources[net.source], True), (set[int](), False)):
        path = _cheapest(lattice, nets, at, merges | also, strict=strict)
        if path:
            return _corners(path)
    raise AssertionError("the outermost gaps are always free")


def _cheapest(lattice: Lattice, nets: list[Net], at: int, merges: set[int], *, strict: bool) -> Path:
    net = nets[at]
    width, height = 2 * lattice.columns, 2 * lattice.rows
    nodes, lying, turned = lattice.nodes, lattice.lying, lattice.turned
    sx, sy = (2 * part + 1 for part in lattice.at[net.source])
    tx, ty = (2 * part + 1 for part in lattice.at[net.target])
    shun = lattice.shun.get(at, ())
    best: dict[tuple[int, int, int], int] = {}
    came: dict[tuple[int, int, int], tuple[int, int, int] | None] = {}
    heap: list[tuple[int, int, int, int, int]] = []
    for way in range(4):
        if net.out[way] < _NEVER:
            state = (sx, sy, way)
            best[state] = net.out[way]
            came[state] = None
            heappush(heap, (net.out[way] + abs(tx - sx) * _ACROSS // 2, net.out[way], sx, sy, way))
    while heap:
        _, cost, x, y, way = heappop(heap)
        state = (x, y, way)
        if cost > best[state]:
            continue
        if way >= _ARRIVED:
            return _traced(came, state)
        # one step on in the direction ``way``
        nx, ny = x + _X[way], y + _Y[way]
        if not (0 <= nx <= width and 0 <= ny <= height):
            continue
        node = nodes.get((nx, ny))
        arrives = nx == tx and ny == ty
        if node is not None and not arrives:
            continue
        level = way in (RIGHT, LEFT)
        key = (min(x, nx), min(y, ny), int(level))
        step = _ACROSS if level else _ALONG
        centre = (y if level else x) & 1
        merged = False
        beside = 0
        blocked = False
        for other in lying.get(key, ()):
            if other in merges:
                merged = True
            elif centre:
                blocked = True
                beside += 60
            else:
                beside += _BESIDE
        if blocked and strict:
            continue
        if key in shun:
            beside += _SHUNNED
        cost += (step * 5 + 5) // 10 if merged and not beside else step + beside
        if arrives:
            cost += net.into[way]
            if net.into[way] >= _NEVER:
                continue
            arrived = (nx, ny, way + _ARRIVED)
            if cost < best.get(arrived, _NEVER):
                best[arrived] = cost
                came[arrived] = state
                heappush(heap, (cost, cost, *arrived))
            continue
        cell = nx & 1 and ny & 1
        for turn in range(4):
            if turn == (way + 2) % 4:
                continue
            more = cost
            if turn != way:
                more += _BEND
                if cell and strict and any(other not in merges for other in _meeting(lying, nx, ny)):
                    continue
            else:
                if cell and strict and any(other not in merges for other in turned.get((nx, ny), ())):
                    continue
                one, two = ((nx, ny - 1, 0), (nx, ny, 0)) if level else ((nx - 1, ny, 1), (nx, ny, 1))
                there = lying.get(one)
                if there:
                    beyond = lying.get(two, ())
                    more += _CROSS * sum(1 for other in there if other not in merges and other in beyond)
            following = (nx, ny, turn)
            if more < best.get(following, _NEVER):
                best[following] = more
                came[following] = state
                # The guess leaves out that merged stretches are cheap: half the time, for ways hardly ever dearer.
                dx, dy = abs(tx - nx), abs(ty - ny)
                guess = dx * _ACROSS + dy * _ALONG + (_BEND if dx and dy else 0)
                heappush(heap, (more + guess, more, nx, ny, turn))
    return []


def _meeting(lying: dict[tuple[int, int, int], list[int]], x: int, y: int) -> list[int]:
    """The edges on the four stretches around a point."""
    keys = ((x - 1, y, 1), (x, y, 1), (x, y - 1, 0), (x, y, 0))
    return [other for key in keys for other in lying.get(key, ())]


def _traced(came: dict[tuple[int, int, int], tuple[int, int, int] | None], state: tuple[int, int, int]) -> Path:
    path = []
    here: tuple[int, int, int] | None = state
    while here is not None:
        path.append((here[0], here[1]))
        here = came[here]
    return path[::-1]


def _corners(path: Path) -> Path:
    """Only the points at which a path begins, turns and ends."""
    kept = [path[0]]
    for before, here, after in zip(path, path[1:], path[2:], strict=False):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            kept.append(here)
    return [*kept, path[-1]]


def stretches(path: Path) -> list[Stretch]:
    """The lattice stretches of a path: x, y of the upper left end, and 1 if it is level."""
    found = []
    for (x, y), (nx, ny) in pairwise(path):
        if y == ny:
            found += [(at, y, 1) for at in range(min(x, nx), max(x, nx))]
        else:
            found += [(x, at, 0) for at in range(min(y, ny), max(y, ny))]
    return found


def _lay(lattice: Lattice, at: int, path: Path) -> None:
    for key in stretches(path):
        lattice.lying.setdefault(key, []).append(at)
    for corner in path[1:-1]:
        lattice.turned.setdefault(corner, []).append(at)


def _take_up(lattice: Lattice, at: int, path: Path) -> None:
    for key in stretches(path):
        lattice.lying[key].remove(at)
    for corner in path[1:-1]:
        lattice.turned[corner].remove(at)


def _crossings(lattice: Lattice, at: int, path: Path) -> bool:
    """Whether another edge passes straight through this one."""
    for x, y, level in stretches(path)[1:]:
        one, two = ((x, y - 1, 0), (x, y, 0)) if level else ((x - 1, y, 1), (x, y, 1))
        through = lattice.lying.get(two, ())
        if any(other != at and other in through for other in lattice.lying.get(one, ())):
            return True
    return False
