"""Handlers: what runs beside or instead of a scope when something happens while it is open."""

from playbook import (
    ROOT,
    Playbook,
    cancel,
    data,
    done,
    ev,
    fires,
    judge,
    message,
    program,
    resume,
    retry,
    shanghai,
    skip,
    suspend,
)

EARLY = "2026-03-02T09:00"

WARM_UP = program("""
    data: {event: {start: date}, seen: string, hot: bool, n: int}
    messages: {crisis: {level: string}, stop: {}, bell: {is: {}, kept: false}}
    steps:
      plan: {task: Plan}
      warm-up:
        group: Warm-up
        due: 5 days after opened
        on:
          crisis: {task: Crisis, set: {seen: = message.level}}
          daily: {every: day at 18:00, task: Daily report}
          event-day: {at: event.start, instead: true, next: execute}
          hot: {when: hot, task: Cool down}
          overdue: {task: Hurry}
          stop: {instead: true, task: Stop it}
          bell: {task: Answer the bell}
        steps:
          one: {task: One}
          two: {task: Two}
      execute: {task: Execute}
""")


def warm(**known):
    """A run in its warm-up."""
    return Playbook(WARM_UP, {"event.start": "2026-03-20", **known}, at=EARLY) >> done("plan")


def test_a_message_opens_a_step_beside_its_scope():
    """The scope goes on; the handler's step is open beside it and reads the message."""
    play = warm() >> message("crisis", level="red") << "warm-up.crisis opened"
    play.stands("warm-up.one", "warm-up.crisis")
    play >> done("crisis")
    assert play.state.data["seen"] == "red"
    play.stands("warm-up.one")


def test_a_scope_goes_on_while_its_handler_finishes():
    """A handler that has begun finishes behind its scope; the run waits for it at its end."""
    play = warm() >> message("crisis", level="red") >> done("one") >> done("two")
    play.stands("warm-up.crisis", "execute")
    play >> done("execute")
    play.stands("warm-up.crisis")
    (play >> done("crisis") << "warm-up.crisis closed: done" << "run ended: done").ended("done")


def test_a_late_handler_still_reads_its_message():
    """What the message said is known to its handler as long as it runs."""
    play = warm() >> message("crisis", level="red") >> done("one") >> done("two") >> done("crisis")
    assert play.state.data["seen"] == "red"
    (play >> done("execute")).ended("done")


def test_messages_queue_while_a_handler_runs():
    """While the handler is open further messages queue; each is handled once, oldest first."""
    play = warm() >> message("crisis", level="red") >> message("crisis", level="blue") >> message("crisis", level="x")
    play.stands("warm-up.one", "warm-up.crisis")
    seen = []
    for _ in range(3):
        play >> done("crisis")
        seen.append(play.state.data["seen"])
    assert seen == ["red", "blue", "x"]
    play.stands("warm-up.one")


def test_ticks_are_absorbed_while_a_handler_runs():
    """A tick that comes while the last one is still being worked on opens no second step."""
    play = warm() >> fires("warm-up", "on-1") << "warm-up.daily opened"
    play >> fires("warm-up", "on-1")
    assert play.at.count("warm-up.daily") == 1
    play >> done("daily", at="2026-03-03T19:00")
    (play >> fires("warm-up", "on-1")).stands("warm-up.one", "warm-up.daily")


def test_ticks_stop_with_their_scope():
    """No tick and no handler timer is left when the scope is over."""
    play = warm() >> done("one") >> done("two")
    assert not play.state.timers
    play.stands("execute")


def test_instead_ends_the_scope():
    """`instead: true`: what is open in the scope is withdrawn, and the handler says where to go on."""
    play = warm()
    for _ in range(5):
        play >> fires("warm-up", "on-1")
        if "warm-up.daily" in play.at:
            play >> done("daily")
    play = warm() >> data({"event.start": "2026-03-03"}, at="2026-03-02T10:00") >> fires("warm-up", "on-1")
    play >> fires("warm-up", "on-2") << "warm-up.one withdrawn" << "warm-up.daily withdrawn" << "warm-up withdrawn"
    play << "execute opened"
    play.stands("execute")


