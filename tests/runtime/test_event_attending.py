"""Business cases on the bundled definition of attending an event: what people at work would try."""

from datetime import UTC, date, datetime, timedelta

import pytest

import sopflow
from sopflow.compiler import lower
from sopflow.engine import replay

EVENT = {
    "name": "Expo",
    "start": date(2026, 9, 10),
    "end": date(2026, 9, 12),
    "priority": "P1",
    "attend": True,
    "free": True,
    "heavyweight": True,
    "important": True,
    "needs_business_support": False,
}
OPENING = ["collect-leads", "prioritise-leads", "evaluate-weekly"]
FREE = ["confirm-rights-and-execution", "confirm-by-email"]
PAID = ["negotiate-rights", "finalise-rights-and-price", "run-contract", "pay-contract"]


@pytest.fixture(scope="module")
def program():
    """The bundled definition, compiled."""
    compiled = lower(sopflow.load("event-attending"))
    assert compiled.program is not None, compiled.report
    return compiled.program


@pytest.fixture
def begin(program):
    """Starts a run: `begin(free=False)`; the clock stands at 1 June 2026, 9:00 in Shanghai."""

    def start(at: object = "2026-06-01T09:00", **event: object) -> sopflow.Run:
        known = {name: value for name, value in {**EVENT, **event}.items() if value is not None}
        return sopflow.Run(program, data={"event": known}, at=at)

    return start


def steps(run):
    """The paths of what is open."""
    return [item.step for item in run.open]


def play(run, *names, **more):
    """The planner does these steps."""
    for name in names:
        run.done(name, by="event-planner", **more)


def to_report(run, plan="write-event-plan"):
    """From the start to the report on the plan."""
    play(run, *OPENING, *(FREE if run.data["event"]["free"] else PAID), plan)


def told(run, event, step=""):
    """The lines of the history about an event."""
    return [line for line in run.history if line["event"] == event and line.get("step", "").startswith(step)]


def same_when_folded(run):
    """The run's events fold to its state."""
    assert replay(run.program, run.events) == run.state


def test_a_free_event(begin):
    """A free event has its rights confirmed, not negotiated, and ends done after the review."""
    run = begin()
    to_report(run)
    run.judge("report-to-director", "approved", by="marketing-director")
    play(run, "prepare-and-warm-up", "execute-attendance")
    assert run.open == ()
    assert [item.step for item in run.waiting] == ["review-nx"]
    run.done("review-nx", by="event-planner", at="2026-09-17T10:00")
    assert run.finished
    assert run.outcome == "done"
    assert not {line.get("step") for line in run.history} & set(PAID)
    same_when_folded(run)


def test_a_paid_event(begin):
    """A paid event goes through negotiation, price, contract and payment, in that order."""
    run = begin(free=False)
    play(run, *OPENING)
    for name in PAID:
        assert steps(run) == [name]
        play(run, name)
    assert steps(run) == ["write-event-plan"]


@pytest.mark.parametrize(
    "known, plan",
    [
        ({"heavyweight": True}, "write-event-plan"),
        ({"heavyweight": False, "important": True}, "write-follow-up-plan-important"),
        ({"heavyweight": False, "important": False}, "write-follow-up-plan"),
    ],
)
def test_the_plan_fits_the_weight(begin, known, plan):
    """Each weight of event has its plan, and its deadline."""
    run = begin(**known)
    play(run, *OPENING, *FREE)
    assert steps(run) == [plan]
    assert run.open[0].due == (date(2026, 8, 10) if plan == "write-event-plan" else date(2026, 8, 27))


def test_an_event_we_do_not_attend(begin):
    """A declined event is archived, and the run ends with the outcome not-attended."""
    run = begin(attend=None)
    play(run, *OPENING)
    run.answer("will-attend", "no", by="marketing-director")
    assert steps(run) == ["archive"]
    run.done("archive")
    assert (run.finished, run.outcome) == (True, "not-attended")
    assert run.open == run.waiting == ()
    same_when_folded(run)


def test_unknown_data_are_asked_for(begin):
    """Whatever is not known is asked of the right people when it is needed, and not before."""
    run = begin(attend=None, free=None, heavyweight=None, important=None, needs_business_support=None)
    play(run, *OPENING)
    asked = []
    for step, value, by in [
        ("will-attend", True, "marketing-director"),
        ("is-free", True, "event-planner"),
        ("is-heavyweight", False, "event-planner"),
        ("is-important", True, "event-planner"),
    ]:
        while steps(run) != [step]:
            play(run, steps(run)[0])
        item = run.open[0]
        asked += item.asks
        assert item.roles == (by,)
        run.answer(step, value, by=by)
    assert asked == ["event.attend", "event.free", "event.heavyweight", "event.important"]
    assert steps(run) == ["write-follow-up-plan-important"]


