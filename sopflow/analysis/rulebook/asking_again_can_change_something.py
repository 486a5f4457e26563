"""Rule: asking again can change something."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._data import all_reads, is_field, steps_below, writes, written_beside
from sopflow.analysis._flow import Flow, inner_regions
from sopflow.analysis._graph import circles
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Op, Program, Step

REASON = (
    "A loop whose way out hangs on a field that nothing in the loop can change, and that is not asked anew, either is "
    "left in its first round or never. The same holds of a ‘repeat’ and its ‘until’. Data that come from outside while "
    "the loop runs are not seen here: accept the finding where they do."
)

VALID = """\
sopflow: 1
id: cake
roles: {baker: Baker}
data: {cake: {done: bool, layers: int}}
steps:
  bake: {task: Bake, by: baker}
  is-done: {decision: Is it done?, about: cake.done, by: baker, yes: layers, no: bake}
  layers:
    repeat: Layers
    until: cake.layers >= 3
    steps: {layer: {task: One more layer, form: [cake.layers], by: baker}}
"""

INVALID = """\
sopflow: 1
id: cake
roles: {baker: Baker}
data: {cake: {done: bool, layers: {is: int, ask: baker}}}
steps:
  bake: {task: Bake, by: baker}
  is-done: {decision: Is it done?, about: cake.done, ask: unknown, by: baker, yes: layers, no: bake}
  layers:
    repeat: Layers
    until: cake.layers >= 3
    steps: {layer: {task: One more layer, by: baker}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """Decisions in loops, and repeats, whose answer cannot change and may keep the token for ever."""
    program, flow = subject.program, subject.flow
    for number in sorted(flow.live):
        for step in _trapping(program, flow, number):
            names = ", ".join(_judges_by(step, program) or ())
            if step.question is not None and step.question.about:
                yield subject.at_step("SOP417", step.index, "ask", name=names)
            else:
                key = "when" if set(step.exits) >= {"yes", "no"} else "next"
                yield subject.at_step("SOP425", step.index, key, name=names)
        for index in flow.regions[number].before:
            unchanged = _unchanged_until(program.steps[index], program)
            if unchanged:
                yield subject.at_step("SOP425", index, "until", name=", ".join(unchanged))


def _unchanged_until(step: Step, program: Program) -> tuple[str, ...]:
    """The fields by which a repeat without a limit ends, if nothing in it or beside it can change them."""
    rounds = step.rounds
    if rounds is None or rounds.most or rounds.until is None:
        return ()
    names = all_reads(rounds.until, program)
    changing = _written_in([step.index], program) | written_beside(program, step.regions[0])
    return names if _are_fixed(names, program) and changing.isdisjoint(names) else ()


def _trapping(program: Program, flow: Flow, number: int) -> list[Step]:
    """The decisions of a region that may keep its token for ever, each by always giving the same answer."""
    region = flow.regions[number]
    if region.stuck:
        return []
    fixed: dict[int, tuple[str, ...]] = {}
    beside: set[str] | None = None
    for part in circles({step: region.graph[step] for step in region.before}):
        asked = {step: names for step in part if (names := _judges_by(program.steps[step], program)) is not None}
        if not asked:
            continue
        beside = written_beside(program, number) if beside is None else beside
        changing = beside | _written_in(part, program)
        fixed |= {step: names for step, names in asked.items() if changing.isdisjoint(names)}
    if not fixed:
        return []
    trapped = _trapped(flow, number, set(fixed))
    shared = _sharing({step: fixed[step] for step in fixed if step in trapped})
    if shared:  # their answers hang together: without them, rather than a finding that may be wrong
        trapped = _trapped(flow, number, set(fixed) - shared)
    ways_out = [
        step
        for step in fixed
        if step in trapped and step not in shared and any(way.target not in trapped for way in flow.ways[step])
    ]
    return [program.steps[step] for step in sorted(ways_out)]


def _trapped(flow: Flow, number: int, fixed: set[int]) -> set[int]:
    """The steps of a region from which the answers of ``fixed`` decisions can keep the token inside for ever.

    A step is safe if one of its ways is (a fixed decision: if all are); the rest is trapped. This is the
    attractor of a reachability game (Zielonka, "Infinite games on finitely coloured graphs", 1998).
    """
    region = flow.regions[number]
    open_ways = {step: len({way.target for way in flow.ways[step]}) if step in fixed else 1 for step in region.before}
    back: dict[int, list[int]] = {step: [] for step in region.before}
    safe = []
    for step in region.before:
        inside = set(region.graph[step])
        open_ways[step] -= len({way.target for way in flow.ways[step]} - inside)
        for there in inside:
            back[there].append(step)
        if open_ways[step] <= 0:
            safe.append(step)
    trapped = set(region.before) - set(safe)
    while safe:
        for step in back[safe.pop()]:
            open_ways[step] -= 1
            if open_ways[step] <= 0 and step in trapped:
                trapped.discard(step)
                safe.append(step)
    return trapped


def _judges_by(step: Step, program: Program) -> tuple[str, ...] | None:
    """The fields that alone decide a decision which does not ask anew; None for any other step."""
    question = step.question
    if step.op != Op.CHOOSE or question is None or question.open or question.table is not None:
        return None
    if question.about:
        names = program.depends.get(question.about, (question.about,)) if question.asks == "unknown" else None
    else:
        guards = [guard for guard, _ in question.cases if guard is not None]
        names = tuple(dict.fromkeys(name for guard in guards for name in all_reads(guard, program)))
    return names if names is not None and _are_fixed(names, program) else None


def _are_fixed(names: tuple[str, ...], program: Program) -> bool:
    """Whether these are fields of the run, which change only where something writes them."""
    return all(is_field(name, program) for name in names)


def _written_in(part: list[int], program: Program) -> set[str]:
    found: set[str] = set()
    for index in part:
        step = program.steps[index]
        found.update(writes(step))
        for region in inner_regions(step):
            for inner in steps_below(program, region):
                found.update(writes(inner))
    return found


def _sharing(fixed: dict[int, tuple[str, ...]]) -> set[int]:
    """Those that judge by a field by which another judges too."""
    users: dict[str, list[int]] = {}
    for step, names in fixed.items():
        for name in names:
            users.setdefault(name, []).append(step)
    return {step for steps in users.values() if len(steps) > 1 for step in steps}


RULE = Rule("asking_again_can_change_something", ("SOP417", "SOP425"), REASON, VALID, INVALID, check)
