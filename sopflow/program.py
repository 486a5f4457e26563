"""The frozen tables between compiler and engine: the only thing both know.

A :class:`Program` is an SOP after all names have become numbers. Steps and regions are tuples addressed by
index; expressions and time phrases are compiled. It holds no model, no graph and no text but what a run must
say to people. Equal content has an equal ``hash``; a run is pinned to it.

*Region*: a sequence of steps with free jumps, holding one token at a time. *Block*: a step that holds regions.
*Target*: where a token goes next, an int: a step's index, :data:`DONE` (its region is done), or an end of the
run, ``END - k`` for the program's outcome ``k``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from sopflow.calendars import Calendar, Duration, Pace, Span, TimePhrase
from sopflow.expr import Expression
from sopflow.values import Field

__all__ = [
    "DONE",
    "END",
    "RULES",
    "After",
    "Alternative",
    "Call",
    "Case",
    "Cases",
    "Each",
    "Escalation",
    "Extreme",
    "Handler",
    "Item",
    "Join",
    "Literal",
    "Message",
    "Op",
    "Part",
    "People",
    "Program",
    "Question",
    "Region",
    "Reminder",
    "Retry",
    "Role",
    "Rounds",
    "Row",
    "Start",
    "Step",
    "Table",
    "Target",
    "Time",
    "Times",
    "Value",
    "phrases_of",
]

DONE = -1
END = -2

#: The number of the rules that a program was compiled for; old numbers stay executable.
RULES = 1


class Op(IntEnum):
    """The engine's few operations, to which every step kind lowers."""

    WORK = 0  # opens, waits for one of finitely many outcomes
    VOTE = 1  # work of several people with seats: an approval
    CHOOSE = 2  # routes at once, or asks for what it does not know
    FORK = 3  # starts a region per branch
    EACH = 4  # starts a region per item of a list
    GROUP = 5  # starts its one region
    REPEAT = 6  # starts its one region, round after round
    CALL = 7  # starts a child run
    WAIT = 8  # waits for a time, a message, a condition
    EMIT = 9  # sends a message
    STOP = 10  # ends the run


@dataclass(frozen=True, slots=True)
class Case:
    """One line of cases: ``then`` if ``when`` holds; ``when`` is None for the ``else`` line."""

    when: Expression | None
    then: object


