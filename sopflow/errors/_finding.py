"""Findings, their places and reports of many; no words of its own: those stand in the catalogue."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sopflow.errors.catalogue import Entry


class Severity(StrEnum):
    """How much a finding matters: an error stops a definition from being used, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of a text: lines and columns count from 1, the end column is one past the last character."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding inside a fragment of text, before anybody knows where the fragment stands.

    ``start`` and ``end`` are character offsets into the fragment; ``fields`` fill the catalogue's templates.
    """

    code: str
    start: int = 0
    end: int = 0
    fields: Mapping[str, object] = field(default_factory=dict)

    def at(self, place: Place | None, *, path: str = "") -> Finding:
        """The finding that this problem is, at ``place``."""
        return Finding(self.code, place=place, path=path, fields=self.fields)

    def __str__(self) -> str:
        return Finding(self.code, fields=self.fields).text("en")


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnosis.

    ``path`` names the part of the definition (``steps.is-free.yes``), ``source`` is the line of text at
    ``place`` (for the caret), ``trace`` the shortest run that shows the fault, ``accepted`` the reason for
    which the definition accepts the finding ("" if it does not). ``route`` is the same run for those who draw or play
    it: the path of each step on it, with the way by which it is left ("": it is not left, or those inside it go on).
    ``configured`` is the severity that a project gives it in place of the catalogue's.
    """

    code: str
    place: Place | None = None
    path: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    source: str = ""
    trace: tuple[str, ...] = ()
    accepted: str = ""
    route: tuple[tuple[str, str], ...] = ()
    configured: Severity | None = None

    @property
    def severity(self) -> Severity:
        """As the project says, else the catalogue; an accepted finding is information."""
        return Severity.INFO if self.accepted else self.configured or Severity(_entry(self.code).severity)

    def text(self, lang: str = "en") -> str:
        """What is wrong, in one sentence."""
        return _filled(_entry(self.code).text[_known(lang)], self.fields, lang)

    def mend(self, lang: str = "en") -> str:
        """How to mend it; may be empty."""
        return _filled(_entry(self.code).mend[_known(lang)], self.fields, lang)


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one or many definitions, in the order of their places."""

    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """A report of ``findings``, each once, in the order of file and place."""
        unique = {(f.code, f.place, f.path, str(f.fields)): f for f in findings}
        return cls(tuple(sorted(unique.values(), key=_order)))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those that stop the definition from being used."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def ok(self) -> bool:
        """Whether nothing stops the definition from being used."""
        return not self.errors

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __add__(self, other: Report) -> Report:
        return Report.of((*self.findings, *other.findings))


def nearest(name: str, known: Iterable[str], *, most: int = 1) -> list[str]:
    """The names in ``known`` that ``name`` may be a slip for, best first."""
    names = list(known)
    same = [other for other in names if other.casefold() == name.casefold()]
    return [*same, *(other for other in difflib.get_close_matches(name, names, n=most) if other not in same)][:most]


_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
_FIELD = re.compile(r"\{(\w+)\}")


def _filled(template: str, fields: Mapping[str, object], lang: str) -> str:
    """The template with its fields; a stretch in ``[[…]]`` is left out where a field in it is empty or missing."""

    def optional(stretch: re.Match[str]) -> str:
        named = _FIELD.findall(stretch[1])
        return stretch[1] if all(fields.get(name) not in (None, "") for name in named) else ""

    template = _OPTIONAL.sub(optional, template)
    return template.format_map({name: _shown(fields.get(name), lang) for name in _FIELD.findall(template)})


def _shown(value: object, lang: str) -> object:
    """A field as it is shown: a text in many languages in the one that is asked for, a list with semicolons."""
    match value:
        case None:
            return ""
        case Mapping():
            fitting = (text for tag, text in value.items() if str(tag).partition("-")[0] == lang.partition("-")[0])
            return next(fitting, next(iter(value.values()), ""))
        case list() | tuple():
            return "; ".join(str(_shown(item, lang)) for item in value)
        case _:
            return value


def _entry(code: str) -> Entry:
    from sopflow.errors.catalogue import ENTRIES  # words are loaded when they are shown

    return ENTRIES[code]


def _known(lang: str) -> str:
    return "zh" if lang.startswith("zh") else "en"


def _order(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    where = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (*where, finding.code, finding.path)
