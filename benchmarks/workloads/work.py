"""The work itself, as plain tables: states and arrows, lanes of a fork, parked tokens.

They are nobody's notation. Every participant is built from them, calls the hook with the number of each step in the
order in which the steps are done, and must end where the tables end. So one that does less work, or other work, is
found out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

MASK = 2**31 - 1

Context = dict[str, object]


class Tally:
    """What a participant is checked by: how many steps, in which order; and the record that it must keep.

    One whose record says more than the hook hears gives ``tell``, which reads the record to the hook, off the clock.
    """

    __slots__ = ("count", "hash", "record", "tell")

    def __init__(self, record: MutableSequence[Any] | None = None) -> None:
        self.record: MutableSequence[Any] = [] if record is None else record
        self.tell: Callable[[], None] | None = None
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.count = self.hash = 0
        self.record.clear()

    def hook(self, step: int) -> None:
        """What a user does at each step, and the record of a participant that keeps none of its own."""
        self.count += 1
        self.hash = (self.hash * 31 + step) & MASK
        self.record.append(step)

    def seen(self, step: int) -> None:
        """The hook of a participant that keeps its own record."""
        self.count += 1
        self.hash = (self.hash * 31 + step) & MASK


@dataclass(frozen=True, slots=True)
class Guard:
    """A comparison of one field; its text means the same in our expressions, in Python and in JavaScript."""

    field: str
    rest: str = ""

    @property
    def text(self) -> str:
        """As an expression over names."""
        return self.field + self.rest

    def compiled(self) -> Callable[[Context], bool]:
        """As a function of the context."""
        made: Callable[[Context], bool] = eval(f"lambda c: c[{self.field!r}]{self.rest}")
        return made


#: From a state, under a word: the first arrow whose guard holds.
Arrows = tuple[tuple[Guard | None, int], ...]


@dataclass(frozen=True, slots=True)
class Flat:
    """One token among numbered states. ``states`` without arrows are ends, and ``ends`` names them.

    ``script`` gives the words that move a token from state 0 to an end; it is played once for each of ``contexts``.
    ``silent``: nobody has a part in it, so an engine may run from the beginning to the end by itself.
    """

    name: str
    states: tuple[Mapping[str, Arrows], ...]
    ends: Mapping[int, str]
    script: Callable[[], Iterable[str]]
    contexts: tuple[Context, ...] = ({},)
    silent: bool = False
    bounded: bool = False  # the record is: only the newest steps

    @property
    def words(self) -> tuple[str, ...]:
        """All words, in the order of their first use."""
        return tuple(dict.fromkeys(word for arrows in self.states for word in arrows))

    def play(self, hook: Callable[[int], None]) -> tuple[int, str]:
        """What must come out: (steps, the last end)."""
        count, state = 0, 0
        for context in self.contexts:
            state = 0
            for word in self.script():
                hook(state)
                count += 1
                state = next(to for guard, to in self.states[state][word] if guard is None or guard.compiled()(context))
        return count, self.ends[state]


@dataclass(frozen=True, slots=True)
class Forks:
    """``branches`` at once, each of ``steps`` steps, done in turns; ``nested``: each then forks again, likewise."""

    name: str
    branches: int
    steps: int
    nested: bool = False

    @property
    def lanes(self) -> tuple[tuple[int, ...], ...]:
        """The lanes that steps stand in: (branch,), and behind it (branch, branch within)."""
        outer = [(number,) for number in range(self.branches)]
        inner = [(*lane, number) for lane in outer for number in range(self.branches)] if self.nested else []
        return (*outer, *inner)

    def script(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """Whose turn it is: (lane, step). All lanes of a level take turns."""
        for depth in (1, 2):
            lanes = [lane for lane in self.lanes if len(lane) == depth]
            yield from ((lane, step) for step in range(self.steps if lanes else 0) for lane in lanes)

    def number(self, lane: tuple[int, ...], step: int) -> int:
        """The number of a step, for the hook."""
        return self.lanes.index(lane) * self.steps + step

    def play(self, hook: Callable[[int], None]) -> tuple[int, str]:
        """What must come out: (steps, the end)."""
        numbers = [self.number(*turn) for turn in self.script()]
        for number in numbers:
            hook(number)
        return len(numbers), "done"


@dataclass(frozen=True, slots=True)
class Items:
    """``steps`` steps for each of ``items`` items of a list that is only known when the run begins."""

    name: str
    items: int
    steps: int

    def play(self, hook: Callable[[int], None]) -> tuple[int, str]:
        """What must come out: (steps, the end). All items take turns."""
        for step in range(self.steps):
            for _ in range(self.items):
                hook(step)
        return self.items * self.steps, "done"


@dataclass(frozen=True, slots=True)
class Parked:
    """``count`` tokens that wait in a ring of ``ring`` steps; then ``events`` happen, each to one of them."""

    name: str
    count: int
    ring: int = 20
    events: int = 20_000
    turns: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def flat(self) -> Flat:
        """The ring."""
        states = tuple({"go": ((None, (number + 1) % self.ring),)} for number in range(self.ring))
        return Flat(self.name, states, {}, lambda: ())

    def play(self, hook: Callable[[int], None]) -> tuple[int, str]:
        """What must come out: (steps, nothing: a ring has no end)."""
        at = [0] * self.count
        for turn in self.turns:
            hook(at[turn])
            at[turn] = (at[turn] + 1) % self.ring
        return len(self.turns), ""


Work = Flat | Forks | Items | Parked


def linear(size: int) -> Flat:
    """``size`` steps in a row."""
    states = (*({"go": ((None, number + 1),)} for number in range(size)), {})
    return Flat(f"W1 linear, {size:,} steps", states, {size: "done"}, lambda: repeat("go", size))


WIDTHS = (1, 2, *[4] * 15)


def decisions() -> Flat:
    """63 decisions on whole numbers, words and truth values, 17 to a path, in 16 contexts."""
    draw = random.Random(17)
    first = [sum(WIDTHS[:layer]) for layer in range(len(WIDTHS) + 1)]
    states: list[Mapping[str, Arrows]] = []
    for layer, width in enumerate(WIDTHS):
        below = WIDTHS[layer + 1] if layer + 1 < len(WIDTHS) else 2
        for place in range(width):
            number = len(states)
            guards = [
                Guard(f"n{number % 4}", f" > {draw.randrange(2, 8)}"),
                Guard(f"w{number // 3 % 3}", f" == '{draw.choice('xyz')}'"),
                Guard(f"b{number // 3 % 3}"),
            ]
            yes, no = first[layer + 1] + 2 * place % below, first[layer + 1] + (2 * place + 1) % below
            states.append({"go": ((guards[number % 3], yes), (None, no))})
    contexts = tuple(
        {f"n{number}": draw.randrange(10) for number in range(4)}
        | {f"w{number}": draw.choice("xyz") for number in range(3)}
        | {f"b{number}": draw.random() < 0.5 for number in range(3)}
        for _ in range(16)
    )
    last = len(states)
    return Flat(
        "W2 decisions, 63 guards, 17 to a path",
        (*states, {}, {}),
        {last: "left", last + 1: "right"},
        lambda: repeat("go", len(WIDTHS)),
        contexts,
        silent=True,
    )


def rework(rounds: int) -> Flat:
    """Write, review, again: ``rounds`` times."""
    states = ({"go": ((None, 1),)}, {"again": ((None, 0),), "good": ((None, 2),)}, {})

    def script() -> Iterable[str]:
        return chain(chain.from_iterable(repeat(("go", "again"), rounds - 1)), ("go", "good"))

    return Flat(f"W4 rework loop, {rounds:,} rounds", states, {2: "done"}, script, bounded=rounds > 10_000)


def parked(count: int) -> Parked:
    """A ring of 20 waiting steps, ``count`` runs alive, events at random."""
    draw = random.Random(count)
    turns = tuple(draw.randrange(count) for _ in range(20_000))
    return Parked(f"W6 parked, {count:,} runs", count, turns=turns)
