"""What a layout of another package is given and gives back: boxes and lines go in, places come out.

Such a layout is a function behind an entry point of the group ``sopflow.layouts``. It knows neither lanes nor strips:
steps name their roles themselves, as in the layout ``flow``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from sopflow.rendering.layout._place import Placed


@dataclass(frozen=True, slots=True)
class Box:
    """A node to be placed: its size in pixels, and its ``outline`` (rect, pill, diamond, hexagon, pentagon, bar)."""

    id: str
    width: float
    height: float
    outline: str


@dataclass(frozen=True, slots=True)
class Line:
    """An edge between boxes by their numbers; ``label`` is the size of its words in pixels, ``back``: it leads back."""

    id: str
    source: int
    target: int
    label: tuple[float, float] | None
    back: bool


class Engine(Protocol):
    """A layout of another package."""

    def __call__(self, boxes: Sequence[Box], lines: Sequence[Line], /) -> Placed:
        """Places from (0, 0) for all ``boxes`` and ``lines``, in their order; pixels, as if the page ran down."""


def fault_of(placed: object, boxes: Sequence[Box], lines: Sequence[Line]) -> str:
    """Why what an engine has given back cannot be drawn; empty if it can."""
    if not isinstance(placed, Placed):
        return f"it gave {type(placed).__name__}, not sopflow.rendering.Placed"
    counts = len(placed.nodes), len(placed.edges), len(placed.labels)
    if counts != (len(boxes), len(lines), len(lines)):
        return f"it placed {counts[0]} of {len(boxes)} nodes and {min(counts[1:])} of {len(lines)} edges"
    if any(len(points) < 2 for points in placed.edges):
        return "an edge has fewer than two points"
    rects = [*placed.nodes, *(label for label in placed.labels if label is not None)]
    numbers = [number for rect in rects for number in rect]
    numbers += [number for points in placed.edges for point in points for number in point]
    numbers += [placed.width, placed.height]
    if not all(isinstance(number, int | float) and isfinite(number) for number in numbers):
        return "a place is no number"
    missing = any(line.label is not None and label is None for line, label in zip(lines, placed.labels, strict=True))
    return "a label has no place" if missing else ""
