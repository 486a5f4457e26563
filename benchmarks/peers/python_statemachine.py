"""``python-statemachine``: flat machines as ``StateMachine``, forks as the parallel states of a ``StateChart``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from statemachine import State, StateChart, StateMachine
from workloads.work import Context, Flat, Forks, Tally, Work

Play = Callable[[], str]


def build(work: Work, tally: Tally) -> Play | None:
    """A class for each definition, a new machine for each token."""
    match work:
        case Flat():
            return _flat(work, tally)
        case Forks():
            return _forks(work, tally)
        case _:
            return None


def _hook(tally: Tally, number: int) -> Callable[[], None]:
    return lambda: tally.hook(number)


def _flat(work: Flat, tally: Tally) -> Play:
    context: Context = {}
    states = [State(f"s{number}", initial=number == 0, final=number in work.ends) for number in range(len(work.states))]
    events: dict[str, object] = {}
    for number, state in enumerate(work.states):
        for word, arrows in state.items():
            for guard, to in arrows:
                when = partial(_holds, guard.compiled(), context) if guard is not None else None
                arrow = states[number].to(states[to], cond=when, on=_hook(tally, number))
                events[word] = events[word] | arrow if word in events else arrow  # type: ignore[operator]
    names = {f"s{number}": state for number, state in enumerate(states)}
    kind = type("Flat", (StateMachine,), {**names, **events})
    ends = {f"s{number}": name for number, name in work.ends.items()}

    def play() -> str:
        machine = None
        for data in work.contexts:
            context.clear()
            context.update(data)
            machine = kind()
            bound = {word: getattr(machine, word) for word in work.words}
            for word in work.script():
                bound[word]()
        assert machine is not None
        return ends[next(iter(machine.configuration)).id]

    return play


def _holds(guard: Callable[[Context], bool], context: Context) -> bool:
    return guard(context)


def _forks(work: Forks, tally: Tally) -> Play:
    def lane(path: tuple[int, ...]) -> type:
        name = "_".join(map(str, path))
        states = [State(initial=step == 0) for step in range(work.steps)]
        body: dict[str, Any] = {f"l{name}_s{step}": state for step, state in enumerate(states)}
        last = body[f"l{name}_over"] = State(final=True)
        if work.nested and len(path) == 1:
            last = body[f"l{name}_fork"] = fork(path)
            body[f"done_state_l{name}_fork"] = last.to(body[f"l{name}_over"])
        arrows = None
        for step, state in enumerate(states):
            to = states[step + 1] if step + 1 < work.steps else last
            arrow = state.to(to, on=_hook(tally, work.number(path, step)))
            arrows = arrow if arrows is None else arrows | arrow
        body[f"go{name}"] = arrows
        return type(f"l{name}", (State.Compound,), body)

    def fork(path: tuple[int, ...]) -> Any:  # noqa: ANN401  # what its metaclass makes of a class statement
        name = "_".join(map(str, path))
        body = {f"b{name}_{number}": lane((*path, number)) for number in range(work.branches)}
        return type(f"f{name}", (State.Parallel,), body)

    top = fork(())
    over = State(final=True)
    spaces = {"top": top, "over": over, "done_state_top": top.to(over)}
    kind = type("Forked", (StateChart,), spaces)
    names = ["go" + "_".join(map(str, path)) for path, _ in work.script()]

    def play() -> str:
        machine = kind()
        for name in names:
            machine.send(name)
        return "done" if [state.id for state in machine.configuration] == ["over"] else ""

    return play
