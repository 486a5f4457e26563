"""All markings of a net that is not free-choice: whether each run can end, decided by looking; words nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from sopflow.analysis.nets._game import Fault, Game
from sopflow.analysis.nets._search import Search, affordable


@dataclass(frozen=True, slots=True)
class States:
    """What was seen. ``is_sound`` is None where there were too many markings, or too many tokens, to know."""

    is_sound: bool | None
    search: Search
    dead: tuple[int, ...]  # transitions that no run fires; empty where not all markings were seen


def explore(game: Game, limit: int) -> States:
    """Look at up to ``limit`` markings, with any number of tokens up to seven on a place."""
    found = Search(game, {game.start: (0, -1)}, {})
    came, limit = found.came, affordable(game, limit)
    back: dict[int, list[int]] = {game.start: []}
    fired: set[int] = set()
    todo = deque([(game.start, game.first())])
    is_whole = True
    while todo:
        marking, possible = todo.popleft()
        if marking & game.end and marking != game.end:
            found.faults.setdefault(Fault.LEFTOVER, marking)
        elif not possible and marking != game.end:
            found.faults.setdefault(Fault.STUCK, marking)
        elif game.is_crowded(marking) and found.has_grown(marking):
            found.faults.setdefault(Fault.GROWING, marking)
            is_whole = False
            break
        if game.is_full(marking):
            is_whole = False
            continue
        for transition in possible:
            fired.add(transition)
            there = marking + game.changes[transition]
            if there in came:
                back[there].append(marking)
            elif len(came) >= limit:
                is_whole = False
                todo.clear()
                break
            else:
                came[there], back[there] = (marking, transition), [marking]
                todo.append((there, game.next(there, possible, transition)))
    if is_whole and not found.faults and (lost := _lost(game, came, back)) is not None:
        found.faults[Fault.LIVELOCK] = lost
    dead = tuple(t for t in range(len(game.changes)) if t not in fired) if is_whole else ()
    sound = False if found.faults or dead else True if is_whole else None
    return States(sound, found, dead)


def _lost(game: Game, came: Mapping[int, object], back: Mapping[int, list[int]]) -> int | None:
    """The first marking from which the end cannot be reached."""
    can: set[int] = set()
    todo = [game.end] if game.end in came else []
    while todo:
        marking = todo.pop()
        if marking not in can:
            can.add(marking)
            todo += back[marking]
    return next((marking for marking in came if marking not in can), None)
