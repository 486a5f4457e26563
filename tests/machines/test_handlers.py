"""Handlers as states and triggers: what they are called, and where they lead."""

import datetime as dt

import pytest
from twins import Twins, sop

from sopflow.errors import DefinitionError
from sopflow.machines import to_transitions

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)

WARM_UP = """
    data: {hot: {is: bool}, rich: {is: bool}}
    messages: {crisis: {is: {level: string}, kept: false}, stop: {is: {}, kept: false}}
    steps:
      warm-up:
        group: Warm up
        on:
          crisis: {task: Crisis, if: message.level == 'red'}
          stop: {instead: true, task: Stop it}
          daily: {every: day, task: Report}
          event-day: {at: 3 days after opened, instead: true, next: execute}
          heat: {when: hot, task: Cool down}
        steps: {plan: {task: Plan}, tell: {task: Tell}}
      execute: {task: Execute}
    """


def _warm():
    return Twins(WARM_UP, at=NOON)


def test_a_message_opens_a_step_beside():
    """The trigger is the message; what is open beside a block stands after what is open in it."""
    twins = _warm()
    assert twins.walk("start") == "warm-up(plan)"
    assert twins.say("crisis", {"level": "red"})
    assert twins.model.state == "warm-up(plan+crisis)"
    assert twins.walk("plan__done", "crisis__done") == "warm-up(tell)"


def test_a_handler_may_look_at_the_message():
    """Its ``if`` is a condition on what the trigger brings; a signal that nobody takes changes nothing."""
    twins = _warm()
    twins.walk("start")
    assert twins.say("crisis", {"level": "yellow"})
    assert twins.model.state == "warm-up(plan)"


def test_a_message_that_would_wait_in_line():
    """While its handler is open a message cannot be said: the embedder keeps it, as a machine has no queue."""
    twins = _warm()
    twins.walk("start")
    assert twins.say("crisis", {"level": "red"})
    assert not twins.say("crisis", {"level": "red"})
    twins.walk("crisis__done")
    assert twins.say("crisis", {"level": "red"})


def test_a_handler_that_finishes_behind_its_scope():
    """The scope has gone on while its handler finishes, and the run waits for it."""
    twins = _warm()
    twins.walk("start")
    twins.say("crisis", {"level": "red"})
    assert twins.walk("plan__done", "tell__done") == "warm-up~(crisis)+execute"
    assert twins.walk("execute__done") == "warm-up~(crisis)>done"
    assert twins.walk("crisis__done") == "ended:done"


def test_instead_takes_the_scopes_place():
    """What is open in the scope is withdrawn; the handler goes on by the scope's own way."""
    assert _warm().walk("start", "stop", "stop__done", "execute__done") == "ended:done"


def test_a_time_that_ends_a_scope():
    """A time of a handler is a trigger of its scope, named for the handler."""
    assert _warm().walk("start", "warm_up__event_day") == "execute"


def test_a_tick():
    """A tick opens its step; one that comes while that is open is taken, and changes nothing."""
    twins = _warm()
    assert twins.walk("start", "warm_up__daily") == "warm-up(plan+daily)"
    assert twins.walk("warm_up__daily", "daily__done", "warm_up__daily") == "warm-up(plan+daily)"


def test_a_condition_that_comes_true():
    """A handler of a condition runs each time that data make it true; the name says that it holds."""
    twins = _warm()
    twins.walk("start")
    for _ in range(2):
        assert twins.say("set_data", {"hot": True})
        assert twins.model.state == "warm-up!heat(plan+heat)"
        twins.walk("heat__done")
        assert twins.say("set_data", {"hot": False})
        assert twins.model.state == "warm-up(plan)"


def test_handlers_of_the_whole():
    """Those of the SOP itself hang on the run; a time of theirs is called by their own name."""
    twins = Twins(
        """
        messages: {crisis: {}}
        on:
          crisis: {task: Crisis}
          late: {at: 3 days after started, instead: true, next: settle}
        steps: {a: {task: A}, settle: {task: Settle}}
        """,
        at=NOON,
    )
    assert twins.walk("start", "crisis", "a__done") == "settle+crisis"
    assert twins.walk("late") == "!late:settle"
    assert twins.walk("settle__done") == "ended:done"


def test_being_overdue():
    """A deadline that lets a handler run is a trigger; when the step goes on the handler is withdrawn."""
    twins = Twins(
        "steps: {write: {task: Write, due: 2 days after opened, on: {overdue: {task: Hurry}}}, b: {task: B}}", at=NOON
    )
    assert twins.walk("start", "write__overdue") == "write!overdue(overdue)"
    assert not twins.say("write__overdue")
    assert twins.walk("write__done") == "b"


