"""Looking for runs that go wrong, the shortest first; words nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sopflow.analysis.nets._game import Fault, Game

#: How many markings are looked at before a search gives up.
MOST_MARKINGS = 20_000
# A marking of a large net is a large number: so much memory may all of them take.
_MOST_BYTES = 1 << 27
# So many transitions, for each marking, may be looked at to see what can happen.
_LOOKS = 50
# Where a fault is found among n markings, faults of other sorts are looked for among four times as many, and some.
_FURTHER, _SOME = 4, 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """A run that goes wrong: what happens in it, the tokens at its end, and whether no shorter run shows this fault."""

    fault: Fault
    steps: tuple[int, ...]
    tokens: dict[int, int]
    is_shortest: bool


@dataclass(slots=True)
class Search:
    """What a search has found: ``came`` says for each marking how it came about.

    ``faults`` are the first markings of each sort of fault.
    """

    game: Game
    came: dict[int, tuple[int, int]]
    faults: dict[Fault, int]

    def steps_to(self, marking: int) -> tuple[int, ...]:
        """What happens in the run by which ``marking`` was found."""
        steps = []
        while (before := self.came[marking])[1] >= 0:
            marking = before[0]
            steps.append(before[1])
        return tuple(reversed(steps))

    def has_grown(self, marking: int) -> bool:
        """Whether the run to ``marking`` has come by one with fewer tokens and no others."""
        earlier = marking
        while (before := self.came[earlier])[1] >= 0:
            earlier = before[0]
            if self.game.grows(earlier, marking):
                return True
        return False


def affordable(game: Game, limit: int) -> int:
    """``limit``, or less where the markings of a net are large."""
    return min(limit, _MOST_BYTES * 2 // max(1, len(game.takers)))  # half a byte for each place


def search(
    game: Game, limit: int, *, pick: Callable[[list[int]], Sequence[int]] | None = None, deep: bool = False
) -> Search:
    """Look for faults in a net whose places should hold one token at most, among ``limit`` markings.

    ``pick`` says which of the possible transitions are followed; None: all of them. ``deep``: each run to its end
    before the next, so that what is found first is some fault, not the nearest.
    """
    found = Search(game, {game.start: (0, -1)}, {})
    came, limit = found.came, affordable(game, limit)
    looks = _LOOKS * limit
    todo = deque([(game.start, game.first())])
    while todo:
        marking, possible = todo.pop() if deep else todo.popleft()
        for transition in pick(possible) if pick else possible:
            there = marking + game.changes[transition]
            if there in came:
                continue
            looks -= len(possible)
            if len(came) >= limit or looks < 0:
                return found
            came[there] = (marking, transition)
            then = game.next(there, possible, transition)
            fault = game.fault(there, then)
            if fault is None:
                todo.append((there, then))
                continue
            if not found.faults:
                limit = min(limit, _FURTHER * len(came) + _SOME)
            if fault is Fault.CROWDED and fault not in found.faults and found.has_grown(there):
                fault = Fault.GROWING
            found.faults.setdefault(fault, there)
    return found


def branch_by_branch(game: Game) -> Callable[[list[int]], Sequence[int]]:
    """A ``pick`` for free-choice nets: of all that can happen, one choice, the one that is furthest on.

    What else can happen cannot be hindered by it, and will still be possible afterwards: so every deadlock is found
    (A. Valmari, "Stubborn sets for reduced state space generation", 1991), by a run as short as any. One branch is
    followed to its end before the next, so that their markings add instead of multiply.
    """
    rank = _ways_left(game)
    inputs = game.net.inputs

    def pick(possible: list[int]) -> Sequence[int]:
        if not possible:
            return possible
        first = inputs[min(possible, key=rank.__getitem__)][0]
        return [transition for transition in possible if first in inputs[transition]]

    return pick


def _ways_left(game: Game) -> list[int]:
    """For each transition its number in the order in which a walk in depth leaves them: what follows it comes first."""
    left: dict[int, int] = {}
    seen: set[int] = set()
    todo = [(transition, False) for transition in game.first()]
    while todo:
        transition, leaves = todo.pop()
        if leaves:
            left[transition] = len(left)
        elif transition not in seen:
            seen.add(transition)
            todo.append((transition, True))
            todo += [(after, False) for after in game.woken[transition] if after not in seen]
    return [left.get(transition, len(left)) for transition in range(len(game.changes))]


def only_what_meets(game: Game, steps: Sequence[int], place: int) -> tuple[int, ...]:
    """What of ``steps`` is needed for two tokens to meet, which at the end are both on ``place``.

    Where both have come there by the same step, they could have met before it, and so on.
    """
    held: dict[int, list[int]] = {game.net.starts[0]: [-1]}  # for each token the number of the step that made it
    taken: list[list[int]] = []
    for number, step in enumerate(steps):
        taken.append([held[input_].pop(0) for input_ in game.net.inputs[step]])
        for output in game.net.outputs[step]:
            held.setdefault(output, []).append(number)
    met = [tuple(held[place][:2])]
    while min(met[-1]) >= 0 and len({steps[number] for number in met[-1]}) == 1:
        met.append(tuple(taken[number][0] for number in met[-1]))
    for makers in (met[-1], met[0]):
        run = tuple(steps[number] for number in _causes(taken, makers))
        if game.is_crowded(game.after(run)):
            return run
    return tuple(steps)


def _causes(taken: Sequence[Sequence[int]], numbers: Iterable[int]) -> list[int]:
    """The steps ``numbers``, and all that made what they took, in their order."""
    needed: set[int] = set()
    todo = list(numbers)
    while todo:
        number = todo.pop()
        if number >= 0 and number not in needed:
            needed.add(number)
            todo += taken[number]
    return sorted(needed)
