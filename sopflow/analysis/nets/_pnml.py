"""Petri nets in PNML (ISO/IEC 15909-2): places, transitions and arcs of weight 1; all else is refused by its name."""

from __future__ import annotations

from collections import Counter

from sopflow.analysis.nets._net import Kind, Net, NetBuilder, Node
from sopflow.analysis.nets._xml import Element, place_of, refusal
from sopflow.dsl import Document
from sopflow.errors import DefinitionError, Finding, Report, nearest

_KNOWN = "place, transition, arc (1)"
_SILENT = {"name", "toolspecific", "declaration", "graphics"}
_MOST_LISTED = 50


def net_of_pnml(document: Document, root: Element) -> Net:
    """The net in a file; raises DefinitionError with all that cannot be judged.

    The run begins in the place that nothing leads to; a marking in the file must say the same, or nothing.
    """
    nets = [child for child in root.children if child.tag == "net"]
    if len(nets) != 1:
        what, what_zh = f"it has {len(nets)} nets", f"其中有 {len(nets)} 个网"
        raise refusal(
            document, root.line, root.column, what, what_zh, "Put one net into a file.", "请让一个文件只含一个网。"
        )
    return _Reader(document).net(nets[0])


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._findings: list[Finding] = []
        self._elements: dict[str, Element] = {}
        self._arcs: list[Element] = []

    def net(self, root: Element) -> Net:
        todo = [root]
        while todo:
            for child in todo.pop().children:
                if child.tag == "page":
                    todo.append(child)
                elif child.tag == "arc":
                    self._arcs.append(child)
                elif child.tag in ("place", "transition"):
                    self._node(child)
                elif child.tag not in _SILENT:
                    self._refuse(child, child.tag)
        arcs = self._checked_arcs()
        if self._findings:
            raise DefinitionError(Report.of(self._document.with_sources(self._findings[:_MOST_LISTED])))
        return self._built(arcs)

    def _node(self, element: Element) -> None:
        id_ = element.attributes.get("id", "")
        if not id_:
            raise refusal(
                self._document, element.line, element.column, f"a {element.tag} has no id", f"{element.tag} 没有标识"
            )
        if id_ in self._elements:
            self._find("SOP452", element, id=id_, line=self._elements[id_].line)
        self._elements.setdefault(id_, element)

    def _checked_arcs(self) -> list[tuple[str, str]]:
        """The arcs, each once."""
        found: dict[tuple[str, str], None] = {}
        for arc in self._arcs:
            ends = (arc.attributes.get("source", ""), arc.attributes.get("target", ""))
            unknown = [name for name in ends if name not in self._elements]
            for name in unknown:
                close = nearest(name, self._elements) if len(self._findings) < _MOST_LISTED else []
                self._find("SOP453", arc, name=name, nearest=close[0] if close else "")
            if unknown:
                continue
            tags = {self._elements[name].tag for name in ends}
            kind = arc.child("type") or arc.child("arctype")
            if len(tags) == 1:
                self._refuse(arc, f"{tags.pop()}–arc")
            elif arc.said("inscription") not in ("", "1") or ends in found:
                self._refuse(arc, "arc (> 1)")
            elif (
                kind is not None
                and (kind.attributes.get("value") or kind.said("text") or kind.text.strip()) != "normal"
            ):
                self._refuse(arc, "arc (≠ normal)")
            found[ends] = None
        return list(found)

    def _built(self, arcs: list[tuple[str, str]]) -> Net:
        nodes = self._nodes()
        builder = NetBuilder(self._document, nodes)
        at = {
            node.id: builder.place(node.name, number)
            if node.kind is Kind.PLACE
            else builder.transition(node.name, number)
            for number, node in enumerate(nodes)
        }
        for source, target in arcs:
            if self._elements[source].tag == "place":
                builder.inputs[at[target]].append(at[source])
            else:
                builder.outputs[at[source]].append(at[target])
        led, leaving = {target for _, target in arcs}, {source for source, _ in arcs}
        starts, ends = [], []
        for number, node in enumerate(nodes):
            is_place = node.kind is Kind.PLACE
            if node.id not in led:
                starts.append(at[node.id] if is_place else builder.place(f"→ {node.name}", number))
                if not is_place:
                    builder.inputs[at[node.id]].append(starts[-1])
            if node.id not in leaving:
                ends.append(at[node.id] if is_place else builder.place(f"{node.name} →", number))
                if not is_place:
                    builder.outputs[at[node.id]].append(ends[-1])
        self._check_marking(nodes, led)
        return builder.net(starts, ends)

    def _nodes(self) -> list[Node]:
        labels = {id_: element.said("name") or id_ for id_, element in self._elements.items()}
        times = Counter(labels.values())
        return [
            Node(
                id_,
                labels[id_] if times[labels[id_]] == 1 else f"{labels[id_]} ({id_})",
                Kind.PLACE if element.tag == "place" else Kind.TRANSITION,
                place=place_of(self._document, element),
            )
            for id_, element in self._elements.items()
        ]

    def _check_marking(self, nodes: list[Node], led: set[str]) -> None:
        for node in nodes:
            element = self._elements[node.id]
            marking = element.said("initialMarking")
            if marking not in ("", "0") and (marking != "1" or node.id in led):
                what, what_zh = (
                    f"runs begin with {marking} at ‘{node.name}’",
                    f"运行从 “{node.name}” 的 {marking} 个令牌开始",
                )
                how = "Let them begin with one token in the place that nothing leads to."
                how_zh = "请让运行从没有入弧的库所中的一个令牌开始。"
                raise refusal(self._document, element.line, element.column, what, what_zh, how, how_zh)

    def _refuse(self, element: Element, kind: str) -> None:
        self._find("SOP451", element, name=element.attributes.get("id", ""), kind=kind, known=_KNOWN)

    def _find(self, code: str, element: Element, **fields: object) -> None:
        place, path = place_of(self._document, element), element.attributes.get("id", "")
        self._findings.append(Finding(code, place=place, path=path, fields=fields))
