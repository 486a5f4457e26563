"""Workflow nets, and how a graph of tasks, XOR and AND gateways becomes one; knows no notation and judges nothing.

A place holds tokens, a transition takes one from each of its inputs and puts one on each of its outputs. Places and
transitions are numbers; the words for them are those of the model that they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sopflow.dsl import Document
from sopflow.errors import Place


class Kind(StrEnum):
    """What a node of a model does with what comes in and goes out."""

    TASK = "task"  # as AND: it starts when all that leads to it has come, and all that follows it starts
    AND = "AND"
    XOR = "XOR"
    PLACE = "place"  # of a Petri net
    TRANSITION = "transition"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a model as it was written: ``name`` is how findings speak of it.

    It stands at ``place``, or where the document has ``path`` (whose place takes long to find).
    """

    id: str
    name: str
    kind: Kind
    path: tuple[str | int, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Net:
    """A Petri net whose runs begin with one token on its only ``starts`` and should end with one on its only ``ends``.

    For each transition: ``inputs`` and ``outputs`` (places), ``steps`` (its line in a trace) and ``doers`` (its node).
    For each place: ``links`` (its words, such as ``review → sign``) and ``owners`` (the node that it leads to, or the
    gateway that it is). Where there are more or fewer starts or ends than one, the net has no runs.
    """

    document: Document
    nodes: tuple[Node, ...]
    links: tuple[str, ...]
    owners: tuple[int, ...]
    steps: tuple[str, ...]
    doers: tuple[int, ...]
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __repr__(self) -> str:
        return f"<Net {self.document.file!r}: {len(self.links)} places, {len(self.steps)} transitions>"

    def place_of(self, node: int) -> Place:
        """Where the node with this number stands."""
        return self.nodes[node].place or self.document.place(self.nodes[node].path)


def is_free_choice(net: Net) -> bool:
    """Whether transitions that share an input share all of them: a choice is never made by what goes on elsewhere."""
    first: dict[int, frozenset[int]] = {}
    for inputs in net.inputs:
        shared = frozenset(inputs)
        if any(first.setdefault(place, shared) != shared for place in shared):
            return False
    return True


class NetBuilder:
    """Collects places and transitions; numbers are given in the order of the calls."""

    def __init__(self, document: Document, nodes: Sequence[Node]) -> None:
        self._document, self._nodes = document, tuple(nodes)
        self.links: list[str] = []
        self.owners: list[int] = []
        self.steps: list[str] = []
        self.doers: list[int] = []
        self.inputs: list[list[int]] = []
        self.outputs: list[list[int]] = []

    def place(self, link: str, owner: int) -> int:
        """A new place; gives its number."""
        self.links.append(link)
        self.owners.append(owner)
        return len(self.links) - 1

    def transition(self, step: str, doer: int) -> int:
        """A new transition without inputs and outputs; gives its number."""
        self.steps.append(step)
        self.doers.append(doer)
        self.inputs.append([])
        self.outputs.append([])
        return len(self.steps) - 1

    def net(self, starts: Sequence[int], ends: Sequence[int]) -> Net:
        """The net of all that was collected."""
        return Net(
            self._document, self._nodes, tuple(self.links), tuple(self.owners), tuple(self.steps), tuple(self.doers),
            tuple(map(tuple, self.inputs)), tuple(map(tuple, self.outputs)), tuple(starts), tuple(ends),
        )  # fmt: skip


def net_of(document: Document, nodes: Sequence[Node], flows: Sequence[tuple[int, int]]) -> Net:
    """The net of a graph: ``flows`` lead from node to node, by number.

    An XOR gateway becomes a place, every other node a transition (van der Aalst, "The application of Petri nets to
    workflow management", 1998, section 4). Between two transitions a flow becomes a place, between two places a
    transition. From an XOR gateway to what has another way in as well it becomes both, lest the choice depend on the
    other way: so the net is free-choice.
    """
    builder = NetBuilder(document, nodes)
    ins, outs = [0] * len(nodes), [0] * len(nodes)
    for source, target in flows:
        outs[source] += 1
        ins[target] += 1
    at = [
        builder.place(node.name, number) if node.kind is Kind.XOR else builder.transition(node.name, number)
        for number, node in enumerate(nodes)
    ]
    for source, target in flows:
        link = f"{nodes[source].name} → {nodes[target].name}"
        chooses = outs[source] > 1
        match nodes[source].kind is Kind.XOR, nodes[target].kind is Kind.XOR:
            case True, True:
                step = builder.transition(link, source)
                builder.inputs[step].append(at[source])
                builder.outputs[step].append(at[target])
            case True, False if chooses and ins[target] > 1:
                step, place = builder.transition(link, source), builder.place(link, target)
                builder.inputs[step].append(at[source])
                builder.outputs[step].append(place)
                builder.inputs[at[target]].append(place)
            case True, False:
                builder.inputs[at[target]].append(at[source])
                if chooses:
                    builder.steps[at[target]] = link
            case False, True if at[target] in builder.outputs[at[source]]:  # the same flow once more
                place, step = builder.place(link, target), builder.transition(link, target)
                builder.outputs[at[source]].append(place)
                builder.inputs[step].append(place)
                builder.outputs[step].append(at[target])
            case False, True:
                builder.outputs[at[source]].append(at[target])
            case _:
                place = builder.place(link, target)
                builder.outputs[at[source]].append(place)
                builder.inputs[at[target]].append(place)
    starts = [_start(builder, nodes, number, at[number]) for number in range(len(nodes)) if not ins[number]]
    ends = [_end(builder, nodes, number, at[number]) for number in range(len(nodes)) if not outs[number]]
    return builder.net(starts, ends)


def _start(builder: NetBuilder, nodes: Sequence[Node], number: int, at: int) -> int:
    """The place in which runs begin that begin with the node ``number``."""
    if nodes[number].kind is Kind.XOR:
        return at
    place = builder.place(f"→ {nodes[number].name}", number)
    builder.inputs[at].append(place)
    return place


def _end(builder: NetBuilder, nodes: Sequence[Node], number: int, at: int) -> int:
    """The place in which runs end that end with the node ``number``."""
    place = builder.place(f"{nodes[number].name} →", number)
    if nodes[number].kind is Kind.XOR:
        step = builder.transition(nodes[number].name, number)
        builder.inputs[step].append(at)
        builder.outputs[step].append(place)
    else:
        builder.outputs[at].append(place)
    return place
