"""The nested machine: a parallel as parallel states of the ``transitions`` library, a branch as a machine in one.

What one event sets off beyond its own transition (branches that begin, a join, a way out of a block, data that others
wait for) are triggers of the machine itself, said before the next event is heard. Their names have a blank in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from transitions import Machine, MachineError
from transitions.extensions.nesting import HierarchicalMachine, NestedEventData, NestedState, NestedTransition

from sopflow.machines._data import looked_up
from sopflow.machines._explore import Way
from sopflow.machines._machine import Ground, Happening, Writer, data_of, models_of, played
from sopflow.machines._moves import Trigger
from sopflow.machines._nest import Path, Room
from sopflow.program import Program, Step

SEPARATOR = "/"


class PlainState(NestedState):
    """A state whose path is written ``p/legal/check``: names of steps have underscores, or may."""

    separator = SEPARATOR
    steps: tuple[Step, ...] = ()  # for the embedder: what is open there


#: What is to be called where a state has come to its end, and whether it has.
_Ended = tuple[list[Callable[[], None]], bool]


class SureTransition(NestedTransition):
    """A transition that knows whether all regions have come to their ends.

    That of transitions 0.9.3 takes the last region's word for all, and raises AttributeError where that one has come
    to its end while another has not.
    """

    def _final_check(
        self, event_data: NestedEventData, state_tree: Mapping[str, object], enter_partials: list[object]
    ) -> _Ended:
        machine: Any = event_data.machine
        scope = machine.scoped
        if not state_tree:
            return cast("_Ended", cast("Any", super())._final_check(event_data, state_tree, enter_partials))
        calls: list[Callable[[], None]] = []
        finals = []
        for name in state_tree:
            nested = cast("Any", self)._final_check_nested(name, event_data, state_tree, enter_partials)
            made, final = cast("_Ended", nested)
            calls += made
            finals.append(final)
        if all(finals) and calls and scope is not machine:
            calls.append(partial(machine.callbacks, scope.on_final, event_data))
        return calls, all(finals)


@dataclass(frozen=True, slots=True)
class Say:
    """A callback that says triggers of the machine itself, in order, before anything else is heard."""

    triggers: tuple[str, ...]

    def __call__(self, happening: NestedEventData) -> None:
        """Put them on the machine's stack."""
        cast("NestedMachine", happening.machine).next_moves += reversed(self.triggers)


@dataclass(frozen=True, slots=True)
class NestedWriter:
    """Writes as the flat machine does, and notes which other states wait for what was written."""

    writer: Writer
    own: bool = True  # the state that the trigger leaves is none of them

    def __call__(self, happening: NestedEventData) -> None:
        """Write, then note."""
        written = self.writer.write(cast("Happening", happening))
        leaving = happening.source_name if self.own else ""
        cast("NestedMachine", happening.machine).touch(happening.model, written, leaving or "")


