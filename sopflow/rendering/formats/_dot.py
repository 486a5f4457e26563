"""The scene as a digraph for Graphviz. Knows scenes only."""

from __future__ import annotations

from sopflow.rendering._drawing import Drawing
from sopflow.rendering.formats._text import numbers, quoted

_SHAPES = {
    "decision": "diamond", "until": "diamond", "start": "oval", "end": "oval", "call": "box3d", "sheet": "box3d",
    "event": "oval", "wait": "oval", "emit": "cds", "goto": "cds", "fork": "box", "each": "box", "join": "box",
}  # fmt: skip


def dot(drawing: Drawing) -> str:
    """A digraph for Graphviz, each sheet a cluster."""
    scene = drawing.scene
    number = numbers(scene)
    lines = [
        f"digraph {quoted(scene.name)} {{",
        "  rankdir=TB;",
        '  node [shape=box, style=rounded, fontname="Noto Sans CJK SC"];',
        '  edge [fontname="Noto Sans CJK SC"];',
    ]
    for sheet in scene.sheets:
        lines += [f"  subgraph cluster_{sheet.number} {{", f"    label={quoted(' '.join(sheet.texts))};"]
        for node in sheet.nodes:
            shape = _SHAPES.get(node.shape, "box")
            style = ', style=""' if shape != "box" else ""
            text = quoted("\n".join(node.texts)).replace("\n", "\\n")
            lines.append(f"    n{number[node.id]} [label={text}, shape={shape}{style}, id={quoted(node.id)}];")
        lines.append("  }")
    for sheet in scene.sheets:
        for edge in sheet.edges:
            style = ", style=dashed" if edge.meaning == "handler" else ""
            label = quoted(" ".join(edge.labels))
            lines.append(f"  n{number[edge.source]} -> n{number[edge.target]} [label={label}{style}];")
    return "\n".join([*lines, "}"]) + "\n"
