"""A decision: a question about a field, by an expression, by cases, or in people's words."""

import pytest
from playbook import Playbook, answer, data, done, findings, fx, judge, program, skip

ABOUT = program("""
    roles: {boss: Boss}
    data: {free: bool}
    steps:
      is-free: {decision: Is it free?, about: free, by: boss, yes: confirm, no: pay}
      confirm: {task: Confirm, next: end}
      pay: {task: Pay}
""")

RANK = program("""
    roles: {boss: Boss}
    data: {priority: [P0, P1, P2]}
    steps:
      rank: {decision: Which?, about: priority, by: boss, next: {P0: hurry, else: wait-on}}
      hurry: {task: Hurry, next: end}
      wait-on: {task: Wait}
""")

WHEN = program("""
    data: {price: {is: int, ask: clerk}, limit: {is: int, ask: clerk}}
    roles: {clerk: Clerk}
    steps:
      dear: {decision: Dear?, when: price > limit, yes: ask-boss, no: buy}
      ask-boss: {task: Ask, next: end}
      buy: {task: Buy}
""")

CASES = program("""
    data: {kind: [book, film, song], age: {is: int, ask: clerk}}
    roles: {clerk: Clerk}
    steps:
      sort:
        decision: Where?
        by: clerk
        next:
          - {when: kind == 'book', then: shelf}
          - {when: age > 10, then: cellar}
          - {else: desk}
      shelf: {task: Shelf, next: end}
      cellar: {task: Cellar, next: end}
      desk: {task: Desk}
""")

WORDS = program("""
    roles: {boss: Boss}
    steps:
      go-on: {decision: Shall we go on?, by: boss, yes: work, no: end stopped}
      work: {task: Work, if: steps.go_on.answer == 'yes'}
""")


def test_a_decision_whose_field_is_known_routes_at_once():
    """A known field is not asked for; the decision notes what it read and takes the way of the value."""
    play = Playbook(ABOUT, {"free": True}) << "is-free judged: yes" << "is-free closed: yes" << "confirm opened"
    play.stands("confirm")
    Playbook(ABOUT, {"free": False}).stands("pay")


def test_a_decision_asks_for_a_field_that_is_unknown():
    """Asked are the people of the step; the answer is written into the field."""
    play = Playbook(ABOUT) << "is-free opened asking free"
    assert play.effects == (fx.Ask(1, 0, ("free",), ("boss",)),)
    play >> answer("is-free", False, by="boss") << "is-free judged: no" << "is-free closed: no" << "pay opened"
    assert play.state.data["free"] is False
    play.stands("pay")


@pytest.mark.parametrize("word, goes", [("yes", "confirm"), ("no", "pay"), (True, "confirm"), (False, "pay")])
def test_a_question_of_yes_and_no_takes_both_words_and_truth_values(word, goes):
    """People may answer with the words that stand at the ways out."""
    (Playbook(ABOUT) >> answer("is-free", word)).stands(goes)


@pytest.mark.parametrize("value", ["maybe", 1, None, "true"])
def test_an_answer_of_the_wrong_type_is_refused(value):
    """What is no value of the field does not answer the question, nor does nothing at all."""
    (Playbook(ABOUT) >> answer("is-free", value) << "refused: type").stands("is-free")


def test_the_wrong_role_may_not_answer():
    """A question is for the step's people."""
    p = program("""
        roles: {boss: Boss, clerk: Clerk}
        data: {free: bool}
        steps:
          is-free: {decision: Free?, about: free, by: boss, yes: end, no: end}
    """)
    (Playbook(p) >> answer("is-free", True, by="clerk") << "refused: role").stands("is-free")


def test_the_data_answer_by_themselves():
    """A decision that asks goes on when the field is set from anywhere."""
    (Playbook(ABOUT) >> data({"free": True}) << "is-free judged: yes" << "is-free closed: yes" << "confirm opened")


def test_an_answer_about_another_field_is_refused():
    """A step takes answers only to what it asks."""
    p = program("""
        data: {free: bool, paid: bool}
        steps:
          is-free: {decision: Free?, about: free, yes: end, no: end}
    """)
    Playbook(p) >> answer("is-free", True, field="paid") << "refused: type"


def test_values_of_an_enumeration_are_ways_out():
    """A decision about an enumeration goes the way of the value, or `else`."""
    Playbook(RANK, {"priority": "P0"}).stands("hurry")
    Playbook(RANK, {"priority": "P2"}).stands("wait-on")
    (Playbook(RANK) >> answer("rank", "P3") << "refused: type" >> answer("rank", "P1")).stands("wait-on")


