"""What the name of a step means in a run that calls others, for items, and beside what was handed over."""

import pytest
from playbook import program

import sopflow
from sopflow.engine import replay

KIT = "steps: {pack: {task: Pack}, ship: {task: Ship}}"
SEND = program(
    """
    data: {towns: {is: list of string, default: [Wien, Graz]}}
    steps:
      send: {for-each: towns, as: town, key: town, steps: {kit: {call: kit}, sign: {task: Sign}}}
      z: {task: Z}
    """,
    kit=KIT,
)


def steps(run):
    """The paths of what is open."""
    return [item.step for item in run.open]


def test_the_path_of_a_step_in_a_called_sop_goes_through_the_item():
    """The run that is called for an item has the item in its path, in work items and in the history."""
    run = sopflow.Run(SEND)
    assert steps(run) == ["send[Wien].kit.pack", "send[Graz].kit.pack"]
    run.done("send[Graz].kit.pack")
    assert steps(run) == ["send[Wien].kit.pack", "send[Graz].kit.ship"]
    assert "send[Graz].kit.pack" in [line.get("step") for line in run.history if line["event"] == "StepDone"]
    assert "somebody completed it" in run.why("send[Graz].kit.pack")
    assert "completed" not in run.why("send[Wien].kit.pack")
    assert "closed (done)" in run.why_not("send[Graz].kit.pack")
    assert "send[Wien].kit.pack: nothing: it is open" in run.why_not("pack")


def test_a_name_that_fits_several_items_is_refused():
    """Nobody guesses which: the refusal has the full paths, and so does that of a path without its item."""
    run = sopflow.Run(SEND)
    for name in ("pack", "kit.pack", "send.kit.pack"):
        with pytest.raises(sopflow.Refused, match=r"send\[Wien\].kit.pack, send\[Graz\].kit.pack"):
            run.done(name)
    run.done("send[Wien].kit.pack")
    run.done("pack")
    assert steps(run) == ["send[Wien].kit.ship", "send[Graz].kit.ship"]


@pytest.mark.parametrize("name", ["ship", "kit.ship", "send.kit.ship", "send[Graz].kit.ship"])
def test_a_name_that_fits_one_will_do(name):
    """The id alone, the path from the call, the path without the item, and the whole of it."""
    run = sopflow.Run(SEND)
    run.done("send[Graz].kit.pack")
    run.done(name)
    assert steps(run) == ["send[Graz].sign", "send[Wien].kit.pack"]


def test_a_step_of_the_run_itself_comes_first():
    """A name that the run has itself does not mean a step of a SOP that it calls."""
    p = program("steps: {f: {parallel: F, branches: {pack: {task: P}, kit: {call: kit}}}, z: {task: Z}}", kit=KIT)
    run = sopflow.Run(p)
    run.done("pack")
    assert steps(run) == ["f.kit.pack"]
    run.done("pack")
    assert steps(run) == ["f.kit.ship"]


def test_a_step_that_no_run_has_begun_is_known_by_its_path():
    """It has not been reached; one that does not exist is unknown."""
    p = program("steps: {a: {task: A}, kit: {call: kit}}", kit=KIT)
    run = sopflow.Run(p)
    for name, code in (
        ("kit.pack", "not-open"),
        ("kit.push", "unknown"),
        ("kit.pack.more", "unknown"),
        ("..", "unknown"),
    ):
        with pytest.raises(sopflow.Refused) as refused:
            run.done(name)
        assert refused.value.code == code
    assert run.why_not("kit.ship") == "it has not been reached; open now: a"


def test_a_step_of_a_run_that_is_over_says_what_became_of_it():
    """Who comes too late hears who was there before."""
    run = sopflow.Run(SEND, at="2026-03-02T09:00")
    run.done("send[Graz].kit.pack", by="li")
    with pytest.raises(sopflow.Refused, match=r"it was closed \(done\) by li at 2026-03-02T09:00:00\+08:00"):
        run.done("send[Graz].kit.pack")
    run.done("ship")
    with pytest.raises(sopflow.Refused, match=r"it was closed"):
        run.done("send[Graz].kit.ship")


