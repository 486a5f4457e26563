"""YAML's quiet traps: what its parser reads without complaint and no reader of the file would expect."""

from __future__ import annotations

import re
from bisect import bisect_right

from sopflow.dsl._document import NO_KEY, Document, Marks
from sopflow.errors import Finding

_MOST_LISTED = 20
_ODD = re.compile(r"""[()<>=&|!?"'+*]""")
_OPEN_QUOTE = re.compile(r"""(?:[=<>(&|,]|\bin)\s*(?:'[^']*|"[^"]*)$""")
BLOCK_HEADER = re.compile(r"[|>](?:[+-]?[1-9]?|[1-9][+-])(?: *$| +#)", re.MULTILINE)
_SWALLOWED = re.compile(r"\n *(- [^\n]*)")
_DIRECTIVE = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*+(%)")
_LOST = re.compile(r"(?<=[^\s#]) +(#[^\s#][^\n]*)")
_MARGIN_TAB = re.compile(r"^ *(\t[ \t]*)(?=[^\s#])", re.MULTILINE)


def is_cut(text: str) -> bool:
    """Whether a plain text in ``{…}`` or ``[…]`` opens a parenthesis or a quote that it does not close.

    A comma ends a plain text there, so ``{if: contains(a, b)}`` holds ``contains(a``.
    """
    if "(" in text and text.count("(") > text.count(")"):
        return True
    return ("'" in text or '"' in text) and _OPEN_QUOTE.search(text) is not None


def is_key_cut_off(text: str, start: int, end: int) -> bool:
    """Whether the key at ``start`` to ``end`` in ``{…}``, which has no value, is really a piece of a text."""
    following = re.compile(r"\s*(.?)").match(text, end)
    if following is None or following[1] != ":":
        return True  # no colon: nobody writes a key like that on purpose
    return _ODD.search(text, start, end) is not None


def swallowed_dash(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a line inside a plain text begins with ``- ``: meant as an item of a list, read as words."""
    match = _SWALLOWED.search(text, start, end)
    return match.span(1) if match else None


def quoted(text: str) -> str:
    """``text`` in the quotes that need the least escaping."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def value_to_line_end(text: str, start: int) -> str:
    """What stands from ``start`` to the end of its line, without a comment."""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].split(" #", 1)[0].strip()


def directives(shown: Document) -> tuple[Document, list[Finding]]:
    """Lines at the top that begin with ``%``, and the text with comments in their stead."""
    found: list[Finding] = []
    while len(found) < _MOST_LISTED and (match := _DIRECTIVE.match(shown.text)) is not None:
        at = match.start(1)
        found.append(Finding("SOP026", place=shown.between(at, at + 1)))
        shown = Document(shown.file, shown.text[:at] + "#" + shown.text[at + 1 :], None)
    return shown, found


def tabs_in_margin(shown: Document, source: str) -> list[Finding]:
    """Lines that are indented with tabs (``source`` has them still; ``shown`` has spaces there)."""
    if "\t" not in source:
        return []
    found = []
    for match in _MARGIN_TAB.finditer(source):
        found.append(Finding("SOP029", place=shown.between(*match.span(1))))
        if len(found) == _MOST_LISTED:
            break
    return found


def tabs_in_texts(shown: Document, source: str, marks: Marks) -> list[Finding]:
    """Tabs inside keys and values: they cannot be seen, and would be read as spaces."""
    if "\t" not in source:
        return []
    scalars = _scalars(marks)
    starts = [start for start, _, _ in scalars]
    found = []
    for match in re.finditer(r"(?<=[^\s])[ \t]*\t+(?=[^\s])", source):
        at = bisect_right(starts, match.start()) - 1
        if at >= 0 and scalars[at][1] > match.start():
            found.append(Finding("SOP030", place=shown.between(*match.span())))
            if len(found) == _MOST_LISTED:
                break
    return found


def lost_comments(shown: Document, marks: Marks) -> list[Finding]:
    """A ``#`` behind a space ends a plain text: ``Room #5`` is ``Room``."""
    found: list[Finding] = []
    scalars: list[tuple[int, int, str]] = []
    starts: list[int] = []
    for match in _LOST.finditer(shown.text):
        if not scalars:
            scalars = _scalars(marks)
            starts = [start for start, _, _ in scalars]
        at = bisect_right(starts, match.start(1)) - 1
        if at < 0:
            continue
        _, end, style = scalars[at]
        if style == "" and end == match.start():
            found.append(Finding("SOP019", place=shown.between(*match.span(1)), fields={"text": match[1].split()[0]}))
        if len(found) == _MOST_LISTED:
            break
    return found


def _scalars(marks: Marks) -> list[tuple[int, int, str]]:
    """Start, end and style of every key and every scalar value, in the order of the text."""
    spans = [
        (start, end, style)
        for start, end, style in zip(marks.starts, marks.ends, marks.styles, strict=True)
        if style in ("", "'", '"', "|", ">")
    ]
    spans += [
        (start, end, "key") for start, end in zip(marks.key_starts, marks.key_ends, strict=True) if start != NO_KEY
    ]
    return sorted(spans)
