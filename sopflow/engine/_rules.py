"""The rules: what each event does to a run. All of them, and only here.

Theory of operation
===================

A run is a tree of *openings*. An opening is one visit of one step. A step that holds regions (the run itself, a
group, a fork, a for-each, a repeat) is a *block*; each region of an open block has one token, and the token is the
opening that hangs under the block at that branch. So a join never searches: it counts what arrives at its own
opening, and two rounds of a loop cannot mix because each round is another opening.

An event is handled in three acts.

1. **Check.** Is the run running, is the clock right, is the opening open, may this person do it, do the data fit?
   Whatever is wrong is answered with a :class:`Refused` value, and nothing has changed.
2. **Move.** The event closes an opening by an outcome. The outcome's target says where the token goes: to a step
   of the same region (*go on*), to the end of the region (*arrive*), to a step of an enclosing region (*leave*,
   which withdraws the blocks between), or to an end of the run. What opens next may need no event at all (a decision
   whose data are known, a fork); then the token moves on at once. Moves stand on an explicit stack, so no chain of
   steps is too long, and a fork puts all its branches there before its join is looked at.
3. **Settle.** Openings that wait for data which this event wrote are looked at again, by id, until nothing moves.

The entry of a step passes stations in order: its condition (``if``), its milestone (``while``), its time
(``opens``), its requirements, then its operation. ``Opening.stage`` remembers how far it came, so an opening that
had to ask, or to wait, goes on where it stopped.

The rules follow van der Aalst and ter Hofstede's control-flow patterns where those settle a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._people import objection, of_fields
from sopflow.engine._state import ROOT, Opening, Record, RunState
from sopflow.engine._times import deadline, moment_of, ticks
from sopflow.engine._view import View, evaluate
from sopflow.errors import Problem, nearest
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.program import DONE, END, Alternative, Cases, Literal, Op, Program, Step, Target, Value

#: How an expression is judged: the engine evaluates it, a back end that explores may answer for it.
Judge = Callable[[Expression, View], object]

#: More automatic moves than this in one event is a loop that never waits. A checked program has none.
MOVES = 200_000
#: Kept messages of one name.
MAIL = 1_000

# Stations of an entry, in order.
CONDITION, MILESTONE, TIME, REQUIREMENT, OPERATION = range(5)

_OPERATIONS_WITH_KIDS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT})


class Refusal(Exception):  # noqa: N818  # control flow inside this room, never seen outside
    """Ends a check; carries the refusal's word and the problem."""

    def __init__(self, code: str, problem: Problem) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem


