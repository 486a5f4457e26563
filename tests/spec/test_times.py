"""Times of a step: opens, due, remind, escalate; in the SOP's own time zone."""

from datetime import datetime, timedelta

import pytest
from playbook import Playbook, answer, cancel, data, done, fires, fx, judge, program, reassign, shanghai, skip, sop

from sopflow.compiler import lower

PLAN = program("""
    roles: {planner: Planner, boss: Boss}
    data: {event: {start: date, end: date}, x: int = 2}
    anchors: {N: event.end}
    steps:
      plan:
        task: Plan
        by: planner
        due: 1 month before event.start
        remind: [1 week before due, every 2 days after due]
        escalate: [{at: 1 day after due, to: boss}, {at: 3 days after due, to: boss, do: hand-over}]
      review: {task: Review, opens: N+x, due: N+x}
""")

DATES = {"event.start": "2026-06-10", "event.end": "2026-06-12"}
EARLY = "2026-03-02T09:00"


def timers(play):
    """When the timers are due, by name."""
    return {name: f"{due.astimezone(play.program.zone):%m-%d %H:%M}" for (_, name), due in play.state.timers.items()}


def notified(play):
    """Who was told what kind of thing by the last event."""
    return [(effect.kind, *effect.to) for effect in play.effects if isinstance(effect, fx.Notify)]


def test_opening_a_step_sets_its_timers():
    """Deadline, reminders and escalations become timers of the opening; a civil date is late when it is over."""
    play = Playbook(PLAN, DATES, at=EARLY)
    assert timers(play) == {
        "due": "05-11 00:00",
        "remind-0": "05-03 00:00",
        "remind-1": "05-12 00:00",
        "escalate-0": "05-12 00:00",
        "escalate-1": "05-14 00:00",
    }


def test_a_late_step_is_reported_once_and_goes_on():
    """Lateness is noted once; it stops nothing."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "remind-0")
    assert notified(play) == [("remind", "planner")]
    play >> fires("plan", "due") << "plan overdue"
    assert play.opening("plan").late
    play >> fires("plan", "due") << "refused: no-timer"
    play >> done("plan", at="2026-05-11T12:00") << "plan closed: done"
    play << "review held until 2026-06-14 00:00"


def test_a_timer_fires_only_when_it_is_due_and_in_order():
    """A timer before its time, or before one that is due earlier, is refused."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "due", at="2026-05-10T12:00") << "refused: no-timer"
    play >> fires("plan", "due") << "refused: timer-first"
    play >> done("plan", at="2026-06-01T09:00") << "refused: timer-first"
    assert play.refused.problem.fields["name"] == "remind-0"


def test_reminders_tick_after_the_deadline():
    """`every 2 days after due` comes again and again, until the step is done."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "remind-0") >> fires("plan", "due")
    play >> fires("plan", "escalate-0") >> fires("plan", "remind-1")
    assert notified(play) == [("remind", "planner")]
    assert timers(play)["remind-1"] == "05-14 00:00"


def test_ticks_that_were_missed_come_as_one():
    """After a long silence a reminder comes once, not once for every tick that was missed."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "remind-0") >> fires("plan", "due")
    play >> fires("plan", "escalate-0") >> fires("plan", "remind-1", at="2026-05-13T12:00")
    assert notified(play) == [("remind", "planner")]
    assert timers(play)["remind-1"] == "05-14 00:00"


def test_escalation_tells_and_hands_over():
    """An escalation tells a role, or hands the step over to it."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "remind-0") >> fires("plan", "due")
    play >> fires("plan", "escalate-0")
    assert notified(play) == [("escalate", "boss")]
    play >> fires("plan", "remind-1") >> fires("plan", "escalate-1")
    play >> done("plan", by="planner") << "refused: role"
    play >> fires("plan", "remind-1") >> done("plan", by="boss")


def test_an_escalation_may_tell_several():
    """One line tells all that it names, once."""
    play = Playbook(
        program("""
            roles: {boss: Boss, chief: Chief}
            steps: {plan: {task: Plan, due: within 1 hour, escalate: [{at: due, to: [boss, chief]}]}}
        """),
        at=EARLY,
    )
    play >> fires("plan", "due") >> fires("plan", "escalate-0")
    assert notified(play) == [("escalate", "boss"), ("escalate", "chief")]


def test_handing_over_offers_the_step_to_the_other_role():
    """Whoever gets a step by escalation is offered it, and it is taken back from the others."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "remind-0") >> fires("plan", "due")
    play >> fires("plan", "escalate-0") >> fires("plan", "remind-1") >> fires("plan", "escalate-1")
    assert fx.Offer(1, 0, ("boss",)) in play.effects


