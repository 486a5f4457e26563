"""What is still ahead is planned anew when a date, a calendar or the pause of a run moves it; what is done is not."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playbook import Playbook, data, done, fails, fires, fx, program, resume, shanghai, suspend, told

from sopflow.engine import Accepted, events, migrate

EARLY = "2026-03-02T09:00"  # a Monday

EVENT = """
    roles: {planner: Planner, boss: Boss}
    data: {event: {start: date}}
    anchors: {T: event.start}
    calendars: {office: {days: SOME, holidays: THESE}}
    calendar: office
    steps:
      invite:
        task: Invite
        by: planner
        due: T-30
        remind: [1 week before due, every 2 days after due]
        escalate: [{at: 1 day after due, to: boss}]
      book: {task: Book, by: planner, due: 5 working days before T}
      hold: {task: Hold, by: planner, opens: T, due: 2 working days after T, remind: [1 day after T]}
"""


def event(days="[mon, tue, wed, thu, fri]", holidays="[]"):
    """An event that is planned by its day, in an office that works on some days."""
    return program(EVENT.replace("SOME", days).replace("THESE", holidays))


def timers(play, step):
    """When the timers of the step are due, by name."""
    number = play.opening(step).id
    return {
        name: f"{due.astimezone(play.program.zone):%m-%d %H:%M}"
        for (id_, name), due in play.state.timers.items()
        if id_ == number
    }


def set_by(play):
    """The timers that the last event set."""
    return sorted(effect.name for effect in play.effects if isinstance(effect, fx.SetTimer))


def test_all_that_is_ahead_moves_with_the_date():
    """Deadline, reminders and escalations of what is open move; what opens later is planned when it opens."""
    play = Playbook(event(), {"event.start": "2026-06-15"}, at=EARLY)
    assert timers(play, "invite") == {
        "due": "05-17 00:00",
        "remind-0": "05-09 00:00",
        "remind-1": "05-18 00:00",
        "escalate-0": "05-18 00:00",
    }
    play >> data({"event.start": "2026-06-22"}) << "invite due 2026-05-23"
    assert timers(play, "invite") == {
        "due": "05-24 00:00",
        "remind-0": "05-16 00:00",
        "remind-1": "05-25 00:00",
        "escalate-0": "05-25 00:00",
    }
    assert set_by(play) == ["due", "escalate-0", "remind-0", "remind-1"]
    play >> done("invite")
    assert timers(play, "book") == {"due": "06-16 00:00"}  # Monday, 15 June
    play >> done("book") << "book closed: done" << "hold held until 2026-06-22 00:00"
    play >> data({"event.start": "2026-06-26"}) << "hold held until 2026-06-26 00:00"
    play >> fires("hold", "opens") << "hold opened"
    assert timers(play, "hold") == {"due": "07-01 00:00", "remind-0": "06-27 00:00"}


def test_what_is_done_keeps_what_was_said_of_it():
    """A date that moves after a step was done late, or in time, says nothing of that step."""
    play = Playbook(event(), {"event.start": "2026-03-20"}, at=EARLY) << "invite opened" << "invite overdue"
    play >> done("invite")
    before = play.state.done[play.program.by_path["invite"]]
    play >> data({"event.start": "2026-06-15"}) << "book due 2026-06-08"
    assert play.state.done[play.program.by_path["invite"]] == before


def test_a_reminder_that_was_given_is_given_again_only_for_another_time():
    """Its old time does not come back; a new one that is still ahead does."""
    play = Playbook(event(), {"event.start": "2026-06-15"}, at=EARLY) >> fires("invite", "remind-0")
    play >> data({"event.start": "2026-06-14"})  # a week before is past now
    assert "remind-0" not in timers(play, "invite")
    play >> data({"event.start": "2026-07-15"})
    assert timers(play, "invite")["remind-0"] == "06-08 00:00"


@pytest.mark.parametrize(("day", "reminded"), [("2026-04-01", "03-25 00:00"), ("2026-04-02", "03-26 00:00")])
def test_a_reminder_due_in_the_very_instant_of_a_change_is_not_lost(day, reminded):
    """What has come due and has not fired yet fires, unless the change has moved it."""
    p = program(f"""
        data: {{day: date}}
        steps:
          p:
            parallel: P
            branches:
              w: {{wait: 2026-03-25, set: {{day: {day}}}}}
              a: {{task: A, due: day, remind: [1 week before due]}}
    """)
    play = Playbook(p, {"day": "2026-04-01"}, at=EARLY)
    assert timers(play, "a")["remind-0"] == "03-25 00:00"
    play >> fires("w", "wait-0")
    assert timers(play, "a")["remind-0"] == reminded
    play >> fires("a", "remind-0") << "p.a reminded"


def test_a_tick_due_in_the_very_instant_of_a_change_is_not_lost():
    """The same for the pace of a handler."""
    p = program("""
        data: {day: date}
        steps:
          p:
            parallel: P
            branches:
              w: {wait: 18:00 on 2026-03-02, set: {day: 2026-04-02}}
              a: {task: A, due: day, on: {tick: {every: day at 18:00, task: Tick}}}
    """)
    play = Playbook(p, {"day": "2026-04-01"}, at=EARLY) >> fires("w", "wait-0")
    assert timers(play, "a")["on-0"] == "03-02 18:00"
    play >> fires("a", "on-0") << "p.a.tick opened"
    assert timers(play, "a")["on-0"] == "03-03 18:00"


def moved(play, new, at):
    """The run under another version of its definition, and what the migration said."""
    state = play.state.copy()
    outcome = migrate(play.program, new, state, events.Migrated(program=new.hash, at=shanghai(at)))
    assert isinstance(outcome, Accepted), outcome
    return state, [told(new, state, note) for note in outcome.notes]


def test_another_calendar_plans_what_is_ahead_anew():
    """Working days of the new calendar count for what is open; what has fired does not fire again."""
    play = Playbook(event(), {"event.start": "2026-06-15"}, at=EARLY) >> done("invite")
    assert timers(play, "book") == {"due": "06-09 00:00"}  # Monday, 8 June
    state, notes = moved(play, event("[mon, tue, wed]"), EARLY)
    assert notes == ["book due 2026-06-02"]
    assert {f"{due:%m-%d}" for due in state.timers.values()} == {"06-03"}
    state, notes = moved(play, event(holidays="[2026-06-10, 2026-06-11]"), EARLY)
    assert notes == ["book due 2026-06-04"]
    state, notes = moved(play, event(), EARLY)
    assert (notes, state.timers) == ([], play.state.timers)


def test_another_calendar_tells_nobody_twice():
    """An escalation that was made under the old calendar is not made again under the new one."""
    text = """
        roles: {{clerk: Clerk, boss: Boss}}
        calendars: {{office: {{days: {0}}}}}
        calendar: office
        steps: {{a: {{task: A, by: clerk, due: 2026-03-03,
                     remind: [1 working day before due], escalate: [{{at: 1 working day after due, to: boss}}]}}}}
    """
    play = Playbook(program(text.format("[mon, tue, wed, thu, fri]")), at="2026-02-27T09:00")
    play >> fires("a", "remind-0") >> fires("a", "due") >> fires("a", "escalate-0")
    state, notes = moved(play, program(text.format("[mon, tue, wed]")), "2026-03-06T09:00")
    assert (notes, state.timers) == ([], {})


def test_another_calendar_moves_the_next_round():
    """A round that is to open on a working day opens on one of the new calendar."""
    text = """
        calendars: {{office: {{holidays: {0}}}}}
        calendar: office
        steps: {{w: {{repeat: W, every: working day at 09:00, at-most: 9, exhausted: end, steps: {{a: {{task: A}}}}}}}}
    """
    play = Playbook(program(text.format("[]")), at="2026-03-02T10:00")
    assert timers(play, "w") == {"round": "03-03 09:00"}
    state, _ = moved(play, program(text.format("[2026-03-03]")), "2026-03-02T12:00")
    assert [f"{due:%m-%d %H:%M}" for due in state.timers.values()] == ["03-04 09:00"]


# -- pauses ------------------------------------------------------------------------------------------------------------


def paused(play):
    """The run, after standing still from Tuesday to the Friday of the week after."""
    return play >> suspend(at="2026-03-03T12:00") >> resume(at="2026-03-13T12:00")


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("due: within 48 hours", {"due": "03-14 09:00"}),
        ("due: 5 days after opened", {"due": "03-17 09:01"}),
        ("due: 3 working days after opened", {"due": "03-17 09:01"}),  # from Thursday, 12 March
        ("due: 2026-03-20", {"due": "03-21 00:00"}),  # dated: stands
        ("due: 5 days after opened, remind: [1 day before due]", {"due": "03-17 09:01", "remind-0": "03-16 09:00"}),
        ("due: 2026-03-20, remind: [1 week before due]", {"due": "03-21 00:00", "remind-0": "03-13 12:00"}),  # in time
        ("due: 2026-03-20, remind: [2026-03-05]", {"due": "03-21 00:00", "remind-0": "03-13 12:00"}),  # past: now
        ("due: 2026-03-20, remind: [2026-03-03]", {"due": "03-21 00:00"}),  # it was given before the pause
        ("due: 2026-03-20, remind: [every day after opened]", {"due": "03-21 00:00", "remind-0": "03-14 09:00"}),
        ("due: 2026-03-04, remind: [every 4 days after due]", {"remind-0": "03-13 12:00"}),
        ("due: 2026-03-20, escalate: [{at: 2026-03-05, to: b}]", {"due": "03-21 00:00", "escalate-0": "03-13 12:00"}),
    ],
)
def test_a_pause_shifts_what_is_counted_from_the_opening(times, expected):
    """Counted from the opening, a pause does not count; what is dated stands, and what came due comes at once."""
    play = Playbook(program(f"roles: {{b: B}}\nsteps: {{a: {{task: A, {times}}}}}"), at=EARLY)
    while (due := min(play.state.timers.values())) <= shanghai("2026-03-03T12:00"):
        _, _, name = min((at, number, name) for (number, name), at in play.state.timers.items())
        play >> fires("a", name, due)
    paused(play)
    assert timers(play, "a") == expected


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        ("day at 18:00", "03-13 12:00"),  # came due on Tuesday evening: once, now
        ("friday at 18:00", "03-13 12:00"),  # on the Friday in the pause
        ("friday", "03-13 12:00"),
        ("2 days", "03-14 09:00"),  # counted from the opening, ten days later
        ("36 hours", "03-13 21:00"),
        ("week", "03-19 09:00"),
        ("working day", "03-16 09:00"),  # opened on Thursday the 12th, so to speak; Friday's nine o'clock is past
    ],
)
@pytest.mark.parametrize("scope", ["step", "run", "wait"])
def test_a_pause_and_the_pace_of_a_handler(scope, pace, expected):
    """Ticks on days of the calendar that came due fire once; those counted from the opening shift."""
    on = f"on: {{tick: {{every: {pace}, task: Tick}}}}"
    text = {
        "step": f"steps: {{a: {{task: A, {on}}}}}",
        "run": f"{on}\nsteps: {{a: {{task: A}}}}",
        "wait": f"messages: {{m: {{}}}}\nsteps: {{a: {{wait: {{message: m}}, {on}}}}}",
    }[scope]
    play = Playbook(program(text), at=EARLY)
    while (due := min(play.state.timers.values())) <= shanghai("2026-03-03T12:00"):
        number = min(play.state.timers)[0]
        play >> fires("a", "on-0", due) if number else play >> run_fires(due)
    paused(play)
    assert [f"{at.astimezone(play.program.zone):%m-%d %H:%M}" for at in play.state.timers.values()] == [expected]


def run_fires(due):
    """The timer of the run's own handler fires."""
    return events.TimerFired(opening=0, name="on-0", at=due)


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        ("2 days", "03-14 09:00"),
        ("working day", "03-16 09:00"),  # never a Saturday, however long the pause was
        ("friday at 09:00", "03-06 09:00"),  # it stands, is past, and so opens at once
    ],
)
def test_a_pause_and_the_next_round(pace, expected):
    """Rounds counted from the opening shift and stay ticks of their pace; dated ones stand."""
    text = f"steps: {{w: {{repeat: W, every: {pace}, at-most: 9, exhausted: end, steps: {{a: {{task: A}}}}}}}}"
    play = Playbook(program(text), at=EARLY)
    if pace == "working day":
        play >> fires("w", "round") >> done("w.a")
    paused(play)
    assert timers(play, "w") == {"round": expected}


