"""From laid out sheets to a page: headings, lanes and strips around each sheet, then all sheets on one page.

Turns the page for layouts that run to the right. Knows sizes and words, no colours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sopflow.rendering._geometry import Area, Box, EdgeLine, Geometry, NodeBox, SheetBox, TextLine
from sopflow.rendering._measure import (
    LEADING,
    SECOND,
    SMALL,
    TITLE,
    Line,
    Measured,
    label_lines,
    label_size,
    measured,
)
from sopflow.rendering._page import GAP, MARGIN, RATIO, heading, legend, placed_sheets, text_line
from sopflow.rendering._scene import Edge, Mark, Node, Scene, Sheet
from sopflow.rendering._text import shorten, wrap
from sopflow.rendering._widths import width
from sopflow.rendering.layout import Layout, SheetPlan, laid_out_by, lay_out

_BAR, _LANE = 38.0, 28.0
_GUTTER, _STRIP = 92.0, 30.0  # a strip's heading: beside it; above it on a page that runs to the right
_LANE_BESIDE, _LANE_AIR = 104.0, 18.0
_RISE = 0.35  # from a line's middle to its baseline, in sizes


def compose(scene: Scene, layout: Layout, words: Callable[[str], str], ratios: Sequence[float] = ()) -> Geometry:
    """The geometry of ``scene``; ``words`` gives our own words in the picture's first language.

    ``ratios`` are those of width to height that the page may have (none: it is as wide as it gets); the page is then
    made larger where it must to have one of them.
    """
    roles = {lane.id: lane.texts[0] for lane in scene.lanes}
    order = [lane.id for lane in scene.lanes] if layout.lanes else []
    sheets = [_SheetComposer(scene, sheet, layout, order, roles, words).composed() for sheet in scene.sheets]
    lines = heading(scene, words)
    top = MARGIN + sum(line.size * LEADING for line in lines) + 12.0
    placed, wide, high = placed_sheets(sheets, top, ratios or (RATIO,))
    signs, below = legend(placed, max(wide, 420.0), high + GAP, words)
    size = max(wide, 420.0) + MARGIN, below + MARGIN
    wide, high = min((_stretched(size, ratio) for ratio in ratios), default=size, key=lambda one: one[0] * one[1])
    return Geometry(
        name=scene.name,
        version=scene.version,
        title=scene.texts[0] if scene.texts else scene.name,
        language=scene.languages[0],
        layout=layout.name,
        width=round(wide),
        height=round(high),
        lines=lines,
        sheets=placed,
        legend=signs,
    )


def _stretched(size: tuple[float, float], ratio: float) -> tuple[float, float]:
    """The smallest size of a ratio that has room for ``size``."""
    return max(size[0], size[1] * ratio), max(size[1], size[0] / ratio)


class _SheetComposer:
    """One sheet with its heading, lanes and strips, from (0, 0)."""

    def __init__(
        self,
        scene: Scene,
        sheet: Sheet,
        layout: Layout,
        order: Sequence[str],
        roles: dict[str, str],
        words: Callable[[str], str],
    ) -> None:
        self.scene, self.layout, self.words = scene, layout, words
        self.lanes = {lane.id: (number, lane) for number, lane in enumerate(scene.lanes)}
        self.roles = roles
        if not layout.lanes:
            sheet = replace(sheet, nodes=tuple(self._without_lane(node) for node in sheet.nodes))
        self.measures: dict[str, Measured] = {}
        self.plan = self._planned(sheet, order)
        placed = self.plan.placed
        self.right = layout.right
        self.levels = max((strip.level for strip in self.plan.strips), default=-1) + 1
        self.has_lanes = layout.lanes and self.plan.lanes != ("",)
        self.names = self._lane_names()
        rows = max((len(texts) for texts in self.names), default=1)
        high = _LANE + (rows - 1) * TITLE * LEADING
        across = (_LANE_BESIDE if self.right else high) if self.has_lanes else 0.0
        along = self.levels * (_STRIP if self.right else _GUTTER)
        self.left, self.top = (across, _BAR + along) if self.right else (along, _BAR + across)
        wide, high = (placed.height, placed.width) if self.right else (placed.width, placed.height)
        title = self._title(wide + self.left)
        self.width = max(wide + self.left, width(title, 15.0) + 64.0, 240.0)
        self.height = high + self.top
        # A narrow sheet is as wide as its heading: what is in it stands in the middle.
        self.inset = (self.width - wide - self.left) / 2

    def _planned(self, sheet: Sheet, order: Sequence[str]) -> SheetPlan:
        layout = self.layout
        if layout.engine is not None:
            return laid_out_by(layout.engine, layout.name, sheet, self._box, self._label_size)
        return lay_out(sheet, order, self._size, self._label_size, self._connector, turned=layout.right)

    def _box(self, node: Node) -> tuple[float, float, str]:
        one = self.measures.setdefault(node.id, measured(node))
        return one.width, one.height, one.outline

    def _title(self, room: float) -> str:
        texts = self.plan.sheet.texts
        marks = " · ".join(mark.text for mark in self.plan.sheet.marks)
        title = " ".join(texts)
        full = f"{title} · {marks}" if marks else title
        return shorten(full, 15.0, max(room, 300.0) - 64.0)

    def _without_lane(self, node: Node) -> Node:
        """A node on a page without lanes names its role itself."""
        named = node.shape in ("task", "approval", "decision") and node.lane and not node.id.endswith("--verdict")
        told = any(mark.kind == "people" for mark in node.marks)
        role = (Mark("role", self.roles.get(node.lane, node.lane)),) if named and not told else ()
        return replace(node, lane="", marks=(*role, *node.marks))

    def _size(self, node: Node) -> tuple[float, float]:
        one = self.measures.setdefault(node.id, measured(node))
        return (one.height, one.width) if self.layout.right else (one.width, one.height)

    def _label_size(self, edge: Edge) -> tuple[float, float]:
        wide, high = label_size(label_lines(edge))
        return (high, wide) if self.layout.right else (wide, high)

    def _connector(self, target: Node, back: bool) -> Node:  # noqa: FBT001  # called by the layout, by position
        to = self.words("back" if back else "to")
        return Node("", "goto", (f"{to} {target.texts[0] if target.texts else target.id}",))

    # -- from the layout's places to the page's ------------------------------------------------------------------------

    def _point(self, point: tuple[float, float]) -> tuple[float, float]:
        x, y = (point[1], point[0]) if self.right else point
        return x + self.left + self.inset, y + self.top

    def _rect(self, rect: Box) -> Box:
        x, y, wide, high = rect
        if self.right:
            wide, high = high, wide
        px, py = self._point((x, y))
        return px, py, wide, high

    def composed(self) -> SheetBox:
        sheet, placed = self.plan.sheet, self.plan.placed
        bar = (0.0, 0.0, self.width, _BAR)
        return SheetBox(
            id=sheet.id,
            number=sheet.number,
            title=" ".join(sheet.texts),
            box=(0.0, 0.0, self.width, self.height),
            bar=bar,
            lines=(text_line(self._title(self.width), 15.0, "bar", 46.0, _BAR / 2),),
            lanes=tuple(self._lane(lane, extent) for lane, extent in zip(self.plan.lanes, placed.lanes, strict=True)
                        if self.has_lanes),
            strips=self._strips(),
            nodes=tuple(self._node(node, rect) for node, rect in zip(sheet.nodes, placed.nodes, strict=True)),
            edges=tuple(self._edge(at, edge) for at, edge in enumerate(sheet.edges)),
        )  # fmt: skip

    def _node(self, node: Node, rect: Box) -> NodeBox:
        x, y, wide, high = self._rect(rect)
        middle = (x + wide / 2, y + high / 2)
        measure = self.measures[node.id]
        shift = {"wait": 8.0, "sheet": 0.0, "fork": 7.0, "each": 7.0, "event": 7.0, "join": 7.0}.get(node.shape, 0.0)
        shift = shift if node.texts else 0.0
        shift = -4.0 if node.shape == "goto" else shift
        letters = tuple(letter for target, letter in self.plan.letters.items() if target == node.id)
        if node.shape == "goto" and node.leads in self.plan.letters:
            letters = (self.plan.letters[node.leads],)
        return NodeBox(
            id=node.id,
            shape=node.shape,
            outline=measure.outline,
            box=(x, y, wide, high),
            lines=tuple(self._text(line, middle, shift) for line in measure.lines),
            lane=node.lane,
            phase=self.plan.sheet.phases.get(node.id, ""),
            step=node.step,
            title=" ".join(node.texts),
            about=node.about,
            badge=measure.badge,
            number=node.number,
            letters=letters,
            optional=any(mark.kind in ("if", "optional") for mark in node.marks),
        )

    def _text(self, line: Line, middle: tuple[float, float], shift: float) -> TextLine:
        return TextLine(
            line.text, middle[0] + line.x + shift, middle[1] + line.y + line.size * _RISE, line.size, line.kind,
            line.width, line.icon,
        )  # fmt: skip

    def _edge(self, at: int, edge: Edge) -> EdgeLine:
        points = tuple(self._point(point) for point in self.plan.placed.edges[at])
        rect = self.plan.placed.labels[at]
        box = self._rect(rect) if rect is not None else None
        label: tuple[TextLine, ...] = ()
        if box is not None:
            kind = edge.meaning if edge.meaning in ("yes", "no") else "label"
            label = tuple(
                text_line(text, SECOND, kind, box[0], box[1] + (number + 0.5) * SECOND * LEADING)
                for number, text in enumerate(label_lines(edge))
            )
        back = edge.id in self.plan.back
        return EdgeLine(edge.id, edge.source, edge.target, points, edge.meaning, back, label, box)

    def _lane(self, lane: str, extent: tuple[float, float]) -> Area:
        number = self.lanes[lane][0] if lane in self.lanes else 0
        first, last = self._extent(extent, self.inset)
        if self.right:
            box = (0.0, self.top + first, self.width, last - first)
            heading = (0.0, self.top + first, self.left, last - first)
        else:
            box = (self.left + first, _BAR, last - first, self.height - _BAR)
            heading = (self.left + first, _BAR, last - first, self.top - _BAR)
        texts = self.names[self.plan.lanes.index(lane)]
        return Area(lane, "lane", box, heading, self._centred(texts, TITLE, "lane", heading), number)

    def _lane_names(self) -> list[list[str]]:
        """The lines of each lane's heading: where its names do not fit side by side, one below the other."""
        names = []
        for lane, (first, last) in zip(self.plan.lanes, self.plan.placed.lanes, strict=True):
            texts = self.lanes[lane][1].texts if lane in self.lanes else (lane,)
            room = (_LANE_BESIDE if self.right else last - first) - _LANE_AIR
            whole = " ".join(texts)
            broken = [line for text in texts for line in wrap(text, TITLE, room, 3)]
            names.append([whole] if width(whole, TITLE) <= room and not self.right else broken)
        return names

    def _extent(self, extent: tuple[float, float], inset: float) -> tuple[float, float]:
        """A lane's begin and end; the outermost lanes take what a narrow sheet leaves free."""
        across = self.plan.placed.width
        first, last = extent
        if self.right:
            return first, last
        return (first + inset if first > 0 else 0.0), (last + inset if last < across else last + 2 * inset)

    def _centred(self, texts: Sequence[str], size: float, kind: str, box: Box) -> tuple[TextLine, ...]:
        x, y, wide, high = box
        at = y + (high - len(texts) * size * LEADING) / 2
        return tuple(
            text_line(text, size, kind, x + wide / 2, at + (number + 0.5) * size * LEADING, "middle")
            for number, text in enumerate(texts)
        )

    def _strips(self) -> tuple[Area, ...]:
        """Phases and bands, the outer ones first; each from its heading to the far side of the sheet."""
        titles = {band.id: (band.texts, band.marks) for band in self.plan.sheet.bands}
        areas = []
        for strip, (first, last) in zip(self.plan.strips, self.plan.placed.strips, strict=True):
            texts, marks = titles.get(strip.id, (self.scene.phases.get(strip.id, (strip.id,)), ()))
            if strip.phase:
                texts = (*self.scene.phases.get(strip.phase, (strip.phase,))[:1], *texts)
            if self.right:
                x, y = self.left + self.inset + first, _BAR + strip.level * _STRIP
                box = (x, y, last - first, self.height - y)
                heading = (x, y, last - first, _STRIP)
            else:
                x, y = strip.level * _GUTTER, self.top + first
                box = (x, y, self.width - x, last - first)
                heading = (x, y, _GUTTER, last - first)
            lines = self._strip_lines(texts, marks, heading)
            areas.append(Area(strip.id, "phase" if strip.phase else strip.kind, box, heading, lines))
        return tuple(sorted(areas, key=lambda area: (area.box[0], area.box[1])))

    def _strip_lines(self, texts: Sequence[str], marks: Sequence[Mark], heading: Box) -> tuple[TextLine, ...]:
        """What fits of a strip's title and marks, in the middle of its heading."""
        x, y, wide, high = heading
        room = wide - 16.0
        found: list[tuple[str, float, str]] = []
        for number, text in enumerate(texts):
            size = SMALL if number else 12.0
            found += [(line, size, "strip") for line in wrap(text, size, room, 4)]
        for mark in marks:
            found += [(line, SMALL, mark.kind) for line in wrap(mark.text, SMALL, room, 3)]
        while len(found) > 1 and sum(size * LEADING for _, size, _ in found) > high - 4.0:
            text, size, kind = found[-2]
            found[-2:] = [(shorten(f"{text}…", size, room), size, kind)]
        at = y + (high - sum(size * LEADING for _, size, _ in found)) / 2
        lines = []
        for text, size, kind in found:
            lines.append(text_line(text, size, kind, x + wide / 2, at + size * LEADING / 2, "middle"))
            at += size * LEADING
        return tuple(lines)
