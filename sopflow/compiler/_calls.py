"""Linking: the SOPs that a definition calls are found by name, compiled, and held to what the call says.

A run is pinned with all that it calls, so the children's programs are part of the parent's, hash and all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sopflow import expr
from sopflow.compiler._findings import Findings
from sopflow.compiler._index import Node
from sopflow.compiler._names import type_of_field
from sopflow.model import Sop
from sopflow.program import Call, Program

if TYPE_CHECKING:
    from sopflow.compiler._steps import Lowering

#: Finds a definition by the name a call gives (``folder/id``, ``id``, ``…@1``), as seen from the calling one.
Find = Callable[[str, Sop], "Sop | None"]
#: Compiles a definition that a chain of others calls.
Compile = Callable[[Sop, tuple[str, ...]], "Program | None"]


@dataclass(slots=True)
class Calls:
    """The calls of one definition. ``chain`` are the names of those that called it."""

    findings: Findings
    find: Find
    compile: Compile
    chain: tuple[str, ...]
    known: Iterable[str] = ()
    programs: dict[str, Program | None] = field(default_factory=dict)

    def of(self, node: Node, lowering: Lowering) -> tuple[Call | None, tuple[str, ...]]:
        """The linked call at ``node`` and the outcomes its child can end with."""
        name = str(getattr(node.step, "sop", ""))
        program = self._program(name, node)
        if program is None:
            return None, ("done",)
        reader, doc, local = lowering.reader, node.doc, lowering.local(node)
        with_ = []
        for path, raw in getattr(node.step, "with_", {}).items():
            target = program.fields.get(path)
            if target is None:
                self.findings.unknown("SOP211", path, program.fields, (*doc, "with", path), key=True,
                                      what="field", called=program.name)
                continue
            with_.append((path, reader.value(raw, (*doc, "with", path), target, local=local)))
        results = {f"result.{path}": kind for path, kind in _types_of(program).items()}
        settings = lowering.settings(node.step.set, (*doc, "set"), {**local, **results})
        self._check_roles(node, lowering, program)
        return Call(program, tuple(with_), settings, getattr(node.step, "at_most", None) or 0,
                    bool(getattr(node.step, "detached", False))), program.outcomes

    def _program(self, name: str, node: Node) -> Program | None:
        if name in self.programs:
            return self.programs[name]
        self.programs[name] = None
        sop = self.find(name, self.findings.sop)
        if sop is None:
            self.findings.unknown("SOP209", name, self.known, (*node.doc, "call"))
        elif sop.name in self.chain:
            circle = " → ".join((*self.chain[self.chain.index(sop.name):], sop.name))
            self.findings.add("SOP210", (*node.doc, "call"), name=sop.name, chain=circle)
        else:
            self.programs[name] = self.compile(sop, self.chain)
        return self.programs[name]

    def _check_roles(self, node: Node, lowering: Lowering, program: Program) -> None:
        """Roles pass by equal name, ``roles`` maps the rest; each role of the child must be filled."""
        mapped: Mapping[str, str] = getattr(node.step, "roles", {})
        for theirs, ours in mapped.items():
            if theirs not in program.roles:
                self.findings.unknown("SOP211", theirs, program.roles, (*node.doc, "roles", theirs), key=True,
                                      what="role", called=program.name)
            lowering.roles((ours,), (*node.doc, "roles", theirs))
        for name in program.roles:
            if name not in mapped and name not in lowering.sop.roles:
                self.findings.add("SOP212", (*node.doc, "call"), name=name, called=program.name)


def _types_of(program: Program) -> dict[str, expr.Type]:
    """The types of a program's fields, as expressions see them."""
    return {path: type_of_field(declared) for path, declared in program.fields.items()}
