"""A parallel: all branches at once, and how they join."""

from itertools import permutations

import pytest
from playbook import Playbook, answer, data, done, findings, judge, program, sop

from sopflow.analysis import check

BRANCHES = """
    data: {{ok: bool}}
    steps:
      f:
        parallel: F
        join: {join}
        {more}
        branches:
          a: {{task: A}}
          b: {{task: B}}
          c: {{task: C}}
      z: {{task: Z}}
"""

ALL = program(BRANCHES.format(join="all", more="x-none: 0"))


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_all_waits_for_every_branch_in_any_order(order):
    """The join passes with the last branch, whichever it is, and the tail runs once."""
    play = Playbook(ALL) << "f opened" << "f.a opened" << "f.b opened" << "f.c opened"
    play >> done(order[0]) >> done(order[1])
    play.stands(f"f.{order[2]}")
    play >> done(order[2]) << f"f.{order[2]} closed: done" << "f closed: done" << "z opened"
    play >> done("z")
    assert play.state.done[play.program.by_path["z"]].times == 1
    play.ended("done")


@pytest.mark.parametrize("first", "abc")
def test_first_withdraws_the_rest(first):
    """`join: first` passes with the first branch; the others are withdrawn, and a late answer is not open."""
    p = program(BRANCHES.format(join="first", more="x-none: 0"))
    play = Playbook(p)
    late = [done(name)(play.program, play.state) for name in "abc" if name != first]
    play >> done(first)
    play.stands("z")
    for event in late:
        play >> event << "refused: not-open"


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_two_of_three(order):
    """`2 of 3` passes with the second and withdraws the third."""
    p = program(BRANCHES.format(join="2 of 3", more="x-none: 0"))
    play = Playbook(p) >> done(order[0])
    play.stands(*(f"f.{name}" for name in order[1:]))
    (play >> done(order[1])).stands("z")


def test_rest_finish_lets_the_others_work_on():
    """With `rest: finish` the block goes on and trails; the run ends when what trails has finished."""
    p = program(BRANCHES.format(join="first", more="rest: finish"))
    play = Playbook(p) >> done("b")
    play.stands("f.a", "f.c", "z")
    (play >> done("a")).stands("f.c", "z")
    (play >> done("z")).stands("f.c")
    (play >> done("c") << "f.c closed: done" << "run ended: done").ended("done")


GUARDED = program("""
    roles: {clerk: Clerk}
    data: {a: {is: bool, ask: clerk}, b: {is: bool, ask: clerk}}
    steps:
      f:
        parallel: F
        branches:
          a: {task: A, if: a}
          b: {task: B, if: b}
          c: {task: C}
      z: {task: Z}
""")


def test_active_waits_for_those_that_started():
    """Unsaid, the join waits for the branches whose condition held at entry."""
    play = Playbook(GUARDED, {"a": False, "b": True})
    play.stands("f.b", "f.c")
    (play >> done("c") >> done("b")).stands("z")


def test_guards_are_judged_once_at_entry():
    """A guard that changes later starts and stops nothing."""
    play = Playbook(GUARDED, {"a": False, "b": True}) >> data({"a": True, "b": False})
    play.stands("f.b", "f.c")


def test_a_fork_with_an_unknown_guard_asks_as_a_whole():
    """If one guard is unknown no branch starts; all unknown guards are asked for."""
    play = Playbook(GUARDED, {"a": False}) << "f opened asking b"
    play.stands("f")
    (play >> answer("f", True)).stands("f.b", "f.c")
    play = Playbook(GUARDED) << "f opened asking a, b"
    (play >> answer("f", True, field="a") >> answer("f", False, field="b")).stands("f.a", "f.c")


def test_a_fork_none_of_whose_branches_start_passes():
    """None started: the join passes."""
    p = program("""
        data: {a: bool, b: bool}
        steps:
          f: {parallel: F, branches: {a: {task: A, if: a}, b: {task: B, if: b}}}
          z: {task: Z}
    """)
    (Playbook(p, {"a": False, "b": False}) << "f opened" << "f closed: done" << "z opened").stands("z")


SHORT = program("""
    data: {a: bool, b: bool, c: bool}
    steps:
      f:
        parallel: F
        join: 2 of 3
        short: too-few
        branches: {a: {task: A, if: a}, b: {task: B, if: b}, c: {task: C, if: c}}
      z: {task: Z, next: end}
      too-few: {task: Too few}
""")


def test_too_few_branches_go_short():
    """When nothing is left and too few have come, the block goes out by `short`."""
    play = Playbook(SHORT, {"a": True, "b": False, "c": False})
    (play >> done("a") << "f.a closed: done" << "f closed: short" << "too-few opened").stands("too-few")
    (Playbook(SHORT, {"a": True, "b": True, "c": False}) >> done("b") >> done("a")).stands("z")


def test_none_started_of_n_goes_short():
    """A join of n of m that nothing reaches is short, also when nothing started."""
    Playbook(SHORT, {"a": False, "b": False, "c": False}).stands("too-few")


