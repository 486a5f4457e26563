"""The geometry as JSON: a public format, and the golden file of our own tests."""

from __future__ import annotations

import json

from sopflow.rendering._drawing import Drawing


def geometry(drawing: Drawing) -> str:
    """The geometry of the picture, as the reference describes it."""
    return json_text(drawing.geometry.as_json()) + "\n"


def json_text(value: object, depth: int = 0) -> str:
    """JSON with a line for each node, edge and area, so that a difference between two pictures can be read."""
    inner = "\n" + " " * (depth + 1)
    if depth < _DEPTH and isinstance(value, dict) and value:
        parts = [f"{json.dumps(key)}: {json_text(part, depth + 1)}" for key, part in value.items()]
        return "{" + inner + f",{inner}".join(parts) + "\n" + " " * depth + "}"
    if depth < _DEPTH and isinstance(value, list) and value:
        parts = [json_text(part, depth + 1) for part in value]
        return "[" + inner + f",{inner}".join(parts) + "\n" + " " * depth + "]"
    return json.dumps(value, ensure_ascii=False)


_DEPTH = 4  # page, sheets, sheet, its nodes; each of these on one line
