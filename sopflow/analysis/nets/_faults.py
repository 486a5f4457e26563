"""Faults as findings: which node shows them, and in what words; looks for none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from sopflow.analysis.nets._game import Fault, Game
from sopflow.analysis.nets._net import Net
from sopflow.analysis.nets._search import Run
from sopflow.errors import Finding

_MOST_NAMED = 5


def finding_of(game: Game, run: Run, trace: tuple[str, ...]) -> Finding:
    """The finding that a run shows."""
    net, tokens = game.net, run.tokens
    match run.fault:
        case Fault.STUCK:
            return _stuck(game, tokens, trace)
        case Fault.CROWDED | Fault.GROWING:
            node = net.owners[next(place for place, number in tokens.items() if number > 1)]
            name = net.nodes[node].name
            if run.fault is Fault.CROWDED:
                what = f"‘{name}’ can be reached twice at the same time"
                what_zh = f"“{name}” 可能在同一时间被到达两次"
            else:
                what = f"‘{name}’ can be reached again and again while it is still under way, without limit"
                what_zh = f"“{name}” 可能在进行中被一再到达，没有上限"
            return _at(net, "SOP458", node, trace, what=what, what_zh=what_zh)
        case Fault.LEFTOVER:
            end = net.ends[0]
            left = [place for place in tokens if place != end]
            node = net.owners[left[0]] if left else net.owners[end]
            if left:
                rest = _named(net.links[place] for place in left)
                what, what_zh = (
                    f"the end can be reached while something is left at {rest}",
                    f"结束时可能仍有部分停留在 {rest}",
                )
            else:
                what, what_zh = "the end can be reached twice", "可能两次到达结束处"
            return _at(net, "SOP458", node, trace, what=what, what_zh=what_zh)
        case Fault.LIVELOCK:
            nodes = list(dict.fromkeys(net.owners[place] for place in tokens))
            others = _named(net.nodes[node].name for node in nodes[1:])
            return _at(net, "SOP456", nodes[0], trace, others=others)
        case other:
            assert_never(other)


def _stuck(game: Game, tokens: Mapping[int, int], trace: tuple[str, ...]) -> Finding:
    """Who waits, and for what: the first of those that have some of what they need."""
    net = game.net
    waiting: dict[int, list[int]] = {}
    for place in tokens:
        for step in game.takers[place]:
            missing = [needed for needed in net.inputs[step] if needed not in tokens]
            waiting.setdefault(net.doers[step], missing)
    if not waiting:  # a place that leads nowhere
        node = net.owners[next(iter(tokens))]
        return _at(net, "SOP456", node, trace, others="")
    node = next(iter(waiting))
    needs = _named(net.links[place] for place in waiting[node])
    others = _named(f"‘{net.nodes[other].name}’" for other in waiting if other != node)
    return _at(net, "SOP457", node, trace, missing=needs, others=others)


def wrong_ends(net: Net) -> Finding:
    """That there is not one start and one end."""
    starts, ends = ([net.owners[place] for place in places] for places in (net.starts, net.ends))
    shown = next((node for nodes in (starts, ends) if len(nodes) > 1 for node in nodes[1:]), None)
    names = [_named(net.nodes[node].name for node in nodes) if len(nodes) > 1 else "" for nodes in (starts, ends)]
    fields = {"starts": len(starts), "start_names": names[0], "ends": len(ends), "end_names": names[1]}
    place = net.place_of(shown) if shown is not None else net.document.between(0, 0)
    return Finding("SOP454", place=place, path="" if shown is None else net.nodes[shown].id, fields=fields)


def never_done(net: Net, node: int) -> Finding:
    """That no run comes to a node."""
    return _at(net, "SOP455", node, ())


def missing_way_out(net: Net, nodes: Sequence[int], trace: tuple[str, ...]) -> Finding:
    """That from ``nodes`` no way leads to the end."""
    others = _named(net.nodes[node].name for node in nodes) if len(nodes) > 1 else ""
    return _at(net, "SOP456", nodes[0], trace, others=others)


def unproved(net: Net, node: int | None, limit: int, *, sound: bool | None) -> Finding:
    """That no run can be shown: the model is not sound all the same, or nobody knows."""
    if sound is None:
        what, what_zh = "Whether every run of this model can end is not known", "无法判断该模型的每次运行能否结束"
    else:
        what, what_zh = "This model is not sound", "该模型不健全"
    fields = {"what": what, "what_zh": what_zh, "limit": limit, "node": "" if node is None else net.nodes[node].name}
    if node is None:
        return Finding("SOP459", place=net.document.between(0, 0), fields=fields)
    return Finding("SOP459", place=net.place_of(node), path=net.nodes[node].id, fields=fields)


def _at(net: Net, code: str, node: int, trace: tuple[str, ...], **fields: object) -> Finding:
    where = net.nodes[node]
    return Finding(code, place=net.place_of(node), path=where.id, fields={"node": where.name, **fields}, trace=trace)


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_MOST_NAMED]) + (" …" if len(listed) > _MOST_NAMED else "")
