"""Forecasts: chance against closed forms, against runs of the engine, and against itself."""

import datetime as dt
import os
import subprocess
import sys
from math import sqrt
from random import Random

import pytest

import sopflow
from sopflow.errors import UsageError
from sopflow.planning import DISTRIBUTIONS, Forecast, Likely, forecast

START = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)  # a Monday
DAY = dt.timedelta(days=1)


def program(steps: str, extra: str = "") -> sopflow.Program:
    """A program of these steps, done by the roles a and b."""
    text = f"sopflow: 1\nid: some\ntitle: Some\nroles: {{a: A, b: B}}\n{extra}steps:\n{steps}"
    return sopflow.compile(sopflow.loads(text, format="yaml"))


def played(steps: str, extra: str = "", **options: object) -> Forecast:
    """The forecast of these steps."""
    options = {"runs": 4000, **options}
    return forecast(program(steps, extra), at=START, **options)  # type: ignore[arg-type]


def days(at: dt.datetime) -> float:
    """How many days after the start."""
    return (at - START) / DAY


def end(made: Forecast) -> Likely:
    """When it is over."""
    assert made.end is not None
    return made.end


TWO = """
  one: {task: One, by: a, duration: 0..10 days}
  two: {task: Two, by: a, duration: 0..10 days}
"""
BESIDE = """
  both:
    parallel: Both
    %s
    branches:
      one: {task: One, by: a, duration: 0..10 days}
      two: {task: Two, by: b, duration: 0..10 days}
"""


def test_a_sum_of_two_uniform_durations_is_triangular() -> None:
    """P50, P80 and P90 of the sum of two uniform variables over 0..10 are 10, 20 - sqrt(40) and 20 - sqrt(20)."""
    made = played(TWO)
    assert days(end(made).p50) == pytest.approx(10, abs=0.25)
    assert days(end(made).p80) == pytest.approx(20 - sqrt(40), abs=0.25)
    assert days(end(made).p90) == pytest.approx(20 - sqrt(20), abs=0.25)


def test_a_join_of_all_is_over_with_the_last_and_of_the_first_with_the_first() -> None:
    """Of two uniform variables over 0..10 the median of the greater is 10 sqrt(1/2), of the lesser 10 less that."""
    assert days(end(played(BESIDE % "join: all")).p50) == pytest.approx(10 * sqrt(0.5), abs=0.25)
    assert days(end(played(BESIDE % "join: first")).p50) == pytest.approx(10 * (1 - sqrt(0.5)), abs=0.25)


REWORK = """
  write: {task: Write, by: a, duration: 1 day}
  review: {approval: Review, by: b, refused: write, approved: done}
"""


def test_rework_is_geometric() -> None:
    """With odds p of a refusal a step is done n times with the odds p^(n-1) (1-p): half of all within one round."""
    made = played(REWORK, odds={"review.refused": 0.4, "review.approved": 0.6}, rounds=50)
    counts = {round(days(start)): count / made.runs for start, count in made.histogram}
    for number in (1, 2, 3, 4):
        assert counts.get(number, 0) == pytest.approx(0.6 * 0.4 ** (number - 1), abs=0.03)


def test_rounds_are_bounded() -> None:
    """A loop that is never left by its odds is left after the most rounds there may be."""
    made = played(REWORK, odds={"review.refused": 1.0}, rounds=3, runs=50)
    assert made.finished == 1
    assert days(end(made).p90) == pytest.approx(4)


def test_people_who_are_few_let_work_wait() -> None:
    """Five pieces of a day each, side by side, take five days for one person, three for two, and one for enough."""
    steps = "  all:\n    parallel: All\n    branches:\n" + "".join(
        f"      s{n}: {{task: S{n}, by: a, duration: 1 day}}\n" for n in range(5)
    )
    for people, took, waited in (({"a": 1}, 5, 10), ({"a": 2}, 3, 4), ({}, 1, 0)):
        made = played(steps, people=people, runs=10)
        assert days(end(made).p50) == pytest.approx(took)
        assert made.roles[0].waited == pytest.approx(waited)
        assert made.bottleneck == "a"


def test_the_bottleneck_is_the_role_whose_work_waits() -> None:
    """Of two roles with a person each, it is the one that has more to do than the other hands on."""
    steps = """
  items:
    for-each: [1, 2, 3, 4]
    as: item
    steps:
      quick: {task: Quick, by: a, duration: 1 day}
      slow: {task: Slow, by: b, duration: 3 days}
"""
    made = played(steps, people={"a": 1, "b": 1}, runs=10)
    assert made.bottleneck == "b"
    assert days(end(made).p50) == pytest.approx(13)  # a day, then four times three without a pause


def test_working_days_skip_days_off() -> None:
    """Three working days from Monday end on Thursday; five more end a week later, weekends skipped."""
    made = played(
        "  one: {task: One, by: a, duration: 3 working days}\n  two: {task: Two, by: a, duration: 5 working days}\n"
    )
    assert days(end(made).p90) == 10


