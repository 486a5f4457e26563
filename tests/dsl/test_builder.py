"""The Python builder: the same words, the same checks, the same definition as in a file."""

from datetime import date, time
from decimal import Decimal

import pytest

from sopflow.dsl import Builder, Steps, dump, loads
from sopflow.dsl._yaml import read_yaml
from sopflow.errors import DefinitionError, UsageError

# Triples of one case: YAML, JSON, Python.
ATTENDING_YAML = """\
sopflow: 1
id: event-attending
version: 1.0.0
title: {en: Attend an event, zh: 参加活动}
languages: [en, zh]
time-zone: Asia/Shanghai
sources: {market: {title: Marketing process, file: market.txt}}
anchors: {N: event.end}
roles:
  planner: {en: Planner, zh: 策划}
  director: {title: Director, people: [wang], deputy: planner}
parameters: {x_high: {is: int, default: 5, cites: [market-1]}, x_low: int = 2}
data:
  event:
    start: date
    end: {is: date, default: 2026-05-31}
    free: {is: bool, ask: planner}
    price: {is: decimal, default: "9.90"}
  teams: [red, blue]
derived: {X: [{when: event.free, then: = x_low}, {else: = x_high}]}
messages:
  crisis: {level: [yellow, red]}
  paid: {is: {amount: decimal}, keep: 30 days}
  nudge: {}
phases: {before: {title: Before, from: T-30, to: T-1}}
calendars: {office: {country: CN, hours: 09:00-18:00}}
calendar: office
start: {by: [planner], every: quarter, from: 2026-01-01}
accept: {SOP501: one language will do}
x-owner: {team: marketing}
on:
  crisis: {call: control, with: {level: = message.level}}
  final: {at: event.end, instead: true, next: wrap-up}
steps:
  collect: {task: {en: Collect, zh: 收集}, by: planner, checklist: [Look, {text: Ask, if: event.free}]}
  is-free: {decision: Is it free?, about: event.free, yes: review, no: paid}
  paid:
    group: Paid attendance
    due: 1 month before event.start
    steps:
      sign: {task: Sign, by: planner, not-by: collect, while: event.free, missed: done}
  review: {approval: Review, by: [director, planner], refused: collect, x-colour: red}
  side:
    parallel: Side by side
    join: first
    branches:
      one: {task: One, by: planner}
      two: {wait: {message: paid}}
  each: {for-each: teams, as: team, steps: {mail: {emit: nudge}}}
  again: {repeat: Again, until: event.free, steps: {go: {task: Go, by: planner}}}
  child: {call: marketing/child@1, with: {kind: small}}
  wrap-up: {task: Wrap up, run: mailer, opens: 09:00 on event.end}
  bye: {end: attended}
"""


def attending():
    """The same, in Python."""
    return (
        Builder(
            "event-attending",
            version="1.0.0",
            title={"en": "Attend an event", "zh": "参加活动"},
            languages=["en", "zh"],
            time_zone="Asia/Shanghai",
            calendar="office",
            x_owner={"team": "marketing"},
        )
        .source("market", "Marketing process", file="market.txt")
        .anchor("N", "event.end")
        .role("planner", {"en": "Planner", "zh": "策划"})
        .role("director", "Director", people=["wang"], deputy="planner")
        .parameter("x_high", "int", default=5, cites=["market-1"])
        .parameter("x_low", "int = 2")
        .field("event.start", "date")
        .field("event.end", "date", default=date(2026, 5, 31))
        .field("event.free", "bool", ask="planner")
        .field("event.price", "decimal", default=Decimal("9.90"))
        .field("teams", ("red", "blue"))
        .derived("X", [{"when": "event.free", "then": "= x_low"}, {"else": "= x_high"}])
        .message("crisis", {"level": ["yellow", "red"]})
        .message("paid", {"amount": "decimal"}, keep="30 days")
        .message("nudge")
        .phase("before", "Before", from_="T-30", to="T-1")
        .business_calendar("office", country="CN", hours="09:00-18:00")
        .start(by=["planner"], every="quarter", from_="2026-01-01")
        .accept("SOP501", "one language will do")
        .on(
            Steps()
            .call("crisis", "control", with_={"level": "= message.level"})
            .handler("final", at="event.end", instead=True, next="wrap-up")
        )
        .task(
            "collect",
            {"en": "Collect", "zh": "收集"},
            by="planner",
            checklist=["Look", {"text": "Ask", "if": "event.free"}],
        )
        .decision("is-free", "Is it free?", about="event.free", yes="review", no="paid")
        .group(
            "paid",
            "Paid attendance",
            Steps().task("sign", "Sign", by="planner", not_by="collect", while_="event.free", missed="done"),
            due="1 month before event.start",
        )
        .approval("review", "Review", by=["director", "planner"], refused="collect", x_colour="red")
        .parallel(
            "side",
            "Side by side",
            Steps().task("one", "One", by="planner").wait("two", {"message": "paid"}),
            join="first",
        )
        .for_each("each", "teams", Steps().emit("mail", "nudge"), as_="team")
        .repeat("again", "Again", Steps().task("go", "Go", by="planner"), until="event.free")
        .call("child", "marketing/child@1", with_={"kind": "small"})
        .task("wrap-up", "Wrap up", run="mailer", opens="09:00 on event.end")
        .end("bye", "attended")
    )


