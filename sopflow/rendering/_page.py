"""From composed sheets to a page: its heading, the sheets side by side, and the legend at its foot.

Knows sheets as boxes, no layouts and no colours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sopflow.rendering._geometry import Area, Box, SheetBox, TextLine
from sopflow.rendering._measure import LEADING, SECOND
from sopflow.rendering._pack import packed
from sopflow.rendering._scene import Scene
from sopflow.rendering._widths import width

MARGIN, GAP = 28.0, 26.0
HEAD = 20.0  # the height of a row of the legend
RATIO = 1.5  # of a page with several sheets: width to height
_RISE = 0.35  # from a line's middle to its baseline, in sizes
_SIGN = 38.0  # from the left end of a sign to its words
_SHOWN = ("task", "decision", "approval", "wait", "call", "sheet", "fork", "event", "goto", "emit")

Legend = tuple[tuple[str, TextLine], ...]


def text_line(text: str, size: float, kind: str, x: float, middle: float, anchor: str = "start") -> TextLine:
    """A line of text whose middle is at the height ``middle``."""
    return TextLine(text, x, middle + size * _RISE, size, kind, width(text, size), anchor=anchor)


def heading(scene: Scene, words: Callable[[str], str]) -> tuple[TextLine, ...]:
    """The title in each language, and what the picture shows."""
    sizes = [22.0] + [15.0] * (len(scene.texts) - 1)
    about = f"{scene.name} · {scene.version} · {scene.steps} {words('steps')} · {len(scene.lanes)} {words('roles')}"
    lines, at = [], MARGIN
    said = [(text, 12.0, "soft") for text in (about, *scene.remarks)]
    for text, size, kind in [*zip(scene.texts, sizes, ["head", *["second"] * 9], strict=False), *said]:
        lines.append(text_line(text, size, kind, MARGIN, at + size * LEADING / 2))
        at += size * LEADING
    return tuple(lines)


def placed_sheets(
    sheets: Sequence[SheetBox], top: float, ratios: Sequence[float]
) -> tuple[tuple[SheetBox, ...], float, float]:
    """Sheets below ``top``, on a page of one of ``ratios`` if that can be; their right and their lower end."""
    if not sheets:
        return (), 0.0, top
    places = packed([sheet.box[2:] for sheet in sheets], GAP, ratios)
    placed = tuple(moved(sheet, MARGIN + x, top + y) for sheet, (x, y) in zip(sheets, places, strict=True))
    ends = [(sheet.box[0] + sheet.box[2], sheet.box[1] + sheet.box[3]) for sheet in placed]
    return placed, max(right for right, _ in ends), max(low for _, low in ends)


def moved(sheet: SheetBox, dx: float, dy: float) -> SheetBox:
    """``sheet`` with all that is on it, elsewhere."""

    def box(one: Box) -> Box:
        return one[0] + dx, one[1] + dy, one[2], one[3]

    def lines(some: tuple[TextLine, ...]) -> tuple[TextLine, ...]:
        return tuple(replace(line, x=line.x + dx, y=line.y + dy) for line in some)

    def area(one: Area) -> Area:
        return replace(one, box=box(one.box), heading=box(one.heading), lines=lines(one.lines))

    return replace(
        sheet,
        box=box(sheet.box),
        bar=box(sheet.bar),
        lines=lines(sheet.lines),
        lanes=tuple(area(lane) for lane in sheet.lanes),
        strips=tuple(area(strip) for strip in sheet.strips),
        nodes=tuple(replace(node, box=box(node.box), lines=lines(node.lines)) for node in sheet.nodes),
        edges=tuple(
            replace(
                edge,
                points=tuple((x + dx, y + dy) for x, y in edge.points),
                label=lines(edge.label),
                label_box=box(edge.label_box) if edge.label_box is not None else None,
            )
            for edge in sheet.edges
        ),
    )


def legend(sheets: Sequence[SheetBox], right: float, top: float, words: Callable[[str], str]) -> tuple[Legend, float]:
    """What the signs mean, of those that occur, and where the legend ends."""
    there = {node.shape for sheet in sheets for node in sheet.nodes}
    signs = [shape for shape in _SHOWN if shape in there]
    signs += ["back"] if any(edge.back for sheet in sheets for edge in sheet.edges) else []
    signs += ["optional"] if any(node.optional for sheet in sheets for node in sheet.nodes) else []
    signs += ["due"] if any(line.kind == "due" for s in sheets for node in s.nodes for line in node.lines) else []
    signs += ["checklist"] if any(node.badge for sheet in sheets for node in sheet.nodes) else []
    return in_rows([(sign, words(f"legend-{sign}")) for sign in signs], MARGIN, right, top)


def in_rows(signs: Sequence[tuple[str, str]], left: float, right: float, top: float) -> tuple[Legend, float]:
    """Signs with their words in rows; each line is at the left end of its words. Then where the rows end."""
    found = []
    x, y = left, top + HEAD / 2
    for sign, text in signs:
        wide = _SIGN + width(text, SECOND) + 20.0
        if x + wide > right and x > left:
            x, y = left, y + HEAD + 4.0
        found.append((sign, text_line(text, SECOND, "soft", x + _SIGN, y)))
        x += wide
    return tuple(found), y + HEAD / 2 if found else top - GAP