class Turn:
    """One event being handled. Made anew for each event; ``handle`` is the only entrance."""

    __slots__ = ("changed", "effects", "event", "judge", "moves", "notes", "program", "state", "todo")

    def __init__(self, program: Program, state: RunState, event: ev.Event, judge: Judge) -> None:
        self.program = program
        self.state = state
        self.event = event
        self.judge = judge
        self.effects: list[fx.Effect] = []
        self.notes: list[fx.Note] = []
        self.todo: list[tuple[Callable[..., None], tuple[object, ...]]] = []
        self.changed: dict[str, None] = {}
        self.moves = 0

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

    # -- checks ---------------------------------------------------------------------------------------------------

    def _check_clock(self) -> None:
        state, at = self.state, self.event.at
        if at is None or state.at is None:
            return
        if at < state.at:
            raise Refusal("clock", Problem("SOP712", fields={"at": at.isoformat(), "now": state.at.isoformat()}))
        first = state.next_timer() if state.timers and state.status == "running" else None
        if first and first[0] <= at and not isinstance(self.event, ev.TimerFired):
            step = self.program.steps[state.open[first[1]].step]
            raise Refusal("timer-first", Problem("SOP713", fields={
                "name": first[2], "step": step.path, "due": first[0].isoformat(), "opening": first[1]}))

    def _running(self, *, suspended: bool = False) -> None:
        status = self.state.status
        if status == "new":
            raise Refusal("status", Problem("SOP734"))
        if status == "running" or (suspended and status == "suspended"):
            return
        chinese = {"ended": "已结束", "cancelled": "已取消", "suspended": "已暂停"}[status]
        raise Refusal("status", Problem("SOP711", fields={"status": status, "status_zh": chinese}))

    def _opening(self, number: int, *phases: str) -> tuple[Opening, Step]:
        """The opening of that number, if it is in one of ``phases``."""
        self._running()
        opening = self.state.open.get(number)
        if opening is None or opening.step < 0:
            raise Refusal("not-open", Problem("SOP702", fields={
                "step": number, "why": "it has been closed", "why_zh": "已关闭", "open": self._open_now()}))
        step = self.program.steps[opening.step]
        if opening.phase not in phases:
            why, chinese = _WHY_NOT[opening.phase]
            raise Refusal("not-open", Problem("SOP702", fields={
                "step": step.path, "why": why, "why_zh": chinese, "open": self._open_now()}))
        return opening, step

    def _open_now(self) -> str:
        steps = self.program.steps
        names = [steps[o.step].path for o in self.state.open.values() if o.step >= 0 and o.phase in ("open", "asks")
                 and steps[o.step].op not in _OPERATIONS_WITH_KIDS]
        return ", ".join(names) or "–"

    def _may(self, opening: Opening, step: Step) -> None:
        against = objection(self.program, self.state, step, opening, self.event.by)
        if against:
            raise Refusal(*against)

    def _is(self, step: Step, ops: tuple[Op, ...], verb: tuple[str, str]) -> None:
        if step.op in ops:
            return
        kind, chinese, use = _WHAT[step.op]
        raise Refusal("outcome", Problem("SOP717", fields={
            "step": step.path, "kind_text": kind, "kind_zh": chinese, "verb": verb[0], "verb_zh": verb[1], "use": use}))

    def _read(self, data: Mapping[str, object], *, parameters: bool = False) -> dict[str, object]:
        """``data`` as typed values by path; ``unknown`` (None) forgets a field."""
        program = self.program
        values: dict[str, object] = {}
        for path, raw in data.items():
            field = program.fields.get(path)
            if field is None:
                near = nearest(path, program.fields)
                raise Refusal("type", Problem("SOP709", fields={"name": path, "nearest": near[0] if near else "–"}))
            if path in program.parameters and not parameters:
                raise Refusal("type", Problem("SOP710", fields={"name": path}))
            value = None if raw is None else field.read(raw, program.zone)
            if isinstance(value, Problem):
                raise Refusal("type", value)
            values[path] = value
        return values

    # -- acts: each checks, then returns what is to be done ----------------------------------------------------------

    def _started(self, event: ev.Started) -> Callable[[], None]:
        if self.state.status != "new":
            raise Refusal("status", Problem("SOP733"))
        program = self.program
        given = self._read(event.data, parameters=True)
        defaults = {path: field.default for path, field in program.fields.items() if field.default is not None}
        for name in program.parameters:
            if given.get(name, defaults.get(name)) is None:
                raise Refusal("type", Problem("SOP726", fields={"name": name}))

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
            raise Refusal("outcome", Problem("SOP703", fields={
                "step": step.path, "outcome": event.outcome or "–", "outcomes": names}))
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
        missing = [path for path, may_stay_empty in step.form
                   if not may_stay_empty and (values[path] if path in values else self.state.data.get(path)) is None]
        if event.ticks is not None:
            ticked = set(opening.ticked or ()) | set(event.ticks)
            for number, item in enumerate(step.checklist, 1):
                applies = item.if_ is None or self.judge(item.if_, self._view(opening)) is not False
                if applies and number not in ticked and ticked.isdisjoint(item.text.values()):
                    missing.append(self.program.text(item.text))
        wanted = [item for item in step.evidence
                  if item.if_ is None or self.judge(item.if_, self._view(opening)) is not False]
        missing += [self.program.text(item.text) or item.is_ for item in wanted[len(event.evidence):]]
        if missing:
            raise Refusal("incomplete", Problem("SOP708", fields={"step": step.path, "missing": "; ".join(missing)}))
        if step.ensures:
            after = View({**self.state.data, **{path: value for path, value in values.items() if value is not None}})
            after.bind(self.program, self.state)
            for path in (path for path, value in values.items() if value is None):
                after.pop(path, None)
            after.locals = self._view(opening).locals
            for condition in step.ensures:
                if self.judge(condition, after) is not True:
                    raise Refusal("incomplete", Problem("SOP719", fields={
                        "step": step.path, "condition": condition.text}))

    def _answered(self, event: ev.Answered) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "asks", "open")
        if opening.phase == "open":
            self._is(step, (Op.CHOOSE,), ("answered", "回答"))
        self._may_answer(opening, step)
        path = event.field or (opening.asked[0] if len(opening.asked) == 1 else "")
        if not path and step.question is not None and step.question.open:
            return self._answered_in_words(opening, step, event)
        if path not in opening.asked:
            raise Refusal("type", Problem("SOP716", fields={
                "step": step.path, "field": path or "–", "asked": ", ".join(opening.asked)}))
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
        word = {True: "yes", False: "no"}.get(event.value, event.value) if isinstance(event.value, bool) else event.value
        if word not in step.exits:
            raise Refusal("outcome", Problem("SOP703", fields={
                "step": step.path, "outcome": event.value, "outcomes": ", ".join(step.exits)}))
        return lambda: self._choose_exit(opening, str(word), {}, f"answered {word}")

    def _may_answer(self, opening: Opening, step: Step) -> None:
        roles = step.people.by or of_fields(self.program, opening.asked)
        asked = replace(step, people=replace(step.people, by=roles))
        self._may(opening, asked)

    def _voted(self, event: ev.Voted) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._is(step, (Op.VOTE,), ("judged", "审核"))
        if event.verdict not in step.exits or event.verdict == step.missed:
            raise Refusal("outcome", Problem("SOP703", fields={
                "step": step.path, "outcome": event.verdict, "outcomes": ", ".join(step.exits)}))
        self._may(opening, step)
        who = event.by or (step.people.by[0] if step.people.by else "")
        if opening.votes and who in opening.votes:
            raise Refusal("voted", Problem("SOP707", fields={"step": step.path, "actor": who}))

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
        numbers = [number for number, item in enumerate(step.checklist, 1)
                   if event.item == number or event.item in item.text.values()]
        if not numbers:
            raise Refusal("outcome", Problem("SOP703", fields={
                "step": step.path, "outcome": event.item,
                "outcomes": ", ".join(self.program.text(item.text) for item in step.checklist)}))

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
            raise Refusal("no-timer", Problem("SOP714", fields={"name": event.name}))
        first = state.next_timer()
        if first and first[1:] != key and first[0] < state.timers[key]:
            raise Refusal("timer-first", Problem("SOP713", fields={
                "name": first[2], "step": self.program.steps[state.open[first[1]].step].path,
                "due": first[0].isoformat()}))
        return lambda: self._fire(state.open[event.opening], event.name)

    def _message_came(self, event: ev.MessageCame) -> Callable[[], None]:
        self._running(suspended=True)
        message = self.program.messages.get(event.name)
        if message is None:
            near = nearest(event.name, self.program.messages)
            raise Refusal("unknown", Problem("SOP715", fields={
                "name": event.name, "nearest": near[0] if near else "–",
                "known": ", ".join(self.program.messages) or "–"}))
        data: dict[str, object] = {}
        for name, raw in event.data.items():
            if name not in message.fields:
                near = nearest(name, message.fields)
                raise Refusal("type", Problem("SOP709", fields={"name": name, "nearest": near[0] if near else "–"}))
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
            raise Refusal("outcome", Problem("SOP729"))
        outcome = event.outcome or (step.ordinary if step.ordinary in step.exits else "")
        if outcome not in step.exits:
            raise Refusal("outcome", Problem("SOP703", fields={
                "step": step.path, "outcome": event.outcome or "–", "outcomes": ", ".join(step.exits)}))

        def act() -> None:
            self.notes.append(fx.PassedOver(opening.id, step.index, event.why))
            self._close(opening, outcome)

        return act

    def _jumped(self, event: ev.Jumped) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if not event.why.strip():
            raise Refusal("outcome", Problem("SOP729"))
        target = self.program.steps[event.to]
        place = self._place_above(opening, target.region)
        if place is None:
            raise Refusal("unsound", Problem("SOP732", fields={
                "step": target.path, "why": "it stands inside a block that is not open above ‘" + step.path + "’",
                "why_zh": "它位于未打开的区块之内"}))

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
            raise Refusal("status", Problem("SOP711", fields={"status": "running", "status_zh": "正在运行"}))

        def act() -> None:
            self.state.status, self.state.suspended_at = "running", None

        return act

    def _cancelled(self, event: ev.Cancelled) -> Callable[[], None]:
        if event.opening is None:
            self._running(suspended=True)
            return lambda: self._end("cancelled", "cancelled")
        opening, step = self._opening(event.opening, "open", "asks", "held", "incident")
        if step.op in (Op.CHOOSE, Op.VOTE):
            raise Refusal("outcome", Problem("SOP728", fields={
                "step": step.path, "why": "it has no ordinary way: skip it with an outcome",
                "why_zh": "它没有默认出口:请跳过并给出结果"}))
        return lambda: self._close(opening, step.ordinary)

    # -- moves: the token game ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        todo = self.todo
        while todo:
            move, arguments = todo.pop()
            move(*arguments)

    def _enter(self, up: int, branch: int, index: int, item: object = None) -> None:
        """Put the token of (up, branch) at a step: a new opening, which goes as far as it can."""
        state = self.state
        block = state.open.get(up)
        if block is None or block.kids is None or not state.running:
            return  # left, or ended, while it was starting
        self.moves += 1
        opening = Opening(state.next, index, up, branch, since=state.at, item=item if item is not None else block.item)
        state.next += 1
        state.open[opening.id] = opening
        block.kids[branch] = opening.id
        state.opened[index] = state.at
        if self.moves > MOVES:
            self._incident(opening, f"more than {MOVES} steps in a row, none of which waits")
            return
        self._proceed(opening)

    def _proceed(self, opening: Opening) -> None:
        """Take an opening through its stations, from where it stopped."""
        step = self.program.steps[opening.step]
        self._unwatch(opening)
        opening.asked = ()
        opening.phase = "open"
        if opening.pending:
            self._close(opening, opening.pending)
            return
        while opening.stage < OPERATION:
            if not _STATIONS[opening.stage](self, opening, step):
                return
            opening.stage += 1
        _OPERATIONS[step.op](self, opening, step)

    def _condition(self, opening: Opening, step: Step) -> bool:
        return step.if_ is None or self._holds(opening, step, step.if_)

    def _milestone(self, opening: Opening, step: Step) -> bool:
        return step.while_ is None or self._holds(opening, step, step.while_)

    def _holds(self, opening: Opening, step: Step, guard: Expression) -> bool:
        """Whether the guard holds; where it does not, the step is passed over; unknown, it asks."""
        match self._value(guard, opening):
            case True:
                return True
            case False:
                self.notes.append(fx.PassedOver(opening.id, step.index, guard.text))
                self._close(opening, step.missed or step.ordinary, skipped=True)
            case Failure() as failure:
                self._incident(opening, f"{guard.text}: {failure}")
            case _:
                self._ask(opening, step, self._view(opening).unknown_fields(guard))
        return False

    def _time(self, opening: Opening, step: Step) -> bool:
        if step.times.opens is None:
            return True
        moment = self._moment(step.times.opens, opening)
        now = self.state.at
        if moment is None or now is None:
            return True  # an unset time holds nobody
        at = moment.opens_at(self.program.zone)
        if at <= now:
            return True
        opening.phase = "held"
        self._watch(opening, step.time_reads)
        self._set_timer(opening, "opens", at)
        self.notes.append(fx.Held(opening.id, step.index, at))
        return False

    def _requirement(self, opening: Opening, step: Step) -> bool:
        for condition in step.requires:
            if self._value(condition, opening) is not True:
                self._incident(opening, f"requires {condition.text}")
                return False
        return True

    # -- operations --------------------------------------------------------------------------------------------------

    def _work(self, opening: Opening, step: Step) -> None:
        self._announce(opening, step)
        if step.run:
            view = self._view(opening)
            given = {name: evaluate(value, view) for name, value in step.with_}
            self.effects.append(fx.CallHandler(opening.id, step.run, given))

    def _choose(self, opening: Opening, step: Step) -> None:
        question = step.question
        if question is None or question.open:
            self._announce(opening, step)
            return
        if question.about:
            self._choose_by_field(opening, step, question.about)
            return
        inputs: dict[str, object] = {}
        for guard, exit_ in question.cases:
            held = True if guard is None else self._value(guard, opening)
            if guard is not None:
                inputs.update({path: self.state.data[path] for path in guard.reads if path in self.state.data})
            if held is True:
                self._choose_exit(opening, exit_, inputs, guard.text if guard is not None else "else")
                return
            if guard is not None and isinstance(held, Failure):
                self._incident(opening, f"{guard.text}: {held}")
                return
            if guard is not None and held is UNKNOWN:
                self._ask(opening, step, self._view(opening).unknown_fields(guard))
                return
        self._incident(opening, "no case holds")

    def _choose_by_field(self, opening: Opening, step: Step, path: str) -> None:
        state = self.state
        answered = opening.round > 0
        last = state.done.get(step.index)
        asks = step.question.asks if step.question else "new-round"
        # An old answer must not answer a new round: it counts only if the field was written since.
        stale = last is not None and asks == "new-round" and state.written.get(path, 0) <= last.seq
        value = self._value_of(path, opening)
        if value is UNKNOWN or (not answered and (stale or asks == "every-time")):
            opening.stage = OPERATION
            self._ask(opening, step, (path,))
            return
        exit_ = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        if exit_ not in step.exits:
            exit_ = "else"
        if exit_ not in step.exits:
            self._incident(opening, f"no way out for {path} = {value}")
            return
        self._choose_exit(opening, exit_, {path: value}, f"{path} == {value}")

    def _choose_exit(self, opening: Opening, exit_: str, inputs: Mapping[str, object], rule: str) -> None:
        self.notes.append(fx.Judged(opening.id, opening.step, inputs, rule, exit_))
        self._close(opening, exit_)

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
        starts = [region for region, value in zip(regions, held, strict=True) if value is True]
        self._begin(opening, step, [(region, self.program.regions[region].head, None) for region in starts],
                    need=join.need)

    def _each(self, opening: Opening, step: Step) -> None:
        each, join = step.each, step.join
        assert each is not None and join is not None  # the compiler gives every EACH both  # noqa: PT018
        items: object = each.items
        if each.field:
            items = self._value_of(each.field, opening)
            if items is UNKNOWN:
                self._ask(opening, step, (each.field,))
                return
        head = self.program.regions[step.regions[0]].head
        self._begin(opening, step, [(number, head, item) for number, item in enumerate(items)], need=join.need)  # type: ignore[arg-type]  # a list by its type

    def _begin(self, opening: Opening, step: Step, starts: list[tuple[int, int, object]], *, need: int) -> None:
        """Start the regions of a block, in order; the join is looked at when all have started."""
        self._open_block(opening, step)
        opening.live = opening.started = len(starts)
        opening.need = need or len(starts)
        opening.starting = True
        self.todo.append((self._started_all, (opening.id,)))
        self.todo += [(self._enter, (opening.id, *start)) for start in reversed(starts)]

    def _started_all(self, number: int) -> None:
        block = self.state.open.get(number)
        if block is not None:
            block.starting = False
            self._join(block)

    def _group(self, opening: Opening, step: Step) -> None:
        self._open_block(opening, step)
        opening.live = opening.started = opening.need = 1
        self.todo.append((self._enter, (opening.id, 0, self.program.regions[step.regions[0]].head)))

    def _repeat(self, opening: Opening, step: Step) -> None:
        self._open_block(opening, step)
        self._next_round(opening, step)

    def _next_round(self, opening: Opening, step: Step) -> None:
        opening.round += 1
        opening.live = opening.started = opening.need = 1
        opening.got = 0
        self.todo.append((self._enter, (opening.id, 0, self.program.regions[step.regions[0]].head)))

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
                data[path] = given
        self._announce(opening, step)
        self.effects.append(fx.StartChild(opening.id, step.index, data, self.state.depth + 1))
        if call.detached:
            self._close(opening, step.ordinary)

    def _wait(self, opening: Opening, step: Step) -> None:
        """Take the first alternative that is there already, else wait for all of them."""
        opening.phase = "held"
        for alternative in step.wait:
            if self._is_there(opening, alternative):
                self._close(opening, alternative.exit)
                return
        self._watch(opening, step.time_reads)
        for number, alternative in enumerate(step.wait):
            if alternative.at is None:
                continue
            moment = self._moment(alternative.at, opening)
            if moment is not None:
                at = moment.opens_at(self.program.zone)
                self._set_timer(opening, f"wait-{number}", at)
                self.notes.append(fx.Held(opening.id, step.index, at))

    def _is_there(self, opening: Opening, alternative: Alternative) -> bool:
        if alternative.when is not None:
            self._watch(opening, self._reads(alternative.when))
            return self._value(alternative.when, opening) is True
        if alternative.message:
            kept = self.state.mail.get(alternative.message, [])
            for number, data in enumerate(kept):
                if self._matches(opening, alternative, data):
                    self._consume(opening, kept.pop(number))
                    return True
            return False
        moment = self._moment(alternative.at, opening) if alternative.at is not None else None
        return moment is not None and self.state.at is not None and moment.opens_at(self.program.zone) <= self.state.at

    def _emit(self, opening: Opening, step: Step) -> None:
        view = self._view(opening)
        data = {name: evaluate(value, view) for name, value in step.with_}
        self.effects.append(fx.Emit(step.emit, {name: value for name, value in data.items() if value is not UNKNOWN}))
        self._close(opening, step.ordinary)

    def _stop(self, opening: Opening, step: Step) -> None:
        target = step.exits["done"]
        assert isinstance(target, int)  # an end has one plain target
        self._close(opening, "done")

    # -- openings and closings ---------------------------------------------------------------------------------------

    def _announce(self, opening: Opening, step: Step) -> None:
        """The step is open to people: offer it, set its timers."""
        self._set_times(opening, step)
        self.notes.append(fx.Opened(opening.id, step.index, opening.due))
        self.effects.append(fx.Offer(opening.id, step.index, step.people.by))
        if step.people.tell:
            self.effects.append(fx.Notify("tell", opening.id, step.index, step.people.tell))

    def _open_block(self, opening: Opening, step: Step) -> None:
        opening.kids = {}
        self._set_times(opening, step)
        self.notes.append(fx.Opened(opening.id, step.index, opening.due))

    def _set_times(self, opening: Opening, step: Step) -> None:
        times = step.times
        opening.since = self.state.at
        if times.due is None and not times.remind and not times.escalate:
            return
        self._watch(opening, step.time_reads)
        opening.due = self._moment(times.due, opening) if times.due is not None else None
        if opening.due is not None and not opening.late:
            self._set_timer(opening, "due", deadline(opening.due, self.program.zone))
        for reminder in times.remind:
            at = ticks(reminder, self.program, self.state, opening, after=self.state.at)
            if at is not None:
                self._set_timer(opening, reminder.name, at)
        for escalation in times.escalate:
            moment = self._moment(escalation.at, opening)
            if moment is not None and self.state.at is not None:
                at = deadline(moment, self.program.zone)
                self._set_timer(opening, escalation.name, max(at, self.state.at + timedelta(microseconds=1)))

    def _ask(self, opening: Opening, step: Step, fields: tuple[str, ...]) -> None:
        """Ask for fields that are unknown: the step's people, else those whom the fields name."""
        opening.phase = "asks"
        opening.asked = tuple(path for path in fields if path in self.program.fields)
        self._watch(opening, (*fields, *step.time_reads))
        roles = step.people.by or of_fields(self.program, opening.asked)
        if step.op == Op.CHOOSE:
            self._set_times(opening, step)
        self.effects.append(fx.Ask(opening.id, step.index, opening.asked, roles))
        self.notes.append(fx.Opened(opening.id, step.index, opening.due))

    def _close(self, opening: Opening, outcome: str, *, skipped: bool = False) -> None:
        """Close an opening by an outcome, and move its token to the outcome's target."""
        state, step = self.state, self.program.steps[opening.step]
        if not skipped and not opening.pending:
            view = self._view(opening)
            for path, value in step.set_:
                self._assign(path, value, view)
        target = self._target(opening, step, outcome)
        if target is None:
            return  # it asks where to go, or stands at an incident
        self._withdraw_kids(opening, "the block went on")
        self._remove(opening)
        self.notes.append(fx.Closed(opening.id, step.index, outcome))
        last = state.done.get(step.index)
        actor = self.event.by or (step.people.by[0] if step.people.by and step.op in (Op.WORK, Op.VOTE) else None)
        if not skipped:
            state.done[step.index] = Record(
                last.times + 1 if last else 1, outcome, actor, state.at, state.seq,
                outcome if step.op == Op.CHOOSE else None,
            )
        self._go(opening, step, target)

    def _target(self, opening: Opening, step: Step, outcome: str) -> int | None:
        target: Target = step.exits.get(outcome, DONE)
        if isinstance(target, int):
            return target
        view = self._view(opening)
        found = evaluate(target, view)
        view.locals = {}
        if isinstance(found, int) and not isinstance(found, bool):
            return found
        if isinstance(found, Failure) or found is not UNKNOWN:
            self._incident(opening, f"no case of ‘next’ holds: {found}")
            return None
        for case in target.cases:
            if case.when is not None and self._value(case.when, opening) is UNKNOWN:
                opening.pending = outcome
                self._ask(opening, step, self._view(opening).unknown_fields(case.when))
                return None
        self._incident(opening, "no case of ‘next’ holds")
        return None

    def _go(self, opening: Opening, step: Step, target: int) -> None:
        if target >= 0:
            place = self._place_above(opening, self.program.steps[target].region)
            assert place is not None  # the compiler lets a step go only to its own or an enclosing region
            self._leave(*place, target)
        elif target == DONE:
            self.todo.append((self._arrive, (opening.up, opening.branch)))
        else:
            self._end(self.program.outcomes[END - target], "ended")

    def _place_above(self, opening: Opening, region: int) -> tuple[int, int, object] | None:
        """Where the token of ``region`` hangs, seen from an opening in or below it: (block, branch, item)."""
        here: Opening | None = opening
        while here is not None and here.step >= 0:
            if self.program.steps[here.step].region == region:
                return here.up, here.branch, here.item
            here = self.state.open.get(here.up)
        return None

    def _leave(self, up: int, branch: int, item: object, target: int) -> None:
        """Go to a step of the region at (up, branch); whatever still hangs there is withdrawn."""
        block = self.state.open.get(up)
        if block is not None and block.kids is not None and branch in block.kids:
            there = self.state.open.get(block.kids[branch])
            if there is not None:
                self._withdraw(there, "left")
        self.todo.append((self._enter, (up, branch, target, item)))

    def _arrive(self, up: int, branch: int) -> None:
        """The token of (up, branch) has come to the end of its region."""
        block = self.state.open.get(up)
        if block is None or not self.state.running:
            return
        block.live -= 1
        block.got += 1
        if block.kids is not None:
            block.kids.pop(branch, None)
        if block.step < 0:
            self._end(self.program.outcomes[0], "ended")
        elif not block.starting:
            self._join(block)

    def _join(self, block: Opening) -> None:
        step = self.program.steps[block.step]
        if step.op == Op.REPEAT and step.rounds is not None:
            self._round_over(block, step)
        elif block.got >= block.need:
            self._close(block, step.ordinary)
        elif block.live == 0:
            self._close(block, "short" if "short" in step.exits else step.ordinary)

    def _round_over(self, block: Opening, step: Step) -> None:
        rounds = step.rounds
        assert rounds is not None  # only a REPEAT comes here
        over = self._value(rounds.until, block) if rounds.until is not None else False
        if isinstance(over, Failure):
            self._incident(block, f"until: {over}")
        elif over is True:
            self._close(block, step.ordinary)
        elif rounds.most and block.round >= rounds.most:
            self._close(block, "exhausted")
        else:
            self._next_round(block, step)

    def _withdraw(self, opening: Opening, why: str) -> None:
        """Take an opening and all below it back, bottom-up, children by id."""
        stack, order = [opening], []
        while stack:
            here = stack.pop()
            order.append(here)
            stack += [self.state.open[kid] for kid in sorted((here.kids or {}).values()) if kid in self.state.open]
        for here in reversed(order):
            self._remove(here)
            step = self.program.steps[here.step]
            if step.op == Op.CALL:
                self.effects.append(fx.CancelChild(here.id))
            self.effects.append(fx.Withdraw(here.id, why))
            self.notes.append(fx.Withdrawn(here.id, here.step, why))

    def _withdraw_kids(self, opening: Opening, why: str) -> None:
        for kid in sorted((opening.kids or {}).values()):
            if kid in self.state.open:
                self._withdraw(self.state.open[kid], why)

    def _remove(self, opening: Opening) -> None:
        state = self.state
        for name in opening.timers:
            if state.timers.pop((opening.id, name), None) is not None:
                self.effects.append(fx.ClearTimer(opening.id, name))
        self._unwatch(opening)
        state.open.pop(opening.id, None)
        block = state.open.get(opening.up)
        if block is not None and block.kids is not None and block.kids.get(opening.branch) == opening.id:
            del block.kids[opening.branch]

    def _end(self, outcome: str, status: str) -> None:
        """The run is over: what is open is withdrawn, nothing stays behind."""
        state = self.state
        root = state.open.get(ROOT)
        if root is not None:
            self._withdraw_kids(root, "the run ended")
            state.open.pop(ROOT)
        self.todo.clear()
        self.changed.clear()
        state.status, state.outcome = status, outcome
        state.mail.clear()
        self.notes.append(fx.Ended(outcome, status))
        self.effects.append(fx.Finish(outcome))

    def _incident(self, opening: Opening, error: str) -> None:
        opening.phase, opening.error = "incident", error
        self.effects.append(fx.Incident(opening.id, opening.step, error))

    # -- data, time, messages ----------------------------------------------------------------------------------------

    def _view(self, opening: Opening, extra: Mapping[str, object] | None = None) -> View:
        """The data as this opening sees them: with its item, and ``extra`` names."""
        view = self.state.data
        local: dict[str, object] = dict(extra or {})
        here: Opening | None = opening
        while here is not None and here.step >= 0:
            each = self.program.steps[here.step].each
            if each is not None and each.as_ and here.id != opening.id and each.as_ not in local:
                local[each.as_] = opening.item
            here = self.state.open.get(here.up)
        view.locals = local
        return view

    def _value(self, expression: Expression, opening: Opening) -> object:
        return self.judge(expression, self._view(opening) if self.program.has_items else self.state.data)

    def _value_of(self, path: str, opening: Opening) -> object:
        try:
            return self._view(opening)[path]
        except KeyError:
            return UNKNOWN

    def _reads(self, expression: Expression) -> tuple[str, ...]:
        """The fields an expression hangs on, through what is derived."""
        depends = self.program.depends
        return tuple(dict.fromkeys(
            path for name in expression.reads for path in depends.get(name, (name,))))

    def _write(self, path: str, value: object) -> None:
        data = self.state.data
        if value is None:
            data.pop(path, None)
        else:
            data[path] = value
        self.state.written[path] = self.state.seq
        self.changed[path] = None

    def _assign(self, path: str, value: Value, view: View) -> None:
        """Write a computed value; one that is unknown forgets the field."""
        result = evaluate(value, view)
        if isinstance(result, Failure):
            self.notes.append(fx.PassedOver(0, 0, f"set {path}: {result}"))
            return
        field = self.program.fields.get(path)
        if result is not UNKNOWN and field is not None and not isinstance(value, Literal):
            result = field.read(result, self.program.zone)
        self._write(path, None if result is UNKNOWN or isinstance(result, Problem) else result)

    def _watch(self, opening: Opening, paths: Iterable[str]) -> None:
        new = tuple(path for path in paths if path not in opening.watched)
        opening.watched += new
        for path in new:
            self.state.watch.setdefault(path, {})[opening.id] = None

    def _unwatch(self, opening: Opening) -> None:
        for path in opening.watched:
            watchers = self.state.watch.get(path)
            if watchers is not None:
                watchers.pop(opening.id, None)
                if not watchers:
                    del self.state.watch[path]
        opening.watched = ()

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
        opening.late = False
        self._set_times(opening, step)
        opening.since = opening_since
        if opening.due != before:
            self.notes.append(fx.Replanned(opening.id, step.index, opening.due))

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

    def _moment(self, time: object, opening: Opening):  # type: ignore[no-untyped-def]  # see _times
        return moment_of(time, self.program, self.state, opening)

    def _set_timer(self, opening: Opening, name: str, due) -> None:  # type: ignore[no-untyped-def]  # a datetime
        self.state.timers[(opening.id, name)] = due
        if name not in opening.timers:
            opening.timers += (name,)
        self.effects.append(fx.SetTimer(opening.id, name, due))

    def _clear_timers(self, opening: Opening) -> None:
        for name in opening.timers:
            if self.state.timers.pop((opening.id, name), None) is not None:
                self.effects.append(fx.ClearTimer(opening.id, name))
        opening.timers = ()

    def _fire(self, opening: Opening, name: str) -> None:
        """A timer came due."""
        step = self.program.steps[opening.step]
        due = self.state.timers.pop((opening.id, name))
        opening.timers = tuple(other for other in opening.timers if other != name)
        if name == "opens":
            self._proceed(opening)
        elif name == "due" and opening.due is not None:
            opening.late = True
            self.notes.append(fx.Overdue(opening.id, step.index, opening.due))
        elif name.startswith("wait-"):
            self._close(opening, step.wait[int(name[5:])].exit)
        else:
            self._remind(opening, step, name, due)

    def _remind(self, opening: Opening, step: Step, name: str, due: object) -> None:
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

    def _matches(self, opening: Opening, alternative: Alternative, data: Mapping[str, object]) -> bool:
        view = self._view(opening)
        return all(data.get(field) == evaluate(value, view) for field, value in alternative.match)

    def _consume(self, opening: Opening, data: Mapping[str, object]) -> None:
        """The message's fields can be read while the wait closes."""
        step = self.program.steps[opening.step]
        view = self._view(opening, {f"message.{name}": value for name, value in data.items()})
        for path, value in step.set_:
            self._assign(path, value, view)
        view.locals = {}


