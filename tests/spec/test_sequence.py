"""Where a step goes: below, by `next`, by cases, back and forth, to the end."""

import pytest
from playbook import Playbook, cancel, data, done, findings, judge, message, program, resume, suspend

LOOP = program("""
    data: {good: bool}
    steps:
      write: {task: Write}
      check: {task: Check, form: [good]}
      is-good: {decision: Good?, about: good, yes: send, no: write}
      send: {task: Send}
""")


def test_below_is_the_next_step():
    """Unsaid, a step goes to the one below it."""
    p = program("steps: {a: {task: A}, b: {task: B}, c: {task: C}}")
    (Playbook(p) >> done("a") >> done("b") >> done("c") << "c closed: done" << "run ended: done").ended("done")


def test_next_goes_forth_and_passes_over_what_is_between():
    """A step may go to any step of its list."""
    p = program("steps: {a: {task: A, next: c}, b: {task: B, next: end}, c: {task: C, next: b}}")
    (Playbook(p) >> done("a") >> done("c")).stands("b")


def test_a_rework_loop_goes_back_as_often_as_it_takes():
    """Going back opens the step anew; each visit is another opening, and the tail runs once."""
    play = Playbook(LOOP)
    first = play.opening("write").id
    for _ in range(5):
        play >> done("write") >> done("check", data={"good": False})
    assert play.opening("write").id != first
    play >> done("write") >> done("check", data={"good": True}) << "check closed: done"
    play << "is-good judged: yes" << "is-good closed: yes" << "send opened"
    play >> done("send") << "send closed: done" << "run ended: done"
    assert play.state.done[3].times == 1
    assert play.state.done[0].times == 6


def test_an_earlier_round_does_not_take_a_late_answer():
    """A completion of the first visit does not count for the second."""
    play = Playbook(LOOP)
    first_visit = done("write")(play.program, play.state)
    play >> done("write") >> done("check", data={"good": False}) >> first_visit << "refused: not-open"
    play.stands("write")


def test_an_end_names_the_outcome():
    """`end NAME` ends the run with that outcome."""
    p = program("steps: {a: {approval: A, approved: end, refused: end not-attended}}")
    (Playbook(p) >> judge("a", "approved")).ended("done")
    (Playbook(p) >> judge("a", "refused")).ended("not-attended")


def test_an_end_step_ends_the_run():
    """A step of the kind end is reached like any other, and then the run is over."""
    p = program("steps: {a: {approval: A, approved: bye, refused: a}, bye: {end: paid}}")
    play = Playbook(p) >> judge("a", "approved") << "a judged: approved" << "a closed: approved"
    play << "bye closed: done" << "run ended: paid"
    play.ended("paid")


def test_nothing_is_accepted_after_the_end():
    """A run that has ended takes nothing more."""
    p = program("messages: {hello: {}}\nsteps: {a: {task: A}}")
    play = Playbook(p)
    late = done("a")(play.program, play.state)
    play >> late
    for event in (late, data({}), message("hello"), cancel(), suspend(), resume()):
        play >> event << "refused: status"


def test_a_step_may_go_to_itself():
    """A task may be opened again by its own outcome: it waits, so it is no instant loop."""
    p = program("steps: {a: {task: A, outcomes: [again, over], next: {again: a, over: end}}}")
    (Playbook(p) >> done("a", outcome="again") >> done("a", outcome="again")).stands("a")


@pytest.mark.parametrize(
    "code, text",
    [
        ("SOP201", "steps: {a: {task: A, next: b}}"),
        ("SOP401", "steps: {a: {task: A, next: c}, b: {group: B, steps: {c: {task: C}}}}"),
        ("SOP402", "steps: {f: {parallel: F, branches: {a: {task: A, next: b}, b: {task: B}}}}"),
    ],
)
def test_targets_that_cannot_be(code, text):
    """A step that does not exist, the inside of a block and another branch are no targets."""
    assert code in findings(text)
