"""Definitions that were read before in this process, so that the same text is not read twice.

Knows no notation and no folder: who keeps a definition here says how to see whether all that it was made of is still
what it was. Only definitions that can be used are kept. They cannot be changed, so several may hold one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache

from sopflow.model import Sop

MOST = 32  # definitions


@dataclass(slots=True)
class Slot:
    """What is kept of one text."""

    _sop: Sop | None = None
    _is_current: Callable[[], bool] = lambda: False

    def recall(self) -> Sop | None:
        """The definition, if there is one and it is still what its files say."""
        return self._sop if self._sop is not None and self._is_current() else None

    def keep(self, sop: Sop, is_current: Callable[[], bool] = lambda: True) -> None:
        """Keep ``sop`` for as long as ``is_current``."""
        self._is_current, self._sop = is_current, sop


@lru_cache(maxsize=MOST)
def slot_of(*key: Hashable) -> Slot:
    """The slot of a text: ``key`` holds the text and all else that is known before it is read."""
    return Slot()
