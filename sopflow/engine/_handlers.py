"""Handlers: what runs beside or instead of a scope when something happens while the scope is open.

*Beside*: a region of its own under the scope's opening, which goes on and waits for it only at the end of the run.
*Instead*: what is open in the scope is withdrawn, and the handler's step takes its place in the region.
Where tokens go stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sopflow.calendars import Pace
from sopflow.engine._operations import Operations
from sopflow.engine._state import ROOT, Mark, Opening
from sopflow.engine._view import choose, evaluate
from sopflow.engine._watch import MESSAGE
from sopflow.program import DONE, Cases, Handler, Step


class Handling(Operations):
    """Arms the handlers of a scope when it opens, and lets them run when their time has come."""

    __slots__ = ()

    def _arm(self, scope: Opening) -> None:
        """The scope has opened: set the timers of its handlers, and look at their conditions."""
        handlers = self._handlers_of(scope)
        if handlers:
            self._arm_timers(scope)
            self._watch_for_handlers(scope)
            self._look_at_conditions(scope)
            for handler in handlers:
                if handler.message:
                    self._await(scope, handler)
            self.todo.append((self._take_what_was_kept, (scope, handlers)))

    def _watch_for_handlers(self, scope: Opening) -> None:
        self._watch(scope, self.program.time_reads if scope.step < 0 else self.program.steps[scope.step].time_reads)
        for handler in self._handlers_of(scope):
            if handler.when is not None:
                self._watch(scope, self._reads(handler.when))
            elif handler.message:
                self._watch(scope, (MESSAGE + handler.message, *self._match_reads(handler)))

    def _route_again(self, scope: Opening, changed: Collection[str]) -> None:
        """Data were written on which it hangs which messages fit: others go here now, and may have come already."""
        handlers = self._handlers_of(scope)
        others = [handler for handler in handlers if handler.match and set(self._match_reads(handler)) & set(changed)]
        for handler in others:
            self._await(scope, handler)
        if others:
            self.todo.append((self._take_what_was_kept, (scope, handlers)))

    def _take_what_was_kept(self, scope: Opening, handlers: tuple[Handler, ...]) -> None:
        """Messages that came before anybody was there, oldest first."""
        for name in dict.fromkeys(handler.message for handler in handlers if handler.message in self.state.mail):
            kept = self._kept(name)  # first, as it forgets those that are too old
            letters = self.state.mail[name]
            taken = [self._handles(scope, name, data) for data in kept]
            self.state.mail[name] = [letter for letter, gone in zip(letters, taken, strict=True) if not gone]

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
        now, every = self.state.at, handler.every
        if isinstance(every, Cases):
            every = choose(every, self._view(scope))  # type: ignore[assignment]  # cases of paces
        tick = self._tick_after(now, every, scope) if isinstance(every, Pace) and now is not None else None
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
            if handler.if_.evaluate(view) is not True:
                return False
        if handler.instead:  # not before the scope has opened altogether
            self.todo.append((self._interrupt, (scope, number, handler, data)))
        elif not self._is_running(scope, number, data):
            self._begin_beside(scope, scope.step, number, handler, data)
        elif handler.on == "message":
            scope.queue = [*(scope.queue or ()), (number, dict(data))]
        return True

    def _is_running(self, scope: Opening, number: int, message: Mapping[str, object] | None = None) -> bool:
        """Whether the handler is open: for this ``message``, or one of the same correlation; without one, at all."""
        fields = [field for field, _ in self._handlers_of(scope)[number].match] if message is not None else []
        for id_ in (scope.kids or {}).values():
            kid = self.state.open.get(id_)
            mark = kid.mark if kid is not None else None
            if mark is None or (mark.scope, mark.number) != (scope.step, number):
                continue
            if message is None or all(mark.message.get(field) == message.get(field) for field in fields):
                return True
        return False

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

    def _bereave(self, opening: Opening, step: Step) -> None:
        """The scope is withdrawn: its ``cancelled`` handlers run under the nearest block that is still open then."""
        for number, handler in enumerate(step.handlers):
            if handler.on == "cancelled" and opening.announced and opening.phase != "gone":
                above = []
                up = opening.up
                while up >= ROOT:
                    above.append(up)
                    up = self.state.open[up].up
                self.todo.append((self._compensate, (tuple(above), opening.step, number)))

    def _compensate(self, above: tuple[int, ...], scope: int, number: int) -> None:
        for up in above:
            block = self.state.open.get(up)
            if block is not None and block.phase != "gone":
                self._begin_beside(block, scope, number, self.program.steps[scope].handlers[number], {})
                return

    def _next_in_queue(self, scope: Opening) -> None:
        """A handler has ended: the next message that waited for it lets it run again."""
        for place, (number, data) in enumerate(scope.queue or ()):
            if not self._is_running(scope, number, data):
                scope.queue = [*(scope.queue or ())[:place], *(scope.queue or ())[place + 1 :]]
                self._trigger(scope, number, data)
                break
        if scope.pending and scope.phase == "held":
            self._close(scope, scope.pending)

    def _is_being_mended(self, scope: Opening) -> bool:
        handlers = enumerate(self._handlers_of(scope))
        return any(handler.on == "error" and self._is_running(scope, number) for number, handler in handlers)
