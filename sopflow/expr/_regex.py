"""``matches``: regular expressions in RE2's syntax, searched in time that grows with pattern times text only.

CEL asks for RE2. Python's ``re`` backtracks, so that ``(a+)+$`` on a short text can take years; here a pattern
becomes a small nondeterministic automaton whose states are all followed at once (Thompson 1968). Hence no
back-references and no look-around. Knows no expressions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

from sopflow.expr._values import Fault, shown

__all__ = ["MAX_PATTERN", "MAX_WORK", "matches"]

MAX_PATTERN: Final = 1_000  # characters
MAX_STATES: Final = 2_000  # after {n,m} has been written out
MAX_WORK: Final = 300_000  # states visited in one search
MAX_GROUPS: Final = 30  # brackets in brackets

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Step:
    """One instruction. ``test`` eats a character; ``anchor`` looks at the place; neither: just go on.

    ``to`` are the instructions that follow; none of them: the pattern has matched.
    """

    to: tuple[int, ...]
    test: Test | None = None
    anchor: str = ""


def matches(text: str, pattern: str) -> bool:
    """Whether ``pattern`` is found anywhere in ``text``."""
    return _search(_program(pattern), text)


@lru_cache(maxsize=256)
def _program(pattern: str) -> Sequence[_Step]:
    if len(pattern) > MAX_PATTERN:
        raise Fault("SOP348", found=shown(pattern))
    return _Compiler(pattern).program()


def _search(program: Sequence[_Step], text: str) -> bool:
    work = 0
    here: set[int] = set()
    for at in range(len(text) + 1):
        todo = [0, *here]  # 0: the match may begin here as well
        reached: set[int] = set()
        eaters: list[_Step] = []
        while todo:
            number = todo.pop()
            if number in reached:
                continue
            reached.add(number)
            step = program[number]
            if step.test is not None:
                eaters.append(step)
            elif not step.to:
                return True
            elif not step.anchor or _holds(step.anchor, text, at):
                todo.extend(step.to)
        work += len(reached)
        if work > MAX_WORK:
            raise Fault("SOP346", most=MAX_WORK)
        if at < len(text):
            character = text[at]
            here = {step.to[0] for step in eaters if step.test is not None and step.test(character)}
    return False


def _holds(anchor: str, text: str, at: int) -> bool:
    match anchor:
        case "^":
            return at == 0
        case "$":
            return at == len(text)
        case "^m":
            return at == 0 or text[at - 1] == "\n"
        case "$m":
            return at == len(text) or text[at] == "\n"
    before = at > 0 and _is_word(text[at - 1])
    after = at < len(text) and _is_word(text[at])
    return (before != after) == (anchor == "b")


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def _is_space(character: str) -> bool:
    return character in " \t\n\f\r"


def _not(test: Test) -> Test:
    return lambda character: not test(character)


_CLASSES: Final[dict[str, Test]] = {"d": _is_digit, "w": _is_word, "s": _is_space}
_POSIX: Final[dict[str, Test]] = {
    "alnum": lambda c: c.isascii() and c.isalnum(),
    "alpha": lambda c: c.isascii() and c.isalpha(),
    "ascii": str.isascii,
    "blank": lambda c: c in " \t",
    "cntrl": lambda c: c < " " or c == "\x7f",
    "digit": _is_digit,
    "graph": lambda c: "!" <= c <= "~",
    "lower": lambda c: "a" <= c <= "z",
    "print": lambda c: " " <= c <= "~",
    "punct": lambda c: "!" <= c <= "~" and not c.isalnum(),
    "space": lambda c: c in " \t\n\v\f\r",
    "upper": lambda c: "A" <= c <= "Z",
    "word": _is_word,
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
}
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_CODE: Final = re.compile(r"x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}|([0-7]{3})")
_CATEGORY: Final = re.compile(r"[pP](?:([A-Z])|\{(\^?)([A-Z][a-z]?)\})")
_COUNT: Final = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")
_GROUP: Final = re.compile(r"\?(?:P?<[A-Za-z_]\w*>|([ims]*)(?:-([ims]+))?([:)]))", re.ASCII)

# A fragment of the automaton: adds its steps in front of ``after`` and gives the first of them.
_Fragment = Callable[[int], int]


class _Compiler:
    """Reads a pattern by recursive descent and writes its steps from the end to the beginning."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.groups = 0
        self.copies = 0
        self.flags: frozenset[str] = frozenset()
        self.steps: list[_Step] = []

    def program(self) -> Sequence[_Step]:
        whole = self.alternatives()
        if self.at < len(self.pattern):
            self.refuse()
        last = self.add(_Step(()))
        first = whole(last)
        # The search begins at 0, so the order of the steps is turned to have the first one there.
        turn = len(self.steps) - 1
        entry = self.add(_Step((first,)))
        order = [entry, *range(turn + 1)]
        place = {old: new for new, old in enumerate(order)}
        return tuple(
            _Step(tuple(place[to] for to in self.steps[old].to), self.steps[old].test, self.steps[old].anchor)
            for old in order
        )

    def refuse(self) -> NoReturn:
        raise Fault("SOP348", found=shown(self.pattern))

    def add(self, step: _Step) -> int:
        if len(self.steps) >= MAX_STATES:
            self.refuse()
        self.steps.append(step)
        return len(self.steps) - 1

    def looking_at(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def take(self, text: str) -> bool:
        if self.looking_at(text):
            self.at += len(text)
            return True
        return False

    def take_match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        match = expression.match(self.pattern, self.at)
        if match:
            self.at = match.end()
        return match

    def character(self) -> str:
        if self.at >= len(self.pattern):
            self.refuse()
        self.at += 1
        return self.pattern[self.at - 1]

    # Rules

    def alternatives(self) -> _Fragment:
        """sequence { "|" sequence }"""
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        if len(options) == 1:
            return options[0]
        return lambda after: self.add(_Step(tuple(option(after) for option in options)))

    def sequence(self) -> _Fragment:
        """{ repeated }"""
        parts: list[_Fragment] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self.repeated())

        def write(after: int) -> int:
            for part in reversed(parts):
                after = part(after)
            return after

        return write

    def repeated(self) -> _Fragment:
        """atom [ "*" | "+" | "?" | "{" n [ "," [ m ] ] "}" ] [ "?" ]"""
        atom = self.atom()
        if self.take("*"):
            low, high = 0, None
        elif self.take("+"):
            low, high = 1, None
        elif self.take("?"):
            low, high = 0, 1
        elif count := self.take_match(_COUNT):
            low = int(count[1])
            high = (int(count[3]) if count[3] else None) if count[2] else low
            if low > 1000 or (high is not None and not low <= high <= 1000):
                self.refuse()
        else:
            return atom
        self.take("?")  # lazy or greedy is the same to someone who only asks whether there is a match
        if self.at < len(self.pattern) and self.pattern[self.at] in "*+?":
            self.refuse()
        return lambda after: self.repeat(atom, low, high, after)

    def repeat(self, atom: _Fragment, low: int, high: int | None, after: int) -> int:
        if high is None:
            loop = self.add(_Step((after,)))
            self.steps[loop] = _Step((after, atom(loop)))
            after = loop
        else:
            end = after
            for _ in range(high - low):
                after = self.add(_Step((end, atom(after))))
        for _ in range(low):
            self.copies += 1  # counted apart from the steps: (((){1000}){1000}){1000} writes none
            if self.copies > MAX_STATES:
                self.refuse()
            after = atom(after)
        return after

    def atom(self) -> _Fragment:
        character = self.character()
        match character:
            case "(":
                return self.group()
            case "[":
                return self.eat(self.bracket())
            case ".":
                return self.eat((lambda c: True) if "s" in self.flags else (lambda c: c != "\n"))
            case "^" | "$":
                return self.anchor(character + ("m" if "m" in self.flags else ""))
            case "\\":
                return self.escape()
            case "*" | "+" | "?":
                self.refuse()
        return self.eat(self.same(character))

    def group(self) -> _Fragment:
        self.groups += 1
        if self.groups > MAX_GROUPS:
            self.refuse()
        outer = self.flags
        if self.looking_at("?"):
            opening = self.take_match(_GROUP)
            if opening is None:  # look-around and other things that RE2 has not either
                self.refuse()
            on, off, closing = opening.groups()
            if closing is not None:
                self.flags = (self.flags | set(on or "")) - set(off or "")
            if closing == ")":  # (?i): for the rest of the enclosing group
                self.groups -= 1
                return lambda after: after
        inner = self.alternatives()
        if not self.take(")"):
            self.refuse()
        self.flags = outer
        self.groups -= 1
        return inner

    def escape(self) -> _Fragment:
        for written, kind in (("b", "b"), ("B", "B"), ("A", "^"), ("z", "$")):
            if self.take(written):
                return self.anchor(kind)
        test = self.escaped()
        return self.eat(test if callable(test) else self.same(test))

    def escaped(self) -> str | Test:
        """What follows a backslash: a class of characters or one character."""
        if code := self.take_match(_CODE):
            number = int(code[1] or code[2] or code[3], 8 if code[3] else 16)
            if number > 0x10FFFF:
                self.refuse()
            return chr(number)
        if category := self.take_match(_CATEGORY):
            wanted = category[1] or category[3]
            turned = (category[0][0] == "P") != bool(category[2])
            return lambda c: unicodedata.category(c).startswith(wanted) != turned
        character = self.character()
        if character.lower() in _CLASSES:
            test = _CLASSES[character.lower()]
            return test if character.islower() else _not(test)
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isascii() and character.isalnum():  # \1, \Q, \k: not here
            self.refuse()
        return character

    def bracket(self) -> Test:
        """What follows "[": [ "^" ] { character | range | class } "]" """
        turned = self.take("^")
        tests: list[Test] = []
        first = True
        while first or not self.looking_at("]"):
            first = False
            if self.take("[:"):
                name, closed, _ = self.pattern[self.at :].partition(":]")
                if not closed or name.removeprefix("^") not in _POSIX:
                    self.refuse()
                self.at += len(name) + 2
                test = _POSIX[name.removeprefix("^")]
                tests.append(_not(test) if name[0] == "^" else test)
                continue
            low = self.bracket_item()
            if callable(low):
                tests.append(low)
            elif self.looking_at("-") and not self.looking_at("-]"):
                self.at += 1
                high = self.bracket_item()
                if callable(high) or high < low:
                    self.refuse()
                tests.append(self.between(low, high))
            else:
                tests.append(self.same(low))
        self.at += 1
        return lambda c: any(test(c) for test in tests) != turned

    def bracket_item(self) -> str | Test:
        return self.escaped() if self.take("\\") else self.character()

    # Steps

    def same(self, wanted: str) -> Test:
        if "i" in self.flags:
            folded = wanted.casefold()
            return lambda c: c.casefold() == folded
        return lambda c: c == wanted

    def between(self, low: str, high: str) -> Test:
        if "i" in self.flags:
            return lambda c: low <= c.lower() <= high or low <= c.upper() <= high
        return lambda c: low <= c <= high

    def eat(self, test: Test) -> _Fragment:
        return lambda after: self.add(_Step((after,), test))

    def anchor(self, kind: str) -> _Fragment:
        return lambda after: self.add(_Step((after,), anchor=kind))
