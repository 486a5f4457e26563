"""One event being handled: what it reads, writes and concludes. The rules stand in ``_rules.py``, on top of this.

This module knows data, watchers and timers; it decides nothing about where tokens go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from sopflow.calendars import Moment, Pace
from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._people import field_of
from sopflow.engine._plan import plan_of
from sopflow.engine._state import Opening, RunState
from sopflow.engine._times import deadline, moment_of, ticks
from sopflow.engine._view import View, evaluate, view_of, with_part
from sopflow.errors import Problem
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.program import Handler, Literal, Program, Step, Time, Value


class Turn:
    """The event, the run it happens to, and what comes of it: effects, notes, and moves still to be made."""

    __slots__ = (
        "changed",
        "effects",
        "event",
        "moves",
        "notes",
        "paths",
        "plan",
        "program",
        "quick",
        "state",
        "taken",
        "todo",
    )

    def __init__(self, program: Program, state: RunState, event: ev.Event) -> None:
        self.program = program
        self.plan = plan_of(program)
        self.state = state
        self.event = event
        self.quick = True  # plain steps may be taken the short way
        self.effects: list[fx.Effect] = []
        self.notes: list[fx.Note] = []
        self.paths: dict[int, str] = {}  # of openings below a for-each: the full path, with the item
        self.todo: list[tuple[Callable[..., None], tuple[object, ...]]] = []
        self.changed: dict[int, dict[str, None]] = {}  # openings that watch what was written → what it was
        self.moves = 0
        self.taken: dict[int, Mapping[str, object]] = {}  # what a message or a child said to an opening that closes

    def _open_with_times(self, opening: Opening, step: Step) -> None:
        """Set the timers, and say that the step is open."""
        opening.since = self.state.at
        self._set_times(opening, step)
        self._announce_opening(opening, step)

    def _announce_opening(self, opening: Opening, step: Step) -> None:
        """Say that the step is open; one whose deadline is past already is late at once."""
        opening.announced = True
        self.notes.append(fx.Opened(opening.id, step.index, opening.due))
        if step.handlers:
            self._arm(opening)
        self._say_if_late(opening, step)

    def _say_if_late(self, opening: Opening, step: Step) -> None:
        if opening.late and opening.due is not None:
            self.notes.append(fx.Overdue(opening.id, step.index, opening.due))
            self._happened(opening, "overdue")

    def _name(self, opening: Opening) -> str:
        return self.program.steps[opening.step].path if opening.step >= 0 else self.program.name

    def _arm(self, scope: Opening) -> None:
        """The scope has opened, with its handlers: see ``_handlers.py``."""

    def _happened(self, scope: Opening, what: str) -> bool:
        """``overdue`` or ``error`` happened: see ``_handlers.py``."""
        return False

    def _is_being_mended(self, scope: Opening) -> bool:
        """Whether an ``error`` handler of the scope is open: see ``_handlers.py``."""
        return False

    def _failed(self, opening: Opening) -> None:
        """There was an incident: see ``_handlers.py``."""

    def _handlers_of(self, scope: Opening) -> tuple[Handler, ...]:
        return self.program.handlers if scope.step < 0 else self.program.steps[scope.step].handlers

    def _set_times(self, opening: Opening, step: Step) -> None:
        times = step.times
        if times.due is None and not times.remind and not times.escalate:
            return
        if step.time_reads:
            self._watch(opening, step.time_reads)
        self._look_from(opening)
        program, state, now = self.program, self.state, self.state.at
        opening.due = moment_of(times.due, program, state, opening) if times.due is not None else None
        if opening.due is not None and not opening.late:
            late_at = deadline(opening.due, program.zone)
            opening.late = now is not None and late_at <= now
            if not opening.late:
                self._set_timer(opening, "due", late_at)
        for reminder in times.remind:
            at = ticks(reminder, program, state, opening, after=now)
            if at is not None:
                self._set_timer(opening, reminder.name, at)
        for escalation in times.escalate:
            moment = moment_of(escalation.at, program, state, opening)
            if moment is not None and now is not None:
                first_late = deadline(moment, program.zone)
                if first_late > now or escalation.name not in opening.told:
                    self._set_timer(opening, escalation.name, max(first_late, now))

    def _incident(self, opening: Opening, error: str) -> None:
        opening.phase, opening.error = "incident", error
        self.effects.append(fx.Incident(opening.id, opening.step, error))
        self.notes.append(fx.Stopped(opening.id, opening.step, error))
        self._failed(opening)

    def _view(self, opening: Opening, extra: Mapping[str, object] | None = None) -> View:
        """The data as this opening sees them."""
        return view_of(self.program, self.state, opening, extra)

    def _value(self, expression: Expression, opening: Opening) -> object:
        local = opening.step < 0 or self.plan.local[opening.step]
        return expression.evaluate(self._view(opening) if local else self.state.data)

    def _look_from(self, opening: Opening) -> None:
        """Times are read as this opening sees the data."""
        if opening.step >= 0 and self.plan.local[opening.step]:
            self._view(opening)

    def _value_of(self, path: str, opening: Opening) -> object:
        try:
            return self._view(opening)[path]
        except KeyError:
            return UNKNOWN

    def _reads(self, expression: Expression) -> tuple[str, ...]:
        """The fields an expression hangs on, through what is derived."""
        depends = self.program.depends
        return tuple(dict.fromkeys(path for name in expression.reads for path in depends.get(name, (name,))))

    def _write(self, path: str, value: object) -> None:
        data = self.state.data
        if value is None:
            data.pop(path, None)
        else:
            data[path] = value
        self.state.written[path] = self.state.seq
        self._touch(path)

    def _touch(self, path: str) -> None:
        """Those who watch ``path`` now are looked at again; who begins to watch later has seen what it is."""
        for number in self.state.watch.get(path, ()):
            self.changed.setdefault(number, {})[path] = None

    def _assign(self, opening: Opening, path: str, value: Value, view: View) -> Failure | None:
        """Write a computed value; one that is unknown forgets the field, one that fails is given back."""
        result = evaluate(value, view)
        if isinstance(result, Failure):
            return result
        field = field_of(self.program, self.program.steps[opening.step], path)
        if field is not None and result is not UNKNOWN and not isinstance(value, Literal):
            result = field.read(result, self.program.zone)
        if isinstance(result, Problem):
            return Failure(str(result))
        self._write_from(opening, path, None if result is UNKNOWN else result)
        return None

    def _write_from(self, opening: Opening, path: str, value: object) -> None:
        """Write a field of the run, or of the item that the opening is about."""
        if path in self.program.fields:
            self._write(path, value)
        else:
            self._write_part(opening, path, value)

    def _written(self, opening: Opening, path: str) -> int:
        """The number of the event that last wrote a field, seen from the opening."""
        below = self._item_above(opening, path) if path not in self.program.fields else None
        written = self.state.written
        if below is None:
            return written.get(path, 0)
        part = self.program.steps[opening.step].parts[path]
        return max(written.get(part.list, 0), written.get(_name_of_part(part.list, below, path), 0))

    def _write_part(self, opening: Opening, path: str, value: object) -> None:
        """``partner.signed`` in a for-each ``as: partner``: write into the element of the list itself."""
        below = self._item_above(opening, path)
        if below is None:
            return
        program, state = self.program, self.state
        source, part = program.steps[opening.step].parts[path].list, path.partition(".")[2]
        new = with_part(below.item, part, value)
        items = state.data.get(source)
        if isinstance(items, list):
            state.data[source] = [*items[: below.place], new, *items[below.place + 1 :]]
            state.written[_name_of_part(source, below, path)] = state.seq
            self._touch(source)
        stack = [below]
        while stack:  # all that is about this element sees it changed
            here = stack.pop()
            here.item = new
            if program.steps[here.step].each is None:
                stack += [state.open[kid] for kid in (here.kids or {}).values()]

    def _item_above(self, opening: Opening, path: str) -> Opening | None:
        """The opening right under the for-each whose item ``path`` names."""
        name = path.partition(".")[0]
        below, here = opening, self.state.open.get(opening.up)
        while here is not None and here.step >= 0:
            each = self.program.steps[here.step].each
            if each is not None and each.as_ == name:
                return below
            below, here = here, self.state.open.get(here.up)
        return None

    def _watch(self, opening: Opening, paths: Iterable[str]) -> None:
        parts = self.program.steps[opening.step].parts if opening.step >= 0 else None
        if parts:  # who waits for a field of an item waits for its list
            paths = [parts[path].list if path in parts else path for path in paths]
        new = tuple(path for path in dict.fromkeys(paths) if path not in opening.watched)
        opening.watched += new
        for path in new:
            self.state.watch.setdefault(path, {})[opening.id] = None

    def _watch_what_may_happen(self, opening: Opening, step: Step) -> None:
        """However far the step has come: its milestone, and once it is open what its handlers wait for."""
        if step.while_ is not None:
            self._watch(opening, self._reads(step.while_))
        if opening.announced and step.handlers:
            self._watch_for_handlers(opening)

    def _watch_for_handlers(self, scope: Opening) -> None:
        """See ``_handlers.py``."""

    def _unwatch(self, opening: Opening) -> None:
        for path in opening.watched:
            watchers = self.state.watch.get(path)
            if watchers is not None:
                watchers.pop(opening.id, None)
                if not watchers:
                    del self.state.watch[path]
        opening.watched = ()

    def _moment(self, time: Time, opening: Opening) -> Moment | None:
        self._look_from(opening)
        return moment_of(time, self.program, self.state, opening)

    def _set_timer(self, opening: Opening, name: str, due: datetime) -> None:
        self.state.set_timer(opening.id, name, due)
        if name not in opening.timers:
            opening.timers += (name,)
        self.effects.append(fx.SetTimer(opening.id, name, due))

    def _clear_timer(self, opening: Opening, name: str) -> None:
        if self.state.timers.pop((opening.id, name), None) is not None:
            opening.timers = tuple(other for other in opening.timers if other != name)
            self.effects.append(fx.ClearTimer(opening.id, name))

    def _clear_timers(self, opening: Opening, *, keep: Collection[str] = ()) -> None:
        timers = self.state.timers
        for name in opening.timers:
            if name not in keep and timers.pop((opening.id, name), None) is not None:
                self.effects.append(fx.ClearTimer(opening.id, name))
        opening.timers = tuple([name for name in opening.timers if name in keep]) if keep else ()

    def _tick_after(self, now: datetime, pace: Pace, opening: Opening) -> datetime | None:
        """The next tick of a pace that counts from when the step opened."""
        program = self.program
        return pace.next_after(
            now,
            counted_from=opening.since or now,
            zone=program.zone,
            calendars=program.calendars,
            default=program.calendar,
        )


def _name_of_part(source: str, below: Opening, path: str) -> str:
    """The name under which it is remembered when a field of an item of the list ``source`` was written."""
    return f"{source}[{below.place}].{path.partition('.')[2]}"