def test_refused_once(begin):
    """A refused plan is adjusted and written again; then it may pass."""
    run = begin()
    to_report(run)
    run.judge("report-to-director", "refused", by="marketing-director", why="too dear")
    assert steps(run) == ["adjust"]
    play(run, "adjust", "write-event-plan")
    run.judge("report-to-director", "approved", by="marketing-director")
    assert steps(run) == ["prepare-and-warm-up"]
    assert "too dear" in run.why("report-to-director")
    same_when_folded(run)


def test_refused_for_ever(begin):
    """Fifty refusals are fifty rounds, each like the first; the state does not grow with them."""
    run = begin()
    to_report(run)
    sizes = set()
    for _ in range(50):
        run.judge("report-to-director", "refused", by="marketing-director")
        play(run, "adjust", "write-event-plan")
        sizes.add((len(run.state.open), len(run.state.timers), len(run.state.watch)))
    assert len(sizes) == 1
    assert steps(run) == ["report-to-director"]
    assert not told(run, "Ended")
    same_when_folded(run)


def test_the_wrong_role(begin):
    """The planner does not judge the plan; the refusal names who does, and changes nothing."""
    run = begin()
    to_report(run)
    before, lines = run.state.copy(), len(run.history)
    with pytest.raises(sopflow.Refused) as refused:
        run.judge("report-to-director", "approved", by="event-planner")
    assert refused.value.code == "role"
    assert "marketing-director" in str(refused.value)
    assert run.state == before
    assert len(run.history) == lines


@pytest.mark.parametrize(
    "field, value", [("price", "free"), ("start", "soon"), ("start", 20260910), ("priority", "P9"), ("name", 3)]
)
def test_the_wrong_type(begin, field, value):
    """A value of the wrong type is refused in words, in a form and in data alike."""
    run = begin()
    for act in (
        lambda: run.done("collect-leads", by="event-planner", data={"event": {field: value}}),
        lambda: run.set({f"event.{field}": value}, by="event-planner"),
    ):
        with pytest.raises(sopflow.Refused) as refused:
            act()
        assert refused.value.code == "type"
        assert field in refused.value.finding.text("en")
        assert field in refused.value.finding.text("zh")
    assert steps(run) == ["collect-leads"]


def test_an_event_nobody_waits_for(begin):
    """What is not open is refused with the reason and with what is open; what does not exist, with the nearest name."""
    run = begin()
    with pytest.raises(sopflow.Refused) as refused:
        run.done("review-nx", by="event-planner")
    assert refused.value.code == "not-open"
    assert "collect-leads" in str(refused.value)
    with pytest.raises(sopflow.Refused) as refused:
        run.done("colect-leads", by="event-planner")
    assert refused.value.code == "unknown"
    assert "collect-leads" in str(refused.value)
    with pytest.raises(sopflow.Refused) as refused:
        run.message("crisis", {"level": "red"})
    assert refused.value.code == "unknown"


def test_done_twice(begin):
    """What was done is not done again, and the refusal says by whom it was done and when."""
    run = begin()
    run.done("collect-leads", by="li", at="2026-06-02T09:00")
    with pytest.raises(sopflow.Refused) as refused:
        run.done("collect-leads", by="li")
    assert refused.value.code == "not-open"
    assert "li" in refused.value.finding.text()
    assert "2026-06-02" in refused.value.finding.text()
    assert "li" in refused.value.finding.text("zh")


def test_a_late_plan(begin):
    """A plan that is late is reported exactly once, and the run goes on."""
    run = begin()
    play(run, *OPENING, *FREE)
    run.advance(to="2026-08-10T23:59")
    assert told(run, "Overdue") == []
    run.advance(to="2026-08-11T00:00")
    run.advance(to="2026-08-20T00:00")
    late = told(run, "Overdue")
    assert [(line["step"], line["due"], line["at"]) for line in late] == [
        ("write-event-plan", "2026-08-10", "2026-08-11T00:00:00+08:00")
    ]
    assert run.open[0].late
    play(run, "write-event-plan")
    run.judge("report-to-director", "approved", by="marketing-director")
    assert steps(run) == ["prepare-and-warm-up"]
    assert len(told(run, "Overdue")) == 1
    same_when_folded(run)


