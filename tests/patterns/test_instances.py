"""Patterns 12 to 15 and 34 to 36: the same work for several items."""

from itertools import permutations

from playbook import add, close_list, data, done, ends, fx, message
from plays import late, play_of, program_of, times

import sopflow


def test_wcp_12_instances_without_synchronisation():
    """Each item begins a run of its own; nothing waits for any of them, nor ends with them."""
    play = play_of(12) >> done("choose", data={"journalists": ["ann", "bo", "cy"]})
    started = [effect.data for effect in play.effects if isinstance(effect, fx.StartChild)]
    assert started == [{"journalist": "ann"}, {"journalist": "bo"}, {"journalist": "cy"}]
    play.stands("report")
    play >> ends("send.kit", "done") << "refused: not-open"
    (play >> done("report")).ended("done")

    run = sopflow.Run(program_of(12))
    run.done("choose", data={"journalists": ["ann", "bo", "cy"]})
    run.done("report")
    assert run.finished
    assert [item.text() for item in run.open] == ["Pack a kit for ann", "Pack a kit for bo", "Pack a kit for cy"]
    while run.open:
        run.done(run.open[0].step)
    assert (run.outcome, run.state.seq) == ("done", 3)


def test_wcp_13_instances_known_at_design_time():
    """As many begin as the definition lists, at once; what follows opens with the last, in whatever order they end."""
    for order in permutations([1, 2, 3]):
        play = play_of(13)
        play.stands("exits.walk", "exits.walk", "exits.walk")
        for number in order:
            play >> done("file") << "refused: not-open" >> done(f"exits[{number}].walk")
        for number in order:
            play >> done("file") << "refused: not-open" >> done(f"exits[{number}].sign")
        play.stands("file")
        (play >> done("file")).ended("done")
        assert [times(play, name) for name in ("exits.walk", "exits.sign", "file")] == [3, 3, 1]


def test_wcp_14_instances_known_at_run_time():
    """As many begin as the list has items when the step opens, none of them too; what follows opens with the last."""
    for count in range(4):
        for order in permutations(range(1, count + 1)):
            play = play_of(14) >> done("invite", data={"applicants": [{"name": f"no. {n + 1}"} for n in range(count)]})
            assert play.at == (["interviews.interview"] * count or ["choose"])
            for number in order:
                play >> done("choose") << "refused: not-open" >> done(f"interviews[{number}].interview")
            play.stands("choose")
            assert all(applicant["heard"] for applicant in play.state.data["applicants"])
            assert times(play, "interviews.interview") == count

    play = play_of(14) >> done("invite", data={"applicants": [{"name": "one"}]})
    play >> data({"applicants": [{"name": "one"}, {"name": "two"}]}) >> done("interview")
    play.stands("choose")


def test_wcp_15_instances_not_known_before():
    """Items may be added while others are open, and after all are through, until it is said that no more will come."""
    for ends_list in (message("no-more-witnesses"), close_list("hear")):
        play = play_of(15) >> done("visit", data={"witnesses": ["a neighbour", "a tenant"]})
        play >> done("hear[1].statement") >> add("hear", "a plumber")
        play.stands("hear.statement", "hear.statement")
        play >> done("hear[2].statement") >> done("hear[3].statement")
        assert (play.at, play.state.running) == ([], True), "all are through, and more may come"
        play >> add("hear", "a passer-by")
        play.stands("hear.statement")
        play >> ends_list
        play.stands("hear.statement")
        play >> add("hear", "somebody else") << "refused: closed"
        play >> done("hear[4].statement")
        play.stands("pay")
        assert times(play, "hear.statement") == 4

    play = play_of(15) >> done("visit", data={"witnesses": ["a neighbour"]}) >> done("hear[1].statement")
    too_late = late(play, add("hear", "a plumber"))
    play >> message("no-more-witnesses")
    play.stands("pay")
    play >> too_late << "refused: not-open"


def test_wcp_34_static_partial_join_of_instances():
    """The second of three items opens what follows; the third works on, and opens nothing."""
    for first, second, third in permutations([1, 2, 3]):
        play = play_of(34)
        for number in (first, second):
            play >> done("forecast") << "refused: not-open"
            play >> done(f"count[{number}].count-votes") >> done(f"count[{number}].seal")
        play.stands("count.count-votes", "forecast")
        play >> done("forecast") >> done(f"count[{third}].count-votes")
        play.stands("count.seal")
        (play >> done(f"count[{third}].seal") << "count.seal closed: done" << "run ended: done").ended("done")
        assert (times(play, "count.seal"), times(play, "forecast")) == (3, 1)


def test_wcp_35_cancelling_partial_join_of_instances():
    """The third of five items opens what follows and withdraws the other two, wherever they are."""
    nurses = ["ada", "ben", "cleo", "dan", "eve"]
    for first, second, third, begun, untouched in permutations([1, 2, 3, 4, 5]):
        play = play_of(35) >> done("list", data={"nurses": nurses}) >> done(f"phone[{begun}].call")
        answers = [late(play, done(f"phone[{begun}].confirm")), late(play, done(f"phone[{untouched}].call"))]
        for number in (first, second, third):
            play >> done("roster") << "refused: not-open"
            play >> done(f"phone[{number}].call") >> done(f"phone[{number}].confirm")
        play.stands("roster")
        for event in answers:
            play >> event << "refused: not-open"
        (play >> done("roster")).ended("done")
        assert (times(play, "phone.confirm"), times(play, "roster")) == (3, 1)

    play = play_of(35) >> done("list", data={"nurses": nurses[:2]})
    for number in (1, 2):
        play >> done(f"phone[{number}].call") >> done(f"phone[{number}].confirm")
    play.stands("agency")


def test_wcp_36_dynamic_partial_join_of_instances():
    """After each item the condition is judged; when it holds the rest is withdrawn and what follows opens, once."""
    play = play_of(36) >> done("list", data={"hostels": ["lake", "wood"]})
    play >> done("search[1].ask", data={"beds": 12}) >> add("search", "hill")
    play.stands("search.ask", "search.ask")
    answer = late(play, done("search[2].ask", data={"beds": 50}))
    play >> done("search[3].ask", data={"beds": 40})
    play.stands("book")
    play >> answer << "refused: not-open"
    (play >> done("book")).ended("done")
    assert times(play, "book") == 1

    play = play_of(36) >> done("list", data={"hostels": ["lake"]}) >> done("search[1].ask", data={"beds": 12})
    assert (play.at, play.state.running) == ([], True)
    (play >> message("search-over")).stands("camp")