def test_a_deadline_that_leads_nowhere():
    """It stays with the embedder: there is no trigger for it."""
    twins = Twins("steps: {write: {task: Write, due: 2 days after opened}}", at=NOON)
    assert "write__overdue" not in twins.machine.events


def test_compensation():
    """What is withdrawn runs its ``cancelled`` under the block around it, also where a sibling withdrew it."""
    twins = Twins(
        """
        messages: {stop: {is: {}, kept: false}}
        steps:
          p:
            parallel: P
            join: first
            on: {stop: {instead: true, next: z}}
            branches: {book: {task: Book, on: {cancelled: {task: Give back}}}, look: {task: Look}}
          z: {task: Z}
        """,
        at=NOON,
    )
    assert twins.walk("start", "look__done") == "z+cancelled"
    assert twins.walk("z__done", "cancelled__done") == "ended:done"


def test_work_that_fails():
    """Where a scope takes over at an error, a registered handler's failure is a trigger."""
    twins = Twins(
        """
        steps:
          send: {task: Send, run: mailer, on: {error: {instead: true, next: phone}}}
          look: {task: Look, next: end}
          phone: {task: Phone}
        """,
        at=NOON,
    )
    assert twins.walk("start", "send__error") == "phone"
    assert "look__error" not in twins.machine.events


def test_a_message_that_must_match():
    """What is waited for among many messages is a condition on what the trigger brings."""
    twins = Twins(
        """
        data: {order: {is: int}}
        messages: {paid: {is: {order: {is: int}}, kept: false}}
        steps: {a: {task: A}, w: {wait: {message: paid, match: {order: = order}}}}
        """,
        at=NOON,
    )
    twins.walk("start")
    twins.say("a__done", {"order": 7})
    assert twins.say("paid", {"order": 8})
    assert twins.model.state == "w"
    assert twins.say("paid", {"order": 7})
    assert twins.model.state == "ended:done"


def test_rounds_that_open_by_the_clock():
    """The tick of the next round is a trigger of the repeat."""
    twins = Twins(
        """
        data: {over: {is: bool, default: false}}
        steps: {r: {repeat: R, until: over, every: week, steps: {t: {task: T}}}}
        """,
        at=NOON,
    )
    assert twins.walk("start", "r__round", "t__done", "r__round") == "r(t)"
    assert twins.say("t__done", {"over": True})
    assert twins.model.state == "ended:done"


REVIEWS = """
    steps:
      write: {task: Write}
      check: {task: Check, outcomes: [good, bad], next: {good: end, bad: again}}
      again: {decision: Again?, when: steps.check.rounds < 3, yes: write, no: end lost}
    """


def test_guards_that_count_rounds():
    """How often a step was done stands in the state, up to the number that guards compare it with."""
    twins = Twins(REVIEWS)
    twins.walk("start")
    assert twins.walk("write__done", "check__bad") == "write{check*1}"
    assert twins.walk("write__done", "check__bad") == "write{check*2}"
    assert twins.walk("write__done", "check__bad") == "ended:lost"


def test_guards_that_look_back():
    """So does whether it was done, and with what outcome."""
    twins = Twins("""
        steps:
          a: {task: A, outcomes: [x, y], next: {x: b, y: b}}
          b: {task: B}
          c: {task: C, if: steps.a.outcome == 'x'}
        """)
    assert twins.walk("start", "a__y") == "b{a:y}"
    assert twins.walk("b__done") == "ended:done"


LASTING = """
    data: {s: {is: string}}
    messages: {m: {is: {l: string}, kept: false}}
    on: {m: {task: M, set: {s: = message.l}}}
    steps: {a: {task: A}}
    """

COMPENSATING = """
    steps:
      a: {task: A}
      p:
        parallel: P
        branches: {g: {task: G, on: {cancelled: {task: Undo}}}, h: {task: H, outcomes: [x, y], next: {x: a, y: done}}}
    """


def _refused(text):
    with pytest.raises(DefinitionError) as error:
        to_transitions(sop(text))
    return error.value.report.findings


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("messages: {m: {}}\nsteps: {f: {task: F, on: {m: {task: M}}}}", "the message ‘m’ is kept"),
        ("steps: {f: {task: F, run: t, on: {error: {task: Mend}}}}", "stands at an incident"),
        (LASTING, "after that message has come"),
        ("steps: {a: {task: A}, f: {task: F, if: steps.a.rounds % 2 == 0}}", "has no clock"),
        ("steps: {a: {task: A}, f: {task: F, if: steps.a.by == 'x'}}", "has no clock"),
        (COMPENSATING, "any number of times at once"),
    ],
)
def test_what_of_handlers_no_machine_can_show(text, what):
    """It is refused by name, in both languages."""
    (finding,) = _refused(text)
    assert finding.code == "SOP422"
    assert what in finding.text("en")
    assert finding.text("zh")
