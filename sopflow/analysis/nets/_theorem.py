"""Is a free-choice net live and bounded? Decided without its markings, by the rank theorem, in whole numbers.

J. Desel and J. Esparza, "Free Choice Petri Nets" (1995). A free-choice net has a live and bounded marking if and only
if invariants of its places cover it, invariants of its transitions cover it, and the rank of its incidence matrix
is one less than the number of its clusters (the rank theorem, chapter 6). Covers may be looked for among components:
sets of places that pass one token around, sets of transitions that choose nothing (the coverability theorems, chapter
5). A marking of such a net is live if and only if no siphon is without a token: places that, once empty, stay so
(chapters 4 and 5).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from typing import Literal

from sopflow.analysis.nets._reduce import Graph


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a net is not live and bounded, and the vertices that show it.

    - ``siphon``: these places never get a token;
    - ``places``: no part that passes one token around covers this place: tokens there get lost, or more and more;
    - ``steps``: no part that repeats itself covers this transition;
    - ``rank``: splits and joins do not fit together somewhere among these.
    """

    reason: Literal["siphon", "places", "steps", "rank"]
    vertices: tuple[int, ...]


def flaw_of(graph: Graph) -> Flaw | None:
    """What keeps a strongly connected free-choice net from being live and bounded; None: it is both."""
    if empty := _empty_siphon(graph):
        return Flaw("siphon", tuple(sorted(empty)))
    places, transitions = _split(graph)
    cluster = _clusters(graph)
    if (place := _uncovered(places, cluster, graph.outs, graph.ins, graph.marked)) is not None:
        return Flaw("places", (place,))
    if (transition := _uncovered(transitions, cluster, graph.ins, graph.outs, None)) is not None:
        return Flaw("steps", (transition,))
    if _rank(graph, transitions) != len({cluster[place] for place in places}) - 1:
        return Flaw("rank", tuple(places))
    return None


def _split(graph: Graph) -> tuple[list[int], list[int]]:
    rest = graph.rest()
    return [v for v in rest if v < graph.places], [v for v in rest if v >= graph.places]


def _clusters(graph: Graph) -> dict[int, int]:
    """For each vertex a number of its cluster: the places that are chosen from together, and what is chosen."""
    cluster: dict[int, int] = {}
    for place in graph.rest():
        if place >= graph.places or place in cluster:
            continue
        todo = [place]
        while todo:
            vertex = todo.pop()
            if vertex not in cluster:
                cluster[vertex] = place
                todo += graph.outs[vertex] if vertex < graph.places else graph.ins[vertex]
    return cluster


def _empty_siphon(graph: Graph) -> set[int]:
    """The largest set of places without a token that gets none: what gives to it also takes from it."""
    places, transitions = _split(graph)
    empty = set(places) - {graph.marked}
    takes = {transition: len(graph.ins[transition] & empty) for transition in transitions}
    free = [transition for transition, number in takes.items() if not number]
    while free:
        for place in graph.outs[free.pop()]:
            if place in empty:
                empty.discard(place)
                for transition in graph.outs[place]:
                    takes[transition] -= 1
                    if not takes[transition]:
                        free.append(transition)
    return empty


def _uncovered(
    vertices: Iterable[int],
    cluster: dict[int, int],
    onward: list[set[int]],
    back: list[set[int]],
    marked: int | None,
) -> int | None:
    """A vertex that no component covers; None: each is covered.

    For places ``onward`` are the arcs; a component is a set of places in which every transition that touches it takes
    one token and gives one, and that holds the ``marked`` place. Transitions are covered in the same way with all arcs
    turned round: a component is then a set of transitions from which each place beside it gets one token and loses one.

    In a well-formed net the search from a vertex always ends in a component. Each cluster gives only the vertex by
    which it was first reached; what leads back to the start through these is a minimal siphon, and so a component
    (chapter 5); for transitions the same holds in the net turned round, which is well-formed too (duality, chapter 6).
    """
    covered: set[int] = set()
    for vertex in vertices:
        if vertex in covered:
            continue
        chosen = _chosen(vertex, cluster, onward, covered)
        component = _closed(vertex, cluster, back, chosen)
        if not component or (marked is not None and marked not in component):
            return vertex
        touching = {other for member in component for other in (*onward[member], *back[member])}
        if any(len(onward[other] & component) != 1 or len(back[other] & component) != 1 for other in touching):
            return vertex
        covered |= component
    return None


def _chosen(start: int, cluster: dict[int, int], onward: list[set[int]], covered: set[int]) -> dict[int, int]:
    """For each cluster the vertex by which it is reached from ``start``, if possible one that is not yet covered."""
    chosen: dict[int, int] = {}
    fresh, known = deque([start]), deque[int]()
    while fresh or known:
        vertex = fresh.popleft() if fresh else known.popleft()
        if cluster[vertex] in chosen:
            continue
        chosen[cluster[vertex]] = vertex
        for between in onward[vertex]:
            for reached in onward[between]:
                if cluster[reached] not in chosen:
                    (known if reached in covered else fresh).append(reached)
    return chosen


def _closed(start: int, cluster: dict[int, int], back: list[set[int]], chosen: dict[int, int]) -> set[int]:
    """``start`` and all chosen vertices that lead to it; empty where something else leads to it."""
    component: set[int] = set()
    todo = [start]
    while todo:
        vertex = todo.pop()
        if vertex in component:
            continue
        component.add(vertex)
        for between in back[vertex]:
            one = chosen.get(cluster[between])
            if one is None or one not in back[between]:
                return set()
            todo.append(one)
    return component


def _rank(graph: Graph, transitions: Iterable[int]) -> int:
    """The rank of the incidence matrix, by elimination in whole numbers."""
    pivots: dict[int, dict[int, int]] = {}
    for transition in transitions:
        row = dict.fromkeys(graph.outs[transition] - graph.ins[transition], 1)
        row |= dict.fromkeys(graph.ins[transition] - graph.outs[transition], -1)
        while row:
            column = next((column for column in row if column in pivots), None)
            if column is None:
                pivots[min(row)] = row
                break
            row = _eliminated(row, pivots[column], column)
    return len(pivots)


def _eliminated(row: dict[int, int], pivot: dict[int, int], column: int) -> dict[int, int]:
    """A combination of both rows without ``column``, divided by what its numbers have in common."""
    ours, theirs = row[column], pivot[column]
    common = gcd(ours, theirs)
    ours, theirs = ours // common, theirs // common
    result = {key: value * theirs for key, value in row.items()} if theirs != 1 else dict(row)
    for key, value in pivot.items():
        changed = result.get(key, 0) - ours * value
        if changed:
            result[key] = changed
        else:
            del result[key]
    divisor = gcd(*result.values())
    return {key: value // divisor for key, value in result.items()} if divisor > 1 else result
