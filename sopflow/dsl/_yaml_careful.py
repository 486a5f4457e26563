"""YAML event by event: the document of a text with its marks, and with all that is wrong with it.

Called for texts that are not simple, and when somebody asks for places; knows nothing of SOPs.
"""

from __future__ import annotations

from sopflow.dsl._document import Document, Marks
from sopflow.dsl._source import in_order
from sopflow.dsl._yaml_build import Builder
from sopflow.dsl._yaml_events import NotYaml, events
from sopflow.dsl._yaml_faults import diagnose
from sopflow.dsl._yaml_quiet import directives, lost_comments, tabs_in_margin, tabs_in_texts
from sopflow.errors import Finding

_MOST_ROUNDS = 20
_MOST_REREAD = 256 * 1024


def read_events(file: str, source: str, findings: tuple[Finding, ...], *, pure: bool) -> Document:
    """The document of ``source``, to the ``findings`` about which others are added."""
    shown = Document(file, source.replace("\t", " "), None)  # a tab counts as a space, so that reading can go on
    shown, found = directives(shown)
    builder = Builder(shown)
    failure = builder.run(events(shown.text, pure=pure))
    found += [*findings, *builder.findings]
    margins = tabs_in_margin(shown, source)
    if failure is not None:
        if not _explained(shown, failure, margins):
            faults = _beside(_failures(shown, failure, pure=pure), margins)
            found = [*_beside(found, faults), *faults]
        empty = Document(file, source, {}, whole=False)
        return Document(file, source, {}, empty.with_sources(in_order([*found, *margins])), whole=False)
    found += _whole_file(builder, shown)
    found += margins
    found += tabs_in_texts(shown, source, builder.marks)
    found += lost_comments(shown, builder.marks)
    return _finished(file, source, builder, found, whole=builder.whole and not findings)


def _finished(file: str, source: str, builder: Builder, found: list[Finding], *, whole: bool) -> Document:
    document = Document(file, source, builder.data, (), whole, builder.marks)
    return Document(file, source, builder.data, document.with_sources(in_order(found)), whole, builder.marks)


def _whole_file(builder: Builder, shown: Document) -> list[Finding]:
    """What is wrong with the file as one thing."""
    if not builder.whole:
        return []
    marks = builder.marks
    if not marks.starts or (builder.data is None and marks.starts[0] == marks.ends[0]):
        builder.data, builder.whole, builder.marks = {}, False, Marks()
        return [Finding("SOP027", place=shown.between(0, 0))]
    if not isinstance(builder.data, dict):
        place = Document(shown.file, shown.text, builder.data, known_marks=marks).place()
        return [Finding("SOP028", place=place)]
    return []


def _explained(shown: Document, failure: NotYaml, margins: list[Finding]) -> bool:
    """Whether tabs in the margin, already reported, may be why the text cannot be read."""
    line = shown.between(failure.offset, failure.offset).line
    return any(finding.place is not None and finding.place.line <= line for finding in margins)


def _beside(findings: list[Finding], said: list[Finding]) -> list[Finding]:
    """``findings`` without those on lines of which more has been ``said``."""
    lines = {finding.place.line for finding in said if finding.place}
    return [finding for finding in findings if finding.place is None or finding.place.line not in lines]


def _failures(shown: Document, failure: NotYaml | None, *, pure: bool) -> list[Finding]:
    """Why the text is not YAML. A cause that can be covered up is, and the text read again for more."""
    found: list[Finding] = []
    lines: set[int] = set()
    for _ in range(_MOST_ROUNDS):
        if failure is None:
            break
        fault = diagnose(shown, failure)
        place = fault.finding.place
        if place is not None and place.line in lines:
            break  # whatever still troubles this line follows from what was already said about it
        found.append(fault.finding)
        if place is None or fault.cover is None or len(shown.text) > _MOST_REREAD:
            break
        lines.add(place.line)
        start, end, filler = fault.cover
        shown = Document(shown.file, shown.text[:start] + filler * (end - start) + shown.text[end:], None)
        builder = Builder(shown)
        failure = builder.run(events(shown.text, pure=pure))
        found += _beside(builder.findings, found)
    return found