def _verdict(votes: list[object], need: int, seats: int) -> str:
    """What the votes amount to, "" while it can still change: approved at ``need``; else once that is out of reach."""
    yes = sum(vote == "approved" for vote in votes)
    if yes >= need:
        return "approved"
    if seats - (len(votes) - yes) < need:
        return "changes" if "changes" in votes else "refused"
    return ""


_WHY_NOT = {
    "asks": ("it waits for an answer", "正在等待回答"),
    "held": ("it waits for its time", "尚未到打开的时间"),
    "open": ("it is open", "已打开"),
    "incident": ("it stands at an incident", "处于异常状态"),
    "gone": ("it went on", "已继续"),
}

_WHAT = {
    Op.WORK: ("a task", "任务", "done"),
    Op.VOTE: ("an approval", "审批", "judge"),
    Op.CHOOSE: ("a decision", "判断", "answer"),
    Op.FORK: ("a block", "区块", "the steps inside it"),
    Op.EACH: ("a block", "区块", "the steps inside it"),
    Op.GROUP: ("a block", "区块", "the steps inside it"),
    Op.REPEAT: ("a block", "区块", "the steps inside it"),
    Op.CALL: ("a call", "调用", "the steps of the SOP it calls"),
    Op.WAIT: ("a wait", "等待", "advance or message"),
    Op.EMIT: ("a message", "消息", "nothing: it is sent at once"),
    Op.STOP: ("an end", "结束", "nothing: it ends at once"),
}

