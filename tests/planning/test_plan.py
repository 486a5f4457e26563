"""Plans: dates worked out by hand, for each shape that an SOP may have."""

import datetime as dt
import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest

import sopflow
from sopflow.errors import UsageError
from sopflow.planning import Plan, plan

TWO = """
sopflow: 1
id: two
title: Two steps
roles: {writer: Writer}
anchors: {T: day}
data: {day: date}
steps:
  first: {task: First, by: writer, duration: 2 days}
  second: {task: Second, by: writer, duration: 3 days, due: T-10}
"""


def planned(text: str, data: dict[str, object] | None = None, at: str | None = "2026-05-01", **options: object) -> Plan:
    """The plan of a definition in YAML."""
    return plan(sopflow.loads(text), data or {}, at=at, **options)  # type: ignore[arg-type]


def row(made: Plan, path: str) -> dict[str, object]:
    """One line of the plan as JSON."""
    rows = {step["step"]: step for step in made.as_json()["steps"]}  # type: ignore[attr-defined,index,union-attr]
    return rows[path]


def codes(made: Plan) -> list[str]:
    """The codes of its findings."""
    return [finding.code for finding in made.findings]


def sop(steps: str, head: str = "") -> str:
    """A definition of these steps."""
    body = "\n".join(f"  {line}" for line in steps.strip("\n").splitlines())
    return (
        "sopflow: 1\nid: made\ntitle: Made\nroles: {a: A, b: B}\n"
        f"data: {{day: date, go: bool, names: [{{name: string}}]}}\nanchors: {{T: day}}\n{head}\nsteps:\n{body}\n"
    )


# -- one after the other ---------------------------------------------------------------------------------------------


def test_two_steps_forward_and_backward():
    """1 May + 2 + 3 days is 6 May; back from T-10 = 21 May the second must begin by 18 May, the first by 16 May."""
    made = planned(TWO, {"day": "2026-05-31"})
    first, second = row(made, "first"), row(made, "second")
    assert (first["earliest_start"], first["earliest"]) == ("2026-05-01", "2026-05-03")
    assert (second["earliest_start"], second["earliest"]) == ("2026-05-03", "2026-05-06")
    assert (second["due"], second["latest"], second["latest_start"]) == ("2026-05-21", "2026-05-21", "2026-05-18")
    assert (first["latest"], first["latest_start"]) == ("2026-05-18", "2026-05-16")
    assert first["slack"] == second["slack"] == "P15D"
    assert made.feasible
    assert not codes(made)


def test_without_a_deadline_the_end_holds_everything():
    """Classical critical path: with no deadline each step on the longest chain has no slack, others have theirs."""
    made = planned(
        sop("""
both:
  parallel: Both
  branches:
    long: {task: Long, by: a, duration: 5 days}
    short: {task: Short, by: b, duration: 2 days}
last: {task: Last, by: a, duration: 1 day}
""")
    )
    assert [step.path for step in made.critical] == ["both.long", "last"]
    assert row(made, "both.long")["slack_days"] == 0
    assert (row(made, "both.short")["slack_days"], row(made, "both.short")["latest"]) == (3, "2026-05-06")
    assert row(made, "last")["earliest"] == "2026-05-07"


def test_a_deadline_before_the_earliest_end_is_a_finding_with_its_chain():
    """Five days from 1 May end on 6 May; due on 4 May that is two days too late, and the mend says when to start."""
    made = planned(TWO, {"day": "2026-05-14"})
    (late,) = made.findings
    assert late.code == "SOP860"
    assert late.trace == ("first (2026-05-01 – 2026-05-03, 2 days)", "second (2026-05-03 – 2026-05-06, 3 days)")
    assert "2 days too late" in late.text("en")
    assert "Start by 2026-04-29" in late.mend("en")
    assert row(made, "second")["slack_days"] == -2
    assert not made.feasible
    assert {step.path for step in made.critical} == {"first", "second"}
    assert "2026-04-29" in late.mend("zh")
    assert "3 天" in late.text("zh")


