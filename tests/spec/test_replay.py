"""Replay: a run is its events; folding them gives the run back."""

import pytest
from msgspec import structs
from playbook import Playbook, answer, data, done, judge, program, shanghai, written

from sopflow.engine import Misfit, replay, step

FLOW = program("""
    roles: {boss: Boss}
    data: {ok: bool, n: int}
    steps:
      write: {task: Write, due: 2 days after opened, form: [n]}
      f: {parallel: F, branches: {v: {approval: V, by: boss, refused: write}, t: {task: T}}}
      q: {decision: Q, about: ok, yes: send, no: write}
      send: {task: Send}
""")
OTHER = program("steps: {other: {task: Other}}")


def played():
    """A run with a rework loop, standing at its last step."""
    play = Playbook(FLOW, at="2026-03-02T09:00") >> done("write", data={"n": 1}) >> done("t")
    play >> judge("v", "refused") >> done("write", data={"n": 2}) >> judge("v", "approved") >> done("t")
    return play >> answer("q", False) >> done("write", data={"n": 3}) >> judge("v", "approved") >> done("t")


def test_a_history_folds_to_the_state():
    """Folding twice gives equal bytes."""
    play = played()
    assert written(replay(FLOW, play.history)) == written(play.state) == written(replay(FLOW, play.history))


def test_a_run_goes_on_after_a_restart():
    """A run that was folded from its history takes the next event as the run itself would: no answer is lost."""
    play = played()
    again = replay(FLOW, play.history)
    event = answer("q", True)(FLOW, play.state)
    assert step(FLOW, again, event) == step(FLOW, play.state, event)
    assert written(again) == written(play.state)


def test_an_open_question_survives_a_restart():
    """What was answered stays answered, what was asked stays asked."""
    play = played()
    again = replay(FLOW, play.history)
    asked = [opening.asked for opening in again.open.values() if opening.phase == "asks"]
    assert asked == [("ok",)]
    assert again.data["n"] == 3


def test_a_history_of_another_program_does_not_fit():
    """A history that is not this program's is refused with the event that does not fit."""
    play = played()
    with pytest.raises(Misfit) as misfit:
        replay(OTHER, play.history)
    assert misfit.value.event is play.history[1]


def test_a_history_with_a_hole_does_not_fit():
    """An event that is missing is noticed where the next does not fit."""
    play = played()
    with pytest.raises(Misfit):
        replay(FLOW, [play.history[0], *play.history[2:]])


def test_a_history_whose_times_were_changed_does_not_fit():
    """Times may not be moved back in a history."""
    play = Playbook(FLOW, at="2026-03-02T09:00") >> done("write", data={"n": 1}, at="2026-03-03T09:00")
    play >> done("t", at="2026-03-03T10:00")
    moved = [*play.history[:-1], structs.replace(play.history[-1], at=shanghai("2026-03-03T08:00"))]
    with pytest.raises(Misfit):
        replay(FLOW, moved)


def test_notes_are_derived():
    """Folding gives the notes again, the same ones in the same order."""
    play = played()
    from sopflow.engine import RunState

    one, two = RunState.of(FLOW), RunState.of(FLOW)
    for event in play.history:
        assert step(FLOW, one, event) == step(FLOW, two, event)


def test_a_copy_explores_and_the_run_stays():
    """`copy` is for those who explore: what would happen if, without its happening."""
    play = played()
    twin = play.state.copy()
    step(FLOW, twin, answer("q", True)(FLOW, twin))
    assert play.at == ["q"]
    (play >> data({"ok": True})).stands("send")
