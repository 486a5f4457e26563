"""YAML in: the YAML 1.2 core schema over a stream of events, with the place of every key and value.

Refuses what makes a file mean something else than it shows: repeated keys, aliases, anchors, tags, merge keys,
tabs, several documents. Knows nothing of SOPs.
"""

from __future__ import annotations

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from sopflow.dsl._document import NO_KEY, Document, Marks
from sopflow.dsl._source import MOST_DEPTH, MOST_NODES, decoded, printable
from sopflow.dsl._yaml_events import EventSource, NotYaml, events
from sopflow.dsl._yaml_scalars import MAY_BE_NUMBER, WORDS, OutOfRange, number
from sopflow.dsl._yaml_traps import diagnose, is_cut, lost_comments, tabs
from sopflow.errors import Finding, Place

_MOST_ROUNDS = 20
_MOST_REREAD = 256 * 1024


def read_yaml(text: str | bytes, file: str, *, pure: bool = False) -> Document:
    """Read one YAML file; never raises on its content.

    ``pure`` asks for the parser written in Python; the document is the same with either.
    """
    source, findings = decoded(text, file)
    if findings:
        return Document(file, source, {}, findings, whole=False)
    source, findings = printable(source, file)
    # A tab counts as a space, so that reading can go on; those that matter are findings of their own.
    shown = source.replace("\t", " ")
    builder = _Builder(shown, file)
    failure = builder.run(events(shown, pure=pure))
    mine = [*findings, *builder.findings]
    if failure is not None:
        mine += _failures(shown, file, failure, pure=pure)
        data: object = {}
    else:
        data = builder.data
        mine += _after(builder, file)
    if "\t" in source:
        mine += tabs(source, file, builder.marks)
    whole = failure is None and builder.whole and not findings
    document = Document(file, source, data, (), whole, builder.marks if failure is None else Marks())
    return Document(file, source, data, document.with_sources(_in_order(mine)), whole, document.marks)


def _in_order(findings: list[Finding]) -> list[Finding]:
    def where(finding: Finding) -> tuple[int, int, str]:
        place = finding.place
        return (place.line, place.column, finding.code) if place else (0, 0, finding.code)

    unique = {(finding.code, finding.place): finding for finding in findings}
    return sorted(unique.values(), key=where)


def _failures(shown: str, file: str, failure: NotYaml | None, *, pure: bool) -> list[Finding]:
    """Why the text is not YAML. Where a cause can be covered up, the rest is read again for further causes."""
    found: list[Finding] = []
    for _ in range(_MOST_ROUNDS):
        if failure is None:
            break
        finding, covered = diagnose(shown, file, failure)
        found.append(finding)
        if covered is None or len(shown) > _MOST_REREAD:
            break
        start, end = covered
        shown = shown[:start] + "x" * (end - start) + shown[end:]
        builder = _Builder(shown, file)
        failure = builder.run(events(shown, pure=pure))
        found += builder.findings
    return found


def _after(builder: _Builder, file: str) -> list[Finding]:
    """Findings about the file as a whole, once it has been read."""
    start = Place(file, 1, 1, 1, 1)
    if not builder.whole and not builder.marks.starts:
        return []
    if builder.is_empty:
        builder.whole = False
        builder.data = {}
        return [Finding("SOP027", place=start)]
    found = lost_comments(builder.text, file, builder.marks)
    if not isinstance(builder.data, dict) and builder.whole:
        found.append(Finding("SOP028", place=Document(file, builder.text, None, marks=builder.marks).place()))
    return found


