"""What the expressions of a definition may read, and with which types; and the fields of its runs.

Built once per definition. A name must mean one thing: data, parameters, derived values and anchors share a space.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sopflow import expr
from sopflow.compiler._findings import DocPath, Findings
from sopflow.compiler._index import Index
from sopflow.errors import Problem
from sopflow.model import Enumeration, ListOf, Record, Scalar, Sop, Text, TypeExpr
from sopflow.model import Field as Declared
from sopflow.values import Field

_SCALARS: Mapping[str, expr.Type] = {
    "bool": expr.BOOL,
    "int": expr.INT,
    "decimal": expr.DECIMAL,
    "string": expr.STRING,
    "text": expr.STRING,
    "link": expr.STRING,
    "file": expr.STRING,
    "person": expr.STRING,
    "date": expr.DATE,
    "time": expr.TIME,
    "datetime": expr.TIMESTAMP,
    "duration": expr.DURATION,
}

_OF_STEP: Mapping[str, expr.Type] = {
    "done": expr.BOOL,
    "rounds": expr.INT,
    "by": expr.STRING,
    "at": expr.TIMESTAMP,
    "outcome": expr.STRING,
    "verdict": expr.STRING,
    "answer": expr.STRING,
}

CLOCK: Mapping[str, expr.Type] = {"now": expr.TIMESTAMP, "today": expr.DATE}


class Variables(Mapping[str, expr.Type]):
    """The variables of a definition: its fields, and ``steps.STEP.…`` without a table of them all."""

    def __init__(self, known: Mapping[str, expr.Type], steps: Mapping[str, int]) -> None:
        self._known = known
        self._steps = steps

    def __getitem__(self, name: str) -> expr.Type:
        found = self._known.get(name)
        if found is not None:
            return found
        if name.startswith("steps."):
            step, _, attribute = name[6:].rpartition(".")
            if step in self._steps and attribute in _OF_STEP:
                return _OF_STEP[attribute]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        yield from self._known
        for step in self._steps:
            for attribute in _OF_STEP:
                yield f"steps.{step}.{attribute}"

    def __len__(self) -> int:
        return len(self._known) + len(self._steps) * len(_OF_STEP)

    def plus(self, more: Mapping[str, expr.Type]) -> Variables:
        """These and ``more``, which hide those of the same name."""
        return Variables({**self._known, **more}, self._steps) if more else self


def step_numbers(index: Index) -> dict[str, int]:
    """How expressions may call the steps: by full path, or by id where that is unique; hyphens as underscores."""
    ids: dict[str, list[int]] = {}
    names: dict[str, int] = {}
    for node in index.nodes:
        ids.setdefault(node.step.id.replace("-", "_"), []).append(node.index)
        names[node.path.replace("-", "_")] = node.index
    for name, numbers in ids.items():
        if len(numbers) == 1:
            names.setdefault(name, numbers[0])
    return names


def type_of(declared: TypeExpr) -> expr.Type:
    """The type that expressions see."""
    match declared:
        case Scalar(name=name):
            return _SCALARS[name]
        case Enumeration(values=values):
            return expr.EnumType(tuple(values))
        case ListOf(item=item):
            return expr.ListType(type_of(item))
        case Record(fields=fields):
            return expr.RecordType({name: type_of(field.is_) for name, field in fields.items()})


def field_of(path: str, declared: Declared, zone: ZoneInfo, findings: Findings, doc: DocPath) -> Field:
    """The field as a run reads it; its default and its limits as typed values."""
    field = plain_field(path, declared.is_, declared)
    record = field.item if field.item is not None else field
    written = declared.is_.item if isinstance(declared.is_, ListOf) else declared.is_
    if record.fields is not None and isinstance(written, Record):
        parts = {
            name: field_of(f"{path}.{name}", part, zone, findings, (*doc, name))
            for name, part in written.fields.items()
        }
        record = replace(record, fields=parts)
        field = replace(field, item=record) if field.item is not None else record
    typed: dict[str, object] = {}
    for name in ("default", "min", "max"):
        raw = getattr(declared, name)
        value = None if raw is None else field.read(raw, zone)
        if isinstance(value, Problem):
            findings.problems([value], (*doc, name))
        else:
            typed[name] = value
    return replace(
        field, minimum=typed.get("min"), maximum=typed.get("max"), default=typed.get("default"), merge=declared.merge
    )


def plain_field(path: str, declared: TypeExpr, field: Declared | None = None) -> Field:
    """The field of that type, without default and limits."""
    ask = field.ask if field is not None else None
    match declared:
        case Scalar(name=name):
            return Field(path, name, ask=ask)
        case Enumeration(values=values):
            return Field(path, "enum", values=tuple(values), ask=ask)
        case ListOf(item=item):
            return Field(path, "list", item=plain_field(path, item), ask=ask)
        case Record(fields=fields):
            parts = {name: plain_field(f"{path}.{name}", part.is_, part) for name, part in fields.items()}
            return Field(path, "record", fields=parts, ask=ask)


def zone_of(sop: Sop, findings: Findings) -> ZoneInfo:
    """The definition's time zone; UTC (after a finding) where it names none that exists."""
    try:
        return ZoneInfo(sop.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.add("SOP214", ("time-zone",), name=sop.time_zone)
        return ZoneInfo("UTC")


def type_of_field(declared: Field) -> expr.Type:
    """The type that expressions see of a compiled field."""
    match declared.is_:
        case "enum":
            return expr.EnumType(declared.values)
        case "list":
            return expr.ListType(type_of_field(declared.item) if declared.item else expr.DYN)
        case "record":
            return expr.RecordType({name: type_of_field(part) for name, part in (declared.fields or {}).items()})
        case name:
            return _SCALARS[name]


def texts_of(text: Text | None) -> dict[str, str]:
    """A text by language; a text in no particular language stands under ""."""
    if text is None:
        return {}
    written = text.written
    return {"": written} if isinstance(written, str) else text.by_language