def test_a_step_that_stopped_shifts_too():
    """A pause does not count for a step that has an incident, either."""
    p = program("steps: {a: {task: A, run: robot, due: within 48 hours}}")
    play = Playbook(p, at=EARLY) >> fails("a", 1, at="2026-03-02T10:00")
    assert play.opening("a").phase == "incident"
    paused(play)
    assert timers(play, "a") == {"due": "03-14 09:00"}


# -- clocks that change ------------------------------------------------------------------------------------------------


def berlin(text):
    """A definition that lives in Berlin."""
    return program("time-zone: Europe/Berlin\n" + text)


def local(play):
    """The one timer, by the clock of the definition."""
    (due,) = play.state.timers.values()
    return due.isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("pace", "ticks"),
    [
        ("day at 02:30", ["2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00"]),
        ("day", ["2026-03-29T12:00+02:00", "2026-03-30T12:00+02:00"]),
        ("24 hours", ["2026-03-29T13:00+02:00", "2026-03-30T13:00+02:00"]),
        ("working day at 02:30", ["2026-03-30T02:30+02:00", "2026-03-31T02:30+02:00"]),
    ],
)
def test_what_recurs_follows_the_clock_and_hours_do_not(pace, ticks):
    """In the night when clocks go forward, for handlers and rounds alike."""
    noon = shanghai("2026-03-28T19:00")  # Saturday, 12:00 in Berlin
    play = Playbook(
        berlin(f"steps: {{a: {{task: A, on: {{tick: {{every: {pace}, emit: m}}}}}}}}\nmessages: {{m: {{}}}}"), at=noon
    )
    rounds = f"steps: {{w: {{repeat: W, every: {pace}, at-most: 9, exhausted: end, steps: {{a: {{task: A}}}}}}}}"
    again = Playbook(berlin(rounds), at=noon)
    for tick in ticks:
        assert local(play) == tick
        assert local(again) == tick
        play >> fires("a", "on-0")
        again >> fires("w", "round") >> done("w.a")


