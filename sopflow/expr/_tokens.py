"""Cuts the text of an expression into tokens; knows the lexis, not the grammar.

The lexis is that of the CEL language definition ("Syntax"). Slips that people make with other languages, or
with a Chinese keyboard, are read as what they mean and reported: ``=``, ``and``, ``（``, ``‘P0’``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sopflow.errors import Problem
from sopflow.expr._values import UInt

__all__ = ["KEYWORDS", "RESERVED", "Token", "tokenize"]

KEYWORDS: Final = {"true": True, "false": False, "null": None}
RESERVED: Final = frozenset(
    "as break const continue else for function if import let loop package namespace return var void while".split()
)

_SPACE: Final = re.compile(r"(?:[ \t\r\n\f]|//[^\n]*)*")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER: Final = re.compile(
    r"0[xX][0-9a-fA-F]+[uU]?|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+(?:[eE][+-]?[0-9]+|[uU])?"
)
_OPERATOR: Final = re.compile(r"===|!==|==|!=|<=|>=|=>|=<|<>|&&|\|\||[-+*/%<>=!?:.,()\[\]{}&|]")
_STRING: Final = re.compile(r"([rR]?[bB]?|[bB][rR])('''|\"\"\"|'|\")")
_QUOTED: Final = re.compile(r"`([A-Za-z0-9_./ -]+)`")
_WORD: Final = re.compile(r"\w+")

# The end of a text, by (delimiter, raw): everything up to and with the closing delimiter.
_REST: Final = {
    ("'", False): re.compile(r"((?:[^'\\\r\n]|\\.)*)'"),
    ('"', False): re.compile(r'((?:[^"\\\r\n]|\\.)*)"'),
    ("'", True): re.compile(r"([^'\r\n]*)'"),
    ('"', True): re.compile(r'([^"\r\n]*)"'),
    ("'''", False): re.compile(r"((?:[^\\]|\\.)*?)'''", re.DOTALL),
    ('"""', False): re.compile(r'((?:[^\\]|\\.)*?)"""', re.DOTALL),
    ("'''", True): re.compile(r"(.*?)'''", re.DOTALL),
    ('"""', True): re.compile(r'(.*?)"""', re.DOTALL),
}

# What was written -> the operator that it means.
_SLIPS: Final = {
    "=": "==", "===": "==", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<=", "&": "&&", "|": "||",
    "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "且": "&&", "或": "||", "非": "!",
    "（": "(", "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "，": ",", "、": ",",
    "：": ":", "？": "?", "！": "!", "＜": "<", "＞": ">", "＋": "+", "－": "-", "＊": "*", "／": "/", "％": "%",
    "。": ".", "＝＝": "==", "！＝": "!=", "＝": "==", "＆＆": "&&", "｜｜": "||",
}  # fmt: skip
_WIDE: Final = re.compile("|".join(sorted((s for s in _SLIPS if not s.isascii()), key=len, reverse=True)))
_CURLY: Final = {"‘": "’", "’": "’", "“": "”", "”": "”", "「": "」", "《": "》", "`": "`"}

_SIMPLE_ESCAPES: Final = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)", re.DOTALL
)
_LARGEST_DIGITS: Final = 20  # of a 64-bit number in decimal


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is ``name``, ``value``, ``op`` or ``end``; ``value`` is what a literal stands for."""

    kind: str
    text: str
    start: int
    end: int
    value: object = None


def tokenize(text: str) -> tuple[list[Token], list[Problem]]:
    """The tokens of ``text``, the last of kind ``end``; reading stops at what cannot be understood."""
    tokens: list[Token] = []
    problems: list[Problem] = []
    at = _skip(text, 0)
    while at < len(text):
        after_dot = bool(tokens) and tokens[-1].text == "."
        token = _quoted_name(text, at) if after_dot else None
        token = token or _token(text, at, problems)
        if token is None:
            break
        tokens.append(token)
        at = _skip(text, token.end)
    tokens.append(Token("end", "", at, at))
    return tokens, problems


