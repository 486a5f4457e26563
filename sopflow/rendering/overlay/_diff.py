"""A version drawn against another: what came, what went, what changed, and in what.

Knows scenes, programs and their words, no places on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sopflow.model import Sop
from sopflow.model import Step as Written
from sopflow.program import Program, Step
from sopflow.rendering._definition import written_steps
from sopflow.rendering._geometry import Marked
from sopflow.rendering._scene import Edge, Node, Scene, Sheet
from sopflow.rendering._words import Words
from sopflow.rendering.overlay._changes import changes
from sopflow.rendering.overlay._matching import matched
from sopflow.rendering.overlay._merge import GONE, Merged, leads_round, merge
from sopflow.rendering.overlay._overlay import Overlay, Remark
from sopflow.rendering.overlay._words import clean, say

Part = tuple[Sop, Program]
#: Nodes that follow from their step: that it came, went or changed is told of the step.
_FOLLOW = frozenset({"start", "end", "goto", "join", "until"})


def of_diff(
    build: Callable[[Mapping[str, Collection[str]]], Scene], new: Scene, before: Sequence[Part], after: Sequence[Part]
) -> tuple[Scene, Overlay]:
    """Both versions as one scene, and what is drawn over it. The first of each version's parts is what is compared.

    ``build`` makes the old version's scene, with sheets for the blocks that have them in ``new``.
    """
    pairs = list(_pairs(before, after))
    maps = [(_prefix(was, before), _prefix(now, after), matched(was[1], now[1])) for was, now in pairs]
    sheets = {sheet.id for sheet in new.sheets}
    old = build({
        was[1].name: [path for path, becomes in steps.items() if f"{prefix}sheet:{becomes}" in sheets]
        for (was, _), (_, prefix, steps) in zip(pairs, maps, strict=True)
    })  # fmt: skip
    merged = merge(old, new, _renamer(maps))
    return merged.scene, _Teller(merged, old, pairs, maps).overlay(old.version, new.version)


def _pairs(before: Sequence[Part], after: Sequence[Part]) -> Sequence[tuple[Part, Part]]:
    """The definitions that are in both: the first ones whatever they are called, and those of one name."""
    called = {program.name: (sop, program) for sop, program in before[1:]}
    return [(before[0], after[0]), *((called[one[1].name], one) for one in after[1:] if one[1].name in called)]


def _prefix(part: Part, parts: Sequence[Part]) -> str:
    return "" if part is parts[0] else f"{part[1].name}/"


def _renamer(maps: Sequence[tuple[str, str, Mapping[str, str]]]) -> Callable[[str], str]:
    """What gives an old id in the new version's words: each path of a step in it as the step is called now."""
    by_prefix = {old: (new, steps) for old, new, steps in maps}

    def path(id: str, steps: Mapping[str, str]) -> str:
        """The longest beginning that is a step's path, replaced."""
        for end in [at for at in range(len(id), 0, -1) if at == len(id) or id[at] in ".->"]:
            if id[:end] in steps:
                return steps[id[:end]] + id[end:]
        return id

    def becomes(id: str) -> str:
        prefix = next((one for one in sorted(by_prefix, key=len, reverse=True) if id.startswith(one)), "")
        if prefix not in by_prefix:
            return id
        new, steps = by_prefix[prefix]
        rest = id.removeprefix(prefix)
        if rest.startswith("sheet:"):
            return f"{new}sheet:{path(rest.removeprefix('sheet:'), steps)}"
        head, sign, tail = rest.partition("--to-")
        return new + path(head, steps) + sign + (path(tail, steps) if sign else tail)

    return becomes


