"""The files around a definition: those that it can include, and the languages beside it; knows what is in none.

Remembers what it gave, so as to tell later whether it would give the same again. Contents are compared: the size and
the time of a file may stay what they were when it is changed.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from sopflow.dsl._document import Document
from sopflow.dsl._format import format_of
from sopflow.errors import Finding, NotFound, SopflowError, UsageError, nearest
from sopflow.model import is_language

ENDINGS = (".sop.yaml", ".sop.yml", ".sop.json")


class Around:
    """What stands around the definition in ``file``; its methods raise UsageError where a file cannot be read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._included: dict[str, tuple[Path | None, bytes]] = {}
        self._translated: dict[str, tuple[Path | None, bytes]] = {}

    @cached_property
    def known(self) -> dict[str, Path]:
        """What could be included, by name."""
        return _definitions(self._file.parent)

    def include(self, name: str) -> Document | None:
        """The document of the included ``name``; None if there is none."""
        file = self.known.get(name)
        self._included[name] = file, b"" if file is None else content(file)
        return None if file is None else read_document(file, self._included[name][1])

    def texts(self) -> dict[str, Document]:
        """The documents ``texts/NAME.LANGUAGE.yaml``, by language."""
        files = _translations(self._file)
        self._translated = {language: (file, content(file)) for language, file in files.items()}
        return {language: read_document(file, self._translated[language][1]) for language, file in files.items()}

    def is_unchanged(self) -> bool:
        """Whether all that was given would be given again."""
        now = Around(self._file)
        try:
            for name in self._included:
                file = now.known.get(name)
                now._included[name] = file, b"" if file is None else content(file)
            now._translated = {language: (file, content(file)) for language, file in _translations(self._file).items()}
        except SopflowError:
            return False
        return (now._included, now._translated) == (self._included, self._translated)


def content(file: Path) -> bytes:
    """What is in ``file``; raises NotFound with the nearest names, and UsageError where it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFound(_missing(file)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(Finding("SOP190", fields={"file": str(file), "reason": reason})) from None


def read_document(file: Path, raw: bytes) -> Document:
    """The document of ``file``, which holds ``raw``; raises UsageError if its notation is not known."""
    return format_of(file.name).read(raw, str(file))


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


def _translations(file: Path) -> dict[str, Path]:
    """The files ``texts/NAME.LANGUAGE.yaml`` beside the definition ``file``, by language."""
    own = next((file.name.removesuffix(ending) for ending in ENDINGS if file.name.endswith(ending)), "")
    if not own:
        return {}
    found: dict[str, Path] = {}
    for other in sorted((file.parent / "texts").glob("*.yaml")):
        stem, _, language = other.name.removesuffix(".yaml").rpartition(".")
        if stem == own and is_language(language):
            found[language] = other
    return found


def _missing(file: Path) -> Finding:
    folder = next((above for above in file.absolute().parents if above.is_dir()), Path())
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    close = nearest(file.name, names, most=3) or names[:8]
    fields = {"name": str(file), "folder": str(folder), "names": ", ".join(close) or "–"}
    return Finding("SOP603", fields=fields)
