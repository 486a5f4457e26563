"""Checks an expression against a scope: every name, every operator, every type; all problems at once.

The result is the same tree with types, with :class:`Leaf` and :class:`Gather` where declared names are read,
and with literals of the kind that their neighbours ask for (a decimal, a value of an enumeration). It never
evaluates anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, assert_never

from sopflow.errors import Problem, nearest
from sopflow.expr._adopt import adopt
from sopflow.expr._calls import fitting
from sopflow.expr._library import LIBRARY, TYPE_NAMES, Overload
from sopflow.expr._names import Resolved, Unresolved, chain, hyphenated, path_of, resolve
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
from sopflow.expr._operations import ARITHMETIC, LIST, ORDERED, kind_of
from sopflow.expr._scope import Scope
from sopflow.expr._types import (
    BOOL,
    DATE,
    DECIMAL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    NUMBERS,
    STRING,
    TIMESTAMP,
    TYPE,
    UINT,
    EnumType,
    ListType,
    MapType,
    RecordType,
    Type,
    fits,
    join,
    join_all,
    overlap,
)
from sopflow.expr._values import TypeValue

__all__ = ["check", "elaborate"]

_KEYS: Final = frozenset({INT, UINT, BOOL, STRING, DYN})
_OTHER_WORDS: Final = {
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "null", "nil": "null", "NULL": "null",
}  # fmt: skip
_TYPE_WORDS: Final = frozenset(TYPE_NAMES.values())


def check(node: Node, scope: Scope) -> tuple[Type, tuple[Problem, ...]]:
    """The type of ``node`` under ``scope``, and everything that is wrong with it, in the order of the text."""
    checked, problems = elaborate(node, scope)
    return checked.type, problems


def elaborate(node: Node, scope: Scope, *, expect: Type | None = None) -> tuple[Node, tuple[Problem, ...]]:
    """The checked tree of ``node`` and its problems; what is wrong has the type ``DYN`` there."""
    checker = _Checker(scope)
    checked = checker.of(node)
    if expect is not None:
        checked = checker.result(checked, expect)
    problems = sorted(checker.problems, key=lambda problem: problem.start)
    return checked, tuple(problems)


class _Checker:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.locals: dict[str, Type] = {}
        self.problems: list[Problem] = []

    def report(self, code: str, node: Node, **fields: object) -> None:
        self.problems.append(Problem(code, node.start, node.end, fields))

    def of(self, node: Node) -> Node:
        """The checked form of ``node``."""
        match node:
            case Literal(value=value):
                return replace(node, type=TYPE if isinstance(value, TypeValue) else kind_of(value))
            case Name() | Select():
                return self.path(node)
            case Index():
                return self.index(node)
            case Call():
                return self.call(node)
            case Unary():
                return self.unary(node)
            case Binary():
                return self.binary(node)
            case And(parts=parts):
                return replace(node, parts=tuple(self.condition(part, "&&") for part in parts), type=BOOL)
            case Or(parts=parts):
                return replace(node, parts=tuple(self.condition(part, "||") for part in parts), type=BOOL)
            case Conditional():
                return self.conditional(node)
            case ListOf(items=items):
                return self.list_of(node, [self.of(item) for item in items])
            case MapOf():
                return self.map_of(node)
            case Has(whole=whole):
                return replace(node, whole=self.of(whole), type=BOOL)
            case Macro():
                return self.macro(node)
            case Leaf() | Gather():
                return node
        assert_never(node)

    def result(self, node: Node, expect: Type) -> Node:
        """``node`` as the whole expression, of which ``expect`` is wanted."""
        node = self.adopt(node, expect)
        if expect == DECIMAL and node.type in NUMBERS and node.type != DECIMAL:
            return Call("decimal", None, (node,), start=node.start, end=node.end, type=DECIMAL)
        if expect == BOOL and node.type == DYN:  # a chain of one asks at run time whether it is true or false
            return And((node,), start=node.start, end=node.end, type=BOOL)
        if not fits(node.type, expect):
            self.report("SOP332", node, type=node.type, wanted=expect)
        return node

    def adopt(self, node: Node, wanted: Type) -> Node:
        return adopt(node, wanted, self.problems)

    def condition(self, node: Node, op: str) -> Node:
        """An operand that must be true or false."""
        node = self.of(node)
        if node.type not in (BOOL, DYN):
            self.report("SOP328", node, op=op, type=node.type)
        return node

    # Names

    def path(self, node: Name | Select) -> Node:
        names = chain(node)
        if names is None:
            assert isinstance(node, Select)
            return self.select(node, self.of(node.operand))
        first = names[0]
        if first.name in self.locals and not first.rooted:
            found: Node = replace(first, type=self.locals[first.name])
            return self.selections(found, node, len(names) - 1)
        written = ".".join(name.name for name in names)
        resolved = resolve(names, self.scope)
        match resolved:
            case Unresolved(at=at, under=under):
                if not under and written in _TYPE_WORDS:
                    return Literal(TypeValue(written), start=node.start, end=node.end, type=TYPE)
                self.unknown(names[at], under)
                return node
            case Resolved(node=of, length=length):
                return self.selections(of, node, len(names) - length)
        assert_never(resolved)

    def unknown(self, name: Name, under: str) -> None:
        """Report a name that nothing declares; ``under`` is the declared path before it."""
        if not under and name.name in _OTHER_WORDS:
            self.report("SOP306", name, found=name.name, right=_OTHER_WORDS[name.name])
        else:
            known = self.scope.names_below(under) if under else (*self.locals, *self.scope.names_below(""))
            self.no_such(name, under, known)

    def no_such(self, name: Name, under: str, known: Sequence[str]) -> None:
        """Report a name that is none of ``known``, with the nearest of them."""
        start = under + "." if under else ""
        if close := nearest(name.name, known):
            self.report("SOP320", name, name=start + name.name, near=start + close[0])
        else:
            self.report("SOP321", name, name=start + name.name, known=_listed(known))

    def selections(self, found: Node, node: Node, depth: int) -> Node:
        """``found`` stands for ``node`` less its last ``depth`` selections: put those back."""
        outer: list[Select] = []
        for _ in range(depth):
            assert isinstance(node, Select)
            outer.append(node)
            node = node.operand
        for select in reversed(outer):
            found = self.select(select, found)
        return found

    def select(self, node: Select, operand: Node) -> Node:
        """``operand.field`` where the operand is a value."""
        made = replace(node, operand=operand)
        match operand.type:
            case RecordType(fields=fields):
                if node.field in fields:
                    return replace(made, type=fields[node.field])
                where = Name(node.field, start=node.end - len(node.field), end=node.end)
                self.no_such(where, path_of(operand) or "…", tuple(fields))
            case MapType(key=key, value=value):
                if fits(STRING, key):
                    return replace(made, type=value)
                self.report("SOP325", node, name=node.field, type=operand.type)
            case other if other != DYN:
                self.report("SOP325", node, name=node.field, type=other)
        return made

    # Operators

    def index(self, node: Index) -> Node:
        operand, key = self.of(node.operand), self.of(node.key)
        of: Type = DYN
        match operand.type:
            case ListType(item=item):
                of = item
                if not any(fits(key.type, number) for number in (INT, UINT)):
                    self.report("SOP333", key, name="[]", type=key.type, wanted=INT)
            case MapType(key=wanted, value=value):
                of = value
                key = self.adopt(key, wanted)
                if not overlap(key.type, wanted):
                    self.report("SOP333", key, name="[]", type=key.type, wanted=wanted)
            case RecordType():
                if isinstance(key, Literal) and isinstance(key.value, str):
                    select = Select(operand, key.value, start=node.start, end=key.end)
                    return replace(self.select(select, operand), start=node.start, end=node.end)
            case other if other != DYN:
                self.report("SOP333", node, name="[]", type=other, wanted="list / map")
        return replace(node, operand=operand, key=key, type=of)

    def unary(self, node: Unary) -> Node:
        if node.op == "!":
            return replace(node, operand=self.condition(node.operand, "!"), type=BOOL)
        operand = self.of(node.operand)
        of = operand.type
        if of not in (INT, DOUBLE, DECIMAL, DURATION, DYN):
            self.report("SOP327", node, op="-", left="", right=of)
            of = DYN
        return replace(node, operand=operand, type=of)

    def binary(self, node: Binary) -> Node:
        if node.op == "-" and (found := hyphenated(node, self.scope, self.locals)) is not None:
            written, right, leaf = found
            self.report("SOP322", node, found=written, right=right)
            return leaf
        left, right_node = self.of(node.left), self.of(node.right)
        match node.op:
            case "==" | "!=":
                return self.equality(node, left, right_node)
            case "in":
                return self.membership(node, left, right_node)
            case "<" | "<=" | ">" | ">=":
                return self.ordering(node, left, right_node)
        return self.arithmetic(node, left, right_node)

    def pair(self, left: Node, right: Node) -> tuple[Node, Node]:
        """Two operands, each literal read as what the other one is."""
        return self.adopt(left, right.type), self.adopt(right, left.type)

    def mismatch(self, node: Binary, left: Node, right: Node, code: str) -> None:
        """Report two operands that do not go together, in the words that help most."""
        kinds = {left.type, right.type}
        if kinds == {DATE, TIMESTAMP}:
            self.report("SOP335", node, op=node.op)
        elif kinds in ({INT, DOUBLE}, {INT, UINT}, {UINT, DOUBLE}):
            self.report("SOP334", node, op=node.op, left=left.type, right=right.type)
        elif STRING in kinds and (moment := _moment(kinds)) is not None:
            self.report("SOP336", node, op=node.op, type=moment)
        else:
            self.report(code, node, op=node.op, left=left.type, right=right.type)

    def equality(self, node: Binary, left: Node, right: Node) -> Node:
        left, right = self.pair(left, right)
        if not overlap(left.type, right.type):
            self.mismatch(node, left, right, "SOP337")
        return replace(node, left=left, right=right, type=BOOL)

    def ordering(self, node: Binary, left: Node, right: Node) -> Node:
        left, right = self.pair(left, right)
        a, b = left.type, right.type
        if isinstance(a, EnumType) or isinstance(b, EnumType):
            if a != b and DYN not in (a, b):
                self.report("SOP339", node, op=node.op, left=a, right=b)
        elif not (DYN in (a, b) or (a in NUMBERS and b in NUMBERS) or (a == b and a in ORDERED)):
            self.mismatch(node, left, right, "SOP327")
        return replace(node, left=left, right=right, type=BOOL)

    def membership(self, node: Binary, left: Node, right: Node) -> Node:
        match right.type:
            case ListType(item=item):
                right = self.adopt(right, ListType(left.type))
                left = self.adopt(left, item)
                if not overlap(left.type, item):
                    self.report("SOP337", node, op="in", left=left.type, right=right.type)
            case MapType(key=key):
                left = self.adopt(left, key)
                if not overlap(left.type, key):
                    self.report("SOP337", node, op="in", left=left.type, right=right.type)
            case other if other != DYN and not isinstance(other, RecordType):
                self.report("SOP327", node, op="in", left=left.type, right=other)
        return replace(node, left=left, right=right, type=BOOL)

    def arithmetic(self, node: Binary, left: Node, right: Node) -> Node:
        if DECIMAL in (left.type, right.type) or any(isinstance(side, ListOf) for side in (left, right)):
            left, right = self.pair(left, right)
        table = ARITHMETIC[node.op]
        a, b = _kind(left.type), _kind(right.type)
        results = {of for (x, y), (of, _) in table.items() if a in (x, DYN) and b in (y, DYN)}
        if not results:
            self.mismatch(node, left, right, "SOP327")
            of: Type = DYN
        elif results == {LIST}:
            of = join(left.type, right.type)
            of = of if isinstance(of, ListType) else ListType(DYN)
        else:
            of = results.pop() if len(results) == 1 else DYN
        return replace(node, left=left, right=right, type=of)

    def conditional(self, node: Conditional) -> Node:
        test = self.condition(node.test, "?:")
        yes, no = self.of(node.yes), self.of(node.no)
        if DECIMAL in (yes.type, no.type) or any(isinstance(arm, ListOf | MapOf) for arm in (yes, no)):
            yes, no = self.pair(yes, no)
        of = join(yes.type, no.type)
        if of == DYN and not {DYN, NULL} & {yes.type, no.type}:
            self.report("SOP326", node, left=yes.type, right=no.type)
        return replace(node, test=test, yes=yes, no=no, type=of)

    def list_of(self, node: ListOf, items: list[Node]) -> Node:
        return replace(node, items=tuple(items), type=ListType(join_all([item.type for item in items])))

    def map_of(self, node: MapOf) -> Node:
        entries = tuple((self.of(key), self.of(value)) for key, value in node.entries)
        for key, _ in entries:
            if key.type not in _KEYS and not isinstance(key.type, EnumType):
                self.report("SOP338", key, type=key.type)
        keys, values = (join_all([entry[side].type for entry in entries]) for side in (0, 1))
        return replace(node, entries=entries, type=MapType(keys, values))

    # Calls

    def macro(self, node: Macro) -> Node:
        over = self.of(node.over)
        match over.type:
            case ListType(item=of) | MapType(key=of):
                pass
            case RecordType():
                of = STRING
            case other:
                of = DYN
                if other != DYN:
                    self.report("SOP329", node.over, macro=node.macro, type=other)
        outer = self.locals
        self.locals = {**outer, node.variable: of}
        condition = None if node.condition is None else self.condition(node.condition, node.macro)
        body = self.of(node.body) if node.macro == "map" else self.condition(node.body, node.macro)
        self.locals = outer
        kind: Type = {"map": ListType(body.type), "filter": ListType(of)}.get(node.macro, BOOL)
        return replace(node, over=over, condition=condition, body=body, type=kind)

    def call(self, node: Call) -> Node:
        target = None if node.target is None else self.of(node.target)
        arguments = tuple(self.of(argument) for argument in node.arguments)
        node = replace(node, target=target, arguments=arguments)
        if node.function == "known" and target is None:
            if len(arguments) != 1:
                self.report("SOP330", node, name="known", wanted="1", count=len(arguments))
            return replace(node, type=BOOL)
        own = self.scope.functions.get(node.function)
        if own is not None and target is None:
            hidden = tuple(
                Leaf(path, start=node.start, end=node.end, type=self.scope.variables[path]) for path in own.reads
            )
            node = fitting(node, (Overload(own.parameters, own.result, own.call),), self.problems)
            return replace(node, arguments=hidden + node.arguments)
        overloads = LIBRARY.get(node.function)
        if overloads is None:
            known = (*LIBRARY, *self.scope.functions, "known", "has")
            close = nearest(node.function, known)
            if node.function == "has":
                self.report("SOP319", node)
            elif close:
                self.report("SOP312", node, name=node.function, near=close[0])
            else:
                self.report("SOP314", node, name=node.function)
            return node
        return fitting(node, overloads, self.problems)


def _kind(of: Type) -> Type:
    """The kind under which the arithmetic table knows a type."""
    if isinstance(of, ListType):
        return LIST
    return STRING if isinstance(of, EnumType) else of


def _moment(kinds: set[Type]) -> Type | None:
    return next((of for of in kinds if str(of) in ("date", "time", "timestamp", "duration")), None)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
