"""Laws of migration: what holds whatever a run has been through, and however its definition was changed."""

from datetime import timedelta

from families import Way, finishing, ways
from hypothesis import given
from hypothesis import strategies as st
from playbook import keeps_the_laws, written

from sopflow.engine import Accepted, Refused, RunState, enabled, replay, state_from_json, state_to_json, step, waiting
from sopflow.engine import events as ev
from sopflow.engine._migrate import migration
from sopflow.engine._step import migrate, undoable
from sopflow.program import Op, Program

later = st.sampled_from([timedelta(0), timedelta(minutes=7), timedelta(days=3)])


def but(state: RunState, *names: str) -> dict[str, object]:
    """The state as JSON, but for what every event changes, and those names."""
    said = state_to_json(state)
    return {name: value for name, value in said.items() if name not in ("seq", "at", *names)}


def over(way: Way, state: RunState, after=timedelta(0)) -> tuple[ev.Migrated, RunState, object]:
    """The event, the state after it, and what the engine said."""
    event = ev.Migrated(program=way.new.hash, steps=way.steps, at=state.at + after)
    copy = state.copy()
    return event, copy, migrate(way.old, way.new, copy, event)


@given(ways(equal=True), later)
def test_an_equal_version_changes_nothing(way, after):
    """Going over to a version that only has another number is automatic and changes no byte but the program's hash."""
    state = replay(way.old, way.history)
    first = state.next_timer()
    if not state.running or (first is not None and first[0] <= state.at):
        return  # what is due at this very instant comes first
    plan = migration(way.old, way.new, state, history=way.history)
    assert (plan.verdict, plan.effects, plan.notes, plan.timers) == ("automatic", (), (), ())
    assert {fate.what for fate in plan.openings} <= {"stays"}
    assert plan.replays
    if state.status == "running" and first is not None and first[0] <= state.at + after:
        after = timedelta(0)
    _, moved, outcome = over(way, state, after=after)
    assert isinstance(outcome, Accepted)
    assert but(moved, "program") == but(state, "program")
    assert list(moved.open) == list(state.open)


@given(ways(), later)
def test_what_the_plan_says_is_done(way, after):
    """A plan that is automatic is accepted, with the plan's effects; the result keeps the laws. Else it is refused."""
    state = replay(way.old, way.history)
    before = written(state)
    event = ev.Migrated(program=way.new.hash, steps=way.steps, at=state.at + after)
    plan = migration(way.old, way.new, state, way.steps, at=event.at)
    assert written(state) == before
    for reason in plan.reasons:
        assert reason.at(None).text("en")
        assert reason.at(None).text("zh")
    outcome = migrate(way.old, way.new, state, event)
    if plan.verdict != "automatic":
        assert isinstance(outcome, Refused)
        assert written(state) == before
        return
    assert isinstance(outcome, Accepted)
    assert (outcome.effects, outcome.notes) == (plan.effects, plan.notes)
    assert state.program == way.new.hash
    keeps_the_laws(way.new, state)
    assert state_from_json(state_to_json(state), way.new) == state
    programs = {way.old.hash: way.old, way.new.hash: way.new}
    assert state_to_json(replay(programs, [*way.history, event])) == state_to_json(state)


@given(ways())
def test_undo_brings_back_every_byte(way):
    """Undone at once, a migration leaves no trace but its number; the history folds to the same state."""
    state = replay(way.old, way.history)
    event, moved, outcome = over(way, state)
    if isinstance(outcome, Refused) or not moved.running:
        return
    programs = {way.old.hash: way.old, way.new.hash: way.new}
    undo = undoable(programs, [*way.history, event])
    assert undo is not None
    assert undo.before is not None
    back = ev.Migrated(program=way.old.hash, steps=undo.steps, undone=True, at=moved.at)
    again = migrate(way.new, undo.program, moved, back, before=undo.before)
    if isinstance(again, Refused):  # a timer of the new version was due at once, or resources were given up
        assert again.problem.code in ("SOP713", "SOP784")
        return
    assert but(moved, "next") == but(state, "next")
    assert moved.next >= state.next
    keeps_the_laws(way.old, moved)
    assert state_to_json(replay(programs, [*way.history, event, back])) == state_to_json(moved)


@given(ways())
def test_a_run_that_moved_can_be_finished(way):
    """From wherever a migration leaves a run, it can come to its end without interventions."""
    _, moved, outcome = over(way, replay(way.old, way.history))
    if isinstance(outcome, Accepted):
        finish(way.new, moved)


def finish(program: Program, state: RunState) -> None:
    """Let a run come to its end."""
    if state.status == "suspended":
        assert isinstance(step(program, state, ev.Resumed(at=state.at)), Accepted)
    for _ in range(400):
        if not state.running:
            return
        lists = (one for one in state.open.values() if one.step >= 0 and program.steps[one.step].op == Op.EACH)
        for opening in [*enabled(program, state), *waiting(program, state), *lists]:
            if isinstance(step(program, state, finishing(program, state, opening)), Accepted):
                break
        else:
            due = state.next_timer()
            assert due is not None, f"stuck: {[program.steps[o.step].path for o in enabled(program, state)]}"
            fired = step(program, state, ev.TimerFired(opening=due[1], name=due[2], at=max(due[0], state.at)))
            assert isinstance(fired, Accepted)
        keeps_the_laws(program, state)
    raise AssertionError("it does not end")
