"""What a rule is, and what it is given to judge. Knows no single rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from sopflow.analysis._flow import Flow
from sopflow.analysis._order import Order
from sopflow.compiler import Compiled, Index
from sopflow.errors import Finding
from sopflow.model import Sop
from sopflow.program import Program

DocPath = tuple[str | int, ...]


class Subject:
    """A compiled definition as rules see it: what was written, what it compiles to, and where its tokens can go."""

    def __init__(self, compiled: Compiled, program: Program) -> None:
        self.sop: Sop = compiled.sop
        self.index: Index = compiled.index
        self.program = program

    @cached_property
    def flow(self) -> Flow:
        """Where the tokens can go; worked out when the first rule asks."""
        return Flow(self.program)

    @cached_property
    def order(self) -> Order:
        """Which step comes before which; worked out as far as rules ask."""
        return Order(self.flow)

    def at(
        self, code: str, path: DocPath, *, key: bool = False, trace: tuple[str, ...] = (), **fields: object
    ) -> Finding:
        """The finding ``code`` about the part at ``path`` (with ``key``: about its key); ``fields`` fill its words."""
        place = self.sop.place(path, key=key)
        return Finding(code, place=place, path=".".join(map(str, path)), fields=fields, trace=trace)

    def at_step(self, code: str, step: int, *keys: str | int, trace: tuple[str, ...] = (), **fields: object) -> Finding:
        """A finding about a step (or what stands under ``keys`` in it); ``step`` in its words is the step's path."""
        node = self.index.nodes[step]
        path = (*node.doc, *keys)
        return self.at(code, path, key=not keys, trace=trace, **{"step": node.path, **fields})


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold of a definition.

    ``name`` is an assertion (``every_step_is_reached``), ``codes`` the findings that it may give, ``reason`` why it
    is a rule, in a sentence or two. ``valid`` and ``invalid`` are whole definitions in YAML, with those that they call
    below a line ``---``: the first has no finding of this rule, the second has one of each of its codes, and
    :func:`~sopflow.analysis.faults_of` holds the rule to that. ``check`` gives the findings.
    """

    name: str
    codes: tuple[str, ...]
    reason: str
    valid: str
    invalid: str
    check: Callable[[Subject], Iterable[Finding]]
