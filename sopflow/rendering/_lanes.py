"""Which lane a node stands in that nobody is named for: where it comes from, where it goes, or who works inside."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sopflow.program import Program
from sopflow.rendering._scene import Node, Sheet


def with_lanes(sheet: Sheet, program: Program) -> Sheet:
    """``sheet`` with a lane for each node, as far as any node of it has one."""
    lanes = {node.id: node.lane or _of_block(node, program) for node in sheet.nodes}
    forward = [(edge.source, edge.target) for edge in sheet.edges]
    backward = [(target, source) for source, target in forward]
    followers = {node.id for node in sheet.nodes if node.shape in ("end", "goto", "join", "decision", "fork", "until")}
    for ways, some in ((forward, followers), (backward, None), (forward, None)):
        _spread(lanes, ways, some)
    first = next((lane for lane in lanes.values() if lane), "")
    return replace(sheet, nodes=tuple(replace(node, lane=lanes[node.id] or first) for node in sheet.nodes))


def _spread(lanes: dict[str, str], ways: list[tuple[str, str]], some: set[str] | None) -> None:
    """Give lanes on along ``ways``, to those in ``some`` (None: to all) that have none yet."""
    changed = True
    while changed:
        changed = False
        for source, target in ways:
            if lanes[source] and not lanes[target] and (some is None or target in some):
                lanes[target] = lanes[source]
                changed = True


def _of_block(node: Node, program: Program) -> str:
    """The role that does most of what a block or a called program holds, if it is a role of the caller's."""
    index = program.by_path.get(node.step, -1)
    if index < 0 or node.shape not in ("sheet", "call"):
        return ""
    step = program.steps[index]
    steps = step.call.program.steps if step.call is not None else program.steps
    inside = f"{node.step}." if step.call is None else ""
    counted = Counter(
        one.people.by[0]
        for one in steps
        if one.people.by and one.path.startswith(inside) and one.people.by[0] in program.roles
    )
    return max(counted, key=lambda role: (counted[role], role)) if counted else ""
