"""What a run is given at its start: a file of data and single settings, held to the fields of the program.

All that is wrong is found at once, each at its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sopflow.cli._faults import faults, in_plain_words
from sopflow.cli._typed import typed
from sopflow.dsl import Document
from sopflow.errors import Finding, Problem, Report, UsageError, nearest
from sopflow.program import Program
from sopflow.values import Field

Path = tuple[str | int, ...]


def read_data(program: Program, document: Document | None, settings: Sequence[str]) -> tuple[dict[str, object], Report]:
    """The data by dotted path, settings (``FIELD=VALUE``) last, and every finding.

    Raises UsageError for a setting that is none.
    """
    given: dict[str, object] = {}
    findings: list[Finding] = []
    if document is not None:
        findings += faults(document)
        for path, name, value in _leaves(program, document.data):
            if value is None and _is_folder(program, name):
                continue  # of what stands inside it nothing is known yet
            if name in given:
                twice = Finding("SOP750", place=document.place(path, key=True), path=name, fields={"name": name})
                findings += document.with_sources([twice])
            given[name] = value
            findings += document.with_sources(_findings(program, name, value, path, document))
    for setting in settings:
        name, value = _setting(program, setting)
        given[name] = value
        field = program.fields.get(name)
        problem = _unknown(program, name) if field is None else value if isinstance(value, Problem) else None
        if problem is not None:
            findings.append(problem.at(None, path=f"--set {name}"))
    if document is None or document.whole or not findings:
        findings += _missing(program, given, document)
    return given, Report.of(findings)


def _leaves(program: Program, data: object) -> Iterator[tuple[Path, str, object]]:
    """Each value that is for one field, in written order: its path in the file, its dotted name, itself."""
    stack: list[tuple[Path, object]] = [((), data)]
    while stack:
        path, value = stack.pop()
        name = ".".join(map(str, path))
        if isinstance(value, Mapping) and name not in program.fields:
            stack += [((*path, key), inner) for key, inner in reversed(list(value.items()))]
        elif path:
            yield path, name, value


def _findings(program: Program, name: str, value: object, path: Path, document: Document) -> Iterator[Finding]:
    field = program.fields.get(name)
    if field is None:
        yield _unknown(program, name).at(document.place(path, key=True), path=name)
    elif value is not None:
        for inner, problem in _problems(program, field, value):
            yield problem.at(document.place((*path, *inner)), path=".".join(map(str, (*path, *inner))))


def _is_folder(program: Program, name: str) -> bool:
    """Whether fields stand inside that name."""
    return any(path.startswith(f"{name}.") for path in program.fields)


def _unknown(program: Program, name: str) -> Problem:
    near = nearest(name, program.fields)
    return Problem("SOP709", fields={"name": name, "nearest": near[0] if near else ""})


def _problems(program: Program, field: Field, value: object) -> Iterator[tuple[Path, Problem]]:
    """What is wrong inside a value, part by part; a value that is wrong as a whole is one problem."""
    stack: list[tuple[Path, Field, object]] = [((), field, value)]
    while stack:
        path, here, raw = stack.pop()
        problem = here.read(raw, program.zone)
        if not isinstance(problem, Problem):
            continue
        inside: list[tuple[Path, Field, object]] = []
        if here.item is not None and isinstance(raw, list):
            inside = [((*path, index), here.item, part) for index, part in enumerate(raw)]
        elif here.fields is not None and isinstance(raw, dict):
            inside = [((*path, name), here.fields[name], part) for name, part in raw.items() if name in here.fields]
        faulty = [part for part in inside if isinstance(part[1].read(part[2], program.zone), Problem)]
        if faulty:
            stack += reversed(faulty)
        else:
            yield path, in_plain_words(problem)


def _setting(program: Program, setting: str) -> tuple[str, object]:
    name, sign, text = setting.partition("=")
    name = name.strip()
    if not sign or not name:
        example = f"{next(iter(program.fields), 'event.free')}=…"
        raise UsageError(Finding("SOP612", fields={"text": setting, "example": example}))
    field = program.fields.get(name)
    return name, text if field is None else typed(field, text, program.zone)


def _missing(program: Program, given: Mapping[str, object], document: Document | None) -> Iterator[Finding]:
    """Parameters that nobody has given."""
    for name in sorted(program.parameters):
        if given.get(name) is None and program.fields[name].default is None:
            place = document.place() if document is not None and document.data else None
            yield Finding("SOP726", place=place, path=name, fields={"name": name})
