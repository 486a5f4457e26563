"""One sheet from nodes and edges to places: the engine's stages in their order.

Knows a sheet and the sizes of its nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sopflow.rendering._scene import Edge, Node, Sheet
from sopflow.rendering.layout._lanes import lane_orders
from sopflow.rendering.layout._place import Placed, Point, Tag, place
from sopflow.rendering.layout._route import Net, Path, Stretch, routes_of
from sopflow.rendering.layout._rows import Rows, Strip, rows_of
from sopflow.rendering.layout._slots import Slots, slots_of
from sopflow.rendering.layout._tracks import Way, columns_of

#: Makes the sign of a way that is not drawn as a line, of the node to which it leads, and whether it leads back.
Connector = Callable[[Node, bool], Node]


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet laid out as if down the page: with connectors for ways that are too long, lanes from left to right."""

    sheet: Sheet
    placed: Placed
    lanes: tuple[str, ...]
    strips: tuple[Strip, ...]
    back: frozenset[str]
    letters: Mapping[str, str]  # target's id → letter of the connectors that lead to it


_NEVER = 10**9
_FAR = 11  # rows that a way back may run beside everything else
_FAR_ON = 16  # rows that a way on may
_APART = 5  # the same, where it leads into another strip


def lay_out(
    sheet: Sheet,
    order: Sequence[str],
    size: Callable[[Node], tuple[float, float]],
    label: Callable[[Edge], tuple[float, float]],
    connector: Connector,
    *,
    turned: bool = False,
) -> SheetPlan:
    """The places of ``sheet``. ``order`` are all lanes; ``size`` and ``label`` measure; ``connector`` makes the sign.

    Sizes are given as if the page ran down; ``turned`` says that it will be turned, which is where labels differ.
    """
    tries = _TRIES if len(sheet.nodes) <= _MANY else 1
    plans = [
        _laid_out(sheet, lanes, size, label, connector, turned=turned) for lanes in lane_orders(sheet, order, tries)
    ]
    if len(plans) == 1:
        return plans[0]
    return min(plans, key=lambda plan: _toil(plan.placed) * (1.0 if plan is plans[0] else _CHANGED))


_TRIES = 4  # orders of lanes that are laid out, of which the best is taken
_CHANGED = 1.07  # how much better another order than the first must be, lest a small edit exchange all lanes
_MANY = 100  # nodes of a sheet for which that would take too long


def _toil(placed: Placed) -> float:
    """How hard a picture is to read: crossings, bends, long lines and a large page."""
    lines = [line for points in placed.edges for line in pairwise(points)]
    length = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in lines)
    bends = len(lines) - len(placed.edges)
    return 8.0 * _crossings(lines) + bends + length / 500 + placed.width * placed.height / 100_000


def _crossings(lines: Sequence[tuple[Point, Point]]) -> int:
    """How often a level line and an upright one pass through each other."""
    level = [(min(a[0], b[0]), max(a[0], b[0]), a[1]) for a, b in lines if a[1] == b[1]]
    upright = [(min(a[1], b[1]), max(a[1], b[1]), a[0]) for a, b in lines if a[1] != b[1]]
    return sum(left < x < right and top < y < low for left, right, y in level for top, low, x in upright)


