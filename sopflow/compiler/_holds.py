"""``holds``: resources are taken in alphabetical order, so that no two runs can wait for each other.

What one step needs it takes all at once. Whoever holds something may take more only if it comes later in the order
of names: then every chain of waiting leads upwards, and none leads back. (The ordering of resources is that of
E. W. Dijkstra, "Hierarchical ordering of sequential processes", 1971.)
"""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.compiler._draft import Draft, Edge
from sopflow.compiler._index import Node

#: Of each resource that is held: the step that holds it.
_Held = Mapping[str, Node]


def check_holds(draft: Draft) -> None:
    """Tell what is taken out of order, by a step inside another or by an SOP that it calls while it holds."""
    if not any(node.step.holds for node in draft.lowered.index.nodes):
        return
    index = draft.lowered.index
    calls = {edge.node.index: edge for edge in draft.calls if edge.waits}
    around: dict[int, _Held] = {region.index: {} for region in index.lists}
    for node in index.nodes:  # blocks come before what is inside them
        outside = around[node.region]
        _check_own(draft, node, outside)
        held = {**outside, **dict.fromkeys(node.step.holds, node)} if node.step.holds else outside
        around.update(dict.fromkeys(node.regions, held))
        for name, region in node.handlers.items():
            handler = node.step.on[name]
            # What takes the place of its host, or comes after it, finds it gone, and what it held is free.
            gone = handler.instead or name == "cancelled"
            around[region] = outside if gone else held
        if held and node.index in calls:
            _check_call(draft, calls[node.index], held)


def _check_own(draft: Draft, node: Node, outside: _Held) -> None:
    findings = draft.lowered.findings
    for number, name in enumerate(node.step.holds):
        last = max(outside, default="")
        if name > last:
            continue
        at = findings.one_of((*node.doc, "holds"), number)
        if name in outside:
            findings.add("SOP433", at, step=node.path, name=name, outer=outside[name].path)
        else:
            findings.add("SOP432", at, step=node.path, name=name, held=last, outer=outside[last].path)


def _check_call(draft: Draft, edge: Edge, held: _Held) -> None:
    last = max(held)
    called = {edge.callee: draft, **edge.callee.below(lambda inner: inner.waits)}
    for callee in called:
        taken = {name for node in callee.lowered.index.nodes for name in node.step.holds}
        early = min((name for name in taken if name <= last), default=None)
        if early is not None:
            draft.lowered.findings.add(
                "SOP434",
                (*edge.node.doc, "call"),
                step=held[last].path,
                held=last,
                called=callee.sop.name,
                name=early,
            )
