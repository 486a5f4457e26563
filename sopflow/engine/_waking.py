"""Waking: what happens to openings that wait, when data are written, a timer comes due or a message arrives.

Which way a token goes once it is awake stands in ``_rules.py``.
"""

from __future__ import annotations

from datetime import timedelta

from sopflow.engine import _effects as fx
from sopflow.engine._handlers import Handling
from sopflow.engine._state import Opening
from sopflow.engine._times import ticks
from sopflow.expr import UNKNOWN, Expression
from sopflow.program import Op, Step


class Waking(Handling):
    """Looks again at what waits."""

    __slots__ = ()

    def _settle(self) -> None:
        """Look again at the openings that wait for what was written, by id."""
        state = self.state
        changed = frozenset(self.changed)
        concerned = sorted({number for path in changed for number in state.watch.get(path, ())})
        self.changed.clear()
        for number in concerned:
            opening = state.open.get(number)
            if opening is not None:
                self._look_again(opening, changed)
                self._run()

    def _look_again(self, opening: Opening, changed: frozenset[str]) -> None:
        if opening.step < 0:
            self._look_at_conditions(opening)
            return
        step = self.program.steps[opening.step]
        if step.while_ is not None and opening.stage > 1 and self._value(step.while_, opening) is False:
            self._lose(opening, step, step.while_)
        elif opening.phase == "asks" or (opening.phase == "held" and step.op == Op.WAIT):
            self._proceed_again(opening, step)
        elif opening.phase == "held":
            self._clear_timers(opening)
            self._proceed(opening)
        elif opening.phase == "open" and not changed.isdisjoint(step.time_reads):
            self._replan(opening, step)
        if opening.announced and opening.phase != "gone" and self.state.open.get(opening.id) is opening:
            self._look_at_conditions(opening)

    def _lose(self, opening: Opening, step: Step, milestone: Expression) -> None:
        """The milestone is lost: the step is withdrawn and goes out by ``missed``."""
        self.notes.append(fx.PassedOver(opening.id, step.index, milestone.text))
        if step.op == Op.CALL:
            self.effects.append(fx.CancelChild(opening.id))
        self._close(opening, step.missed or step.ordinary, skipped=True)

    def _wake_after(self, pause: timedelta) -> None:
        """The run goes on: what counts from an opening shifts by the pause, and what came meanwhile is looked at."""
        state = self.state
        for opening in list(state.open.values()):
            opening.since = opening.since + pause if opening.since is not None else None
            if opening.step < 0 or self.state.open.get(opening.id) is not opening:
                continue
            step = self.program.steps[opening.step]
            if opening.phase == "open" or (opening.phase == "asks" and step.op == Op.CHOOSE):
                self._replan(opening, step)
            elif opening.phase == "held":
                self._look_again(opening, frozenset())
        self.changed.update(dict.fromkeys(state.watch))
        for name in list(state.mail):
            left = [data for data in state.mail[name] if not self._arrives(name, data, kept=True)]
            if state.running:
                state.mail[name] = left

    def _proceed_again(self, opening: Opening, step: Step) -> None:
        if opening.phase == "asks" and any(self._value_of(path, opening) is UNKNOWN for path in opening.asked):
            still = tuple(path for path in opening.asked if self._value_of(path, opening) is UNKNOWN)
            if still == opening.asked:
                return
        if opening.phase == "asks" and step.question is not None and step.question.about in opening.asked:
            opening.round += 1
        if step.op == Op.WAIT and opening.announced:
            self._replan(opening, step)
        elif step.op != Op.REPEAT:  # which is open already, and only asks whether it is over
            self._clear_timers(opening)
        self._proceed(opening)

    def _replan(self, opening: Opening, step: Step) -> None:
        """A deadline that hangs on what was written moves; what is done stays done."""
        before = opening.due
        self._clear_timers(opening)
        was_late, opening.late = opening.late, False
        self._set_times(opening, step)
        self._arm_timers(opening)
        if opening.due != before:
            self.notes.append(fx.Replanned(opening.id, step.index, opening.due))
        if not was_late:
            self._say_if_late(opening, step)

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
                to = (opening.to,) if opening.to else step.people.by
                self.effects.append(fx.Notify("remind", opening.id, step.index, to))
                self.notes.append(fx.Reminded(opening.id, step.index, to))
                if reminder.pace is not None:
                    at = ticks(reminder, self.program, self.state, opening, after=self.state.at)
                    if at is not None:
                        self._set_timer(opening, name, at)
        for escalation in step.times.escalate:
            if escalation.name == name:
                self.effects.append(fx.Notify("escalate", opening.id, step.index, (escalation.to,)))
                self.notes.append(fx.Escalated(opening.id, step.index, escalation.to, escalation.hand_over))
                if escalation.hand_over:
                    opening.to = escalation.to
                    self.effects.append(fx.Withdraw(opening.id, "escalated"))
                    self.effects.append(fx.Offer(opening.id, step.index, (escalation.to,)))

    def _arrives(self, name: str, data: dict[str, object], *, kept: bool) -> bool:
        """A message goes to the innermost scope or wait that takes it, then the oldest; a signal to all of them."""
        taken = False
        for opening in sorted(self.state.open.values(), key=lambda opening: (-self._depth(opening), opening.id)):
            if opening.id in self.state.open and (
                self._takes(opening, name, data) or self._handles(opening, name, data)
            ):
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

    def _takes(self, opening: Opening, name: str, data: dict[str, object]) -> bool:
        """Whether this opening waits for the message; if so it has taken it."""
        if opening.step < 0 or opening.phase != "held":
            return False
        step = self.program.steps[opening.step]
        if step.op != Op.WAIT:
            return False
        for alternative in step.wait:
            if alternative.message == name and self._matches(opening, alternative, data):
                self._consume(opening, data)
                self._close(opening, alternative.exit)
                return True
        return False
