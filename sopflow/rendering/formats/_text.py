"""What formats of text share: quoted strings, and numbers for nodes, which no reserved word can be."""

from __future__ import annotations

import re

from sopflow.rendering._scene import Scene

_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def plain(text: str) -> str:
    """``text`` on one line, without signs that only control a terminal."""
    return _HIDDEN.sub(" ", text)


def quoted(text: str) -> str:
    """``text`` on one line in double quotes, with backslashes before what would end it."""
    return '"' + plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def numbers(scene: Scene) -> dict[str, int]:
    """Each node's number, in the order of the sheets."""
    return {node.id: at for at, node in enumerate(node for sheet in scene.sheets for node in sheet.nodes)}
