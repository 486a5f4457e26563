"""From a document to a definition, with every finding at once; reads no files and knows no notation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from sopflow.dsl._document import Document
from sopflow.dsl._include import FindInclude, Includes, merged
from sopflow.dsl._validate import audible, findings_of
from sopflow.errors import Finding, Report, nearest
from sopflow.model import Sop, show_path

_NAMED = re.compile(r"(.+)\.sop\.(yaml|yml|json)")


def read(
    document: Document,
    *,
    find_include: FindInclude | None = None,
    known_includes: Iterable[str] = (),
    texts: Mapping[str, Document] | None = None,
) -> tuple[Sop | None, Report]:
    """The definition that ``document`` holds (None if it cannot be used), and all that is wrong with it.

    ``find_include`` gives the document of an included name, or None; ``known_includes`` are names that it
    would find, for the diagnosis. ``texts`` are more languages: documents of texts by path, by language tag.
    """
    data = document.data
    sop, findings = findings_of(Sop, data, document)
    findings = [*document.findings, *findings, *audible(_remarks(document), document)]
    includes = Includes(find_include, tuple(known_includes))
    includes.collect(document, _id_of(document))
    if sop is not None:
        sop._places = document
        sop, clashes = merged(sop, document, includes.libraries)
        findings += clashes
        for language, translation in (texts or {}).items():
            findings += _translate(sop, language, translation)
    for holder in (document, *(other for _, other in includes.libraries)):
        findings = list(holder.with_sources(findings))
    report = Report.of((*findings, *includes.findings))
    return (sop if report.ok else None), report


def read_data(data: object, *, find_include: FindInclude | None = None) -> tuple[Sop | None, Report]:
    """The definition that plain ``data`` hold; what is wrong with it has a path, but no place."""
    sop, findings = findings_of(Sop, data, None)
    nowhere = Document("", "", data)
    includes = Includes(find_include)
    includes.collect(nowhere, _id_of(nowhere))
    if sop is not None:
        sop, clashes = merged(sop, nowhere, includes.libraries)
        findings += clashes
    report = Report.of((*findings, *includes.findings))
    return (sop if report.ok else None), report


def _id_of(document: Document) -> str:
    own = document.data.get("id") if isinstance(document.data, dict) else None
    return own if isinstance(own, str) else ""


def _remarks(document: Document) -> list[Finding]:
    """What does not stop a definition from being used, but is not as it should be."""
    if not isinstance(document.data, dict):
        return []
    remarks = []
    for key, code in (("version", "SOP183"), ("title", "SOP184")):
        if key not in document.data:
            remarks.append(Finding(code, place=document.place((), key=True)))
    name = _NAMED.fullmatch(PurePath(document.file).name)
    own = _id_of(document)
    if name is not None and own and name[1] != own:
        fields = {"id": own, "file": PurePath(document.file).name}
        remarks.append(Finding("SOP185", place=document.place(("id",)), path="id", fields=fields))
    return remarks


def _translate(sop: Sop, language: str, translation: Document) -> list[Finding]:
    """Add the texts of one more language; paths that lead to no text are findings."""
    findings = list(translation.findings)
    known = {show_path(path): text for path, text in sop.texts().items()}
    written = translation.data if isinstance(translation.data, dict) else {}
    for path, words in written.items():
        if path.startswith("x-"):
            continue
        if not isinstance(words, str):
            findings.append(Finding("SOP119", place=translation.place((path,)), path=path))
        elif path in known:
            known[path]._add(language, words)
        else:
            close = nearest(path, known) or ["–"]
            fields = {"path": path, "nearest": close[0]}
            findings.append(Finding("SOP189", place=translation.place((path,), key=True), path=path, fields=fields))
    return list(translation.with_sources(findings))
