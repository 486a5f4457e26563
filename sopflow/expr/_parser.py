"""Reads the text of an expression into a syntax tree; knows the grammar, no names and no types.

The grammar is that of the CEL language definition ("Syntax") without message literals; each method reads the
rule in its docstring. Only brackets recurse, and at most ``MAX_NESTING`` deep; operators, selections and
conditionals are read in loops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn, TypeVar

from sopflow.errors import Problem
from sopflow.expr._nodes import (
    And,
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Name,
    Node,
    Or,
    Select,
    Unary,
    children,
)
from sopflow.expr._tokens import KEYWORDS, RESERVED, Token, tokenize
from sopflow.expr._values import UInt

_T = TypeVar("_T")

__all__ = ["MAX_DEPTH", "MAX_NESTING", "MAX_TEXT", "parse"]

MAX_TEXT: Final = 20_000  # characters
MAX_NESTING: Final = 32  # brackets in brackets, signs before signs
MAX_DEPTH: Final = 120  # levels of the tree; a chain of && or || is one level, whatever its length

MACROS: Final = {"all": (2,), "exists": (2,), "exists_one": (2,), "map": (2, 3), "filter": (2,)}

_LEVELS: Final = (
    frozenset({"==", "!=", "<", "<=", ">", ">=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_INFIX_WORDS: Final = {"and": "&&", "or": "||", "is": "==", "equals": "=="}


def parse(text: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The syntax tree of ``text`` and what is wrong with it.

    A slip whose meaning is plain (``=``, ``and``) is a problem, but the tree is still given, so that a checker
    can find more; where reading had to stop there is no tree.
    """
    if len(text) > MAX_TEXT:
        return None, (Problem("SOP310", 0, 1, {"size": len(text), "most": MAX_TEXT}),)
    tokens, problems = tokenize(text)
    stopped = len(problems) > 0 and tokens[-1].start < len(text)
    parser = _Parser(tokens, problems)
    try:
        if len(tokens) == 1 and not stopped:
            parser.stop("SOP313", tokens[0])
        if stopped:
            return None, tuple(problems)
        node = parser.whole()
    except _Stopped:
        return None, tuple(problems)
    if _too_deep(node):
        return None, (*problems, Problem("SOP311", node.start, node.end, {"most": MAX_DEPTH}))
    return node, tuple(problems)


class _Stopped(Exception):
    """Reading cannot go on; the problem is recorded."""


