"""From a character of a loaded text to the character of the file that it came from; knows YAML's and JSON's quoting.

Exact for texts on one line and for literal blocks; for folded texts exact at every character but the fold.
"""

from __future__ import annotations

import re

_FOLD = r"[ \t]*\n\s*"
_UNITS = {
    "'": re.compile(rf"(?P<fold>{_FOLD})|''|.", re.DOTALL),
    '"': re.compile(
        rf"(?P<fold>{_FOLD})|(?P<none>\\\n[ \t]*)"
        r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # JSON: two escapes, one character
        r"|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.|.",
        re.DOTALL,
    ),
    "": re.compile(rf"(?P<fold>{_FOLD})|.", re.DOTALL),
}


def source_offset(raw: str, style: str, value: str, offset: int, *, after: bool = False) -> int:
    """The offset in ``raw`` of character ``offset`` of ``value``, or (``after``) the offset behind it.

    ``raw`` is the scalar as written, quotes or block header included, ``style`` its first sign. An offset
    beyond the text gives its end.
    """
    spans = _block(raw, value) if style in ("|", ">") else _inline(raw, style)
    if not spans:
        return 0
    if offset >= len(spans):
        return spans[-1][1]
    return spans[max(offset, 0)][1 if after else 0]


def _inline(raw: str, style: str) -> list[tuple[int, int]]:
    """Start and end in ``raw`` of each loaded character of a plain or quoted scalar."""
    margin = len(style)
    if "\n" not in raw and "\\" not in raw and "''" not in raw[margin : len(raw) - margin]:
        return [(at, at + 1) for at in range(margin, len(raw) - margin)]
    spans: list[tuple[int, int]] = []
    for unit in _UNITS[style].finditer(raw, margin, len(raw) - margin):
        kind = unit.lastgroup
        if kind == "none":
            continue
        count = max(1, unit[0].count("\n") - 1) if kind == "fold" else 1
        spans.extend([unit.span()] * count)
    return spans


def _block(raw: str, value: str) -> list[tuple[int, int]]:
    """Start and end in ``raw`` of each loaded character of a literal or folded block, line by line."""
    body = raw.find("\n") + 1
    first = re.compile(r"\n*( *)").match(raw, body)
    lead = len(value.lstrip("\n")) - len(value.lstrip("\n").lstrip(" "))
    indent = (len(first[1]) if first else 0) - lead
    margin = re.compile(f" {{0,{max(indent, 0)}}}")

    def start_of_line(at: int) -> int:
        match = margin.match(raw, at)
        return match.end() if match else at

    spans: list[tuple[int, int]] = []
    at = start_of_line(body)
    for character in value:
        while at < len(raw) and raw[at] != character and raw[at] in " \n":
            if character in " \n" and raw[at] == "\n":
                break  # a fold: this character stands for the end of the line
            at = start_of_line(at + 1) if raw[at] == "\n" else at + 1
        spans.append((at, min(at + 1, len(raw))))
        if at < len(raw):
            at = start_of_line(at + 1) if raw[at] == "\n" else at + 1
    return spans
