"""Interventions: skip, jump, cancel, reassign, correct data, suspend; checked before they are taken."""

import pytest
from playbook import (
    Playbook,
    answer,
    cancel,
    data,
    done,
    fires,
    judge,
    jump,
    message,
    program,
    resume,
    retry,
    skip,
    suspend,
)

FLOW = program("""
    data: {ok: bool}
    messages: {m: {}}
    steps:
      a: {task: A}
      v: {approval: V, refused: a}
      q: {decision: Q, about: ok, yes: f, no: a}
      f:
        parallel: F
        branches:
          b: {task: B}
          g: {group: G, steps: {c: {task: C}, d: {task: D}}}
      w: {wait: {message: m}}
      z: {task: Z, due: 3 days after opened}
""")


def at_fork():
    """A run in both branches of its fork."""
    return Playbook(FLOW, {"ok": True}) >> done("a") >> judge("v", "approved")


def test_skipping_a_task():
    """A task is passed over with a reason, and goes its ordinary way."""
    play = Playbook(FLOW) >> skip("a", why="done elsewhere") << "a passed over" << "a closed: done" << "v opened"
    play.stands("v")


@pytest.mark.parametrize("why", ["", "   "])
def test_a_reason_must_be_given(why):
    """Skip and jump need a reason."""
    (
        Playbook(FLOW) >> skip("a", why=why) << "refused: outcome" >> jump("a", "v", why=why) << "refused: outcome"
    ).stands("a")


def test_skipping_chooses_an_outcome():
    """A decision has no ordinary way: it is skipped with an outcome; an approval may be given another than its own."""
    play = Playbook(FLOW) >> done("a") >> skip("v", outcome="refused")
    play.stands("a")
    play >> done("a") >> skip("v", outcome="nonsense") << "refused: outcome" >> skip("v")
    play >> skip("q") << "refused: outcome"
    (play >> skip("q", outcome="no")).stands("a")


def test_skipping_a_block_withdraws_what_is_in_it():
    """A fork that is skipped goes on as if it had joined."""
    play = at_fork() >> done("c") >> skip("f") << "f passed over" << "f.b withdrawn" << "f.g.d withdrawn"
    play << "f.g withdrawn" << "f closed: done"
    play.stands("w")


def test_cancelling_a_step():
    """A step that is called off goes on by its ordinary way; it was not done."""
    play = Playbook(FLOW) >> cancel("a")
    play.stands("v")
    assert 0 not in play.state.done


def test_cancelling_a_branch_lets_the_others_work_on():
    """A branch that is called off arrives at its join."""
    (at_fork() >> cancel("f.g") >> done("b")).stands("w")


@pytest.mark.parametrize("name", ["v", "q"])
def test_a_decision_or_an_approval_is_not_called_off(name):
    """There skip names the outcome; the refusal says so."""
    play = Playbook(FLOW) >> done("a")
    if name == "q":
        play >> judge("v", "approved")
    play >> cancel(name) << "refused: outcome"


def test_cancelling_the_run():
    """A run that is cancelled leaves nothing open."""
    play = at_fork() >> cancel() << "f.b withdrawn" << "f.g.c withdrawn" << "f.g withdrawn" << "f withdrawn"
    play << "run cancelled: cancelled"
    play.ended("cancelled", "cancelled")


def test_jumping_back_and_forth():
    """The token goes to another step of its region, whatever lies between."""
    (Playbook(FLOW) >> jump("a", "z")).stands("z")
    (at_fork() >> jump("f", "a")).stands("a")


def test_jumping_out_of_a_branch_withdraws_the_block():
    """A jump out of a branch takes the whole block back."""
    play = at_fork() >> jump("c", "v")
    assert sorted(play.notes[:-1]) == ["f withdrawn", "f.b withdrawn", "f.g withdrawn", "f.g.c withdrawn"]
    play.stands("v")


def test_jumping_inside_a_branch_leaves_the_others():
    """A jump within a region stays within it."""
    (at_fork() >> jump("c", "f.g.d")).stands("f.b", "f.g.d")


def test_jumping_into_a_block_is_refused():
    """A jump goes to the block, which starts all of it, never inside one that is not open."""
    (Playbook(FLOW) >> jump("a", "f.g.d") << "refused: unsound").stands("a")
    (at_fork() >> jump("b", "f.g.c") << "refused: unsound").stands("f.b", "f.g.c")
    (Playbook(FLOW) >> jump("a", "f")).stands("f.b", "f.g.c")


def test_a_jump_to_the_step_itself_opens_it_anew():
    """Jumping to where one stands begins the step again."""
    play = Playbook(FLOW)
    before = play.opening("a").id
    play >> jump("a", "a")
    assert play.opening("a").id != before
    play.stands("a")


