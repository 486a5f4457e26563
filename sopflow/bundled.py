"""Where definitions are found by name: in the caller's folders, then among those that come with sopflow.

This module knows names and files, not what a definition says. The full name of a definition is its folder and
its id, ``marketing/event-attending`` for ``marketing/event-attending.sop.yaml``; the id alone will do where only
one folder has it. The bundled ones are data: inside the package in a wheel (also in one that is run as a zip),
beside it in a checkout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from os import PathLike, fspath
from os.path import abspath, isdir, isfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sopflow.errors import Finding, NotFound, UsageError, nearest

if TYPE_CHECKING:
    from sopflow.dsl import Document
    from sopflow.model import Sop

__all__ = ["ENDINGS", "find", "folder_of", "load", "names", "read", "root", "shelf"]

#: How the file of a definition ends; what stands before is its id.
ENDINGS = (".sop.yaml", ".sop.yml", ".sop.json")

_FILE_ENDINGS = (".yaml", ".yml", ".json")
_SHOWN = 8

Name: TypeAlias = "str | PathLike[str]"


def root() -> Traversable:
    """The folder of the bundled definitions.

    Raises :class:`~sopflow.errors.UsageError` (SOP604) where an installation has lost it.
    """
    # The package comes first: beside an installed package, `sops` is another project's.
    inside = files("sopflow") / "sops"
    if inside.is_dir():
        return inside
    beside = Path(__file__).parent.parent / "sops"
    marker = beside / "README.md"
    if marker.is_file() and "sopflow" in marker.read_text(encoding="utf-8"):
        return beside
    raise UsageError(Finding("SOP604"))


def names() -> list[str]:
    """The full names of the bundled definitions, in alphabetical order."""
    return sorted(_definitions(root()))


def find(name: Name, *, search: Sequence[Name] = ()) -> Traversable | None:
    """The file of the definition ``name``, or ``None``.

    ``name`` is a path to a file, a full name, or an id that one definition of a folder has. Names are looked up
    in the folders ``search``, in their order, then among the bundled; the first hit wins.
    """
    found = _candidates(fspath(name), search)
    return next(iter(found.values())) if len(found) == 1 else None


def load(name: Name, *, search: Sequence[Name] = ()) -> Sop:
    """The definition ``name``, looked up as by :func:`find` and read.

    Raises :class:`~sopflow.errors.NotFound` (with the nearest names) and
    :class:`~sopflow.errors.DefinitionError` (with every finding of the reading).
    """
    file = find(name, search=search)
    if file is None:
        raise NotFound(_missing(fspath(name), search))
    return read(file)


def read(file: Traversable) -> Sop:
    """The definition in ``file``, one that :func:`find` or :func:`shelf` gave. Raises as :func:`load` does."""
    from sopflow import dsl  # noqa: PLC0415  # finding a name costs nothing of what reading a file does

    if isinstance(file, Path):
        return dsl.load(file)
    # Inside a zip there is text, but no path that could be opened.
    text, notation = file.read_text(encoding="utf-8"), file.name.rpartition(".")[2]
    return dsl.loads(text, format=notation, file=str(file), find_include=_find_include(folder_of(file)))


def folder_of(file: Traversable) -> Traversable:
    """The folder in which ``file`` stands."""
    if isinstance(file, Path):
        return file.parent
    folder: Traversable = file.parent  # type: ignore[attr-defined]  # not in the protocol; a path inside a zip has it
    return folder


def shelf(folder: Traversable) -> dict[str, Traversable]:
    """The definitions that stand right in ``folder``, by full name and in alphabetical order."""
    return dict(sorted(dict(_named(folder)).items()))


def _find_include(folder: Traversable) -> Callable[[str], Document | None]:
    """How the document of an included name is found in ``folder``, which may be inside a zip."""
    from sopflow import dsl  # noqa: PLC0415  # as above

    def find_include(name: str) -> Document | None:
        file = next((file for ending in ENDINGS if (file := folder / f"{name}{ending}").is_file()), None)
        return dsl.format_of(file.name).read(file.read_bytes(), str(file)) if file is not None else None

    return find_include


def _candidates(name: str, search: Sequence[Name]) -> Mapping[str, Traversable]:
    """What ``name`` may mean: one file, none, or the several that share an id."""
    if isfile(name):
        return {name: Path(name)}
    if name.endswith(_FILE_ENDINGS):
        return {}
    for folder in _folders(search):
        known = _definitions(folder)
        if name in known:
            return {name: known[name]}
        # An id in the searched folder itself is nearer than the same id in a folder inside it.
        if (own := f"{folder.name}/{name}") in known:
            return {own: known[own]}
        if fitting := {full: file for full, file in known.items() if full.endswith(f"/{name}")}:
            return fitting
    return {}


def _folders(search: Sequence[Name]) -> Iterator[Traversable]:
    yield from (Path(abspath(given)) for given in search)
    yield root()


def _definitions(folder: Traversable) -> dict[str, Traversable]:
    """The definitions in ``folder`` and in the folders right inside it, by full name."""
    inside = [entry for entry in _entries(folder) if not entry.name.startswith(".") and entry.is_dir()]
    return {name: file for place in (folder, *inside) for name, file in _named(place)}


def _named(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    home = Path(abspath(folder)).name if isinstance(folder, Path) else folder.name
    # Of two files with one id the last counts: so YAML, which people write, comes last.
    for ending in reversed(ENDINGS):
        for file in _entries(folder):
            if file.name.endswith(ending) and file.is_file():
                yield f"{home}/{file.name.removesuffix(ending)}", file


def _entries(folder: Traversable) -> list[Traversable]:
    """What is in ``folder``; nothing where it is missing or closed to us."""
    try:
        return list(folder.iterdir())
    except (OSError, ValueError):
        return []


def _missing(name: str, search: Sequence[Name]) -> Finding:
    """Why ``name`` leads to no one file, with what exists instead."""
    if fitting := _candidates(name, search):
        return Finding("SOP602", fields={"name": name, "names": ", ".join(sorted(fitting))})
    if name.endswith(_FILE_ENDINGS):
        folder = next(above for above in Path(abspath(name)).parents if isdir(above))
        there = _near(Path(name).name, (entry.name for entry in _entries(folder) if not entry.name.startswith(".")))
        return Finding("SOP603", fields={"name": name, "folder": str(folder), "names": there})
    known = {full for folder in _folders(search) for full in _definitions(folder)}
    return Finding("SOP601", fields={"name": name, "names": _near(name, known)})


def _near(name: str, known: Iterable[str]) -> str:
    """The nearest of ``known``, full names also by their ids; failing these, the first few."""
    ordered = sorted(known)
    by_id = {full.rpartition("/")[2]: full for full in ordered}
    hits = [by_id.get(hit, hit) for hit in nearest(name.lower(), [*by_id, *ordered], most=3)]
    return ", ".join(dict.fromkeys(hits or ordered[:_SHOWN])) or "–"
