"""Reads literals as what their neighbours are: a decimal, a value of an enumeration.

Knows types and trees, no names.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sopflow.errors import Problem, nearest
from sopflow.expr._nodes import Conditional, ListOf, Literal, MapOf, Node, Unary
from sopflow.expr._operations import as_decimal
from sopflow.expr._types import DECIMAL, DYN, STRING, EnumType, ListType, MapType, RecordType, Type, join, join_all

__all__ = ["adopt"]


def adopt(node: Node, wanted: Type, problems: list[Problem]) -> Node:
    """``node`` with its literals read as ``wanted``, as far as that makes sense; the rest stays as it is.

    A text that is no value of a wanted enumeration is a problem.
    """
    match node:
        case Literal():
            return _literal(node, wanted, problems)
        case Unary(op="-") if wanted == DECIMAL:
            operand = adopt(node.operand, wanted, problems)
            return replace(node, operand=operand, type=operand.type)
        case Conditional():
            yes, no = adopt(node.yes, wanted, problems), adopt(node.no, wanted, problems)
            return replace(node, yes=yes, no=no, type=join(yes.type, no.type))
        case ListOf():
            if isinstance(wanted, ListType) and wanted.item != DYN:
                items = tuple(adopt(item, wanted.item, problems) for item in node.items)
                return replace(
                    node, items=items, type=ListType(join_all([item.type for item in items] or [wanted.item]))
                )
        case MapOf():
            if isinstance(wanted, RecordType | MapType):
                return _map(node, wanted, problems)
    return node


def _literal(node: Literal, wanted: Type, problems: list[Problem]) -> Node:
    value = node.value
    if wanted == DECIMAL and isinstance(value, int | float) and not isinstance(value, bool):
        exact = Decimal(node.text) if isinstance(value, float) and node.text else as_decimal(value)
        return replace(node, value=exact, type=DECIMAL)
    if isinstance(wanted, EnumType) and isinstance(value, str):
        if value in wanted.values:
            return replace(node, type=wanted)
        near = nearest(value, wanted.values) or [each for each in wanted.values if each.lower() == value.lower()]
        code = "SOP323" if near else "SOP324"
        fields = {"found": value, "near": near[0] if near else "", "known": ", ".join(wanted.values)}
        problems.append(Problem(code, node.start, node.end, fields))
        return replace(node, type=wanted)
    return node


def _map(node: MapOf, wanted: RecordType | MapType, problems: list[Problem]) -> Node:
    entries: list[tuple[Node, Node]] = []
    types: dict[str, Type] = {}
    for key, value in node.entries:
        if isinstance(wanted, MapType):
            entries.append((adopt(key, wanted.key, problems), adopt(value, wanted.value, problems)))
        elif isinstance(key, Literal) and isinstance(key.value, str):
            read = adopt(value, wanted.fields.get(key.value, DYN), problems)
            types[key.value] = read.type
            entries.append((key, read))
        else:
            entries.append((key, value))
    if isinstance(wanted, RecordType):
        of: Type = RecordType(types) if len(types) == len(entries) else MapType(STRING, DYN)
        return replace(node, entries=tuple(entries), type=of)
    return replace(node, entries=tuple(entries), type=wanted if entries else node.type)
