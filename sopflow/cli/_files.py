"""Files that the user names: definitions, folders of them, data and scripts; knows no terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from errno import ENOENT, ENOTDIR
from importlib.resources.abc import Traversable
from os import strerror
from os.path import exists, isdir
from pathlib import Path

from sopflow import bundled, definitions, dsl
from sopflow.errors import Finding, NotFound, UsageError, nearest
from sopflow.model import Sop

STDIN = "-"
_STDIN_SHOWN = "<stdin>"
_SHOWN = 8


def load(name: str, search: Sequence[str] = ()) -> Sop:
    """The definition that the user named; ``-`` is standard input. Raises as ``definitions.load``, and for a folder."""
    if name == STDIN:
        text = read_bytes(STDIN)
        return dsl.loads(text, format=_notation_of(STDIN, text), file=_STDIN_SHOWN)
    if is_folder(name):
        inside = [str(file) for file in definitions_in(name)[:_SHOWN]]
        raise UsageError(Finding("SOP605", fields={"name": name, "names": ", ".join(inside)}))
    return definitions.load(name, search=search)


def is_folder(name: str) -> bool:
    """Whether it is one; a name that cannot be a path is none."""
    return isdir(name)  # noqa: PTH112  # pathlib raises for a name that cannot be a path


def definitions_in(folder: str, *, none_will_do: bool = False) -> list[Path]:
    """The definitions in a folder and below it, hidden folders left out, in the order of their paths.

    Raises UsageError where there is none (unless ``none_will_do``), and where ``folder`` is none.
    """
    if not is_folder(folder):
        reason = strerror(ENOTDIR if exists(folder) else ENOENT)  # noqa: PTH110  # as below
        raise UsageError(Finding("SOP190", fields={"file": folder, "reason": reason}))
    all_ = (file for ending in bundled.ENDINGS for file in Path(folder).rglob(f"*{ending}") if file.is_file())
    found = sorted(file for file in all_ if not _is_hidden(file.relative_to(folder)))
    if not found and not none_will_do:
        fields = {"folder": folder, "endings": ", ".join(bundled.ENDINGS)}
        raise UsageError(Finding("SOP606", fields=fields))
    return found


def models_in(folder: str) -> list[Path]:
    """The files in a folder and below it that may be models of other tools, in the order of their paths."""
    from sopflow.analysis import nets

    all_ = (file for ending in nets.ENDINGS for file in Path(folder).rglob(f"*{ending}") if file.is_file())
    return sorted(file for file in all_ if not _is_hidden(file.relative_to(folder)))


def _is_hidden(file: Path) -> bool:
    """Whether a folder on the way to it, or it itself, begins with a dot: tools keep copies of theirs there."""
    return any(part.startswith(".") for part in file.parts)


def is_library(file: Traversable) -> bool:
    """Whether a file that is called like a definition only holds what definitions include."""
    return dsl.is_library(dsl.format_of(file.name).read(file.read_bytes(), str(file)))


def read_document(file: str) -> dsl.Document:
    """A file of data or a script, in YAML or JSON; ``-`` is standard input. Its faults are findings of the document.

    Raises UsageError where the file cannot be read.
    """
    text = read_bytes(file)
    notation = _notation_of(file, text)
    reader = next(known for known in dsl.formats() if known.name == notation)
    return reader.read(text, _STDIN_SHOWN if file == STDIN else file)


def read_bytes(file: str) -> bytes:
    """All that is in a file. Raises UsageError where it cannot be read, with the nearest names where it is missing."""
    if file == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        raise NotFound(_missing(Path(file))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(Finding("SOP190", fields={"file": file, "reason": reason})) from None


def _missing(file: Path) -> Finding:
    folder = file.absolute().parent
    try:
        there = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        there = []
    names = ", ".join(nearest(file.name, there, most=3) or there[:_SHOWN]) or "–"
    return Finding("SOP603", fields={"name": str(file), "folder": str(folder), "names": names})


def _notation_of(file: str, text: bytes) -> str:
    """The notation by the file's name, else by what its text is: not all JSON is YAML, for a tab may stand in it."""
    if file != STDIN:
        try:
            return dsl.format_of(file).name
        except UsageError:
            pass
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return "yaml"
    return "json"
