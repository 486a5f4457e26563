"""What a plan shows to be wrong: deadlines that cannot be met, and why; phases; dates that are not known.

Knows plans and catalogue codes; changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise

from sopflow.calendars import MONDAY_TO_FRIDAY, Moment, describe, in_zone
from sopflow.compiler import Compiled
from sopflow.errors import Finding, Report
from sopflow.planning._acts import Act, Network
from sopflow.planning._passes import Dates, chain, duration_of, span_of, take
from sopflow.planning._plan import Phase, Planned
from sopflow.program import Cases, Extreme, Time

_SHOWN = 6
_DAY = dt.timedelta(days=1)


def findings_of(
    compiled: Compiled,
    network: Network,
    dates: Dates,
    steps: Sequence[Planned],
    phases: Sequence[Phase],
    missing: Mapping[str, Sequence[str]],
    start: dt.datetime,
) -> Report:
    """Every finding about the plan; what the definition accepts, as accepted."""
    finder = _Finder(compiled, network, dates, start)
    found = [*finder.late(), *finder.unknown(missing), *finder.phases(phases), *finder.steps(steps, phases)]
    return Report.of(_accepted(found, compiled))


class _Finder:
    """The findings of one plan."""

    def __init__(self, compiled: Compiled, network: Network, dates: Dates, start: dt.datetime) -> None:
        self.compiled, self.network, self.dates, self.start = compiled, network, dates, start
        self.zone = network.frames[0].program.zone
        lasts = [network.acts[pairs[-1][0]] for pairs in network.steps.values()]
        self.acts = {_path(act): act for act in lasts}

    def _at(self, code: str, act: Act | None, *keys: str, **fields: object) -> Finding:
        """A finding about a key of a step of the SOP; for one of an SOP that it calls, about the step that calls."""
        doc: tuple[str | int, ...] = keys
        if act is not None:
            frame, step = act.frame, act.step
            while frame.up is not None:
                frame, step, keys = frame.up, frame.call, ()
            doc = (*self.compiled.index.nodes[step].doc, *keys)
        place = self.compiled.sop.place(doc, key=act is not None and not keys)
        return Finding(code, place=place, path=".".join(map(str, doc)), fields=fields)

    # -- deadlines ---------------------------------------------------------------------------------------------------

    def late(self) -> Iterator[Finding]:
        """Deadlines that cannot be met, each with the chain that leads to it from an earlier one that is missed."""
        dates = self.dates
        missed = {index for index, limit in dates.limit.items() if dates.end[index] > limit}
        for index in sorted(missed):
            limit, act = dates.limit[index], self.network.acts[index]
            if self._is_repeated(act):
                continue
            opener = act.opener if act.part == "close" else index
            due = self._day(dates.due[opener])
            if limit <= self.start:
                yield self._at("SOP864", act, "due", step=_path(act), due=due, start=self._time(self.start))
                continue
            yield self._late(act, opener, due, missed)

    def _is_repeated(self, act: Act) -> bool:
        """Whether a later round of the same step tells of the same deadline."""
        pairs = self.network.steps.get((self.network.frames.index(act.frame), act.step), [])
        return bool(pairs) and act.index not in pairs[-1]

    def _late(self, act: Act, opener: int, due: str, others: AbstractSet[int]) -> Finding:
        dates = self.dates
        limit = dates.limit[act.index]
        links = chain(dates, act.index, others)
        shown = [one for one in links if self.network.acts[one].part == "step"]
        if act.part == "close" or not shown:
            shown.append(act.index)
        first = self.network.acts[links[0]]
        must = limit
        for one in reversed(links):
            span = span_of(self.network.acts[one], shortest=False)
            must = must if span is None else take(must, span, self.network.acts[one].frame)
        if first is not act and first.index in others:
            mend = {}  # what is said of that one helps here too
        elif dates.start[first.index] > self.start:
            mend = {"opener": _path(first), "open_by": self._time(must)}
        else:
            mend = {"start": self._time(must)}
        late = dates.end[act.index] - limit
        found = self._at(
            "SOP860",
            act,
            "due",
            step=_path(act),
            due=due,
            end=self._time(dates.end[act.index]),
            late=_amount(late, zh=False),
            late_zh=_amount(late, zh=True),
            chain={lang: self._told(shown, lang) for lang in ("en", "zh")},
            **mend,
        )
        return replace(found, trace=tuple(self._link(one, "en") for one in shown))

    def _told(self, acts: list[int], lang: str) -> str:
        """A chain in one line, without its middle where it is long."""
        links = [self._link(one, lang) for one in (acts if len(acts) <= _SHOWN else [acts[0], *acts[1 - _SHOWN :]])]
        return " → ".join(links if len(acts) <= _SHOWN else [links[0], "…", *links[1:]])

    def _link(self, index: int, lang: str) -> str:
        """One step of a chain: its path, its dates, how long it takes."""
        act = self.network.acts[index]
        start, end = self.dates.start[index], self.dates.end[index]
        if act.opener >= 0:
            start = self.dates.start[act.opener]
        when = self._time(start) if start == end else f"{self._time(start)} – {self._time(end)}"
        duration = duration_of(act) if act.part == "step" else None
        return f"{_path(act)} ({when}{f', {describe(duration, lang)}' if duration is not None else ''})"

    def unknown(self, missing: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
        """Fields that are not known and on which dates hang; one finding for all of the same steps."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for name, steps in missing.items():
            groups.setdefault(tuple(dict.fromkeys(steps)), []).append(name)
        for steps, names in groups.items():
            shown = ", ".join(steps[:_SHOWN]) + (" …" if len(steps) > _SHOWN else "")
            fields = {"names": ", ".join(names), "first": names[0], "count": len(steps), "steps": shown}
            act = self.acts[steps[0]]
            times = act.frame.program.steps[act.step].times
            key = "due" if times.due is not None and self.dates.due.get(act.index) is None else "opens"
            yield self._at("SOP866", act, key, **fields)

    # -- phases ------------------------------------------------------------------------------------------------------

    def phases(self, phases: Sequence[Phase]) -> Iterator[Finding]:
        """Days between two phases that belong to none, and days that belong to two; by the order of their days."""
        days = [
            (self._first(one), self._last(one), one) for one in phases if one.from_ is not None or one.to is not None
        ]
        days.sort(key=lambda one: one[0] or dt.date.min)
        for (_, end, before), (begin, _, after) in pairwise(days):
            if end is None or begin is None:
                continue
            named = {"before": before.id, "after": after.id}
            gap = (begin - end).days - 1
            if gap > 0:
                first, last = end + _DAY, begin - _DAY
                fields = {"from_": first, "to": last, "days": _days(gap, zh=False), "days_zh": _days(gap, zh=True)}
                yield self._at("SOP862", None, "phases", after.id, "from", **fields, **named)
            elif gap < 0:
                yield self._at("SOP863", None, "phases", after.id, "from", from_=begin, to=end, **named)

    def _first(self, phase: Phase) -> dt.date | None:
        return phase.from_.day(self.zone) if phase.from_ is not None else None

    def _last(self, phase: Phase) -> dt.date | None:
        return phase.to.day(self.zone) if phase.to is not None else None

    # -- single steps ------------------------------------------------------------------------------------------------

    def steps(self, steps: Sequence[Planned], phases: Sequence[Phase]) -> Iterator[Finding]:
        """What is odd about the dates of one step."""
        by_id = {phase.id: phase for phase in phases}
        provisional: set[int] = set()
        for one in steps:
            act = self.acts[one.path]
            if one.phase in by_id:
                yield from self._outside(one, act, by_id[one.phase])
            yield from self._day_off(one, act)
            yield from self._reminders(one, act)
            yield from self._provisional(one, act, provisional)

    def _outside(self, one: Planned, act: Act, phase: Phase) -> Iterator[Finding]:
        first, last = self._first(phase), self._last(phase)
        for key, moment in (("opens", one.opens), ("due", one.due)):
            day = moment.day(self.zone) if moment is not None else None
            if day is not None and ((first is not None and day < first) or (last is not None and day > last)):
                fields = {"from_": first or "…", "to": last or "…", "phase": phase.id, "date": self._day(moment)}
                yield self._at("SOP861", act, key, step=one.path, key=key, **fields)

    def _day_off(self, one: Planned, act: Act) -> Iterator[Finding]:
        """A deadline on a day off, where the SOP has a calendar of its own."""
        calendar = act.frame.program.calendar
        if one.due is None or calendar is None:
            return
        day = one.due.day(calendar.zone or self.zone)
        if not calendar.is_working_day(day) and (before := calendar.add_working_days(day, -1)) is not None:
            yield self._at("SOP867", act, "due", step=one.path, due=self._day(one.due), before=before)

    def _reminders(self, one: Planned, act: Act) -> Iterator[Finding]:
        """A reminder that comes when it is over, and does not say so itself (``2 days after due``)."""
        if one.due is None:
            return
        step = act.frame.program.steps[act.step]
        late = one.due.late_from(self.zone)
        if all(_reads_due(reminder.at) for reminder in step.times.remind if reminder.at is not None):
            return
        for at in one.reminders:
            if at > late:
                yield self._at("SOP870", act, "remind", step=one.path, date=self._time(at), due=self._day(one.due))

    def _provisional(self, one: Planned, act: Act, told: set[int]) -> Iterator[Finding]:
        """Years whose holidays are not published yet, where working days are counted; each once."""
        program = act.frame.program
        calendar = program.calendar or MONDAY_TO_FRIDAY
        for moment in (one.due, one.opens):
            day = moment.day(self.zone) if moment is not None else None
            if day is not None and day.year not in told and calendar.provisional(day):
                told.add(day.year)
                country = getattr(calendar, "country", "")
                key = "due" if moment is one.due else "opens"
                yield self._at("SOP390", act, key, year=day.year, country=country, date=day)

    # -- words -------------------------------------------------------------------------------------------------------

    def _day(self, moment: Moment | None) -> str:
        if moment is None:
            return ""
        return moment.iso() if moment.date is not None else self._time(moment.opens_at(self.zone))

    def _time(self, at: dt.datetime) -> str:
        """A date where it is the first or the last instant of one, else with the clock."""
        local = in_zone(at, self.zone)
        return local.date().isoformat() if local.time() in (dt.time.min, dt.time.max) else f"{local:%Y-%m-%d %H:%M}"


