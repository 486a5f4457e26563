"""The verdict on a model, by the theorem where it holds, else by looking at markings; and the runs that go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sopflow.analysis.nets._faults import finding_of, missing_way_out, never_done, unproved, wrong_ends
from sopflow.analysis.nets._game import Fault, Game
from sopflow.analysis.nets._net import Net, is_free_choice
from sopflow.analysis.nets._reduce import Graph, reduce
from sopflow.analysis.nets._search import MOST_MARKINGS, Run, branch_by_branch, only_what_meets, search
from sopflow.analysis.nets._states import explore
from sopflow.analysis.nets._theorem import Flaw, flaw_of
from sopflow.dsl import collector_paused
from sopflow.errors import Finding

_MOST_LISTED = 20
_WHY = {
    "ends": ("it has not one start and one end", "它并非只有一个开始和一个结束"),
    "paths": ("some of it does not lie on a way from the start to the end", "有的节点不在从开始到结束的路径上"),
    "rules": ("it reduces to a single step, by rules that keep soundness", "用保持健全性的规则可化简为单个步骤"),
    "theorem": ("the rank theorem for free-choice nets holds", "它满足自由选择网的秩定理"),
    "siphon": ("some of it can never be reached", "有的部分永远无法到达"),
    "places": ("no part of it brings each token safely to the end", "没有哪一部分能把每个令牌都安全地送到结束处"),
    "steps": ("some step belongs to no part that could be repeated", "有的步骤不属于任何可以重复的部分"),
    "rank": ("its splits and joins do not fit together", "它的分支与汇合互不相配"),
    "markings": ("all its markings have been looked at", "已查看其全部标识"),
    "limit": ("there are too many markings to look at all of them", "标识太多，无法全部查看"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether every run of a model can come to its end, with nothing left behind, and every step is done in some run.

    ``sound`` is None where that could not be decided. ``faults`` say what is wrong, each with the shortest run that was
    found; ``why`` (and ``why_zh``, in Chinese) says by what the verdict was reached.
    """

    sound: bool | None
    faults: tuple[Finding, ...]
    why: str
    why_zh: str

    def __bool__(self) -> bool:
        return self.sound is True


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A run that goes wrong: what is done, one line each; ``is_shortest`` says whether no shorter one shows it."""

    fault: Fault
    steps: tuple[str, ...]
    finding: Finding
    is_shortest: bool


def check(net: Net, *, limit: int = MOST_MARKINGS) -> Verdict:
    """The verdict on ``net``.

    For free-choice nets, and so for all models of tasks, XOR and AND gateways, it never depends on ``limit``, the
    number of markings that are looked at for a run to show. Other nets are decided by looking at all their markings, if
    these are not more.
    """
    if len(net.starts) != 1 or len(net.ends) != 1:
        return _verdict(False, "ends", [wrong_ends(net)])
    with collector_paused():
        graph = _short_circuited(net)
        reduce(graph)
    if graph.is_trivial():
        return _verdict(True, "rules")
    if off_path := list(_off_path(net, _short_circuited(net))):
        return _verdict(False, "paths", off_path)
    if is_free_choice(net):
        flaw = flaw_of(graph)
        if flaw is None:
            return _verdict(True, "theorem")
        found = [example.finding for example in _examples(net, limit)]
        return _verdict(False, flaw.reason, found or [unproved(net, _shown_by(net, graph, flaw), limit, sound=False)])
    return _by_looking(net, limit)


def counterexample(net: Net, *, limit: int = MOST_MARKINGS) -> Counterexample | None:
    """The shortest run that was found to go wrong; None where there is none, or none among ``limit`` markings.

    A net that has not one start and one end has no runs; nor is there one to show for what no run does.
    """
    if len(net.starts) != 1 or len(net.ends) != 1 or check(net, limit=0).sound:
        return None
    return min(_examples(net, limit), key=lambda example: len(example.steps), default=None)


def _verdict(sound: bool | None, why: str, faults: Iterable[Finding] = ()) -> Verdict:  # noqa: FBT001  # it is private
    return Verdict(sound, tuple(faults), *_WHY[why])


def _short_circuited(net: Net) -> Graph:
    """The net with a step that leads from its end back to its start: sound if and only if that is live and bounded.

    (van der Aalst, "Verification of workflow nets", 1997.)
    """
    return Graph(len(net.links), [*net.inputs, net.ends], [*net.outputs, net.starts], net.starts[0])


def _off_path(net: Net, graph: Graph) -> Iterator[Finding]:
    """What does not lie on a way from the start to the end."""
    onward, back = _reached(net.starts[0], graph.outs), _reached(net.starts[0], graph.ins)
    if len(onward) == len(back) == len(graph.ins):
        return
    for node in _nodes(net, (vertex for vertex in range(len(graph.ins)) if vertex not in onward))[:_MOST_LISTED]:
        yield never_done(net, node)
    led_out = set(_nodes(net, back))
    lost = _nodes(net, (vertex for vertex in onward if vertex not in back))
    if lost := [node for node in lost if node not in led_out] or lost:
        yield missing_way_out(net, lost, _way_to(net, onward, lost[0]))


def _reached(start: int, arcs: list[set[int]]) -> dict[int, int]:
    """What can be reached from ``start``, nearest first, each with the vertex before it."""
    before = {start: -1}
    todo = [start]
    for vertex in todo:
        for there in arcs[vertex]:
            if there not in before:
                before[there] = vertex
                todo.append(there)
    return before


def _nodes(net: Net, vertices: Iterable[int]) -> list[int]:
    """The nodes that places and transitions belong to, each once."""
    places = len(net.links)
    inside = (v for v in vertices if v < places + len(net.steps))
    return list(dict.fromkeys(net.owners[v] if v < places else net.doers[v - places] for v in inside))


def _way_to(net: Net, before: dict[int, int], node: int) -> tuple[str, ...]:
    """The steps on the shortest way to ``node``."""
    places = len(net.links)
    vertex = next(v for v in before if _nodes(net, (v,)) == [node])
    steps = []
    while vertex >= 0:
        if vertex >= places:
            steps.append(net.steps[vertex - places])
        vertex = before[vertex]
    return tuple(reversed(steps))


def _shown_by(net: Net, graph: Graph, flaw: Flaw) -> int:
    """The node of the model at which a flaw was seen."""
    return next(iter(_nodes(net, (vertex for vertex in flaw.vertices if graph.alive[vertex]))), 0)


def _by_looking(net: Net, limit: int) -> Verdict:
    game = Game(net)
    states = explore(game, limit)
    found = [
        _example(game, fault, marking, states.search.steps_to(marking), True).finding
        for fault, marking in states.search.faults.items()
    ]
    found += [
        never_done(net, node) for node in _nodes(net, (len(net.links) + step for step in states.dead))[:_MOST_LISTED]
    ]
    if states.is_sound is None:
        return _verdict(None, "limit", [unproved(net, None, limit, sound=None)])
    return _verdict(states.is_sound, "markings", found)


def _examples(net: Net, limit: int) -> Iterator[Counterexample]:
    """A run for each sort of fault that is found, the shortest first as far as that is known."""
    game = Game(net)
    if not is_free_choice(net):
        states = explore(game, limit)
        for fault, marking in states.search.faults.items():
            yield _example(game, fault, marking, states.search.steps_to(marking), True)
        return
    found, is_whole = search(game, limit), True
    if not found.faults:
        found, is_whole = search(game, limit, pick=branch_by_branch(game)), False
    is_shortest = is_whole or next(iter(found.faults), None) is Fault.STUCK
    if not found.faults:
        found = search(game, limit, pick=branch_by_branch(game), deep=True)
    told: set[Fault] = set()
    for fault, marking in found.faults.items():
        # Two tokens on one place, leftovers, ever more tokens: that is one fault, seen three times.
        group = fault if fault is Fault.STUCK else Fault.CROWDED
        if group not in told:
            told.add(group)
            shortest = is_whole or (is_shortest and fault is Fault.STUCK)
            yield _example(game, fault, marking, found.steps_to(marking), shortest)


def _example(game: Game, fault: Fault, marking: int, steps: tuple[int, ...], is_shortest: bool) -> Counterexample:  # noqa: FBT001  # it is private
    crowded = [place for place, number in game.tokens(marking).items() if number > 1]
    if crowded and not is_shortest and fault is not Fault.GROWING:
        steps = only_what_meets(game, steps, crowded[0])
        marking = game.after(steps)
        fault = game.fault(marking, ()) or fault
    run = Run(fault, steps, game.tokens(marking), is_shortest)
    words = tuple(game.net.steps[step] for step in steps)
    return Counterexample(fault, words, finding_of(game, run, words), is_shortest)
