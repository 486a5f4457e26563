"""An overlay on a geometry: what each box and line of it is marked with, how far sheets have come, legend and list.

Knows places and words, no colours. Signs are at the corners of their boxes, so only the legend and the list at the
foot, which make the page longer, have places of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sopflow.rendering._geometry import Box, Gauge, Geometry, Marked, Note, Overlaid, SheetBox, TextLine
from sopflow.rendering._text import wrap
from sopflow.rendering._widths import width
from sopflow.rendering.overlay._overlay import Overlay, Remark
from sopflow.rendering.overlay._words import say

_MARGIN, _SIZE, _LEADING, _ROW = 28.0, 11.0, 1.45, 22.0
_LIST, _GAP = 12.0, 26.0  # the size of the list's words; between its columns
_COLUMN = 620.0  # of the list: as wide as a line is read with ease
_MOST_LINES = 6  # of a text in the list
_LEGENDS = {
    "run": ("done", "active", "asks", "held", "late", "incident", "skipped", "withdrawn", "ahead", "taken"),
    "findings": ("error", "warning", "info", "trace"),
    "diff": ("added", "removed", "changed"),
}


def placed(geometry: Geometry, overlay: Overlay) -> Geometry:
    """``geometry`` with ``overlay``; it is longer by the legend and the list."""
    lang = geometry.language
    nodes = tuple(marked for sheet in geometry.sheets for marked in _nodes(sheet, overlay))
    edges = tuple(
        overlay.edges[edge.id] for sheet in geometry.sheets for edge in sheet.edges if edge.id in overlay.edges
    )
    bottom = geometry.height - _MARGIN + 8.0
    legend, bottom = _legend([*nodes, *edges], overlay.kind, geometry.width - _MARGIN, bottom, lang)
    notes, bottom = _notes(overlay.remarks, geometry.width - 2 * _MARGIN, bottom, lang)
    gauges = tuple(_gauges(geometry, nodes, overlay, lang)) if overlay.kind == "run" else ()
    drawn = Overlaid(overlay.kind, overlay.heading, nodes, edges, gauges, legend, notes)
    return replace(geometry, overlay=drawn, height=round(bottom + _MARGIN))


def _nodes(sheet: SheetBox, overlay: Overlay) -> Iterator[Marked]:
    """The marks of a sheet's nodes; a connector that the layout put into a way stands as the way does."""
    into = {edge.target: edge.id for edge in sheet.edges}
    for node in sheet.nodes:
        way = overlay.edges.get(into.get(node.id, ""))
        if node.id in overlay.nodes:
            yield overlay.nodes[node.id]
        elif way is not None and node.shape == "goto":
            yield Marked(node.id, "done" if way.status == "taken" else way.status)


def _gauges(geometry: Geometry, nodes: Sequence[Marked], overlay: Overlay, lang: str) -> Iterator[Gauge]:
    """How far each sheet, and each strip of it, has come."""
    status = {marked.id: marked.status for marked in nodes}
    for sheet in geometry.sheets:
        steps = [node for node in sheet.nodes if node.id in overlay.counted]
        areas: list[tuple[str, Box]] = [("", sheet.box), *((strip.id, strip.box) for strip in sheet.strips)]
        for id, box in areas:
            inside = [node for node in steps if _holds(box, node.box)]
            if not inside:
                continue
            done = sum(status.get(node.id) in ("done", "skipped") for node in inside)
            over = not id and sheet.id in overlay.over
            share = 1.0 if over else done / len(inside)
            text = f"{done}/{len(inside)} · {say('ended', lang) if over else f'{share:.0%}'}"
            yield Gauge(sheet.id, id, done, len(inside), round(share, 3), overlay.rounds.get(id, "") or text)


def _holds(outer: Box, inner: Box) -> bool:
    x, y = inner[0] + inner[2] / 2, inner[1] + inner[3] / 2
    return outer[0] <= x <= outer[0] + outer[2] and outer[1] <= y <= outer[1] + outer[3]


def _legend(
    marked: Sequence[Marked], kind: str, right: float, top: float, lang: str
) -> tuple[tuple[tuple[str, TextLine], ...], float]:
    """What the statuses mean, of those that occur; and where the next thing below may stand."""
    there = {one.status for one in marked} | {sign for one in marked for sign, _ in one.signs}
    found: list[tuple[str, TextLine]] = []
    x, y = _MARGIN, top + _ROW / 2
    for status in _LEGENDS[kind]:
        if status not in there:
            continue
        text = say(status, lang)
        wide = 38.0 + width(text, _SIZE) + 20.0
        if x + wide > right and x > _MARGIN:
            x, y = _MARGIN, y + _ROW
        found.append((status, _line(text, _SIZE, "soft", x + 38.0, y)))
        x += wide
    return tuple(found), y + _ROW / 2 if found else top


def _notes(remarks: Sequence[Remark], room: float, top: float, lang: str) -> tuple[tuple[Note, ...], float]:
    """The list in columns, read from left to right; each row as high as its highest remark."""
    if not remarks:
        return (), top
    count = max(1, min(int((room + _GAP) // (_COLUMN + _GAP)), len(remarks)))
    wide = min((room - _GAP * (count - 1)) / count, 900.0)
    notes: list[Note] = []
    y = top + _GAP / 2
    for first in range(0, len(remarks), count):
        beside = remarks[first : first + count]
        row = [_note(one, _MARGIN + at * (wide + _GAP), y, wide) for at, one in enumerate(beside)]
        notes += row
        y += max(len(note.lines) for note in row) * _LIST * _LEADING + 8.0
    return tuple(notes), y


def _note(remark: Remark, x: float, y: float, wide: float) -> Note:
    inset = max(26.0, width(remark.number, _LIST) + 18.0)
    lines = [
        (line, "note" if at == 0 else "soft")
        for at, text in enumerate(remark.texts)
        for line in wrap(text, _LIST, wide - inset, _MOST_LINES)
    ]
    drawn = tuple(
        _line(line, _LIST, kind, x + inset, y + (at + 0.5) * _LIST * _LEADING) for at, (line, kind) in enumerate(lines)
    )
    return Note(remark.number, remark.kind, drawn, remark.nodes, remark.edges)


def _line(text: str, size: float, kind: str, x: float, middle: float) -> TextLine:
    return TextLine(text, x, middle + size * 0.35, size, kind, width(text, size), anchor="start")
