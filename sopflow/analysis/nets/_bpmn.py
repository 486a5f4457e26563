"""Processes in BPMN 2.0 XML: tasks, events, exclusive and parallel gateways, sequence flows.

As BPMN has it (OMG formal/2013-12-09, chapter 13), a task begins for each token that comes by any of its flows, and
puts one on each flow out of it; of several start events one begins the run. Several ends are read as one: a run is over
when it comes to one of them, and nothing else may then be under way. All that would change this is refused by its name.
"""

from __future__ import annotations

from collections import Counter

from sopflow.analysis.nets._net import Kind, Net, Node, net_of
from sopflow.analysis.nets._xml import Element, place_of, refusal
from sopflow.dsl import Document
from sopflow.errors import DefinitionError, Finding, Report, nearest

_TASKS = {
    "task",
    "userTask",
    "serviceTask",
    "scriptTask",
    "manualTask",
    "sendTask",
    "receiveTask",
    "businessRuleTask",
    "callActivity",
}
_EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
_GATEWAYS = {"exclusiveGateway": Kind.XOR, "eventBasedGateway": Kind.XOR, "parallelGateway": Kind.AND}
_SILENT = {
    "documentation", "extensionElements", "laneSet", "ioSpecification", "property", "dataObject", "dataObjectReference",
    "dataStoreReference", "textAnnotation", "association", "group", "auditing", "monitoring", "resourceRole",
    "performer", "humanPerformer", "potentialOwner", "correlationSubscription", "supports", "dataInputAssociation",
}  # fmt: skip
_KNOWN = ", ".join(sorted((*_TASKS, *_EVENTS, *_GATEWAYS)))
_MOST_LISTED = 50


def net_of_bpmn(document: Document, root: Element) -> Net:
    """The net of the process in a file; raises DefinitionError with all that cannot be judged."""
    processes = [child for child in root.children if child.tag == "process" and child.children]
    if len(processes) != 1:
        what, what_zh = f"it has {len(processes)} processes", f"其中有 {len(processes)} 个流程"
        raise refusal(
            document,
            root.line,
            root.column,
            what,
            what_zh,
            "Put one process into a file.",
            "请让一个文件只含一个流程。",
        )
    return _Reader(document).net(processes[0])


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._findings: list[Finding] = []
        self._numbers: dict[str, int] = {}
        self._elements: list[Element] = []

    def net(self, process: Element) -> Net:
        flows = []
        for child in process.children:
            if child.tag == "sequenceFlow":
                flows.append(child)
            elif child.tag not in _SILENT:
                self._node(child)
        ends = [(self._end(flow, "sourceRef"), self._end(flow, "targetRef")) for flow in flows]
        for flow, (source, _) in zip(flows, ends, strict=True):
            if flow.child("conditionExpression") and not self._findings and self._elements[source].tag not in _GATEWAYS:
                self._refuse(flow, "conditional flow")
        if self._findings:
            raise DefinitionError(Report.of(self._document.with_sources(self._findings[:_MOST_LISTED])))
        return net_of(self._document, *_with_gateways(self._nodes(), self._elements, ends))

    def _node(self, element: Element) -> None:
        id_ = element.attributes.get("id", "")
        if element.tag not in _TASKS | _EVENTS | _GATEWAYS.keys():
            self._refuse(element, element.tag)
        elif element.child("terminateEventDefinition"):
            self._refuse(element, "terminateEventDefinition")
        if not id_:
            raise refusal(
                self._document, element.line, element.column, f"a {element.tag} has no id", f"{element.tag} 没有标识"
            )
        if id_ in self._numbers:
            self._find("SOP452", element, id=id_, line=self._elements[self._numbers[id_]].line)
        self._numbers.setdefault(id_, len(self._elements))
        self._elements.append(element)

    def _end(self, flow: Element, key: str) -> int:
        name = flow.attributes.get(key, "")
        if name not in self._numbers:
            close = nearest(name, self._numbers) if len(self._findings) < _MOST_LISTED else []
            self._find("SOP453", flow, name=name, nearest=close[0] if close else "")
        return self._numbers.get(name, 0)

    def _nodes(self) -> list[Node]:
        kinds = [_GATEWAYS.get(element.tag, Kind.TASK) for element in self._elements]
        names = [element.attributes.get("name", "").strip() or element.attributes["id"] for element in self._elements]
        names = [name if kind is Kind.TASK else f"{kind.value} {name}" for kind, name in zip(kinds, names, strict=True)]
        times = Counter(names)
        return [
            Node(id_, name if times[name] == 1 else f"{name} ({id_})", kind, place=place_of(self._document, element))
            for element, kind, name in zip(self._elements, kinds, names, strict=True)
            if (id_ := element.attributes["id"])
        ]

    def _refuse(self, element: Element, kind: str) -> None:
        name = element.attributes.get("name") or element.attributes.get("id", "")
        self._find("SOP451", element, name=name, kind=kind, known=_KNOWN)

    def _find(self, code: str, element: Element, **fields: object) -> None:
        place, path = place_of(self._document, element), element.attributes.get("id", "")
        self._findings.append(Finding(code, place=place, path=path, fields=fields))


def _with_gateways(
    nodes: list[Node], elements: list[Element], flows: list[tuple[int, int]]
) -> tuple[list[Node], list[tuple[int, int]]]:
    """The graph with an XOR gateway wherever BPMN has one that is not drawn."""
    ins, outs = Counter(target for _, target in flows), Counter(source for source, _ in flows)
    starts = [number for number, element in enumerate(elements) if element.tag == "startEvent" and not ins[number]]
    ends = [number for number in range(len(nodes)) if not outs[number] and ins[number]]
    before: dict[int, int] = {}

    def gateway(name: str, like: Node) -> int:
        nodes.append(Node(like.id, name, Kind.XOR, place=like.place))
        return len(nodes) - 1

    for number in range(len(elements)):
        if nodes[number].kind is Kind.TASK and ins[number] > 1:
            before[number] = gateway(f"→ {nodes[number].name}", nodes[number])
    drawn = [(source, before.get(target, target)) for source, target in flows] + [(b, n) for n, b in before.items()]
    if len(starts) > 1:
        first = gateway("start", nodes[starts[0]])
        drawn += [(first, start) for start in starts]
    if len(ends) > 1:
        last = gateway("end", nodes[ends[0]])
        drawn += [(end, last) for end in ends]
    return nodes, drawn
