"""One sheet as a process of BPMN: its nodes as elements with shapes, its ways as flows with lines and labels.

What our pictures draw in another way than BPMN is turned here: a handler becomes an event on the border of its step, so
does a deadline, each thing that a wait may wait for an event of its own, and a sign with a letter a pair of links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sopflow.rendering._geometry import Box, EdgeLine, NodeBox, SheetBox
from sopflow.rendering._scene import Edge, Node, Sheet
from sopflow.rendering._text import wrap
from sopflow.rendering.formats._bpmn_elements import HOLDERS, Element, Trigger, awaited, element_of
from sopflow.rendering.formats._bpmn_places import Labels, Point, Shape, around, joined, parted, tidy
from sopflow.rendering.formats._origins import Origins
from sopflow.rendering.formats._xml import xml_id

_SMALL = 28.0  # an event on a border or on a line
_TINY = 20.0  # a deadline, a link
_WORDS, _LINE = 11.0, 14.0  # the words of a label, and their line
#: Marks that the documentation of an element adds to what is said of it anyway.
_TOLD = frozenset({"if", "optional", "people", "opens", "every", "each", "repeat", "instead"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A node of the process, its shape, and where its name stands (None: inside)."""

    id: str
    element: Element
    shape: Shape
    name: str = ""
    about: str = ""
    lane: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    label: Box | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A way; ``association``: it only says what belongs together."""

    id: str
    source: str
    target: str
    points: Sequence[Point]
    name: str = ""
    condition: str = ""
    label: Box | None = None
    handler: bool = False
    association: bool = False


def process_id(program: str, path: str = "") -> str:
    """The id of the process of a definition, or of one of its blocks; calls from other files name it."""
    return xml_id("process", f"{program}.{path}" if path else program)


class SheetProcess:
    """The process of ``box``, the places of ``sheet``."""

    def __init__(self, box: SheetBox, sheet: Sheet, origins: Origins) -> None:
        self.box = box
        self.origins = origins
        program, _, path = box.id.partition("sheet:")
        self.process = process_id(program.rstrip("/") or origins.definitions[0].program.name, path)
        self._boxes = {node.id: node for node in box.nodes}
        known = {node.id: node for node in sheet.nodes}
        self._nodes = {
            one.id: known.get(one.id) or Node(one.id, "goto", (one.title,), lane=one.lane) for one in box.nodes
        }
        self._edges = {edge.id: edge for edge in sheet.edges}
        self._elements = {id: self._element(node) for id, node in self._nodes.items()}
        self._held = {
            edge.target: edge for edge in box.edges
            if self._nodes[edge.target].shape == "event" and self._nodes[edge.source].shape in HOLDERS
        }  # fmt: skip
        self._shapes = self._placed()
        self.shown = [*self._all_shown()]
        self.flows = [*self._all_flows()]
        self._write_beside()

    def id(self, kind: str, name: str = "") -> str:
        """The id of a part of the sheet."""
        return xml_id(kind, f"{self.box.id}{name}")

    @property
    def triggers(self) -> Iterator[Trigger]:
        """All that its events wait for or send."""
        return (trigger for shown in self.shown for trigger in shown.element.triggers)

    # -- nodes ---------------------------------------------------------------------------------------------------------

    def _out(self, id: str) -> list[Edge]:
        """The ways out of a node, but those to its handlers."""
        nodes = self._nodes
        return [edge for edge in self._edges.values() if edge.source == id and nodes[edge.target].shape != "event"]

    def _element(self, node: Node) -> Element:
        box = self._boxes[node.id]
        if node.shape == "goto" and box.letters:
            return Element("intermediateThrowEvent", "circle", _SMALL, (Trigger("link", box.letters[0]),))
        return element_of(node, self.origins.of(node), self._out(node.id))

    def _placed(self) -> dict[str, Shape]:
        """The shapes of all nodes; events that belong to a step stand on its border, where their way begins."""
        shapes = {}
        for id, element in self._elements.items():
            box = self._boxes[id].box
            middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
            outline = element.outline
            shapes[id] = Shape("box", box) if outline == "box" else around(middle, element.size, outline)
        taken: list[Point] = []
        for id, edge in self._held.items():
            at = edge.points[0]
            left, _, wide, _ = self._boxes[edge.source].box
            upright = not left < at[0] < left + wide
            while any(abs(at[0] - x) + abs(at[1] - y) < _SMALL for x, y in taken):
                at = (at[0], at[1] + _SMALL + 4) if upright else (at[0] + _SMALL + 4, at[1])
            taken.append(at)
            shapes[id] = around(at, _SMALL, "circle")
        return shapes

    def _all_shown(self) -> Iterator[Shown]:
        for id, node in self._nodes.items():
            name = "\n".join(node.texts)
            told = [node.about, *(mark.text for mark in node.marks if mark.kind in _TOLD)]
            shown = Shown(
                xml_id("n", id), self._elements[id], self._shapes[id], name, "\n".join(filter(None, told)), node.lane,
            )  # fmt: skip
            if id in self._held:
                yield self._attached(shown, self._held[id].source, id)
            elif node.shape == "event":
                yield replace(
                    shown, element=replace(shown.element, triggers=tuple(map(_alone, shown.element.triggers)))
                )
            elif shown.element.tag == "callActivity":
                yield replace(shown, attributes=(("calledElement", self._called(node)),))
            else:
                yield replace(shown, attributes=(("default", self._default(id)),))
            if node.shape in HOLDERS:
                yield from self._deadline(node)
        for box in self.box.nodes:
            if self._nodes[box.id].shape != "goto":
                yield from self._arrivals(box)

    def _attached(self, shown: Shown, holder: str, id: str) -> Shown:
        origin = self.origins.of(id)
        handler = origin.handler if origin is not None else None
        # An error event always interrupts (BPMN 2.0, section 10.5).
        beside = handler is not None and not handler.instead and handler.on != "error"
        attributes = (("attachedToRef", xml_id("n", holder)), ("cancelActivity", "false" if beside else "true"))
        return replace(shown, element=replace(shown.element, tag="boundaryEvent"), attributes=attributes)

    def _default(self, id: str) -> str:
        """The flow that is taken where no condition holds; only activities and gateways that choose may have one."""
        out = self._out(id)
        tag = self._elements[id].tag
        may = tag.endswith("Task") or tag in ("task", "exclusiveGateway", "inclusiveGateway", "complexGateway")
        default = [edge.id for edge in out if self.origins.is_default(edge)] if may and len(out) > 1 else []
        return xml_id("e", default[0]) if default else ""

    def _called(self, node: Node) -> str:
        """The process of what is drawn on another sheet, here or in the file of another definition."""
        origin = self.origins.of(node)
        step = origin.step if origin is not None else None
        if origin is None or step is None:
            return ""
        if node.shape == "call" and step.call is not None:
            return process_id(step.call.program.name)
        return process_id(origin.of.program.name, step.path)

    def _deadline(self, node: Node) -> Iterator[Shown]:
        """A step's deadline as a clock on its border, its words inside, where the picture has them."""
        due = next((mark.text for mark in node.marks if mark.kind == "due"), "")
        told = any(
            edge.source == node.id and (origin := self.origins.of(id)) is not None
            and origin.handler is not None and origin.handler.on == "overdue"
            for id, edge in self._held.items()
        )  # fmt: skip
        if not due or told:
            return
        x, y, wide, high = self._boxes[node.id].box
        # The name stands in the middle, in lines of 15: what is below it has room for a line of words, or for more.
        titles = sum(line.kind in ("title", "second") for line in self._boxes[node.id].lines)
        words = wrap(due, _WORDS, wide - 40, max(1, int((high - titles * 15) / 2 / _LINE)))
        yield Shown(
            xml_id("due", node.id),
            Element("boundaryEvent", "circle", _TINY, (Trigger("timer", due),)),
            around((x + wide - 16, y + high), _TINY, "circle"),
            "\n".join(words),
            "",
            node.lane,
            (("attachedToRef", xml_id("n", node.id)), ("cancelActivity", "false")),
            (x + 6, y + high - len(words) * _LINE - 3, wide - 34, len(words) * _LINE),
        )

    def _arrivals(self, box: NodeBox) -> Iterator[Shown]:
        """The links at which ways arrive that left by a sign with the same letter."""
        shape = self._shapes[box.id]
        for at, letter in enumerate(box.letters):
            middle = (shape.box[0] - _TINY - at * (_TINY + 4), shape.box[1] + 4)
            element = Element("intermediateCatchEvent", "circle", _TINY, (Trigger("link", letter),))
            yield Shown(self.id("link", letter), element, around(middle, _TINY, "circle"), letter, "", box.lane)

    # -- ways ----------------------------------------------------------------------------------------------------------

    def _all_flows(self) -> Iterator[Flow]:
        for edge in self.box.edges:
            if self._held.get(edge.target) is edge:
                continue
            if self._nodes[edge.target].shape == "event":  # BPMN attaches events to activities only
                points = joined(edge.points, self._shapes[edge.source], self._shapes[edge.target])
                yield Flow(xml_id("e", edge.id), xml_id("n", edge.source), xml_id("n", edge.target), points,
                           association=True)  # fmt: skip
            elif self._elements[edge.source].tag == "eventBasedGateway":
                yield from self._parted(edge, self._flow(edge))
            else:
                yield self._flow(edge)
        for box in self.box.nodes:
            if self._nodes[box.id].shape != "goto":
                for letter in box.letters:
                    yield self._arriving(letter, box.id)

    def _flow(self, edge: EdgeLine) -> Flow:
        scene = self._edges[edge.id]
        points: Sequence[Point] = edge.points
        held = self._held.get(edge.source)
        if held is not None:
            x, y, wide, high = self._boxes[edge.source].box
            points = _from(
                self._shapes[edge.source].centre, tidy([*held.points, (x + wide / 2, y + high / 2), *points])
            )
        multiple = len(self._out(edge.source)) > 1
        condition = self.origins.condition(scene) if multiple and not self.origins.is_default(scene) else ""
        label = (*edge.label_box[:2], edge.label_box[2] + 6, edge.label_box[3]) if edge.label_box is not None else None
        return Flow(
            xml_id("e", edge.id), xml_id("n", edge.source), xml_id("n", edge.target),
            joined(points, self._shapes[edge.source], self._shapes[edge.target]),
            "\n".join(scene.labels), condition, label, edge.meaning == "handler",
        )  # fmt: skip

    def _parted(self, edge: EdgeLine, flow: Flow) -> Iterator[Flow]:
        """A way out of a wait for several things, with the event of the one that takes it."""
        before, middle, after = parted(flow.points, _SMALL + 16)
        room = 2 * max(abs(middle[0] - after[1][0]), abs(middle[1] - after[1][1]))
        shape = around(middle, max(14.0, min(_SMALL, room - 12)), "circle")
        id = xml_id("on", edge.id)
        origin = self.origins.of(edge.source)
        step = (origin.single or origin.step) if origin is not None else None
        exits = self._edges[edge.id].exits
        triggers: Iterable[Trigger] = ()
        if origin is not None and step is not None:
            triggers = [awaited(one, origin.words) for one in step.wait if one.exit in exits]
        waiting = tuple(triggers) or (Trigger("conditional", flow.name),)
        element = Element("intermediateCatchEvent", "circle", _SMALL, waiting)
        self.shown.append(Shown(id, element, shape, flow.name, "", self._boxes[edge.source].lane))
        ends = self._shapes[edge.source], self._shapes[edge.target]
        yield replace(flow, target=id, points=joined(before, ends[0], shape), name="", condition="", label=None)
        yield Flow(f"{id}-on", id, flow.target, joined(after, shape, ends[1]))

    def _arriving(self, letter: str, target: str) -> Flow:
        id = self.id("link", letter)
        shape = next(shown.shape for shown in self.shown if shown.id == id)
        points = [shape.centre, (self._shapes[target].centre[0], shape.centre[1])]
        return Flow(f"{id}-on", id, xml_id("n", target), joined(points, shape, self._shapes[target]))

    # -- words beside shapes -------------------------------------------------------------------------------------------

    def _write_beside(self) -> None:
        """Give the names of gateways and events a place, away from all that is there."""
        boxes = [shown.shape.box for shown in self.shown]
        boxes += [shown.label for shown in self.shown if shown.label is not None]
        boxes += [flow.label for flow in self.flows if flow.label is not None]
        labels = Labels(boxes, [flow.points for flow in self.flows])
        self.shown = [
            replace(shown, label=labels.place(shown.name, shown.shape))
            if shown.name and shown.label is None and shown.shape.outline != "box" else shown
            for shown in self.shown
        ]  # fmt: skip


def _alone(trigger: Trigger) -> Trigger:
    """What begins a process; an error can only interrupt an activity (BPMN 2.0, section 10.5)."""
    return Trigger("conditional", "error") if trigger.kind == "error" else trigger


def _from(start: Point, points: Sequence[Point]) -> list[Point]:
    """A line that begins at ``start``, a point of the border that may stand beside its own first."""
    (ax, ay), (bx, by) = points[0], points[1]
    if (ax, ay) == start:
        return [*points]
    if ax == bx:
        half = ay + (by - ay) / 2
        return [start, (start[0], half), (ax, half), *points[1:]]
    half = ax + (bx - ax) / 2
    return [start, (half, start[1]), (half, ay), *points[1:]]
