"""The scene as text, for other tools and for the terminal: Mermaid, DOT, a numbered outline. Knows scenes only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sopflow.rendering._scene import Edge, Mark, Node, Scene, Sheet
from sopflow.rendering._words import word

_MERMAID = {
    "decision": ("{", "}"), "until": ("{", "}"), "start": ("([", "])"), "end": ("([", "])"), "call": ("[[", "]]"),
    "sheet": ("[[", "]]"), "event": ("(", ")"), "wait": ("(", ")"), "emit": (">", "]"), "goto": (">", "]"),
    "fork": ("[/", "/]"), "each": ("[/", "/]"), "join": ("[\\\\", "\\\\]"),
}  # fmt: skip
_DOT = {
    "decision": "diamond", "until": "diamond", "start": "oval", "end": "oval", "call": "box3d", "sheet": "box3d",
    "event": "oval", "wait": "oval", "emit": "cds", "goto": "cds", "fork": "box", "each": "box", "join": "box",
}  # fmt: skip


def mermaid(scene: Scene) -> str:
    """A Mermaid flowchart, each sheet a subgraph. Ids are numbers, so that none is a reserved word."""
    numbers = _numbers(scene)
    lines = ["---", f"title: {_quoted(scene.texts[0] if scene.texts else scene.name)}", "---", "flowchart TB"]
    for sheet in scene.sheets:
        lines.append(f'  subgraph s{sheet.number}["{_mermaid_text(" ".join(sheet.texts))}"]')
        for node in sheet.nodes:
            one, two = _MERMAID.get(node.shape, ("[", "]"))
            text = "<br>".join(map(_mermaid_text, node.texts)) or " "
            lines.append(f'    n{numbers[node.id]}{one}"{text}"{two}'.replace("\\\\", "\\"))
        for edge in sheet.edges:
            label = _mermaid_text(" ".join(edge.labels))
            arrow = "-.->" if edge.meaning == "handler" else "-->"
            said = f'|"{label}"|' if label else ""
            lines.append(f"    n{numbers[edge.source]} {arrow}{said} n{numbers[edge.target]}")
        lines.append("  end")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mermaid_text(text: str) -> str:
    """Text as Mermaid takes it inside quotes: with entity codes for what would end them or be read as markup."""
    return re.sub(r'[#"<>&`\\]', lambda found: f"#{ord(found[0])};", text)


def dot(scene: Scene) -> str:
    """A digraph for Graphviz, each sheet a cluster."""
    numbers = _numbers(scene)
    lines = [
        f"digraph {_quoted(scene.name)} {{",
        "  rankdir=TB;",
        '  node [shape=box, style=rounded, fontname="Noto Sans CJK SC"];',
        '  edge [fontname="Noto Sans CJK SC"];',
    ]
    for sheet in scene.sheets:
        lines += [f"  subgraph cluster_{sheet.number} {{", f"    label={_quoted(' '.join(sheet.texts))};"]
        for node in sheet.nodes:
            shape = _DOT.get(node.shape, "box")
            style = ', style=""' if shape != "box" else ""
            text = _quoted("\n".join(node.texts)).replace("\n", "\\n")
            lines.append(f"    n{numbers[node.id]} [label={text}, shape={shape}{style}, id={_quoted(node.id)}];")
        lines.append("  }")
    for sheet in scene.sheets:
        for edge in sheet.edges:
            style = ", style=dashed" if edge.meaning == "handler" else ""
            label = _quoted(" ".join(edge.labels))
            lines.append(f"  n{numbers[edge.source]} -> n{numbers[edge.target]} [label={label}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def outline(scene: Scene) -> str:
    """The picture as numbered lines, in reading order: who, what, by when, and where each way leads."""
    language = scene.languages[0]
    lanes = {lane.id: lane.texts[0] for lane in scene.lanes}
    shown = {
        node.id: f"{sheet.number}.{at}"
        for sheet in scene.sheets
        for at, node in enumerate(_listed(sheet), start=1)
    }  # fmt: skip
    nodes = {node.id: node for sheet in scene.sheets for node in sheet.nodes}
    lines = [" / ".join(scene.texts) or scene.name]
    for sheet in scene.sheets:
        lines += ["", f"{sheet.number}  {' / '.join(sheet.texts)}"]
        wide = max((len(shown[node.id]) for node in _listed(sheet)), default=0)
        for node in _listed(sheet):
            facts = [lanes.get(node.lane, ""), *(_said(mark) for mark in node.marks)]
            about = " · ".join(fact for fact in facts if fact)
            sign = "?" if node.shape in ("decision", "until") else "!" if node.shape == "event" else " "
            text = " / ".join(node.texts) or word("all", language)
            lines.append(f"  {shown[node.id]:<{wide}} {sign} {text}" + (f"  ({about})" if about else ""))
            lines += [f"  {'':<{wide}}     {way}" for way in _ways(node, sheet, shown, nodes)]
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


def _numbers(scene: Scene) -> dict[str, int]:
    return {node.id: at for at, node in enumerate(node for sheet in scene.sheets for node in sheet.nodes)}
