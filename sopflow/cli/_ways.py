"""In which order a definition writes the ways out of its steps; a program keeps them in the order of the values.

Knows definitions and programs, no runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sopflow import definitions
from sopflow.cli._steps import step_at
from sopflow.errors import SopflowError
from sopflow.model import Sop, Step
from sopflow.program import Program

_Path = tuple[str | int, ...]


class Ways:
    """The ways out of the steps of a definition, and of those that it calls."""

    def __init__(self, sop: Sop, program: Program, search: Sequence[str] = ()) -> None:
        self._program = program
        self._search = list(search)
        self._sops: dict[str, Sop | None] = {program.name: sop}
        self._written: dict[str, dict[str, tuple[str, ...]]] = {}

    def of(self, path: str, outcomes: Sequence[str]) -> tuple[str, ...]:
        """``outcomes`` of the step at a full path, in the order in which they are written, as far as that is known."""
        found = step_at(self._program, path)
        if found is None:
            return tuple(outcomes)
        program, step = found
        if program.name not in self._written:
            sop = self._sop(program.name)
            self._written[program.name] = dict(_written(sop)) if sop is not None else {}
        written = [way for way in self._written[program.name].get(step.path, ()) if way == "else" or way in outcomes]
        others = [way for way in outcomes if way not in written]
        if "else" not in written:
            return (*written, *others)
        place = written.index("else")
        return (*written[:place], *others, *written[place + 1 :])

    def _sop(self, name: str) -> Sop | None:
        """The definition of a program that is called, looked up as the call was: near those that are known first."""
        if name not in self._sops:
            near = [str(sop.origin) for sop in self._sops.values() if sop is not None and sop.origin is not None]
            try:
                self._sops[name] = definitions.load(name, search=[*dict.fromkeys(near), *self._search])
            except SopflowError:
                self._sops[name] = None
        return self._sops[name]


def _written(sop: Sop) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The path of each step, and its ways as they are written."""
    stack: list[tuple[Step, str, _Path]] = [(step, step.id, ("steps", step.id)) for step in sop.steps]
    stack += [(step, name, ("on", name)) for name, step in _handlers(sop)]
    while stack:
        step, path, place = stack.pop()
        if isinstance(step.next, Mapping):
            yield path, tuple(step.next)
        elif getattr(step, "yes", None) is not None:
            places = {way: sop.place((*place, way), key=True) for way in ("yes", "no")}
            known = [(at.line, at.column, way) for way, at in places.items() if at is not None]
            yield path, tuple(way for _, _, way in sorted(known))
        for key in ("steps", "branches"):
            inside = getattr(step, key, ())
            stack += [(inner, f"{path}.{inner.id}", (*place, key, inner.id)) for inner in inside]
        stack += [(inner, f"{path}.{name}", (*place, "on", name)) for name, inner in _handlers(step)]


def _handlers(scope: Sop | Step) -> Iterator[tuple[str, Step]]:
    return ((name, handler.step) for name, handler in scope.on.items() if handler.step is not None)
