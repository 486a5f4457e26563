"""When: a step's time phrases as moments, seen from one opening of a run. Pure look-ups; nothing changes here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from sopflow.calendars import Moment, Ref, RefKind, earliest, latest, resolve
from sopflow.engine._state import Opening, RunState
from sopflow.engine._view import choose, missing_of
from sopflow.expr import UNKNOWN, Failure
from sopflow.program import Cases, Extreme, Program, Reminder, Time, Times

_INSTANT = timedelta(microseconds=1)


def moment_of(time: Time, program: Program, state: RunState, opening: Opening) -> Moment | None:
    """The moment that ``time`` means for this opening; None while a name it hangs on is unknown."""
    match time:
        case Cases():
            chosen = choose(time, state.data)
            known = chosen is not UNKNOWN and chosen is not None and not isinstance(chosen, Failure)
            return moment_of(chosen, program, state, opening) if known else None  # type: ignore[arg-type]  # cases of times
        case Extreme():
            moments = [moment_of(part, program, state, opening) for part in time.times]
            return (latest if time.latest else earliest)(moments, zone=program.zone)
        case phrase:
            return resolve(
                phrase,
                lookup=lambda ref: _look_up(ref, program, state, opening),
                zone=program.zone,
                calendars=program.calendars,
                default=program.calendar,
            )


def undecided(times: Times, program: Program, state: RunState) -> tuple[str, ...]:
    """The fields on which it hangs which case of a time counts, and which are unknown.

    Cases ask before the next is tried; an unknown date only leaves a time unset.
    """
    names: dict[str, None] = {}
    todo: list[Time | None] = [times.due, times.opens]
    while todo:
        match todo.pop():
            case None:
                continue
            case Cases() as cases:
                chosen = choose(cases, state.data)
                if chosen is UNKNOWN:
                    names.update(dict.fromkeys(missing_of(cases, state.data)))
                elif not isinstance(chosen, Failure):
                    todo.append(chosen)  # type: ignore[arg-type]  # cases of times
            case Extreme(times=parts):
                todo += parts
            case phrase:
                derived = [ref.name for ref in phrase.reads if isinstance(program.derived.get(ref.name), Cases)]
                names.update(dict.fromkeys(name for name in derived if _unknown(name, state)))
    return state.data.fields_behind(names)


def _unknown(name: str, state: RunState) -> bool:
    try:
        state.data[name]
    except KeyError:
        return True
    return False


def deadline(moment: Moment, zone: ZoneInfo) -> datetime:
    """The first instant that is late: a civil date counts to its end, a clock time to the end of its minute."""
    late = moment.late_from(zone)
    return late + _INSTANT if moment.exact else late


def ticks(
    reminder: Reminder, program: Program, state: RunState, opening: Opening, *, after: datetime | None
) -> datetime | None:
    """When a reminder is due next, after ``after``; None if never, or while a name it hangs on is unknown."""
    if reminder.at is None or after is None:
        return None
    moment = moment_of(reminder.at, program, state, opening)
    if moment is None:
        return None
    first = moment.opens_at(program.zone)
    if reminder.pace is None:
        return first if first > after else None
    return reminder.pace.next_after(
        max(after, first), counted_from=moment, zone=program.zone, calendars=program.calendars, default=program.calendar
    )


def _look_up(ref: Ref, program: Program, state: RunState, opening: Opening) -> object:
    """What a name in a time phrase stands for: a date, an instant, a count, or None while it is unknown."""
    match ref.kind:
        case RefKind.NAME:
            if ref.name in program.anchors:
                return moment_of(program.anchors[ref.name], program, state, opening)
            try:
                return state.data[ref.name]
            except KeyError:
                return None
        case RefKind.OPENED:
            return opening.since
        case RefKind.DUE:
            return opening.due
        case RefKind.STARTED:
            return state.started_at
        case RefKind.OPENING:
            return state.opened.get(program.by_path[ref.name])
        case RefKind.COMPLETION:
            record = state.done.get(program.by_path[ref.name])
            return record.at if record else None
        case RefKind.DATE:
            return None  # resolved by itself
        case _:
            assert_never(ref.kind)


def as_value(moment: Moment | None) -> date | datetime | None:
    """A moment as the plain value it is: a civil date or an aware instant."""
    if moment is None:
        return None
    return moment.date if moment.date is not None else moment.instant
