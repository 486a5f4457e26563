"""Sizes of paper by their names: ``A3``, ``letter-landscape``.

Knows neither pictures nor formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sopflow.errors import Finding, UsageError, nearest

POINTS = 72 / 25.4  # in a millimetre
#: Upright, in millimetres: ISO 216, and the sheets of North America (ANSI/ASME Y14.1).
_SIZES: Mapping[str, tuple[float, float]] = {
    "A0": (841, 1189), "A1": (594, 841), "A2": (420, 594), "A3": (297, 420), "A4": (210, 297), "A5": (148, 210),
    "letter": (215.9, 279.4), "legal": (215.9, 355.6), "tabloid": (279.4, 431.8),
}  # fmt: skip
_TURNED = {"": (False, True), "portrait": (False,), "landscape": (True,)}


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper in points; ``ways`` are the sizes in which it may lie, one or two."""

    name: str
    ways: tuple[tuple[float, float], ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Width to height, for each way in which it may lie."""
        return tuple(wide / high for wide, high in self.ways)


def paper(name: str) -> Paper:
    """The paper called ``name``, whatever its case, with ``-portrait`` or ``-landscape`` if it may lie only so.

    Raises UsageError (SOP830) where there is none.
    """
    size, _, way = name.partition("-")
    known = {one.lower(): one for one in _SIZES}
    if size.lower() not in known or way.lower() not in _TURNED or name.endswith("-"):
        names = [*_SIZES, *(f"{one}-{way}" for one in _SIZES for way in _TURNED if way)]
        close = nearest(name, names)
        fields = {"name": name, "nearest": close[0] if close else "", "known": ", ".join(_SIZES)}
        raise UsageError(Finding("SOP830", fields=fields))
    wide, high = (side * POINTS for side in _SIZES[known[size.lower()]])
    turned = _TURNED[way.lower()]
    return Paper(known[size.lower()], tuple((high, wide) if turn else (wide, high) for turn in turned))
