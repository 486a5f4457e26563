"""Patterns 19, 20 and 25 to 27: a step, the run, a part of it, or the work for several items is called off."""

from itertools import permutations

import pytest
from playbook import cancel, done, fires, fx, message
from plays import late, play_of, program_of, times

import sopflow

START = "2026-03-02T09:00"


@pytest.mark.parametrize("calls_off", [message("application-withdrawn"), cancel("interview")])
def test_wcp_19_cancel_step(calls_off):
    """The step is withdrawn with its timer and was not done; what else is open stays, and is waited for."""
    play = play_of(19, at=START)
    interview, references = late(play, done("interview")), play.opening("references").id
    play >> calls_off
    play.stands("meet.references")
    assert play.opening("references").id == references
    assert not play.state.timers
    play >> interview << "refused: not-open"
    play >> done("references") << "meet.references closed: done" << "meet closed: done" << "close opened"
    assert times(play, "meet.interview") == 0


@pytest.mark.parametrize(
    ("calls_off", "outcome", "status"),
    [(message("order-cancelled"), "called-off", "ended"), (cancel(), "cancelled", "cancelled")],
)
def test_wcp_20_cancel_case(calls_off, outcome, status):
    """At whatever stage, all that is open is withdrawn, with timers and child runs, and nothing can be done after."""
    stages = [done("plan", data={"walls": ["north", "south"]}), done("build.measure[2].take"), done("order")]
    for number in range(len(stages) + 1):
        play = play_of(20, at=START)
        for stage in stages[:number]:
            play >> stage
        children = [play.opening("paint").id] if number else []
        work = late(play, done("build.measure[1].take" if number else "plan"))
        play >> calls_off
        play.ended(outcome, status)
        assert [effect.opening for effect in play.effects if isinstance(effect, fx.CancelChild)] == children
        play >> work << "refused: status"

    run = sopflow.Run(program_of(20), at=START)
    run.done("plan", data={"walls": ["north"]})
    assert "build.paint.cover" in [item.step for item in run.open]
    run.message("order-cancelled")
    assert (run.outcome, run.open, run.waiting, run.next_timer) == ("called-off", (), (), None)


def test_wcp_25_cancel_region():
    """All that is open in the part is withdrawn, however deep; what is open outside stays, and is waited for."""
    stages = [done("list"), done("taste"), done("invite")]
    for number in range(len(stages) + 1):
        play = play_of(25, at=START)
        for stage in stages[:number]:
            play >> stage
        outside, inside = play.opening("fit-out").id, [name for name in play.at if name != "prepare.fit-out"]
        works = [late(play, done(name)) for name in inside]
        play >> message("party-off")
        play.stands("prepare.fit-out", "prepare.party.party-off")
        assert play.opening("fit-out").id == outside
        assert not play.state.timers
        for work in works:
            play >> work << "refused: not-open"
        play >> done("fit-out") >> done("unlock") << "refused: not-open"
        (play >> done("party-off")).stands("unlock")


def test_wcp_26_cancel_instances():
    """What is open for any item is withdrawn and what follows the work is not done; what was done stays done."""
    movers = [{"name": name} for name in ("Swift", "Careful", "Cheap")]
    for ready, asked, untouched in permutations([1, 2, 3]):
        play = play_of(26) >> done("list", data={"movers": movers})
        play >> done(f"quotes[{ready}].ask") >> done(f"quotes[{ready}].visit") >> done(f"quotes[{asked}].ask")
        works = [late(play, done(f"quotes[{asked}].visit")), late(play, done(f"quotes[{untouched}].ask"))]
        play >> message("budget-frozen")
        play.stands("stay")
        for work in works:
            play >> work << "refused: not-open"
        kept = {number for number, mover in enumerate(play.state.data["movers"], start=1) if mover.get("asked")}
        assert kept == {ready, asked}
        assert (times(play, "quotes.ask"), times(play, "quotes.visit")) == (2, 1)
        (play >> done("stay")).ended("stayed")


def test_wcp_27_complete_instances():
    """At its time what is open for any item is withdrawn and what follows opens; if all are through before, then."""
    names = ["the dean", "the landlord", "the coach"]
    for ready, begun, untouched in permutations([1, 2, 3]):
        play = play_of(27, at=START) >> done("list", data={"referees": names})
        play >> done(f"references[{ready}].write") >> done(f"references[{ready}].answer")
        play >> done(f"references[{begun}].write")
        works = [late(play, done(f"references[{begun}].answer")), late(play, done(f"references[{untouched}].write"))]
        play >> fires("references", "on-0")
        play.stands("compare")
        for work in works:
            play >> work << "refused: not-open"
        assert times(play, "references.answer") == 1
        (play >> done("compare")).ended("done")

    play = play_of(27, at=START) >> done("list", data={"referees": names[:1]}) >> done("write") >> done("answer")
    play.stands("compare")
    assert not play.state.timers
