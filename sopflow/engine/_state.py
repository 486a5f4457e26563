"""Where a run stands: its tree of openings, its data, its timers. No rules live here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush

from sopflow.calendars import Moment
from sopflow.engine._fact import Fact
from sopflow.engine._view import View
from sopflow.program import RULES, Program

_SLACK = 64  # timers that are set no more, before the agenda is made anew

ROOT = 0  # the id of the run's own opening, under which everything hangs


@dataclass(frozen=True, slots=True)
class Mark:
    """On an opening that a handler began: the scope's step (-1: the run), the handler's number there, and what it got.

    ``region`` is the region whose token this is: the handler's own, or (``instead``) the one where the scope stood.
    """

    scope: int
    number: int
    region: int
    instead: bool = False
    message: Mapping[str, object] = field(default_factory=dict)


class Opening:
    """One visit of one step: what it does not say of itself is as the class says.

    ``up`` and ``branch`` say where it hangs: there is one live token per (block opening, branch).
    ``phase`` is ``asks`` (for data it does not know), ``held`` (until its time, or for a resource), ``open``,
    ``incident`` or ``gone`` (a block that went on while something below still finishes). Only blocks have ``kids``
    (branch → opening) and counts; only steps with people have ``votes``.
    """

    phase: str
    stage: int = 0
    due: Moment | None = None
    late: bool = False
    announced: bool = False
    asked: tuple[str, ...] = ()
    asked_at: int = 0  # the number of the event in which it asked
    watched: tuple[str, ...] = ()
    timers: tuple[str, ...] = ()
    awaits: bool = False  # messages are routed to it
    kids: dict[int, int] | None
    live: int = 0
    got: int = 0
    need: int = 0
    started: int = 0
    starting: bool = False
    starts: tuple[tuple[int, int, object], ...] = ()  # regions that wait for a place under ``at-once``
    queue: list[tuple[int, dict[str, object]]] | None = None
    keys: dict[int, str] | None = None  # the names of a for-each's items
    closed: bool = False  # no item comes any more
    rests: bool = False  # waits for a sibling, and has given up its place under ``at-once``
    resting: int = 0  # how many of its branches do
    trails: int  # how many of its kids are gone
    was: int = 0  # of one that is gone: the branch it stood at
    told: frozenset[str] = frozenset()  # escalations that have been made
    held: frozenset[int] = frozenset()  # handlers whose condition holds
    votes: dict[str, object] | None = None
    ticked: set[int] | None = None
    roles: tuple[str, ...] = ()  # who may do it, where the data said so
    to: str  # whom it was reassigned to
    claimed: str  # who took it
    holding: str = ""  # its resources: asked, granted
    tries: int = 0  # attempts of its registered handler
    pending: str = ""  # the outcome it closes with once an unknown target is known
    written: bool = False  # its ``set`` has been written
    path: str = ""  # of one that is about an item: its full path, once it has been worked out
    round: int = 0  # of a repeat; of a for-each, the items there have been; of a question, answers on this visit
    error: str = ""

    def __init__(
        self,
        id: int,  # the name that it has everywhere
        step: int,
        up: int,
        branch: int,
        born: int = 0,  # the number of the event that opened it
        since: datetime | None = None,
        item: object = None,
        mark: Mark | None = None,
    ) -> None:
        self.id = id
        self.step = step
        self.up = up
        self.branch = branch
        self.born = born
        self.since = since
        self.item = item
        self.mark = mark
        self.phase = "open"
        self.to = self.claimed = ""  # these are said at once, as each event asks for them
        self.kids = None
        self.trails = 0

    @property
    def place(self) -> int:
        """The branch that it stands at, or of one that is gone: stood at."""
        return self.was if self.phase == "gone" else self.branch

    def said(self) -> dict[str, object]:
        """What differs from what the class says, by name; not what follows from the rest."""
        own = sorted((name, value) for name, value in vars(self).items() if name != "path")
        return {name: value for name, value in own if name not in _UNSAID or value != _UNSAID[name]}

    def copy(self) -> Opening:
        """One that is equal and shares nothing that changes."""
        twin = object.__new__(Opening)
        twin.__dict__.update(self.__dict__)
        for name in ("kids", "queue", "keys", "votes", "ticked"):
            if (value := twin.__dict__.get(name)) is not None:
                setattr(twin, name, value.copy())
        return twin

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opening) and self.said() == other.said()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"Opening({', '.join(f'{name}={value!r}' for name, value in self.said().items())})"


#: What an opening need not say. Its id, step and place it always says.
_UNSAID: Mapping[str, object] = {
    **{name: value for name, value in vars(Opening).items() if name in Opening.__annotations__},
    "phase": "open",
    "to": "",
    "claimed": "",
    "since": None,
    "item": None,
    "mark": None,
    "born": 0,
    "kids": None,
    "trails": 0,
}


class Record(Fact, frozen=True):
    """How a step was last closed, and how often."""

    times: int
    outcome: str
    by: str | None
    at: datetime | None
    seq: int
    answer: object = None


@dataclass(slots=True)
class RunState:
    """A run. The caller owns it: an accepted event changes it in place, a refused one changes nothing.

    ``agenda`` is a heap of the timers, and of some that are set no more: it follows from ``timers``.
    """

    program: str
    rules: int = RULES
    seq: int = 0
    at: datetime | None = None
    next: int = 1
    status: str = "new"  # new, running, suspended, ended, cancelled
    outcome: str = ""
    data: View = field(default_factory=View)
    written: dict[str, int] = field(default_factory=dict)
    open: dict[int, Opening] = field(default_factory=dict)
    timers: dict[tuple[int, str], datetime] = field(default_factory=dict)
    mail: dict[str, list[tuple[datetime | None, Mapping[str, object]]]] = field(default_factory=dict)
    done: dict[int, Record] = field(default_factory=dict)
    opened: dict[int, datetime | None] = field(default_factory=dict)
    watch: dict[str, dict[int, None]] = field(default_factory=dict)
    started_at: datetime | None = None
    suspended_at: datetime | None = None
    depth: int = 0
    agenda: list[tuple[datetime, int, str]] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def of(cls, program: Program) -> RunState:
        """A run of ``program`` that has not started."""
        state = cls(program.hash)
        state.data.bind(program, state)
        return state

    def copy(self) -> RunState:
        """A run that stands where this one stands and shares nothing that changes."""
        twin = RunState(
            self.program,
            self.rules,
            self.seq,
            self.at,
            self.next,
            self.status,
            self.outcome,
            View(self.data),
            dict(self.written),
            {key: opening.copy() for key, opening in self.open.items()},
            dict(self.timers),
            {name: list(mail) for name, mail in self.mail.items()},
            dict(self.done),
            dict(self.opened),
            {path: dict(ids) for path, ids in self.watch.items()},
            self.started_at,
            self.suspended_at,
            self.depth,
            list(self.agenda),
        )
        if self.data.program is not None:
            twin.data.bind(self.data.program, twin)
        return twin

    @property
    def running(self) -> bool:
        """Whether the run has started and is not over."""
        return self.status in ("running", "suspended")

    def set_timer(self, opening: int, name: str, due: datetime) -> None:
        """Set a timer, in place of one of that name."""
        self.timers[opening, name] = due
        if len(self.agenda) > 2 * len(self.timers) + _SLACK:
            self.agenda = [(_in_utc(due), *key) for key, due in self.timers.items()]
            heapify(self.agenda)
        else:
            heappush(self.agenda, (_in_utc(due), opening, name))

    def next_timer(self) -> tuple[datetime, int, str] | None:
        """The timer that is due first: by (due, opening, name)."""
        agenda, timers = self.agenda, self.timers
        while agenda:
            when, opening, name = agenda[0]
            due = timers.get((opening, name))
            if due is not None and due == when:
                return due, opening, name
            heappop(agenda)  # cleared, or set anew, since it was put there
        return None


def _in_utc(instant: datetime) -> datetime:
    """The same instant; those of one zone are compared in a tenth of the time."""
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # at the very ends of the calendar
        return instant
