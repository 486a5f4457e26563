"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from string import Formatter
from urllib.parse import quote

from sopflow.errors._finding import Finding, Place, Report, Severity
from sopflow.errors.catalogue import ENTRIES, Entry

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def as_sarif(report: Report, version: str) -> dict[str, object]:
    """A SARIF log of one run; ``version`` is that of the product.

    A finding that its definition accepts is a result with a suppression, so that it is kept but not shown.
    """
    codes = sorted({finding.code for finding in report})
    rules = [_rule(code, ENTRIES[code]) for code in codes]
    index = {code: at for at, code in enumerate(codes)}
    run = {
        "tool": {"driver": {"name": "sopflow", "version": version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.code]) for finding in report],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, entry: Entry) -> dict[str, object]:
    text = without_fields(entry.text["en"])
    return {
        "id": code,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": without_fields(entry.mend["en"]) or text},
        "defaultConfiguration": {"level": _LEVELS[Severity(entry.severity)]},
    }


def _result(finding: Finding, rule: int) -> dict[str, object]:
    mend = finding.mend()
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.text()} {mend}".strip()},
        "partialFingerprints": {"sopflow/v1": _fingerprint(finding)},
    }
    location: dict[str, object] = {}
    if finding.place is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(finding.place.file)},
            "region": _region(finding.place),
        }
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path}]
    if location:
        result["locations"] = [location]
    if finding.accepted:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.accepted}]
    if finding.trace:
        result["properties"] = {"trace": list(finding.trace)}
    return result


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/"), safe="/:")


def _fingerprint(finding: Finding) -> str:
    """The same for the same fault after lines have moved: no line numbers, but the line's own text."""
    place = finding.place
    parts = (finding.code, place.file if place else "", finding.path, finding.source.strip(), finding.text())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def without_fields(template: str) -> str:
    """A template of the catalogue with ``<name>`` where a finding has its field."""
    return "".join(text + (f"<{name}>" if name else "") for text, name, _, _ in Formatter().parse(template))
