"""What happened in a run, told as lines: one for each event, and one for each thing the engine concluded from it.

A line is plain data with stable keys (``seq at event step by …``), ready for JSON. The names of events and notes
are those of the engine, but for a step that ``Stopped``: its line says ``Incident``. Lines are made when somebody asks
for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sopflow.engine import Accepted
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.program import Program
from sopflow.runtime._node import Node
from sopflow.values import write

Line = Mapping[str, object]

NOBODY: Mapping[int, str] = {}


class Entry(NamedTuple):
    """An accepted event, and what is needed to tell of it when the run has gone on.

    ``step`` is the step of the opening that the event named, ``at`` the time on the run's clock then; ``handed`` are
    those who had got a step that has opened now.
    """

    node: Node
    program: Program
    event: ev.Event
    outcome: Accepted
    at: datetime | None
    step: int | None
    handed: Mapping[int, str] = NOBODY

    def path(self, step: int, opening: int | None = None) -> str:
        """The full path of a step: through the calls above it, with the items that the opening is about."""
        known = self.node.paths.get(opening) if opening is not None else None
        return self.node.prefix + (known or self.program.steps[step].path)


class Journal:
    """The entries of a run and of all below it, in the order in which they happened."""

    __slots__ = ("_entries", "_lines", "_told")

    def __init__(self, entries: list[Entry] | None = None) -> None:
        self._entries = entries if entries is not None else []
        self._lines: list[Line] = []
        self._told = 0  # how many entries are lines already

    def __len__(self) -> int:
        return len(self._entries)

    def note(self, entry: Entry) -> None:
        """Something has happened."""
        self._entries.append(entry)

    def cut(self, length: int) -> None:
        """Only the first so many entries have happened after all."""
        del self._entries[length:]
        if self._told > length:
            self._lines, self._told = [], 0

    def copy(self) -> Journal:
        """One that goes on by itself."""
        return Journal(list(self._entries))

    @property
    def lines(self) -> list[Line]:
        """All lines, numbered from 1; the list is the journal's own."""
        lines = self._lines
        for entry in self._entries[self._told :]:
            lines.extend({"seq": len(lines) + 1, **line} for line in _one_by_one(entry))
        self._told = len(self._entries)
        return lines


def _one_by_one(entry: Entry) -> Iterator[dict[str, object]]:
    stamp = stamped(entry.at, entry.program)
    if not isinstance(entry.event, ev.TimerFired):
        yield {"at": stamp, "event": type(entry.event).__name__, **_about_event(entry)}
    for note in entry.outcome.notes:
        name = "Incident" if isinstance(note, fx.Stopped) else type(note).__name__
        yield {"at": stamp, "event": name, **_about_note(entry, note)}


def stamped(at: datetime | None, program: Program) -> str | None:
    """An instant as ISO 8601 in the SOP's time zone."""
    if at is None:
        return None
    try:
        return at.astimezone(program.zone).isoformat()
    except OverflowError:  # at the very end of the calendar
        return at.isoformat()


