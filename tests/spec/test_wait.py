"""A wait: for a time, a message, a condition, or the first of several; and emit, which sends a message."""

from playbook import Playbook, cancel, data, done, fires, fx, message, program, shanghai, skip

AT = program("""
    data: {start: date}
    steps:
      w: {wait: 1 week before start}
      z: {task: Z}
""")

MESSAGE = program("""
    data: {order: string, paid: int}
    messages: {payment: {order: string, amount: int}, nudge: {is: {}, kept: false}}
    steps:
      ask: {task: Ask}
      w: {wait: {message: payment, match: {order: = order}}}
      z: {task: Z}
""")

WHEN = program("""
    data: {a: int, b: int}
    steps:
      w: {wait: {when: a > 3}}
      z: {task: Z, form: [b?]}
""")

FIRST = program("""
    data: {go: bool}
    messages: {answer: {text: string}}
    steps:
      w:
        wait:
          first:
            reply: {message: answer, next: thank}
            late: {at: 3 days after opened, next: nudge}
            stop: {when: go == false, next: end stopped}
      thank: {task: Thank, next: end}
      nudge: {task: Nudge}
""")


def test_a_wait_for_a_time():
    """A civil date comes at 00:00 of the SOP's time zone."""
    play = Playbook(AT, {"start": "2026-05-20"}, at="2026-03-02T09:00") << "w held until 2026-05-13 00:00"
    play >> done("w") << "refused: not-open"
    play >> fires("w", "wait-0", at="2026-05-12T23:59") << "refused: no-timer"
    (play >> fires("w", "wait-0") << "w closed: done" << "z opened").stands("z")


def test_a_time_that_is_past_does_not_wait():
    """A wait for what has been goes on at once."""
    (Playbook(AT, {"start": "2026-03-05"}, at="2026-03-02T09:00") << "w closed: done" << "z opened").stands("z")


def test_a_time_that_is_unknown_waits_until_it_is_known():
    """An unset time waits; once its field is known the timer is set; a changed one moves it."""
    play = Playbook(AT, at="2026-03-02T09:00")
    play.stands("w")
    assert not play.state.timers
    play >> data({"start": "2026-05-20"}, at="2026-03-03T09:00") << "w held until 2026-05-13 00:00"
    play >> data({"start": "2026-05-10"}) << "w held until 2026-05-03 00:00"
    assert len(play.state.timers) == 1
    (play >> data({"start": "2026-03-04"}) << "w closed: done" << "z opened").stands("z")


def test_a_message_that_matches_is_taken():
    """A wait takes a message with the same correlation, and no other."""
    play = Playbook(MESSAGE, {"order": "A1"}) >> done("ask") >> message("payment", order="B2", amount=3)
    play.stands("w")
    play >> message("payment", order="A1", amount=7) << "w closed: done" << "z opened"
    play.stands("z")


def test_a_wait_reads_the_message_it_took():
    """What the message says can be kept with `set`."""
    p = program("""
        data: {paid: int}
        messages: {payment: {amount: int}}
        steps:
          w: {wait: {message: payment}, set: {paid: = message.amount}}
          z: {task: Z}
    """)
    play = Playbook(p) >> message("payment", amount=7)
    assert play.state.data["paid"] == 7
    play = Playbook(p) >> skip("w")
    assert "paid" not in play.state.data


def test_a_message_that_came_early_is_kept():
    """What no one awaits is kept, and taken oldest first when a wait opens."""
    play = Playbook(MESSAGE, {"order": "A1"}) >> message("payment", order="A1", amount=7)
    play >> message("payment", order="B1", amount=1) >> message("payment", order="A1", amount=8)
    (play >> done("ask")).stands("z")
    assert [kept["amount"] for kept in play.kept["payment"]] == [1, 8]


def test_a_signal_is_not_kept():
    """With `kept: false` it reaches whoever is there, and is lost if nobody is."""
    play = Playbook(MESSAGE, {"order": "A1"}) >> message("nudge")
    assert not play.state.mail


def test_a_signal_reaches_all_who_are_there():
    """Two waits for one signal both go on."""
    p = program("""
        messages: {bell: {is: {}, kept: false}}
        steps:
          f: {parallel: F, branches: {a: {wait: {message: bell}}, b: {wait: {message: bell}}, c: {task: C}}}
    """)
    (Playbook(p) >> message("bell")).stands("f.c")


def test_a_message_is_consumed_once():
    """Two waits for one message: the first takes it, the second waits for another."""
    p = program("""
        messages: {bell: {}}
        steps:
          f: {parallel: F, branches: {a: {wait: {message: bell}}, b: {wait: {message: bell}}}}
    """)
    play = Playbook(p) >> message("bell")
    assert len(play.at) == 1
    (play >> message("bell")).ended("done")


def test_a_message_nobody_declared_is_refused():
    """Only declared messages, with their declared fields of their declared types."""
    play = Playbook(MESSAGE) >> message("paiment") << "refused: unknown"
    assert play.refused.problem.fields["nearest"] == "payment"
    play >> message("payment", ordr="A1") << "refused: type"
    play >> message("payment", order="A1", amount="much") << "refused: type"
    assert not play.state.mail