class NestedMachine(HierarchicalMachine):
    """A hierarchical machine that goes on until nothing moves, and undoes what cannot go on."""

    state_cls = PlainState
    transition_cls = SureTransition

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # the library's own
        self.next_moves: list[str] = []
        self.touched: dict[str, dict[str, None]] = {}
        self.later: list[tuple[object, str, tuple[object, ...], dict[str, object]]] = []
        self.busy = False
        self.heard: dict[str, dict[str, str]] = {}  # what all branches hear → by branch, the trigger that says it
        super().__init__(*args, **options)

    def trigger_event(self, model: object, trigger: str, *args: object, **kwargs: object) -> bool:
        """Let the model hear a trigger; one that is said meanwhile, by a callback, is heard afterwards."""
        if self.busy:
            self.later.append((model, trigger, args, kwargs))
            return True
        self.busy = True
        try:
            taken = self._say(model, trigger, *args, **kwargs)
            while self.later:
                other, name, more, named = self.later.pop(0)
                self._say(other, name, *more, **named)
            return taken
        finally:
            self.busy = False
            self.later.clear()

    def touch(self, model: object, written: Iterable[str], leaving: str) -> None:
        """Fields were written: all that stand still now may have waited for them."""
        self.touched.pop(leaving, None)
        for leaf in self.leaves(model):
            if leaf != leaving:
                self.touched.setdefault(leaf, {}).update(dict.fromkeys(written))

    def leaves(self, model: object) -> list[str]:
        """The innermost states in which the model is."""
        found: list[str] = []
        todo = [getattr(model, self.model_attribute)]
        while todo:
            state = todo.pop(0)
            if isinstance(state, list):
                todo[:0] = state
            else:
                found.append(state)
        return found

    def _say(self, model: object, trigger: str, *args: object, **kwargs: object) -> bool:
        self.next_moves.clear()
        self.touched.clear()
        state, data = getattr(model, self.model_attribute), deepcopy(dict(data_of(model)))
        if not super().trigger_event(model, trigger, *args, **kwargs):
            return False
        try:
            self._go_on(model)
            for leaf in self.leaves(model) if trigger in self.heard else ():
                if leaf in self.leaves(model):
                    self._move(model, self.heard[trigger].get(_room(leaf), ""), **kwargs)
                    self._go_on(model)
            self._settle(model)
        except _Stuck:  # an expression on the way has failed: as if nothing had been said
            self.set_state(state, model)
            kept = data_of(model)
            kept.clear()
            kept.update(data)
            return False
        return True

    def _go_on(self, model: object) -> None:
        """Branches begin, blocks are left. Raises :class:`_Stuck` where no guard lets that happen."""
        while self.next_moves:
            if self._move(model, self.next_moves.pop()) is False:
                raise _Stuck

    def _settle(self, model: object) -> None:
        """Those who wait for what was written look again, until nothing moves."""
        waking = self.heard.get("", {})
        while self.touched:
            leaf = next((one for one in self.leaves(model) if one in self.touched), "")
            paths = self.touched.pop(leaf, None)
            if paths is None:  # whoever waited has gone
                self.touched.clear()
                return
            told = {path: looked_up(data_of(model), path) for path in paths}
            self._move(model, waking.get(_room(leaf), ""), data=told)
            self._go_on(model)

    def _move(self, model: object, trigger: str, **kwargs: object) -> bool | None:
        """Say a trigger of the machine itself; None if the model does not stand where it is heard any more."""
        event = self.events.get(trigger)
        here = {prefix for leaf in self.leaves(model) for prefix in _prefixes(leaf)}
        if event is None or here.isdisjoint(event.transitions):
            return None
        return bool(super().trigger_event(model, trigger, **kwargs))

    def _check_event_result(self, res: bool | None, model: object, trigger: str) -> bool:  # noqa: FBT001  # as there
        """Whether it was taken; that of transitions 0.9.3 cannot read states three deep, which are lists in lists."""
        if res is not None:
            return res
        own = [self.get_state(leaf).ignore_invalid_triggers for leaf in self.leaves(model)]
        if all(self.ignore_invalid_triggers if ignores is None else ignores for ignores in own):
            return False
        if not self.has_trigger(trigger):
            raise AttributeError(f"Do not know event named '{trigger}'.")
        raise MachineError(f"{self.name}Can't trigger event {trigger} from state(s) {self.leaves(model)}!")


class _Stuck(Exception):
    """What must follow on an event cannot."""


def _room(leaf: str) -> str:
    return leaf.rpartition(SEPARATOR)[0]


def _prefixes(leaf: str) -> Iterator[str]:
    while leaf:
        yield leaf
        leaf = leaf.rpartition(SEPARATOR)[0]


def build_nested(
    program: Program,
    rooms: list[Room],
    model: object,
    initial: str | Sequence[object],
    machine_class: type[Machine] | None,
    options: Mapping[str, object],
) -> NestedMachine:
    """The machine of ``rooms``, with ``model`` (or models, or none) in the state ``initial``."""
    made = _Made(Ground(program), rooms, _class_of(machine_class))
    machine = made.cls(
        model=None,
        states=made.states(),
        initial=rooms[0].begin,
        transitions=list(made.transitions()),
        **cast("dict[str, Any]", {"auto_transitions": False, "send_event": True, **options}),
    )
    machine.heard = made.heard
    for one in models_of(model):
        data_of(one)
        machine.add_model(one, initial=cast("Any", initial))
    return machine


