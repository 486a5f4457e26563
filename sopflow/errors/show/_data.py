"""Findings as plain data for programs; the keys are a promise."""

from __future__ import annotations

from sopflow.errors._finding import Finding, Report


def as_json(report: Report, lang: str = "en") -> list[dict[str, object]]:
    """One dict per finding, of values that JSON has, with these keys and no others.

    ``code`` (SOP123) · ``severity`` (error, warning, info) · ``file``, ``line``, ``column``, ``end_line``,
    ``end_column`` (lines and columns from 1 in characters, the end column one past the last; all None without
    a place) · ``path`` (the part of the definition, may be "") · ``text`` and ``mend`` in ``lang`` · ``trace``
    (list of texts) · ``route`` (the same run for programs: a list of ``[step, exit]``, the exit "" where it stops) ·
    ``accepted`` (the reason for which the definition accepts it, "" if it does not).
    """
    return [_row(finding, lang) for finding in report]


def _row(finding: Finding, lang: str) -> dict[str, object]:
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "end_line": place.end_line if place else None,
        "end_column": place.end_column if place else None,
        "path": finding.path,
        "text": finding.text(lang),
        "mend": finding.mend(lang),
        "trace": list(finding.trace),
        "route": [list(hop) for hop in finding.route],
        "accepted": finding.accepted,
    }
