"""An SOP as tables for playing it by chance: every step with its ways, its odds and how long it takes.

What is known of the data decides; what is unknown has odds. A step that calls another SOP holds the steps of that one,
as a block. Knows programs and data, not the playing itself (``_playing.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from sopflow.calendars import Duration, Pace, Ref, RefKind
from sopflow.engine import Opening, Record, RunState, View, moment_of
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.planning._lasting import Clock, lasting
from sopflow.planning._nodes import Flow, Instead, Node, Way, When, measure
from sopflow.program import DONE, Call, Cases, Op, Program, Question, Step, Target, Time, phrases_of

DEPTH = 4
"""Of calls inside calls: deeper ones take no time."""

_MOST_NODES = 20_000
_Kind = TypeVar("_Kind")
_APPROVED = 0.8  # the odds that an approval is passed, where nobody says others


def flow_of(
    program: Program,
    data: Mapping[str, object],
    clock: Clock,
    start: dt.datetime,
    *,
    odds: Mapping[str, float],
) -> Flow:
    """The tables of ``program``, whose run knows ``data`` (by dotted path) when it begins at ``start``."""
    maker = _Maker(clock, start, odds)
    maker.add(program, data)
    measure(maker.nodes, maker.heads)
    return Flow(maker.nodes, maker.heads, program.outcomes, maker.assumed)


class _Maker:
    """Nodes of one program after the other, each behind those before it."""

    def __init__(self, clock: Clock, start: dt.datetime, odds: Mapping[str, float]) -> None:
        self.clock, self.start, self.odds = clock, start, odds
        self.nodes: list[Node] = []
        self.heads: list[int] = []
        self.assumed: dict[str, str] = {}

    def add(self, program: Program, data: Mapping[str, object]) -> None:
        """The nodes of ``program``, then those of what it calls, and of what that calls."""
        calls = [(node, view, 0) for node, view in self._one(program, data, "")]
        while calls:
            node, view, depth = calls.pop()
            called = node.step.call
            if called is None or called.detached or depth >= DEPTH or len(self.nodes) > _MOST_NODES:
                continue
            node.regions, node.starts, node.ends = (len(self.heads),), (1.0,), called.program.outcomes
            made = self._one(called.program, _given(called, view), f"{node.path}/")
            calls += [(inner, within, depth + 1) for inner, within in made]

    def _one(self, program: Program, data: Mapping[str, object], prefix: str) -> list[tuple[Node, View]]:
        """The nodes of one program, each with what is known where it is."""
        steps, regions = len(self.nodes), len(self.heads)
        self.heads += [region.head + steps if region.head >= 0 else DONE for region in program.regions]
        state = RunState.of(program)
        state.started_at = state.at = self.start
        state.data.update({path: one.default for path, one in program.fields.items() if one.default is not None})
        state.data.update({path: value for path, value in data.items() if value is not None})
        reader = _Reader(self, program, state, steps, regions, prefix, _written(program) - data.keys())
        made = [reader.node(step) for step in program.steps]
        self.nodes += made
        return [(node, state.data) for node in made]


def _written(program: Program) -> set[str]:
    """The fields that steps write."""
    found = {name for step in program.steps for name, _ in (*step.form, *step.set_)}
    for step in program.steps:
        if step.question is not None and step.question.table is not None:
            found.update(step.question.table.gives)
        found.update(name for name, _ in (step.call.set_ if step.call is not None else ()))
    return found


def _given(call: Call, view: View) -> dict[str, object]:
    """What a called SOP is given, as far as it is known."""
    given: dict[str, object] = {}
    for name, value in call.with_:
        known = value.evaluate(view) if isinstance(value, Expression) else getattr(value, "value", None)
        if known is not UNKNOWN and not isinstance(known, Failure) and known is not None:
            given[name] = known
    return given


class _Reader:
    """The steps of one program as nodes."""

    def __init__(
        self,
        maker: _Maker,
        program: Program,
        state: RunState,
        steps: int,
        regions: int,
        prefix: str,
        changing: set[str],
    ) -> None:
        self.maker, self.program, self.state, self.prefix, self.changing = maker, program, state, prefix, changing
        self.steps, self.regions = steps, regions

    def node(self, step: Step) -> Node:
        path = self.prefix + step.path
        duration = self._duration(step)
        node = Node(
            index=step.index + self.steps,
            path=path,
            step=step,
            region=step.region + self.regions,
            ways=self._ways(step, path),
            ordinary=step.ordinary,
            regions=tuple(region + self.regions for region in step.regions),
            sure=self._odds_of(step.if_, f"{path}.if"),
            takes=None if duration is None else lasting(duration, self.program, self.maker.clock),
            roles=self._roles(step),
            opens=self.when(step.times.opens, late=False),
            due=self.when(step.times.due, late=True),
            waits=[(one.exit, self.when(one.at, late=False)) for one in step.wait],
            instead=tuple(self._instead(step)),
            after=tuple((one.step + self.steps, one.branch + self.regions) for one in step.after),
        )
        self._decide(node)
        self._block(node)
        return node

    def _duration(self, step: Step) -> Duration | None:
        found = step.times.duration
        return self._likely(found, Duration) if isinstance(found, Cases) else found

    def _roles(self, step: Step) -> tuple[str, ...]:
        cases = step.people.by_cases
        return step.people.by if cases is None else self._likely(cases, tuple) or ()

    def _likely(self, cases: Cases, kind: type[_Kind]) -> _Kind | None:
        """What stands behind the first case that holds or may hold."""
        found = next((case.then for case in cases.cases if self._holds(case.when) is not False), None)
        return found if isinstance(found, kind) else None

    def _holds(self, guard: Expression | None) -> bool | None:
        """Whether a guard holds in the whole run; None where that is not known when it begins.

        It is not where it reads what steps have done, the time, or a field that is not given and that steps write.
        """
        if guard is None:
            return True
        for name in self._fields(guard.reads):
            if name in self.changing or name in ("now", "today") or name.startswith("steps."):
                return None
        held = guard.evaluate(self.state.data)
        return held if isinstance(held, bool) else None

    def _value(self, name: str) -> object:
        """What a field holds; None if that is not known."""
        try:
            return self.state.data[name]
        except KeyError:
            return None

    # -- ways --------------------------------------------------------------------------------------------------------

    def _ways(self, step: Step, path: str) -> list[Way]:
        """The ways out, with their odds: those that are said, and what is left of 1 in equal parts for the others."""
        said = {name: self.maker.odds.get(f"{path}.{name}") for name in step.exits}
        left = max(1.0 - sum(odds for odds in said.values() if odds is not None), 0.0)
        unsaid = [name for name, odds in said.items() if odds is None]
        equal = left / len(unsaid) if unsaid else 0.0
        shares = {name: equal if odds is None else odds for name, odds in said.items()}
        if step.op is Op.VOTE and len(unsaid) == len(said) > 1 and "approved" in said:
            shares = {name: _APPROVED if name == "approved" else (1 - _APPROVED) / (len(said) - 1) for name in said}
        if len(unsaid) > 1 and step.op in (Op.CHOOSE, Op.VOTE, Op.WORK, Op.WAIT):
            self.maker.assumed[path] = ", ".join(f"{name}={share:.2g}" for name, share in shares.items())
        ways = []
        for name, target in step.exits.items():
            targets = self._targets(target)
            ways += [Way(name, one, shares[name] / len(targets)) for one in targets]
        return ways

    def _targets(self, target: Target) -> list[int]:
        """Where a target may lead: to one place where the data say which, else to each of its cases."""
        if not isinstance(target, Cases):
            return [self._place(target)]
        found: list[int] = []
        for case in target.cases:
            held = self._holds(case.when)
            if held is False:
                continue
            found.append(self._place(case.then if isinstance(case.then, int) else DONE))
            if held is True:
                break
        return list(dict.fromkeys(found)) or [DONE]

    def _place(self, target: int) -> int:
        return target + self.steps if target >= 0 else target

    # -- what the data decide ----------------------------------------------------------------------------------------

    def _odds_of(self, guard: Expression | None, name: str) -> float:
        """How likely a guard holds: 0 or 1 where it is known, else the odds that are said, else even."""
        held = self._holds(guard)
        if held is not None:
            return float(held)
        if name not in self.maker.odds:
            self.maker.assumed[name.rpartition(".")[0]] = f"{name.rpartition('.')[2]}=0.5"
        return self.maker.odds.get(name, 0.5)

    def _decide(self, node: Node) -> None:
        question = node.step.question
        if question is None or any(f"{node.path}.{way.name}" in self.maker.odds for way in node.ways):
            return
        name = self._answer(question)
        if name is None or not any(way.name == name for way in node.ways):
            return
        node.decided = frozenset((name,))
        node.always = question.asks == "unknown" or not question.about
        if node.always:
            self.maker.assumed.pop(node.path, None)

    def _fields(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            yield name
            yield from self.program.depends.get(name, ())

    def _answer(self, question: Question) -> str | None:
        """The way out that the data say, if they do."""
        if question.about:
            match self._value(question.about):
                case bool() as truth:
                    return "yes" if truth else "no"
                case str() as value:
                    return value
                case _:
                    return None
        for guard, exit_ in question.cases:
            held = self._holds(guard)
            if held is not False:
                return exit_ if held is True else None
        return None

    # -- blocks ------------------------------------------------------------------------------------------------------

    def _block(self, node: Node) -> None:
        step = node.step
        node.starts = tuple(1.0 for _ in node.regions)
        if step.join is not None:
            node.need, node.finish, node.at_once = step.join.need, step.join.finish, step.join.at_once
            names = [self.program.regions[region].id for region in step.regions]
            if step.op is Op.FORK and step.join.guards:
                guards = zip(step.join.guards, names, strict=True)
                node.starts = tuple(self._odds_of(guard, f"{node.path}.{name}") for guard, name in guards)
        if step.each is not None:
            items = step.each.items or self._value(step.each.field)
            node.items = len(items) if isinstance(items, (list, tuple)) else 1
            if not isinstance(items, (list, tuple)):
                self.maker.assumed[node.path] = "items=1"
        if step.rounds is not None:
            node.rounds = step.rounds.most
            if step.rounds.until is not None:
                node.again = 1.0 - self.maker.odds.get(f"{node.path}.until", 0.5)
            else:
                node.again = 1.0 if step.rounds.most else 0.0
            node.every = self._every(step.rounds.every)

    def _instead(self, step: Step) -> Iterator[Instead]:
        """The handlers with a known time that take the place of a step."""
        for handler in step.handlers:
            if not handler.instead or self._holds(handler.if_) is False:
                continue
            time = handler.at if handler.on == "at" else step.times.due if handler.on == "overdue" else None
            when = self.when(time, late=handler.on == "overdue")
            if when is not None:
                region = handler.region + self.regions if handler.region >= 0 else -1
                yield Instead(when, region, self._targets(handler.target)[0])

    def _every(self, pace: Pace | Cases | None) -> Callable[[float, float], float | None] | None:
        if isinstance(pace, Cases):
            pace = self._likely(pace, Pace)
        if pace is None:
            return None
        known: Pace = pace
        clock, program = self.maker.clock, self.program

        def tick(opened: float, now: float) -> float | None:
            at = known.next_after(
                clock.instant(now),
                counted_from=clock.instant(opened),
                zone=program.zone,
                calendars=program.calendars,
                default=program.calendar,
            )
            return None if at is None else clock.seconds(at)

        return tick

    # -- times -------------------------------------------------------------------------------------------------------

    def when(self, time: Time | None, *, late: bool) -> When | None:
        """A time in seconds: a deadline's last instant that is in time if ``late``, else when it opens."""
        if time is None:
            return None
        state, program, clock = self.state, self.program, self.maker.clock

        def seconds(opening: Opening) -> float | None:
            moment = moment_of(time, program, state, opening)
            if moment is None:
                return None
            return clock.seconds(moment.late_from(clock.zone) if late else moment.opens_at(clock.zone))

        bare = Opening(id=0, step=0, up=-1, branch=0, item=None, born=0, since=None, mark=None)
        refs = set(self._refs(time))
        steps = sorted({program.by_path[ref.name] for ref in refs if ref.kind in (RefKind.OPENING, RefKind.COMPLETION)})
        moving = {RefKind.OPENED, RefKind.OPENING, RefKind.COMPLETION, RefKind.DUE}
        if not any(ref.kind in moving for ref in refs):
            fixed = seconds(bare)
            return lambda *_: fixed
        known: dict[tuple[float | None, ...], float | None] = {}

        def at(opened: float, openings: Mapping[int, float], closings: Mapping[int, float]) -> float | None:
            key = (opened, *(of.get(step + self.steps) for step in steps for of in (openings, closings)))
            if key in known:
                return known[key]
            for step in steps:
                began, ended = openings.get(step + self.steps), closings.get(step + self.steps)
                state.opened[step] = None if began is None else clock.instant(began)
                ended_at = None if ended is None else clock.instant(ended)
                state.done[step] = Record(times=1, outcome="", by=None, at=ended_at, seq=0)
            bare.since = clock.instant(opened)
            if len(known) > 100_000:
                known.clear()
            known[key] = found = seconds(bare)
            return found

        return at

    def _refs(self, time: Time) -> Iterator[Ref]:
        """Every reference that a time hangs on, through cases, extremes and anchors."""
        todo: list[Time] = [time]
        seen: set[str] = set()
        while todo:
            for ref in (ref for phrase in phrases_of(todo.pop()) for ref in phrase.reads):
                yield ref
                if ref.kind is RefKind.NAME and ref.name in self.program.anchors and ref.name not in seen:
                    seen.add(ref.name)
                    todo.append(self.program.anchors[ref.name])
