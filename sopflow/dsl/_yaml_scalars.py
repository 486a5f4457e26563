"""What a plain YAML scalar means: the core schema of YAML 1.2.2, section 10.3; knows no places."""

from __future__ import annotations

import math
import re

from sopflow.dsl._source import MOST_INTEGER

WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
MAY_BE_NUMBER = frozenset("0123456789+-.")
"""The first characters of numbers: everything else is a word without a closer look."""

_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]+)|0o(?P<oct>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<endless>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_MOST_DIGITS = 400  # beyond it a number is out of range anyway, and int() slow or refused


class OutOfRange(ValueError):
    """A number that is not finite, or an integer beyond 64 bits."""


def number(text: str) -> int | float | None:
    """The number that ``text`` is, None if it is none; raises :class:`OutOfRange`."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    kind = match.lastgroup
    if kind == "endless" or len(text) > _MOST_DIGITS:
        raise OutOfRange(text)
    if kind == "float":
        value = float(text)
        if math.isinf(value):
            raise OutOfRange(text)
        return value
    whole = int(match[kind or "int"], {"oct": 8, "hex": 16}.get(kind or "", 10))
    if not -MOST_INTEGER - 1 <= whole <= MOST_INTEGER:
        raise OutOfRange(text)
    return whole


def is_word(text: str) -> bool:
    """Whether ``text``, written plain, is read as the text it is."""
    if text in WORDS:
        return False
    return text[0] not in MAY_BE_NUMBER or not _NUMBER.fullmatch(text)
