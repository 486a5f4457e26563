"""Undoing a migration that nothing followed: the state before comes back, and the world is told again of what it has.

Where events came since, going back is a migration like any other, by the inverse map; see ``_migrate.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._acts import Acts
from sopflow.engine._carrying import place_of
from sopflow.engine._enabled import roles_of
from sopflow.engine._images import Images
from sopflow.engine._migrate import Fate, Plan, check, migration, timer_changes
from sopflow.engine._moving import paths_in_items, with_timers, withdrawals
from sopflow.engine._people import offered_to
from sopflow.engine._refusal import Refusal, refusal
from sopflow.engine._renewing import WHY
from sopflow.engine._state import Opening, RunState
from sopflow.program import Alternative, Handler, Op, Program

#: What is sent again for an opening that comes back.
_SAID = fx.StartChild | fx.CallHandler | fx.Await | fx.Acquire


def inverse(steps: Mapping[str, str]) -> dict[str, str]:
    """The map that leads back; what was withdrawn has no way back."""
    return {new: old for old, new in steps.items() if new}


def undoing(program: Program, back: Program, state: RunState, event: ev.Migrated, before: RunState | None) -> Plan:
    """The plan for going back from ``program`` to ``back``; ``before`` is the state then, if nothing came since."""
    if before is None:
        return replace(migration(program, back, state, event.steps, at=event.at), undoes="by map")
    try:
        turn = undone(program, back, state, event, before)
    except Refusal as refused:
        return Plan(program.hash, back.hash, event.steps, (refused.problem,), undoes="exactly")
    return Plan(
        program.hash,
        back.hash,
        event.steps,
        (),
        openings=_fates(program, state, back, before),
        timers=timer_changes(program, state, back, turn.state),
        effects=tuple(turn.effects),
        notes=tuple(turn.notes),
        undoes="exactly",
    )


def undone(program: Program, back: Program, state: RunState, event: ev.Migrated, before: RunState) -> Acts:
    """``before`` on a copy, as the state that follows ``state``: its number, clock and next opening go on.

    Raises :class:`Refusal` where something cannot come back: a resource that others may have taken since.
    """
    check(program, state, event)
    if not event.program == back.hash == before.program:
        raise refusal("unknown", "SOP780", wanted=before.program[:12], given=back.hash[:12])
    turn = Acts(back, before.copy(), event)
    after = turn.state
    after.seq, after.at = state.seq + 1, event.at or state.at
    after.next = state.next  # an answer to what is withdrawn now must not meet what opens later
    _withdraw_what_came(program, state, before, event, turn)
    for number in sorted(before.open):
        opening, there = before.open[number], state.open.get(number)
        if there is None:
            _say_again(back, before, opening, event, turn)
        elif opening.step >= 0:
            _move_back(program, state, there, opening, turn)
    turn.paths.update(paths_in_items(turn, before.open))
    turn.effects = with_timers(turn.effects, state, after)
    return turn


def _fates(program: Program, state: RunState, back: Program, before: RunState) -> tuple[Fate, ...]:
    """What becomes of each opening: it is where it was before, or it was not there."""
    found: list[Fate] = []
    for number, opening in sorted(state.open.items()):
        if opening.step >= 0:
            was, there = place_of(program, state, opening), before.open.get(number)
            to = back.steps[there.step].path if there is not None else ""
            what = "stays" if to == program.steps[opening.step].path else "moves"
            found.append(Fate(number, was, to, what if to else "withdrawn"))
    return tuple(found)


def _withdraw_what_came(program: Program, state: RunState, before: RunState, event: ev.Event, turn: Acts) -> None:
    leaving = Acts(program, state.copy(), event)
    for number in sorted(state.open):
        opening = leaving.state.open.get(number)
        if number not in before.open and opening is not None:
            leaving._withdraw(opening, WHY)
    turn.effects += leaving.effects
    turn.notes, turn.paths = withdrawals(leaving.notes, program, state, Images.of(program, turn.program, {}).steps)


def _say_again(back: Program, before: RunState, opening: Opening, event: ev.Event, turn: Acts) -> None:
    """What was withdrawn comes back: whoever worked on it is asked again."""
    step = back.steps[opening.step]
    if opening.holding == "granted":
        raise refusal("unsound", "SOP784", step=step.path)
    turn.notes.append(fx.Opened(opening.id, opening.step, opening.due))
    scratch = Acts(back, before.copy(), event)  # says what it would say if it opened now
    twin = scratch.state.open[opening.id]
    if opening.phase == "asks":
        roles = roles_of(back, step, opening)
        turn.effects.append(fx.Ask(opening.id, step.index, opening.asked, roles))
    elif opening.phase == "open" and step.op in (Op.WORK, Op.VOTE, Op.CHOOSE):
        turn.effects.append(_offer(back, opening))
    if opening.holding == "asked":
        scratch.effects.append(fx.Acquire(opening.id, step.holds))
    if opening.phase == "open" and step.op == Op.CALL:
        scratch._call(twin, step)
    elif opening.phase == "open" and step.run and "retry" not in opening.timers:
        twin.tries -= 1  # the attempt that was broken off is made again
        scratch._attempt(twin, step)
    if opening.awaits:
        waits: tuple[Alternative | Handler, ...] = (*step.wait, *step.handlers)
        for wait in waits:
            if wait.message:
                scratch._await(twin, wait, routed=True)
    turn.effects += [effect for effect in scratch.effects if isinstance(effect, _SAID)]


def _move_back(program: Program, state: RunState, there: Opening, opening: Opening, turn: Acts) -> None:
    step, was = turn.program.steps[opening.step], program.steps[there.step]
    if step.path != was.path:
        turn.notes.append(fx.Moved(opening.id, step.index, place_of(program, state, there)))
    shown = (step.path, roles_of(turn.program, step, opening), opening.phase, opening.asked)
    if shown == (was.path, roles_of(program, was, there), there.phase, there.asked):
        return
    if opening.phase == "asks":
        turn.effects.append(fx.Ask(opening.id, step.index, opening.asked, shown[1]))
    elif opening.phase == "open" and step.op in (Op.WORK, Op.VOTE, Op.CHOOSE):
        turn.effects += [fx.Withdraw(opening.id, WHY), _offer(turn.program, opening)]


def _offer(program: Program, opening: Opening) -> fx.Offer:
    roles = offered_to(program.steps[opening.step], opening)
    return fx.Offer(opening.id, opening.step, roles)
