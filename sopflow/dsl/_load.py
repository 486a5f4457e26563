"""Definitions from files and texts, and back to texts; knows folders, not what a definition says."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from sopflow.dsl._around import Around, content, read_document
from sopflow.dsl._format import Format, format_of, formats
from sopflow.dsl._include import FindInclude
from sopflow.dsl._memory import slot_of
from sopflow.dsl._pause import collector_paused
from sopflow.dsl._read import read
from sopflow.dsl._salvage import salvage
from sopflow.errors import DefinitionError, Finding, Report, UsageError
from sopflow.model import Sop, plain


def load(path: str | PathLike[str]) -> Sop:
    """The definition in the file ``path``, with what it includes and the languages beside it.

    While none of these files has changed, the same object is given again.

    Raises:
        NotFound: there is no such file; the finding names those with the nearest names.
        UsageError: the file cannot be read, or is of no known notation.
        DefinitionError: the definition cannot be used; its report holds every finding.
    """
    file = Path(path)
    notation = format_of(file.name)
    raw = content(file)
    slot = slot_of(raw, notation.name, str(file), file.parent.absolute())
    known = slot.recall()
    if known is not None:
        return known
    around = Around(file)
    sop = _usable(*_read(file, raw, around))
    slot.keep(sop, around.is_unchanged)
    return sop


def loads(
    text: str | bytes, *, format: str = "yaml", file: str = "<text>", find_include: FindInclude | None = None
) -> Sop:
    """The definition in ``text``, which is written in the notation ``format``.

    ``file`` is shown in findings; ``find_include`` gives the document of an included name. Without it, the same
    object is given for the same text.

    Raises:
        UsageError: no notation of that name is known.
        DefinitionError: the definition cannot be used; its report holds every finding.
    """
    notation = _format_named(format)
    slot = slot_of(type(text), text, notation.name, file)
    known = slot.recall() if find_include is None else None
    if known is not None:
        return known
    with collector_paused():
        sop = _usable(*read(notation.read(text, file), find_include=find_include))
    if find_include is None:
        slot.keep(sop)
    return sop


def read_file(path: str | PathLike[str], raw: bytes | None = None) -> tuple[Sop | None, Report]:
    """The definition in the file ``path`` (None if it cannot be used), and every finding.

    With ``raw`` it is read as if that were in the file. Raises NotFound and UsageError as :func:`load` does.
    """
    file = Path(path)
    format_of(file.name)
    return _read(file, content(file) if raw is None else raw, Around(file))


def salvage_file(
    path: str | PathLike[str], raw: bytes | None = None
) -> tuple[Sop | None, frozenset[tuple[str | int, ...]]]:
    """What can be used of a definition that cannot be used, to look for its other faults.

    Gives it with stand-ins for its misshapen steps (None where too much is wrong), and the paths of the stand-ins.
    ``raw`` as for :func:`read_file`.
    """
    file = Path(path)
    sop, replaced = salvage(read_document(file, content(file) if raw is None else raw))
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


def _read(file: Path, raw: bytes, around: Around) -> tuple[Sop | None, Report]:
    with collector_paused():
        sop, report = read(
            read_document(file, raw), find_include=around.include, known_includes=around.known, texts=around.texts()
        )
    if sop is not None:
        sop._origin = file.parent.absolute()
    return sop, report


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
