"""A file as read from any notation: its plain data, its findings and the place of every key and value.

Knows nothing of the notation's grammar, nor of what the data means.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate

from sopflow.dsl._offsets import source_offset
from sopflow.errors import Finding, Place

Path = tuple[str | int, ...]
NO_KEY = -1
ROOT = 0


class Marks:
    """Where each node stands, as character offsets: node 0 is the whole, children come after their parents.

    Flat lists rather than an object per node, because a file may hold 200,000 nodes and almost none of them
    is ever asked for.
    """

    __slots__ = ("ends", "inside", "key_ends", "key_starts", "starts", "styles")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.key_starts: list[int] = []  # NO_KEY for items of lists and for the root
        self.key_ends: list[int] = []
        self.styles: list[str] = []  # "" plain, ' " | > as written, [ { flow, "map" and "list" in block style
        self.inside: dict[int, dict[str, int] | list[int]] = {}

    def add(self, start: int, end: int, style: str, key_start: int = NO_KEY, key_end: int = NO_KEY) -> int:
        """A new node; gives its number."""
        self.starts.append(start)
        self.ends.append(end)
        self.key_starts.append(key_start)
        self.key_ends.append(key_end)
        self.styles.append(style)
        return len(self.starts) - 1


@dataclass(frozen=True)
class Document:
    r"""One file, read.

    ``data`` is plain Python: dict (in written order, with str keys), list, str, int, float, bool, None.
    ``text`` is the file's text with ``\n`` at the end of each line and without a byte order mark. ``whole``
    is False where a part could not be read, so that ``data`` lacks it (or is ``{}``): findings about what
    is missing from the data would then mislead. A reader that is too quick to note places (``known_marks``) says
    how they can be found (``mark``, given the text and the file): nearly always nobody asks.
    """

    file: str
    text: str
    data: object
    findings: tuple[Finding, ...] = ()
    whole: bool = True
    known_marks: Marks | None = field(default=None, repr=False, compare=False)
    mark: Callable[[str, str], Marks] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def marks(self) -> Marks:
        """Where each node stands: as the reader noted it, else as ``mark`` finds it in the text, once it is asked."""
        if self.known_marks is None and self.mark is not None:
            return self.mark(self.text, self.file)
        return self.known_marks or Marks()

    def place(self, path: Path = (), *, key: bool = False, start: int | None = None, end: int | None = None) -> Place:
        """The place of the value (or of the key) at ``path``.

        A path that does not exist gives the key of its longest part that does. A name on a list finds the
        map whose ``id`` it is. ``start`` and ``end`` are character offsets into the text at ``path`` as
        loaded: the place is then that stretch of it, through quotes and escapes.
        """
        node, value, found = self._find(path)
        if node is None:
            return self.between(0, 0)
        marks = self.marks
        keyed = marks.key_starts[node] != NO_KEY
        if keyed and (key or not found or self._is_empty(node)):
            return self.between(marks.key_starts[node], marks.key_ends[node])
        if start is not None and found and isinstance(value, str):
            return self._inside(node, value, start, start if end is None else end)
        return self.between(marks.starts[node], self._end(node))

    def line(self, number: int) -> str:
        """The text of line ``number`` (from 1) without its end; empty beyond the file."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)]

    def is_plain(self, path: Path) -> bool:
        """Whether the value at ``path`` is a scalar written without quotes."""
        node, _, found = self._find(path)
        return node is not None and found and self.marks.styles[node] == ""

    def written(self, path: Path) -> str:
        """The value at ``path`` as it is written (``1.10`` for the number 1.1); empty if there is none."""
        node, _, found = self._find(path)
        return self.text[self.marks.starts[node] : self._end(node)] if node is not None and found else ""

    def with_sources(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """``findings``, each with the line of text that it speaks of."""
        return tuple(
            replace(finding, source=self.line(finding.place.line))
            if finding.place and finding.place.file == self.file and not finding.source
            else finding
            for finding in findings
        )

    def _find(self, path: Path) -> tuple[int | None, object, bool]:
        """The node of the longest part of ``path`` that exists, its value, and whether that is all of it."""
        if not self.marks.starts:
            return None, None, False
        node, value = ROOT, self.data
        for part in path:
            children = self.marks.inside.get(node)
            if isinstance(children, list) and isinstance(value, list):
                index = part if isinstance(part, int) else _index_of(part, value)
                if not 0 <= index < min(len(children), len(value)):
                    return node, value, False
                node, value = children[index], value[index]
            elif isinstance(children, dict) and isinstance(value, dict):
                name = str(part)
                if name not in children or name not in value:
                    return node, value, False
                node, value = children[name], value[name]
            else:
                return node, value, False
        return node, value, True

    def _is_empty(self, node: int) -> bool:
        return self.marks.styles[node] == "" and self.marks.starts[node] == self.marks.ends[node]

    def _end(self, node: int) -> int:
        """Where the node's text ends; for a block collection that is the end of its last part."""
        marks = self.marks
        while marks.styles[node] in ("map", "list"):
            children = marks.inside.get(node)
            if not children:
                break
            node = next(reversed(children.values())) if isinstance(children, dict) else children[-1]
        end = max(marks.ends[node], marks.key_ends[node])
        if marks.styles[node] in ("|", ">"):
            return marks.starts[node] + len(self.text[marks.starts[node] : end].rstrip())
        return end

    def _inside(self, node: int, value: str, start: int, end: int) -> Place:
        first = self.marks.starts[node]
        raw = self.text[first : self.marks.ends[node]]
        style = self.marks.styles[node]
        begin = source_offset(raw, style, value, start)
        # The end is taken from the last character inside, so that a fold or an escape after it stays outside.
        finish = source_offset(raw, style, value, end - 1, after=True) if end > start else begin
        return self.between(first + begin, first + finish)

    def between(self, start: int, end: int) -> Place:
        """The place of the characters from offset ``start`` to offset ``end`` of ``text``."""
        line, column = self._line_column(start)
        end_line, end_column = self._line_column(max(start, end))
        return Place(self.file, line, column, end_line, end_column)

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))][:-1]


def _index_of(name: str, items: list[object]) -> int:
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get("id") == name:
            return index
    return NO_KEY
