"""Calls in a circle: a program may hold itself, as long as the depth has an end."""

import copy
import pickle

import pytest
from lowering import compiled, findings, program, sop

from sopflow.analysis import check
from sopflow.compiler import lower

COUNTDOWN = """
    data: {n: int}
    steps:
      write: {task: Write, form: [n]}
      more: {decision: More?, yes: again, no: end enough}
      again:
        call: test
        at-most: 3
        too-deep: end deep
        with: {n: = n - 1}
        set: {n: = result.n}
        next: {enough: end enough, deep: done, done: done}
"""
PING = "steps: {a: {task: A}, c: {call: pong%s}}"
PONG = "steps: {go-on: {decision: Go on?, yes: c, no: end}, c: {call: test%s}}"
LIMIT = ", at-most: 2, too-deep: end deep"


def test_a_definition_that_calls_itself():
    """The call leads to the program that it stands in, and knows its fields and its ends."""
    made = program(COUNTDOWN)
    again = made.steps[made.by_path["again"]]
    assert again.call.program is made
    assert again.call.most == 3
    assert set(again.exits) == {"enough", "deep", "done", "too-deep"}


def test_definitions_that_call_each_other():
    """One call on the way round that limits the depth is enough, whichever it is."""
    for ping, pong in ((LIMIT, ""), ("", LIMIT)):
        made = program(PING % ping, pong=PONG % pong)
        called = made.steps[1].call.program
        assert called.name == "pong"
        assert called.steps[1].call.program is made


def test_a_circle_without_a_limit():
    """It would never end; the finding stands at the call that closes the circle, and shows the way round."""
    assert findings("steps: {a: {task: A}, c: {call: test}}") == [("SOP210", "steps.c.call")]
    report = compiled(PING % "", pong=PONG % "").report
    assert [(finding.code, finding.fields["chain"]) for finding in report] == [("SOP210", "pong → test → pong")]


def test_a_way_round_beside_the_limit():
    """A limit on one call is none for another call of the same SOP."""
    text = f"steps: {{a: {{call: pong{LIMIT}}}, c: {{call: pong}}}}"
    assert findings(text, pong=PONG % "") == [("SOP210", "steps.c.call")]


def test_what_a_recursive_call_gets_wrong_is_found():
    """Fields, ends and roles are held to the called SOP, though it is not compiled to the end yet."""
    text = """
        data: {n: int}
        steps:
          go-on: {decision: Go on?, yes: c, no: end enough}
          c: {call: test, at-most: 2, too-deep: end deep, with: {m: 1}, next: {done: done, enough: done}}
    """
    assert findings(text) == [("SOP211", "steps.c.with.m"), ("SOP418", "steps.c.next")]


def test_the_ends_of_handlers_are_ends_of_a_called_sop():
    """What a handler can end a run with, the caller must have a way for."""
    child = "messages: {stop: {}}\non: {stop: {instead: true, next: end stopped}}\nsteps: {a: {task: A}}"
    assert findings("steps: {c: {call: child, next: {done: done}}}", child=child) == [("SOP418", "steps.c.next")]


def test_the_hash_of_a_circle():
    """It holds what all of its definitions say, and does not depend on where one comes in."""
    one = program(PING % LIMIT, pong=PONG % "")
    pong = lower(
        sop(PONG % "", "pong"), find=lambda name, _: {"test": sop(PING % LIMIT), "pong": sop(PONG % "", "pong")}[name]
    ).program
    assert one.steps[1].call.program.hash == pong.hash
    assert pong.steps[1].call.program.hash == one.hash
    assert one.hash != pong.hash
    other = program(PING % LIMIT, pong=(PONG % "").replace("Go on?", "Go on now?"))
    assert other.hash != one.hash
    assert other.steps[1].call.program.hash != pong.hash


def test_a_caller_of_a_circle_holds_its_hash():
    """A change anywhere below changes the hash above."""
    text = "steps: {x: {call: ping}}"
    ping, pong = f"steps: {{a: {{task: A}}, c: {{call: pong{LIMIT}}}}}", "steps: {c: {call: ping%s}}"
    one, other = (program(text, ping=ping, pong=pong % more) for more in ("", ", note: New"))
    assert one.hash != other.hash


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies(again):
    """A program that holds itself can be shown, copied and pickled like any other."""
    made = program(COUNTDOWN)
    twin = again(made)
    assert (twin, repr(twin)) == (made, repr(made))
    assert twin.steps[twin.by_path["again"]].call.program == twin
    assert len(repr(twin.steps)) < 10_000


def test_a_recursion_is_checked_once():
    """Rules stop at a program that they have seen; what gets stuck in it is told once, as its own."""
    assert check(compiled(COUNTDOWN)).ok
    stuck = "steps: {a: {task: A, next: a}, c: {call: test, at-most: 2, too-deep: end}}"
    assert {finding.code for finding in check(compiled(stuck)).errors} == {"SOP411", "SOP412"}


def test_an_unknown_sop_is_told_once_per_call_and_nothing_else():
    """Its ends are not known, so no way out is blamed."""
    assert findings("steps: {c: {call: nowhere, next: {done: done, gone: end, else: end}}}") == [
        ("SOP209", "steps.c.call")
    ]
