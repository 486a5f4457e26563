"""Each kind of step as states and triggers: what they are called, and where they lead."""

import datetime as dt

from twins import Twins

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def test_steps_in_a_row():
    """A state is called as the step that is open; the trigger is the step and its outcome."""
    twins = Twins("""
        steps:
          collect-leads: {task: Collect}
          rank: {task: Rank}
        """)
    assert list(twins.machine.states) == ["start", "collect-leads", "rank", "ended:done"]
    assert twins.walk("start", "collect_leads__done") == "rank"
    assert not twins.say("collect_leads__done")
    assert twins.walk("rank__done") == "ended:done"


def test_an_end_by_name():
    """The run's outcome stands in the name of the last state, which is final."""
    twins = Twins("""
        steps:
          sell: {task: Sell, outcomes: [paid, lost], next: {paid: end paid, lost: end lost}}
        """)
    assert twins.walk("start", "sell__paid") == "ended:paid"
    assert twins.machine.get_state("ended:paid").final


FREE = """
    data: {free: {is: bool}}
    steps:
      collect: {task: Collect}
      is-free: {decision: Free?, about: free, yes: write, no: pay}
      write: {task: Write, next: end}
      pay: {task: Pay, next: end}
    """


def test_a_question_that_is_answered_already():
    """A known answer is a condition of the trigger before it: no state asks."""
    twins = Twins(FREE)
    twins.walk("start")
    assert twins.say("collect__done", {"free": True})
    assert twins.model.state == "write"


def test_a_question_that_asks():
    """An unknown answer is a state with a trigger for each answer, which is written to the data."""
    twins = Twins(FREE)
    assert twins.walk("start", "collect__done") == "is-free?"
    assert twins.walk("is_free__no") == "pay"
    assert twins.model.data == {"free": False}


def test_data_that_come_by_themselves():
    """What somebody waits for may also be told by ``set_data``."""
    twins = Twins(FREE)
    twins.walk("start", "collect__done")
    assert twins.say("set_data", {"free": True})
    assert twins.model.state == "write"


def test_an_old_answer_does_not_answer_a_new_round():
    """What a question answered before asks again, unless its field was written since; the state's name says so."""
    twins = Twins("""
        data: {a: {is: bool}}
        steps:
          draft: {task: Draft}
          good: {decision: Good?, about: a, yes: check, no: check}
          check: {task: Check, outcomes: [again, fine], next: {again: draft, fine: done}}
        """)
    assert twins.walk("start", "draft__done", "good__yes", "check__again") == "draft{good}"
    assert twins.walk("draft__done") == "good?{good}"
    assert twins.walk("good__no", "check__again") == "draft{good}"
    assert twins.say("draft__done", {"a": False})  # the same value, but said anew
    assert twins.model.state == "check{good}"


def test_a_question_that_is_asked_every_time():
    """It is asked whatever is known; what its trigger tells in the same breath counts as in a run."""
    twins = Twins("""
        data: {a: {is: bool}}
        steps:
          draft: {task: Draft}
          good: {decision: Good?, about: a, ask: every-time, yes: check, no: check}
          check: {task: Check, outcomes: [again, fine], next: {again: draft, fine: done}}
        """)
    assert twins.walk("start", "draft__done", "good__yes", "check__again", "draft__done") == "good?"
    assert twins.walk("good__no", "check__again") == "draft"
    assert twins.say("draft__done", {"a": False})


def test_a_question_that_is_met_once_needs_no_memory():
    """Only questions that a run can come back to are remembered."""
    assert not [name for name in Twins(FREE).machine.states if "{" in name]


def test_an_expression_over_many_fields():
    """A question without a value asks for the fields that are missing, each with a trigger of its own."""
    twins = Twins("""
        data: {price: {is: decimal}, big: {is: bool}}
        steps:
          look: {task: Look}
          dear: {decision: Dear?, when: price > 1000 && big, yes: end yes, no: end no}
        """)
    assert twins.walk("start", "look__done") == "dear?big,price"
    assert twins.say("dear__price", {"price": 2000})
    assert twins.model.state == "dear?big"
    assert twins.say("dear__big", {"big": True})
    assert twins.model.state == "ended:yes"


PARALLEL = """
    steps:
      p:
        parallel: P
        join: JOIN
        branches:
          legal: {task: Legal}
          price: {group: Price, steps: {ask: {task: Ask}, fix: {task: Fix, outcomes: [ok, no], next: NEXT}}}
          name: {task: Name}
      sign: {task: Sign}
    """


def _parallel(join, next_="{ok: done, no: ask}"):
    return Twins(PARALLEL.replace("JOIN", join).replace("NEXT", next_))


def test_branches_that_all_must_come():
    """A state says where each branch stands; the join needs no trigger."""
    twins = _parallel("all")
    assert twins.walk("start") == "p(0:legal+1:price(ask)+2:name)"
    assert twins.walk("name__done", "ask__done", "fix__no", "ask__done", "fix__ok") == "p(0:legal)"
    assert twins.walk("legal__done", "sign__done") == "ended:done"


