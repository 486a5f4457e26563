"""Mending one text, finding by finding, as long as each change leaves less wrong than there was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sopflow.analysis.mends._safe import edit_for
from sopflow.dsl import Document
from sopflow.errors import Finding, Report, Severity

MOST = 200  # changes of one text

_Rank = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Mended:
    """A text after mending: what it is now, the findings that were mended, and what is left."""

    text: str
    mended: tuple[Finding, ...]
    report: Report


def mend(text: str, *, read: Callable[[str], Document], judge: Callable[[str], Report]) -> Mended:
    """``text`` with every safe mend.

    ``read`` gives the document of a text, ``judge`` the findings about it. After each change the text is judged
    anew; what leaves more wrong than there was is taken back. Mending once more changes nothing.
    """
    whole = Mended(text, (), judge(text))
    while len(whole.mended) < MOST:
        more = _gone_through(whole.text, whole.report, read, judge)
        if not more.mended:
            break
        whole = Mended(more.text, (*whole.mended, *more.mended), more.report)
    return whole


def _gone_through(text: str, report: Report, read: Callable[[str], Document], judge: Callable[[str], Report]) -> Mended:
    """Each finding tried once; the text at the moment when the least was wrong.

    A mend may bring to light as much as it takes away, such as a misspelt name behind a misspelt key. So what leaves
    as much wrong as there was is kept for the time being, and counts only if a later mend makes it less.
    """
    best = Mended(text, (), report)
    mended: list[Finding] = []
    tried: set[tuple[str, str, str]] = set()
    while len(mended) < MOST:
        document = read(text)
        edits = ((finding, edit_for(finding, document)) for finding in report if _name(finding) not in tried)
        finding, edit = next(((one, edit) for one, edit in edits if edit is not None), (None, None))
        if finding is None or edit is None:
            break
        tried.add(_name(finding))
        candidate = edit.applied(text)
        after = judge(candidate)
        if _rank(after) <= _rank(report):
            text, report = candidate, after
            mended.append(finding)
            if _rank(report) < _rank(best.report):
                best = Mended(text, tuple(mended), report)
    return best


def _name(finding: Finding) -> tuple[str, str, str]:
    """What tells a finding from others, wherever it has moved."""
    return finding.code, finding.path, str(sorted(finding.fields.items(), key=str))


def _rank(report: Report) -> _Rank:
    """How much is wrong: how early the first trouble comes, how many errors there are, how much there is in all.

    What cannot be read as YAML hides what is wrong with its keys, and that what is wrong with its names; so an error
    of an earlier kind is worse than any number of a later one.
    """
    errors = [finding.code for finding in report if finding.severity is Severity.ERROR]
    first = min((_kind(code) for code in errors), default=_LAST)
    of_first = sum(_kind(code) == first for code in errors)
    return _LAST - first, of_first, sum(not finding.accepted for finding in report)


_LAST = 3


def _kind(code: str) -> int:
    """0 the notation, 1 the shape, 2 names, expressions and times, 3 flow and people."""
    return min(int(code[3]) if code[3] != "3" else 2, _LAST)
