"""Who may act now, and what would happen: looking without touching."""

import pytest
from playbook import program

import sopflow
from sopflow.runtime import Resources

NINE = "2026-03-02T09:00"
REVIEW = program("""
    roles:
      writer: {title: Writer, people: [li, wang]}
      head: {title: Head, people: [zhao], deputy: writer}
      law: {title: Law, people: [chen]}
    data: {ok: bool, price: {is: decimal, ask: law}}
    steps:
      write: {task: Write, by: writer}
      check: {approval: Check, by: writer, may: head, not-by: write, need: 2, refused: write}
      is-dear: {decision: Dear?, when: price > 10, yes: send, no: end}
      send: {task: Send, by: head, requires: ok}
""")


def may(run, who):
    """The paths of what somebody may do."""
    return [item.step for item in run.enabled(who)]


def test_who_may_act_now():
    """Roles, their people, deputies, four eyes, votes and claims are all respected."""
    run = sopflow.Run(REVIEW, at=NINE)
    assert [may(run, who) for who in ("writer", "li", "zhao", "nobody", "law")] == [["write"], ["write"], [], [], []]
    run.claim("write", by="li")
    assert [may(run, who) for who in ("writer", "li", "wang")] == [[], ["write"], []]
    run.done("write", by="li")
    assert [may(run, who) for who in ("li", "wang", "zhao", "head")] == [[], ["check"], ["check"], ["check"]]
    run.judge("check", "approved", by="wang")
    assert [may(run, who) for who in ("wang", "zhao")] == [[], ["check"]]
    run.judge("check", "approved", by="zhao")
    assert [may(run, who) for who in ("law", "chen", "zhao")] == [["is-dear"], ["is-dear"], []]
    run.answer("is-dear", "12", by="law")
    assert run.open[0].phase == "incident"
    assert [may(run, who) for who in ("zhao", "li", "chen")] == [["send"], ["send"], []]
    run.suspend()
    assert may(run, "zhao") == []


def test_looking_who_may_act_changes_nothing():
    """The state is as it was."""
    run = sopflow.Run(REVIEW, at=NINE)
    before = run.state.copy()
    run.enabled("li")
    assert run.state == before


def test_what_if_tells_what_would_happen():
    """The lines that would be added, and how the run would stand; nothing has happened."""
    run = sopflow.Run(REVIEW, at=NINE)
    before, history, events = run.state.copy(), run.history, run.events
    trial = run.what_if(lambda r: r.done("write", by="li", at="2026-03-05"))
    assert [(line["event"], line["step"]) for line in trial.lines] == [
        ("StepDone", "write"), ("Closed", "write"), ("Opened", "check"),
    ]  # fmt: skip
    assert trial.lines[0]["seq"] == len(history) + 1
    assert ([item.step for item in trial.open], trial.finished, trial.outcome, trial.refused) == (
        ["check"], False, None, None,
    )  # fmt: skip
    assert (run.state, run.history, run.events, run.at) == (before, history, events, run.state.at)


def test_what_if_it_is_refused():
    """The refusal is part of the answer; what was taken before it stands in the lines."""

    def twice(run):
        run.done("write", by="li")
        run.judge("check", "approved", by="li")

    trial = sopflow.Run(REVIEW, at=NINE).what_if(twice)
    assert trial.refused.code == "four-eyes"
    assert trial.lines[0]["event"] == "StepDone"
    assert [item.step for item in trial.open] == ["check"]


def test_what_if_time_passes():
    """Timers fire in the copy only."""
    run = sopflow.Run(program("steps: {a: {task: A, due: 1 day after opened}}"), at=NINE)
    trial = run.what_if(lambda r: r.advance(to="2026-03-09"))
    assert ([line["event"] for line in trial.lines], trial.open[0].late) == (["Overdue"], True)
    assert not run.open[0].late


def test_what_if_with_children_handlers_and_resources():
    """What is called goes along; no handler is called; what others have stays theirs."""
    p = program(
        "steps: {c: {call: child}, s: {task: S, run: mailer}, h: {task: H, holds: room}, z: {task: Z}}",
        child="steps: {x: {task: X}}",
    )
    called, resources = [], Resources()
    run = sopflow.Run(p, handlers={"mailer": called.append}, resources=resources)
    other = sopflow.Run(program("steps: {h: {task: H, holds: room}}"), resources=resources)

    def all_of_it(r):
        r.done("c.x")
        r.done("s")

    trial = run.what_if(all_of_it)
    assert ([item.step for item in trial.waiting], called) == (["h"], [])
    assert [item.step for item in run.open] == ["c.x"]
    run.done("x")
    assert [len(called), *(item.step for item in run.waiting)] == [1, "h"]
    gone = other.what_if(lambda r: r.done("h"))
    assert gone.finished
    assert resources.held == {"room": "h"}
    assert run.open == ()


def test_what_if_something_else_goes_wrong():
    """Only refusals are answers; a fault of the one who asks is theirs."""
    with pytest.raises(ZeroDivisionError):
        sopflow.Run(REVIEW).what_if(lambda _: 1 / 0)