@pytest.mark.parametrize("at, late", [("2026-08-10T23:59", 0), ("2026-08-10T23:59:59", 0), ("2026-08-11T00:00", 1)])
def test_the_last_day(begin, at, late):
    """Done at 23:59 of the last day is in time; at 00:00 of the next it is late, and is taken all the same."""
    run = begin()
    play(run, *OPENING, *FREE)
    run.done("write-event-plan", by="event-planner", at=at)
    assert len(told(run, "Overdue")) == late
    assert steps(run) == ["report-to-director"]


@pytest.mark.parametrize(
    "at, late",
    [
        (datetime(2026, 8, 10, 15, 59, tzinfo=UTC), 0),
        (datetime(2026, 8, 10, 16, 0, tzinfo=UTC), 1),
        (datetime.fromisoformat("2026-08-10T20:00-08:00"), 1),
        (datetime.fromisoformat("2026-08-11T01:59+10:00"), 0),
    ],
)
def test_the_day_is_that_of_the_sop(begin, at, late):
    """The last day ends at midnight in Shanghai, wherever the planner sits."""
    run = begin()
    play(run, *OPENING, *FREE)
    run.done("write-event-plan", by="event-planner", at=at)
    assert len(told(run, "Overdue")) == late


@pytest.mark.parametrize("priority, opens", [("P0", 17), ("P1", 17), ("P2", 14), ("P3", 14)])
def test_the_review_opens_at_n_plus_x(begin, priority, opens):
    """The review of P0 and P1 opens five days after the last day, that of the others two; it is due the same day."""
    run = begin(priority=priority)
    to_report(run)
    run.judge("report-to-director", "approved", by="marketing-director")
    play(run, "prepare-and-warm-up", "execute-attendance")
    with pytest.raises(sopflow.Refused) as refused:
        run.done("review-nx", by="event-planner", at=f"2026-09-{opens - 1}T23:59")
    assert refused.value.code == "not-open"
    assert run.at == datetime.fromisoformat("2026-06-01T09:00+08:00"), "a refusal moves no clock"
    assert "2026-09-" in run.why_not("review-nx")
    run.advance(to=f"2026-09-{opens}T00:00")
    assert steps(run) == ["review-nx"]
    assert run.open[0].due == date(2026, 9, opens)
    run.advance(to=f"2026-09-{opens + 1}T00:00")
    assert [line["step"] for line in told(run, "Overdue")][-1:] == ["review-nx"]


def test_a_parameter_moves_the_review(program):
    """X is the adopter's to set."""
    run = sopflow.Run(program, data={"x_high": 9, "event": EVENT}, at="2026-06-01T09:00")
    to_report(run)
    run.judge("report-to-director", "approved")
    play(run, "prepare-and-warm-up", "execute-attendance")
    run.advance(to="2026-09-20T23:59")
    assert steps(run) == []
    run.advance(to="2026-09-21")
    assert steps(run) == ["review-nx"]


def test_the_dates_change_in_mid_run(begin):
    """A changed date plans anew what is open and what is to come, and never what is done."""
    run = begin()
    play(run, *OPENING, *FREE)
    run.set({"event.start": "2026-10-10", "event.end": "2026-10-12"}, by="event-planner")
    assert run.open[0].due == date(2026, 9, 10)
    assert [(line["step"], line["due"]) for line in told(run, "Replanned")] == [("write-event-plan", "2026-09-10")]
    run.done("write-event-plan", by="event-planner", at="2026-08-20T09:00")
    assert told(run, "Overdue") == []
    run.set({"event.start": "2026-08-25", "event.end": "2026-08-26"}, by="event-planner")
    replanned = told(run, "Replanned")[1:]
    assert [(line["step"], line["due"]) for line in replanned] == [("report-to-director", "2026-08-11")]
    assert [line["step"] for line in told(run, "Overdue")] == ["report-to-director"]
    run.judge("report-to-director", "approved")
    play(run, "prepare-and-warm-up", "execute-attendance")
    run.set({"event": {"end": "2026-09-01"}})
    assert run.waiting[0].until == datetime.fromisoformat("2026-09-06T00:00+08:00")
    same_when_folded(run)


