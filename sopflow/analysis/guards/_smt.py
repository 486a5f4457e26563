"""The same questions, asked of the solver z3 where that is installed (``sopflow[smt]``).

It also knows sums and products of several fields. What it is not told either is true or false as it likes, so its "no"
is a proof, and its "yes" a proposal. It gets a fixed amount of work, not of time, so it answers the same everywhere.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, TypeAlias

from sopflow.analysis.guards._lines import LINES, number_of, value_at
from sopflow.analysis.guards._query import Claim, Every, Query, Some
from sopflow.analysis.guards._terms import constant
from sopflow.expr import (
    BOOL,
    DATE,
    DECIMAL,
    INT,
    STRING,
    UNKNOWN,
    And,
    Binary,
    Call,
    Conditional,
    EnumType,
    Expression,
    Has,
    Leaf,
    ListOf,
    Node,
    Or,
    Type,
    Unary,
)
from sopflow.program import Program

if TYPE_CHECKING:
    import z3

    Term: TypeAlias = z3.ExprRef

#: z3's own count of what it does; some hundredths of a second.
WORK = 200_000
_NUMERIC = (INT, DECIMAL)
_HELD: Mapping[str, Callable[[Term, Term], Term]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@cache
def is_installed() -> bool:
    """Whether there is a z3 to ask."""
    return find_spec("z3") is not None


def decided(query: Query, program: Program) -> tuple[Literal["yes", "no", "open"], dict[str, object]]:
    """What z3 says, with the values of the names under which it would be so."""
    translation = _Translation(program)
    try:
        asked = translation.query(query)
    except RecursionError:
        return "open", {}
    return translation.solve(asked)


class _Translation:
    """One question in z3's terms: for each condition when it is true, and when it is false."""

    def __init__(self, program: Program) -> None:
        self.z3 = import_module("z3")
        self.program = program
        self.names: dict[str, tuple[Term, Term, Type]] = {}  # of each: its value, whether it is known, its type
        self.free: dict[Node, tuple[Term, Term]] = {}
        self.words: dict[str, int] = {}
        self.limits: list[Term] = []

    def query(self, query: Query) -> Term:
        match query:
            case Claim(expression=expression, truth=truth):
                return self.condition(expression.node)[0 if truth else 1]
            case Every(parts=parts):
                return self.z3.And([self.query(part) for part in parts])
            case Some(parts=parts):
                return self.z3.Or([self.query(part) for part in parts])

    def solve(self, asked: Term) -> tuple[Literal["yes", "no", "open"], dict[str, object]]:
        solver = self.z3.Solver()
        solver.set("rlimit", WORK)
        solver.add(asked, *self.limits)
        result = solver.check()
        if result == self.z3.unsat:
            return "no", {}
        if result != self.z3.sat:
            return "open", {}
        found = solver.model()
        words = {number: word for word, number in self.words.items()}
        values: dict[str, object] = {}
        for path, (value, known, of) in self.names.items():
            if path in self.program.derived:
                continue
            said = found.eval(value, model_completion=True)
            if self.z3.is_false(found.eval(known, model_completion=True)):
                values[path] = UNKNOWN
            elif of == BOOL:
                values[path] = self.z3.is_true(said)
            elif isinstance(of, EnumType):
                values[path] = of.values[said.as_long()]
            elif of == STRING:
                values[path] = words.get(said.as_long(), "other")
            elif self.z3.is_rational_value(said) or self.z3.is_int_value(said):
                values[path] = value_at(Fraction(said.as_fraction()) if of == DECIMAL else said.as_long(), of)
            else:  # a root of something: no decimal
                return "open", {}
        return "yes", values

    # -- conditions --------------------------------------------------------------------------------------------------

    def condition(self, node: Node) -> tuple[Term, Term]:
        """When ``node`` is true, and when it is false."""
        z3 = self.z3
        node = self._unfolded(node)
        fixed, value = constant(node)
        if fixed and isinstance(value, bool):
            return z3.BoolVal(value), z3.BoolVal(not value)
        match node:
            case And(parts=parts) | Or(parts=parts):
                trues, falses = zip(*map(self.condition, parts), strict=True)
                if isinstance(node, And):
                    return z3.And(trues), z3.Or(falses)
                return z3.Or(trues), z3.And(falses)
            case Unary(op="!", operand=operand):
                yes, no = self.condition(operand)
                return no, yes
            case Conditional(test=test, yes=one, no=other):
                (held, failed), some, others = self.condition(test), self.condition(one), self.condition(other)
                yes, no = (z3.Or(z3.And(held, a), z3.And(failed, b)) for a, b in zip(some, others, strict=True))
                return yes, no
            case Call(function="known", target=None, arguments=(Leaf() as leaf,)) | Has(whole=Leaf() as leaf):
                if (known := self._known(leaf)) is not None:
                    return known, z3.Not(known)
            case Leaf() if node.type == BOOL:
                value, known = self._leaf(node)
                return z3.And(known, value), z3.And(known, z3.Not(value))
            case Binary(op="in", left=left, right=ListOf(items=items)):
                pairs = [self._comparison("==", left, item) for item in items]
                found = [pair for pair in pairs if pair is not None]
                if len(found) == len(items):
                    return z3.Or([yes for yes, _ in found]), z3.And([no for _, no in found])
            case Binary(op=op, left=left, right=right) if op in _HELD:
                if (pair := self._comparison(op, left, right)) is not None:
                    return pair
        return self._free(node)

    def _free(self, node: Node) -> tuple[Term, Term]:
        if node not in self.free:
            yes, no = (self.z3.Bool(f"free {len(self.free)} {end}") for end in ("yes", "no"))
            self.limits.append(self.z3.Not(self.z3.And(yes, no)))
            self.free[node] = yes, no
        return self.free[node]

    def _comparison(self, op: str, left: Node, right: Node) -> tuple[Term, Term] | None:
        if BOOL in (left.type, right.type):
            return self._same(op, left, right) if left.type == right.type and op in ("==", "!=") else None
        ranked = next((side.type for side in (left, right) if isinstance(side.type, EnumType)), None)
        some, others = self._number(left, ranked), self._number(right, ranked)
        if some is None or others is None or (op not in ("==", "!=") and STRING in (left.type, right.type)):
            return None
        (a, a_known), (b, b_known) = some, others
        known = self.z3.And(a_known, b_known)
        held = _HELD[op](a, b)
        return self.z3.And(known, held), self.z3.And(known, self.z3.Not(held))

    def _same(self, op: str, left: Node, right: Node) -> tuple[Term, Term]:
        z3 = self.z3
        (a, not_a), (b, not_b) = self.condition(left), self.condition(right)
        same, other = z3.Or(z3.And(a, b), z3.And(not_a, not_b)), z3.Or(z3.And(a, not_b), z3.And(not_a, b))
        return (same, other) if op == "==" else (other, same)

    def _number(self, node: Node, ranked: EnumType | None) -> tuple[Term, Term] | None:
        """The number that ``node`` is, and when it is known; words are numbered."""
        z3 = self.z3
        node = self._unfolded(node)
        fixed, value = constant(node)
        if fixed:
            if isinstance(value, str):
                return z3.IntVal(self._word(value, ranked)), z3.BoolVal(True)
            number = number_of(value)
            if number is None:
                return None
            plain = z3.IntVal(number) if isinstance(number, int) else z3.Q(number.numerator, number.denominator)
            return plain, z3.BoolVal(True)
        match node:
            case Leaf(type=of) if of in LINES or of == STRING or isinstance(of, EnumType):
                return self._leaf(node)
            case Unary(op="-", operand=operand):
                inner = self._number(operand, None)
                return None if inner is None else (-inner[0], inner[1])
            case Binary(op="+" | "-" | "*" as op, left=left, right=right):
                if op == "*" and not (left.type in _NUMERIC and right.type in _NUMERIC):
                    return None
                if left.type == STRING:
                    return None
                some, others = self._number(left, None), self._number(right, None)
                if some is None or others is None:
                    return None
                a, b = some[0], others[0]
                return a + b if op == "+" else a - b if op == "-" else a * b, z3.And(some[1], others[1])
            case Conditional(test=test, yes=yes, no=no):
                (held, failed), some, others = self.condition(test), self._number(yes, ranked), self._number(no, ranked)
                if some is None or others is None:
                    return None
                known = z3.Or(z3.And(held, some[1]), z3.And(failed, others[1]))
                return z3.If(held, some[0], others[0]), known
            case Call(function="decimal", target=None, arguments=(inner,)) if inner.type in _NUMERIC:
                return self._number(inner, None)
        return None

    def _word(self, word: str, ranked: EnumType | None) -> int:
        if ranked is not None:
            return ranked.values.index(word) if word in ranked.values else -1
        return self.words.setdefault(word, len(self.words))

    # -- names -------------------------------------------------------------------------------------------------------

    def _unfolded(self, node: Node) -> Node:
        derived = self.program.derived.get(node.path) if isinstance(node, Leaf) else None
        return self._unfolded(derived.node) if isinstance(derived, Expression) else node

    def _known(self, leaf: Leaf) -> Term | None:
        fits = leaf.type in LINES or leaf.type in (BOOL, STRING) or isinstance(leaf.type, EnumType)
        return self._leaf(leaf)[1] if fits else None

    def _leaf(self, leaf: Leaf) -> tuple[Term, Term]:
        z3, path, of = self.z3, leaf.path, leaf.type
        if path not in self.names:
            if of == BOOL:
                value = z3.Bool(path)
            else:
                value = z3.Real(path) if of == DECIMAL else z3.Int(path)
                self._limit(value, path, of)
            known = z3.BoolVal(True) if path in self.program.parameters else z3.Bool(f"{path} is known")
            self.names[path] = value, known, of
        return self.names[path][:2]

    def _limit(self, value: Term, path: str, of: Type) -> None:
        """What values the type and the field allow."""
        if isinstance(of, EnumType):
            self.limits += [value >= 0, value < len(of.values)]
        elif of in LINES:
            line, field = LINES[of], self.program.fields.get(path)
            own = (field.minimum, field.maximum) if field is not None else (None, None)
            for low in (line.low, number_of(own[0])):
                self.limits += [] if low is None else [value >= self._plain(low)]
            for high in (line.high, number_of(own[1])):
                self.limits += [] if high is None else [value <= self._plain(high)]
            if of == DATE:
                self.limits.append(value % line.step == 0)

    def _plain(self, number: int | Fraction) -> Term:
        return self.z3.Q(number.numerator, number.denominator) if isinstance(number, Fraction) else number


__all__ = ["decided", "is_installed"]
