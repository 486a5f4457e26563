"""What became of each step in a run: told from the lines of its history, and from what is open in it.

Where both speak of a step, what is open decides: a picture never says of an open step that it is done. Knows
programs and records, no nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sopflow.program import Op, Program
from sopflow.rendering.overlay._record import Line, Record, Standing

#: Of several visits the one that is told: the first of these that any of them has.
ORDER = ("incident", "late", "asks", "active", "held", "withdrawn", "skipped", "done", "ahead")
#: Statuses of steps that are open.
OPEN = frozenset({"active", "asks", "held", "late", "incident"})
_PHASES = {"open": "active", "asks": "asks", "held": "held", "incident": "incident"}
_ITEM = re.compile(r"\[[^\]]*\]")
_CAME = re.compile("‘(.+)’ came")  # how the engine says that a handler took a step's place
_ENDINGS = {"Skipped": "skipped", "Cancelled": "withdrawn"}
_BLOCKS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT})


@dataclass(slots=True)
class Visit:
    """A step, of one item where it has items: how it stands, and how often it was closed. Times are ISO text."""

    status: str = "ahead"
    opened: int = 0
    times: int = 0
    since: str = ""
    at: str = ""
    by: str = ""
    outcome: str = ""
    why: str = ""
    due: str = ""
    late: bool = False
    ending: str = "done"  # what it will be when it is closed
    standing: Standing | None = None


class Paths:
    """From paths in a history, with items and through calls, to steps of programs."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[str, tuple[Program, str] | None] = {}

    def find(self, path: str) -> tuple[Program, str] | None:
        """The program and the step's full path in it; None where there is no such step."""
        bare = _ITEM.sub("", path)
        if bare not in self._known:
            self._known[bare] = self._found(bare)
        return self._known[bare]

    def key(self, path: str) -> str:
        """The id of the step's node: its path, behind the name of the program that was called; "" for none."""
        found = self.find(path)
        return "" if found is None else self.prefix(found[0]) + found[1]

    def prefix(self, program: Program) -> str:
        """What ids of a program's nodes begin with."""
        return "" if program is self.program else f"{program.name}/"

    def _found(self, path: str) -> tuple[Program, str] | None:
        program, rest = self.program, path
        while rest not in program.by_path:
            calls = (step for step in program.steps if step.call is not None and rest.startswith(f"{step.path}."))
            step = max(calls, key=lambda step: len(step.path), default=None)
            if step is None or step.call is None:
                return None
            program, rest = step.call.program, rest.removeprefix(f"{step.path}.")
        return program, program.steps[program.by_path[rest]].path


@dataclass(slots=True)
class Told:
    """What a history says: visits by node id and path, what was closed in which order, what began and ended.

    ``closed`` holds the node's id, the outcome, and the id of what opened next ("": nothing). ``runs`` counts, for each
    program, those of its runs that are not over, ``fired`` are the ids of handlers' nodes.
    """

    visits: dict[str, dict[str, Visit]] = field(default_factory=dict)
    closed: list[tuple[str, str, str]] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)
    fired: set[str] = field(default_factory=set)
    since: str = ""


def tell(record: Record, paths: Paths) -> Told:
    """What the history of ``record`` says, and what is open in it."""
    told = Told()
    waiting: list[int] = []  # closings that nothing has opened after yet
    for line in record.lines:
        path, event = line.get("step"), line.get("event")
        if event in ("Started", "Ended", "Migrated"):
            _run(told, line, paths)
        key = paths.key(path) if isinstance(path, str) else ""
        if not key or not isinstance(path, str):
            continue
        visit = told.visits.setdefault(key, {}).setdefault(path, Visit())
        _step(visit, line)
        if event == "Closed":
            waiting.append(len(told.closed))
            told.closed.append((key, visit.outcome, ""))
        elif event in ("Opened", "Held", "Judged", "PassedOver") and waiting:
            for number in waiting:
                told.closed[number] = (*told.closed[number][:2], key)
            waiting.clear()
        elif event == "Withdrawn" and (came := _CAME.fullmatch(visit.why)):
            told.fired.add(f"{key}--on-{came[1]}")
    _settle(told, record, paths)
    return told