def test_deadlines_are_met_as_often_as_the_work_is_short_enough() -> None:
    """Work of 0 to 10 days that is due after 7 days meets that in 7 of 10 runs."""
    made = played("  one: {task: One, by: a, duration: 0..10 days, due: 7 days after started}\n")
    (one,) = made.deadlines
    assert one.met == pytest.approx(0.7, abs=0.03)  # counted from an instant, it is due at that clock time


def test_the_critical_chain_is_the_branch_that_was_last() -> None:
    """Of two branches of 0..10 and 0..5 days the longer one is critical in 3 of 4 runs."""
    made = played((BESIDE % "join: all").replace("by: b, duration: 0..10", "by: b, duration: 0..5"))
    shares = {step.path.rpartition(".")[2]: step.critical for step in made.steps}
    assert shares["one"] == pytest.approx(0.75, abs=0.03)
    assert shares["one"] + shares["two"] == pytest.approx(1)


def test_what_is_known_decides() -> None:
    """A way out that the data say is taken in every run; one that is unknown has even odds, and says so."""
    steps = """
  which: {decision: Which, about: quick, by: a, yes: short, no: long}
  short: {task: Short, by: a, duration: 1 day, next: end}
  long: {task: Long, by: a, duration: 3 days}
"""
    extra = "data:\n  quick: {is: bool}\n"
    assert days(end(played(steps, extra, data={"quick": True}, runs=50)).p90) == 1
    made = played(steps, extra)
    assert made.assumed == {"which": "yes=0.5, no=0.5"}
    assert {step.path: step.done for step in made.steps}["long"] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_distributions_have_the_middle_and_the_spread_that_they_are_named_for(distribution: str) -> None:
    """All are symmetric; the 90th percentiles over 0..10 are 9, 10 - sqrt(5) and that of Beta(3, 3), 7.53."""
    made = played("  one: {task: One, by: a, duration: 0..10 days}\n", distribution=distribution)
    p90 = {"uniform": 9.0, "triangular": 10 - sqrt(5), "pert": 7.53}[distribution]
    assert days(end(made).p50) == pytest.approx(5, abs=0.25)
    assert days(end(made).p90) == pytest.approx(p90, abs=0.2)


def test_a_forecast_is_the_same_as_the_engine_plays_with_drawn_durations() -> None:
    """Runs of the engine whose work takes drawn times end when the forecast says, in the median and at 90 of 100."""
    steps = """
  plan: {task: Plan, by: a, duration: 1..5 days}
  both:
    parallel: Both
    branches:
      one:
        group: One
        steps:
          first: {task: First, by: a, duration: 2..4 days}
          second: {task: Second, by: b, duration: 0..6 days}
      two: {task: Two, by: b, duration: 3..9 days}
  close: {task: Close, by: a, duration: 1..2 days}
"""
    sop = program(steps)
    random = Random(7)
    lengths = {"plan": (1, 5), "first": (2, 4), "second": (0, 6), "two": (3, 9), "close": (1, 2)}
    ends = []
    for _ in range(300):
        run = sopflow.Run(sop, at=START)
        due: dict[str, dt.datetime] = {}
        while not run.finished:
            for item in run.open:
                drawn = dt.timedelta(days=random.uniform(*lengths[item.step.rpartition(".")[2]]))
                due.setdefault(item.step, (run.at or START) + drawn)
            step = min((item.step for item in run.open), key=due.__getitem__)
            run.done(step, by="li", at=due.pop(step))
        assert run.at is not None
        ends.append(days(run.at))
    ends.sort()
    made = end(forecast(sop, at=START, runs=4000))
    assert days(made.p50) == pytest.approx(ends[150], abs=0.5)
    assert days(made.p90) == pytest.approx(ends[270], abs=0.7)


def test_where_nothing_is_left_to_chance_it_is_the_plan() -> None:
    """Fixed durations, working days, an opening time, items, a step after one beside it: each step ends as planned."""
    steps = """
  think: {task: Think, by: a, duration: 2 working days}
  each:
    for-each: [1, 2, 3]
    as: item
    steps:
      make: {task: Make, by: a, duration: 36 hours}
      look: {task: Look, by: b, duration: 1 week}
  beside:
    parallel: Beside
    branches:
      left: {group: Left, steps: {l1: {task: L1, by: a, duration: 3 days}, l2: {task: L2, by: a, duration: 1 month}}}
      right: {group: Right, steps: {r1: {task: R1, by: b, after: [l1], duration: 9 working days}}}
  open: {task: Open, by: a, opens: 2026-06-03, duration: 2 days}
  pause: {wait: 3 days after opened}
  round:
    repeat: Twice
    at-most: 2
    exhausted: done
    steps: {again: {task: Again, by: b, duration: 5 days}}
"""
    text = f"sopflow: 1\nid: some\ntitle: Some\nroles: {{a: A, b: B}}\nsteps:{steps}"
    sop = sopflow.loads(text, format="yaml")
    made, planned = forecast(sop, at=START, runs=2), sopflow.plan(sop, at=START, rounds=2)
    over = {step.path: step.over for step in made.steps}
    for step in planned.steps:
        if not step.block and over.get(step.path) is not None:
            assert over[step.path].p90 == step.earliest.end, step.path  # type: ignore[union-attr]
    assert end(made).p50 == planned.end


