"""What the rules make of roles by cases, lists that grow, rounds at a pace and branches that leave."""

import pytest

from sopflow.analysis import check
from sopflow.dsl import loads


def found(text):
    """The findings of ``text``: (code, path)."""
    return [(finding.code, finding.path) for finding in check(loads("sopflow: 1\nid: test\n" + text))]


ROLES = "roles: {a: {title: A, people: [ann]}, b: {title: B, people: [bo, cy]}}\ndata: {x: {is: bool%s}}\n"
ASKED = ROLES % ", ask: b"


def test_roles_of_cases_are_used():
    """A role that only a case names is no leftover."""
    assert found(ASKED + "steps: {q: {task: Q, by: [{when: x, then: a}, {else: b}]}}") == []


def test_who_decides_which_role_must_be_known():
    """Nobody is chosen yet whom one could ask: the field needs somebody of its own."""
    text = ROLES % "" + "steps: {q: {task: Q, by: [{when: x, then: a}, {else: b}]}}"
    assert found(text) == [("SOP416", "steps.q.by.0.when")]


def test_roles_of_cases_can_be_asked():
    """Once chosen, they answer what the step needs to know."""
    text = "data: {x: {is: bool, ask: b}, y: bool}\nroles: {a: A, b: B}\n"
    assert found(text + "steps: {q: {task: Q, if: y, by: [{when: x, then: a}, {else: b}]}}") == []


@pytest.mark.parametrize(("need", "enough"), [("1", True), ("2", False), ("2 of 3", False), ("all", True)])
def test_each_case_has_enough_people(need, enough):
    """The case with the fewest people counts; with `all` each role of the case has one."""
    text = f"steps: {{q: {{approval: Q, need: {need}, by: [{{when: x, then: a}}, {{else: [a, b]}}], refused: end}}}}"
    assert found(ASKED + text) == ([] if enough else [("SOP505", "steps.q.need")])


def test_four_eyes_in_each_case():
    """If one case leaves nobody but the person who did the other step, the run may stop there."""
    text = (
        "steps: {w: {task: W, by: a}, q: {approval: Q, by: [{when: x, then: %s}, {else: b}], not-by: w, refused: end}}"
    )
    assert found(ASKED + text % "a") == [("SOP504", "steps.q.not-by")]
    assert found(ASKED + text % "[a, b]") == []


def test_a_literal_list_that_grows():
    """Items may still be added, so more than are written can be there for the join."""
    text = """
data: {n: {is: int, ask: r}}
roles: {r: R}
steps:
  e: {for-each: [x], join: 2 of 2, short: z, %s steps: {a: {task: A}}}
  y: {task: Y}
  z: {task: Z, by: r}
"""
    assert found(text % "") == [("SOP411", "steps.y")]
    assert found(text % "adds-until: {when: n > 3},") == []


def test_what_keeps_a_list_open_must_come():
    """A condition over a field that nothing brings keeps it open for ever."""
    text = "data: {n: int}\nsteps: {e: {for-each: [x], adds-until: {when: n > 3}, steps: {a: {task: A}}}}"
    assert found(text) == [("SOP416", "steps.e.adds-until.when")]


def test_an_open_list_waits():
    """A loop through a list that is open for a while takes time, even where there are no items."""
    text = """
data: {l: list of string}
inputs: [l]
steps:
  e: {for-each: l, %s steps: {d: {emit: m}}}
  ask: {decision: Again?, when: run.seq > 0, yes: e, no: end}
messages: {m: {}}
""".replace("run.seq > 0", "size(l) > 0")
    assert "SOP413" in {code for code, _ in found(text % "")}
    assert "SOP413" not in {code for code, _ in found(text % "adds-until: within 1 hour,")}


def test_rounds_at_a_pace_wait():
    """A repeat whose rounds need nobody spins, unless each opens at its tick."""
    text = "data: {x: {is: bool, default: false}}\nmessages: {m: {}}\n"
    text += "steps: {r: {repeat: R, until: x, %s steps: {e: {emit: m}}}, t: {task: T, set: {x: true}}}"
    assert "SOP413" in {code for code, _ in found(text % "")}
    assert "SOP413" not in {code for code, _ in found(text % "every: day,")}


def test_branches_of_which_one_leaves():
    """A single branch that leaves is a way out; with `join: first` a race is what is meant."""
    text = "steps: {p: {parallel: P, %s branches: {a: {task: A, next: z}, b: {task: B, next: %s}}}, z: {task: Z}}"
    assert found(text % ("", "z")) == [("SOP439", "steps.p.branches.b")]
    assert found(text % ("", "done")) == []
    assert found(text % ("join: first,", "z")) == []
