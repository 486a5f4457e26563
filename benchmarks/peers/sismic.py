"""``sismic``: its charts built in Python, guards and actions as the code texts that it knows, no contracts."""

from __future__ import annotations

from collections.abc import Callable

from sismic.interpreter import Interpreter
from sismic.model import (
    BasicState,
    CompoundState,
    FinalState,
    OrthogonalState,
    Statechart,
    Transition,
)
from workloads.work import Flat, Forks, Tally, Work

Play = Callable[[], str]


def build(work: Work, tally: Tally) -> Play | None:
    """An interpreter for each token."""
    match work:
        case Flat() if len(work.states) <= 2_000:  # it looks at all its states at each step
            return _flat(work, tally)
        case Forks():
            return _forks(work, tally)
        case _:
            return None


def _flat(work: Flat, tally: Tally) -> Play:
    chart = Statechart("flat")
    chart.add_state(CompoundState("root", initial="s0"), None)
    for number, arrows in enumerate(work.states):
        chart.add_state(BasicState(f"s{number}") if arrows else FinalState(f"s{number}"), "root")
    for number, state in enumerate(work.states):
        for word, arrows in state.items():
            event = None if work.silent else word
            for place, (guard, to) in enumerate(arrows):
                before = arrows[0][0]
                text = guard.text if guard is not None else f"not ({before.text})" if place and before else None
                chart.add_transition(Transition(f"s{number}", f"s{to}", event, text, f"hook({number})"))
    last: list[int] = []

    def hook(number: int) -> None:
        tally.hook(number)
        last[:] = [number]

    def play() -> str:
        for context in work.contexts:
            machine = Interpreter(chart, ignore_contract=True, initial_context={**context, "hook": hook})
            if work.silent:
                machine.execute()
                continue
            machine.execute_once()
            for word in work.script():
                machine.queue(word)
                machine.execute_once()
            assert machine.final
        arrows = next(iter(work.states[last[0]].values())) if work.silent else ((None, max(work.ends)),)
        return work.ends[next(to for guard, to in arrows if guard is None or guard.compiled()(work.contexts[-1]))]

    return play


def _forks(work: Forks, tally: Tally) -> Play:
    chart = Statechart("forks")
    chart.add_state(CompoundState("root", initial="fork"), None)
    arrows: list[Transition] = []

    def fork(name: str, above: str, path: tuple[int, ...]) -> None:
        chart.add_state(OrthogonalState(name), above)
        for number in range(work.branches):
            lane = (*path, number)
            own = "l" + "_".join(map(str, lane))
            chart.add_state(CompoundState(own, initial=f"{own}s0"), name)
            for step in range(work.steps):
                chart.add_state(BasicState(f"{own}s{step}"), own)
            inner = work.nested and len(lane) == 1
            if inner:
                fork(f"{own}fork", own, lane)
            else:
                chart.add_state(BasicState(f"{own}over"), own)
            for step in range(work.steps):
                last = f"{own}fork" if inner else f"{own}over"
                to = f"{own}s{step + 1}" if step + 1 < work.steps else last
                arrows.append(Transition(f"{own}s{step}", to, "go" + own, None, f"hook({work.number(lane, step)})"))

    fork("fork", "root", ())
    chart.add_state(FinalState("done"), "root")
    for arrow in [*arrows, Transition("fork", "done", "join")]:
        chart.add_transition(arrow)
    names = ["gol" + "_".join(map(str, lane)) for lane, _ in work.script()]

    def play() -> str:
        machine = Interpreter(chart, ignore_contract=True, initial_context={"hook": tally.hook})
        machine.execute_once()
        for name in [*names, "join"]:
            machine.queue(name)
            machine.execute_once()
        return "done" if machine.final else ""

    return play
