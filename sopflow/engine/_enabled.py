"""What can be done now: the openings that wait for somebody, and which one a name means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sopflow.engine._people import actors, of_fields
from sopflow.engine._plan import ITEM, plan_of
from sopflow.engine._state import ROOT, Opening, RunState
from sopflow.errors import Problem, nearest
from sopflow.program import Op, Program, Step

_ITEM = re.compile(r"\[[^\]]*\]")
_BEFORE_ITEM = re.compile(r"([^\[\]]*)\[[^\]]*\]")

#: The operations that hold regions.
BLOCKS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT})


def enabled(program: Program, state: RunState) -> Iterator[Opening]:
    """The openings that wait for a person: open work, questions, incidents; oldest first."""
    for opening in sorted(state.open.values(), key=lambda o: o.id):
        if opening.step >= 0 and opening.phase in ("open", "asks", "incident"):
            op = program.steps[opening.step].op
            if opening.phase != "open" or op not in BLOCKS | {Op.CALL}:
                yield opening


def names_of_open(program: Program, state: RunState) -> str:
    """The paths of what waits for a person, for diagnoses; "" if there is nothing."""
    return ", ".join(path_of(program, state, opening) for opening in enabled(program, state))


def waiting(program: Program, state: RunState) -> Iterator[Opening]:
    """The openings that wait for a time, a message or a child run; oldest first."""
    for opening in sorted(state.open.values(), key=lambda o: o.id):
        if opening.step >= 0 and (
            opening.phase == "held" or (opening.phase == "open" and program.steps[opening.step].op == Op.CALL)
        ):
            yield opening


def roles_of(program: Program, step: Step, opening: Opening) -> tuple[str, ...]:
    """The roles that may act on the opening: the step's people, else those its asked fields name."""
    return actors(step, opening) or of_fields(program, step, opening.asked)


def find_step(program: Program, name: str) -> Step | Problem:
    """The step that ``name`` (an id that is unique in the SOP, or a full path) means."""
    index = program.by_path.get(name)
    if index is not None:
        return program.steps[index]
    named = [step for step in program.steps if step.id == name]
    if len(named) == 1:
        return named[0]
    if named:
        return Problem("SOP730", fields={"step": name, "paths": ", ".join(step.path for step in named)})
    near = nearest(name, [*program.by_path, *(step.id for step in program.steps)])
    return Problem("SOP701", fields={"step": name, "nearest": near[0] if near else ""})


def find_opening(program: Program, state: RunState, name: str) -> Opening | tuple[str, Problem]:
    """The opening of the step that ``name`` means, or (refusal code, problem).

    A name that several steps share means the one that is open. A path may carry an item: ``partners[2].sign``.
    """
    if not isinstance(name, str):  # whoever calls may hand in anything
        return "unknown", Problem("SOP701", fields={"step": name})
    items = name.count("[")
    bare = without_items(name) if items else name
    there = _stands_at(program, state, bare, _ITEM.findall(name) if items else [])
    if there is not None:
        return there
    at = [
        o for o in state.open.values() if o.step >= 0 and bare in (program.steps[o.step].path, program.steps[o.step].id)
    ]
    if items:
        at = [opening for opening in at if path_of(program, state, opening).endswith(name)]
    at = [opening for opening in at if path_of(program, state, opening) == name] or at  # a full path means its own step
    if len(at) == 1:
        return at[0]
    if at:
        paths = ", ".join(path_of(program, state, opening) for opening in at)
        return "not-open", Problem("SOP730", fields={"step": name, "paths": paths})
    step = find_step(program, bare)
    if isinstance(step, Problem) and step.code == "SOP701":
        return "unknown", step
    index = step.index if isinstance(step, Step) else next(s.index for s in program.steps if s.id == bare)
    record = state.done.get(index)
    if state.status in ("ended", "cancelled"):
        why, chinese = "the run is over", "本次运行已结束"
    elif record is None:
        why, chinese = "it has not been reached", "尚未到达"
    else:
        when = record.at.isoformat() if record.at else "–"
        why = f"it was closed ({record.outcome}) by {record.by or 'the system'} at {when}"
        chinese = f"已由 {record.by or '系统'} 于 {when} 关闭({record.outcome})"
    open_now = names_of_open(program, state)
    return "not-open", Problem("SOP702", fields={"step": name, "why": why, "why_zh": chinese, "open": open_now})


def _stands_at(program: Program, state: RunState, name: str, items: list[str]) -> Opening | None:
    """The opening of a name that can mean one step only, by the way down to it; None where it must be looked for."""
    plan = plan_of(program)
    meant = plan.meant.get(name, ())
    chain = plan.chains[meant[0]] if len(meant) == 1 else None
    here = state.open.get(ROOT)
    if chain is None or here is None or chain.count(ITEM) != len(items):
        return None
    left = iter(items)
    for branch in chain:
        if branch == ITEM:
            item = next(left)[1:-1]
            keyed = [number for number, key in (here.keys or {}).items() if key == item]
            number = int(item) - 1 if not here.keys and item.isdecimal() else ITEM
            branch = keyed[0] if keyed else number  # noqa: PLW2901  # what the chain leaves open
        below = state.open.get((here.kids or {}).get(branch, -1))
        if below is None:
            return None
        here = below
    return here if here.step == meant[0] else None


def path_of(program: Program, state: RunState, opening: Opening) -> str:
    """The path of an opening, with the key or the number of each item on the way: ``partners[2].sign``."""
    parts: list[str] = []
    item = ""
    here = opening
    while here.step >= 0:
        if here.path:
            parts.append(here.path + item)
            break
        parts.append(program.steps[here.step].id + item)
        block = state.open[here.up]
        in_item = block.step >= 0 and program.steps[block.step].op == Op.EACH
        item = f"[{(block.keys or {}).get(here.place, here.place + 1)}]" if in_item else ""
        here = block
    return ".".join(reversed(parts))


def without_items(name: str) -> str:
    """The name without the items in it: ``partners.sign`` for ``partners[2].sign``."""
    return _ITEM.sub("", name)


def has_items(program: Program, name: str) -> bool:
    """Whether each ``[n]`` in the name stands behind a step that has items."""
    numbered = [found.rpartition(".")[2] for found in _BEFORE_ITEM.findall(name)]
    return bool(numbered) and all(
        any(step.op == Op.EACH and step.id == part for step in program.steps) for part in numbered
    )
