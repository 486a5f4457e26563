"""``after``: which steps a branch may wait for, and what goes round in a circle."""

import pytest
from lowering import compiled, findings, program, step

FORK = "steps: {p: {parallel: P, branches: {%s}}}"


def test_what_after_means():
    """It names a step of a sibling branch by id or path, from where that step can still be reached."""
    text = FORK % (
        "a: {group: A, steps: {one: {task: One}, two: {approval: Two, refused: one}, three: {task: Three}}},"
        "b: {task: B, after: a.two}"
    )
    made = program(text)
    (after,) = made.steps[made.by_path["p.b"]].after
    assert (made.steps[after.step].path, made.steps[after.fork].path) == ("p.a.two", "p")
    assert made.regions[after.branch].id == "a"
    assert {made.steps[number].id for number in after.reach} == {"one", "two"}


def test_an_inner_name_hides_an_outer_one():
    """The innermost fork is searched first."""
    inner = "i: {parallel: I, branches: {x: {task: X}, y: {task: Y, after: x}}}"
    text = FORK % f"x: {{task: X}}, g: {{group: G, steps: {{{inner}}}}}"
    made = program(text)
    (after,) = made.steps[made.by_path["p.g.i.y"]].after
    assert made.steps[after.step].path == "p.g.i.x"


@pytest.mark.parametrize(
    "branches",
    [
        "a: {task: A, after: b}, b: {task: B, after: a}",
        "a: {group: A, steps: {a1: {task: A1}, a2: {task: A2}}, after: b}, b: {task: B, after: a2}",
        (
            "a: {group: A, steps: {a1: {task: A1, after: b2}, a2: {task: A2}}},"
            "b: {group: B, steps: {b1: {task: B1, after: a2}, b2: {task: B2}}}"
        ),
        (
            "a: {task: A, after: b2},"
            "b: {group: B, steps: {g: {group: G, steps: {g1: {task: G1, after: a}}}, b2: {task: B2}}}"
        ),
    ],
)
def test_waiting_in_a_circle(branches):
    """Two steps may not wait for each other, neither directly nor through what lies between or around them."""
    assert {code for code, _ in findings(FORK % branches)} == {"SOP430"}


@pytest.mark.parametrize(
    "text",
    [
        FORK % "a: {task: A}, b: {task: B, after: a}, c: {task: C, after: [a, b]}",
        (
            "steps: {w: {task: W}, p: {parallel: P, branches: {a: {approval: A, refused: w}, b: {approval: B, after: a,"
            " refused: w}}}}"
        ),
        FORK % "a: {task: A, on: {m: {task: M, after: b}}}, b: {task: B, after: a}" + "\nmessages: {m: {}}",
        FORK % "a: {group: A, steps: {a1: {task: A1}, a2: {approval: A2, refused: a1}}}, b: {task: B, after: a2}",
    ],
)
def test_waiting_that_comes_to_an_end(text):
    """A way out of the block and back to it is another visit; a handler beside holds nobody up."""
    assert compiled(text).report.ok


def test_long_chains():
    """Hundreds of branches, each after the one before, are no effort."""
    branches = ", ".join(f"b{n}: {{task: B{f', after: b{n - 1}' if n else ''}}}" for n in range(300))
    assert len(step(FORK % branches, "p.b299").after) == 1
