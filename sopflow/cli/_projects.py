"""The projects that checked definitions belong to: each file's settings are read once, and told of once.

Knows files and folders, not how findings are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from os.path import dirname, isdir, isfile, relpath
from pathlib import Path

from sopflow import bundled, definitions
from sopflow.analysis import project
from sopflow.errors import Report

_NONE = project.Project("")


class Projects:
    """Whose settings count: those of the file ``given``, of the nearest file of a project, or none.

    Raises UsageError where ``given`` cannot be read.
    """

    def __init__(self, search: Sequence[str] = (), *, given: str | None = None, none: bool = False) -> None:
        self.search = tuple(search)
        self._only = _NONE if none else None
        if given is not None:
            self._only = project.read(given)
        self._nearest: dict[str, Path | None] = {}
        self._read: dict[Path, project.Project] = {}

    @property
    def strict(self) -> bool:
        """Whether a project that was asked for says so."""
        return any(one.strict for one in self._used())

    def report(self) -> Report:
        """What is wrong in the files of the projects that were asked for."""
        return Report.of(finding for one in self._used() for finding in one.findings)

    def of(self, name: str) -> project.Project:
        """The project of a definition: of a file by where it lies, of a bundled one none."""
        if self._only is not None:
            return self._only
        if not isfile(name) and not isdir(name):  # noqa: PTH112, PTH113  # names that cannot be paths are neither
            found = bundled.find(name, search=self.search)
            if not isinstance(found, Path) or not self.search:
                return _NONE
            name = str(found)
        folder = name if isdir(name) else dirname(name) or "."  # noqa: PTH112, PTH120  # as above
        if folder not in self._nearest:
            file = project.find(folder)
            self._nearest[folder] = file if file is None or Path(name).is_absolute() else Path(relpath(file))
        file = self._nearest[folder]
        if file is None:
            return _NONE
        if file not in self._read:
            self._read[file] = project.read(file)
        return self._read[file]

    def search_of(self, one: project.Project) -> tuple[str, ...]:
        """Where definitions are looked up: first as the command says, then as the project does."""
        return (*self.search, *one.search)

    def check(self, name: str, content: bytes | None = None) -> Report:
        """What is wrong with a definition, as its project sees it; with ``content``, as if that were in its file."""
        one = self.of(name)
        search = self.search_of(one)
        if content is not None:
            return one.applied(definitions.check_content(Path(name), content, search=search))
        return one.applied(definitions.check(name, search=search))

    def _used(self) -> Sequence[project.Project]:
        return [self._only] if self._only is not None else list(self._read.values())
