"""Data: typed, unknown until somebody says it, and never guessed."""

from datetime import date
from decimal import Decimal

import pytest
from playbook import Playbook, data, done, program, sop

from sopflow.compiler import lower
from sopflow.engine import Refused, RunState, step
from sopflow.engine import events as ev

TYPES = program("""
    parameters:
      limit: int = 3
    data:
      flag: bool
      n: {is: int, min: 0, max: 10}
      price: decimal
      name: string
      day: date
      clock: time
      moment: datetime
      long: duration
      kind: [small, large]
      words: list of string
      rows: [{name: string, price: decimal}]
      place: {city: string, street: {name: string, number: int}}
    steps:
      a: {task: A, form: [n?, place.street.number?]}
""")


@pytest.mark.parametrize(
    "path, raw, value",
    [
        ("flag", True, True),
        ("n", 3, 3),
        ("price", "1.10", Decimal("1.10")),
        ("price", 2, Decimal(2)),
        ("day", "2026-03-01", date(2026, 3, 1)),
        ("kind", "small", "small"),
        ("words", ["a"], ["a"]),
        ("words", [], []),
        ("rows", [{"name": "x", "price": "2"}], [{"name": "x", "price": Decimal(2)}]),
        ("place.street.number", 7, 7),
    ],
)
def test_values_are_read_as_their_type(path, raw, value):
    """Values come in as plain data and are kept typed."""
    play = Playbook(TYPES) >> data({path: raw})
    assert play.state.data[path] == value


@pytest.mark.parametrize(
    "path, raw",
    [
        ("flag", 1), ("flag", "yes"), ("n", True), ("n", 1.5), ("n", "3"), ("n", -1), ("n", 11), ("price", "much"),
        ("price", float("nan")), ("name", 3), ("day", "2026-02-30"), ("day", 20260301), ("clock", "25:00"),
        ("moment", "soon"), ("long", "3"), ("kind", "Small"), ("words", "a"), ("words", [1]), ("rows", [{"nme": "x"}]),
        ("rows", {"name": "x"}), ("nothing", 1), ("place.town", "x"), ("place.street", {"name": "x"}), ("limit", 4),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(path, raw):
    """What does not fit is refused in words, wherever it comes from, and nothing is written."""
    play = Playbook(TYPES) >> data({"name": "kept", path: raw}) << "refused: type"
    assert "name" not in play.state.data
    play >> done("a", data={path: raw}) << "refused: type"
    state = RunState.of(TYPES)
    refused = step(TYPES, state, ev.Started(program=TYPES.hash, data={path: raw}))
    if path != "limit":
        assert isinstance(refused, Refused)
        assert state.status == "new"


def test_a_misspelt_field_is_answered_with_the_nearest():
    """A slip is answered with the name that was meant."""
    play = Playbook(TYPES) >> data({"nam": "x"}) << "refused: type"
    assert "name" in play.refused.problem.at(None).mend()
    assert "name" in play.refused.problem.at(None).mend("zh")


def test_none_forgets_a_field():
    """A field may be forgotten, and is then unknown again."""
    play = Playbook(TYPES, {"n": 3}) >> data({"n": None})
    assert "n" not in play.state.data


def test_parameters_are_given_at_the_start_and_fixed():
    """A parameter has its default or what the start says; a run does not change it."""
    assert Playbook(TYPES).state.data["limit"] == 3
    assert Playbook(TYPES, {"limit": 5}).state.data["limit"] == 5


def test_a_parameter_without_a_default_must_be_given():
    """A start that leaves out a parameter is refused; one that gives it is not."""
    p = program("parameters: {limit: int}\nsteps: {a: {task: A}}")
    state = RunState.of(p)
    refused = step(p, state, ev.Started(program=p.hash))
    assert isinstance(refused, Refused)
    assert refused.problem.fields["name"] == "limit"
    assert state == RunState.of(p)
    Playbook(p, {"limit": 1}).stands("a")


def test_data_may_have_a_default():
    """A field with a default is known from the start, and may be given or forgotten."""
    p = program("data: {n: int = 7}\nsteps: {a: {task: A, if: n == 7}, b: {task: B}}")
    Playbook(p).stands("a")
    Playbook(p, {"n": 8}).stands("b")


def test_given_as_nothing_a_default_is_unknown():
    """A start that says a field is unknown means it."""
    p = program("data: {n: int = 7}\nsteps: {a: {task: A}}")
    assert "n" not in Playbook(p, {"n": None}).state.data


DERIVED = """
    parameters: {high: int = 5, low: int = 2}
    data: {p: [P0, P1, P2], a: int, b: int}
    derived:
      x: [{when: p == 'P0' || p == 'P1', then: = high}, {else: = low}]
      sum: a + b
      twice: sum * 2
    steps:
      q: {decision: Big?, when: twice > 10, yes: big, no: small}
      big: {task: Big, next: end}
      small: {task: Small}
"""


def test_what_is_derived_is_computed_when_read():
    """Derived values follow the data they hang on; what they do not know is asked for."""
    p = program(DERIVED)
    Playbook(p, {"a": 1, "b": 2}).stands("small")
    Playbook(p, {"a": 5, "b": 2}).stands("big")
    play = Playbook(p, {"a": 5})
    assert play.opening("q").asked == ("b",)
    (play >> data({"b": 9})).stands("big")


def test_a_derived_value_may_not_be_written():
    """What is computed cannot be set."""
    Playbook(program(DERIVED)) >> data({"sum": 3}) << "refused: type"


def test_what_steps_say_can_be_read():
    """`steps.ID` knows how often a step was done, by whom and how."""
    p = program("""
        data: {who: string, times: int, how: string}
        steps:
          write-it: {task: Write, outcomes: [ok, again], next: {ok: keep, again: write-it}}
          keep:
            task: Keep
            set: {who: = steps.write_it.by, times: = steps.write_it.rounds, how: = steps.write_it.outcome}
          z: {task: Z}
    """)
    play = Playbook(p) >> done("write-it", outcome="again", by="ann") >> done("write-it", outcome="ok", by="bob")
    play >> done("keep")
    assert dict(play.state.data) == {"who": "bob", "times": 2, "how": "ok"}


def test_a_computed_value_that_fails_is_an_incident():
    """A `set` that cannot be computed does not pass in silence: the step stands at an incident."""
    p = program("""
        data: {a: int = 1, b: int = 0, c: int = 9}
        steps:
          x: {task: X, set: {c: = a / b}}
          y: {task: Y}
    """)
    play = Playbook(p) >> done("x")
    assert play.opening("x").phase == "incident"


def test_what_the_engine_keeps_is_its_own():
    """A list handed in and changed afterwards does not change the run."""
    words = ["a"]
    play = Playbook(TYPES) >> data({"words": words})
    words.append("b")
    assert play.state.data["words"] == ["a"]


def test_the_same_name_is_not_two_things():
    """Data and parameters share a space of names."""
    report = lower(sop("parameters: {n: int = 1}\ndata: {n: int}\nsteps: {a: {task: A}}")).report
    assert "SOP208" in [finding.code for finding in report.errors]
