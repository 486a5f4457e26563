"""The search through the markings of a slice, for those in which a run stands still.

Every region can be left by its own ways, or the linear check has said so; a run that cannot end therefore comes to a
marking in which nothing moves. Knows the game, and gives no words.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from sopflow.analysis._flow import Hop
from sopflow.analysis._game import Game
from sopflow.analysis._marking import Hops, Marking, way_to

MARKINGS = 2_000


@dataclass(slots=True)
class Stuck:
    """A marking in which nothing moves: the steps that wait in it, the new ones among them, and the run to it."""

    waiting: tuple[int, ...]
    new: tuple[int, ...]
    hops: tuple[Hop, ...]


@dataclass(slots=True)
class Explored:
    """What was found. ``taken`` are the steps that wait and were passed in some run; ``decided``: all was seen."""

    stuck: list[Stuck] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    decided: bool = True


def explore(game: Game) -> Explored:
    """Play every run from the start, nearest markings first, up to a limit."""
    found = Explored(taken=game.taken)
    before: dict[Marking, tuple[Marking | None, Hops]] = {}
    todo: deque[Marking] = deque()
    told: set[int] = set()

    def come(here: Marking | None, there: Marking | None, hops: Hops) -> None:
        if there is not None and there not in before:
            before[there] = (here, hops)
            todo.append(there)

    for there, hops in game.starts():
        come(None, there, hops)
    while todo and len(before) <= MARKINGS:
        here = todo.popleft()
        dead = True
        for there, hops in game.moves(here):
            dead = False
            come(here, there, hops)
        waiting = game.held(here) if dead else ()
        if not told.issuperset(waiting):
            new = tuple(step for step in waiting if step not in told)
            found.stuck.append(Stuck(tuple(waiting), new, way_to(here, before)))
            told.update(new)
    found.decided = not todo
    return found
