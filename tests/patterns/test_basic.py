"""Patterns 1 to 5: one after another, all at once, one of several."""

from itertools import pairwise, permutations

from playbook import answer, done
from plays import play_of, times


def test_wcp_01_sequence():
    """A step opens when the one before it has ended; before that nobody can do it."""
    play = play_of(1)
    for here, after in pairwise(["register", "check", "pay"]):
        play.stands(here)
        play >> done(after) << "refused: not-open"
        play >> done(here) << f"{here} closed: done" << f"{after} opened"
    (play >> done("pay")).ended("done")


def test_wcp_02_parallel_split():
    """One event opens all branches, and each can be done whatever becomes of the others."""
    branches = ["desk", "account", "badge"]
    for order in permutations(branches):
        play = play_of(2) >> done("sign")
        play.stands(*(f"prepare.{name}" for name in branches))
        for number, name in enumerate(order, start=1):
            play >> done(name)
            assert sorted(play.at) == sorted(f"prepare.{left}" for left in order[number:])
        play.ended("done")


def test_wcp_03_synchronisation():
    """What follows opens with the last branch, whichever that is, and once."""
    for order in permutations(["letter", "medicine", "transport"]):
        play = play_of(3)
        for name in order:
            play >> done("discharge") << "refused: not-open"
            play >> done(name)
        play << f"prepare.{order[-1]} closed: done" << "prepare closed: done" << "discharge opened"
        (play >> done("discharge")).ended("done")
        assert times(play, "discharge") == 1


def test_wcp_04_exclusive_choice():
    """The answer opens its own way, and no other can be taken any more."""
    ways = {"delivery": "send-again", "quality": "examine", "privacy": "look-into-it"}
    for about, way in ways.items():
        play = play_of(4) >> answer("sort", about)
        play.stands(way)
        for other in set(ways.values()) - {way}:
            play >> done(other) << "refused: not-open"
        (play >> done(way)).ended("done")


def test_wcp_05_simple_merge():
    """What follows opens when the one way that was taken arrives; it waits for no other, and opens once."""
    for came_by, way in {"phone": "note", "letter": "scan", "shop": "fill-in"}.items():
        play = play_of(5, {"order.came_by": came_by})
        play.stands(way)
        play >> done(way) << f"{way} closed: done" << "pack opened"
        (play >> done("pack")).ended("done")
        assert times(play, "pack") == 1
