"""What a step costs, counted in calls of Python and C functions: no clock, so the same on every machine.

A step costs the same wherever it stands, however many there are, and however often it was done; and nothing in the
engine calls itself, so nothing a definition may say is too deep or too long for it.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playbook import program

from sopflow.engine import Accepted, RunState, effects, events, step
from sopflow.program import Program

MOST = 12  # calls for a plain step
DEEP = 60  # frames that the engine may take, whatever the program


def linear(size: int) -> Program:
    """Tasks in a row."""
    return program("roles: {ann: Ann}\nsteps:\n" + "".join(f"  s{n}: {{task: S, by: ann}}\n" for n in range(size)))


def forks(*, nested: bool) -> Program:
    """8 branches of 10 tasks; nested: each then forks into 8 more, likewise."""
    tasks = [f"s{number}: {{task: S, by: ann}}" for number in range(10)]
    plain = ", ".join(tasks)
    inner = ", ".join(f"c{number}: {{group: C, steps: {{{plain}}}}}" for number in range(8))
    branch = f"{plain}, inner: {{parallel: Inner, branches: {{{inner}}}}}" if nested else plain
    branches = "".join(f"      b{number}: {{group: B, steps: {{{branch}}}}}\n" for number in range(8))
    return program(f"roles: {{ann: Ann}}\nsteps:\n  fork:\n    parallel: Fork\n    branches:\n{branches}")


def decisions(size: int) -> Program:
    """Decisions in a row, none of which waits, between two tasks."""
    chain = "".join(f"  d{n}: {{decision: D, when: n > {n % 7}, yes: d{n + 1}, no: d{n + 1}}}\n" for n in range(size))
    return program(
        "data: {n: int}\nsteps:\n  first: {task: First, form: [n]}\n" + chain + f"  d{size}: {{task: Last}}\n"
    )


LOOP = """
    roles: {ann: Ann}
    steps:
      write: {task: Write, by: ann}
      review: {task: Review, by: ann, outcomes: [again, good], next: {again: write, good: done}}
