"""A picture divided into pages of paper: a page for each sheet, several where its words would become too small to read.

A sheet is cut between its rows, or between its columns, never through a node or a label; what follows a cut gets the
names of the lanes again. Knows geometries and sizes, no formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from sopflow.rendering._geometry import Area, Box, Geometry, SheetBox
from sopflow.rendering._measure import SMALL
from sopflow.rendering._page import in_rows
from sopflow.rendering._paper import Paper

Span = tuple[float, float]

_MARGIN, _HEADER, _FOOTER = 28.0, 20.0, 16.0  # points
_NATURAL = 0.75  # points for each pixel
_LARGEST = 1.0
_SMALLEST = 5.0 / SMALL  # at which the smallest words are five points high
_SCALES = 12  # that are tried between these two
_AROUND = 12.0  # pixels around a sheet, for what stands out over its border
_AIR = 12.0  # pixels from a node to a cut
_LATE = 0.6  # of a page's room, from where on a cut between two strips is better than one further on


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a picture on a page: what is drawn of ``box`` (pixels), ``scale`` points for each pixel, at x and y."""

    geometry: Geometry
    box: Box
    scale: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its size in points, what stands on it, its title, and whether it goes on with what the last one began."""

    width: float
    height: float
    pieces: tuple[Piece, ...]
    title: str
    goes_on: bool


def pages_of(geometry: Geometry, paper: Paper | None) -> list[Page]:
    """The pages of ``geometry``; without ``paper`` each is as large as its sheet."""
    pages = [page for sheet in geometry.sheets for page in _pages(geometry, sheet, paper)]
    return pages + list(_notes(geometry, paper))


# -- one sheet ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cut:
    """A sheet cut into spans from left to right and from above to below, at a scale."""

    scale: float
    columns: list[Span]
    rows: list[Span]

    @property
    def cost(self) -> tuple[int, float]:
        return len(self.columns) * len(self.rows), -self.scale


def _pages(geometry: Geometry, sheet: SheetBox, paper: Paper | None) -> Iterator[Page]:
    """The pages of one sheet, on paper that lies as it fits best."""
    x, y, wide, high = sheet.box
    whole = (x - _AROUND, y - _AROUND, wide + 2 * _AROUND, high + 2 * _AROUND)
    if paper is None:
        size = whole[2] * _NATURAL + 2 * _MARGIN, inf
        legend = _legend(geometry, size[0] - 2 * _MARGIN)
        cut = _Cut(_NATURAL, [(whole[0], whole[0] + whole[2])], [(whole[1], whole[1] + whole[3])])
        size = size[0], whole[3] * _NATURAL + 2 * _MARGIN + _HEADER + _FOOTER + legend.box[3] * _NATURAL
    else:
        tried = [(_cut(geometry, sheet, whole, way), way) for way in paper.ways]
        cut, size = min(tried, key=lambda one: one[0].cost)
        legend = _legend(geometry, size[0] - 2 * _MARGIN)
    head = _head(geometry, sheet)
    names = head[1] + head[3]
    title = f"{sheet.number}  {sheet.title}" if len(geometry.sheets) > 1 else geometry.title
    goes_on = False
    for top, bottom in cut.rows:
        for left, right in cut.columns:
            x, at, pieces = (size[0] - (right - left) * cut.scale) / 2, _MARGIN + _HEADER, []
            if top > names:
                box = (left, head[1], right - left, head[3])
                pieces.append(Piece(_of(geometry, _only_names(sheet)), box, cut.scale, x, at))
                at += head[3] * cut.scale
            box = (left, top, right - left, bottom - top)
            part = _part(sheet, box, named=top <= names)
            pieces.append(Piece(_of(geometry, part), box, cut.scale, x, at))
            low = size[1] - _MARGIN - _FOOTER - legend.box[3] * _NATURAL
            pieces.append(replace(legend, x=_MARGIN, y=low))
            yield Page(size[0], size[1], tuple(pieces), title, goes_on)
            goes_on = True


def _cut(geometry: Geometry, sheet: SheetBox, whole: Box, size: tuple[float, float]) -> _Cut:
    """The cut of a sheet for paper of ``size``: into as few pages as can be, and these as large as can be."""
    wide = size[0] - 2 * _MARGIN
    high = size[1] - 2 * _MARGIN - _HEADER - _FOOTER - _legend(geometry, wide).box[3] * _NATURAL
    x, y, w, h = whole
    fitting = min(wide / w, high / h, _LARGEST)
    if fitting >= _SMALLEST:
        return _Cut(fitting, [(x, x + w)], [(y, y + h)])
    head = _head(geometry, sheet)
    across, down = _solid(sheet, 0), _solid(sheet, 1)
    borders = sorted({strip.box[1] for strip in sheet.strips} | {strip.box[1] + strip.box[3] for strip in sheet.strips})
    lanes = sorted({lane.box[0] for lane in sheet.lanes})
    cuts = []
    for step in range(_SCALES):
        scale = _SMALLEST + (_NATURAL - _SMALLEST) * step / (_SCALES - 1)
        columns = _spans((x, x + w), wide / scale, 0.0, across, lanes)
        rows = _spans((y, y + h), high / scale, head[3], down, borders)
        cuts.append(_Cut(scale, columns, rows))
    return min(cuts, key=lambda cut: cut.cost)


def _spans(whole: Span, room: float, again: float, solid: Sequence[Span], borders: Sequence[float]) -> list[Span]:
    """``whole`` in spans no longer than ``room``, less ``again`` from the second on; cut at ``borders`` or in gaps."""
    spans = []
    at = whole[0]
    while whole[1] - at > room:
        limit = at + room
        better = [border for border in borders if at + room * _LATE < border <= limit]
        end = better[-1] if better else _gap(limit, solid)
        end = end if end > at else limit
        spans.append((at, end))
        at = end
        room = room if len(spans) > 1 else room - again
    return [*spans, (at, whole[1])]


def _gap(limit: float, solid: Sequence[Span]) -> float:
    """The last place up to ``limit`` at which nothing solid is cut; ``solid`` is sorted by its ends, downwards."""
    at = limit
    for begin, end in solid:
        if begin < at < end:
            at = begin
    return at


def _solid(sheet: SheetBox, axis: int) -> list[Span]:
    """What must not be cut along an axis, with room for the head of an arrow."""
    boxes = [node.box for node in sheet.nodes]
    boxes += [edge.label_box for edge in sheet.edges if edge.label_box is not None]
    return sorted(((box[axis] - _AIR, box[axis] + box[axis + 2] + _AIR) for box in boxes), key=lambda span: -span[1])


# -- parts of a geometry -----------------------------------------------------------------------------------------------


def _of(geometry: Geometry, *sheets: SheetBox) -> Geometry:
    """``geometry`` with nothing but ``sheets``."""
    over = geometry.overlay
    over = replace(over, legend=(), notes=()) if over is not None else None
    return replace(geometry, sheets=sheets, lines=(), legend=(), overlay=over)


def _head(geometry: Geometry, sheet: SheetBox) -> Box:
    """The title of a sheet with the names of its lanes, where these stand above."""
    x, y, wide, high = sheet.bar
    if sheet.lanes and geometry.layout != "left-to-right":
        high += sheet.lanes[0].heading[3]
    return x, y, wide, high


def _only_names(sheet: SheetBox) -> SheetBox:
    return replace(sheet, nodes=(), edges=(), strips=())


def _part(sheet: SheetBox, box: Box, *, named: bool) -> SheetBox:
    """What of a sheet is seen in ``box``; the names of its lanes only if ``named``."""
    lanes = sheet.lanes if named else tuple(replace(lane, lines=()) for lane in sheet.lanes)
    return replace(
        sheet,
        lines=sheet.lines if named else (),
        lanes=lanes,
        strips=tuple(_visible(strip, box) for strip in sheet.strips if _meet(strip.box, box)),
        nodes=tuple(node for node in sheet.nodes if _meet(node.box, box)),
        edges=tuple(
            replace(edge, label=edge.label if edge.label_box is not None and _meet(edge.label_box, box) else ())
            for edge in sheet.edges
            if _meet(_around(edge.points), box)
        ),
    )


def _visible(strip: Area, box: Box) -> Area:
    """A strip whose title stands in the middle of what is seen of it."""
    x, y, wide, high = strip.heading
    top, bottom = max(y, box[1]), min(y + high, box[1] + box[3])
    left, right = max(x, box[0]), min(x + wide, box[0] + box[2])
    dx, dy = (left + right) / 2 - (x + wide / 2), (top + bottom) / 2 - (y + high / 2)
    return replace(strip, lines=tuple(replace(line, x=line.x + dx, y=line.y + dy) for line in strip.lines))


def _around(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _meet(one: Box, two: Box) -> bool:
    level = one[0] <= two[0] + two[2] and two[0] <= one[0] + one[2]
    return level and one[1] <= two[1] + two[3] and two[1] <= one[1] + one[3]


# -- the legend, and the notes of an overlay ---------------------------------------------------------------------------


def _legend(geometry: Geometry, room: float) -> Piece:
    """The legend in rows as wide as a page, with that of what is drawn over the picture."""
    wide = room / _NATURAL
    signs, low = in_rows([(kind, line.text) for kind, line in geometry.legend], 4.0, wide, 4.0)
    over = geometry.overlay
    if over is not None:
        more, low = in_rows([(kind, line.text) for kind, line in over.legend], 4.0, wide, low)
        over = replace(over, legend=more, notes=())
    box = (0.0, 0.0, wide, low + 2.0)
    return Piece(replace(geometry, sheets=(), lines=(), legend=signs, overlay=over), box, _NATURAL, 0.0, 0.0)


def _notes(geometry: Geometry, paper: Paper | None) -> Iterator[Page]:
    """A last page for the list of what is drawn over the picture, if there is one."""
    over = geometry.overlay
    if over is None or not over.notes:
        return
    lines = [line for note in over.notes for line in note.lines]
    left, right = min(line.x for line in lines) - 30.0, max(line.x + line.width for line in lines) + 6.0
    top, bottom = min(line.y - line.size for line in lines) - 8.0, max(line.y for line in lines) + 12.0
    box = (left, top, right - left, bottom - top)
    ways = paper.ways if paper is not None else ((box[2] * _NATURAL + 2 * _MARGIN, inf),)
    scale, (wide, high) = max(
        (min((wide - 2 * _MARGIN) / box[2], (high - 2 * _MARGIN - _HEADER - _FOOTER) / box[3], _NATURAL), (wide, high))
        for wide, high in ways
    )
    high = high if high < inf else box[3] * scale + 2 * _MARGIN + _HEADER + _FOOTER
    listed = replace(geometry, sheets=(), lines=(), legend=(), overlay=replace(over, legend=()))
    piece = Piece(listed, box, scale, _MARGIN, _MARGIN + _HEADER)
    yield Page(wide, high, (piece,), over.heading, goes_on=False)
