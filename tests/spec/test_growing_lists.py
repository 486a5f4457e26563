"""For-each over a list that grows and shrinks while it runs."""

import pytest
from playbook import Playbook, add, close_list, data, done, drop, fires, message, program, resume, shanghai, suspend

PARTNERS = """
    data: {partners: [{name: string, signed: bool}]}
    steps:
      sign-all:
        for-each: partners
        as: partner
        key: partner.name
        steps:
          call: {task: Call}
          sign: {task: Sign, set: {partner.signed: true}}
      print: {task: Print}
"""
TWO = {"partners": [{"name": "acme"}, {"name": "globex"}]}


def test_an_item_is_named_by_its_key():
    """`key` names an item in paths."""
    play = Playbook(program(PARTNERS), TWO)
    (play >> done("sign-all[globex].call")).stands("sign-all.call", "sign-all.sign")
    assert play.opening("sign-all[globex].sign").item == {"name": "globex"}


def test_two_items_with_one_key_are_an_incident():
    """A key is there to tell items apart."""
    play = Playbook(program(PARTNERS), {"partners": [{"name": "acme"}, {"name": "acme"}]})
    assert play.opening("sign-all").error == "key: two items have the key ‘acme’"


def test_an_item_that_is_added_must_be_done_too():
    """`all` means all that there are, whenever they came; the item is in the list."""
    play = Playbook(program(PARTNERS), TWO) >> add("sign-all", {"name": "initech"})
    for name in ("acme", "globex", "initech"):
        play.stands(*(["sign-all.call"] * {"acme": 3, "globex": 2, "initech": 1}[name]))
        play >> done(f"sign-all[{name}].call") >> done(f"sign-all[{name}].sign")
    play.stands("print")
    assert [partner["signed"] for partner in play.state.data["partners"]] == [True, True, True]


def test_what_is_added_must_fit():
    """An item is read by the type of the list, and its key must be its own."""
    play = Playbook(program(PARTNERS), TWO)
    play >> add("sign-all", {"name": 3}) << "refused: type"
    play >> add("sign-all", {"name": "acme"}) << "refused: type"
    play >> add("sign-all", "acme") << "refused: type"


def test_an_item_that_is_dropped_is_withdrawn():
    """Who is dropped need not be waited for, and is not there any more."""
    play = Playbook(program(PARTNERS), TWO) >> drop("sign-all", 1) << "sign-all.call withdrawn"
    play >> drop("sign-all", 1) << "refused: not-open"
    (play >> done("sign-all.call") >> done("sign-all.sign")).stands("print")


def test_dropping_the_last_item_ends_the_list():
    """When nobody is left, nothing is left to wait for."""
    play = Playbook(program(PARTNERS), TWO) >> drop("sign-all", 1) >> drop("sign-all", 2)
    play.stands("print")


def test_nothing_is_added_after_the_join():
    """The join and an addition are serial events: what comes after the join finds it closed."""
    play = Playbook(program(PARTNERS), TWO) >> drop("sign-all", 1) >> drop("sign-all", 2)
    play >> add("sign-all", {"name": "late"}) << "refused: not-open"


UNTIL = """
    messages: {{over: {{}}}}
    data: {{guests: list of string, day: date, full: bool}}
    steps:
      invite:
        for-each: guests
        as: guest
        at-once: 2
        adds-until: {until}
        steps: {{ask: {{task: Ask}}}}
      seat: {{task: Seat}}
"""
EARLY = shanghai("2026-03-02T09:00")


@pytest.mark.parametrize(
    ("until", "come"),
    [
        ("day", lambda: fires("invite", "adds")),
        ("{when: full}", lambda: data({"full": True})),
        ("{message: over}", lambda: message("over")),
        ("day", lambda: close_list("invite")),
    ],
)
def test_an_exhausted_list_stays_open_until(until, come):
    """`adds-until` keeps a list without open items open, until a time, a condition, a message or a person."""
    play = Playbook(program(UNTIL.format(until=until)), {"guests": ["li"], "day": "2026-03-05"}, at=EARLY)
    (play >> done("invite.ask")).stands()
    play >> add("invite", "wang") >> done("invite[2].ask")
    play.stands()
    (play >> come()).stands("seat")


def test_what_is_still_open_when_the_list_closes_is_waited_for():
    """Closing the list says only that no more come."""
    play = Playbook(program(UNTIL.format(until="day")), {"guests": ["li", "wang", "su"], "day": "2026-03-05"}, at=EARLY)
    play.stands("invite.ask", "invite.ask")
    play >> fires("invite", "adds")
    play >> add("invite", "late") << "refused: closed"
    (play >> done("invite[1].ask") >> done("invite[2].ask")).stands("invite.ask")
    (play >> done("invite[3].ask")).stands("seat")


def test_a_list_whose_end_is_past_already_is_closed():
    """Then it goes on when the items that there are have been done."""
    play = Playbook(program(UNTIL.format(until="day")), {"guests": ["li"], "day": "2026-03-01"}, at=EARLY)
    (play >> done("invite.ask")).stands("seat")


def test_the_end_of_the_list_moves_with_its_date():
    """What ends the list is planned again when the date it hangs on changes."""
    play = Playbook(program(UNTIL.format(until="day")), {"guests": ["li"]}, at=EARLY) >> done("invite.ask")
    play.stands()
    play >> data({"day": "2026-03-09"})
    assert play.state.timers[play.opening("invite").id, "adds"] == shanghai("2026-03-09T00:00")
    play >> data({"day": "2026-03-20"})
    assert play.state.timers[play.opening("invite").id, "adds"] == shanghai("2026-03-20T00:00")
    (play >> data({"day": "2026-03-01"})).stands("seat")


def test_a_message_that_was_kept_closes_the_list_at_once():
    """A kept message beats a list that opens later."""
    text = UNTIL.format(until="{message: over}").replace("    steps:\n", "    steps:\n      w: {task: W}\n", 1)
    play = Playbook(program(text), {"guests": ["li"]}) >> message("over") >> done("w")
    (play >> done("invite.ask")).stands("seat")


def test_an_added_item_counts_for_n_of_m():
    """The join is passed at n, whoever they are."""
    play = Playbook(
        program("""
            data: {words: list of string}
            steps:
              f: {for-each: words, join: 2 of 3, short: z, steps: {a: {task: A}}}
              z: {task: Z}
        """),
        {"words": ["x"]},
    )
    (play >> add("f", "y") >> done("f[1].a")).stands("f.a")
    (play >> done("f[2].a")).stands("z")


def test_a_pause_does_not_lose_the_end_of_the_list():
    """What counts from the opening shifts by the pause."""
    text = UNTIL.format(until="2 days after opened")
    play = Playbook(program(text), {"guests": ["li"]}, at=EARLY) >> done("invite.ask")
    play >> suspend("2026-03-03T09:00") >> resume("2026-03-04T09:00")
    assert play.state.timers == {(play.opening("invite").id, "adds"): shanghai("2026-03-05T09:00")}
