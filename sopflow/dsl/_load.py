"""Definitions from files and texts, and back to texts; knows folders, not what a definition says."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from sopflow.dsl._document import Document
from sopflow.dsl._format import Format, format_of, formats
from sopflow.dsl._include import FindInclude
from sopflow.dsl._read import read
from sopflow.dsl._salvage import salvage
from sopflow.errors import DefinitionError, Finding, NotFound, Report, UsageError, nearest
from sopflow.model import Sop, is_language, plain

ENDINGS = (".sop.yaml", ".sop.yml", ".sop.json")


def load(path: str | PathLike[str]) -> Sop:
    """The definition in the file ``path``, with what it includes and the languages beside it.

    Raises:
        NotFound: there is no such file; the finding names those with the nearest names.
        UsageError: the file cannot be read, or is of no known notation.
        DefinitionError: the definition cannot be used; its report holds every finding.
    """
    return _usable(*read_file(path))


def loads(
    text: str | bytes, *, format: str = "yaml", file: str = "<text>", find_include: FindInclude | None = None
) -> Sop:
    """The definition in ``text``, which is written in the notation ``format``.

    ``file`` is shown in findings; ``find_include`` gives the document of an included name.

    Raises:
        UsageError: no notation of that name is known.
        DefinitionError: the definition cannot be used; its report holds every finding.
    """
    return _usable(*read(_format_named(format).read(text, file), find_include=find_include))


def read_file(path: str | PathLike[str]) -> tuple[Sop | None, Report]:
    """The definition in the file ``path`` (None if it cannot be used), and every finding.

    Raises NotFound and UsageError as :func:`load` does.
    """
    file = Path(path)
    folder = file.parent
    known = _definitions(folder)
    sop, report = read(
        _document(file),
        find_include=lambda name: _document(known[name]) if name in known else None,
        known_includes=known,
        texts=_translations(folder, file.name),
    )
    if sop is not None:
        sop._origin = folder.absolute()
    return sop, report


def salvage_file(path: str | PathLike[str]) -> tuple[Sop | None, frozenset[tuple[str | int, ...]]]:
    """What can be used of a definition that cannot be used, to look for its other faults.

    Gives it with stand-ins for its misshapen steps (None where too much is wrong), and the paths of the stand-ins.
    """
    file = Path(path)
    sop, replaced = salvage(_document(file))
    if sop is not None:
        sop._origin = file.parent.absolute()
    return sop, replaced


def dump(sop: Sop, format: str = "yaml") -> str:
    """The text of ``sop`` in the notation ``format``; loading it again gives an equal definition.

    What came in by ``include`` stays in its own file. In JSON, steps are a list: its tools sort keys.

    Raises UsageError if no notation of that name is known.
    """
    notation = _format_named(format)
    return notation.write(plain(sop.written(), steps="list" if notation.name == "json" else "map"))


def _usable(sop: Sop | None, report: Report) -> Sop:
    if sop is None:
        raise DefinitionError(report)
    return sop


def _format_named(name: str) -> Format:
    for notation in formats():
        if notation.name == name.lower():
            return notation
    known = ", ".join(notation.name for notation in formats())
    raise UsageError(Finding("SOP191", fields={"name": name, "known": known}))


def _document(file: Path) -> Document:
    notation = format_of(file.name)
    try:
        return notation.read(file.read_bytes(), str(file))
    except FileNotFoundError:
        raise NotFound(_missing(file)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(Finding("SOP190", fields={"file": str(file), "reason": reason})) from None


def _definitions(folder: Path) -> dict[str, Path]:
    """The definitions in ``folder`` by their names; of two notations of one name, YAML counts."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return {}
    return {
        file.name.removesuffix(ending): file
        for ending in reversed(ENDINGS)
        for file in files
        if file.name.endswith(ending)
    }


def _translations(folder: Path, name: str) -> dict[str, Document]:
    """The documents ``texts/NAME.LANGUAGE.yaml`` beside a definition, by language."""
    own = next((name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)), "")
    if not own:
        return {}
    found: dict[str, Document] = {}
    for file in sorted((folder / "texts").glob("*.yaml")):
        stem, _, language = file.name.removesuffix(".yaml").rpartition(".")
        if stem == own and is_language(language):
            found[language] = _document(file)
    return found


def _missing(file: Path) -> Finding:
    folder = next((above for above in file.absolute().parents if above.is_dir()), Path())
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    close = nearest(file.name, names, most=3) or names[:8]
    fields = {"name": str(file), "folder": str(folder), "names": ", ".join(close) or "–"}
    return Finding("SOP603", fields=fields)
