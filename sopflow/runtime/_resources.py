"""Resources that one run at a time may have: who has them, and who is next.

All that a step needs is given to it at once, or nothing. First come, first served, by (asked at, order): nobody
overtakes one who waits for a part of the same. But who works inside a step that has something already is served as soon
as what it needs is free: else it might wait behind one who waits for that very step. As nested resources are taken in
one order (the compiler sees to it), no circle of runs can wait for each other.

Knows openings of runs as keys, and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sopflow.runtime._family import Family
    from sopflow.runtime._node import Node

#: The opening of a run that has, or wants, resources.
Holder: TypeAlias = "tuple[Node, int]"


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody waits for ``names``; ``inside`` one that has something already."""

    holder: Holder
    names: tuple[str, ...]
    at: datetime | None
    order: int
    inside: bool
    family: Family

    @property
    def turn(self) -> tuple[bool, datetime | None, int]:
        """Whose turn is first; those who know no clock come before all others."""
        return (self.at is not None, self.at, self.order)


class Resources:
    """Resources of one or several runs in memory; give the same one to each run that shares them."""

    def __init__(self) -> None:
        self._held: dict[str, Holder] = {}
        self._waiting: list[Request] = []
        self._asked = 0
        self._now: datetime | None = None  # on the clock of whoever asked or gave back last
        self._is_giving = False

    @property
    def held(self) -> Mapping[str, str]:
        """Who has what now: the name of a resource → the full path of the step."""
        return {name: _path(holder) for name, holder in self._held.items()}

    @property
    def waiting(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Who waits for what, first come first: the full path of a step, and what it needs."""
        return tuple((_path(request.holder), request.names) for request in self._waiting)

    # -- for runs ----------------------------------------------------------------------------------------------------

    def _ask(self, family: Family, holder: Holder, names: tuple[str, ...], *, inside: bool) -> None:
        at = holder[0].state.at
        self._asked += 1
        self._waiting.append(Request(holder, names, at, self._asked, inside, family))
        self._waiting.sort(key=lambda request: request.turn)
        self._now = at

    def _give_back(self, holder: Holder) -> None:
        self._held = {name: other for name, other in self._held.items() if other != holder}
        self._waiting = [request for request in self._waiting if request.holder != holder]
        self._now = holder[0].state.at

    def _give(self) -> None:
        """Give what is free to those who wait for it, one after the other; each run hears of it at once."""
        if self._is_giving:  # what a grant leads to is seen to by who gave it
            return
        self._is_giving = True
        try:
            while (request := self._next()) is not None:
                self._waiting.remove(request)
                self._held |= dict.fromkeys(request.names, request.holder)
                request.family.granted(*request.holder, self._now)
        finally:
            self._is_giving = False

    def _next(self) -> Request | None:
        taken = set(self._held)
        for request in self._waiting:
            if request.holder[0].state.status != "running":  # a run that stands still takes nothing
                continue
            if (self._held.keys() if request.inside else taken).isdisjoint(request.names):
                return request
            if not request.inside:
                taken.update(request.names)
        return None

    def _families(self) -> Iterable[Family]:
        """The runs that wait for something: what one gives back may let them go on."""
        return {id(request.family): request.family for request in self._waiting}.values()

    def _copy(self, family: Family, twins: Mapping[Node, Node], twin: Family) -> Resources:
        """What it would be for a copy of ``family``; of others only what they have is known, not what they would do."""
        copy = Resources()
        copy._asked, copy._now = self._asked, self._now
        copy._held = {name: (twins.get(node, node), number) for name, (node, number) in self._held.items()}
        copy._waiting = [
            Request((twins[node], number), request.names, request.at, request.order, request.inside, twin)
            for request in self._waiting
            for node, number in (request.holder,)
            if request.family is family
        ]
        return copy

    def _save(self) -> tuple[dict[str, Holder], list[Request], datetime | None]:
        return dict(self._held), list(self._waiting), self._now

    def _load(self, saved: tuple[dict[str, Holder], list[Request], datetime | None]) -> None:
        self._held, self._waiting, self._now = saved


def _path(holder: Holder) -> str:
    node, number = holder
    opening = node.state.open.get(number)
    step = node.program.steps[opening.step].path if opening is not None else ""
    return f"{node.prefix}{node.paths.get(number) or step}"
