"""Which run, and which step of it, a name means: an id, a path, with the items that it goes through or without.

``send[2].kit.pack`` is the step ``pack`` of the SOP that ``kit`` calls for the second item of ``send``; ``pack`` alone
will do while nothing else of that name is open, and ``kit.pack`` while no other item is. A step of a run comes before
those of the runs that it calls. Nothing changes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sopflow.engine import Opening, enabled, find_opening, find_step, has_items, without_items
from sopflow.errors import Problem
from sopflow.program import Program, Step
from sopflow.runtime._inputs import refused
from sopflow.runtime._node import Node


def open_at(nodes: Iterator[Node], name: str) -> tuple[Node, Opening] | Problem | None:
    """The open step that ``name`` means, a Problem where it means several, None where nothing of that name is open.

    ``nodes`` begin with the run at the top.
    """
    if not isinstance(name, str):  # whoever calls may hand in anything
        return None
    top = next(nodes)
    own = _open_in(top, name)
    if own is not None:
        return (top, own) if isinstance(own, Opening) else own
    hits: list[tuple[Node, Opening]] = []
    for node in nodes:
        found = next((found for inner in node.inside(name) if (found := _open_in(node, inner)) is not None), None)
        if isinstance(found, Problem):
            return found
        if found is not None:
            hits.append((node, found))
    paths = list(dict.fromkeys(node.path(opening) for node, opening in hits))
    if len(paths) > 1:
        return Problem(_SEVERAL, fields={"step": name, "paths": ", ".join(paths)})
    # Runs begun at one place one after the other, for which nobody waits, have one name: the oldest is meant.
    return hits[0] if hits else None


def steps_at(nodes: Iterable[Node], name: str, *, any_of_them: bool = False) -> list[tuple[Node, Step]]:
    """The step that ``name`` means, in each run that has it, in the order of ``nodes``, which begin with the top.

    Raises Refused where there is none of that name, or several; ``any_of_them``: of several the first will do.
    """
    top, *below = nodes
    if not isinstance(name, str):
        raise refused("unknown", Problem("SOP701", fields={"step": name}))
    found = [(top, step) for step in _steps(top, name)]
    found = found or [(node, step) for node in below for step in _steps(node, name)]
    if not found:
        return [(top, _step_below(top, name))]
    paths = list(dict.fromkeys(without_items(node.prefix) + step.path for node, step in found))
    if len(paths) > 1 and not any_of_them:
        raise refused("unknown", Problem(_SEVERAL, fields={"step": name, "paths": ", ".join(paths)}))
    return [(node, step) for node, step in found if without_items(node.prefix) + step.path == paths[0]]


def step_of(program: Program, name: str) -> Step:
    """The step of one program that ``name`` means. Raises Refused."""
    found = find_step(program, without_items(name) if has_items(program, name) else name)
    if isinstance(found, Problem):
        raise refused("unknown", found)
    return found


def names_of_open(nodes: Iterable[Node]) -> str:
    """The full paths of all that waits for a person, for diagnoses."""
    return ", ".join(node.path(opening) for node in nodes for opening in enabled(node.program, node.state))


_SEVERAL = "SOP730"
_LONGEST = 1_000  # of a name that is looked through for dots
_DOT = re.compile(r"\.(?![^\[]*\])")  # not one in the key of an item


def _open_in(node: Node, name: str) -> Opening | Problem | None:
    """What is open in one run by that name; a Problem where that is several."""
    bare, steps = without_items(name), node.program.steps
    there = (steps[opening.step] for opening in node.state.open.values() if opening.step >= 0)
    if all(bare not in (step.id, step.path) for step in there):  # the usual case; to say why takes longer
        return None
    found = find_opening(node.program, node.state, name)
    if isinstance(found, Opening):
        return found
    return found[1] if found[1].code == _SEVERAL else None


def _steps(node: Node, name: str) -> list[Step]:
    """The steps of one run that ``name`` may mean: the one of that path, else those of that id."""
    for inner in node.inside(name):
        if (step := _named(node.program, inner)) is not None:
            return [step]
        if found := [step for step in node.program.steps if step.id == inner]:
            return found
    return []


def _named(program: Program, name: str) -> Step | None:
    """The step of that path, which may have items where steps have."""
    index = program.by_path.get(without_items(name) if has_items(program, name) else name)
    return program.steps[index] if index is not None else None


def _step_below(top: Node, name: str) -> Step:
    """The step of a called SOP whose call has not begun, by its full path. Raises Refused where there is none."""
    program, begin = top.program, 0
    ends = [match.start() for match in _DOT.finditer(name[:_LONGEST])] + [len(name)]
    while True:
        calls = ((end, _named(program, name[begin:end])) for end in reversed(ends) if end > begin)
        end, step = next(((end, step) for end, step in calls if step is not None), (0, None))
        if step is not None and end == len(name):
            return step
        if step is None or step.call is None:
            return step_of(top.program, name)
        program, begin = step.call.program, end + 1