def _path(act: Act) -> str:
    """The full path of the step that an act belongs to; the name of its SOP for the whole."""
    program = act.frame.program
    return act.frame.prefix + program.steps[act.step].path if act.step >= 0 else act.frame.prefix or program.name


def _reads_due(time: Time | None) -> bool:
    match time:
        case None | Extreme() | Cases():
            return True
        case phrase:
            return any(ref.kind == "due" for ref in phrase.reads)


def _amount(late: dt.timedelta, *, zh: bool) -> str:
    """How much too late: days, else hours, else minutes, each begun one counted."""
    for unit, name, name_zh in ((_DAY, "day", "天"), (dt.timedelta(hours=1), "hour", "小时")):
        if late >= unit:
            count = -(-late // unit)
            return f"{count} {name_zh}" if zh else f"{count} {name}{'' if count == 1 else 's'}"
    minutes = max(-(-late // dt.timedelta(minutes=1)), 1)
    return f"{minutes} 分钟" if zh else f"{minutes} minute{'' if minutes == 1 else 's'}"


def _days(count: int, *, zh: bool) -> str:
    return f"{count} 天" if zh else f"{count} day{'' if count == 1 else 's'}"


def _accepted(found: Iterable[Finding], compiled: Compiled) -> Iterator[Finding]:
    """``found``, each with the reason for which its step, else the SOP, accepts it."""
    steps = {".".join(map(str, node.doc)): node.step.accept for node in compiled.index.nodes}
    for finding in found:
        doc = finding.path
        while doc and doc not in steps:
            doc = doc.rpartition(".")[0]
        reason = steps.get(doc, {}).get(finding.code) or compiled.sop.accept.get(finding.code, "")
        yield replace(finding, accepted=reason) if reason else finding