def test_within_is_absolute_and_days_are_not():
    """48 hours over the change of clocks end an hour later on the wall; two days end at the same time of day."""
    noon = shanghai("2026-10-24T18:00")  # Saturday, 12:00 in Berlin
    assert local(Playbook(berlin("steps: {a: {task: A, due: within 48 hours}}"), at=noon)) == "2026-10-26T11:00+01:00"
    assert local(Playbook(berlin("steps: {a: {task: A, due: within 2 days}}"), at=noon)) == "2026-10-26T12:01+01:00"
    half = noon + dt.timedelta(hours=14, minutes=30)  # 02:30 the first time; 02:30 the second time is an hour later
    assert local(Playbook(berlin("steps: {a: {task: A, due: within 1 hour}}"), at=half)) == "2026-10-25T02:30+01:00"


# -- laws --------------------------------------------------------------------------------------------------------------

days = st.dates(dt.date(2026, 2, 1), dt.date(2026, 8, 1)).map(str)
offices = st.sampled_from(["[mon, tue, wed, thu, fri]", "[mon, tue, wed]", "[sat, sun]"])


@settings(max_examples=40)
@given(days, st.lists(days, max_size=4), offices, st.integers(1, 2))
def test_what_is_done_does_not_hang_on_dates_and_calendars(first, later, office, steps):
    """Whatever moves after a step was done: its record stays, and no timer of it comes back."""
    play = Playbook(event(), {"event.start": first}, at=EARLY)
    for name in ("invite", "book")[:steps]:
        play >> done(name)
    before = dict(play.state.done)
    for day in later:
        play >> data({"event.start": day})
        assert play.state.done == before
    state, _ = moved(play, event(office), EARLY)
    assert state.done == before
    assert {opening for opening, _ in state.timers} <= set(state.open)


@settings(max_examples=40)
@given(days, days)
def test_the_last_date_alone_decides(first, last):
    """Moved there and back, or learned late: what is planned is what a run plans that knew it from the start."""
    knew = Playbook(event(), {"event.start": last}, at=EARLY)
    learned = Playbook(event(), {}, at=EARLY) >> data({"event.start": first}) >> data({"event.start": last})
    assert learned.state.timers == knew.state.timers
    assert learned.opening("invite").due == knew.opening("invite").due
    assert learned.opening("invite").late == knew.opening("invite").late
