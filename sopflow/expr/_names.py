"""Finds what a dotted name means in a scope; knows trees and scopes, reports nothing itself."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from sopflow.expr._nodes import Binary, Gather, Index, Leaf, Literal, Macro, Name, Node, Select
from sopflow.expr._scope import Scope

__all__ = ["Resolved", "Unresolved", "chain", "hyphenated", "path_of", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The first ``length`` of the names mean ``node``; the rest selects from its value."""

    node: Leaf | Gather
    length: int


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The name at position ``at`` is declared nowhere; ``under`` is the declared path before it ("" for none)."""

    at: int
    under: str


def chain(node: Node) -> tuple[Name, ...] | None:
    """The names of ``a.b.c``, each with its own place; None where it does not begin with a simple name."""
    names: list[Name] = []
    while isinstance(node, Select):
        names.append(Name(node.field, start=node.end - len(node.field), end=node.end))
        node = node.operand
    if not isinstance(node, Name):
        return None
    return (node, *reversed(names))


def resolve(names: Sequence[Name], scope: Scope) -> Resolved | Unresolved:
    """The longest declared prefix of ``names`` as a leaf; a path that has leaves below it as their record.

    Every prefix is tried in each name space of the scope before a shorter one is.
    """
    start, end = names[0].start, names[-1].end
    spaces = ("",) if names[0].rooted else scope.spaces
    prefixes = [".".join(name.name for name in names[: length + 1]) for length in range(len(names))]
    for length in range(len(names), 0, -1):
        for space in spaces:
            path = space + prefixes[length - 1]
            if path in scope.variables:
                leaf = Leaf(path, start=start, end=names[length - 1].end, type=scope.variables[path])
                return Resolved(leaf, length)
    for space in spaces:
        whole = space + prefixes[-1]
        if scope.has_below(whole):
            leaves = tuple(Leaf(path, start=start, end=end, type=scope.variables[path]) for path in scope.below(whole))
            return Resolved(Gather(whole, leaves, start=start, end=end, type=scope.record(whole)), len(names))
    known = [[space + prefix for prefix in prefixes if scope.has_below(space + prefix)] for space in spaces]
    deepest = max(known, key=len)
    return Unresolved(len(deepest), deepest[-1] if deepest else "")


def hyphenated(node: Binary, scope: Scope, shadows: Container[str]) -> tuple[str, str, Node] | None:
    """What ``steps.director-review.rounds`` was meant to be, if an underscore makes it a declared name.

    Gives the text as written, the right path and the leaf. A subtraction whose two sides have a meaning is
    left alone, and so is one with spaces around its sign.
    """
    pieces: list[str] = []
    place: Node = node
    while isinstance(place, Binary) and place.op == "-":
        piece = _dotted(place.right)
        if piece is None or place.left.end + 1 != place.right.start:
            return None
        pieces.append(piece)
        place = place.left
    names = chain(place)
    if names is None or names[0].name in shadows:
        return None
    pieces.append(".".join(name.name for name in names))
    pieces.reverse()
    if all(not isinstance(resolve(_names(piece, node), scope), Unresolved) for piece in pieces):
        return None
    meant = "_".join(pieces)
    found = resolve(_names(meant, node), scope)
    if isinstance(found, Unresolved) or found.length != meant.count(".") + 1:
        return None
    return "-".join(pieces), meant, found.node


def _dotted(node: Node) -> str | None:
    """``review.rounds``, or ``2.done`` as the second half of ``phase-2.done``."""
    fields: list[str] = []
    while isinstance(node, Select):
        fields.append(node.field)
        node = node.operand
    if isinstance(node, Name):
        fields.append(node.name)
    elif isinstance(node, Literal) and node.text.isdigit():
        fields.append(node.text)
    else:
        return None
    return ".".join(reversed(fields))


def _names(path: str, node: Node) -> tuple[Name, ...]:
    return tuple(Name(part, start=node.start, end=node.end) for part in path.split("."))


def path_of(node: Node) -> str:
    """The dotted path that ``node`` reads from ("" if it is computed), for messages and questions."""
    fields: list[str] = []
    while True:
        match node:
            case Select(operand=operand, field=field):
                fields.append(field)
                node = operand
            case Index(operand=operand) | Macro(over=operand):
                fields.clear()
                node = operand
            case Leaf(path=path) | Gather(path=path) | Name(name=path):
                return ".".join([path, *reversed(fields)])
            case _:
                return ""
