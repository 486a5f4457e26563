"""SVG from a geometry and a theme: a plain, accessible file that browsers, editors and rasterisers all draw alike.

Nothing in it needs more than SVG 1.1: no `foreignObject`, `marker`, filter or CSS variable; arrow heads are paths.
Knows places and colours, nothing of SOPs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from math import hypot
from typing import TYPE_CHECKING

from sopflow.rendering._drawing import Drawing
from sopflow.rendering._geometry import Box, EdgeLine, Geometry, NodeBox, SheetBox
from sopflow.rendering._themes import Theme
from sopflow.rendering.overlay import GLYPHS, Brush, around

if TYPE_CHECKING:
    from jinja2 import Template

FONTS = (
    "'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Hiragino Sans GB','Microsoft YaHei','Source Han Sans SC',"
    "'WenQuanYi Micro Hei',sans-serif"
)
_ROUND = 7.0  # the radius of a line's corners
_HEAD, _HALF = 7.5, 3.8  # an arrow head's length and half its width
_SLANT = 20.0


def svg(drawing: Drawing) -> str:
    """The picture as the text of an SVG file."""
    return svg_of(drawing.geometry, drawing.theme)


def svg_of(geometry: Geometry, theme: Theme, box: Box | None = None) -> str:
    """``geometry``, or what of it is in ``box``, as the text of an SVG file."""
    brush = Brush(geometry, theme)

    def told(node: NodeBox, sheet: SheetBox) -> str:
        return "\n".join(part for part in (brush.told(node.id), _told(node, sheet)) if part)

    return _template().render(
        g=geometry, t=theme, view=box or (0, 0, geometry.width, geometry.height), fonts=FONTS,
        path=_path, head=_head, outline=_outline, name=_name,
        icon=_icon, n=_number, nets=lambda edges: brush.on_top(_nets(edges)), told=told, icons=ICONS,
        over=brush, around=around, glyphs=GLYPHS,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415  # only who draws pays for it

    folder = files("sopflow.rendering") / "templates"
    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("picture.svg.jinja")


def _number(value: float) -> str:
    """A length, to a tenth of a pixel."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def _name(kind: str, id: str) -> str:
    """An XML id that stays the same as long as the step keeps its path (XML 1.0, production 5)."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_.-]', '_', id)}"


def _told(node: NodeBox, sheet: SheetBox) -> str:
    """What assistive technology and tooltips say of a node besides its title."""
    lane = next((" ".join(line.text for line in one.lines) for one in sheet.lanes if one.id == node.lane), "")
    marks: list[str] = []
    for line in node.lines:
        if line.icon:
            marks.append(line.text)
        elif line.kind not in ("title", "second") and marks:
            marks[-1] += f" {line.text}"
    return "\n".join(part for part in (lane, *marks, node.about) if part)


def _nets(edges: Sequence[EdgeLine]) -> list[list[EdgeLine]]:
    """Edges that end at one node are drawn together, so that none cuts another where they meet.

    Ways back and those of handlers come first: the others then pass over them.
    """
    nets: dict[str, list[EdgeLine]] = {}
    for edge in edges:
        nets.setdefault(edge.target, []).append(edge)
    return sorted(nets.values(), key=lambda net: not any(edge.back or edge.meaning == "handler" for edge in net))


def _path(points: Sequence[tuple[float, float]], shorter: float = _HEAD - 1.5) -> str:
    """A line with round corners that ends where its arrow head begins."""
    ends = [*points[:-1], _back(points[-2], points[-1], shorter)]
    parts = [f"M{_number(ends[0][0])} {_number(ends[0][1])}"]
    for before, here, after in zip(ends, ends[1:], ends[2:], strict=False):
        radius = min(_ROUND, _length(before, here) / 2, _length(here, after) / 2)
        one, two = _back(before, here, radius), _back(after, here, radius)
        parts.append(
            f"L{_number(one[0])} {_number(one[1])}Q{_number(here[0])} {_number(here[1])} "
            f"{_number(two[0])} {_number(two[1])}"
        )
    parts.append(f"L{_number(ends[-1][0])} {_number(ends[-1][1])}")
    return "".join(parts)


def _length(one: tuple[float, float], two: tuple[float, float]) -> float:
    return hypot(one[0] - two[0], one[1] - two[1])


def _back(start: tuple[float, float], end: tuple[float, float], by: float) -> tuple[float, float]:
    """The point ``by`` before ``end`` on the way from ``start``."""
    length = _length(start, end)
    if not length:
        return end
    return end[0] + (start[0] - end[0]) * by / length, end[1] + (start[1] - end[1]) * by / length


def _head(points: Sequence[tuple[float, float]]) -> str:
    """The arrow head at the end of a line."""
    end, start = points[-1], _back(points[-2], points[-1], _HEAD)
    length = _length(start, end) or 1.0
    aside = (start[1] - end[1]) / length * _HALF, (end[0] - start[0]) / length * _HALF
    corners = (end, (start[0] + aside[0], start[1] + aside[1]), (start[0] - aside[0], start[1] - aside[1]))
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in corners) + "Z"


def _outline(kind: str, box: Box) -> str:
    """The corners of a diamond, a hexagon or a pentagon, as the points of a polygon."""
    x, y, wide, high = box
    middle, half = x + wide / 2, y + high / 2
    match kind:
        case "diamond":
            corners = [(middle, y), (x + wide, half), (middle, y + high), (x, half)]
        case "hexagon":
            slant = _SLANT - 4.0
            corners = [(x + slant, y), (x + wide - slant, y), (x + wide, half), (x + wide - slant, y + high),
                       (x + slant, y + high), (x, half)]  # fmt: skip
        case _:
            slant = min(high / 2, 12.0)
            corners = [(x, y), (x + wide - slant, y), (x + wide, half), (x + wide - slant, y + high), (x, y + high)]
    return " ".join(f"{_number(px)},{_number(py)}" for px, py in corners)


#: Signs of ten by ten pixels, drawn with lines.
ICONS = {
    "due": "M5 .8A4.2 4.2 0 1 1 4.99 .8M5 2.6V5L6.8 6.2",
    "opens": "M5 .8A4.2 4.2 0 1 1 4.99 .8M3.8 3L6.8 5L3.8 7Z",
    "every": "M8.6 3.2A4 4 0 1 0 9 5.6M8.9 .9V3.4H6.4",
    "repeat": "M8.6 3.2A4 4 0 1 0 9 5.6M8.9 .9V3.4H6.4",
    "each": "M1 2.2H9M1 5H9M1 7.8H9",
    "if": "M5 .8L9.2 5L5 9.2L.8 5Z",
    "optional": "M5 .8L9.2 5L5 9.2L.8 5Z",
    "people": "M5 1A1.9 1.9 0 1 1 4.99 1M1.2 9C1.4 6.6 3 5.8 5 5.8S8.6 6.6 8.8 9",
    "role": "M5 1A1.9 1.9 0 1 1 4.99 1M1.2 9C1.4 6.6 3 5.8 5 5.8S8.6 6.6 8.8 9",
    "auto": "M5.8 .8L2 5.8H4.8L4.2 9.2L8 4.2H5.2Z",
    "instead": "M1 3H7.5M5.5 1L7.5 3L5.5 5M9 7H2.5M4.5 5L2.5 7L4.5 9",
    "fork": "M5 1V9M1 5H9",
    "join": "M5 1V9M1 5H9",
    "event": "M5.8 .8L2 5.8H4.8L4.2 9.2L8 4.2H5.2Z",
    "wait": "M2 1H8M2 9H8M2.6 1C2.6 4 7.4 6 7.4 9M7.4 1C7.4 4 2.6 6 2.6 9",
    "approval": "M5 .6A4.4 4.4 0 1 1 4.99 .6M2.9 5.2L4.4 6.7L7.2 3.6",
    "sheet": "M1 1H9V9H1ZM5 3V7M3 5H7",
    "checklist": "M1.2 5.2L3.8 7.8L8.8 2.2",
    "who": "M5 1A1.9 1.9 0 1 1 4.99 1M1.2 9C1.4 6.6 3 5.8 5 5.8S8.6 6.6 8.8 9",
    "when": "M5 .8A4.2 4.2 0 1 1 4.99 .8M5 2.6V5L6.8 6.2",
    "asks": "M3 3.4A2 2 0 1 1 5.6 5.3C5 5.6 5 6 5 6.6M5 8.9V9",
    "incident": "M5 .8L9.4 8.8H.6ZM5 3.8V6M5 7.5V7.6",
}


def _icon(kind: str) -> str:
    return ICONS.get(kind, ICONS["if"])
