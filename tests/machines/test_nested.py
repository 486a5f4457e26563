"""The nested machine: parallel states that add instead of multiplying, held to the engine as the flat one is."""

import datetime as dt
import pickle
from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_sops import CALLED, definitions, said
from test_agreement import data_for, is_usable, tries
from transitions import Machine, MachineError
from transitions.extensions import HierarchicalGraphMachine, HierarchicalMachine
from twins import NestedTwins, program, sop

from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.errors import DefinitionError, Refused, UsageError
from sopflow.machines import identifier, to_transitions

CHILD = loads(CALLED, format="json")
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
MOST = 60
EVENTS = 12

REVIEW = """
    data: {ok: {is: bool, ask: boss}}
    roles: {boss: {title: Boss}}
    steps:
      write: {task: Write}
      review:
        parallel: Review
        branches:
          legal: {task: Legal, outcomes: [good, bad], next: {good: done, bad: write}}
          price:
            group: Price
            steps:
              sum: {task: Sum}
              check: {decision: Right?, about: ok, ask: unknown, yes: done, no: sign}
          many: {parallel: Many, branches: {one: {task: One}, two: {task: Two}}}
      sign: {task: Sign}
    """


def _nested(text, **options):
    return to_transitions(program(text), nested=True, **options)


def _twins(text):
    return NestedTwins(text, machine=_nested(text), at=NOON)


def test_a_parallel_is_parallel_states():
    """A state is a path: the parallel, the branch, where the branch stands."""
    twins = _twins(REVIEW)
    assert twins.walk("start") == "write"
    assert twins.walk("write__done") == [
        "review/legal/legal",
        "review/price/price(sum)",
        ["review/many/many/one/one", "review/many/many/two/two"],
    ]
    assert isinstance(twins.machine, HierarchicalMachine)


def test_all_branches_must_come():
    """A branch that has come waits at its end; the last one lets the parallel go on."""
    twins = _twins(REVIEW)
    twins.walk("start", "write__done", "one__done", "legal__good")
    assert twins.say("sum__done", {"ok": True})
    assert twins.model.state == [
        "review/legal/done",
        "review/price/done",
        ["review/many/many/one/done", "review/many/many/two/two"],
    ]
    assert twins.walk("two__done", "sign__done") == "ended:done"


def test_a_step_may_lead_out_of_its_branch():
    """All other branches are left as they stand; the parallel can be entered again."""
    twins = _twins(REVIEW)
    assert twins.walk("start", "write__done", "one__done", "legal__bad") == "write"
    assert twins.walk("write__done")[2] == ["review/many/many/one/one", "review/many/many/two/two"]


def test_a_branch_may_ask():
    """A question in a branch has its triggers; data that come by themselves answer it, too."""
    twins = _twins(REVIEW)
    assert twins.walk("start", "write__done", "sum__done")[1] == "review/price/price(check?)"
    assert twins.walk("check__no") == "sign"
    again = _twins(REVIEW)
    again.walk("start", "write__done", "sum__done")
    assert again.say("set_data", {"ok": True})
    assert again.model.state[1] == "review/price/done"


LAST_FIRST = """
    steps:
      p:
        parallel: P
        branches:
          a: {group: A, steps: {a1: {task: A1}, a2: {task: A2}}}
          b: {task: B}
      tail: {task: Tail}
    """


def test_the_last_listed_branch_may_come_first():
    """Then another branch takes a step that ends nothing: where transitions 0.9.3 by itself raises AttributeError."""
    twins = _twins(LAST_FIRST)
    assert twins.walk("start", "b__done", "a1__done") == ["p/a/a(a2)", "p/b/done"]
    assert twins.walk("a2__done") == "tail"
    assert twins.walk("tail__done") == "ended:done"


