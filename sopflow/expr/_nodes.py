"""The syntax tree of an expression; knows neither text nor names nor values.

Every node says where it stands (``start``, ``end``: character offsets, the end one past the last) and of what
type it is: ``DYN`` as it comes from the parser, the checked type in a tree that has been through the checker.
Positions and types do not count in comparisons. A checked tree has a :class:`Leaf` (or a :class:`Gather`)
wherever a declared name is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from sopflow.expr._types import DYN, Type

__all__ = [
    "And", "Binary", "Call", "Conditional", "Gather", "Has", "Index", "Leaf", "ListOf", "Literal", "Macro",
    "MapOf", "Name", "Node", "Or", "Select", "Unary", "children", "walk",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    type: Type = field(default=DYN, compare=False)


@dataclass(frozen=True, slots=True)
class Literal(_Node):
    """A number, text, bytes, ``true``, ``false`` or ``null``; ``text`` is how it was written."""

    value: object
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Name(_Node):
    """A simple name; ``rooted`` where it was written ``.name``, which no macro variable can shadow."""

    name: str
    rooted: bool = False


@dataclass(frozen=True, slots=True)
class Leaf(_Node):
    """A declared variable, by its dotted path: one lookup in the environment. Made by the checker."""

    path: str


@dataclass(frozen=True, slots=True)
class Gather(_Node):
    """The record of all declared leaves below ``path``, read as a whole. Made by the checker."""

    path: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Select(_Node):
    """``operand.field``"""

    operand: Node
    field: str


@dataclass(frozen=True, slots=True)
class Index(_Node):
    """``operand[key]``"""

    operand: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Call(_Node):
    """``function(arguments)``, or ``target.function(arguments)``."""

    function: str
    target: Node | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary(_Node):
    """``!operand`` or ``-operand``"""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(_Node):
    """``left op right``, where op is one of ``== != < <= > >= in + - * / %``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class And(_Node):
    """``a && b && c``, flattened."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(_Node):
    """``a || b || c``, flattened."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional(_Node):
    """``test ? yes : no``"""

    test: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class ListOf(_Node):
    """``[items]``"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapOf(_Node):
    """``{key: value, …}``"""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Has(_Node):
    """``has(operand.field)``; ``whole`` is the selection asked about."""

    whole: Node


@dataclass(frozen=True, slots=True)
class Macro(_Node):
    """``over.macro(variable, body)``, where macro is one of ``all exists exists_one map filter``.

    ``condition`` is the middle argument of the three-argument ``map``.
    """

    macro: str
    over: Node
    variable: str
    body: Node
    condition: Node | None = None


Node: TypeAlias = (
    Literal | Name | Leaf | Gather | Select | Index | Call | Unary | Binary | And | Or | Conditional
    | ListOf | MapOf | Has | Macro
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    """The parts of ``node`` in the order of the text."""
    match node:
        case Literal() | Name() | Leaf():
            return ()
        case Gather(leaves=leaves):
            return leaves
        case Select(operand=operand) | Unary(operand=operand) | Has(whole=operand):
            return (operand,)
        case Index(operand=operand, key=key):
            return (operand, key)
        case Call(target=target, arguments=arguments):
            return arguments if target is None else (target, *arguments)
        case Binary(left=left, right=right):
            return (left, right)
        case And(parts=parts) | Or(parts=parts) | ListOf(items=parts):
            return parts
        case Conditional(test=test, yes=yes, no=no):
            return (test, yes, no)
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Macro(over=over, condition=condition, body=body):
            return (over, body) if condition is None else (over, condition, body)


def walk(node: Node) -> Iterator[Node]:
    """``node`` and all below it, in the order of the text; without recursion."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(children(node)))
