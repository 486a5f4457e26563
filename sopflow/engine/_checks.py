"""The checks: may this event happen now? Each act looks at everything first, then says what is to be done.

Whatever is wrong is raised as a :class:`Refusal` before anything has changed; where tokens go stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._people import objection, of_fields
from sopflow.engine._refusal import WHAT, WHY_NOT, Refusal, refusal
from sopflow.engine._state import ROOT, Opening
from sopflow.engine._view import View
from sopflow.engine._waking import Waking
from sopflow.errors import Problem, nearest
from sopflow.program import Op, Step

#: Kept messages of one name.
MAIL = 1_000

_BLOCKS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT})


class Checks(Waking):
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
        while self.changed and state.running:
            self._settle()

    def _check_clock(self) -> None:
        state, at = self.state, self.event.at
        if at is None or state.at is None:
            return
        if at < state.at:
            raise refusal("clock", "SOP712", at=at.isoformat(), now=state.at.isoformat())
        first = state.next_timer() if state.timers and state.status == "running" else None
        if first and first[0] <= at and not isinstance(self.event, ev.TimerFired):
            step = self.program.steps[state.open[first[1]].step]
            raise refusal(
                "timer-first", "SOP713", name=first[2], step=step.path, due=first[0].isoformat(), opening=first[1]
            )

    def _running(self, *, suspended: bool = False) -> None:
        status = self.state.status
        if status == "new":
            raise refusal("status", "SOP734")
        if status == "running" or (suspended and status == "suspended"):
            return
        chinese = {"ended": "已结束", "cancelled": "已取消", "suspended": "已暂停"}[status]
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
            why, chinese = WHY_NOT[opening.phase]
            raise refusal("not-open", "SOP702", step=step.path, why=why, why_zh=chinese, open=self._open_now())
        return opening, step

    def _open_now(self) -> str:
        steps = self.program.steps
        names = [
            steps[o.step].path
            for o in self.state.open.values()
            if o.step >= 0 and o.phase in ("open", "asks") and steps[o.step].op not in _BLOCKS
        ]
        return ", ".join(names) or "–"

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

    def _read(self, data: Mapping[str, object], *, parameters: bool = False) -> dict[str, object]:
        """``data`` as typed values by path; ``unknown`` (None) forgets a field."""
        program = self.program
        values: dict[str, object] = {}
        for path, raw in data.items():
            field = program.fields.get(path)
            if field is None:
                near = nearest(path, program.fields)
                raise refusal("type", "SOP709", name=path, nearest=near[0] if near else "")
            if path in program.parameters and not parameters:
                raise refusal("type", "SOP710", name=path)
            value = None if raw is None else field.read(raw, program.zone)
            if isinstance(value, Problem):
                raise Refusal("type", value)
            values[path] = value
        return values

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
            root = Opening(ROOT, -1, -1, 0, since=event.at, kids={}, live=1)
            state.open[ROOT] = root
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
        values = self._read(event.data)
        self._complete(opening, step, event, values)

        def act() -> None:
            for path, value in values.items():
                self._write(path, value)
            self._close(opening, outcome)

        return act

    def _complete(self, opening: Opening, step: Step, event: ev.StepDone, values: Mapping[str, object]) -> None:
        """The form is filled, the checklist ticked, the evidence given, and ``ensures`` holds."""
        missing = [
            path
            for path, may_stay_empty in step.form
            if not may_stay_empty and (values[path] if path in values else self.state.data.get(path)) is None
        ]
        if event.ticks is not None:
            ticked = set(opening.ticked or ()) | set(event.ticks)
            for number, item in enumerate(step.checklist, 1):
                applies = item.if_ is None or self.judge(item.if_, self._view(opening)) is not False
                if applies and number not in ticked and ticked.isdisjoint(item.text.values()):
                    missing.append(self.program.text(item.text))
        wanted = [
            item for item in step.evidence if item.if_ is None or self.judge(item.if_, self._view(opening)) is not False
        ]
        missing += [self.program.text(item.text) or item.is_ for item in wanted[len(event.evidence) :]]
        if missing:
            raise refusal("incomplete", "SOP708", step=step.path, missing="; ".join(missing))
        if step.ensures:
            after = View({**self.state.data, **{path: value for path, value in values.items() if value is not None}})
            after.bind(self.program, self.state)
            for path in (path for path, value in values.items() if value is None):
                after.pop(path, None)
            after.locals = self._view(opening).locals
            for condition in step.ensures:
                if self.judge(condition, after) is not True:
                    raise refusal("incomplete", "SOP719", step=step.path, condition=condition.text)

    def _answered(self, event: ev.Answered) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "asks", "open")
        if opening.phase == "open":
            self._is(step, (Op.CHOOSE,), ("answered", "回答"))
        self._may_answer(opening, step)
        path = event.field or (opening.asked[0] if len(opening.asked) == 1 else "")
        if not path and step.question is not None and step.question.open:
            return self._answered_in_words(opening, step, event)
        if path not in opening.asked:
            raise refusal("type", "SOP716", step=step.path, field=path or "–", asked=", ".join(opening.asked))
        value = event.value
        field = self.program.fields[path]
        if field.is_ == "bool" and value in ("yes", "no"):
            value = value == "yes"
        value = self._read({path: value})[path]

        def act() -> None:
            self._write(path, value)
            opening.asked = tuple(other for other in opening.asked if other != path)
            if not opening.asked:
                opening.round += 1  # answered on this visit: the question is not asked again
                self._proceed(opening)

        return act

    def _answered_in_words(self, opening: Opening, step: Step, event: ev.Answered) -> Callable[[], None]:
        word = (
            {True: "yes", False: "no"}.get(event.value, event.value) if isinstance(event.value, bool) else event.value
        )
        if word not in step.exits:
            raise refusal("outcome", "SOP703", step=step.path, outcome=event.value, outcomes=", ".join(step.exits))
        return lambda: self._choose_exit(opening, str(word), {}, f"answered {word}")

    def _may_answer(self, opening: Opening, step: Step) -> None:
        roles = step.people.by or of_fields(self.program, opening.asked)
        asked = replace(step, people=replace(step.people, by=roles))
        self._may(opening, asked)

    def _voted(self, event: ev.Voted) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._is(step, (Op.VOTE,), ("judged", "审核"))
        if event.verdict not in step.exits or event.verdict == step.missed:
            raise refusal("outcome", "SOP703", step=step.path, outcome=event.verdict, outcomes=", ".join(step.exits))
        self._may(opening, step)
        who = event.by or (step.people.by[0] if step.people.by else "")
        if opening.votes and who in opening.votes:
            raise refusal("voted", "SOP707", step=step.path, actor=who)

        def act() -> None:
            votes = opening.votes = {**(opening.votes or {}), who: event.verdict}
            verdict = _verdict(list(votes.values()), step.people.need, step.people.seats)
            if verdict:
                inputs = {f"{step.id}.{person}": vote for person, vote in votes.items()}
                self.notes.append(fx.Judged(opening.id, step.index, inputs, event.why, verdict))
                self._close(opening, verdict if verdict in step.exits else "refused")

        return act

    def _ticked(self, event: ev.Ticked) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._may(opening, step)
        numbers = [
            number
            for number, item in enumerate(step.checklist, 1)
            if event.item == number or event.item in item.text.values()
        ]
        if not numbers:
            raise refusal(
                "outcome",
                "SOP703",
                step=step.path,
                outcome=event.item,
                outcomes=", ".join(self.program.text(item.text) for item in step.checklist),
            )

        def act() -> None:
            opening.ticked = {*(opening.ticked or ()), *numbers}

        return act

    def _reassigned(self, event: ev.Reassigned) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held")

        def act() -> None:
            opening.to = event.to
            self.effects += [fx.Withdraw(opening.id, "reassigned"), fx.Offer(opening.id, step.index, (event.to,))]

        return act

    def _child_ended(self, event: ev.ChildEnded) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._is(step, (Op.CALL,), ("ended", "结束"))
        exit_ = event.outcome if event.outcome in step.exits else "else" if "else" in step.exits else step.ordinary

        def act() -> None:
            view = self._view(opening, {f"result.{path}": value for path, value in event.data.items()})
            if step.call is not None:
                for path, value in step.call.set_:
                    self._assign(path, value, view)
            view.locals = {}
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
                step=self.program.steps[state.open[first[1]].step].path,
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
                known=", ".join(self.program.messages) or "–",
            )
        data: dict[str, object] = {}
        for name, raw in event.data.items():
            if name not in message.fields:
                near = nearest(name, message.fields)
                raise refusal("type", "SOP709", name=name, nearest=near[0] if near else "")
            value = message.fields[name].read(raw, self.program.zone)
            if isinstance(value, Problem):
                raise Refusal("type", value)
            data[name] = value

        def act() -> None:
            for opening in sorted(self.state.open.values(), key=lambda o: -o.id):
                if self._takes(opening, event.name, data):
                    return
            if message.kept:
                self.state.mail.setdefault(event.name, []).append(data)
                del self.state.mail[event.name][:-MAIL]

        return act

    def _data_set(self, event: ev.DataSet) -> Callable[[], None]:
        self._running(suspended=True)
        values = self._read(event.changes)

        def act() -> None:
            for path, value in values.items():
                self._write(path, value)

        return act

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
            self._close(opening, outcome)

        return act

    def _jumped(self, event: ev.Jumped) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if not event.why.strip():
            raise refusal("outcome", "SOP729")
        target = self.program.steps[event.to]
        place = self._place_above(opening, target.region)
        if place is None:
            raise refusal(
                "unsound",
                "SOP732",
                step=target.path,
                why="it stands inside a block that is not open above ‘" + step.path + "’",
                why_zh="它位于未打开的区块之内",
            )

        def act() -> None:
            self._withdraw(opening, "jumped")
            self._leave(*place, target.index)

        return act

    def _retried(self, event: ev.Retried) -> Callable[[], None]:
        opening, _ = self._opening(event.opening, "incident")

        def act() -> None:
            opening.phase, opening.error = "open", ""
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
            raise refusal("status", "SOP711", status="running", status_zh="正在运行")

        def act() -> None:
            self.state.status, self.state.suspended_at = "running", None

        return act

    def _cancelled(self, event: ev.Cancelled) -> Callable[[], None]:
        if event.opening is None:
            self._running(suspended=True)
            return lambda: self._end("cancelled", "cancelled")
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if step.op in (Op.CHOOSE, Op.VOTE):
            raise refusal(
                "outcome",
                "SOP728",
                step=step.path,
                why="it has no ordinary way: skip it with an outcome",
                why_zh="它没有默认出口:请跳过并给出结果",
            )
        return lambda: self._close(opening, step.ordinary)

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
                self._set_times(opening, self.program.steps[opening.step])


def _verdict(votes: list[object], need: int, seats: int) -> str:
    """What the votes amount to, "" while it can still change: approved at ``need``; else once that is out of reach."""
    yes = sum(vote == "approved" for vote in votes)
    if yes >= need:
        return "approved"
    if seats - (len(votes) - yes) < need:
        return "changes" if "changes" in votes else "refused"
    return ""


_ACTS: dict[type[ev.Event], Callable[..., Callable[[], None]]] = {
    ev.Started: Checks._started,
    ev.StepDone: Checks._step_done,
    ev.Answered: Checks._answered,
    ev.Voted: Checks._voted,
    ev.Ticked: Checks._ticked,
    ev.Reassigned: Checks._reassigned,
    ev.ChildEnded: Checks._child_ended,
    ev.TimerFired: Checks._timer_fired,
    ev.MessageCame: Checks._message_came,
    ev.DataSet: Checks._data_set,
    ev.Skipped: Checks._skipped,
    ev.Jumped: Checks._jumped,
    ev.Retried: Checks._retried,
    ev.Suspended: Checks._suspended,
    ev.Resumed: Checks._resumed,
    ev.Cancelled: Checks._cancelled,
}