_STATIONS = (Turn._condition, Turn._milestone, Turn._time, Turn._requirement)

_OPERATIONS: dict[Op, Callable[[Turn, Opening, Step], None]] = {
    Op.WORK: Turn._work,
    Op.VOTE: Turn._work,
    Op.CHOOSE: Turn._choose,
    Op.FORK: Turn._fork,
    Op.EACH: Turn._each,
    Op.GROUP: Turn._group,
    Op.REPEAT: Turn._repeat,
    Op.CALL: Turn._call,
    Op.WAIT: Turn._wait,
    Op.EMIT: Turn._emit,
    Op.STOP: Turn._stop,
}

_ACTS: dict[type[ev.Event], Callable[..., Callable[[], None]]] = {
    ev.Started: Turn._started,
    ev.StepDone: Turn._step_done,
    ev.Answered: Turn._answered,
    ev.Voted: Turn._voted,
    ev.Ticked: Turn._ticked,
    ev.Reassigned: Turn._reassigned,
    ev.ChildEnded: Turn._child_ended,
    ev.TimerFired: Turn._timer_fired,
    ev.MessageCame: Turn._message_came,
    ev.DataSet: Turn._data_set,
    ev.Skipped: Turn._skipped,
    ev.Jumped: Turn._jumped,
    ev.Retried: Turn._retried,
    ev.Suspended: Turn._suspended,
    ev.Resumed: Turn._resumed,
    ev.Cancelled: Turn._cancelled,
}