def test_a_deadline_that_is_over_before_the_plan_starts():
    """What was due before the start is told as such."""
    assert codes(planned(TWO, {"day": "2026-05-01"})) == ["SOP864"]


def test_without_a_time_it_starts_as_late_as_it_may():
    """The library reads no clock: without `at` the plan begins so that the least slack is none."""
    made = planned(TWO, {"day": "2026-05-31"}, at=None)
    assert made.start.isoformat() == "2026-05-16T00:00:00+00:00"
    assert row(made, "second")["slack_days"] == 0
    from_start = planned(TWO.replace("duration: 2 days", "due: 2 days after started"), {"day": "2026-05-31"}, at=None)
    assert from_start.start.date() == dt.date(2026, 5, 18)
    opened = planned(TWO.replace("due: T-10", "opens: T-10"), {"day": "2026-05-31"}, at=None)
    assert opened.start.date() == dt.date(2026, 5, 21)
    with pytest.raises(UsageError) as caught:
        planned(TWO, at=None)
    assert caught.value.finding.code == "SOP873"


# -- calendars -------------------------------------------------------------------------------------------------------

OFFICE = "calendars: {office: {days: [mon, tue, wed, thu, fri], holidays: [2026-05-05]}}\ncalendar: office\n"


def test_working_days_skip_days_off():
    """3 working days from Friday, 1 May, with Tuesday the 5th off: Monday, Wednesday, Thursday."""
    made = planned(sop("work: {task: Work, by: a, duration: 3 working days}", OFFICE))
    assert row(made, "work")["earliest"] == "2026-05-07"


def test_working_days_backward():
    """Two working days before Wednesday, 6 May, with Tuesday off, is Friday: what is before must end then."""
    made = planned(
        sop("one: {task: One, by: a}\ntwo: {task: Two, by: a, duration: 2 working days, due: 2026-05-06}", OFFICE)
    )
    assert row(made, "one")["latest"] == "2026-05-01"


def test_a_deadline_on_a_day_off_is_told():
    """Where the SOP has a calendar, a deadline on its holiday is a hint, not a fault."""
    made = planned(sop("one: {task: One, by: a, due: 2026-05-05}", OFFICE))
    (hint,) = made.findings
    assert (hint.code, hint.severity.value, hint.fields["before"]) == ("SOP867", "info", dt.date(2026, 5, 4))


def test_make_up_saturdays():
    """Three working days from 30 September 2026 in China: after the holiday the 8th, the 9th, and Saturday the 10th."""
    pytest.importorskip("holidays")
    china = "calendars: {china: {country: CN}}\ncalendar: china\n"
    text = sop("work: {task: Work, by: a, duration: 3 working days, due: T}", china)
    made = planned(text, {"day": "2026-10-10"}, at="2026-09-30")
    assert (row(made, "work")["earliest"], row(made, "work")["slack"], codes(made)) == ("2026-10-10", "P0D", [])
    assert row(made, "work")["latest_start"] == "2026-09-30"
    made = planned(text, {"day": "2090-10-12"}, at="2090-09-29")
    assert codes(made) == ["SOP390"]  # whose holidays are not published yet


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-01-31", "1 month", "2026-02-28"),
        ("2028-01-31", "1 month", "2028-02-29"),
        ("2026-12-31", "1 day", "2027-01-01"),
        ("2028-02-28", "1..2 days", "2028-03-01"),
        ("2026-03-28", "2 days", "2026-03-30"),
        ("2026-03-28T12:00", "48 hours", "2026-03-30T13:00+02:00"),  # clocks go forward on the 29th
        ("2026-01-01", "1 quarter", "2026-04-01"),
        ("2026-01-01", "36 hours", "2026-01-02T12:00+01:00"),
    ],
)
def test_odd_days(start: str, duration: str, end: str):
    """Month ends, leap days, year ends, clock changes."""
    made = planned(sop(f"one: {{task: One, by: a, duration: {duration}}}", "time-zone: Europe/Berlin"), at=start)
    assert row(made, "one")["earliest"] == end


# -- windows and relative times --------------------------------------------------------------------------------------


