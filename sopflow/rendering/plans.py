"""A plan as a picture or a calendar file: what of it is shown, in which words, to the charts and files of this room.

Knows plans, charts and calendar entries; how these are drawn and written is for others to know.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sopflow.calendars import MONDAY_TO_FRIDAY, Calendar, Moment
from sopflow.planning import Forecast, Plan, Planned
from sopflow.rendering._choices import check_choice
from sopflow.rendering._ics import Entry, calendar_file
from sopflow.rendering._themes import THEMES
from sopflow.rendering.gantt import Chart, Mark, Row, draw, word

#: What a plan can be drawn and written as.
PLAN_FORMATS = ("svg", "png", "html", "ics")

_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)
_MOST_DAYS = 4_000  # for which days off are looked up: in a longer chart they are too narrow to be seen
_MORNING = dt.time(9)


def draw_plan(
    plan: Plan,
    *,
    format: str = "svg",
    lang: str = "",
    theme: str = "light",
    scale: float = 2.0,
    now: dt.datetime | None = None,
    calendar: Calendar | None = None,
    forecast: Forecast | None = None,
    key: str = "",
    stamp: dt.datetime | None = None,
    tasks: bool = False,
) -> str | bytes:
    """``plan`` as a Gantt chart (``svg``, ``html``: text; ``png``: bytes) or a calendar file (``ics``: bytes).

    Args:
        plan: What is shown.
        format: One of :data:`PLAN_FORMATS`; ``png`` needs the extra ``png``, ``ics`` the extra ``ical``.
        lang: ``en``, ``zh`` or any language of the definition. Unsaid: its first.
        theme: ``light`` or ``dark``.
        scale: Pixels of a PNG for each of the picture's.
        now: Where a line says ``now`` (aware). Unsaid: nowhere.
        calendar: Whose days off are shaded. Unsaid: Saturdays and Sundays.
        forecast: Of the same SOP: when each step is over in 50 and 90 of 100 runs.
        key: What a calendar file is of; a later one with the same key updates it. Unsaid: the SOP's name.
        stamp: When a calendar file is made (aware): later ones update earlier ones. Unsaid: the plan's start.
        tasks: Whether a calendar file holds things to do rather than events.

    Raises UsageError: no such format or theme, or an extra is not installed.
    """
    check_choice("SOP801", format, PLAN_FORMATS)
    check_choice("SOP806", theme, tuple(THEMES))
    lang = lang or next(iter(plan.languages), "en")
    if format == "ics":
        return calendar_file(
            entries_of(plan, lang, tasks=tasks),
            name=plan.text(plan.title, lang) or plan.name,
            key=key or plan.name,
            zone=plan.zone,
            stamp=stamp or plan.start,
            tasks=tasks,
        )
    return draw(chart_of(plan, lang, now, calendar, forecast), format=format, theme=theme, scale=scale)


# -- the chart -------------------------------------------------------------------------------------------------------


def chart_of(
    plan: Plan,
    lang: str,
    now: dt.datetime | None = None,
    calendar: Calendar | None = None,
    forecast: Forecast | None = None,
) -> Chart:
    """The chart of ``plan``: its phases, then its steps in their order, each block above what is inside it."""
    likely = {step.path: step.over for step in forecast.steps} if forecast is not None else {}
    rows: list[Row] = []
    for phase in plan.phases:
        start = _clock(phase.from_.opens_at(plan.zone), plan.zone) if phase.from_ is not None else None
        end = _clock(phase.to.late_from(plan.zone), plan.zone) if phase.to is not None else None
        if start is not None and end is not None:
            rows.append(Row(f"phase.{phase.id}", plan.text(phase.title, lang), start, end, kind="heading"))
    for step in plan.steps:
        over = likely.get(step.path)
        quantiles = None if over is None else (_clock(over.p50, plan.zone), _clock(over.p90, plan.zone))
        rows.append(_row(plan, step, lang, quantiles))
    marks = [_milestone(plan, one.id, plan.text(one.title, lang), one.at) for one in plan.milestones]
    if now is not None:
        marks.append(Mark(word("now", lang), _clock(now, plan.zone), "now"))
    count = sum(not step.block for step in plan.steps)
    about = " · ".join((plan.name, f"{count} {word('steps', lang)}", f"{plan.start:%Y-%m-%d} – {plan.end:%Y-%m-%d}"))
    return Chart(
        name=plan.name,
        title=plan.text(plan.title, lang) or plan.name,
        about=about,
        language=lang,
        rows=tuple(rows),
        marks=tuple(marks),
        lanes={role: plan.text(title, lang) or role for role, title in plan.roles.items()},
        days_off=frozenset(_days_off([*_times(rows), *(mark.at for mark in marks)], calendar or MONDAY_TO_FRIDAY)),
    )


def _row(plan: Plan, step: Planned, lang: str, likely: tuple[dt.datetime, dt.datetime] | None) -> Row:
    zone = plan.zone
    due = late_from = None
    if step.due is not None:
        late_from = step.due.late_from(zone)
        due = _last(late_from, zone) if step.due.date is not None else _clock(step.due.opens_at(zone), zone)
    latest = _last(step.latest.end, zone) if step.latest is not None and not step.block else None
    notes = [f"×{count}" for count in (step.rounds, step.items) if count > 1]
    return Row(
        id=step.path,
        title=plan.text(step.title, lang) or step.path,
        start=_clock(step.earliest.start, zone),
        end=_clock(step.earliest.end, zone),
        latest=latest,
        due=due,
        opens=_clock(step.opens.opens_at(zone), zone) if step.opens is not None else None,
        likely=likely,
        lane=next(iter(step.roles), ""),
        note=" ".join(notes),
        about=tuple(_about(plan, step, lang)),
        depth=step.depth,
        kind="heading" if step.block else "step",
        critical=step.critical and not step.block,
        late=late_from is not None and step.earliest.end > late_from,
        possible=not step.sure,
    )


def _about(plan: Plan, step: Planned, lang: str) -> Iterator[str]:
    """What a tooltip, or the text of a calendar entry, says of a step."""
    zone = plan.zone
    if step.roles:
        yield ", ".join(plan.text(plan.roles.get(role, {}), lang) or role for role in step.roles)
    if step.opens is not None:
        yield f"{word('opens', lang)}: {_day(step.opens, zone)}"
    yield f"{word('earliest', lang)}: {_clock(step.earliest.start, zone):%Y-%m-%d %H:%M}"
    yield f"{word('ends', lang)}: {_clock(step.earliest.end, zone):%Y-%m-%d %H:%M}"
    if step.latest is not None:
        yield f"{word('latest', lang)}: {_last(step.latest.end, zone):%Y-%m-%d %H:%M}"
    if step.due is not None:
        yield f"{word('due', lang)}: {_day(step.due, zone)}"
    if not step.sure:
        yield word("possible", lang)


def _milestone(plan: Plan, id: str, title: str, at: Moment) -> Mark:
    name = id if not title or title == id else f"{id} {title}"
    return Mark(f"{name} {_day(at, plan.zone)}", _clock(at.opens_at(plan.zone), plan.zone))


def _day(moment: Moment, zone: ZoneInfo) -> str:
    return moment.iso() if moment.date is not None else f"{_clock(moment.opens_at(zone), zone):%Y-%m-%d %H:%M}"


def _clock(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The clock time of an instant, without its zone, as charts have it."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _last(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The last minute before an instant at which a day is over, so that it is written as that day; else itself."""
    clock = _clock(instant, zone)
    return clock - _MINUTE if clock.time() == dt.time() and clock > dt.datetime.min + _DAY else clock  # noqa: DTZ901


