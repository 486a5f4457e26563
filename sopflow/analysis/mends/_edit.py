"""Changes of a text by its offsets. Knows documents and places, nothing of what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sopflow.dsl import Document
from sopflow.errors import Place

Path = tuple[str | int, ...]

_COMMA_BEFORE = re.compile(r",\s*$")
_COMMA_BEHIND = re.compile(r"\s*,[ \t]*(?=\S)")


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from ``start`` to ``end`` of a text become ``text``."""

    start: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """``text`` after the change."""
        return text[: self.start] + self.text + text[self.end :]


def span_of(place: Place, text: str) -> tuple[int, int]:
    """Where a place stands in ``text``, as offsets."""
    return _offset(text, place.line, place.column), _offset(text, place.end_line, place.end_column)


def replacement(place: Place, document: Document, old: str, new: str) -> Edit | None:
    """``new`` for ``old`` at ``place``; None where ``old`` does not stand there just once, as it is."""
    start, end = span_of(place, document.text)
    if document.text.count(old, start, end) != 1:
        return None
    at = document.text.index(old, start, end)
    return Edit(at, at + len(old), new)


def removal(document: Document, path: Path) -> Edit | None:
    """Taking the entry at ``path`` out of its map, and the map out of its own where nothing else is in it.

    None where more would go than the entry: a comment on its lines, or the last item of a list.
    """
    while len(path) > 1 and isinstance(holder := _value(document.data, path[:-1]), dict) and len(holder) == 1:
        path = path[:-1]
    holder = _value(document.data, path[:-1])
    if not isinstance(holder, (dict, list)) or len(holder) < 2:
        return None
    text = document.text
    start, end = span_of(document.place(path, key=True), text)[0], span_of(document.place(path), text)[1]
    line, rest = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    rest = len(text) if rest < 0 else rest
    if not text[line:start].strip(" -") and not text[end:rest].strip():
        is_item = "-" in text[line:start]
        if "#" in text[start:end] or (is_item and isinstance(holder, dict)):
            return None  # a comment inside, or a map that begins on the line of its dash
        return Edit(line, min(rest + 1, len(text)), "")
    if behind := _COMMA_BEHIND.match(text, end, rest):
        return Edit(start, behind.end(), "")
    if before := _COMMA_BEFORE.search(text, line, start):
        return Edit(before.start(), end, "")
    return None


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        found = text.find("\n", at)
        if found < 0:
            return len(text)
        at = found + 1
    return min(at + column - 1, len(text))


def _value(data: object, path: Path) -> object:
    """What stands at ``path``; a name on a list finds the map whose ``id`` it is."""
    for part in path:
        match data:
            case dict():
                data = data.get(part)
            case list() if isinstance(part, int):
                data = data[part] if 0 <= part < len(data) else None
            case list():
                data = next((one for one in data if isinstance(one, dict) and one.get("id") == part), None)
            case _:
                return None
    return data