def test_instead_with_a_step_takes_the_scopes_place():
    """The handler's step stands where the scope stood, and then goes the scope's own way."""
    play = warm() >> message("stop") << "warm-up.one withdrawn" << "warm-up withdrawn" << "warm-up.stop opened"
    play.stands("warm-up.stop")
    (play >> done("stop")).stands("execute")


def test_a_condition_lets_its_handler_run_each_time_it_becomes_true():
    """True, still true, false, true again: twice."""
    play = warm() >> data({"hot": True}) << "warm-up.hot opened"
    play >> done("hot") >> data({"hot": True})
    play.stands("warm-up.one")
    (play >> data({"hot": False}) >> data({"hot": True}) << "warm-up.hot opened").stands("warm-up.one", "warm-up.hot")


def test_a_condition_that_holds_when_the_scope_opens():
    """A condition that is true already when its scope opens has become true for it."""
    warm(hot=True).stands("warm-up.one", "warm-up.hot")


def test_being_overdue_opens_its_handler_and_going_on_withdraws_it():
    """`overdue` opens beside; when the scope goes on the cause is gone, and so is the handler."""
    play = warm()
    while "warm-up.overdue" not in play.at:
        due = play.state.next_timer()
        play >> fires("warm-up", due[2])
        if "warm-up.daily" in play.at:
            play >> done("daily")
    play >> done("one") >> done("two")
    play.stands("execute")


def test_overdue_when_it_opens():
    """A scope whose deadline is past when it opens is late at once, and its handler runs."""
    p = program("""
        steps:
          a: {task: A, due: 2026-03-01, on: {overdue: {task: Hurry}}}
    """)
    play = Playbook(p, at=EARLY) << "a opened" << "a overdue" << "a.overdue opened"
    (play >> done("a")).ended("done")


def test_overdue_when_the_date_moves():
    """A deadline that is moved into the past runs the handler, once."""
    p = program("""
        data: {day: date}
        steps:
          a: {task: A, due: day, on: {overdue: {task: Hurry}}}
    """)
    play = Playbook(p, {"day": "2026-04-01"}, at=EARLY) >> data({"day": "2026-03-01"})
    play << "a due 2026-03-01" << "a overdue" << "a.overdue opened"
    (play >> data({"day": "2026-02-01"})).stands("a", "a.overdue")


def test_a_handler_at_a_time_runs_once():
    """Planning the scope's deadline anew does not let a handler run again whose time has been."""
    p = program("""
        data: {day: date}
        steps:
          g: {group: G, due: day, on: {noon: {at: 2026-03-03, task: Noon}}, steps: {a: {task: A}}}
    """)
    play = Playbook(p, {"day": "2026-04-01"}, at=EARLY) >> fires("g", "on-0") >> done("noon", at="2026-03-04T09:00")
    play >> data({"day": "2026-04-02"})
    play.stands("g.a")
    assert [name for _, name in play.state.timers] == ["due"]


def test_an_error_holds_its_scope():
    """`error` opens its handler, and the scope waits for it."""
    p = program("""
        data: {ok: bool = false}
        steps:
          g:
            group: G
            on: {error: {task: Mend, set: {ok: true}}}
            steps: {a: {task: A, requires: ok}}
          z: {task: Z}
    """)
    play = Playbook(p)
    play.stands("g.a", "g.error")
    play >> done("error") >> retry("a") << "g.a opened"
    (play >> done("a")).stands("z")


def test_an_error_handler_is_waited_for():
    """A scope that could go on is held until its error handler has ended."""
    p = program("""
        data: {ok: bool = false}
        steps:
          g:
            group: G
            on: {error: {task: Mend}}
            steps: {a: {task: A, requires: ok}}
          z: {task: Z}
    """)
    play = Playbook(p) >> skip("a")
    play.stands("g.error")
    (play >> done("error")).stands("z")


