"""What is to be drawn over a picture, before anybody knows where: by the ids of nodes, edges, bands and sheets.

Knows scenes; neither runs, findings nor versions, which modules of their own turn into one of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from sopflow.rendering._geometry import Marked
from sopflow.rendering._scene import Mark, Node, Scene
from sopflow.rendering._text import shorten
from sopflow.rendering._widths import width

Kind = Literal["run", "findings", "diff"]

#: What stands for a status where there are only letters.
LETTERS: Mapping[str, str] = {
    "done": "✓", "active": "▶", "asks": "?", "held": "…", "late": "!", "incident": "‼", "skipped": "✗",
    "withdrawn": "–", "added": "+", "removed": "−", "changed": "Δ",
}  # fmt: skip
_SIZE, _ROOM = 12.0, 400.0  # of the heading: a picture is never narrower
_DOT = " · "


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of the list at the foot, about ``nodes`` and ``edges``; its first text is what it says, the rest below."""

    number: str
    kind: str
    texts: tuple[str, ...]
    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over a scene.

    ``lines`` are words that stand in the nodes themselves; a line of theirs replaces the node's own of that kind.
    ``counted`` are the nodes that count as steps where progress is told, ``over`` the sheets on which nothing more
    happens, ``rounds`` what is told of a band in place of its progress.
    """

    kind: Kind
    heading: str
    nodes: Mapping[str, Marked]
    edges: Mapping[str, Marked]
    lines: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()
    rounds: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def letters(self, id: str) -> str:
        """The signs of a node as text, with a space behind; "" for none."""
        marked = self.nodes.get(id)
        if marked is None:
            return ""
        said = (LETTERS.get(kind, "") + (f"({text})" if text.isdecimal() else text) for kind, text in marked.signs)
        return "".join(f"{text} " for text in said if text)

    def listed(self) -> tuple[str, ...]:
        """The list at the foot as text."""
        return tuple(
            line
            for remark in self.remarks
            for line in (f"({remark.number}) {remark.texts[0]}", *(f"    {text}" for text in remark.texts[1:]))
        )

    def applied(self, scene: Scene) -> Scene:
        """``scene`` with the heading, and with what stands in its nodes."""
        sheets = tuple(
            replace(sheet, nodes=tuple(self._with_lines(node) for node in sheet.nodes)) for sheet in scene.sheets
        )
        return replace(scene, sheets=sheets, remarks=tuple(_lines(self.heading)))

    def _with_lines(self, node: Node) -> Node:
        added = self.lines.get(node.id, ())
        kinds = {mark.kind for mark in added}
        return replace(node, marks=(*(mark for mark in node.marks if mark.kind not in kinds), *added))


def _lines(heading: str) -> Iterator[str]:
    """The heading in lines that end where one of its parts does."""
    line = ""
    for part in heading.split(_DOT):
        longer = f"{line}{_DOT}{part}" if line else part
        if line and width(longer, _SIZE) > _ROOM:
            yield line
            longer = part
        line = shorten(longer, _SIZE, _ROOM)
    yield line
