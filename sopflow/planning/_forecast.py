"""A forecast: many runs of an SOP by chance, and what they say about its end, its deadlines and its roles.

Monte Carlo simulation of an activity network (R. M. van Slyke, "Monte Carlo methods and the PERT problem", Operations
Research 11, 1963), of the whole flow here: ways, rounds, joins, calendars and people. Not played are handlers but those
that take the place of a block at a time, reminders and escalations, attempts that fail, and what people decide by
looking at the clock.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from random import Random

from sopflow import definitions
from sopflow.errors import Finding, UsageError, nearest
from sopflow.model import Sop
from sopflow.planning._flow import DEPTH, flow_of
from sopflow.planning._given import known
from sopflow.planning._lasting import DAY, DISTRIBUTIONS, Clock, draw_of
from sopflow.planning._nodes import Flow, Node
from sopflow.planning._playing import Player
from sopflow.planning._tokens import Cause, Played
from sopflow.program import Op, Program

_BARS = 20  # of the histogram
_TRIED = 50  # runs without an end, before we say that there is none
_TOLD = 100  # how often the progress is told


@dataclass(frozen=True, slots=True)
class Likely:
    """When something is over in 50, 80 and 90 of 100 runs; instants (aware)."""

    p50: dt.datetime
    p80: dt.datetime
    p90: dt.datetime


@dataclass(frozen=True, slots=True)
class StepForecast:
    """A step in all runs: shares of the runs in which it was done, and stood on the critical chain.

    On that chain it stands where time passed between its opening and its end. ``met``: of the runs in which it was
    done, the share in which it met its deadline; None: it has none. ``over``: when it was done, for the last time in
    a run; None: never.
    """

    path: str
    title: Mapping[str, str]
    done: float
    critical: float
    met: float | None = None
    over: Likely | None = None


@dataclass(frozen=True, slots=True)
class RoleForecast:
    """A role in all runs, on average: days of work and of work waiting, in days of the wall clock.

    ``people``: how many there are, None: as many as are needed. ``busy``: the share of the run in which each of them
    works. ``critical``: the share of the critical chain's steps that are this role's.
    """

    role: str
    title: Mapping[str, str]
    people: int | None
    worked: float
    waited: float
    busy: float
    critical: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What many runs by chance say. Shares are between 0 and 1.

    ``end`` is None where no run came to an end. ``histogram``: from when on, and how many runs ended from then until
    the next. ``bottleneck`` is the role whose work waits longest, else the one with most of the critical chain.
    ``assumed``: odds and counts that nobody has said, by step.
    """

    sop: str
    version: str
    at: dt.datetime
    runs: int
    seed: int
    distribution: str
    finished: float
    end: Likely | None
    outcomes: Mapping[str, float]
    steps: tuple[StepForecast, ...]
    roles: tuple[RoleForecast, ...]
    bottleneck: str
    histogram: tuple[tuple[dt.datetime, int], ...]
    assumed: Mapping[str, str] = field(default_factory=dict)

    @property
    def deadlines(self) -> tuple[StepForecast, ...]:
        """The steps that have a deadline."""
        return tuple(step for step in self.steps if step.met is not None)

    def as_json(self) -> dict[str, object]:
        """Plain data, shares to four digits, instants as ISO 8601."""
        return {
            "sop": self.sop, "version": self.version, "at": _iso(self.at), "runs": self.runs, "seed": self.seed,
            "distribution": self.distribution, "finished": round(self.finished, 4), "end": _likely(self.end),
            "outcomes": {name: round(share, 4) for name, share in self.outcomes.items()},
            "deadlines": [_step(step) for step in self.deadlines],
            "bottleneck": self.bottleneck or None,
            "roles": [
                {
                    "role": one.role, "people": one.people, "worked_days": round(one.worked, 3),
                    "waited_days": round(one.waited, 3), "busy": round(one.busy, 4),
                    "critical": round(one.critical, 4),
                }
                for one in self.roles
            ],
            "steps": [_step(step) for step in self.steps],
            "histogram": [{"from": _iso(start), "runs": count} for start, count in self.histogram],
            "assumed": dict(self.assumed),
        }  # fmt: skip