def test_the_first_of_many_branches():
    """The first branch that comes takes back the others."""
    twins = _parallel("first")
    assert twins.walk("start", "ask__done") == "p[0/1](0:legal+1:price(fix)+2:name)"
    assert twins.walk("legal__done") == "sign"


def test_two_of_three_branches():
    """How many have come and how many are needed stands in the name."""
    twins = _parallel("2 of 3")
    assert twins.walk("start", "name__done") == "p[1/2](0:legal+1:price(ask))"
    assert twins.walk("legal__done") == "sign"


def test_a_branch_that_leaves():
    """A step inside may lead out: the whole block is taken back."""
    twins = _parallel("all", "{ok: done, no: sign}")
    assert twins.walk("start", "ask__done", "fix__no") == "sign"


def test_a_branch_that_may_finish():
    """What may finish after the join goes on beside the rest; the run waits for it, at the end that it has come to."""
    twins = Twins("""
        steps:
          p: {parallel: P, join: first, rest: finish, branches: {legal: {task: Legal}, price: {task: Price}}}
          sign: {task: Sign, outcomes: [yes, no], next: {yes: end signed, no: end}}
        """)
    assert twins.walk("start", "legal__done") == "p[1/1]~(1:price)+sign"
    assert twins.walk("sign__yes") == "p[1/1]~(1:price)>signed"
    assert twins.walk("price__done") == "ended:signed"


def test_guarded_branches():
    """Which branches start is a condition; where nobody knows, the block asks."""
    twins = Twins("""
        data: {hot: {is: bool}}
        steps:
          p: {parallel: P, branches: {cool: {task: Cool, if: hot}, serve: {task: Serve}}}
        """)
    assert twins.walk("start") == "p?hot"
    assert twins.say("p__hot", {"hot": False})
    assert twins.model.state == "p(1:serve)"


def test_votes():
    """Votes are counted in the state; the last one that matters decides."""
    twins = Twins("""
        roles: {boss: {title: Boss}}
        steps:
          write: {task: Write}
          review: {approval: Review, by: boss, need: 2 of 3, approved: end good, refused: end bad, changes: write}
        """)
    assert twins.walk("start", "write__done", "review__approved") == "review[approved:1]"
    assert twins.walk("review__refused") == "review[approved:1,refused:1]"
    assert twins.walk("review__changes") == "write"
    assert twins.walk("write__done", "review__approved", "review__approved") == "ended:good"


def test_answers_of_several_people():
    """A question to several counts its answers like votes."""
    twins = Twins("""
        roles: {boss: {title: Boss}}
        data: {a: {is: bool}}
        steps:
          q: {decision: Q, about: a, by: boss, need: 2 of 3, yes: end yes, no: end no, differ: end odd}
        """)
    assert twins.walk("start", "q__yes") == "q[yes:1]?"
    assert twins.walk("q__no", "q__no") == "ended:no"
    assert twins.model.data == {"a": False}


def test_a_step_that_comes_after_others():
    """A step that waits for a sibling branch is held, and goes on by itself."""
    twins = Twins("""
        steps:
          p: {parallel: P, branches: {a: {task: A}, b: {task: B, after: [a]}}}
        """)
    assert twins.walk("start") == "p(0:a+1:b@after)"
    assert twins.walk("a__done", "b__done") == "ended:done"


def test_branches_one_at_a_time():
    """Those that wait for a place are counted."""
    twins = Twins("steps: {p: {parallel: P, at-once: 1, branches: {a: {task: A}, b: {task: B}, c: {task: C}}}}")
    assert twins.walk("start") == "p|2(0:a)"
    assert twins.walk("a__done", "b__done", "c__done") == "ended:done"


def test_rounds():
    """Rounds are counted where they are limited."""
    twins = Twins("""
        data: {fine: {is: bool}}
        steps:
          r: {repeat: R, until: fine, at-most: 2, exhausted: end tired, steps: {try: {task: Try}}}
        """)
    twins.walk("start")
    assert twins.say("try__done", {"fine": False})
    assert twins.model.state == "r#2(try)"
    assert twins.say("try__done", {"fine": False})
    assert twins.model.state == "ended:tired"


def test_items_of_a_list_that_is_written_down():
    """A for-each over a literal list has a branch, and triggers, for each item."""
    twins = Twins("""
        steps:
          f:
            for-each: [north, south]
            as: place
            steps:
              visit: {task: Visit}
              swim: {task: Swim, if: place == 'south'}
        """)
    assert twins.walk("start", "visit_1__done") == "f(1:visit)"
    assert twins.walk("visit_2__done") == "f(1:swim)"
    assert twins.walk("swim_2__done") == "ended:done"