def test_the_library_by_itself_still_raises():
    """What the machine mends is still broken in the library; when it is not, the mending can go."""
    final = [{"name": "x"}, {"name": "y"}, {"name": "z", "final": True}]
    branches = [{"name": name, "initial": "x", "children": final} for name in "ab"]
    states = [{"name": "p", "initial": ["a", "b"], "children": branches}]
    machine = HierarchicalMachine(states=states, initial="p", auto_transitions=False)
    machine.add_transition("ends", "p_b_x", "p_b_z")
    machine.add_transition("moves", "p_a_x", "p_a_y")
    machine.ends()
    with pytest.raises(AttributeError, match="scoped_enter"):
        machine.moves()


def test_what_is_not_possible():
    """A refused trigger is the library's MachineError, a guard that does not hold is False; nothing moves."""
    model = SimpleNamespace(data={})
    _nested(REVIEW, model=model)
    model.start()
    with pytest.raises(MachineError):
        model.legal__good()
    with pytest.raises(Refused, match="SOP709"):
        model.write__done(data={"nothing": 1})
    assert (model.state, model.data) == ("write", {})


def test_a_guard_that_fails_on_the_way():
    """Nothing has happened then, although its branch had moved and written."""
    text = """
        data: {n: {is: int}, made: {is: int, default: 0}}
        steps:
          p:
            parallel: P
            branches: {a: {task: A, set: {made: = made + 1}}, b: {task: B}}
          rate: {decision: Rate, when: 1 / n > 0, yes: end, no: end low}
        """
    model = SimpleNamespace(data={"n": 0})
    _nested(text, model=model)
    model.start()
    model.b__done()
    assert not model.a__done()
    assert model.state == ["p/a/a", "p/b/done"]
    assert model.data == {"n": 0, "made": 0}


def test_triggers_said_by_callbacks():
    """They are heard when the machine has come to rest."""
    model = SimpleNamespace(data={})
    machine = _nested(LAST_FIRST, model=model)
    machine.get_state("p").add_callback("enter", lambda event: event.model.b__done())
    model.start()
    assert model.state == ["p/a/a(a1)", "p/b/done"]


def test_models_from_a_store():
    """The state, a list here, and the data are all there is to store."""
    model, stored = SimpleNamespace(data={}), SimpleNamespace(data={})
    machine = _nested(LAST_FIRST, model=model)
    model.start()
    model.b__done()
    assert pickle.loads(pickle.dumps(machine.leaves(model))) == model.state
    _nested(LAST_FIRST, model=stored, initial=model.state)
    stored.a1__done()
    stored.a2__done()
    assert stored.state == "tail"
    with pytest.raises(UsageError, match="SOP641"):
        _nested(LAST_FIRST, initial=["p/a/a(a1)", "p/b/c"])


def test_names_and_diagrams():
    """Names may be identifiers, and the library draws it."""
    machine = _nested(LAST_FIRST, names=identifier, machine_class=HierarchicalGraphMachine, graph_engine="mermaid")
    model = SimpleNamespace()
    machine.add_model(model)
    model.start()
    assert model.state == ["p/a/a_a1", "p/b/b"]
    assert "tail --> ended_done: tail__done" in model.get_graph().draw(None)


WIDE = "steps: {{p: {{parallel: P, branches: {{{branches}}}}}}}".format(
    branches=", ".join(f"b{n}: {{group: G, steps: {{x{n}: {{task: X}}, y{n}: {{task: Y}}}}}}" for n in range(9))
)


def test_states_add():
    """Nine branches of two steps have 3^9 markings, and forty-eight states."""
    machine = _nested(WIDE)
    assert len(machine.get_nested_state_names()) == 3 + 9 * 5


def test_what_is_too_large_for_a_flat_machine_becomes_a_nested_one():
    """Unless that is refused, or a flat class was asked for."""
    assert isinstance(to_transitions(sop(WIDE), limit=60), HierarchicalMachine)
    assert isinstance(to_transitions(sop(WIDE), limit=60, machine_class=HierarchicalMachine), HierarchicalMachine)
    with pytest.raises(DefinitionError, match="SOP421"):
        to_transitions(sop(WIDE), limit=60, nested=False)


