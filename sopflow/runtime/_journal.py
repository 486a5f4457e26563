"""What happened in a run, told as lines: one for each event, and one for each thing the engine concluded from it.

A line is plain data with stable keys (``seq at event step by …``), ready for JSON. The names of events and notes
are those of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sopflow.engine import RunState, path_of, roles_of
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.program import Program
from sopflow.values import write

Line = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Where:
    """The run that a line is about: its program, its state after the event, and its path in the parent run.

    ``paths`` are the paths of openings that the engine has told, where steps have items.
    """

    program: Program
    state: RunState
    prefix: str = ""
    paths: Mapping[int, str] = field(default_factory=dict)

    def path(self, step: int, opening: int | None = None) -> str:
        """The full path of a step: through the calls above it, with the item that the opening is about."""
        if not self.program.has_locals or opening is None:
            return self.prefix + self.program.steps[step].path
        known = self.paths.get(opening)
        here = self.state.open.get(opening)
        if known is None and here is not None:
            known = path_of(self.program, self.state, here)
        return self.prefix + (known or self.program.steps[step].path)


def lines_of(
    where: Where, event: ev.Event, notes: tuple[fx.Note, ...], step: int | None
) -> Iterator[dict[str, object]]:
    """The lines for one accepted event; ``step`` is the step of the opening it named."""
    at = event.at or where.state.at
    stamp = _stamp(at, where.program)
    if not isinstance(event, ev.TimerFired):
        yield {"at": stamp, "event": type(event).__name__, **_about_event(where, event, step)}
    for note in notes:
        yield {"at": stamp, "event": type(note).__name__, **_about_note(where, note)}


def _stamp(at: datetime | None, program: Program) -> str | None:
    if at is None:
        return None
    try:
        return at.astimezone(program.zone).isoformat()
    except OverflowError:  # at the very end of the calendar
        return at.isoformat()


def _about_event(where: Where, event: ev.Event, step: int | None) -> dict[str, object]:
    about: dict[str, object] = {} if step is None else {"step": where.path(step, getattr(event, "opening", None))}
    if event.by is not None:
        about["by"] = event.by
    match event:
        case ev.Started(data=data):
            about |= {"program": where.program.name, "version": where.program.version, "data": _typed(where, data)}
        case ev.StepDone(outcome=outcome, data=data, evidence=evidence):
            about |= _given(outcome=outcome, data=_typed(where, data), evidence=write(list(evidence)))
        case ev.Answered(field=field, value=value, assumed=assumed):
            about |= {"field": field, "value": write(value)} | _given(assumed=assumed)
        case ev.Voted(verdict=verdict, why=why):
            about |= {"verdict": verdict} | _given(why=why)
        case ev.MessageCame(name=name, data=data):
            about |= {"message": name, "data": write(dict(data))}
        case ev.DataSet(changes=changes, why=why):
            about |= {"data": _typed(where, changes)} | _given(why=why)
        case ev.ChildEnded(outcome=outcome):
            about |= {"outcome": outcome}
        case ev.Reassigned(to=to, why=why):
            about |= {"to": to} | _given(why=why)
        case ev.Ticked(item=item):
            about |= {"item": item}
        case ev.Skipped(why=why, outcome=outcome):
            about |= _given(why=why, outcome=outcome)
        case ev.Jumped(to=target, why=why):
            about |= {"to": where.path(target)} | _given(why=why)
        case ev.Suspended(why=why) | ev.Resumed(why=why) | ev.Cancelled(why=why) | ev.Retried(why=why):
            about |= _given(why=why)
    return about


def _about_note(where: Where, note: fx.Note) -> dict[str, object]:
    if isinstance(note, fx.Ended):
        return {"outcome": note.outcome, "status": note.status} | _given(run=where.prefix.rstrip("."))
    about: dict[str, object] = {"step": where.path(note.step, note.opening)}
    match note:
        case fx.Opened(opening=number, due=due):
            opening = where.state.open.get(number)
            step = where.program.steps[note.step]
            roles = roles_of(where.program, step, opening) if opening else step.people.by
            about |= _given(
                role=", ".join(roles), due=due.iso() if due else None, asks=list(opening.asked) if opening else None
            )
        case fx.Held(until=until):
            about |= {"until": _stamp(until, where.program)}
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
    return about


def _typed(where: Where, data: Mapping[str, object]) -> object:
    """Data as plain JSON, each value as its field reads it: a price of 48.50 is written "48.50" wherever it stands."""
    program = where.program
    read = {
        path: program.fields[path].read(raw, program.zone) if path in program.fields and raw is not None else raw
        for path, raw in data.items()
    }
    return write(read)


def _given(**values: object) -> dict[str, object]:
    """Only those that say something."""
    return {name: value for name, value in values.items() if value not in (None, "", False, [], {})}
