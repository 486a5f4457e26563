"""Rules about people, texts, sources and acceptance, beyond the examples that they carry themselves."""

import pytest

from sopflow.analysis import check
from sopflow.dsl import loads


def codes(text, family="SOP5"):
    """The codes of one family that a definition has."""
    return [finding.code for finding in check(loads(text)) if finding.code.startswith(family)]


def people(steps, roles="a: {title: A, people: [ann, bo]}, b: B"):
    """A definition with these steps, and one that uses every role."""
    return (
        f"sopflow: 1\nid: p\nroles: {{{roles}}}\nsteps:\n"
        + "".join(f"  {step}\n" for step in steps)
        + "  x: {task: X, by: [a, b]}\n"
    )


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("task: One, by: a", "task: Two, by: a, not-by: one", ""),
        ("task: One, run: robot, by: a", "task: Two, by: a, not-by: one", "SOP518"),
        ("wait: within 1 day", "task: Two, by: a, not-by: one", "SOP518"),
        ("task: One, by: a", "task: Two, by: a, not-by: two", "SOP518"),
        ("task: One, by: a", "approval: Two, by: a, not-by: two, refused: one", ""),
        ("task: One, by: a", "task: Two, by: a, not-by: x", "SOP518"),
        ("task: One, by: a", "task: Two, by: a, same-by: x", "SOP518"),
        ("task: One, by: a", "task: Two, by: a, not-by: one, same-by: one", "SOP517"),
    ],
)
def test_four_eyes_compare_people(first, second, code):
    """A step that no person does before it is nobody to compare with; a loop makes the step itself one."""
    assert codes(people([f"one: {{{first}}}", f"two: {{{second}}}"])) == ([code] if code else [])


def test_the_only_person_may_do_a_step_that_names_itself_once():
    """Outside of a loop there is no earlier round whose person would be missing."""
    one = "sopflow: 1\nid: p\nroles: {a: {title: A, people: [ann]}}\nsteps:\n  one: {task: One, by: a, not-by: one}\n"
    assert codes(one) == ["SOP518"]
    loop = one + "  two: {approval: Two, refused: one}\n"
    assert codes(loop) == ["SOP504"]


def test_three_steps_for_different_people_need_three():
    """Unless one of them can be passed over, or another role brings somebody."""
    steps = [
        "one: {task: One, by: a}",
        "two: {task: Two, by: a, not-by: one}",
        "three: {task: Three, by: a, not-by: [one, two]}",
    ]
    assert codes(people(steps)) == ["SOP519"]
    assert codes(people([steps[0], "two: {task: Two, by: a, not-by: one, optional: true}", steps[2]])) == []
    assert codes(people([*steps[:2], "three: {task: Three, by: [a, b], not-by: [one, two]}"])) == []
    assert codes(people([steps[0], "two: {task: Two, by: a}", steps[2]])) == []


def test_what_a_list_counts_twice_is_found_once_for_each():
    """The same field, asked for twice, is the same whether it may stay empty or not."""
    text = people(["one: {task: One, by: [a, a, a], may: [b], form: [f, 'f?']}"]).replace(
        "steps:", "data: {f: int}\nsteps:"
    )
    assert codes(text) == ["SOP516"] * 3


def test_refusals_between_judges_are_one_finding():
    """A circle of approvals is found once; a form or a checklist gives somebody something to do."""
    steps = ["write: {task: Write, by: b}", "one: {approval: One, by: b, refused: one}"]
    assert codes(people(steps)) == ["SOP522"]
    assert codes(people([steps[0], "one: {approval: One, by: b, refused: one, checklist: [Look again]}"])) == []
    circle = ["one: {approval: One, by: b, refused: end no}", "two: {approval: Two, by: b, refused: one, changes: one}"]
    assert codes(people(circle)) == ["SOP522"]


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("checklist", "['{f.name} fits']", 0),
        ("checklist", "['{f} fits']", 0),
        ("checklist", "['{f.nam} fits']", 1),
        ("standards", "[{text: {en: '{nothing} is right', zh: '{nothing}'}}]", 2),
        ("note", "'see {run.id} and {steps.one.by}'", 0),
        ("note", "'see {limit} and {half}'", 0),
        ("note", "'{} and { f.nam } show nothing'", 0),
    ],
)
def test_texts_show_what_there_is(key, text, found):
    """Fields, parameters, derived values and roots may be shown; other names are found in each language."""
    sop = (
        "sopflow: 1\nid: t\nparameters: {limit: int = 4}\nderived: {half: limit / 2}\ndata: {f: {name: string}}\n"
        f"steps:\n  one: {{task: One, form: [f.name], {key}: {text}}}\n"
    )
    assert codes(sop) == ["SOP525"] * found


