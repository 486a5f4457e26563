"""When a step that falls into the head of a branch is a slip, and when it is how people write."""

import pytest

from sopflow.analysis import check
from sopflow.dsl import loads

HEAD = "sopflow: 1\nid: falls\ndata: {a: bool, b: bool}\nroles: {clerk: Clerk}\nsteps:\n"


def falls(steps):
    """The steps that fall into a branch, as (step, head, decision)."""
    text = HEAD + "\n".join("  " + line for line in steps.strip("\n").split("\n"))
    return [
        (finding.fields["step"], finding.fields["into"], finding.fields["decision"])
        for finding in check(loads(text))
        if finding.code == "SOP415"
    ]


MEANT = {
    "a step that is put in": """
ask: {decision: Extra?, yes: extra, no: go-on}
extra: {task: Extra}
go-on: {task: Go on}
close: {task: Close}""",
    "steps that are put in": """
ask: {decision: Extra?, yes: extra, no: go-on}
extra: {task: Extra}
more: {task: More}
go-on: {task: Go on}""",
    "a step that is put in before an ending question": """
ask: {decision: Extra?, yes: extra, no: go-on}
extra: {task: Extra}
go-on: {decision: Go on?, yes: work, no: end stopped}
work: {task: Work}""",
    "a merge after a question inside a branch": """
ask: {decision: Big?, yes: inner, no: small}
inner: {decision: Urgent?, yes: merge, no: wait}
wait: {task: Wait, next: merge}
small: {task: Small}
merge: {task: Merge}""",
    "a merge after an approval inside a branch": """
ask: {decision: Big?, yes: judge, no: small}
judge: {approval: May we?, approved: merge, refused: end refused}
small: {task: Small}
merge: {task: Merge}""",
    "a rework loop to a step that is fallen into": """
collect: {task: Collect}
write: {task: Write}
judge: {approval: Good?, approved: publish, refused: write}
publish: {task: Publish}""",
    "a rework loop by a question": """
collect: {task: Collect}
write: {task: Write}
good: {decision: Good?, yes: publish, no: write}
publish: {task: Publish}""",
    "an approval whose refusal adds a step that goes back": """
judge: {approval: Good?, approved: publish, refused: adjust}
adjust: {task: Adjust, next: judge}
publish: {task: Publish}""",
    "three ways, all of which say where they meet": """
ask: {decision: Which?, next: {x: one, y: two, z: three}}
one: {task: One, next: meet}
two: {task: Two, next: meet}
three: {task: Three}
meet: {task: Meet}""",
    "a question that leaves a group for where the group leads": """
work:
  group: Work
  steps:
    ask: {decision: Enough?, yes: close, no: dig}
    dig: {task: Dig}
close: {task: Close}""",
}

SLIPS = {
    "one branch falls into the other, which is a group": (
        """
free: {decision: Free?, yes: confirm, no: pay}
confirm: {task: Confirm}
pay:
  group: Pay
  steps: {order: {task: Order}, transfer: {task: Transfer}}
plan: {task: Plan}""",
        ("confirm", "pay", "free"),
    ),
    "one branch falls into the other, which says where it ends": (
        """
free: {decision: Free?, yes: confirm, no: negotiate}
confirm: {task: Confirm}
mail: {task: Mail}
negotiate: {task: Negotiate}
pay: {task: Pay, next: plan}
plan: {task: Plan}""",
        ("mail", "negotiate", "free"),
    ),
    "the first of three ways falls into the second": (
        """
ask: {decision: Which?, next: {x: one, y: two, z: three}}
one: {task: One}
two: {task: Two, next: meet}
three: {task: Three}
meet: {task: Meet}""",
        ("one", "two", "ask"),
    ),
    "a step of an earlier question falls into a branch of a later one": (
        """
attend: {decision: Attend?, yes: free, no: archive}
free: {decision: Free?, yes: confirm, no: pay}
confirm: {task: Confirm, next: plan}
archive: {task: Archive}
pay: {task: Pay}
plan: {task: Plan}""",
        ("archive", "pay", "free"),
    ),
    "what was refused falls into what was approved": (
        """
judge: {approval: Good?, approved: carry-out, refused: adjust}
adjust: {task: Adjust}
carry-out: {task: Carry out}""",
        ("adjust", "carry-out", "judge"),
    ),
}


@pytest.mark.parametrize("steps", MEANT.values(), ids=MEANT)
def test_what_people_mean_is_no_finding(steps):
    """Where ways meet, and where work goes back, falling is how people write."""
    assert falls(steps) == []


@pytest.mark.parametrize(("steps", "found"), SLIPS.values(), ids=SLIPS)
def test_a_forgotten_next_is_found(steps, found):
    """Where the text shows that a branch begins below, a step that falls there lacks its `next`."""
    assert falls(steps) == [found]