def test_no_escalation_after_completion():
    """Timers die with their opening."""
    play = Playbook(PLAN, DATES, at=EARLY) >> done("plan", at="2026-04-01T09:00")
    assert {name for _, name in play.state.timers} == {"opens"}
    cleared = [effect.name for effect in play.effects if isinstance(effect, fx.ClearTimer)]
    assert sorted(cleared) == ["due", "escalate-0", "escalate-1", "remind-0", "remind-1"]


@pytest.mark.parametrize(
    "at, late",
    [("2026-05-10T23:59", False), ("2026-05-10T23:59:59.999999", False), ("2026-05-11T00:00", True)],
)
def test_a_civil_date_is_in_time_until_it_is_over(at, late):
    """A due date is kept at 23:59 of its day and missed at 00:00 of the next."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "remind-0")
    if late:
        play >> done("plan", at=at) << "refused: timer-first" >> fires("plan", "due") << "plan overdue"
    play >> done("plan", at=at)
    assert "plan overdue" not in play.notes


CLOCK = program("""
    data: {day: date}
    steps:
      post: {task: Post, due: 12:00 on day}
      answer: {task: Answer, due: within 48 hours}
""")


@pytest.mark.parametrize("at, late", [("12:00", False), ("12:00:59", False), ("12:01", True)])
def test_a_clock_time_is_in_time_for_its_minute(at, late):
    """With a clock, that minute is still in time."""
    play = Playbook(CLOCK, {"day": "2026-03-05"}, at=EARLY)
    if late:
        play >> fires("post", "due") << "post overdue"
    play >> done("post", at=f"2026-03-05T{at}") << "post closed: done" << "answer opened"


def test_a_count_of_hours_is_exact_and_the_same_instant_in_time():
    """Due at the same instant as the completion: the completion is in time."""
    play = Playbook(CLOCK, {"day": "2026-03-05"}, at=EARLY) >> done("post", at=EARLY)
    (play >> done("answer", at="2026-03-04T09:00:00") << "answer closed: done" << "run ended: done").ended("done")
    play = Playbook(CLOCK, {"day": "2026-03-05"}, at=EARLY) >> done("post", at=EARLY)
    play >> done("answer", at="2026-03-04T09:00:01") << "refused: timer-first"


def test_a_deadline_that_is_past_when_the_step_opens_is_late_at_once():
    """Opened late is late: noted once, at the opening."""
    play = Playbook(PLAN, DATES, at="2026-05-20T09:00") << "plan opened" << "plan overdue"
    assert "due" not in timers(play)
    play.stands("plan")


def test_a_step_opens_at_its_time():
    """Before it opens, a step is held: not open to anybody."""
    play = Playbook(PLAN, DATES, at=EARLY) >> done("plan") << "plan closed: done"
    play << "review held until 2026-06-14 00:00"
    play >> done("review") << "refused: not-open"
    play >> fires("review", "opens") << "review opened"
    (play >> done("review", at="2026-06-14T10:00")).ended("done")


def test_a_step_may_open_some_time_before_it_is_due():
    """`due` is known before the step opens, and moves it with it."""
    play = Playbook(
        program("""
            data: {day: date}
            steps: {first: {task: First}, plan: {task: Plan, opens: 3 days before due, due: 1 week before day}}
        """),
        {"day": "2026-06-30"},
        at=EARLY,
    )
    play >> done("first") << "first closed: done" << "plan held until 2026-06-20 00:00"
    play >> data({"day": "2026-06-20"}) << "plan held until 2026-06-10 00:00"


def test_a_step_whose_time_has_come_opens_at_once():
    """Nothing is held for a time that is past."""
    Playbook(PLAN, DATES, at="2026-06-15T09:00") << "plan opened" << "plan overdue"
    play = Playbook(PLAN, DATES, at="2026-06-15T09:00") >> done("plan") << "plan closed: done" << "review opened"
    play << "review overdue"


def test_an_unknown_anchor_leaves_a_time_unset():
    """A time that hangs on something unknown holds nobody and is not due."""
    play = Playbook(PLAN, at=EARLY)
    assert not play.state.timers
    play >> done("plan") << "plan closed: done" << "review opened"


def test_a_changed_date_plans_what_is_open_anew():
    """A deadline moves with its date; the timers are replaced, and lateness is judged anew."""
    play = Playbook(PLAN, DATES, at=EARLY) >> data({"event.start": "2026-07-10"}) << "plan due 2026-06-10"
    assert timers(play)["due"] == "06-11 00:00"
    play >> data({"event.start": "2026-03-20"}) << "plan due 2026-02-20" << "plan overdue"
    play >> data({"event.start": "2026-03-21"}) << "plan due 2026-02-21"
    play >> data({"event.start": "2026-07-10"}) << "plan due 2026-06-10"
    assert not play.opening("plan").late
    play >> data({"event.start": None}) << "plan due never"
    assert "due" not in timers(play)


def test_writing_the_same_date_plans_nothing_anew():
    """A field that is written with the value it has moves no deadline and repeats no note."""
    play = Playbook(PLAN, DATES, at="2026-05-20T09:00") >> data({"event.start": "2026-06-10"})
    assert play.notes == []


def test_a_changed_date_leaves_alone_what_is_done():
    """What is done keeps the deadline it had: nothing about it is noted."""
    play = Playbook(PLAN, DATES, at=EARLY) >> done("plan") >> data({"event.start": "2026-03-03"})
    assert play.notes == []


def test_a_changed_anchor_moves_what_is_held():
    """A held step opens at the new time; if that is past, at once."""
    play = Playbook(PLAN, DATES, at=EARLY) >> done("plan") >> data({"event.end": "2026-06-20"})
    play << "review held until 2026-06-22 00:00"
    assert list(timers(play)) == ["opens"]
    play >> data({"x": 5}) << "review held until 2026-06-25 00:00"
    (play >> data({"event.end": "2026-02-01"}) << "review opened" << "review overdue").stands("review")


def test_moving_the_date_back_and_forth_keeps_one_set_of_timers():
    """However often a date moves, an opening has one timer of each name."""
    play = Playbook(PLAN, DATES, at=EARLY)
    for day in range(1, 29):
        play >> data({"event.start": f"2026-09-{day:02}"})
    assert len(play.state.timers) == 5


def test_times_by_cases():
    """A deadline may be written as cases; an unknown case is asked about before the step opens."""
    p = program("""
        roles: {clerk: Clerk}
        data: {kind: {is: [daily, weekly], ask: clerk}, day: date}
        steps:
          post:
            task: Post
            due:
              - {when: kind == 'daily', then: 12:00 on day}
              - {else: day}
    """)
    play = Playbook(p, {"day": "2026-03-05", "kind": "weekly"}, at=EARLY)
    assert timers(play) == {"due": "03-06 00:00"}
    play >> data({"kind": "daily"})
    assert timers(play) == {"due": "03-05 12:01"}
    play = Playbook(p, {"day": "2026-03-05"}, at=EARLY) << "post opened asking kind"
    play >> answer("post", "daily") << "post opened"
    assert timers(play) == {"due": "03-05 12:01"}


def test_references_to_other_steps():
    """`opening of STEP` and `completion of STEP` are instants of the run; `opened` is the step's own."""
    p = program("""
        steps:
          a: {task: A, due: 1 day after started}
          b: {task: B, due: 2 days after completion of a, remind: [1 day after opened]}
          c: {task: C, due: 3 hours after opening of b}
    """)
    play = Playbook(p, at="2026-03-02T09:00") >> done("a", at="2026-03-02T10:00")
    assert timers(play) == {"due": "03-04 10:01", "remind-0": "03-03 10:00"}
    play >> done("b", at="2026-03-02T10:30")
    assert timers(play) == {"due": "03-02 13:00"}


