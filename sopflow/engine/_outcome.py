"""What ``step`` answers: the event was taken, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sopflow.engine._effects import Effect, Note
from sopflow.engine._fact import Fact
from sopflow.errors import Problem

_NO_PATHS: Mapping[int, str] = MappingProxyType({})


class Accepted(Fact, frozen=True):
    """The event was taken: what must be done now, and what the step concluded, both in order.

    ``paths`` are the full paths (``partners[2].sign``) of openings that came or went, where steps have items.
    """

    effects: tuple[Effect, ...]
    notes: tuple[Note, ...]
    paths: Mapping[int, str] = _NO_PATHS


@dataclass(frozen=True, slots=True)
class Refused:
    """The event was not taken, and nothing has changed.

    ``code``: unknown, not-open, outcome, role, four-eyes, voted, type, incomplete, stale, timer-first, no-timer,
    closed, clock, status or unsound. ``problem`` says it in words.
    """

    code: str
    problem: Problem
