"""Waking: what happens to openings that wait, when data are written, a timer comes due or a message arrives.

Which way a token goes once it is awake stands in ``_rules.py``.
"""

from __future__ import annotations

from sopflow.engine import _effects as fx
from sopflow.engine._rules import Rules
from sopflow.engine._state import Opening
from sopflow.engine._times import ticks
from sopflow.expr import UNKNOWN
from sopflow.program import Op, Step


class Waking(Rules):
    """Looks again at what waits."""

    __slots__ = ()

    def _settle(self) -> None:
        """Look again at the openings that wait for what was written, by id."""
        state = self.state
        concerned = sorted({number for path in self.changed for number in state.watch.get(path, ())})
        self.changed.clear()
        for number in concerned:
            opening = state.open.get(number)
            if opening is None:
                continue
            step = self.program.steps[opening.step]
            if opening.phase == "asks" or (opening.phase == "held" and step.op == Op.WAIT):
                self._proceed_again(opening, step)
            elif opening.phase == "held":
                self._clear_timers(opening)
                self._proceed(opening)
            elif opening.phase == "open":
                self._replan(opening, step)
            self._run()

    def _proceed_again(self, opening: Opening, step: Step) -> None:
        if opening.phase == "asks" and any(self._value_of(path, opening) is UNKNOWN for path in opening.asked):
            still = tuple(path for path in opening.asked if self._value_of(path, opening) is UNKNOWN)
            if still == opening.asked:
                return
        if opening.phase == "asks" and step.question is not None and step.question.about in opening.asked:
            opening.round += 1
        self._clear_timers(opening)
        self._proceed(opening)

    def _replan(self, opening: Opening, step: Step) -> None:
        """A deadline that hangs on what was written moves; what is done stays done."""
        before = opening.due
        opening_since = opening.since
        self._clear_timers(opening)
        self._unwatch(opening)
        was_late, opening.late = opening.late, False
        self._set_times(opening, step)
        opening.since = opening_since
        if opening.due != before:
            self.notes.append(fx.Replanned(opening.id, step.index, opening.due))
            if opening.late and not was_late and opening.due is not None:
                self.notes.append(fx.Overdue(opening.id, step.index, opening.due))

    def _fire(self, opening: Opening, name: str) -> None:
        """A timer came due."""
        step = self.program.steps[opening.step]
        del self.state.timers[opening.id, name]
        opening.timers = tuple(other for other in opening.timers if other != name)
        if name == "opens":
            self._proceed(opening)
        elif name == "due" and opening.due is not None:
            opening.late = True
            self.notes.append(fx.Overdue(opening.id, step.index, opening.due))
        elif name.startswith("wait-"):
            self._close(opening, step.wait[int(name[5:])].exit)
        else:
            self._remind(opening, step, name)

    def _remind(self, opening: Opening, step: Step, name: str) -> None:
        for reminder in step.times.remind:
            if reminder.name == name:
                self.effects.append(fx.Notify("remind", opening.id, step.index, step.people.by))
                if reminder.pace is not None:
                    at = ticks(reminder, self.program, self.state, opening, after=self.state.at)
                    if at is not None:
                        self._set_timer(opening, name, at)
        for escalation in step.times.escalate:
            if escalation.name == name:
                self.effects.append(fx.Notify("escalate", opening.id, step.index, (escalation.to,)))
                if escalation.hand_over:
                    opening.to = escalation.to

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
