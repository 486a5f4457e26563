"""One step of one run, about which something is told in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sopflow.engine import Opening, without_items
from sopflow.program import Step
from sopflow.runtime._journal import Line, stamped
from sopflow.runtime._node import Node
from sopflow.runtime._words import say, shown

if TYPE_CHECKING:
    from sopflow.runtime._family import Family


@dataclass(frozen=True, slots=True)
class Scene:
    """``name`` is how the step was named: one with an item (``partners[2].sign``) means that one only."""

    family: Family
    node: Node
    step: Step
    name: str
    lang: str

    def say(self, key: str, **fields: object) -> str:
        """The sentence of that key."""
        return say(self.lang, key, **fields)

    def lines(self) -> Iterator[tuple[Line, str]]:
        """The lines of the history that are about the step, with the path that each is about."""
        path = without_items(self.node.prefix) + self.step.path
        for line in self.family.journal.lines:
            about = line.get("step")
            if isinstance(about, str) and without_items(about) == path and self._is_meant(about):
                yield line, about

    def openings(self) -> list[Opening]:
        """The step's openings in this run."""
        there = [opening for opening in self.node.state.open.values() if opening.step == self.step.index]
        return [opening for opening in there if self._is_meant(self.node.path(opening))]

    def _is_meant(self, path: str) -> bool:
        return "[" not in self.name or path == self.name or path.endswith(f".{self.name}")

    @property
    def block_above(self) -> str:
        """The path of the block that the step stands in; of the run itself its name."""
        block = self.node.program.regions[self.step.region].block
        return self.node.program.steps[block].path if block >= 0 else self.node.program.name

    def at(self, at: datetime) -> str:
        """An instant, in the time zone of the SOP."""
        return stamped(at, self.node.program) or ""

    def shown(self, value: object) -> str:
        """A value as people write it."""
        return shown(self.lang, value, self.node.program.zone)

    def listed(self, names: Iterable[object]) -> str:
        """Several names."""
        return ("、" if self.lang == "zh" else ", ").join(map(str, names))
