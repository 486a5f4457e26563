"""The acts of a plan, and the network that they make: values, without a rule of how they come about."""

from __future__ import annotations

from dataclasses import dataclass, field

from sopflow.calendars import Pace
from sopflow.engine import RunState
from sopflow.program import Cases, Program, Time

#: Acts that a plan has at most; loops in loops multiply.
MOST_ACTS = 50_000


@dataclass(slots=True, eq=False)
class Frame:
    """A program that is planned: the SOP itself, or one that a step of ``up`` calls. ``state`` is what is known."""

    program: Program
    state: RunState
    prefix: str = ""
    up: Frame | None = None
    call: int = -1
    depth: int = 0


@dataclass(slots=True, eq=False)
class Act:
    """One act. ``part``: ``step``, ``open`` and ``close`` of a block, ``begin`` and ``end`` of a region.

    ``before``: one of them is enough, or ``need`` of them, or ``all``; of ``also`` each must have ended too. ``at`` is
    a time before which it does not begin, ``pace`` one whose next tick it waits for. ``opener`` is what a ``close``
    closes.
    """

    index: int
    part: str
    frame: Frame
    step: int
    before: list[int] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)
    also: list[int] = field(default_factory=list)
    all: bool = False
    need: int = 0
    at: Time | None = None
    pace: Pace | Cases | None = None
    opener: int = -1
    skippable: bool = False
    round: int = 1


@dataclass(slots=True)
class Network:
    """The acts in an order in which each stands behind those before it; ``first`` and ``last`` are the whole.

    ``steps``: for each step of each frame, in the order of the definition, its acts (beginning, end), one pair a round.
    ``sure``: those that every way passes. ``missing``: the fields that keep a way from being known.
    """

    acts: list[Act]
    order: list[int]
    last: int
    frames: list[Frame]
    steps: dict[tuple[int, int], list[tuple[int, int]]]
    sure: set[tuple[int, int]]
    rounds: dict[tuple[int, int], int]
    items: dict[tuple[int, int], int]
    missing: dict[str, None]
    live: set[int]
    closers: dict[int, int]  # the beginning of a block → its end