def _laid_out(
    sheet: Sheet,
    lanes: Sequence[str],
    size: Callable[[Node], tuple[float, float]],
    label: Callable[[Edge], tuple[float, float]],
    connector: Connector,
    *,
    turned: bool,
) -> SheetPlan:
    """The places of ``sheet`` with its lanes in a given order."""
    rows = rows_of(sheet, lanes)
    whole = sheet
    sheet, letters = _connected(sheet, rows, connector)
    if letters:  # a way on still says what comes later, though it is not drawn
        rows = rows_of(sheet, lanes, [one for one in whole.edges if one.id not in rows.back])
    number = {node.id: at for at, node in enumerate(sheet.nodes)}
    row_of = [rows.row[node.id] for node in sheet.nodes]
    lane_of = [lanes.index(node.lane) for node in sheet.nodes]
    ways = _ways(sheet, number, rows)
    columns, lane_of_column = columns_of(row_of, lane_of, ways, _spine(ways, row_of))
    nets = _nets(sheet, number, ways, row_of, columns)
    paths, slots = _routed(columns, row_of, nets)
    begun = Counter((path[0], _sign(path)) for path in paths)
    tags = [
        Tag(*label(edge), at_end=nets[at].comb >= 0 or begun[path[0], _sign(path)] > 1) if edge.labels else None
        for at, (edge, path) in enumerate(zip(sheet.edges, paths, strict=True))
    ]
    strips = tuple(rows.strips)
    placed = place(
        [size(node) for node in sheet.nodes], columns, row_of, lane_of_column, strips,
        [(net.source, net.target) for net in nets], paths, slots, tags, turned=turned,
    )  # fmt: skip
    return SheetPlan(sheet, placed, tuple(lanes), strips, frozenset(rows.back), letters)


_AGAIN = 4  # times that ways which lie on each other are sought anew


def _routed(columns: list[int], rows: list[int], nets: list[Net]) -> tuple[list[Path], Slots]:
    """Ways and slots; ways that would lie on others whatever their slots keep away from there in the next try."""

    def merges(one: int, two: int) -> bool:
        return nets[one].target == nets[two].target or (nets[one].comb >= 0 and nets[one].comb == nets[two].comb)

    shun: dict[int, set[Stretch]] = {}
    paths = routes_of(columns, rows, nets, shun)
    slots = slots_of(paths, merges)
    for _ in range(_AGAIN):
        if not slots.clashes:
            break
        for edge, where in slots.clashes.items():
            shun.setdefault(edge, set()).update(where)
        paths = routes_of(columns, rows, nets, shun)
        slots = slots_of(paths, merges)
    return paths, slots


def _connected(sheet: Sheet, rows: Rows, connector: Connector) -> tuple[Sheet, dict[str, str]]:
    """``sheet`` with a connector instead of each way that would run past half of it; and their letters by target."""
    nodes = {node.id: node for node in sheet.nodes}
    letters: dict[str, str] = {}
    edges: list[Edge] = []
    added: list[Node] = []
    strip_of = {
        node: strip.id for strip in rows.strips if strip.level == 0 for node, row in rows.row.items()
        if strip.first <= row <= strip.last
    }  # fmt: skip
    for edge in sheet.edges:
        far = rows.row[edge.target] - rows.row[edge.source]
        apart = strip_of.get(edge.source) != strip_of.get(edge.target)
        limit = (_APART if apart else _FAR) if far < 0 else _FAR_ON
        if edge.source == edge.target or abs(far) <= limit or edge.meaning == "handler":
            edges.append(edge)
            continue
        letters.setdefault(edge.target, _letter(len(letters)))
        sign = replace(connector(nodes[edge.target], far < 0), id=f"{edge.id}>at", leads=edge.target)
        sign = replace(sign, lane=nodes[edge.source].lane, marks=())
        added.append(sign)
        edges.append(replace(edge, target=sign.id))
    if not added:
        return sheet, {}
    bands = tuple(
        replace(band, nodes=band.nodes | {edge.target for edge in edges if edge.source in band.nodes} & {
            sign.id for sign in added
        })
        for band in sheet.bands
    )  # fmt: skip
    phases = dict(sheet.phases)
    source_of = {edge.target: edge.source for edge in edges}
    phases.update({sign.id: phases[source_of[sign.id]] for sign in added if source_of[sign.id] in phases})
    return replace(sheet, nodes=(*sheet.nodes, *added), edges=tuple(edges), bands=bands, phases=phases), letters


