"""What is to be drawn, before anybody knows where: sheets of nodes, edges and bands, in words people read.

Knows neither programs nor pixels; every layout and every writer of text formats begins here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: What a node looks like. ``sheet`` is a block that is drawn on a sheet of its own, ``goto`` leads to another place.
Shape = Literal[
    "start", "task", "decision", "approval", "fork", "join", "each", "until", "wait", "emit", "call", "sheet", "event",
    "end", "goto",
]  # fmt: skip
#: What an edge means: an ordinary way, a yes, a no, a way back to what was done before, or the way of a handler.
Meaning = Literal["flow", "yes", "no", "handler"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A small sign on a node: its ``kind`` (due, opens, every, if, checklist, people, auto, optional) and its words."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """One box, diamond or pill.

    ``id`` is unique in the scene, ``step`` the full path of the step that it shows ("" for none). ``texts`` holds its
    words in each language that is shown. ``comb``: its ways out may begin as one line, for all of them are taken.
    ``leads`` is the id of the sheet or the node that it stands for.
    """

    id: str
    shape: Shape
    texts: tuple[str, ...]
    step: str = ""
    lane: str = ""
    marks: tuple[Mark, ...] = ()
    about: str = ""
    leads: str = ""
    number: int = 0

    @property
    def comb(self) -> bool:
        """Whether its ways out may share their beginning."""
        return self.shape in ("fork", "start", "sheet", "call")


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from node to node; ``labels`` holds its words in each language (empty: none).

    ``exits`` are the outcomes of the source's step that take it (empty: it is no outcome's).
    """

    id: str
    source: str
    target: str
    labels: tuple[str, ...] = ()
    meaning: Meaning = "flow"
    exits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """Rows that belong together: a phase, a group, a for-each or a repeat; ``nodes`` are all that it holds."""

    id: str
    kind: Literal["phase", "group", "each", "repeat"]
    texts: tuple[str, ...]
    nodes: frozenset[str]
    marks: tuple[Mark, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A role's column."""

    id: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One titled part of the picture. ``phases`` says which phase a node belongs to."""

    id: str
    number: int
    texts: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    bands: tuple[Band, ...] = ()
    phases: dict[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a picture shows. ``lanes`` are in their order; ``phases`` holds titles by id, in their order.

    ``remarks`` are lines below the title that say what is drawn over the picture.
    """

    name: str
    version: str
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    lanes: tuple[Lane, ...]
    phases: dict[str, tuple[str, ...]]
    sheets: tuple[Sheet, ...]
    steps: int
    remarks: tuple[str, ...] = ()
