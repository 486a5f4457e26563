"""An approval: people judge; verdict, who and why are kept, and each visit is a new round."""

import pytest
from playbook import Playbook, done, findings, fx, judge, program, reassign

ONE = program("""
    roles: {writer: Writer, boss: Boss}
    steps:
      write: {task: Write, by: writer}
      review: {approval: Review, by: boss, refused: write}
      send: {task: Send}
""")

CHANGES = program("""
    roles: {boss: {title: Boss, people: [ann, bob, cy]}}
    steps:
      review: {approval: Review, by: boss, need: 2 of 3, refused: end refused, changes: mend}
      send: {task: Send, next: end}
      mend: {task: Mend, next: review}
""")

ALL = program("""
    roles: {law: Law, money: Money}
    steps:
      review: {approval: Review, by: [law, money], need: all, refused: end refused}
      send: {task: Send}
""")


def test_approved_falls_through():
    """An approval that is approved goes on below."""
    play = Playbook(ONE) >> done("write") << "write closed: done" << "review opened"
    play >> judge("review", "approved", by="boss") << "review judged: approved" << "review closed: approved"
    play << "send opened"
    play.stands("send")


def test_refused_goes_back():
    """A refusal takes the way that the definition says, as often as it comes."""
    play = Playbook(ONE) >> done("write")
    for _ in range(50):
        play >> judge("review", "refused", by="boss") >> done("write")
    play.stands("review")
    assert play.state.done[1].times == 50
    assert len(play.state.open) == 2, "nothing grows with the rounds"


@pytest.mark.parametrize("verdict", ["changes", "maybe", "", "yes"])
def test_a_verdict_that_is_none_of_the_step_is_refused(verdict):
    """`changes` exists only where it is said, and other words never."""
    (Playbook(ONE) >> done("write") >> judge("review", verdict) << "refused: outcome").stands("review")


def test_the_wrong_role_may_not_judge():
    """Whoever wrote it is not the boss."""
    play = Playbook(ONE) >> done("write", by="writer") >> judge("review", "approved", by="writer") << "refused: role"
    play.stands("review")


def test_two_of_three_approve():
    """Two yes of three approve; the third seat is withdrawn at once."""
    play = Playbook(CHANGES) >> judge("review", "approved", by="ann")
    play.stands("review")
    play >> judge("review", "approved", by="bob") << "review judged: approved" << "review closed: approved"
    play << "send opened"
    play >> judge("review", "refused", by="cy") << "refused: not-open"


def test_two_of_three_refuse_as_soon_as_two_yes_are_out_of_reach():
    """It is decided against when two yes are out of reach, not before."""
    play = Playbook(CHANGES) >> judge("review", "refused", by="ann")
    play.stands("review")
    (play >> judge("review", "refused", by="bob")).ended("refused")


def test_changes_count_more_than_a_refusal():
    """Decided against, it goes out by `changes` if anyone said so."""
    play = Playbook(CHANGES) >> judge("review", "changes", by="ann") >> judge("review", "refused", by="bob")
    play.stands("mend")
    (play >> done("mend") >> judge("review", "approved", by="ann") >> judge("review", "approved", by="bob")).stands(
        "send"
    )


def test_one_yes_does_not_outweigh():
    """One yes and two against are decided against."""
    play = Playbook(CHANGES) >> judge("review", "approved", by="ann") >> judge("review", "refused", by="bob")
    (play >> judge("review", "refused", by="cy")).ended("refused")


def test_a_vote_is_final():
    """One vote per person; a second one is refused, in each round anew."""
    play = Playbook(CHANGES) >> judge("review", "approved", by="ann")
    (play >> judge("review", "refused", by="ann") << "refused: voted").stands("review")


def test_each_role_has_a_seat_where_all_are_needed():
    """With `need: all` each role in `by` has one seat: two people of one role do not make up for the other."""
    play = Playbook(ALL) >> judge("review", "approved", by="law")
    play.stands("review")
    play >> judge("review", "approved", by="law") << "refused: voted"
    (play >> judge("review", "approved", by="money")).stands("send")


def test_two_people_of_one_role_do_not_fill_two_seats():
    """A seat that is taken is taken: with `need: all` the second vote of one role is refused."""
    p = program("""
        roles: {law: {title: Law, people: [ann, bob]}, money: {title: Money, people: [cy]}}
        steps:
          review: {approval: Review, by: [law, money], need: all, refused: end refused}
          send: {task: Send}
    """)
    play = Playbook(p) >> judge("review", "approved", by="ann") >> judge("review", "approved", by="bob")
    play << "refused: role"
    assert play.refused.problem.fields["roles"] == "money"
    (play >> judge("review", "approved", by="cy")).stands("send")


def test_each_visit_is_a_new_round():
    """Votes of an earlier round do not count in the next."""
    play = Playbook(CHANGES) >> judge("review", "approved", by="ann") >> judge("review", "changes", by="bob")
    play >> judge("review", "changes", by="cy") >> done("mend") >> judge("review", "approved", by="ann")
    play.stands("review")


def test_a_reassigned_seat_stays_one_seat():
    """Handing a seat on adds none: the approval is settled by as many votes as before."""
    play = Playbook(ONE) >> done("write") >> reassign("review", "writer")
    play >> judge("review", "approved", by="boss") << "refused: role"
    (play >> judge("review", "approved", by="writer")).stands("send")


def test_one_refusal_settles_a_single_seat():
    """With one seat the first vote decides, and the judgement keeps who said why."""
    play = Playbook(ONE) >> done("write") >> judge("review", "refused", by="boss", why="too dear")
    assert [event.why for event in play.history if hasattr(event, "verdict")] == ["too dear"]
    play.stands("write")


def test_refused_must_be_said():
    """An approval without a way for a refusal does not load."""
    from sopflow.errors import DefinitionError

    with pytest.raises(DefinitionError):
        findings("steps: {review: {approval: Review}}")


def test_an_approval_is_judged_and_nothing_else():
    """An approval is not completed; the refusal names the right call."""
    play = Playbook(ONE) >> done("write") >> done("review") << "refused: outcome"
    assert "judge" in play.refused.problem.at(None).mend()
    assert fx.Offer(2, 1, ("boss",)) not in play.effects


def test_who_approves_hands_in_what_is_asked_for():
    """Form, checklist and evidence hold for an approval as for a task; who refuses need not give them."""
    p = program("""
        data: {price: {is: int, min: 1}, note: string}
        steps:
          a: {task: A}
          v:
            approval: V
            form: [price, note?]
            checklist: [Look twice]
            evidence: [{is: link, title: Minutes}]
            ensures: price < 100
            refused: a
    """)
    play = Playbook(p) >> done("a") >> judge("v", "approved") << "refused: incomplete"
    given = {"data": {"price": 50}, "evidence": ["https://example.org/m"]}
    play >> judge("v", "approved", **{**given, "ticks": []}) << "refused: incomplete"
    play >> judge("v", "approved", **{**given, "data": {"price": 0}}) << "refused: type"
    play >> judge("v", "approved", **{**given, "data": {"price": 500}}) << "refused: incomplete"
    (play >> judge("v", "refused", data={"note": "too dear"})).stands("a")
    (play >> done("a") >> judge("v", "approved", **given)).ended("done")
    assert dict(play.state.data) == {"price": 50, "note": "too dear"}
