"""Makes the font of this folder from the full one; needs fontTools, and nothing of sopflow needs this module."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

TARGET = Path(__file__).parent / "NotoSansCJKsc-Regular-subset.otf"
_FAMILY = "Noto Sans CJK SC"
_RANGES = (
    (0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2028), (0x2030, 0x203B), (0x20AC, 0x20AD), (0x2190, 0x219A),
    (0x2200, 0x2213), (0x2260, 0x2266), (0x2460, 0x2474), (0x25A0, 0x25D0), (0x2713, 0x2714), (0x3000, 0x3016),
    (0xFF01, 0xFF5F),
)  # fmt: skip
_TABLES = ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "GDEF"]


def characters() -> str:
    """The characters of the subset, sorted."""
    chosen = {chr(code) for first, last in _RANGES for code in range(first, last)}
    chosen |= set(_decoded("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF)))
    chosen |= set(_decoded("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]))  # level 1
    return "".join(sorted(chosen))


def _decoded(encoding: str, leads: Iterable[int], trails: Iterable[int]) -> Iterable[str]:
    trails = list(trails)
    for lead in leads:
        for trail in trails:
            text = bytes([lead, trail]).decode(encoding, errors="ignore")
            if len(text) == 1:
                yield text


def main(source: str) -> None:
    """Write the subset of the collection ``source``."""
    subset = importlib.import_module("fontTools.subset")
    collection = importlib.import_module("fontTools.ttLib").TTCollection(source)
    font = next(font for font in collection.fonts if font["name"].getDebugName(1) == _FAMILY)
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += _TABLES
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    font.save(TARGET)


if __name__ == "__main__":
    main(sys.argv[1])
