"""Patterns 16 to 18, 39 and 40: what may happen depends on what else goes on."""

from itertools import pairwise, permutations

import pytest
from playbook import Playbook, cancel, data, done, fires, fx, granted, message, program
from plays import late, play_of, program_of, times, workable

import sopflow

START = "2026-03-02T09:00"


def test_wcp_16_deferred_choice():
    """What happens first takes its way; the others are forgotten, and what happens to them later moves nothing."""
    happens = {
        "deliver": message("accepted"),
        "ask-why": message("declined"),
        "phone": fires("answer", "wait-2"),
        "lost": data({"customer.is_bankrupt": True}),
    }
    for way, event in happens.items():
        play = play_of(16, at=START) >> done("offer")
        play.stands("answer")
        silence = late(play, happens["phone"])
        play >> event
        assert not play.state.timers
        assert not play.state.watch
        if way == "lost":
            play.ended("lost")
            continue
        play.stands(way)
        play >> silence << "refused: no-timer"
        for name in {"deliver", "ask-why", "lost"} - {way}:
            (play >> happens[name]).stands(way)


def test_wcp_17_interleaved_parallel_routing():
    """One step at a time can be done; each is done once, and none before those that it comes after."""
    play = play_of(17)
    order = []
    while play.at != ["talk"]:
        (here,) = workable(play)
        for other in {"blood", "heart", "bicycle", "eyes"} - {here.removeprefix("stations.")}:
            play >> done(f"stations.{other}") << "refused: not-open"
        play >> done("talk") << "refused: not-open" >> done(here)
        order.append(here.removeprefix("stations."))
    assert sorted(order) == ["bicycle", "blood", "eyes", "heart"]
    assert max(order.index("blood"), order.index("heart")) < order.index("bicycle")


def test_a_branch_that_waits_lets_the_others_take_their_turn():
    """What comes after others holds no place under `at-once` while it waits for them, wherever it is written."""
    play = Playbook(
        program("""
            steps:
              stations:
                parallel: Stations
                at-once: 1
                branches:
                  bicycle: {task: Heart on the bicycle, after: heart}
                  heart: {task: Heart at rest}
        """)
    )
    assert workable(play) == ["stations.heart"]
    (play >> done("heart") >> done("bicycle")).ended("done")


def test_wcp_18_milestone():
    """The step can be done while the state lasts: not before, and not after, and then nobody waits for it."""
    exchange = "evening.exchange.exchange-tickets"
    play = play_of(18)
    play >> done("exchange-tickets") << "refused: not-open"
    play.stands("evening.sale.open-sale", "evening.exchange.until-open")
    play >> done("open-sale")
    play.stands("evening.sale.close-sale", exchange)
    play >> done("exchange-tickets")
    assert times(play, exchange) == 1
    (play >> done("close-sale")).stands("play")

    play = play_of(18) >> done("open-sale")
    too_late = late(play, done("exchange-tickets"))
    play >> done("close-sale") >> too_late << "refused: not-open"
    assert times(play, exchange) == 0
    (play >> data({"sale.is_open": True})).stands("play")


def test_wcp_39_critical_section():
    """From the first step of a part to its last no other part can be done; what holds nothing is not kept waiting."""
    for first, second in permutations(["knee", "hip"]):
        play = play_of(39)
        assert [effect.resources for effect in play.effects if isinstance(effect, fx.Acquire)] == [("theatre",)] * 2
        for here, other in ((first, second), (second, first)):
            assert workable(play) == ["day.papers"]
            play >> granted(here)
            for step in ("wash", "cut"):
                assert not [effect for effect in play.effects if isinstance(effect, fx.Release)]
                assert workable(play) == sorted([f"day.{here}.{here}-{step}", "day.papers"])
                play >> done(f"{other}-wash") << "refused: not-open" >> done(f"{here}-{step}")
            assert [effect.resources for effect in play.effects if isinstance(effect, fx.Release)] == [("theatre",)]
        (play >> done("papers")).ended("done")

    play = play_of(39) >> granted("knee") >> cancel("knee")
    assert [effect.resources for effect in play.effects if isinstance(effect, fx.Release)] == [("theatre",)]


def test_a_run_in_memory_has_one_critical_section_open_at_a_time():
    """Who asked first is served first; who is called off gives back what it has."""
    run = sopflow.Run(program_of(39))
    for here, after in pairwise(["knee-wash", "knee-cut", "hip-wash", "hip-cut"]):
        assert [item.step.rpartition(".")[2] for item in run.open if item.step != "day.papers"] == [here]
        with pytest.raises(sopflow.Refused):
            run.done(after)
        run.done(here)

    run = sopflow.Run(program_of(39))
    run.cancel("knee")
    assert "day.hip.hip-wash" in [item.step for item in run.open]


def test_wcp_40_interleaved_routing():
    """Each of the steps is done once, one at a time, and what follows opens when the last is done."""
    for is_old in (False, True):
        play = play_of(40) >> done("take", data={"car.is_old": is_old})
        works = ["oil", *(["rust"] if is_old else []), "tyres"]
        for here, after in pairwise([*works, "give-back"]):
            assert workable(play) == [f"service.{here}"]
            play >> done(after) << "refused: not-open" >> done(here)
        play.stands("give-back")
        assert [times(play, f"service.{name}") for name in works] == [1] * len(works)
