"""Markings of a slice: where the tokens are, and the runs that lead from one to the next. Knows no rule of the game."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from sopflow.analysis._coupling import MESSAGE
from sopflow.analysis._facts import NOTHING, Known
from sopflow.analysis._flow import Hop

MANY = 4  # messages of one name that lie there: so many, or more
EMPTY, ARRIVED, STARTS = -1, -2, -3
UNDER_WAY = -4  # and less: on the way to step UNDER_WAY - n, with people's work before it


@dataclass(frozen=True, slots=True)
class Marking:
    """Where the tokens are, the things that are there, and what is known.

    ``at`` holds of each place the step of its token (or that it is on its way there), or EMPTY, ARRIVED, STARTS.
    """

    at: tuple[int, ...]
    there: frozenset[tuple[str, int]] = frozenset()
    known: Known = NOTHING


class UnderWay(NamedTuple):
    """A token of ``place`` sets out: ``hops`` are left until it has come."""

    place: int
    hops: tuple[Hop, ...]


class Come(NamedTuple):
    """A token of ``place`` that was under way has come."""

    place: int


Hops = tuple[Hop | UnderWay | Come, ...]
#: A move: where it leads (None: the run is over), and the steps that are left on the way.
Move = tuple[Marking | None, Hops]


def moved(marking: Marking, place: int, step: int) -> Marking:
    at = marking.at
    return replace(marking, at=(*at[:place], step, *at[place + 1 :]))


def with_number(marking: Marking, thing: str, number: int) -> Marking:
    there = {name: many for name, many in marking.there if name != thing}
    if number:
        there[thing] = number
    return replace(marking, there=frozenset(there.items()))


def without(marking: Marking, things: set[str]) -> Marking:
    if not things:
        return marking
    return replace(marking, there=frozenset(one for one in marking.there if one[0] not in things))


def is_used_up(thing: str, number: int) -> bool:
    """Whether taking it leaves fewer: fields stay written, and of many messages there are many left."""
    return thing.startswith(MESSAGE) and number < MANY


def closed(step: int) -> str:
    return f":closed {step}"


def way_to(marking: Marking, before: Mapping[Marking, tuple[Marking | None, Hops]]) -> tuple[Hop, ...]:
    """The steps that were left, each at the moment when its token had come to where it went."""
    moves: list[Hops] = []
    here: Marking | None = marking
    while here is not None:
        here, hops = before[here]
        moves.append(hops)
    found: list[Hop] = []
    under_way: dict[int, tuple[Hop, ...]] = {}
    for one in (one for hops in reversed(moves) for one in hops):
        match one:
            case UnderWay(place, left):
                under_way[place] = left
            case Come(place):
                found += under_way.pop(place)
            case _:
                found.append(one)
    return tuple(found)
