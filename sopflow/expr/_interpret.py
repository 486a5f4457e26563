"""Evaluates a checked tree exactly, step by step, within a budget; knows values, not where they come from.

Three things can come out of a part: a value, an error (:class:`Fault`), or the news that variables are unknown
(:class:`Missing`). ``&&`` and ``||`` give a value if one part decides it, whatever became of the others; where
unknown and error meet, unknown wins (CEL, "Logical Operators" and partial evaluation). A spent budget is
absorbed by nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sopflow.expr._library import LIBRARY, accepts
from sopflow.expr._names import path_of
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
)
from sopflow.expr._operations import (
    MAX_SIZE,
    arithmetic,
    as_decimal,
    compare,
    contains,
    equal,
    index,
    kind_of,
    map_key,
    negate,
)
from sopflow.expr._scope import Function
from sopflow.expr._types import DECIMAL, DOUBLE, UINT, EnumType, RecordType, Type
from sopflow.expr._values import UNKNOWN, Failure, Fault, UInt, shown

__all__ = ["BUDGET", "Exhausted", "Missing", "interpret"]

BUDGET: Final = 10_000  # steps of one evaluation; about one for every operator that is worked out
ITEMS_A_STEP: Final = 10  # parts of lists and maps that are compared for the price of one step
CHARACTERS_A_STEP: Final = 100
REGEX_A_STEP: Final = 30  # characters of a pattern times characters of a text


class Missing(Exception):
    """Variables that are unknown stand in the way; ``paths`` are theirs."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(self.paths)


class Exhausted(Exception):
    """The budget is spent."""

    def failure(self) -> Failure:
        return Fault("SOP346", most=BUDGET).failure()


def interpret(node: Node, env: Mapping[str, object], functions: Mapping[str, Function], *, metered: bool) -> object:
    """The value of ``node``; raises :class:`Missing`, :class:`Fault` or :class:`Exhausted`.

    ``metered`` is for trees with macros, whose costs can grow beyond those of reading the inputs once: the
    sizes of values are charged as well as the operators.
    """
    run = _Run(env, functions, metered=metered)
    value = run.value(node)
    if metered and _size(value, MAX_SIZE) >= MAX_SIZE:
        raise Exhausted
    return value


