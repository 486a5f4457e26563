"""From an SOP and what is known of its data to a plan: the network, both passes, and a line for each step.

Reads no clock: a plan begins when its caller says, or as late as its deadlines allow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sopflow import definitions
from sopflow.calendars import Moment, RefKind, localize, parse_time
from sopflow.compiler import Compiled
from sopflow.engine import Opening, RunState, moment_of
from sopflow.errors import DefinitionError, Finding, UsageError, nearest
from sopflow.model import Sop, Text
from sopflow.planning._acts import Act, Frame, Network
from sopflow.planning._findings import findings_of
from sopflow.planning._given import known
from sopflow.planning._network import network_of
from sopflow.planning._passes import backward, chain, duration_of, forward, moves, opening, span_of, take
from sopflow.planning._plan import Milestone, Phase, Plan, Planned, Window
from sopflow.program import Cases, Extreme, Op, Program, Step, Time

#: The largest number of rounds that a loop may be assumed to go.
MOST_ROUNDS = 1_000
_WORK = frozenset({Op.WORK, Op.VOTE, Op.CHOOSE})


def plan(
    sop: Sop | definitions.Name,
    data: Mapping[str, object] | None = None,
    *,
    at: dt.datetime | dt.date | str | None = None,
    rounds: int | Mapping[str, int] = 1,
    search: Sequence[definitions.Name] = (),
) -> Plan:
    """The plan of ``sop`` (or of what :func:`sopflow.load` takes), of which ``data`` are known, starting ``at``.

    A date starts at its 00:00, a time without a zone counts in that of the SOP. Without ``at`` the plan starts as late
    as its deadlines allow. ``rounds`` is how often each loop goes round, or for some steps how often theirs does.

    Raises DefinitionError where the SOP cannot be used, and UsageError for data, a time or rounds that do not fit and
    where nothing says when it starts.
    """
    if not isinstance(sop, Sop):
        sop = definitions.load(sop, search=search)
    compiled, report = definitions.link(sop, search=search)
    if compiled.program is None or not report.ok:
        raise DefinitionError(report)
    program = compiled.program
    turns = _rounds(rounds, program)
    given = known(program, data)
    start = _start(at, program)
    if start is None:
        start = _latest_start(program, given, turns)
    return _Planner(compiled, program, given, start, turns).plan()


@dataclass(frozen=True, slots=True)
class _Turns:
    default: int
    by_step: Mapping[str, int]


def _rounds(rounds: int | Mapping[str, int], program: Program) -> _Turns:
    example = next((step.path for step in program.steps), "step")
    said = {"": rounds} if isinstance(rounds, int) else dict(rounds)
    for name, count in said.items():
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_ROUNDS:
            fields = {"text": f"{name}={count}" if name else count, "most": MOST_ROUNDS, "example": example}
            raise UsageError(Finding("SOP871", fields=fields))
        if name and name not in program.by_path and "/" not in name:
            near = nearest(name, program.by_path)
            raise UsageError(Finding("SOP872", fields={"name": name, "nearest": near[0] if near else ""}))
    paths = {name: program.steps[program.by_path[name]].path if name in program.by_path else name for name in said}
    return _Turns(said.pop("", 1), {paths[name]: count for name, count in said.items()})


def _start(at: dt.datetime | dt.date | str | None, program: Program) -> dt.datetime | None:
    if isinstance(at, str):
        try:
            at = dt.date.fromisoformat(at.strip()) if len(at.strip()) <= 10 else dt.datetime.fromisoformat(at.strip())
        except ValueError:
            raise UsageError(Finding("SOP735", fields={"at": at})) from None
    match at:
        case None:
            return None
        case dt.datetime():
            return Moment.at(at if at.tzinfo else localize(at, program.zone)).opens_at(program.zone)
        case dt.date():
            return Moment.on(at).opens_at(program.zone)


def _latest_start(program: Program, given: Mapping[str, object], turns: _Turns) -> dt.datetime:
    """When the first step must begin so that no deadline is missed; SOP873 where none is known."""
    start = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    for _ in range(2):  # the first round finds where about in time the plan lies
        network = network_of(program, _state(program, given, start), turns.by_step, turns.default)
        dates = forward(network, start)
        dates.binds -= {one for one in dates.binds if _from_start(network.acts[one])}
        backward(network, dates)
        first = network.order[0]
        limits = [dates.limit[one] for one in dates.binds]
        opens = [moment.opens_at(program.zone) for moment in dates.opens.values()]
        if not limits and not opens:
            raise UsageError(Finding("SOP873"))
        if not limits:
            return min(opens)
        start = _first_instant(min(dates.latest_start.get(first, min(limits)), *limits))
    return start


def _from_start(act: Act) -> bool:
    """Whether its deadline is counted from the start of the run."""
    due = act.frame.program.steps[act.step].times.due
    return due is not None and moves(due, act.frame, (RefKind.STARTED,))


def _first_instant(at: dt.datetime) -> dt.datetime:
    """Of the last instant of a day its first one: whoever must begin on a day has all of it."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) if at.time() == dt.time.max else at