def test_what_opens_later_waits():
    """`opens` holds a step back, and gives those before it the room."""
    made = planned(
        sop("one: {task: One, by: a, duration: 1 day}\ntwo: {task: Two, by: a, opens: T, due: T+2}"),
        {"day": "2026-05-20"},
    )
    assert row(made, "two")["earliest"] == "2026-05-20"
    assert (row(made, "one")["latest"], row(made, "one")["slack_days"]) == ("2026-05-22", 20)
    assert [step.path for step in made.critical] == ["two"]


def test_a_deadline_that_counts_from_opening_moves_with_it():
    """`within 3 days` binds the step itself, and none before it."""
    made = planned(
        sop("one: {task: One, by: a, duration: 1 day}\ntwo: {task: Two, by: a, duration: 1 day, due: within 3 days}")
    )
    assert row(made, "two")["due"] == "2026-05-05T00:00+00:00"
    assert row(made, "two")["slack_days"] is not None
    made = planned(sop("two: {task: Two, by: a, duration: 4 days, due: within 3 days}"))
    assert codes(made) == ["SOP860"]


def test_a_wait_lasts_till_its_time():
    """A `wait` ends at its time, or at once where that is past."""
    made = planned(sop("hold: {wait: T}\ntwo: {task: Two, by: a, duration: 1 day}"), {"day": "2026-05-10"})
    assert row(made, "two")["earliest"] == "2026-05-11"
    first = "hold: {wait: {first: {one: {at: T, next: two}, other: {at: T+5, next: two}}}}"
    made = planned(sop(first + "\ntwo: {task: Two, by: a}"), {"day": "2026-05-10"})
    assert row(made, "two")["earliest"] == "2026-05-10"


def test_a_time_after_another_step():
    """`2 days after completion of one` is known once that step is planned."""
    made = planned(
        sop("one: {task: One, by: a, duration: 4 days}\ntwo: {task: Two, by: a, opens: 2 days after completion of one}")
    )
    assert row(made, "two")["earliest"] == "2026-05-07"


# -- ways ------------------------------------------------------------------------------------------------------------

CHOICE = """
which: {decision: Which, about: go, by: a, yes: quick, no: slow}
quick: {task: Quick, by: a, duration: 1 day, next: last}
slow: {task: Slow, by: a, duration: 6 days}
last: {task: Last, by: a, duration: 1 day}
"""


def test_an_open_decision_plans_both_ways():
    """Unknown: both are possible, the slow one says when the last step can be, the quick one when at the soonest."""
    made = planned(sop(CHOICE))
    assert [(step.path, step.sure) for step in made] == [
        ("which", True), ("quick", False), ("slow", False), ("last", True)
    ]  # fmt: skip
    assert (row(made, "last")["earliest"], row(made, "last")["soonest"]) == ("2026-05-08", "2026-05-03")
    assert made.missing == ("go",)


@pytest.mark.parametrize(("go", "end"), [(True, "2026-05-03"), (False, "2026-05-08")])
def test_a_known_decision_plans_one_way(*, go: bool, end: str):
    """Known data decide: only that way is planned."""
    made = planned(sop(CHOICE), {"go": go})
    assert row(made, "last")["earliest"] == end
    assert len(made.steps) == 3
    assert all(step.sure for step in made)


LOOP = """
write: {task: Write, by: a, duration: 2 days}
review: {approval: Review, by: b, duration: 1 day, approved: print, refused: adjust}
adjust: {task: Adjust, by: a, duration: 1 day, next: write}
print: {task: Print, by: a, duration: 1 day}
"""


@pytest.mark.parametrize(
    ("rounds", "end", "writes"),
    [(1, "2026-05-05", 1), (2, "2026-05-09", 2), (4, "2026-05-17", 4), ({"write": 3}, "2026-05-13", 3)],
)
def test_loops_go_round_as_often_as_assumed(rounds: int | dict[str, int], end: str, writes: int):
    """Each further round takes write, review and adjust: four days more."""
    made = planned(sop(LOOP), rounds=rounds)
    assert row(made, "print")["earliest"] == end
    assert made["write"].rounds == writes
    assert made["write"].sure
    assert made["print"].sure


