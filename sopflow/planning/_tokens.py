"""What is on its way in a run that is played: blocks that are open, causes, and what comes out of the run.

Knows nodes and seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from sopflow.planning._nodes import Node

#: The steps that led to here, the last one first: (step, those before), or None.
Cause = tuple[int, object] | None


class Frame:
    """A block that is open: how many of its regions live, have arrived, must arrive, and which may not start yet.

    ``node`` is None for the run itself.
    """

    __slots__ = (
        "awaits", "dead", "got", "live", "need", "node", "regions", "round", "target", "trails", "up", "visits",
        "waiting",
    )  # fmt: skip

    def __init__(self, node: Node | None, up: Frame | None) -> None:
        self.node, self.up = node, up
        self.regions: tuple[int, ...] = node.regions if node is not None else ()
        self.target: int | None = None  # of a handler's region: where it goes on
        self.live = self.got = self.need = self.round = 0
        self.dead = self.trails = False
        self.awaits = False  # a handler will take its place
        self.waiting: deque[int] = deque()
        self.visits: dict[int, int] = {}  # how often each of its steps has chosen a way

    @property
    def alive(self) -> bool:
        """Whether neither it nor a block around it has been left."""
        here: Frame | None = self
        while here is not None:
            if here.dead:
                return False
            if here.trails:
                return True
            here = here.up
        return True


@dataclass(slots=True)
class Played:
    """What happened in one run, in seconds. ``late``: steps with a deadline, whether it was missed in some round."""

    end: float = 0.0
    outcome: int = 0
    finished: bool = False
    closed: dict[int, float] = field(default_factory=dict)
    opened: dict[int, float] = field(default_factory=dict)
    late: dict[int, bool] = field(default_factory=dict)
    worked: dict[str, float] = field(default_factory=dict)
    queued: dict[str, float] = field(default_factory=dict)
    chain: Cause = None
