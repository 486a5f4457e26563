"""``automat``: its typed builder. It has no guards, so it takes no decisions; and no parallel states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from automat import TypeMachineBuilder
from workloads.work import Flat, Parked, Tally, Work

Play = Callable[[], str]


class Words(Protocol):
    """What may be said to a machine."""

    def go(self) -> None:
        """Go on."""

    def again(self) -> None:
        """Go back."""

    def good(self) -> None:
        """Be done."""


def build(work: Work, tally: Tally) -> Play | None:
    """A class for each definition."""
    match work:
        case Flat(silent=False) if len(work.states) <= 2_000:  # it searches all its transitions at each step
            return _flat(work, tally)
        case Parked():
            return _parked(work, tally)
        case _:
            return None


def _kind(work: Flat, tally: Tally) -> Callable[[], Words]:
    builder = TypeMachineBuilder(Words, list)
    states = [builder.state(f"s{number}") for number in range(len(work.states))]
    for number, state in enumerate(work.states):
        for word, ((_, to), *_) in state.items():
            arrow = states[number].upon(getattr(Words, word)).to(states[to])

            @arrow
            def moved(words: Words, core: list[object], number: int = number) -> None:
                tally.hook(number)

    build_one = builder.build()
    return lambda: build_one([])


def _flat(work: Flat, tally: Tally) -> Play:
    make = _kind(work, tally)
    (end,) = work.ends.values()

    def play() -> str:
        machine = make()
        bound = {word: getattr(machine, word) for word in work.words}
        for word in work.script():
            bound[word]()
        return end

    return play


def _parked(work: Parked, tally: Tally) -> Play:
    make = _kind(work.flat(), tally)
    machines = [make() for _ in range(work.count)]

    def play() -> str:
        for turn in work.turns:
            machines[turn].go()
        return ""

    return play