def test_items_of_items_and_calls_of_calls():
    """Each has its own items in its path, however deep."""
    inner = "data: {n: int}\nsteps: {each: {for-each: [x, y], as: it, steps: {leaf: {task: L}}}}"
    p = program("steps: {all: {for-each: [a, b], as: it, steps: {go: {call: inner}}}, z: {task: Z}}", inner=inner)
    run = sopflow.Run(p)
    assert steps(run) == [f"all[{i}].go.each[{j}].leaf" for i in (1, 2) for j in (1, 2)]
    run.done("all[2].go.each[1].leaf")
    with pytest.raises(sopflow.Refused):
        run.done("go.each[2].leaf")
    run.done("all[2].go.each[2].leaf")
    run.done("go.each[1].leaf")
    run.done("leaf")
    assert steps(run) == ["z"]


def test_what_was_handed_over_lives_on_when_its_caller_has_ended():
    """A calls B, B hands over to C and ends: C goes on under A, its end is noted, and A is not held by it."""
    p = program(
        "steps: {a: {call: middle}, z: {task: Z}}",
        middle="steps: {c: {call: leaf, detached: true}, m: {task: M}}",
        leaf="data: {d: {is: bool, default: true}}\nsteps: {x: {task: X, due: 1 day after opened}, y: {task: Y}}",
    )
    run = sopflow.Run(p, at="2026-03-02T09:00")
    assert steps(run) == ["a.m", "a.c.x"]
    run.done("m")
    assert steps(run) == ["z", "a.c.x"]
    run.advance(to="2026-03-05")
    assert [line["step"] for line in run.history if line["event"] == "Overdue"] == ["a.c.x"]
    run.done("z")
    assert (run.finished, steps(run)) == (True, ["a.c.x"])
    run.done("a.c.x", at="2026-03-06")
    assert run.at.day == 6
    run.done("y")
    assert steps(run) == []
    assert [line.get("run") for line in run.history if line["event"] == "Ended"] == ["a", None, "a.c"]
    assert replay(p, run.events) == run.state


def test_what_was_handed_over_lives_on_when_its_caller_is_cancelled():
    """Whoever handed it over waits for nothing, and takes nothing back."""
    p = program(
        "steps: {a: {call: middle}, z: {task: Z}}",
        middle="steps: {c: {call: leaf, detached: true}, m: {task: M}}",
        leaf="steps: {x: {task: X}}",
    )
    run = sopflow.Run(p)
    run.skip("a", why="no")
    assert steps(run) == ["z", "a.c.x"]


def test_several_that_were_handed_over_at_one_place_are_done_one_after_the_other():
    """They have one path; the oldest is meant."""
    p = program(
        "data: {again: bool}\n"
        "steps: {c: {call: leaf, detached: true}, d: {decision: Again?, about: again, yes: c, no: z}, z: {task: Z}}",
        leaf="steps: {x: {task: X}, y: {task: Y}}",
    )
    run = sopflow.Run(p)
    run.answer("d", True)
    run.answer("d", False)
    assert steps(run) == ["z", "c.x", "c.x"]
    run.done("c.x")
    assert steps(run) == ["z", "c.y", "c.x"]
    run.done("x")
    assert steps(run) == ["z", "c.y", "c.y"]


def test_a_refusal_says_that_a_step_was_withdrawn():
    """Also at the instant at which a handler took its place: it was reached, and taken back."""
    p = program("""
        steps:
          work:
            group: Work
            on: {too-late: {at: 1 day after opened, instead: true, task: Rescue}}
            steps: {do: {task: Do}}
          z: {task: Z}
    """)
    run = sopflow.Run(p, at="2026-03-02T09:00")
    with pytest.raises(sopflow.Refused) as refused:
        run.done("do", at="2026-03-03T09:00")
    assert "it was withdrawn at 2026-03-03T09:00:00+08:00: ‘too-late’ came" in str(refused.value)
    assert "撤回：“too-late”已触发" in refused.value.finding.text("zh")
    assert steps(run) == ["work.do"]
    run.advance(to="2026-03-03T09:00")
    assert "it was withdrawn" in run.why_not("do")
    assert "withdrawn: ‘too-late’ came" in run.why("do")
