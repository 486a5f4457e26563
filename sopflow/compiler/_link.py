"""Linking: a definition and all that it calls become programs that hold each other.

Each definition is lowered once. Calls may lead round in a circle, as long as one of them limits the depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from sopflow.compiler._calls import Child
from sopflow.compiler._compile import lower_one
from sopflow.compiler._draft import Draft, Edge
from sopflow.compiler._findings import Findings
from sopflow.compiler._holds import check_holds
from sopflow.compiler._index import Index, Node, said
from sopflow.errors import Report
from sopflow.model import Sop
from sopflow.program import Program

#: Finds a definition by the name a call gives (``folder/id``, ``id``, ``…@1``), as seen from the calling one.
Find = Callable[[str, Sop], Sop | None]
#: Calls inside calls, at most.
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Compiled:
    """A definition and what it compiles to. ``program`` is None where findings leave nothing to run.

    ``index`` holds the place of every step in the text; analyses speak through it.
    """

    sop: Sop
    index: Index
    program: Program | None
    report: Report


def lower(sop: Sop, *, find: Find | None = None, known: Iterable[str] = ()) -> Compiled:
    """Compile ``sop`` and everything it calls; never raises for what a definition says.

    ``find`` gives the definitions that calls name (None: there are no others), ``known`` their names, for
    "did you mean". The report holds the findings of this definition and of those that it calls.
    """
    linker = _Linker(find or (lambda name, caller: None), tuple(known))
    root = linker.draft(sop)
    for draft in linker.drafts:
        check_holds(draft)
    report = Report.of(finding for draft in linker.drafts for finding in draft.lowered.findings.found)
    index = root.lowered.index
    if report.errors:
        return Compiled(sop, index, None, report)
    for draft in linker.drafts:
        draft.fill()
    return Compiled(sop, index, root.program, report)


@dataclass(slots=True)
class _Linker:
    """``drafts`` are the lowered definitions, those that are called before their callers; ``open`` the begun ones."""

    find: Find
    known: tuple[str, ...]
    drafts: list[Draft] = field(default_factory=list)
    open: list[Draft] = field(default_factory=list)

    def draft(self, sop: Sop) -> Draft:
        """The draft of ``sop``, once all that it calls has one."""
        draft = Draft(sop)
        self.open.append(draft)
        draft.lowered = lower_one(sop, partial(self._called, draft))
        self.open.pop()
        self.drafts.append(draft)
        return draft

    def _called(self, caller: Draft, node: Node, findings: Findings) -> Child | None:
        """What ``caller`` calls at ``node``; None after findings."""
        name, doc = str(said(node.step, "sop", "")), (*node.doc, "call")
        sop = self.find(name, caller.sop)
        if sop is None:
            findings.unknown("SOP209", name, self.known, doc)
            return None
        callee = self._begun(sop)
        if callee is None:
            if len(self.open) > DEEPEST:
                findings.add("SOP220", doc, most=DEEPEST)
                return None
            callee = self.draft(sop)
        edge = Edge(node, callee, endless=not said(node.step, "at_most"), waits=not said(node.step, "detached"))
        caller.calls.append(edge)
        circle = _endless_circle(caller, callee) if edge.endless else ()
        if circle:
            findings.add("SOP210", doc, name=sop.name, chain=" → ".join(draft.sop.name for draft in circle))
        if callee.child is None:
            # Those whose own calls are still being followed are lowered once more, without these.
            lowered = lower_one(callee.sop, lambda node, findings: None) if callee in self.open else callee.lowered
            callee.child = lowered.child(callee.program)
        return callee.child

    def _begun(self, sop: Sop) -> Draft | None:
        """The draft of ``sop``, where there is one; who reads a file anew for each call may bring an equal Sop."""
        for draft in self.open:
            alike = (draft.sop.name, draft.sop.version) == (sop.name, sop.version)
            if draft.sop is sop or (alike and draft.content == sop.content_hash()):
                return draft
        return next((draft for draft in self.drafts if draft.sop is sop), None)


def _endless_circle(caller: Draft, callee: Draft) -> tuple[Draft, ...]:
    """The calls without a limit that lead from ``callee`` back to ``caller``, and to ``callee`` again."""
    if caller is callee:
        return (callee, callee)
    before = callee.below(lambda edge: edge.endless)
    if caller not in before:
        return ()
    way = [callee, caller]
    while way[-1] is not callee:
        way.append(before[way[-1]])
    return tuple(reversed(way))