def test_cancelled_runs_after_the_withdrawal():
    """When a scope is called off its `cancelled` handler runs under the enclosing block, while the token goes on."""
    p = program("""
        steps:
          g:
            group: G
            on: {cancelled: {task: Tidy up}}
            steps: {a: {task: A}}
          z: {task: Z}
    """)
    play = Playbook(p) >> cancel("g")
    play.stands("g.cancelled", "z")
    (play >> done("z")).stands("g.cancelled")
    (play >> done("g.cancelled")).ended("done")


def test_a_scope_withdrawn_by_a_join_runs_cancelled_too():
    """Compensation is written as `on: cancelled`: it runs for whatever withdraws the scope."""
    p = program("""
        steps:
          w: {task: W}
          f:
            parallel: F
            join: first
            branches:
              g: {group: G, on: {cancelled: {task: Tidy up}}, steps: {a: {task: A}}}
              b: {approval: B, refused: w}
          z: {task: Z}
    """)
    play = Playbook(p) >> done("w") >> judge("b", "approved")
    play.stands("f.g.cancelled", "z")


def test_a_kept_message_is_taken_by_a_handler_that_opens():
    """A message that nobody took is kept till somebody is there, also a handler."""
    play = Playbook(WARM_UP, {"event.start": "2026-03-20"}, at=EARLY) >> message("crisis", level="red") >> done("plan")
    play.stands("warm-up.one", "warm-up.crisis")
    assert not play.kept


def test_the_innermost_handler_takes_the_message():
    """Innermost scope first; a message is consumed once, a signal reaches every receiver."""
    p = program("""
        messages: {m: {}, s: {is: {}, kept: false}}
        on: {m: {task: Outer}, s: {task: Outer signal}}
        steps:
          g: {group: G, on: {m: {task: Inner}, s: {task: Inner signal}}, steps: {a: {task: A}}}
    """)
    (Playbook(p) >> message("m")).stands("g.a", "g.m")
    (Playbook(p) >> message("s")).stands("g.a", "g.s", "s")


def test_a_wait_inside_is_nearer_than_a_handler():
    """A wait inside the scope takes the message before the scope's handler."""
    p = program("""
        messages: {m: {}}
        steps:
          g: {group: G, on: {m: {task: Inner}}, steps: {w: {wait: {message: m}}, b: {task: B}}}
    """)
    (Playbook(p) >> message("m")).stands("g.b")
    (Playbook(p) >> message("m") >> message("m")).stands("g.b", "g.m")


def test_a_condition_on_a_handler():
    """A handler whose `if` does not hold takes nothing; the message is kept."""
    p = program("""
        data: {major: bool}
        messages: {m: {}}
        steps:
          g: {group: G, on: {m: {if: major, task: Inner}}, steps: {a: {task: A}}}
    """)
    play = Playbook(p, {"major": False}) >> message("m")
    play.stands("g.a")
    assert play.kept == {"m": [{}]}
    (Playbook(p, {"major": True}) >> message("m")).stands("g.a", "g.m")


def test_a_handler_of_the_run():
    """The SOP's own handlers are open as long as the run; one that has begun finishes before the run ends."""
    p = program("""
        messages: {m: {}}
        on: {m: {group: M, steps: {x: {task: X}, y: {task: Y}}}}
        steps: {a: {task: A}}
    """)
    play = Playbook(p) >> message("m") >> done("a")
    play.stands("m.x")
    play >> message("m")
    (play >> done("x") >> done("y") << "m.y closed: done" << "m closed: done" << "run ended: done").ended("done")


def test_a_handler_that_was_cancelled_with_its_run():
    """Cancelling the run takes its handlers with it."""
    (warm() >> message("crisis", level="x") >> cancel()).ended("cancelled", "cancelled")


def test_a_trailing_handler_does_not_outlive_a_cancelled_run():
    """What trails is cancelled with the run."""
    (warm() >> message("crisis", level="x") >> done("one") >> done("two") >> cancel()).ended("cancelled", "cancelled")


def test_messages_queued_behind_a_scope_that_went_on():
    """Messages that queued when the scope went on are not lost in silence: they are kept."""
    play = warm() >> message("crisis", level="red") >> message("crisis", level="blue") >> done("one") >> done("two")
    play >> done("crisis")
    assert play.kept == {"crisis": [{"level": "blue"}]}
    play.stands("execute")


