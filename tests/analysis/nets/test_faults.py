"""Faults made by hand, a model for each sort: what is said, where, and by which run."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from sopflow.analysis import nets
from sopflow.errors import Finding


def _net(drawing: str) -> nets.Net:
    """The net of a drawing such as ``a > +fork > b c``: ``+`` marks AND, ``?`` marks XOR."""
    nodes: dict[str, str] = {}
    flows = []
    for line in drawing.strip().split("\n"):
        groups = [[word.strip("+?") for word in group.split()] for group in line.split(">")]
        for word in line.replace(">", " ").split():
            nodes.setdefault(word.strip("+?"), {"+": "AND", "?": "XOR"}.get(word[0], "task"))
        for before, after in pairwise(groups):
            flows += [{"src": one, "tgt": other} for one in before for other in after]
    model = {
        "tasks": [{"id": node} for node, kind in nodes.items() if kind == "task"],
        "gateways": [{"id": node, "type": kind} for node, kind in nodes.items() if kind != "task"],
        "flows": flows,
    }
    return nets.read(json.dumps(model, indent=1))


SOUND = {
    "sequence": "a > b > c",
    "choice": "a > ?x > b c > ?y > d",
    "both": "a > +x > b c > +y > d",
    "loop": """
        a > ?again > b > ?enough > c
        enough > again""",
    "one branch waits for a step of the other": """
        a > +x > b c
        b > +b2 > d > +y > e
        c > +c2 > f > y
        b2 > c2""",
    "nothing but gateways": "?x > +y > +z > ?w",
    "one task": "a",
}

FAULTS = {
    "deadlock: a choice meets in an AND gateway": (
        "a > ?x > b c > +y > d",
        "SOP457", "y", ("a", "XOR x → b"), nets.Fault.STUCK,
    ),
    "lack of synchronization: an AND split meets in an XOR gateway": (
        "a > +x > b c > ?y > d > e",
        "SOP458", "y", ("a", "AND x", "b", "c"), nets.Fault.CROWDED,
    ),
    "unbounded: each round leaves a token more": (
        """
        a > ?again > +x > b > ?enough > again
        x > c > +y > d
        enough > y""",
        "SOP458", "c", ("a", "AND x", "b", "XOR enough → XOR again", "AND x"), nets.Fault.GROWING,
    ),
    "improper completion: a branch goes straight to the end": (
        """
        a > +x > b c d
        c > ?y > e
        b > y
        d > y""",
        "SOP458", "y", ("a", "AND x", "b", "c"), nets.Fault.CROWDED,
    ),
    "improper completion: something is left behind": (
        """
        a > +x > b c
        b > ?y > d > ?z > e
        y > +w > z
        c > w""",
        "SOP458", "w", None, nets.Fault.LEFTOVER,
    ),
    "dead: what nothing leads to": (
        """
        a > b
        ?x > c > ?x""",
        "SOP455", "x", None, None,
    ),
    "livelock: a circle without an exit": (
        """
        a > ?x > b
        x > ?y > c > y""",
        "SOP456", "y", None, None,
    ),
    "two starts": (
        """
        a > ?x > b
        c > x""",
        "SOP454", "c", None, None,
    ),
    "no end": ("a > ?x > b > x", "SOP454", "", None, None),
    "two ends": ("a > ?x > b c", "SOP454", "c", None, None),
    "a gateway that waits for itself": (
        """
        a > +x > b
        x > x""",
        "SOP457", "x", ("a",), nets.Fault.STUCK,
    ),
}  # fmt: skip


@pytest.mark.parametrize("drawing", SOUND.values(), ids=SOUND)
def test_what_is_sound_has_no_fault(drawing):
    """Ordinary patterns pass."""
    verdict = nets.check(_net(drawing))
    assert verdict.sound is True
    assert verdict
    assert verdict.faults == ()
    assert nets.counterexample(_net(drawing)) is None


@pytest.mark.parametrize(("drawing", "code", "where", "steps", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told(drawing, code, where, steps, fault):
    """The finding has the code of its sort, stands where the fault shows, and brings the shortest run there."""
    net = _net(drawing)
    verdict = nets.check(net)
    assert verdict.sound is False
    found: Finding = verdict.faults[0]
    assert (found.code, found.path) == (code, where)
    assert found.place.line > 1 or not where
    example = nets.counterexample(net)
    assert (example.fault if example else None) == fault
    if steps is not None:
        assert found.trace == example.steps == steps
        assert example.is_shortest


def test_a_circle_without_exit_shows_the_way_into_it():
    """Also what is found without playing brings the way there."""
    (found,) = nets.check(_net(FAULTS["livelock: a circle without an exit"][0])).faults
    assert found.trace == ("a", "XOR x → XOR y")
    assert found.fields["others"] == "XOR y, c"


def test_two_faults_are_two_findings():
    """A deadlock does not hide what is not brought together elsewhere."""
    net = _net("""
        a > ?x > b c
        b > ?x1 > d e > +x2 > ?y
        c > +z1 > f g > ?z2 > h > y > i""")
    assert sorted(found.code for found in nets.check(net).faults) == ["SOP457", "SOP458"]


def test_a_fault_behind_many_markings_is_found():
    """Thirty branches have 2^30 markings; the run is found, and has no step that it does not need."""
    names = " ".join(f"b{number}" for number in range(30))
    net = _net(f"a > +x > {names} > +y > ?z > c d > +w > e")
    example = nets.counterexample(net)
    assert example.fault is nets.Fault.STUCK
    assert len(example.steps) == 34
    crowded = nets.counterexample(_net(f"a > +x > {names} > +y > +z > c d > ?w > e"))
    assert crowded.fault is nets.Fault.CROWDED
    assert not crowded.is_shortest
    assert len(crowded.steps) == 36


def test_the_verdict_does_not_need_the_run():
    """Without a search the model is unsound all the same, and the finding says that no run can be shown."""
    verdict = nets.check(_net("a > ?x > b c > +y > d"), limit=0)
    assert verdict.sound is False
    assert [found.code for found in verdict.faults] == ["SOP459"]
    assert "not sound" in verdict.faults[0].text("en")


def test_a_run_that_goes_wrong_becomes_a_test(tmp_path):
    """The test fails while the fault is there, and passes when it has been mended."""
    broken, mended = _net("a > ?x > b c > +y > d"), _net("a > ?x > b c > ?y > d")
    file = tmp_path / "model.json"
    file.write_text(broken.document.text, encoding="utf-8")
    names: dict[str, object] = {}
    exec(nets.as_pytest(nets.read(file)), names)
    with pytest.raises(AssertionError, match="deadlock"):
        names["test_this_run_goes_right"]()
    file.write_text(mended.document.text, encoding="utf-8")
    names["test_this_run_goes_right"]()


def test_a_text_goes_into_its_test():
    """What was read from no file is part of the test."""
    names: dict[str, object] = {}
    exec(nets.as_pytest(_net("a > ?x > b c > +y > d")), names)
    with pytest.raises(AssertionError, match="deadlock"):
        names["test_this_run_goes_right"]()


def test_there_is_no_test_without_a_fault():
    """A sound model has no run that goes wrong."""
    with pytest.raises(ValueError, match="no run"):
        nets.as_pytest(_net("a > b"))


def test_a_run_stops_at_what_is_not_possible():
    """Playing says how far it came, and where tokens are then."""
    net = _net("a > +x > b c > +y > d")
    assert nets.play(net, ["a", "AND x", "b", "d"]) == nets.Played(
        ("a", "AND x", "b"), ("AND x → c", "b → AND y"), None
    )
    assert nets.play(net, ["a", "AND x", "b", "c", "AND y", "d"]).waiting == ("d →",)
