"""Turns a checked tree into a Python function for the ordinary case, in which all is known and nothing fails.

The function either gives what the interpreter would give, or raises (anything), and then the interpreter
decides. So it may leave out every check that ends in an error, but nothing that changes a value: 64-bit
limits, CEL's division, comparison by kind. It trusts that values are of the declared types.

The source is written from the tree alone: names of variables and texts go in as Python literals or as
constants bound beside the code, never as code. Trees that are not worth it, or whose costs only the
interpreter can bound, are refused with ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sopflow.expr._interpret import BUDGET
from sopflow.expr._library import LIBRARY
from sopflow.expr._nodes import (
    And,
    Binary,
    Call,
    Conditional,
    Gather,
    Has,
    Index,
    Leaf,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Name,
    Node,
    Or,
    Select,
    Unary,
    walk,
)
from sopflow.expr._operations import ARITHMETIC, compare, contains, equal, in_int, index, kind_of
from sopflow.expr._scope import Function
from sopflow.expr._types import (
    BOOL,
    DECIMAL,
    DOUBLE,
    DYN,
    INT,
    NULL,
    NUMBERS,
    STRING,
    UINT,
    EnumType,
    ListType,
    MapType,
    RecordType,
    Scalar,
    Type,
    fits,
)
from sopflow.expr._values import UNKNOWN

__all__ = ["generate"]

Evaluate = Callable[[Mapping[str, object]], object]

_MOST_NODES: Final = 400  # beyond that Python's own compiler takes longer than thousands of evaluations save


class _Refused(Exception):
    """This tree is left to the interpreter."""


def generate(node: Node, functions: Mapping[str, Function]) -> Evaluate | None:
    """A function of the environment, or None where only the interpreter will do."""
    nodes = list(walk(node))
    if len(nodes) > _MOST_NODES:
        return None
    writer = _Writer(functions, nodes)
    try:
        source = writer.write(node)
        space: dict[str, object] = dict(writer.constants)
        evaluate: Evaluate = eval(compile(f"lambda env: {source}", "<expression>", "eval"), space)  # noqa: S307
        return evaluate
    except (_Refused, SyntaxError, MemoryError, RecursionError):
        return None


def _bounded(items: Sequence[object], most: int) -> Sequence[object]:
    if len(items) > most:
        raise OverflowError("too many items: let the interpreter count")
    return items


def _is_known(env: Mapping[str, object], path: str) -> bool:
    try:
        return env[path] is not UNKNOWN
    except KeyError:
        return False


def _let_the_interpreter_say() -> object:
    raise KeyError


class _Writer:
    """Writes the Python source of one expression; ``constants`` are the names that it uses."""

    def __init__(self, functions: Mapping[str, Function], nodes: Sequence[Node]) -> None:
        self.functions = functions
        self.constants: dict[str, object] = {
            "__builtins__": {"any": any, "all": all, "sum": sum},
            "unknown": UNKNOWN,
            "missing": _let_the_interpreter_say,
        }
        self.locals: dict[str, str] = {}
        macros = [part for part in nodes if isinstance(part, Macro)]
        self.metered = bool(macros)
        # What is left of the budget for each macro when all other nodes have had their step.
        self.share = (BUDGET - len(nodes)) // max(1, len(macros))

    def constant(self, value: object) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def write(self, node: Node) -> str:
        match node:
            case Literal(value=value):
                return repr(value) if type(value) in (bool, int, str) or value is None else self.constant(value)
            case Leaf(path=path):
                return f"(leaf if (leaf := env[{path!r}]) is not unknown else missing())"
            case Name(name=name) if name in self.locals and not node.rooted:
                return self.locals[name]
            case Select():
                return self.select(node)
            case Index():
                return self.index(node)
            case Has(whole=whole):
                return self.has(whole)
            case Unary():
                return self.unary(node)
            case Binary():
                return self.binary(node)
            case And(parts=parts):
                return f"({' and '.join(self.condition(part) for part in parts)})"
            case Or(parts=parts):
                return f"({' or '.join(self.condition(part) for part in parts)})"
            case Conditional(test=test, yes=yes, no=no):
                return f"({self.write(yes)} if {self.condition(test)} else {self.write(no)})"
            case ListOf(items=items) if not self.metered:
                return f"[{', '.join(map(self.write, items))}]"
            case Call():
                return self.call(node)
            case Macro():
                return self.macro(node)
            case Name() | Gather() | MapOf() | ListOf():
                pass
        raise _Refused

    def condition(self, node: Node) -> str:
        if node.type != BOOL:
            raise _Refused
        return self.write(node)

    def select(self, node: Select) -> str:
        if not isinstance(node.operand.type, RecordType | MapType):
            raise _Refused
        return f"{self.write(node.operand)}[{node.field!r}]"

    def index(self, node: Index) -> str:
        operand, key = self.write(node.operand), self.write(node.key)
        if isinstance(node.operand.type, MapType) and node.key.type == STRING:
            return f"{operand}[{key}]"
        return f"{self.constant(index)}({operand}, {key})"

    def has(self, whole: Node) -> str:
        match whole:
            case Leaf(path=path):
                return f"{self.constant(_is_known)}(env, {path!r})"
            case Select(operand=operand, field=field) if isinstance(operand.type, RecordType | MapType):
                return f"({field!r} in {self.write(operand)})"
        raise _Refused

    def unary(self, node: Unary) -> str:
        if node.op == "!":
            return f"(not {self.condition(node.operand)})"
        if node.type == INT:
            return f"{self.constant(in_int)}(-{self.write(node.operand)})"
        if node.type == DOUBLE:
            return f"(-{self.write(node.operand)})"
        raise _Refused

    # Two operands

    def binary(self, node: Binary) -> str:
        match node.op:
            case "==" | "!=":
                return self.equality(node)
            case "in":
                return self.membership(node)
            case "<" | "<=" | ">" | ">=":
                return self.ordering(node)
        return self.arithmetic(node)

    def equality(self, node: Binary) -> str:
        a, b = self.operands(node)
        if _plainly_comparable(node.left.type, node.right.type):
            return f"({a} {node.op} {b})"
        if self.metered:
            raise _Refused
        test = f"{self.constant(equal)}({a}, {b})"
        return test if node.op == "==" else f"(not {test})"

    def ordering(self, node: Binary) -> str:
        of = node.left.type if isinstance(node.left.type, EnumType) else node.right.type
        if isinstance(of, EnumType):
            ranks = {value: rank for rank, value in enumerate(of.values)}
            a, b = (
                repr(ranks[side.value]) if isinstance(side, Literal) and side.value in ranks
                else f"{self.constant(ranks)}[{self.write(side)}]"
                for side in (node.left, node.right)
            )  # fmt: skip
            return f"({a} {node.op} {b})"
        a, b = self.operands(node)
        if _plainly_comparable(node.left.type, node.right.type):
            return f"({a} {node.op} {b})"
        return f"{self.constant(compare)}({node.op!r}, {a}, {b})"

    def operands(self, node: Binary) -> tuple[str, str]:
        """Both sides of a comparison; a whole number beside a double as the double next to it."""
        left, right = node.left, node.right
        a, b = self.write(left), self.write(right)
        if {left.type, right.type} in ({INT, DOUBLE}, {UINT, DOUBLE}) and not (_is_small(left) or _is_small(right)):
            as_double = self.constant(float)
            return (a, f"{as_double}({b})") if left.type == DOUBLE else (f"{as_double}({a})", b)
        return a, b

    def membership(self, node: Binary) -> str:
        item, inside = node.left, node.right
        plain = isinstance(item.type, EnumType) or item.type in (STRING, INT)
        if isinstance(inside, ListOf) and plain and inside.items and _all_literals(inside.items, item.type):
            values = tuple(part.value for part in inside.items if isinstance(part, Literal))
            return f"({self.write(item)} in {self.constant(values)})"
        if self.metered:
            raise _Refused
        a, b = self.write(item), self.write(inside)
        match inside.type:
            case ListType(item=of) if plain and _same_kind(item.type, of):
                return f"({a} in {b})"
            case MapType(key=of) if item.type == of == STRING:
                return f"({a} in {b})"
        return f"{self.constant(contains)}({a}, {b})"

    def arithmetic(self, node: Binary) -> str:
        left, right = (STRING if isinstance(side.type, EnumType) else side.type for side in (node.left, node.right))
        found = ARITHMETIC[node.op].get((left, right))
        if found is None or (self.metered and not {left, right} <= NUMBERS):
            raise _Refused
        a, b = self.write(node.left), self.write(node.right)
        if node.op in "+-*" and left == right == INT:
            return f"{self.constant(in_int)}({a} {node.op} {b})"
        if node.op in "+-*" and left == right == DOUBLE:
            return f"({a} {node.op} {b})"
        return f"{self.constant(found[1])}({a}, {b})"

    # Calls

    def call(self, node: Call) -> str:
        if self.metered or node.function == "matches":  # costs that only the interpreter counts
            raise _Refused
        if node.function == "known" and node.target is None:
            (argument,) = node.arguments
            if not isinstance(argument, Leaf):
                raise _Refused
            return f"{self.constant(_is_known)}(env, {argument.path!r})"
        given = node.arguments if node.target is None else (node.target, *node.arguments)
        arguments = ", ".join(map(self.write, given))
        own = self.functions.get(node.function)
        if own is not None and node.target is None:
            return f"{self.constant(own.call)}({arguments})"
        fitting = [
            overload
            for overload in LIBRARY.get(node.function, ())
            if len(overload.parameters) == len(given)
            and all(a.type != DYN and fits(a.type, of) for a, of in zip(given, overload.parameters, strict=True))
        ]
        if len(fitting) != 1:
            raise _Refused
        return f"{self.constant(fitting[0].call)}({arguments})"

    def macro(self, node: Macro) -> str:
        inside = list(walk(node.body)) + ([] if node.condition is None else list(walk(node.condition)))
        if any(isinstance(part, Macro) for part in (*inside, *walk(node.over))):
            raise _Refused
        if not isinstance(node.over.type, ListType):
            raise _Refused
        over = f"{self.constant(_bounded)}({self.write(node.over)}, {self.share // len(inside)})"
        outer = self.locals
        name = f"v{len(outer)}"
        self.locals = {**outer, node.variable: name}
        condition = "" if node.condition is None else f" if {self.condition(node.condition)}"
        body = self.write(node.body) if node.macro == "map" else self.condition(node.body)
        self.locals = outer
        match node.macro:
            case "all" | "exists":
                return f"{'all' if node.macro == 'all' else 'any'}({body} for {name} in {over})"
            case "exists_one":
                return f"(sum(1 for {name} in {over} if {body}) == 1)"
            case "filter":
                return f"[{name} for {name} in {over} if {body}]"
        return f"[{body} for {name} in {over}{condition}]"


def _same_kind(a: Type, b: Type) -> bool:
    return a == b or (_is_text(a) and _is_text(b))


def _is_text(of: Type) -> bool:
    return isinstance(of, EnumType) or of == STRING


def _is_small(node: Node) -> bool:
    """Whether ``node`` is a number below 2**53, beside which no rounding to a double changes an order."""
    return isinstance(node, Literal) and isinstance(node.value, int | float) and abs(node.value) < 2**53


def _plainly_comparable(a: Type, b: Type) -> bool:
    """Whether Python's own comparison of such values is CEL's."""
    if a in NUMBERS and b in NUMBERS:
        return {a, b} != {DECIMAL, DOUBLE}
    return _same_kind(a, b) and a not in (DYN, NULL) and isinstance(a, Scalar | EnumType)


def _all_literals(nodes: Sequence[Node], of: Type) -> bool:
    return all(isinstance(node, Literal) and _same_kind(_kind(node), of) for node in nodes)


def _kind(node: Literal) -> Type:
    return kind_of(node.value)
