"""A machine on somebody's own object: its data, what is refused, and what the library offers beside."""

import pickle
from types import SimpleNamespace

import pytest
from transitions import Machine, MachineError
from transitions.extensions import GraphMachine
from twins import sop

from sopflow.errors import DefinitionError, Refused, UsageError
from sopflow.machines import identifier, to_transitions

LETTER = """
    parameters: {most: {is: int, default: 3}, house: {is: string}}
    data:
      letter: {urgent: {is: bool}, pages: {is: int, default: 1}}
    steps:
      write: {task: {en: Write the letter, zh: 写信}, form: [letter.pages]}
      urgent: {decision: Urgent?, about: letter.urgent, yes: send, no: check}
      check: {task: Check, outcomes: [good, bad], next: {good: send, bad: write}}
      send: {task: Send, if: letter.pages <= most}
    """


@pytest.fixture
def definition():
    """A letter that is written, checked and sent."""
    return sop(LETTER)


@pytest.fixture
def letter():
    """An object of an embedder's, with more in its data than the SOP knows."""
    return SimpleNamespace(data={"house": "Ours", "letter": {"to": "the mayor"}})


def test_a_machine_of_the_library(definition, letter):
    """What comes back is that library's own machine; the model has a method for each trigger."""
    machine = to_transitions(definition, letter)
    assert type(machine) is Machine
    assert letter.state == "start"
    assert letter.start()
    assert letter.write__done(data={"letter": {"urgent": True}})
    assert letter.state == "send"


def test_what_a_trigger_tells_is_written_into_the_data(definition, letter):
    """Nested data stay nested; what the SOP does not declare is left alone; defaults are filled in at the start."""
    to_transitions(definition, letter)
    letter.start()
    letter.write__done(data={"letter": {"urgent": False}})
    assert letter.data == {"house": "Ours", "most": 3, "letter": {"to": "the mayor", "pages": 1, "urgent": False}}


def test_dotted_data(definition):
    """Data with dotted names are read and written under these."""
    letter = SimpleNamespace(data={"house": "Ours", "letter.urgent": True})
    to_transitions(definition, letter)
    letter.start()
    letter.write__done(data={"letter.urgent": False})
    assert letter.data["letter.urgent"] is False
    assert letter.state == "check{urgent}"


def test_a_model_without_data_gets_some(definition):
    """Who has no ``data`` gets an empty map."""
    letter = SimpleNamespace()
    to_transitions(definition, letter)
    assert letter.data == {}


def test_a_refused_trigger_writes_nothing(definition, letter):
    """What is not possible here is the library's MachineError, and the data stay as they were."""
    to_transitions(definition, letter)
    letter.start()
    before = repr(letter.data)
    with pytest.raises(MachineError):
        letter.check__good(data={"letter": {"urgent": True}})
    assert (letter.state, repr(letter.data)) == ("write", before)


def test_a_form_that_is_not_filled(definition, letter):
    """Where no guard lets it pass, a trigger gives False and writes nothing."""
    to_transitions(definition, letter)
    letter.start()
    assert not letter.write__done(data={"letter": {"pages": None, "urgent": True}})
    assert letter.state == "write"
    assert letter.data["letter"] == {"to": "the mayor", "pages": 1}


def test_refusals_may_be_quiet(definition, letter):
    """Options go to the library: so refused triggers may give False instead."""
    to_transitions(definition, letter, ignore_invalid_triggers=True)
    assert not letter.check__good()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"letter": {"pages": "many"}}, "SOP720"),
        ({"letter": {"page": 3}}, "SOP709"),
        ({"house": "Theirs"}, "SOP710"),
        (["letter"], "SOP642"),
    ],
)
def test_data_that_do_not_fit(definition, letter, data, code):
    """Wrong data are refused in a run's own words, and nothing moves."""
    to_transitions(definition, letter)
    letter.start()
    with pytest.raises(Refused) as refused:
        letter.write__done(data=data)
    assert refused.value.finding.code == code
    assert refused.value.code == "type"
    assert letter.state == "write"


