"""The history is written down when somebody asks for it, and says the same whenever that is."""

from contextlib import suppress

import pytest
from playbook import program

import sopflow

P = program(
    """
    roles: {ann: Ann, bob: Bob}
    data: {ok: {is: bool, ask: bob}, price: decimal, towns: {is: list of string, default: [Wien, Graz]}}
    messages: {ring: {}}
    steps:
      write: {task: Write, by: ann, due: 3 days after opened, opens: 2026-03-03, form: [price?]}
      if-ok: {task: If OK, by: ann, if: ok}
      each: {for-each: towns, as: town, key: town, steps: {kit: {call: kit}}}
      wait: {wait: {message: ring}}
      z: {task: Z}
    """,
    kit="roles: {ann: Ann}\nsteps: {pack: {task: Pack, by: ann, due: 1 day after opened}}",
)

ACTS = [
    lambda run: run.reassign("write", "li", why="early"),
    lambda run: run.advance(to="2026-03-03"),
    lambda run: run.done("write", by="li", data={"price": "48.50"}),
    lambda run: run.reassign("if-ok", "wu"),
    lambda run: run.done("if-ok"),  # refused: it asks
    lambda run: run.answer("if-ok", True, by="wu"),
    lambda run: run.done("if-ok", by="wu"),
    lambda run: run.done("pack", at="2026-03-09"),  # refused, after timers have fired
    lambda run: run.done("each[Graz].kit.pack", at="2026-03-04"),
    lambda run: run.drop("each", "Wien", at="2026-03-06"),
    lambda run: run.message("ring"),
    lambda run: run.done("z"),
]


def _play(look):
    run = sopflow.Run(P, at="2026-03-02T09:00")
    for act in ACTS:
        with suppress(sopflow.Refused):
            act(run)
        if look:
            assert [line["seq"] for line in run.history] == list(range(1, len(run.history) + 1))
    return run


def test_it_says_the_same_whenever_it_is_asked():
    """Looked at after each input, or once at the end."""
    often, once = _play(look=True), _play(look=False)
    assert often.history == once.history
    assert once.finished


def test_it_says_how_things_stood_then():
    """Who had a step when it opened, what it asked for, which item it was about: whatever became of it later."""
    lines = _play(look=False).history
    opened = [(line["step"], line.get("role"), line.get("asks")) for line in lines if line["event"] == "Opened"]
    assert opened[:4] == [
        ("write", "li", None), ("if-ok", "ann", ["ok"]), ("if-ok", "wu", None), ("each", None, None),
    ]  # fmt: skip
    assert ("each[Wien].kit.pack", "ann", None) in opened
    assert [line["step"] for line in lines if line["event"] == "Overdue"] == ["each[Wien].kit.pack"]
    withdrawn = [line["step"] for line in lines if line["event"] == "Withdrawn"]
    assert withdrawn == ["each[Wien].kit", "each[Wien].kit.pack"]
    (done,) = [line for line in lines if line["event"] == "StepDone" and line["step"] == "write"]
    assert done["data"] == {"price": "48.50"}


@pytest.mark.parametrize("looked", [True, False])
def test_what_a_refusal_took_back_is_not_told(looked):
    """The lines that were there for a moment are gone, and their numbers are used again."""
    run = sopflow.Run(P, at="2026-03-02T09:00")
    if looked:
        assert len(run.history) == 2
    with pytest.raises(sopflow.Refused):
        run.done("z", at="2026-04-01")
    assert [line["event"] for line in run.history] == ["Started", "Held"]
    run.advance(to="2026-03-03")
    assert [(line["seq"], line["event"]) for line in run.history[2:]] == [(3, "Opened")]
