"""What a plan or a forecast is given: data as a caller writes them, read as the program's fields say."""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.errors import Finding, Problem, UsageError, nearest
from sopflow.program import Program


def known(program: Program, data: Mapping[str, object] | None) -> dict[str, object]:
    """``data``, nested or by dotted path, as values by dotted path; what is None is not known, and left out.

    Raises UsageError for a name that is no field, and for a value that does not fit its field.
    """
    found: dict[str, object] = {}
    todo = [(str(name), value) for name, value in (data or {}).items()]
    while todo:
        path, raw = todo.pop(0)
        field = program.fields.get(path)
        if field is None and isinstance(raw, Mapping):
            todo += [(f"{path}.{name}", inner) for name, inner in raw.items()]
        elif field is None:
            near = nearest(path, program.fields)
            raise UsageError(Finding("SOP709", path=path, fields={"name": path, "nearest": near[0] if near else ""}))
        elif raw is not None:
            value = field.read(raw, program.zone)
            if isinstance(value, Problem):
                raise UsageError(value.at(None, path=path))
            found[path] = value
    return found