class _Teller:
    def __init__(
        self,
        merged: Merged,
        old: Scene,
        pairs: Sequence[tuple[Part, Part]],
        maps: Sequence[tuple[str, str, Mapping[str, str]]],
    ) -> None:
        self.merged, self.scene = merged, merged.scene
        self.lang = merged.scene.languages[0]
        self.changed: dict[str, list[str]] = {}
        self.remarks: list[Remark] = []
        self.nodes: dict[str, Marked] = {}
        self.edges: dict[str, Marked] = {}
        for (was, now), (_, prefix, steps) in zip(pairs, maps, strict=True):
            self._compare(was, now, prefix, steps)
        become = _renamer(maps)
        self.olds = {become(node.id): node for sheet in old.sheets for node in sheet.nodes}
        self.titles = {node.id: " ".join(node.texts) for sheet in self.scene.sheets for node in sheet.nodes}

    def _compare(self, was: Part, now: Part, prefix: str, steps: Mapping[str, str]) -> None:
        words = [Words(sop, program, self.scene.languages) for sop, program in (was, now)]
        written: list[Mapping[str, Written]] = [dict(written_steps(sop)) for sop, _ in (was, now)]
        for old, new in steps.items():
            one: Step = was[1].steps[was[1].by_path[old]]
            two: Step = now[1].steps[now[1].by_path[new]]
            found = changes(one, two, words[0], words[1], (written[0].get(old), written[1].get(new)))
            if found:
                self.changed[prefix + new] = found

    def overlay(self, old: str, new: str) -> Overlay:
        told: set[str] = set()
        for sheet in self.scene.sheets:
            prefix = sheet.id.removeprefix(GONE).partition("sheet:")[0]
            for node in sheet.nodes:
                self._node(node, prefix)
                told.add(prefix + node.step)
            for band in sheet.bands:
                if band.id in self.changed and band.id not in told:
                    self._remark("changed", (" ".join(band.texts), *self.changed[band.id]), ())
            self._ways(sheet)
        kinds = [remark.kind for remark in self.remarks]
        said = [say("against", self.lang, old=clean(old), new=clean(new))]
        said += [
            say("count", self.lang, n=kinds.count(kind), text=say(kind, self.lang))
            for kind in ("added", "removed", "changed")
            if kind in kinds
        ]
        heading = " · ".join(said if kinds else [*said, say("same", self.lang)])
        return Overlay("diff", heading, self.nodes, self.edges, remarks=tuple(self.remarks))

    def _node(self, node: Node, prefix: str) -> None:
        kind = "added" if node.id in self.merged.added else "removed" if node.id in self.merged.removed else ""
        own = node.id.removeprefix(GONE) == prefix + node.step or node.shape == "event"
        title = self.titles[node.id] or node.step
        if kind:
            if own and node.shape not in _FOLLOW:
                marks = " · ".join(mark.text for mark in node.marks)
                self._remark(kind, (title, marks) if marks else (title,), (node.id,))
            else:
                self.nodes[node.id] = Marked(node.id, kind, (), (say(kind, self.lang),))
            return
        lines = self.changed.get(prefix + node.step, []) if own and node.step else self._of_event(node)
        if lines:
            self._remark("changed", (title, *lines), (node.id,))

    def _of_event(self, node: Node) -> list[str]:
        """What changed of a node that is no step's: what a handler waits for."""
        was = self.olds.get(node.id)
        if node.shape != "event" or was is None:
            return []
        old, new = (" · ".join([*one.texts, *(mark.text for mark in one.marks)]) for one in (was, node))
        return [clean(f"{old} → {new}")] if old != new else []

    def _ways(self, sheet: Sheet) -> None:
        """The ways that came and went. Told of are those between steps of both versions that are not merely longer."""
        moved = self.merged.added | self.merged.removed
        gone = [edge for edge in sheet.edges if edge.id in self.merged.removed]
        for edge in sheet.edges:
            kind = "added" if edge.id in self.merged.added else "removed" if edge in gone else ""
            if edge.id in self.merged.labels:
                none = say("nothing", self.lang)
                old, new = (" ".join(labels) or none for labels in (self.merged.labels[edge.id], edge.labels))
                line = say("moved", self.lang, what=say("label", self.lang), old=old, new=new)
                self._remark("changed", (self._said(edge), clean(line)), (), (edge.id,))
            elif kind:
                self.edges[edge.id] = Marked(edge.id, kind)
                shorter = kind == "added" and leads_round(gone, edge.source, edge.target, self.merged.removed)
                if not shorter and edge.source not in moved and edge.target not in moved:
                    self._remark(kind, (self._said(edge),), (), (edge.id,))

    def _said(self, edge: Edge) -> str:
        labels = f" ({' '.join(edge.labels)})" if edge.labels else ""
        ends = (self.titles[end] or end for end in (edge.source, edge.target))
        return say("way", self.lang, **dict(zip("ab", ends, strict=True))) + labels

    def _remark(self, kind: str, texts: Sequence[str], nodes: tuple[str, ...], edges: tuple[str, ...] = ()) -> None:
        number = str(len(self.remarks) + 1)
        head, *below = texts
        self.remarks.append(Remark(number, kind, (f"{say(kind, self.lang)} · {head}", *below), nodes, edges))
        facts = (say(kind, self.lang), *below)
        for node in nodes:
            self.nodes[node] = Marked(node, kind, ((kind, number),), facts)
        for edge_id in edges:
            self.edges[edge_id] = Marked(edge_id, kind, ((kind, number),), facts)
