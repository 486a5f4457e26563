"""The scene as a Mermaid flowchart. Knows scenes only."""

from __future__ import annotations

import re

from sopflow.rendering._drawing import Drawing
from sopflow.rendering.formats._text import numbers, quoted

_SIGNS = {
    "decision": ("{", "}"), "until": ("{", "}"), "start": ("([", "])"), "end": ("([", "])"), "call": ("[[", "]]"),
    "sheet": ("[[", "]]"), "event": ("(", ")"), "wait": ("(", ")"), "emit": (">", "]"), "goto": (">", "]"),
    "fork": ("[/", "/]"), "each": ("[/", "/]"), "join": ("[\\\\", "\\\\]"),
}  # fmt: skip


def mermaid(drawing: Drawing) -> str:
    """A Mermaid flowchart, each sheet a subgraph. Ids are numbers, so that none is a reserved word."""
    scene = drawing.scene
    number = numbers(scene)
    lines = ["---", f"title: {quoted(scene.texts[0] if scene.texts else scene.name)}", "---", "flowchart TB"]
    for sheet in scene.sheets:
        lines.append(f'  subgraph s{sheet.number}["{_text(" ".join(sheet.texts))}"]')
        for node in sheet.nodes:
            one, two = _SIGNS.get(node.shape, ("[", "]"))
            text = "<br>".join(map(_text, node.texts)) or " "
            lines.append(f'    n{number[node.id]}{one}"{text}"{two}'.replace("\\\\", "\\"))
        for edge in sheet.edges:
            label = _text(" ".join(edge.labels))
            arrow = "-.->" if edge.meaning == "handler" else "-->"
            said = f'|"{label}"|' if label else ""
            lines.append(f"    n{number[edge.source]} {arrow}{said} n{number[edge.target]}")
        lines.append("  end")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Text as Mermaid takes it inside quotes: with entity codes for what would end them or be read as markup."""
    return re.sub(r'[#"<>&`\\]', lambda found: f"#{ord(found[0])};", text)
