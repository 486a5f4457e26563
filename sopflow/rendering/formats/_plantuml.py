"""PlantUML activity diagrams with swimlanes, one for each sheet.

The language nests: what branches comes together again. A way that does not fit into that (a way back, a jump out of a
branch) ends in a connector with a letter, which stands again where it arrives. Knows scenes only.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

import networkx as nx

from sopflow.rendering._drawing import Drawing
from sopflow.rendering._scene import Edge, Node, Sheet
from sopflow.rendering._text import wrap
from sopflow.rendering._words import word

_DEEPEST = 24  # branches in branches; what is deeper goes on elsewhere, by a connector
_WIDE = 200.0  # of a step's lines
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\s]+")
_SIGNS = re.compile(r"[!-+/:-@\[-`{-~]")  # ASCII signs but , - and . : any of them may be markup somewhere
_EXIT = ""  # where all ways end, for what comes together there
_ARRIVES = "\x00"  # before the id of a node at which connectors may arrive


def plantuml(drawing: Drawing) -> str:
    """The picture as activity diagrams."""
    scene = drawing.scene
    lines: list[str] = []
    for sheet in scene.sheets:
        lines += ["@startuml", f"title {_text(' '.join(sheet.texts))}"]
        lines += _Activity(sheet, drawing).lines()
        lines += ["@enduml", ""]
    return "\n".join(lines)


class _Activity:
    """One sheet as an activity diagram. Each node is told once; ``_letters`` are those of connectors, by target."""

    def __init__(self, sheet: Sheet, drawing: Drawing) -> None:
        self._nodes = {node.id: node for node in sheet.nodes}
        self._lanes = {lane.id: _text(" ".join(lane.texts)) for lane in drawing.scene.lanes}
        self._language = drawing.scene.languages[0]
        self._overlay = drawing.overlay
        self._out: dict[str, list[Edge]] = {id: [] for id in self._nodes}
        self._holders: dict[str, str] = {}
        for edge in sheet.edges:
            if self._nodes[edge.target].shape == "event":
                self._holders[edge.target] = edge.source
            else:
                self._out[edge.source].append(edge)
        self._merge = self._merges()
        self._told: set[str] = set()
        self._later: list[str] = []
        self._letters: dict[str, str] = {}
        self._lane = ""

    def _merges(self) -> dict[str, str]:
        """For each node the first one that all its ways come to: its immediate post-dominator."""
        graph: nx.DiGraph[str] = nx.DiGraph([(edge.target, edge.source) for out in self._out.values() for edge in out])
        graph.add_edges_from((_EXIT, id) for id, out in self._out.items() if not out)
        if _EXIT not in graph:
            return {}
        return dict(nx.immediate_dominators(graph, _EXIT))

    def lines(self) -> Iterator[str]:
        """The diagram's lines."""
        made: list[str] = []
        for root in [*self._nodes]:
            self._later.append(root)
            while self._later:
                at = self._later.pop()
                if at not in self._told:
                    made += self._chain(at, None, (), 0)
        for line in made:
            if not line.startswith(_ARRIVES):
                yield line
            elif line[1:] in self._letters:
                yield f"({self._letters[line[1:]]})"

    def _chain(self, id: str, stop: str | None, around: tuple[str, ...], depth: int) -> Iterator[str]:
        """The steps from ``id`` on, up to ``stop``. Goes as deep as branches are nested, which is bounded."""
        arrow = ""
        while id != stop:
            if id in self._told or id in around or depth > _DEEPEST:
                yield from (*_arrow(arrow), f"({self._letter(id)})", "detach")
                if depth > _DEEPEST:
                    self._later.append(id)
                return
            self._told.add(id)
            node, out = self._nodes[id], self._out[id]
            if node.shape == "end":
                plain = node.texts[:1] == (word("end", self._language),)
                yield from self._in_lane(node)
                yield from (*_arrow(" – ".join(filter(None, (arrow, "" if plain else " / ".join(node.texts))))), "stop")
                return
            yield from self._in_lane(node)
            yield from _arrow(arrow)
            yield f"{_ARRIVES}{id}"
            if len(out) > 1 or node.shape == "fork":
                id, arrow = (yield from self._branches(node, out, stop, around, depth)), ""
                if id == _EXIT:
                    return
                continue
            yield from self._said(node)
            if not out:
                yield "detach"
                return
            id, arrow = out[0].target, " / ".join(out[0].labels)
        yield from _arrow(arrow)

    def _branches(
        self, node: Node, out: Sequence[Edge], stop: str | None, around: tuple[str, ...], depth: int
    ) -> Generator[str, None, str]:
        """What branches at a node; the result is where it comes together ("": nowhere)."""
        merge = self._merge.get(node.id, _EXIT)
        if node.shape == "fork":
            joins = (f"{node.id.removesuffix('--inside')}--join", merge)
            merge = next((one for one in joins if one in self._nodes), _EXIT)
        around = (*around, stop) if stop is not None else around
        inner = merge if merge != _EXIT and merge not in around and merge not in self._told else None
        if stop is not None and merge == stop:
            inner, around = stop, around[:-1]
        if node.shape == "fork":
            yield from self._said(node)
            for number, edge in enumerate(out):
                yield "fork again" if number else "fork"
                yield from _arrow(" / ".join(edge.labels))
                yield from self._chain(edge.target, inner, around, depth + 1)
            yield "end fork"
        else:
            if node.shape not in ("decision", "until"):
                yield from self._said(node)
            question = _text(" / ".join(node.texts)) if node.shape in ("decision", "until") else ""
            for number, edge in enumerate(out):
                label = _text(" / ".join(edge.labels)) or " "
                if number == len(out) - 1:
                    yield f"else ({label})"
                else:
                    yield f"{'elseif' if number else 'if'} ({question or ' '}) then ({label})"
                    question = ""
                yield from self._chain(edge.target, inner, around, depth + 1)
            yield "endif"
        return inner or _EXIT

    def _said(self, node: Node) -> Iterator[str]:
        """A node as an activity."""
        if node.shape == "start":
            yield "start"
            return
        texts = [*node.texts]
        if node.id in self._holders:
            texts.insert(0, " / ".join(self._nodes[self._holders[node.id]].texts) + ":")
        texts = texts or [word("all", self._language)] if node.shape != "join" else texts
        if not texts:
            return
        if self._overlay is not None:
            texts[0] = self._overlay.letters(node.id) + texts[0]
        told = [line for text in texts for line in wrap(text, 12, _WIDE, 6)]
        marks = [line for mark in node.marks if mark.kind != "checklist" for line in wrap(mark.text, 10, _WIDE, 4)]
        small = [f"<size:10>{_text(line)}</size>" for line in marks]
        end = {"event": " <", "wait": " <", "emit": " >", "call": "|", "sheet": "|"}.get(node.shape, ";")
        ground = "#F1F5F9" if node.shape == "goto" else ""
        yield f"{ground}:" + "\\n".join([*map(_text, told), *small]) + end  # one line: none may end in a sign

    def _in_lane(self, node: Node) -> Iterator[str]:
        if node.lane and node.lane != self._lane and node.lane in self._lanes:
            self._lane = node.lane
            yield f"|{self._lanes[node.lane]}|"

    def _letter(self, id: str) -> str:
        """The letter at which ways to a node leave and arrive: A to Z, then A1 and so on."""
        if id not in self._letters:
            round_, at = divmod(len(self._letters), 26)
            self._letters[id] = f"{chr(ord('A') + at)}{round_ or ''}"
        return self._letters[id]


def _arrow(label: str) -> Iterator[str]:
    if label:
        yield f"-> {_text(label)};"


def _text(text: str) -> str:
    """Text on one line, its signs as code points, so that none of them is markup."""
    return _SIGNS.sub(lambda found: f"<U+{ord(found[0]):04X}>", _HIDDEN.sub(" ", text).strip())
