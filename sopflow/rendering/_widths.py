"""How wide characters are, in thousandths of the font's size: of Noto Sans CJK SC, whose subset draws our PNGs.

A Chinese character is one em wide in it, and in the other fonts of the stack; their Latin letters differ a little.
"""

from __future__ import annotations

from functools import cache

_ASCII = (
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555, 555, 555, 555,
    555, 555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812,
    723, 742, 633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620,
    554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606, 620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338,
    270, 338, 555,
)  # fmt: skip
_EM = 1000
_LETTER = 620  # other alphabets: wider than most of their letters
_FIRST_WIDE = 0x1100  # Hangul; from here on nearly everything is as wide as it is high
_WIDE_SIGNS = "‘’“”…·≤≥≠→←↑↓×÷•§°±"


def width(text: str, size: float) -> float:
    """The width of ``text`` in a font of ``size`` pixels."""
    return sum(map(_of, text)) * size / _EM


@cache
def _of(sign: str) -> int:
    code = ord(sign)
    if 0x20 <= code < 0x7F:
        return _ASCII[code - 0x20]
    return _EM if code >= _FIRST_WIDE or sign in _WIDE_SIGNS else _LETTER