def test_the_earliest_of_several_times():
    """`earliest` passes over what is unset; `latest` waits for it."""
    p = program("""
        data: {one: date, two: date}
        steps:
          a: {task: A, due: {earliest: [one, two]}}
          b: {task: B, due: {latest: [one, two]}}
    """)
    play = Playbook(p, {"two": "2026-03-09"}, at=EARLY)
    assert timers(play) == {"due": "03-10 00:00"}
    play >> data({"one": "2026-03-05"})
    assert timers(play) == {"due": "03-06 00:00"}
    play = Playbook(p, {"two": "2026-03-09"}, at=EARLY) >> done("a")
    assert timers(play) == {}


def test_timers_of_decisions_and_approvals():
    """A question and an approval are late like a task."""
    p = program("""
        data: {free: bool}
        steps:
          q: {decision: Q, about: free, due: 1 day after opened, yes: v, no: end}
          v: {approval: V, due: 1 day after opened, refused: end}
    """)
    play = Playbook(p, at=EARLY) >> fires("q", "due") << "q overdue" >> answer("q", True, at="2026-03-05T09:00")
    play >> fires("v", "due") << "v overdue" >> judge("v", "approved", at="2026-03-09T09:00")
    play.ended("done")


def test_a_question_that_stays_open_is_late_once():
    """An answer to one of two questions does not make the step late twice."""
    p = program("""
        data: {a: bool, b: bool}
        steps:
          q: {decision: Q, when: a && b, due: 2026-03-01, yes: end, no: end}
    """)
    play = Playbook(p, at=EARLY) << "q opened asking a, b" << "q overdue"
    play >> answer("q", True, field="a")
    assert "q overdue" not in play.notes


