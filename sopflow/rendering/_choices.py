"""Names that people give: checked, and refused with the nearest that there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sopflow.errors import Finding, NotFound, UsageError, nearest


def check_choice(code: str, given: str, known: Sequence[str]) -> None:
    """Raise UsageError unless ``given`` is one of ``known``."""
    if given not in known:
        raise UsageError(Finding(code, fields=_fields(given, known, none="")))


def check_known(code: str, name: str, known: Sequence[str]) -> None:
    """Raise NotFound unless ``name`` is one of ``known``, parts of the definition."""
    if name not in known:
        raise NotFound(Finding(code, fields=_fields(name, known, none="–")))


def _fields(name: str, known: Sequence[str], *, none: str) -> Mapping[str, object]:
    close = nearest(name, known)
    return {"name": name, "nearest": close[0] if close else "", "known": ", ".join(known) or none}
