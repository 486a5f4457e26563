"""The token game of a net: markings, what can happen in them, what is wrong with them; looks for nothing.

A marking is one number with four bits for each place, so that firing is an addition. Nobody looks beyond a marking
with eight tokens on a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sopflow.analysis.nets._net import Net

_WIDTH = 4
_ONE = (1 << _WIDTH) - 1


class Fault(StrEnum):
    """What can be wrong with a run."""

    STUCK = "deadlock"  # nothing can happen any more, and the end has not been reached
    CROWDED = "lack of synchronization"  # two tokens meet on one place: what follows would run twice at a time
    GROWING = "unboundedness"  # the same, and it can go on so for ever
    LEFTOVER = "improper completion"  # the end is reached while something is still under way
    LIVELOCK = "livelock"  # it can go on for ever, and never reach the end


class Game:
    """The rules for one net with one start and one end; transitions and places by number."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.takes = [sum(1 << _WIDTH * place for place in inputs) for inputs in net.inputs]
        self.changes = [
            sum(1 << _WIDTH * place for place in outputs) - takes
            for outputs, takes in zip(net.outputs, self.takes, strict=True)
        ]
        self.takers: list[list[int]] = [[] for _ in net.links]
        for transition, inputs in enumerate(net.inputs):
            for place in inputs:
                self.takers[place].append(transition)
        self._needs = [tuple(_WIDTH * place for place in inputs) for inputs in net.inputs]
        self.woken = [
            list(dict.fromkeys(taker for place in outputs for taker in self.takers[place])) for outputs in net.outputs
        ]
        all_ones = sum(1 << _WIDTH * place for place in range(len(net.links)))
        self._two = all_ones * 0b1110
        self._eight = all_ones * 0b1000
        self.start, self.end = 1 << _WIDTH * net.starts[0], 1 << _WIDTH * net.ends[0]

    def first(self) -> list[int]:
        """What can happen in the beginning."""
        return self._possible(self.start, self.takers[self.net.starts[0]])

    def next(self, marking: int, before: Iterable[int], fired: int) -> list[int]:
        """What can happen in ``marking``, which came by ``fired`` from one where ``before`` could happen."""
        woken = self.woken[fired]
        return self._possible(marking, dict.fromkeys((*before, *woken)) if woken else before)

    def _possible(self, marking: int, transitions: Iterable[int]) -> list[int]:
        needs = self._needs
        return [t for t in transitions if all(marking >> shift & _ONE for shift in needs[t])]

    def after(self, steps: Iterable[int]) -> int:
        """The marking after ``steps``, which must be possible."""
        return self.start + sum(self.changes[step] for step in steps)

    def tokens(self, marking: int) -> dict[int, int]:
        """The places with tokens, and how many there are."""
        found = {}
        while marking:
            place = ((marking & -marking).bit_length() - 1) // _WIDTH
            found[place] = marking >> _WIDTH * place & _ONE
            marking &= ~(_ONE << _WIDTH * place)
        return found

    def fault(self, marking: int, possible: Sequence[int]) -> Fault | None:
        """What is wrong with a marking in which ``possible`` can happen, in a net whose places should hold one token.

        Leftovers are told only where nothing else is: where they can still move, they will show another fault.
        """
        if marking == self.end:
            return None
        if marking & self._two:
            return Fault.LEFTOVER if marking & (self.end << 1) else Fault.CROWDED
        if possible:
            return None
        return Fault.LEFTOVER if marking & self.end else Fault.STUCK

    def is_crowded(self, marking: int) -> bool:
        """Whether some place has two tokens or more."""
        return bool(marking & self._two)

    def is_full(self, marking: int) -> bool:
        """Whether some place has eight tokens or more."""
        return bool(marking & self._eight)

    def grows(self, earlier: int, later: int) -> bool:
        """Whether ``later`` has every token of ``earlier``, and more: then it can go on so for ever."""
        return earlier != later and (later | self._eight) - earlier & self._eight == self._eight
