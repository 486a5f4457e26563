"""How an overlay is painted: for a writer of geometries, what each node, line and bar of a picture looks like.

Where there is no overlay it answers with the theme's own colours, so that a writer asks it in either case. Knows
places and colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sopflow.rendering._geometry import Area, Box, EdgeLine, Gauge, Geometry, NodeBox, SheetBox
from sopflow.rendering._themes import Theme
from sopflow.rendering._widths import width
from sopflow.rendering.overlay._palette import DASHES, HALO, STRONG, Hue, hue, skin

Point = tuple[float, float]

RADIUS = 9.0  # of a sign
_TEXT = 10.0  # the size of what stands in one
_BAR = 4.0  # the height of a bar

#: What stands in a sign, ten by ten pixels, drawn with lines; other signs are texts.
GLYPHS = {
    "done": "M1.4 5.2L3.9 7.7L8.6 2.5", "active": "M3 1.6L8.4 5L3 8.4Z",
    "asks": "M3 3.4A2 2 0 1 1 5.6 5.3C5 5.6 5 6 5 6.6M5 8.6V8.7", "held": "M3.4 1.8V8.2M6.6 1.8V8.2",
    "late": "M5 .9A4.1 4.1 0 1 1 4.99 .9M5 2.7V5L6.7 6.2", "incident": "M5 1.2V6M5 8.5V8.6",
    "skipped": "M2.2 2.2L7.8 7.8M7.8 2.2L2.2 7.8", "withdrawn": "M1.8 5H8.2", "added": "M5 1.6V8.4M1.6 5H8.4",
    "removed": "M1.6 5H8.4", "changed": "M5 1.6L8.8 8.2H1.2Z",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Badge:
    """A sign where it stands: its box (as round as can be), its colours, what is drawn in it, what is written."""

    kind: str
    box: Box
    hue: Hue
    glyph: str
    text: str
    text_x: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar where it stands, how much of it is full, and its words with their middle or their end ("": no room)."""

    gauge: Gauge
    box: Box
    full: float
    text: str
    x: float
    y: float


class Brush:
    """The looks of a picture's parts."""

    def __init__(self, geometry: Geometry, theme: Theme) -> None:
        over = geometry.overlay
        self.theme = theme
        self.drawn = over
        self.nodes = {one.id: one for one in over.nodes} if over is not None else {}
        self.edges = {one.id: one for one in over.edges} if over is not None else {}
        self.gauges = {(one.sheet, one.id): one for one in over.gauges} if over is not None else {}
        self.dashes, self.strong, self.halo = DASHES, STRONG, HALO
        self.progress = "#34d399"  # on the title of a sheet, which is dark in every theme

    def status(self, id: str) -> str:
        """The status of a node; "" for none."""
        return self.nodes[id].status if id in self.nodes else ""

    def skin(self, id: str) -> Theme:
        """The theme that a node is drawn in."""
        return skin(self.theme, self.status(id))

    def hue(self, status: str) -> Hue:
        """The colours of a status."""
        return hue(self.theme, status)

    def way(self, id: str) -> Hue | None:
        """The colours of a way; None where it looks as ever."""
        return hue(self.theme, self.edges[id].status) if id in self.edges else None

    def told(self, id: str) -> str:
        """What is known of a node, a fact a line."""
        return "\n".join(self.nodes[id].facts) if id in self.nodes else ""

    def on_top(self, nets: Sequence[Sequence[EdgeLine]]) -> list[list[EdgeLine]]:
        """Lines in the order in which they are drawn: what matters comes last, and passes over the rest."""

        def weight(edge: EdgeLine) -> int:
            status = self.edges[edge.id].status if edge.id in self.edges else ""
            return {"ahead": 0, "": 1, "removed": 2}.get(status, 3)

        return sorted((sorted(net, key=weight) for net in nets), key=lambda net: max(map(weight, net)))

    # -- signs ---------------------------------------------------------------------------------------------------------

    def badges(self, node: NodeBox) -> Iterator[Badge]:
        """The signs of a node, from its upper left corner on; of a diamond beside it."""
        marked = self.nodes.get(node.id)
        if marked is None:
            return
        x, y, wide, high = node.box
        left = node.outline == "diamond"
        if left:
            low = high / 2 + 10.0 if node.letters else 0.0
            at, middle = x + wide / 4 - 1.0, y + high / 4 - 6.0 + low
        else:
            at, middle = x + (13.0 if node.letters else -7.0), y + 1.0
        for kind, text in marked.signs:
            size = self._size(kind, text)
            yield self._badge(kind, text, at - size if left else at, middle)
            at += -(size + 2.0) if left else size + 2.0

    def way_badges(self, edge: EdgeLine, sheet: SheetBox) -> Iterator[Badge]:
        """The sign of a way: on a long stretch of it, off nodes and words where there is room."""
        marked = self.edges.get(edge.id)
        if marked is None or not marked.signs:
            return
        kind, text = marked.signs[0]
        half = self._size(kind, text) / 2
        taken = [node.box for node in sheet.nodes] + [one.label_box for one in sheet.edges if one.label_box is not None]
        places = list(_along(edge.points))
        x, y = next((place for place in places if not any(_near(place, half, box) for box in taken)), places[0])
        yield self._badge(kind, text, x - half, y)

    def _size(self, kind: str, text: str) -> float:
        if not text:
            return 2 * RADIUS
        return max(width(text, _TEXT) + (23.0 if kind in GLYPHS else 9.0), 2 * RADIUS)

    def _badge(self, kind: str, text: str, x: float, middle: float) -> Badge:
        size = self._size(kind, text)
        glyph = GLYPHS.get(kind, "")
        text_x = x + (17.0 + (size - 23.0) / 2 if glyph else size / 2)
        box = (x, middle - RADIUS, size, 2 * RADIUS)
        return Badge(kind, box, self.hue(kind), glyph, text, text_x)

    # -- bars ----------------------------------------------------------------------------------------------------------

    def sheet_bar(self, sheet: SheetBox) -> Iterator[Bar]:
        """The bar along the title of a sheet, and its words at the end of the title where there is room."""
        gauge = self.gauges.get((sheet.id, ""))
        if gauge is None:
            return
        x, y, wide, high = sheet.bar
        words_end = max((line.x + line.width for line in sheet.lines), default=x)
        fits = words_end + 20.0 + width(gauge.text, 12.0) < x + wide - 14.0
        box = (x, y + high - _BAR, wide, _BAR)
        yield Bar(gauge, box, wide * gauge.share, gauge.text if fits else "", x + wide - 14.0, y + high / 2 + 3.0)

    def strip_bar(self, sheet: SheetBox, strip: Area) -> Iterator[Bar]:
        """The bar at the foot of a strip's heading, and its words above it where there is room."""
        gauge = self.gauges.get((sheet.id, strip.id))
        if gauge is None:
            return
        x, y, wide, high = strip.heading
        text_end = max((line.y + 3.0 for line in strip.lines), default=y)
        room = y + high - text_end
        if room < _BAR + 6.0:
            return
        box = (x + 10.0, y + high - _BAR - 6.0, wide - 20.0, _BAR)
        fits = room > 26.0 and width(gauge.text, 10.0) < wide - 8.0
        yield Bar(gauge, box, box[2] * gauge.share, gauge.text if fits else "", x + wide / 2, box[1] - 5.0)


