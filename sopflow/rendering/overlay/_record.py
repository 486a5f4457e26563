"""What a run did, as plain data: of a run in memory, or of what ``sopflow run --json`` printed.

Knows the shape of a history's lines and of work items, nothing of pictures.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from sopflow.errors import Finding, UsageError

if TYPE_CHECKING:
    from sopflow.engine import RunState
    from sopflow.program import Program

Line = Mapping[str, object]


class OpenStep(Protocol):
    """An open or waiting step of a run: :class:`sopflow.runtime.WorkItem` is one."""

    @property
    def step(self) -> str: ...  # as there
    @property
    def phase(self) -> str: ...
    @property
    def due(self) -> date | datetime | None: ...
    @property
    def late(self) -> bool: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def error(self) -> str: ...
    @property
    def claimed(self) -> str: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def asks(self) -> tuple[str, ...]: ...
    @property
    def resources(self) -> tuple[str, ...]: ...


class Running(Protocol):
    """A run as it can be drawn: :class:`sopflow.Run` is one."""

    @property
    def program(self) -> Program: ...  # as there
    @property
    def state(self) -> RunState: ...
    @property
    def history(self) -> Sequence[Line]: ...
    @property
    def open(self) -> Sequence[OpenStep]: ...
    @property
    def waiting(self) -> Sequence[OpenStep]: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def outcome(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """An open step: its path with items, what it waits for, and times as ISO text ("": none)."""

    step: str
    phase: str
    late: bool = False
    due: str = ""
    until: str = ""
    error: str = ""
    claimed: str = ""
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What a run did and how it stands: ``lines`` are those of its history, ``at`` is ISO text."""

    program: str
    version: str
    status: str
    outcome: str
    at: str
    lines: tuple[Line, ...]
    open: tuple[Standing, ...] = field(default=())


def record_of(run: Running | Record) -> Record:
    """The record of a run; of a record, itself."""
    if isinstance(run, Record):
        return run
    zone = run.program.zone
    return Record(
        program=run.program.name,
        version=run.program.version,
        status=run.state.status,
        outcome=run.outcome or "",
        at=run.at.astimezone(zone).isoformat() if run.at is not None else "",
        lines=tuple(run.history),
        open=tuple(
            Standing(
                step=item.step,
                phase=item.phase,
                late=item.late,
                due=item.due.isoformat() if item.due is not None else "",
                until=item.until.astimezone(zone).isoformat() if item.until is not None else "",
                error=item.error,
                claimed=item.claimed,
                roles=item.roles,
                needs=item.asks or item.resources,
            )
            for item in (*run.open, *run.waiting)
        ),
    )


def read_record(text: bytes, file: str) -> Record:
    """The record in what ``sopflow run --json`` printed.

    Raises UsageError (SOP822) where a line of it is something else, or its last line, how the run stands, is missing.
    """
    lines: list[Line] = []
    last: Line | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or not (isinstance(said.get("event"), str) or isinstance(said.get("run"), str)):
            raise UsageError(Finding("SOP822", fields={"file": file, "line": number}))
        if "event" in said:
            lines.append(said)
        else:
            last = said
    if last is None:
        raise UsageError(Finding("SOP822", fields={"file": file, "line": len(text.splitlines()) + 1}))
    return Record(
        program=_text(last.get("run")),
        version=_text(last.get("version")),
        status=_text(last.get("status")),
        outcome=_text(last.get("outcome")),
        at=_text(last.get("at")),
        lines=tuple(lines),
        open=tuple(_standing(item) for key in ("open", "waiting") for item in _maps(last.get(key))),
    )


def _standing(item: Line) -> Standing:
    return Standing(
        step=_text(item.get("step")),
        phase=_text(item.get("phase")),
        late=item.get("late") is True,
        due=_text(item.get("due")),
        until=_text(item.get("until")),
        error=_text(item.get("error")),
        claimed=_text(item.get("claimed")),
        roles=tuple(role for role in _text(item.get("role")).split(", ") if role),
        needs=_texts(item.get("asks")) or _texts(item.get("resources")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _maps(value: object) -> Iterable[Line]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
