"""Which rules there are: those of the house, and those behind the entry points of the group ``sopflow.rules``.

A package offers a rule by an entry point that loads a :class:`Rule`. One that cannot be used is kept with its
reason, and hurts no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from sopflow.analysis._rule import Rule
from sopflow.analysis.rulebook import RULES
from sopflow.errors.catalogue import ENTRIES

GROUP = "sopflow.rules"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules by name, and why those that could not be used cannot."""

    known: Mapping[str, Rule]
    broken: Mapping[str, str]


def collect(points: Iterable[EntryPoint]) -> Rules:
    """The rules of the house and those behind ``points``."""
    known = {rule.name: rule for rule in RULES}
    broken: dict[str, str] = {}
    for point in points:
        try:
            rule = point.load()
        except Exception as error:  # noqa: BLE001  # whatever the import of foreign code raises
            broken[point.name] = f"{type(error).__name__}: {error}"
            continue
        fault = _fault(rule, known)
        if fault:
            broken[point.name] = fault
        else:
            known[rule.name] = rule
    return Rules(MappingProxyType(known), MappingProxyType(broken))


@cache
def rules() -> Rules:
    """The rules that are installed here, those of the house first."""
    return collect(entry_points(group=GROUP))


def _fault(rule: object, known: Mapping[str, Rule]) -> str:
    """Why ``rule`` cannot be used; empty if it can."""
    if not isinstance(rule, Rule):
        return "it is no sopflow.analysis.Rule"
    if rule.name in known:
        return f"there is a rule ‘{rule.name}’ already"
    unknown = [code for code in rule.codes if code not in ENTRIES]
    if unknown:
        return f"its codes {', '.join(unknown)} are not in the catalogue"
    return "" if callable(rule.check) else "its ‘check’ cannot be called"
