"""Conditions of a step: if, optional, while, requires."""

from playbook import Playbook, answer, data, done, fx, program, retry

IF = program("""
    roles: {clerk: Clerk}
    data: {big: {is: bool, ask: clerk}}
    steps:
      a: {task: A, if: big}
      b: {task: B}
""")


def test_a_step_whose_condition_does_not_hold_is_passed_over():
    """It is not opened, not offered and not counted as done; the token goes its ordinary way."""
    play = Playbook(IF, {"big": False}) << "a passed over" << "a closed: done" << "b opened"
    assert 0 not in play.state.done
    assert not [effect for effect in play.effects if isinstance(effect, fx.Offer) and effect.step == 0]
    Playbook(IF, {"big": True}).stands("a")


def test_an_unknown_condition_asks():
    """It never guesses: the field's role is asked, then the step opens or is passed over."""
    play = Playbook(IF) << "a opened asking big"
    assert play.effects == (fx.Ask(1, 0, ("big",), ("clerk",)),)
    play >> done("a") << "refused: not-open"
    (play >> answer("a", True) << "a opened").stands("a")
    (Playbook(IF) >> answer("a", False) << "a passed over" << "a closed: done" << "b opened").stands("b")


def test_an_unknown_condition_that_the_data_settle():
    """Somebody else may bring the data."""
    (Playbook(IF) >> data({"big": False})).stands("b")


def test_a_condition_is_judged_at_entry_only():
    """A step that is open stays open when its `if` no longer holds."""
    (Playbook(IF, {"big": True}) >> data({"big": False})).stands("a")


def test_missed_is_the_way_of_whoever_is_passed_over():
    """Beside a `next` map a passed-over step goes by `missed`, which nobody can choose."""
    p = program("""
        data: {big: bool}
        steps:
          a: {task: A, if: big, outcomes: [x, y], next: {x: b, y: b}, missed: c}
          b: {task: B, next: end}
          c: {task: C}
    """)
    Playbook(p, {"big": False}).stands("c")
    play = Playbook(p, {"big": True}) >> done("a", outcome="missed") << "refused: outcome"
    assert play.refused.problem.fields["outcomes"] == "x, y"


def test_what_is_set_is_not_written_by_a_step_that_was_passed_over():
    """`set` belongs to being done."""
    p = program("""
        data: {big: bool = false, x: int}
        steps:
          a: {task: A, if: big, set: {x: 1}}
          b: {task: B}
    """)
    assert "x" not in Playbook(p).state.data


def test_a_step_that_holds_a_chain_of_others():
    """Several steps that are passed over in a row need no event."""
    steps = ", ".join(f"s{n}: {{task: S, if: go}}" for n in range(200))
    p = program(f"data: {{go: bool = false}}\nsteps: {{{steps}, z: {{task: Z}}}}")
    Playbook(p).stands("z")


def test_requires_must_hold_on_opening():
    """A requirement that does not hold is an incident that names it; mended, the step can be retried."""
    p = program("""
        data: {signed: bool = false}
        steps:
          a: {task: A, requires: signed}
    """)
    play = Playbook(p)
    assert play.opening("a").phase == "incident"
    assert play.effects == (fx.Incident(1, 0, "requires signed"),)
    play >> done("a") << "refused: not-open"
    play >> retry("a")
    assert play.opening("a").phase == "incident"
    play >> data({"signed": True}) >> retry("a") << "a opened"
    (play >> done("a")).ended("done")


def test_a_milestone_that_does_not_hold_at_entry():
    """`while` that is false at entry: out by `missed`, by default its ordinary way."""
    p = program("""
        data: {open: bool}
        steps:
          a: {task: A, while: open}
          b: {task: B}
    """)
    Playbook(p, {"open": False}).stands("b")
    Playbook(p, {"open": True}).stands("a")


def test_a_milestone_that_is_lost_withdraws_the_step():
    """`while` is judged again when its data change: false, the step is withdrawn and goes out by `missed`."""
    p = program("""
        data: {open: bool}
        steps:
          a: {task: A, while: open, missed: c}
          b: {task: B, next: end}
          c: {task: C}
    """)
    play = Playbook(p, {"open": True}) >> data({"open": False})
    play.stands("c")


def test_a_milestone_on_a_block_withdraws_all_of_it():
    """The milestone of a group holds for everything in it."""
    p = program("""
        data: {open: bool}
        steps:
          g: {group: G, while: open, steps: {a: {task: A}}}
          b: {task: B}
    """)
    (Playbook(p, {"open": True}) >> data({"open": False})).stands("b")


def test_an_error_in_a_condition_is_an_incident():
    """A condition that fails is nobody's question."""
    p = program("""
        data: {a: int, b: int}
        steps:
          x: {task: X, if: a / b > 1}
    """)
    play = Playbook(p, {"a": 1, "b": 0})
    assert play.opening("x").phase == "incident"
    (play >> data({"b": 1}) >> retry("x") << "x passed over" << "x closed: done" << "run ended: done").ended("done")
