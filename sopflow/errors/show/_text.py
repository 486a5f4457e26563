"""Findings as text for a terminal: place, words, the line with a caret, the mend; knows widths, not files.

Whatever comes from a file is cleaned of control characters, so that a definition cannot steer a terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from sopflow.errors._finding import Finding, Place, Report, Severity

_MOST_COLUMNS = 120
_BEFORE_CARET = 40
_TAB = "    "
_LABELS = {
    "en": {"mend": "mend: ", "trace": "how it comes about:", "accepted": "accepted: "},
    "zh": {"mend": "改法：", "trace": "发生过程：", "accepted": "已接受："},
}
_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_DIM, _GREEN = "2", "32"
_Paint = Callable[[str, str], str]


def as_text(report: Report, *, lang: str = "en", color: bool = False, sources: Mapping[str, str] | None = None) -> str:
    """Every finding of ``report`` with its line and a caret, and a line at the end that counts them.

    A finding's text begins ``file:line:column: severity SOP123``. ``sources`` holds texts of files by name,
    for findings that do not carry their line. ``color`` adds ANSI colours.
    """
    language = "zh" if lang.startswith("zh") else "en"
    paint = _painted if color else _unpainted
    lines = sources or {}
    shown = ["\n".join(_finding(finding, language, paint, lines)) for finding in report]
    return "\n\n".join([*shown, _count(report, language)])


def _finding(finding: Finding, lang: str, paint: _Paint, sources: Mapping[str, str]) -> Iterator[str]:
    labels = _LABELS[lang]
    head = paint(f"{finding.severity} {finding.code}", _COLORS[finding.severity])
    text = clean(finding.text(lang))
    if finding.place is not None:
        yield f"{clean(str(finding.place))}: {head}: {text}"
        yield from _excerpt(finding.place, finding.source or _line_of(finding.place, sources), paint)
    else:
        yield f"{clean(finding.path)}: {head}: {text}" if finding.path else f"{head}: {text}"
    if mend := finding.mend(lang):
        yield f"  {paint(labels['mend'], _GREEN)}{clean(mend)}"
    if finding.accepted:
        yield f"  {labels['accepted']}{clean(finding.accepted)}"
    if finding.trace:
        yield f"  {labels['trace']}"
        yield from (f"    {number}. {clean(step)}" for number, step in enumerate(finding.trace, 1))


def _excerpt(place: Place, source: str, paint: _Paint) -> Iterator[str]:
    """The line with its number, and ``~~~^`` under the place (to the end of the line if it goes on below)."""
    if not source.strip():
        return
    start = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else len(source.rstrip())
    end = max(end, start + 1)
    source, start, end = _cropped(source, start, end)
    gutter = f"{place.line:>5} |"
    before = columns(source[:start]) + max(0, start - len(source))
    width = max(columns(source[start:end]), 1)
    caret = paint("~" * (width - 1) + "^", _COLORS[Severity.ERROR])
    yield f"{paint(gutter, _DIM)} {clean(source).rstrip()}"
    yield f"{paint('|'.rjust(len(gutter)), _DIM)} {' ' * before}{caret}"


def _cropped(source: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of a very long line around the place."""
    if columns(source[: _MOST_COLUMNS + 1]) <= _MOST_COLUMNS and len(source) <= _MOST_COLUMNS:
        return source, start, end
    first = max(0, start - _BEFORE_CARET) if start > _MOST_COLUMNS // 2 else 0
    last = min(len(source), first + _MOST_COLUMNS)
    lead = "…" if first else ""
    shift = len(lead) - first
    part = lead + source[first:last] + ("…" if last < len(source) else "")
    return part, start + shift, max(start + 1, min(end, last)) + shift


def columns(text: str) -> int:
    """The columns that ``text`` takes on a terminal: a wide character two (Unicode Annex 11), a mark none."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if character == "\t":
        return len(_TAB)
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clean(text: str) -> str:
    """``text`` on one line, tabs as spaces, control and formatting characters replaced by U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    shown = (_TAB if c == "\t" else " " if c == "\n" else "\ufffd" if _is_control(c) else c for c in text)
    return "".join(shown)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _line_of(place: Place, sources: Mapping[str, str]) -> str:
    lines = sources.get(place.file, "").split("\n")
    return lines[place.line - 1].removesuffix("\r") if place.line <= len(lines) else ""


def _count(report: Report, lang: str) -> str:
    """How many there are, such as ``2 errors, 1 warning in 3 files``."""
    files = len({finding.place.file for finding in report if finding.place})
    accepted = sum(1 for finding in report if finding.accepted)
    errors, warnings, others = (_number_of(report, severity) for severity in Severity)
    others -= accepted
    if lang == "zh":
        parts = _parts((errors, "{} 个错误"), (warnings, "{} 个警告"), (others, "{} 条提示"), (accepted, "{} 项已接受"))
        return (f"{files} 个文件中有 " if files and parts else "") + ("、".join(parts) or "没有发现问题")
    parts = _parts(
        (errors, "{} error" if errors == 1 else "{} errors"),
        (warnings, "{} warning" if warnings == 1 else "{} warnings"),
        (others, "{} note" if others == 1 else "{} notes"),
        (accepted, "{} accepted"),
    )
    where = f" in {files} {'file' if files == 1 else 'files'}" if files else ""
    return ", ".join(parts) + where if parts else "no findings"


def _number_of(findings: Iterable[Finding], severity: Severity) -> int:
    return sum(1 for finding in findings if finding.severity is severity)


def _parts(*counts: tuple[int, str]) -> list[str]:
    return [text.format(number) for number, text in counts if number]


def _painted(text: str, color: str) -> str:
    return f"\x1b[{color}m{text}\x1b[0m"


def _unpainted(text: str, _color: str) -> str:
    return text
