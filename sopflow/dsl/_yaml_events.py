"""YAML events, alike whichever parser is installed: libyaml's through PyYAML, or PyYAML's own in pure Python.

The two differ in few places, all handled here: a ``?`` inside a plain scalar in ``{…}`` (the pure parser ends
the scalar there), ``{a:[1]}`` (libyaml refuses it), escapes that are no character, and the words of errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import yaml
from yaml.events import Event, ScalarEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import ScalarToken

try:
    from yaml.cyaml import CParser
except ImportError:  # a PyYAML built without libyaml
    CParser = None  # type: ignore[assignment,misc]


class EventSource(Protocol):
    """A stream of YAML events."""

    def get_event(self) -> Event | None:
        """The next event, None at the end; raises :class:`NotYaml`."""


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
        self._next: Callable[[], Event | None] = parser.get_event

    def get_event(self) -> Event | None:
        try:
            return self._next()
        except yaml.MarkedYAMLError as error:
            at = error.problem_mark.index if error.problem_mark else 0
            began = error.context_mark.index if error.context_mark else at
            raise NotYaml(error.context or "", began, error.problem or "", at) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise NotYaml("", 0, str(error), 0) from None


# A `?` that can only be part of a word. It is hidden from the pure parser behind a character of the same
# width that the text does not use, so that every place stays what it is.
_QUESTION_IN_WORD = re.compile(r"(?<=[^\s,\[\]{}])\?|\?(?=[^\s,\[\]{}])")


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's own parser, made to read what libyaml reads."""

    def __init__(self, text: str) -> None:
        self._stand_in = _unused_character(text) if "?" in text else ""
        shown = _QUESTION_IN_WORD.sub(self._stand_in, text) if self._stand_in else text
        Reader.__init__(self, shown)
        Scanner.__init__(self)
        Parser.__init__(self)

    def get_event(self) -> Event | None:
        event: Event | None = Parser.get_event(self)
        if isinstance(event, ScalarEvent):
            event.style = event.style or ""
            if self._stand_in:
                event.value = event.value.replace(self._stand_in, "?")
        return event

    def fetch_value(self) -> None:
        last = self.tokens[-1] if self.tokens else None
        if (
            self.flow_level
            and isinstance(last, ScalarToken)
            and last.plain
            and last.end_mark.index == self.index
            and self.peek(1) in ",?[]{}"
        ):
            raise ScannerError("while scanning a plain scalar", last.start_mark, "found unexpected ':'", self.get_mark())
        Scanner.fetch_value(self)

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:
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