def test_a_condition_comes_true():
    """A wait for a condition goes on when the data make it true, and only then."""
    play = Playbook(WHEN) >> data({"a": 1}) >> data({"b": 9})
    play.stands("w")
    (play >> data({"a": 4}) << "w closed: done" << "z opened").stands("z")
    Playbook(WHEN, {"a": 4}).stands("z")


def test_the_first_of_several():
    """What comes first decides the way, and the others are forgotten."""
    play = Playbook(FIRST, at="2026-03-02T09:00") >> message("answer", text="yes") << "w closed: reply"
    play << "thank opened"
    assert not play.state.timers
    play = Playbook(FIRST, at="2026-03-02T09:00") >> fires("w", "wait-1") << "w closed: late" << "nudge opened"
    play.stands("nudge")
    (Playbook(FIRST, at="2026-03-02T09:00") >> data({"go": False})).ended("stopped")


def test_a_wait_may_be_late():
    """A wait has a deadline, reminders and handlers like any step."""
    p = program("""
        roles: {boss: Boss}
        data: {a: int, day: date}
        steps:
          w:
            wait: {when: a > 3}
            due: day
            escalate: [{at: 1 day after due, to: boss}]
            on: {overdue: {task: Ask for it}}
          z: {task: Z}
    """)
    play = Playbook(p, {"day": "2026-03-04"}, at="2026-03-02T09:00") >> data({"a": 1}) >> fires("w", "due")
    play << "w overdue" << "w.overdue opened"
    play >> fires("w", "escalate-0")
    assert [effect.to for effect in play.effects] == [("boss",)]
    (play >> data({"a": 2}) >> data({"a": 4})).stands("z")
    assert not play.state.timers
    play = Playbook(p, {"day": "2026-03-04"}, at="2026-03-02T09:00") >> data({"day": "2026-03-01"})
    play << "w due 2026-03-01" << "w overdue" << "w.overdue opened"
    play.stands("w", "w.overdue")


def test_a_kept_message_beats_a_timer():
    """A message that is there when the wait opens is taken, whatever is due at that moment."""
    p = program("""
        messages: {m: {}}
        steps:
          a: {task: A}
          w: {wait: {first: {late: {at: 2026-01-01, next: z}, reply: {message: m, next: y}}}}
          y: {task: Y, next: end}
          z: {task: Z}
    """)
    (Playbook(p, at="2026-03-02T09:00") >> message("m") >> done("a")).stands("y")


def test_a_wait_may_be_skipped_or_called_off():
    """A wait that nothing serves can be passed over by a person."""
    (Playbook(MESSAGE) >> done("ask") >> skip("w")).stands("z")
    (Playbook(MESSAGE) >> done("ask") >> cancel("w")).stands("z")


def test_a_wait_withdrawn_waits_no_more():
    """A message for a wait that was withdrawn is kept, not taken."""
    p = program("""
        messages: {m: {}}
        steps:
          f: {parallel: F, join: first, branches: {a: {wait: {message: m}}, b: {task: B}}}
          z: {task: Z}
    """)
    play = Playbook(p) >> done("b") >> message("m")
    assert play.kept == {"m": [{}]}
    play.stands("z")


def test_emit_sends_and_goes_on():
    """An emit asks the world to send, and waits for nothing."""
    p = program("""
        data: {n: int}
        messages: {hello: {number: int}}
        steps:
          say: {emit: hello, with: {number: = n + 1}}
          z: {task: Z}
    """)
    play = Playbook(p, {"n": 1})
    assert fx.Emit("hello", {"number": 2}) in play.effects
    play.stands("z")


def test_a_message_is_kept_for_as_long_as_it_says():
    """`keep: 3 days`: one that came before is forgotten."""
    p = program("""
        messages: {m: {is: {n: int}, keep: 3 days}}
        data: {n: int}
        steps: {a: {task: A}, w: {wait: {message: m}, set: {n: = message.n}}, z: {task: Z}}
    """)
    play = Playbook(p, at=shanghai("2026-03-02T09:00"))
    play >> message("m", "2026-03-02T10:00", n=1) >> message("m", "2026-03-04T10:00", n=2)
    (play >> done("a", "2026-03-05T10:01")).stands("z")
    assert play.state.data["n"] == 2
    play = Playbook(p, at=shanghai("2026-03-02T09:00")) >> message("m", "2026-03-02T10:00", n=1)
    (play >> done("a", "2026-03-06T10:00")).stands("w")


def test_messages_are_routed_to_who_waits_for_them():
    """`Await` says for which name and fields, `Unawait` that it is over."""
    p = program("""
        messages: {paid: {number: int}}
        data: {number: int}
        steps: {w: {wait: {message: paid, match: {number: = number}}}, z: {task: Z}}
    """)
    play = Playbook(p, {"number": 7})
    assert fx.Await(1, "paid", {"number": 7}) in play.effects
    play >> message("paid", number=7)
    assert fx.Unawait(1) in play.effects


def test_a_kept_message_that_fits_later_is_taken_then():
    """Which messages fit hangs on data: where these change, what was kept is looked at again."""
    p = program("""
        messages: {paid: {number: int}}
        data: {number: int}
        steps: {w: {wait: {message: paid, match: {number: = number}}}, z: {task: Z}}
    """)
    play = Playbook(p, {"number": 7}) >> message("paid", number=8)
    play.stands("w")
    (play >> data({"number": 8})).stands("z")
