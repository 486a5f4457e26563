"""Which row each node stands in: steps below those that lead to them, bands on rows of their own.

A way back (to a step from which one has come) does not push anything down, and neither does a hand-over: where work
goes on in another lane, and nothing stands between, both steps share a row. Bands and phases never share a row with
what does not belong to them, so that each is a strip across the sheet. Knows a sheet and the order of its lanes, no
sizes.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sopflow.rendering._scene import Band, Edge, Sheet
from sopflow.rendering.layout._level import Levels


@dataclass(frozen=True, slots=True)
class Strip:
    """A band or a phase as rows, both ends in; ``level`` counts how many others are around it.

    ``phase`` is that of a band which is all of one.
    """

    id: str
    kind: str
    first: int
    last: int
    level: int
    phase: str = ""


@dataclass(slots=True)
class Rows:
    """The row of each node, the strips, and by their ids the ways that lead back and those that stay in their row."""

    row: dict[str, int] = field(default_factory=dict)
    strips: list[Strip] = field(default_factory=list)
    back: set[str] = field(default_factory=set)
    level: set[str] = field(default_factory=set)
    count: int = 0


def rows_of(sheet: Sheet, lanes: Sequence[str], also: Sequence[Edge] = ()) -> Rows:
    """The rows of ``sheet``, from 0 on, none of them empty; ``lanes`` are in their order.

    ``also`` are ways that are not drawn, to what stands below all the same.
    """
    return _Arranger(sheet, lanes, also).arranged()


@dataclass(slots=True)
class _Stage:
    """Rows that belong together: plain nodes, or one band."""

    phase: str
    band: str = ""
    items: list[str] = field(default_factory=list)


class _Arranger:
    def __init__(self, sheet: Sheet, lanes: Sequence[str], also: Sequence[Edge]) -> None:
        self.sheet = sheet
        self.ways = (*sheet.edges, *also)
        self.levels = Levels(sheet, lanes)
        self.order = {node.id: at for at, node in enumerate(sheet.nodes)}
        self.bands = {band.id: band for band in sheet.bands}
        self.lane = {node.id: node.lane for node in sheet.nodes}
        self.held: dict[str, str] = {}  # a node's innermost band
        for band in sorted(sheet.bands, key=lambda band: -len(band.nodes)):
            self.held.update(dict.fromkeys(band.nodes, band.id))
        self.rows = Rows()

    def arranged(self) -> Rows:
        self.rows.count = self._level("", 0, 0)
        row = self.rows.row
        self._merge()
        for edge in self.sheet.edges:
            if (edge.source, edge.target) in self.levels.chosen:
                self.rows.level.add(edge.id)
            elif row[edge.source] >= row[edge.target]:
                self.rows.back.add(edge.id)
        return self.rows

    def _level(self, band: str, first: int, level: int) -> int:
        """Place what stands directly in ``band`` ("": on the sheet) from row ``first`` on; the next free row.

        Bands nest as deep as blocks do, which the model bounds.
        """
        owner = self._owners(band)
        items = list(dict.fromkeys(owner[node] for node in self.order if node in owner))
        follows = _acyclic(items, self._lifted(owner))
        before: dict[str, list[str]] = {item: [] for item in items}
        for item in items:
            for other in follows[item]:
                before[other].append(item)
        stages = self._stages(_sorted(items, follows), before, phases=not band)
        has_phases = not band and any(stage.phase for stage in stages)
        at = first
        for stage in stages:
            begun = at
            if stage.band:
                at = self._level(stage.band, at, level + 1 + has_phases)
                if at > begun:
                    kind = self.bands[stage.band].kind
                    self.rows.strips.append(Strip(stage.band, kind, begun, at - 1, level + has_phases))
            else:
                at = self._plain(stage.items, before, follows, at)
            if has_phases and stage.phase:
                self._phase(stage.phase, begun, at - 1, level)
        return at

    def _merge(self) -> None:
        """One strip for a phase and the only band that it holds: the band's, which then says its phase too."""
        strips = self.rows.strips
        bands = {(strip.first, strip.last): strip for strip in strips if strip.kind != "phase" and strip.level == 1}
        whole = [bands.get((strip.first, strip.last)) for strip in strips if strip.kind == "phase"]
        if not whole or not all(whole):
            return
        ids = {(strip.first, strip.last): strip.id for strip in strips if strip.kind == "phase"}
        self.rows.strips = [
            replace(strip, level=strip.level - 1, phase=ids.get((strip.first, strip.last), ""))
            for strip in strips
            if strip.kind != "phase"
        ]

    def _phase(self, phase: str, first: int, last: int, level: int) -> None:
        """A phase's strip; one that goes on in the next stage grows."""
        known = [strip for strip in self.rows.strips if strip.kind == "phase"]
        if known and known[-1].id == phase and known[-1].last == first - 1:
            self.rows.strips.remove(known[-1])
            first = known[-1].first
        self.rows.strips.append(Strip(phase, "phase", first, last, level))

    def _owners(self, band: str) -> dict[str, str]:
        """For each node inside ``band``, what of this level it belongs to: itself, or the child band around it."""
        owners = {}
        for node in self.order:
            inner = self.held.get(node, "")
            item = node
            while inner != band and inner:
                item, inner = inner, self.bands[inner].parent
            if inner == band:
                owners[node] = item
        return owners

    def _lifted(self, owner: dict[str, str]) -> Iterator[tuple[str, str]]:
        for edge in self.ways:
            source, target = owner.get(edge.source), owner.get(edge.target)
            if source is not None and target is not None and source != target:
                yield source, target

    def _stages(self, items: Sequence[str], before: dict[str, list[str]], *, phases: bool) -> list[_Stage]:
        """Items put into stages: each in the earliest one that its predecessors, its phase and its band allow."""
        stages: list[_Stage] = []
        stage_of: dict[str, int] = {}
        for item in items:
            band = item if item in self.bands else ""
            phase = self._phase_of(self.bands.get(item), item) if phases else ""
            lowest = max((stage_of[other] + (other in self.bands) for other in before[item]), default=0)
            fitting = (at for at in range(lowest, len(stages)) if stages[at].phase == phase and not stages[at].band)
            at = len(stages) if band else next(fitting, len(stages))
            if at == len(stages):
                stages.append(_Stage(phase, band))
            stages[at].items.append(item)
            stage_of[item] = at
        return stages

    def _phase_of(self, band: Band | None, item: str) -> str:
        if band is None:
            return self.sheet.phases.get(item, "")
        found = {self.sheet.phases.get(node, "") for node in band.nodes}
        return found.pop() if len(found) == 1 else ""

    def _plain(self, items: list[str], before: dict[str, list[str]], follows: dict[str, list[str]], first: int) -> int:
        """Longest paths within a stage; what nothing leads to stands right above what it leads to."""
        inside = set(items)
        depth = self.levels.depths(items, before)
        self._spread(items, before, follows, depth)
        for item in reversed(items):
            if not any(other in inside for other in before[item]):
                depth[item] = max(0, min((depth[other] - 1 for other in follows[item] if other in inside), default=0))
        self.rows.row.update({item: first + depth[item] for item in items})
        return first + max(depth.values(), default=-1) + 1

    def _spread(
        self, items: list[str], before: dict[str, list[str]], follows: dict[str, list[str]], depth: dict[str, int]
    ) -> None:
        """Handlers that nothing leads to, one below the other where so many side by side would widen their lane."""
        inside = set(items)
        loose: dict[str, list[str]] = {}  # what begins with a handler, by that
        head: dict[str, str] = {}
        for item in items:
            above = [other for other in before[item] if other in inside]
            begins = not above and self.levels.shape[item] == "event"
            head[item] = item if begins else head[above[0]] if len(above) == 1 else ""
            if head[item]:
                loose.setdefault(head[item], []).append(item)
        for item in items:
            if head[item] and any(head.get(other, head[item]) != head[item] for other in follows[item]):
                loose.pop(head[item], None)
        if len(loose) <= _BESIDE:
            return
        fixed = [item for item in items if head[item] not in loose]
        first, lowest = 0, 0
        beside: Counter[str] = Counter()
        for begun, chain in loose.items():
            lane = self.lane[begun]
            standing = sum(depth[item] == first and self.lane[item] == lane for item in fixed)
            if beside[lane] + standing >= _BESIDE:
                first, beside = lowest + 1, Counter()
            beside[lane] += 1
            for item in chain:
                depth[item] += first
                lowest = max(lowest, depth[item])