def test_texts_of_items_show_the_item():
    """Inside a for-each its name may be shown, and is not known outside."""
    sop = (
        "sopflow: 1\nid: t\ndata: {ps: [{name: string}]}\nsteps:\n  ask: {task: Ask, form: [ps]}\n"
        "  each: {for-each: ps, as: p, steps: {one: {task: One, checklist: ['{p.name}']}}}\n"
        "  two: {task: Two, checklist: ['{p.name}']}\n"
    )
    assert codes(sop) == ["SOP525"]


def test_steps_of_a_sourced_sop_say_where_they_come_from():
    """A citation on any part counts; ends, waits and blocks need none; without facts nobody asks."""
    head = "sopflow: 1\nid: s\nsources: {book: {title: Book, facts: f.yaml}}\nsteps:\n  a: {task: A, cites: [one]}\n"
    assert codes(head + "  b: {task: B}\n") == ["SOP526"]
    assert codes(head + "  b: {task: B, checklist: [{text: T, cites: [two]}]}\n") == []
    assert codes(head + "  b: {task: B, due: {at: within 1 day, cites: [two]}}\n") == []
    assert codes(head + "  b: {group: B, steps: {c: {task: C}}}\n") == ["SOP526"]
    assert codes(head + "  b: {wait: within 1 day}\n  c: {end: over}\n") == []
    assert codes(head.replace(", facts: f.yaml", "") + "  b: {task: B}\n") == []


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("SOP411: Kept for next year", ["SOP411"]),
        ("SOP411: TODO", ["SOP528", "SOP411"]),
        ("SOP411: '…'", ["SOP528", "SOP411"]),
        ("SOP411: 明年再用", ["SOP411"]),
        ("SOP201: Never mind", ["SOP411"]),  # an error that is not there; were it there, nothing could be accepted
        ("SOP999: Why not", ["SOP527", "SOP411"]),
        ("SOP704: Why not", ["SOP527", "SOP411"]),
        ("SOP101: Why not", ["SOP527", "SOP411"]),
    ],
)
def test_acceptance_speaks_of_findings_and_gives_reasons(accept, found):
    """A code that cannot be found and a reason without words are found, whatever else is accepted."""
    text = f"sopflow: 1\nid: a\naccept: {{{accept}}}\nsteps:\n  one: {{task: One, next: end}}\n  two: {{task: Two}}\n"
    assert [finding.code for finding in check(loads(text))] == found


def test_names_that_begin_with_x_are_told():
    """Steps, branches and handlers that are not read are found; notes are not."""
    text = (
        "sopflow: 1\nid: x\nsteps:\n  x-one: {task: One}\n  x-note: {colour: red}\n  x-more: [1]\n"
        "  two: {parallel: Two, branches: {a: {task: A}, b: {task: B}, x-c: {task: C}}, on: {x-d: {next: done}}}\n"
    )
    assert codes(text) == ["SOP529"] * 3


def test_a_role_is_its_own_deputy_only_by_mistake():
    """Two roles may stand in for each other."""
    roles = "{a: {title: A, deputy: b}, b: {title: B, deputy: a}}"
    both = f"sopflow: 1\nid: d\nroles: {roles}\nsteps: {{one: {{task: One, by: a}}}}\n"
    assert codes(both) == []
    assert codes(both.replace("deputy: b", "deputy: a").replace("by: a", "by: [a, b]")) == ["SOP520"]