def test_correcting_data():
    """Data may be corrected at any time; what was judged stays judged."""
    play = at_fork() >> data({"ok": False}, why="a slip")
    play.stands("f.b", "f.g.c")


def test_an_event_about_a_step_that_is_over():
    """Nothing can be done to what is closed."""
    play = Playbook(FLOW)
    late = [make("a")(FLOW, play.state) for make in (done, skip, cancel)]
    play >> done("a")
    for event in late:
        play >> event << "refused: not-open"


def test_a_suspended_run_takes_only_data_and_messages():
    """Work, answers and timers wait; messages are kept, data may be corrected."""
    play = Playbook(FLOW) >> done("a") >> suspend()
    play >> judge("v", "approved") << "refused: status" >> suspend() << "refused: status"
    play >> skip("v") << "refused: status"
    (play >> data({"ok": True}) >> message("m") >> resume() >> judge("v", "approved")).stands("f.b", "f.g.c")
    assert play.kept == {"m": [{}]}


def test_a_message_in_a_suspended_run_is_kept_and_taken_after():
    """A wait does not go on while the run stands still; the message is there when it resumes."""
    play = Playbook(FLOW) >> jump("a", "w") >> suspend() >> message("m")
    assert play.at == ["w"]
    (play >> resume()).stands("z")


def test_data_move_nothing_in_a_suspended_run():
    """Data may be corrected while the run stands still; what hangs on them goes on when it resumes."""
    play = Playbook(FLOW) >> done("a") >> judge("v", "approved") >> suspend() >> data({"ok": True})
    play.stands("q")
    (play >> resume()).stands("f.b", "f.g.c")


def test_no_timer_fires_while_a_run_is_suspended():
    """A timer of a suspended run is refused; time may pass over it."""
    play = Playbook(FLOW, at="2026-03-02T09:00") >> jump("a", "z") >> suspend()
    play >> fires("z", "due") << "refused: status"
    play >> data({"ok": True}, at="2026-03-20T09:00")


def test_the_pause_does_not_count():
    """Timers counted from the opening shift by the pause."""
    play = Playbook(FLOW, at="2026-03-02T09:00") >> jump("a", "z", at="2026-03-02T09:00")
    before = play.state.timers[play.opening("z").id, "due"]
    play >> suspend(at="2026-03-03T09:00") >> resume(at="2026-03-13T09:00")
    assert (play.state.timers[play.opening("z").id, "due"] - before).days == 10


def test_only_a_suspended_run_is_resumed():
    """A run that runs is not resumed."""
    Playbook(FLOW) >> resume() << "refused: status"


def test_a_suspended_run_may_be_cancelled():
    """The administrator may call it off while it stands still."""
    (Playbook(FLOW) >> suspend() >> cancel()).ended("cancelled", "cancelled")


def test_a_question_may_be_skipped_while_it_asks():
    """A step that waits for an answer can be passed over with an outcome."""
    (Playbook(FLOW) >> done("a") >> skip("v") >> skip("q", outcome="yes")).stands("f.b", "f.g.c")
    play = Playbook(FLOW) >> done("a") >> skip("v") >> answer("q", True)
    play.stands("f.b", "f.g.c")


def test_a_step_that_is_skipped_has_not_been_done():
    """It leaves no record and sets nothing; whoever skipped it does not count for four eyes."""
    p = program("""
        data: {sent: bool}
        steps: {a: {task: A, set: {sent: true}, optional: true}, b: {task: B, not-by: a}, z: {task: Z}}
    """)
    play = Playbook(p) >> skip("a", by="li")
    assert "sent" not in play.state.data
    (play >> done("b", by="li")).stands("z")


def test_a_jump_that_cannot_go_on_is_refused():
    """The target's requirements and four eyes are looked at before the token moves."""
    p = program("""
        roles: {clerk: {title: Clerk, people: [li]}}
        data: {price: decimal}
        steps:
          a: {task: A, by: clerk}
          b: {task: B}
          c: {task: C, requires: price > 0}
          d: {task: D, by: clerk, not-by: a}
    """)
    play = Playbook(p) >> done("a", by="li")
    play >> jump("b", "c") << "refused: unsound"
    play >> jump("b", "d") << "refused: unsound"
    (play >> data({"price": 3}) >> jump("b", "c")).stands("c")


def test_what_failed_while_it_closed_is_closed_by_another_try():
    """A `set` that fails is an incident; what the step held is not begun anew."""
    p = program("""
        data: {n: int, m: int}
        steps: {f: {parallel: F, set: {m: = 10 / n}, branches: {a: {task: A}, b: {task: B}}}, z: {task: Z}}
    """)
    play = Playbook(p, {"n": 0}) >> done("f.a") >> done("f.b")
    play.stands("f")
    (play >> data({"n": 2}) >> retry("f")).stands("z")
    assert play.state.data["m"] == 5
