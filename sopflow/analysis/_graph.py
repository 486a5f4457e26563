"""Plain graphs over numbers: what hangs together in circles, what leads where. Knows nothing of steps.

A graph is a mapping of each vertex to those that it leads to; vertices that are no keys are left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

Graph = Mapping[int, Sequence[int]]


def circles(graph: Graph) -> list[list[int]]:
    """The strongly connected parts in which one can go round, each in ascending order.

    Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972), with a stack of its own.
    """
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    found: list[list[int]] = []
    for root in graph:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        path.append(root)
        on_path.add(root)
        work: list[tuple[int, Iterator[int]]] = [(root, iter(graph[root]))]
        while work:
            here, rest = work[-1]
            for there in rest:
                if there not in graph:
                    continue
                if there not in number:
                    number[there] = low[there] = len(number)
                    path.append(there)
                    on_path.add(there)
                    work.append((there, iter(graph[there])))
                    break
                if there in on_path:
                    low[here] = min(low[here], number[there])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[here])
                if low[here] == number[here]:
                    part = [path.pop()]
                    while part[-1] != here:
                        part.append(path.pop())
                    on_path.difference_update(part)
                    if len(part) > 1 or here in graph[here]:
                        found.append(sorted(part))
    return sorted(found)


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