def test_a_call():
    """A child run's ends are the outcomes of the call, its data the trigger's."""
    twins = Twins(
        """
        data: {hall: {is: string}}
        steps:
          book: {call: booking, next: {booked: done, full: end full}, set: {hall: = result.hall}}
          go: {task: Go}
        """,
        booking="""
        data: {hall: {is: string}}
        steps: {ask: {task: Ask, outcomes: [booked, full], next: {booked: end booked, full: end full}}}
        """,
    )
    twins.walk("start")
    assert twins.say("book__booked", {"hall": "A"})
    assert twins.model.data == {"hall": "A"}


WAIT = """
    data: {paid: {is: bool}, sum: {is: int}}
    messages: {payment: {is: {sum: {is: int}}, kept: false}}
    steps:
      w:
        wait:
          first:
            came: {message: payment, next: end paid}
            late: {at: 3 days after opened, next: end late}
            told: {when: paid, next: end told}
        set: {sum: = message.sum}
    """


def test_waiting_for_a_message():
    """A message is a trigger of its own name; what it brings can be written down."""
    twins = Twins(WAIT, at=NOON)
    assert twins.walk("start") == "w"
    assert twins.say("payment", {"sum": 7})
    assert (twins.model.state, twins.model.data) == ("ended:paid", {"sum": 7})


def test_a_time_that_routes():
    """A time that decides where to go is a trigger; when it has come is the embedder's to say."""
    twins = Twins(WAIT, at=NOON)
    assert twins.walk("start", "w__late") == "ended:late"


def test_waiting_for_data():
    """A condition is met by whoever tells the data."""
    twins = Twins(WAIT, at=NOON)
    twins.walk("start")
    assert twins.say("set_data", {"paid": True})
    assert twins.model.state == "ended:told"


def test_a_message_that_nobody_waits_for():
    """It is taken and lost, and changes no state."""
    twins = Twins(WAIT.replace("steps:", "steps:\n      a: {task: A}"), at=NOON)
    twins.walk("start")
    assert twins.say("payment", {"sum": 7})
    assert (twins.model.state, twins.model.data) == ("a", {})


def test_a_plain_time():
    """Where a wait has one way out, its time is called ``due``."""
    twins = Twins("steps: {w: {wait: 3 days after opened}}", at=NOON)
    assert twins.walk("start", "w__due") == "ended:done"


def test_a_step_that_is_held():
    """A step that opens later is a state of its own until then."""
    twins = Twins("steps: {a: {task: A}, b: {task: B, opens: 3 days after completion of a}}", at=NOON)
    assert twins.walk("start", "a__done") == "b@opens"
    assert twins.walk("b__opens", "b__done") == "ended:done"


def test_a_step_that_is_passed_over():
    """An ``if`` is a condition like any other; what leads nowhere else is folded in."""
    twins = Twins("""
        data: {hot: {is: bool, default: false}}
        steps: {a: {task: A}, b: {task: B, if: hot}, c: {task: C}}
        """)
    assert twins.walk("start", "a__done") == "c"


def test_what_steps_set():
    """Values that steps compute are written in order, and later guards see them."""
    twins = Twins("""
        data: {n: {is: int, default: 1}}
        steps:
          more: {task: More, set: {n: = n * 2}}
          enough: {decision: Enough?, when: n > 3, yes: end, no: more}
        """)
    assert twins.walk("start", "more__done") == "more"
    assert twins.walk("more__done") == "ended:done"
    assert twins.model.data == {"n": 4}


def test_a_table():
    """A decision table is a guard for each row."""
    twins = Twins("""
        data: {size: {is: [s, m, l]}, free: {is: bool}}
        steps:
          a: {task: A}
          t:
            decision: T
            table: {columns: [size], gives: [free], rows: [[s, true], [[m, l], false]]}
          b: {task: B, if: free}
        """)
    assert twins.walk("start", "a__done") == "t?size"
    assert twins.say("t__size", {"size": "s"})
    assert (twins.model.state, twins.model.data) == ("b", {"size": "s", "free": True})


def test_the_same_id_twice():
    """A step whose id is not its alone is called by its path."""
    twins = Twins("""
        steps:
          one: {group: One, steps: {check: {task: Check}}}
          two: {group: Two, steps: {check: {task: Check}}}
        """)
    assert twins.walk("start", "one_check__done", "two_check__done") == "ended:done"


def test_who_asked_first():
    """Data that answer two at once are heard by who asked first, and so the state remembers who did."""
    text = """
        data: {a: {is: bool}, b: {is: bool}, n: {is: int}}
        steps:
          p:
            parallel: P
            branches:
              x: {group: X, steps: {x1: {task: X1}, x2: {decision: A?, about: a, yes: done, no: end odd of run}}}
              y: {group: Y, steps: {y1: {task: Y1}, y2: {decision: B?, about: b, set: {n: 1}, yes: done, no: done}}}
        """
    for order, told in ((("x1__done", "y1__done"), None), (("y1__done", "x1__done"), 1)):
        twins = Twins(text)
        twins.walk("start", *order)
        assert twins.say("set_data", {"a": False, "b": True})
        assert twins.model.state == "ended:odd"
        assert twins.model.data.get("n") == told