_BESIDE = 4  # nodes of a lane in one row, where some are handlers


def _acyclic(items: Sequence[str], edges: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """The edges without those that lead to where one has come from (depth first, without recursion)."""
    follows: dict[str, list[str]] = {item: [] for item in items}
    for source, target in edges:
        if target not in follows[source]:
            follows[source].append(target)
    kept: dict[str, list[str]] = {item: [] for item in items}
    state = dict.fromkeys(items, 0)  # 1: on the way, 2: done
    for start in items:
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(follows[start]))]
        while stack:
            item, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[item] = 2
                stack.pop()
            elif state[following] != 1:
                kept[item].append(following)
                if not state[following]:
                    state[following] = 1
                    stack.append((following, iter(follows[following])))
    return kept


def _sorted(items: Sequence[str], follows: dict[str, list[str]]) -> list[str]:
    """Topological order; among equals as written (Kahn 1962)."""
    place = {item: at for at, item in enumerate(items)}
    waiting = dict.fromkeys(items, 0)
    for targets in follows.values():
        for target in targets:
            waiting[target] += 1
    ready = [place[item] for item in items if not waiting[item]]
    heapq.heapify(ready)
    order = []
    while ready:
        item = items[heapq.heappop(ready)]
        order.append(item)
        for target in follows[item]:
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(ready, place[target])
    return order