class _Parser:
    __slots__ = ("at", "nesting", "problems", "tokens")

    def __init__(self, tokens: list[Token], problems: list[Problem]) -> None:
        self.tokens = tokens
        self.problems = problems
        self.at = 0
        self.nesting = 0

    # Tokens

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def end(self) -> int:
        """Where the last token read ends."""
        return self.tokens[self.at - 1].end

    def take(self, op: str) -> bool:
        """Read the operator ``op`` if it comes next."""
        if self.next.kind == "op" and self.next.text == op:
            self.at += 1
            return True
        return False

    def stop(self, code: str, token: Token, **fields: object) -> NoReturn:
        end = max(token.end, token.start)
        self.problems.append(Problem(code, token.start, end, {"found": token.text, **fields}))
        raise _Stopped

    def slip(self, token: Token, right: str) -> None:
        """Record that ``token`` was written for ``right``, and go on."""
        self.problems.append(Problem("SOP306", token.start, token.end, {"found": token.text, "right": right}))

    def infix(self) -> str:
        """The operator that comes next ("" if none), with words of other languages read as what they mean."""
        token = self.next
        if token.kind == "op" or token.text == "in":
            return token.text
        if token.kind == "name" and (meant := _INFIX_WORDS.get(token.text.lower())):
            self.slip(token, meant)
            self.tokens[self.at] = Token("op", meant, token.start, token.end)
            return meant
        return ""

    # Grammar

    def whole(self) -> Node:
        """The whole text is one Expr."""
        node = self.expression()
        if self.next.kind != "end":
            self.stop("SOP303", self.next)
        return node

    def expression(self) -> Node:
        """Expr = ConditionalOr ["?" ConditionalOr ":" Expr]"""
        tests: list[tuple[Node, Node]] = []
        node = self.disjunction()
        while self.take("?"):
            yes = self.disjunction()
            if not self.take(":"):
                self.stop("SOP315", self.next, wanted=":")
            tests.append((node, yes))
            node = self.disjunction()
        for test, yes in reversed(tests):
            node = Conditional(test, yes, node, start=test.start, end=node.end)
        return node

    def disjunction(self) -> Node:
        """ConditionalOr = [ConditionalOr "||"] ConditionalAnd"""
        parts = self.chain("||", self.conjunction)
        return parts[0] if len(parts) == 1 else Or(_flat(Or, parts), start=parts[0].start, end=parts[-1].end)

    def conjunction(self) -> Node:
        """ConditionalAnd = [ConditionalAnd "&&"] Relation"""
        parts = self.chain("&&", self.binary)
        return parts[0] if len(parts) == 1 else And(_flat(And, parts), start=parts[0].start, end=parts[-1].end)

    def chain(self, op: str, part: Callable[[], Node]) -> list[Node]:
        parts = [part()]
        while self.infix() == op:
            self.at += 1
            parts.append(part())
        return parts

    def binary(self, level: int = 0) -> Node:
        """Relation = [Relation Relop] Addition, and so on: Addition over Multiplication over Unary."""
        deeper = self.unary if level == len(_LEVELS) - 1 else (lambda: self.binary(level + 1))
        node = deeper()
        while (op := self.infix()) in _LEVELS[level]:
            self.at += 1
            right = deeper()
            node = Binary(op, node, right, start=node.start, end=right.end)
        return node

    def unary(self) -> Node:
        """Unary = Member | "!" {"!"} Member | "-" {"-"} Member"""
        signs: list[Token] = []
        while (sign := self.sign()) is not None:
            signs.append(sign)
            if len(signs) > MAX_NESTING:
                self.stop("SOP311", sign, most=MAX_NESTING)
        negative = bool(signs) and signs[-1].text == "-" and self.next.kind == "value" and _signed(self.next.value)
        if negative:
            token = self.next
            assert isinstance(token.value, int | float)
            value = -token.value
            self.tokens[self.at] = Token("value", "-" + token.text, signs.pop().start, token.end, value)
        node = self.member()
        for sign in reversed(signs):
            node = Unary(sign.text, node, start=sign.start, end=node.end)
        return node

    def sign(self) -> Token | None:
        token = self.next
        if token.kind == "name" and token.text.lower() == "not" and self._begins_operand(self.tokens[self.at + 1]):
            self.slip(token, "!")
            self.at += 1
            return Token("op", "!", token.start, token.end)
        if token.kind == "op" and token.text in ("!", "-"):
            self.at += 1
            return token
        return None

    @staticmethod
    def _begins_operand(token: Token) -> bool:
        if token.kind == "name":
            return token.text.lower() not in (*_INFIX_WORDS, "in")
        return token.kind == "value" or (token.kind == "op" and token.text == "(")

    def member(self) -> Node:
        """Member = Primary | Member "." SELECTOR ["(" [ExprList] ")"] | Member "[" Expr "]" """
        node = self.primary()
        while True:
            if self.take("."):
                name = self.next
                if name.kind != "name" or name.text in KEYWORDS or name.text == "in":
                    self.stop("SOP316", name)
                self.at += 1
                if self.next.kind == "op" and self.next.text == "(":
                    node = self.method(node, name)
                else:
                    node = Select(node, name.text, start=node.start, end=name.end)
            elif self.next.kind == "op" and self.next.text == "[":
                (key,) = self.bracketed(lambda: (self.expression(),))
                node = Index(node, key, start=node.start, end=self.end)
            else:
                return node

    def method(self, target: Node, name: Token) -> Node:
        """What follows ``target.name``: a macro or a call."""
        arguments = self.bracketed(self.items)
        start, end = target.start, self.end
        if name.text in MACROS and len(arguments) in MACROS[name.text]:
            variable, *between, body = arguments
            if not isinstance(variable, Name) or variable.rooted:
                self.problems.append(Problem("SOP317", variable.start, variable.end, {"macro": name.text}))
                raise _Stopped
            condition = between[0] if between else None
            return Macro(name.text, target, variable.name, body, condition, start=start, end=end)
        return Call(name.text, target, arguments, start=start, end=end)

    def primary(self) -> Node:
        """Primary = LITERAL | ["."] IDENT ["(" [ExprList] ")"] | "(" Expr ")" | list | map"""
        token = self.next
        if token.kind == "value":
            return self.literal(token)
        if token.kind == "name" or (token.text == "." and self.tokens[self.at + 1].kind == "name"):
            return self.name_or_call()
        match token.text if token.kind == "op" else "":
            case "(":
                (inner,) = self.bracketed(lambda: (self.expression(),))
                return inner
            case "[":
                return ListOf(self.bracketed(self.items), start=token.start, end=self.end)
            case "{":
                return MapOf(self.bracketed(self.entries), start=token.start, end=self.end)
        self.stop("SOP313" if token.kind == "end" else "SOP302", token)

    def literal(self, token: Token) -> Node:
        if type(token.value) is int and token.value >= 2**63:
            self.stop("SOP307", token)
        self.at += 1
        return Literal(token.value, token.text, start=token.start, end=token.end)

    def name_or_call(self) -> Node:
        start = self.next.start
        rooted = self.take(".")
        token = self.next
        self.at += 1
        if token.text in KEYWORDS and not rooted:
            return Literal(KEYWORDS[token.text], start=start, end=token.end)
        if token.text in RESERVED or token.text in KEYWORDS or token.text == "in":
            self.stop("SOP318", token)
        if not (self.next.kind == "op" and self.next.text == "("):
            return Name(token.text, rooted, start=start, end=token.end)
        arguments = self.bracketed(self.items)
        if token.text == "has" and len(arguments) == 1:
            if not isinstance(arguments[0], Select):
                self.problems.append(Problem("SOP319", arguments[0].start, arguments[0].end, {}))
                raise _Stopped
            return Has(arguments[0], start=start, end=self.end)
        return Call(token.text, None, arguments, start=start, end=self.end)

    # Brackets

    def bracketed(self, inside: Callable[[], _T]) -> _T:
        """Read an opening bracket, what is ``inside``, and the bracket that closes it."""
        opening = self.next
        self.at += 1
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.stop("SOP311", opening, most=MAX_NESTING)
        result = inside()
        if not self.take(_CLOSING[opening.text]):
            if self.next.kind == "end":
                self.stop("SOP304", opening, closing=_CLOSING[opening.text])
            self.stop("SOP303", self.next)
        self.nesting -= 1
        return result

    def items(self) -> tuple[Node, ...]:
        """[ExprList] [","]"""
        items: list[Node] = []
        while not self._closes():
            items.append(self.expression())
            if not self.take(","):
                break
        return tuple(items)

    def entries(self) -> tuple[tuple[Node, Node], ...]:
        """[MapInits] [","]"""
        entries: list[tuple[Node, Node]] = []
        while not self._closes():
            key = self.expression()
            if not self.take(":"):
                self.stop("SOP315", self.next, wanted=":")
            entries.append((key, self.expression()))
            if not self.take(","):
                break
        return tuple(entries)

    def _closes(self) -> bool:
        return self.next.kind == "op" and self.next.text in ")]}"


def _signed(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool | UInt)


def _flat(kind: type[And | Or], parts: list[Node]) -> tuple[Node, ...]:
    """``parts`` with nested chains of the same kind, which brackets make, opened up."""
    return tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,)))


def _too_deep(node: Node) -> bool:
    level = [node]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return False
    return True