class _Run:
    """One evaluation; a method for each kind of node."""

    __slots__ = ("env", "functions", "left", "locals", "metered", "origins")

    def __init__(self, env: Mapping[str, object], functions: Mapping[str, Function], *, metered: bool) -> None:
        self.env = env
        self.functions = functions
        self.metered = metered
        self.left = BUDGET
        self.locals: dict[str, object] = {}
        self.origins: dict[str, str] = {}  # macro variable -> the path of the list that it goes through

    def value(self, node: Node) -> object:
        self.left -= 1
        if self.left < 0:
            raise Exhausted
        return _EVALUATE[type(node)](self, node)

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise Exhausted

    def weigh(self, *values: object) -> None:
        """Charge for looking at all of ``values``."""
        if self.metered:
            for value in values:
                if isinstance(value, str | bytes):
                    self.spend(len(value) // CHARACTERS_A_STEP)
                elif isinstance(value, list | tuple | dict):
                    self.spend(_size(value, self.left * ITEMS_A_STEP + ITEMS_A_STEP) // ITEMS_A_STEP)

    def all_of(self, nodes: Sequence[Node]) -> list[object]:
        """The values of operands that are all needed; every one is tried, so that all unknowns come together."""
        values: list[object] = []
        trouble: Missing | Fault | None = None
        for node in nodes:
            try:
                values.append(self.value(node))
            except (Missing, Fault) as new:
                trouble = _worse(trouble, new)
        if trouble is not None:
            raise trouble
        return values

    # Names

    def literal(self, node: Literal) -> object:
        return node.value

    def name(self, node: Name) -> object:
        if node.name in self.locals and not node.rooted:
            return self.locals[node.name]
        raise Fault("SOP321", name=node.name)

    def leaf(self, node: Leaf) -> object:
        try:
            value = self.env[node.path]
        except KeyError:
            raise Missing((node.path,)) from None
        except Exception as error:
            raise Fault("SOP349", name=node.path, error=shown(error)) from error
        if value is UNKNOWN:
            raise Missing((node.path,))
        if isinstance(value, Failure):
            raise Fault("SOP349", name=node.path, error=value.text)
        return _as_declared(value, node.type)

    def gather(self, node: Gather) -> object:
        record: dict[str, object] = {}
        for leaf in node.leaves:
            try:
                value = self.value(leaf)
            except Missing:
                continue
            branch = record
            *between, last = leaf.path[len(node.path) + 1 :].split(".")
            for name in between:
                inner = branch.setdefault(name, {})
                branch = inner if isinstance(inner, dict) else {}
            branch[last] = value
        return record

    def select(self, node: Select) -> object:
        value = self.value(node.operand)
        if not isinstance(value, Mapping):
            raise Fault("SOP325", type=kind_of(value), name=node.field)
        if node.field in value:
            found: object = value[node.field]
            return found
        raise self.absent(node)

    def absent(self, node: Select) -> Missing | Fault:
        """What a missing key means: of a record "not known yet", of a map an error."""
        if isinstance(node.operand.type, RecordType) and (path := path_of(node)):
            root = path.partition(".")[0]
            origin = self.origins.get(root) if root in self.locals else path
            if origin:
                return Missing((origin,))
        return Fault("SOP342", found=node.field)

    def has(self, node: Has) -> object:
        if not isinstance(node.whole, Select):
            return self.is_known(node.whole)
        value = self.value(node.whole.operand)
        if not isinstance(value, Mapping):
            raise Fault("SOP325", type=kind_of(value), name=node.whole.field)
        return node.whole.field in value

    def is_known(self, node: Node) -> bool:
        if isinstance(node, Gather):
            return any(self.is_known(leaf) for leaf in node.leaves)
        try:
            self.value(node)
        except Missing:
            return False
        return True

    # Operators

    def conjunction(self, node: And) -> object:
        return self.junction(node.parts, decides=False, op="&&")

    def disjunction(self, node: Or) -> object:
        return self.junction(node.parts, decides=True, op="||")

    def junction(self, parts: Sequence[Node], *, decides: bool, op: str) -> bool:
        trouble: Missing | Fault | None = None
        for part in parts:
            try:
                if self.truth(part, op) is decides:
                    return decides
            except (Missing, Fault) as new:
                trouble = _worse(trouble, new)
        if trouble is not None:
            raise trouble
        return not decides

    def truth(self, node: Node, op: str) -> bool:
        value = self.value(node)
        if isinstance(value, bool):
            return value
        raise Fault("SOP328", op=op, type=kind_of(value))

    def conditional(self, node: Conditional) -> object:
        return self.value(node.yes if self.truth(node.test, "?:") else node.no)

    def unary(self, node: Unary) -> object:
        if node.op == "!":
            return not self.truth(node.operand, "!")
        return negate(self.value(node.operand))

    def binary(self, node: Binary) -> object:
        a, b = self.all_of((node.left, node.right))
        op = node.op
        if op in ("==", "!="):
            if isinstance(a, list | tuple | dict):
                self.weigh(a, b)
            return equal(a, b) == (op == "==")
        if op == "in":
            self.weigh(b)
            return contains(a, b)
        if op in ("<", "<=", ">", ">="):
            of = node.left.type if isinstance(node.left.type, EnumType) else node.right.type
            if isinstance(of, EnumType):
                a, b = _rank(of, a), _rank(of, b)
            return compare(op, a, b)
        result = arithmetic(op, a, b)
        if isinstance(result, list | str | bytes):
            self.weigh(result)
        return result

    def index(self, node: Index) -> object:
        value, key = self.all_of((node.operand, node.key))
        return index(value, key)

    def list_of(self, node: ListOf) -> object:
        return self.all_of(node.items)

    def map_of(self, node: MapOf) -> object:
        flat = self.all_of([part for entry in node.entries for part in entry])
        made: dict[object, object] = {}
        for key, value in zip(flat[::2], flat[1::2], strict=True):
            if map_key(key) in made:
                raise Fault("SOP347", found=shown(key))
            made[key] = value
        return made

    # Calls

    def call(self, node: Call) -> object:
        if node.function == "known" and node.target is None:
            return self.is_known(node.arguments[0])
        values = self.all_of(node.arguments if node.target is None else (node.target, *node.arguments))
        self.weigh(*values)
        own = self.functions.get(node.function)
        if own is not None and node.target is None:
            try:
                return own.call(*values)
            except Exception as error:
                raise Fault("SOP349", name=node.function, error=shown(error)) from error
        if node.function == "matches" and all(isinstance(value, str) for value in values):
            self.spend(sum(map(len, values)) + len(values[0]) * len(values[-1]) // REGEX_A_STEP)  # type: ignore[arg-type]
        for overload in LIBRARY.get(node.function, ()):
            fits = len(values) == len(overload.parameters)
            if fits and all(map(accepts, overload.parameters, values)):
                return overload.call(*values)
        kinds = ", ".join(str(kind_of(value)) for value in values)
        raise Fault("SOP333", name=node.function, wanted="…", type=f"({kinds})")

    def macro(self, node: Macro) -> object:
        over = self.value(node.over)
        if not isinstance(over, list | tuple | Mapping):
            raise Fault("SOP329", macro=node.macro, type=kind_of(over))
        outer, origins = self.locals, self.origins
        self.locals = {**outer, node.variable: None}
        self.origins = {**origins, node.variable: self.origin(node.over)}
        try:
            return _MACROS[node.macro](self, node, over)
        finally:
            self.locals, self.origins = outer, origins

    def origin(self, over: Node) -> str:
        path = path_of(over)
        root = path.partition(".")[0]
        return self.origins.get(root, "") if root in self.locals else path

    def bodies(self, node: Macro, over: Sequence[object]) -> list[bool]:
        """The truth of the body for each item, up to the first that decides an ``all`` or an ``exists``."""
        decides = {"all": False, "exists": True}.get(node.macro)
        trouble: Missing | Fault | None = None
        truths: list[bool] = []
        for item in over:
            self.locals[node.variable] = item
            try:
                truths.append(self.truth(node.body, node.macro))
            except (Missing, Fault) as new:
                trouble = _worse(trouble, new)
                continue
            if truths[-1] is decides:
                return truths
        if trouble is not None:
            raise trouble
        return truths

    def mapped(self, node: Macro, over: Sequence[object]) -> list[object]:
        made: list[object] = []
        trouble: Missing | Fault | None = None
        for item in over:
            self.locals[node.variable] = item
            try:
                if node.condition is None or self.truth(node.condition, node.macro):
                    made.append(self.value(node.body))
            except (Missing, Fault) as new:
                trouble = _worse(trouble, new)
        if trouble is not None:
            raise trouble
        return made


def _filtered(run: _Run, node: Macro, over: Sequence[object]) -> list[object]:
    return [item for item, kept in zip(over, run.bodies(node, over), strict=True) if kept]


_MACROS: Final[Mapping[str, Callable[[_Run, Macro, Any], object]]] = {
    "all": lambda run, node, over: all(run.bodies(node, over)),
    "exists": lambda run, node, over: any(run.bodies(node, over)),
    "exists_one": lambda run, node, over: run.bodies(node, over).count(True) == 1,
    "map": _Run.mapped,
    "filter": _filtered,
}

_EVALUATE: Final[Mapping[type, Callable[[_Run, Any], object]]] = {
    Literal: _Run.literal, Name: _Run.name, Leaf: _Run.leaf, Gather: _Run.gather, Select: _Run.select,
    Index: _Run.index, Call: _Run.call, Unary: _Run.unary, Binary: _Run.binary, And: _Run.conjunction,
    Or: _Run.disjunction, Conditional: _Run.conditional, ListOf: _Run.list_of, MapOf: _Run.map_of,
    Has: _Run.has, Macro: _Run.macro,
}  # fmt: skip


def _worse(a: Missing | Fault | None, b: Missing | Fault) -> Missing | Fault:
    """Of two troubles the one that is told: unknown before error, and of two unknowns both."""
    if isinstance(a, Missing) and isinstance(b, Missing):
        return Missing((*a.paths, *b.paths))
    return b if a is None or (isinstance(b, Missing) and isinstance(a, Fault)) else a


def _rank(of: EnumType, value: object) -> int:
    if isinstance(value, str) and value in of.values:
        return of.values.index(value)
    raise Fault("SOP324", found=shown(value), known=", ".join(of.values))


def _as_declared(value: object, of: Type) -> object:
    """A number as the declaration wants it; Python data often hold an int where a double is meant."""
    if of in (UINT, DOUBLE, DECIMAL) and type(value) is int:
        return UInt(value) if of == UINT else float(value) if of == DOUBLE else as_decimal(value)
    return value


def _size(value: object, most: int) -> int:
    """How many parts a value has, all told, counted up to ``most``; a text has its characters."""
    todo = [value]
    count = 0
    while todo and count < most:
        part = todo.pop()
        count += 1
        if isinstance(part, list | tuple):
            todo.extend(part)
        elif isinstance(part, Mapping):
            todo.extend(part.values())
        elif isinstance(part, str | bytes):
            count += len(part) // CHARACTERS_A_STEP
    return count