def test_repeats_are_bounded_by_what_is_written():
    """A `repeat` goes round as often as assumed, at most as often as it may; its rounds begin at its ticks."""
    text = sop("""
again:
  repeat: Again
  until: go
  at-most: 3
  exhausted: end stop
  every: week
  steps: {do: {task: Do, by: a, duration: 1 day}}
""")
    assert row(planned(text), "again")["earliest"] == "2026-05-02"
    assert row(planned(text, rounds=2), "again")["earliest"] == "2026-05-09"
    assert row(planned(text, rounds=9), "again")["earliest"] == "2026-05-16"


def test_rounds_must_be_numbers_of_steps_that_exist():
    """A slip in `rounds` is a finding."""
    for rounds, code in (({"writ": 2}, "SOP872"), (0, "SOP871"), (10_000, "SOP871")):
        with pytest.raises(UsageError) as caught:
            planned(sop(LOOP), rounds=rounds)
        assert caught.value.finding.code == code


@pytest.mark.parametrize(("join", "end"), [("all", "2026-05-08"), ("first", "2026-05-04"), ("2 of 3", "2026-05-06")])
def test_joins(join: str, end: str):
    """`all` waits for the slowest of 3, 5 and 7 days, `first` for the quickest, `2 of 3` for the second."""
    branches = ", ".join(f"b{days}: {{task: B, by: a, duration: {days} days}}" for days in (3, 5, 7))
    text = sop(
        f"fork: {{parallel: Fork, join: {join}, branches: {{{branches}}}}}\n"
        "last: {task: Last, by: a, due: 2026-05-06}"
    )
    made = planned(text)
    assert row(made, "last")["earliest"] == end
    assert ("SOP860" in codes(made)) == (join == "all")


def test_a_branch_waits_for_a_sibling():
    """`after` in a branch waits for the step of the other one."""
    made = planned(
        sop("""
fork:
  parallel: Fork
  branches:
    one: {task: One, by: a, duration: 3 days}
    two: {task: Two, by: b, duration: 1 day, after: [one]}
""")
    )
    assert row(made, "fork.two")["earliest"] == "2026-05-05"


@pytest.mark.parametrize(
    ("at_once", "end"), [("", "2026-05-03"), ("at-once: 1, ", "2026-05-09"), ("at-once: 3, ", "2026-05-05")]
)
def test_for_each(at_once: str, end: str):
    """Four items of two days: side by side, one after the other, three at once."""
    text = sop(f"all: {{for-each: names, {at_once}as: one, steps: {{do: {{task: Do, by: a, duration: 2 days}}}}}}")
    names = [{"name": name} for name in "abcd"]
    made = planned(text, {"names": names})
    assert row(made, "all")["earliest"] == end
    assert made["all"].items == 4
    assert not planned(text)["all.do"].sure


def test_items_with_times_of_their_own():
    """Of items that have dates, the most urgent one is planned."""
    text = sop(
        "all: {for-each: names, as: one, steps: {do: {task: Do, by: a, opens: 2 days before one.by, due: one.by}}}"
    )
    text = text.replace("{name: string}", "{name: string, by: date}")
    made = planned(text, {"names": [{"name": "x", "by": "2026-05-20"}, {"name": "y", "by": "2026-05-10"}]})
    assert (row(made, "all.do")["opens"], row(made, "all.do")["due"]) == ("2026-05-08", "2026-05-10")
    assert not codes(made)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("at", [None, "0001-01-01", "9999-12-31", "2026-05-01"])
@pytest.mark.parametrize("duration", ["3 days", "100000 years", "100000 working days"])
def test_the_ends_of_the_calendar(day: str, at: str | None, duration: str):
    """Dates that lead out of the years 1 to 9999 stop there, with a finding rather than a fault."""
    made = planned(TWO.replace("3 days", duration).replace("T-10", "T"), {"day": day}, at=at)
    assert made.feasible == (not codes(made))
    made = planned(TWO.replace("3 days", duration).replace("T-10", "within 3 hours"), {"day": day}, at=at or day)
    assert made.steps[-1].latest is not None