def test_short_must_be_said_exactly_where_it_can_happen():
    """A join that guards can leave short needs `short`; a join that cannot be short may not have it."""
    text = """
        data: {a: bool}
        steps:
          f: {parallel: F, join: 2 of 2, branches: {a: {task: A, if: a}, b: {task: B}}}
    """
    assert "SOP414" in {finding.code for finding in check(sop(text))}
    always = """
        data: {a: bool}
        steps:
          f: {parallel: F, join: first, branches: {a: {task: A, if: a}, b: {task: B, if: '!a'}}}
          z: {task: Z}
    """
    assert not {"SOP414", "SOP473"} & {finding.code for finding in check(sop(always))}
    assert "SOP473" in {finding.code for finding in check(sop(always.replace("join: first", "join: first, short: z")))}
    Playbook(program(always), {"a": False}).stands("f.b")


INSTANT = program("""
    data: {yes: bool = true}
    steps:
      f:
        parallel: F
        join: first
        branches:
          a: {decision: A, about: yes, yes: done, no: done}
          b: {task: B}
          c: {task: C}
      z: {task: Z}
""")


def test_all_branches_start_before_any_arrival_counts():
    """A branch that needs no event may end at once; the others have started, and are then withdrawn."""
    play = Playbook(INSTANT) << "f opened" << "f.a judged: yes" << "f.a closed: yes" << "f.b opened" << "f.c opened"
    play << "f.b withdrawn" << "f.c withdrawn" << "f closed: done" << "z opened"
    play.stands("z")


def test_branches_that_all_need_no_event_join_at_once():
    """A fork of known decisions passes within the step that opened it, once."""
    p = program("""
        data: {yes: bool = true}
        steps:
          f:
            parallel: F
            branches:
              a: {decision: A, about: yes, yes: done, no: done}
              b: {decision: B, about: yes, yes: done, no: done}
          z: {task: Z}
    """)
    play = Playbook(p)
    assert play.notes.count("f closed: done") == 1
    play.stands("z")


def test_a_branch_that_leaves_while_the_fork_starts_stops_it():
    """A block left while it starts stops starting."""
    p = program("""
        data: {yes: bool = true}
        steps:
          f:
            parallel: F
            branches:
              a: {decision: A, about: yes, yes: out, no: done}
              b: {task: B}
          z: {task: Z}
          out: {task: Out}
    """)
    play = Playbook(p) << "f opened" << "f.a judged: yes" << "f.a closed: yes" << "f withdrawn" << "out opened"
    play.stands("out")


LEAVE = program("""
    steps:
      write: {task: Write}
      check:
        parallel: Check
        branches:
          legal: {approval: Legal, refused: write}
          price: {group: Price, steps: {sum: {task: Sum}, ask: {approval: Ask, refused: write}}}
      print: {task: Print}
""")


def test_legal_refuses_and_all_goes_back():
    """A branch that leaves withdraws the block with all that is open in it; the next round starts all of it."""
    play = Playbook(LEAVE) >> done("write") >> done("sum") >> judge("legal", "refused")
    play << "check.legal judged: refused" << "check.legal closed: refused"
    play << "check.price.ask withdrawn" << "check.price withdrawn" << "check withdrawn" << "write opened"
    play >> done("write")
    play.stands("check.legal", "check.price.sum")


def test_two_rounds_of_a_fork_do_not_mix():
    """What came to the join in the first round does not count in the second."""
    play = Playbook(LEAVE) >> done("write") >> judge("legal", "approved") >> done("sum") >> judge("ask", "refused")
    play.stands("write")
    play >> done("write") >> done("sum") >> judge("ask", "approved")
    play.stands("check.legal")
    (play >> judge("legal", "approved")).stands("print")


def test_an_end_in_a_branch_ends_the_run():
    """`end NAME of run` inside a branch ends the whole run and withdraws the rest; the first end wins."""
    p = program("""
        steps:
          f:
            parallel: F
            branches:
              a: {approval: A, refused: end stopped of run}
              b: {approval: B, refused: end never of run}
          z: {task: Z}
    """)
    play = Playbook(p)
    late = judge("b", "refused")(play.program, play.state)
    play >> judge("a", "refused") << "f.a judged: refused" << "f.a closed: refused" << "f.b withdrawn"
    play << "f withdrawn" << "run ended: stopped"
    play >> late << "refused: status"
    play.ended("stopped")


def test_forks_nest():
    """A fork in a branch of a fork joins for itself."""
    p = program("""
        steps:
          f:
            parallel: F
            branches:
              a: {parallel: A, join: first, branches: {a1: {task: A1}, a2: {task: A2}}}
              b: {task: B}
          z: {task: Z}
    """)
    play = Playbook(p) >> done("a1")
    play.stands("f.b")
    (play >> done("b")).stands("z")


def test_branches_hang_on_the_same_data():
    """Branches share the run's data: what one writes another reads."""
    p = program("""
        data: {x: int}
        steps:
          f:
            parallel: F
            branches:
              a: {task: A, set: {x: 3}}
              b: {group: B, steps: {q: {wait: {when: x == 3}}, w: {task: W}}}
          z: {task: Z}
    """)
    play = Playbook(p)
    play.stands("f.a", "f.b.q")
    (play >> done("a")).stands("f.b.w")


