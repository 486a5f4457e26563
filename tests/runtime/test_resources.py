"""Resources in memory: one run at a time has each; all or nothing, first come, first served."""

import pytest
from playbook import program, shanghai

import sopflow
from sopflow.runtime import Resources

ROOM = program("""
    roles: {clerk: Clerk}
    steps:
      meet: {task: Meet, by: clerk, holds: room, due: 1 hour after opened}
      tidy: {task: Tidy}
""")
NINE = "2026-03-02T09:00"


def steps(run):
    """The paths of what is open."""
    return [item.step for item in run.open]


def test_what_is_free_is_granted_at_once():
    """A run that shares its resources with nobody does not wait."""
    run = sopflow.Run(ROOM, at=NINE)
    assert steps(run) == ["meet"]
    assert [line["resources"] for line in run.history if line["event"] == "Granted"] == [["room"]]
    run.done("meet")
    assert steps(run) == ["tidy"]


def test_runs_that_share_wait_for_each_other():
    """The second is held until the first is done, opens at that moment, and says meanwhile who keeps it."""
    resources = Resources()
    one, two = (sopflow.Run(ROOM, at=NINE, resources=resources) for _ in range(2))
    assert (steps(one), steps(two)) == (["meet"], [])
    assert [(item.step, item.resources) for item in two.waiting] == [("meet", ("room",))]
    assert two.why_not("meet") == "it waits for room, held by meet"
    assert two.why_not("meet", lang="zh") == "正在等待资源 room，目前由 meet 占用"
    assert resources.held == {"room": "meet"}
    assert resources.waiting == (("meet", ("room",)),)
    one.done("meet", at="2026-03-02T10:00")
    assert steps(two) == ["meet"]
    assert two.at == shanghai("2026-03-02T10:00")
    assert two.open[0].due == shanghai("2026-03-02T11:00")
    two.cancel()
    assert resources.held == {}


def test_first_come_first_served():
    """By the time at which each asked, then by the order in which they did."""
    resources = Resources()
    runs = [sopflow.Run(ROOM, at=at, resources=resources) for at in (NINE, "2026-03-02T09:30", "2026-03-02T09:10")]
    runs[0].done("meet", at="2026-03-02T11:00")
    assert [steps(run) for run in runs] == [["tidy"], [], ["meet"]]
    runs[2].done("meet")
    assert steps(runs[1]) == ["meet"]


def test_all_or_nothing_and_nobody_overtakes():
    """Who waits for two takes neither alone; who comes later does not take a part of it away."""
    both = program("steps: {a: {task: A, holds: [car, room]}}")
    room, car = (program(f"steps: {{a: {{task: A, holds: {name}}}, z: {{task: Z}}}}") for name in ("room", "car"))
    resources = Resources()
    first, second = sopflow.Run(room, resources=resources), sopflow.Run(both, resources=resources)
    third = sopflow.Run(car, resources=resources)
    assert [steps(run) for run in (first, second, third)] == [["a"], [], []]
    first.done("a")
    assert [steps(run) for run in (second, third)] == [["a"], []]
    second.done("a")
    assert steps(third) == ["a"]


def test_who_works_inside_is_served_first():
    """A step inside one that holds something is not kept waiting by those who wait for that very step."""
    nested = program("""
        steps:
          outer: {group: Outer, holds: a, steps: {plan: {task: Plan}, inner: {task: Inner, holds: b}}}
          z: {task: Z}
    """)
    both = program("steps: {use: {task: Use, holds: [a, b]}, z: {task: Z}}")
    resources = Resources()
    one, two = sopflow.Run(nested, resources=resources), sopflow.Run(both, resources=resources)
    one.done("outer.plan")
    assert (steps(one), steps(two)) == (["outer.inner"], [])
    one.done("outer.inner")
    assert (steps(one), steps(two)) == (["z"], ["use"])


def test_items_of_one_run_take_turns():
    """Each opening is a holder of its own."""
    p = program("steps: {each: {for-each: [x, y, z], as: it, steps: {use: {task: Use, holds: car}}}, stop: {task: E}}")
    run = sopflow.Run(p)
    for number in (1, 2, 3):
        assert steps(run) == [f"each[{number}].use"]
        run.done(f"each[{number}].use")
    assert steps(run) == ["stop"]


def test_what_a_withdrawn_step_waited_for_is_given_to_the_next():
    """Also one that only stood in the line leaves it."""
    resources = Resources()
    one, two, three = (sopflow.Run(ROOM, at=NINE, resources=resources) for _ in range(3))
    two.cancel()
    one.skip("meet", why="nobody came")
    assert steps(three) == ["meet"]
    assert resources.waiting == ()


def test_a_run_that_stands_still_takes_nothing():
    """Its turn comes when it goes on."""
    resources = Resources()
    one, two, three = (sopflow.Run(ROOM, at=NINE, resources=resources) for _ in range(3))
    two.suspend()
    one.done("meet")
    assert (steps(two), steps(three)) == ([], ["meet"])
    two.resume()
    assert steps(two) == []
    three.done("meet")
    assert steps(two) == ["meet"]


def test_a_refusal_takes_back_what_others_got_meanwhile():
    """Time that passed for a refused input has not passed: nor has what another run got by it."""
    gone = program("""
        steps:
          use:
            group: Use
            holds: room
            on: {too-long: {at: 1 hour after opened, instead: true}}
            steps: {x: {task: X}}
          z: {task: Z}
    """)
    resources = Resources()
    one, two = sopflow.Run(gone, at=NINE, resources=resources), sopflow.Run(ROOM, at=NINE, resources=resources)
    with pytest.raises(sopflow.Refused, match="‘too-long’ came"):
        one.done("x", at="2026-03-02T12:00")
    assert (steps(one), steps(two), one.at, two.at) == (["use.x"], [], shanghai(NINE), shanghai(NINE))
    one.advance(to="2026-03-02T12:00")
    assert (steps(one), steps(two), two.at) == (["z"], ["meet"], shanghai("2026-03-02T10:00"))


def test_many_runs_wait_in_line():
    """A line of a thousand runs, each of which ends as soon as it has its turn, needs no deep stack."""
    p = program("steps: {a: {task: A, holds: room, run: work}}")
    resources = Resources()
    keeper = sopflow.Run(ROOM, resources=resources)
    runs = [sopflow.Run(p, handlers={"work": lambda _: None}, resources=resources) for _ in range(1_000)]
    keeper.done("meet")
    assert all(run.finished for run in runs)
