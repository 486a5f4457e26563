"""Facts held against citations, folder by folder.

Definitions beside each other share sources, and what one leaves out another may carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable
from os import PathLike, fspath
from os.path import isdir
from pathlib import Path
from typing import Literal, TypeAlias

from sopflow import bundled, dsl
from sopflow.errors import DefinitionError, Finding, Report, UsageError, nearest
from sopflow.model import Sop, Text
from sopflow.tracing._citations import Citation, Reading, TracedStep
from sopflow.tracing._facts import Fact, read_facts

#: ``unknown``: cited, and no fact of the sources.
Status: TypeAlias = Literal["carried", "missing", "furniture", "unknown"]


@dataclass(frozen=True, slots=True)
class TracedFact:
    """A fact and where it is cited. ``source`` is its key in ``sources``, ``file`` its file of facts."""

    fact: Fact
    status: Status
    citations: tuple[Citation, ...]
    file: str = ""
    source: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Where it is cited, each place once."""
        return tuple(dict.fromkeys(citation.at for citation in self.citations))


@dataclass(frozen=True, slots=True)
class TracedSource:
    """A source with facts: its key and title in ``sources``, and its file of facts."""

    key: str
    title: Text
    file: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Facts and steps held against each other; the errors of ``report`` are all that is not as it should be."""

    sources: tuple[TracedSource, ...]
    facts: tuple[TracedFact, ...]
    steps: tuple[TracedStep, ...]
    report: Report


def trace(name: Sop | str | PathLike[str] | None = None, *, search: Sequence[bundled.Name] = ()) -> Trace:
    """Hold the facts of the sources against what cites them.

    ``name`` is a definition (loaded, or as ``load`` takes it): all facts of its sources whose ``node`` is that
    definition, or that have none. Or it is a folder: all facts of all definitions in it and below it. Without ``name``:
    all facts of the bundled definitions. Citations of every definition in the same folder count.

    A fact that nobody cites is an error of the report, unless it is furniture; so is a citation of no fact, and a
    file of facts that is missing or misshapen.

    Raises NotFound, UsageError and DefinitionError as ``load`` does.
    """
    shelves = [_Shelf(*found) for found in _folders(name, search)]
    facts = tuple(fact for shelf in shelves for fact in shelf.facts())
    findings = [finding for shelf in shelves for finding in (*shelf.findings, *shelf.faults())]
    return Trace(
        tuple(source for shelf in shelves for file in shelf.files.values() for source in file.sources.values()),
        facts,
        tuple(step for shelf in shelves for reading in shelf.asked for step in reading.steps()),
        Report.of((*findings, *(_missing(traced.fact) for traced in facts if traced.status == "missing"))),
    )


#: A folder, its definitions by full name, the one that is asked about ("" for all), and findings about them.
_Found: TypeAlias = tuple[Traversable, Mapping[str, Sop], str, list[Finding]]


def _folders(name: Sop | bundled.Name | None, search: Sequence[bundled.Name]) -> Iterator[_Found]:
    """The folders that are spoken of."""
    if name is None:
        files = [file for known in bundled.names() if (file := bundled.find(known)) is not None]
        for folder in {str(folder): folder for folder in map(bundled.folder_of, files)}.values():
            yield _all_of(folder)
    elif isinstance(name, Sop):
        yield _one_of(name, name.origin)
    elif isdir(name):  # noqa: PTH112  # pathlib raises for a name that cannot be a path
        below = sorted({file.parent for ending in bundled.ENDINGS for file in Path(name).rglob(f"*{ending}")})
        if not below:
            fields = {"folder": fspath(name), "endings": ", ".join(bundled.ENDINGS)}
            raise UsageError(Finding("SOP606", fields=fields))
        yield from map(_all_of, below)
    else:
        sop = bundled.load(name, search=search)
        file = bundled.find(name, search=search)
        assert file is not None  # it was loaded from there
        yield _one_of(sop, bundled.folder_of(file))


def _all_of(folder: Traversable) -> _Found:
    sops, findings = _sops(folder)
    return folder, sops, "", findings


def _one_of(sop: Sop, folder: Traversable | None) -> _Found:
    """One among its neighbours; what is wrong with these is not what the question is about."""
    if folder is None:
        return Path(), {sop.name: sop}, sop.name, []
    name = sop.name if sop.origin is not None else f"{folder.name}/{sop.id}"
    return folder, {**_sops(folder)[0], name: sop}, name, []


def _sops(folder: Traversable) -> tuple[dict[str, Sop], list[Finding]]:
    """The definitions right in a folder by full name, and what is wrong with those that cannot be used."""
    sops: dict[str, Sop] = {}
    findings: list[Finding] = []
    for full, file in bundled.shelf(folder).items():
        try:
            sop = bundled.read(file)
        except DefinitionError as error:
            if not dsl.is_library(dsl.format_of(file.name).read(file.read_bytes(), str(file))):
                findings += error.report
        except UsageError as error:
            findings.append(error.finding)
        else:
            sops[f"{full.rpartition('/')[0]}/{sop.id}"] = sop
    return sops, findings


@dataclass
class _File:
    """The facts of a file by id, and the sources that name it by key."""

    facts: Mapping[str, Fact]
    sound: bool
    sources: dict[str, TracedSource] = field(default_factory=dict)

    def source_of(self, fact: str) -> str:
        """The key of the source that a fact belongs to: the only one, else the longest that its id begins with."""
        if len(self.sources) == 1:
            return next(iter(self.sources))
        return max((key for key in self.sources if fact.startswith(f"{key}-")), key=len, default="")


class _Shelf:
    """The definitions of one folder, with the files of facts that they name."""

    def __init__(self, folder: Traversable, sops: Mapping[str, Sop], one: str, findings: list[Finding]) -> None:
        self.folder = folder
        self.one = one
        self.findings = findings
        self.readings = [Reading(name, sop) for name, sop in sops.items()]
        self.asked = [reading for reading in self.readings if one in ("", reading.name)]
        self.files: dict[str, _File] = {}
        self._files_of = {reading.name: list(self._read_sources(reading.sop)) for reading in self.asked}
        for reading in self.readings:  # a neighbour counts where it has a source of those that are asked about
            labels = (self._label(source.facts) for source in reading.sop.sources.values() if source.facts)
            self._files_of.setdefault(reading.name, [label for label in labels if label in self.files])

    def _label(self, name: str) -> str:
        return str(self.folder / name)

    def _read_sources(self, sop: Sop) -> Iterator[str]:
        for key, source in sop.sources.items():
            if source.facts is None:
                continue
            label = self._label(source.facts)
            if label not in self.files:
                facts, findings = read_facts(self.folder, source.facts)
                self.files[label] = _File(facts, sound=not findings)
                place, path = sop.place(("sources", key, "facts")), f"sources.{key}.facts"
                self.findings += (f if f.place is not None else replace(f, place=place, path=path) for f in findings)
            self.files[label].sources.setdefault(key, TracedSource(key, source.title, label))
            yield label

    def facts(self) -> Iterator[TracedFact]:
        """The facts that are asked about, as they stand in their files; then what is cited and is none."""
        for label, file in self.files.items():
            having = (reading for reading in self.readings if label in self._files_of[reading.name])
            cited = _by_fact(citation for reading in having for citation in reading.citations)
            for fact in filter(self._is_asked_about, file.facts.values()):
                citations = tuple(cited.get(fact.id, ()))
                status: Status = "furniture" if fact.kind == "furniture" else "carried" if citations else "missing"
                yield TracedFact(fact, status, citations, label, file.source_of(fact.id))
        nothing = _by_fact(citation for reading in self.asked for citation in self._citing_nothing(reading))
        for name, places in nothing.items():
            yield TracedFact(Fact(name), "unknown", tuple(places))

    def faults(self) -> Iterator[Finding]:
        """What is cited and is no fact; and a definition that was asked about for nothing."""
        for reading in self.asked:
            files = self._files_of[reading.name]
            known = [fact for label in files for fact in self.files[label].facts]
            for citation in self._citing_nothing(reading):
                close = nearest(citation.fact, known)
                fields = {"fact": citation.fact, "sop": reading.name, "nearest": close[0] if close else ""}
                fields["files"] = ", ".join(dict.fromkeys(files)) or "–"
                yield Finding("SOP512", place=citation.place, path=citation.at, fields=fields)
            if self.one and not files and not reading.citations:
                yield Finding("SOP513", place=reading.sop.place(("id",)), path="sources", fields={"sop": reading.name})

    def _citing_nothing(self, reading: Reading) -> list[Citation]:
        """What is cited and is no fact; nothing where a faulty file may hide it."""
        files = [self.files[label] for label in self._files_of[reading.name]]
        if not all(file.sound for file in files):
            return []
        return [citation for citation in reading.citations if not any(citation.fact in file.facts for file in files)]

    def _is_asked_about(self, fact: Fact) -> bool:
        """Facts without a node are everybody's; a name without its folder fits in any."""
        folder, _, name = fact.node.partition("#")[0].rpartition("/")
        home, _, own = self.one.rpartition("/")
        return not self.one or not name or (name == own and (folder == home or not folder or not home))


def _by_fact(citations: Iterable[Citation]) -> dict[str, list[Citation]]:
    found: dict[str, list[Citation]] = {}
    for citation in citations:
        found.setdefault(citation.fact, []).append(citation)
    return found


def _missing(fact: Fact) -> Finding:
    fields = {"fact": fact.id, "says": fact.text("en"), "says_zh": fact.text("zh"), "node": fact.node}
    return Finding("SOP511", place=fact.place, path=fact.id, fields=fields)
