"""A definition on its way to a program, with the calls that lead from it to others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from sopflow.compiler._calls import Child
from sopflow.compiler._compile import Lowered
from sopflow.compiler._index import Node
from sopflow.model import Sop
from sopflow.program import Program


@dataclass(frozen=True, slots=True)
class Edge:
    """A call at a step of a draft. ``endless``: it does not limit the depth; ``waits``: the step waits for its end."""

    node: Node
    callee: Draft
    endless: bool
    waits: bool


@dataclass(eq=False, repr=False)
class Draft:
    """A definition on its way to a program.

    ``program`` is there from the first and filled last, as what a definition calls may call it in turn. ``lowered``
    is there once all of its steps are.
    """

    sop: Sop
    program: Program = field(default_factory=lambda: Program.__new__(Program))
    calls: list[Edge] = field(default_factory=list)
    lowered: Lowered = field(init=False)
    child: Child | None = None  # what callers must know of it

    @cached_property
    def content(self) -> str:
        """The hash of what the definition itself says."""
        return self.sop.content_hash()

    def fill(self) -> None:
        """Make the program what it is to be; those that it calls first, unless they call it in turn."""
        self.lowered.fill(self.program, self._hash())

    def _hash(self) -> str:
        """The content hash: of what the definition says, and of all that it calls.

        One that calls itself, at whatever distance, cannot hold its own hash: it holds what all of them say.
        """
        if not self.calls:
            return self.content
        below = self.below()
        if self in below:
            said = [self.content, "recursive", *sorted({draft.content for draft in below})]
        else:
            said = [self.content, *(edge.callee.program.hash for edge in self.calls)]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def below(self, along: Callable[[Edge], bool] = lambda edge: True) -> dict[Draft, Draft]:
        """All drafts that it calls, and those that they call, nearest first, each with one that calls it."""
        found: dict[Draft, Draft] = {}
        todo = [self]
        for caller in todo:
            for edge in caller.calls:
                if along(edge) and edge.callee not in found:
                    found[edge.callee] = caller
                    todo.append(edge.callee)
        return found
