"""``transitions``: one flat machine for all tokens, callables only, nothing automatic, nothing queued."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from transitions import Machine
from transitions.extensions import HierarchicalMachine
from workloads.work import Context, Flat, Forks, Items, Parked, Tally, Work

Play = Callable[[], str]

logging.getLogger("transitions").setLevel(logging.CRITICAL)


class Token:
    """A model that the machine does not know beforehand: it needs no more than a state."""

    def __init__(self, state: str) -> None:
        self.state = state


def build(work: Work, tally: Tally) -> Play | None:
    """A flat machine; for forks see :func:`hierarchical`."""
    match work:
        case Flat():
            return _flat(work, tally)
        case Parked():
            return _parked(work, tally)
        case Forks() | Items():
            return None


def _machine(work: Flat, tally: Tally, context: Context) -> Machine:
    machine = Machine(
        model=None,
        states=[f"s{number}" for number in range(len(work.states))],
        initial="s0",
        auto_transitions=False,
        send_event=False,
        queued=False,
    )
    for number, state in enumerate(work.states):
        for word, arrows in state.items():
            for guard, to in arrows:
                when = [partial(guard.compiled(), context)] if guard is not None else None
                hook = partial(tally.hook, number)
                machine.add_transition(word, f"s{number}", f"s{to}", conditions=when, before=[hook])
    return machine


def _flat(work: Flat, tally: Tally) -> Play:
    context: Context = {}
    machine = _machine(work, tally, context)
    trigger = {word: machine.events[word].trigger for word in work.words}
    ends = {f"s{number}": name for number, name in work.ends.items()}

    def play() -> str:
        token = Token("s0")
        for data in work.contexts:
            context.clear()
            context.update(data)
            token = Token("s0")
            for word in work.script():
                trigger[word](token)
        return ends[token.state]

    return play


def _parked(work: Parked, tally: Tally) -> Play:
    machine = _machine(work.flat(), tally, {})
    trigger = machine.events["go"].trigger
    tokens = [Token("s0") for _ in range(work.count)]

    def play() -> str:
        for turn in work.turns:
            trigger(tokens[turn])
        return ""

    return play


def hierarchical(work: Work, tally: Tally) -> Play | None:
    """Forks as parallel states; the loop triggers the join, so that nothing is spent on watching for it."""
    if not isinstance(work, Forks):
        return None
    machine = HierarchicalMachine(
        model=None, states=["idle", _parallel(work, 1), "done"], initial="idle", auto_transitions=False,
        send_event=False, queued=False,
    )  # fmt: skip
    machine.add_transition("begin", "idle", "fork")
    machine.add_transition("join", "fork", "done")
    for lane in work.lanes:
        where = _path(lane)
        for step in range(work.steps):
            to = f"{where}s{step + 1}"
            if step + 1 == work.steps:
                to = f"{where}fork" if work.nested and len(lane) == 1 else f"{where}over"
            hook = partial(tally.hook, work.number(lane, step))
            machine.add_transition("_".join(["go", *map(str, lane)]), f"{where}s{step}", to, before=[hook])
    names = ["begin", *("_".join(["go", *map(str, lane)]) for lane, _ in work.script()), "join"]
    trigger = machine.trigger_event

    def play() -> str:
        token = Token("idle")
        for name in names:
            trigger(token, name)
        return token.state

    return play


def _path(lane: tuple[int, ...]) -> str:
    return "".join(f"fork_b{number}_" for number in lane)


def _parallel(work: Forks, depth: int) -> dict[str, object]:
    steps: list[object] = [f"s{step}" for step in range(work.steps)]
    inside = [*steps, _parallel(work, depth + 1) if work.nested and depth == 1 else "over"]
    return {
        "name": "fork",
        "parallel": [{"name": f"b{branch}", "initial": "s0", "children": inside} for branch in range(work.branches)],
    }