def _along(points: Sequence[Point]) -> Iterator[Point]:
    """Places on a line: the middle of its longest stretch first, then beside that, then on shorter stretches."""
    stretches = sorted(pairwise(points), key=lambda ends: -abs(ends[0][0] - ends[1][0]) - abs(ends[0][1] - ends[1][1]))
    for (x1, y1), (x2, y2) in stretches:
        for share in (0.5, 0.66, 0.34, 0.8, 0.2):
            yield x1 + (x2 - x1) * share, y1 + (y2 - y1) * share


def _near(place: Point, half: float, box: Box) -> bool:
    """Whether a sign of that half width would lie on ``box`` if its middle were at ``place``."""
    x, y = place
    return box[0] - half < x < box[0] + box[2] + half and box[1] - RADIUS < y < box[1] + box[3] + RADIUS


def around(node: NodeBox, grow: float) -> str:
    """The path of a node's outline, ``grow`` pixels outside of it."""
    x, y, wide, high = (node.box[0] - grow, node.box[1] - grow, node.box[2] + 2 * grow, node.box[3] + 2 * grow)
    middle, half, right, low = x + wide / 2, y + high / 2, x + wide, y + high
    match node.outline:
        case "diamond":
            reach = grow * 0.7  # so that it is about as far away along the sides
            corners = [(middle, y - reach), (right + reach, half), (middle, low + reach), (x - reach, half)]
        case "hexagon":
            corners = [(x + 16, y), (right - 16, y), (right, half), (right - 16, low), (x + 16, low), (x, half)]
        case "pentagon":
            slant = min(high / 2, 12.0)
            corners = [(x, y), (right - slant, y), (right, half), (right - slant, low), (x, low)]
        case outline:
            return _rounded(x, y, wide, high, _radius(outline, node) + grow)
    return "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in corners) + "Z"


def _radius(outline: str, node: NodeBox) -> float:
    if outline == "pill" and node.shape in ("start", "end", "event"):
        return node.box[3] / 2
    return {"wait": min(node.box[3] / 2, 20.0), "call": 4.0, "join": 3.0}.get(node.shape, 6.0)


def _rounded(x: float, y: float, wide: float, high: float, radius: float) -> str:
    r = min(radius, wide / 2, high / 2)
    return (
        f"M{x + r:.1f} {y:.1f}h{wide - 2 * r:.1f}a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {r:.1f}v{high - 2 * r:.1f}"
        f"a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {r:.1f}h{2 * r - wide:.1f}a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {-r:.1f}"
        f"v{2 * r - high:.1f}a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {-r:.1f}Z"
    )
