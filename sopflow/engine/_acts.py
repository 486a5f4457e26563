"""The acts: what each event does. Each looks at everything first, then gives back what is to be done.

So a refused event changes nothing. Where tokens go stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._checks import Checks
from sopflow.engine._people import DIFFER, field_of, fills, free_seats, objection, roles_for, seats_of, settled, verdict
from sopflow.engine._plan import RESOURCES
from sopflow.engine._refusal import Refusal, refusal
from sopflow.engine._short import Rest
from sopflow.engine._state import ROOT, Opening
from sopflow.errors import Problem, nearest
from sopflow.program import Op, Step


class Acts(Checks):
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
        self.effects, self.notes = rest.effects, rest.notes
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
            self._close(opening, outcome)

        return act

    def _answered(self, event: ev.Answered) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "asks", "open")
        if opening.phase == "open":
            self._is(step, (Op.CHOOSE,), ("answered", "回答"))
        self._may(opening, step)
        path = event.field or (opening.asked[0] if len(opening.asked) == 1 else "")
        if not path and step.question is not None and step.question.open:
            return self._answered_in_words(opening, step, event)
        if path not in opening.asked:
            raise refusal("type", "SOP716", step=step.path, field=path or "–", asked=", ".join(opening.asked))
        value = self._answer(step, path, event.value)
        self._take_seat(opening, step)

        def act() -> None:
            if step.op == Op.CHOOSE and seats_of(step, opening).seats > 1:
                self._count(opening, step, value, path)
                return
            self._write_from(opening, path, value)
            if step.op == Op.CHOOSE:
                opening.round += 1  # answered on this visit: the question is not asked again
            self._proceed(opening)

        return act

    def _answer(self, step: Step, path: str, raw: object) -> object:
        """The answer as a value of the field; where the step settles doubt, one person may give several."""
        field, question = field_of(self.program, step, path), step.question
        assert field is not None  # it was asked for
        if isinstance(raw, list) and question is not None and question.in_doubt and field.is_ == "enum":
            known = [word for word in field.values if word in raw]
            raw = known[-1 if question.in_doubt == "last" else 0] if known else raw
        if field.is_ == "bool" and raw in ("yes", "no"):
            raw = raw == "yes"
        value = field.read(raw, self.program.zone)
        if isinstance(value, Problem):  # to say nothing is no answer
            raise Refusal("type", value)
        return value

    def _answered_in_words(self, opening: Opening, step: Step, event: ev.Answered) -> Callable[[], None]:
        word = event.value
        if isinstance(word, bool):
            word = "yes" if word else "no"
        if not isinstance(word, str) or word not in step.exits:
            raise refusal("outcome", "SOP703", step=step.path, outcome=event.value, outcomes=", ".join(step.exits))
        self._take_seat(opening, step)
        if seats_of(step, opening).seats > 1:
            return lambda: self._count(opening, step, word, "")
        return lambda: self._choose_exit(opening, word, {}, f"answered {word}")

    def _take_seat(self, opening: Opening, step: Step) -> str:
        """The seat of whoever acts, where several have one; it is taken once, and the vote is final."""
        roles = roles_for(step, opening)
        who = self.event.by or (roles[0] if roles else "")
        votes = opening.votes or {}
        if who in votes:
            raise refusal("voted", "SOP707", step=step.path, actor=who)
        if step.people.every and not opening.to:
            free = free_seats(self.program, roles, votes)
            if not any(fills(self.program, who, role) for role in free):
                raise refusal("role", "SOP704", step=step.path, actor=who, roles=", ".join(free))
        return who

    def _count(self, opening: Opening, step: Step, answer: object, path: str) -> None:
        """One of several answers to a decision; the one after which nothing can change settles it."""
        question, field = step.question, field_of(self.program, step, path)
        assert question is not None  # only decisions count answers
        votes = opening.votes = {**(opening.votes or {}), self._take_seat(opening, step): answer}
        rank = () if field is None else (False, True) if field.is_ == "bool" else field.values
        result = settled(list(votes.values()), seats_of(step, opening), question, rank)
        if result is None:
            return
        inputs = {f"{step.id}.{person}": vote for person, vote in votes.items()}
        if result is DIFFER:
            self._choose_exit(opening, "differ", inputs, "the answers differ")
            return
        if path:
            self._write_from(opening, path, result)
        word = ("yes" if result else "no") if isinstance(result, bool) else str(result)
        self._choose_exit(opening, word if word in step.exits else "else", inputs, f"settled: {word}")

    def _voted(self, event: ev.Voted) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._is(step, (Op.VOTE,), ("judged", "审核"))
        if event.verdict not in step.exits or event.verdict == step.missed:
            raise refusal("outcome", "SOP703", step=step.path, outcome=event.verdict, outcomes=", ".join(step.exits))
        self._may(opening, step)
        who = self._take_seat(opening, step)

        def act() -> None:
            votes = opening.votes = {**(opening.votes or {}), who: event.verdict}
            people = seats_of(step, opening)
            result = verdict(list(votes.values()), people.need, people.seats)
            if result:
                inputs = {f"{step.id}.{person}": vote for person, vote in votes.items()}
                self.notes.append(fx.Judged(opening.id, step.index, inputs, event.why, result))
                self._close(opening, result if result in step.exits else "refused")

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
            lines = [item.text for item in step.checklist]
            raise refusal("outcome", "SOP740", step=step.path, line=event.item, lines=lines)

        def act() -> None:
            opening.ticked = {*(opening.ticked or ()), *numbers}

        return act

    def _reassigned(self, event: ev.Reassigned) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held")
        if opening.phase != "asks":
            self._is(step, (Op.WORK, Op.VOTE, Op.CHOOSE), ("handed over", "移交"))
        if not event.to.strip():
            known = ", ".join(self.program.roles) or "–"
            raise refusal("role", "SOP718", actor=event.to, known=known)

        def act() -> None:
            opening.to, opening.claimed = event.to, ""
            self.effects += [fx.Withdraw(opening.id, "reassigned"), fx.Offer(opening.id, step.index, (event.to,))]

        return act

    def _claimed(self, event: ev.Claimed) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks")
        if opening.phase != "asks":
            self._is(step, (Op.WORK, Op.VOTE, Op.CHOOSE), ("taken", "认领"))
        if event.to:
            against = objection(self.program, self.state, step, opening, event.to)
            if against:
                raise Refusal(*against)
        elif opening.claimed and event.by not in (None, opening.claimed):
            raise refusal("role", "SOP744", step=step.path, actor=event.by, who=opening.claimed)

        def act() -> None:
            opening.claimed = event.to

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
            opening.announced, opening.stage = False, RESOURCES
            self._proceed(opening)

        return act

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
