"""The machine: markings and ways as states and transitions of the ``transitions`` library, on an embedder's object.

It knows that library, scripts and models' data; it knows no rules of running. Conditions and writers are picklable
objects, named for what they ask, as diagrams show their names.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from sopflow.errors import Problem
from sopflow.expr import UNKNOWN, Failure
from sopflow.machines._checks import Assign, Check, Script, seen, value_of
from sopflow.machines._data import ModelData, check_parameters, defaults, flat, read, read_message, refused, write
from sopflow.machines._explore import Flat, Way
from sopflow.machines._moves import Trigger
from sopflow.program import Literal, Program

if TYPE_CHECKING:
    from transitions import Machine

Told = dict[str, object]


class Happening(Protocol):
    """What the library hands to a callback (its ``EventData``), as far as it matters here."""

    model: object
    kwargs: dict[str, object]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all callbacks of one machine stand on."""

    program: Program

    def told(self, trigger: Trigger, happening: Happening) -> Told:
        """The trigger's ``data=``, typed. Raises Refused where they are not what the trigger takes."""
        given = happening.kwargs.get("data")
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            raise refused("SOP642", trigger=trigger.name, takes="a map", takes_zh="映射")
        match trigger.takes:
            case "start":
                return {**self._initial(happening.model), **read(self.program, given, parameters=True)}
            case "message":
                return read_message(self.program, trigger.of, given)
            case "result":
                call = self.program.steps[self.program.by_path[trigger.of]].call
                return flat(given, call.program.fields if call is not None else {})
        told = read(self.program, given, parameters=False)
        if trigger.takes == "nothing" and told:
            raise refused("SOP642", trigger=trigger.name, takes="none", takes_zh="无")
        if trigger.takes == "answer" and set(told) != {trigger.of}:
            raise refused("SOP642", trigger=trigger.name, takes=trigger.of, takes_zh=trigger.of)
        if trigger.takes == "answer" and told[trigger.of] is None:  # to say nothing is no answer
            raise refused("SOP720", field=trigger.of, value="None", type=self.program.fields[trigger.of].type_name)
        return told

    def _initial(self, model: object) -> Told:
        """What the fields have before anything is told: their defaults, where the model has nothing."""
        view = ModelData.of(self.program, data_of(model))
        return {path: value for path, value in defaults(self.program).items() if not _has(view, path)}

    def view(self, trigger: Trigger, model: object, told: Told, done: tuple[Assign, ...] = ()) -> ModelData | None:
        """The model's data with what the trigger told and what was assigned; None if an assignment fails."""
        view = ModelData.of(self.program, data_of(model))
        if trigger.takes in ("start", "fields", "answer"):
            view.tell(told)
        for line in done:
            value = self.computed(line, view, told)
            if isinstance(value, Failure):
                return None
            view.tell({line.path: value})
        return view

    def computed(self, line: Assign, view: ModelData, told: Told) -> object:
        """What an assignment writes: a typed value, None for nothing, a Failure."""
        view.locals = seen(line.items, line.reads, told)
        value = value_of(line.value, view)
        view.locals = {}
        if value is UNKNOWN or value is None or isinstance(value, Failure):
            return None if value is UNKNOWN else value
        if not isinstance(line.value, Literal):
            read_as = self.program.fields[line.path].read(value, self.program.zone)
            return None if isinstance(read_as, Problem) else read_as
        return value


@dataclass(frozen=True, slots=True)
class Condition:
    """A guard of a transition, as the library calls it: ``check``, after the assignments ``done`` before it."""

    ground: Ground
    trigger: Trigger
    check: Check | None
    done: tuple[Assign, ...]

    def __call__(self, happening: Happening) -> bool:
        """Whether the guard holds."""
        told = self.ground.told(self.trigger, happening)
        view = self.ground.view(self.trigger, happening.model, told, self.done)
        return view is not None and (self.check is None or self.check.holds(view, told))

    @property
    def __name__(self) -> str:
        """What diagrams show."""
        return str(self.check) if self.check is not None else "values can be set"


@dataclass(frozen=True, slots=True)
class Writer:
    """What a transition writes into the model's data before it moves."""

    ground: Ground
    trigger: Trigger
    lines: tuple[Assign, ...]

    def __call__(self, happening: Happening) -> None:
        """Write, as a callback of the library."""
        self.write(happening)

    def write(self, happening: Happening) -> tuple[str, ...]:
        """Write what the trigger told, then what the steps assign, in order; the fields that were written."""
        told = self.ground.told(self.trigger, happening)
        view = self.ground.view(self.trigger, happening.model, told)
        assert view is not None  # nothing has been assigned yet
        if self.trigger.takes == "start":
            check_parameters(self.ground.program, view)
        new: Told = dict(told) if self.trigger.takes in ("start", "fields", "answer") else {}
        for line in self.lines:
            value = self.ground.computed(line, view, told)
            view.tell({line.path: value})
            new[line.path] = value
        data = data_of(happening.model)
        for path, value in new.items():
            write(data, path, value)
        return tuple(new)

    @property
    def __name__(self) -> str:
        """What diagrams show."""
        return "write"


def build(
    program: Program,
    found: Flat,
    model: object,
    initial: str,
    machine_class: type[Machine],
    options: Mapping[str, object],
) -> Machine:
    """The machine of ``found``, with ``model`` (or models, or none) in the state ``initial``."""
    ground = Ground(program)
    states = []
    for name, steps in found.states.items():
        state = machine_class.state_cls(name, final=name in found.final)
        state.steps = steps  # type: ignore[attr-defined]  # for the embedder: what is open there
        states.append(state)
    machine = machine_class(
        model=None,
        states=states,
        initial=initial,
        transitions=[_transition(ground, way) for way in found.ways],
        **cast("dict[str, Any]", {"auto_transitions": False, "send_event": True, **options}),
    )
    for one in models_of(model):
        data_of(one)
        machine.add_model(one)
    return machine


def _transition(ground: Ground, way: Way) -> dict[str, object]:
    conditions, writer = played(ground, way.trigger, way.script)
    return {
        "trigger": way.trigger.name,
        "source": way.source,
        "dest": None if way.stays else way.dest,
        "conditions": conditions,
        "before": writer,
    }


def played(ground: Ground, trigger: Trigger, script: Script) -> tuple[list[Condition], Writer]:
    """A script as callbacks of a transition: its conditions, and what writes."""
    done: list[Assign] = []
    conditions: list[Condition] = []
    for line in script:
        if isinstance(line, Assign):
            done.append(line)
        else:
            conditions.append(Condition(ground, trigger, line, tuple(done)))
    if any(not isinstance(line.value, Literal) for line in done):  # one that fails lets nothing pass
        conditions.append(Condition(ground, trigger, None, tuple(done)))
    return conditions, Writer(ground, trigger, tuple(done))


def data_of(model: object) -> MutableMapping[str, object]:
    """The data of a model; a model without any gets an empty map."""
    data = getattr(model, "data", None)
    if data is None:
        data = {}
        model.data = data  # type: ignore[attr-defined]  # that it can have one is documented
    return cast("MutableMapping[str, object]", data)


def models_of(model: object) -> list[object]:
    """The models that were given: one, several, none."""
    if model is None:
        return []
    return list(model) if isinstance(model, list | tuple) else [model]


def _has(view: ModelData, path: str) -> bool:
    try:
        view[path]
    except KeyError:
        return False
    return True
