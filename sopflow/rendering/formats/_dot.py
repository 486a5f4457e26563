"""The scene as a digraph for Graphviz, in the colours of the theme. Knows scenes only."""

from __future__ import annotations

from sopflow.rendering._drawing import Drawing
from sopflow.rendering._scene import Node
from sopflow.rendering._text import wrap
from sopflow.rendering._themes import Theme
from sopflow.rendering.formats._text import numbers, quoted

_FONT = "Noto Sans CJK SC"
_SHAPES = {
    "decision": "diamond", "until": "diamond", "call": "box3d", "sheet": "folder", "emit": "cds", "goto": "cds",
}  # fmt: skip
_ROUND = frozenset({"start", "end", "event", "wait"})


def dot(drawing: Drawing) -> str:
    """A digraph for Graphviz, each sheet a cluster, in the colours of the theme."""
    scene, theme = drawing.scene, drawing.theme
    number = numbers(scene)
    lines = [
        f"digraph {quoted(scene.name)} {{",
        "  rankdir=TB; nodesep=0.35; ranksep=0.35;",
        f'  graph [bgcolor="{theme.page}", color="{theme.rule}", fontcolor="{theme.ink}", fontname="{_FONT}"];',
        f'  node [shape=box, style="rounded,filled", fontsize=12, fontname="{_FONT}"];',
        f'  edge [color="{theme.line}", fontcolor="{theme.soft}", fontsize=11, arrowsize=0.7, fontname="{_FONT}"];',
    ]
    for sheet in scene.sheets:
        lines += [f"  subgraph cluster_{sheet.number} {{", f"    label={quoted(' '.join(sheet.texts))};"]
        for node in sheet.nodes:
            letters = drawing.overlay.letters(node.id) if drawing.overlay is not None else ""
            lines.append(f"    n{number[node.id]} [{_attributes(node, letters, theme)}];")
        lines.append("  }")
    for sheet in scene.sheets:
        for edge in sheet.edges:
            style = f', style=dashed, color="{theme.handler}"' if edge.meaning == "handler" else ""
            label = quoted(" ".join(edge.labels))
            lines.append(f"  n{number[edge.source]} -> n{number[edge.target]} [label={label}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _attributes(node: Node, letters: str, theme: Theme) -> str:
    """What a node looks like."""
    texts = [f"{letters}{node.texts[0]}", *node.texts[1:]] if node.texts else [letters]
    said = [*texts, *(mark.text for mark in node.marks if mark.kind != "checklist")]
    lines = [line for text in said for line in (wrap(text, 12, 180, 5) if text else ())]
    label = "\\n".join(quoted(line)[1:-1] for line in lines)
    ground, rim = _colors(node, theme)
    ink = theme.on_end if node.shape == "end" else theme.ink
    attributes = f'label="{label}", id={quoted(node.id)}, fillcolor="{ground}", color="{rim}", fontcolor="{ink}"'
    if node.shape in _SHAPES:
        attributes += f", shape={_SHAPES[node.shape]}, style=filled"
    elif node.shape in _ROUND:
        attributes += ", shape=oval, style=filled"
    elif node.shape == "join" and not lines:
        attributes += ", width=0.8, height=0.08, fixedsize=true"
    return attributes


def _colors(node: Node, theme: Theme) -> tuple[str, str]:
    match node.shape:
        case "decision" | "until":
            return theme.decision, theme.decision_rim
        case "call" | "sheet":
            return theme.call, theme.call_rim
        case "event" | "emit":
            return theme.event, theme.event_rim
        case "fork" | "each" | "join":
            return theme.gate, theme.gate_ink
        case "end":
            return theme.end, theme.end
        case _:
            return theme.task, theme.task_rim
