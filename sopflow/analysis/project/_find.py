"""Finding the file of a project and reading it; knows folders and names of files."""

from __future__ import annotations

import tomllib
from os import PathLike, fspath
from pathlib import Path

from sopflow.analysis.project._settings import Project, project_of
from sopflow.analysis.project._toml import read_toml
from sopflow.errors import Finding, NotFound, UsageError

OWN = "sopflow.toml"
SHARED = "pyproject.toml"
_SECTION = ("tool", "sopflow")


def find(place: str | PathLike[str]) -> Path | None:
    """The project's file that is nearest to ``place``, a file or a folder, upward; None where there is none.

    In one folder ``sopflow.toml`` goes before a ``pyproject.toml`` with a table ``[tool.sopflow]``.
    """
    start = Path(place).absolute()
    for folder in (start, *start.parents):
        own, shared = folder / OWN, folder / SHARED
        if own.is_file():
            return own
        if shared.is_file() and _speaks_of_us(shared):
            return shared
    return None


def read(file: str | PathLike[str]) -> Project:
    """What ``file`` says; what is wrong with it are findings of the project.

    Raises:
        NotFound: there is no such file.
        UsageError: it cannot be read.
    """
    path = Path(file)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        folder = path.absolute().parent
        names = ", ".join(sorted(other.name for other in folder.glob("*.toml"))) or "–"
        fields = {"name": fspath(file), "folder": str(folder), "names": names}
        raise NotFound(Finding("SOP603", fields=fields)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(Finding("SOP190", fields={"file": fspath(file), "reason": reason})) from None
    return project_of(read_toml(raw, str(path)), _SECTION if path.name == SHARED else ())


def _speaks_of_us(file: Path) -> bool:
    """Whether a ``pyproject.toml`` has our table; one that cannot be read may have."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    if "sopflow" not in text:
        return False
    try:
        tool = tomllib.loads(text).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError):
        return "tool.sopflow" in text
    return isinstance(tool, dict) and "sopflow" in tool
