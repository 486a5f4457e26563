"""``include``: what a definition takes from other files, and what stands in two files with two meanings.

Knows documents and models, no folders: who calls says how the file of a name is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sopflow.dsl._document import Document
from sopflow.dsl._validate import findings_of
from sopflow.errors import Finding, nearest
from sopflow.model import Entries, Library, Places, Sop

FindInclude = Callable[[str], Document | None]
Path = tuple[str | int, ...]

SECTIONS = (
    "sources",
    "anchors",
    "roles",
    "parameters",
    "data",
    "derived",
    "messages",
    "phases",
    "calendars",
    "accept",
)
SETTINGS = ("languages", "time_zone", "calendar")
# What an including file does not take: it stays the business of the file in which it stands.
_NOT_TAKEN = frozenset({"steps", "start", "on", "inputs", "outputs", "inferred"})


@dataclass
class Includes:
    """The files that a definition includes, directly or not, each once, and what is wrong with them."""

    find: FindInclude | None
    known: tuple[str, ...] = ()
    libraries: list[tuple[Library, Document]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def collect(self, document: Document, own: str) -> None:
        """Read all that ``document``, whose id is ``own``, includes; a loop, for chains may be long."""
        seen: set[str] = set()
        open_: list[tuple[str, Document, Iterator[tuple[int, str]]]] = [(own, document, _names(document))]
        while open_:
            _, holder, names = open_[-1]
            entry = next(names, None)
            if entry is None:
                open_.pop()
                continue
            index, name = entry
            chain = [other for other, _, _ in open_]
            if name in chain:
                self._report("SOP187", holder, index, circle=" → ".join((*chain[chain.index(name) :], name)))
            elif name not in seen:
                seen.add(name)
                found = self.find(name) if self.find is not None else None
                if found is None:
                    self._report_missing(holder, index, name)
                else:
                    self._read(found)
                    open_.append((name, found, _names(found)))

    def _read(self, document: Document) -> None:
        data = document.data
        if isinstance(data, dict):
            data = {name: part for name, part in data.items() if name not in _NOT_TAKEN}
        library, findings = findings_of(Library, data, document)
        self.findings += document.with_sources((*document.findings, *findings))
        if library is not None:
            self.libraries.append((library, document))

    def _report_missing(self, holder: Document, index: int, name: str) -> None:
        close = nearest(name, self.known, most=3)
        others = [other for other in self.known if other not in close]
        self._report("SOP186", holder, index, name=name, known=", ".join((*close, *others)) or "–")

    def _report(self, code: str, holder: Document, index: int, **fields: object) -> None:
        place = holder.place(("include", index))
        finding = Finding(code, place=place, path=f"include.{index}", fields=fields)
        self.findings += holder.with_sources((finding,))


def _names(document: Document) -> Iterator[tuple[int, str]]:
    written = document.data.get("include") if isinstance(document.data, dict) else None
    names = [written] if isinstance(written, str) else written if isinstance(written, list) else []
    return iter([(index, name) for index, name in enumerate(names) if isinstance(name, str)])


def merged(sop: Sop, document: Document, libraries: Iterable[tuple[Library, Document]]) -> tuple[Sop, list[Finding]]:
    """``sop`` with all that ``libraries`` share; what has another meaning there is a finding."""
    merge = _Merge(document)
    update: dict[str, object] = {}
    for library, other in libraries:
        for section in SECTIONS:
            theirs = getattr(library, section)
            if theirs:
                mine = update.get(section, getattr(sop, section))
                update[section] = merge.join(mine, theirs, (section,), other)
        for name in SETTINGS:
            if name in library.said and name not in sop.said:
                update[name] = merge.settle(name, getattr(library, name), other)
    if not update:
        return sop, merge.clashes
    whole = sop.model_copy(update=update)
    whole._included = merge.taken
    return whole, merge.clashes


class _Merge:
    """What was taken from which file so far, and what clashed."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.taken: dict[Path, tuple[object, Places]] = {}
        self.clashes: list[Finding] = []

    def join(self, mine: object, theirs: Mapping[str, object], path: Path, other: Document) -> Entries[object]:
        """The entries of both; maps of data are joined as deep as both have one."""
        assert isinstance(mine, Mapping)
        result: dict[str, object] = dict(mine)
        for name, entry in theirs.items():
            here = (*path, name)
            if name not in result:
                result[name] = entry
                self.taken[here] = (entry, other)
            elif path[0] == "data" and isinstance(known := result[name], Entries) and isinstance(entry, Entries):
                result[name] = self.join(known, entry, here, other)
            elif result[name] != entry:
                self._clash(here, other)
        return Entries(result, extensions=getattr(mine, "extensions", {}))

    def settle(self, name: str, value: object, other: Document) -> object:
        """A setting that the definition leaves to those that it includes; they must agree."""
        known = self.taken.setdefault((name,), (value, other))[0]
        if known != value:
            self._clash((name,), other)
        return known

    def _clash(self, path: Path, other: Document) -> None:
        holder = self.taken[path][1] if path in self.taken else self.document
        place = holder.place(path, key=True)
        fields = {"name": str(path[-1]), "file": other.file}
        self.clashes.append(Finding("SOP188", place=place, path=".".join(map(str, path)), fields=fields))


def is_library(document: Document) -> bool:
    """Whether ``document`` is no definition, but holds what definitions take from it: neither steps nor an id."""
    data = document.data
    if not isinstance(data, dict) or not document.whole or data.keys() & {"id", "steps"}:
        return False
    return bool(data.keys() & {"include", *(name.replace("_", "-") for name in (*SECTIONS, *SETTINGS))})
