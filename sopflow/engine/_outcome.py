"""What ``step`` answers: the event was taken, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sopflow.engine._effects import Closed, Effect, Note, Offer, Opened
from sopflow.errors import Problem

#: An effect or a note: made already, or as its kind and fields.
Told = tuple[object, ...] | Effect | Note

_NO_PATHS: Mapping[int, str] = {}


class Accepted:
    """The event was taken: what must be done now, and what the step concluded, both in order.

    ``paths`` are the full paths (``partners[2].sign``) of openings that came or went, where steps have items.
    Effects and notes are made when they are read: a run that nobody watches does not pay for them.
    """

    __slots__ = ("_effects", "_notes", "_paths")
    __match_args__ = ("effects", "notes", "paths")

    def __init__(self, effects: Sequence[Told], notes: Sequence[Told], paths: Mapping[int, str] = _NO_PATHS) -> None:
        self._effects = effects
        self._notes = notes
        self._paths = paths

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What must be done now, in order."""
        made = self._effects = _made(self._effects)
        return made  # type: ignore[return-value]  # only effects were told

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the step concluded, in order."""
        made = self._notes = _made(self._notes)
        return made  # type: ignore[return-value]  # only notes were told

    @property
    def paths(self) -> Mapping[int, str]:
        """The full paths of openings that came or went, where steps have items."""
        return self._paths

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Accepted) and (self.effects, self.notes) == (other.effects, other.notes)

    def __hash__(self) -> int:
        return hash((self.effects, self.notes))

    def __repr__(self) -> str:
        return f"Accepted(effects={self.effects!r}, notes={self.notes!r})"


class Next(Accepted):
    """The commonest answer, written down in one tuple: a step was closed and the next one opened."""

    __slots__ = ("told",)

    def __init__(self, told: tuple[int, int, str, int, int, tuple[str, ...]]) -> None:
        self.told = told

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What must be done now: offer the step."""
        _, _, _, opened, step, roles = self.told
        return (Offer(opened, step, roles),)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was concluded: one step closed, one opened."""
        opening, closed, outcome, opened, step, _ = self.told
        return Closed(opening, closed, outcome), Opened(opened, step)

    @property
    def paths(self) -> Mapping[int, str]:
        """None: plain steps have no items."""
        return _NO_PATHS


@dataclass(frozen=True, slots=True)
class Refused:
    """The event was not taken, and nothing has changed.

    ``code``: unknown, not-open, outcome, role, four-eyes, voted, type, incomplete, stale, timer-first, no-timer,
    closed, clock, status or unsound. ``problem`` says it in words.
    """

    code: str
    problem: Problem


def _made(told: Sequence[Told]) -> tuple[Told, ...]:
    if isinstance(told, tuple):
        return told
    return tuple(one[0](*one[1:]) if type(one) is tuple else one for one in told)  # type: ignore[operator]  # its kind