"""


def begun(table: Program) -> tuple[RunState, Accepted]:
    """A run that has started."""
    state = RunState.of(table)
    outcome = step(table, state, events.Started(program=table.hash))
    assert isinstance(outcome, Accepted)
    return state, outcome


def offers(outcome: Accepted) -> Iterator[effects.Offer]:
    """What has opened."""
    return (effect for effect in outcome.effects if isinstance(effect, effects.Offer))


def counted(table: Program, state: RunState, event: events.Event) -> tuple[int, Accepted]:
    """How many functions are called, of Python's and C's, from ``step`` to its answer."""
    calls = 0

    def called(frame: object, what: str, about: object) -> None:
        nonlocal calls
        calls += what in ("call", "c_call")

    gc.disable()  # or what others have hung on the collector would be counted now and then
    sys.setprofile(called)
    outcome = step(table, state, event)
    sys.setprofile(None)
    gc.enable()
    assert isinstance(outcome, Accepted), outcome
    return calls - 1, outcome  # without that of setprofile


def played(table: Program) -> list[int]:
    """The calls of each step of a run in which the one that is open longest is always done next."""
    state, outcome = begun(table)
    waiting = list(offers(outcome))
    calls = []
    for offer in waiting:  # grows
        took, outcome = counted(table, state, events.StepDone(opening=offer.opening, by="ann"))
        calls.append(took)
        waiting += offers(outcome)
    assert state.status == "ended"
    return calls


@pytest.mark.parametrize("size", [10, 100, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_plain_step_is_a_few_calls(size):
    """At most a dozen, the same for the first step as for the last but one, of ten steps as of ten thousand."""
    of_three = played(linear(3))
    assert set(played(linear(size))[:-1]) == set(of_three[:-1]) == {of_three[0]}
    assert of_three[0] <= MOST


def test_the_end_of_a_run_costs_the_same_however_long_it_was():
    """What closes the run does not look at what has been."""
    assert played(linear(10))[-1] == played(linear(100))[-1]


def test_a_round_costs_the_same_however_many_there_were():
    """The ten-thousandth round of rework is as many calls as the tenth, and leaves nothing behind."""
    table = program(LOOP)
    state, outcome = begun(table)
    rounds, sizes = [], []
    for _ in range(10_000):
        (write,) = offers(outcome)
        first, outcome = counted(table, state, events.StepDone(opening=write.opening, by="ann"))
        (review,) = offers(outcome)
        second, outcome = counted(table, state, events.StepDone(opening=review.opening, by="ann", outcome="again"))
        rounds.append((first, second))
        sizes.append((len(state.open), len(state.done), len(state.opened), len(state.watch), len(state.agenda)))
    assert set(rounds) == {rounds[9]}
    assert sum(rounds[9]) <= 2 * MOST
    assert len(set(sizes[1:])) == 1


def test_a_step_does_not_see_how_many_tokens_wait():
    """Beside 64 tokens, twice nested, it is at most 1.3 times the calls that it is beside 8, forks and joins too."""

    def per_step(table: Program, steps: int) -> float:
        begun(table)  # what is worked out once for a program is worked out here
        state = RunState.of(table)
        total, outcome = counted(table, state, events.Started(program=table.hash))
        waiting = list(offers(outcome))
        for offer in waiting:  # grows
            took, outcome = counted(table, state, events.StepDone(opening=offer.opening, by="ann"))
            total += took
            waiting += offers(outcome)
        assert (len(waiting), state.status) == (steps, "ended")
        return total / steps

    assert per_step(forks(nested=True), 720) <= 1.3 * per_step(forks(nested=False), 80)


def test_a_step_inside_a_branch_is_a_plain_step():
    """Wherever it stands: nine of ten steps of a branch cost what they cost in a row."""
    plain = played(linear(3))[0]
    for nested in (False, True):
        calls = played(forks(nested=nested))
        assert calls.count(plain) == len(calls) * 9 // 10


def test_an_item_does_not_see_how_many_there_are():
    """A step of a for-each of 500 items is as many calls as one of 50."""
    table = program("""
        data: {items: list of string}
        steps:
          each: {for-each: items, as: item, steps: {one: {task: One}, two: {task: Two}}}
    """)

    def per_item(size: int) -> float:
        state = RunState.of(table)
        names = [f"item {number}" for number in range(size)]
        outcome = step(table, state, events.Started(program=table.hash, data={"items": names}))
        assert isinstance(outcome, Accepted)
        total = 0
        waiting = list(offers(outcome))
        for offer in waiting:
            took, outcome = counted(table, state, events.StepDone(opening=offer.opening))
            total += took
            waiting += offers(outcome)
        assert state.status == "ended"
        return total / size

    assert per_item(500) <= 1.02 * per_item(50)


def test_a_decision_costs_the_same_in_a_long_row():
    """A decision whose data are known is the same few calls, ten in a row or a hundred."""

    def calls(size: int) -> int:
        table, took = decisions(size), 0
        for _ in range(8):  # expressions that are evaluated often are compiled
            state, _ = begun(table)
            took, _ = counted(table, state, events.StepDone(opening=1, data={"n": 3}))
        return took

    few, more, many = calls(1), calls(11), calls(101)
    assert many - few == 10 * (more - few)
    assert (more - few) / 10 <= MOST


# -- no recursion -----------------------------------------------------------------------------------------------------


@contextmanager
def shallow() -> Iterator[None]:
    """Only so many frames more than there are now."""
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + DEEP)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.slow
def test_ten_thousand_decisions_in_a_row_need_no_recursion():
    """After a task, and at the start of a run, where the data are given."""
    table = decisions(10_000)
    state, _ = begun(table)
    with shallow():
        outcome = step(table, state, events.StepDone(opening=1, data={"n": 3}))
    assert isinstance(outcome, Accepted)
    assert [table.steps[offer.step].id for offer in offers(outcome)] == ["d10000"]


def test_a_thousand_decisions_at_the_start_need_no_recursion():
    """A run that begins with decisions, their data given, goes through all of them in its first event."""
    chain = "".join(f"  d{n}: {{decision: D, when: n > {n % 7}, yes: d{n + 1}, no: d{n + 1}}}\n" for n in range(1_000))
    table = program("data: {n: int}\nsteps:\n" + chain + "  d1000: {task: Last}\n")
    state = RunState.of(table)
    with shallow():
        outcome = step(table, state, events.Started(program=table.hash, data={"n": 3}))
    assert isinstance(outcome, Accepted)
    assert [table.steps[offer.step].id for offer in offers(outcome)] == ["d1000"]


def test_blocks_within_blocks_need_no_recursion():
    """As deep as a definition may be: they open, are gone through and close in as few frames as one."""
    text = "last: {task: Last}"
    for number in range(25):
        text = f"g{number}: {{group: G, steps: {{{text}}}}}"
    table = program(f"steps: {{{text}}}")
    with shallow():
        state, _ = begun(table)
        outcome = step(table, state, events.StepDone(opening=state.next - 1))
    assert isinstance(outcome, Accepted)
    assert state.status == "ended"


def test_a_loop_through_a_wide_fork_ends_as_others_do(monkeypatch):
    """Branches that people do count as moves too: a loop that opens ever more of them becomes an incident."""
    monkeypatch.setattr("sopflow.engine._rules.MOVES", 1_000)
    branches = "".join(f"      b{number}: {{task: B}}\n" for number in range(100))
    table = program(
        "messages: {m: {}}\nsteps:\n  fork:\n    parallel: Fork\n    join: first\n    rest: finish\n    next: fork\n"
        f"    branches:\n{branches}      x: {{emit: m}}\n"
    )
    state, outcome = begun(table)
    assert any(isinstance(effect, effects.Incident) for effect in outcome.effects)
    assert len(list(offers(outcome))) < 1_100
    assert state.status == "running"
