"""How large each node is, and where in it each line of its text stands.

Knows how wide texts are and what shapes look like, not where on the page a node will be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sopflow.rendering._scene import Edge, Mark, Node
from sopflow.rendering._text import longest_word, wrap
from sopflow.rendering._widths import width

TITLE, SECOND, SMALL = 13.0, 11.0, 10.5
LEADING = 1.34
WIDE = 164.0  # the width of a step
_SLANT = 20.0  # of a hexagon's ends
_PADDING = 9.0
_HIGHEST = 92.0  # of a diamond; what needs more is a hexagon
_ICON = 13.0
_MARK_LINES = 4  # of a mark's text
_LABEL_LINES, _LABEL_ROOMS = 3, (84.0, 108.0, 140.0)  # of an edge's words
#: Marks that stand as a line below the title; a checklist is a badge on the border.
_LINES = frozenset({
    "if", "people", "auto", "opens", "due", "every", "each", "repeat", "optional", "role", "instead",
    "who", "when", "asks", "incident",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its size in pixels, what it is (title, second, or a mark's kind), its middle and its centre line.

    ``x`` and ``y`` count from the centre of the node to the middle of the line; with ``icon`` the sign of its kind
    stands before it, at ``x - width / 2 - 13``.
    """

    text: str
    size: float
    kind: str
    x: float
    y: float
    width: float
    icon: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """A node's size, its outline (rect, pill, diamond, hexagon, pentagon, bar), its lines and its badge's text."""

    width: float
    height: float
    outline: str
    lines: tuple[Line, ...]
    badge: str = ""


def measured(node: Node, role: str = "") -> Measured:
    """The size of ``node``; ``role`` is shown on it where no lane says who does it."""
    marks = [mark for mark in node.marks if mark.kind in _LINES]
    if role and node.step:
        marks.insert(0, Mark("role", role))
    badge = next((mark.text for mark in node.marks if mark.kind == "checklist"), "")
    match node.shape:
        case "decision" | "until":
            return _decision(node.texts, marks)
        case "start" | "end" | "event" | "goto" | "fork" | "each" | "join":
            return _pill(node, marks)
        case _:
            inset = {"approval": 22.0, "call": 20.0, "sheet": 30.0, "wait": 26.0, "emit": 24.0}.get(node.shape, 12.0)
            lines = _lines(node.texts, marks, WIDE - 2 * inset)
            outline = "pentagon" if node.shape == "emit" else "rect"
            height = max(_height(lines) + 2 * _PADDING, 40.0)
            return Measured(WIDE, _even(height), outline, _stacked(lines), badge)


def label_lines(edge: Edge) -> tuple[str, ...]:
    """The words on an edge, in at most three lines for each language; wider where they would be cut."""
    return tuple(line for text in edge.labels for line in _label(text))


def _label(text: str) -> tuple[str, ...]:
    tried = [wrap(text, SECOND, room, _LABEL_LINES) for room in _LABEL_ROOMS]
    return next((lines for lines in tried if not lines[-1].endswith("…")), tried[-1])


def label_size(lines: Sequence[str]) -> tuple[float, float]:
    """The size of a label's lines."""
    return max((width(line, SECOND) for line in lines), default=0.0), len(lines) * SECOND * LEADING


def _even(size: float) -> float:
    """Whole pixels, even so that the centre line falls on one."""
    return float(-(-int(-(-size // 1)) // 2) * 2)


def _lines(texts: Sequence[str], marks: Sequence[Mark], room: float, most: int = 4) -> list[Line]:
    lines = []
    for number, text in enumerate(texts):
        size = SECOND if number else TITLE
        for line in wrap(text, size, room, most):
            lines.append(Line(line, size, "second" if number else "title", 0.0, 0.0, width(line, size)))
    for mark in marks:
        for number, line in enumerate(wrap(mark.text, SMALL, room - _ICON, _MARK_LINES)):
            lines.append(Line(line, SMALL, mark.kind, _ICON / 2, 0.0, width(line, SMALL), icon=not number))
    return lines


def _height(lines: Sequence[Line]) -> float:
    return sum(line.size * LEADING for line in lines)


def _stacked(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines one below the other, around the centre."""
    at = -_height(lines) / 2
    stacked = []
    for line in lines:
        high = line.size * LEADING
        stacked.append(Line(line.text, line.size, line.kind, line.x, round(at + high / 2, 2), line.width, line.icon))
        at += high
    return tuple(stacked)


def _decision(texts: Sequence[str], marks: Sequence[Mark]) -> Measured:
    """A diamond as flat as its words allow; a hexagon where they are many."""
    best: Measured | None = None
    if not marks:
        for room in (104.0, 84.0, 70.0, 56.0):  # of equals the one with fewer lines
            if any(longest_word(text, SECOND if at else TITLE) > room for at, text in enumerate(texts)):
                continue
            lines = _stacked(_lines(texts, (), room))
            for wide in (128.0, WIDE):
                high = _diamond_height(lines, wide)
                if high <= _HIGHEST and not any(line.text.endswith("…") for line in lines):
                    fits = Measured(wide, _even(max(high, 56.0)), "diamond", lines)
                    if best is None or fits.height * fits.width < best.height * best.width:
                        best = fits
    if best is not None:
        return best
    lines = _stacked(_lines(texts, marks, WIDE - 2 * _SLANT))
    return Measured(WIDE, _even(max(_height(lines) + 2 * _PADDING, 56.0)), "hexagon", lines)


def _diamond_height(lines: Sequence[Line], wide: float) -> float:
    """The least height of a diamond that holds each line: |x| / (w/2) + |y| / (h/2) <= 1 at all corners."""
    high = 0.0
    for line in lines:
        share = (line.width + 8.0) / wide
        if share >= 1:
            return _HIGHEST + 1
        high = max(high, 2 * (abs(line.y) + line.size * 0.55) / (1 - share))
    return high


def _pill(node: Node, marks: Sequence[Mark]) -> Measured:
    """Small nodes are as wide as their words."""
    if node.shape == "join" and not node.texts:
        return Measured(56.0, 8.0, "bar", ())
    icon = node.shape in ("event", "fork", "each", "goto", "join")
    inset = 28.0 if icon else 16.0
    size = SECOND + 0.5
    lines = []
    for number, text in enumerate(node.texts):
        for line in wrap(text, size - number, WIDE - 2 * inset, 3):
            lines.append(Line(line, size - number, "second" if number else "title", 0.0, 0.0, width(line, size)))
    lines += _lines((), marks, WIDE - 2 * inset)
    wide = max([line.width + (_ICON if line.icon else 0) for line in lines] + [32.0]) + 2 * inset
    outline = "pentagon" if node.shape == "goto" else "pill"
    return Measured(min(_even(wide), WIDE), _even(max(_height(lines) + 12.0, 28.0)), outline, _stacked(lines))
