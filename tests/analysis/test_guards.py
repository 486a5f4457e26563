"""Deciding guards: what is decided and how, against brute force over small domains, and against z3."""

import random
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sopflow.analysis.guards import Claim, Every, Guards, Some
from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.expr import UNKNOWN

HEAD = """\
sopflow: 1
id: data
parameters: {most: {is: int, default: 3, min: 1, max: 9}}
data:
  heads: {is: int, min: 0, max: 500}
  n: int
  m: int
  price: {is: decimal, min: 0}
  cost: decimal
  ok: bool
  fine: bool
  kind: [low, mid, high]
  other: [mid, high, top]
  venue: string
  start: date
  stop: date
  tags: list of string
derived:
  heavy: heads > 100 && ok
  total: heads + n
  rank:
    - {when: heads > 100, then: 2}
    - {else: 1}
steps:
"""


def guards_for(*texts, head=HEAD):
    """The expressions of those texts, as guards of one definition, and what decides about them."""
    steps = "\n".join(f"  s{number}: {{task: T, if: {text!r}}}" for number, text in enumerate(texts))
    compiled = lower(loads(head + steps))
    assert compiled.program is not None, [finding.text() for finding in compiled.report]
    expressions = [step.if_ for step in compiled.program.steps]
    return Guards(compiled.program, expressions), expressions


def verdicts(text, *, solver=False):
    """Whether the guard can be true, and whether it can be false."""
    guards, (expression,) = guards_for(text)
    return tuple(guards.decide(Claim(expression, truth=truth), solver=solver).verdict for truth in (True, False))


NEVER = [
    "n > 3 && n < 4",
    "n * 2 == 5",
    "heads > 500",
    "heads < 0 || heads > 1000",
    "price < 0.0",
    "price > 3.5 && price < 3.5",
    "kind < 'mid' && kind > 'low'",
    "kind == other && kind == 'low'",
    "venue == 'x' && venue == 'y'",
    "venue in ['x', 'y'] && !(venue in ['y', 'x'])",
    "ok && !ok",
    "ok == fine && ok != fine",
    "n < m && m < n",
    "n < m && m < n + 1",
    "start < stop && stop < start + duration('24h')",
    "days_between(start, stop) > 3 && stop < start",
    "start > date('2026-01-31') && start < date('2026-02-01')",
    "start > today && today > start",
    "size(tags) == 0 && 'x' in tags",
    "size(tags) < 0",
    "heavy && heads < 50",
    "most > 9",
    "!known(most)",
    "!known(n) && n > 3",
    "known(n) && n != n",
    "(ok ? 1 : 2) == 3",
    "ok ? !ok : ok",
]


@pytest.mark.parametrize("text", NEVER)
def test_what_can_never_hold_is_proved(text):
    """No data make it true; some make it false."""
    assert verdicts(text) == ("no", "yes")


@pytest.mark.parametrize("text", ["heads >= 0", "ok || !ok", "n < m || n >= m", "most > 0", "size(tags) >= 0"])
def test_what_always_holds_is_proved(text):
    """No data make it false."""
    assert verdicts(text) == ("yes", "no")


@pytest.mark.parametrize(
    "text",
    [
        "price > 3 && price < 4",
        "n < m && m < n + 2",
        "kind == other",
        "start < stop && stop < start + duration('48h')",
        "known(n) && !known(m)",
        "'x' in tags && !('y' in tags) && size(tags) == 3",
        "price - cost > 0.1 && price - cost < 0.2",
        "n < m && m < 3 && n > 0",
        "venue != 'x' && venue != 'other'",
    ],
)
def test_what_can_hold_comes_with_data(text):
    """The data make it true, as the evaluator of runs says; there are data for the contrary too."""
    assert verdicts(text) == ("yes", "yes")


@pytest.mark.parametrize("text", ["venue.startsWith('x')", "n * m == 6 && n > 10", "tags.exists(t, t == 'x')"])
def test_what_is_not_understood_is_not_decided(text):
    """It is never taken for what it is not."""
    assert "no" not in verdicts(text)


def test_a_condition_that_is_not_understood_still_contradicts_itself():
    """The same words have the same value."""
    assert verdicts("venue.startsWith('x') && !venue.startsWith('x')")[0] == "no"


def test_a_value_by_cases_is_not_looked_into():
    """Of a derived value by cases only what is asked of it counts."""
    assert verdicts("rank == 1 && rank == 2")[0] == "no"
    assert "no" not in verdicts("rank == 3")


@pytest.mark.parametrize(
    ("text", "witness"),
    [
        ("heads > 100", {"heads": 101}),
        ("price > 3 && price < 4", {"price": Decimal("3.5")}),
        ("start >= date('2027-05-01')", {"start": date(2027, 5, 1)}),
        ("venue != 'hall' && ok", {"ok": True, "venue": "other"}),
        ("!known(n)", {"n": UNKNOWN}),
        ("size(tags) > 1", {"tags": ["other", "other"]}),
    ],
)
def test_an_example_is_as_plain_as_can_be(text, witness):
    """The value next to a limit, a short number, and only names that matter."""
    guards, (expression,) = guards_for(text)
    assert dict(guards.decide(Claim(expression), solver=False).witness) == witness


