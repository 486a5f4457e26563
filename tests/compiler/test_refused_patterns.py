"""Patterns of control flow that this language refuses, as people would try to write them.

The general synchronizing merge, thread merge and thread split (workflow control-flow patterns 38, 41, 42, van der
Aalst and ter Hofstede) count tokens that nobody can foresee: whether such a run ends could not be checked. Each
attempt is told what to write instead.
"""

import pytest
from lowering import compiled

from sopflow.analysis import check
from sopflow.errors import DefinitionError

FORK = "steps: {p: {parallel: P, %s branches: {a: {task: A%s}, b: {task: B%s}, c: {task: C}}}, z: {task: Z%s}}"
EACH = "data: {l: list of string}\ninputs: [l]\n"


def _found(text):
    try:
        return {finding.code for finding in check(compiled(text))}
    except DefinitionError as error:
        return {finding.code for finding in error.report}


@pytest.mark.parametrize("join", ["any", "or", "3 threads", "2", "4 of 3"])
def test_a_join_that_cannot_count(join):
    """A block joins its own branches: those that were started, all, the first, n of them."""
    assert _found(FORK % (f"join: {join},", "", "", "")) == {"SOP127"}


def test_a_join_on_a_step():
    """Nothing but a block joins."""
    assert _found(FORK % ("", "", "", ", join: all")) == {"SOP175"}


@pytest.mark.parametrize(
    "text",
    [
        FORK % ("", "", "", ", after: [a, b]"),
        "steps: {a: {task: A}, b: {task: B}, c: {task: C, after: [a, b]}}",
        (
            "steps: {w: {task: W}, p: {parallel: P, branches: {a: {task: A, after: w}, b: {task: B}}}, "
            "r: {approval: R, refused: w}}"
        ),
        (
            "steps: {p: {parallel: P, branches: {a: {group: A, steps: {x: {task: X}, y: {task: Y, after: x}}}, "
            "b: {task: B}}}}"
        ),
        EACH + "steps: {e: {for-each: l, steps: {a: {task: A}, b: {task: B, after: a}}}}",
    ],
)
def test_waiting_for_what_is_in_no_sibling_branch(text):
    """What may have run, may still run or may run again elsewhere cannot be waited for (38)."""
    assert _found(text) == {"SOP437"}


def test_waiting_for_some_of_many():
    """What runs once for each item is waited for as a whole (41)."""
    text = (
        EACH + "steps: {p: {parallel: P, branches: {a: {for-each: l, steps: {x: {task: X}}}, b: {task: B, after: %s}}}}"
    )
    assert _found(text % "a.x") == {"SOP438"}
    assert _found(text % "a") == set()


def test_merging_inside_a_branch():
    """A branch is one thread, which no other can enter, at whatever depth (41)."""
    assert _found(FORK % ("", ", next: c", ", next: c", "")) == {"SOP402"}
    group = "{group: B, steps: {x: {task: X}, m: {task: M}}}"
    inside = f"steps: {{p: {{parallel: P, branches: {{a: {{task: A, next: m}}, b: {group}}}}}}}"
    assert _found(inside) == {"SOP402"}


def test_merging_behind_the_block():
    """Branches that all leave for one step do not meet there: the first withdraws the others (38)."""
    assert _found(FORK % ("", ", next: z", ", next: z", "")) == {"SOP439"}
    assert _found(FORK % ("join: first, rest: finish,", ", next: z", ", next: z", "")) == {"SOP404"}
    assert _found(FORK % ("", ", next: z", "", "")) == set()


def test_a_second_thread_out_of_a_handler():
    """A handler beside its scope cannot join the flow that goes on (41)."""
    text = "messages: {m: {}}\nsteps: {g: {group: G, on: {m: {task: M, next: z}}, steps: {a: {task: A}}}, z: {task: Z}}"
    assert _found(text) == {"SOP405"}


@pytest.mark.parametrize("key", ["threads: 3", "times: 3", "instances: 3", "split: 3", "merge: 3", "at-once: 3"])
def test_splitting_a_thread(key):
    """A step runs once; what is to run many times has a list of items (42)."""
    assert _found(f"steps: {{a: {{task: A, {key}}}, b: {{task: B}}}}") <= {"SOP101", "SOP102", "SOP175"}


def test_going_two_ways_at_once():
    """`next` leads one way; branches stand in a parallel (42)."""
    assert "SOP176" in _found("steps: {a: {task: A, next: [b, c]}, b: {task: B}, c: {task: C}}")
