"""What begins runs: the instants of a ``start:``, and which of them begin a run while earlier runs still go.

Knows programs and time; reads no clock and begins nothing itself: a host tells the time, and begins what it is told to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, takewhile
from types import MappingProxyType

from sopflow.calendars import Moment, localize
from sopflow.engine import Opening, RunState, moment_of
from sopflow.errors import Problem
from sopflow.program import Program

#: Where a pace counts from that says no ``from``: a Monday, and the first day of a year. RFC 5545 needs an origin, and
#: one that hung on when a host came up would let every second week be another one after each restart.
EPOCH = date(2001, 1, 1)

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Begin:
    """One run to begin.

    ``due`` is when it was to begin (aware, with a fixed offset). ``missed`` counts instants before it that passed
    while nobody looked; they begin no run of their own. ``message`` and ``data`` are the message that begins it; ""
    for a pace.
    """

    due: datetime
    missed: int = 0
    message: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


def starts(
    program: Program,
    *,
    after: datetime,
    until: datetime | None = None,
    count: int | None = None,
    data: Mapping[str, object] = _NOTHING,
) -> Iterator[datetime]:
    """The instants later than ``after`` and up to ``until`` at which the pace of ``start:`` is due, ``count`` at most.

    They are in order, with fixed offsets of the program's zone; a naive ``after`` or ``until`` is a clock time there.
    ``data`` (dotted path → value) is what ``from`` may read beside the defaults of the definition. Nothing is due
    where no pace is written, or while ``from`` is unset. The iterator may have no end where neither ``until`` nor
    ``count`` is given.
    """
    every, origin = program.start.every, _origin(program, data)
    if every is None or origin is None:
        return iter(())
    ticks = every.ticks(
        counted_from=origin,
        zone=program.zone,
        calendars=program.calendars,
        default=program.calendar,
        aligned=True,
        after=_aware(after, program),
    )
    if until is not None:
        last = _aware(until, program)
        ticks = takewhile(lambda tick: tick <= last, ticks)
    return islice(ticks, count)


class Starts:
    """What begins runs of one program, for a host that keeps the time and the runs.

    All that it remembers is ``since``, the instant up to which it has looked, and ``queue``, what waits for an earlier
    run to end; a host that writes both down loses and repeats nothing when it comes back.
    """

    __slots__ = ("data", "program", "queue", "since")

    def __init__(
        self,
        program: Program,
        *,
        since: datetime,
        queue: tuple[Begin, ...] = (),
        data: Mapping[str, object] = _NOTHING,
    ) -> None:
        self.program = program
        self.since = _aware(since, program)
        self.queue = queue
        self.data = dict(data)

    def next(self) -> datetime | None:
        """When the host has to look again, unless a run ends or a message comes before; None: never."""
        return next(starts(self.program, after=self.since, count=1, data=self.data), None)

    def advance(self, *, to: datetime, running: int = 0) -> tuple[Begin, ...]:
        """The runs to begin at ``to``, while ``running`` earlier ones still go; also to be asked when one has ended.

        Of several instants that passed since the last look only the last counts, with the number of those ``missed``. A
        ``to`` before the last look begins nothing new.
        """
        to = max(_aware(to, self.program), self.since)
        last, passed = None, 0
        for due in starts(self.program, after=self.since, until=to, data=self.data):
            last, passed = due, passed + 1
        self.since = to
        return self._begin(Begin(last, passed - 1) if last is not None else None, running)

    def message(
        self, name: str, data: Mapping[str, object] = _NOTHING, *, at: datetime, running: int = 0
    ) -> tuple[Begin, ...]:
        """The run that begins at ``at`` by a message that no run takes: if it is the one of ``start:``, and fits."""
        start, zone = self.program.start, self.program.zone
        if not name or start.message != name:
            return ()
        fields = self.program.messages[name].fields
        if any(fields[path].read(data.get(path), zone) != value for path, value in start.match.items()):
            return ()
        return self._begin(Begin(_aware(at, self.program), message=name, data=dict(data)), running)

    def _begin(self, new: Begin | None, running: int) -> tuple[Begin, ...]:
        match self.program.start.overlap:
            case "skip":
                return (new,) if new is not None and not running else ()
            case "queue":
                waiting = self.queue if new is None else (*self.queue, new)
                begun = () if running else waiting[:1]
                self.queue = waiting[len(begun) :]
                return begun
            case _:
                return (new,) if new is not None else ()


def _aware(instant: datetime, program: Program) -> datetime:
    return instant if instant.tzinfo is not None else localize(instant, program.zone)


def _origin(program: Program, data: Mapping[str, object]) -> Moment | None:
    """Where the pace counts from: as a run would read ``from`` that knows only ``data`` and the defaults."""
    if program.start.from_ is None:
        return Moment.on(EPOCH)
    state = RunState.of(program)
    for path, known in program.fields.items():
        value = data.get(path, known.default)
        if value is not None and not isinstance(read := known.read(value, program.zone), Problem):
            state.data[path] = read
    return moment_of(program.start.from_, program, state, Opening(0, -1, -1, 0))
