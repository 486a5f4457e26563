"""Where BPMN's shapes, the ends of its lines and its labels stand, beside those of the picture.

BPMN draws gateways and events small, with their words beside them: lines are led on to the smaller shape, and words are
put where they cover least. Knows places, nothing of BPMN's elements.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sopflow.rendering._geometry import Box
from sopflow.rendering._text import wrap
from sopflow.rendering._widths import width

Point = tuple[float, float]
_SIZE, _LEADING = 11.0, 14.0  # of labels, as bpmn.io writes them
_ROOMS = (104.0, 150.0, 72.0)  # widths that a label may take
_AROUND = 190.0  # what is farther from a shape cannot be covered by its label


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: its outline and its box."""

    outline: Literal["box", "diamond", "circle"]
    box: Box

    @property
    def centre(self) -> Point:
        """Its middle."""
        x, y, wide, high = self.box
        return x + wide / 2, y + high / 2

    def holds(self, point: Point) -> bool:
        """Whether a point is inside; on the border it is not."""
        _, _, wide, high = self.box
        dx, dy = (abs(point[0] - self.centre[0]) / (wide / 2), abs(point[1] - self.centre[1]) / (high / 2))
        match self.outline:
            case "box":
                return max(dx, dy) < 1 - 1e-9
            case "diamond":
                return dx + dy < 1 - 1e-9
            case "circle":
                return math.hypot(dx, dy) < 1 - 1e-9


def around(centre: Point, size: float, outline: Literal["diamond", "circle"]) -> Shape:
    """A gateway or an event around its middle."""
    return Shape(outline, (centre[0] - size / 2, centre[1] - size / 2, size, size))


def joined(points: Sequence[Point], source: Shape, target: Shape) -> list[Point]:
    """A line whose ends are led to the borders of two shapes, level or upright all the way."""
    ahead = _ending(list(points), target)
    return _ending(ahead[::-1], source)[::-1]


def _ending(points: list[Point], shape: Shape) -> list[Point]:
    """A line led on to the middle of the shape, then cut at its border."""
    end, before = points[-1], points[-2]
    x, y = shape.centre
    points += [(end[0], y) if abs(end[0] - before[0]) < abs(end[1] - before[1]) else (x, end[1]), (x, y)]
    while len(points) > 2 and shape.holds(points[-2]):
        points.pop()
    outside, inside = points[-2], points[-1]
    for _ in range(24):  # halving: to far less than a pixel
        middle = ((outside[0] + inside[0]) / 2, (outside[1] + inside[1]) / 2)
        outside, inside = (outside, middle) if shape.holds(middle) else (middle, inside)
    return tidy([*points[:-1], outside])


def tidy(points: Sequence[Point]) -> list[Point]:
    """A line without points that say nothing: equal ones, and those in the middle of a straight stretch."""
    said: list[Point] = []
    for point in ((round(x, 1), round(y, 1)) for x, y in points):
        if said and point == said[-1]:
            continue
        while len(said) > 1 and (said[-2][0] == said[-1][0] == point[0] or said[-2][1] == said[-1][1] == point[1]):
            said.pop()
        said.append(point)
    return said if len(said) > 1 else said * 2


def parted(points: Sequence[Point], room: float) -> tuple[list[Point], Point, list[Point]]:
    """A line in two, parted in the middle of its last stretch that is longer than ``room``, else of its longest."""
    stretches = list(pairwise(points))
    lengths = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in stretches]
    fitting = [at for at, length in enumerate(lengths) if length >= room]
    at = fitting[-1] if fitting else max(range(len(lengths)), key=lambda one: lengths[one])
    (ax, ay), (bx, by) = stretches[at]
    middle = ((ax + bx) / 2, (ay + by) / 2)
    return [*points[: at + 1], middle], middle, [middle, *points[at + 1 :]]


class Labels:
    """Puts words beside shapes, away from what is there already: boxes, and the stretches of lines."""

    def __init__(self, boxes: Iterable[Box], lines: Iterable[Sequence[Point]]) -> None:
        self._boxes = list(boxes)
        self._boxes += [_box_of(a, b) for line in lines for a, b in pairwise(line)]

    def place(self, text: str, shape: Shape) -> Box:
        """The box of ``text`` beside ``shape``, where it covers least; taken from then on."""
        x, y = shape.centre
        # A shape's own box does not count: the corners of a diamond are free.
        near = [
            box for box in self._boxes
            if box != shape.box and abs(box[0] + box[2] / 2 - x) < _AROUND + box[2] / 2
            and abs(box[1] + box[3] / 2 - y) < _AROUND + box[3] / 2
        ]  # fmt: skip
        best = min(_places(text, shape), key=lambda one: sum(_covered(one[1], box) for box in near) + one[0])[1]
        self._boxes.append(best)
        return best


def _places(text: str, shape: Shape) -> Iterable[tuple[float, Box]]:
    """Where a label may stand, each with how much it is worse than the first, all else being equal."""
    (x, y), half = shape.centre, shape.box[2] / 2
    aside = half * 0.6 if shape.outline == "diamond" else half * 0.8
    for worse, room in enumerate(_ROOMS):
        lines = [line for part in text.split("\n") for line in wrap(part, _SIZE, room, 8)]
        wide = max(width(line, _SIZE) for line in lines) + 10  # as other fonts are wider
        high = len(lines) * _LEADING
        corners = (
            (x + aside, y - aside - high), (x - aside - wide, y - aside - high), (x + aside, y + aside),
            (x - aside - wide, y + aside), (x - wide / 2, y + half + 3), (x + half + 3, y - high / 2),
            (x - half - 3 - wide, y - high / 2), (x - wide / 2, y - half - 3 - high),
        )  # fmt: skip
        for rank, corner in enumerate(corners):
            yield worse * 9 + rank, (*corner, wide, high)


def _box_of(a: Point, b: Point) -> Box:
    """A stretch of a line as a box, wide enough that words keep off it."""
    return min(a[0], b[0]) - 2, min(a[1], b[1]) - 2, abs(a[0] - b[0]) + 4, abs(a[1] - b[1]) + 4


def _covered(one: Box, two: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    high = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    return wide * high if wide > 0 and high > 0 else 0.0
