"""A run in memory: the engine's loop with its clock, its timers and its child runs, as a face for people's code.

Times are passed in, never read: a run stands at the time of its last event. A refused input raises
:class:`~sopflow.errors.Refused` and changes nothing, not even the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sopflow.engine import (
    Accepted,
    Opening,
    RunState,
    enabled,
    find_opening,
    find_step,
    has_items,
    roles_of,
    step,
    waiting,
    without_items,
)
from sopflow.engine import Refused as Refusal
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.errors import Problem
from sopflow.program import Program, Step
from sopflow.runtime._inputs import When, a_program, flatten, instant, later, nested, refused
from sopflow.runtime._journal import Line, Where, lines_of
from sopflow.runtime._post import takes
from sopflow.runtime._tell import why, why_not
from sopflow.runtime._work import WorkItem, work_item


class Run:
    """One run of a program, in memory.

    ``data`` is a nested map (or dotted paths) of what is known at the start, parameters included. ``at`` is the
    instant it starts: an aware datetime, a naive one in the SOP's time zone, a date (00:00 there) or ISO text;
    without it the run knows no clock until an input brings a time.
    """

    def __init__(self, program: Program, data: Mapping[str, object] | None = None, *, at: When = None) -> None:
        self._start(
            a_program(program), {} if data is None else data, instant(at, program), parent=None, prefix="", depth=0
        )

    @classmethod
    def _child(cls, parent: Run, program: Program, data: Mapping[str, object], prefix: str, depth: int) -> Run:
        child = cls.__new__(cls)
        child._start(program, data, parent.state.at, parent=parent, prefix=prefix, depth=depth)
        return child

    def _start(
        self,
        program: Program,
        data: Mapping[str, object],
        at: datetime | None,
        *,
        parent: Run | None,
        prefix: str,
        depth: int,
    ) -> None:
        self.program = program
        self.state = RunState.of(program)
        self._parent = parent
        self._prefix = prefix
        self._children: dict[int, Run] = {}
        self._past: list[Run] = []
        self._clock: datetime | None = None  # not part of the state, which only events change
        self._lines: list[Line] = parent._lines if parent else []
        self._events: list[ev.Event] = []
        self._feed(ev.Started(program=program.hash, data=flatten(program, data), depth=depth, at=at))

    # -- what can be seen ------------------------------------------------------------------------------------------

    @property
    def open(self) -> tuple[WorkItem, ...]:
        """The work items that wait for a person, oldest first, those of child runs included."""
        return self._items(enabled)

    @property
    def waiting(self) -> tuple[WorkItem, ...]:
        """The steps that wait for a time, a message or a child run."""
        return self._items(waiting)

    def _items(self, select: Callable[[Program, RunState], Iterable[Opening]]) -> tuple[WorkItem, ...]:
        own = [
            work_item(self.program, self.state, opening, self._prefix) for opening in select(self.program, self.state)
        ]
        below = [item for child in self._children.values() for item in child._items(select)]
        return (*own, *below)

    @property
    def finished(self) -> bool:
        """Whether the run is over, by an end or by being cancelled."""
        return self.state.status in ("ended", "cancelled")

    @property
    def outcome(self) -> str | None:
        """The name of the end that was reached; None while the run goes on."""
        return self.state.outcome if self.finished else None

    @property
    def at(self) -> datetime | None:
        """Where the run's clock stands: at its last event, or where time has been let pass to."""
        return self._clock if self._clock is not None and self.state.running else self.state.at

    @property
    def next_timer(self) -> datetime | None:
        """When the next timer is due, here or in a child run; None if none is set."""
        own = self.state.next_timer() if self.state.status == "running" else None
        times = [child.next_timer for child in self._children.values()] + [own[0] if own else None]
        return min((time for time in times if time is not None), default=None)

    @property
    def data(self) -> dict[str, object]:
        """What the run knows, as a nested map, parameters included."""
        return nested(self.state.data)

    @property
    def history(self) -> tuple[Line, ...]:
        """Everything that happened and what followed from it, a line each, child runs included."""
        return tuple(self._lines)

    @property
    def events(self) -> tuple[ev.Event, ...]:
        """The events of this run alone: all that must be stored to fold to the same state."""
        return tuple(self._events)

    def why(self, step: str) -> str:
        """Why the step stands as it does: when it opened, what was judged by which rule, who closed it."""
        run, name = self._at(step, past=True)
        return why(run.program, run.state, run._lines, run._step(name), name=name, prefix=run._prefix)

    def why_not(self, step: str) -> str:
        """Why the step cannot be done now."""
        run, name = self._at(step, past=True)
        return why_not(run.program, run.state, run._step(name))

    # -- what can be done ------------------------------------------------------------------------------------------

    def done(
        self,
        step: str,
        *,
        by: str | None = None,
        at: When = None,
        data: Mapping[str, object] | None = None,
        outcome: str | None = None,
        ticks: Sequence[int | str] | None = None,
        evidence: Sequence[object] = (),
    ) -> None:
        """Complete an open task. ``ticks``: unsaid, the whole checklist."""
        run, name = self._at(step)
        self._act(
            at,
            lambda when: run._feed(
                ev.StepDone(
                    opening=run._open(name),
                    by=run._who(name, by),
                    at=when,
                    outcome=outcome,
                    data=flatten(run.program, data or {}),
                    ticks=None if ticks is None else tuple(ticks),
                    evidence=tuple(evidence),
                )
            ),
        )

    def answer(
        self,
        step: str,
        value: object,
        *,
        by: str | None = None,
        at: When = None,
        field: str = "",
        assumed: bool = False,
    ) -> None:
        """Answer what a step asks: ``field`` where it asks for several."""
        run, name = self._at(step)
        self._act(
            at,
            lambda when: run._feed(
                ev.Answered(
                    opening=run._open(name),
                    by=run._who(name, by),
                    at=when,
                    field=field or run._asked(name),
                    value=value,
                    assumed=assumed,
                )
            ),
        )

    def judge(self, step: str, verdict: str, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Judge an approval: ``approved``, ``refused`` or ``changes``."""
        run, name = self._at(step)
        self._act(
            at,
            lambda when: run._feed(
                ev.Voted(opening=run._open(name), by=run._who(name, by), at=when, verdict=verdict, why=why)
            ),
        )

    def tick(self, step: str, item: int | str, *, by: str | None = None, at: When = None) -> None:
        """Tick a line of an open step's checklist, by its number (from 1) or its text."""
        run, name = self._at(step)
        self._act(at, lambda when: run._feed(ev.Ticked(opening=run._open(name), by=by, at=when, item=item)))

    def message(
        self, name: str, data: Mapping[str, object] | None = None, *, by: str | None = None, at: When = None
    ) -> None:
        """Deliver a declared message."""
        self._act(at, lambda when: self._receive(ev.MessageCame(name=name, data=dict(data or {}), by=by, at=when)))

    def set(self, changes: Mapping[str, object], *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Set or correct data; None forgets a field."""
        self._act(
            at, lambda when: self._feed(ev.DataSet(changes=flatten(self.program, changes), by=by, at=when, why=why))
        )

    def advance(self, to: When = None, *, by: timedelta | None = None) -> None:
        """Let time pass: every timer due by then fires, in order. Give the instant, or how long."""
        if by is not None and self.at is not None:
            to = later(self.at, by)
        self._act(to, lambda _: None)

    def skip(self, step: str, *, why: str, by: str | None = None, at: When = None, outcome: str | None = None) -> None:
        """Pass over a step, or choose its outcome in place of those who should have."""
        run, name = self._at(step)
        self._act(
            at, lambda when: run._feed(ev.Skipped(opening=run._open(name), by=by, at=when, why=why, outcome=outcome))
        )

    def jump(self, step: str, to: str, *, why: str, by: str | None = None, at: When = None) -> None:
        """Move the token that is at ``step`` to the step ``to`` of the same or an enclosing list."""
        run, name = self._at(step)
        self._act(
            at,
            lambda when: run._feed(ev.Jumped(opening=run._open(name), by=by, at=when, to=run._step(to).index, why=why)),
        )

    def reassign(self, step: str, to: str, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Hand an open step to another role or person."""
        run, name = self._at(step)
        self._act(at, lambda when: run._feed(ev.Reassigned(opening=run._open(name), by=by, at=when, to=to, why=why)))

    def cancel(self, step: str | None = None, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Call off a step, which then goes on by its ordinary way; without a step, the run."""
        if step is None:
            self._act(at, lambda when: self._feed(ev.Cancelled(by=by, at=when, why=why)))
            return
        run, name = self._at(step)
        self._act(at, lambda when: run._feed(ev.Cancelled(opening=run._open(name), by=by, at=when, why=why)))

    def retry(self, step: str, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Try a step again that stands at an incident."""
        run, name = self._at(step)
        self._act(at, lambda when: run._feed(ev.Retried(opening=run._open(name), by=by, at=when, why=why)))

    def suspend(self, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Let the run stand still."""
        self._act(at, lambda when: self._feed_all(ev.Suspended(by=by, at=when, why=why)))

    def resume(self, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Let a suspended run go on."""
        self._act(at, lambda when: self._feed_all(ev.Resumed(by=by, at=when, why=why)))

    # -- the loop --------------------------------------------------------------------------------------------------

    def _act(self, at: When, act: Callable[[datetime | None], None]) -> None:
        """Let time pass until ``at``, then act; a refusal leaves everything as it was."""
        when = instant(at, self.program) or self.at
        if when is not None and self.at is not None and when < self.at:
            raise refused("clock", Problem("SOP712", fields={"at": when.isoformat(), "now": self.at.isoformat()}))
        before = self._snapshot() if when is not None and self._first_timer(when) else None
        try:
            while when is not None and (first := self._first_timer(when)) is not None:
                run, due, number, name = first
                late = run.state.at is not None and run.state.at > due  # set when it was past already
                run._feed(ev.TimerFired(opening=number, name=name, at=run.state.at if late else due))
            act(when)
        except BaseException:
            if before is not None:
                self._restore(before)
            raise
        self._clock = when

    def _first_timer(self, by: datetime) -> tuple[Run, datetime, int, str] | None:
        """The timer, here or in a child run, that is due first and not after ``by``."""
        due = self.state.next_timer() if self.state.status == "running" else None
        found = (self, *due) if due is not None and due[0] <= by else None
        for child in self._children.values():
            other = child._first_timer(by)
            if other is not None and (found is None or other[1] < found[1]):
                found = other
        return found

    def _feed(self, event: ev.Event) -> None:
        """Let the event happen, note it, and do what it asks for."""
        before = self.state.open.get(getattr(event, "opening", None) or -1)
        concerned = before.step if before else None
        outcome = step(self.program, self.state, event)
        if isinstance(outcome, Refusal):
            raise refused(outcome.code, outcome.problem)
        self._events.append(event)
        where = Where(self.program, self.state, self._prefix, outcome.paths)
        for line in lines_of(where, event, outcome.notes, concerned):
            self._lines.append({"seq": len(self._lines) + 1, **line})
        self._perform(outcome)
        if self.finished and self._parent is not None:
            self._parent._hear(self)

    def _perform(self, outcome: Accepted) -> None:
        for effect in outcome.effects:
            match effect:
                case fx.StartChild(opening=number, step=index, data=data, depth=depth):
                    self._start_child(number, index, data, depth)
                case fx.CancelChild(opening=number):
                    child = self._children.pop(number, None)
                    if child is not None and not child.finished:
                        child._feed(ev.Cancelled(at=self.state.at, why="withdrawn by the caller"))
                case fx.Emit(name=name, data=data):
                    self._deliver(name, data)

    def _start_child(self, number: int, index: int, data: Mapping[str, object], depth: int) -> None:
        called = self.program.steps[index]
        assert called.call is not None  # only a call starts a child
        child = Run._child(self, called.call.program, data, f"{self._prefix}{called.path}.", depth)
        self._children[number] = child
        if child.finished:
            self._hear(child)

    def _hear(self, child: Run) -> None:
        """A child run is over: tell the call, if this run still waits for it."""
        number = next((number for number, other in self._children.items() if other is child), None)
        if number is not None:
            self._child_ended(number, child)

    def _child_ended(self, number: int, child: Run) -> None:
        self._children.pop(number, None)
        self._past.append(child)
        opening = self.state.open.get(number)
        if opening is not None and self.state.running:
            self._feed(
                ev.ChildEnded(
                    opening=number, outcome=child.state.outcome, data=dict(child.state.data), at=child.state.at
                )
            )

    def _deliver(self, name: str, data: Mapping[str, object]) -> None:
        """A message that a step sent: to this run, to its callers if nobody here waits for it."""
        event = ev.MessageCame(name=name, data=data, at=self.state.at)
        chain = [self]
        while (caller := chain[-1]._parent) is not None:
            chain.append(caller)
        able = [run for run in chain if name in run.program.messages and run.state.running]
        for run in [run for run in able if takes(run.program, run.state, event)][:1] or able[:1]:
            run._feed(event)

    def _receive(self, event: ev.MessageCame) -> None:
        """A message from outside: to the innermost run that waits for it (a signal: to all), else it is kept."""
        family = self._family()
        takers = [run for run in family if takes(run.program, run.state, event)]
        if takers and takers[0].program.messages[event.name].kept:
            takers = takers[:1]
        declared = [run for run in (self, *family) if event.name in run.program.messages]
        for run in takers or declared[:1] or [self]:
            run._feed(event)

    def _family(self) -> list[Run]:
        """This run and those under it, children first."""
        return [*(run for child in self._children.values() for run in child._family()), self]

    def _feed_all(self, event: ev.Event) -> None:
        """The event happens to this run and to those under it."""
        self._feed(event)
        for child in list(self._children.values()):
            child._feed_all(event)

    def _at(self, name: str, *, past: bool = False) -> tuple[Run, str]:
        """The run that the step's name means, and the step's name there; ``past``: also a child run that is over."""
        runs = [*self._children.values(), *reversed(self._past)] if past else [*self._children.values()]
        for child in runs:
            path = child._prefix.removeprefix(self._prefix)
            if name.startswith(path):
                return child._at(name[len(path) :], past=past)
        if isinstance(find_opening(self.program, self.state, name), tuple) and "." not in name:
            for child in self._children.values():
                run, inner = child._at(name)
                if not isinstance(find_opening(run.program, run.state, inner), tuple):
                    return run, inner
        return self, name

    def _open(self, name: str) -> int:
        found = find_opening(self.program, self.state, name)
        if isinstance(found, tuple):
            raise refused(*found)
        return found.id

    def _who(self, name: str, by: str | None) -> str | None:
        """Who acts: unsaid, the step's own role."""
        found = find_opening(self.program, self.state, name)
        if by is not None or isinstance(found, tuple):
            return by
        return next(iter(roles_of(self.program, self.program.steps[found.step], found)), None)

    def _asked(self, name: str) -> str:
        """The field that the step asks for, where it asks for one alone."""
        found = find_opening(self.program, self.state, name)
        return found.asked[0] if isinstance(found, Opening) and len(found.asked) == 1 else ""

    def _step(self, name: str) -> Step:
        found = find_step(self.program, without_items(name) if has_items(self.program, name) else name)
        if isinstance(found, Problem):
            raise refused("unknown", found)
        return found

    def _snapshot(self) -> _Snapshot:
        children = {number: (child, child._snapshot()) for number, child in self._children.items()}
        return _Snapshot(self.state.copy(), children, len(self._events), len(self._lines))

    def _restore(self, before: _Snapshot) -> None:
        self.state = before.state
        del self._events[before.events :]
        del self._lines[before.lines :]
        self._children = {number: child for number, (child, _) in before.children.items()}
        for child, inside in before.children.values():
            child._restore(inside)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Where a run and its children stood before something was tried."""

    state: RunState
    children: dict[int, tuple[Run, _Snapshot]]
    events: int
    lines: int
