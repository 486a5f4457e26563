"""From YAML's events to plain data, marks and findings; knows how the events come, not why a text is no YAML.

One loop with a stack of its own: a file cannot make it recurse.
"""

from __future__ import annotations

from typing import cast

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sopflow.dsl._document import Document, Marks
from sopflow.dsl._source import MOST_DEPTH, MOST_NODES
from sopflow.dsl._yaml_events import DocumentStart, Event, EventSource, Node, NotYaml, Scalar, Start
from sopflow.dsl._yaml_quiet import BLOCK_HEADER, is_cut, is_key_cut_off, quoted, swallowed_dash, value_to_line_end
from sopflow.dsl._yaml_scalars import MAY_BE_NUMBER, WORDS, OutOfRange, number
from sopflow.errors import Finding

_MOST_LISTED = 200


class _Map:
    """A map being read: ``key`` waits for its value; without ``keep`` the pair is read and dropped."""

    __slots__ = ("cut", "data", "inside", "is_flow", "is_key", "keep", "key", "key_end", "key_start", "node")

    def __init__(self, node: int, *, is_flow: bool, is_key: bool) -> None:
        self.node, self.is_flow, self.is_key = node, is_flow, is_key
        self.data: dict[str, object] = {}
        self.inside: dict[str, int] = {}
        self.key: str | None = None
        self.key_start = self.key_end = 0
        self.keep = True
        self.cut = False  # a finding has already said that a text in this {…} is cut

    def name(self, key: str, start: int, end: int, *, keep: bool) -> None:
        self.key, self.key_start, self.key_end, self.keep = key, start, end, keep


class _List:
    """A list being read."""

    __slots__ = ("cut", "data", "inside", "is_flow", "is_key", "node")

    def __init__(self, node: int, *, is_flow: bool, is_key: bool) -> None:
        self.node, self.is_flow, self.is_key = node, is_flow, is_key
        self.data: list[object] = []
        self.inside: list[int] = []
        self.cut = False


class _TooMuch(Exception):
    """A limit is passed: reading ends here, the finding is made."""


