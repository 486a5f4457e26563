"""Says an expression in plain English or Chinese; knows trees and words, no scopes and no values.

``event.priority == 'P0' || event.priority == 'P1'`` reads "event.priority is P0 or P1", or, with a title for
the path, “活动优先级为 P0 或 P1”. What has no words of its own (arithmetic, functions of an embedder) stays as
it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce
from typing import Final

from sopflow.expr._expression import Expression
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
from sopflow.expr._types import BOOL, DATE, STRING, TIME, TIMESTAMP, EnumType, Type
from sopflow.expr._values import UInt

__all__ = ["explain"]

# Every phrase has both languages. {a} and {b} are the operands in the order of the text.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "and": "{a} and {b}", "or": "{a} or {b}", "comma": ", ", "group": "({a})", "not": "not ({a})",
        "true": "true", "false": "false", "null": "nothing", "text": "‘{a}’",
        "holds": "{a} is true", "fails": "{a} is false",
        "==": "{a} is {b}", "!=": "{a} is not {b}",
        "<": "{a} is below {b}", "<=": "{a} is at most {b}", ">": "{a} is above {b}", ">=": "{a} is at least {b}",
        "before": "{a} is before {b}", "until": "{a} is on or before {b}",
        "after": "{a} is after {b}", "from": "{a} is on or after {b}",
        "rank<": "{a} ranks before {b}", "rank<=": "{a} ranks no later than {b}",
        "rank>": "{a} ranks after {b}", "rank>=": "{a} ranks no earlier than {b}",
        "in": "{a} is in {b}", "not in": "{a} is not in {b}",
        "last": "{a} or {b}", "neither": "{a} is neither {b}", "nor": "{a} nor {b}",
        "known": "{a} is known", "not known": "{a} is not known",
        "contains": "{a} contains {b}", "not contains": "{a} does not contain {b}",
        "startsWith": "{a} begins with {b}", "not startsWith": "{a} does not begin with {b}",
        "endsWith": "{a} ends with {b}", "not endsWith": "{a} does not end with {b}",
        "matches": "{a} has the form {b}", "not matches": "{a} does not have the form {b}",
        "items": "the number of items in {a}", "length": "the length of {a}",
        "days_between": "the days from {a} to {b}",
        "choice": "{a} if {test}, otherwise {b}",
        "all": "for every {x} in {a}: {b}", "exists": "for at least one {x} in {a}: {b}",
        "exists_one": "for exactly one {x} in {a}: {b}", "filter": "those {x} in {a} for which {b}",
        "map": "{b} for every {x} in {a}", "map if": "{b} for every {x} in {a} for which {test}",
    },
    "zh": {
        "and": "{a}，且{b}", "or": "{a}，或{b}", "comma": "、", "group": "（{a}）", "not": "并非（{a}）",
        "true": "是", "false": "否", "null": "空", "text": "“{a}”",
        "holds": "{a}为是", "fails": "{a}为否",
        "==": "{a}为{b}", "!=": "{a}不为{b}",
        "<": "{a}小于{b}", "<=": "{a}不超过{b}", ">": "{a}大于{b}", ">=": "{a}不小于{b}",
        "before": "{a}早于{b}", "until": "{a}不晚于{b}", "after": "{a}晚于{b}", "from": "{a}不早于{b}",
        "rank<": "{a}排在{b}之前", "rank<=": "{a}不排在{b}之后",
        "rank>": "{a}排在{b}之后", "rank>=": "{a}不排在{b}之前",
        "in": "{a}在{b}之中", "not in": "{a}不在{b}之中",
        "last": "{a}或{b}", "neither": "{a}既不为{b}", "nor": "{a}，也不为{b}",
        "known": "{a}已知", "not known": "{a}未知",
        "contains": "{a}包含{b}", "not contains": "{a}不包含{b}",
        "startsWith": "{a}以{b}开头", "not startsWith": "{a}不以{b}开头",
        "endsWith": "{a}以{b}结尾", "not endsWith": "{a}不以{b}结尾",
        "matches": "{a}符合{b}的形式", "not matches": "{a}不符合{b}的形式",
        "items": "{a}的项数", "length": "{a}的长度",
        "days_between": "从{a}到{b}的天数",
        "choice": "若{test}则为{a}，否则为{b}",
        "all": "{a}中每一项{x}都满足：{b}", "exists": "{a}中至少有一项{x}满足：{b}",
        "exists_one": "{a}中恰有一项{x}满足：{b}", "filter": "{a}中满足（{b}）的各项{x}",
        "map": "{a}中每一项{x}的{b}", "map if": "{a}中满足（{test}）的每一项{x}的{b}",
    },
}  # fmt: skip
_SLOT: Final = re.compile(r"(\{\w+\})")
_TOUCHING: Final = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9_\[({-]|[A-Za-z0-9_\])}][\u4e00-\u9fff]")
_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_IN_TIME: Final = {"<": "before", "<=": "until", ">": "after", ">=": "from"}
_TESTS: Final = frozenset({"contains", "startsWith", "endsWith", "matches"})
_TRANSPARENT: Final = frozenset(
    {"date", "time", "timestamp", "duration", "int", "uint", "double", "decimal", "string", "bool", "bytes", "dyn"}
)
_BINDING: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2}


def explain(what: Node | Expression, lang: str, titles: Mapping[str, str] | None = None) -> str:
    """``what`` in words, without a full stop; ``lang`` is ``en`` or ``zh`` (or a longer tag of these).

    ``titles`` gives words for dotted paths (``event.priority``) and for values of enumerations: ``P0``, or
    ``event.priority=P0`` where the same value has several titles.
    """
    node = what.node if isinstance(what, Expression) else what
    return _Speaker("zh" if lang.startswith("zh") else "en", titles or {}).condition(node)


class _Speaker:
    def __init__(self, lang: str, titles: Mapping[str, str]) -> None:
        self.words = _WORDS[lang]
        self.titles = titles

    def say(self, phrase: str, **parts: str) -> str:
        """``phrase`` with ``parts``; Chinese and Latin letters that come to touch are set apart."""
        said = ""
        for piece in _SLOT.split(self.words[phrase]):
            piece = parts[piece[1:-1]] if _SLOT.fullmatch(piece) else piece  # noqa: PLW2901
            said += " " + piece if _TOUCHING.fullmatch(said[-1:] + piece[:1]) else piece
        return said

    def chain(self, phrase: str, values: Sequence[str]) -> str:
        """``values`` joined two by two."""
        return reduce(lambda a, b: self.say(phrase, a=a, b=b), values)

    # Conditions

    def condition(self, node: Node, *, negated: bool = False) -> str:
        """What holds (or, ``negated``, what does not) if ``node`` is true."""
        match node:
            case Unary(op="!", operand=operand):
                return self.condition(operand, negated=not negated)
            case And() | Or() if negated:
                return self.say("not", a=self.condition(node))
            case And(parts=parts):
                return self.chain("and", [self.grouped(part) for part in self.conjuncts(parts)])
            case Or(parts=parts):
                return self.disjunction(parts)
            case Binary(op=op) if op in _OPPOSITE or op == "in":
                return self.comparison(node, negated=negated)
            case Call() | Has():
                return self.test(node, negated=negated)
            case Macro(macro="all" | "exists" | "exists_one"):
                said = self.value(node)
                return self.say("not", a=said) if negated else said
            case Leaf() | Select() | Name() if node.type == BOOL:
                return self.say("fails" if negated else "holds", a=self.value(node))
        said = self.value(node)
        return self.say("not", a=said) if negated else said

    def grouped(self, part: Node | str) -> str:
        """A part of a chain of "and", in brackets if it is itself a chain of "or"."""
        if isinstance(part, str):
            return part
        said = self.condition(part)
        loose = isinstance(part, Or) and _same_subject(part.parts, "==") is None
        return self.say("group", a=said) if loose or isinstance(part, Conditional) else said

    def conjuncts(self, parts: Sequence[Node]) -> list[Node | str]:
        """``parts``, with ``x != a && x != b`` said as one."""
        subject = _same_subject(parts, "!=")
        if subject is None:
            return list(parts)
        values = [self.value_of(part.right, subject) for part in parts if isinstance(part, Binary)]
        return [self.say("neither", a=self.value(subject), b=self.chain("nor", values))]

    def disjunction(self, parts: Sequence[Node]) -> str:
        subject = _same_subject(parts, "==")
        if subject is not None:
            values = [self.value_of(part.right, subject) for part in parts if isinstance(part, Binary)]
            return self.say("==", a=self.value(subject), b=self.several(values))
        said = [
            self.say("group", a=self.condition(part)) if isinstance(part, And | Conditional) else self.condition(part)
            for part in parts
        ]
        return self.chain("or", said)

    def several(self, values: Sequence[str]) -> str:
        """``P0, P1 or P2``"""
        *most, last = values
        return self.say("last", a=self.words["comma"].join(most), b=last) if most else last

    def comparison(self, node: Binary, *, negated: bool) -> str:
        left, right, op = node.left, node.right, node.op
        if op == "in":
            if isinstance(right, ListOf) and right.items:
                values = [self.value_of(item, left) for item in right.items]
                if negated:
                    return self.say("neither" if len(values) > 1 else "!=", a=self.value(left),
                                    b=self.chain("nor", values))  # fmt: skip
                return self.say("==", a=self.value(left), b=self.several(values))
            return self.say("not in" if negated else "in", a=self.value(left), b=self.value(right))
        op = _OPPOSITE[op] if negated else op
        if isinstance(right, Literal) and isinstance(right.value, bool) and op in ("==", "!="):
            return self.condition(left, negated=right.value != (op == "=="))
        kinds = (left.type, right.type)
        phrase = op
        if op in _IN_TIME and any(of in (DATE, TIME, TIMESTAMP) for of in kinds):
            phrase = _IN_TIME[op]
        elif op in _IN_TIME and any(isinstance(of, EnumType) for of in kinds):
            phrase = f"rank{op}"
        return self.say(phrase, a=self.value_of(left, right), b=self.value_of(right, left))

    def test(self, node: Call | Has, *, negated: bool) -> str:
        match node:
            case Has(whole=asked) | Call(function="known", arguments=(asked,)):
                return self.say("not known" if negated else "known", a=self.value(asked))
            case Call(function=name) if name in _TESTS and len(_operands(node)) == 2:
                a, b = map(self.value, _operands(node))
                return self.say(f"not {name}" if negated else name, a=a, b=b)
        said = self.value(node)
        return self.say("not", a=said) if negated else said

    # Values

    def value(self, node: Node) -> str:
        match node:
            case Literal(value=value):
                return self.literal(value, node.type)
            case Leaf() | Gather() | Name():
                path = path_of(node)
                return self.titles.get(path, path)
            case Select(operand=operand, field=field):
                path = path_of(node)
                return self.titles.get(path) or f"{self.value(operand)}.{field}"
            case Index(operand=operand, key=key):
                return f"{self.value(operand)}[{self.value(key)}]"
            case Unary(op="-", operand=operand):
                return f"-{self.operand(operand, 3)}"
            case Binary(op=op, left=left, right=right) if op in _BINDING:
                return f"{self.operand(left, _BINDING[op])} {op} {self.operand(right, _BINDING[op] + 1)}"
            case Conditional(test=test, yes=yes, no=no):
                return self.say("choice", test=self.condition(test), a=self.value(yes), b=self.value(no))
            case ListOf(items=items):
                return f"[{', '.join(map(self.value, items))}]"
            case MapOf(entries=entries):
                return f"{{{', '.join(f'{self.value(key)}: {self.value(value)}' for key, value in entries)}}}"
            case Macro():
                return self.macro(node)
            case Call():
                return self.call(node)
        return self.condition(node)

    def operand(self, node: Node, binding: int) -> str:
        said = self.value(node)
        loose = isinstance(node, Binary) and _BINDING.get(node.op, 0) < binding
        return self.say("group", a=said) if loose or isinstance(node, Conditional) else said

    def value_of(self, node: Node, other: Node) -> str:
        """A value beside ``other``: one of an enumeration may have a title under that one's path."""
        if isinstance(node, Literal) and isinstance(node.value, str):
            value = node.value
            if title := self.titles.get(f"{path_of(other)}={value}") or self.titles.get(value):
                return title
        return self.value(node)

    def literal(self, value: object, of: Type) -> str:
        match value:
            case None:
                return self.words["null"]
            case bool():
                return self.words["true" if value else "false"]
            case UInt():
                return str(int(value))
            case str() if isinstance(of, EnumType):
                return self.titles.get(value, value)
            case str():
                return self.say("text", a=value)
            case datetime() | date() | time() | timedelta():
                return str(value)
        return str(value)

    def call(self, node: Call) -> str:
        operands = _operands(node)
        if node.function in _TESTS or node.function == "known":
            return self.test(node, negated=False)
        if node.function == "size" and len(operands) == 1:
            return self.say("length" if operands[0].type == STRING else "items", a=self.value(operands[0]))
        if node.function in _TRANSPARENT and len(operands) == 1:
            (only,) = operands
            return str(only.value) if isinstance(only, Literal) else self.value(only)
        if node.function == "days_between" and len(operands) == 2:
            return self.say("days_between", a=self.value(operands[0]), b=self.value(operands[1]))
        arguments = ", ".join(self.value(argument) for argument in node.arguments)
        target = "" if node.target is None else f"{self.value(node.target)}."
        return f"{target}{self.titles.get(node.function, node.function)}({arguments})"

    def macro(self, node: Macro) -> str:
        body = self.value(node.body) if node.macro == "map" else self.condition(node.body)
        parts = {"x": node.variable, "a": self.value(node.over), "b": body}
        if node.condition is not None:
            return self.say("map if", **parts, test=self.condition(node.condition))
        return self.say(node.macro, **parts)


def _operands(node: Call) -> tuple[Node, ...]:
    return node.arguments if node.target is None else (node.target, *node.arguments)


def _same_subject(parts: Sequence[Node], op: str) -> Node | None:
    """``x``, if every one of two or more ``parts`` is ``x op literal``."""
    first = parts[0]
    if len(parts) < 2 or not isinstance(first, Binary):
        return None
    for part in parts:
        if not (isinstance(part, Binary) and part.op == op and part.left == first.left):
            return None
        if not isinstance(part.right, Literal) or isinstance(part.right.value, bool):
            return None
    return first.left
