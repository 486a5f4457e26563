"""Handlers: what runs beside or instead of a scope when something happens while the scope is open.

*Beside*: a region of its own under the scope's opening, which goes on and waits for it only at the end of the run.
*Instead*: what is open in the scope is withdrawn, and the handler's step takes its place in the region.
Where tokens go stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.engine._rules import Rules
from sopflow.engine._state import ROOT, Mark, Opening
from sopflow.engine._view import evaluate
from sopflow.program import DONE, Handler, Op


class Handling(Rules):
    """Arms the handlers of a scope when it opens, and lets them run when their time has come."""

    __slots__ = ()

    def _arm(self, scope: Opening) -> None:
        """The scope has opened: set the timers of its handlers, and look at their conditions."""
        handlers = self._handlers_of(scope)
        if handlers:
            self._arm_timers(scope)
            for number, handler in enumerate(handlers):
                if handler.when is not None:
                    self._watch(scope, self._reads(handler.when))
                    self._look_at_condition(scope, number, handler)
            self.todo.append((self._take_kept, (scope, handlers)))

    def _take_kept(self, scope: Opening, handlers: tuple[Handler, ...]) -> None:
        """Messages that came before anybody was there, oldest first."""
        for name in dict.fromkeys(handler.message for handler in handlers if handler.message in self.state.mail):
            kept = self.state.mail[name]
            self.state.mail[name] = [data for data in kept if not self._handles(scope, name, data)]

    def _arm_timers(self, scope: Opening) -> None:
        now = self.state.at
        for number, handler in enumerate(self._handlers_of(scope)):
            if handler.at is not None and number not in scope.held:  # it runs once
                moment = self._moment(handler.at, scope)
                if moment is not None and now is not None:
                    self._set_timer(scope, f"on-{number}", max(moment.opens_at(self.program.zone), now))
            elif handler.every is not None:
                self._next_tick(scope, number, handler)

    def _next_tick(self, scope: Opening, number: int, handler: Handler) -> None:
        now, program = self.state.at, self.program
        if handler.every is None or now is None:
            return
        tick = handler.every.next_after(
            now,
            counted_from=scope.since or now,
            zone=program.zone,
            calendars=program.calendars,
            default=program.calendar,
        )
        if tick is not None:
            self._set_timer(scope, f"on-{number}", tick)

    def _look_at_conditions(self, scope: Opening) -> None:
        """Data were written: a condition that has become true lets its handler run."""
        for number, handler in enumerate(self._handlers_of(scope)):
            if handler.when is not None:
                self._look_at_condition(scope, number, handler)

    def _look_at_condition(self, scope: Opening, number: int, handler: Handler) -> None:
        assert handler.when is not None  # who calls has looked
        holds = self._value(handler.when, scope) is True
        if holds and number not in scope.held:
            scope.held |= {number}
            self._trigger(scope, number, {})
        elif not holds:
            scope.held -= {number}

    def _tick(self, scope: Opening, number: int) -> None:
        """The timer of a handler came due."""
        handler = self._handlers_of(scope)[number]
        if handler.at is not None:
            scope.held |= {number}
        self._next_tick(scope, number, handler)
        self._trigger(scope, number, {})

    def _happened(self, scope: Opening, what: str) -> bool:
        """``overdue`` or ``error`` happened in the scope: its handler runs, if it has one."""
        return any(
            self._trigger(scope, number, {})
            for number, handler in enumerate(self._handlers_of(scope))
            if handler.on == what
        )

    def _failed(self, opening: Opening) -> None:
        """An incident: the innermost scope that handles errors does so."""
        scope: Opening | None = opening
        while scope is not None and not self._happened(scope, "error"):
            scope = self.state.open.get(scope.up)

    def _handles(self, scope: Opening, message: str, data: Mapping[str, object]) -> bool:
        """Whether a handler of the scope takes the message."""
        if scope.phase == "gone" or self.state.open.get(scope.id) is not scope:
            return False
        for number, handler in enumerate(self._handlers_of(scope)):
            if handler.on == "message" and handler.message == message:
                view = self._view(scope)
                fits = all(data.get(field) == evaluate(value, view) for field, value in handler.match)
                if fits and self._trigger(scope, number, data):
                    return True
        return False

    def _trigger(self, scope: Opening, number: int, data: Mapping[str, object]) -> bool:
        """Let the handler run unless its ``if`` forbids; while it runs, messages queue and the rest is absorbed."""
        handler = self._handlers_of(scope)[number]
        if handler.if_ is not None:
            view = self._view(scope, {f"message.{name}": value for name, value in data.items()})
            if self.judge(handler.if_, view) is not True:
                return False
        if handler.instead:  # not before the scope has opened altogether
            self.todo.append((self._interrupt, (scope, number, handler, data)))
        elif not self._is_running(scope, number):
            self._begin_beside(scope, scope.step, number, handler, data)
        elif handler.on == "message":
            scope.queue = [*(scope.queue or ()), (number, dict(data))]
        return True

    def _is_running(self, scope: Opening, number: int) -> bool:
        kids = (self.state.open.get(kid) for kid in (scope.kids or {}).values())
        return any(
            kid is not None and kid.mark is not None and (kid.mark.scope, kid.mark.number) == (scope.step, number)
            for kid in kids
        )

    def _begin_beside(
        self, under: Opening, scope: int, number: int, handler: Handler, data: Mapping[str, object]
    ) -> None:
        """Open the handler's region under ``under``, at a branch that no other token has."""
        if handler.region < 0:
            return
        under.kids = {} if under.kids is None else under.kids
        head = self.program.regions[handler.region].head
        mark = Mark(scope, number, region=handler.region, message=dict(data))
        self.todo.append((self._enter_beside, (under.id, head, mark)))

    def _enter_beside(self, under: int, head: int, mark: Mark) -> None:
        self._enter(under, -self.state.next, head, None, mark)

    def _interrupt(self, scope: Opening, number: int, handler: Handler, data: Mapping[str, object]) -> None:
        """Withdraw what is open in the scope; the handler takes its place, or only says where to go."""
        if self.state.open.get(scope.id) is not scope or scope.phase == "gone":
            return
        step = self.program.steps[scope.step] if scope.step >= 0 else None
        up, branch, item = (ROOT, 0, None) if step is None else (scope.up, scope.branch, scope.item)
        region = 0 if step is None else scope.mark.region if scope.mark is not None else step.region
        why = f"‘{handler.id}’ came"
        if step is None:
            self._withdraw_kids(scope, why)
        else:
            self._withdraw(scope, why)
        if handler.region >= 0:
            mark = Mark(scope.step, number, region=region, instead=True, message=dict(data))
            self.todo.append((self._enter, (up, branch, self.program.regions[handler.region].head, item, mark)))
            return
        target = handler.target if isinstance(handler.target, int) else DONE
        if target == DONE and step is not None:
            found = self._target(scope, step, step.ordinary)
            target = DONE if found is None else found
        if target >= 0:
            self.todo.append((self._enter, (up, branch, target, item)))
        elif target == DONE:
            self.todo.append((self._arrive, (up, branch)))
        else:
            self._end_by(target)

    def _run_cancelled(self, opening: Opening) -> None:
        """The opening was called off: its ``cancelled`` handler runs under the block around it."""
        block = self.state.open.get(opening.up)
        for number, handler in enumerate(self._handlers_of(opening)):
            if handler.on == "cancelled" and block is not None:
                self._begin_beside(block, opening.step, number, handler, {})

    def _next_in_queue(self, scope: Opening) -> None:
        """A handler has ended: the next message that waited for it lets it run again."""
        if scope.queue and scope.phase != "gone" and self.program.steps[scope.step].op != Op.STOP:
            number, data = scope.queue[0]
            scope.queue = scope.queue[1:]
            self._trigger(scope, number, data)
        if scope.pending and scope.phase == "held":
            self._close(scope, scope.pending)

    def _is_being_mended(self, scope: Opening) -> bool:
        handlers = enumerate(self._handlers_of(scope))
        return any(handler.on == "error" and self._is_running(scope, number) for number, handler in handlers)
