"""Interventions: items more or less, skip, jump, try again, suspend, resume, call off. Checked before they are taken.

Each act looks at everything first, then gives back what is to be done: see ``_acts.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._answers import Answers
from sopflow.engine._refusal import Refusal, refusal
from sopflow.engine._state import Opening
from sopflow.errors import Problem
from sopflow.program import Op, Step


class Interventions(Answers):
    """Changes the way of a run from outside."""

    __slots__ = ()

    def _item_added(self, event: ev.ItemAdded) -> Callable[[], None]:
        opening, step = self._list(event.opening)
        each = step.each
        assert each is not None  # as _list has seen
        item = event.item
        field = self.program.fields.get(each.field)
        if field is not None:
            read = field.read([item], self.program.zone)
            if not isinstance(read, list):
                raise Refusal("type", read if isinstance(read, Problem) else Problem("SOP742", fields={"value": item}))
            item = read[0]
        key = self._key_of(opening, each, item)
        if each.key is not None and (key is None or key in (opening.keys or {}).values()):
            raise refusal("type", "SOP747", step=step.path, key=key or "–")
        return lambda: self._add_item(opening, step, item, key)

    def _item_dropped(self, event: ev.ItemDropped) -> Callable[[], None]:
        opening, step = self._list(event.opening, closed=True)
        waiting = any(start[0] == event.item for start in opening.starts)
        if event.item < 0 or not (event.item in (opening.kids or {}) or waiting):
            raise refusal("not-open", "SOP748", step=step.path, item=event.item + 1)
        return lambda: self._drop_item(opening, step, event.item)

    def _list_closed(self, event: ev.ListClosed) -> Callable[[], None]:
        opening, _ = self._list(event.opening)
        return lambda: self._close_list(opening)

    def _list(self, number: int, *, closed: bool = False) -> tuple[Opening, Step]:
        """The open for-each of that number; ``closed``: also one to which nothing can be added any more."""
        opening, step = self._opening(number, "open")
        self._is(step, (Op.EACH,), ("added to", "增减条目"))
        if opening.closed and not closed:
            raise refusal("closed", "SOP749", step=step.path)
        return opening, step

    def _skipped(self, event: ev.Skipped) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if not event.why.strip():
            raise refusal("outcome", "SOP729")
        outcome = event.outcome or (step.ordinary if step.ordinary in step.exits else "")
        if outcome not in step.exits:
            raise refusal(
                "outcome", "SOP703", step=step.path, outcome=event.outcome or "–", outcomes=", ".join(step.exits)
            )

        def act() -> None:
            self.notes.append(fx.PassedOver(opening.id, step.index, event.why))
            self._give_up(opening, step)
            self._close(opening, outcome, skipped=True)

        return act

    def _jumped(self, event: ev.Jumped) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if not event.why.strip():
            raise refusal("outcome", "SOP729")
        target = self.program.steps[event.to]
        place = self._check_jump(opening, step, target)

        def act() -> None:
            self._withdraw(opening, "jumped")
            self._leave(*place, target.index)

        return act

    def _retried(self, event: ev.Retried) -> Callable[[], None]:
        opening, _ = self._opening(event.opening, "incident")

        def act() -> None:
            opening.phase, opening.error, opening.round = "open", "", opening.tries or opening.round
            self._proceed(opening)

        return act

    def _suspended(self, event: ev.Suspended) -> Callable[[], None]:
        self._running()

        def act() -> None:
            self.state.status, self.state.suspended_at = "suspended", event.at

        return act

    def _resumed(self, event: ev.Resumed) -> Callable[[], None]:
        self._running(suspended=True)
        if self.state.status != "suspended":
            raise refusal("status", "SOP739")

        def act() -> None:
            state, now = self.state, event.at
            pause = now - state.suspended_at if now and state.suspended_at else timedelta(0)
            state.status, state.suspended_at = "running", None
            self._wake_after(pause)

        return act

    def _cancelled(self, event: ev.Cancelled) -> Callable[[], None]:
        if event.opening is None:
            self._running(suspended=True)
            return lambda: self._end("cancelled", "cancelled")
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if step.op in (Op.CHOOSE, Op.VOTE) or step.ordinary not in step.exits:
            raise refusal(
                "outcome",
                "SOP728",
                step=step.path,
                why="it has no ordinary way",
                why_zh="它没有默认出口",
            )

        def act() -> None:
            self._bereave(opening, step)
            self._give_up(opening, step)
            self._close(opening, step.ordinary, skipped=True)

        return act
