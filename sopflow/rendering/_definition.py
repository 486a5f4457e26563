"""What all sheets of one definition share: its words, its plan, its steps as written, and their ids.

Knows programs and definitions, nothing of nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sopflow.model import Sop
from sopflow.model import Step as Written
from sopflow.rendering._plan import Plan
from sopflow.rendering._words import Words

#: The sheet, or the scope of handlers, that is the definition itself.
ROOT = -1


class Definition:
    """What the sheets of one definition share; ``prefix`` keeps the ids of several definitions apart.

    ``closed``: as :class:`~sopflow.rendering._plan.Plan` has it.
    """

    def __init__(
        self, words: Words, prefix: str, called: frozenset[str], closed: Collection[str] | None = None
    ) -> None:
        self.words = words
        self.program = words.program
        self.prefix = prefix
        self.called = called
        self.plan = Plan(self.program, closed=closed)
        self.written = dict(written_steps(words.sop))
        self.handler_of = {
            handler.region: (handler, scope)
            for scope, handlers in [(ROOT, self.program.handlers)]
            + [(step.index, step.handlers) for step in self.program.steps]
            for handler in handlers
            if handler.region >= 0
        }

    def id(self, name: str) -> str:
        """An id that is unique in the scene."""
        return self.prefix + name

    def sheet_id(self, root: int) -> str:
        """The id of a sheet: that of the block, or of the definition."""
        return self.id(f"sheet:{self.program.steps[root].path}" if root >= 0 else "sheet:")


def written_steps(sop: Sop) -> Iterator[tuple[str, Written]]:
    """Every step of a definition by its full path."""
    stack: list[tuple[Written, str]] = [(step, step.id) for step in sop.steps]
    stack += [(one.step, name) for name, one in sop.on.items() if one.step is not None]
    while stack:
        step, path = stack.pop()
        yield path, step
        for key in ("steps", "branches"):
            stack += [(inner, f"{path}.{inner.id}") for inner in getattr(step, key, ())]
        stack += [(one.step, f"{path}.{name}") for name, one in step.on.items() if one.step is not None]
