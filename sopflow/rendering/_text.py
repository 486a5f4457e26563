"""Breaks texts into lines that fit: Latin between words, Chinese between characters where its rules allow.

No line begins with closing punctuation or ends with an opening one (JIS X 4051, CLREQ 3.1). Lines of one text are
made about equally long. Knows widths, nothing of boxes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sopflow.rendering._widths import width

_NOT_FIRST = frozenset("、。，．,.;:；：？！?!)）］]}｝」』】》〉”’…—·%％")
_NOT_LAST = frozenset("(（［[{｛「『【《〈“‘")
_WIDE = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef“”‘’…"
_PIECE = re.compile(rf"[{_WIDE}]|\s+|[^\s{_WIDE}]+")
_ELLIPSIS = "…"
#: In a Chinese font these quotes are as wide as a character: right in Chinese, holes in other texts.
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_CHINESE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


@lru_cache(maxsize=4096)
def wrap(text: str, size: float, room: float, most: int = 4) -> tuple[str, ...]:
    """``text`` in at most ``most`` lines no wider than ``room``; what does not fit ends in an ellipsis."""
    pieces = _pieces(_tidy(text), size, room)
    lines = _fill(pieces, size, room)
    if len(lines) > most:
        return (*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), size, room))
    if len(lines) > 1:  # the narrowest column of as many lines
        low, high = room / len(lines) * 0.8, room
        while high - low > size / 4:
            middle = (low + high) / 2
            if len(_fill(pieces, size, middle)) <= len(lines) and _widest(pieces, size) <= middle:
                high = middle
            else:
                low = middle
        lines = _fill(pieces, size, high)
    return tuple(lines)


@lru_cache(maxsize=4096)
def shorten(text: str, size: float, room: float) -> str:
    """``text`` on one line, cut with an ellipsis where it is wider than ``room``."""
    text = _tidy(text)
    if width(text, size) <= room:
        return text
    while text and width(text + _ELLIPSIS, size) > room:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS


def _tidy(text: str) -> str:
    """``text`` with single spaces; quotes are straight where nothing is Chinese."""
    text = " ".join(text.split())
    return text if _CHINESE.search(text) else text.translate(_STRAIGHT)


def longest_word(text: str, size: float) -> float:
    """The width of the longest Latin word of ``text``: in less room it would be cut."""
    return max((width(word, size) for word in _PIECE.findall(text)), default=0.0)


def _widest(pieces: list[str], size: float) -> float:
    return max(width(piece.strip(), size) for piece in pieces)


def _pieces(text: str, size: float, room: float) -> list[str]:
    """What must stay together: words with their punctuation, Chinese characters with theirs."""
    pieces: list[str] = []
    for found in _PIECE.findall(text):
        for part in _cut(found, size, room):
            glue = bool(pieces) and (part[0] in _NOT_FIRST or pieces[-1][-1:] in _NOT_LAST) and not part.isspace()
            if part.isspace() and pieces:
                pieces[-1] += " "
            elif glue and (part == "·" or not pieces[-1].endswith(" ")) and width(pieces[-1] + part, size) <= room:
                pieces[-1] += part
            else:
                pieces.append(part)
    return pieces or [""]


def _cut(word: str, size: float, room: float) -> list[str]:
    """A word; one that is wider than a line, in parts."""
    parts = [""]
    for sign in word:
        if parts[-1] and width(parts[-1] + sign, size) > room:
            parts.append("")
        parts[-1] += sign
    return parts


def _fill(pieces: list[str], size: float, room: float) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]
