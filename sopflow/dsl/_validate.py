"""From plain data to a model, and from pydantic's errors to findings with places."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from sopflow.dsl._document import Document
from sopflow.errors import Finding
from sopflow.model import Node

Path = tuple[str | int, ...]
M = TypeVar("M", bound=Node)
_NOTHING = object()
# Findings that say that something is not there: misleading where a part of the file could not be read.
_ABSENCES = frozenset(
    "SOP103 SOP106 SOP110 SOP111 SOP112 SOP116 SOP119 SOP153 SOP154 SOP160 SOP162 SOP163 SOP164 SOP165 SOP167 SOP170"
    " SOP172 SOP183 SOP184".split()
)


def findings_of(model: type[M], data: object, document: Document | None) -> tuple[M | None, list[Finding]]:
    """``data`` as a ``model`` (None if they are not one), and what is wrong with them.

    Without a document the findings have no place.
    """
    try:
        return model.read(data), []
    except ValueError:
        pass  # `read` is quick; what is wrong, pydantic's way tells with the path of each
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        found = _findings(data, document, error)
        return None, audible(found, document) if document is not None else found


def audible(findings: list[Finding], document: Document) -> list[Finding]:
    """``findings`` less those that only echo what the notation has said already."""
    told = {(finding.place.line, finding.place.column) for finding in document.findings if finding.place}
    return [
        finding
        for finding in findings
        if (document.whole or finding.code not in _ABSENCES)
        and not (finding.place and (finding.place.line, finding.place.column) in told)
    ]


def _findings(data: object, document: Document | None, error: ValidationError) -> list[Finding]:
    found = []
    for one in error.errors(include_url=False, include_input=False):
        context = one.get("ctx", {})
        path = existing(data, one["loc"])
        if document is not None and not document.whole and path and _value(data, path) is None:
            continue  # the notation has told why there is no value here
        at_key = bool(context.get("at_key"))
        place = document.place(path, key=at_key) if document is not None else None
        found.append(Finding(one["type"], place=place, path=show_path(data, path), fields=context.get("fields", {})))
    return found


def existing(data: object, path: Path) -> Path:
    """``path`` as it was written: a short form lacks the keys of the long form, which models speak of."""
    found: list[str | int] = []
    for part in path:
        inside = _inside(data, part)
        if inside is not _NOTHING:
            found.append(part)
            data = inside
    return tuple(found)


def show_path(data: object, path: Path) -> str:
    """``path`` in words: ``steps.is-free.yes``; what stands in a list goes by its ``id`` if it has one."""
    shown: list[str] = []
    for part in path:
        inside = _inside(data, part)
        name = inside.get("id") if isinstance(data, list) and isinstance(inside, dict) else None
        shown.append(name if isinstance(name, str) else str(part))
        data = inside
    return ".".join(shown)


def _value(data: object, path: Path) -> object:
    for part in path:
        data = _inside(data, part)
    return data


def _inside(data: object, part: str | int) -> object:
    match data:
        case dict():
            return data.get(part, _NOTHING)
        case list() if isinstance(part, int) and 0 <= part < len(data):
            return data[part]
        case _:
            return _NOTHING
