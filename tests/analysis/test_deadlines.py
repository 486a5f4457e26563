"""Times held against each other before a run: what counts as earlier, and what is left alone."""

import pytest

from sopflow.analysis import check
from sopflow.dsl import loads

HEAD = """\
sopflow: 1
id: fair
roles: {planner: Planner, head: Head}
anchors: {T: fair.start}
parameters: {lead: int = 5}
data: {fair: {start: {is: date, ask: planner}, end: {is: datetime, ask: planner}}}
phases: {warm-up: {title: Warm-up, from: T-30, to: T-7}}
steps:
  begin: {task: Begin, by: planner, phase: warm-up}
"""


def codes(*steps, head=HEAD):
    """The codes of a definition with these steps behind the first, less those of other rules."""
    text = head + "".join(f"  {step}\n" for step in steps)
    return [finding.code for finding in check(loads(text)) if finding.code.startswith("SOP39")]


@pytest.mark.parametrize(
    ("due", "opens", "late"),
    [
        ("3 days before fair.start", "2 days before fair.start", True),
        ("2 days before fair.start", "2 days before fair.start", False),
        ("T-3", "2 days before fair.start", True),  # an anchor is what it stands for
        ("T-3", "2 days before fair.end", False),  # another date
        ("1 month before fair.start", "30 days before fair.start", False),  # a month may have 28 days
        ("1 month before fair.start", "20 days before fair.start", True),
        ("3 working days before fair.start", "1 day before fair.start", True),
        ("3 working days after fair.start", "10 days after fair.start", False),  # holidays may lie between
        ("09:00 on fair.start", "18:00 on fair.start", True),
        ("18:00 on fair.start", "09:00 on fair.start", False),
        ("2026-03-01", "2026-03-02", False),  # two dates are two references
        ("lead days before fair.start", "1 day before fair.start", False),  # the count is data
        ("within 2 days", "2 days before fair.start", False),
        ("none", "2 days before fair.start", False),
        ("{earliest: [T-9, T-5]}", "T-3", True),
        ("{latest: [T-9, T-2]}", "T-3", False),
    ],
)
def test_a_deadline_is_before_an_opening_only_where_it_surely_is(due, opens, late):
    """What hangs on the length of a month, on holidays or on data is no finding."""
    step = f"one: {{task: One, by: planner, due: {due}, opens: {opens}}}"
    assert codes(step) == (["SOP396"] if late else [])


def test_what_every_run_comes_to_first_counts():
    """A step that opens late makes those behind it late, unless it can be passed by or over."""
    late = "two: {task: Two, by: planner, due: T-5}"
    assert codes("one: {task: One, by: planner, opens: T-3}", late) == ["SOP396"]
    assert codes("one: {task: One, by: planner, opens: T-3, optional: true}", late) == []
    way_round = "ask: {decision: Far?, by: planner, yes: one, no: two}"
    assert codes(way_round, "one: {task: One, by: planner, opens: T-3}", late) == []
    inside = "one: {group: One, opens: T-3, steps: {two: {task: Two, by: planner, due: T-5}}}"
    assert codes(inside) == ["SOP396"]


def test_a_step_inside_is_due_when_its_block_is():
    """Later than the block is a finding, on the same day is none, and handlers may go on behind it."""
    block = "one: {{group: One, due: T-5, steps: {{two: {{task: Two, by: planner, due: {}}}}}}}"
    assert codes(block.format("T-4")) == ["SOP397"]
    assert codes(block.format("T-5")) == []
    late = "on: {overdue: {task: Hurry, by: head, due: T-2}}"
    handler = f"one: {{group: One, due: T-5, {late}, steps: {{two: {{task: Two, by: head}}}}}}"
    assert codes(handler) == []


def test_a_date_lies_in_its_phase():
    """Both ends are in; a step has the phase of the group around it."""
    step = "one: {{task: One, by: planner, phase: warm-up, due: {}}}"
    assert [codes(step.format(day)) for day in ("T-31", "T-30", "T-7", "T-6")] == [["SOP398"], [], [], ["SOP398"]]
    assert codes("one: {group: One, phase: warm-up, steps: {two: {task: Two, by: planner, due: T-6}}}") == ["SOP398"]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("due: 1 day after due", "SOP394"),
        ("due: 1 day after completion of one", "SOP394"),
        ("opens: opening of one", "SOP394"),
        ("opens: 1 day after opened", ""),
        ("due: 3 days after opening of one", ""),
        ("due: 3 days after completion of begin", ""),
        ("opens: 3 days before due, due: T-3", "SOP395"),
        ("remind: [1 day before due]", "SOP395"),
        ("remind: [every 2 days after due]", "SOP395"),
        ("escalate: [{at: 1 day after due, to: head}]", "SOP395"),
        ("remind: [1 day before due], due: T-3", ""),
        ("remind: [1 day after opened]", ""),
        ("due: 3 days after completion of last", "SOP395"),
    ],
)
def test_a_time_counts_from_what_is_there(keys, code):
    """What counts from itself, from a deadline that is not there or from a later step is never set."""
    found = codes(f"one: {{task: One, by: planner, {keys}}}", "last: {task: Last, by: planner}")
    assert found == ([code] if code else [])


def test_in_a_loop_the_round_before_counts():
    """What comes later in the text may have been done in an earlier round."""
    loop = (
        "one: {task: One, by: planner, due: 1 day after completion of two}",
        "two: {approval: Two, by: head, refused: one}",
    )
    assert codes(*loop) == []
    again = (
        "one: {task: One, by: planner, due: 1 day after completion of one}",
        "two: {approval: Two, by: head, refused: one}",
    )
    assert codes(*again) == []


def test_nothing_is_overdue_without_a_deadline():
    """A handler of lateness stands where something is due; the SOP as a whole never is."""
    step = "one: {{task: One, by: planner, {}on: {{overdue: {{task: Hurry, by: head}}}}}}"
    assert codes(step.format("")) == codes(step.format("due: none, ")) == ["SOP399"]
    assert codes(step.format("due: T-3, ")) == []
    assert codes(head=HEAD.replace("steps:", "on: {overdue: {task: Hurry, by: head}}\nsteps:")) == ["SOP399"]
