"""The scene as a Mermaid flowchart, in the colours of the theme. Knows scenes only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sopflow.rendering._drawing import Drawing
from sopflow.rendering._scene import Node, Scene
from sopflow.rendering._themes import Theme
from sopflow.rendering.formats._text import numbers, plain, quoted

_SIGNS = {
    "decision": ("{", "}"), "until": ("{", "}"), "start": ("([", "])"), "end": ("([", "])"), "call": ("[[", "]]"),
    "sheet": ("[[", "]]"), "event": ("(", ")"), "wait": ("(", ")"), "emit": (">", "]"), "goto": (">", "]"),
    "fork": ("[/", "/]"), "each": ("[/", "/]"), "join": ("[\\\\", "\\\\]"),
}  # fmt: skip
_CLASSES = {
    "decision": "choice", "until": "choice", "call": "part", "sheet": "part", "event": "event", "emit": "event",
    "fork": "gate", "each": "gate", "join": "gate", "end": "over",
}  # fmt: skip
# Signs of HTML and Markdown, and the point of a number at the beginning, which would make a list of it.
_MARKUP = re.compile(r"[#\"<>&`\\*_~%:]|^[-+]|(?<=^\d)\.|(?<=^\d\d)\.")
_ENDS = re.compile(r"[\x00-\x1f#;%{}<>&\"]")


def mermaid(drawing: Drawing) -> str:
    """A Mermaid flowchart, each sheet a subgraph. Ids are numbers, so that none is a reserved word."""
    scene = drawing.scene
    number = numbers(scene)
    title = scene.texts[0] if scene.texts else scene.name
    lines = ["---", f"title: {quoted(title)}", "---", "flowchart TB"]
    lines.append(f"  accTitle: {_ENDS.sub(' ', title)}")
    for sheet in scene.sheets:
        lines.append(f'  subgraph s{sheet.number}["{_text(" ".join(sheet.texts))}"]')
        for node in sheet.nodes:
            one, two = _SIGNS.get(node.shape, ("[", "]"))
            text = "<br>".join([*map(_text, node.texts), *_small(node)]) or " "
            text = (_text(drawing.overlay.letters(node.id)) if drawing.overlay is not None else "") + text
            lines.append(f'    n{number[node.id]}{one}"{text}"{two}'.replace("\\\\", "\\"))
        for edge in sheet.edges:
            label = _text(" ".join(edge.labels))
            arrow = "-.->" if edge.meaning == "handler" else "-->"
            said = f'|"{label}"|' if label else ""
            lines.append(f"    n{number[edge.source]} {arrow}{said} n{number[edge.target]}")
        lines.append("  end")
    return "\n".join([*lines, *_classes(scene, number, drawing.theme)]) + "\n"


def _small(node: Node) -> Iterator[str]:
    """What the picture says of a node in small letters."""
    for mark in node.marks:
        yield f"<small>{'☑ ' if mark.kind == 'checklist' else ''}{_text(mark.text)}</small>"


def _classes(scene: Scene, number: dict[str, int], theme: Theme) -> Iterator[str]:
    """Colours by shape, and a class for each kind that occurs."""
    colors = {
        "choice": (theme.decision, theme.decision_rim, theme.ink), "part": (theme.call, theme.call_rim, theme.ink),
        "event": (theme.event, theme.event_rim, theme.ink), "gate": (theme.gate, theme.gate_ink, theme.ink),
        "over": (theme.end, theme.end, theme.on_end), "step": (theme.task, theme.task_rim, theme.ink),
    }  # fmt: skip
    nodes = [node for sheet in scene.sheets for node in sheet.nodes]
    for name, (ground, rim, ink) in colors.items():
        ids = [f"n{number[node.id]}" for node in nodes if _CLASSES.get(node.shape, "step") == name]
        if ids:
            yield f"  classDef {name} fill:{ground},stroke:{rim},color:{ink}"
            yield f"  class {','.join(ids)} {name}"


def _text(text: str) -> str:
    """Text as Mermaid takes it inside quotes: all ASCII signs that may be markup as entity codes."""
    return _MARKUP.sub(lambda found: f"#{ord(found[0])};", plain(text))
