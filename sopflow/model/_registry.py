"""Which step kinds exist: those of the entry-point group ``sopflow.kinds``, ours and anybody's.

Knows the door, not the kinds: it loads them by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from sopflow.model._node import Node

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "sopflow.kinds"
_HOME = "sopflow.model.kinds"
OPERATIONS = ("work", "choose", "fork", "each", "call", "group", "repeat", "wait", "emit", "end")
# The kinds of the language, as `pyproject.toml` lists them; used as they stand where the distribution is not
# installed (a bare checkout) and kept from being replaced by a package that claims their names.
OURS = {
    "task": "Task",
    "decision": "Decision",
    "approval": "Approval",
    "group": "Group",
    "parallel": "Parallel",
    "for-each": "ForEach",
    "call": "Call",
    "wait": "Wait",
    "repeat": "Repeat",
    "emit": "Emit",
    "end": "End",
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """The step kinds by name, and why those that could not be used cannot."""

    known: Mapping[str, type[Node]]
    broken: Mapping[str, str]


def collect(points: Iterable[EntryPoint]) -> Kinds:
    """The kinds behind ``points``; one that cannot be used is kept with its reason, and hurts no other."""
    known: dict[str, type[Node]] = {}
    broken: dict[str, str] = {}
    for point in points:
        ours = OURS.get(point.name)
        if ours is not None and point.value != f"{_HOME}:{ours}":
            continue  # the names of the language are not for others to take
        try:
            cls = point.load()
        except Exception as error:  # noqa: BLE001  # whatever the import of foreign code raises
            broken[point.name] = f"{type(error).__name__}: {error}"
            continue
        fault = _fault(point.name, cls)
        if not fault and point.name in known and known[point.name] is not cls:
            fault = "two packages offer a kind of this name"
        if fault:
            broken[point.name] = fault
        else:
            known[point.name] = cls
    return Kinds(MappingProxyType(known), MappingProxyType(broken))


def our_kind(body: Mapping[str, object]) -> type[Node] | None:
    """The kind of the language that ``body`` is of; None where it has a key that this kind does not know.

    Most definitions need no other kind, and are read without a look at what is installed.
    """
    kinds = _our_kinds()
    named = [kinds[name] for name in kinds.keys() & body.keys()]
    return named[0] if len(named) == 1 and body.keys() <= named[0].known_keys() else None


@cache
def _our_kinds() -> dict[str, type[Node]]:
    home = import_module(_HOME)  # which imports this module
    return {name: getattr(home, cls) for name, cls in OURS.items()}


@cache
def installed_kinds() -> Kinds:
    """The kinds that are installed here, ours first."""
    from importlib.metadata import EntryPoint, entry_points  # noqa: PLC0415  # as slow as all of the models

    ours = [EntryPoint(name, f"{_HOME}:{cls}", GROUP) for name, cls in OURS.items()]
    theirs = [point for point in entry_points(group=GROUP) if point.name not in OURS]
    return collect((*ours, *theirs))


def _fault(name: str, cls: object) -> str:
    """Why ``cls`` is no step kind; empty if it is one."""
    if not isinstance(cls, type) or not issubclass(cls, Node) or not hasattr(cls, "lowers_to"):
        return "it is no subclass of sopflow.model.Step"
    if name not in OURS and "." not in name:
        return "the name of a kind from outside has a dot (acme.scan)"
    if getattr(cls, "kind", None) != name:
        return f"its attribute ‘kind’ is not ‘{name}’"
    if cls.lowers_to not in OPERATIONS:
        return f"its attribute ‘lowers_to’ is none of {', '.join(OPERATIONS)}"
    if name not in cls.known_keys():
        return f"it has no field with the alias ‘{name}’"
    return ""
