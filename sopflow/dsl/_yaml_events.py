"""YAML events, alike whichever parser is installed: libyaml's through PyYAML, or PyYAML's own in pure Python.

The two differ in few places, all handled here: a ``?`` inside a plain scalar in ``{…}`` (the pure parser ends
the scalar there), ``{a:[1]}`` (libyaml refuses it), escapes that are no character, and the words of errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import yaml
from yaml.events import ScalarEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import ScalarToken

try:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]
except ImportError:  # a PyYAML built without libyaml
    CParser = None  # type: ignore[assignment,misc]


class Mark(Protocol):
    """Where an event begins or ends: ``index`` counts characters from the start of the text."""

    index: int


class Event(Protocol):
    """What every event of a parser has (PyYAML's own classes say that marks may be missing; here they never are)."""

    start_mark: Mark
    end_mark: Mark


class Node(Event, Protocol):
    """A scalar, an alias, or the start of a map or a list."""

    anchor: str | None


class Scalar(Node, Protocol):
    """A scalar; ``style`` is "" (plain) or the sign that it begins with."""

    tag: str | None
    value: str
    style: str


class Start(Node, Protocol):
    """The start of a map or a list."""

    tag: str | None
    flow_style: bool | None


class DocumentStart(Event, Protocol):
    """The start of a document, with what its directives say."""

    version: tuple[int, int] | None
    tags: dict[str, str] | None


class EventSource(Protocol):
    """A stream of YAML events."""

    def get_event(self) -> Any:  # noqa: ANN401 - which of PyYAML's events it is only its class tells
        """The next event as PyYAML makes it, None at the end; raises :class:`NotYaml`."""


@dataclass
class NotYaml(Exception):
    """The text is not YAML: at character ``offset``, while reading what began at ``context_offset``.

    ``context`` is the parser's word for what it was reading ("while scanning a quoted scalar").
    """

    context: str
    context_offset: int
    problem: str
    offset: int


def events(text: str, *, pure: bool = False) -> EventSource:
    """The events of ``text``; ``pure`` asks for the parser in Python even where libyaml is there."""
    return _Alike(_PureParser(text) if pure or CParser is None else CParser(text))


class _Alike:
    """Either parser behind one face."""

    def __init__(self, parser: EventSource) -> None:
        self._next = parser.get_event

    def get_event(self) -> Any:  # noqa: ANN401
        try:
            return self._next()
        except yaml.MarkedYAMLError as error:
            at = error.problem_mark.index if error.problem_mark else 0
            began = error.context_mark.index if error.context_mark else at
            raise NotYaml(error.context or "", began, error.problem or "", at) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise NotYaml("", 0, str(error), 0) from None


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's own parser, made to read what libyaml reads."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        self._stand_in = _unused_character(text)
        self._hidden = self.buffer.replace("?", self._stand_in)

    def get_event(self) -> Any:  # noqa: ANN401
        event = Parser.get_event(self)  # type: ignore[no-untyped-call]
        if isinstance(event, ScalarEvent):
            event.style = event.style or ""
        return event

    def scan_plain(self) -> ScalarToken:
        # In `{...}` the scanner would end the text at a `?`. Hidden behind a character of the same width that
        # the file does not use, it is a part of the text, and every place stays what it is.
        shown, self.buffer = self.buffer, self._hidden
        try:
            token: ScalarToken = Scanner.scan_plain(self)
        finally:
            self.buffer = shown
        token.value = token.value.replace(self._stand_in, "?")
        if self.flow_level and ":?" in token.value:
            raise self._unexpected_colon(token)
        return token

    def fetch_value(self) -> None:
        last = self.tokens[-1] if self.tokens else None
        if (
            self.flow_level
            and isinstance(last, ScalarToken)
            and last.plain
            and self.peek(1) in ",?[]{}"
            and not self.buffer[self.pointer + last.end_mark.index - self.index : self.pointer].strip()
        ):
            raise self._unexpected_colon(last)
        Scanner.fetch_value(self)

    def _unexpected_colon(self, token: ScalarToken) -> ScannerError:
        return ScannerError("while scanning a plain scalar", token.start_mark, "found unexpected ':'", self.get_mark())

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Any) -> list[str]:  # noqa: ANN401, FBT001
        at = self.get_mark()
        try:
            chunks: list[str] = Scanner.scan_flow_scalar_non_spaces(self, double, start_mark)
            "".join(chunks).encode("utf-8")
        except (ValueError, OverflowError):  # an escape beyond Unicode, or half a surrogate pair
            text = "found invalid Unicode character escape code"
            raise ScannerError("while scanning a double-quoted scalar", start_mark, text, at) from None
        return chunks


def _unused_character(text: str) -> str:
    used = set(text)
    return next(c for c in map(chr, range(0xE000, 0xF900)) if c not in used)