def _quoted_name(text: str, at: int) -> Token | None:
    """A field in backticks, whose name is none that could stand alone: ``.`content-type```."""
    match = _QUOTED.match(text, at)
    return Token("name", match[1], at, match.end(), match[1]) if match else None


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _token(text: str, at: int, problems: list[Problem]) -> Token | None:
    if match := _STRING.match(text, at):
        return _string(text, at, match, problems)
    if match := _NAME.match(text, at):
        return Token("name", match.group(), at, match.end())
    if match := _NUMBER.match(text, at):
        return _number(text, at, match, problems)
    if match := _OPERATOR.match(text, at) or _WIDE.match(text, at):
        found = match.group()
        meant = _SLIPS.get(found, found)
        if meant != found:
            problems.append(Problem("SOP306", at, match.end(), {"found": found, "right": meant}))
        return Token("op", meant, at, match.end())
    if text[at] in _CURLY:
        return _curly(text, at, problems)
    match = _WORD.match(text, at)
    end = match.end() if match else at + 1
    problems.append(Problem("SOP301", at, end, {"found": text[at:end]}))
    return None


def _number(text: str, at: int, match: re.Match[str], problems: list[Problem]) -> Token | None:
    written, end = match.group(), match.end()
    if glued := _WORD.match(text, end):
        problems.append(Problem("SOP308", at, glued.end(), {"found": text[at : glued.end()]}))
        return None
    unsigned = written[-1] in "uU"
    digits = written.rstrip("uU")
    if digits[:2] in ("0x", "0X"):
        fits = len(digits[2:].lstrip("0")) <= 16
        value: object = int(digits, 16) if fits else None
    elif digits.isdigit():
        fits = len(digits.lstrip("0")) <= _LARGEST_DIGITS
        value = int(digits.lstrip("0") or "0") if fits else None
    else:
        value = float(digits)
        fits = value != float("inf")
    # -9223372036854775808 is a number, so its digits may stand alone here; the parser looks at the sign.
    if isinstance(value, int):
        fits = value < 2**64 if unsigned else value <= 2**63
        value = UInt(value) if unsigned else value
    if not fits:
        shown = written if len(written) < 24 else written[:20] + "…"
        problems.append(Problem("SOP307", at, end, {"found": shown}))
        return None
    return Token("value", written, at, end, value)


def _string(text: str, at: int, opening: re.Match[str], problems: list[Problem]) -> Token | None:
    prefix, quote = opening.group(1).lower(), opening.group(2)
    match = _REST[quote, "r" in prefix].match(text, opening.end())
    if match is None:
        problems.append(Problem("SOP304", at, opening.end(), {"found": quote, "closing": quote}))
        return None
    body = match.group(1)
    as_bytes = "b" in prefix
    value = (
        _plain(body, as_bytes=as_bytes)
        if "r" in prefix
        else _unescape(body, opening.end(), problems, as_bytes=as_bytes)
    )
    return Token("value", text[at : match.end()], at, match.end(), value)


def _curly(text: str, at: int, problems: list[Problem]) -> Token | None:
    quote = text[at]
    end = text.find(_CURLY[quote], at + 1)
    if end < 0:
        problems.append(Problem("SOP304", at, at + 1, {"found": quote, "closing": _CURLY[quote]}))
        return None
    body = text[at + 1 : end]
    problems.append(Problem("SOP306", at, end + 1, {"found": text[at : end + 1], "right": f"'{body}'"}))
    return Token("value", text[at : end + 1], at, end + 1, body)


def _plain(body: str, *, as_bytes: bool) -> str | bytes:
    return body.encode("utf-8", "surrogatepass") if as_bytes else body


def _unescape(body: str, offset: int, problems: list[Problem], *, as_bytes: bool) -> str | bytes:
    """The text or bytes that ``body`` stands for; ``offset`` is where it begins in the expression."""
    if "\\" not in body:
        return _plain(body, as_bytes=as_bytes)
    pieces: list[str | bytes] = []
    at = 0
    for match in _ESCAPE.finditer(body):
        pieces.append(_plain(body[at : match.start()], as_bytes=as_bytes))
        at = match.end()
        simple, hexadecimal, octal, short, long = match.groups()
        if simple:
            pieces.append(_plain(_SIMPLE_ESCAPES[simple], as_bytes=as_bytes))
        elif code := hexadecimal or octal:
            number = int(code, 16 if hexadecimal else 8)
            pieces.append(bytes([number]) if as_bytes else chr(number))
        elif (code := short or long) and not as_bytes and _is_character(int(code, 16)):
            pieces.append(chr(int(code, 16)))
        else:
            found = body[match.start() : max(match.end(), match.start() + 2)]
            start = offset + match.start()
            problems.append(Problem("SOP309", start, start + len(found), {"found": found}))
    pieces.append(_plain(body[at:], as_bytes=as_bytes))
    if as_bytes:
        return b"".join(piece for piece in pieces if isinstance(piece, bytes))
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _is_character(code: int) -> bool:
    return code < 0xD800 or 0xE000 <= code <= 0x10FFFF
