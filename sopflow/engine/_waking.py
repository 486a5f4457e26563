"""Waking: what happens to openings that wait, when data are written, a timer comes due or a message arrives.

Which way a token goes once it is awake stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta

from sopflow.calendars import Pace
from sopflow.engine import _effects as fx
from sopflow.engine._handlers import Handling
from sopflow.engine._items import ADDS
from sopflow.engine._people import offered_to
from sopflow.engine._plan import MILESTONE
from sopflow.engine._state import Opening
from sopflow.engine._times import ticks
from sopflow.engine._watch import MESSAGE
from sopflow.expr import UNKNOWN, Expression
from sopflow.program import Cases, Each, Op, Step

#: Timers that count from what happened, not from a date: a new plan leaves them, a pause shifts them.
COUNTED = ("retry", "timeout", "round")


class Waking(Handling):
    """Looks again at what waits."""

    __slots__ = ()

    def _settle(self) -> None:
        """Look again at the openings that wait for what was written, by id."""
        concerned, self.changed = self.changed, {}
        for number in sorted(concerned):
            opening = self.state.open.get(number)
            if opening is not None and self.state.status == "running":
                self._look_again(opening, concerned[number].keys())
                self._run()

    def _look_again(self, opening: Opening, changed: AbstractSet[str]) -> None:
        if opening.step < 0:
            if not changed.isdisjoint(self.program.time_reads):
                self._rearm(opening)
            self._look_at_conditions(opening)
            return
        step = self.program.steps[opening.step]
        if step.while_ is not None and opening.stage > MILESTONE and self._value(step.while_, opening) is False:
            self._lose(opening, step, step.while_)
        elif opening.phase == "asks" or (opening.phase == "held" and step.op == Op.WAIT):
            self._proceed_again(opening, step)
        elif opening.phase == "held":
            self._clear_timers(opening)
            self._proceed(opening)
        elif opening.phase == "open":
            if not changed.isdisjoint(step.time_reads):
                self._replan(opening, step)
            elif step.each is not None:
                self._look_at_list(opening, step.each)
        if opening.announced and opening.phase != "gone" and self.state.open.get(opening.id) is opening:
            self._look_at_conditions(opening)
            self._route_again(opening, changed)

    def _look_at_list(self, opening: Opening, each: Each) -> None:
        """What ends the list may have come true, or moved."""
        if each.until is None or opening.closed:
            return
        self._clear_timer(opening, ADDS)
        self._watch_list(opening, each)
        if opening.closed:
            self._close_list(opening)

    def _lose(self, opening: Opening, step: Step, milestone: Expression) -> None:
        """The milestone is lost: the step is withdrawn and goes out by ``missed``."""
        self.notes.append(fx.PassedOver(opening.id, step.index, milestone.text))
        self._bereave(opening, step)
        self._give_up(opening, step)
        self._close(opening, step.missed or step.ordinary, skipped=True)

    def _wake_after(self, pause: timedelta) -> None:
        """The run goes on: what counts from an opening shifts by the pause, and what came meanwhile is looked at."""
        state = self.state
        for opening in list(state.open.values()):
            if state.open.get(opening.id) is not opening:
                continue
            ripe = self._ripe(opening)
            opening.since = opening.since + pause if opening.since is not None else None
            for name, origin in ripe.items():
                if self._origin(opening, name) != origin:  # counted from the opening: its time has not come
                    self._clear_timer(opening, name)
            if opening.step < 0:
                self._rearm(opening)
                continue
            step = self.program.steps[opening.step]
            for name in opening.timers:
                if name in COUNTED:
                    self._shift(opening, step, name, pause)
            asks = opening.phase == "asks" and step.op == Op.CHOOSE
            if opening.phase == "open" or asks or (opening.phase == "incident" and opening.announced):
                self._replan(opening, step)
            elif opening.phase == "held":
                self._look_again(opening, frozenset())
        for path in list(state.watch):
            self._touch(path)
        for name in list(state.mail):
            self._kept(name)  # forgets those that are too old
            left = [letter for letter in state.mail[name] if not self._arrives(name, letter[1], kept=True)]
            if state.running:
                state.mail[name] = left

    def _proceed_again(self, opening: Opening, step: Step) -> None:
        asked = opening.asked if opening.phase == "asks" else ()
        if asked and all(self._value_of(path, opening) is UNKNOWN for path in asked):
            return
        if step.question is not None and step.question.about in asked:
            if self._written(opening, step.question.about) <= opening.asked_at:
                return  # what it knows is an old answer
            opening.round += 1
        if step.op == Op.WAIT and opening.announced:
            self._replan(opening, step)
        elif step.op != Op.REPEAT:  # which is open already, and only asks whether it is over
            self._clear_timers(opening, keep=[name for name in opening.timers if name.startswith("on-")])
        self._proceed(opening)

    def _replan(self, opening: Opening, step: Step) -> None:
        """A deadline that hangs on what was written moves; what is done stays done."""
        before, ripe = opening.due, self._ripe(opening)
        self._clear_timers(opening, keep=COUNTED)
        was_late, opening.late = opening.late, False
        self._set_times(opening, step)
        self._rearm(opening, ripe)
        if opening.due != before:
            self.notes.append(fx.Replanned(opening.id, step.index, opening.due))
        if not was_late:
            self._say_if_late(opening, step)
        if step.each is not None:
            self._look_at_list(opening, step.each)

    def _ripe(self, opening: Opening) -> dict[str, object]:
        """The reminders and ticks whose time has come and that have not fired yet, each with what it counts from.

        Time has come in a pause, or in the very instant of this event, in which everything else is still in time.
        """
        timers, now = self.state.timers, self.state.at
        come = [name for name in opening.timers if now is not None and timers[opening.id, name] <= now]
        return {name: origin for name in come if (origin := self._origin(opening, name)) is not None}

    def _rearm(self, opening: Opening, ripe: Mapping[str, object] | None = None) -> None:
        """Set the timers of handlers; what is ripe fires now, unless a new plan has moved what it counts from."""
        ripe = self._ripe(opening) if ripe is None else ripe
        self._arm_timers(opening)
        for name, origin in ripe.items():
            if self.state.at is not None and self._origin(opening, name) == origin:
                self._set_timer(opening, name, self.state.at)

    def _origin(self, opening: Opening, name: str) -> object:
        """What the timer of a reminder or of a handler's pace counts from: a moment; of a dated pace, itself."""
        if name.startswith("on-"):
            every = self._handlers_of(opening)[int(name[3:])].every
            return None if every is None else every if _is_dated(every) else opening.since
        times = self.program.steps[opening.step].times.remind if opening.step >= 0 else ()
        written = next((reminder.at for reminder in times if reminder.name == name), None)
        return self._moment(written, opening) if written is not None else None

    def _shift(self, opening: Opening, step: Step, name: str, pause: timedelta) -> None:
        """A pause does not count; the next round stays a tick of its pace."""
        every, now = step.rounds.every if step.rounds is not None else None, self.state.at
        if name != "round" or now is None or not isinstance(every, Pace):
            self._set_timer(opening, name, self.state.timers[opening.id, name] + pause)
        elif not _is_dated(every):
            tick = self._tick_after(now, every, opening)
            if tick is not None:
                self._set_timer(opening, name, tick)

    def _fire(self, opening: Opening, name: str) -> None:
        """A timer came due."""
        del self.state.timers[opening.id, name]
        opening.timers = tuple(other for other in opening.timers if other != name)
        if name.startswith("on-"):
            self._tick(opening, int(name[3:]))
            return
        step = self.program.steps[opening.step]
        if name == "opens":
            self._proceed(opening)
        elif name == "round":
            self._next_round(opening, step)
        elif name == "retry":
            self._attempt(opening, step)
        elif name == "timeout":
            self.effects.append(fx.CancelHandler(opening.id))
            self._attempt_failed(opening, step, "timed out")
        elif name == ADDS:
            self._close_list(opening)
        elif name == "due":
            if not opening.late:
                opening.late = True
                self._say_if_late(opening, step)
        elif name.startswith("wait-"):
            self._close(opening, step.wait[int(name[5:])].exit)
        else:
            self._remind(opening, step, name)

    def _remind(self, opening: Opening, step: Step, name: str) -> None:
        for reminder in step.times.remind:
            if reminder.name == name:
                to = offered_to(step, opening)
                self.effects.append(fx.Notify("remind", opening.id, step.index, to))
                self.notes.append(fx.Reminded(opening.id, step.index, to))
                if reminder.pace is not None:
                    at = ticks(reminder, self.program, self.state, opening, after=self.state.at)
                    if at is not None:
                        self._set_timer(opening, name, at)
        for escalation in step.times.escalate:
            if escalation.name == name:
                self.effects.append(fx.Notify("escalate", opening.id, step.index, (escalation.to,)))
                opening.told |= {name}
                self.notes.append(fx.Escalated(opening.id, step.index, escalation.to, escalation.hand_over))
                if escalation.hand_over:
                    opening.to = escalation.to
                    self.effects.append(fx.Withdraw(opening.id, "escalated"))
                    self.effects.append(fx.Offer(opening.id, step.index, (escalation.to,)))

    def _arrives(self, name: str, data: Mapping[str, object], *, kept: bool) -> bool:
        """A message goes to the innermost scope or wait that takes it, then the oldest; a signal to all of them."""
        state, taken = self.state, False
        there = [state.open[number] for number in state.watch.get(MESSAGE + name, ())]
        for opening in sorted(there, key=lambda opening: (-self._depth(opening), opening.id)):
            if opening.id in state.open and (self._takes(opening, name, data) or self._handles(opening, name, data)):
                taken = True
                if kept:
                    break
        return taken

    def _depth(self, opening: Opening) -> int:
        depth = 0
        while opening.step >= 0:
            depth += 1
            opening = self.state.open[opening.up]
        return depth

    def _takes(self, opening: Opening, name: str, data: Mapping[str, object]) -> bool:
        """Whether this opening waits for the message; if so it has taken it."""
        step = self.program.steps[opening.step] if opening.step >= 0 else None
        if step is None:
            return False
        if step.op == Op.EACH and step.each is not None and step.each.until is not None:
            until = step.each.until
            if until.message != name or opening.closed or not self._matches(opening, until, data):
                return False
            self._close_list(opening)
            return True
        if step.op != Op.WAIT or opening.phase != "held":
            return False
        for alternative in step.wait:
            if alternative.message == name and self._matches(opening, alternative, data):
                self._consume(opening, data)
                self._close(opening, alternative.exit)
                return True
        return False


def _is_dated(every: Pace | Cases) -> bool:
    """Whether ticks come on days of the calendar, or so much time after each other."""
    return isinstance(every, Pace) and bool(every.weekdays or every.clock or every.rule)