class _Builder:
    """Plain data, marks and findings out of events; one use."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.data: object = None
        self.marks = Marks()
        self.findings: list[Finding] = []
        self.whole = True
        self._document = Document(file, text, None)
        self._stack: list[_Frame] = []
        self._top: _Frame | None = None
        self._documents = 0

    @property
    def is_empty(self) -> bool:
        """Whether the file holds nothing but comments."""
        marks = self.marks
        return not marks.starts or (self.data is None and marks.starts[0] == marks.ends[0])

    def run(self, source: EventSource) -> NotYaml | None:
        """Read to the end or to the first failure."""
        try:
            while (event := source.get_event()) is not None:
                kind = type(event)
                if kind is ScalarEvent:
                    self._scalar(event)
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    if not self._open(event, is_map=kind is MappingStartEvent):
                        return None
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    self._close(event)
                elif kind is AliasEvent:
                    self._alias(event)
                elif kind is DocumentStartEvent:
                    if not self._document_start(event):
                        return None
                elif kind is StreamEndEvent:
                    break
                if len(self.marks.starts) > MOST_NODES:
                    self._stop("SOP036", event, most=MOST_NODES)
                    return None
        except NotYaml as failure:
            return failure
        return None

    # The three ways a node can come in -------------------------------------------------------------

    def _scalar(self, event: ScalarEvent) -> None:
        top = self._top
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event)
        if top is not None and top.is_map and top.key is None:
            self._key(top, event)
            return
        start, end, style = event.start_mark.index, event.end_mark.index, event.style
        text: str = event.value
        value: object = text
        if style == "":
            if text in WORDS:
                value = WORDS[text]
                if start == end and top is not None and top.is_flow and is_cut(self.text, top):
                    self._cut(top)
            elif text[0] in MAY_BE_NUMBER:
                try:
                    read = number(text)
                    value = text if read is None else read
                except OutOfRange:
                    self._find("SOP037", start, end, number=text)
        elif not text and style in "|>":
            self._find("SOP015", start, start + 1, sign=style, rest=self._rest(start))
        self._attach(value, start, end, style or "")

    def _open(self, event: Event, *, is_map: bool) -> bool:
        top = self._top
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event)
        start = event.start_mark.index
        is_flow = bool(event.flow_style)
        if len(self._stack) >= MOST_DEPTH:
            self._stop("SOP034", event, most=MOST_DEPTH)
            return False
        as_key = top is not None and top.is_map and top.key is None
        value: dict[str, object] | list[object] = {} if is_map else []
        style = (("{" if is_map else "[") if is_flow else ("map" if is_map else "list"))
        if as_key:
            self._find("SOP023", start, start + 1)
            self.whole = False
            node = self.marks.add(start, start, style)
        else:
            node = self._attach(value, start, start, style)
        inside: dict[str, int] | list[int] = {} if is_map else []
        self.marks.inside[node] = inside
        self._top = _Frame(value, inside, node, is_map=is_map, is_flow=is_flow, as_key=as_key)
        self._stack.append(self._top)
        return True

    def _close(self, event: Event) -> None:
        frame = self._stack.pop()
        self.marks.ends[frame.node] = event.end_mark.index
        self._top = self._stack[-1] if self._stack else None
        if frame.as_key and self._top is not None:
            self._top.key = ""
            self._top.keep = False
            self._top.key_start, self._top.key_end = self.marks.starts[frame.node], event.end_mark.index

    def _alias(self, event: AliasEvent) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self._find("SOP014", start, end, name=event.anchor)
        self.whole = False
        top = self._top
        if top is not None and top.is_map and top.key is None:
            top.key, top.keep, top.key_start, top.key_end = "", False, start, end
        else:
            self._attach(None, start, end, "")

    # Parts ------------------------------------------------------------------------------------------

    def _key(self, top: _Frame, event: ScalarEvent) -> None:
        key: str = event.value
        start, end = event.start_mark.index, event.end_mark.index
        top.key, top.key_start, top.key_end = key, start, end
        top.keep = True
        if event.style == "":
            if key == "<<":
                self._find("SOP022", start, end)
                top.keep = self.whole = False
                return
            if start == end:
                self._find("SOP024", start, end)
                top.keep = self.whole = False
                return
        if key in top.inside:
            first = self.marks.key_starts[top.inside[key]]  # type: ignore[call-overload]
            self._find("SOP021", start, end, key=key, line=self._document.place_at(first, first).line)
            top.keep = False

    def _attach(self, value: object, start: int, end: int, style: str) -> int:
        top = self._top
        if top is None:
            self.data = value
            return self.marks.add(start, end, style)
        if top.is_map:
            node = self.marks.add(start, end, style, top.key_start, top.key_end)
            if top.keep:
                top.value[top.key] = value  # type: ignore[call-overload,index]
                top.inside[top.key] = node  # type: ignore[call-overload,index]
            top.key = None
            return node
        node = self.marks.add(start, end, style, NO_KEY, NO_KEY)
        top.value.append(value)  # type: ignore[union-attr]
        top.inside.append(node)  # type: ignore[union-attr]
        return node
