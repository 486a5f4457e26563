"""Parts of a scene: one phase, or what is around one step; ways that lead out of the part end in a sign.

Knows scenes only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sopflow.rendering._scene import Edge, Node, Scene, Sheet

Sign = Callable[[Node], tuple[str, ...]]


def only_phase(scene: Scene, phase: str, sign: Sign) -> Scene:
    """``scene`` with nothing but what belongs to ``phase``."""
    return _only(scene, {node for sheet in scene.sheets for node, one in sheet.phases.items() if one == phase}, sign)


def only_around(scene: Scene, step: str, radius: int, sign: Sign) -> Scene:
    """``scene`` with nothing but the nodes that ``radius`` ways, there or back, lead to from the step at ``step``."""
    near = {node.id for sheet in scene.sheets for node in sheet.nodes if _is_of(node, step)}
    ways = [(edge.source, edge.target) for sheet in scene.sheets for edge in sheet.edges]
    for _ in range(radius):
        near |= {target for source, target in ways if source in near} | {source for source, to in ways if to in near}
    return _only(scene, near, sign)


def _is_of(node: Node, step: str) -> bool:
    return node.step == step or node.step.startswith(f"{step}.")


def _only(scene: Scene, kept: set[str], sign: Sign) -> Scene:
    sheets = [part for sheet in scene.sheets if (part := _part(sheet, kept, sign)).nodes]
    used = {node.lane for sheet in sheets for node in sheet.nodes}
    return replace(scene, sheets=tuple(sheets), lanes=tuple(lane for lane in scene.lanes if lane.id in used))


def _part(sheet: Sheet, kept: set[str], sign: Sign) -> Sheet:
    nodes = [node for node in sheet.nodes if node.id in kept]
    all_nodes = {node.id: node for node in sheet.nodes}
    edges: list[Edge] = []
    for edge in sheet.edges:
        if edge.source in kept and edge.target in kept:
            edges.append(edge)
        elif edge.source in kept:
            target = all_nodes[edge.target]
            end = Node(f"{edge.id}--out", "goto", sign(target), lane=all_nodes[edge.source].lane)
            nodes.append(end)
            edges.append(replace(edge, target=end.id))
    ids = {node.id for node in nodes}
    bands = tuple(replace(band, nodes=band.nodes & ids) for band in sheet.bands if band.nodes & ids)
    phases = {node: phase for node, phase in sheet.phases.items() if node in ids}
    return replace(sheet, nodes=tuple(nodes), edges=tuple(edges), bands=bands, phases=phases)