def _run(told: Told, line: Line, paths: Paths) -> None:
    """A run began, ended, or went over to another version."""
    match line.get("event"):
        case "Started":
            told.since = told.since or _text(line, "at")
            name = _text(line, "program")
            told.runs[name] = told.runs.get(name, 0) + 1
        case "Ended":
            found = paths.find(_text(line, "run")) if line.get("run") else None
            called = found[0].steps[found[0].by_path[found[1]]].call if found is not None else None
            if called is not None:
                told.runs[called.program.name] = told.runs.get(called.program.name, 0) - 1
        case _:
            renamed = line.get("steps")
            for old, new in renamed.items() if isinstance(renamed, dict) else ():
                if old in told.visits and isinstance(new, str) and new:
                    told.visits[new] = {path.replace(old, new, 1): one for path, one in told.visits.pop(old).items()}


def _step(visit: Visit, line: Line) -> None:
    """What a line says of its step."""
    at = _text(line, "at")
    match line.get("event"):
        case "Opened":
            visit.status, visit.since, visit.due = "active", at, _text(line, "due")
            visit.opened += 1
            visit.late = False
            visit.by = visit.outcome = visit.why = ""
        case "Held":
            visit.status, visit.since, visit.by = "held", at, ""
        case "StepDone" | "Answered" | "Voted" | "Skipped" | "Cancelled":
            visit.by, visit.why = _text(line, "by"), _text(line, "why")
            visit.ending = _ENDINGS.get(str(line["event"]), "done")
        case "Judged":
            visit.opened = max(visit.opened, visit.times + 1)
        case "Closed":
            visit.status, visit.ending = visit.ending, "done"
            visit.at, visit.outcome = at, _text(line, "outcome")
            visit.times += 1
        case "PassedOver":
            visit.status = visit.ending = "skipped"
            visit.at = at
            visit.opened = max(visit.opened, visit.times + 1)
        case "Withdrawn":
            visit.status, visit.at = "withdrawn", at
            visit.why = visit.why or _text(line, "why")
        case "Overdue":
            visit.late, visit.due = True, visit.due or _text(line, "due")
        case "Replanned":
            visit.due = _text(line, "due")
        case "Incident":
            visit.status, visit.why = "incident", _text(line, "error")


def _settle(told: Told, record: Record, paths: Paths) -> None:
    """What is open is open, and nothing else is but blocks around it."""
    open_now = {standing.step: standing for standing in record.open}
    for standing in record.open:
        key = paths.key(standing.step)
        if key:
            told.visits.setdefault(key, {}).setdefault(standing.step, Visit())
    for key, by_path in told.visits.items():
        found = paths.find(key) or paths.find(next(iter(by_path)))
        around = found is not None and _goes_on(told, record, paths, found[0])
        around = around and found is not None and found[0].steps[found[0].by_path[found[1]]].op in _BLOCKS
        for path, visit in by_path.items():
            known = open_now.get(path)
            if known is not None:
                visit.standing = known
                late = known.late and known.phase in ("open", "asks")
                visit.status = "late" if late else _PHASES.get(known.phase, "active")
                visit.late, visit.due = visit.late or known.late, known.due or visit.due
            elif visit.status in OPEN and not around:
                visit.status = "withdrawn"
            elif visit.status in OPEN and visit.late:
                visit.status = "late"


def _goes_on(told: Told, record: Record, paths: Paths, program: Program) -> bool:
    """Whether a run of the program is not over."""
    if program is paths.program:
        return record.status not in ("ended", "cancelled")
    return told.runs.get(program.name, 0) > 0


def _text(line: Line, name: str) -> str:
    value = line.get(name)
    return value if isinstance(value, str) else ""
