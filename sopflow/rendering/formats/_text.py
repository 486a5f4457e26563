"""What formats of text share: quoted strings, and numbers for nodes, which no reserved word can be."""

from __future__ import annotations

from sopflow.rendering._scene import Scene


def quoted(text: str) -> str:
    """``text`` in double quotes, with backslashes before what would end it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def numbers(scene: Scene) -> dict[str, int]:
    """Each node's number, in the order of the sheets."""
    return {node.id: at for at, node in enumerate(node for sheet in scene.sheets for node in sheet.nodes)}