@dataclass(frozen=True, slots=True)
class Cases:
    """A value that depends on data: the first case that holds counts."""

    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it stands."""

    value: object


#: What a definition may write where a value is due.
Value = Literal | Expression | Cases

#: A compiled target: plain, or by cases whose ``then`` are plain.
Target = int | Cases


@dataclass(frozen=True, slots=True)
class Extreme:
    """The earliest or the latest of several times; unset ones: see ``sopflow.calendars``."""

    latest: bool
    times: tuple[Time, ...]


#: A compiled time: a phrase, an extreme, or cases whose ``then`` are times.
Time = TimePhrase | Extreme | Cases


def phrases_of(time: Time | None) -> Iterator[TimePhrase]:
    """The phrases that a time is made of."""
    todo: list[object] = [time]
    while todo:
        match todo.pop():
            case None:
                continue
            case Cases(cases=cases):
                todo += [case.then for case in cases]
            case Extreme(times=times):
                todo += times
            case phrase:
                yield phrase  # type: ignore[misc]  # a phrase: all else was matched


@dataclass(frozen=True, slots=True)
class Reminder:
    """One line of ``remind``: at a time, or at a pace after a reference time."""

    name: str
    at: Time | None
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """One line of ``escalate``: at a time, tell or hand over to a role."""

    name: str
    at: Time
    to: str
    hand_over: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """The times of a step, and how long its work takes (of cases, ``then`` are durations): a run does not ask."""

    opens: Time | None = None
    due: Time | None = None
    remind: tuple[Reminder, ...] = ()
    escalate: tuple[Escalation, ...] = ()
    duration: Duration | Cases | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a checklist, or a piece of evidence."""

    text: Mapping[str, str]
    if_: Expression | None = None
    is_: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who may do a step. ``by`` are roles, any of which will do; with ``every`` each of them has a seat.

    ``by_cases`` (then: a tuple of roles) stands in place of ``by`` where the data say who. ``need`` of ``seats``
    answers settle it.
    """

    by: tuple[str, ...] = ()
    by_cases: Cases | None = None
    may: tuple[str, ...] = ()
    not_by: tuple[int, ...] = ()
    same_by: tuple[int, ...] = ()
    tell: tuple[str, ...] = ()
    need: int = 1
    seats: int = 1
    every: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """How a CHOOSE step finds its way.

    ``about``: a field whose value names the exit. ``cases``: expressions tried in order, each with an exit.
    Neither: people answer with the exit itself. ``asks`` says when a known field is asked again:
    ``new-round``, ``unknown`` or ``every-time``. ``settle`` is how several answers become one.
    """

    about: str = ""
    cases: tuple[tuple[Expression | None, str], ...] = ()
    asks: str = "new-round"
    settle: str = ""
    in_doubt: str = ""
    table: Table | None = None

    @property
    def open(self) -> bool:
        """Whether only people's words decide."""
        return not self.about and not self.cases and self.table is None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a decision table: it matches where every test holds; ``gives`` stand in the table's order."""

    tests: tuple[Expression | None, ...]
    gives: tuple[Value, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table: ``hit`` is unique, first, any or collect; ``gives`` are the fields it writes."""

    hit: str
    columns: tuple[Expression, ...]
    gives: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing a wait may wait for: exactly one of ``at``, ``message``, ``when``."""

    exit: str
    at: Time | None = None
    message: str = ""
    match: tuple[tuple[str, Value], ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """When a FORK or an EACH goes on: ``need`` arrivals (0: as many as started); ``finish``: the rest may finish."""

    need: int = 0
    finish: bool = False
    at_once: int = 0
    guards: tuple[Expression | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Each:
    """The list of an EACH: a field's path or literal items; ``as_`` names the element in expressions.

    ``key`` names an item in paths. ``until`` keeps an exhausted list open for items to come.
    """

    field: str
    items: tuple[object, ...]
    as_: str
    key: Expression | None = None
    until: Alternative | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A name by which a step in a for-each sees its item, or a field of it: ``partner``, ``partner.signed``.

    ``list`` is the path of the list that the item is in.
    """

    field: Field
    list: str


@dataclass(frozen=True, slots=True)
class Rounds:
    """When a REPEAT stops: ``until`` holds after a round, or ``most`` rounds are over (0: no limit).

    With ``every`` a round opens at the tick.
    """

    until: Expression | None
    most: int = 0
    every: Pace | Cases | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a registered handler that failed is tried again: after ``wait``, each time ``factor`` times longer."""

    times: int
    wait: timedelta = timedelta(0)
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """A child run: its program, what it is given and what is read back."""

    program: Program
    with_: tuple[tuple[str, Value], ...] = ()
    set_: tuple[tuple[str, Value], ...] = ()
    most: int = 0
    detached: bool = False


@dataclass(frozen=True, slots=True)
class Handler:
    """A reaction to a message, a time, a pace, a condition or one of overdue, error, cancelled."""

    id: str
    region: int  # -1: it only goes ``target``
    on: str  # overdue, error, cancelled, message, at, every, when
    message: str = ""
    match: tuple[tuple[str, Value], ...] = ()
    at: Time | None = None
    every: Pace | Cases | None = None
    when: Expression | None = None
    if_: Expression | None = None
    instead: bool = False
    finish: bool = True
    target: Target = DONE


@dataclass(frozen=True, slots=True)
class After:
    """A step of a sibling branch that must be settled first.

    ``fork`` is the block around both, ``branch`` the region of that step's branch, ``reach`` the steps of its own
    region from which it can still be reached.
    """

    step: int
    fork: int
    branch: int
    reach: frozenset[int]


_NOBODY = People()
_NEVER = Times()


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    ``exits`` maps each of its outcomes to a target; ``ordinary`` is the one taken when nothing is chosen.
    """

    index: int
    id: str
    path: str
    kind: str
    op: Op
    region: int
    title: Mapping[str, str]
    exits: Mapping[str, Target]
    ordinary: str = "done"
    regions: tuple[int, ...] = ()
    people: People = _NOBODY
    times: Times = _NEVER
    if_: Expression | None = None
    while_: Expression | None = None
    missed: str = ""
    optional: Expression | bool = False
    form: tuple[tuple[str, bool], ...] = ()  # (field, may stay empty)
    checklist: tuple[Item, ...] = ()
    evidence: tuple[Item, ...] = ()
    set_: tuple[tuple[str, Value], ...] = ()
    requires: tuple[Expression, ...] = ()
    ensures: tuple[Expression, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)  # the words on the diamond of an approval
    handlers: tuple[Handler, ...] = ()
    run: str = ""  # the name of a registered handler that does the work
    retry: Retry | None = None
    timeout: Time | None = None  # of one attempt, counted from it
    holds: tuple[str, ...] = ()  # resources that one run at a time has, in alphabetical order
    question: Question | None = None
    join: Join | None = None
    each: Each | None = None
    rounds: Rounds | None = None
    call: Call | None = None
    wait: tuple[Alternative, ...] = ()
    emit: str = ""
    with_: tuple[tuple[str, Value], ...] = ()
    after: tuple[After, ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)  # of the items around it, by the names it sees them by
    time_reads: tuple[str, ...] = ()  # the fields its times hang on, through anchors and what is derived


@dataclass(frozen=True, slots=True)
class Region:
    """A sequence of steps. ``block`` is the step that holds it (-1: the run), ``id`` the branch's name."""

    index: int
    block: int
    id: str
    head: int
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its people (none: any name will do) and the role that stands in for it."""

    id: str
    title: Mapping[str, str]
    people: tuple[str, ...] = ()
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A declared message: its typed fields; ``kept`` says whether it waits for a taker, ``keep`` how long."""

    name: str
    fields: Mapping[str, Field]
    kept: bool = True
    keep: Span | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What begins runs: people in one of the roles ``by``, a pace counted from a time, a message that fits.

    ``overlap`` says what becomes of a beginning while an earlier run still goes: ``allow``, ``skip`` or ``queue``.
    """

    by: tuple[str, ...] = ()
    every: Pace | None = None
    from_: Time | None = None
    message: str = ""
    match: Mapping[str, object] = field(default_factory=dict)  # a field of the message → the value that fits
    overlap: str = "allow"


_BY_HAND = Start()


@dataclass(frozen=True, slots=True)
class Program:
    """An SOP as the engine runs it.

    ``fields`` are the data and parameters by dotted path, ``parameters`` the names of those fixed at the start,
    ``derived`` what is computed when read, ``depends`` which fields a derived name hangs on, ``outcomes`` the
    names of the ends (0 is ``done``), ``anchors`` short names of dates.
    """

    name: str
    version: str
    title: Mapping[str, str]
    languages: tuple[str, ...]
    hash: str
    steps: tuple[Step, ...]
    regions: tuple[Region, ...]
    outcomes: tuple[str, ...]
    fields: Mapping[str, Field]
    parameters: frozenset[str]
    derived: Mapping[str, Value]
    depends: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, Role]
    messages: Mapping[str, Message]
    anchors: Mapping[str, Time]
    zone: ZoneInfo
    calendars: Mapping[str, Calendar]
    calendar: Calendar | None
    handlers: tuple[Handler, ...] = ()
    start: Start = _BY_HAND
    rules: int = RULES
    by_path: Mapping[str, int] = field(default_factory=dict)
    time_reads: tuple[str, ...] = ()  # the fields on which the times of the SOP's own handlers hang
    memo: dict[str, object] = field(
        default_factory=dict, init=False, repr=False
    )  # what others work out from the tables, once

    def __repr__(self) -> str:
        return f"Program({self.name!r}, {self.hash[:12]}, {len(self.steps)} steps)"

    def __hash__(self) -> int:
        return hash(self.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Program) and self.hash == other.hash

    def text(self, texts: Mapping[str, str], lang: str = "") -> str:
        """The text in ``lang``, else in the definition's languages in their order, else any."""
        for tag in (lang, *self.languages):
            if tag in texts:
                return texts[tag]
            for other, text in texts.items():  # zh serves zh-Hans and zh-Hant, and they serve it
                if tag and other.partition("-")[0] == tag.partition("-")[0]:
                    return text
        return next(iter(texts.values()), "")
