"""Patterns 11 and 43: when a run is over."""

from itertools import permutations

import pytest
from playbook import done, judge, message
from plays import late, play_of, times


def test_wcp_11_implicit_termination():
    """The run ends by itself with the last thing that is left to do, whichever that is, and not before."""
    for first, *left in (("stage", "foyer", "toast", "lost-property"), ("foyer", "stage", "toast", "lost-property")):
        for order in permutations(left):
            play = play_of(11) >> done("applaud") >> message("lost-property") >> done(first)
            for name in order:
                assert play.state.running
                play >> done(name)
            assert play.notes[-1] == "run ended: done"
            play.ended("done")


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (judge("identity", "refused"), "fraud"),
        (judge("income", "refused"), "too-poor"),
    ],
)
def test_wcp_43_explicit_termination(verdict, outcome):
    """Whoever comes to an end ends the run there and then; what is open is withdrawn, and the first end counts."""
    stages = [done("visit"), done("value")]
    for number in range(len(stages) + 1):
        play = play_of(43, at="2026-03-02T09:00") >> done("apply")
        for stage in stages[:number]:
            play >> stage
        other = late(play, judge("income" if outcome == "fraud" else "identity", "refused"))
        play >> verdict
        play.ended(outcome)
        play >> other << "refused: status"
        assert times(play, "check") == times(play, "decide") == 0

    play = play_of(43) >> done("apply") >> judge("identity", "approved") >> judge("income", "approved")
    play >> done("visit") >> done("value")
    play.stands("decide")
    (play >> judge("decide", "approved") >> done("pay")).ended("paid")
