"""The acts: what each event does. Each looks at everything first, then gives back what is to be done.

So a refused event changes nothing. Where tokens go stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._interventions import Interventions
from sopflow.engine._plan import RESOURCES
from sopflow.engine._refusal import Refusal, refusal
from sopflow.engine._short import Rest
from sopflow.engine._state import ROOT, Opening
from sopflow.errors import Problem, nearest
from sopflow.program import Op


class Acts(Interventions):
    """One event being handled, from its check to its last move. ``handle`` is the only entrance."""

    __slots__ = ()

    def handle(self) -> None:
        """Check the event, then move and settle. Raises :class:`Refusal` before anything has changed."""
        self._check_clock()
        act = _ACTS[type(self.event)](self, self.event)
        state = self.state
        state.seq += 1
        if self.event.at is not None:
            if state.at is None:
                self._start_clock()
            state.at = self.event.at
        act()
        self._run()
        self._settle_all()

    def take_over(self, rest: Rest) -> None:
        """Go on where the short way ended: the event has been checked and taken, the token stands between two steps."""
        self.effects, self.notes, self.paths = rest.effects, rest.notes, rest.paths
        self.quick = not rest.tired
        if rest.target >= 0:
            self.todo.append((self._enter, (rest.up, rest.branch, rest.target, rest.item, None)))
        else:
            self.todo.append((self._arrive, (rest.up, rest.branch)))
        self._run()
        self._settle_all()

    def _settle_all(self) -> None:
        while self.changed and self.state.status == "running":
            self._settle()

    def _started(self, event: ev.Started) -> Callable[[], None]:
        if self.state.status != "new":
            raise refusal("status", "SOP733")
        program = self.program
        given = self._read(event.data, parameters=True)
        defaults = {path: field.default for path, field in program.fields.items() if field.default is not None}
        for name in program.parameters:
            if given.get(name, defaults.get(name)) is None:
                raise refusal("type", "SOP726", name=name)

        def act() -> None:
            state = self.state
            state.status, state.started_at, state.depth = "running", event.at, event.depth
            for path, value in {**defaults, **given}.items():
                self._write(path, value)
            self.changed.clear()
            root = Opening(ROOT, -1, -1, 0, since=event.at)
            root.kids, root.live = {}, 1
            state.open[ROOT] = root
            self._arm(root)
            self._enter(ROOT, 0, program.regions[0].head)

        return act

    def _step_done(self, event: ev.StepDone) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._is(step, (Op.WORK,), ("completed", "完成"))
        outcome = event.outcome or (step.ordinary if step.ordinary in step.exits else "")
        if outcome not in step.exits or outcome == step.missed:
            names = ", ".join(name for name in step.exits if name != step.missed)
            raise refusal("outcome", "SOP703", step=step.path, outcome=event.outcome or "–", outcomes=names)
        self._may(opening, step)
        values = self._read(event.data, step) if event.data else {}
        if event.seen is not None:
            self._check_seen(opening, event.seen, (*values, *(path for path, _ in step.form)))
        self._complete(opening, step, event, values)

        def act() -> None:
            for path, value in values.items():
                self._write_from(opening, path, value)
            if event.result is not ev.NOTHING:
                self.taken[opening.id] = {"result": event.result}
            self._close(opening, outcome)

        return act

    def _handler_failed(self, event: ev.HandlerFailed) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        if not step.run or event.attempt != opening.tries or "retry" in opening.timers:
            raise refusal("stale", "SOP745", step=step.path, attempt=event.attempt)
        return lambda: self._attempt_failed(opening, step, event.error)

    def _granted(self, event: ev.Granted) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "held")
        if opening.holding != "asked":
            raise refusal("not-open", "SOP746", step=step.path)

        def act() -> None:
            opening.holding = "granted"
            self._proceed(opening)

        return act

    def _revoked(self, event: ev.Revoked) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if opening.holding != "granted":
            raise refusal("not-open", "SOP746", step=step.path)

        def act() -> None:
            """What is open in it is taken back, and it waits for its resources again."""
            why = event.why or "its resources were taken away"
            self._give_up(opening, step)
            self._withdraw_kids(opening, why)
            self._free(opening)
            self.effects.append(fx.Withdraw(opening.id, why))
            self.notes.append(fx.Withdrawn(opening.id, step.index, why))
            opening.kids = None
            opening.live = opening.got = opening.started = opening.round = 0
            opening.starts, opening.keys, opening.votes, opening.pending = (), None, None, ""
            opening.announced, opening.stage, opening.late, opening.due = False, RESOURCES, False, None
            self._proceed(opening)

        return act

    def _child_ended(self, event: ev.ChildEnded) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._is(step, (Op.CALL,), ("ended", "结束"))
        exit_ = event.outcome if event.outcome in step.exits else "else" if "else" in step.exits else step.ordinary

        def act() -> None:
            self.taken[opening.id] = {f"result.{path}": value for path, value in event.data.items()}
            self._close(opening, exit_)

        return act

    def _timer_fired(self, event: ev.TimerFired) -> Callable[[], None]:
        self._running()
        state = self.state
        key = (event.opening, event.name)
        if key not in state.timers or (event.at is not None and state.timers[key] > event.at):
            raise refusal("no-timer", "SOP714", name=event.name)
        first = state.next_timer()
        if first and first[1:] != key and first[0] < state.timers[key]:
            raise refusal(
                "timer-first",
                "SOP713",
                name=first[2],
                step=self._name(state.open[first[1]]),
                due=first[0].isoformat(),
            )
        return lambda: self._fire(state.open[event.opening], event.name)

    def _message_came(self, event: ev.MessageCame) -> Callable[[], None]:
        self._running(suspended=True)
        message = self.program.messages.get(event.name)
        if message is None:
            near = nearest(event.name, self.program.messages)
            raise refusal(
                "unknown",
                "SOP715",
                name=event.name,
                nearest=near[0] if near else "",
                known=", ".join(self.program.messages),
            )
        data: dict[str, object] = {}
        for name, raw in event.data.items():
            if name not in message.fields:
                near = nearest(name, message.fields)
                known = ", ".join(message.fields) or "–"
                raise refusal(
                    "type", "SOP741", name=name, message=event.name, nearest=near[0] if near else "", known=known
                )
            value = message.fields[name].read(raw, self.program.zone)
            if isinstance(value, Problem):
                raise Refusal("type", value)
            data[name] = value

        def act() -> None:
            taken = self.state.status == "running" and self._arrives(event.name, data, kept=message.kept)
            if message.kept and not taken:
                self._keep(event.name, data)

        return act

    def _data_set(self, event: ev.DataSet) -> Callable[[], None]:
        self._running(suspended=True)
        values = self._read(event.changes)

        def act() -> None:
            for path, value in values.items():
                self._write(path, value)

        return act

    def _start_clock(self) -> None:
        """A run that knew no clock learns one: what is open counts from now."""
        state, at = self.state, self.event.at
        state.at = at
        if state.status == "new":
            return
        state.started_at = state.started_at or at
        for opening in list(state.open.values()):
            opening.since = opening.since or at
            if opening.step >= 0 and opening.phase == "open":
                step = self.program.steps[opening.step]
                self._set_times(opening, step)
                self._say_if_late(opening, step)
            self._arm_timers(opening)


_ACTS: dict[type[ev.Event], Callable[..., Callable[[], None]]] = {
    ev.Started: Acts._started,
    ev.StepDone: Acts._step_done,
    ev.Answered: Acts._answered,
    ev.Voted: Acts._voted,
    ev.Ticked: Acts._ticked,
    ev.Claimed: Acts._claimed,
    ev.Reassigned: Acts._reassigned,
    ev.HandlerFailed: Acts._handler_failed,
    ev.Granted: Acts._granted,
    ev.Revoked: Acts._revoked,
    ev.ItemAdded: Acts._item_added,
    ev.ItemDropped: Acts._item_dropped,
    ev.ListClosed: Acts._list_closed,
    ev.ChildEnded: Acts._child_ended,
    ev.TimerFired: Acts._timer_fired,
    ev.MessageCame: Acts._message_came,
    ev.DataSet: Acts._data_set,
    ev.Skipped: Acts._skipped,
    ev.Jumped: Acts._jumped,
    ev.Retried: Acts._retried,
    ev.Suspended: Acts._suspended,
    ev.Resumed: Acts._resumed,
    ev.Cancelled: Acts._cancelled,
}