def test_after_waits_for_a_sibling_branch():
    """`after` in a branch waits until those steps of sibling branches are settled."""
    p = program("""
        steps:
          f:
            parallel: F
            branches:
              a: {task: A}
              b: {task: B, after: [a]}
          z: {task: Z}
    """)
    play = Playbook(p)
    assert play.opening("b").phase == "held"
    play >> done("b") << "refused: not-open"
    (play >> done("a") >> done("b")).stands("z")


def test_at_once_queues_branches():
    """`at-once: 1` opens one branch at a time."""
    p = program("""
        steps:
          f: {parallel: F, at-once: 1, branches: {a: {task: A}, b: {task: B}}}
    """)
    play = Playbook(p)
    play >> done("b") << "refused: not-open"
    (play >> done("a") >> done("b")).ended("done")


def test_a_join_that_cannot_be_short_needs_no_way_for_it():
    """Two unguarded branches always start: a join of the first cannot fall short, whatever else is guarded."""
    text = """
        data: {a: bool}
        steps:
          f: {parallel: F, join: first, branches: {a: {task: A, if: a}, b: {task: B}, c: {task: C}}}
    """
    assert findings(text) == []


AFTER = program("""
    data: {go: bool}
    steps:
      w: {task: W}
      f:
        parallel: F
        branches:
          a: {group: A, steps: {a1: {approval: A1, refused: done}, a2: {task: A2}, a3: {task: A3}}}
          b: {group: B, steps: {b1: {task: B1}, b2: {task: B2, after: [a2]}}}
          c: {task: C, if: go, set: {go: false}}
          d: {task: D, after: [c]}
      z: {task: Z, outcomes: [again, over], next: {again: f, over: end}}
""")


def test_after_a_step_that_was_done():
    """A step that comes after another opens when that has been closed, also in the middle of its branch."""
    play = Playbook(AFTER, {"go": True}) >> done("w") >> done("b1") >> judge("a1", "approved")
    play.stands("f.a.a2", "f.b.b2", "f.c", "f.d")
    play >> done("b2") << "refused: not-open" >> done("a2") << "f.a.a2 closed: done" << "f.a.a3 opened"
    play << "f.b.b2 opened"
    play >> done("b2") >> done("d") << "refused: not-open" >> done("c") >> done("d")
    play.stands("f.a.a3")


def test_after_a_step_that_will_not_come_any_more():
    """A step that its branch has passed by holds nobody, nor one whose branch was not started."""
    play = Playbook(AFTER, {"go": False}) >> done("w") >> done("b1")
    play.stands("f.a.a1", "f.b.b2", "f.d")
    (play >> done("d") >> judge("a1", "refused") >> done("b2")).stands("z")


def test_after_counts_in_its_own_round():
    """What was done in an earlier round of the fork does not count in the next."""
    play = Playbook(AFTER, {"go": False}) >> done("w") >> done("b1") >> judge("a1", "approved") >> done("a2")
    play >> done("a3") >> done("b2") >> done("d") >> done("z", outcome="again") >> done("b1")
    play >> done("b2") << "refused: not-open"
    (play >> judge("a1", "approved") >> done("a2") >> done("b2") >> done("a3") >> done("d")).stands("z")


def test_at_once_keeps_the_order_and_the_join():
    """Branches that wait for a place start in the order written; a join that is reached starts no more of them."""
    p = program("""
        steps:
          f: {parallel: F, at-once: 2, join: 2 of 4, branches: {a: {task: A}, b: {task: B}, c: {task: C}, d: {task: D}}}
          z: {task: Z}
    """)
    play = Playbook(p)
    play.stands("f.a", "f.b")
    (play >> done("b")).stands("f.a", "f.c")
    (play >> done("c")).stands("z")


def test_who_waits_for_a_sibling_gives_up_its_place():
    """Under `at-once`, a branch that comes after another does not keep it from starting; nor do two work at once."""
    p = program("""
        steps:
          f:
            parallel: F
            at-once: 1
            branches:
              b: {group: B, steps: {one: {task: One}, two: {task: Two, after: [a]}}}
              a: {task: A}
              c: {task: C}
          z: {task: Z}
    """)
    play = Playbook(p).stands("f.b.one")
    (play >> done("f.b.one")).stands("f.b.two", "f.a")
    play >> done("f.b.two") << "refused: not-open"
    (play >> done("f.a")).stands("f.b.two", "f.c")
    play >> done("f.b.two") << "refused: not-open"
    (play >> done("f.c")).stands("f.b.two")
    (play >> done("f.b.two")).stands("z")


def test_a_branch_that_comes_after_the_next_one_does_not_block_it():
    """The order written need not be the order that `after` asks for."""
    p = program("""
        steps:
          f: {parallel: F, at-once: 1, branches: {b: {task: B, after: [a]}, a: {task: A}}}
    """)
    play = Playbook(p) >> done("f.a")
    (play >> done("f.b")).ended("done")