def test_what_only_a_run_finds_out_is_not_decided_beforehand() -> None:
    """Guards over what steps have done, or over a default that a step may write anew, have odds; given data decide."""
    steps = """
  ask: {task: Ask, by: a, form: [big]}
  more: {task: More, by: a, if: big, duration: 1 day}
  last: {task: Last, by: a, if: steps.more.done, duration: 1 day}
"""
    extra = "data:\n  big: {is: bool, default: false}\n"
    done = {step.path: step.done for step in played(steps, extra).steps}
    assert done["more"] == pytest.approx(0.5, abs=0.03)
    assert done["last"] == pytest.approx(0.5, abs=0.03)
    assert {step.path: step.done for step in played(steps, extra, data={"big": True}, runs=20).steps}["more"] == 1


def test_each_item_has_rounds_of_its_own() -> None:
    """Loops of many items are no more bounded than that of one: twenty pieces of work, each done twice on average."""
    steps = """
  all:
    for-each: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
    as: item
    at-once: 1
    steps:
      write: {task: Write, by: a, duration: 1 day}
      review: {approval: Review, by: b, refused: write, approved: done}
"""
    made = played(steps, odds={"review.refused": 0.5}, rounds=10, runs=300)
    assert days(end(made).p50) == pytest.approx(40, abs=2)


def test_what_is_withdrawn_frees_its_people() -> None:
    """Where the first of two branches is enough, whoever works in the other is free for what comes next."""
    steps = """
  race:
    parallel: Race
    join: first
    branches:
      short: {task: Short, by: b, duration: 1 day}
      long: {task: Long, by: a, duration: 9 days}
  next: {task: Next, by: a, duration: 2 days}
"""
    assert days(end(played(steps, people={"a": 1, "b": 1}, runs=5)).p90) == 3


def test_rounds_of_a_repeat_begin_at_the_ticks_of_its_pace() -> None:
    """The first round too: opened on Monday at midnight, three rounds on Tuesdays end on the third Wednesday."""
    steps = """
  round:
    repeat: Weekly
    every: tuesday at 00:00
    at-most: 3
    exhausted: done
    steps: {again: {task: Again, by: a, duration: 1 day}}
"""
    assert days(end(played(steps, runs=5)).p50) == 16


def test_a_handler_takes_the_place_of_a_block_at_its_time() -> None:
    """What goes round and round until a day is over on that day, and then goes on where the handler leads."""
    steps = """
  warm-up:
    group: Warm up
    on:
      day: {at: 2026-01-20, instead: true, next: hold}
    steps:
      one: {task: One, by: a, duration: 2 days}
      good: {decision: Good, by: a, yes: one, no: one}
  hold: {task: Hold, by: a, duration: 1 day}
"""
    assert days(end(played(steps, runs=20)).p90) == 16


def test_equal_seeds_give_equal_forecasts_whatever_the_hash_seed() -> None:
    """Chance comes from the seed alone."""
    code = (
        "import datetime as dt, json, sopflow;"
        "print(json.dumps(sopflow.forecast('event-hosting', {'event': {'start': '2026-09-10', 'end': '2026-09-10'}},"
        "at=dt.datetime(2026, 6, 1), runs=60).as_json()))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert played(TWO, runs=100).as_json() == played(TWO, runs=100).as_json()
    assert played(TWO, runs=100).as_json() != played(TWO, runs=100, seed=2).as_json()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"odds": {"reviw.refused": 0.5}}, "SOP880"),
        ({"people": {"c": 1}}, "SOP881"),
        ({"odds": {"review.refused": 1.5}}, "SOP882"),
        ({"odds": {"review.refused": 0.7, "review.approved": 0.7}}, "SOP882"),
        ({"distribution": "normal"}, "SOP883"),
        ({"people": {"a": 0}}, "SOP884"),
        ({"runs": 0}, "SOP884"),
        ({"data": {"nothing": 1}}, "SOP709"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(options: dict[str, object], code: str) -> None:
    """Names that are not there and numbers out of range are findings with a code, not tracebacks."""
    with pytest.raises(UsageError) as caught:
        played(REWORK, **options)
    assert caught.value.finding.code == code


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["event-hosting", "event-attending", "marketing", "service-launch", "release-management"]
)
def test_bundled_definitions_come_to_an_end(name: str) -> None:
    """Nothing known, every run of a definition that comes with us is over some time."""
    made = forecast(name, at=START, runs=60)
    assert made.finished > 0.9
