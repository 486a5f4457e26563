"""Findings as workflow commands of GitHub, which shows them beside the lines of a change.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.errors._finding import Finding, Report, Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def as_github(report: Report, lang: str = "en") -> Iterator[str]:
    """One line for each finding that is not accepted."""
    for finding in report:
        if not finding.accepted:
            yield _line(finding, lang)


def _line(finding: Finding, lang: str) -> str:
    properties = {"title": finding.code}
    place = finding.place
    if place is not None:
        properties |= {"file": place.file.replace("\\", "/"), "line": str(place.line), "col": str(place.column)}
        properties["endLine"] = str(place.end_line)
        if place.end_line == place.line:  # GitHub takes columns of one line only
            properties["endColumn"] = str(place.end_column)
    shown = ",".join(f"{name}={_escaped(value, _IN_PROPERTIES)}" for name, value in properties.items())
    message = f"{finding.text(lang)} {finding.mend(lang)}".strip()
    return f"::{_LEVELS[finding.severity]} {shown}::{_escaped(message, _IN_DATA)}"


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
