"""When runs begin, as ``sopflow plan NAME --starts`` lists it: a table, or JSON.

Knows how it looks; the instants come from ``sopflow.planning``.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from sopflow.cli._out import FINE, Out
from sopflow.cli._when import when

if TYPE_CHECKING:
    from sopflow.program import Program

MOST = 1_000  # a pace of minutes and a span of years would never end
USUAL = 12  # where no end is asked for


def show_starts(out: Out, program: Program, *, since: date | datetime, until: date | datetime | None) -> int:
    """The starts from ``since`` up to ``until``, both ends in; without ``until`` the next few."""
    from sopflow.planning import starts

    begin, _ = _bounds(since)
    last = _bounds(until)[1] if until is not None else None
    most = MOST if until is not None else USUAL
    instant = timedelta(microseconds=1)
    after = begin - instant if begin.replace(tzinfo=None) > datetime.min else begin  # noqa: DTZ901  # a civil time
    found = list(islice(starts(program, after=after, until=last), most + 1))
    more, found = len(found) > most, found[:most]
    start = program.start
    if out.as_json:
        out.json(
            {
                "name": program.name,
                "by": list(start.by),
                "every": str(start.every) if start.every is not None else None,
                "message": start.message or None,
                "overlap": start.overlap,
                "time_zone": program.zone.key,
                "starts": [at.isoformat() for at in found],
                "more": more,
            }
        )
        return FINE
    for line in _said(out, program):
        out.line(line)
    if found:
        out.line()
        rows = [[when(at, out.lang, program.zone), at.strftime("%z")] for at in found]
        out.table([out.say("START", "启动"), out.say("OFFSET", "时差")], rows)
    elif start.every is not None:
        out.line(out.say("No run begins in that time.", "这段时间内没有启动。"))
    if more and until is not None:
        out.line(out.say(f"… and more: these are the first {most}", f"… 还有更多：以上为前 {most} 次"))
    return FINE


def _said(out: Out, program: Program) -> list[str]:
    """What begins runs, in words."""
    from sopflow.calendars import describe
    from sopflow.program import Cases, Extreme

    start, lines = program.start, []
    if start.every is not None:
        line = f"{describe(start.every, out.lang)} ({program.zone.key})"
        if start.from_ is not None and not isinstance(start.from_, Cases | Extreme):
            since = describe(start.from_, out.lang)
            line = out.say(f"{line}, from {since}", f"{line}，自 {since} 起")
        lines.append(line[0].upper() + line[1:])
    if start.message:
        lines.append(out.say(f"On the message ‘{start.message}’", f"收到消息“{start.message}”时"))
    if start.by or not lines:
        roles = ", ".join(program.text(program.roles[role].title, out.lang) for role in start.by)
        lines.append(out.say(f"By hand{': ' if roles else ''}{roles}", f"手动启动{'：' if roles else ''}{roles}"))
    match start.overlap:
        case "skip":
            lines.append(out.say("Skipped while an earlier run still goes", "前一次运行尚未结束时跳过"))
        case "queue":
            lines.append(out.say("Waits while an earlier run still goes", "前一次运行尚未结束时排队等待"))
        case _:
            pass
    return lines


def _bounds(value: date | datetime) -> tuple[datetime, datetime]:
    """The first and the last instant of a day; an instant is both."""
    if isinstance(value, datetime):
        return value, value
    return datetime.combine(value, time.min), datetime.combine(value, time.max)