def test_an_unknown_guard_makes_a_step_possible():
    """`if`: unknown is possible, false is left out."""
    text = sop("one: {task: One, by: a, if: go, duration: 1 day}\ntwo: {task: Two, by: a}")
    assert [step.sure for step in planned(text)] == [False, True]
    assert [step.path for step in planned(text, {"go": False})] == ["two"]
    assert row(planned(text), "two")["soonest"] == "2026-05-01"


def test_a_call_is_planned_inside(tmp_path):
    """The steps of a called SOP stand below the call, its data given by `with`."""
    child = sop("inner: {task: Inner, by: a, duration: 2 days, due: T}").replace("id: made", "id: child")
    (tmp_path / "child.sop.yaml").write_text(child)
    (tmp_path / "made.sop.yaml").write_text(sop("out: {call: child, with: {day: = day}}\nlast: {task: Last, by: a}"))
    made = plan(tmp_path / "made.sop.yaml", {"day": "2026-05-20"}, at="2026-05-01")
    assert [(step.path, step.depth) for step in made] == [("out", 0), ("out/inner", 1), ("last", 0)]
    assert (row(made, "out/inner")["due"], row(made, "last")["earliest"]) == ("2026-05-20", "2026-05-03")


def test_an_event_that_ends_a_group():
    """`instead` at a time leads on from then: the next step is not before it."""
    made = planned(
        sop("""
warm-up:
  group: Warm up
  on:
    day: {at: T, instead: true, next: run}
  steps:
    call: {task: Call, by: a, duration: 1 day}
run: {task: Run, by: a}
"""),
        {"day": "2026-05-20"},
    )
    assert row(made, "run")["earliest"] == "2026-05-20"


# -- phases and what is not known ------------------------------------------------------------------------------------

PHASES = "phases: {one: {title: One, from: T-30, to: T-7}, two: {title: Two, from: T-0, to: T+14}}\n"


def test_gaps_between_phases():
    """T-6 to T-1 belong to no phase: 14 to 19 May where T is 20 May."""
    (gap,) = planned(sop("one: {task: One, by: a}", PHASES), {"day": "2026-05-20"}).findings
    assert (gap.code, str(gap.fields["from_"]), str(gap.fields["to"])) == ("SOP862", "2026-05-14", "2026-05-19")
    assert "6 days" in gap.text("en")
    assert gap.place is None or gap.place.line


def test_an_accepted_gap_is_listed_as_accepted():
    """`accept` in the SOP is honoured."""
    (gap,) = planned(
        sop("one: {task: One, by: a}", PHASES + "accept: {SOP862: meant}\n"), {"day": "2026-05-20"}
    ).findings
    assert (gap.accepted, gap.severity.value) == ("meant", "info")


def test_overlaps_of_phases():
    """Days that belong to two phases are told."""
    phases = PHASES.replace("T-7", "T+1")
    assert codes(planned(sop("one: {task: One, by: a}", phases), {"day": "2026-05-20"})) == ["SOP863"]


def test_a_step_outside_its_phase():
    """A step of the first phase that is due in the second."""
    made = planned(sop("one: {task: One, by: a, phase: one, due: T+1}", PHASES), {"day": "2026-05-20"})
    assert codes(made) == ["SOP862", "SOP861"]


def test_unknown_anchors_are_listed_once():
    """Which data are missing, and how many dates hang on them."""
    made = planned(TWO.replace("duration: 2 days", "opens: T-20"))
    (finding,) = made.findings
    assert (finding.code, finding.fields["names"], finding.fields["count"]) == ("SOP866", "day", 2)
    assert made.missing == ("day",)


def test_reminders():
    """A reminder before due is listed, one after it is a finding unless it says so."""
    made = planned(sop("one: {task: One, by: a, due: 2026-05-10, remind: [2 days before due, 1 day after due]}"))
    assert row(made, "one")["reminders"] == ["2026-05-08", "2026-05-11"]
    assert not codes(made)
    assert codes(planned(sop("one: {task: One, by: a, due: 2026-05-10, remind: [2026-05-12]}"))) == ["SOP870"]


