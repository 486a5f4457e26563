"""What is found by the data: tables, cases, joins, and what is read and written, with the example that shows it."""

import pytest

from sopflow.analysis import check
from sopflow.compiler import lower
from sopflow.dsl import loads

HEAD = """\
sopflow: 1
id: case
roles: {w: Worker}
data: {heads: {is: int, min: 0}, price: decimal, out: bool, kind: [low, mid, high], venue: string, level: int}
steps:
"""
FAMILY = ("SOP46", "SOP47", "SOP48")


def found(steps, head=HEAD):
    """The findings that hang on data."""
    return [finding for finding in check(loads(head + steps)) if finding.code.startswith(FAMILY)]


def table(rows, *, columns="heads, out", hit="unique"):
    """A decision table that gives the level."""
    lines = "".join(f"        - [{row}, {number}]\n" for number, row in enumerate(rows))
    return (
        f"  t:\n    decision: T\n    by: w\n    table:\n      hit: {hit}\n      columns: [{columns}]\n"
        f"      gives: [level]\n      rows:\n{lines}  u: {{task: 'Level {{level}}', by: w}}\n"
    )


GAPS = [
    (["at most 30, any", "above 31, any"], "heads", "heads = 31"),
    (["any, true"], "heads, out", "out = false"),
    (["below 10, any", "at least 10, true"], "heads, out", "heads = 10, out = false"),
    (["low, any", "mid, any"], "kind, out", "kind = high"),
    (['"hall", any', '"room", any'], "venue, out", 'venue = "other"'),
    (["below 1.5, any", "above 1.5, any"], "price, out", "price = 1.5"),
    (["1..5, any", "7..9, any", "above 9, any", "0, any"], "heads, out", "heads = 6"),
]


@pytest.mark.parametrize(("rows", "columns", "example"), GAPS, ids=[gap[2] for gap in GAPS])
def test_a_gap_comes_with_a_row_that_is_missing(rows, columns, example):
    """The values say which data no row is for; only names that matter are shown."""
    rows = [row.replace(", any", "") for row in rows] if columns == "heads" else rows
    (finding,) = found(table(rows, columns=columns))
    assert (finding.code, finding.path) == ("SOP464", "steps.t.table")
    assert example.replace('"', "") in finding.fields["example"]["en"].replace('"', "")


def test_a_table_without_a_gap_is_clean():
    """All numbers, both answers, all words; what is unknown is asked for and falls into no gap."""
    assert found(table(["any, true", "at most 30, false", "above 30, false"])) == []
    assert found(table(["low", "not low"], columns="kind")) == []
    assert found(table(["below 1.5", "at least 1.5"], columns="price")) == []


@pytest.mark.parametrize(
    ("rows", "hit", "code"),
    [
        (["below 10, any", "at least 5, true", "at least 10, false"], "unique", "SOP465"),
        (["below 10, any", "at least 5, true", "at least 10, false"], "any", "SOP466"),
        (["below 10, any", "below 5, true", "any, any"], "first", "SOP467"),
        (["below 10, any", "5..6, true", "below 0, any", "any, any"], "collect", "SOP468"),
    ],
)
def test_rows_are_held_to_the_hit_policy(rows, hit, code):
    """Two rows at once, different results, no turn, no data."""
    head = HEAD.replace("level: int", "level: list of int") if hit == "collect" else HEAD
    steps = table(rows, hit=hit)
    assert [finding.code for finding in found(steps, head)] == [code]


def test_a_row_is_masked_by_several_together():
    """None of the rows above is as wide alone, all of them together are."""
    (finding,) = found(table(["below 10, any", "at least 10, true", "any, true", "any, any"], hit="first"))
    assert (finding.code, finding.fields["row"], finding.fields["rows"]) == ("SOP467", 3, "1, 2")


def test_rows_for_unknown_data():
    """A row for ‘unknown’ is no gap and no overlap."""
    assert found(table(["unknown", "at most 30", "above 30"], columns="heads")) == []


