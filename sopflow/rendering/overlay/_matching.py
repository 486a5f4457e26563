"""Which step of one version stands for which of another: by path, by id, or by what it is called.

A map of steps for migration is written by people (:meth:`sopflow.Run.migrate`); a picture has to guess, and is free to:
a wrong guess shows as a change, and harms nobody. Knows programs only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from sopflow.program import Program, Step

_ALIKE = 0.6  # from here on two titles, or two ids, are taken for one that was reworded


def matched(old: Program, new: Program) -> Mapping[str, str]:
    """The paths of the old version's steps, each with the path of the new one's step that it has become."""
    there = {step.path for step in new.steps}
    found: dict[str, str] = {step.path: step.path for step in old.steps if step.path in there}
    taken = set(found.values())
    for step in old.steps:  # blocks come before what is inside them
        if step.path in found:
            continue
        free = (other for other in _candidates(step, old, new, found) if other.path not in taken)
        if (becomes := next(free, None)) is not None:
            found[step.path] = becomes.path
            taken.add(becomes.path)
    return found


def _candidates(step: Step, old: Program, new: Program, found: Mapping[str, str]) -> Iterator[Step]:
    """The new steps that ``step`` may have become, the likeliest first."""
    around, _, _ = step.path.rpartition(".")
    beside = found.get(around, "") if around else ""
    within = f"{beside}." if beside else ""
    here = [other for other in new.steps if other.path == within + other.id] if beside or not around else []
    yield from (other for other in here if other.id == step.id)
    yield from (other for other in new.steps if other.id == step.id and other.op == step.op)
    yield from (other for other in new.steps if other.op == step.op and set(step.title.values()) & _titles(other))
    alike = [(_likeness(step, other), -other.index, other) for other in here if other.op == step.op]
    for likeness, _, other in sorted(alike, key=lambda one: one[:2], reverse=True):
        if likeness >= _ALIKE:
            yield other


def _titles(step: Step) -> set[str]:
    return set(step.title.values()) - {step.id}


def _likeness(one: Step, two: Step) -> float:
    """How alike two steps are called, from 0 to 1: the most alike of their ids and their titles in one language."""
    pairs = [(one.id, two.id), *((text, two.title[tag]) for tag, text in one.title.items() if tag in two.title)]
    return max(SequenceMatcher(None, a[:200], b[:200], autojunk=False).ratio() for a, b in pairs)