def test_a_block_is_late_too():
    """A group has a deadline of its own, which dies with it."""
    p = program("""
        steps:
          g: {group: G, due: 2 days after opened, steps: {a: {task: A}}}
          z: {task: Z}
    """)
    play = Playbook(p, at=EARLY) >> fires("g", "due") << "g overdue"
    (play >> done("a", at="2026-03-09T09:00")).stands("z")
    play = Playbook(p, at=EARLY) >> done("a")
    assert not play.state.timers


@pytest.mark.parametrize("leave", [cancel("plan"), skip("plan"), cancel(None)])
def test_whatever_closes_a_step_clears_its_timers(leave):
    """Skipped, called off, or the run cancelled: no timer stays."""
    play = Playbook(PLAN, DATES, at=EARLY) >> leave
    assert not [name for _, name in play.state.timers if name != "opens"]


def test_a_reassigned_step_keeps_its_deadline():
    """Handing over changes who, not when."""
    play = Playbook(PLAN, DATES, at=EARLY)
    before = timers(play)
    play >> reassign("plan", "boss")
    assert timers(play) == before


def test_time_does_not_go_back():
    """An event before the last one is refused, and says where the clock stands."""
    play = Playbook(PLAN, DATES, at=EARLY) >> done("plan", at="2026-03-01T09:00") << "refused: clock"
    play >> done("plan", at=EARLY)


def test_a_run_without_a_clock_sets_no_timers_until_it_learns_one():
    """Started without a time, nothing is late; from the first event with a time, what is open counts."""
    play = Playbook(PLAN, DATES)
    play >> data({"x": 3}, at=EARLY)
    assert timers(play)["due"] == "05-11 00:00"
    play = Playbook(PLAN, DATES) >> data({"x": 3}, at="2026-05-20T09:00")
    assert play.opening("plan").late
    assert "plan overdue" in play.notes


def test_a_deadline_across_a_clock_change():
    """In the night when clocks go back, the due date ends at local midnight: 25 hours later."""
    p = lower(sop("steps: {a: {task: A, due: 2026-10-25, remind: [12 hours before due]}}", time_zone="Europe/Berlin"))
    play = Playbook(p.program, at=shanghai("2026-10-01T00:00"))
    due = play.state.timers[1, "due"]
    assert due.utcoffset() == timedelta(hours=1)
    assert due.isoformat() == "2026-10-26T00:00:00+01:00"


def test_an_event_in_another_zone_is_the_same_instant():
    """Times of events may carry any zone: what counts is the instant."""
    play = Playbook(PLAN, DATES, at=EARLY) >> fires("plan", "remind-0")
    late = datetime.fromisoformat("2026-05-10T16:00:00+00:00")  # 00:00 of 11 May in Shanghai
    play >> done("plan", at=late) << "refused: timer-first"
    play >> done("plan", at=datetime.fromisoformat("2026-05-10T15:59:00+00:00")) << "plan closed: done"
    play << "review held until 2026-06-14 00:00"
