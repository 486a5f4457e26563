"""An embedder's data, seen as a run sees its own: by dotted path, typed, with derived values, and written back.

A model carries its data in the attribute ``data``: a map, nested (``{"event": {"free": True}}``) or with dotted names
(``{"event.free": True}``). What is in it that the SOP does not declare is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import cast

from sopflow.engine import RunState, View
from sopflow.errors import Finding, Problem, Refused, nearest
from sopflow.program import Program
from sopflow.values import Field


class ModelData(View):
    """What is in a model's ``data``, overlaid with what has been told since; typed as the program declares it.

    A value of a wrong type counts as unknown: it came past all checks.
    """

    __slots__ = ("below", "hidden")

    below: Mapping[str, object]
    hidden: set[str]

    @classmethod
    def of(cls, program: Program, below: Mapping[str, object]) -> ModelData:
        """The data in the map ``below``."""
        view = cls()
        view.bind(program, RunState.of(program))
        view.below, view.hidden = below, set()
        return view

    def tell(self, told: Mapping[str, object]) -> None:
        """Overlay values by path; None hides a field."""
        for path, value in told.items():
            if value is None:
                self.hidden.add(path)
                self.pop(path, None)
            else:
                self.hidden.discard(path)
                self[path] = value

    def __missing__(self, name: str) -> object:
        program = self.program
        field = program.fields.get(name) if program is not None else None
        if field is None or program is None:
            return super().__missing__(name)
        raw = None if name in self.hidden else looked_up(self.below, name)
        value = None if raw is None else field.read(raw, program.zone)
        if value is None or isinstance(value, Problem):
            raise KeyError(name)
        return value


def looked_up(data: Mapping[str, object], path: str) -> object:
    """The value at a dotted path of a nested or dotted map; None if there is none."""
    if path in data:
        return data[path]
    here: object = data
    for part in path.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    return here


def write(data: MutableMapping[str, object], path: str, value: object) -> None:
    """Put a value at a dotted path, where the path is written already, else nested; None takes it away."""
    *folders, leaf = (path,) if path in data else path.split(".")
    here = data
    for folder in folders:
        if not isinstance(here.get(folder), MutableMapping):
            if value is None:
                return
            here[folder] = {}
        here = cast("MutableMapping[str, object]", here[folder])
    if value is None:
        here.pop(leaf, None)
    else:
        here[leaf] = value


def read(program: Program, given: Mapping[str, object], *, parameters: bool) -> dict[str, object]:
    """What a trigger was given as typed values by path. Raises Refused, as a run does."""
    told = flat(given, program.fields)
    if not parameters:
        for path in told:
            if path in program.parameters:
                raise refused("SOP710", name=path)
    return _typed(program, told, program.fields)


def read_message(program: Program, name: str, given: Mapping[str, object]) -> dict[str, object]:
    """What a message brought as typed values. Raises Refused, as a run does."""
    known = program.messages[name].fields
    return _typed(program, flat(given, known), known)


def flat(given: Mapping[str, object], known: Mapping[str, object]) -> dict[str, object]:
    """A nested map as dotted paths, down to the names that are known; others stay, to be refused."""
    told: dict[str, object] = {}
    todo = [(str(name), value) for name, value in reversed(list(given.items()))]
    while todo:
        path, value = todo.pop()
        if isinstance(value, Mapping) and path not in known:
            todo += [(f"{path}.{name}", inner) for name, inner in reversed(list(value.items()))]
        else:
            told[path] = value
    return told


def _typed(program: Program, told: Mapping[str, object], known: Mapping[str, Field]) -> dict[str, object]:
    values: dict[str, object] = {}
    for path, raw in told.items():
        if path not in known:
            near = nearest(path, known)
            raise refused("SOP709", name=path, nearest=near[0] if near else "")
        value = None if raw is None else known[path].read(raw, program.zone)
        if isinstance(value, Problem):
            raise refused(value.code, **value.fields)
        values[path] = value
    return values


def refused(code: str, **fields: object) -> Refused:
    """The refusal of data, as a run would give it."""
    return Refused("type", Finding(code, fields=fields), details=fields)


def defaults(program: Program) -> dict[str, object]:
    """The values that fields have when nobody says otherwise."""
    return {path: field.default for path, field in program.fields.items() if field.default is not None}


def check_parameters(program: Program, view: View) -> None:
    """Raises Refused for a parameter that has no value."""
    for name in sorted(program.parameters):
        try:
            view[name]
        except KeyError:
            raise refused("SOP726", name=name) from None
