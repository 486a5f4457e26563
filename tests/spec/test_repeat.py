"""A repeat: its steps, round after round."""

from playbook import Playbook, answer, data, done, fires, jump, program, shanghai

UNTIL = program("""
    data: {good: bool}
    steps:
      tries: {repeat: Try, until: good, at-most: 3, exhausted: give-up, steps: {a: {task: A}, b: {task: B}}}
      z: {task: Z, next: end}
      give-up: {task: Give up}
""")


def test_it_goes_round_until_the_condition_holds_after_a_round():
    """The condition is judged after each round, not before the first nor in the middle."""
    play = Playbook(UNTIL, {"good": True})
    play.stands("tries.a")
    (play >> done("a") >> done("b")).stands("z")
    play = Playbook(UNTIL, {"good": False}) >> done("a") >> done("b")
    play.stands("tries.a")
    (play >> done("a") >> data({"good": True}) >> done("b")).stands("z")


def test_rounds_are_used_up():
    """After `at-most` rounds it goes out by `exhausted`."""
    play = Playbook(UNTIL, {"good": False})
    for _ in range(3):
        play >> done("a") >> done("b")
    play.stands("give-up")


def test_an_unknown_condition_is_never_guessed():
    """A condition that is unknown after a round is asked for, or waited for: it does not count as false."""
    play = Playbook(UNTIL) >> done("a") >> done("b")
    play.stands("tries")
    (play >> answer("tries", True)).stands("z")
    play = Playbook(UNTIL) >> done("a") >> done("b") >> data({"good": False})
    play.stands("tries.a")


def test_a_number_of_rounds():
    """Without a condition it goes round `at-most` times."""
    p = program("""
        steps:
          x: {repeat: X, at-most: 2, exhausted: z, steps: {a: {task: A}}}
          z: {task: Z}
    """)
    (Playbook(p) >> done("a") >> done("a")).stands("z")


def test_each_round_is_another_opening():
    """A late answer of the first round is not taken in the second."""
    play = Playbook(UNTIL, {"good": False})
    late = done("a")(play.program, play.state)
    play >> done("a") >> done("b") >> late << "refused: not-open"
    assert play.opening("tries").round == 2
    assert len(play.state.open) == 3


def test_leaving_a_repeat_from_the_middle():
    """A step may leave its repeat before the round is over."""
    p = program("""
        steps:
          x:
            repeat: X
            until: steps.a.rounds > 5
            steps: {a: {task: A, outcomes: [go, out], next: {go: done, out: z}}}
          z: {task: Z}
    """)
    (Playbook(p) >> done("a", outcome="go") >> done("a", outcome="out")).stands("z")
    play = Playbook(p)
    for _ in range(6):
        play >> done("a", outcome="go")
    play.stands("z")


def test_entering_a_repeat_again_counts_anew():
    """A repeat that is entered again starts with its first round."""
    p = program("""
        steps:
          x: {repeat: X, at-most: 2, exhausted: z, steps: {a: {task: A}}}
          z: {task: Z, outcomes: [again, over], next: {again: x, over: end}}
    """)
    play = Playbook(p) >> done("a") >> done("a") >> done("z", outcome="again") >> done("a")
    play.stands("x.a")
    (play >> jump("x.a", "x") >> done("a")).stands("x.a")
    (play >> done("a")).stands("z")


def test_a_round_opens_at_the_tick():
    """`every` is the pace of the rounds, counted from when the repeat opened; between them nothing is open."""
    p = program("""
        data: {over: bool}
        steps:
          watch: {repeat: Watch, every: 2 weeks, until: over, steps: {look: {task: Look, form: [over]}}}
          z: {task: Z}
    """)
    play = Playbook(p, at=shanghai("2026-03-02T09:00")).stands()
    (play >> fires("watch", "round", "2026-03-16T09:00")).stands("watch.look")
    (play >> done("watch.look", "2026-03-17T09:00", data={"over": False})).stands()
    (play >> fires("watch", "round", "2026-03-30T09:00")).stands("watch.look")
    (play >> done("watch.look", "2026-03-30T10:00", data={"over": True})).stands("z")


def test_a_round_that_takes_longer_than_the_pace_swallows_a_tick():
    """The next round opens at the first tick after the one before is over."""
    p = program("""
        steps:
          watch: {repeat: W, every: monday at 09:00, at-most: 2, exhausted: end, steps: {look: {task: Look}}}
    """)
    play = Playbook(p, at=shanghai("2026-03-04T09:00"))
    play >> fires("watch", "round", "2026-03-09T09:00")
    play >> done("watch.look", "2026-03-17T09:00")
    assert play.state.timers[play.opening("watch").id, "round"] == shanghai("2026-03-23T09:00")


def test_the_pace_may_hang_on_data():
    """A pace by cases is chosen anew for each round; while it is unknown, it is asked about."""
    p = program("""
        roles: {boss: Boss}
        data: {hot: {is: bool, ask: boss}}
        steps:
          watch:
            repeat: Watch
            every: [{when: hot, then: day}, {else: week}]
            at-most: 3
            exhausted: end
            steps: {look: {task: Look}}
    """)
    play = Playbook(p, at=shanghai("2026-03-02T09:00")).stands("watch")
    play >> answer("watch", True, field="hot")
    play >> fires("watch", "round", "2026-03-03T09:00")
    play >> data({"hot": False}) >> done("watch.look")
    assert play.state.timers[play.opening("watch").id, "round"] == shanghai("2026-03-09T09:00")


def test_without_a_clock_rounds_open_at_once():
    """A run that knows no time waits for none."""
    p = program("steps: {w: {repeat: W, every: week, at-most: 2, exhausted: end, steps: {look: {task: Look}}}}")
    (Playbook(p) >> done("w.look") >> done("w.look")).ended("done")
