"""The operations: what a step does once its token has come through all stations. Every kind lowers to one of them.

Where tokens go stands in ``_rules.py``, how decisions find their way in ``_choosing.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from sopflow.calendars import Pace
from sopflow.engine import _effects as fx
from sopflow.engine._items import Items
from sopflow.engine._state import Opening
from sopflow.engine._times import moment_of
from sopflow.engine._view import choose, evaluate, missing_of
from sopflow.errors import Problem
from sopflow.expr import UNKNOWN, Failure
from sopflow.program import Alternative, Cases, Op, Step


class Operations(Items):
    """Does what each kind of step is for."""

    __slots__ = ()

    def _operate(self, opening: Opening, step: Step) -> None:
        _OPERATIONS[step.op](self, opening, step)

    # -- work ---------------------------------------------------------------------------------------------------------

    def _work(self, opening: Opening, step: Step) -> None:
        self._announce(opening, step)
        if step.run:
            self._attempt(opening, step)

    def _attempt(self, opening: Opening, step: Step) -> None:
        """Let the registered handler try (again)."""
        view = self._view(opening)
        given: dict[str, object] = {}
        for name, value in step.with_:
            result = evaluate(value, view)
            if isinstance(result, Failure):
                self._incident(opening, f"with {name}: {result}")
                return
            given[name] = None if result is UNKNOWN else result
        opening.tries += 1
        self.effects.append(fx.CallHandler(opening.id, step.run, given, opening.tries))
        if step.timeout is not None and self.state.at is not None:
            opening.since, since = self.state.at, opening.since  # it counts from the attempt
            moment = moment_of(step.timeout, self.program, self.state, opening)
            opening.since = since
            if moment is not None:
                self._set_timer(opening, "timeout", moment.opens_at(self.program.zone))

    def _attempt_failed(self, opening: Opening, step: Step, error: str) -> None:
        """Try again after a while, as often as ``retry`` says; then a person must look at it."""
        retry, now = step.retry, self.state.at
        self._clear_timer(opening, "timeout")
        failed = opening.tries - opening.round  # since it began, or since somebody asked for another try
        again = retry is not None and failed <= retry.times
        wait = retry.wait * retry.factor ** (failed - 1) if again and retry is not None else None
        at = now + wait if wait is not None and now is not None else None
        self.notes.append(fx.Failed(opening.id, step.index, opening.tries, error, at))
        if not again:
            self._incident(opening, error)
        elif at is None or at == now:
            self._attempt(opening, step)
        else:
            self._set_timer(opening, "retry", at)

    # -- blocks -------------------------------------------------------------------------------------------------------

    def _fork(self, opening: Opening, step: Step) -> None:
        join, regions = step.join, step.regions
        assert join is not None  # the compiler gives every FORK a join
        guards = join.guards or (None,) * len(regions)
        held = [True if guard is None else self._value(guard, opening) for guard in guards]
        asked: dict[str, None] = {}
        for guard, value in zip(guards, held, strict=True):
            if guard is not None and isinstance(value, Failure):
                self._incident(opening, f"{guard.text}: {value}")
                return
            if guard is not None and value is UNKNOWN:
                asked.update(dict.fromkeys(self._view(opening).unknown_fields(guard)))
        if asked:
            self._ask(opening, step, tuple(asked))
            return
        self._open_block(opening, step)
        starts = [region for region, value in zip(regions, held, strict=True) if value is True]
        self._begin(opening, step, [(region, self.program.regions[region].head, None) for region in starts])

    def _group(self, opening: Opening, step: Step) -> None:
        self._open_block(opening, step)
        opening.live = opening.started = opening.need = 1
        self.todo.append((self._enter, (opening.id, 0, self.program.regions[step.regions[0]].head)))

    def _repeat(self, opening: Opening, step: Step) -> None:
        if not opening.started:
            self._open_block(opening, step)
            opening.started = opening.need = 1
        elif opening.got:  # it asked whether the round that is over was the last
            self._watch(opening, step.time_reads)
            self._round_over(opening, step)
            return
        self._await_round(opening, step)

    def _round_over(self, block: Opening, step: Step) -> None:
        rounds = step.rounds
        assert rounds is not None  # only a REPEAT comes here
        over = self._value(rounds.until, block) if rounds.until is not None else False
        if isinstance(over, Failure):
            self._incident(block, f"until: {over}")
        elif over is True:
            self._close(block, step.ordinary)
        elif over is UNKNOWN and rounds.until is not None:
            self._ask(block, step, self._view(block).unknown_fields(rounds.until))
        elif rounds.most and block.round >= rounds.most:
            self._close(block, "exhausted")
        else:
            block.got = 0
            self._await_round(block, step)

    def _await_round(self, block: Opening, step: Step) -> None:
        """The next round opens at the next tick of its pace, or at once."""
        every, now = step.rounds.every if step.rounds is not None else None, self.state.at
        if isinstance(every, Cases):
            chosen = choose(every, self._view(block))
            if chosen is UNKNOWN:
                self._ask(block, step, self.state.data.fields_behind(missing_of(every, self.state.data)))
                return
            every = chosen if isinstance(chosen, Pace) else None
        tick = self._tick_after(now, every, block) if every is not None and now is not None else None
        if tick is None:
            self._next_round(block, step)
        else:
            self._set_timer(block, "round", tick)

    def _next_round(self, block: Opening, step: Step) -> None:
        block.round += 1
        block.live = 1
        self.todo.append((self._enter, (block.id, 0, self.program.regions[step.regions[0]].head)))

    def _call(self, opening: Opening, step: Step) -> None:
        call = step.call
        assert call is not None  # the compiler gives every CALL its call
        if call.most and self.state.depth >= call.most:
            self._close(opening, "too-deep")
            return
        view = self._view(opening)
        data: dict[str, object] = {}
        for path, value in call.with_:
            given = evaluate(value, view)
            if isinstance(given, Failure):
                self._incident(opening, f"with {path}: {given}")
                return
            if given is not UNKNOWN:
                data[path] = call.program.fields[path].read(given, call.program.zone)
        for path, field in call.program.fields.items():
            problem = data.get(path)
            if path in call.program.parameters and data.get(path, field.default) is None:
                problem = Problem("SOP726", fields={"name": path})
            if isinstance(problem, Problem):  # the child would refuse to start
                self._incident(opening, f"with {path}: {problem}")
                return
        self._announce(opening, step)
        self.effects.append(fx.StartChild(opening.id, step.index, data, self.state.depth + 1))
        if call.detached:
            self._close(opening, step.ordinary)

    # -- waits and messages -------------------------------------------------------------------------------------------

    def _wait(self, opening: Opening, step: Step) -> None:
        """Take the first alternative that is there already, else wait for all of them."""
        opening.phase = "held"
        for alternative in sorted(step.wait, key=lambda one: one.at is not None):  # what is there beats what is due
            if self._is_there(opening, alternative):
                self._close(opening, alternative.exit)
                return
        self._watch(opening, step.time_reads)
        if not opening.announced:  # it is nobody's work, but it may be late and have handlers like any step
            opening.announced, opening.since = True, self.state.at
            self._set_times(opening, step)
            if step.handlers:
                self._arm(opening)
            self._say_if_late(opening, step)
        routed = opening.awaits
        for number, alternative in enumerate(step.wait):
            if alternative.message:
                self._await(opening, alternative, routed=routed)
            moment = self._moment(alternative.at, opening) if alternative.at is not None else None
            if moment is not None:
                at = moment.opens_at(self.program.zone)
                self._set_timer(opening, f"wait-{number}", at)
                self.notes.append(fx.Held(opening.id, step.index, at))

    def _is_there(self, opening: Opening, alternative: Alternative) -> bool:
        if alternative.when is not None:
            self._watch(opening, self._reads(alternative.when))
            return self._value(alternative.when, opening) is True
        if alternative.message:
            return self._take_kept(opening, alternative)
        moment = self._moment(alternative.at, opening) if alternative.at is not None else None
        return moment is not None and self.state.at is not None and moment.opens_at(self.program.zone) <= self.state.at

    def _emit(self, opening: Opening, step: Step) -> None:
        view, fields = self._view(opening), self.program.messages[step.emit].fields
        data: dict[str, object] = {}
        for name, value in step.with_:
            given = evaluate(value, view)
            if given is not UNKNOWN and not isinstance(given, Failure):
                given = fields[name].read(given, self.program.zone)
            if isinstance(given, Failure | Problem):
                self._incident(opening, f"with {name}: {given}")
                return
            if given is not UNKNOWN:
                data[name] = given
        self.effects.append(fx.Emit(step.emit, data))
        self._close(opening, step.ordinary)

    def _stop(self, opening: Opening, step: Step) -> None:
        self._close(opening, step.ordinary)


_OPERATIONS: dict[Op, Callable[[Operations, Opening, Step], None]] = {
    Op.WORK: Operations._work,
    Op.VOTE: Operations._work,
    Op.CHOOSE: Operations._choose,
    Op.FORK: Operations._fork,
    Op.EACH: Operations._each,
    Op.GROUP: Operations._group,
    Op.REPEAT: Operations._repeat,
    Op.CALL: Operations._call,
    Op.WAIT: Operations._wait,
    Op.EMIT: Operations._emit,
    Op.STOP: Operations._stop,
}