def test_a_parameter_must_be_given(definition):
    """A parameter without a default comes with the data or with ``start``."""
    letter = SimpleNamespace()
    to_transitions(definition, letter)
    with pytest.raises(Refused, match="SOP726"):
        letter.start()
    assert letter.start(data={"house": "Ours"})


def test_an_answer_takes_no_other_data(definition, letter):
    """A trigger that says all by its name takes no data."""
    to_transitions(definition, letter)
    letter.start()
    letter.write__done()
    with pytest.raises(Refused, match="SOP642"):
        letter.urgent__yes(data={"letter": {"pages": 3}})
    assert letter.urgent__yes()


def test_data_of_a_wrong_type_that_came_past_the_triggers(definition, letter):
    """They count as unknown."""
    to_transitions(definition, letter)
    letter.start()
    letter.data["letter"]["urgent"] = "perhaps"
    letter.write__done()
    assert letter.state == "urgent?"


def test_models_from_a_store(definition, letter):
    """The state's name and the data are all that needs to be stored."""
    to_transitions(definition, letter)
    letter.start()
    letter.write__done()
    stored = SimpleNamespace(data=letter.data)
    to_transitions(definition, stored, initial=letter.state)
    assert stored.urgent__no()
    assert stored.state == "check{urgent}"


def test_a_state_that_is_none(definition):
    """A name that is no state is a usage error with the nearest one."""
    with pytest.raises(UsageError, match=r"SOP641.*‘write’"):
        to_transitions(definition, initial="wriet")


def test_one_machine_for_many(definition):
    """A machine without a model takes any number of them."""
    machine = to_transitions(definition)
    letters = [SimpleNamespace(data={"house": "Ours"}) for _ in range(3)]
    machine.add_model(letters)
    letters[1].start()
    assert [letter.state for letter in letters] == ["start", "write", "start"]
    assert to_transitions(definition, letters[:2]).models == letters[:2]


def test_states_know_their_steps(definition):
    """``steps`` of a state are the program's steps that are open there."""
    machine = to_transitions(definition)
    (step,) = machine.get_state("write").steps
    assert step.title == {"en": "Write the letter", "zh": "写信"}
    assert machine.get_state("start").steps == ()


def test_callbacks(definition, letter):
    """The library's callbacks work as ever; states whose names are no identifiers get theirs by ``get_state``."""
    heard = []
    machine = to_transitions(definition, letter, after_state_change=lambda event: heard.append(event.state.name))
    machine.get_state("urgent?").add_callback("enter", lambda event: heard.append("asks"))
    letter.start()
    letter.write__done()
    assert heard == ["write", "asks", "urgent?"]


def test_what_may_be_triggered(definition, letter):
    """The library's look ahead sees the guards, with the data that would be told."""
    to_transitions(definition, letter)
    letter.start()
    assert letter.may_write__done()
    assert not letter.may_write__done(data={"letter": {"pages": None}})
    assert not letter.may_check__good()


def test_names_that_are_identifiers(definition):
    """With names of one's own, methods of the model are callbacks as the library has them."""

    class Letter:
        heard = ()
        data = {"house": "Ours"}  # noqa: RUF012  # one letter only

        def on_enter_write(self, event):
            self.heard += (event.event.name,)

    letter = Letter()
    machine = to_transitions(definition, letter, names=identifier)
    letter.start()
    assert letter.heard == ("start",)
    assert letter.is_write()
    assert {"urgent", "urgent_urgent", "send_letter_pages", "ended_done"} <= set(machine.states)
    assert len(machine.states) == len(to_transitions(definition).states)


def test_names_that_would_be_alike(definition):
    """They get numbers."""
    machine = to_transitions(definition, names=lambda _: "s", initial="s")
    assert list(machine.states)[:3] == ["s", "s_2", "s_3"]


