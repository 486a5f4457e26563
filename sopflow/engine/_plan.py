"""What the engine works out once for each program, before the first event: which stations a step's entry has.

It reads tables only, no runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sopflow.expr import Expression
from sopflow.program import DONE, Op, Program, Step, Times

# Stations of an entry, in order; the last is the operation itself. What they do stands in ``_rules.py``.
CONDITION, MILESTONE, SIBLINGS, TIME, RESOURCES, PEOPLE, REQUIREMENT, OPERATION = range(8)

#: In a chain of branches: that of an item, which only a run knows.
ITEM = -1

_APPLIES: dict[int, Callable[[Step], bool]] = {
    CONDITION: lambda step: step.if_ is not None,
    MILESTONE: lambda step: step.while_ is not None,
    SIBLINGS: lambda step: bool(step.after),
    TIME: lambda step: step.times.opens is not None or bool(step.time_reads),
    RESOURCES: lambda step: bool(step.holds),
    PEOPLE: lambda step: step.people.by_cases is not None,
    REQUIREMENT: lambda step: bool(step.requires),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A step so plain that it may be taken the short way (``_short.py``): what of it is known beforehand.

    ``to`` are its exits, each a step or :data:`~sopflow.program.DONE`. ``opens``: it stays open to people, as ``work``
    or, if it is no work, as an approval by one of them. ``head``: of a group, the first step in it; else -1. What is
    none of these is a decision that routes. ``bare``: nothing is kept of it while it is open but who has it: no ticks,
    no path of an item. ``allowed`` are those who have been found to be allowed to do it, ``needed`` the fields of its
    form that must be filled.
    """

    index: int
    id: str
    to: Mapping[str, int]
    ordinary: str
    opens: bool
    work: bool
    head: int
    bare: bool
    roles: tuple[str, ...]
    actor: str | None
    allowed: set[str | None]
    needed: tuple[str, ...]
    about: str
    cases: tuple[tuple[Expression | None, str], ...]
    anew: bool  # an old answer must not answer a new round


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of each step, by its index.

    ``stations``: those that its entry has. ``ways``: the short way through it, None where it has none. ``beyond``:
    where a plain block goes on when all in it has arrived, None for all other steps. ``items``: it stands in a
    for-each; ``local``: it sees items or a message. ``chains``: the branches on the way down to it from the run,
    :data:`ITEM` for that of an item; None where it stands in a handler. ``meant``: the steps that a name may mean.
    """

    stations: tuple[tuple[int, ...], ...]
    ways: tuple[Way | None, ...]
    beyond: tuple[int | None, ...]
    items: tuple[bool, ...]
    local: tuple[bool, ...]
    chains: tuple[tuple[int, ...] | None, ...]
    meant: dict[str, tuple[int, ...]]


def plan_of(program: Program) -> Plan:
    """The plan of ``program``, made once."""
    try:
        return program.memo["engine"]  # type: ignore[return-value]  # what this function put there
    except KeyError:
        pass
    meant: dict[str, tuple[int, ...]] = {}
    for step in program.steps:
        meant[step.id] = (*meant.get(step.id, ()), step.index)
    meant |= {step.path: (step.index,) for step in program.steps}  # a full path means its own step
    items, local = _surroundings(program)
    made = Plan(
        tuple(_stations(step) for step in program.steps),
        tuple(_way(program, step, items=items[step.index], local=local[step.index]) for step in program.steps),
        tuple(_beyond(program, step) for step in program.steps),
        items,
        local,
        _chains(program),
        meant,
    )
    program.memo["engine"] = made
    return made


def _stations(step: Step) -> tuple[int, ...]:
    return tuple(station for station, applies in _APPLIES.items() if applies(step))


def _chains(program: Program) -> tuple[tuple[int, ...] | None, ...]:
    """The way down to each step: the branch of each region on it."""
    chains: list[tuple[int, ...] | None] = []
    for step in program.steps:  # a block stands before what is in it
        region = program.regions[step.region]
        block = program.steps[region.block] if region.block >= 0 else None
        if block is None:
            chains.append((0,) if step.region == 0 else None)
            continue
        above = chains[block.index]
        branch = {Op.FORK: step.region, Op.EACH: ITEM}.get(block.op, 0)
        chains.append((*above, branch) if above is not None and step.region in block.regions else None)
    return tuple(chains)


def _surroundings(program: Program) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Which steps stand in a for-each, and which see an item or a message."""
    items: list[bool] = []
    local: list[bool] = []
    for step in program.steps:  # a block stands before what is in it
        region = program.regions[step.region]
        block = program.steps[region.block] if region.block >= 0 else None
        ours = block is None or step.region in block.regions  # else it is a handler's
        in_item = block is not None and (items[block.index] or block.op == Op.EACH)
        items.append(in_item)
        local.append(in_item or bool(block and local[block.index]) or not ours or (block is None and step.region != 0))
    return tuple(items), tuple(local)


def _stays(program: Program, step: Step, target: int) -> bool:
    """Whether the token goes on in its region, or is done with it."""
    return target == DONE or (target >= 0 and program.steps[target].region == step.region)


_NEVER = Times()


def _is_plain(step: Step) -> bool:
    """Whether nothing but its own words and its targets decide what becomes of a step."""
    people = step.people
    return (
        step.times == _NEVER
        and not (step.time_reads or step.handlers or step.set_ or step.ensures or step.evidence or step.run)
        and not (people.by_cases or people.not_by or people.same_by or people.tell or people.seats > 1 or people.every)
        and not _stations(step)
        and all(isinstance(target, int) for target in step.exits.values())
    )


def _beyond(program: Program, step: Step) -> int | None:
    """Where a plain block goes on."""
    target = step.exits.get(step.ordinary)
    counts = step.op in (Op.GROUP, Op.FORK) or (step.each is not None and step.each.until is None)
    if not (counts and _is_plain(step) and isinstance(target, int) and _stays(program, step, target)):
        return None
    return target if step.join is None or not step.join.at_once else None


def _way(program: Program, step: Step, *, items: bool, local: bool) -> Way | None:
    """The short way through a step; what sees items or a message may be work, which reads nothing."""
    people, question = step.people, step.question
    work, group = step.op == Op.WORK, step.op == Op.GROUP
    opens = work or step.op == Op.VOTE
    asks = step.op == Op.CHOOSE and question is not None and (question.cases or question.about)
    if question is not None and question.asks == "every-time":
        return None
    if not _is_plain(step) or not (opens or (group and not items) or (asks and not local)):
        return None
    return Way(
        step.index,
        step.id,
        {
            name: target
            for name, target in step.exits.items()
            if isinstance(target, int) and name != step.missed and _stays(program, step, target)
        },
        step.ordinary,
        opens,
        work,
        program.regions[step.regions[0]].head if group else -1,
        opens and not items and not step.checklist,
        people.by,
        people.by[0] if people.by and opens else None,
        {*people.by, *people.may, None} if people.by or people.may else {None},
        tuple(path for path, may_stay_empty in step.form if not may_stay_empty),
        question.about if question is not None else "",
        question.cases if question is not None else (),
        question is not None
        and question.asks == "new-round"
        and question.about in program.fields
        and question.about not in program.parameters,
    )
