"""What would happen: the answer of a run that was tried on a copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sopflow.errors import Refused
from sopflow.runtime._journal import Line
from sopflow.runtime._work import WorkItem


@dataclass(frozen=True, slots=True)
class Trial:
    """How a run would stand, and the lines by which it would come there; ``refused`` is what it would not take.

    With ``refused`` the lines are those of what was taken before it.
    """

    lines: tuple[Line, ...]
    open: tuple[WorkItem, ...]
    waiting: tuple[WorkItem, ...]
    finished: bool
    outcome: str | None
    data: Mapping[str, object]
    refused: Refused | None
