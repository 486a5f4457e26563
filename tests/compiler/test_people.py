"""``by`` with cases: the data say which roles do a step."""

from lowering import compiled, findings, program, step

from sopflow.compiler._calls import played_by
from sopflow.program import Role

ROLES = "roles: {a: A, b: B}\ndata: {x: {is: bool, ask: b}}\n"


def test_cases_of_roles():
    """Each case names one role or several, and `by` itself stays empty."""
    people = step(ROLES + "steps: {q: {task: Q, by: [{when: x, then: a}, {else: [a, b]}]}}", "q").people
    assert people.by == ()
    assert [(case.when and case.when.text, case.then) for case in people.by_cases.cases] == [
        ("x", ("a",)),
        (None, ("a", "b")),
    ]
    assert (people.need, people.seats, people.every) == (1, 1, False)


def test_all_of_the_roles_that_the_data_choose():
    """`need: all` has no number until the data say which roles: the engine counts them."""
    text = "steps: {q: {approval: Q, need: all, by: [{when: x, then: a}, {else: [a, b]}], refused: end}}"
    people = step(ROLES + text, "q").people
    assert (people.need, people.seats, people.every) == (0, 0, True)


def test_a_number_of_seats_stands_beside_cases():
    """`need: 2 of 3` is the same whoever has the seats."""
    text = "steps: {q: {approval: Q, need: 2 of 3, by: [{when: x, then: a}, {else: b}], refused: end}}"
    people = step(ROLES + text, "q").people
    assert (people.need, people.seats, people.every) == (2, 3, False)


def test_every_role_of_every_case_must_exist():
    """A misspelt role is found at its place, in a list too; a guard that reads nothing known as well."""
    text = ROLES + "steps: {q: {task: Q, by: [{when: x, then: c}, {when: y, then: a}, {else: [a, d]}]}}"
    assert findings(text) == [
        ("SOP202", "steps.q.by.0.then"),
        ("SOP321", "steps.q.by.1.when"),
        ("SOP202", "steps.q.by.2.else.1"),
    ]


def test_a_guard_sees_what_its_step_sees():
    """Inside a for-each the item may say who does it."""
    text = """
        roles: {a: A, b: B}
        data: {l: [{big: bool}]}
        steps: {e: {for-each: l, as: one, steps: {q: {task: Q, by: [{when: one.big, then: a}, {else: b}]}}}}
    """
    assert compiled(text).report.ok


def test_the_caller_s_roles_play_those_of_the_cases():
    """Where a caller fills the roles of a called SOP, its own stand in the cases too."""
    child = program(ROLES + "steps: {q: {task: Q, by: [{when: x, then: a}, {else: [a, b]}]}}")
    ours = {"boss": Role("boss", {}), "b": Role("b", {})}
    cases = played_by(child, ours, {"a": "boss"}).steps[0].people.by_cases.cases
    assert [case.then for case in cases] == [("boss",), ("boss", "b")]
