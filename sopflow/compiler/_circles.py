"""What hangs together in circles in a plain graph over numbers. Knows nothing of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def circles(graph: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """The strongly connected parts in which one can go round, each in ascending order.

    A graph maps each vertex to those that it leads to; vertices that are no keys are left out. Tarjan's algorithm
    ("Depth-first search and linear graph algorithms", 1972), with a stack of its own.
    """
    if all(there > here for here, onward in graph.items() for there in onward):
        return []  # numbers rise along every edge, as in most texts: nothing leads back
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