def _state(program: Program, given: Mapping[str, object], start: dt.datetime) -> RunState:
    state = RunState.of(program)
    state.started_at = state.at = start
    state.data.update({path: one.default for path, one in program.fields.items() if one.default is not None})
    state.data.update(given)
    return state


class _Planner:
    """One plan being made."""

    def __init__(
        self, compiled: Compiled, program: Program, given: Mapping[str, object], start: dt.datetime, turns: _Turns
    ) -> None:
        self.compiled, self.program, self.start = compiled, program, start
        self.network = network_of(program, _state(program, given, start), turns.by_step, turns.default)
        self.dates = forward(self.network, start)
        backward(self.network, self.dates)
        self.numbers = {id(frame): number for number, frame in enumerate(self.network.frames)}
        self.called = {
            (self.numbers[id(frame.up)], frame.call): number
            for number, frame in enumerate(self.network.frames)
            if frame.up is not None
        }
        self.missing: dict[str, list[str]] = {}

    def plan(self) -> Plan:
        network, dates, program = self.network, self.dates, self.program
        critical = self._critical()
        steps = tuple(
            self._planned(number, step, phase, depth, critical) for number, step, phase, depth in self._rows()
        )
        phases = tuple(self._phases())
        milestones = tuple(self._milestones())
        roles = {id: role.title for frame in network.frames for id, role in frame.program.roles.items()}
        unsaid = tuple(
            one.path for one in steps if not one.block and one.by_length is None and one.kind in ("task", "approval")
        )
        found = findings_of(self.compiled, network, dates, steps, phases, self.missing, self.start)
        return Plan(
            name=program.name,
            title=program.title,
            languages=program.languages,
            zone=program.zone,
            start=self.start,
            end=dates.end[network.last],
            steps=steps,
            milestones=milestones,
            phases=phases,
            roles=roles,
            missing=tuple(
                name for name in dict.fromkeys([*self.missing, *network.missing]) if _is_field(name, network)
            ),
            unsaid=unsaid,
            findings=found,
        )

    def _rows(self) -> Iterable[tuple[int, Step, str, int]]:
        """Every step that is planned, with its program, phase and depth: those of a call behind it."""
        todo: list[tuple[int, int, str, int]] = [(0, index, "", 0) for index in self._order(0)]
        inherited: dict[tuple[int, int], tuple[str, int]] = {}
        while todo:
            number, index, phase, depth = todo.pop()
            step = self.network.frames[number].program.steps[index]
            block = self.network.frames[number].program.regions[step.region].block
            above = inherited.get((number, block))
            if above is not None:
                phase, depth = above
            if number == 0:
                phase = self.compiled.index.nodes[index].step.phase or phase
            inherited[number, index] = phase, depth + 1
            if (number, index) in self.network.steps:
                yield number, step, phase, depth
            if (number, index) in self.called:
                inner = self.called[number, index]
                todo += [(inner, one, phase, depth + 1) for one in self._order(inner)]

    def _order(self, number: int) -> list[int]:
        return [step.index for step in reversed(self.network.frames[number].program.steps)]

    # -- one line ----------------------------------------------------------------------------------------------------

    def _planned(self, number: int, step: Step, phase: str, depth: int, critical: set[tuple[int, int]]) -> Planned:
        network, dates = self.network, self.dates
        pairs = network.steps[number, step.index]
        first, last = pairs[0][0], pairs[-1][1]
        opener = network.acts[pairs[-1][0]]
        frame = opener.frame
        path = frame.prefix + step.path
        latest = self._latest(pairs)
        due = dates.due.get(opener.index)
        self._note_missing(path, step.times.due, due, frame)
        self._note_missing(path, step.times.opens, dates.opens.get(first), frame)
        soonest = [(dates.soonest[one][0], dates.soonest[other][1]) for one, other in pairs]
        limits = [(self._limit(other), dates.end[other]) for _, other in pairs]
        slack = min((limit - end for limit, end in limits if limit is not None), default=None)
        return Planned(
            path=path,
            kind=step.kind,
            title=step.title,
            roles=step.people.by,
            phase=phase,
            depth=depth,
            block=opener.part == "open",
            opens=dates.opens.get(first),
            due=due,
            earliest=Window(dates.start[first], max(dates.end[last], dates.start[first])),
            soonest=Window(min(start for start, _ in soonest), max(end for _, end in soonest)),
            latest=latest,
            slack=slack,
            critical=(number, step.index) in critical,
            sure=(number, step.index) in network.sure,
            rounds=network.rounds.get((number, step.index), 1),
            items=network.items.get((number, step.index), 1),
            by_length=duration_of(opener) if opener.part == "step" else None,
            after=self._after(network.acts[first]),
            reminders=self._reminders(step, opener, due),
        )

    def _limit(self, last: int) -> dt.datetime | None:
        """The latest end of an act: what lies behind it says it, or its own deadline though that moves with it."""
        limits = [one for one in (self.dates.latest.get(last), self.dates.limit.get(last)) if one is not None]
        return min(limits, default=None)

    def _latest(self, pairs: list[tuple[int, int]]) -> Window | None:
        first, last = pairs[0][0], pairs[-1][1]
        end = self._limit(last)
        if end is None:
            return None
        act = self.network.acts[first]
        span = span_of(act, shortest=False)
        start = self.dates.latest_start.get(first) or (take(end, span, act.frame) if span is not None else end)
        return Window(min(start, end), end)

    def _after(self, act: Act) -> tuple[str, ...]:
        """The steps whose ends its beginning waits for, seen through the beginnings and ends of blocks."""
        found: dict[str, None] = {}
        todo = [*act.before, *act.also]
        while todo:
            before = self.network.acts[todo.pop(0)]
            if before.part == "step":
                found[before.frame.prefix + before.frame.program.steps[before.step].path] = None
            elif len(found) + len(todo) < 50:
                todo += before.before
        return tuple(found)

    def _reminders(self, step: Step, act: Act, due: Moment | None) -> tuple[dt.datetime, ...]:
        begins = self.dates.start[act.index]
        seen = opening(act, begins, due)
        moments = (
            moment_of(one.at, act.frame.program, act.frame.state, seen)
            for one in step.times.remind
            if one.at is not None and one.pace is None
        )
        return tuple(sorted(one.opens_at(act.frame.program.zone) for one in moments if one is not None))

    def _note_missing(self, path: str, time: Time | None, moment: Moment | None, frame: Frame) -> None:
        """Which fields keep a time from being known."""
        if time is None or moment is not None:
            return
        for name in _unknown_names(time, frame):
            self.missing.setdefault(name, []).append(path)

    # -- the critical chain ------------------------------------------------------------------------------------------

    def _critical(self) -> set[tuple[int, int]]:
        """The steps of the chains to those deadlines (there being none, to the end) that have the least slack."""
        dates, network = self.dates, self.network
        ends = {one: dates.limit[one] - dates.end[one] for one in dates.binds}
        least = min(ends.values(), default=dt.timedelta())
        goals = [one for one, slack in ends.items() if slack == least] or [network.last]
        acts: set[int] = set()
        for goal in goals:
            acts.update(chain(dates, goal, acts))
        acts |= {one for one, latest in dates.latest.items() if latest - dates.end[one] == least}
        return {
            (self.numbers[id(network.acts[one].frame)], network.acts[one].step)
            for one in acts
            if network.acts[one].part in ("step", "close")
        }

    # -- what stands around the steps --------------------------------------------------------------------------------

    def _milestones(self) -> Iterable[Milestone]:
        state = self.network.frames[0].state
        for name, time in self.program.anchors.items():
            moment = moment_of(time, self.program, state, Opening(0, -1, -1, 0))
            field = self.compiled.sop.fields.get(self.compiled.sop.anchors.get(name, ""))
            title = _texts(field.title) if field is not None and field.title is not None else {}
            if moment is not None:
                yield Milestone(name, title or {"en": name}, moment)

    def _phases(self) -> Iterable[Phase]:
        for name, phase in self.compiled.sop.phases.items():
            yield Phase(name, _texts(phase.title), self._written(phase.from_), self._written(phase.to))

    def _written(self, time: object) -> Moment | None:
        """A time of the definition; of cases and extremes none is known."""
        written = getattr(time, "at", time)
        phrase = parse_time(written)[0] if isinstance(written, str) else None
        state = self.network.frames[0].state
        return moment_of(phrase, self.program, state, Opening(0, -1, -1, 0)) if phrase is not None else None


