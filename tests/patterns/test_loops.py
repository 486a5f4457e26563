"""Patterns 10, 21 and 22: doing it again."""

from itertools import product

from playbook import answer, done, judge
from plays import play_of, program_of, times

import sopflow

CONTRACT = {
    "draft": {"done": "review"},
    "negotiate": {"done": "review"},
    "review": {"approved": "sign", "refused": "negotiate", "changes": "draft"},
    "sign": {"approved": "done", "refused": "not-signed", "changes": "negotiate"},
}


def test_wcp_10_arbitrary_cycles():
    """The loops are entered at two steps and left at two, and every way around them can be gone, again and again."""
    for is_ours, *verdicts in product((True, False), *[("approved", "refused", "changes")] * 4):
        play = play_of(10) >> answer("whose", is_ours)
        here = "draft" if is_ours else "negotiate"
        while here in CONTRACT and verdicts:
            play.stands(here)
            verdict = "done" if here in ("draft", "negotiate") else verdicts.pop(0)
            play >> (done(here) if verdict == "done" else judge(here, verdict))
            here = CONTRACT[here][verdict]
        if here in CONTRACT:
            play.stands(here)
        else:
            play.ended(here)


def test_wcp_21_structured_loop():
    """Rounds go on until the condition holds: judged after a round there is at least one, judged before maybe none."""
    for fears, lengths in product(range(3), range(1, 4)):
        play = play_of(21, {"swims.lengths": 2}) >> done("talk", data={"swims.fears_water": fears > 0})
        for number in range(1, fears + 1):
            play.stands("get-used.play")
            play >> done("play", data={"swims.fears_water": number < fears})
        for number in range(1, lengths + 1):
            play.stands("practise.warm-up")
            play >> done("badge") << "refused: not-open" >> done("warm-up")
            play >> done("swim", data={"swims.lengths": 2 if number == lengths else 1})
        play.stands("badge")
        (play >> done("badge")).ended("done")
        assert times(play, "get-used.play") == fears
        assert times(play, "practise.warm-up") == times(play, "practise.swim") == lengths


def test_wcp_22_recursion():
    """A run holds a run of the same definition, with data of its own; each goes on when the inner has ended."""
    for depth in range(4):
        run = sopflow.Run(program_of(22))
        for level in range(depth + 1):
            assert _open(run) == [_at(level, "list")]
            run.done(_at(level, "list"), data={"unit": {"has_inner": level < depth}})
        for level in range(depth, -1, -1):
            assert _open(run) == [_at(level, "sum-up")]
            run.done(_at(level, "sum-up"))
        assert (run.outcome, run.data) == ("done", {"unit": {"has_inner": depth > 0}})

    run = sopflow.Run(program_of(22))
    for level in range(4):
        run.done(_at(level, "list"), data={"unit": {"has_inner": True}})
    assert _open(run) == [_at(3, "estimate")], "no deeper than is said"


def _open(run):
    return [item.step for item in run.open]


def _at(level, name):
    """The path of a step in a run that is so many calls below."""
    return "cost-inner." * level + name
