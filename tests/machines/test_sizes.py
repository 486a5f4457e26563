"""What is long, goes round often, or is taken up again: the same in a run and in a machine, and without a stack."""

import datetime as dt
import json
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_sops import definitions, said
from test_agreement import CHILD, data_for, is_usable, tries
from twins import Twins, hears, program

from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.engine import Accepted, RunState, state_from_json, state_to_json, step
from sopflow.engine import events as ev
from sopflow.errors import DefinitionError
from sopflow.machines import to_transitions

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("number", [500, pytest.param(5_000, marks=pytest.mark.slow)])
def test_thousands_of_steps_in_a_row(number):
    """They compile, and run to their end one by one, in a run and in a machine; each step once."""
    p = program("steps:\n" + "".join(f"  s{n}: {{task: S}}\n" for n in range(number)))
    machine = to_transitions(p, limit=number + 10)
    assert len(machine.states) == number + 2
    state, token = RunState.of(p), SimpleNamespace(state="start", data={})
    step(p, state, ev.Started(program=p.hash))
    assert machine.events["start"].trigger(token)
    for n in range(number):
        assert token.state == f"s{n}"
        assert isinstance(step(p, state, ev.StepDone(opening=n + 1)), Accepted)
        assert machine.events[f"s{n}__done"].trigger(token)
    assert state.status == "ended"
    assert token.state == "ended:done"
    assert all(state.done[n].times == 1 for n in range(number))


def test_hundreds_of_steps_that_need_no_event():
    """A machine folds them into one transition."""
    lines = "".join(f"  s{n}: {{task: S, if: far < 0}}\n" for n in range(300))
    text = f"parameters: {{far: {{is: int, default: 0}}}}\nsteps:\n  a: {{task: A}}\n{lines}  z: {{task: Z}}\n"
    twins = Twins(text)
    assert twins.walk("start") == "a"
    assert twins.walk("a__done") == "z"


ROUNDS = """
    data: {n: {is: int, default: 0}}
    steps:
      draft: {task: Draft, set: {n: = n + 1}}
      check: {task: Check, outcomes: [good, bad], next: {good: end, bad: draft}}
    """


@pytest.mark.parametrize("rounds", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_loop_of_many_rounds(rounds):
    """None is lost, the state does not grow, and the machine stands where the run stands."""
    p = program(ROUNDS)
    machine = to_transitions(p)
    state, token = RunState.of(p), SimpleNamespace(state="start", data={})
    step(p, state, ev.Started(program=p.hash))
    machine.events["start"].trigger(token)
    said_, checked = machine.events["draft__done"], machine.events["check__bad"]
    for number in range(rounds):
        assert isinstance(step(p, state, ev.StepDone(opening=state.next - 1)), Accepted)
        assert isinstance(step(p, state, ev.StepDone(opening=state.next - 1, outcome="bad")), Accepted)
        if number < 2_000:
            assert said_.trigger(token)
            assert checked.trigger(token)
    assert state.data["n"] == rounds
    assert token.data["n"] == min(rounds, 2_000)
    assert (len(state.open), token.state) == (2, "draft")


TAIL = """
    data: {ok: {is: bool}, seen: {is: int, default: 0}}
    steps:
      p:
        parallel: P
        branches:
          one: {task: One}
          two: {group: Two, steps: {ask: {decision: Right?, about: ok, yes: sum, no: sum}, sum: {task: Sum}}}
          last: {task: Last}
      tail: {task: Tail, set: {seen: = seen + 1}}
    """


@given(st.permutations(["one__done", "sum__done", "last__done"]))
@settings(max_examples=6)
def test_the_tail_runs_once_and_the_end_is_no_sooner(order):
    """Whichever branch comes last: no end is reported before the tail has run, and it runs once."""
    twins = Twins(TAIL)
    twins.walk("start", "ask__yes")
    for trigger in order:
        assert not twins.model.state.startswith("ended")
        twins.walk(trigger)
    assert twins.model.state == "tail"
    assert twins.walk("tail__done") == "ended:done"
    assert twins.model.data["seen"] == twins.state.data["seen"] == 1


def test_an_answer_given_after_a_stop_is_not_lost():
    """A run that was stored while it asked, and a model that was, take the answer where they are taken up again."""
    twins = Twins(TAIL)
    twins.walk("start", "one__done", "last__done")
    assert twins.model.state == "p(1:two(ask?))"
    twins.state = state_from_json(json.loads(json.dumps(state_to_json(twins.state))), twins.program)
    stored = SimpleNamespace(data=json.loads(json.dumps(twins.model.data)))
    twins.machine.add_model(stored, initial=twins.model.state)
    twins.model = stored
    assert twins.walk("ask__no", "sum__done", "tail__done") == "ended:done"
    assert stored.data["ok"] is False


def test_a_run_that_is_suspended_while_it_asks():
    """It takes data meanwhile, and goes on with them; it asks no more than before."""
    p = program(TAIL)
    state = RunState.of(p)
    begin = [ev.Started(program=p.hash, at=NOON), ev.Suspended(at=NOON), ev.DataSet(changes={"ok": True}, at=NOON)]
    for event in (*begin, ev.Resumed(at=NOON)):
        assert isinstance(step(p, state, event), Accepted)
    asks = [opening for opening in state.open.values() if opening.phase == "asks"]
    assert not asks
    assert "p.two.sum" in {p.steps[opening.step].path for opening in state.open.values() if opening.step >= 0}


@settings(max_examples=tries(15), derandomize=True)
@given(data=st.data(), text=definitions().filter(is_usable))
def test_a_history_taken_up_anywhere(data, text):
    """Folding any beginning of a history and going on ends alike; a state is the same after JSON; so is a machine."""
    compiled = lower(loads(text, format="json"), find=lambda name, _: CHILD)
    if compiled.program is None:
        return
    try:
        machine = to_transitions(compiled.program, limit=60, nested=False)
    except DefinitionError:
        return
    twins, triggers = Stored(compiled.program, machine=machine, at=NOON), sorted(machine.events)
    twins.say("start", data.draw(said))
    for _ in range(8):
        here = machine.get_triggers(twins.model.state) or triggers
        name = data.draw(st.sampled_from(here))
        twins.say(name, data.draw(data_for(name)))
        twins.take_up()
    cut = data.draw(st.integers(0, len(twins.history)))
    state = RunState.of(compiled.program)
    for event in twins.history[:cut]:
        assert hears(compiled.program, state, event)
    state = state_from_json(state_to_json(state), compiled.program)
    for event in twins.history[cut:]:
        assert hears(compiled.program, state, event)
    assert state_to_json(state) == state_to_json(twins.state)


class Stored(Twins):
    """Twins that are put away and taken up after each event, with the history of the run."""

    def take_up(self):
        """Both from what was stored of them."""
        text = json.dumps(state_to_json(self.state), sort_keys=True)
        again = state_from_json(json.loads(text), self.program)
        assert json.dumps(state_to_json(again), sort_keys=True) == text
        assert again == self.state
        self.state = again
        stored = SimpleNamespace(data=json.loads(json.dumps(self.model.data)))
        self.machine.add_model(stored, initial=self.model.state)
        self.model = stored
