"""Linking: the SOPs that a definition calls are found by name, compiled, and held to what the call says.

A run is pinned with all that it calls, so the children's programs are part of the parent's, hash and all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sopflow import expr
from sopflow.compiler._findings import Findings
from sopflow.compiler._index import Node
from sopflow.compiler._names import texts_of, type_of_field
from sopflow.model import Role as WrittenRole
from sopflow.model import Sop
from sopflow.program import DONE, END, Call, Program, Role, Target

if TYPE_CHECKING:
    from sopflow.compiler._common import Common

#: Finds a definition by the name a call gives (``folder/id``, ``id``, ``…@1``), as seen from the calling one.
Find = Callable[[str, Sop], "Sop | None"]
#: Calls inside calls, at most.
DEEPEST = 40
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

    def of(self, node: Node, lowering: Common) -> tuple[Call | None, tuple[str, ...]]:
        """The linked call at ``node`` and the outcomes its child can end with."""
        name = str(getattr(node.step, "sop", ""))
        program = self._program(name, node)
        if program is None:
            lowering.locals[node.index] = {**lowering.local(node), "result": expr.DYN}
            return None, ("done",)
        reader, doc, local = lowering.reader, node.doc, lowering.local(node)
        with_ = []
        for path, raw in getattr(node.step, "with_", {}).items():
            target = program.fields.get(path)
            if target is None:
                self.findings.unknown(
                    "SOP211", path, program.fields, (*doc, "with", path), key=True, what="field", called=program.name
                )
                continue
            with_.append((path, reader.value(raw, (*doc, "with", path), target, local=local)))
        results = {f"result.{path}": kind for path, kind in _types_of(program).items()}
        lowering.locals[node.index] = {**local, **results}  # what the step's own ``set`` may read as well
        settings = lowering.settings(node.step.set, (*doc, "set"), lowering.local(node))
        self._check_roles(node, lowering, program)
        return Call(
            program,
            tuple(with_),
            settings,
            getattr(node.step, "at_most", None) or 0,
            bool(getattr(node.step, "detached", False)),
        ), ends_of(program)

    def _program(self, name: str, node: Node) -> Program | None:
        if name in self.programs:
            return self.programs[name]
        self.programs[name] = None
        sop = self.find(name, self.findings.sop)
        if sop is None:
            self.findings.unknown("SOP209", name, self.known, (*node.doc, "call"))
        elif len(self.chain) > DEEPEST:
            self.findings.add("SOP220", (*node.doc, "call"), most=DEEPEST)
        elif sop.name in self.chain:
            circle = " → ".join((*self.chain[self.chain.index(sop.name) :], sop.name))
            self.findings.add("SOP210", (*node.doc, "call"), name=sop.name, chain=circle)
        else:
            self.programs[name] = self.compile(sop, self.chain)
        return self.programs[name]

    def _check_roles(self, node: Node, lowering: Common, program: Program) -> None:
        """Roles pass by equal name, ``roles`` maps the rest; each role of the child must be filled."""
        mapped: Mapping[str, str] = getattr(node.step, "roles", {})
        for theirs, ours in mapped.items():
            if theirs not in program.roles:
                self.findings.unknown(
                    "SOP211",
                    theirs,
                    program.roles,
                    (*node.doc, "roles", theirs),
                    key=True,
                    what="role",
                    called=program.name,
                )
            lowering.roles((ours,), (*node.doc, "roles", theirs))
        for name in program.roles:
            if name not in mapped and name not in lowering.sop.roles:
                self.findings.add("SOP212", (*node.doc, "call"), name=name, called=program.name)


def ends_of(program: Program) -> tuple[str, ...]:
    """The outcomes that some step of the program can end it with."""
    targets = {target for step in program.steps for exit_ in step.exits.values() for target in _plain(exit_)}
    arrives = any(DONE in _plain(exit_) for step in program.steps if step.region == 0 for exit_ in step.exits.values())
    instead = any(handler.instead for handler in program.handlers)
    return (
        tuple(
            name
            for number, name in enumerate(program.outcomes)
            if END - number in targets or (number == 0 and (arrives or instead))
        )
        or program.outcomes
    )


def _plain(target: Target) -> tuple[int, ...]:
    """The plain targets that a target may turn out to be."""
    if isinstance(target, int):
        return (target,)
    return tuple(case.then for case in target.cases if isinstance(case.then, int))


def played_by(program: Program, ours: Mapping[str, Role], mapped: Mapping[str, str]) -> Program:
    """The called program with its roles filled by the caller's: those of equal name, and those that are mapped."""
    names = {theirs: mapped.get(theirs, theirs) for theirs in program.roles}
    roles = {name: ours.get(name, program.roles[theirs]) for theirs, name in names.items()}
    if all(theirs == name for theirs, name in names.items()) and roles == program.roles:
        return program

    def renamed(roles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(role, role) for role in roles)

    steps = tuple(
        replace(
            step,
            people=replace(
                step.people, by=renamed(step.people.by), may=renamed(step.people.may), tell=renamed(step.people.tell)
            ),
            times=replace(
                step.times,
                escalate=tuple(replace(line, to=names.get(line.to, line.to)) for line in step.times.escalate),
            ),
        )
        for step in program.steps
    )
    fields = {
        path: replace(declared, ask=names.get(declared.ask, declared.ask)) if declared.ask else declared
        for path, declared in program.fields.items()
    }
    said = json.dumps(
        [program.hash, sorted(names.items()), sorted((name, role.people, role.deputy) for name, role in roles.items())]
    )
    return replace(program, roles=roles, steps=steps, fields=fields, hash=hashlib.sha256(said.encode()).hexdigest())


def role_of(name: str, written: WrittenRole) -> Role:
    """The program's role for a written one."""
    return Role(name, texts_of(written.title), tuple(written.people), written.deputy or "")


def _types_of(program: Program) -> dict[str, expr.Type]:
    """The types of a program's fields, as expressions see them."""
    return {path: type_of_field(declared) for path, declared in program.fields.items()}