def test_time_going_back(begin):
    """An input before the last one is refused, and the run stands where it stood."""
    run = begin()
    run.done("collect-leads", by="event-planner", at="2026-06-02T09:00")
    for act in (
        lambda: run.done("prioritise-leads", by="event-planner", at="2026-06-02T08:59"),
        lambda: run.advance(to="2026-06-01"),
        lambda: run.set({"event.name": "x"}, at="2020-01-01"),
    ):
        with pytest.raises(sopflow.Refused) as refused:
            act()
        assert refused.value.code == "clock"
    assert run.at == datetime.fromisoformat("2026-06-02T09:00+08:00")
    assert steps(run) == ["prioritise-leads"]


@pytest.mark.parametrize("at", ["soon", "", "2026-02-30", "25:00", 7, "2026-06-02T09:00+99:00"])
def test_what_is_no_time_is_refused(begin, at):
    """A time that cannot be read is refused in words."""
    run = begin()
    with pytest.raises(sopflow.Refused) as refused:
        run.done("collect-leads", at=at)
    assert refused.value.code == "clock"


def test_without_any_clock(begin):
    """A run that is given no times runs to its end: nothing is due, nothing is held."""
    run = begin(at=None)
    to_report(run)
    run.judge("report-to-director", "refused")
    play(run, "adjust", "write-event-plan")
    run.judge("report-to-director", "approved")
    play(run, "prepare-and-warm-up", "execute-attendance", "review-nx")
    assert run.outcome == "done"
    assert run.at is None
    assert told(run, "Overdue") == []
    same_when_folded(run)


def test_a_clock_that_comes_late(begin):
    """A run that learns the time in mid-run is late with what is open from then on, and with nothing before."""
    run = begin(at=None)
    play(run, *OPENING, *FREE)
    run.advance(to="2026-08-20T09:00")
    assert [line["step"] for line in told(run, "Overdue")] == ["write-event-plan"]
    play(run, "write-event-plan")
    assert run.at == datetime.fromisoformat("2026-08-20T09:00+08:00")
    same_when_folded(run)


def test_weekly_reminders(begin):
    """The weekly meeting reminds until the event has been evaluated, and not a day longer."""
    run = begin()
    play(run, "collect-leads", "prioritise-leads")
    opened = run.at
    run.advance(to="2026-06-30T09:00")
    assert len(run.state.timers) == 1
    play(run, "evaluate-weekly")
    assert not [name for _, name in run.state.timers if name.startswith("remind")]
    run.advance(by=timedelta(days=30))
    assert opened < run.at
    same_when_folded(run)


def test_a_year_of_reminders_in_one_go(begin):
    """Time that passes in one go leaves the same state as time that passes day by day."""
    at_once, daily = begin(), begin()
    for run in (at_once, daily):
        play(run, "collect-leads", "prioritise-leads")
    at_once.advance(to="2026-09-01T09:00")
    for day in range(92):
        daily.advance(to=datetime.fromisoformat("2026-06-02T09:00+08:00") + timedelta(days=day - 1))
    daily.advance(to="2026-09-01T09:00")
    assert at_once.state.timers == daily.state.timers
    assert at_once.at == daily.at


def test_cancelling_the_run(begin):
    """A cancelled run has nothing open, and takes nothing more."""
    run = begin()
    play(run, *OPENING)
    run.cancel(by="marketing-director", why="postponed")
    assert (run.finished, run.outcome) == (True, "cancelled")
    assert run.open == run.waiting == ()
    with pytest.raises(sopflow.Refused) as refused:
        run.done("collect-leads")
    assert refused.value.code in ("status", "not-open")


def test_history_says_what_happened(begin):
    """The history is told in lines with stable keys, numbered without gaps, from the start to the end."""
    run = begin()
    to_report(run)
    lines = run.history
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["event"] == "Started"
    assert {"seq", "at", "event"} <= set(lines[0])
    assert [line["step"] for line in lines if line["event"] == "Judged"] == ["will-attend", "is-free", "is-heavyweight"]
    opened = next(line for line in lines if line["event"] == "Opened" and line["step"] == "write-event-plan")
    assert opened["due"] == "2026-08-10"


def test_why_and_why_not(begin):
    """`why` tells how a step came to stand as it does, `why_not` what keeps it from being done."""
    run = begin()
    to_report(run)
    assert "event.free = yes" in run.why("is-free")
    assert "event-planner completed it" in run.why("collect-leads", lang="en")
    assert "report-to-director" in run.why_not("pay-contract")
    assert "open" in run.why_not("report-to-director", lang="en")
    assert "closed" in run.why_not("collect-leads", lang="en")
    with pytest.raises(sopflow.Refused):
        run.why("colect-leads")
