"""A task: work for a person, with its outcomes, its form, its checklist and its evidence."""

import pytest
from playbook import Playbook, done, fx, judge, program, tick

ONE = program("""
    roles: {writer: Writer}
    steps:
      write: {task: Write, by: writer}
      send: {task: Send}
""")

OUTCOMES = program("""
    steps:
      call: {task: Call the client, outcomes: [reached, absent], next: {reached: note, absent: call}}
      note: {task: Write a note}
""")

FULL = program("""
    roles: {writer: Writer}
    data: {title: string, words: int, note: string}
    steps:
      write:
        task: Write
        by: writer
        form: [title, words, note?]
        checklist: [Spelling, Names, {text: Pictures, if: words > 100}]
        evidence: [{is: link, title: Draft}]
        ensures: words >= 10
""")


def test_a_task_waits_for_its_completion_and_goes_on_below():
    """A task opens, is offered to its role, and once completed the step below it opens."""
    play = Playbook(ONE) << "write opened"
    assert fx.Offer(1, 0, ("writer",)) in play.effects
    play >> done("write", by="writer") << "write closed: done" << "send opened"
    play.stands("send")


def test_the_last_task_ends_the_run():
    """A run ends with the outcome done when its last step is done, and asks the world to finish it."""
    play = Playbook(ONE) >> done("write") >> done("send") << "send closed: done" << "run ended: done"
    assert play.effects[-1] == fx.Finish("done")
    play.ended("done")


def test_an_outcome_chooses_the_way():
    """A task with outcomes goes the way of the outcome that was chosen."""
    (Playbook(OUTCOMES) >> done("call", outcome="absent") << "call closed: absent" << "call opened").stands("call")
    (Playbook(OUTCOMES) >> done("call", outcome="reached")).stands("note")


@pytest.mark.parametrize("outcome", [None, "", "done", "lost"])
def test_an_outcome_that_is_none_of_the_step_is_refused(outcome):
    """A task with outcomes is not completed without one of them."""
    (Playbook(OUTCOMES) >> done("call", outcome=outcome) << "refused: outcome").stands("call")


def test_a_task_without_outcomes_takes_none():
    """An outcome that the step does not have is refused, with those it has."""
    play = Playbook(ONE) >> done("write", outcome="approved") << "refused: outcome"
    assert play.refused.problem.fields["outcomes"] == "done"


def test_a_form_must_be_filled():
    """A field of the form that may not stay empty is asked for; one with a question mark is not."""
    given = {"title": "Hello", "words": 20}
    play = Playbook(FULL) >> done("write", data={"title": "Hello"}, evidence=["x"]) << "refused: incomplete"
    assert "words" in play.refused.problem.fields["missing"]
    play >> done("write", data={**given, "words": None}, evidence=["x"]) << "refused: incomplete"
    play >> done("write", data=given, evidence=["x"])
    play.ended("done")


def test_a_form_is_filled_by_what_is_known():
    """What the run knows already need not be given again."""
    (Playbook(FULL, {"title": "Hello", "words": 20}) >> done("write", evidence=["x"])).ended("done")


def test_a_checklist_must_be_ticked():
    """Lines of the checklist that apply and are not ticked keep the step open, and are named."""
    data = {"title": "Hello", "words": 20}
    play = Playbook(FULL, data) >> done("write", ticks=["Spelling"], evidence=["x"]) << "refused: incomplete"
    assert play.refused.problem.fields["missing"] == [{"": "Names"}]
    (play >> done("write", ticks=[1, "Names"], evidence=["x"])).ended("done")


def test_a_line_of_the_checklist_may_have_a_condition():
    """A line whose condition holds must be ticked like any other."""
    play = Playbook(FULL, {"title": "Hello", "words": 200})
    play >> done("write", ticks=[1, 2], evidence=["x"]) << "refused: incomplete"
    (play >> done("write", ticks=[1, 2, 3], evidence=["x"])).ended("done")