def _iso(at: dt.datetime) -> str:
    return at.isoformat(timespec="minutes")


def _likely(one: Likely | None) -> dict[str, str] | None:
    return None if one is None else {"p50": _iso(one.p50), "p80": _iso(one.p80), "p90": _iso(one.p90)}


def _step(one: StepForecast) -> dict[str, object]:
    met = {} if one.met is None else {"met": round(one.met, 4)}
    shares = {"done": round(one.done, 4), "critical": round(one.critical, 4)}
    return {"step": one.path, **met, **shares, "over": _likely(one.over)}


def forecast(
    sop: Program | Sop | str | Path,
    data: Mapping[str, object] | None = None,
    *,
    at: dt.datetime,
    runs: int = 10_000,
    seed: int = 1,
    odds: Mapping[str, float] | None = None,
    people: Mapping[str, int] | None = None,
    distribution: str = "uniform",
    rounds: int = 10,
    progress: Callable[[int], None] | None = None,
    search: Sequence[str | Path] = (),
) -> Forecast:
    """Play ``sop`` by chance ``runs`` times, each run begun ``at`` that instant with ``data`` known.

    Args:
        sop: What is played: a definition, a program, or what :func:`sopflow.load` takes.
        data: What is known, nested or by dotted path; it decides where it can.
        at: When each run begins (naive: of the definition's zone).
        runs: How many runs.
        seed: Where chance begins. Equal arguments give equal results, everywhere.
        odds: How likely a way out is, by ``step.outcome``, a ``step.if``, a branch, or a repeat's ``step.until``.
            Unsaid: equal for all ways out of a step; an approval passes with 0.8.
        people: How many people a role has. Unsaid: those whom the definition names; where it names none, enough.
        distribution: How a time in a range is drawn: ``uniform``, ``triangular`` or ``pert``.
        rounds: How often a step is done again at most, before it goes on by a way that does not come back.
        progress: Is told, now and then, how many runs are over.
        search: Folders to look for names in.

    Raises:
        DefinitionError: the SOP is not sound.
        UsageError: odds of a step or people of a role that there is not (SOP880, SOP881), odds outside 0 to 1
            (SOP882), a distribution, or a count of people, runs or rounds that there is not (SOP883, SOP884), data
            that do not fit; no run comes to an end (SOP885).
    """
    program = sop if isinstance(sop, Program) else definitions.compile(sop, search=search)
    if at.tzinfo is None:
        at = at.replace(tzinfo=program.zone)
    given = _checked(program, odds or {}, people or {}, distribution, runs=runs, rounds=rounds)
    clock = Clock(program, at)
    flow = flow_of(program, known(program, data), clock, at, odds=given)
    limits = {name: len(role.people) for name, role in program.roles.items() if role.people} | dict(people or {})
    random = Random(seed)  # noqa: S311  # chance, not secrets
    player = Player(
        flow, start=clock.start, random=random, draw=draw_of(distribution, random), people=limits, rounds=rounds
    )
    tally = _Tally(flow, program, limits)
    every = max(runs // _TOLD, 1)
    for number in range(1, runs + 1):
        tally.add(player.play())
        if number == _TRIED and not tally.ends:
            raise UsageError(Finding("SOP885"))
        if progress is not None and (number % every == 0 or number == runs):
            progress(number)
    return tally.forecast(clock, at=at, runs=runs, seed=seed, distribution=distribution)


# -- what is asked for -----------------------------------------------------------------------------------------------


def _checked(
    program: Program,
    odds: Mapping[str, float],
    people: Mapping[str, int],
    distribution: str,
    *,
    runs: int,
    rounds: int,
) -> dict[str, float]:
    """The odds by full path, where all that is asked for can be."""
    if distribution not in DISTRIBUTIONS:
        _refuse("SOP883", distribution, DISTRIBUTIONS)
    for name, number in {"runs": runs, "rounds": rounds, **people}.items():
        if number < 1:
            raise UsageError(Finding("SOP884", fields={"name": name, "number": number}))
    for role in people:
        if role not in program.roles:
            _refuse("SOP881", role, tuple(program.roles))
    known: dict[str, list[str]] = defaultdict(list)
    for path, names in _chances(program):
        for name in (*names[0], *names[1]):
            known[f"{path}.{name}"].append(f"{path}.{name}")
            short = f"{path.rpartition('/')[2].rpartition('.')[2]}.{name}"
            if short != f"{path}.{name}":
                known[short].append(f"{path}.{name}")
    found: dict[str, float] = {}
    for name, share in odds.items():
        if name not in known:
            _refuse("SOP880", name, tuple(known))
        if not 0.0 <= share <= 1.0:
            raise UsageError(Finding("SOP882", fields={"name": name, "number": f"{share:g}"}))
        found |= dict.fromkeys(known[name], float(share))
    for path, names in _chances(program):
        total = sum(found.get(f"{path}.{name}", 0.0) for name in names[0])
        if total > 1 + 1e-9:
            raise UsageError(Finding("SOP882", fields={"name": path, "number": f"{total:g}"}))
    return found


def _chances(program: Program) -> list[tuple[str, tuple[list[str], list[str]]]]:
    """What may have odds, by step: its ways out, and what else; of called SOPs too, as far as they are played."""
    found: list[tuple[str, tuple[list[str], list[str]]]] = []
    todo = [(program, "", 0)]
    while todo:
        one, prefix, depth = todo.pop()
        for step in one.steps:
            ways = [*step.exits] if len(step.exits) > 1 else []
            names = ["if"] if step.if_ is not None else []
            names += ["until"] if step.op is Op.REPEAT else []
            names += [one.regions[region].id for region in step.regions] if step.op is Op.FORK else []
            found.append((prefix + step.path, (ways, names)))
            if step.call is not None and not step.call.detached and depth < DEPTH:
                todo.append((step.call.program, f"{prefix}{step.path}/", depth + 1))
    return found


def _refuse(code: str, name: str, known: Sequence[str]) -> None:
    close = nearest(name, known)
    shown = ", ".join(known[:8]) + (" …" if len(known) > 8 else "")
    fields = {"name": name, "nearest": close[0] if close else "", "known": shown or "–"}
    raise UsageError(Finding(code, fields=fields))


# -- what comes out --------------------------------------------------------------------------------------------------


class _Tally:
    """What all runs have in common, counted run by run."""

    def __init__(self, flow: Flow, program: Program, people: Mapping[str, int]) -> None:
        self.flow, self.program, self.people = flow, program, people
        self.ends: list[float] = []
        self.outcomes: Counter[int] = Counter()
        self.closed: list[list[float]] = [[] for _ in flow.nodes]
        self.critical = [0] * len(flow.nodes)
        self.judged: Counter[int] = Counter()
        self.late: Counter[int] = Counter()
        self.worked: defaultdict[str, float] = defaultdict(float)
        self.queued: defaultdict[str, float] = defaultdict(float)

    def add(self, run: Played) -> None:
        """Count one run."""
        for index, time in run.closed.items():
            self.closed[index].append(time)
        for index, late in run.late.items():
            self.judged[index] += 1
            self.late[index] += late
        for role, seconds in run.worked.items():
            self.worked[role] += seconds
        for role, seconds in run.queued.items():
            self.queued[role] += seconds
        if run.finished:
            self.ends.append(run.end)
            self.outcomes[run.outcome] += 1
            for index in _steps_of(run.chain):
                self.critical[index] += run.closed.get(index, 0.0) > run.opened.get(index, 0.0)

    def forecast(self, clock: Clock, *, at: dt.datetime, runs: int, seed: int, distribution: str) -> Forecast:
        """What the runs say."""
        ended = sorted(self.ends)
        names = self.flow.ends
        steps = tuple(self._of_step(node, clock, runs) for node in self.flow.nodes if not _silent(node))
        roles = self._of_roles(clock, ended, runs)
        waiting = max(roles, key=lambda role: role.waited, default=None)
        weighty = max(roles, key=lambda role: (role.critical, role.worked), default=None)
        bottleneck = waiting if waiting is not None and waiting.waited > 0 else weighty
        return Forecast(
            sop=self.program.name,
            version=self.program.version,
            at=clock.instant(clock.start),
            runs=runs,
            seed=seed,
            distribution=distribution,
            finished=len(ended) / runs,
            end=_quantiles(ended, clock),
            outcomes={names[number]: count / runs for number, count in sorted(self.outcomes.items())},
            steps=steps,
            roles=roles,
            bottleneck=bottleneck.role if bottleneck is not None and bottleneck.worked > 0 else "",
            histogram=_histogram(ended, clock),
            assumed=self.flow.assumed,
        )

    def _of_step(self, node: Node, clock: Clock, runs: int) -> StepForecast:
        judged = self.judged[node.index]
        closed = self.closed[node.index]
        return StepForecast(
            path=node.path,
            title=node.step.title,
            done=len(closed) / runs,
            critical=self.critical[node.index] / runs,
            met=1 - self.late[node.index] / judged if judged else None,
            over=_quantiles(sorted(closed), clock),
        )

    def _of_roles(self, clock: Clock, ended: Sequence[float], runs: int) -> tuple[RoleForecast, ...]:
        chain: Counter[str] = Counter()
        for node in self.flow.nodes:
            if node.takes is not None:
                chain[node.roles[0] if node.roles else ""] += self.critical[node.index]
        spent = sum(ended) - clock.start * len(ended)
        return tuple(
            RoleForecast(
                role=name,
                title=self.program.roles[name].title if name in self.program.roles else {},
                people=self.people.get(name),
                worked=self.worked[name] / runs / DAY,
                waited=self.queued[name] / runs / DAY,
                busy=self.worked[name] / (self.people.get(name, 1) * spent) if spent > 0 else 0.0,
                critical=chain[name] / chain.total() if chain.total() else 0.0,
            )
            for name in dict.fromkeys((*self.program.roles, *self.worked))
            if name in self.worked
        )


def _silent(node: Node) -> bool:
    """Whether a step is nothing that anybody does or waits for."""
    return node.step.op in (Op.GROUP, Op.FORK, Op.EACH, Op.REPEAT, Op.EMIT, Op.STOP)


def _steps_of(chain: Cause) -> set[int]:
    steps: set[int] = set()
    while chain is not None:
        steps.add(chain[0])
        chain = chain[1]  # type: ignore[assignment]  # a chain within a chain
    return steps


def _quantiles(ordered: Sequence[float], clock: Clock) -> Likely | None:
    """The least times by which 50, 80 and 90 of 100 are over."""
    if not ordered:
        return None
    p50, p80, p90 = (clock.instant(ordered[max(ceil(share * len(ordered)) - 1, 0)]) for share in (0.5, 0.8, 0.9))
    return Likely(p50, p80, p90)


def _histogram(ordered: Sequence[float], clock: Clock) -> tuple[tuple[dt.datetime, int], ...]:
    """Bars of equal width, in whole days where the ends lie days apart, else in hours or minutes."""
    if not ordered:
        return ()
    spread = ordered[-1] - ordered[0]
    unit = next(unit for unit in (DAY, 3600.0, 60.0) if spread > 3 * unit or unit == 60.0)
    width = max(ceil(spread / unit / _BARS), 1) * unit
    start = ordered[0] // unit * unit
    bars: list[tuple[dt.datetime, int]] = []
    while start <= ordered[-1]:
        count = bisect_left(ordered, start + width) - bisect_left(ordered, start)
        bars.append((clock.instant(start), count))
        start += width
    return tuple(bars)