def test_a_suspended_scope_handles_nothing():
    """While a run stands still its handlers do; what came is handled when it resumes."""
    play = warm() >> suspend() >> message("crisis", level="red")
    play.stands("warm-up.one")
    (play >> resume()).stands("warm-up.one", "warm-up.crisis")


def test_leaving_withdraws_the_handlers_of_what_is_left():
    """A scope that is left by a jump takes its handlers with it."""
    p = program("""
        messages: {m: {}}
        steps:
          w: {task: W}
          g: {group: G, on: {m: {task: M}}, steps: {a: {approval: A, refused: w}}}
    """)
    play = Playbook(p) >> done("w") >> message("m") >> judge("a", "refused")
    play.stands("w")


def test_instead_of_a_step_that_only_just_opens():
    """A condition that holds already interrupts its step as it opens, and leaves nothing of it behind."""
    p = program("""
        data: {hot: bool, day: date}
        steps:
          w: {wait: 5 days after opened, on: {hot: {when: hot, instead: true, next: z}}}
          a: {task: A, due: 2026-03-01, on: {overdue: {instead: true, next: z}}}
          z: {task: Z}
    """)
    play = Playbook(p, {"hot": True}, at=EARLY)
    assert not play.state.timers
    play.stands("z")
    play = Playbook(p, {"hot": False}, at=EARLY) >> fires("w", "wait-0") << "w closed: done" << "a opened"
    play << "a overdue" << "a withdrawn" << "z opened"
    play.stands("z")


def test_an_ending_run_opens_no_handlers():
    """What trails at the end of a run finishes, and nothing new begins beside it."""
    p = program("""
        data: {hot: bool}
        messages: {m: {}}
        on: {m: {task: M}, hot: {when: hot, task: Cool down}, daily: {every: day at 18:00, task: Report}}
        steps: {a: {task: A}}
    """)
    play = Playbook(p, at=EARLY) >> message("m") >> done("a") >> data({"hot": True}) >> message("m")
    play.stands("m")
    assert not play.state.timers
    (play >> done("m")).ended("done")


def test_a_handler_that_begins_while_its_scope_asks():
    """A block that still asks which branches start keeps the handler that began meanwhile."""
    p = program("""
        data: {ok: bool}
        messages: {m: {}}
        steps:
          f: {parallel: F, on: {m: {task: M}}, branches: {a: {task: A, if: ok}, b: {task: B}}}
    """)
    play = Playbook(p) >> message("m") >> data({"ok": True})
    play.stands("f.a", "f.b", "f.m")
    (play >> done("a") >> done("b") >> done("m")).ended("done")


def test_messages_with_another_match_open_another():
    """While a handler is open, the same correlation queues, another one opens another (in order)."""
    p = program("""
        messages: {crisis: {city: string}}
        data: {city: string}
        steps:
          watch:
            task: Watch
            on: {fire: {message: crisis, match: {city: = city}, task: Put out}}
          z: {task: Z}
    """)
    play = Playbook(p, {"city": "Paris"}) >> message("crisis", city="Paris") >> message("crisis", city="Paris")
    play.stands("watch", "watch.fire")
    play >> data({"city": "Rome"}) >> message("crisis", city="Rome")
    play.stands("watch", "watch.fire", "watch.fire")


def test_an_event_day_that_is_learned_later():
    """A handler of the SOP whose date was unknown is armed when it is known, and moves with it."""
    p = program("""
        data: {day: date}
        on: {big-day: {at: day, task: Celebrate}}
        steps: {a: {task: A}, b: {task: B}}
    """)
    play = Playbook(p, at=EARLY) >> data({"day": "2026-03-20"}) >> data({"day": "2026-03-22"})
    assert play.state.timers == {(ROOT, "on-0"): shanghai("2026-03-22T00:00")}
    (play >> ev.TimerFired(opening=ROOT, name="on-0", at=shanghai("2026-03-22T00:00"))).stands("a", "big-day")


