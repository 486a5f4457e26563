"""Runs of the patterns' definitions, to be played. How they are played stands in ``tests/spec/playbook.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from patterns import file_of
from playbook import Do, Playbook, shanghai

import sopflow
from sopflow.engine import enabled
from sopflow.engine import events as ev
from sopflow.program import Program


@cache
def program_of(number: int) -> Program:
    """The program of the pattern's definition."""
    return sopflow.compile(file_of(number))


def play_of(number: int, data: Mapping[str, object] | None = None, *, at: str | None = None) -> Playbook:
    """A run of the pattern's definition, at its beginning."""
    return Playbook(program_of(number), data, at=shanghai(at) if at else None)


def times(play: Playbook, name: str) -> int:
    """How many times the step was closed."""
    record = play.state.done.get(play.program.by_path[name])
    return record.times if record else 0


def late(play: Playbook, do: Do) -> ev.Event:
    """What somebody is about to do now, to be played when it may be too late."""
    return do(play.program, play.state)


def workable(play: Playbook) -> list[str]:
    """The paths of the steps that somebody can do now, in order."""
    return sorted(play.program.steps[opening.step].path for opening in enabled(play.program, play.state))


def orders(before: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Every order of the names in which each comes after those that come ``before`` it."""
    stack: list[list[str]] = [[]]
    while stack:
        order = stack.pop()
        ready = ready_of(before, order)
        if not ready:
            yield order
        stack += [[*order, name] for name in ready]


def ready_of(before: Mapping[str, Iterable[str]], over: Iterable[str]) -> list[str]:
    """Those of the names that can come next, when those that are ``over`` have been."""
    over = set(over)
    return sorted(name for name in before.keys() - over if over.issuperset(before[name]))
