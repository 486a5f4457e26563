"""Findings drawn at what they are about, numbered, and how one gets to a fault as a red way.

Knows findings and scenes, no places on a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sopflow.errors import Finding, Report
from sopflow.rendering._geometry import Marked
from sopflow.rendering._scene import Edge, Node, Scene
from sopflow.rendering.overlay._overlay import Overlay, Remark
from sopflow.rendering.overlay._words import clean, say

#: A step and the way by which it is left ("": by none, or by the ordinary one).
Route = Sequence[tuple[str, str]]
_WORST = ("error", "warning", "info", "trace")


def of_findings(findings: Iterable[Finding], scene: Scene, docs: Mapping[str, str]) -> Overlay:
    """The overlay of ``findings`` on the ``scene`` of their definition.

    ``docs`` are the paths of its steps by where they are written: ``steps.plan.steps.write`` → ``plan.write``.
    """
    return _Drawer(scene, docs).overlay(tuple(Report.of(findings)))


def route_of(finding: Finding) -> Route:
    """The run that shows the fault: from the finding's own route, else from the lines that tell it."""
    route: Route = getattr(finding, "route", ())
    if route:
        return route
    said = []
    for line in finding.trace:
        step, _, way = line.partition(" → ")[0].partition(": ")
        said.append((step, way))
    return said


class _Drawer:
    def __init__(self, scene: Scene, docs: Mapping[str, str]) -> None:
        self.scene, self.docs = scene, docs
        self.lang = scene.languages[0]
        own = [sheet for sheet in scene.sheets if sheet.id.startswith("sheet:")]
        self.nodes: dict[str, list[Node]] = {}
        self.order = [node for sheet in own for node in sheet.nodes if node.step]
        for node in self.order:
            self.nodes.setdefault(node.step, []).append(node)
        self.out: dict[str, list[Edge]] = {}
        for sheet in own:
            for edge in sheet.edges:
                self.out.setdefault(edge.source, []).append(edge)
        self.step_of = {node.id: node.step for sheet in own for node in sheet.nodes}
        self.signs: dict[str, list[tuple[str, str]]] = {}
        self.facts: dict[str, list[str]] = {}
        self.ways: dict[str, Marked] = {}

    def overlay(self, findings: Sequence[Finding]) -> Overlay:
        remarks = []
        for number, finding in enumerate(findings, start=1):
            remarks.append(self._remark(str(number), finding))
            self._route(finding)
        nodes = {
            id: Marked(id, _worst(signs), tuple(signs), tuple(self.facts.get(id, ())))
            for id, signs in self.signs.items()
        }
        kinds = [remark.kind for remark in remarks]
        counted = [say(f"{kind}s", self.lang, n=kinds.count(kind)) for kind in _WORST if kind in kinds]
        heading = " · ".join(counted) or say("fine", self.lang)
        return Overlay("findings", heading, nodes, self.ways, remarks=tuple(remarks))

    def _remark(self, number: str, finding: Finding) -> Remark:
        kind = str(finding.severity)
        text = clean(finding.text(self.lang))
        below = [clean(finding.accepted) and say("accepted", self.lang, text=clean(finding.accepted))]
        below.append(clean(finding.mend(self.lang)) and say("mend", self.lang, text=clean(finding.mend(self.lang))))
        nodes, edges = self._about(finding)
        for node in nodes:
            self.signs.setdefault(node, []).append((kind, number))
            self.facts.setdefault(node, []).append(f"{finding.code}: {text}")
        for edge in edges:
            self.ways[edge] = Marked(edge, kind, ((kind, number),), (f"{finding.code}: {text}",))
        return Remark(number, kind, (f"{finding.code} · {text}", *filter(None, below)), nodes, edges)

    def _about(self, finding: Finding) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The node that a finding is about, and the way; of a block that is drawn as a strip its first node."""
        written = finding.path
        while written and written not in self.docs:
            written = written.rpartition(".")[0]
        step = self.docs.get(written, "")
        if not step:
            return (), ()
        nodes = self.nodes.get(step) or [node for node in self.order if node.step.startswith(f"{step}.")][:1]
        exit_ = finding.path.removeprefix(written).rpartition(".")[2]
        edges = [edge.id for node in nodes for edge in self.out.get(node.id, ()) if exit_ and exit_ in edge.exits]
        return tuple(node.id for node in nodes[:1]), tuple(edges[:1])

    def _route(self, finding: Finding) -> None:
        """Draw how one gets to the fault."""
        route = route_of(finding)
        for at, (step, way) in enumerate(route):
            then = route[at + 1][0] if at + 1 < len(route) else ""
            for node in self.nodes.get(step, ()):
                self.signs.setdefault(node.id, [])
                if node.id not in self.facts:
                    self.facts[node.id] = [say("trace", self.lang)]
            for edge in self._between(step, way, then) if then else ():
                self.ways.setdefault(edge, Marked(edge, "trace"))

    def _between(self, step: str, way: str, then: str) -> Iterable[str]:
        """The ways from a step to the next one; also the short way from what asks to what answers."""
        nodes = self.nodes.get(step, ())
        inside = {node.id for node in nodes}
        for node in nodes:
            for edge in self.out.get(node.id, ()):
                target = self.step_of.get(edge.target, "")
                leads = target == then or target.startswith(f"{then}.")
                if edge.target in inside or (leads and (not way or not edge.exits or way in edge.exits)):
                    yield edge.id


def _worst(signs: Sequence[tuple[str, str]]) -> str:
    """The worst of what is found at a node; nothing is, where the way to a fault only passes it."""
    kinds = {kind for kind, _ in signs}
    return next((kind for kind in _WORST if kind in kinds), "trace")
