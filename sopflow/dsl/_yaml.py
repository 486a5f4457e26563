"""YAML in: a file to a :class:`Document`, with every problem of the notation that can be found in one go.

Refuses what makes a file mean something else than it shows: repeated keys, aliases, anchors, tags, merge keys,
tabs, several documents. Knows nothing of SOPs.
"""

from __future__ import annotations

from sopflow.dsl._document import Document, Marks
from sopflow.dsl._source import decoded, printable
from sopflow.dsl._yaml_quick import read_simple
from sopflow.errors import Finding


def read_yaml(text: str | bytes, file: str, *, pure: bool = False) -> Document:
    """Read one YAML file; never raises on its content.

    ``pure`` asks for the parser written in Python; the document is the same with either.
    """
    source, findings = decoded(text, file)
    if findings:
        return Document(file, source, {}, findings, whole=False)
    source, findings = printable(source, file)
    if not findings and not pure and (data := read_simple(source)) is not None:
        return Document(file, source, data, mark=_marks)
    return _read_events(file, source, findings, pure=pure)


def _marks(source: str, file: str) -> Marks:
    return _read_events(file, source, (), pure=False).marks


def _read_events(file: str, source: str, findings: tuple[Finding, ...], *, pure: bool) -> Document:
    from sopflow.dsl._yaml_careful import read_events  # noqa: PLC0415  # simple files do without PyYAML

    return read_events(file, source, findings, pure=pure)
