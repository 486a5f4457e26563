"""The scene as a numbered outline, for terminals and screen readers. Knows scenes only."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.rendering._drawing import Drawing
from sopflow.rendering._scene import Edge, Mark, Node, Sheet
from sopflow.rendering._words import word


def outline(drawing: Drawing) -> str:
    """The picture as numbered lines, in reading order: who, what, by when, and where each way leads."""
    scene = drawing.scene
    language = scene.languages[0]
    lanes = {lane.id: lane.texts[0] for lane in scene.lanes}
    shown = {
        node.id: f"{sheet.number}.{at}"
        for sheet in scene.sheets
        for at, node in enumerate(_listed(sheet), start=1)
    }  # fmt: skip
    nodes = {node.id: node for sheet in scene.sheets for node in sheet.nodes}
    over = drawing.overlay
    lines = [" / ".join(scene.texts) or scene.name, *scene.remarks]
    for sheet in scene.sheets:
        lines += ["", f"{sheet.number}  {' / '.join(sheet.texts)}"]
        wide = max((len(shown[node.id]) for node in _listed(sheet)), default=0)
        for node in _listed(sheet):
            facts = [lanes.get(node.lane, ""), *(_said(mark) for mark in node.marks)]
            about = " · ".join(fact for fact in facts if fact)
            sign = "?" if node.shape in ("decision", "until") else "!" if node.shape == "event" else " "
            text = (over.letters(node.id) if over is not None else "") + (
                " / ".join(node.texts) or word("all", language)
            )
            lines.append(f"  {shown[node.id]:<{wide}} {sign} {text}" + (f"  ({about})" if about else ""))
            lines += [f"  {'':<{wide}}     {way}" for way in _ways(node, sheet, shown, nodes)]
    if over is not None and over.remarks:
        lines += ["", *over.listed()]
    return "\n".join(lines) + "\n"


def _said(mark: Mark) -> str:
    return f"☑ {mark.text}" if mark.kind == "checklist" else mark.text


def _listed(sheet: Sheet) -> list[Node]:
    return [node for node in sheet.nodes if node.shape not in ("start", "join", "end", "goto")]


def _ways(node: Node, sheet: Sheet, shown: dict[str, str], nodes: dict[str, Node]) -> Iterator[str]:
    out = [edge for edge in sheet.edges if edge.source == node.id]
    following = _next(node, sheet)
    for edge in out:
        if len(out) == 1 and edge.target == following and not edge.labels:
            continue
        yield f"{' / '.join(edge.labels)} → {_where(edge, sheet, shown, nodes)}".strip()


def _where(edge: Edge, sheet: Sheet, shown: dict[str, str], nodes: dict[str, Node]) -> str:
    target = nodes[edge.target]
    if target.id in shown:
        return f"{shown[target.id]} {target.texts[0] if target.texts else ''}".strip()
    if target.shape == "join":
        after = [one.target for one in sheet.edges if one.source == target.id]
        return shown.get(after[0], "■") if after else "■"
    return f"■ {' / '.join(target.texts)}"


def _next(node: Node, sheet: Sheet) -> str:
    listed = [one.id for one in _listed(sheet)]
    at = listed.index(node.id) + 1
    return listed[at] if at < len(listed) else ""
