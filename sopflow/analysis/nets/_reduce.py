"""A net made small: what is taken away changes neither whether it is live nor whether it is bounded.

Knows nothing of models; a net is a graph of two sorts of vertices, places and transitions. The rules are those of
Berthelot ("Transformations and decompositions of nets", 1987) and Murata ("Petri nets: properties, analysis and
applications", 1989, section V): fusion of series, of parallel places and transitions, and self-loops taken out.
"""

from __future__ import annotations

from collections.abc import Sequence


class Graph:
    """A net with arcs of weight 1 and one token, on the place ``marked``; each vertex has an arc in and an arc out.

    Places are the vertices below ``places``, transitions all others. ``ins`` and ``outs`` are the neighbours of each
    vertex; ``alive`` holds the vertices that are still there.
    """

    def __init__(
        self, places: int, inputs: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]], marked: int
    ) -> None:
        self.places = places
        self.marked = marked
        self.ins: list[set[int]] = [set() for _ in range(places)]
        self.outs: list[set[int]] = [set() for _ in range(places)]
        self.ins += map(set, inputs)
        self.outs += map(set, outputs)
        self.alive = [True] * len(self.ins)
        for transition in range(places, len(self.ins)):
            for place in self.ins[transition]:
                self.outs[place].add(transition)
            for place in self.outs[transition]:
                self.ins[place].add(transition)

    def rest(self) -> list[int]:
        """The vertices that are still there."""
        return [vertex for vertex, alive in enumerate(self.alive) if alive]

    def is_trivial(self) -> bool:
        """Whether nothing is left but the marked place and one transition that takes and gives its token."""
        rest = self.rest()
        return len(rest) == 2 and self.ins[self.marked] == self.outs[self.marked] == {rest[1]} == set(rest[1:])

    def remove(self, vertex: int) -> None:
        """Take a vertex and its arcs away."""
        for other in self.ins[vertex]:
            self.outs[other].discard(vertex)
        for other in self.outs[vertex]:
            self.ins[other].discard(vertex)
        self.ins[vertex], self.outs[vertex] = set(), set()
        self.alive[vertex] = False

    def fuse(self, one: int, other: int) -> list[int]:
        """Make one vertex of two; gives the neighbours whose arcs have moved, and the vertex."""
        if len(self.ins[one]) + len(self.outs[one]) < len(self.ins[other]) + len(self.outs[other]):
            one, other = other, one  # the smaller moves: each arc does so a logarithmic number of times
        moved = [*self.ins[other], *self.outs[other], one]
        if self.marked == other:
            self.marked = one
        ins, outs = self.ins[other], self.outs[other]
        self.remove(other)
        for neighbour in ins:
            self.outs[neighbour].add(one)
        for neighbour in outs:
            self.ins[neighbour].add(one)
        self.ins[one] |= ins
        self.outs[one] |= outs
        return moved


def reduce(graph: Graph) -> None:
    """Apply the rules to ``graph`` until none fits."""
    todo = graph.rest()
    while todo:
        links: dict[tuple[int, int], int] = {}
        while todo:
            vertex = todo.pop()
            if len(graph.ins[vertex]) == 1 == len(graph.outs[vertex]):
                todo += _link(graph, vertex, links)
        _drop_twins(graph)
        # A rule may have come to fit two arcs away from where the graph has changed.
        todo = [vertex for vertex in graph.rest() if len(graph.ins[vertex]) == 1 and _fits(graph, vertex)]


def _link(graph: Graph, link: int, links: dict[tuple[int, int], int]) -> list[int]:
    """Take the vertex ``link``, which has one neighbour on each side, away if a rule fits; gives what to look at.

    ``links`` holds the last such vertex between two others, as far as it has been looked at.
    """
    (before,), (after,) = graph.ins[link], graph.outs[link]
    twin = links.setdefault((before, after), link)
    touched = [before, after]
    if twin != link and graph.ins[twin] == {before} and graph.outs[twin] == {after}:
        if twin == graph.marked:  # of a marked and an unmarked place the unmarked one stays
            link = twin
        graph.remove(link)
    elif before == after and _is_idle(graph, link, before):
        graph.remove(link)
    elif before != after and _is_series(graph, link, before, after):
        graph.remove(link)
        touched = graph.fuse(before, after)
    else:
        links[before, after] = link
        return []
    for vertex in touched[-2:]:  # its neighbours need a look where it has only one on a side
        for side in (graph.ins[vertex], graph.outs[vertex]):
            if len(side) == 1:
                touched += side
    return touched


def _fits(graph: Graph, vertex: int) -> bool:
    if len(graph.outs[vertex]) != 1:
        return False
    (before,), (after,) = graph.ins[vertex], graph.outs[vertex]
    return _is_idle(graph, vertex, before) if before == after else _is_series(graph, vertex, before, after)


def _is_idle(graph: Graph, link: int, place: int) -> bool:
    """Whether ``link`` is a transition that gives ``place`` back what it takes, and is not the only one there."""
    return link >= graph.places and len(graph.ins[place]) > 1 and len(graph.outs[place]) > 1


def _is_series(graph: Graph, link: int, before: int, after: int) -> bool:
    """Whether ``before`` and ``after`` may become one vertex, so that a token that is on its way has arrived.

    Between places: what comes to ``before`` can only go on to ``after``; or what goes on from ``after`` needs nothing
    else, so that it might as well have been chosen in ``before``. Between transitions it is the same the other way
    round: ``after`` needs nothing but ``before``; or ``before`` serves nothing but ``after``, and nobody else wants
    what it takes.
    """
    ins, outs = graph.ins, graph.outs
    if not ins[before].isdisjoint(ins[after]) or not outs[before].isdisjoint(outs[after]):
        return False  # two arcs would become one
    if link >= graph.places:
        return len(outs[before]) == 1 or (
            len(ins[after]) == 1 and after != graph.marked and all(len(ins[onward]) == 1 for onward in outs[after])
        )
    return link != graph.marked and (
        len(ins[after]) == 1 or (len(outs[before]) == 1 and all(len(outs[taken]) == 1 for taken in ins[before]))
    )


def _drop_twins(graph: Graph) -> None:
    """Of vertices with the same neighbours keep one; of a marked and an unmarked place the unmarked one."""
    seen: dict[tuple[frozenset[int], frozenset[int]], int] = {}
    for vertex in graph.rest():
        same = seen.setdefault((frozenset(graph.ins[vertex]), frozenset(graph.outs[vertex])), vertex)
        if same != vertex and (same < graph.places) == (vertex < graph.places):
            if same == graph.marked:
                seen[frozenset(graph.ins[vertex]), frozenset(graph.outs[vertex])] = vertex
            graph.remove(same if same == graph.marked else vertex)
