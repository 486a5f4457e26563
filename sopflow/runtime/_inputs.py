"""What people hand in to a run: nested data as dotted paths, times as people write them; and how it says no.

It reads no clock and knows no state.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, datetime, time, timedelta

from sopflow.errors import Finding, Problem, Refused, UsageError
from sopflow.program import Program, Step

When = datetime | date | str | None


def flatten(program: Program, data: Mapping[str, object], step: Step | None = None) -> dict[str, object]:
    """A nested map as dotted paths, down to the declared fields, also of the items that ``step`` is about.

    Names that are not declared stay, to be refused.

    Raises Refused for what is no map, and for a field that is given both ways.
    """
    declared: Container[str] = program.fields if step is None or not step.parts else {*program.fields, *step.parts}
    flat: dict[str, object] = {}
    stack = [*reversed(a_map(data).items())]
    while stack:
        path, value = stack.pop()
        if isinstance(value, Mapping) and path not in declared:
            stack += [(f"{path}.{name}", inner) for name, inner in reversed(list(value.items()))]
        elif path in flat:
            raise refused("type", Problem("SOP750", fields={"name": path}))
        else:
            flat[path] = value
    return flat


def a_map(data: object) -> dict[str, object]:
    """``data`` as a map of one's own; nothing is an empty one. Raises Refused for what is none."""
    if data is not None and not isinstance(data, Mapping):
        raise refused("type", Problem("SOP742", fields={"value": data}))
    return {str(name): value for name, value in (data or {}).items()}


def nested(data: Mapping[str, object]) -> dict[str, object]:
    """Dotted paths as a nested map: what :func:`flatten` took apart."""
    tree: dict[str, object] = {}
    for path, value in data.items():
        *folders, leaf = path.split(".")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})  # type: ignore[assignment]  # only maps are put at a folder
        place[leaf] = value
    return tree


def instant(at: When, program: Program) -> datetime | None:
    """``at`` as an aware datetime: without a zone it is the SOP's, a date is its 00:00."""
    if at is None:
        return None
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at.strip())
        except ValueError:
            raise refused("clock", Problem("SOP735", fields={"at": at})) from None
    if isinstance(at, date) and not isinstance(at, datetime):
        at = datetime.combine(at, time())
    if not isinstance(at, datetime):
        raise refused("clock", Problem("SOP735", fields={"at": at}))
    return at if at.tzinfo else at.replace(tzinfo=program.zone)


def later(at: datetime, by: timedelta) -> datetime:
    """``at`` and so much more; refused past the end of the calendar."""
    try:
        return at + by
    except OverflowError:
        raise refused("clock", Problem("SOP735", fields={"at": by})) from None


def a_program(program: object) -> Program:
    """``program``, if it is one. Raises UsageError: a definition is no program yet."""
    if isinstance(program, Program):
        return program
    raise UsageError(Finding("SOP743", fields={"what": type(program).__name__}))


def refused(code: str, problem: Problem) -> Refused:
    """The exception for what the engine refuses: ``code`` is the refusal's word."""
    return Refused(code, Finding(problem.code, fields=problem.fields), details=problem.fields)