def _about_event(entry: Entry) -> dict[str, object]:
    event, program = entry.event, entry.program
    about: dict[str, object] = {}
    if entry.step is not None:
        about["step"] = entry.path(entry.step, getattr(event, "opening", None))
    if event.by is not None:
        about["by"] = event.by
    match event:
        case ev.Started(data=data):
            about |= {"program": program.name, "version": program.version, "data": _typed(entry, data)}
        case ev.StepDone(outcome=outcome, data=data, evidence=evidence):
            about |= _given(outcome=outcome, data=_typed(entry, data), evidence=write(list(evidence)))
        case ev.Answered(field=field, value=value, assumed=assumed):
            about |= {"field": field, "value": write(value)} | _given(assumed=assumed)
        case ev.Voted(verdict=verdict, why=why):
            about |= {"verdict": verdict} | _given(why=why)
        case ev.MessageCame(name=name, data=data):
            about |= {"message": name, "data": write(dict(data))}
        case ev.DataSet(changes=changes, why=why):
            about |= {"data": _typed(entry, changes)} | _given(why=why)
        case ev.ChildEnded(outcome=outcome):
            about |= {"outcome": outcome}
        case ev.Claimed(to=to):
            about |= _given(to=to)
        case ev.Reassigned(to=to, why=why):
            about |= {"to": to} | _given(why=why)
        case ev.Ticked(item=item):
            about |= {"item": item}
        case ev.HandlerFailed(attempt=attempt, error=error):
            about |= {"attempt": attempt, "error": error}
        case ev.Granted() if entry.step is not None:
            about |= {"resources": list(program.steps[entry.step].holds)}
        case ev.ItemAdded(item=item, why=why):
            about |= {"item": write(item)} | _given(why=why)
        case ev.ItemDropped(item=number, why=why):
            about |= {"item": number + 1} | _given(why=why)
        case ev.Skipped(why=why, outcome=outcome):
            about |= _given(why=why, outcome=outcome)
        case ev.Jumped(to=target, why=why):
            about |= {"to": entry.path(target)} | _given(why=why)
        case ev.Migrated(program=new, steps=steps, why=why, undone=undone):
            about |= {"program": new, "steps": dict(steps)} | _given(why=why, undone=undone)
        case _:
            about |= _given(why=getattr(event, "why", ""))
    return about


def _about_note(entry: Entry, note: fx.Note) -> dict[str, object]:
    if isinstance(note, fx.Ended):
        return {"outcome": note.outcome, "status": note.status} | _given(run=entry.node.prefix.rstrip("."))
    about: dict[str, object] = {"step": entry.path(note.step, note.opening)}
    match note:
        case fx.Opened(opening=number, due=due):
            roles, asks = _people(entry, number, note.step)
            about |= _given(role=", ".join(roles), due=due.iso() if due else None, asks=list(asks))
        case fx.Held(until=until):
            about |= {"until": stamped(until, entry.program)}
        case fx.Judged(inputs=inputs, rule=rule, result=result):
            about |= {"inputs": write(dict(inputs)), "rule": rule, "result": result}
        case fx.Closed(outcome=outcome):
            about |= {"outcome": outcome}
        case fx.PassedOver(why=why) | fx.Withdrawn(why=why):
            about |= {"why": why}
        case fx.Overdue(due=due):
            about |= {"due": due.iso()}
        case fx.Reminded(to=reminded):
            about |= {"to": ", ".join(reminded)}
        case fx.Escalated(to=told, handed_over=handed_over):
            about |= {"to": told, "handed_over": handed_over}
        case fx.Replanned(due=due):
            about |= {"due": due.iso() if due else None}
        case fx.Failed(attempt=attempt, error=error, again=again):
            about |= {"attempt": attempt, "error": error} | _given(again=stamped(again, entry.program))
        case fx.Stopped(error=error):
            about |= {"error": error}
        case fx.Moved(was=was):
            about |= {"was": was}
    return about


def _people(entry: Entry, number: int, step: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who may do a step that has opened, and which fields it asks for: as it was offered, or asked."""
    people = entry.program.steps[step].people
    to = entry.handed.get(number)
    given: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    for effect in entry.outcome.effects:
        if isinstance(effect, fx.Offer | fx.Ask) and effect.opening == number:
            given, asks = effect.roles, effect.fields if isinstance(effect, fx.Ask) else ()
    by = given if people.by_cases is not None else people.by
    return (to,) if to is not None else (*by, *people.may) or given, asks


def _typed(entry: Entry, data: Mapping[str, object]) -> object:
    """Data as plain JSON, each value as its field reads it: a price of 48.50 is written "48.50" wherever it stands."""
    program = entry.program
    parts = program.steps[entry.step].parts if entry.step is not None and entry.step >= 0 else {}
    read: dict[str, object] = {}
    for path, raw in data.items():
        field = parts[path].field if path in parts else program.fields.get(path)
        read[path] = raw if field is None or raw is None else field.read(raw, program.zone)
    return write(read)


def _given(**values: object) -> dict[str, object]:
    """Only those that say something."""
    return {name: value for name, value in values.items() if value not in (None, "", False, [], {})}
