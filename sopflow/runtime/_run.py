"""A run in memory: the face for people's code. What happens behind it stands in ``_family.py``.

Times are passed in, never read: a run stands at the time of its last event. A refused input raises
:class:`~sopflow.errors.Refused` and changes nothing, not even the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sopflow.engine import Opening, Plan, RunState, enabled, migration, undoable, waiting
from sopflow.engine import events as ev
from sopflow.errors import Problem, Refused
from sopflow.program import Op, Program
from sopflow.runtime import _tell as tell
from sopflow.runtime._family import Family
from sopflow.runtime._handlers import Handler
from sopflow.runtime._inputs import When, a_map, a_program, flatten, instant, later, nested, refused
from sopflow.runtime._journal import Line
from sopflow.runtime._names import step_of
from sopflow.runtime._node import Node
from sopflow.runtime._resources import Resources
from sopflow.runtime._trial import Trial
from sopflow.runtime._work import WorkItem, may_act, work_item

#: What to make of an open step: the run it is in, its opening, the time.
Make = Callable[[Node, Opening, datetime | None], ev.Event]


class Run:
    """One run of a program, in memory, with all that it calls.

    ``data`` is a nested map (or dotted paths) of what is known at the start, parameters included. ``at`` is the
    instant it starts: an aware datetime, a naive one in the SOP's time zone, a date (00:00 there) or ISO text;
    without it the run knows no clock until an input brings a time. ``handlers`` do the steps that say ``run: NAME``:
    each is called with a :class:`~sopflow.runtime.Call`; a step whose handler is not there is open to people.
    ``resources`` are those of other runs too that are given the same ones; without them the run has its own.
    """

    def __init__(
        self,
        program: Program,
        data: Mapping[str, object] | None = None,
        *,
        at: When = None,
        handlers: Mapping[str, Handler] | None = None,
        resources: Resources | None = None,
    ) -> None:
        a_program(program)
        begins = instant(at, program)
        self._family = Family(Node.of(program), dict(handlers or {}), resources or Resources(), lambda: self)
        self._family.begin({} if data is None else data, begins)

    @property
    def program(self) -> Program:
        """What it runs; another one after a migration."""
        return self._family.top.program

    # -- what can be seen ----------------------------------------------------------------------------------------------

    @property
    def state(self) -> RunState:
        """The engine's state of the run alone, without those that it calls."""
        return self._family.top.state

    @property
    def open(self) -> tuple[WorkItem, ...]:
        """The work items that wait for a person, oldest first, those of child runs included."""
        return self._items(enabled)

    @property
    def waiting(self) -> tuple[WorkItem, ...]:
        """The steps that wait for a time, a message, a resource or a child run."""
        return self._items(waiting)

    def enabled(self, who: str) -> tuple[WorkItem, ...]:
        """The work items that ``who``, a role or a person, may act on now."""
        return self._items(lambda program, state: may_act(program, state, who))

    def _items(self, select: Callable[[Program, RunState], Iterable[Opening]]) -> tuple[WorkItem, ...]:
        return tuple(
            work_item(node.program, node.state, opening, node.path(opening))
            for node in self._family.nodes()
            for opening in select(node.program, node.state)
        )

    @property
    def finished(self) -> bool:
        """Whether the run is over, by an end or by being cancelled."""
        return self._family.top.over

    @property
    def outcome(self) -> str | None:
        """The name of the end that was reached; None while the run goes on."""
        return self.state.outcome if self.finished else None

    @property
    def at(self) -> datetime | None:
        """Where the run's clock stands: at its last event, or where time has been let pass to."""
        return self._family.at

    @property
    def next_timer(self) -> datetime | None:
        """When the next timer is due, here or in a child run; None if none is set."""
        first = self._family.first_timer()
        return first[1] if first is not None else None

    @property
    def data(self) -> dict[str, object]:
        """What the run knows, as a nested map, parameters included."""
        return nested(self.state.data)

    @property
    def history(self) -> tuple[Line, ...]:
        """Everything that happened and what followed from it, a line each, child runs included."""
        return tuple(self._family.journal.lines)

    @property
    def events(self) -> tuple[ev.Event, ...]:
        """The events of this run alone: all that must be stored to fold to the same state."""
        return tuple(self._family.top.events)

    def why(self, step: str, *, lang: str = "") -> str:
        """Why the step stands as it does: when it opened, what was judged by which rule, who closed it.

        ``lang`` is "en" or "zh"; unsaid, the definition's first language where that is one of them, else English.
        """
        return tell.why(self._family, step, lang)

    def why_not(self, step: str, *, lang: str = "") -> str:
        """Why the step cannot be done now; ``lang`` as for :meth:`why`."""
        return tell.why_not(self._family, step, lang)

    def what_if(self, action: Callable[[Run], object]) -> Trial:
        """What would happen: ``action`` is let loose on a copy of this run, in which no handler is called."""
        twin = Run.__new__(Run)
        twin._family = self._family.copy(lambda: twin)
        told, refusal = len(self._family.journal.lines), None
        try:
            action(twin)
        except Refused as error:
            refusal = error
        lines = twin.history[told:]
        return Trial(lines, twin.open, twin.waiting, twin.finished, twin.outcome, twin.data, refusal)

    # -- what can be done ----------------------------------------------------------------------------------------------

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
        seen: int | None = None,
    ) -> None:
        """Complete an open task. ``ticks``: unsaid, the whole checklist.

        ``seen`` is the ``state.seq`` that whoever does it knew of: what was written since to the fields in question is
        a reason to refuse.
        """
        self._do(
            step,
            at,
            lambda node, opening, when: ev.StepDone(
                opening=opening.id,
                by=node.who(opening, by),
                at=when,
                outcome=outcome,
                data=node.flat(opening, data) if data is not None else {},
                ticks=None if ticks is None else tuple(ticks),
                evidence=tuple(evidence),
                seen=seen,
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
        self._do(
            step,
            at,
            lambda node, opening, when: ev.Answered(
                opening=opening.id,
                by=node.who(opening, by),
                at=when,
                field=field or (opening.asked[0] if len(opening.asked) == 1 else ""),
                value=value,
                assumed=assumed,
            ),
        )

    def judge(
        self,
        step: str,
        verdict: str,
        *,
        by: str | None = None,
        at: When = None,
        why: str = "",
        data: Mapping[str, object] | None = None,
        ticks: Sequence[int | str] | None = None,
        evidence: Sequence[object] = (),
    ) -> None:
        """Judge an approval: ``approved``, ``refused`` or ``changes``.

        Who approves hands in what its form, checklist and evidence ask for, as with :meth:`done`.
        """
        self._do(
            step,
            at,
            lambda node, opening, when: ev.Voted(
                opening=opening.id,
                by=node.who(opening, by),
                at=when,
                verdict=verdict,
                why=why,
                data=node.flat(opening, data or {}),
                ticks=None if ticks is None else tuple(ticks),
                evidence=tuple(evidence),
            ),
        )

    def tick(self, step: str, item: int | str, *, by: str | None = None, at: When = None) -> None:
        """Tick a line of an open step's checklist, by its number (from 1) or its text."""
        self._do(step, at, lambda _, opening, when: ev.Ticked(opening=opening.id, by=by, at=when, item=item))

    def claim(self, step: str, *, by: str, at: When = None) -> None:
        """Take an open step: until it is given back or handed over, nobody else may do it."""
        if not by:
            raise refused(
                "role", Problem("SOP718", fields={"actor": by, "known": ", ".join(self.program.roles) or "–"})
            )
        self._do(step, at, lambda _, opening, when: ev.Claimed(opening=opening.id, to=by, by=by, at=when))

    def release(self, step: str, *, by: str | None = None, at: When = None) -> None:
        """Give back a step that was taken."""
        self._do(step, at, lambda _, opening, when: ev.Claimed(opening=opening.id, by=by, at=when))

    def failed(
        self, step: str, error: str, *, attempt: int | None = None, by: str | None = None, at: When = None
    ) -> None:
        """The registered handler of a step failed; ``attempt``: unsaid, the one that is running."""
        self._do(
            step,
            at,
            lambda _, opening, when: ev.HandlerFailed(
                opening=opening.id, attempt=opening.tries if attempt is None else attempt, error=error, by=by, at=when
            ),
        )

    def add(self, step: str, item: object, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Add an item to an open for-each."""
        self._do(
            step, at, lambda _, opening, when: ev.ItemAdded(opening=opening.id, item=item, by=by, at=when, why=why)
        )

    def drop(self, step: str, item: int | str, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Take an item from an open for-each, by its key or its number (from 1)."""
        self._do(
            step,
            at,
            lambda node, opening, when: ev.ItemDropped(
                opening=opening.id, item=_number_of(node, opening, item), by=by, at=when, why=why
            ),
        )

    def close_list(self, step: str, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """No more items will come for an open for-each."""
        self._do(step, at, lambda _, opening, when: ev.ListClosed(opening=opening.id, by=by, at=when, why=why))

    def message(
        self, name: str, data: Mapping[str, object] | None = None, *, by: str | None = None, at: When = None
    ) -> None:
        """Deliver a declared message."""
        family, given = self._family, a_map(data)
        family.act(at, lambda when: family.receive(ev.MessageCame(name=name, data=given, by=by, at=when)))

    def set(self, changes: Mapping[str, object], *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Set or correct data; None forgets a field."""
        self._happen(at, lambda when: ev.DataSet(changes=flatten(self.program, changes), by=by, at=when, why=why))

    def advance(self, to: When = None, *, by: timedelta | None = None) -> None:
        """Let time pass: every timer due by then fires, in order. Give the instant, or how long."""
        if by is not None and self.at is not None:
            to = later(self.at, by)
        self._family.act(to, lambda _: None)

    def skip(self, step: str, *, why: str, by: str | None = None, at: When = None, outcome: str | None = None) -> None:
        """Pass over a step, or choose its outcome in place of those who should have."""
        self._do(
            step,
            at,
            lambda _, opening, when: ev.Skipped(opening=opening.id, by=by, at=when, why=why, outcome=outcome),
        )

    def jump(self, step: str, to: str, *, why: str, by: str | None = None, at: When = None) -> None:
        """Move the token that is at ``step`` to the step ``to`` of the same or an enclosing list."""
        self._do(
            step,
            at,
            lambda node, opening, when: ev.Jumped(
                opening=opening.id, by=by, at=when, to=step_of(node.program, to).index, why=why
            ),
        )

    def reassign(self, step: str, to: str, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Hand an open step to another role or person."""
        self._do(step, at, lambda _, opening, when: ev.Reassigned(opening=opening.id, by=by, at=when, to=to, why=why))

    def cancel(self, step: str | None = None, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Call off a step, which then goes on by its ordinary way; without a step, the run."""
        if step is None:
            self._happen(at, lambda when: ev.Cancelled(by=by, at=when, why=why))
        else:
            self._do(step, at, lambda _, opening, when: ev.Cancelled(opening=opening.id, by=by, at=when, why=why))

    def retry(self, step: str, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Try a step again that stands at an incident."""
        self._do(step, at, lambda _, opening, when: ev.Retried(opening=opening.id, by=by, at=when, why=why))

    def suspend(self, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Let the run stand still, and all that it calls."""
        self._family.act(at, lambda when: self._family.happen_to_all(ev.Suspended(by=by, at=when, why=why)))

    def resume(self, *, by: str | None = None, at: When = None, why: str = "") -> None:
        """Let a suspended run go on."""
        self._family.act(at, lambda when: self._family.happen_to_all(ev.Resumed(by=by, at=when, why=why)))

    def migration(self, program: Program, steps: Mapping[str, str] | None = None, *, at: When = None) -> Plan:
        """What going over to another version would do; nothing happens.

        ``steps`` maps steps of this version to steps of that one, "" for one that is given up.
        """
        when = instant(at, self.program) or self._family.at
        return migration(self.program, a_program(program), self.state, steps or {}, at=when)

    def migrate(
        self,
        program: Program,
        steps: Mapping[str, str] | None = None,
        *,
        by: str | None = None,
        at: When = None,
        why: str = "",
    ) -> None:
        """Go over to another version of the definition, as :meth:`migration` says, whole or not at all."""
        family, to, named = self._family, a_program(program), dict(steps or {})
        family.act(
            at,
            lambda when: family.go_over(to, ev.Migrated(program=to.hash, steps=named, by=by, at=when, why=why)),
        )

    def undo_migration(
        self, *, by: str | None = None, at: When = None, why: str = "", steps: Mapping[str, str] | None = None
    ) -> None:
        """Take back the last migration: exactly, where nothing happened since; else by its map turned round."""
        family = self._family

        def act(when: datetime | None) -> None:
            undo = undoable(family.top.versions, family.top.events) if family.top.versions else None
            if undo is None:
                raise refused("status", Problem("SOP782"))
            back = {**undo.steps, **(steps or {})}
            event = ev.Migrated(program=undo.program.hash, steps=back, by=by, at=when, why=why, undone=True)
            family.go_over(undo.program, event, before=undo.before)

        family.act(at, act)

    # -- how it is done ------------------------------------------------------------------------------------------------

    def _do(self, step: str, at: When, make: Make) -> None:
        """Something happens to an open step, which is looked up when time has passed until ``at``."""
        family = self._family

        def act(when: datetime | None) -> None:
            node, opening = family.find(step)
            family.happen(node, make(node, opening, when))

        family.act(at, act)

    def _happen(self, at: When, make: Callable[[datetime | None], ev.Event]) -> None:
        """Something happens to the run itself."""
        family = self._family
        family.act(at, lambda when: family.happen(family.top, make(when)))


def _number_of(node: Node, opening: Opening, item: int | str) -> int:
    """The number of an item, from 0: by its key where it has one, else as it is counted, from 1."""
    for number, key in (opening.keys or {}).items():
        if key == str(item):
            return number
    if isinstance(item, int) and not isinstance(item, bool):
        return item - 1
    step = node.program.steps[opening.step]
    if step.op != Op.EACH:
        return 0  # which the engine refuses, for what the step is
    raise refused("not-open", Problem("SOP748", fields={"step": step.path, "item": item}))
