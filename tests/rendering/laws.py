"""What holds of every geometry: functions that return what breaks a law, as texts."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

from sopflow.rendering import Geometry, Scene

_TOUCH = 0.6  # pixels that rounding may take


def overlaps(geometry: Geometry) -> list[str]:
    """Nodes of one sheet that lie on each other."""
    return [
        f"{one.id} on {two.id}"
        for sheet in geometry.sheets
        for one, two in combinations(sheet.nodes, 2)
        if _meet(one.box, two.box)
    ]


def strays(geometry: Geometry) -> list[str]:
    """Nodes outside their sheet or their lane, and nodes in a phase's strip that are not of that phase."""
    found = []
    for sheet in geometry.sheets:
        lanes = {lane.id: lane.box for lane in sheet.lanes}
        found += [f"{node.id} leaves its sheet" for node in sheet.nodes if not _inside(node.box, sheet.box)]
        found += [
            f"{node.id} leaves lane {node.lane}"
            for node in sheet.nodes
            if node.lane in lanes and not _inside(node.box, lanes[node.lane])
        ]
        for strip in sheet.strips:
            if strip.kind == "phase" and "." not in strip.id and strip.id in {node.phase for node in sheet.nodes}:
                found += [
                    f"{node.id} of {node.phase!r} in the strip of {strip.id}"
                    for node in sheet.nodes
                    if _meet(node.box, strip.box) and node.phase != strip.id
                ]
    return found


def slanting(geometry: Geometry) -> list[str]:
    """Lines that are neither level nor upright."""
    return [
        edge.id
        for sheet in geometry.sheets
        for edge in sheet.edges
        if any(abs(a[0] - b[0]) > _TOUCH and abs(a[1] - b[1]) > _TOUCH for a, b in pairwise(edge.points))
    ]


def through(geometry: Geometry) -> list[str]:
    """Edges that pass through a node, and such as do not begin and end at the border of theirs."""
    found = []
    for sheet in geometry.sheets:
        boxes = {node.id: node.box for node in sheet.nodes}
        for edge in sheet.edges:
            for end, node in ((edge.points[0], edge.source), (edge.points[-1], edge.target)):
                if not _on_border(end, boxes[node]):
                    found.append(f"{edge.id} does not touch {node}")
            for a, b in pairwise(edge.points):
                line = (min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))
                found += [f"{edge.id} through {node}" for node, box in boxes.items() if _meet(line, box)]
    return found


def spilling(geometry: Geometry) -> list[str]:
    """Lines of text that leave the outline of their node, or the heading of their lane or strip."""
    found = []
    for sheet in geometry.sheets:
        for node in sheet.nodes:
            x, y, wide, high = node.box
            for line in node.lines:
                left = line.x - line.width / 2 - (13 if line.icon else 0)
                right, middle = line.x + line.width / 2, line.y - line.size * 0.35
                within = (
                    left >= x
                    and right <= x + wide
                    and middle - line.size / 2 >= y
                    and middle + line.size / 2 <= y + high
                )
                if node.outline == "diamond":
                    away = abs(middle - (y + high / 2)) + line.size * 0.5
                    within = away / (high / 2) + (line.width / 2) / (wide / 2) <= 1.001
                if not within:
                    found.append(f"{line.text!r} leaves {node.id}")
        for area in (*sheet.lanes, *sheet.strips):
            x, _, wide, _ = area.heading
            found += [
                f"{line.text!r} leaves the heading of {area.id}"
                for line in area.lines
                if line.width > wide or line.x - line.width / 2 < x - _TOUCH
            ]
    return found


def hidden_labels(geometry: Geometry) -> list[str]:
    """Labels of edges that lie on a node."""
    return [
        f"label of {edge.id} on {node.id}"
        for sheet in geometry.sheets
        for edge in sheet.edges
        if edge.label_box is not None
        for node in sheet.nodes
        if _meet(edge.label_box, node.box)
    ]


def missing(geometry: Geometry, scene: Scene) -> list[str]:
    """Nodes and edges of the scene that are not drawn once; connectors that the layout adds count for themselves."""
    drawn = Counter(node.id for sheet in geometry.sheets for node in sheet.nodes)
    drawn.update(edge.id for sheet in geometry.sheets for edge in sheet.edges)
    wanted = [node.id for sheet in scene.sheets for node in sheet.nodes]
    wanted += [edge.id for sheet in scene.sheets for edge in sheet.edges]
    return [f"{name}: {drawn[name]} times" for name in wanted if drawn[name] != 1 or wanted.count(name) != 1]


def lying_on_each_other(geometry: Geometry) -> list[str]:
    """Edges without a common end that share a stretch of more than six pixels."""
    found = []
    for sheet in geometry.sheets:
        for one, two in combinations(sheet.edges, 2):
            if one.target == two.target or one.source == two.source:
                continue
            if any(_shared(a, b) > 6 for a in pairwise(one.points) for b in pairwise(two.points)):
                found.append(f"{one.id} on {two.id}")
    return found


def crossings(geometry: Geometry) -> int:
    """How often edges cross; where they meet or part they do not."""
    count = 0
    for sheet in geometry.sheets:
        for one, two in combinations(sheet.edges, 2):
            count += sum(_cross(a, b) for a in pairwise(one.points) for b in pairwise(two.points))
    return count


def bends(geometry: Geometry) -> int:
    """How many corners all edges have."""
    return sum(len(edge.points) - 2 for sheet in geometry.sheets for edge in sheet.edges)


def _meet(one, two) -> bool:
    return (
        one[0] + _TOUCH < two[0] + two[2]
        and two[0] + _TOUCH < one[0] + one[2]
        and one[1] + _TOUCH < two[1] + two[3]
        and two[1] + _TOUCH < one[1] + one[3]
    )


def _inside(one, two) -> bool:
    return (
        one[0] >= two[0] - _TOUCH
        and one[1] >= two[1] - _TOUCH
        and one[0] + one[2] <= two[0] + two[2] + _TOUCH
        and one[1] + one[3] <= two[1] + two[3] + _TOUCH
    )


def _on_border(point, box) -> bool:
    x, y, wide, high = box
    level = min(abs(point[0] - x), abs(point[0] - x - wide)) <= _TOUCH and y - _TOUCH <= point[1] <= y + high + _TOUCH
    upright = min(abs(point[1] - y), abs(point[1] - y - high)) <= _TOUCH and x - _TOUCH <= point[0] <= x + wide + _TOUCH
    return level or upright


def _shared(a, b) -> float:
    """The length that two stretches have in common."""
    for along, across in ((0, 1), (1, 0)):
        one, two = sorted((a[0][along], a[1][along])), sorted((b[0][along], b[1][along]))
        flat = all(abs(line[0][across] - line[1][across]) < _TOUCH for line in (a, b))
        if flat and abs(a[0][across] - b[0][across]) < _TOUCH and a[0] != a[1] and b[0] != b[1]:
            return max(0.0, min(one[1], two[1]) - max(one[0], two[0]))
    return 0.0


def _cross(a, b) -> bool:
    for level, upright in ((a, b), (b, a)):
        if abs(level[0][1] - level[1][1]) < _TOUCH and abs(upright[0][0] - upright[1][0]) < _TOUCH:
            left, right = sorted((level[0][0], level[1][0]))
            top, bottom = sorted((upright[0][1], upright[1][1]))
            if left < upright[0][0] < right and top < level[0][1] < bottom:
                return True
    return False
