"""Decision tables: a cell becomes a condition on its column, a row a list of them.

Cells as the language has them: a literal, a list (one of), ``any``, ``unknown``, ``not X``, ``1..5`` (both ends in),
``below``, ``at most``, ``at least``, ``above`` X.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sopflow import expr
from sopflow.compiler._findings import DocPath
from sopflow.compiler._values import Reader
from sopflow.expr import Expression
from sopflow.model import Table as WrittenTable
from sopflow.program import Literal, Row, Table, Value
from sopflow.values import Field

_RANGE = re.compile(r"(.+?)\.\.(.+)")
_COMPARISONS = {"below": "<", "at most": "<=", "at least": ">=", "above": ">"}
NEXT = "next"


def table_of(
    written: WrittenTable,
    doc: DocPath,
    reader: Reader,
    *,
    is_field: Callable[[str, DocPath], bool],
    local: Mapping[str, expr.Type],
) -> tuple[Table, list[tuple[str, DocPath]]]:
    """The compiled table, and for each row the words of its ``next`` ("" where the table gives none)."""
    columns = [
        reader.expression(column, (*doc, "columns", number), local=local)
        for number, column in enumerate(written.columns)
    ]
    gives = [name for name in written.gives if name != NEXT]
    fields = {
        name: reader.fields.get(name)
        for number, name in enumerate(written.gives)
        if name != NEXT and is_field(name, (*doc, "gives", number))
    }
    rows: list[Row] = []
    ways: list[tuple[str, DocPath]] = []
    for number, row in enumerate(written.rows):
        at = reader.findings.under((*doc, "rows", number), "row")
        tests = tuple(
            _test(column, cell, kind.type if kind is not None else expr.DYN, (*at, place), reader, local)
            for place, (column, kind, cell) in enumerate(zip(written.columns, columns, row.row, strict=False))
        )
        values: list[Value] = []
        way = ""
        for place, name in enumerate(written.gives, len(written.columns)):
            if place >= len(row.row):
                continue
            cell = row.row[place]
            if name == NEXT:
                way = str(cell)
                ways.append((way, (*at, place)))
            else:
                values.append(_value(cell, fields.get(name), (*at, place), reader, local, hit=written.hit))
        if not way:
            ways.append(("", at))
        rows.append(Row(tests, tuple(values), way))
    known = tuple(column for column in columns if column is not None)
    return Table(written.hit, known, tuple(gives), tuple(rows)), ways


def _value(
    cell: object, field: Field | None, doc: DocPath, reader: Reader, local: Mapping[str, expr.Type], *, hit: str
) -> Value:
    # A table that collects gives one item of the list per row.
    target = field.item if field is not None and hit == "collect" and field.is_ == "list" else field
    return reader.value(cell, doc, target, local=local) if cell is not None else Literal(None)


def _test(
    column: str, cell: object, kind: expr.Type, doc: DocPath, reader: Reader, local: Mapping[str, expr.Type]
) -> Expression | None:
    """The condition that the cell puts on the column; None where anything will do."""
    text = _condition(column, cell, kind)
    if text is None:
        return None
    before = len(reader.findings.found)
    built = reader.expression(text, doc, expect=expr.BOOL, local=local)
    # What was checked is our own text, so its offsets mean nothing in the cell: the cell itself is the place.
    for position in range(before, len(reader.findings.found)):
        reader.findings.found[position] = reader.findings.at(reader.findings.found[position], doc)
    return built


def _condition(column: str, cell: object, kind: expr.Type) -> str | None:
    match cell:
        case "any":
            return None
        case "unknown":
            return f"!known({column})"
        case list() | tuple():
            return " || ".join(f"({_condition(column, item, kind) or 'true'})" for item in cell)
        case str():
            text = cell.strip()
            if text.startswith("not "):
                return f"!({_condition(column, text[4:].strip(), kind) or 'true'})"
            for word, operator in _COMPARISONS.items():
                if text.startswith(word + " "):
                    return f"{column} {operator} {_literal(text[len(word) :].strip(), kind)}"
            both = _RANGE.fullmatch(text)
            if both and kind not in (expr.STRING, expr.DYN):
                return f"{column} >= {_literal(both[1].strip(), kind)} && {column} <= {_literal(both[2].strip(), kind)}"
            return f"{column} == {_literal(text, kind)}"
        case _:
            return f"{column} == {_literal(cell, kind)}"


def _literal(value: object, kind: expr.Type) -> str:
    """The value as an expression writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if kind == expr.DATE:
        return f"date('{text}')"
    if kind == expr.TIMESTAMP:
        return f"timestamp('{text}')"
    if kind == expr.STRING or isinstance(kind, expr.EnumType):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return text
