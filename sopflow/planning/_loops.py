"""Loops of a network: found, cut, and laid out as often as they go round. Knows acts and edges, nothing of steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sopflow.errors import Finding, UsageError
from sopflow.planning._acts import MOST_ACTS, Act

Key = tuple[int, int]  # a frame's identity, a step


def cut(acts: list[Act], root: int) -> list[tuple[int, int]]:
    """Cut and give the edges that lead back to an act on the way to them (R. Tarjan, SIAM J. Comput. 1, 1972)."""
    back: list[tuple[int, int]] = []
    on_way, seen = {root}, {root}
    stack = [(root, iter(acts[root].behind))]
    while stack:
        here, onward = stack[-1]
        step = next(onward, None)
        if step is None:
            stack.pop()
            on_way.discard(here)
        elif step in on_way:
            back.append((here, step))
        elif step not in seen:
            seen.add(step)
            on_way.add(step)
            stack.append((step, iter(acts[step].behind)))
    for a, b in back:
        acts[a].behind.remove(b)
        (acts[b].also if a in acts[b].also else acts[b].before).remove(a)
    for act in acts:  # what nothing leads to does not count
        act.before = [one for one in act.before if one in seen]
        act.also = [one for one in act.also if one in seen]
    return back


def leading_to(acts: list[Act], goals: list[int]) -> set[int]:
    """Every act from which one of ``goals`` can be reached."""
    found = set(goals)
    todo = list(goals)
    while todo:
        act = acts[todo.pop()]
        for earlier in (*act.before, *act.also):
            if earlier not in found:
                found.add(earlier)
                todo.append(earlier)
    return found


def unroll(acts: list[Act], back: list[tuple[int, int]], turns: Callable[[int, list[int]], int]) -> dict[Key, int]:
    """Lay out each loop as often as ``turns`` says for its head and its acts, inner ones first.

    What comes back is how often each step that is done more than once is done, by the identity of its frame.
    """
    loops: dict[int, list[int]] = {}
    for source, head in back:
        loops.setdefault(head, []).append(source)
    sizes = {head: len(_body(acts, head, sources)) for head, sources in loops.items()}
    times: dict[Key, int] = {}
    for head in sorted(loops, key=lambda one: (sizes[one], one)):
        body = _body(acts, head, loops[head])  # with the rounds of those inside it
        extra = turns(head, body) - 1
        if extra < 1:
            continue
        for index in body:
            if acts[index].part in ("step", "open"):
                key = id(acts[index].frame), acts[index].step
                times[key] = times.get(key, 1) + extra
        _copy(acts, head, loops[head], body, extra)
    return times


def _body(acts: list[Act], head: int, sources: list[int]) -> list[int]:
    """The acts of a loop: those that lead to one of its ways back without passing its head."""
    found = {head, *sources}
    todo = [source for source in sources if source != head]
    while todo:
        act = acts[todo.pop()]
        for earlier in (*act.before, *act.also):
            if earlier not in found:
                found.add(earlier)
                todo.append(earlier)
    return sorted(found)


def _copy(acts: list[Act], head: int, sources: list[int], body: list[int], extra: int) -> None:
    """Put ``extra`` rounds of ``body`` before it; all that leads out of the loop leaves from its last round."""
    inside = set(body)
    entries = [one for one in acts[head].before if one not in inside]
    earlier = entries
    for turn in range(1, extra + 1):
        twins = {index: len(acts) + place for place, index in enumerate(body)}
        for index in body:
            act = acts[index]
            if len(acts) >= MOST_ACTS:
                raise UsageError(Finding("SOP868", fields={"most": MOST_ACTS}))
            twin = replace(
                act,
                index=twins[index],
                before=[twins[one] for one in act.before if one in inside],
                also=[twins[one] for one in act.also if one in inside],
                behind=[twins[one] for one in act.behind if one in inside],
                opener=twins.get(act.opener, act.opener),
                round=turn,
            )
            acts.append(twin)
        first = acts[twins[head]]
        first.before = list(earlier)
        if turn == 1:
            first.pace = None
            for one in entries:
                behind = acts[one].behind
                behind[behind.index(head)] = first.index
        else:
            for one in earlier:
                acts[one].behind.append(first.index)
        earlier = [twins[source] for source in sources]
    acts[head].before = list(earlier)
    for one in earlier:
        acts[one].behind.append(head)
    for index in body:
        acts[index].round = extra + 1


def order(acts: list[Act], root: int) -> list[int]:
    """The acts that can be reached, each behind those before it (A. B. Kahn, Comm. ACM 5, 1962)."""
    reached, todo = {root}, [root]
    while todo:
        for onward in acts[todo.pop()].behind:
            if onward not in reached:
                reached.add(onward)
                todo.append(onward)
    left = {}
    for index in reached:
        act = acts[index]
        act.before = [one for one in dict.fromkeys(act.before) if one in reached]
        act.also = [one for one in dict.fromkeys(act.also) if one in reached]
        act.behind = list(dict.fromkeys(act.behind))
        left[index] = len(set(act.before) | set(act.also))
    ready = [index for index in sorted(reached, reverse=True) if not left[index]]
    order = []
    while ready:
        here = ready.pop()
        order.append(here)
        for onward in acts[here].behind:
            left[onward] -= 1
            if not left[onward]:
                ready.append(onward)
    return order
