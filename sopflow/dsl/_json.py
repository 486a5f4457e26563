"""JSON in: RFC 8259 with the place of every key and value, by a scanner of its own.

Refuses repeated keys and what JSON lacks (comments, trailing commas, NaN); knows nothing of SOPs. One loop with
a stack of its own: a file cannot make it recurse.
"""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import NoReturn

from sopflow.dsl._document import Document, Marks
from sopflow.dsl._source import MOST_DEPTH, MOST_INTEGER, MOST_NODES, decoded, in_order
from sopflow.errors import Finding

_SPACE = re.compile(r"[ \t\n]*")
_INSIDE = r'"([^"\\\x00-\x1f]*(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*)*)'
_STRING, _UNCLOSED = re.compile(f'{_INSIDE}"'), re.compile(_INSIDE)
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}'
                     r"|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})")  # fmt: skip
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"[-+]?[^\s,:\[\]{}\"]+|.")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_ENDLESS = {"NaN", "Infinity", "-Infinity", "+Infinity"}
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|#[^\n]*", re.DOTALL)
_MOST_DIGITS = 400
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # of a character: Python's own reader does not mind
_KEY = re.compile(r'"\s*:')
_MOST_LISTED = 200


class _Stop(Exception):
    """Reading cannot go on; the finding is made."""


@dataclass(slots=True)
class _Open:
    """A map or a list being read."""

    node: int
    at: int
    data: dict[str, object] | list[object]
    inside: dict[str, int] | list[int]


def read_json(text: str | bytes, file: str) -> Document:
    """Read one JSON file; never raises on its content."""
    source, findings = decoded(text, file)
    if findings:
        return Document(file, source, {}, findings, whole=False)
    if (data := _read_simple(source)) is not None:
        return Document(file, source, data, mark=_marks)
    return _scanned(file, source)


def _marks(source: str, file: str) -> Marks:
    return _scanned(file, source).marks


