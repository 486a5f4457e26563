r"""YAML as nearly everybody writes it, read line by line: plain data, or None for a text that is not so simple.

Several times as quick as reading event by event, because it notes no places and tells no faults. Whatever this reader
reads, the other one would read to the same data and without a finding; where that is not sure, it gives up, and the
file is left to the other. So nothing here may be cleverer than the regular expressions say.

Simple is (in the words of YAML 1.2.2) a block map with a plain key, or a block sequence with an item, on each line;
scalars on one line, plain or in quotes without escapes; flow maps and sequences on one line; comments.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from sopflow.dsl._source import MOST_NODES
from sopflow.dsl._yaml_quiet import is_cut
from sopflow.dsl._yaml_scalars import MAY_BE_NUMBER, WORDS, OutOfRange, number

Holder: TypeAlias = "dict[str, object] | list[object]"

_MOST_DEPTH = 30  # in blocks, and again in brackets: together less than is allowed

_KEY = r"\w[\w.-]{0,99}"
_QUOTED = r"""'[^'\n]*(?:''[^'\n]*)*'|"[^"\\\n]*\""""
_FIRST = r"""(?:[^\s?:,\[\]{}#&*!|>'"%@`-]|-(?=[0-9]))"""  # what a plain scalar begins with
_COMMENT = r"\#(?:\ [^\n]*)?"  # `#5` behind a text may have been meant as a part of it
_LINE = re.compile(
    rf"""^(\ *)(-\ +)?                                                # margin, dash of an item
          (?:({_KEY}):(?:\ +|$))?                                     # key
          (?:({_QUOTED})
            |([\[{{][^\n]*)                                           # all that begins with a bracket, for _TOKEN
            |({_FIRST}[^\n:\#]*(?:(?::(?=\S)|(?<=\S)\#)[^\n:\#]*)*)   # plain scalar, with the spaces behind it
          )?
          (?:\ *(?<=\ ){_COMMENT})?\ *$
       |^\ *\#[^\n]*$
       |^([^\n]+)$                                                    # anything else
    """,
    re.MULTILINE | re.VERBOSE,
)
_TOKEN = re.compile(
    rf"""\ *(?:([\[\]{{}},])
              |({_KEY}):\ +
              |({_FIRST}[^\n:\#,\[\]{{}}]*(?:(?::(?=[\w/])|(?<=\S)\#)[^\n:\#,\[\]{{}}]*)*)
              |({_QUOTED})(?=\ *[,\]}}])
              |((?<=\ ){_COMMENT}$)
              |.)                                                     # anything else: all groups are empty
    """,
    re.VERBOSE,
)


class _NotSimple(Exception):
    """The text is for the other reader."""


def read_simple(text: str) -> dict[str, object] | None:
    r"""The data of ``text`` (printable, with ``\n`` at the end of lines); None where it is not simple."""
    # Each value stands behind a colon, a comma, a bracket or a dash: there are no more values than these.
    if sum(map(text.count, (":", ",", "[", "- "))) >= MOST_NODES or "\t" in text:
        return None
    try:
        return _read_lines(text)
    except (_NotSimple, OutOfRange):
        return None


def _read_lines(text: str) -> dict[str, object]:
    """The map that the lines of ``text`` are."""
    whole: dict[str, object] = {}
    top: Holder = whole
    opened: list[tuple[Holder, int]] = []  # the maps and lists around `top`, with their columns
    here = 0  # the column of `top`
    hole = ""  # a key of `top` whose value begins on the next line
    for margin, dash, key, quoted, flow, plain, odd in _LINE.findall(text):
        if not key and not dash:
            if quoted or flow or plain or odd:
                raise _NotSimple
            continue
        column = len(margin)
        if hole:
            if column <= here and not (dash and column == here):
                raise _NotSimple  # the key has no value
            top, here = _open([] if dash else {}, hole, top, column, opened, here)
            hole = ""
        elif column != here or (not dash and isinstance(top, list)):
            while column < here:
                top, here = opened.pop()
            if not dash and isinstance(top, list):
                top, here = opened.pop()  # a list may stand at the column of the key that it belongs to
            if column != here:
                raise _NotSimple
        if dash:
            if isinstance(top, dict):
                raise _NotSimple
            if key:
                top, here = _open({}, "", top, column + len(dash), opened, here)
        if plain:
            _put(top, key, _plain(plain))
        elif flow:
            _put(top, key, _read_flow(flow))
        elif quoted:
            _put(top, key, _unquoted(quoted))
        elif key and key not in top:
            hole = key
        else:
            raise _NotSimple
    if hole or not whole:
        raise _NotSimple
    return whole


def _read_flow(text: str) -> object:
    """The map or the list in brackets that ``text`` is, maybe with a comment behind it."""
    whole: list[object] = []
    top: Holder = whole
    opened: list[tuple[Holder, int]] = []
    key = ""
    is_due = True  # a value (in a map: a key) comes next
    for sign, name, plain, quoted, comment in _TOKEN.findall(text):
        if name and is_due and not key and isinstance(top, dict) and name not in top:
            key = name
        elif (plain or quoted) and is_due and opened:
            if plain and is_cut(plain):
                raise _NotSimple
            _put(top, key, _unquoted(quoted) if quoted else _plain(plain))
            key, is_due = "", False
        elif sign in ("{", "[") and is_due:
            top, _ = _open({} if sign == "{" else [], key, top, 0, opened, 0)
            key = ""
        elif sign == "," and opened and not is_due:
            is_due = True
        elif sign in ("}", "]") and opened and not key and isinstance(top, dict if sign == "}" else list):
            if is_due and top:
                raise _NotSimple  # a comma before the bracket
            (top, _), is_due = opened.pop(), False
        elif not comment or opened:
            raise _NotSimple
    if opened:
        raise _NotSimple
    return whole[0]


def _open(
    made: Holder, key: str, top: Holder, column: int, opened: list[tuple[Holder, int]], here: int
) -> tuple[Holder, int]:
    """Begin a map or a list inside ``top``: the new ``top`` and its column."""
    _put(top, key, made)
    opened.append((top, here))
    if len(opened) > _MOST_DEPTH:
        raise _NotSimple
    return made, column


def _put(top: Holder, key: str, value: object) -> None:
    """Put ``value`` into a map under ``key``, or at the end of a list, where there is none."""
    if isinstance(top, list):
        if key:
            raise _NotSimple
        top.append(value)
    elif key and key not in top:
        top[key] = value
    else:
        raise _NotSimple


def _plain(text: str) -> object:
    """What a plain scalar means; there may be spaces behind it."""
    text = text.rstrip(" ")
    if text[0] in MAY_BE_NUMBER:
        value = number(text)
        return text if value is None else value
    return WORDS.get(text, text)


def _unquoted(text: str) -> str:
    """What a scalar in quotes means."""
    return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1]