def test_an_expression_asks_for_all_it_does_not_know():
    """A condition over unknown fields asks those who know them, one answer at a time."""
    play = Playbook(WHEN) << "dear opened asking price, limit"
    assert play.effects == (fx.Ask(1, 0, ("price", "limit"), ("clerk",)),)
    play >> answer("dear", 5) << "refused: type"
    (play >> answer("dear", 5, field="price") >> answer("dear", 9, field="limit")).stands("buy")
    Playbook(WHEN, {"price": 10, "limit": 1}).stands("ask-boss")


def test_an_expression_that_is_true_without_the_unknown_asks_nothing():
    """`true || unknown` is true: nobody is asked for what does not matter."""
    p = program("""
        data: {a: {is: bool, ask: clerk}, b: {is: bool, ask: clerk}}
        roles: {clerk: Clerk}
        steps:
          x: {decision: X, when: a || b, yes: one, no: two}
          one: {task: One, next: end}
          two: {task: Two}
    """)
    Playbook(p, {"b": True}).stands("one")
    Playbook(p, {"a": False}) << "x opened asking b"


def test_the_first_case_that_holds_counts():
    """Cases are tried in order."""
    Playbook(CASES, {"kind": "book", "age": 50}).stands("shelf")
    Playbook(CASES, {"kind": "film", "age": 50}).stands("cellar")
    Playbook(CASES, {"kind": "film", "age": 5}).stands("desk")


def test_an_unknown_case_stops_the_search():
    """An unknown guard might have matched: it is asked about before the next is tried."""
    play = Playbook(CASES, {"age": 50}) << "sort opened asking kind"
    play >> answer("sort", "song") << "sort judged: cellar" << "sort closed: cellar" << "cellar opened"
    (Playbook(CASES, {"kind": "film"}) >> answer("sort", 3)).stands("desk")


def test_a_question_in_words_is_answered_with_a_way_out():
    """A decision about nothing is answered with one of its ways out, which `steps.ID.answer` keeps."""
    (Playbook(WORDS) >> answer("go-on", "perhaps") << "refused: outcome" >> answer("go-on", True)).stands("work")
    (Playbook(WORDS) >> answer("go-on", "no", by="boss")).ended("stopped")


def test_an_error_is_an_incident_and_never_unknown():
    """A division by zero opens nobody's question: the step stands at an incident, and can be retried or skipped."""
    p = program("""
        data: {a: int, b: int}
        steps:
          ratio: {decision: Much?, when: a / b > 2, yes: one, no: two}
          one: {task: One, next: end}
          two: {task: Two}
    """)
    play = Playbook(p, {"a": 1, "b": 0})
    assert play.opening("ratio").phase == "incident"
    assert any(isinstance(effect, fx.Incident) for effect in play.effects)
    (play >> skip("ratio", outcome="no")).stands("two")


def test_a_decision_is_not_completed_or_judged():
    """A decision is answered; the refusal says so."""
    Playbook(ABOUT) >> done("is-free") << "refused: not-open" >> judge("is-free", "approved") << "refused: not-open"
    Playbook(WORDS) >> done("go-on") << "refused: outcome" >> judge("go-on", "approved") << "refused: outcome"


LOOP = """
    roles: {{boss: Boss}}
    data: {{good: bool}}
    steps:
      write: {{task: Write}}
      is-good: {{decision: Good?, about: good, by: boss, ask: {ask}, yes: send, no: write}}
      send: {{task: Send}}
"""


def test_a_new_round_asks_anew():
    """An old answer does not answer a new round."""
    p = program(LOOP.format(ask="new-round"))
    play = Playbook(p) >> done("write") >> answer("is-good", False) >> done("write")
    play << "write closed: done" << "is-good opened asking good"
    (play >> answer("is-good", False) >> done("write") >> answer("is-good", True)).stands("send")


def test_a_field_written_since_answers_a_new_round():
    """In a loop a field that was written since it was last judged here is not asked again."""
    p = program(LOOP.format(ask="new-round"))
    play = Playbook(p) >> done("write") >> answer("is-good", False) >> data({"good": True})
    (play >> done("write")).stands("send")


def test_a_form_in_the_loop_answers_a_new_round():
    """What the rework itself says counts as written since."""
    p = program("""
        data: {good: bool}
        steps:
          write: {task: Write, form: [good]}
          is-good: {decision: Good?, about: good, yes: send, no: write}
          send: {task: Send}
    """)
    play = Playbook(p) >> done("write", data={"good": False}) >> done("write", data={"good": False})
    (play >> done("write", data={"good": True})).stands("send")


def test_ask_unknown_asks_only_while_it_is_unknown():
    """`ask: unknown` puts the question once."""
    p = program(LOOP.format(ask="unknown"))
    play = Playbook(p) >> done("write") >> answer("is-good", False) >> done("write")
    play.stands("write")


