"""A judge of its own for graphs of tasks, XOR and AND gateways: looks at every marking, shares no code with ours.

A token lies on a flow. A model is the kinds of its nodes (``task``, ``XOR``, ``AND``) and its flows, pairs of numbers.
"""

from __future__ import annotations

START, END = -1, -2


def is_sound(kinds: list[str], flows: list[tuple[int, int]], *, most: int = 30_000) -> bool | None:
    """Whether every run can end with nothing left, no flow ever holds two tokens, and every flow is used in some run.

    None: there are more than ``most`` markings.
    """
    ways_in: list[list[int]] = [[] for _ in kinds]
    ways_out: list[list[int]] = [[] for _ in kinds]
    for number, (source, target) in enumerate(flows):
        ways_out[source].append(number)
        ways_in[target].append(number)
    starts = [node for node, ways in enumerate(ways_in) if not ways]
    ends = [node for node, ways in enumerate(ways_out) if not ways]
    if len(starts) != 1 or len(ends) != 1:
        return False
    ways_in[starts[0]].append(START)
    ways_out[ends[0]].append(END)

    def moves(marking: frozenset[int]) -> list[tuple[frozenset[int], frozenset[int]]]:
        found = []
        for node, kind in enumerate(kinds):
            if kind == "XOR":
                taken = [way for way in ways_in[node] if way in marking]
                found += [(frozenset([way]), frozenset([onward])) for way in taken for onward in ways_out[node]]
            elif marking.issuperset(ways_in[node]):
                found.append((frozenset(ways_in[node]), frozenset(ways_out[node])))
        return found

    first, last = frozenset([START]), frozenset([END])
    came_from: dict[frozenset[int], list[frozenset[int]]] = {first: []}
    used: set[int] = set()
    todo = [first]
    while todo:
        marking = todo.pop()
        used |= marking
        if END in marking and marking != last:
            return False
        for taken, given in moves(marking):
            left = marking - taken
            if left & given:
                return False
            there = left | given
            if there not in came_from:
                if len(came_from) >= most:
                    return None
                came_from[there] = []
                todo.append(there)
            came_from[there].append(marking)
    can_end: set[frozenset[int]] = set()
    todo = [last] if last in came_from else []
    while todo:
        marking = todo.pop()
        if marking not in can_end:
            can_end.add(marking)
            todo += came_from[marking]
    return len(can_end) == len(came_from) and used == {START, END, *range(len(flows))}
