"""The picture for draw.io (diagrams.net): a file of mxGraph cells, uncompressed, each sheet a page.

Shapes, lanes and the bends of lines have the places of our picture; a shape that leads to another sheet links to its
page. Knows geometries and mxGraph, nothing of SOPs.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from html import escape

from sopflow.rendering._drawing import Drawing
from sopflow.rendering._geometry import Area, Box, EdgeLine, NodeBox, SheetBox, TextLine
from sopflow.rendering._themes import Theme
from sopflow.rendering.formats._xml import add, document, xml_id, xml_text

# Bare names of shapes are styles that only draw.io itself knows; `shape=` and `perimeter=` every mxGraph understands.
_SHAPES = {
    "rect": "rounded=1;arcSize=10;", "pill": "rounded=1;arcSize=50;",
    "diamond": "shape=rhombus;perimeter=rhombusPerimeter;", "bar": "rounded=1;arcSize=50;",
    "hexagon": "shape=hexagon;perimeter=hexagonPerimeter2;fixedSize=1;size=20;",
    "pentagon": "shape=step;perimeter=stepPerimeter;fixedSize=1;size=12;",
}  # fmt: skip
_PENTAGON = "shape=offPageConnector;perimeter=rectanglePerimeter;direction=north;size=0.1;"


def drawio(drawing: Drawing) -> str:
    """The picture as a file of draw.io."""
    geometry = drawing.geometry
    root = ET.Element("mxfile", {"host": "sopflow", "type": "device"})
    pages = {sheet.number: xml_id("page", sheet.id) for sheet in geometry.sheets}
    for sheet in geometry.sheets:
        diagram = add(root, "diagram", id=pages[sheet.number], name=xml_text(f"{sheet.number} {sheet.title}"))
        _Page(sheet, drawing, pages).write(diagram)
    return document(root)


class _Page:
    """One sheet as a page, its upper left corner at the origin."""

    def __init__(self, sheet: SheetBox, drawing: Drawing, pages: dict[int, str]) -> None:
        self.sheet = sheet
        self.theme = drawing.theme
        self.overlay = drawing.overlay
        self.pages = pages
        self.turned = drawing.geometry.layout == "left-to-right"
        self.lanes = {lane.id: lane for lane in sheet.lanes}
        self.boxes = {node.id: node.box for node in sheet.nodes}

    def write(self, diagram: ET.Element) -> None:
        theme = self.theme
        wide, high = self.sheet.box[2:]
        model = add(diagram, "mxGraphModel", "", page="1", pageWidth=wide, pageHeight=high, background=theme.page)
        self.root = add(model, "root")
        add(self.root, "mxCell", id="0")
        add(self.root, "mxCell", id="1", parent="0")
        title = (
            f"strokeColor=none;fillColor={theme.bar};fontColor={theme.on_bar};fontSize=15;align=left;spacingLeft=14;"
        )
        self._cell("title", escape(self.sheet.title), self.sheet.bar, f"{title}html=1;")
        self._cell("frame", "", self.sheet.box, f"fillColor=none;strokeColor={theme.rule};pointerEvents=0;")
        for number, lane in enumerate(self.sheet.lanes):
            self._lane(lane, number)
        for number, strip in enumerate(self.sheet.strips):
            self._strip(strip, number)
        for node in self.sheet.nodes:
            self._node(node)
        for edge in self.sheet.edges:
            self._edge(edge)

    def _cell(self, id: str, value: str, box: Box, style: str, parent: Area | None = None, link: str = "") -> None:
        """A vertex; a lane's children count from its corner."""
        x, y = (parent or self.sheet).box[:2]
        within = xml_id("lane", parent.id) if parent is not None else "1"
        holder = add(self.root, "UserObject", id=id, label=xml_text(value), link=link) if link else self.root
        cell = add(holder, "mxCell", style=style, vertex="1", parent=within)
        if not link:
            cell.attrib |= {"id": id, "value": xml_text(value)}
        geometry = add(cell, "mxGeometry", x=box[0] - x, y=box[1] - y, width=box[2], height=box[3])
        geometry.set("as", "geometry")

    def _lane(self, lane: Area, number: int) -> None:
        theme = self.theme
        across = "horizontal=0;" if self.turned else ""
        size = lane.heading[2] if self.turned else lane.heading[3]
        ground = theme.stripe if number % 2 else theme.panel
        color = theme.lanes[lane.number % len(theme.lanes)]
        style = (
            f"shape=swimlane;startSize={size:g};{across}html=1;whiteSpace=wrap;collapsible=0;fontSize=13;"
            f"fontColor={theme.ink};strokeColor={theme.rule};fillColor={color}22;swimlaneFillColor={ground};"
        )
        self._cell(xml_id("lane", lane.id), _html(lane.lines, theme), lane.box, style)

    def _strip(self, strip: Area, number: int) -> None:
        theme = self.theme
        ground = theme.phase if strip.kind == "phase" else theme.group
        frame = f"fillColor=none;strokeColor={theme.goto_rim};dashed=1;dashPattern=1 3;pointerEvents=0;"
        self._cell(f"strip-{number}", "", strip.box, frame)
        style = f"html=1;whiteSpace=wrap;fillColor={ground};strokeColor={theme.rule};fontColor={theme.ink};fontSize=12;"
        self._cell(f"strip-{number}-title", _html(strip.lines, theme), strip.heading, style)

    def _node(self, node: NodeBox) -> None:
        ground, rim, ink = self._colors(node)
        shape = _PENTAGON if node.outline == "pentagon" else _SHAPES[node.outline]
        dashes = "dashed=1;" if node.optional or node.shape == "event" else ""
        if node.shape == "call":
            shape = "shape=process;size=0.04;"
        elif node.shape == "wait":
            shape = _SHAPES["pill"]
        style = (
            f"{shape}html=1;whiteSpace=wrap;fontSize=13;fillColor={ground};strokeColor={rim};fontColor={ink};"
            f"strokeWidth=1.4;{dashes}"
        )
        link = f"data:page/id,{self.pages[node.number]}" if node.number in self.pages else ""
        self._cell(xml_id("n", node.id), self._words(node), node.box, style, self.lanes.get(node.lane), link)

    def _words(self, node: NodeBox) -> str:
        over = escape(self.overlay.letters(node.id)) if self.overlay is not None else ""
        words = over + (_html(node.lines, self.theme) or escape(node.title))
        signs = [f"☑ {escape(node.badge)}"] if node.badge else []
        signs += [f"({escape(letter)})" for letter in node.letters]
        if not signs:
            return words
        return f'{words}<br><font style="font-size: 10px">{" ".join(signs)}</font>'

    def _colors(self, node: NodeBox) -> tuple[str, str, str]:
        theme = self.theme
        match node.shape:
            case "decision" | "until":
                return theme.decision, theme.decision_rim, theme.ink
            case "call" | "sheet":
                return theme.call, theme.call_rim, theme.ink
            case "event" | "emit":
                return theme.event, theme.event_rim, theme.ink
            case "fork" | "each":
                return theme.gate, theme.gate_ink, theme.ink
            case "join":
                return theme.gate_ink, theme.gate_ink, theme.gate
            case "end":
                return theme.end, theme.end, theme.on_end
            case "goto":
                return theme.goto, theme.goto_rim, theme.ink
            case _:
                lane = self.lanes.get(node.lane)
                return theme.task, theme.lanes[lane.number % len(theme.lanes)] if lane else theme.task_rim, theme.ink

    def _edge(self, edge: EdgeLine) -> None:
        theme = self.theme
        color = theme.handler if edge.meaning == "handler" else theme.line
        dashes = "dashed=1;" if edge.back else "dashed=1;dashPattern=3 3;" if edge.meaning == "handler" else ""
        ink = {"yes": theme.yes, "no": theme.no}.get(edge.meaning, theme.soft)
        style = (
            "edgeStyle=orthogonalEdgeStyle;rounded=1;html=1;endArrow=block;endSize=5;endFill=1;jettySize=auto;"
            f"strokeColor={color};fontColor={ink};fontSize=11;labelBackgroundColor={theme.panel};{dashes}"
            f"{_port('exit', edge.points[0], self.boxes[edge.source])}"
            f"{_port('entry', edge.points[-1], self.boxes[edge.target])}"
        )
        label = "<br>".join(escape(line.text) for line in edge.label)
        cell = add(
            self.root, "mxCell", id=xml_id("e", edge.id), value=xml_text(label), style=style, edge="1", parent="1",
            source=xml_id("n", edge.source), target=xml_id("n", edge.target),
        )  # fmt: skip
        geometry = add(cell, "mxGeometry", relative="1")
        geometry.set("as", "geometry")
        left, top = self.sheet.box[:2]
        if edge.label_box is not None:  # counted from the beginning of the line
            x, y, wide, high = edge.label_box
            geometry.set("x", "-1")
            offset = add(geometry, "mxPoint", x=x + wide / 2 - edge.points[0][0], y=y + high / 2 - edge.points[0][1])
            offset.set("as", "offset")
        if edge.points[1:-1]:
            bends = add(geometry, "Array")
            bends.set("as", "points")
            for x, y in edge.points[1:-1]:
                add(bends, "mxPoint", x=x - left, y=y - top)


def _port(name: str, point: tuple[float, float], box: Box) -> str:
    """Where on its shape a line begins or ends, as shares of the shape's size."""
    x, y = (point[0] - box[0]) / box[2], (point[1] - box[1]) / box[3]
    return f"{name}X={round(x, 3):g};{name}Y={round(y, 3):g};{name}Dx=0;{name}Dy=0;{name}Perimeter=0;"


def _html(lines: Sequence[TextLine], theme: Theme) -> str:
    """Lines of a label; those that say more than the title are smaller."""
    said = []
    for line in lines:
        text = escape(line.text)
        if line.kind in ("title", "lane", "strip", "bar"):
            said.append(text)
        else:
            color = theme.due if line.kind == "due" else theme.soft
            said.append(f'<font style="font-size: {line.size:g}px" color="{color}">{text}</font>')
    return "<br>".join(said)
