"""A group: steps under one roof."""

from playbook import Playbook, cancel, done, fx, judge, jump, program, skip

PAID = program("""
    steps:
      start: {task: Start}
      paid:
        group: Paid
        due: 3 days after opened
        steps:
          negotiate: {task: Negotiate}
          contract: {approval: Contract, refused: start, changes: negotiate}
      plan: {task: Plan}
""")

DEEP = program("""
    steps:
      a:
        group: A
        steps:
          b:
            group: B
            steps:
              c: {task: C, outcomes: [ok, out, stop, skip], next: {ok: done, out: z, stop: end stopped, skip: after-b}}
          after-b: {task: After B}
      z: {task: Z}
""")


def test_a_group_opens_its_first_step_and_is_left_after_its_last():
    """A group's last step leaves it; the group goes on below."""
    play = Playbook(PAID) >> done("start") << "start closed: done" << "paid opened" << "paid.negotiate opened"
    play >> done("negotiate") >> judge("contract", "approved")
    play << "paid.contract judged: approved" << "paid.contract closed: approved" << "paid closed: done" << "plan opened"
    play.stands("plan")


def test_a_step_may_leave_its_group():
    """A step that goes to an enclosing list withdraws the group, with its timers."""
    play = Playbook(PAID, at="2026-03-02T09:00") >> done("start") >> done("negotiate")
    assert [name for _, name in play.state.timers] == ["due"]
    play >> judge("contract", "refused") << "paid.contract judged: refused" << "paid.contract closed: refused"
    play << "paid withdrawn" << "start opened"
    assert not play.state.timers
    assert fx.ClearTimer(2, "due") in play.effects
    play.stands("start")


def test_a_loop_inside_a_group_stays_inside():
    """Going back within a group leaves it open."""
    play = Playbook(PAID) >> done("start")
    group = play.opening("paid").id
    play >> done("negotiate") >> judge("contract", "changes")
    assert play.opening("paid").id == group
    play.stands("paid.negotiate")


def test_leaving_several_levels_at_once():
    """A step may leave several groups in one move, by each of its ways."""
    (Playbook(DEEP) >> done("c", outcome="ok")).stands("a.after-b")
    (Playbook(DEEP) >> done("c", outcome="skip")).stands("a.after-b")
    play = Playbook(DEEP) >> done("c", outcome="out") << "a.b.c closed: out" << "a.b withdrawn" << "a withdrawn"
    play << "z opened"
    play.stands("z")
    (Playbook(DEEP) >> done("c", outcome="stop")).ended("stopped")


def test_a_group_may_be_called_off():
    """Cancelling a group withdraws what is in it; it goes on by its ordinary way."""
    play = Playbook(PAID) >> done("start") >> cancel("paid") << "paid.negotiate withdrawn" << "paid closed: done"
    play << "plan opened"
    play.stands("plan")


def test_a_group_may_be_skipped():
    """Skipping a group passes over all of it."""
    (Playbook(PAID) >> done("start") >> skip("paid")).stands("plan")


def test_a_group_is_entered_again_at_its_first_step():
    """Jumping to a group begins it anew, as another opening."""
    play = Playbook(PAID) >> done("start") >> done("negotiate")
    before = play.opening("paid").id
    play >> jump("contract", "paid")
    assert play.opening("paid").id != before
    play.stands("paid.negotiate")


def test_an_early_done_leaves_the_group():
    """`next: done` ends the group before its last step."""
    p = program("""
        steps:
          g: {group: G, steps: {a: {task: A, next: done}, b: {task: B, next: a}}}
          z: {task: Z}
    """)
    (Playbook(p) >> done("a")).stands("z")


def test_a_group_with_a_condition():
    """A group whose condition does not hold is passed over as a whole."""
    p = program("""
        data: {paid: bool}
        steps:
          g: {group: G, if: paid, steps: {a: {task: A}}}
          z: {task: Z}
    """)
    (Playbook(p, {"paid": False}) << "g passed over" << "g closed: done" << "z opened").stands("z")
    Playbook(p, {"paid": True}).stands("g.a")