def test_a_condition_of_the_checklist_sees_what_is_handed_in():
    """The form handed in with the completion counts when the lines that apply are chosen."""
    play = Playbook(FULL) >> done("write", data={"title": "a", "words": 200}, ticks=[1, 2], evidence=["x"])
    play << "refused: incomplete"
    (Playbook(FULL, {"words": 200}) >> done("write", data={"title": "a", "words": 20}, ticks=[1, 2], evidence=["x"])
     ).ended("done")  # fmt: skip


def test_ticks_are_kept():
    """Lines ticked one by one count at completion."""
    play = Playbook(FULL, {"title": "Hello", "words": 20}) >> tick("write", 1) >> tick("write", "Names")
    (play >> done("write", ticks=[], evidence=["x"])).ended("done")


def test_unsaid_ticks_stand_for_the_whole_list():
    """Whoever completes a step without a word on its checklist vouches for all of it."""
    (Playbook(FULL, {"title": "Hello", "words": 200}) >> done("write", evidence=["x"])).ended("done")


@pytest.mark.parametrize("line", [0, 4, "Commas"])
def test_a_line_that_is_none_of_the_checklist_is_refused(line):
    """Only lines of the checklist can be ticked."""
    Playbook(FULL) >> tick("write", line) << "refused: outcome"


def test_a_tick_that_is_none_of_the_checklist_is_refused_at_completion():
    """A completion that names a line which does not exist is refused, not taken in silence."""
    Playbook(FULL, {"title": "a", "words": 20}) >> done("write", ticks=[1, 2, 9], evidence=["x"]) << "refused: outcome"


def test_evidence_must_be_given():
    """A step that needs evidence is not completed without it."""
    play = Playbook(FULL, {"title": "Hello", "words": 20}) >> done("write") << "refused: incomplete"
    assert {"": "Draft"} in play.refused.problem.fields["missing"]


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_empty_evidence_is_none(nothing):
    """An empty piece of evidence does not count."""
    Playbook(FULL, {"title": "Hello", "words": 20}) >> done("write", evidence=[nothing]) << "refused: incomplete"


def test_evidence_has_a_type():
    """A number is no link."""
    Playbook(FULL, {"title": "Hello", "words": 20}) >> done("write", evidence=[7]) << "refused: type"


def test_ensures_must_hold_with_what_was_handed_in():
    """A condition on completion is judged with the data that come with it; it says which did not hold."""
    play = Playbook(FULL, {"title": "a", "words": 20}) >> done("write", data={"words": 5}, evidence=["x"])
    play << "refused: incomplete"
    assert play.refused.problem.fields["condition"] == "words >= 10"
    (play >> done("write", data={"words": 10}, evidence=["x"])).ended("done")


def test_what_is_set_is_written_when_the_step_is_done():
    """A step's `set` is written at its completion: literals as they are, `=` computed from what was handed in."""
    p = program("""
        data: {track: [packaging, carton], round: int = 0, double: int}
        steps:
          a: {task: A, form: [round], set: {track: packaging, double: = round * 2}}
          b: {task: B, set: {track: unknown}}
          c: {task: C}
    """)
    play = Playbook(p) >> done("a", data={"round": 4})
    assert dict(play.state.data) == {"round": 4, "track": "packaging", "double": 8}
    play >> done("b")
    assert "track" not in play.state.data


def test_a_task_is_completed_and_nothing_else():
    """A task is not judged; the refusal says what to do instead."""
    play = Playbook(ONE) >> judge("write", "approved") << "refused: outcome"
    assert "done" in play.refused.problem.at(None).mend()


def test_a_second_completion_is_not_open():
    """Work that was completed is not completed again: the second is refused and says so."""
    play = Playbook(ONE)
    again = done("write", by="writer")(play.program, play.state)
    play >> again >> again << "refused: not-open"
    play.stands("send")


def test_those_to_tell_get_a_notice_when_it_opens():
    """`tell` sends a notice on opening, and gives no right to do the step."""
    p = program("""
        roles: {a: A, b: B}
        steps:
          x: {task: X, by: a, tell: b}
    """)
    play = Playbook(p)
    assert fx.Notify("tell", 1, 0, ("b",)) in play.effects
    play >> done("x", by="b") << "refused: role"