def test_diagrams(definition):
    """The library draws the machine, with the guards' texts on the ways."""
    machine = to_transitions(
        definition, names=identifier, machine_class=GraphMachine, graph_engine="mermaid", show_conditions=True
    )
    machine.add_model(letter := SimpleNamespace())
    drawn = letter.get_graph().draw(None)
    assert "write --> urgent: write__done [known: letter.pages & unknown: letter.urgent]" in drawn


def test_machines_can_be_pickled(definition):
    """A machine without models travels to other processes."""
    again = pickle.loads(pickle.dumps(to_transitions(definition)))
    again.add_model(letter := SimpleNamespace(data={"house": "Ours"}))
    assert letter.start()


def test_slotted_tokens(definition):
    """A model need not be registered: the machine's events move any object with ``state`` and ``data``."""

    class Token:
        __slots__ = ("data", "state")

    machine = to_transitions(definition)
    token = Token()
    token.state, token.data = "start", {"house": "Ours"}
    assert machine.events["start"].trigger(token)
    assert token.state == "write"


# -- what cannot be shown --------------------------------------------------------------------------------------------


def _codes(text, **options):
    with pytest.raises(DefinitionError) as error:
        to_transitions(sop(text), **options)
    return error.value.report.findings


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("data: {l: {is: list of string}}\nsteps: {f: {for-each: l, steps: {a: {task: A}}}}", "only a run knows"),
        ("steps: {f: {for-each: [1, 2, 3, 4, 5, 6], steps: {a: {task: A}}}}", "more than 5 items"),
        ("messages: {m: {x: {is: int}}}\nsteps: {f: {wait: {message: m}}}", "is kept"),
        ("data: {d: {is: date}}\nsteps: {a: {task: A}, f: {task: B, if: d < today}}", "has no clock"),
    ],
)
def test_what_no_flat_machine_can_show(text, what):
    """It is refused by name, at its place, in both languages."""
    (finding,) = _codes(text)
    assert finding.code == "SOP422"
    assert finding.path == "f"
    assert finding.place is not None
    assert "‘f’" in finding.text("en")
    assert what in finding.text("en")
    assert "“f”" in finding.text("zh")


def test_too_many_markings():
    """Beyond the limit the error says how many there were and what multiplies them."""
    branches = ", ".join(f"b{n}: {{group: G, steps: {{x{n}: {{task: X}}, y{n}: {{task: Y}}}}}}" for n in range(5))
    text = f"steps: {{a: {{task: A}}, p: {{parallel: P, join: 4 of 5, branches: {{{branches}}}}}}}"
    (finding,) = _codes(text, limit=50)
    assert finding.code == "SOP421"
    assert finding.fields == {"count": 51, "limit": 50, "block": "p"}


def test_too_many_guards(monkeypatch):
    """One event that hangs on more guards than can be told apart is refused, not explored for ever."""
    monkeypatch.setattr("sopflow.machines._explore.TRIES", 500)
    fields = ", ".join(f"f{n}: {{is: int}}" for n in range(12))
    branches = ", ".join(f"b{n}: {{task: B, if: f{n} > 1}}" for n in range(12))
    (finding,) = _codes(f"data: {{{fields}}}\nsteps: {{a: {{task: A}}, p: {{parallel: P, branches: {{{branches}}}}}}}")
    assert finding.code == "SOP422"
    assert "too many guards" in finding.text()


def test_a_definition_with_errors():
    """Its findings come as they do from compiling."""
    (finding,) = _codes("steps: {a: {task: A, next: nowhere}}")
    assert finding.code == "SOP201"


def test_a_guard_that_fails():
    """An expression that fails lets nothing pass: where a run would have an incident, a machine stays where it is."""
    letter = SimpleNamespace(data={"n": 0})
    to_transitions(
        sop("""
        data: {n: {is: int}}
        steps: {a: {task: A}, d: {decision: D, when: 1 / n > 0, yes: done, no: a}}
        """),
        letter,
    )
    letter.start()
    assert not letter.a__done()
    assert letter.state == "a"
