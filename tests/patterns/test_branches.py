"""Patterns 6 to 9, 29, 30, 32 and 37: some of several branches begin, and how many of them what follows waits for."""

from itertools import permutations, product

from playbook import done, judge
from plays import late, orders, play_of, ready_of, times, workable


def subsets(names):
    """Every choice of some of the names, in their order."""
    for chosen in product((False, True), repeat=len(names)):
        yield [name for name, is_chosen in zip(names, chosen, strict=True) if is_chosen]


def test_wcp_06_multi_choice():
    """Exactly the branches open whose condition holds, none, some or all of them."""
    branches = ["newsletter", "press", "window"]
    for chosen in subsets(branches):
        play = play_of(6) >> done("write", data={f"by.{name}": name in chosen for name in branches})
        assert play.at == [f"announce.{name}" for name in chosen]
        for name in branches:
            play >> done(name)
            if name not in chosen:
                play << f"refused: {'not-open' if play.state.running else 'status'}"
        play.ended("done")


def test_wcp_07_structured_synchronising_merge():
    """Whatever was started, and in whatever order it ends, what follows opens with the last of it, and once."""
    branches = ["blood", "lungs", "heart"]
    for chosen in subsets(branches):
        for order in permutations(chosen):
            play = play_of(7) >> done("admit", data={f"needs.{name}": name in chosen for name in branches})
            for name in order:
                play >> done("talk") << "refused: not-open"
                play >> done(name)
            play.stands("talk")
            (play >> done("talk")).ended("done")
            assert times(play, "talk") == 1


def test_wcp_08_multi_merge():
    """What follows the meeting opens once for each that arrives, without waiting for the others, also side by side."""
    leaflets = [{"language": "fr", "in_house": True}, {"language": "pl", "in_house": False}]
    first = {1: "translate", 2: "order"}
    for one, other in permutations([1, 2]):
        play = play_of(8) >> done("write", data={"leaflets": leaflets})
        play.stands("each.translate", "each.order")
        play >> done(f"each[{one}].{first[one]}") << f"each.{first[one]} closed: done" << "each.proofread opened"
        play.stands("each.proofread", f"each.{first[other]}")
        play >> done(f"each[{other}].{first[other]}")
        play.stands("each.proofread", "each.proofread")
        (play >> done(f"each[{one}].proofread") >> done(f"each[{other}].proofread")).ended("done")
        assert times(play, "each.proofread") == 2


def test_wcp_09_structured_discriminator():
    """The first branch opens what follows; the others end without a trace of it."""
    for first, second, third in permutations(["city", "university", "heart-centre"]):
        play = play_of(9) >> done("describe") >> done(first)
        play.stands(f"ask.{second}", f"ask.{third}", "treat")
        play >> done(second) << f"ask.{second} closed: done"
        play >> judge("treat", "approved") >> done("thank")
        play.stands(f"ask.{third}")
        play >> done(third) << f"ask.{third} closed: done" << "run ended: done"
        assert times(play, "treat") == times(play, "thank") == 1


def test_wcp_29_cancelling_discriminator():
    """The first branch opens what follows and withdraws the others; who is late with one of them is told so."""
    branches = ["bicycle", "taxi", "key"]
    for first in branches:
        play = play_of(29)
        others = [late(play, done(name)) for name in branches if name != first]
        play >> done(first)
        if first == "key":
            play.stands("call.bicycle", "call.taxi", "call.van.fuel")
            play >> done("fuel")
        play.stands("hand-over")
        for event in others:
            play >> event << "refused: not-open"
        (play >> done("hand-over")).ended("done")
        assert times(play, "hand-over") == 1


def test_wcp_30_structured_partial_join():
    """The second of three branches opens what follows; the third ends without a trace of it."""
    for first, second, third in permutations(["method", "figures", "language"]):
        play = play_of(30) >> done("submit") >> done(first)
        play.stands(f"review.{second}", f"review.{third}")
        play >> done(second)
        play.stands(f"review.{third}", "decide")
        play >> judge("decide", "approved") >> done(third) << f"review.{third} closed: done"
        (play >> done("print")).ended("done")
        assert times(play, "decide") == 1


def test_wcp_32_cancelling_partial_join():
    """The second of four branches opens what follows and withdraws the other two, whichever they are."""
    for first, second, *others in permutations(["maker", "village", "chain", "expert"]):
        play = play_of(32)
        answers = [late(play, done(name)) for name in others]
        play >> done(first) >> done("choose") << "refused: not-open"
        play >> done(second)
        play.stands("choose")
        for event in answers:
            play >> event << "refused: not-open"
        (play >> done("choose")).ended("done")
        assert times(play, "choose") == 1


def test_wcp_37_local_synchronising_merge():
    """A step waits for those of the branches beside it that may still come, and for no more than these."""
    look, survey, mend = "prepare.house.look", "prepare.house.survey", "prepare.house.mend"
    loan, deed, photos = "prepare.loan", "prepare.deed", "prepare.photos"
    for needs_loan, is_surveyed in product((False, True), repeat=2):
        settles = survey if is_surveyed else look  # by which it is known that no survey is to come any more
        before = {look: [], photos: [settles], deed: [settles, *([loan] if needs_loan else [])]}
        before |= {survey: [look], mend: [survey]} if is_surveyed else {}
        before |= {loan: []} if needs_loan else {}
        for order in orders(before):
            play = play_of(37) >> done("agree", data={"buyer.needs_loan": needs_loan})
            for number, name in enumerate(order):
                assert workable(play) == ready_of(before, order[:number])
                play >> (judge(name, "approved" if is_surveyed else "refused") if name == look else done(name))
            play.stands("sign")
            assert [times(play, name) for name in before] == [1] * len(before)


def test_a_join_that_is_entered_again_counts_anew():
    """A new round of 9 or 30 begins all branches, and what was left of the old one is withdrawn."""
    play = play_of(9) >> done("describe")
    old = [late(play, done(name)) for name in ("university", "heart-centre")]
    play >> done("city") >> judge("treat", "refused") >> done("describe")
    play.stands("ask.city", "ask.university", "ask.heart-centre")
    for event in old:
        play >> event << "refused: not-open"
    (play >> done("university")).stands("ask.city", "ask.heart-centre", "treat")

    play = play_of(30) >> done("submit") >> done("method") >> done("figures") >> judge("decide", "changes")
    play >> done("submit") >> done("language")
    play.stands("review.method", "review.figures")
