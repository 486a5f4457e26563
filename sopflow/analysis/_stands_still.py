"""Where a run may stand still: the waits that nothing serves any more, found by exploring what couples branches.

Programs without waits for things of their own cost nothing here. Knows the explorer; gives no words.
"""

from __future__ import annotations

from dataclasses import dataclass

from sopflow.analysis._coupling import Coupling
from sopflow.analysis._explore import explore
from sopflow.analysis._facts import Facts
from sopflow.analysis._flow import Flow, Hop
from sopflow.analysis._game import Game
from sopflow.analysis._instant import Instant
from sopflow.analysis._slice import Slice, TooLarge, around
from sopflow.program import Program


@dataclass(frozen=True, slots=True)
class Standstill:
    """A step that may wait for ever: for which ``things``, in every run (``always``), and the shortest run to it.

    Where several wait for the same thing, it is never said to be so in every run.

    ``others`` are the steps that stand still with it, or wait for the same: which of them is left with nothing is the
    run's affair.
    """

    step: int
    others: tuple[int, ...]
    things: tuple[str, ...]
    always: bool
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A step of which too much would have to be looked at."""

    step: int
    things: tuple[str, ...]


def standstills(program: Program, flow: Flow, given: tuple[str, ...]) -> list[Standstill | Undecided]:
    """What is found of each wait; ``given`` are the fields that a run gets at its start.

    Things that cannot hold each other up are looked at apart, with all other waits taken to be served; what is found
    then counts only if it is found with all of them together too, as far as that can be decided.
    """
    coupling = Coupling.of(program, flow, given)
    if not coupling.gates:
        return []
    facts = Facts(program, (program.steps[index] for number in flow.live for index in flow.regions[number].before))
    groups = coupling.groups(flow)
    instant = Instant(program, flow)

    def of(things: frozenset[str]) -> list[Standstill | Undecided]:
        return _of(program, flow, coupling, facts, instant, things)

    found = [one for things in groups for one in of(things)]
    if len(groups) > 1 and any(isinstance(one, Standstill) for one in found):
        whole = of(frozenset(coupling.suppliers))
        if not any(isinstance(one, Undecided) for one in whole):
            return whole
    return found


def _of(
    program: Program, flow: Flow, coupling: Coupling, facts: Facts, instant: Instant, things: frozenset[str]
) -> list[Standstill | Undecided]:
    """What is found of the waits for ``things``."""
    gates = [step for step in sorted(coupling.gates) if not things.isdisjoint(coupling.waits_for(step))]
    matters = {*gates, *coupling.brings(things), *_with_facts(program, facts)}
    matters |= {one for step in program.steps for after in step.after for one in (step.index, after.step)}
    matters |= _not_always_there(program, matters)
    try:
        explored = explore(Game(coupling, Slice(program, flow, matters), facts, instant, things))
    except TooLarge:
        return [Undecided(step, coupling.waits_for(step)) for step in gates]
    found: list[Standstill | Undecided] = [
        Standstill(
            step,
            tuple(other for other in gates if other in stuck.waiting or _compete(coupling, step, other)),
            coupling.waits_for(step),
            explored.decided
            and step not in explored.taken
            and not any(_compete(coupling, step, other) for other in gates if other != step),
            stuck.hops,
        )
        for stuck in explored.stuck
        for step in stuck.new
    ]
    if not explored.decided:
        told = {one.step for one in found}
        found += [Undecided(step, coupling.waits_for(step)) for step in gates if step not in told]
    return found


def _not_always_there(program: Program, matters: set[int]) -> set[int]:
    """The heads of branches that may not be started, where a join is content with some of them."""
    found: set[int] = set()
    for step in around(program, matters):
        join = program.steps[step].join
        if join is not None and join.need and any(join.guards):
            found.update(program.regions[region].head for region in program.steps[step].regions)
    return found


def _compete(coupling: Coupling, one: int, other: int) -> bool:
    return not set(coupling.waits_for(one)).isdisjoint(coupling.waits_for(other))


def _with_facts(program: Program, facts: Facts) -> set[int]:
    """The steps whose guards hang together, and those that change what they read."""
    if not facts.shared:
        return set()
    return {*facts.readers} | {step.index for step in program.steps if facts.written_by(step)}