def _unknown_names(time: Time, frame: Frame) -> Iterable[str]:
    todo: list[Time] = [time]
    while todo:
        match todo.pop():
            case Extreme(times=parts):
                todo += parts
            case Cases() as cases:
                yield from frame.state.data.fields_behind(_unknown_guards(cases, frame))
            case phrase:
                for ref in phrase.reads:
                    if ref.kind is not RefKind.NAME:
                        continue
                    anchor = frame.program.anchors.get(ref.name)
                    if anchor is not None:
                        todo.append(anchor)
                    elif frame.state.data.get(ref.name) is None and not _derived(ref.name, frame):
                        yield from frame.state.data.fields_behind([ref.name])


def _is_field(name: str, network: Network) -> bool:
    """Whether it can be given with the data: not what a run learns of its steps."""
    return any(name in frame.program.fields for frame in network.frames)


def _derived(name: str, frame: Frame) -> bool:
    try:
        return frame.state.data[name] is not None
    except KeyError:
        return False


def _unknown_guards(cases: Cases, frame: Frame) -> Iterable[str]:
    for case in cases.cases:
        if case.when is None:
            return
        held = case.when.evaluate(frame.state.data)
        if held is True:
            return
        if held is not False:
            yield from case.when.missing(frame.state.data)
            return


def _texts(text: Text) -> dict[str, str]:
    return {tag: text.get(tag) for tag in text.languages} or {"": text.get("")}
