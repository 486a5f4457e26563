"""Plain graphs over numbers: what leads where, what hangs together in circles. Knows nothing of steps.

A graph is a mapping of each vertex to those that it leads to; vertices that are no keys are left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from sopflow.compiler import circles

__all__ = ["Graph", "circles", "reach", "shortest_circle", "turned"]

Graph = Mapping[int, Sequence[int]]


def reach(graph: Graph, starts: Iterable[int]) -> dict[int, int]:
    """All that can be reached from ``starts``, nearest first, each with the vertex before it (a start: itself)."""
    before = {start: start for start in starts if start in graph}
    todo = deque(before)
    while todo:
        here = todo.popleft()
        for there in graph[here]:
            if there in graph and there not in before:
                before[there] = here
                todo.append(there)
    return before


def turned(graph: Graph) -> dict[int, list[int]]:
    """The same graph with every edge turned round."""
    back: dict[int, list[int]] = {vertex: [] for vertex in graph}
    for here, onward in graph.items():
        for there in onward:
            if there in back:
                back[there].append(here)
    return back


def shortest_circle(graph: Graph, start: int) -> list[int]:
    """The shortest way from ``start`` back to it, with ``start`` at both ends; empty if there is none."""
    before: dict[int, int] = {}
    todo = deque([start])
    while todo:
        here = todo.popleft()
        for there in graph[here]:
            if there == start:
                back = [start, here] if here != start else [start, start]
                while back[-1] != start:
                    back.append(before[back[-1]])
                return back[::-1]
            if there in graph and there not in before:
                before[there] = here
                todo.append(there)
    return []
