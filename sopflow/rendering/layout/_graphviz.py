"""Places by Graphviz's ``dot``, through pygraphviz, whose wheels bring it along: for who prefers its pictures.

Boxes have fixed sizes, so no font of Graphviz's matters. Lines are orthogonal; labels stand where it has room for them.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from sopflow.rendering.layout._engine import Box, Line
from sopflow.rendering.layout._place import Placed, Point

_INCH = 72.0  # points, of which each is a pixel here
_EDGE = 14.0  # around the whole
_SHAPES = {"diamond": "diamond"}
_NEAR = 0.5  # pixels within which two points are one


def places(boxes: Sequence[Box], lines: Sequence[Line], /) -> Placed:
    """An :class:`~sopflow.rendering.layout.Engine`. Raises ImportError where pygraphviz is not installed."""
    graph = importlib.import_module("pygraphviz").AGraph(directed=True, strict=False)
    graph.graph_attr.update(splines="ortho", nodesep="0.45", ranksep="0.5", forcelabels="true")
    graph.edge_attr.update(arrowhead="none")
    for number, box in enumerate(boxes):
        shape = _SHAPES.get(box.outline, "box")
        graph.add_node(
            number, label="", fixedsize="true", shape=shape, width=box.width / _INCH, height=box.height / _INCH
        )
    for number, line in enumerate(lines):
        xlabel = _blank(*line.label) if line.label is not None else ""
        graph.add_edge(line.source, line.target, key=str(number), weight="1" if line.back else "3", xlabel=xlabel)
    graph.layout("dot")
    left, low, right, top = (float(part) for part in graph.graph_attr["bb"].split(","))

    def point(text: str) -> Point:
        x, y = (float(part) for part in text.split(","))
        return x - left + _EDGE, top - y + _EDGE

    placed = Placed(width=right - left + 2 * _EDGE, height=top - low + 2 * _EDGE)
    for number, box in enumerate(boxes):
        x, y = point(graph.get_node(number).attr["pos"])
        placed.nodes.append((x - box.width / 2, y - box.height / 2, box.width, box.height))
    for number, line in enumerate(lines):
        edge = graph.get_edge(line.source, line.target, key=str(number))
        placed.edges.append(_corners([point(text) for text in edge.attr["pos"].replace("\\\n", "").split()]))
        label = None
        if line.label is not None:
            x, y = point(edge.attr["xlp"])
            label = (x - line.label[0] / 2, y - line.label[1] / 2, *line.label)
        placed.labels.append(label)
    return placed


def _blank(width: float, height: float) -> str:
    """A label of a size, in Graphviz's HTML-like notation."""
    return f'<<table border="0" fixedsize="true" width="{width:.0f}" height="{height:.0f}"><tr><td></td></tr></table>>'


def _corners(points: Sequence[Point]) -> list[Point]:
    """The corners of a line of level and upright curves: every third point is on it (a cubic Bézier curve's end)."""
    kept = [points[0]]
    for at in points[3::3]:
        if abs(at[0] - kept[-1][0]) + abs(at[1] - kept[-1][1]) > _NEAR:
            kept.append(at)
    if len(kept) == 1:
        kept.append(points[-1])
    straight = kept[:1]
    for before, here, after in zip(kept, kept[1:], kept[2:], strict=False):
        upright = abs(before[0] - here[0]) < _NEAR and abs(here[0] - after[0]) < _NEAR
        level = abs(before[1] - here[1]) < _NEAR and abs(here[1] - after[1]) < _NEAR
        if not upright and not level:
            straight.append(here)
    return [*straight, kept[-1]]
