"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from urllib.parse import quote

from sopflow.errors._finding import Finding, Place, Report, Severity
from sopflow.errors.catalogue import ENTRIES, Entry

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_OPTIONAL = re.compile(r"\[\[.*?\]\]\s?")
_LEVELS: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True)
class Help:
    """What is shown beside the findings of a code; each part may be empty.

    ``name`` of its rule, the ``reason`` for which it is one, all about it as ``markdown``, and the ``uri`` of its page.
    """

    name: str = ""
    reason: str = ""
    markdown: str = ""
    uri: str = ""


def as_sarif(
    report: Report, version: str, *, help_of: Callable[[str], Help] = lambda code: Help()
) -> dict[str, object]:
    """A SARIF log of one run; ``version`` is that of the product, ``help_of`` gives what is known about a code.

    A finding that its definition accepts is a result with a suppression, so that it is kept but not shown.
    """
    codes = sorted({finding.code for finding in report})
    rules = [_rule(code, ENTRIES[code], help_of(code)) for code in codes]
    index = {code: at for at, code in enumerate(codes)}
    run = {
        "tool": {"driver": {"name": "sopflow", "version": version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.code]) for finding in report],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, entry: Entry, about: Help) -> dict[str, object]:
    text = without_fields(entry.text["en"])
    shown: dict[str, object] = {"text": without_fields(entry.mend["en"]) or text}
    if about.markdown:
        shown["markdown"] = about.markdown
    rule: dict[str, object] = {
        "id": code,
        "shortDescription": {"text": text},
        "fullDescription": {"text": about.reason or text},
        "help": shown,
        "defaultConfiguration": {"level": _LEVELS[Severity(entry.severity)]},
    }
    if about.name:
        rule["name"] = "".join(word.capitalize() for word in about.name.split("_"))
    if about.uri:
        rule["helpUri"] = about.uri
    return rule


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
    """A template of the catalogue with ``<name>`` where a finding has its field; what may be left out is."""
    whole = _OPTIONAL.sub("", template)
    return "".join(text + (f"<{name}>" if name else "") for text, name, _, _ in Formatter().parse(whole)).strip()
