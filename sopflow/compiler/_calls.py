"""Calls: what a call says is held to the SOP that it calls; and who plays the roles of a called program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sopflow import expr
from sopflow.compiler._findings import Findings
from sopflow.compiler._index import Node, said
from sopflow.compiler._names import texts_of, type_of_field
from sopflow.model import Role as WrittenRole
from sopflow.program import DONE, END, Call, Case, Cases, Handler, People, Program, Role, Step, Target
from sopflow.values import Field

if TYPE_CHECKING:
    from sopflow.compiler._common import Common


@dataclass(frozen=True, slots=True)
class Child:
    """What a caller must know of a called SOP. ``ends`` are the outcomes it can come to.

    ``program`` may still be empty: it is only passed on.
    """

    program: Program
    name: str
    fields: Mapping[str, Field]
    roles: Collection[str]
    ends: tuple[str, ...]


#: Gives what a call calls, or None after findings.
Link = Callable[[Node, Findings], Child | None]


@dataclass(slots=True)
class Calls:
    """The calls of one definition."""

    findings: Findings
    link: Link

    def of(self, node: Node, lowering: Common) -> tuple[Call | None, tuple[str, ...]]:
        """The linked call at ``node`` and the outcomes its child can end with; none where the child is not known."""
        child = self.link(node, self.findings)
        if child is None:
            lowering.locals[node.index] = {**lowering.local(node), "result": expr.DYN}
            return None, ()
        reader, doc, local = lowering.reader, node.doc, lowering.local(node)
        with_ = []
        for path, raw in said(node.step, "with_", {}).items():
            at, target = (*doc, "with", path), child.fields.get(path)
            if target is None:
                known, called = child.fields, child.name
                self.findings.unknown("SOP211", path, known, at, key=True, what="field", called=called)
            else:
                with_.append((path, reader.value(raw, at, target, local=local)))
        results = {f"result.{path}": type_of_field(declared) for path, declared in child.fields.items()}
        lowering.locals[node.index] = {**local, **results}
        settings = lowering.settings(node.step.set, (*doc, "set"), node)
        self._check_roles(node, lowering, child)
        most, detached = said(node.step, "at_most", 0), said(node.step, "detached", False)
        return Call(child.program, tuple(with_), settings, most, detached), child.ends

    def _check_roles(self, node: Node, lowering: Common, child: Child) -> None:
        """Roles pass by equal name, ``roles`` maps the rest; each role of the child must be filled."""
        mapped: Mapping[str, str] = said(node.step, "roles", {})
        for theirs, ours in mapped.items():
            at = (*node.doc, "roles", theirs)
            if theirs not in child.roles:
                known, called = child.roles, child.name
                self.findings.unknown("SOP211", theirs, known, at, key=True, what="role", called=called)
            lowering.roles((ours,), at)
        for name in child.roles:
            if name not in mapped and name not in lowering.sop.roles:
                self.findings.add("SOP212", (*node.doc, "call"), name=name, called=child.name)


def ends_of(steps: Iterable[Step], handlers: tuple[Handler, ...], outcomes: tuple[str, ...]) -> tuple[str, ...]:
    """The outcomes with which steps and handlers can end a run, in the order of ``outcomes``."""
    targets: set[int] = set()
    arrives = any(handler.instead for handler in handlers)
    for step in steps:
        ways = {plain for exit_ in step.exits.values() for plain in _plain(exit_)}
        targets |= ways
        arrives = arrives or (step.region == 0 and DONE in ways)
        targets.update(plain for handler in step.handlers for plain in _plain(handler.target))
    targets.update(plain for handler in handlers for plain in _plain(handler.target))
    ends = [END - number in targets or (number == 0 and arrives) for number in range(len(outcomes))]
    return tuple(name for name, can in zip(outcomes, ends, strict=True) if can) or outcomes


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

    def by_cases(written: Cases | None) -> Cases | None:
        if written is None:
            return None
        return Cases(tuple(replace(case, then=renamed(_roles_of(case))) for case in written.cases))

    def people(theirs: People) -> People:
        return replace(
            theirs,
            by=renamed(theirs.by),
            by_cases=by_cases(theirs.by_cases),
            may=renamed(theirs.may),
            tell=renamed(theirs.tell),
        )

    steps = tuple(
        replace(
            step,
            people=people(step.people),
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


def _roles_of(case: Case) -> tuple[str, ...]:
    return tuple(str(role) for role in case.then) if isinstance(case.then, tuple) else ()


def role_of(name: str, written: WrittenRole) -> Role:
    """The program's role for a written one."""
    return Role(name, texts_of(written.title), tuple(written.people), written.deputy or "")
