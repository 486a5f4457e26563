"""Rule: what is written is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from sopflow.analysis._data import writes
from sopflow.analysis._rule import Rule, Subject
from sopflow.calendars import Ref
from sopflow.errors import Finding
from sopflow.expr import Expression
from sopflow.program import Program

REASON = (
    "A definition with ‘outputs’ says what its callers may read. What a ‘set’ or a table writes beside them, and no "
    "condition, time, text, form or call reads, serves nobody: mostly another field was meant. Forms are not looked "
    "at, for what people enter is a record too."
)

VALID = """\
sopflow: 1
id: rating
outputs: [level]
data: {score: int, level: [low, high], checked: bool}
steps:
  score: {task: Rate it, form: [score], set: {checked: true}}
  level: {task: Write the level, if: checked, set: {level: "= score > 5 ? 'high' : 'low'"}}
"""

INVALID = """\
sopflow: 1
id: rating
outputs: [level]
data: {score: int, level: [low, high], grade: [low, high]}
steps:
  score: {task: Rate it, form: [score]}
  level: {task: Write the level, set: {grade: "= score > 5 ? 'high' : 'low'"}}
"""

_SHOWN = re.compile(r"\{([\w.]+)\}")


def check(subject: Subject) -> Iterator[Finding]:
    """The fields that are written by rule, and read by nothing."""
    program = subject.program
    outputs = set(subject.sop.outputs)
    if not outputs:
        return
    written: dict[str, tuple[int, str]] = {}
    for step in program.steps:
        for path, key in writes(step).items():
            if key in ("set", "table") and path in program.fields and path not in outputs:
                written.setdefault(path, (step.index, key))
    if not written:
        return
    read = _read_in(subject, program)
    for path, (number, key) in written.items():
        if not any(path == name or path.startswith(f"{name}.") for name in read):
            yield subject.at_step("SOP481", number, *((key, path) if key == "set" else (key,)), name=path)


def _read_in(subject: Subject, program: Program) -> set[str]:
    """Every name that anything in the program reads."""
    found: set[str] = set(program.time_reads)
    todo: list[object] = [program.derived, program.handlers, program.anchors, *program.steps]
    while todo:
        match todo.pop():
            case Expression(reads=names):
                found.update(names)
            case Ref(name=name):
                found.add(name)
            case Program() | str() | None:
                continue
            case dict() as mapping:
                todo += mapping.values()
            case tuple() | list() as parts:
                todo += parts
            case part if is_dataclass(part):
                todo += [getattr(part, field.name) for field in fields(part)]
    for step in program.steps:
        found.update(path for path, _ in step.form)
        found.update(step.time_reads)
        found.update({step.question.about} if step.question is not None else ())
        found.update({step.each.field} if step.each is not None else ())
        found.update(name for option in step.wait for name, _ in option.match)
    for text in subject.sop.texts().values():
        words = text.written
        for said in [words] if isinstance(words, str) else [text.get(tag) for tag in text.languages]:
            found.update(_SHOWN.findall(said))
    return found | {path for name in found for path in program.depends.get(name, ())}


RULE = Rule("what_is_written_is_read", ("SOP481",), REASON, VALID, INVALID, check)
