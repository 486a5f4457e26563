"""Scripts: a list of lines, each of which does one thing in a run; reading them, and playing one.

Knows runs and documents, no terminal. A line that says something wrong is a finding at its place; a line that the
run refuses raises :class:`~sopflow.errors.Refused`, and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sopflow.calendars import Moment, Span, parse_span, shift
from sopflow.cli._faults import NOT_A_MAP, faults, in_plain_words, is_empty
from sopflow.dsl import Document
from sopflow.errors import Finding, Place, Refused, Report, nearest
from sopflow.runtime import Run


@dataclass(frozen=True, slots=True)
class Action:
    """What a line may do: what stands at its key, which keys it needs beside it, and which it may have.

    ``item`` is what its ``item`` may be, if it has one.
    """

    operand: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    item: str = "name or number"


ACTIONS: Mapping[str, Action] = {
    "done": Action("name", (), ("data", "outcome", "ticks", "evidence")),
    "answer": Action("name", ("value",), ("field",)),
    "judge": Action("name", ("verdict",), ("why", "data", "ticks", "evidence")),
    "tick": Action("name", ("item",)),
    "claim": Action("name", ("as",)),
    "release": Action("name"),
    "add": Action("name", ("item",), ("why",), item="any"),
    "drop": Action("name", ("item",), ("why",)),
    "close-list": Action("name", (), ("why",)),
    "fail": Action("name", ("error",)),
    "message": Action("name", (), ("data",)),
    "set": Action("map", (), ("why",)),
    "advance": Action("time"),
    "cancel": Action("name or true", (), ("why",)),
    "skip": Action("name", ("why",), ("outcome",)),
    "jump": Action("name", ("to", "why")),
    "reassign": Action("name", ("to",), ("why",)),
    "retry": Action("name", (), ("why",)),
    "suspend": Action("true", (), ("why",)),
    "resume": Action("true", (), ("why",)),
}
COMMON = ("at", "as")

_SHAPES = {
    "as": "name", "at": "instant", "data": "map", "error": "text", "evidence": "any", "field": "name",
    "outcome": "name", "ticks": "names or numbers", "to": "name", "value": "any", "verdict": "name", "why": "text",
}  # fmt: skip
_WANTED = {
    "name": ("a name", "名称"),
    "name or number": ("a number or a text", "编号或文字"),
    "names or numbers": ("a list of numbers or texts", "由编号或文字组成的列表"),
    "name or true": ("a step, or true for the run", "步骤名称，或用 true 表示整个运行"),
    "map": ("a map of fields and values", "字段与值的映射"),
    "text": ("a text", "文字"),
    "true": ("true", "true"),
}
_BESIDE = [key for action in ACTIONS.values() for key in action.needs + action.may]
_KEYS = tuple(dict.fromkeys([*ACTIONS, *COMMON, *_BESIDE]))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it does (``action``) to what (``operand``), what else it says, and where it stands."""

    action: str
    operand: object
    said: Mapping[str, object]
    place: Place
    number: int

    @property
    def at(self) -> str | None:
        """When, as written."""
        return cast("str | None", self.said.get("at"))

    @property
    def by(self) -> str | None:
        """Who does it."""
        return cast("str | None", self.said.get("as"))


def read_script(document: Document) -> tuple[tuple[Line, ...], Report]:
    """The lines of a script, and every finding; with errors, the lines that are right."""
    reader = _Reader(document)
    findings = [finding for finding in faults(document) if finding.code != NOT_A_MAP]
    lines: list[Line] = []
    if document.whole:
        lines = list(reader.lines())
    elif not findings and is_empty(document):
        return (), Report()
    return tuple(lines), Report.of(document.with_sources([*findings, *reader.found]))


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Finding] = []

    def lines(self) -> Iterator[Line]:
        written = self.document.data
        if not isinstance(written, list):
            self.find("SOP621", ())
            return
        for index, body in enumerate(written):
            if isinstance(body, dict):
                line = self.line(index, body)
                if line is not None:
                    yield line
            else:
                self.find("SOP622", (index,))

    def line(self, index: int, body: dict[str, object]) -> Line | None:
        before = len(self.found)
        actions = [key for key in body if key in ACTIONS]
        for key in body:
            if key not in _KEYS and not key.startswith("x-"):
                near = ", ".join(nearest(key, _KEYS))
                self.find("SOP623", (index, key), at_key=True, key=key, nearest=near, known=", ".join(_KEYS))
        if len(actions) > 1:
            self.find("SOP624", (index, actions[1]), at_key=True, one=actions[0], other=actions[1])
        elif actions:
            self.beside(index, body, actions[0])
        elif len(self.found) == before:
            self.find("SOP625", (index,), known=", ".join(ACTIONS))
        for key, value in body.items():
            if key == "item" and actions:
                shape = ACTIONS[actions[0]].item
            else:
                shape = ACTIONS[key].operand if key in ACTIONS else _SHAPES.get(key, "any")
            self.check(shape, key, value, (index, key))
        if len(self.found) > before:
            return None
        said = {key: value for key, value in body.items() if key != actions[0]}
        return Line(actions[0], body[actions[0]], said, self.document.place((index,)), index + 1)

    def beside(self, index: int, body: dict[str, object], name: str) -> None:
        """The keys that must, and those that may, stand beside an action."""
        action = ACTIONS[name]
        for key in action.needs:
            if key not in body:
                self.find("SOP627", (index, name), at_key=True, action=name, key=key)
        known = (*action.needs, *action.may, *COMMON)
        for key in body:
            if key in _KEYS and key != name and key not in known:
                self.find("SOP626", (index, key), at_key=True, action=name, key=key, known=", ".join(known))

    def check(self, shape: str, key: str, value: object, path: tuple[str | int, ...]) -> None:
        """Whether a value is of its shape."""
        match shape, value:
            case ("any", _) | ("name" | "text" | "name or number" | "name or true", str()) | ("map", dict()):
                return
            case ("true" | "name or true", True):
                return
            case ("name or number", int()) if not isinstance(value, bool):
                return
            case ("names or numbers", list()) if all(isinstance(one, (str, int)) for one in value):
                return
            case ("names or numbers", int() | str()):
                return
            case ("time" | "instant", str()):
                self.check_time(shape, value, path)
            case ("time" | "instant", _):
                self.find("SOP629" if shape == "time" else "SOP735", path, text=value, at=value)
            case _:
                wanted, chinese = _WANTED[shape]
                self.find("SOP628", path, key=key, wanted=wanted, wanted_zh=chinese)

    def check_time(self, shape: str, text: object, path: tuple[str | int, ...]) -> None:
        if shape == "instant" and not _is_instant(str(text)):
            self.find("SOP735", path, at=text)
        elif shape == "time" and not _is_instant(str(text)) and length(str(text)) is None:
            self.find("SOP629", path, text=text)

    def find(self, code: str, path: tuple[str | int, ...], *, at_key: bool = False, **fields: object) -> None:
        place = self.document.place(path, key=at_key)
        self.found.append(Finding(code, place=place, path=".".join(map(str, path)), fields=fields))