AFTER = "steps: {p: {parallel: P, branches: {a: {task: A}, b: {task: B, after: [a]}}}}"

ANEW = """
    data: {a: {is: bool}}
    steps: {p: {parallel: P, branches: {q: {decision: Q, about: a, yes: done, no: p}, b: {task: B}}}}
    """

HANDLED = """
    messages: {m: {is: {}, kept: false}}
    on: {m: {task: M}}
    steps: {p: {parallel: P, branches: {a: {task: A}, b: {task: B}}}}
    """

WHILE = """
    data: {a: {is: bool, default: true}}
    steps: {p: {parallel: P, while: a, branches: {a: {task: A}, b: {task: B}}}}
    """

FIRST = """
    data: {a: {is: bool}, b: {is: bool}}
    steps:
      p:
        parallel: P
        branches:
          x: {decision: X, about: a, yes: done, no: end odd of run}
          y: {decision: Y, about: b, yes: done, no: done}
    """

BACK = """
    steps:
      p: {parallel: P, branches: {a: {task: A}, b: {task: B}}}
      c: {task: C, if: steps.a.done}
    """


def test_a_flat_class_cannot_be_nested():
    """It is a usage error, and not passed over."""
    with pytest.raises(UsageError, match="SOP651"):
        _nested(LAST_FIRST, machine_class=Machine)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("steps: {a: {task: A}}", "no parallel"),
        (AFTER, "comes after steps of other branches"),
        (ANEW, "asks it anew"),
        (HANDLED, "handlers"),
        (WHILE, "changes what is around it"),
        (BACK, "it reads"),
        (FIRST, "who hears them first"),
    ],
)
def test_what_no_nested_machine_can_show(text, what):
    """It is refused by name, in both languages."""
    with pytest.raises(DefinitionError) as error:
        _nested(text)
    (finding,) = error.value.report.findings
    assert finding.code == "SOP650"
    assert what in finding.text("en")
    assert finding.text("zh")


LEADING_OUT = "task outcomes ask-in-words approval group joined joined each repeat call opens".split()
WAITING = "task about about when cases ask-in-words approval group joined joined wait timed message opens".split()
NESTED = definitions(LEADING_OUT, handlers=0).filter(is_usable) | definitions(WAITING, handlers=0, closed=True).filter(
    is_usable
)


def _agree(data, text):
    """Say random things to both, mostly such as the machine has a trigger for here."""
    compiled = lower(loads(text, format="json"), find=lambda name, _: CHILD)
    assume(compiled.program is not None)
    try:
        machine = to_transitions(compiled.program, limit=MOST, nested=True)
    except DefinitionError as error:
        assume({found.code for found in error.report} - {"SOP421", "SOP650"})
        raise
    twins = NestedTwins(compiled.program, machine=machine, at=NOON)
    twins.say("start", data.draw(said | st.just({})))
    triggers = sorted(name for name in machine.events if " " not in name)
    for _ in range(EVENTS):
        states = {prefix for leaf in machine.leaves(twins.model) for prefix in (leaf, leaf.partition("/")[0])}
        here = [name for name in triggers if not states.isdisjoint(machine.events[name].transitions)]
        name = data.draw(st.sampled_from(here if here and data.draw(st.integers(0, 3)) else triggers))
        twins.say(name, data.draw(data_for(name)))


@settings(max_examples=tries(25), derandomize=True)
@given(data=st.data(), text=NESTED)
def test_it_agrees_with_the_engine(data, text):
    """Whatever SOP it can show, whatever is said to it: it takes what a run takes, and the same steps are open."""
    _agree(data, text)


@pytest.mark.slow
@settings(max_examples=tries(60), derandomize=True)
@given(data=st.data(), text=NESTED)
def test_it_agrees_with_the_engine_at_length(data, text):
    """The same, tried longer."""
    _agree(data, text)
