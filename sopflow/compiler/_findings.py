"""Collecting the compiler's findings, each at its place in the definition's text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sopflow.errors import Finding, Problem, Report, nearest
from sopflow.model import Sop

DocPath = tuple[str | int, ...]


@dataclass(slots=True)
class Findings:
    """The findings about one definition."""

    sop: Sop
    found: list[Finding] = field(default_factory=list)

    def add(
        self,
        code: str,
        path: DocPath,
        *,
        key: bool = False,
        start: int | None = None,
        end: int | None = None,
        **fields: object,
    ) -> None:
        """A finding about the value (or with ``key`` the key) at ``path``, or about a stretch of that value."""
        place = self.sop.place(path, key=key, start=start, end=end)
        self.found.append(Finding(code, place=place, path=".".join(map(str, path)), fields=fields))

    def problems(self, problems: Iterable[Problem], path: DocPath, *, shift: int = 0) -> None:
        """Problems of the fragment at ``path``; ``shift`` is where the fragment begins in that value."""
        for problem in problems:
            place = self.sop.place(path)
            if problem.end:  # a stretch of it
                place = self.sop.place(path, start=problem.start + shift, end=problem.end + shift)
            self.found.append(problem.at(place, path=".".join(map(str, path))))

    def unknown(
        self,
        code: str,
        name: str,
        known: Iterable[str],
        path: DocPath,
        *,
        key: bool = False,
        start: int | None = None,
        end: int | None = None,
        **fields: object,
    ) -> None:
        """A finding about a name that does not exist (there, or in a stretch of that value), with the nearest."""
        names = list(known)
        near = nearest(name, names)
        shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        said = {"name": name, "nearest": near[0] if near else "", "known": shown or "–", **fields}
        place = self.sop.place(path, key=key, start=start, end=end)
        self.found.append(Finding(code, place=place, path=".".join(map(str, path)), fields=said))

    def has(self, path: DocPath) -> bool:
        """Whether something was written at ``path``; a path that is not there has the place of the key above it."""
        above = path[:-1]
        return self.sop.place(path) not in (self.sop.place(above), self.sop.place(above, key=True))

    def one_of(self, path: DocPath, number: int) -> DocPath:
        """The path of the ``number``th of several things at ``path``, which may be written as one, without a list."""
        return (*path, number) if self.has((*path, 0)) else path

    def at(self, finding: Finding, path: DocPath) -> Finding:
        """The finding, moved to the value at ``path``."""
        return replace(finding, place=self.sop.place(path), path=".".join(map(str, path)))

    def report(self) -> Report:
        """All of them, in order of place."""
        return Report.of(self.found)
