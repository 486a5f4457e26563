"""The checks: is the run running, the clock right, the opening open, may this person do it, do the data fit.

Whatever is wrong is raised as a :class:`Refusal` before anything has changed. Which events need which checks
stands in ``_acts.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from sopflow.engine import _events as ev
from sopflow.engine._enabled import names_of_open
from sopflow.engine._people import field_of, nobody_left, objection
from sopflow.engine._refusal import WHAT, WHY_NOT, Refusal, refusal
from sopflow.engine._rules import Place
from sopflow.engine._state import Opening
from sopflow.engine._view import View, with_part
from sopflow.engine._waking import Waking
from sopflow.errors import Problem, nearest
from sopflow.expr import UNKNOWN
from sopflow.program import Op, Step
from sopflow.values import Field

#: What a form that must be filled does not take.
_NOTHING = (None, UNKNOWN)


class Checks(Waking):
    """What an act may ask before it says what is to be done."""

    __slots__ = ()

    def _check_clock(self) -> None:
        state, at = self.state, self.event.at
        if at is None or state.at is None:
            return
        if at < state.at:
            raise refusal("clock", "SOP712", at=at.isoformat(), now=state.at.isoformat())
        first = state.next_timer() if state.timers and state.status == "running" else None
        if first and first[0] <= at and not isinstance(self.event, ev.TimerFired):
            where = self._name(state.open[first[1]])
            raise refusal(
                "timer-first", "SOP713", name=first[2], step=where, due=first[0].isoformat(), opening=first[1]
            )

    def _running(self, *, suspended: bool = False) -> None:
        status = self.state.status
        if status == "new":
            raise refusal("status", "SOP734")
        if status == "running" or (suspended and status == "suspended"):
            return
        if status == "suspended":
            raise refusal("status", "SOP738")
        chinese = {"ended": "已结束", "cancelled": "已取消"}[status]
        raise refusal("status", "SOP711", status=status, status_zh=chinese)

    def _opening(self, number: int, *phases: str) -> tuple[Opening, Step]:
        """The opening of that number, if it is in one of ``phases``."""
        self._running()
        opening = self.state.open.get(number)
        if opening is None or opening.step < 0:
            raise refusal(
                "not-open", "SOP702", step=number, why="it has been closed", why_zh="已关闭", open=self._open_now()
            )
        step = self.program.steps[opening.step]
        if opening.phase not in phases:
            why, chinese = WHY_NOT["waits" if step.op == Op.WAIT and opening.phase == "held" else opening.phase]
            if opening.asked:
                asked = ", ".join(opening.asked)
                why, chinese = f"it asks for {asked} first", f"须先回答 {asked}"
            raise refusal("not-open", "SOP702", step=step.path, why=why, why_zh=chinese, open=self._open_now())
        return opening, step

    def _open_now(self) -> str:
        return names_of_open(self.program, self.state)

    def _may(self, opening: Opening, step: Step) -> None:
        against = objection(self.program, self.state, step, opening, self.event.by)
        if against:
            raise Refusal(*against)

    def _is(self, step: Step, ops: tuple[Op, ...], verb: tuple[str, str]) -> None:
        if step.op in ops:
            return
        kind, chinese, use = WHAT[step.op]
        raise refusal(
            "outcome", "SOP717", step=step.path, kind_text=kind, kind_zh=chinese, verb=verb[0], verb_zh=verb[1], use=use
        )

    def _check_seen(self, opening: Opening, seen: int, paths: Iterable[str]) -> None:
        """No field that they hand in was written after what they saw."""
        for path in paths:
            written = self._written(opening, path)
            if written > seen:
                raise refusal("stale", "SOP731", field=path, at=written)

    def _check_jump(self, opening: Opening, step: Step, target: Step) -> Place:
        """Where the token stands after a jump, if what follows can still be done.

        Every marking of a sound program can end, so it is enough to look at the region, at what the target requires,
        and at who may do it.
        """
        place, why, chinese = self._place_above(opening, target.region), "", ""
        if place is None:
            why = f"it stands inside a block that is not open above ‘{step.path}’"
            chinese = "它位于未打开的区块之内"
        for condition in target.requires:
            if condition.evaluate(self._view(opening)) is not True:
                why, chinese = f"it requires {condition.text}", f"它要求 {condition.text}"
        if nobody_left(self.program, self.state, target):
            why = "everybody who may do it is kept from it by four eyes"
            chinese = "四眼原则排除了所有可办理人"
        if why or place is None:
            raise refusal("unsound", "SOP732", step=target.path, why=why, why_zh=chinese)
        return place

    def _read(
        self, data: Mapping[str, object], step: Step | None = None, *, parameters: bool = False
    ) -> dict[str, object]:
        """``data`` as typed values by path, also of the item that ``step`` is about; None forgets a field."""
        program = self.program
        values: dict[str, object] = {}
        for path, raw in data.items():
            field = field_of(program, step, path)
            if field is None:
                near = nearest(path, program.fields if step is None else (*program.fields, *step.parts))
                raise refusal("type", "SOP709", name=path, nearest=near[0] if near else "")
            if path in program.parameters and not parameters:
                raise refusal("type", "SOP710", name=path)
            value = None if raw is None else field.read(raw, program.zone)
            if isinstance(value, Problem):
                raise Refusal("type", value)
            values[path] = value
        return values

    def _complete(
        self, opening: Opening, step: Step, event: ev.StepDone | ev.Voted, values: Mapping[str, object]
    ) -> None:
        """The form is filled, the checklist ticked, the evidence given, and ``ensures`` holds."""
        missing: list[object] = [
            path
            for path, may_stay_empty in step.form
            if not may_stay_empty and (values[path] if path in values else self._value_of(path, opening)) in _NOTHING
        ]
        after = (
            self._view_after(opening, values) if step.checklist or step.evidence or step.ensures else self.state.data
        )
        if event.ticks is not None:
            ticked = set(opening.ticked or ()) | set(event.ticks)
            known = {word for number, item in enumerate(step.checklist, 1) for word in (number, *item.text.values())}
            for tick in event.ticks:
                if tick not in known:
                    lines = [item.text for item in step.checklist]
                    raise refusal("outcome", "SOP740", step=step.path, line=tick, lines=lines)
            for number, item in enumerate(step.checklist, 1):
                applies = item.if_ is None or item.if_.evaluate(after) is not False
                if applies and number not in ticked and ticked.isdisjoint(item.text.values()):
                    missing.append(item.text)
        wanted = [item for item in step.evidence if item.if_ is None or item.if_.evaluate(after) is not False]
        for item, piece in zip_longest(wanted, event.evidence[: len(wanted)]):
            title = item.text or item.is_
            if piece is None or (isinstance(piece, str) and not piece.strip()):
                missing.append(title)
            elif item.is_ and isinstance(
                wrong := Field(self.program.text(item.text) or item.is_, item.is_).read(piece, self.program.zone),
                Problem,
            ):
                raise Refusal("type", wrong)
        if missing:
            raise refusal("incomplete", "SOP708", step=step.path, missing=missing)
        for condition in step.ensures:
            if condition.evaluate(after) is not True:
                raise refusal("incomplete", "SOP719", step=step.path, condition=condition.text)

    def _view_after(self, opening: Opening, values: Mapping[str, object]) -> View:
        """The data as they will be with what is handed in."""
        ours = {path: value for path, value in values.items() if path in self.program.fields}
        after = View({**self.state.data, **ours})
        for path in (path for path, value in ours.items() if value is None):
            del after[path]
        after.bind(self.program, self.state)
        after.locals = dict(self._view(opening).locals)
        for path in values.keys() - ours.keys():  # of the item
            name, _, part = path.partition(".")
            after.locals[name] = with_part(after.locals.get(name), part, values[path])
        return after
