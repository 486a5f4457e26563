"""Collecting the compiler's findings, each at its place in the definition's text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sopflow.errors import Finding, Problem, Report, nearest
from sopflow.model import Sop

DocPath = tuple[str | int, ...]


class _MaybeAlone(int):
    """The number 0 of what may be written without a list. Only a finding has to know, as places are dear."""

    __slots__ = ()


class _MaybeUnsaid(str):
    """A key that may be left out where nothing else is said beside it."""

    __slots__ = ()


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
        path = self._written(path)
        place = self.sop.place(path, key=key, start=start, end=end)
        self.found.append(Finding(code, place=place, path=".".join(map(str, path)), fields=fields))

    def problems(self, problems: Iterable[Problem], path: DocPath, *, shift: int = 0) -> None:
        """Problems of the fragment at ``path``; ``shift`` is where the fragment begins in that value."""
        for problem in problems:
            path = self._written(path)
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
        path = self._written(path)
        said = {"name": name, "nearest": near[0] if near else "", "known": shown or "–", **fields}
        place = self.sop.place(path, key=key, start=start, end=end)
        self.found.append(Finding(code, place=place, path=".".join(map(str, path)), fields=said))

    def has(self, path: DocPath) -> bool:
        """Whether something was written at ``path``; a path that is not there has the place of the key above it."""
        above = path[:-1]
        return self.sop.place(path) not in (self.sop.place(above), self.sop.place(above, key=True))

    def one_of(self, path: DocPath, number: int) -> DocPath:
        """The path of the ``number``th of several things at ``path``, which may be written as one, without a list."""
        return (*path, number or _MaybeAlone())

    def under(self, path: DocPath, key: str) -> DocPath:
        """The path of what stands under ``key`` at ``path``, or there by itself."""
        return (*path, _MaybeUnsaid(key))

    def _written(self, path: DocPath) -> DocPath:
        """``path`` as it is written: without the number of what stands alone, and without keys that are not there."""
        for place, part in enumerate(path):
            if isinstance(part, _MaybeAlone | _MaybeUnsaid) and not self.has(path[: place + 1]):
                return (*path[:place], *path[place + 1 :])
        return path

    def at(self, finding: Finding, path: DocPath) -> Finding:
        """The finding, moved to the value at ``path``."""
        path = self._written(path)
        return replace(finding, place=self.sop.place(path), path=".".join(map(str, path)))

    def report(self) -> Report:
        """All of them, in order of place."""
        return Report.of(self.found)