class Builder:
    """Reads one stream of events; ``shown`` is the text that they come from."""

    def __init__(self, shown: Document) -> None:
        self.data: object = None
        self.marks = Marks()
        self.findings: list[Finding] = []
        self.whole = True
        self._shown = shown
        self._open: list[_Map | _List] = []
        self._documents = 0

    def run(self, source: EventSource) -> NotYaml | None:
        """Read to the end, or to what is not YAML: that is the answer then."""
        take, marks = source.get_event, self.marks
        try:
            while (event := take()) is not None:
                kind = type(event)
                if kind is ScalarEvent:
                    self._scalar(event)
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    self._begin(event, is_map=kind is MappingStartEvent)
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    self._end(event.end_mark.index)
                elif kind is AliasEvent:
                    self._alias(event)
                elif kind is DocumentStartEvent:
                    self._document(event)
                if len(marks.starts) > MOST_NODES:
                    self._too_much("SOP036", event, MOST_NODES)
        except NotYaml as failure:
            return failure
        except _TooMuch:
            pass
        return None

    def _scalar(self, event: Scalar) -> None:
        top = self._open[-1] if self._open else None
        if event.anchor is not None or event.tag is not None:
            self._properties(event)
        text: str = event.value
        start, end, style = event.start_mark.index, event.end_mark.index, event.style
        if type(top) is _Map and top.key is None:
            self._key(top, text, start, end, is_plain=style == "")
            return
        value: object = text
        if style == "":
            if text in WORDS:
                value = WORDS[text]
                if start == end and type(top) is _Map:
                    start = end = top.key_end  # parsers differ about where nothing stands
                    if top.is_flow:
                        self._cut_off(top)
            elif text[0] in MAY_BE_NUMBER:
                value = self._number(text, start, end)
            if " - " in text and (dash := swallowed_dash(self._shown.text, start, end)):
                self._find("SOP020", *dash)
            if top is not None and top.is_flow and not top.cut and is_cut(text):
                top.cut, self.whole = True, False
                self._find("SOP018", start, end, text=text)
        elif style in "|>" and (not text or not BLOCK_HEADER.match(self._shown.text, start)):
            raise NotYaml("while scanning a block scalar", start, "", start)  # as for `>= 5`, so for `>5`
        self._attach(value, start, end, style)

    def _key(self, top: _Map, text: str, start: int, end: int, *, is_plain: bool) -> None:
        keep = True
        if is_plain and text == "<<":
            self._find("SOP022", start, end)
            keep = self.whole = False
        elif is_plain and start == end:
            self._no_pair_without_a_key(top)
            self._find("SOP024", start, end + 1)
            keep = self.whole = False
        elif text in top.inside:
            first = self._shown.between(self.marks.key_starts[top.inside[text]], 0)
            self._find("SOP021", start, end, key=text, line=first.line)
            keep = False
        top.name(text, start, end, keep=keep)

    def _no_pair_without_a_key(self, top: _Map) -> None:
        """Refuse ``[? , a]``: libyaml leaves out the sign behind the ``?`` and reads on as if it were not there."""
        began = self.marks.starts[top.node]
        if top.is_flow and self._shown.text[began] == "?":
            raise NotYaml("while parsing a flow node", began, "found no key", began)

    def _begin(self, event: Start, *, is_map: bool) -> None:
        if event.anchor is not None or event.tag is not None:
            self._properties(event)
        if len(self._open) >= MOST_DEPTH:
            self._too_much("SOP034", event, MOST_DEPTH)
        start, is_flow = event.start_mark.index, bool(event.flow_style)
        top = self._open[-1] if self._open else None
        is_key = type(top) is _Map and top.key is None
        kind = _Map if is_map else _List
        frame = kind(len(self.marks.starts), is_flow=is_flow, is_key=is_key)
        style = ("{" if is_map else "[") if is_flow else ("map" if is_map else "list")
        if is_key:
            self._find("SOP023", start, start + 1)
            self.whole = False
            frame.cut = cast("_Map", top).cut = True  # said enough about `{{ x }}`
            self.marks.add(start, start, style)
        else:
            self._attach(frame.data, start, start, style)
        self.marks.inside[frame.node] = frame.inside
        self._open.append(frame)

    def _end(self, end: int) -> None:
        frame = self._open.pop()
        self.marks.ends[frame.node] = end
        if frame.is_key:
            cast("_Map", self._open[-1]).name("", self.marks.starts[frame.node], end, keep=False)

    def _alias(self, event: Node) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self._find("SOP014", start, end, text=self._shown.text[start:end])
        self.whole = False
        top = self._open[-1] if self._open else None
        if type(top) is _Map and top.key is None:
            top.name("", start, end, keep=False)
        else:
            self._attach(None, start, end, "")

    def _attach(self, value: object, start: int, end: int, style: str) -> None:
        top = self._open[-1] if self._open else None
        if type(top) is _Map:
            node = self.marks.add(start, end, style, top.key_start, top.key_end)
            if top.keep and top.key is not None:
                top.data[top.key] = value
                top.inside[top.key] = node
            top.key = None
            return
        node = self.marks.add(start, end, style)
        if type(top) is _List:
            top.data.append(value)
            top.inside.append(node)
        else:
            self.data = value

    def _number(self, text: str, start: int, end: int) -> object:
        try:
            value = number(text)
        except OutOfRange:
            self._find("SOP037", start, end, number=text if len(text) <= 40 else text[:40] + "…")
            return text
        return text if value is None else value

    def _cut_off(self, top: _Map) -> None:
        """A key in ``{…}`` has no value: a comma may have cut it off."""
        if is_key_cut_off(self._shown.text, top.key_start, top.key_end):
            self.whole = False
            if not top.cut:
                top.cut = True
                self._find("SOP017", top.key_start, top.key_end, text=top.key)

    def _properties(self, event: Node) -> None:
        """Anchors and tags; what they stand on is read as if they were not there."""
        start = event.start_mark.index
        text = self._shown.text
        if event.anchor is not None:
            at = text.find("&", start)
            end = at + 1 + len(event.anchor)
            self._find("SOP013", at, end, text=text[at:end])
        tag = getattr(event, "tag", None)
        if tag is not None:
            at = text.find("!", start)
            if self._open and self._open[-1].is_flow:
                # Parsers differ about which signs a tag may hold there, so none is taken at its word.
                raise NotYaml("while scanning a tag", at, "", at)
            value = value_to_line_end(text, at)
            word = value.split(maxsplit=1)[0]
            self.whole = False
            self._find("SOP012", at, at + len(word), text=word, quoted=quoted(value))

    def _document(self, event: DocumentStart) -> None:
        self._documents += 1
        start = event.start_mark.index
        if event.version is not None or event.tags:
            self._find("SOP026", start, start + 1)
        if self._documents > 1:
            self._too_much("SOP025", event)

    def _too_much(self, code: str, event: Event, most: int = 0) -> None:
        start = event.start_mark.index
        self._find(code, start, start + 1, most=most)
        self.whole = False
        raise _TooMuch

    def _find(self, code: str, start: int, end: int, **fields: object) -> None:
        if len(self.findings) < _MOST_LISTED:
            self.findings.append(Finding(code, place=self._shown.between(start, end), fields=fields))