def _letter(number: int) -> str:
    """The letter of a number from 0 on: A to Z, then AA, AB and so on."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _ways(sheet: Sheet, number: Mapping[str, int], rows: Rows) -> list[Way]:
    """Edges by number; of each node's ways out the one that goes on longest is its main one."""
    ahead = _ahead(sheet, rows)
    main: dict[str, Edge] = {}
    for edge in sheet.edges:
        if edge.id in rows.back or edge.meaning == "handler":
            continue
        known = main.get(edge.source)
        if known is None or ahead[edge.target] > ahead[known.target]:
            main[edge.source] = edge
    return [
        Way(number[edge.source], number[edge.target], edge.id in rows.back, main.get(edge.source) is edge,
            edge.meaning == "handler", edge.id in rows.level)
        for edge in sheet.edges
    ]  # fmt: skip


def _spine(ways: Sequence[Way], rows: Sequence[int]) -> frozenset[int]:
    """The nodes on the main way from the first node on; where it stops, it goes on with what stands next below."""
    following = {way.source: way.target for way in ways if way.main}
    spine, here = {0}, 0
    while True:
        while here in following and following[here] not in spine:
            here = following[here]
            spine.add(here)
        below = [node for node in following if rows[node] > rows[here]]
        if not below:
            return frozenset(spine)
        here = min(below, key=lambda node: (rows[node], node))
        spine.add(here)


def _ahead(sheet: Sheet, rows: Rows) -> dict[str, int]:
    """How many nodes the longest way from each node passes, ways back aside."""
    ahead = dict.fromkeys((node.id for node in sheet.nodes), 0)
    waiting = dict.fromkeys(ahead, 0)
    into: dict[str, list[str]] = {node: [] for node in ahead}
    for edge in sheet.edges:
        if edge.id not in rows.back:
            into[edge.target].append(edge.source)
            waiting[edge.source] += 1
    ready = [node for node, ways in waiting.items() if not ways]
    for node in ready:  # grows while it is walked: from the ends up
        for source in into[node]:
            ahead[source] = max(ahead[source], ahead[node] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    return ahead


_MOST_SIDES = 3  # ways out that leave by a side of their own


def _nets(sheet: Sheet, number: Mapping[str, int], ways: list[Way], rows: list[int], columns: list[int]) -> list[Net]:
    out: dict[str, int] = {}
    for edge in sheet.edges:
        out[edge.source] = out.get(edge.source, 0) + 1
    shapes = {node.id: node for node in sheet.nodes}
    nets = []
    for edge, way in zip(sheet.edges, ways, strict=True):
        source, target = shapes[edge.source], shapes[edge.target]
        comb = number[edge.source] if source.comb or out[edge.source] > _MOST_SIDES else -1
        across = abs(columns[way.source] - columns[way.target])
        far = abs(rows[way.source] - rows[way.target])
        nets.append(
            Net(
                way.source,
                way.target,
                _leaving(source, way, several=out[edge.source] > 1, comb=comb >= 0),
                _entering(target, way, comb=comb >= 0),
                comb,
                (not way.level, way.back or way.handler, not way.main, far + 2 * across),
            )
        )
    return nets


def _leaving(source: Node, way: Way, *, several: bool, comb: bool) -> tuple[int, int, int, int]:
    """What it costs to leave by the bottom, the right, the top, the left."""
    if way.level:
        return 60, 0, 160, 0
    if way.back:
        return 30, 0, 60, 0
    if way.handler:
        return 40, 0, _NEVER, 0
    if several and not comb:
        return (0, 45, 160, 45) if way.main else (25, 0, 160, 0)
    return (0, 34, 160, 34) if source.shape != "join" else (0, 60, _NEVER, 60)


def _entering(target: Node, way: Way, *, comb: bool) -> tuple[int, int, int, int]:
    """What it costs to enter while going down (by the top), right, up, left."""
    if way.level:
        return 40, 0, 170, 0
    if target.shape == "join" or (comb and not way.back):
        return 0, 70, 170, 70
    side = 52 if target.shape in ("decision", "until") else 24  # its sides are for its ways out
    return (20, side - 24, 170, side - 24) if way.back else (0, side, 170, side)


def _sign(path: Path) -> tuple[int, int]:
    """The direction in which a path begins; where several begin in one, their labels stand at their ends."""
    (x, y), (nx, ny) = path[:2]
    return (nx > x) - (nx < x), (ny > y) - (ny < y)