def test_a_large_table_is_looked_at():
    """Three hundred rows that exclude each other, and the one number they leave out."""
    rows = [f"{number}" for number in range(300) if number != 77]
    (finding,) = found(table([*rows, "at least 300"], columns="heads"))
    assert finding.fields["example"]["en"] == "heads = 77"


def test_overlapping_cases_are_ordinary():
    """In a list of cases the order decides; only a case that never has a turn is found."""
    steps = (
        "  t:\n    decision: T\n    by: w\n    next:\n      - {when: heads > 100, then: a}\n"
        "      - {when: heads > 50 || out, then: b}\n      - {when: heads > 70, then: a}\n      - {else: b}\n"
        "  a: {task: A}\n  b: {task: B}\n"
    )
    (finding,) = found(steps)
    assert (finding.code, finding.path) == ("SOP463", "steps.t.next.2.when")


def test_a_join_of_branches_that_exclude_each_other():
    """It can never be met; with conditions that overlap it can."""
    branches = "{{a: {{task: A, if: heads < 5}}, b: {{task: B, if: heads >= {limit}}}, c: {{task: C, if: heads > 90}}}}"
    steps = f"  p: {{parallel: P, by: w, join: 2 of 3, short: done, branches: {branches.format(limit=5)}}}\n"
    assert found(steps) == []  # b and c
    steps = steps.replace("heads > 90", "heads == 4 && out == !out")
    assert {finding.code for finding in found(steps)} == {"SOP460", "SOP472"}


def test_what_is_read_before_it_is_written_comes_with_the_way():
    """One way leads past the step that writes the field; the trace is that way."""
    steps = (
        "  a: {approval: A, approved: c, refused: b}\n  b: {task: B, form: [heads]}\n"
        "  c: {group: C, steps: {d: {task: D, if: heads > 3}}}\n"
    )
    (finding,) = found(steps)
    assert (finding.code, finding.path) == ("SOP480", "steps.c.steps.d.if")
    assert finding.trace[0] == "a"
    assert finding.trace[-1] == "c.d"
    for mended in (
        steps.replace("if: heads > 3", "by: w, if: heads > 3"),
        steps.replace("approved: c", "approved: b"),
        steps.replace("if: heads > 3", "if: known(heads) && heads > 3"),
    ):
        assert found(mended) == []
    assert found(steps, HEAD.replace("steps:", "inputs: [heads]\nsteps:")) == []


def test_who_decided_is_said():
    """Where z3 had to help, the finding says so."""
    pytest.importorskip("z3", reason="z3 is not installed: pip install 'sopflow[smt]'")
    steps = (
        "  a: {task: A, by: w, form: [heads, level]}\n  b: {task: B, if: heads + level > 9 && level < 2 && heads < 3}\n"
    )
    (finding,) = found(steps)
    assert (finding.code, finding.fields["by"]) == ("SOP460", "z3")
    assert "z3" in finding.text("en")
    assert "z3" in finding.text("zh")


def test_items_of_one_list_in_two_branches():
    """Two branches that write the same field of the items of one list write one field."""
    head = HEAD.replace("data: {", "data: {parts: [{name: string, done: bool}], ")
    steps = "  t: {task: T, by: w, form: [parts]}\n  p:\n    parallel: P\n    branches:\n"
    for branch in ("a", "b"):
        inner = f"{{s{branch}: {{task: S, set: {{one.done: true}}}}}}"
        steps += f"      {branch}: {{for-each: parts, as: one, steps: {inner}}}\n"
    report = check(loads(head + steps))
    assert [(finding.code, finding.fields["name"]) for finding in report] == [("SOP423", "parts.done")]


def test_hostile_guards_are_judged_in_bounded_time():
    """Many guards that all hang together, in one definition, and a table of many columns."""
    names = [f"f{number}" for number in range(14)]
    head = HEAD.replace("data: {", "data: {" + "".join(f"{name}: bool, " for name in names))
    rows = [", ".join("true" if number == column else "any" for column in range(14)) for number in range(14)]
    compiled = lower(loads(head + table(rows, columns=", ".join(names), hit="first")))
    assert {finding.code for finding in check(compiled)} >= {"SOP464"}
