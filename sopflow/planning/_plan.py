"""A plan as values: what is done when, by when it must be done, and what cannot be met.

Knows dates and texts; how they were worked out is for ``_network.py`` and ``_passes.py``, how they look for others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sopflow.calendars import Duration, Moment
from sopflow.errors import Report
from sopflow.errors.show import as_json

Texts = Mapping[str, str]  # language → text


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a step is worked on; instants (aware, with fixed offsets of the plan's zone)."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """A step in a plan, or a block (``block``) with what is inside it on the lines below, one ``depth`` deeper.

    ``earliest``: when it is worked on if all before it is done as soon as possible, the slowest way to it counting.
    ``soonest``: the same by the quickest way and the shortest durations. ``latest``: when it must be worked on so that
    no deadline is missed (or, in a plan without deadlines, so that the end does not move); None where nothing hangs on
    it. What must be over on a day has its last microsecond. ``slack`` is how far its end may move, the difference of
    both ends, negative where a deadline cannot be met.

    ``critical``: it stands on the chain that has the least slack. ``sure``: every way through the SOP passes it; others
    are possible. ``rounds``: how often it is done, in loops and repeats. ``items``: for how many items side by side.
    ``after``: the paths of the steps whose ends its start waits for. ``by_length`` is how long it takes, None: unsaid.
    """

    path: str
    kind: str
    title: Texts
    roles: tuple[str, ...]
    phase: str
    depth: int
    block: bool
    opens: Moment | None
    due: Moment | None
    earliest: Window
    soonest: Window
    latest: Window | None
    slack: dt.timedelta | None
    critical: bool
    sure: bool
    rounds: int = 1
    items: int = 1
    by_length: Duration | None = None
    after: tuple[str, ...] = ()
    reminders: tuple[dt.datetime, ...] = ()

    @property
    def slack_days(self) -> int | None:
        """The slack in whole civil days: 0 where it must end on the very day on which it can."""
        return None if self.slack is None else self.slack.days

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it may end."""
        return None if self.latest is None else self.latest.end.date()


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day on which times of the SOP hang: an anchor, by its short name."""

    id: str
    title: Texts
    at: Moment


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase with its days, both ends in; None where they are open or not known."""

    id: str
    title: Texts
    from_: Moment | None
    to: Moment | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one SOP from ``start`` on; ``end`` is when it is over at the earliest.

    ``steps`` stand in the order of the definition. ``missing`` are the fields that are not known, and on which times
    or ways hang. ``unsaid`` are the paths of steps that people do and for which no duration is given.
    """

    name: str
    title: Texts
    languages: tuple[str, ...]
    zone: ZoneInfo
    start: dt.datetime
    end: dt.datetime
    steps: tuple[Planned, ...]
    milestones: tuple[Milestone, ...]
    phases: tuple[Phase, ...]
    roles: Mapping[str, Texts]
    missing: tuple[str, ...]
    unsaid: tuple[str, ...]
    findings: Report

    def __iter__(self) -> Iterator[Planned]:
        return iter(self.steps)

    def __getitem__(self, path: str) -> Planned:
        """The step at ``path``, or the only one whose path ends so; KeyError."""
        for step in self.steps:
            if step.path == path:
                return step
        near = [step for step in self.steps if step.path.endswith((f".{path}", f"/{path}"))]
        if len(near) != 1:
            raise KeyError(path)
        return near[0]

    @property
    def critical(self) -> tuple[Planned, ...]:
        """The steps of the critical chain, blocks left out, in the order in which they begin."""
        chain = [step for step in self.steps if step.critical and not step.block]
        return tuple(sorted(chain, key=lambda step: (step.earliest.start, step.earliest.end)))

    @property
    def feasible(self) -> bool:
        """Whether every deadline can be met."""
        return all(step.slack is None or step.slack >= dt.timedelta() for step in self.steps)

    def as_json(self, lang: str = "en") -> dict[str, object]:
        """Plain data, in the shape of the reference: dates where a day is meant or a day begins, else instants."""
        return {
            "name": self.name,
            "title": self.text(self.title, lang),
            "start": _day_or_time(self.start),
            "end": _day_or_time(self.end),
            "time_zone": self.zone.key,
            "feasible": self.feasible,
            "steps": [self._step(step, lang) for step in self.steps],
            "critical": [step.path for step in self.critical],
            "milestones": [
                {"id": one.id, "title": self.text(one.title, lang), "at": one.at.iso()} for one in self.milestones
            ],
            "phases": [
                {"id": one.id, "title": self.text(one.title, lang), "from": _iso(one.from_), "to": _iso(one.to)}
                for one in self.phases
            ],
            "missing": list(self.missing),
            "unsaid": list(self.unsaid),
            "findings": as_json(self.findings, lang),
        }

    def _step(self, step: Planned, lang: str) -> dict[str, object]:
        latest = step.latest
        return {
            "step": step.path,
            "kind": step.kind,
            "title": self.text(step.title, lang),
            "by": list(step.roles),
            "phase": step.phase or None,
            "depth": step.depth,
            "block": step.block,
            "opens": _iso(step.opens),
            "due": _iso(step.due),
            "earliest_start": _day_or_time(step.earliest.start),
            "earliest": _day_or_time(step.earliest.end),
            "soonest": _day_or_time(step.soonest.end),
            "latest_start": None if latest is None else _day_or_time(latest.start),
            "latest": None if latest is None else _day_or_time(latest.end),
            "slack": None if step.slack_days is None else _length(step.slack_days),
            "slack_days": step.slack_days,
            "critical": step.critical,
            "sure": step.sure,
            "rounds": step.rounds,
            "items": step.items,
            "duration": str(step.by_length) if step.by_length is not None else None,
            "after": list(step.after),
            "reminders": [_day_or_time(at) for at in step.reminders],
        }

    def text(self, texts: Texts, lang: str = "") -> str:
        """The text in ``lang``, else in the definition's languages in their order, else any."""
        for tag in (lang, *self.languages):
            for other in (tag, *sorted(texts)):
                if tag and other in texts and other.partition("-")[0] == tag.partition("-")[0]:
                    return texts[other]
        return next(iter(texts.values()), "")


def _iso(moment: Moment | None) -> str | None:
    return None if moment is None else moment.iso()


def _day_or_time(at: dt.datetime) -> str:
    """A date where it is the first or the last instant of one."""
    return at.date().isoformat() if at.time() in (dt.time.min, dt.time.max) else at.isoformat(timespec="minutes")


def _length(days: int) -> str:
    """Whole days as an ISO 8601 duration, with a sign in front as ISO 8601-2 has it."""
    return f"{'-' if days < 0 else ''}P{abs(days)}D"
