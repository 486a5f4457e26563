"""From one definition to the makings of its program: number the steps, gather the names, lower each step.

All findings of all passes are gathered before anything is refused, so that a writer sees them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from sopflow import expr
from sopflow.calendars import Calendar, Pace, RefKind, calendar_from, parse_span, parse_time
from sopflow.compiler._after import with_after
from sopflow.compiler._calls import Calls, Child, Link, ends_of, role_of
from sopflow.compiler._findings import Findings
from sopflow.compiler._functions import functions
from sopflow.compiler._index import Index
from sopflow.compiler._names import Variables, field_of, step_numbers, texts_of, type_of, zone_of
from sopflow.compiler._steps import Lowering, times_of_handlers
from sopflow.compiler._targets import Targets
from sopflow.compiler._values import Reader
from sopflow.errors import Problem
from sopflow.expr import Expression
from sopflow.model import Sop
from sopflow.program import RULES, Cases, Literal, Message, Program, Region, Start, Time, Times, Value, phrases_of
from sopflow.values import Field


@dataclass(frozen=True, slots=True)
class Lowered:
    """One definition, lowered: all of its program but the hash, and the findings."""

    index: Index
    findings: Findings
    make: Callable[..., None]  # fills a program; what it still needs is ``hash``
    child: Callable[[Program], Child]  # what callers must know of the program

    def fill(self, program: Program, hash: str) -> None:
        """Make the empty ``program`` what the definition says."""
        self.make(program, hash=hash)


def lower_one(sop: Sop, link: Link) -> Lowered:
    """Lower ``sop``; ``link`` gives what it calls."""
    findings = Findings(sop)
    index = Index.of(sop)
    zone = zone_of(sop, findings)
    fields = _fields(sop, zone, findings)
    reader = Reader(
        index,
        findings,
        Variables(_variables(sop), step_numbers(index)),
        fields,
        sop.anchors,
        sop.calendars,
        functions({}, None),
        zone,
    )
    calendars = _calendars(sop, findings)
    reader.functions = functions(calendars, calendars.get(sop.calendar or ""))
    derived = _derived(sop, reader, findings)
    targets = Targets(index, findings)
    lowering = Lowering(sop, index, reader, findings, targets, Calls(findings, link))
    reader.around = lowering
    anchors = _anchors(sop, reader)
    steps = with_after([lowering.step(node) for node in index.nodes], index, findings)
    handlers = lowering.handlers(sop.on, index.handlers, ("on",), None)
    if sop.calendar is not None and sop.calendar not in sop.calendars:
        findings.unknown("SOP206", sop.calendar, sop.calendars, ("calendar",))
    _check_roles(sop, findings)
    _check_surroundings(sop, reader, findings)
    messages = _messages(sop, zone, findings)
    start = _start(sop, reader, messages)
    outcomes = tuple(targets.outcomes)
    ids = {name: numbers[0] for name, numbers in index.by_id.items() if len(numbers) == 1}
    make = partial(
        Program.__init__,
        name=sop.name,
        version=sop.version,
        title=texts_of(sop.title),
        languages=tuple(sop.languages),
        steps=steps,
        regions=tuple(
            Region(part.index, part.block, part.id, part.steps[0], tuple(part.steps)) for part in index.lists
        ),
        outcomes=outcomes,
        fields=fields,
        parameters=frozenset(sop.parameters),
        derived=derived,
        depends=reader.depends,
        roles={name: role_of(name, role) for name, role in sop.roles.items()},
        messages=messages,
        anchors=anchors,
        zone=zone,
        calendars=calendars,
        calendar=calendars.get(sop.calendar or ""),
        handlers=handlers,
        start=start,
        rules=RULES,
        by_path={**ids, **index.by_path},
        time_reads=lowering.time_reads(Times(), times_of_handlers(handlers)),
    )

    def child(program: Program) -> Child:
        return Child(program, sop.name, fields, sop.roles, ends_of(steps, handlers, outcomes))

    return Lowered(index, findings, make, child)


def _fields(sop: Sop, zone: ZoneInfo, findings: Findings) -> dict[str, Field]:
    """Data and parameters by path. A name may stand for one thing only."""
    made: dict[str, Field] = {}
    for path, declared in sop.fields.items():
        made[path] = field_of(path, declared, zone, findings, ("data", *path.split(".")))
    spaces = {
        "data": {path.partition(".")[0] for path in made},
        "a parameter": set(sop.parameters),
        "derived": set(sop.derived),
        "an anchor": set(sop.anchors),
    }
    sections = {"a parameter": "parameters", "derived": "derived", "an anchor": "anchors"}
    seen: dict[str, str] = {}
    for what, names in spaces.items():
        for name in sorted(names):
            if name in seen:
                findings.add("SOP208", (sections[what], name), key=True, name=name, one=seen[name], other=what)
            seen.setdefault(name, what)
    for name, declared in sop.parameters.items():
        made[name] = field_of(name, declared, zone, findings, ("parameters", name))
    return made


def _variables(sop: Sop) -> dict[str, expr.Type]:
    known: dict[str, expr.Type] = {path: type_of(field.is_) for path, field in sop.fields.items()}
    known.update({name: type_of(field.is_) for name, field in sop.parameters.items()})
    known.update({name: known.get(path, expr.DATE) for name, path in sop.anchors.items()})
    # ``in_hours(office)`` names a calendar: its name stands for itself.
    known.update({name.replace("-", "_"): expr.EnumType(tuple(sop.calendars)) for name in sop.calendars})
    known.update(dict.fromkeys(sop.derived, expr.DYN))  # until their own types are known
    return known


def _derived(sop: Sop, reader: Reader, findings: Findings) -> dict[str, Value]:
    """Derived values, those first that others use; each learns its type and which fields it hangs on."""
    written = dict(sop.derived)
    made: dict[str, Value] = {}
    waiting = list(written)
    while waiting:
        progress = False
        for name in list(waiting):
            uses = _names_in(reader, written[name], name)
            if any(other in waiting and other != name for other in uses):
                continue
            if name in uses:
                break
            value = reader.derived(written[name], ("derived", name))
            made[name] = value
            reader.variables = reader.variables.plus({name: _type_of_value(value)})
            leaves = dict.fromkeys(path for use in uses for path in reader.depends.get(use, (use,)))
            reader.depends[name] = tuple(leaves)
            waiting.remove(name)
            progress = True
        if not progress:
            chain = " → ".join((*waiting, waiting[0]))
            findings.add("SOP213", ("derived", waiting[0]), key=True, name=waiting[0], chain=chain)
            break
    return made


def _names_in(reader: Reader, written: object, name: str) -> tuple[str, ...]:
    """What a derived value reads; its findings are reported when it is compiled, not here."""
    quiet = Reader(
        reader.index,
        Findings(reader.findings.sop),
        reader.variables,
        reader.fields,
        reader.anchors,
        reader.calendars,
        reader.functions,
        reader.zone,
    )
    found: dict[str, None] = {}
    todo: list[object] = [quiet.derived(written, ("derived", name))]
    while todo:
        match todo.pop():
            case Cases(cases=cases):
                for case in cases:
                    todo += [case.when, case.then]
            case Expression() as expression:
                found.update(dict.fromkeys(expression.reads))
    return tuple(found)


def _type_of_value(value: Value) -> expr.Type:
    """The type that reading a derived value gives; of cases the type all of them share."""
    match value:
        case Expression():
            return value.type
        case Literal(value=bool()):
            return expr.BOOL
        case Literal(value=int()):
            return expr.INT
        case Literal(value=str()):
            return expr.STRING
        case Cases(cases=cases):
            types = {_type_of_value(case.then) for case in cases}  # type: ignore[arg-type]  # cases of values
            return types.pop() if len(types) == 1 else expr.DYN
        case _:
            return expr.DYN


def _anchors(sop: Sop, reader: Reader) -> dict[str, Time]:
    made: dict[str, Time] = {}
    for name, path in sop.anchors.items():
        kind = reader.variables.get(path)
        if path not in reader.fields:
            dates = [other for other, known in reader.fields.items() if known.is_ in ("date", "datetime")]
            reader.findings.unknown("SOP203", path, dates, ("anchors", name))
        elif kind not in (expr.DATE, expr.TIMESTAMP):
            reader.findings.add(
                "SOP215", ("anchors", name), name=path, type=str(kind), use="an anchor", wanted="a date or a datetime"
            )
        phrase, _ = parse_time(path)
        if phrase is not None:
            made[name] = phrase
    return made


def _calendars(sop: Sop, findings: Findings) -> dict[str, Calendar]:
    made: dict[str, Calendar] = {}
    for name, written in sop.calendars.items():
        calendar, problems = calendar_from(written)
        for problem in problems:
            key, index = problem.fields.get("key"), problem.fields.get("index")
            part = ((str(key),) if key else ()) + ((index,) if isinstance(index, int) else ())
            findings.problems((problem,), ("calendars", name, *part))
        if calendar is not None:
            made[name] = calendar
    return made


def _messages(sop: Sop, zone: ZoneInfo, findings: Findings) -> dict[str, Message]:
    made = {}
    for name, written in sop.messages.items():
        fields = {
            path: field_of(path, declared, zone, findings, ("messages", name, *path.split(".")))
            for path, declared in written.fields.items()
        }
        keep, problems = parse_span(written.keep) if written.keep is not None else (None, ())
        findings.problems(problems, ("messages", name, "keep"))
        made[name] = Message(name, fields, written.kept, keep)
    return made


def _start(sop: Sop, reader: Reader, messages: Mapping[str, Message]) -> Start:
    """What begins runs; unsaid, people by hand."""
    written, findings = sop.start, reader.findings
    if written is None:
        return Start()
    for number, name in enumerate(written.by):
        if name not in sop.roles:
            findings.unknown("SOP202", name, sop.roles, ("start", "by", number))
    message = messages.get(written.message or "")
    if written.message is not None and message is None:
        findings.unknown("SOP204", written.message, sop.messages, ("start", "message"))
    if written.message is None and written.match:
        findings.add("SOP851", ("start", "match"), key=True)
    since = reader.time(written.from_, ("start", "from"), None)
    _check_since(since, findings)
    every = reader.pace(written.every, ("start", "every"))
    return Start(
        by=tuple(written.by),
        every=every if isinstance(every, Pace) else None,
        from_=since,
        message=written.message or "",
        match=_matched(written.match, message, reader),
        overlap=written.overlap,
    )


def _check_since(since: Time | None, findings: Findings) -> None:
    """From when runs begin cannot hang on what happens in one."""
    for phrase in phrases_of(since):
        for ref in phrase.reads:
            if ref.kind is not RefKind.NAME:
                start, end = (ref.start, ref.end) if phrase is since and ref.end else (None, None)
                findings.add("SOP850", ("start", "from"), word=ref, start=start, end=end)


def _matched(written: Mapping[str, object], message: Message | None, reader: Reader) -> dict[str, object]:
    """The values that the fields of a message must have, read as those fields are."""
    made: dict[str, object] = {}
    if message is None:
        return made
    for path, raw in written.items():
        doc, field = ("start", "match", path), message.fields.get(path)
        value = field.read(raw, reader.zone) if field is not None else None
        if field is None:
            reader.findings.unknown("SOP203", path, message.fields, doc, key=True)
        elif isinstance(value, Problem):
            reader.findings.problems((value,), doc)
        else:
            made[path] = value
    return made


def _check_roles(sop: Sop, findings: Findings) -> None:
    """Those whom roles and fields name as deputies or as knowing must be roles."""
    for name, role in sop.roles.items():
        if role.deputy is not None and role.deputy not in sop.roles:
            findings.unknown("SOP202", role.deputy, sop.roles, ("roles", name, "deputy"))
    for path, declared in sop.fields.items():
        if declared.ask is not None and declared.ask not in sop.roles:
            findings.unknown("SOP202", declared.ask, sop.roles, ("data", *path.split("."), "ask"))


def _check_surroundings(sop: Sop, reader: Reader, findings: Findings) -> None:
    """What stands around the steps: phases, what begins runs, the contract with callers."""
    for name, phase in sop.phases.items():
        reader.time(phase.from_, ("phases", name, "from"), None)
        reader.time(phase.to, ("phases", name, "to"), None)
    for section, paths in (("inputs", sop.inputs), ("outputs", sop.outputs)):
        for number, path in enumerate(paths):
            if path not in reader.fields:
                findings.unknown("SOP203", path, reader.fields, (section, number))
