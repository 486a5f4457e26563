"""The short way: what the rules come to where a step is plain, in one straight line.

Most events complete a step that has no clock, no conditions and no handlers, and open another such step, perhaps by
way of decisions whose data are known, or out of a block whose branches have all arrived. For those everything in
``_rules.py`` but a few lines falls away; these are the lines. What is not plain takes the long way, from wherever it
is met: nothing here refuses, asks or waits.

``tests/engine/test_short.py`` holds the two ways together, event for event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from sopflow.engine import _events as ev
from sopflow.engine._effects import Closed, Effect, Judged, Note, Offer, Opened
from sopflow.engine._outcome import Accepted
from sopflow.engine._people import objection
from sopflow.engine._plan import OPERATION, Plan, Way, plan_of
from sopflow.engine._state import Opening, Record, RunState
from sopflow.engine._watch import CLOSED
from sopflow.errors import Problem
from sopflow.program import DONE, Program

#: People who were found to be allowed to do a step, as far as they are remembered.
REMEMBERED = 1_000

_VERDICTS = ("approved", "refused", "changes")

#: Decisions in a row that are taken the short way.
STRETCH = 10_000


class Token:
    """Where a token stands between two steps, and the item that it is about."""

    __slots__ = ("branch", "item", "up")

    path = ""  # what is about an item goes the long way

    def __init__(self, up: int, branch: int, item: object) -> None:
        self.up, self.branch, self.item = up, branch, item


@final
class Rest:
    """How far the short way led: the token goes from (``up``, ``branch``) to ``target`` by the long way.

    ``tired``: after so many decisions in a row it may be a circle that never waits; the long way counts them.
    """

    __slots__ = ("branch", "effects", "item", "notes", "paths", "target", "tired", "up")

    def __init__(
        self,
        effects: list[Effect],
        notes: list[Note],
        paths: dict[int, str],
        left: Token | Opening,
        target: int,
        *,
        tired: bool,
    ) -> None:
        self.effects, self.notes, self.paths = effects, notes, paths
        self.up, self.branch, self.item = left.up, left.branch, left.item
        self.target, self.tired = target, tired


def completed(program: Program, state: RunState, event: ev.StepDone) -> Accepted | Rest | None:
    """Complete a plain step that is open, and go on; None where that takes more than this, and nothing has changed."""
    openings = state.open
    opening = openings.get(event.opening)
    if opening is None or opening.step < 0:
        return None
    try:
        plan: Plan = program.memo["engine"]  # type: ignore[assignment]  # what plan_of puts there
    except KeyError:
        plan = plan_of(program)
    way = plan.ways[opening.step]
    if way is None or not way.work or opening.phase != "open" or opening.to or opening.claimed or opening.mark:
        return None
    if event.ticks is not None or event.seen is not None or state.status != "running" or CLOSED in state.watch:
        return None
    at = event.at
    if at is None:
        at = state.at
    elif state.at is None or at < state.at or (state.timers and _is_due(state, at)):
        return None
    outcome = event.outcome or way.ordinary
    by = event.by
    if outcome not in way.to or (by not in way.allowed and not _may(program, state, way, opening, by)):
        return None
    values = None
    if event.data:
        values = _values(program, state, event)
        if values is None:
            return None
    if way.needed and not _is_filled(state, way, values or {}):
        return None

    # Nothing is in the way: from here on the run changes.
    seq = state.seq = state.seq + 1
    state.at = at
    if values:
        _write(state, values)
    number, index, done = opening.id, way.index, state.done
    times = done[index].times + 1 if index in done else 1
    done[index] = Record(times, outcome, by or way.actor, at, seq)
    target = way.to[outcome]
    block = openings[opening.up]
    beyond = plan.ways[target] if target >= 0 else None
    if beyond is None or not beyond.opens or not way.bare or block.trails:
        del openings[number]
        return _go_on(plan, state, opening, target, by, Closed(number, index, outcome))
    # As in ``_open``: the commonest of all ways, so it does without a call, and the opening becomes the next one.
    new = state.next
    state.next = new + 1
    del openings[number]
    openings[new] = opening
    opening.id = new
    opening.step = target
    opening.born = seq
    opening.since = at
    state.opened[target] = at
    block.kids[opening.branch] = new  # type: ignore[index]  # a block, as something hung below it
    return Accepted((Offer(new, target, beyond.roles),), (Closed(number, index, outcome), Opened(new, target)))


def voted(program: Program, state: RunState, event: ev.Voted) -> Accepted | Rest | None:
    """The same for a plain approval by one person: the one vote decides."""
    opening, plan = state.open.get(event.opening), plan_of(program)
    way = plan.ways[opening.step] if opening is not None and opening.step >= 0 else None
    if way is None or not way.opens or way.work or opening is None:
        return None
    if opening.phase != "open" or opening.to or opening.claimed or opening.mark or opening.votes:
        return None
    if event.ticks is not None or event.evidence or state.status != "running" or CLOSED in state.watch:
        return None
    at, by, result = event.at, event.by, event.verdict
    if at is not None and (state.at is None or at < state.at or _is_due(state, at)):
        return None
    if result not in _VERDICTS or result not in way.to:
        return None
    if by not in way.allowed and not _may(program, state, way, opening, by):
        return None
    values = _values(program, state, event)
    if values is None or (result == way.ordinary and not _is_filled(state, way, values)):
        return None

    state.seq += 1
    state.at = state.at if at is None else at
    _write(state, values)
    done, index = state.done, opening.step
    done[index] = Record(done[index].times + 1 if index in done else 1, result, by or way.actor, state.at, state.seq)
    del state.open[opening.id]
    judged = Judged(opening.id, index, {f"{way.id}.{by or way.actor or ''}": result}, event.why, result)
    return _go_on(plan, state, opening, way.to[result], by, judged, Closed(opening.id, index, result))


def _go_on(
    plan: Plan, state: RunState, opening: Opening, target: int, by: str | None, *concluded: Note
) -> Accepted | Rest:
    effects: list[Effect] = []
    notes = [*concluded]
    paths = {opening.id: opening.path} if opening.path else {}
    rest = advance(plan, state, opening, target, by or None, effects, notes, paths)
    return rest if rest is not None else Accepted(tuple(effects), tuple(notes), paths)


def advance(
    plan: Plan,
    state: RunState,
    left: Token | Opening,
    target: int,
    by: str | None,
    effects: list[Effect],
    notes: list[Note],
    paths: dict[int, str],
) -> Rest | None:
    """Take the token that ``left`` a step through plain decisions, and out of plain blocks, to a plain step.

    Where something else comes before, the rest of the way; None once the token is at rest. What comes of it is added
    to ``effects``, ``notes`` and ``paths``.
    """
    ways, done = plan.ways, state.done
    stretch = STRETCH
    while stretch:
        stretch -= 1
        block = state.open[left.up]
        if target == DONE:
            arrived = _arrive(plan, state, block, left.branch)
            if arrived is None:
                break
            if not arrived:
                return None
            step = block.step
            del state.open[block.id]
            done[step] = Record(done[step].times + 1 if step in done else 1, "done", by, state.at, state.seq)
            notes.append(Closed(block.id, step, "done"))
            if block.path:
                paths[block.id] = block.path
            left, target = block, plan.beyond[step] or 0  # a block that was left has a way beyond
            continue
        way = ways[target] if target >= 0 else None
        if way is None or block.trails:
            break
        if way.opens:
            _open(state, block, left, way, paths)
            effects.append(Offer(state.next - 1, target, way.roles))
            notes.append(Opened(state.next - 1, target))
            return None
        if way.head >= 0:
            left = _open_group(state, block, left, way)
            notes.append(Opened(left.up, target))
            target = way.head
            continue
        judged = _by_cases(state, way) if way.cases else _by_field(state, way)
        if judged is None or judged[2] not in way.to:
            break
        inputs, rule, exit_ = judged
        number = state.next
        state.next = number + 1
        state.opened[target] = state.at
        times = done[target].times + 1 if target in done else 1
        done[target] = Record(times, exit_, by, state.at, state.seq, exit_)
        notes.append(Judged(number, target, inputs, rule, exit_))
        notes.append(Closed(number, target, exit_))
        target = way.to[exit_]
    return Rest(effects, notes, paths, left, target, tired=not stretch)


def _arrive(plan: Plan, state: RunState, block: Opening, branch: int) -> bool | None:
    """A token has come to the end of its region: whether all have; None where that takes more than counting."""
    kids = block.kids
    if block.step < 0 or plan.beyond[block.step] is None or block.phase != "open" or block.starting or kids is None:
        return None
    if block.mark is not None or block.trails or block.to or block.ticked:
        return None
    if block.got + 1 >= block.need:
        return True if len(kids) == 1 else None
    if block.live == 1:
        return None
    del kids[branch]
    block.live -= 1
    block.got += 1
    return False


def _open(state: RunState, block: Opening, left: Token | Opening, way: Way, paths: dict[int, str]) -> None:
    number = state.next
    state.next = number + 1
    opening = state.open[number] = Opening(number, way.index, block.id, left.branch, state.seq, state.at, left.item)
    opening.stage, opening.announced = OPERATION, True
    state.opened[way.index] = state.at
    block.kids[left.branch] = number  # type: ignore[index]  # a block, as something hung below it
    if left.path:  # it is about the same item
        opening.path = paths[number] = f"{left.path.rpartition('.')[0]}.{way.id}"


def _open_group(state: RunState, block: Opening, left: Token | Opening, way: Way) -> Token:
    """The token in front of the first step of a plain group that has been opened."""
    number = state.next
    state.next = number + 1
    group = state.open[number] = Opening(number, way.index, block.id, left.branch, state.seq, state.at, left.item)
    group.stage, group.announced = OPERATION, True
    group.live = group.started = group.need = 1
    group.kids = {}
    state.opened[way.index] = state.at
    block.kids[left.branch] = number  # type: ignore[index]  # a block, as something hung below it
    return Token(number, 0, left.item)


def _by_cases(state: RunState, way: Way) -> tuple[dict[str, object], str, str] | None:
    """What a decision by expressions read, the rule that held, and the way out."""
    data = state.data
    inputs: dict[str, object] = {}
    for guard, exit_ in way.cases:
        if guard is None:
            return inputs, "else", exit_
        held = guard.evaluate(data)
        for path in guard.reads:
            if path in data:
                inputs[path] = data[path]
        if held is True:
            return inputs, guard.text, exit_
        if held is not False:
            return None
    return None


def _by_field(state: RunState, way: Way) -> tuple[dict[str, object], str, str] | None:
    """The same of a decision about a field; None also where an old answer must not answer a new round."""
    path = way.about
    try:
        value = state.data[path]
    except KeyError:
        return None
    if way.anew:
        last = state.done.get(way.index)
        if last is not None and state.written.get(path, 0) <= last.seq:
            return None
    exit_ = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    if exit_ not in way.to:
        exit_ = "else"
    return {path: value}, f"{path} = {exit_}", exit_


def _is_due(state: RunState, at: object) -> bool:
    first = state.next_timer()
    return first is not None and first[0] <= at  # type: ignore[operator]  # an instant


def _may(program: Program, state: RunState, way: Way, opening: Opening, by: str | None) -> bool:
    """Whether ``by`` may do it; who once was allowed to do a plain step always is."""
    if objection(program, state, program.steps[way.index], opening, by) is not None:
        return False
    if len(way.allowed) < REMEMBERED:
        way.allowed.add(by)
    return True


def _write(state: RunState, values: Mapping[str, object]) -> None:
    for path, value in values.items():
        if value is None:
            state.data.pop(path, None)
        else:
            state.data[path] = value
        state.written[path] = state.seq


def _is_filled(state: RunState, way: Way, values: Mapping[str, object]) -> bool:
    data = state.data
    return all((values[path] if path in values else data.get(path)) is not None for path in way.needed)


def _values(program: Program, state: RunState, event: ev.StepDone | ev.Voted) -> dict[str, object] | None:
    """What was handed in, as typed values; None where some of it is wrong, or somebody waits for it."""
    values: dict[str, object] = {}
    for path, raw in event.data.items():
        field = program.fields.get(path)
        if field is None or path in program.parameters or path in state.watch:
            return None
        value = None if raw is None else field.read(raw, program.zone)
        if isinstance(value, Problem):
            return None
        values[path] = value
    return values