def length(text: str) -> Span | None:
    """The length of time that ``text`` says: ``3 days``; None if it is none."""
    span, problems = parse_span(text)
    return span if span is not None and not problems and isinstance(span.count, int) else None


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def advance(run: Run, text: str) -> None:
    """Let time pass: for a length of it (``3 working days``), or until a date or instant.

    Raises Refused, also where ``text`` is neither.
    """
    span = length(text)
    if span is None:
        if not _is_instant(text):
            raise Refused("clock", Finding("SOP629", fields={"text": text}))
        run.advance(to=text)
        return
    program = run.program
    known = span.calendar is None or span.calendar in program.calendars
    assert run.at is not None  # the command line starts each run with a clock
    moment = (
        shift(Moment.at(run.at), span, zone=program.zone, calendars=program.calendars, default=program.calendar)
        if known
        else None
    )
    if moment is None:
        raise Refused("clock", Finding("SOP629", fields={"text": text}))
    run.advance(to=moment.opens_at(program.zone))


def play(run: Run, line: Line) -> None:
    """Let ``line`` happen to ``run``. Raises Refused if the run does not take it."""
    try:
        _play(run, line)
    except Refused as refused:
        plain = in_plain_words(refused.finding)
        if plain is refused.finding:
            raise
        raise Refused(refused.code, plain, details=refused.details) from None


def _play(run: Run, line: Line) -> None:
    said, by, at = line.said, line.by, line.at
    step = cast("str", line.operand)
    why = str(said.get("why", ""))
    data = cast("Mapping[str, object]", said.get("data", {}))
    outcome = cast("str | None", said.get("outcome"))
    ticks = cast("list[int | str]", _listed(said["ticks"])) if said.get("ticks") is not None else None
    evidence = _listed(said.get("evidence", []))
    match line.action:
        case "done":
            run.done(
                step,
                by=by,
                at=at,
                data=data,
                outcome=outcome,
                ticks=ticks,
                evidence=evidence,
            )
        case "answer":
            run.answer(step, said["value"], by=by, at=at, field=str(said.get("field", "")))
        case "judge":
            run.judge(
                step,
                str(said["verdict"]),
                by=by,
                at=at,
                why=why,
                data=data,
                ticks=ticks,
                evidence=evidence,
            )
        case "tick":
            run.tick(step, cast("int | str", said["item"]), by=by, at=at)
        case "claim":
            run.claim(step, by=str(by), at=at)
        case "release":
            run.release(step, by=by, at=at)
        case "add":
            run.add(step, said["item"], by=by, at=at, why=why)
        case "drop":
            run.drop(step, cast("int | str", said["item"]), by=by, at=at, why=why)
        case "close-list":
            run.close_list(step, by=by, at=at, why=why)
        case "fail":
            run.failed(step, str(said["error"]), by=by, at=at)
        case "message":
            run.message(step, data, by=by, at=at)
        case "set":
            run.set(cast("Mapping[str, object]", line.operand), by=by, at=at, why=why)
        case "advance":
            if at is not None:
                run.advance(to=at)
            advance(run, step)
        case "cancel":
            run.cancel(None if line.operand is True else step, by=by, at=at, why=why)
        case "skip":
            run.skip(step, by=by, at=at, why=why, outcome=outcome)
        case "jump":
            run.jump(step, str(said["to"]), by=by, at=at, why=why)
        case "reassign":
            run.reassign(step, str(said["to"]), by=by, at=at, why=why)
        case "retry":
            run.retry(step, by=by, at=at, why=why)
        case "suspend":
            run.suspend(by=by, at=at, why=why)
        case "resume":
            run.resume(by=by, at=at, why=why)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