def test_questions_join_claims():
    """Every and some, about several guards at once."""
    guards, (large, small) = guards_for("heads > 100", "heads < 10")
    assert guards.decide(Every((Claim(large), Claim(small)))).verdict == "no"
    gap = guards.decide(Every((Claim(large, truth=False), Claim(small, truth=False))))
    assert (gap.verdict, gap.witness) == ("yes", {"heads": 10})
    assert guards.decide(Some(())).verdict == "no"
    assert guards.decide(Every(())).verdict == "yes"


def test_a_hard_question_is_given_up():
    """A formula in which all hangs together ends within its effort, without an answer or with a right one."""
    numbers = random.Random(7)
    names = ["ok", "fine", "heads > 100", "n > 0", "m > 0", "n < m", "kind == 'low'", "venue == 'x'"]
    clauses = []
    for _ in range(400):
        chosen = numbers.sample(names, 3)
        clauses.append("(" + " || ".join(name if numbers.random() < 0.5 else f"!({name})" for name in chosen) + ")")
    assert verdicts(" && ".join(clauses[:60]))[0] in ("no", "yes", "open")
    deep = "ok ? (" * 25 + "fine" + ") : !ok" * 25
    assert verdicts(deep)[0] in ("no", "yes", "open")


# -- laws ------------------------------------------------------------------------------------------------------------

SMALL = """\
sopflow: 1
id: small
data:
  a: {is: int, min: 0, max: 3}
  b: {is: int, min: 0, max: 3}
  f: bool
  g: bool
  k: [x, y, z]
  s: string
steps:
"""
DOMAINS = {
    "a": [0, 1, 2, 3, UNKNOWN],
    "b": [0, 1, 2, 3, UNKNOWN],
    "f": [True, False, UNKNOWN],
    "g": [True, False, UNKNOWN],
    "k": ["x", "y", "z", UNKNOWN],
    "s": ["p", "q", "other", UNKNOWN],
}
compared = st.sampled_from(["<", "<=", "==", "!=", ">=", ">"])
number = st.integers(-1, 4).map(str)
atoms = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from("ab"), compared, number),
    st.builds("{} {} {}".format, number, compared, st.sampled_from("ab")),
    st.builds("a {} b {} {}".format, compared, st.sampled_from("+-"), st.integers(0, 2).map(str)),
    st.builds("2 * {} {} {}".format, st.sampled_from("ab"), compared, number),
    st.builds("k {} '{}'".format, compared, st.sampled_from("xyz")),
    st.builds("s {} '{}'".format, st.sampled_from(["==", "!="]), st.sampled_from("pq")),
    st.builds("k in {}".format, st.sampled_from(["['x']", "['x', 'z']", "['x', 'y', 'z']"])),
    st.sampled_from(["f", "g", "f == g", "f != g", "true", "false"]),
    st.builds("known({})".format, st.sampled_from("abfgks")),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("(({}) ? ({}) : ({}))".format, inner, inner, inner),
    ),
    max_leaves=6,
)


def found_by_trying(expression, truth):
    """Whether some data of the small domains give the expression that value."""
    domains = [DOMAINS[name] for name in expression.reads]
    tried = (zip(expression.reads, values, strict=True) for values in product(*domains))
    known = ({name: value for name, value in pairs if value is not UNKNOWN} for pairs in tried)
    return any(expression.evaluate(env) is truth for env in known)


@settings(deadline=None, max_examples=300)
@given(text=conditions, truth=st.booleans())
def test_the_procedure_is_exact(text, truth):
    """It says yes where trying all data finds some, and no where it finds none."""
    guards, (expression,) = guards_for(text, head=SMALL)
    answer = guards.decide(Claim(expression, truth=truth), solver=False)
    assert answer.verdict == ("yes" if found_by_trying(expression, truth) else "no")


@pytest.mark.peer
@settings(deadline=None, max_examples=150)
@given(text=conditions, truth=st.booleans())
def test_z3_agrees(text, truth):
    """Where both decide, both say the same."""
    pytest.importorskip("z3", reason="z3 is not installed: pip install 'sopflow[smt]'")
    from sopflow.analysis.guards import _smt

    guards, (expression,) = guards_for(text, head=SMALL)
    ours = guards.decide(Claim(expression, truth=truth), solver=False).verdict
    theirs, _ = _smt.decided(Claim(expression, truth=truth), guards.program)
    assert theirs in (ours, "open")


SUMS = [
    ("n + m > 10 && n < 3 && m < 3", "no"),
    ("n + m > 10 && n < 3 && m < 30", "yes"),
    ("price * decimal(n) < 0.0 && n > 0", "no"),
    ("heads + n < 0 && n > 0", "no"),
    ("total > 10 && heads < 3 && n < 3", "no"),
]


@pytest.mark.peer
@pytest.mark.parametrize(("text", "verdict"), SUMS)
def test_sums_of_several_fields_are_for_z3(text, verdict):
    """Alone they are not decided; with z3 they are, and it is said who did it."""
    pytest.importorskip("z3", reason="z3 is not installed: pip install 'sopflow[smt]'")
    guards, (expression,) = guards_for(text)
    assert guards.decide(Claim(expression), solver=False).verdict != "no"
    answer = guards.decide(Claim(expression))
    assert (answer.verdict, answer.by) == (verdict, "z3")
