"""The law of this room: machine and engine agree on each event, whether they take it and where it leads."""

import datetime as dt
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_sops import CALLED, definitions, said
from twins import Twins

from sopflow.analysis import check
from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.errors import DefinitionError
from sopflow.machines import to_transitions

CHILD = loads(CALLED, format="json")
EVENTS = 15
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def tries(number):
    """How many examples: this many in the quick profile, in proportion in others."""
    return max(1, number * settings().max_examples // 50)


def _agree(data, text, *, most):
    """Say random things to both, mostly such as the machine has a trigger for here."""
    compiled = lower(loads(text, format="json"), find=lambda name, _: CHILD)
    assume(compiled.program is not None)
    try:
        machine = to_transitions(compiled.program, limit=most, nested=False)
    except DefinitionError as error:
        assume(not _is_large(error))
        raise
    twins = Twins(compiled.program, machine=machine, at=NOON)
    twins.say("start", data.draw(said | st.just({})))
    triggers = sorted(machine.events)
    for _ in range(EVENTS):
        here = machine.get_triggers(twins.model.state)
        name = data.draw(st.sampled_from(here if here and data.draw(st.integers(0, 3)) else triggers))
        twins.say(name, data.draw(data_for(name)))


def _is_large(error):
    """Whether there are only too many markings, or too many openings of one handler."""
    return all(
        found.code == "SOP421" or "any number of times" in found.text() or "too many guards" in found.text()
        for found in error.report
    )


def data_for(name):
    """Data that the trigger may take, often none."""
    if name == "news":
        return st.sampled_from([{}, {"hot": True}, {"hot": False}])
    if name == "bell" or name.endswith("__error"):
        return st.just({})
    if name.endswith(("__right", "__wrong")):
        return st.sampled_from([{}, {"fine": True}])
    if name.endswith(("__a", "__b", "__c")):
        return st.sampled_from([{name[-1]: True}, {name[-1]: False}])
    if name.endswith("__n"):
        return st.sampled_from([{"n": 0}, {"n": 5}])
    return st.just({}) | said


def is_usable(text):
    """Whether the definition can be read at all."""
    try:
        loads(text, format="json")
    except DefinitionError:  # such as a for-each whose step ends the run without saying so
        return False
    return True


LOOPS = ("outcomes", "about", "ask-in-words", "group", "parallel")
HANDLED = ("task", "outcomes", "group", "parallel", "opens", "timed", "registered", "repeat")
DATA = ("task", "wait", "table", "cases", "about", "when")


@settings(max_examples=tries(15), derandomize=True)
@given(data=st.data(), text=definitions().filter(is_usable))
def test_of_all_kinds_of_steps(data, text):
    """Whatever SOP, whatever is said to it in whatever order: both take it or both refuse it, and end up alike."""
    _agree(data, text, most=40)


@settings(max_examples=tries(5), derandomize=True)
@given(data=st.data(), text=definitions(LOOPS, rework=True).filter(is_usable))
def test_of_loops_and_joins(data, text):
    """The same where work is done again and again, and questions with it."""
    _agree(data, text, most=40)


@settings(max_examples=tries(15), derandomize=True)
@given(data=st.data(), text=definitions(DATA, handlers=0).filter(is_usable))
def test_of_data(data, text):
    """The same where data decide, and openings wait for them."""
    _agree(data, text, most=40)


@settings(max_examples=tries(6), derandomize=True)
@given(data=st.data(), text=definitions().filter(is_usable))
def test_of_sound_definitions(data, text):
    """The same of definitions that are sound, of which those that embed machines speak."""
    assume(not check(lower(loads(text, format="json"), find=lambda name, _: CHILD)).errors)
    _agree(data, text, most=40)


@settings(max_examples=tries(15), derandomize=True)
@given(data=st.data(), text=definitions(HANDLED, handlers=2).filter(is_usable))
def test_of_handlers(data, text):
    """The same where much can happen beside the steps, or instead of them."""
    _agree(data, text, most=60)


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [None, LOOPS, DATA, HANDLED], ids=["all", "loops", "data", "handlers"])
@settings(max_examples=tries(15), derandomize=True)
@given(data=st.data())
def test_at_length(kinds, data):
    """The same, tried longer, and with larger machines."""
    handlers = {DATA: 0, HANDLED: 2}.get(kinds, 1)
    drawn = (
        definitions(handlers=handlers)
        if kinds is None
        else definitions(kinds, rework=kinds is LOOPS, handlers=handlers)
    )
    _agree(data, data.draw(drawn.filter(is_usable)), most=200)


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
