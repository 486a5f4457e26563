"""The notations that files come in: a port, YAML and JSON behind it, and the door for other packages'."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, runtime_checkable

from sopflow.dsl._document import Document
from sopflow.dsl._dump import write_json, write_yaml
from sopflow.dsl._json import read_json
from sopflow.dsl._yaml import read_yaml
from sopflow.errors import Finding, UsageError

GROUP = "sopflow.formats"
"""The entry-point group under which packages offer a :class:`Format` (an object, or a class without arguments)."""


@runtime_checkable
class Format(Protocol):
    """A notation."""

    @property
    def name(self) -> str:
        """Its name, as in ``--to NAME``."""

    @property
    def endings(self) -> tuple[str, ...]:
        """The ends of file names that it claims, such as ``.sop.yaml``; the first is what new files get."""

    def read(self, text: str | bytes, file: str) -> Document:
        """Read one file; problems are findings of the document, never exceptions."""

    def write(self, data: object) -> str:
        """The text of a file that holds ``data``; reading it gives equal data."""


@dataclass(frozen=True, slots=True)
class YamlFormat:
    """YAML 1.2, core schema."""

    name: str = "yaml"
    endings: tuple[str, ...] = (".sop.yaml", ".sop.yml", ".yaml", ".yml")

    def read(self, text: str | bytes, file: str) -> Document:
        return read_yaml(text, file)

    def write(self, data: object) -> str:
        return write_yaml(data)


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """JSON as in RFC 8259."""

    name: str = "json"
    endings: tuple[str, ...] = (".sop.json", ".json")

    def read(self, text: str | bytes, file: str) -> Document:
        return read_json(text, file)

    def write(self, data: object) -> str:
        return write_json(data)


_OURS = (YamlFormat(), JsonFormat())
_OURS_ALWAYS = {ending: known for known in _OURS for ending in known.endings if ending.startswith(".sop.")}


def formats() -> tuple[Format, ...]:
    """Every notation that can be used: ours first, then those of other packages by name."""
    return (*_OURS, *_discovered()[0])


def format_of(filename: str) -> Format:
    """The notation of a file by the end of its name: the longest end wins, ours before others'.

    What ends in ``.sop.yaml``, ``.sop.yml`` or ``.sop.json`` is always ours.

    Raises :class:`UsageError` if there is none.
    """
    name = filename.lower()
    for ending, ours in _OURS_ALWAYS.items():
        if name.endswith(ending):
            return ours  # without a look at what is installed
    claims = [(len(ending), known) for known in formats() for ending in known.endings if name.endswith(ending)]
    if claims:
        return max(claims, key=lambda claim: claim[0])[1]
    broken = _discovered()[1]
    if broken:
        raise UsageError(broken[0])
    endings = ", ".join(known.endings[0] for known in formats())
    raise UsageError(Finding("SOP061", fields={"file": filename, "endings": endings}))


@lru_cache(maxsize=1)
def _discovered() -> tuple[tuple[Format, ...], tuple[Finding, ...]]:
    """Other packages' notations, and a finding for each that cannot be loaded (it must not hurt the rest)."""
    from importlib.metadata import entry_points  # noqa: PLC0415  # it takes a while, and most files are in ours

    found: list[Format] = []
    broken: list[Finding] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            offered = entry.load()
            known = offered() if isinstance(offered, type) else offered
        except Exception as error:  # noqa: BLE001 - a foreign module may fail in any way, and must not hurt the rest
            broken.append(Finding("SOP062", fields={"name": entry.name, "reason": f"{type(error).__name__}: {error}"}))
            continue
        if isinstance(known, Format):
            found.append(known)
        else:
            broken.append(Finding("SOP062", fields={"name": entry.name, "reason": type(known).__name__}))
    return tuple(found), tuple(broken)