def _times(rows: list[Row]) -> list[dt.datetime]:
    return [time for row in rows for time in row.times]


def _days_off(times: list[dt.datetime], calendar: Calendar) -> Iterator[dt.date]:
    if not times:
        return
    first, last = min(times).toordinal() - 40, max(times).toordinal() + 40
    if last - first > _MOST_DAYS:
        return
    for ordinal in range(max(first, 1), min(last, dt.date.max.toordinal()) + 1):
        day = dt.date.fromordinal(ordinal)
        if not calendar.is_working_day(day):
            yield day


# -- the calendar ----------------------------------------------------------------------------------------------------


def entries_of(plan: Plan, lang: str, *, tasks: bool = False) -> list[Entry]:
    """What a calendar holds of ``plan``: phases, milestones, and each step that must be done by some time."""
    entries = [
        Entry(f"phase.{one.id}", plan.text(one.title, lang) or one.id, one.from_.day(plan.zone), one.to.day(plan.zone))
        for one in plan.phases
        if one.from_ is not None and one.to is not None and one.from_.day(plan.zone) <= one.to.day(plan.zone)
    ]
    for one in plan.milestones:
        day = one.at.day(plan.zone)
        entries.append(Entry(f"milestone.{one.id}", _named(one.id, plan.text(one.title, lang)), day, day))
    return entries + [entry for step in plan.steps if not step.block for entry in _entry(plan, step, lang, tasks=tasks)]


def _named(id: str, title: str) -> str:
    return f"{id}: {title}" if title and title != id else id


def _entry(plan: Plan, step: Planned, lang: str, *, tasks: bool) -> Iterator[Entry]:
    """A deadline, on its day or at its minute; of a step that has none, the last day on which it can end.

    A thing to do begins when it can be begun.
    """
    zone, due = plan.zone, step.due
    start: dt.date
    end: dt.date
    if due is not None and due.instant is not None:
        end, start = due.instant, min(step.earliest.start, due.instant)
        before = due.instant - _DAY
    elif due is not None or step.latest is not None:
        end = due.day(zone) if due is not None else _last(step.latest.end, zone).date()  # type: ignore[union-attr]
        start = min(_clock(step.earliest.start, zone).date(), end)
        before = dt.datetime.combine(end - _DAY, _MORNING, zone)
    else:
        return
    yield Entry(
        id=step.path,
        title=plan.text(step.title, lang) or step.path,
        start=start if tasks else end,
        end=end,
        about="\n".join(_about(plan, step, lang)),
        categories=tuple(plan.text(plan.roles.get(role, {}), lang) or role for role in step.roles),
        alarms=step.reminders or ((before,) if due is not None else ()),
    )
