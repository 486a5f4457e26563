"""Which element of BPMN 2.0 each node of a scene becomes, and what it carries besides its name.

Knows scenes and programs, nothing of places and of XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sopflow.program import Alternative, Handler, Op, Step
from sopflow.rendering._scene import Edge, Node
from sopflow.rendering._words import Words
from sopflow.rendering.formats._origins import Origin

#: Shapes of the scene to which BPMN can attach an event.
HOLDERS = frozenset({"task", "approval", "call", "sheet"})
EVENT = 36.0
_GATEWAY = 50.0


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an event waits for or does; ``text`` is its time or condition, ``message`` a message's name."""

    kind: Literal["timer", "cycle", "message", "conditional", "error", "link", "terminate"]
    text: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its tag, outline and size (of gateways and events), and what some kinds have besides.

    ``loop`` is ``multi``, ``sequential`` or ``again`` (until ``loop_text``), ``text`` a complex gateway's condition.
    """

    tag: str
    outline: Literal["box", "diamond", "circle"] = "box"
    size: float = 0.0
    triggers: tuple[Trigger, ...] = ()
    loop: str = ""
    loop_text: str = ""
    text: str = ""


def element_of(node: Node, origin: Origin | None, out: Sequence[Edge]) -> Element:
    """The element of a node whose ways out are ``out``."""
    step = origin.step if origin is not None else None
    match node.shape:
        case "start":
            return Element("startEvent", "circle", EVENT)
        case "end":
            whole = step is not None and getattr(origin and origin.written, "of_run", False)
            return Element("endEvent", "circle", EVENT, (Trigger("terminate"),) if whole else ())
        case "goto":
            return Element("endEvent", "circle", EVENT)
        case "emit":
            sent = step.emit if step is not None else ""
            return Element("intermediateThrowEvent", "circle", EVENT, (Trigger("message", message=sent),))
        case "event":
            return Element("startEvent", "circle", EVENT, _of_handler(origin))
        case "wait":
            return _wait(origin, out)
        case "decision" if len(out) == 1 and step is not None and step.op is Op.CHOOSE:
            return Element("userTask" if step.question is None or step.question.table is None else "businessRuleTask")
        case "decision" | "until":
            return Element("exclusiveGateway", "diamond", _GATEWAY)
        case "fork" | "each" | "join":
            return _gate(node, step, out)
        case _:
            return _activity(node, origin)


def _of_handler(origin: Origin | None) -> tuple[Trigger, ...]:
    handler = origin.handler if origin is not None else None
    return (trigger_of(handler, origin),) if handler is not None and origin is not None else ()


def _wait(origin: Origin | None, out: Sequence[Edge]) -> Element:
    step = _shown(origin)
    if origin is None or step is None:
        return Element("intermediateCatchEvent", "circle", EVENT)
    if len(out) > 1:
        return Element("eventBasedGateway", "diamond", _GATEWAY)
    return Element(
        "intermediateCatchEvent", "circle", EVENT, tuple(awaited(one, origin.words) for one in step.wait),
    )  # fmt: skip


def _gate(node: Node, step: Step | None, out: Sequence[Edge]) -> Element:
    join = step.join if step is not None else None
    guarded = join is not None and any(guard is not None for guard in join.guards)
    if node.shape == "join":
        if len(out) > 1 or (join is not None and join.need):
            return Element("complexGateway", "diamond", 40.0, text=" ".join(node.texts))
        return Element("inclusiveGateway" if guarded else "parallelGateway", "diamond", 36.0)
    return Element("inclusiveGateway" if guarded else "parallelGateway", "diamond", 44.0)


def _activity(node: Node, origin: Origin | None) -> Element:
    """A task, an approval, a call, or a block that is drawn on a sheet of its own."""
    if origin is None or origin.step is None:
        return Element("task")
    step = origin.step
    loop, until = "", ""
    if step.op is Op.EACH:
        loop = "sequential" if step.join is not None and step.join.at_once == 1 else "multi"
    elif step.op is Op.REPEAT:
        loop, rounds = "again", step.rounds
        until = rounds.until.text if rounds is not None and rounds.until is not None else ""
    shown = _shown(origin)
    if node.shape in ("call", "sheet"):
        return Element("callActivity", loop=loop, loop_text=until)
    automatic = shown is not None and bool(shown.run)
    return Element("serviceTask" if automatic else "userTask", loop=loop, loop_text=until)


def _shown(origin: Origin | None) -> Step | None:
    """The step that a node shows: that inside of a for-each or a repeat, where it is drawn in one with it."""
    return (origin.single or origin.step) if origin is not None else None


def awaited(one: Alternative, words: Words) -> Trigger:
    """What a wait waits for."""
    if one.message:
        return Trigger("message", message=one.message)
    if one.at is not None:
        return Trigger("timer", words.time(one.at))
    return Trigger("conditional", one.when.text if one.when is not None else one.exit)


def trigger_of(handler: Handler, origin: Origin) -> Trigger:
    """What a handler waits for."""
    words, step = origin.words, origin.step
    match handler.on:
        case "message":
            return Trigger("message", message=handler.message)
        case "at":
            return Trigger("timer", words.time(handler.at))
        case "every":
            return Trigger("cycle", words.pace(handler.every))
        case "overdue" if step is not None and step.times.due is not None:
            return Trigger("timer", words.time(step.times.due))
        case "error" if step is not None:
            return Trigger("error")
        case name:
            return Trigger("conditional", handler.when.text if handler.when is not None else name)
