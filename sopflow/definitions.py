"""From a name to a program: definitions are found, linked with those that they call, compiled and checked.

Joins the rooms that do each of these; knows neither how a definition is written nor how a program runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sopflow import bundled, dsl
from sopflow.errors import DefinitionError, Finding, NotFound, Report, UsageError
from sopflow.model import Sop

if TYPE_CHECKING:
    from sopflow.compiler import Compiled
    from sopflow.program import Program

__all__ = ["check", "check_content", "compile", "link", "load"]

Name: TypeAlias = bundled.Name

#: The findings that say that a definition is not sound; all other errors leave nothing to run.
SOUNDNESS = "SOP41"
#: Programs that are kept, beside the definitions that they were made from.
MOST_KEPT = 32
_NO_SUCH_SOP = "SOP209"
_FLOW = "SOP4"  # from here on codes speak of where steps go, which stand-ins do not


def load(name: Name, *, search: Sequence[Name] = ()) -> Sop:
    """The definition ``name``: a path, or a name looked up in the folders ``search``, then among the bundled ones.

    A name may say a version, ``hosting@1``: the first definition is meant that has one that fits.

    Raises:
        NotFound: nothing has that name, or that version of it; the finding brings the nearest names.
        UsageError: the file cannot be read.
        DefinitionError: the definition cannot be used; its report holds every finding.
    """
    bare, at, version = fspath(name).rpartition("@")
    if not at or bundled.find(name, search=search) is not None:
        return bundled.load(name, search=search)
    found: list[str] = []
    for folders in (*([folder] for folder in search), []):  # each alone, then the bundled ones
        if bundled.find(bare, search=folders) is not None:
            sop = bundled.load(bare, search=folders)
            if _fits(sop.version, version):
                return sop
            found.append(sop.version)
    if not found:
        return bundled.load(bare, search=search)  # which says what there is
    versions = ", ".join(dict.fromkeys(found))
    raise NotFound(Finding("SOP619", fields={"name": bare, "version": version, "found": versions}))


def compile(sop: Sop | Name, *, search: Sequence[Name] = (), allow_unsound: bool = False) -> Program:
    """The program of ``sop`` (or of what :func:`load` takes), linked with the programs of all that it calls.

    A call's name is looked up in the folder that ``sop`` was loaded from, in ``search``, then among the bundled
    definitions; a version (``hosting@1``) must fit. ``allow_unsound`` lets an SOP pass that is not sound
    (SOP410 to SOP419), and nothing else.

    While neither ``sop`` nor anything that it calls has changed, the same program is given again.

    Raises DefinitionError, with every finding, where there are errors.
    """
    if not isinstance(sop, Sop):
        sop = load(sop, search=search)
    made = _made_of(_This(sop), tuple(search))
    if made.program is not None and made.is_current(_Linker(search)):
        return made.program
    linker = _Linker(search)
    compiled, report = _link(sop, linker)
    errors = [finding for finding in report.errors if not (allow_unsound and finding.code.startswith(SOUNDNESS))]
    if errors or compiled.program is None:
        raise DefinitionError(report)
    if report.ok:
        made.program, made.calls = compiled.program, linker.calls
    return compiled.program


def check(sop: Sop | Name, *, search: Sequence[Name] = (), config: Name | None = None) -> Report:
    """Every finding about ``sop``, a definition or what :func:`load` takes; also about one that cannot be read.

    ``config`` is the file of a project, ``sopflow.toml`` or ``pyproject.toml``, whose severities and folders count;
    what is wrong in it is part of the report. Without it there is no project, wherever the definition lies.

    Raises NotFound and UsageError as :func:`load` does: there is then nothing to speak about.
    """
    if config is not None:
        from sopflow.analysis import project  # noqa: PLC0415  # as below

        said = project.read(config)
        return said.applied(check(sop, search=[*search, *said.search])) + Report(said.findings)
    if isinstance(sop, Sop):
        return link(sop, search=search)[1]
    found, report = _read(sop, search)
    if found is not None:
        return report + link(found, search=search)[1]
    file = bundled.find(sop, search=search)
    return report + (_salvaged(file, search) if isinstance(file, Path) else Report())


def check_content(file: Path, raw: bytes, *, search: Sequence[Name] = ()) -> Report:
    """As :func:`check` of ``file``, if ``raw`` were in it: what is being written need not be on disk."""
    found, report = dsl.read_file(file, raw)
    return report + (link(found, search=search)[1] if found is not None else _salvaged(file, search, raw))


def _read(name: Name, search: Sequence[Name]) -> tuple[Sop | None, Report]:
    """The definition, where it can be used, and the findings of reading it."""
    file = bundled.find(name, search=search)
    if isinstance(file, Path):
        return dsl.read_file(file)
    try:
        return load(name, search=search), Report()
    except DefinitionError as error:
        return None, error.report


def _salvaged(file: Path, search: Sequence[Name], raw: bytes | None = None) -> Report:
    """What is wrong with the names, expressions and times in the sound parts of a definition that cannot be used."""
    sop, replaced = dsl.salvage_file(file, raw)
    if sop is None:
        return Report()
    from sopflow.compiler import lower  # noqa: PLC0415  # as below

    inside = tuple(".".join(map(str, path)) for path in replaced)
    linker = _Linker(search)
    report = linker.explained(lower(sop, find=linker.find, known=_known(sop, search)).report)
    return Report.of(
        finding
        for finding in report
        if finding.code < _FLOW and not any(f"{finding.path}.".startswith(f"{path}.") for path in inside)
    )


def link(sop: Sop, *, search: Sequence[Name] = ()) -> tuple[Compiled, Report]:
    """``sop`` compiled with all that it calls, for those who need more than the program; and every finding."""
    return _link(sop, _Linker(search))


def _link(sop: Sop, linker: _Linker) -> tuple[Compiled, Report]:
    # Who only loads a definition does not pay for compiling and checking it.
    from sopflow.analysis import check as analyse  # noqa: PLC0415
    from sopflow.compiler import lower  # noqa: PLC0415

    with dsl.collector_paused():
        compiled = lower(sop, find=linker.find, known=_known(sop, linker.search))
        return compiled, linker.explained(analyse(compiled))


@dataclass(frozen=True)
class _This:
    """One definition, and no other that is equal to it: by the object, which a cache can look up at once."""

    sop: Sop

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and self.sop is other.sop

    def __hash__(self) -> int:
        return id(self.sop)


@dataclass(slots=True)
class _Made:
    """The program of a definition, and which definitions its calls led to, the calls of these included."""

    program: Program | None = None
    calls: list[tuple[str, Sop, Sop | None]] = field(default_factory=list)

    def is_current(self, linker: _Linker) -> bool:
        """Whether all calls still lead to the same: as long as a file has not changed, it is the same object."""
        return all(linker.find(name, caller) is called for name, caller, called in self.calls)


@lru_cache(maxsize=MOST_KEPT)
def _made_of(this: _This, search: tuple[Name, ...]) -> _Made:
    return _Made()


def _known(sop: Sop, search: Sequence[Name]) -> list[str]:
    """The names that a call may mean, for the diagnosis of one that means nothing."""
    folders = [Path(folder) for folder in (*([sop.origin] if sop.origin is not None else []), *search)]
    near = [_id(file.name) for folder in folders if folder.is_dir() for file in sorted(folder.glob("*.sop.*"))]
    return [*dict.fromkeys([*near, *bundled.names(), *(name.rpartition("/")[2] for name in bundled.names())])]


def _id(file: str) -> str:
    return next((file.removesuffix(ending) for ending in bundled.ENDINGS if file.endswith(ending)), file)


class _Linker:
    """Finds the definitions that calls name, each file read once, and keeps what is wrong with them."""

    def __init__(self, search: Sequence[Name]) -> None:
        self.search = tuple(search)
        self.broken: dict[str, Report] = {}
        self.calls: list[tuple[str, Sop, Sop | None]] = []
        self._read: dict[str, Sop | None] = {}

    def find(self, name: str, caller: Sop) -> Sop | None:
        """The definition ``name`` (``folder/id``, ``id``, ``…@1``) as seen from ``caller``; the first hit wins."""
        found = self._find(name, caller)
        self.calls.append((name, caller, found))
        return found

    def _find(self, name: str, caller: Sop) -> Sop | None:
        bare, _, version = name.partition("@")
        folders = (*([caller.origin] if caller.origin is not None else []), *self.search)
        # Each folder alone, so that where a version does not fit the search goes on in the next one.
        for place in [[folder] for folder in folders] + [[]]:
            sop = self._load(bare, place)
            if sop is not None and _fits(sop.version, version):
                return sop
        return None

    def _load(self, name: str, place: Sequence[Name]) -> Sop | None:
        file = bundled.find(name, search=place)
        if file is None:
            return None
        key = str(file)
        if key not in self._read:
            try:
                self._read[key] = bundled.load(name, search=place)
            except NotFound:
                self._read[key] = None
            except DefinitionError as error:
                self._read[key] = None
                self.broken[name] = error.report
            except UsageError as error:
                self._read[key] = None
                self.broken[name] = Report((error.finding,))
        return self._read[key]

    def explained(self, report: Report) -> Report:
        """``report`` with the findings of a called definition in place of “there is none of that name”."""
        kept = [finding for finding in report if not self._is_broken(finding)]
        return Report.of([*kept, *(finding for broken in self.broken.values() for finding in broken)])

    def _is_broken(self, finding: Finding) -> bool:
        name = str(finding.fields.get("name", "")).partition("@")[0]
        return finding.code == _NO_SUCH_SOP and name in self.broken


def _fits(version: str, wanted: str) -> bool:
    """Whether ``version`` is the newest that ``wanted`` may mean: ``1`` and ``1.2`` fit 1.2.3."""
    return not wanted or f"{version}.".startswith(f"{wanted}.")
