"""The law of this room: machine and engine agree on each event, whether they take it and where it leads."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_sops import CALLED, definitions, said
from twins import Twins

from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.errors import DefinitionError
from sopflow.machines import to_transitions

CHILD = loads(CALLED, format="json")
MOST = 150  # markings; larger machines only take longer
EVENTS = 12


def _agree(data, text):
    """Say random things to both, mostly such as the machine has a trigger for here."""
    compiled = lower(loads(text, format="json"), find=lambda name, _: CHILD)
    assume(compiled.program is not None)
    try:
        machine = to_transitions(compiled.program, limit=MOST)
    except DefinitionError as error:
        if "SOP421" not in {finding.code for finding in error.report}:
            raise
        assume(False)
    twins = Twins(compiled.program, machine=machine)
    twins.say("start", data.draw(said | st.just({})))
    triggers = sorted(machine.events)
    for _ in range(EVENTS):
        here = machine.get_triggers(twins.model.state)
        name = data.draw(st.sampled_from(here if here and data.draw(st.integers(0, 3)) else triggers))
        twins.say(name, data.draw(_data_for(name)))


def _data_for(name):
    """Data that the trigger may take, often none."""
    if name == "news":
        return st.sampled_from([{}, {"hot": True}, {"hot": False}])
    if name.endswith(("__right", "__wrong")):
        return st.sampled_from([{}, {"fine": True}])
    if name.endswith(("__a", "__b", "__c")):
        return st.sampled_from([{name[-1]: True}, {name[-1]: False}])
    if name.endswith("__n"):
        return st.sampled_from([{"n": 0}, {"n": 5}])
    return st.just({}) | said


def _usable(text):
    try:
        loads(text, format="json")
    except DefinitionError:  # such as a for-each whose step ends the run without saying so
        return False
    return True


@given(data=st.data(), text=definitions().filter(_usable))
def test_of_all_kinds_of_steps(data, text):
    """Whatever SOP, whatever is said to it in whatever order: both take it or both refuse it, and end up alike."""
    _agree(data, text)


@given(data=st.data(), text=definitions(("outcomes", "about", "ask-in-words", "group", "parallel"), rework=True))
def test_of_loops_and_joins(data, text):
    """The same where work is done again and again, and questions with it."""
    assume(_usable(text))
    _agree(data, text)


@given(data=st.data(), text=definitions(("task", "wait", "table", "cases", "about")).filter(_usable))
def test_of_data(data, text):
    """The same where data decide, and openings wait for them."""
    _agree(data, text)


def test_the_law_can_fail():
    """The comparison is one: a machine of another SOP is found out."""
    one = json.loads(CALLED)
    other = {**one, "steps": [one["steps"][0], {"id": "more", "task": "More"}]}
    other["steps"][0] = {**other["steps"][0], "next": {"right": "more", "wrong": "end wrong"}}
    program = lower(loads(json.dumps(one), format="json")).program
    twins = Twins(program, machine=to_transitions(loads(json.dumps(other), format="json")))
    twins.say("start")
    with pytest.raises(AssertionError):
        twins.say("look__right")
