"""Who does a step: roles (by cases, where data say which), four eyes, and how many of them."""

from __future__ import annotations

from dataclasses import dataclass

from sopflow.compiler._findings import DocPath
from sopflow.compiler._index import Node, said
from sopflow.compiler._scopes import Scopes
from sopflow.model import Case
from sopflow.program import Cases, People

_NOBODY = People()


@dataclass(slots=True)
class Peopled(Scopes):
    """Lowers what steps say about people."""

    def people(self, node: Node) -> People:
        """Who may do the step. With ``need: all`` by cases the engine counts the roles that are chosen."""
        step, doc = node.step, node.doc
        wanted = said(step, "need", 1)
        if wanted == 1 and not (step.by or step.may or step.not_by or step.same_by or step.tell):
            return _NOBODY
        cases = tuple(case for case in step.by if isinstance(case, Case))
        by_cases = self._by_cases(cases, node) if cases else None
        by = self.roles(tuple(name for name in step.by if isinstance(name, str)), (*doc, "by"))
        need, seats, every = _need(wanted, 0 if by_cases is not None else len(by) or 1)
        return People(
            by=by,
            by_cases=by_cases,
            may=self.roles(step.may, (*doc, "may")) if step.may else (),
            not_by=self.steps(step.not_by, (*doc, "not-by"), node) if step.not_by else (),
            same_by=self.steps(step.same_by, (*doc, "same-by"), node) if step.same_by else (),
            tell=self.roles(step.tell, (*doc, "tell")) if step.tell else (),
            need=need,
            seats=seats,
            every=every,
        )

    def _by_cases(self, written: tuple[Case, ...], node: Node) -> Cases:
        def roles(then: object, at: DocPath) -> tuple[str, ...]:
            return self.roles(tuple(then) if isinstance(then, tuple) else (str(then),), at)

        return self.reader.cases(written, (*node.doc, "by"), roles, local=self.local(node))

    def roles(self, names: tuple[str, ...], doc: DocPath) -> tuple[str, ...]:
        """Roles that exist."""
        known = self.sop.roles
        for number, name in enumerate(names):
            if name not in known:
                at = (*doc, number) if len(names) > 1 else self.findings.one_of(doc, number)
                self.findings.unknown("SOP202", name, known, at)
        return tuple(name for name in names if name in known)

    def steps(self, names: tuple[str, ...], doc: DocPath, node: Node) -> tuple[int, ...]:
        """Steps that exist, each name meaning one."""
        found = []
        for name in names:
            numbers = self.index.find(name, node)
            if len(numbers) == 1:
                found.append(numbers[0])
            elif numbers:
                paths = ", ".join(self.index.nodes[number].path for number in numbers)
                self.findings.add("SOP207", doc, name=name, paths=paths)
            else:
                self.findings.unknown("SOP201", name, dict.fromkeys(other.step.id for other in self.index.nodes), doc)
        return tuple(found)


def _need(written: object, roles: int) -> tuple[int, int, bool]:
    """(need, seats, each role has one) of ``need: 2``, ``2 of 3``, ``all`` (of no roles yet: 0 of both)."""
    match written:
        case "all":
            return roles, roles, True
        case int():
            return written, written, False
        case _:
            need, _, seats = str(written).partition(" of ")
            return int(need), int(seats or need), False
