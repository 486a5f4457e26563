"""A TOML file with the place of each key and value, which the parser of the standard library does not tell.

Knows TOML (v1.0.0), not what a project says in it. Places are looked for once the parser has read the file, so the
walk over its signs need not judge anything.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sopflow.errors import Finding, Place

Path = tuple[str | int, ...]
Span = tuple[int, int]

MOST_BYTES = 256 * 1024

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+|\#[^\n]*)|(?P<line>\n)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<sign>[\[\]{}=,.])|(?P<word>[^\s\#"'\[\]{}=,.]+)""",
    re.VERBOSE | re.DOTALL,
)
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Toml:
    """A file: its ``data`` ({} where it cannot be read), its findings, and where its parts stand."""

    file: str
    text: str
    data: dict[str, object]
    findings: tuple[Finding, ...] = ()
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)

    def place(self, path: Path = (), *, key: bool = False) -> Place:
        """The place of the value (or the key) at ``path``, else of the nearest part around it."""
        for size in range(len(path), 0, -1):
            first, second = (self.keys, self.values) if key or size < len(path) else (self.values, self.keys)
            found = first.get(path[:size]) or second.get(path[:size])
            if found:
                return place_in(self.text, self.file, *found)
        return place_in(self.text, self.file, 0, 0)


def read_toml(raw: bytes, file: str) -> Toml:
    """The file ``file``, which holds ``raw``; that it is no TOML is a finding."""
    text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    if len(raw) > MOST_BYTES:
        return _unreadable(text, file, f"it is larger than {MOST_BYTES // 1024} KiB", (0, 0))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _unreadable(text, file, *_said(str(error), text))
    except RecursionError:
        return _unreadable(text, file, "its brackets stand too deep inside each other", (0, 0))
    keys, values = _spans(text)
    return Toml(file, text, data, keys=keys, values=values)


def place_in(text: str, file: str, start: int, end: int) -> Place:
    """The place of the characters from ``start`` to ``end``."""
    line, end_line = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    return Place(file, line, start - text.rfind("\n", 0, start), end_line, end - text.rfind("\n", 0, end))


def _unreadable(text: str, file: str, why: str, span: Span) -> Toml:
    place = place_in(text, file, *span)
    source = text.split("\n")[place.line - 1]
    return Toml(file, text, {}, (Finding("SOP652", place=place, fields={"why": why}, source=source),))


def _said(message: str, text: str) -> tuple[str, Span]:
    """What the parser says, without its place; and that place."""
    where = _WHERE.search(message)
    why = _WHERE.sub("", message)
    if where is None or where[1] is None:
        return why, (len(text), len(text))
    lines = text.split("\n")
    line = min(int(where[1]), len(lines))
    at = min(sum(len(before) + 1 for before in lines[: line - 1]) + int(where[2]) - 1, len(text))
    return why, (at, at)


# -- places ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    """What the walk is inside of."""

    path: Path
    sign: str  # "" the file, { an inline table, [ an array, = the value of a key
    start: int = 0  # -1: the value has not begun
    index: int = 0  # of the item, in an array


def _spans(text: str) -> tuple[dict[Path, Span], dict[Path, Span]]:
    """The spans of all keys and of all values, by path."""
    keys: dict[Path, Span] = {}
    values: dict[Path, Span] = {}
    counts: dict[Path, int] = {}  # of each array of tables: how many there are so far
    stack = [_Open((), "")]
    parts: list[str] = []  # of the key that is being read
    start = last = 0
    tokens = _tokens(text)
    for kind, word, at in tokens:
        here = stack[-1]
        if kind == "line" or (word in (",", "]", "}") and here.sign == "="):
            if here.sign == "=":  # a value is over; inside brackets lines end nothing
                values[here.path] = (here.start, last)
                stack.pop()
                here = stack[-1]
            if kind == "line":
                continue
        if here.sign == "" and word == "[":
            stack[-1] = _Open(_header(tokens, keys, counts), "")
            continue
        if here.sign in ("", "{") and word not in ("}", ","):
            if word == "=":
                path = (*here.path, *parts)
                keys[path] = (start, last)
                stack.append(_Open(path, "=", -1))
                parts = []
            elif word != ".":
                start = at if not parts else start
                parts.append(_name(kind, word))
        elif word in ("[", "{"):
            path = (*here.path, here.index) if here.sign == "[" else here.path
            if here.start < 0:
                here.start = at
            stack.append(_Open(path, word, at))
        elif word in ("]", "}"):
            values[here.path] = (here.start, at + 1)
            stack.pop()
        elif word == "," and here.sign == "[":
            here.index += 1
        elif here.sign == "[" and word != ".":
            values[(*here.path, here.index)] = (at, at + len(word))
        elif here.start < 0:
            here.start = at
        last = at + len(word)
    if stack[-1].sign == "=":
        values[stack[-1].path] = (stack[-1].start, last)
    return keys, values


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and offset of each sign and word."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "blank":
            yield token.lastgroup or "", token[0], token.start()


def _header(tokens: Iterator[tuple[str, str, int]], keys: dict[Path, Span], counts: dict[Path, int]) -> Path:
    """The path of ``[a.b]`` or ``[[a.b]]``, whose first bracket has been read."""
    parts: list[str] = []
    path: Path = ()
    is_list = False
    start = last = 0
    for kind, word, at in tokens:
        if word == "[":
            is_list = True
        elif word == "]":
            if is_list:
                next(tokens, None)  # the second bracket
            break
        elif word != ".":
            start = start or at
            last = at + len(word)
            parts.append(_name(kind, word))
    for number, part in enumerate(parts):
        path = (*path, part)
        if path in counts and (number < len(parts) - 1 or is_list):
            counts[path] += is_list and number == len(parts) - 1
            path = (*path, counts[path] - 1)
        elif is_list and number == len(parts) - 1:
            counts[path] = 1
            path = (*path, 0)
    keys[path] = (start, last)
    return path


def _name(kind: str, word: str) -> str:
    """A key without its quotes; escapes in keys are rare enough to be left as they are."""
    return word[1:-1] if kind == "text" else word
