"""``xstate-statemachine``: XState's JSON run in Python, by its synchronous interpreter."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from workloads.work import Context, Flat, Forks, Tally, Work
from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine

Play = Callable[[], str]

logging.getLogger("xstate_statemachine").setLevel(logging.CRITICAL)


def build(work: Work, tally: Tally) -> Play | None:
    """An interpreter for each token."""
    match work:
        case Flat():
            return _flat(work, tally)
        case Forks():
            return _forks(work, tally)
        case _:
            return None


def _told(tally: Tally, number: int) -> Callable[..., None]:
    return lambda *_: tally.hook(number)


def _flat(work: Flat, tally: Tally) -> Play:
    context: Context = {}
    actions, guards = {}, {}
    states: dict[str, Any] = {}
    for number, state in enumerate(work.states):
        actions[f"hook{number}"] = _told(tally, number)
        states[f"s{number}"] = {"on": {}} if state else {"type": "final"}
        for word, arrows in state.items():
            moves = []
            for guard, to in arrows:
                move: dict[str, Any] = {"target": f"s{to}", "actions": [f"hook{number}"]}
                if guard is not None:
                    guards[f"guard{number}"] = partial(_holds, guard.compiled(), context)
                    move["guard"] = f"guard{number}"
                moves.append(move)
            states[f"s{number}"]["on"][word] = moves
    logic = MachineLogic(actions=actions, guards=guards)
    machine = create_machine({"id": "flat", "initial": "s0", "states": states}, logic=logic)
    ends = {f"flat.s{number}": name for number, name in work.ends.items()}

    def play() -> str:
        service = None
        for data in work.contexts:
            context.clear()
            context.update(data)
            service = SyncInterpreter(machine).start()
            for word in work.script():
                service.send(word)
        assert service is not None
        return next(ends[state] for state in service.current_state_ids if state in ends)

    return play


def _holds(guard: Callable[[Context], bool], context: Context, *_: object) -> bool:
    return guard(context)


def _forks(work: Forks, tally: Tally) -> Play:
    actions: dict[str, Any] = {}

    def fork(path: tuple[int, ...]) -> dict[str, Any]:
        return {"type": "parallel", "states": {f"b{n}": lane((*path, n)) for n in range(work.branches)}}

    def lane(path: tuple[int, ...]) -> dict[str, Any]:
        inner = work.nested and len(path) == 1
        states: dict[str, Any] = {}
        for step in range(work.steps):
            number = work.number(path, step)
            actions[f"hook{number}"] = _told(tally, number)
            to = f"s{step + 1}" if step + 1 < work.steps else "over"
            move = {"target": to, "actions": [f"hook{number}"]}
            states[f"s{step}"] = {"on": {"go" + "_".join(map(str, path)): move}}
        states["over"] = fork(path) if inner else {"type": "final"}
        return {"initial": "s0", "states": states}

    config = {"id": "forks", "initial": "fork", "states": {"fork": fork(()), "done": {"type": "final"}}}
    config["states"]["fork"]["on"] = {"join": {"target": "done"}}  # type: ignore[index]
    machine = create_machine(config, logic=MachineLogic(actions=actions))
    names = ["go" + "_".join(map(str, lane)) for lane, _ in work.script()]

    def play() -> str:
        service = SyncInterpreter(machine).start()
        for name in [*names, "join"]:
            service.send(name)
        return "done" if "forks.done" in service.current_state_ids else ""

    return play
