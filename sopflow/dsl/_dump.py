"""Plain data out: YAML that people read and edit, and JSON; knows nothing of SOPs.

Reading what was written gives equal data, for all plain data that can be read at all (64 levels, integers of
64 bits, finite numbers, texts without lone surrogates).
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from sopflow.dsl._source import MOST_DEPTH, MOST_INTEGER
from sopflow.dsl._yaml_scalars import is_word

WIDTH = 110
"""Columns that a map or a list may take on one line; a Chinese character takes two."""

_FLOW_DEPTH = 2
# What c-printable (YAML 1.2.2 [1]) leaves out, and the line ends on which parsers disagree.
_MUST_ESCAPE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SIGNS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_NOT_PLAIN = re.compile(r":(?= |$)| #|^\s|\s$|^\.\.\.")
_NOT_PLAIN_IN_FLOW = re.compile(r"[,\[\]{}]|:\?")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_IN_DOUBLE_QUOTES = re.compile(f'{_MUST_ESCAPE.pattern}|["\\\\]')


def write_yaml(data: object) -> str:
    """``data`` as YAML 1.2: block style, small maps and lists on one line, quotes only where they must be.

    Raises TypeError for what is not plain data and ValueError for what could not be read back.
    """
    if isinstance(data, Mapping | list | tuple) and data:
        return "".join(f"{line}\n" for line in _block(data, 0))
    if isinstance(data, str) and (body := _literal(data)) is not None:
        return "".join(f"{line}\n" for line in (body[0], *_indented(body[1], 2)))
    return f"{_flow(data, in_flow=False)}\n"


def write_json(data: object) -> str:
    """``data`` as JSON in the order it has, indented by two spaces, other alphabets as they are."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _block(data: object, depth: int) -> Iterator[str]:
    """The lines of a map or a list that is not empty, without indentation of its own.

    Recursion is bounded: what is deeper than a reader takes is refused.
    """
    if depth >= MOST_DEPTH:
        raise ValueError(f"nested deeper than {MOST_DEPTH} levels")
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _entry(f"{_key(key)}:", value, depth)
    elif isinstance(data, Sequence):
        for item in data:
            yield from _item(item, depth)


def _entry(lead: str, value: object, depth: int) -> Iterator[str]:
    """A key and its value: on one line if that is short, else the value below, indented."""
    if isinstance(value, str):
        body = _literal(value)
        if body is None:
            yield f"{lead} {_text(value, in_flow=False)}"
        else:
            yield f"{lead} {body[0]}"
            yield from _indented(body[1], 2)
    elif not isinstance(value, Mapping | list | tuple):
        yield f"{lead} {_flow(value, in_flow=False)}"
    elif (line := _one_line(value, len(lead) + 1 + 2 * depth)) is not None:
        yield f"{lead} {line}"
    else:
        yield lead
        yield from _indented(_block(value, depth + 1), 2)


def _item(item: object, depth: int) -> Iterator[str]:
    """An item of a list: its first line stands behind the dash."""
    if isinstance(item, Mapping | list | tuple) and item and _one_line(item, 2 + 2 * depth) is None:
        lines = iter(_block(item, depth + 1))
        yield f"- {next(lines)}"
        yield from _indented(lines, 2)
    else:
        yield from _entry("-", item, depth)


def _indented(lines: Iterator[str] | Sequence[str], by: int) -> Iterator[str]:
    for line in lines:
        yield " " * by + line if line else line


def _one_line(value: object, used: int) -> str | None:
    """A map or a list in ``{…}`` or ``[…]``, None if it is too deep, too wide or has a text of several lines."""
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    if not _is_shallow(value, _FLOW_DEPTH):
        return None
    line = _flow(value, in_flow=True)
    return line if used + _columns(line) <= WIDTH else None


def _is_shallow(value: object, depth: int) -> bool:
    if isinstance(value, Mapping):
        return depth > 0 and len(value) < WIDTH and all(_is_shallow(v, depth - 1) for v in value.values())
    if isinstance(value, list | tuple):
        return depth > 0 and len(value) < WIDTH and all(_is_shallow(v, depth - 1) for v in value)
    return not isinstance(value, str) or (len(value) < WIDTH and "\n" not in value)


def _flow(value: object, *, in_flow: bool) -> str:
    """Any value on one line; collections only where :func:`_is_shallow` has bounded them, or empty."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            if not -MOST_INTEGER - 1 <= value <= MOST_INTEGER:
                raise ValueError("an integer needs more than 64 bits")
            return str(int(value))
        case float():
            if not math.isfinite(value):
                raise ValueError("a number must be finite")
            return repr(float(value))
        case str():
            return _text(value, in_flow=in_flow)
        case Mapping():
            return "{" + ", ".join(f"{_key(k, in_flow=True)}: {_flow(v, in_flow=True)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_flow(v, in_flow=True) for v in value) + "]"
    raise TypeError(f"{type(value).__name__} is not plain data")


def _key(key: object, *, in_flow: bool = False) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be a text, not {type(key).__name__}")
    return '"<<"' if key == "<<" else _text(key, in_flow=in_flow, is_key=True)


def _text(text: str, *, in_flow: bool, is_key: bool = False) -> str:
    """``text`` plain where that is read back as it is, else in the quotes that need the least escaping."""
    if _MUST_ESCAPE.search(text):
        return _double_quoted(text)
    plain = (
        text
        and (is_key or is_word(text))
        and text[0] not in _SIGNS
        and not _NOT_PLAIN.search(text)
        and not (in_flow and (_NOT_PLAIN_IN_FLOW.search(text) or _looks_cut(text)))
    )
    if plain:
        return text
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _looks_cut(text: str) -> bool:
    """A text that a reader of YAML inside brackets would suspect of being half of one."""
    return any(sign in text for sign in "()'\"")


def _double_quoted(text: str) -> str:
    def escaped(match: re.Match[str]) -> str:
        character = match[0]
        code = ord(character)
        if 0xD800 <= code < 0xE000:
            raise ValueError("a text holds half a character (a lone surrogate)")
        return _ESCAPES.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000
                                           else f"\\U{code:08x}")  # fmt: skip

    return '"' + _IN_DOUBLE_QUOTES.sub(escaped, text) + '"'


def _literal(text: str) -> tuple[str, list[str]] | None:
    """Header and lines of a literal block, None where ``text`` is one line or would not come back as it is."""
    if "\n" not in text[:-1] or text[0] in " \n" or text.endswith("\n\n"):
        return None
    lines = text.removesuffix("\n").split("\n")
    if any(line.isspace() or _MUST_ESCAPE.search(line) for line in lines):
        return None
    return ("|" if text.endswith("\n") else "|-"), lines


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