def paths_of(rooms: list[Room]) -> list[str]:
    """The paths of all states at which a model may stand."""
    return [SEPARATOR.join(room.at(state)) for room in rooms for state in room.flat.states if state not in room.blocks]


def _class_of(base: type[Machine] | None) -> type[NestedMachine]:
    """The machine's class, with what else ``base`` can do."""
    if base is None or issubclass(NestedMachine, base):
        return NestedMachine
    transition = type("Transition", (SureTransition, base.transition_cls), {})
    return type(base.__name__, (NestedMachine, base), {"transition_cls": transition})


@dataclass(slots=True)
class _Made:
    """The states and transitions as they are made."""

    ground: Ground
    rooms: list[Room]
    cls: type[NestedMachine]
    heard: dict[str, dict[str, str]] = field(default_factory=dict)

    def states(self) -> list[PlainState]:
        """The outermost states, with all that is in them."""
        made: dict[Path, PlainState] = {}
        for room in self.rooms:
            inner = []
            for state, steps in room.flat.states.items():
                path = room.at(state)
                block = room.blocks.get(state)
                one = PlainState(state, final=not room.path and state in room.flat.final)
                one.steps = steps
                if block is not None:
                    cast("Any", one).initial = list(block.branches)  # all of them
                    one.add_callback("enter", Say(tuple(_begin((*path, name)) for name in block.branches)))
                    one.add_callback("final", Say((_leaving(path, "done"),)))
                elif room.path and state in room.flat.final:
                    self._ends(room, state, one)
                made[path] = one
                inner.append(one)
            if room.path:
                branch = made[room.path] = PlainState(room.path[-1], initial=room.begin)
                for one in inner:
                    branch.add_substate(one)
                made[room.path[:-1]].add_substate(branch)
        return [made[self.rooms[0].at(state)] for state in self.rooms[0].flat.states]

    def _ends(self, room: Room, state: str, one: PlainState) -> None:
        """The end of a branch: final, or one that leads out of the block."""
        outcome = room.outcome(state)
        one.final = outcome == "done"
        if outcome != "done":
            one.add_callback("enter", Say((_leaving(room.path[:-1], outcome),)))

    def transitions(self) -> Iterator[dict[str, object]]:
        """All transitions: those of the rooms, and what all rooms hear."""
        public: dict[str, Trigger] = {}
        for room in self.rooms:
            for way in room.flat.ways:
                shared = way.trigger.takes == "message" or way.trigger == _SET_DATA
                if shared:
                    public.setdefault(way.trigger.name, way.trigger)
                if way.source in room.blocks and not room.exits(way):
                    continue
                if not shared or not way.stays:
                    yield self._transition(room, way, shared=shared)
        outer = self.rooms[0]
        for name, trigger in public.items():
            self.heard.setdefault(name, {})
            for state in outer.flat.states:
                if state != outer.begin and state not in outer.flat.final:
                    writer = NestedWriter(Writer(self.ground, trigger, ()), own=False)
                    yield {"trigger": name, "source": state, "dest": None, "before": writer}

    def _transition(self, room: Room, way: Way, *, shared: bool) -> dict[str, object]:
        name, trigger = way.trigger.name, way.trigger
        exit_ = room.exits(way)
        if exit_:
            name, trigger = _leaving(room.at(way.source), exit_), Trigger(name, "nothing")
        elif room.path and way.source == room.begin:
            name, trigger = _begin(room.path), Trigger(name, "nothing")
        elif shared:
            inside = SEPARATOR.join(room.path)
            name = f"{way.trigger.name} {inside}"
            self.heard.setdefault("" if way.trigger == _SET_DATA else way.trigger.name, {})[inside] = name
        conditions, writer = played(self.ground, trigger, way.script)
        return {
            "trigger": name,
            "source": SEPARATOR.join(room.at(way.source)),
            "dest": None if way.stays else SEPARATOR.join(room.at(way.dest)),
            "conditions": conditions,
            "before": NestedWriter(writer),
        }


_SET_DATA = Trigger("set_data", "fields")


def _begin(branch: Path) -> str:
    return f"begin {SEPARATOR.join(branch)}"


def _leaving(block: Path, outcome: str) -> str:
    return f"{outcome} {SEPARATOR.join(block)}"
