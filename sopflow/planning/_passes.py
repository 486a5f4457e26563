"""The two passes over a network: when each act can be, and when it must be.

The critical path method of J. E. Kelley and M. R. Walker, "Critical-path planning and scheduling" (Proc. Eastern Joint
Computer Conference, 1959), with calendars (a duration of working days is as long as the days off in it) and with
windows (what opens on a day does not begin before it). Knows networks and dates, nothing of how a plan looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sopflow.calendars import Duration, Moment, Pace, RefKind, Span, Within, in_zone, localize, shift
from sopflow.engine import Opening, Record, RunState, moment_of
from sopflow.planning._acts import Act, Frame, Network
from sopflow.program import Case, Cases, Extreme, Op, Time

_FIRST, _LAST = (time.replace(tzinfo=dt.UTC) for time in (dt.datetime.min, dt.datetime.max))  # noqa: DTZ901
_NOTHING: Mapping[str, object] = {}
_MOST_ITEMS = 1_000  # whose own times are looked up
_PEOPLE = RefKind.OPENED, RefKind.OPENING, RefKind.COMPLETION, RefKind.DUE


@dataclass(slots=True)
class Dates:
    """The dates of all acts, by number; instants (aware). ``due`` and ``opens`` are the step's own.

    ``driver``: the act whose end an act's start waits for; None where a date does. ``limit``: the last instant at which
    it may be over by its own deadline; ``binds`` where that deadline does not itself move with the start.
    """

    start: dict[int, dt.datetime] = field(default_factory=dict)
    end: dict[int, dt.datetime] = field(default_factory=dict)
    soonest: dict[int, tuple[dt.datetime, dt.datetime]] = field(default_factory=dict)
    driver: dict[int, int | None] = field(default_factory=dict)
    opens: dict[int, Moment] = field(default_factory=dict)
    due: dict[int, Moment] = field(default_factory=dict)
    limit: dict[int, dt.datetime] = field(default_factory=dict)
    binds: set[int] = field(default_factory=set)
    latest: dict[int, dt.datetime] = field(default_factory=dict)  # the latest ends
    latest_start: dict[int, dt.datetime] = field(default_factory=dict)
    dated: bool = False  # whether there are deadlines


def forward(network: Network, start: dt.datetime, *, shortest: bool = False) -> Dates:
    """When each act begins and ends at the earliest, from ``start`` on, deadlines with it.

    Of a range of durations the longest counts, unless ``shortest``; of ways that join again the last one.
    """
    dates = Dates()
    for index in network.order:
        act = network.acts[index]
        begins, driver = _begin(act, dates, network, start)
        opens = _opens(act, begins)
        if opens is not None:
            dates.opens[index] = opens
            if (later := opens.opens_at(act.frame.program.zone)) > begins:
                begins, driver = later, None
        if act.pace is not None and (tick := _tick(act, begins, start)) is not None:
            begins, driver = tick, None
        span = span_of(act, shortest=shortest)
        ends = begins if span is None else add(begins, span, act.frame)
        if act.at is not None and act.part == "step":  # a wait
            waited = _moment(act.at, act, begins)
            if waited is not None and waited.opens_at(act.frame.program.zone) > ends:
                ends = waited.opens_at(act.frame.program.zone)
        dates.start[index], dates.end[index], dates.driver[index] = begins, ends, driver
        if act.part in ("step", "open"):
            act.frame.state.opened[act.step] = begins
            _set_due(act, dates, network)
        if act.part in ("step", "close"):
            act.frame.state.done[act.step] = Record(1, "", None, ends, 0)
        _soonest(act, dates, start)
    return dates


def _begin(act: Act, dates: Dates, network: Network, start: dt.datetime) -> tuple[dt.datetime, int | None]:
    """When all, or the last of the ways, or enough of the parts before an act have ended; and which was the last."""
    before = sorted((dates.end[one], one) for one in act.before)
    if act.need and act.need <= len(before):
        before = before[: act.need]
    ends = [*before[-1:], *((dates.end[one], one) for one in act.also)]
    if not ends:
        return start, None
    last, driver = max(ends)
    return last, driver


def _soonest(act: Act, dates: Dates, start: dt.datetime) -> None:
    """The same by the quickest way and the shortest durations; what may be passed over takes no time."""
    ends = sorted(dates.soonest[one][1] for one in act.before)
    if not ends:
        begins = start
    elif act.all:
        begins = ends[act.need - 1] if act.need and act.need <= len(ends) else ends[-1]
    else:
        begins = ends[0]
    begins = max([begins, *(dates.soonest[one][1] for one in act.also)])
    opens = _opens(act, begins)
    if opens is not None:
        begins = max(begins, opens.opens_at(act.frame.program.zone))
    span = span_of(act, shortest=True)
    ends_at = begins if span is None or act.skippable else add(begins, span, act.frame)
    if act.skippable and act.opener >= 0:
        ends_at = min(ends_at, dates.soonest[act.opener][0])
    dates.soonest[act.index] = begins, ends_at


def backward(network: Network, dates: Dates) -> None:
    """When each act must begin and end at the latest: by the deadlines behind it, else by the end."""
    acts = network.acts
    dates.dated = bool(dates.binds)
    for index in reversed(network.order):
        act = acts[index]
        ends = [
            dates.latest_start[onward]
            for onward in act.behind
            if onward in dates.latest_start and _counts(index, acts[onward], dates)
        ]
        if index in dates.binds:
            ends.append(dates.limit[index])
        if not dates.dated and index == network.last:
            ends.append(dates.end[index])
        if not ends:
            continue
        latest = min(ends)
        dates.latest[index] = latest
        span = span_of(act, shortest=False)
        dates.latest_start[index] = latest if span is None else take(latest, span, act.frame, begins=dates.start[index])


def _counts(index: int, onward: Act, dates: Dates) -> bool:
    """Whether ``onward`` waits for that act: where some of several parts are enough, the slow ones are no hurry."""
    return not onward.need or index in onward.also or dates.end[index] <= dates.start[onward.index]


def chain(dates: Dates, index: int, stop: Container[int] = ()) -> list[int]:
    """The acts whose ends make an act begin when it does, the first one first; from the last one in ``stop`` on."""
    found = [index]
    while (driver := dates.driver.get(found[-1])) is not None:
        found.append(driver)
        if driver in stop:
            break
    return found[::-1]


# -- times of a step -------------------------------------------------------------------------------------------------


def _opens(act: Act, begins: dt.datetime) -> Moment | None:
    if act.part == "begin":
        return _moment(act.at, act, begins) if act.at is not None else None
    if act.part not in ("step", "open") or act.step < 0:
        return None
    opens = act.frame.program.steps[act.step].times.opens
    return _moment(opens, act, begins) if opens is not None else None


def _moment(time: Time, act: Act, begins: dt.datetime) -> Moment | None:
    """The moment that a time means; of the items of a list, which are planned as one, for the most urgent."""
    program = act.frame.program
    items = _items(act)
    if len(items) < 2:
        return _seen(time, act, begins, items[0])
    times = program.steps[act.step].times
    first = times.due or times.opens or time
    moments = ((_seen(first, act, begins, item), number) for number, item in enumerate(items))
    known = [(one.opens_at(program.zone), number) for one, number in moments if one is not None]
    return _seen(time, act, begins, items[min(known)[1]]) if known else None


def _seen(time: Time, act: Act, begins: dt.datetime, item: Mapping[str, object]) -> Moment | None:
    state = act.frame.state
    state.data.locals = item
    moment = moment_of(time, act.frame.program, state, opening(act, begins))
    state.data.locals = _NOTHING
    return moment


def _items(act: Act) -> list[Mapping[str, object]]:
    """What a step sees by the name of an item, for each item; nothing where it stands in no list that is known."""
    program = act.frame.program
    step = program.steps[act.step] if act.step >= 0 else None
    if step is None or not step.parts:
        return [_NOTHING]
    while (block := program.regions[step.region].block) >= 0:
        step = program.steps[block]
        if step.each is not None:
            items = step.each.items or act.frame.state.data.get(step.each.field)
            known = items[:_MOST_ITEMS] if isinstance(items, (list, tuple)) else ()
            return [{step.each.as_: item} for item in known] or [_NOTHING]
    return [_NOTHING]


def opening(act: Act, begins: dt.datetime, due: Moment | None = None) -> Opening:
    """An opening of the step of ``act``, as if a run opened it then."""
    made = Opening(1, act.step, 0, 0, since=begins)
    made.due = due
    return made


def _set_due(act: Act, dates: Dates, network: Network) -> None:
    """Its deadline, which a block has at its end."""
    due = act.frame.program.steps[act.step].times.due
    moment = _moment(due, act, dates.start[act.index]) if due is not None else None
    if due is None or moment is None:
        return
    last = act.index
    if act.part == "open":
        last = next((one.index for one in _closers(network, act)), act.index)
    limit = _limit(moment, act.frame.program.zone)
    dates.due[act.index] = moment
    dates.limit[last] = min(limit, dates.limit.get(last, limit))
    if not moves(due, act.frame):
        dates.binds.add(last)


def _limit(due: Moment, zone: ZoneInfo) -> dt.datetime:
    """The last instant that a plan takes for in time: of a date the last one of the day."""
    if due.date is not None:
        return localize(dt.datetime.combine(due.date, dt.time.max), zone)
    return due.opens_at(zone)


def _closers(network: Network, act: Act) -> list[Act]:
    found = network.closers.get(act.index)
    return [network.acts[found]] if found is not None else []


def moves(time: Time, frame: Frame, kinds: Container[RefKind] = _PEOPLE) -> bool:
    """Whether a time is counted from when this or another step opens or is done, so that it moves with the plan."""
    todo: list[Time] = [time]
    while todo:
        match todo.pop():
            case Extreme(times=parts):
                todo += parts
            case Cases(cases):
                todo += [case.then for case in cases if not isinstance(case.then, (int, str))]  # type: ignore[misc]
            case Within(ref=None):
                return True
            case phrase:
                if any(ref.kind in kinds for ref in phrase.reads):
                    return True
                anchors = [frame.program.anchors.get(ref.name) for ref in phrase.reads]
                todo += [anchor for anchor in anchors if anchor is not None]
    return False


def _tick(act: Act, begins: dt.datetime, start: dt.datetime) -> dt.datetime | None:
    """The tick at which the next round of a repeat opens."""
    pace = act.pace
    if isinstance(pace, Cases):
        pace = next((case.then for case in pace.cases if _held(case, act.frame.state)), None)  # type: ignore[assignment]
    if not isinstance(pace, Pace):
        return None
    program = act.frame.program
    opened = act.frame.state.opened.get(act.step) or start
    return pace.next_after(
        begins, counted_from=opened, zone=program.zone, calendars=program.calendars, default=program.calendar
    )


def _held(case: Case, state: RunState) -> bool:
    return case.when is None or case.when.evaluate(state.data) is True


# -- durations -------------------------------------------------------------------------------------------------------


def duration_of(act: Act) -> Duration | None:
    """How long its step takes; of cases the first that holds, else the first that may."""
    if act.step < 0:
        return None
    match act.frame.program.steps[act.step].times.duration:
        case Cases(cases):
            held = ((case, True if case.when is None else case.when.evaluate(act.frame.state.data)) for case in cases)
            found = next((case.then for case, holds in held if holds is not False), None)
            return found if isinstance(found, Duration) else None
        case found:
            return found


def span_of(act: Act, *, shortest: bool) -> Span | None:
    """How long an act takes, at one end of its range; a block takes as long as what is inside it."""
    if act.part != "step" or act.step < 0 or act.frame.program.steps[act.step].op is Op.STOP:
        return None
    duration = duration_of(act)
    if duration is None:
        return None
    return duration.shortest if shortest else duration.longest


def add(begins: dt.datetime, span: Span, frame: Frame) -> dt.datetime:
    """The end of what begins then."""
    return _shifted(begins, span, frame, back=False) or in_zone(_LAST, frame.program.zone)


def take(ends: dt.datetime, span: Span, frame: Frame, *, begins: dt.datetime | None = None) -> dt.datetime:
    """The latest beginning of what must be over at ``ends``.

    Months of unequal length, and days off, leave several that lead to the same end. The usual one (two working days
    before) is given, or a later one if ``begins``, when it does begin, is later and still in time.
    """
    latest = _shifted(ends, span, frame, back=True) or in_zone(_FIRST, frame.program.zone)
    if begins is None or begins <= latest or add(begins, span, frame) > ends:
        return latest
    return begins


def _shifted(instant: dt.datetime, span: Span, frame: Frame, *, back: bool) -> dt.datetime | None:
    program = frame.program
    moved = shift(
        Moment.at(instant),
        span,
        back=back,
        zone=program.zone,
        calendars=program.calendars,
        default=program.calendar,
    )
    return in_zone(moved.opens_at(program.zone), program.zone) if moved is not None else None
