"""Reading guards: a checked expression becomes the formula of when it is true, and that of when it is false.

Neither holds where it is unknown or fails. What is not understood becomes a variable of its own, true or false as it
likes: so a formula never holds less often than its expression, and one that cannot hold is a proof. Variables that
lose their place in a sum (``x - x``) lose their being known too; that errs on the same side.
"""

from __future__ import annotations

from fractions import Fraction

from sopflow.analysis.guards._cells import Variable
from sopflow.analysis.guards._formula import FALSE, TRUE, All, Any, Apart, Formula, Is
from sopflow.analysis.guards._lines import LINES, Number
from sopflow.analysis.guards._terms import Sum, constant, sum_of
from sopflow.expr import (
    BOOL,
    INT,
    STRING,
    And,
    Binary,
    Call,
    Conditional,
    EnumType,
    Expression,
    Has,
    Leaf,
    ListOf,
    ListType,
    Literal,
    Node,
    Or,
    Select,
    Type,
    Unary,
    walk,
)
from sopflow.program import Program

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
#: Two variables are equal word by word only up to so many words.
_WORDS = 40
#: A guard in which derived names and conditionals unfold to more than this is not understood.
_UNFOLDED = 2_000
_LISTED = 10_000


class Reading:
    """The variables of one program, and what its guards say of them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.variables: dict[object, Variable] = {}
        self._formulas: dict[tuple[int, bool], Formula] = {}
        self._kept: list[Expression] = []  # so that no number in ``_formulas`` comes to mean another one
        self._by_name: dict[object, list[Variable]] = {}
        self._unfolded = 0

    def formula(self, expression: Expression, *, truth: bool) -> Formula:
        """When ``expression`` has the value ``truth``."""
        key = (id(expression), truth)
        if key not in self._formulas:
            self._kept.append(expression)
            self._unfolded = 0
            try:
                self._formulas[key] = self._of(expression.node, truth)
            except RecursionError:  # derived names upon derived names, deeper than anybody writes them
                self._formulas[key] = self._opaque(expression.node, truth)
        return self._formulas[key]

    def answer(self, path: str, of: Type, word: str) -> Formula | None:
        """When the field or derived name ``path`` has the value that the way out ``word`` is named for."""
        leaf = Leaf(path, type=of)
        if of == BOOL and word in ("yes", "no"):
            return self._of(leaf, word == "yes")
        variable = self.variable(leaf)
        if not isinstance(of, EnumType) or variable is None or word not in of.values:
            return None
        return Is(variable, "in", frozenset({word}))

    def of_field(self, path: str) -> list[Variable]:
        """The variables that a field stands for: its value, or of a list its size."""
        if len(self._by_name) != len(self.variables):
            self._by_name = {}
            for variable in self.variables.values():
                self._by_name.setdefault(variable.name, []).append(variable)
        return [*self._by_name.get(path, ()), *self._by_name.get(("size", path), ())]

    def leaves(self, expression: Expression) -> tuple[Leaf, ...]:
        """The names that ``expression`` reads, as they stand in it."""
        return tuple(part for part in walk(expression.node) if isinstance(part, Leaf))

    def named_items(self, path: str) -> frozenset[object]:
        """The items of a list that some guard asks for by name."""
        names = [variable.name for variable in self.variables.values()]
        return frozenset(name[2] for name in names if isinstance(name, tuple) and name[:2] == ("in", path))

    # -- conditions --------------------------------------------------------------------------------------------------

    def _of(self, node: Node, truth: bool) -> Formula:  # noqa: FBT001  # as it is passed down at every step
        self._unfolded += 1
        if self._unfolded > _UNFOLDED:
            return self._opaque(node, truth)
        node = self.unfolded(node)
        match node:
            case Literal(value=value) if isinstance(value, bool):
                return TRUE if value is truth else FALSE
            case And(parts=parts) | Or(parts=parts):
                made = tuple(self._of(part, truth) for part in parts)
                return All(made) if isinstance(node, And) is truth else Any(made)
            case Unary(op="!", operand=operand):
                return self._of(operand, not truth)
            case Conditional(test=test, yes=yes, no=no):
                return Any(
                    (
                        All((self._of(test, True), self._of(yes, truth))),
                        All((self._of(test, False), self._of(no, truth))),
                    )
                )
            case Binary(op="in", left=left, right=right):
                return self._membership(node, left, right, truth)
            case Binary(op=op, left=left, right=right) if op in _TURNED:
                return self._comparison(node, op if truth else _DENIED[op], left, right, truth)
            case Call(function="known", target=None, arguments=(about,)) | Has(whole=about):
                variable = self.variable(about)
                return Is(variable, "known", truth) if variable is not None else self._opaque(node, truth)
            case Leaf() | Select() if node.type == BOOL:
                variable = self.variable(node)
                return Is(variable, "in", frozenset({truth})) if variable is not None else self._opaque(node, truth)
            case _:
                return self._opaque(node, truth)

    def _opaque(self, node: Node, truth: bool) -> Formula:  # noqa: FBT001
        reads = tuple(part.path for part in walk(node) if isinstance(part, Leaf))
        variable = self._named(("opaque", node), BOOL, "…", reads, opaque=True)
        return Is(variable, "in", frozenset({truth}))

    def _comparison(self, node: Node, op: str, left: Node, right: Node, truth: bool) -> Formula:  # noqa: FBT001
        """``left op right``; ``node`` is what was written, and has the value ``truth`` then."""
        for side, other, turned in ((left, right, False), (right, left, True)):
            if isinstance(side, Conditional):
                arms = []
                for arm, held in ((side.yes, True), (side.no, False)):
                    a, b = (other, arm) if turned else (arm, other)
                    inner = Binary(op, a, b, type=BOOL)
                    arms.append(All((self._of(side.test, held), self._of(inner, True))))
                return Any(tuple(arms))
        if left.type == BOOL and right.type == BOOL and op in ("==", "!="):
            pairs = ((True, op == "=="), (False, op != "=="))
            return Any(tuple(All((self._of(left, a), self._of(right, b))) for a, b in pairs))
        for side, other, relation in ((left, right, op), (right, left, _TURNED[op])):
            fixed, value = constant(other)
            if fixed and isinstance(value, str) and (found := self._words(side, relation, value)) is not None:
                return found
        if op in ("==", "!=") and (found := self._same_words(left, right, op)) is not None:
            return found
        some, others = sum_of(left, self), sum_of(right, self)
        if some is None or others is None:
            return self._opaque(node, truth)
        parts = dict(some.parts)
        for variable, factor in others.parts.items():
            parts[variable] = parts.get(variable, 0) - factor
        found = _compared(Sum(some.base - others.base, {name: by for name, by in parts.items() if by}), op)
        if found is None:
            return self._opaque(node, truth)
        lost = tuple(Is(variable, "known", True) for variable, by in parts.items() if not by)
        return All((found, *lost)) if lost else found

    def _words(self, node: Node, op: str, word: str) -> Formula | None:
        """A text or a value of an enumeration beside a constant."""
        variable = self.variable(node)
        if variable is None or variable.on_line is not None:
            return None
        if isinstance(variable.of, EnumType):
            values = variable.of.values
            if op in ("==", "!="):
                return Is(variable, "in", frozenset(value for value in values if (value == word) is (op == "==")))
            if word not in values:
                return None
            rank = values.index(word)
            return Is(variable, "in", frozenset(value for at, value in enumerate(values) if _ranks(at, op, rank)))
        if variable.of != STRING or op not in ("==", "!="):
            return None
        variable.cuts.add(word)
        equal = Is(variable, "in", frozenset({word}))
        return equal if op == "==" else _Not(equal)

    def _same_words(self, left: Node, right: Node, op: str) -> Formula | None:
        a, b = self.variable(left), self.variable(right)
        if a is None or b is None or not (isinstance(a.of, EnumType) and isinstance(b.of, EnumType)):
            return None
        if len(a.of.values) > _WORDS:
            return None
        pairs: list[Formula] = []
        for word in a.of.values:
            fitting = frozenset(other for other in b.of.values if (other == word) is (op == "=="))
            pairs.append(All((Is(a, "in", frozenset({word})), Is(b, "in", fitting))))
        return Any(tuple(pairs))

    def _membership(self, node: Node, left: Node, right: Node, truth: bool) -> Formula:  # noqa: FBT001
        fixed, item = constant(left)
        if isinstance(right, ListOf):
            # A list that is written out: one of its items, or none of them.
            made = tuple(
                self._comparison(Binary("==", left, one, type=BOOL), "==" if truth else "!=", left, one, truth)
                for one in right.items
            )
            return Any(made) if truth else All(made)
        path = right.path if isinstance(right, Leaf) and isinstance(right.type, ListType) else ""
        if not fixed or not path or not isinstance(item, str | int):
            return self._opaque(node, truth)
        variable = self._named(("in", path, item), BOOL, f"{item!r} in {path}", (path,))
        size = self._size(path)
        more = Is(size, ">", 0) if truth else Is(size, ">=", 0)
        size.cuts.add(0)
        return All((Is(variable, "in", frozenset({truth})), more))

    # -- variables ---------------------------------------------------------------------------------------------------

    def unfolded(self, node: Node) -> Node:
        """What stands behind a derived name that is one expression; any other node is what it is."""
        derived = self.program.derived.get(node.path) if isinstance(node, Leaf) else None
        return self.unfolded(derived.node) if isinstance(derived, Expression) else node

    def variable(self, node: Node) -> Variable | None:
        """The variable that ``node`` is; None where it is computed."""
        match node:
            case Call(function="size", target=None, arguments=(inner,)) | Call(
                function="size", target=inner, arguments=()
            ) if isinstance(inner, Leaf):  # fmt: skip
                return self._size(inner.path) if isinstance(inner.type, ListType) else None
            case Leaf(path=path, type=of):
                if isinstance(of, ListType):
                    return self._size(path)
                return self._of_path(path, of)
            case Select(type=of):
                path = _path_of(node)
                return self._of_path(path, of) if path else None
            case _:
                return None

    def _of_path(self, path: str, of: Type) -> Variable | None:
        if not (of in (BOOL, STRING) or isinstance(of, EnumType) or of in LINES):
            return None
        field = self.program.fields.get(path)
        limits = (field.minimum, field.maximum) if field is not None else (None, None)
        step, _, attribute = path.rpartition(".")
        sure = path in self.program.parameters or (step.startswith("steps.") and attribute in ("done", "rounds"))
        sure = sure or path in ("now", "today")
        return self._named(path, of, path, (path,), limits=limits, always_known=sure)

    def _size(self, path: str) -> Variable:
        return self._named(
            ("size", path),
            INT,
            f"size({path})",
            (path,),
            limits=(0, _LISTED),
            always_known=path in self.program.parameters,
        )

    def _named(
        self,
        name: object,
        of: Type,
        shown: str,
        reads: tuple[str, ...],
        *,
        limits: tuple[object, object] = (None, None),
        always_known: bool = False,
        opaque: bool = False,
    ) -> Variable:
        key = (name, of)
        if key not in self.variables:
            behind = tuple(dict.fromkeys(part for path in reads for part in self.program.depends.get(path, (path,))))
            self.variables[key] = Variable(
                name, of, shown=shown, reads=behind, limits=limits, always_known=always_known, opaque=opaque
            )
        return self.variables[key]


class _Not(Is):
    """The variable is known, and not what ``test`` says."""

    __slots__ = ()

    def __init__(self, test: Is) -> None:
        super().__init__(test.variable, "not", test)

    def _cells(self) -> int:
        assert isinstance(self.value, Is)
        return self.variable.known & ~self.value.mask


def _path_of(node: Node) -> str:
    """``partner.signed``, of selections from a declared name; empty for anything else."""
    fields: list[str] = []
    while isinstance(node, Select):
        fields.append(node.field)
        node = node.operand
    return ".".join([node.path, *reversed(fields)]) if isinstance(node, Leaf) else ""


def _ranks(at: int, op: str, rank: int) -> bool:
    match op:
        case "<":
            return at < rank
        case "<=":
            return at <= rank
        case ">":
            return at > rank
        case _:
            return at >= rank


def _compared(total: Sum, op: str) -> Formula | None:
    """``total op 0``, of one variable or of the distance of two; None for any other sum."""
    if not total.parts:
        return TRUE if _holds(total.base, op) else FALSE
    if len(total.parts) == 1:
        ((variable, factor),) = total.parts.items()
        plain = -total.base * factor if factor in (1, -1) else _plain(Fraction(-total.base) / factor)
        variable.cuts.add(plain)
        return Is(variable, op if factor > 0 else _TURNED[op], plain)
    if len(total.parts) != 2:
        return None
    (a, by_a), (b, by_b) = total.parts.items()
    if by_a + by_b != 0:
        return None
    if by_a < 0:
        a, b, by_a = b, a, by_b
    return _distance(a, b, _plain(Fraction(-total.base) / by_a), op)


def _plain(number: Fraction) -> Number:
    return int(number) if number.denominator == 1 else number


def _distance(a: Variable, b: Variable, limit: int | Fraction, op: str) -> Formula:
    """When ``a - b op limit`` holds."""
    match op:
        case "<" | "<=":
            return Apart(a, b, limit, op == "<")
        case ">" | ">=":
            return Apart(b, a, -limit, op == ">")
        case "==":
            return All((Apart(a, b, limit, False), Apart(b, a, -limit, False)))
        case _:
            return Any((Apart(a, b, limit, True), Apart(b, a, -limit, True)))


def _holds(base: int | Fraction, op: str) -> bool:
    match op:
        case "<":
            return base < 0
        case "<=":
            return base <= 0
        case ">":
            return base > 0
        case ">=":
            return base >= 0
        case "==":
            return base == 0
        case _:
            return base != 0


__all__ = ["Reading"]
