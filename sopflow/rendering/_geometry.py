"""Where everything is: the public format between layouts and writers, and, as JSON, for anybody's own.

All lengths are pixels from the upper left corner of the page; boxes are [x, y, width, height]. Knows neither themes
nor formats.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

#: The version of the JSON format: its first number grows when a reader of the old one would misread the new.
FORMAT = "1.0"
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text: its middle and its baseline's height, its size, and what it is (``kind``)."""

    text: str
    x: float
    y: float
    size: float
    kind: str
    width: float
    icon: bool = False
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class NodeBox:
    """A node: ``shape`` says what it is, ``outline`` how it is drawn; ``about`` is for tooltips and panels.

    ``number`` is that of the sheet that it leads to (0: none), ``letters`` those of the connectors that end here.
    """

    id: str
    shape: str
    outline: str
    box: Box
    lines: tuple[TextLine, ...]
    lane: str = ""
    phase: str = ""
    step: str = ""
    title: str = ""
    about: str = ""
    badge: str = ""
    number: int = 0
    letters: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """An edge: the points of its line from source to target; ``back``: it leads to what was done before."""

    id: str
    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    meaning: str
    back: bool = False
    label: tuple[TextLine, ...] = ()
    label_box: Box | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A lane or a strip (phase, group, for-each, repeat): its box with its heading's, and the heading's lines."""

    id: str
    kind: str
    box: Box
    heading: Box
    lines: tuple[TextLine, ...]
    number: int = 0


@dataclass(frozen=True, slots=True)
class SheetBox:
    """A titled part of the picture."""

    id: str
    number: int
    title: str
    box: Box
    bar: Box
    lines: tuple[TextLine, ...]
    lanes: tuple[Area, ...]
    strips: tuple[Area, ...]
    nodes: tuple[NodeBox, ...]
    edges: tuple[EdgeLine, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """What is drawn over a node or an edge: its ``status``, the ``signs`` beside it, and ``facts``: the same in words.

    A sign is its kind and the few characters that stand in it ("" for none).
    """

    id: str
    status: str
    signs: tuple[tuple[str, str], ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gauge:
    """How far a sheet, or the strip ``id`` of one ("": the whole), has come: ``done`` of ``of`` steps, and in words."""

    sheet: str
    id: str
    done: int
    of: int
    share: float
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A numbered line of the list at the foot, about ``nodes`` and ``edges``."""

    number: str
    kind: str
    lines: tuple[TextLine, ...]
    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlaid:
    """What is drawn over a picture: a ``run``, ``findings``, or a ``diff``; ``heading`` says which, in words."""

    kind: str
    heading: str
    nodes: tuple[Marked, ...]
    edges: tuple[Marked, ...]
    gauges: tuple[Gauge, ...] = ()
    legend: tuple[tuple[str, TextLine], ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Geometry:
    """A whole picture."""

    name: str
    version: str
    title: str
    language: str
    layout: str
    width: float
    height: float
    lines: tuple[TextLine, ...]
    sheets: tuple[SheetBox, ...]
    legend: tuple[tuple[str, TextLine], ...] = ()
    format: str = field(default=FORMAT)
    overlay: Overlaid | None = None

    def as_json(self) -> dict[str, object]:
        """Plain data, lengths rounded to a tenth of a pixel; ``overlay`` only where there is one."""
        made = _plain(asdict(self))
        assert isinstance(made, dict)
        if self.overlay is None:
            del made["overlay"]
        return made


def _plain(value: object) -> object:
    match value:
        case float():
            return round(value, 1)
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