# -- size, order, hostile input --------------------------------------------------------------------------------------


def test_a_thousand_steps():
    """A thousand steps and loops in loops need no recursion."""
    text = sop("\n".join(f"s{n}: {{task: S, by: a, duration: 1 day}}" for n in range(1000)))
    made = planned(text)
    assert row(made, "s999")["earliest"] == "2029-01-25"
    assert len(made.critical) == 1000


def test_deep_groups():
    """Groups in groups, as deep as the language allows, are planned."""
    inner = "{task: S, by: a, duration: 1 day}"
    for _ in range(20):
        inner = f"{{group: G, steps: {{s: {inner}}}}}"
    made = planned(sop(f"s: {inner}"))
    assert made.end.date() == dt.date(2026, 5, 2)
    assert made.steps[-1].depth == 20


def test_loops_in_loops_are_bounded():
    """Rounds that multiply stop with a finding, not with the memory."""
    inner = "{task: S, by: a}"
    for n in range(6):
        inner = f"{{repeat: R{n}, until: go, steps: {{s: {inner}}}}}"
    with pytest.raises(UsageError) as caught:
        planned(sop(f"s: {inner}"), rounds=20)
    assert caught.value.finding.code == "SOP868"


@pytest.mark.parametrize("at", ["tomorrow", "2026-13-01", ""])
def test_a_start_that_is_no_time(at: str):
    """A slip in `at` is a finding."""
    with pytest.raises(UsageError) as caught:
        planned(TWO, at=at)
    assert caught.value.finding.code == "SOP735"


def test_the_order_of_hashes_does_not_matter():
    """Two interpreters with other hash seeds give the same plan."""
    code = (
        "import json, sopflow; "
        "made = sopflow.plan('service-launch', {'launch': {'day': '2027-06-21'}}, at='2027-01-04'); "
        "print(json.dumps(made.as_json()))"
    )
    plans = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(plans) == 1
    assert json.loads(plans.pop())["steps"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("event-attending", {"event": {"start": "2026-09-10", "end": "2026-09-12"}}),
        ("event-hosting", {"event": {"start": "2026-09-10", "end": "2026-09-12"}}),
        ("service-launch", {"launch": {"day": "2027-06-21"}}),
        ("content-publishing", {}),
        ("digital-marketing", {}),
        ("employee-onboarding", {}),
        ("release-management", {}),
        ("incident-response", {}),
        ("marketing", {}),
    ],
)
def test_bundled_definitions_are_planned(name: str, data: dict[str, object]):
    """Each bundled SOP with dates has a plan in which nothing begins before what it waits for."""
    made = plan(name, data, at="2026-05-01")
    assert not [finding for finding in made.findings if finding.severity.value == "error"]
    for step in made:
        assert made.start <= step.earliest.start <= step.earliest.end
        assert step.soonest.end <= step.earliest.end


def test_the_gap_of_a_launch_is_accepted():
    """service-launch: T-6 to T-1 belong to no stage, as its source has it."""
    (gap,) = plan("service-launch", {"launch": {"day": "2027-06-21"}}, at="2027-01-04").findings
    assert (gap.code, bool(gap.accepted), str(gap.fields["from_"])) == ("SOP862", True, "2027-06-15")


def test_times_of_an_event():
    """event-attending: one month, two weeks before, and N+X with X = 5 for P1."""
    data = {"event": {"start": "2026-05-31", "end": "2026-06-02", "priority": "P1", "free": True, "attend": True}}
    made = plan("event-attending", data, at="2026-03-02")
    assert row(made, "write-event-plan")["due"] == "2026-04-30"
    assert row(made, "review-nx")["due"] == row(made, "review-nx")["opens"] == "2026-06-07"
    ends = [step.earliest.end for step in made.critical]
    assert all(a <= b for a, b in pairwise(ends))