LEAST_YAML = "sopflow: 1\nid: least\ntitle: Least\nversion: 1.0.0\nsteps: {a: {task: A}}\n"


def least():
    """The smallest definition."""
    return Builder("least", title="Least", version="1.0.0").task("a", "A")


TRIPLES = pytest.mark.parametrize(("text", "built"), [(ATTENDING_YAML, attending), (LEAST_YAML, least)])


@TRIPLES
def test_three_notations_give_one_definition(text, built):
    """YAML, JSON and Python say the same thing, so they give equal definitions with one hash."""
    from_yaml = loads(text)
    from_json = loads(dump(from_yaml, "json"), format="json")
    from_python = built().build()
    assert from_yaml == from_python == from_json
    assert from_yaml.content_hash() == from_python.content_hash() == from_json.content_hash()


@TRIPLES
def test_what_was_built_can_be_written(text, built):
    """A built definition is written in YAML as a person would have written it, and loads again."""
    sop = built().build()
    assert dump(sop) == dump(loads(text))
    assert loads(dump(sop)) == sop


def test_faults_are_told_like_those_of_a_file():
    """All findings at once, with their paths and without places: there is no file."""
    with pytest.raises(DefinitionError) as caught:
        Builder("x", title="X").task("a", "A", chekclist=["B"]).decision("b", "B", yes="end").build()
    told = [(finding.code, finding.path, finding.place) for finding in caught.value.report]
    assert told == [("SOP101", "steps.a.chekclist", None), ("SOP162", "steps.b.yes", None)]
    assert "checklist" in str(caught.value)


@pytest.mark.parametrize(
    "slip",
    [
        lambda: Builder("x").task("a", "A").task("a", "B"),
        lambda: Builder("x").role("r", "R").role("r", "S"),
        lambda: Builder("x").field("a.b", "bool").field("a.b", "int"),
        lambda: Builder("x").field("a", "bool").field("a.b", "int"),
    ],
)
def test_a_name_is_given_once(slip):
    """A second thing of one name is refused where it is said, rather than replacing the first."""
    with pytest.raises(DefinitionError) as caught:
        slip()
    assert {finding.code for finding in caught.value.report} <= {"SOP150", "SOP151"}


def test_only_values_of_the_language_may_stand_in_it():
    """Dates, times and decimals are written as text; other objects and endless numbers are refused (SOP192, SOP037)."""
    sop = Builder("x", title="X").task("a", "A", set={"f": time(9, 30), "g": Decimal("1.50")}).build()
    assert dict(sop.steps[0].set) == {"f": "09:30:00", "g": "1.50"}
    for value in (object(), {1, 2}, float("nan"), float("inf"), 2**64):
        with pytest.raises(UsageError) as caught:
            Builder("x").task("a", "A", set={"f": value})
        assert caught.value.finding.text("zh")


def test_a_built_definition_can_include():
    """`include=` works with a function that finds the documents; without one, the file is missing (SOP186)."""
    common = read_yaml("sopflow: 1\nroles: {boss: Boss}\n", "common.sop.yaml")
    builder = Builder("x", title="X", include=["common"]).task("a", "A", by="boss")
    sop = builder.build(find_include={"common": common}.get)
    assert set(sop.roles) == {"boss"}
    assert sop.place(("roles", "boss")).file == "common.sop.yaml"
    assert sop.place(("steps", "a")) is None
    with pytest.raises(DefinitionError) as caught:
        builder.build()
    assert [finding.code for finding in caught.value.report] == ["SOP186"]


def test_a_kind_of_another_package_is_built_by_its_name():
    """Any kind can be built; one that is not installed is a finding (SOP108)."""
    with pytest.raises(DefinitionError) as caught:
        Builder("x", title="X").step("a", "acme.scan", "A", depth=3).build()
    assert [finding.code for finding in caught.value.report] == ["SOP108"]
