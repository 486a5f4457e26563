"""``sopflow check --fix`` and ``--diff``: mended texts, written so that a file is either as it was or whole.

Knows files and what is shown; which mends are safe the room below says.
"""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from os.path import isfile
from pathlib import Path

from sopflow import dsl
from sopflow.analysis.mends import Mended, mend
from sopflow.cli._files import STDIN, definitions_in, is_folder
from sopflow.cli._out import Out
from sopflow.cli._projects import Projects
from sopflow.errors import Finding, SopflowError, UsageError

_BOM = "\ufeff"


def fixed(out: Out, paths: Sequence[str], projects: Projects, *, preview: bool) -> bool:
    """Mend the files that ``paths`` mean, or with ``preview`` show how; whether there was something to mend.

    Raises UsageError where a path is no file that could be written: standard input, or a definition by its name.
    """
    found = False
    for file in _files(paths):
        if _fixed(out, file, projects, preview=preview):
            found = True
    return found


def _files(paths: Sequence[str]) -> Iterator[Path]:
    """The files, each once."""
    seen: set[Path] = set()
    for path in paths:
        if path == STDIN:
            raise UsageError(Finding("SOP660", fields={"one": "--fix", "other": STDIN}))
        for file in _below(path) if is_folder(path) else [Path(path)]:
            if file not in seen and isfile(file):  # noqa: PTH113  # says no to a name that cannot be a path
                seen.add(file)
                yield file


def _below(folder: str) -> list[Path]:
    try:
        return definitions_in(folder)
    except UsageError:
        return []  # the check will tell


def _fixed(out: Out, file: Path, projects: Projects, *, preview: bool) -> bool:
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
        notation = dsl.format_of(file.name)
    except (OSError, UnicodeDecodeError, SopflowError):
        return False  # the check will tell
    head, ends = (_BOM if text.startswith(_BOM) else ""), text.count("\r\n")
    if "\r" in text and not text.count("\n") == text.count("\r") == ends:
        return False  # lines that end in two ways could not be kept as they are

    def written(plain: str) -> bytes:
        return (head + (plain.replace("\n", "\r\n") if ends else plain)).encode()

    plain = text.removeprefix(_BOM).replace("\r\n", "\n")
    if written(plain) != raw:
        return False
    done = mend(
        plain,
        read=lambda words: notation.read(words, str(file)),
        judge=lambda words: projects.check(str(file), written(words)),
    )
    if not done.mended:
        return False
    if preview:
        _show_difference(out, file, plain, done.text)
    else:
        _replace(file, raw, written(done.text))
        _tell(out, done)
    return True


def _show_difference(out: Out, file: Path, before: str, after: str) -> None:
    shown = file.as_posix().lstrip("/")
    for line in difflib.unified_diff(before.split("\n"), after.split("\n"), f"a/{shown}", f"b/{shown}", lineterm=""):
        out.line(line)


def _tell(out: Out, done: Mended) -> None:
    for finding in done.mended:
        said = f"{finding.place}: {out.say('mended', '已修正')} {finding.code}: {finding.text(out.lang)}"
        out.note(said)


def _replace(file: Path, before: bytes, after: bytes) -> None:
    """Write ``after`` beside the file and put it in its place: whoever reads meanwhile sees the one or the other."""
    target = file.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(after)
        shutil.copymode(target, beside)
        if target.read_bytes() == before:  # else somebody has written it meanwhile
            beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
