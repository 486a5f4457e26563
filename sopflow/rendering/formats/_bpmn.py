"""BPMN 2.0 with diagram interchange: what modellers of business processes open, with the places of our picture.

A sheet is a pool with a process of its own, a role a lane, a strip a group. Standards of the OMG: formal/2013-12-09,
section 12 for the diagram. Knows geometries and BPMN; what a node becomes is said in ``_bpmn_elements``.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from sopflow.rendering._drawing import Drawing
from sopflow.rendering._geometry import Area, Box
from sopflow.rendering._themes import LIGHT
from sopflow.rendering.formats._bpmn_elements import Element, Trigger
from sopflow.rendering.formats._bpmn_sheet import Flow, SheetProcess, Shown
from sopflow.rendering.formats._origins import Origins
from sopflow.rendering.formats._xml import add, document, xml_id, xml_text

_SPACES = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_NAMESPACE = "urn:sopflow"
_EXPRESSIONS = "urn:sopflow:expression"
_HEADER = 30.0  # what a pool or a lane has for its name, as bpmn.io draws it
#: Colours by tag; names are always dark, as every tool has a white canvas.
_COLORS = {
    "exclusiveGateway": (LIGHT.decision_rim, LIGHT.decision), "boundaryEvent": (LIGHT.event_rim, LIGHT.event),
    "callActivity": (LIGHT.call_rim, LIGHT.call), "intermediateThrowEvent": (LIGHT.event_rim, LIGHT.event),
}  # fmt: skip


def bpmn(drawing: Drawing) -> str:
    """The picture as a BPMN 2.0 document. It is not meant to be executed: what people do has no place in it."""
    origins = Origins(drawing)
    scene = {sheet.id: sheet for sheet in drawing.scene.sheets}
    sheets = [SheetProcess(box, scene[box.id], origins) for box in drawing.geometry.sheets]
    root = ET.Element("bpmn:definitions", {
        "id": xml_id("definitions", drawing.scene.name), "targetNamespace": _NAMESPACE,
        "expressionLanguage": _EXPRESSIONS, "exporter": "sopflow", **_SPACES,
    })  # fmt: skip
    messages = {trigger.message: "" for sheet in sheets for trigger in sheet.triggers if trigger.message}
    for name in messages:
        add(root, "bpmn:message", id=xml_id("message", name), name=origins.message(name))
    strips = [strip for sheet in sheets for strip in sheet.box.strips]
    if strips:
        category = add(root, "bpmn:category", id="category", name="strips")
        for sheet in sheets:
            for at, strip in enumerate(sheet.box.strips):
                add(category, "bpmn:categoryValue", id=sheet.id("value", str(at)), value=_name(strip))
    collaboration = add(root, "bpmn:collaboration", id="collaboration", name=drawing.geometry.title)
    for sheet in sheets:
        add(collaboration, "bpmn:participant", id=sheet.id("pool"), name=sheet.box.title, processRef=sheet.process)
    for sheet in sheets:
        _process(root, sheet)
    diagram = add(root, "bpmndi:BPMNDiagram", id="diagram", name=drawing.geometry.title)
    plane = add(diagram, "bpmndi:BPMNPlane", id="plane", bpmnElement="collaboration")
    across = drawing.geometry.layout == "left-to-right"
    for sheet in sheets:
        _drawn(plane, sheet, across=across)
    return document(root)


def _name(area: Area) -> str:
    return " ".join(line.text for line in area.lines)


# -- the process -----------------------------------------------------------------------------------------------------


def _process(root: ET.Element, sheet: SheetProcess) -> None:
    process = add(root, "bpmn:process", id=sheet.process, name=sheet.box.title, isExecutable="false")
    if sheet.box.lanes:
        lanes = add(process, "bpmn:laneSet", id=sheet.id("lanes"))
        for lane in sheet.box.lanes:
            made = add(lanes, "bpmn:lane", id=sheet.id("lane", lane.id), name=_name(lane))
            for shown in sheet.shown:
                if shown.lane == lane.id:
                    add(made, "bpmn:flowNodeRef", shown.id)
    for shown in sheet.shown:
        _node(process, shown, sheet)
    for flow in sheet.flows:
        if not flow.association:
            made = add(process, "bpmn:sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target)
            if flow.name:
                made.set("name", xml_text(flow.name))
            if flow.condition:
                _formal(made, "conditionExpression", flow.condition)
    for at in range(len(sheet.box.strips)):
        add(process, "bpmn:group", id=sheet.id("group", str(at)), categoryValueRef=sheet.id("value", str(at)))
    for flow in sheet.flows:
        if flow.association:
            add(process, "bpmn:association", id=flow.id, sourceRef=flow.source, targetRef=flow.target)


def _node(process: ET.Element, shown: Shown, sheet: SheetProcess) -> None:
    """A node with what the schema wants in it, in its order: documentation, ways, loop or triggers."""
    element = shown.element
    made = add(process, f"bpmn:{element.tag}", id=shown.id)
    made.attrib |= {name: value for name, value in shown.attributes if value}
    if shown.name:
        made.set("name", xml_text(shown.name))
    if shown.about:
        add(made, "bpmn:documentation", shown.about)
    for flow in sheet.flows:
        if flow.target == shown.id and not flow.association:
            add(made, "bpmn:incoming", flow.id)
    for flow in sheet.flows:
        if flow.source == shown.id and not flow.association:
            add(made, "bpmn:outgoing", flow.id)
    if element.tag == "complexGateway" and element.text:
        _formal(made, "activationCondition", element.text)
    _loop(made, element, shown.id)
    for at, trigger in enumerate(element.triggers):
        _trigger(made, trigger, f"{shown.id}-{at}")


def _loop(made: ET.Element, element: Element, id: str) -> None:
    if element.loop == "again":
        loop = add(made, "bpmn:standardLoopCharacteristics", id=f"{id}-loop")
        if element.loop_text:
            _formal(loop, "loopCondition", f"!({element.loop_text})")  # BPMN's condition says when to go on
    elif element.loop:
        sequential = "true" if element.loop == "sequential" else "false"
        add(made, "bpmn:multiInstanceLoopCharacteristics", id=f"{id}-loop", isSequential=sequential)


def _trigger(made: ET.Element, trigger: Trigger, id: str) -> None:
    match trigger.kind:
        case "timer" | "cycle":
            timer = add(made, "bpmn:timerEventDefinition", id=id)
            _formal(timer, "timeDate" if trigger.kind == "timer" else "timeCycle", trigger.text)
        case "message":
            definition = add(made, "bpmn:messageEventDefinition", id=id)
            if trigger.message:
                definition.set("messageRef", xml_id("message", trigger.message))
        case "conditional":
            _formal(add(made, "bpmn:conditionalEventDefinition", id=id), "condition", trigger.text)
        case "link":
            add(made, "bpmn:linkEventDefinition", id=id, name=trigger.text)
        case kind:
            add(made, f"bpmn:{kind}EventDefinition", id=id)


def _formal(parent: ET.Element, tag: str, text: str) -> None:
    made = add(parent, f"bpmn:{tag}", text)
    made.set("xsi:type", "bpmn:tFormalExpression")


# -- the diagram -----------------------------------------------------------------------------------------------------


def _drawn(plane: ET.Element, sheet: SheetProcess, *, across: bool) -> None:
    """The shapes and lines of one pool; ``across``: its lanes lie, and its name stands at the left."""
    level = "true" if across else "false"
    x, y, wide, high = sheet.box.box
    bar = sheet.box.bar[3]
    # The picture's bar is the pool's heading, which stands at the left where lanes lie.
    pool = (x - _HEADER, y + bar, wide + _HEADER, high - bar) if across else (
        x, y + bar - _HEADER, wide, high - bar + _HEADER)  # fmt: skip
    _shape(plane, sheet.id("pool"), pool, isHorizontal=level)
    for lane, box in _lanes(sheet, pool, across=across):
        _shape(plane, sheet.id("lane", lane.id), box, isHorizontal=level)
    for at, strip in enumerate(sheet.box.strips):
        x, y, wide, high = strip.box
        made = _shape(plane, sheet.id("group", str(at)), (x + 3, y + 3, wide - 6, high - 6))
        made.set("color:border-color", LIGHT.goto_rim)
        x, y, wide, high = strip.heading
        _label(made, (x + 8, y + 10, wide - 16, high - 20)).set("color:color", LIGHT.ink)
    for shown in sheet.shown:
        made = _shape(plane, shown.id, shown.shape.box)
        if shown.element.tag == "exclusiveGateway":
            made.set("isMarkerVisible", "true")
        if shown.element.tag in _COLORS:
            border, ground = _COLORS[shown.element.tag]
            made.attrib |= {"color:border-color": border, "color:background-color": ground}
        if shown.name:
            label = _label(made, shown.label)
            label.set("color:color", LIGHT.ink)
    for flow in sheet.flows:
        _line(plane, flow)


def _lanes(sheet: SheetProcess, pool: Box, *, across: bool) -> Iterator[tuple[Area, Box]]:
    """The lanes fill their pool: the first one takes the room in which the picture names its strips."""
    x, y, wide, high = pool
    for at, lane in enumerate(sheet.box.lanes):
        left, top, width, height = lane.box
        if across:
            first = y if not at else top
            yield lane, (x + _HEADER, first, wide - _HEADER, top + height - first)
        else:
            first = x if not at else left
            yield lane, (first, y + _HEADER, left + width - first, high - _HEADER)


def _shape(plane: ET.Element, id: str, box: Box, **attributes: str) -> ET.Element:
    made = add(plane, "bpmndi:BPMNShape", "", id=f"{id}_di", bpmnElement=id, **attributes)
    _bounds(made, box)
    return made


def _bounds(parent: ET.Element, box: Box) -> None:
    add(parent, "dc:Bounds", "", x=box[0], y=box[1], width=box[2], height=box[3])


def _label(made: ET.Element, box: Box | None) -> ET.Element:
    label = add(made, "bpmndi:BPMNLabel")
    if box is not None:
        _bounds(label, box)
    return label


def _line(plane: ET.Element, flow: Flow) -> None:
    made = add(plane, "bpmndi:BPMNEdge", id=f"{flow.id}_di", bpmnElement=flow.id)
    if flow.handler:
        made.set("color:border-color", LIGHT.handler)
    for x, y in flow.points:
        add(made, "di:waypoint", x=x, y=y)
    if flow.name:
        _label(made, flow.label).set("color:color", LIGHT.ink)