def test_the_date_of_a_handler_of_a_step_that_is_learned_later():
    """The same holds on a step that has no times of its own."""
    p = program("""
        data: {day: date}
        steps: {a: {task: A, on: {big-day: {at: day, instead: true, next: b}}}, c: {task: C}, b: {task: B}}
    """)
    (Playbook(p, at=EARLY) >> data({"day": "2026-03-20"}) >> fires("a", "on-0")).stands("b")


def test_the_pace_of_a_handler_may_hang_on_data():
    """Ticks by cases; a change moves the next tick."""
    p = program("""
        data: {hot: bool}
        steps: {a: {task: A, on: {report: {every: [{when: hot, then: day}, {else: week}], task: Report}}}}
    """)
    play = Playbook(p, {"hot": False}, at=shanghai("2026-03-02T09:00"))
    assert play.state.timers[1, "on-0"] == shanghai("2026-03-09T09:00")
    play >> data({"hot": True}, "2026-03-03T09:00")
    assert play.state.timers[1, "on-0"] == shanghai("2026-03-04T09:00")


def test_compensation_runs_for_whatever_withdraws_the_scope():
    """A jump out, a lost milestone, a handler in its place: `cancelled` runs; a scope that is done runs none."""
    p = program("""
        data: {ok: bool}
        messages: {stop: {}}
        steps:
          w: {task: W}
          g:
            group: G
            while: ok != false
            on: {cancelled: {task: Tidy up}, stop: {instead: true, next: z}}
            steps: {a: {approval: A, refused: w}}
          z: {task: Z}
    """)
    (Playbook(p, {"ok": True}) >> done("w") >> judge("g.a", "refused")).stands("w", "g.cancelled")
    (Playbook(p, {"ok": True}) >> done("w") >> data({"ok": False})).stands("z", "g.cancelled")
    (Playbook(p, {"ok": True}) >> done("w") >> message("stop")).stands("z", "g.cancelled")
    (Playbook(p, {"ok": True}) >> done("w") >> judge("g.a", "approved")).stands("z")


def test_an_end_compensates_nothing():
    """What an end withdraws is not compensated."""
    p = program("""
        steps:
          f:
            parallel: F
            branches:
              g: {group: G, on: {cancelled: {task: Tidy up}}, steps: {a: {task: A}}}
              b: {task: B, next: end of run}
    """)
    (Playbook(p) >> done("f.b")).ended("done")


def test_entering_a_step_again_withdraws_what_trails_of_it():
    """A step has one opening at a place: handlers and late branches of the earlier visit go."""
    p = program("""
        steps:
          f: {parallel: F, join: first, rest: finish, branches: {a: {task: A}, b: {task: B}}}
          q: {task: Q, outcomes: [back, on], next: {back: f, on: end}}
    """)
    play = Playbook(p)
    for _ in range(5):
        play >> done("f.a")
        play.stands("f.b", "q")
        play >> done("q", outcome="back")
        play.stands("f.a", "f.b")
    assert len(play.state.open) == 4


def test_an_escalation_is_made_once():
    """New data re-plan what is ahead; what has been told is not told again, unless its time comes again."""
    p = program("""
        roles: {boss: Boss}
        data: {day: date}
        steps: {a: {task: A, due: day, escalate: [{at: 1 day after due, to: boss}]}}
    """)
    play = Playbook(p, {"day": "2026-03-02"}, at=EARLY)
    play >> fires("a", "due") >> fires("a", "escalate-0")
    play >> data({"day": "2026-03-01"}, "2026-03-05T09:00")
    assert not play.state.timers
    play >> data({"day": "2026-03-09"}, "2026-03-05T09:00")
    assert set(play.state.timers) == {(1, "due"), (1, "escalate-0")}


def test_ticks_go_on_while_a_step_asks():
    """Data that leave it asking do not stop the clock of its handlers."""
    p = program("""
        data: {a: bool, b: bool}
        steps: {q: {decision: Q, when: a && b, yes: end, no: end, on: {tick: {every: day, task: Look}}}}
    """)
    play = Playbook(p, at=EARLY)
    before = dict(play.state.timers)
    assert before
    play >> data({"a": True})
    assert play.state.timers == before