def test_ask_every_time_asks_at_each_visit():
    """`ask: every-time` asks although the answer is known."""
    p = program(LOOP.format(ask="every-time"))
    play = Playbook(p, {"good": True}) >> done("write") << "write closed: done" << "is-good opened asking good"
    (play >> answer("is-good", True)).stands("send")


def test_a_question_asked_again_is_not_answered_by_its_old_value():
    """While a question is put anew, the value from before does not leak into the answer."""
    p = program(LOOP.format(ask="new-round"))
    play = Playbook(p) >> done("write") >> answer("is-good", False) >> done("write")
    assert play.opening("is-good").asked == ("good",)
    play >> data({"good": False}) << "is-good judged: no" << "is-good closed: no" << "write opened"


def test_what_was_judged_is_kept():
    """The decision keeps the inputs, the rule and the result."""
    play = Playbook(WHEN, {"price": 10, "limit": 1})
    assert play.state.done[0].outcome == "yes"
    judged = [note for note in replayed(play) if isinstance(note, fx.Judged)]
    assert judged == [fx.Judged(1, 0, {"price": 10, "limit": 1}, "price > limit", "yes")]


def replayed(play):
    """All notes of the run, made anew from its history."""
    from sopflow.engine import RunState, step

    state = RunState.of(play.program)
    return [note for event in play.history for note in step(play.program, state, event).notes]


def test_both_ways_must_be_said():
    """A decision with one way out is refused when it is read; a value without a way, when it is compiled."""
    assert "SOP418" in findings("""
        data: {p: [A, B, C]}
        steps:
          x: {decision: X, about: p, next: {A: end, B: end}}
    """)


SEVERAL = """
    roles: {{a: A, b: B, c: C}}
    data: {{free: bool}}
    steps:
      vote: {{decision: Free?, about: free, by: [a, b, c], need: {need}, {how}, yes: one, no: two}}
      one: {{task: One, next: end}}
      two: {{task: Two, next: end}}
      three: {{task: Three}}
"""


def test_several_people_settle_a_decision_by_most():
    """Asked of several, a decision is settled as soon as it can no longer change."""
    p = program(SEVERAL.format(need="all", how="settle: most"))
    play = Playbook(p) >> answer("vote", True, by="a")
    play.stands("vote")
    play >> answer("vote", False, by="b")
    play.stands("vote")
    (play >> answer("vote", True, by="c")).stands("one")


def test_several_people_who_differ_take_the_way_out_differ():
    """Different answers that nothing settles go out by `differ`."""
    p = program(SEVERAL.format(need="all", how="differ: three"))
    play = Playbook(p) >> answer("vote", True, by="a")
    (play >> answer("vote", False, by="b")).stands("three")


MEAN = """
    roles: {{a: {{title: A, people: [ann, bob, cy]}}}}
    data: {{p: [P0, P1, P2]}}
    steps:
      rank: {{decision: Rank, about: p, by: a, need: {need}, {how}, next: {{P0: x, P1: y, P2: z}}}}
      x: {{task: X, next: end}}
      y: {{task: Y, next: end}}
      z: {{task: Z, next: end}}
"""


def test_in_doubt_the_first_in_rank_order():
    """`in-doubt: first`: different answers give the higher in rank order."""
    p = program(MEAN.format(need="2", how="in-doubt: first"))
    play = Playbook(p) >> answer("rank", "P2", by="ann") >> answer("rank", "P1", by="bob")
    assert play.state.data["p"] == "P1"
    play.stands("y")


def test_in_doubt_is_settled_when_it_can_no_longer_change():
    """The highest value needs no further answer."""
    p = program(MEAN.format(need="3", how="in-doubt: first"))
    (Playbook(p) >> answer("rank", "P0", by="ann")).stands("x")


def test_several_people_answer_once_each():
    """One answer per person."""
    p = program(MEAN.format(need="2", how="settle: most"))
    play = Playbook(p) >> answer("rank", "P1", by="ann") >> answer("rank", "P1", by="ann") << "refused: voted"
    (play >> answer("rank", "P1", by="bob")).stands("y")


def test_an_answer_of_several_is_not_known_before_it_is_settled():
    """While answers are still out the field stays unknown."""
    p = program(MEAN.format(need="2", how="settle: most"))
    play = Playbook(p) >> answer("rank", "P1", by="ann")
    assert "p" not in play.state.data
    play.stands("rank")


def test_every_visit_asks_though_the_event_that_opened_it_gave_the_answer():
    """`ask: every-time`: what somebody handed in on the way is the last answer, not this one."""
    p = program("""
        data: {ok: bool}
        steps:
          a: {task: A, form: [ok]}
          q: {decision: Q, about: ok, ask: every-time, yes: end, no: a}
    """)
    play = Playbook(p) >> done("a", data={"ok": True}) << "a closed: done" << "q opened asking ok"
    (play >> answer("q", False)).stands("a")