def _read_simple(source: str) -> dict[str, object] | None:
    """The data, by Python's own reader and so without places; None where the two readers might not agree."""
    # Each value stands behind a colon, a comma or a bracket: there are no more values than these.
    if sum(map(source.count, (":", ",", "["))) >= MOST_NODES or _HALF.search(source):
        return None
    try:
        data = json.loads(source, parse_int=_integer, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        return None
    # What looks like a key is one, or stands in a text. So if there are as many, no key stands twice in a map.
    return data if isinstance(data, dict) and _keys(data) == len(_KEY.findall(source)) else None


def _integer(text: str) -> int:
    """The integer; raises ValueError beyond 64 bits."""
    value = int(text)
    if not -MOST_INTEGER - 1 <= value <= MOST_INTEGER:
        raise ValueError(text)
    return value


def _finite(text: str) -> float:
    """The number; raises ValueError where it is none, or beyond all."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _keys(data: dict[str, object]) -> int | None:
    """How many keys there are in all maps of ``data``; None where these are nested too deeply."""
    count = 0
    level: list[dict[str, object] | list[object]] = [data]
    for _ in range(MOST_DEPTH):
        maps = [part for part in level if isinstance(part, dict)]
        count += sum(map(len, maps))
        lists = [part for part in level if isinstance(part, list)]
        inside = chain(chain.from_iterable(part.values() for part in maps), chain.from_iterable(lists))
        level = [inner for inner in inside if isinstance(inner, (dict, list))]
        if not level:
            return count
    return None


def _scanned(file: str, source: str) -> Document:
    """The document of a text, sign by sign: with marks, and with all that is wrong."""
    scanner = _Scanner(Document(file, source, None))
    data, whole = scanner.read()
    marks = scanner.marks if whole else Marks()
    found = in_order(scanner.findings)
    if whole and not isinstance(data, dict):
        found.append(Finding("SOP028", place=Document(file, source, data, known_marks=marks).place()))
    document = Document(file, source, data, (), whole, marks)
    return Document(file, source, data, document.with_sources(found), whole, marks)


class _Scanner:
    """Reads one text; ``shown`` turns offsets into places."""

    def __init__(self, shown: Document) -> None:
        self.text = shown.text
        self.marks = Marks()
        self.findings: list[Finding] = []
        self._shown = shown
        self._at = 0
        self._open: list[_Open] = []
        self._data: object = None
        # The key that waits for its value: None in lists and at the top.
        self._key: str | None = None
        self._key_span = (-1, -1)
        self._keep = True

    def read(self) -> tuple[object, bool]:
        """The data, and whether it is all of the file."""
        try:
            self._skip()
            if self._at >= len(self.text):
                self._stop("SOP027", 0, 0)
            self._value()
            while self._open:
                self._next()
            self._skip()
            if self._at < len(self.text):
                self._stop("SOP048", self._at, self._at + 1)
        except _Stop:
            return {}, False
        return self._data, True

    def _next(self) -> None:
        """What follows inside the innermost open bracket: its end, or a comma and an entry."""
        top = self._open[-1]
        self._skip()
        closing = "}" if isinstance(top.data, dict) else "]"
        if self._take(closing):
            self.marks.ends[top.node] = self._at
            self._open.pop()
            return
        if top.inside or top.data:
            comma = self._at
            if not self._take(","):
                self._expect(",", top)
            self._skip()
            if self._take(closing):
                self._find("SOP043", comma, comma + 1)
                self.marks.ends[top.node] = self._at
                self._open.pop()
                return
        if isinstance(top.data, dict):
            self._read_key(top.data, top)
        self._value()

    def _read_key(self, data: dict[str, object], top: _Open) -> None:
        start = self._at
        if self.text[start : start + 1] != '"':
            if start >= len(self.text):
                self._expect("}", top)
            word = _WORD.match(self.text, start)
            self._stop("SOP045", start, word.end() if word else start + 1)
        key = self._string()
        self._key, self._key_span, self._keep = key, (start, self._at), key not in data
        if not self._keep and isinstance(top.inside, dict):
            first = self._shown.between(self.marks.key_starts[top.inside[key]], 0)
            self._find("SOP021", start, self._at, key=key, line=first.line)
        self._skip()
        if not self._take(":"):
            self._expect(":", top)
        self._skip()

    def _value(self) -> None:
        start = self._at
        sign = self.text[start : start + 1]
        if sign == '"':
            self._attach(self._string(), start, '"')
        elif sign in ("{", "["):
            self._begin(sign)
        elif not sign and self._open:
            self._expect("]", self._open[-1])
        else:
            self._attach(self._number_or_word(), start, "")
        if len(self.marks.starts) > MOST_NODES:
            self._stop("SOP036", start, start + 1, most=MOST_NODES)

    def _begin(self, sign: str) -> None:
        start = self._at
        if len(self._open) >= MOST_DEPTH:
            self._stop("SOP034", start, start + 1, most=MOST_DEPTH)
        self._at += 1
        data: dict[str, object] | list[object] = {} if sign == "{" else []
        inside: dict[str, int] | list[int] = {} if sign == "{" else []
        node = self._attach(data, start, sign)
        self.marks.inside[node] = inside
        self._open.append(_Open(node, start, data, inside))

    def _attach(self, value: object, start: int, style: str) -> int:
        node = self.marks.add(start, self._at, style, *self._key_span)
        self._key_span = (-1, -1)
        if not self._open:
            self._data = value
            return node
        top = self._open[-1]
        if isinstance(top.data, list) and isinstance(top.inside, list):
            top.data.append(value)
            top.inside.append(node)
        elif isinstance(top.data, dict) and isinstance(top.inside, dict) and self._keep and self._key is not None:
            top.data[self._key] = value
            top.inside[self._key] = node
        return node

    def _string(self) -> str:
        start = self._at
        match = _STRING.match(self.text, start)
        if match is None:
            part = _UNCLOSED.match(self.text, start)
            end = part.end() if part else start
            sign = self.text[end : end + 1]
            if sign < " " and sign not in ("", "\n"):
                self._stop("SOP031", end, end + 1, character=f"U+{ord(sign):04X}")
            self._stop("SOP046", start, end)
        self._at = match.end()
        raw = match[1]
        if "\\" not in raw:
            return raw
        at = match.start(1)
        while (at := self.text.find("\\", at, match.end(1))) >= 0:
            escape = _ESCAPE.match(self.text, at, match.end(1))
            if escape is None:
                length = 6 if self.text[at + 1] == "u" else 2
                end = min(at + length, match.end(1))
                self._find("SOP047", at, end, escape=self.text[at:end])
                return raw
            at = escape.end()
        text: str = json.loads(match[0])
        return text

    def _number_or_word(self) -> object:
        start = self._at
        match = _NUMBER.match(self.text, start)
        if match is not None:
            self._at = match.end()
            return self._number(match)
        word = _WORD.match(self.text, start)
        text = word[0] if word else ""
        self._at = start + len(text)
        if text in _WORDS:
            return _WORDS[text]
        if text in set(",:]}"):
            self._stop("SOP050", start, self._at)
        if text not in _ENDLESS:
            self._stop("SOP044", start, max(self._at, start + 1), text=text[:40])
        self._find("SOP037", start, self._at, number=text)
        return None

    def _number(self, match: re.Match[str]) -> object:
        text = match[0]
        if len(text) <= _MOST_DIGITS:
            with suppress(ValueError):
                return _integer(text) if match[1] is None and match[2] is None else _finite(text)
        self._find("SOP037", *match.span(), number=text if len(text) <= 40 else text[:40] + "…")
        return text

    # Moving on ----------------------------------------------------------------------------------------

    def _skip(self) -> None:
        """Past spaces; comments are a finding each, and passed too."""
        while True:
            space = _SPACE.match(self.text, self._at)
            self._at = space.end() if space else self._at
            comment = _COMMENT.match(self.text, self._at)
            if comment is None:
                return
            self._find("SOP042", *comment.span())
            self._at = comment.end()

    def _take(self, sign: str) -> bool:
        if self.text.startswith(sign, self._at):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str, top: _Open) -> NoReturn:
        if self._at >= len(self.text):
            self._stop("SOP049", top.at, top.at + 1)
        self._stop("SOP041", self._at, self._at + 1, expected=sign)

    def _find(self, code: str, start: int, end: int, **fields: object) -> None:
        if len(self.findings) < _MOST_LISTED:
            self.findings.append(Finding(code, place=self._shown.between(start, end), fields=fields))

    def _stop(self, code: str, start: int, end: int, **fields: object) -> NoReturn:
        self._find(code, start, end, **fields)
        raise _Stop
