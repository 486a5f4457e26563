"""Patterns 23 and 24: what comes from outside, and nobody is there yet."""

from playbook import done, message
from plays import play_of, times


def test_wcp_23_transient_trigger():
    """A signal reaches all who wait for it at that moment, and is lost to who waits later."""
    play = play_of(23) >> message("cue")
    assert not play.state.mail
    play >> done("get-ready")
    play.stands("begin.curtain.curtain-cue", "begin.music.music-cue")
    play >> message("cue")
    play.stands("begin.curtain.raise", "begin.music.play")
    (play >> message("cue") >> done("raise") >> done("play")).ended("done")


def test_wcp_24_persistent_trigger():
    """What comes early is kept and taken once, by who it is meant for; what is meant for another is left alone."""
    play = play_of(24) >> message("paid", order="A7") >> message("paid", order="B2")
    play.stands("pack")
    play >> done("pack", data={"order.number": "B2"}) << "pack closed: done" << "payment closed: done" << "send opened"
    assert len(play.state.mail["paid"]) == 1, "A7 is kept"
    (play >> done("send")).ended("done")

    play = play_of(24) >> done("pack", data={"order.number": "B2"}) >> message("paid", order="A7")
    play.stands("payment")
    play >> message("paid", order="B2") >> message("paid", order="B2")
    play.stands("send")
    assert times(play, "payment") == 1
