"""Attempts of handlers, lists that grow, rounds and ticks at a pace."""

from datetime import timedelta

import pytest
from lowering import findings, program, step

from sopflow.program import Cases

RUN = "steps: {a: {task: A, run: mailer, %s}}"


@pytest.mark.parametrize(
    ("written", "wait", "factor"),
    [
        ("{times: 3}", timedelta(0), 1.0),
        ("{times: 3, wait: 5 minutes, factor: 2}", timedelta(minutes=5), 2.0),
        ("{times: 3, wait: 1 day}", timedelta(hours=24), 1.0),
    ],
)
def test_retries(written, wait, factor):
    """How often, after how long, growing by how much."""
    retry = step(RUN % f"retry: {written}", "a").retry
    assert (retry.times, retry.wait, retry.factor) == (3, wait, factor)


@pytest.mark.parametrize("wait", ["2 working days", "1 working hour", "1 month", "1 quarter", "1 year", "n hours"])
def test_between_attempts_a_fixed_time_passes(wait):
    """Spans that a calendar or the data make longer or shorter are refused."""
    assert findings("data: {n: int}\n" + RUN % f"retry: {{times: 3, wait: {wait}}}") == [
        ("SOP436", "steps.a.retry.wait")
    ]


def test_a_wait_that_is_no_span():
    """What cannot be read is told at its place."""
    assert [path for _, path in findings(RUN % "retry: {times: 3, wait: soon}")] == ["steps.a.retry.wait"]


def test_timeouts():
    """A span counts from the attempt; a time, and cases of either, will do too."""
    assert str(step(RUN % "timeout: 1 hour", "a").timeout) == "within 1 hour"
    assert str(step(RUN % "timeout: within 2 working hours", "a").timeout) == "within 2 working hours"
    cases = step("data: {n: int}\n" + RUN % "timeout: [{when: n > 3, then: n hours}, {else: 1 hour}]", "a")
    assert [str(case.then) for case in cases.timeout.cases] == ["within n hours", "within 1 hour"]
    assert cases.time_reads == ("n",)


def test_no_retry_and_no_timeout():
    """Nothing is tried again, and nothing is cut short, unless it is said."""
    plain = step("steps: {a: {task: A, run: mailer}}", "a")
    assert (plain.retry, plain.timeout) == (None, None)


LIST = "data: {l: [{name: string, at: date, rank: [low, high], number: int}], s: list of string, n: int, day: date}\n"
EACH = LIST + "steps: {e: {for-each: %s, as: one, %s, steps: {a: {task: A}}}}"


@pytest.mark.parametrize("key", ["one.name", "one.rank", "one.number"])
def test_keys_of_items(key):
    """A string, an enumeration or an int that is read off the item."""
    assert step(EACH % ("l", f"key: {key}"), "e").each.key.text == key


def test_a_plain_item_is_its_own_key():
    """The items of a list of strings, or of a literal list, name themselves."""
    assert step(EACH % ("s", "key: one"), "e").each.key.text == "one"
    assert step(EACH % ("[x, y]", "key: one"), "e").each.key.text == "one"


@pytest.mark.parametrize(
    ("key", "code"),
    [("one.at", "SOP215"), ("n", "SOP435"), ("one.number + n", "SOP435"), ("'a'", "SOP435"), ("one.nam", "SOP320")],
)
def test_what_is_no_key(key, code):
    """It must be of a type that names something, and change with nothing but the item."""
    assert findings(EACH % ("l", f'key: "{key}"')) == [(code, "steps.e.key")]


def test_a_key_reads_no_clock():
    """A name that changed by itself would be none."""
    assert findings(EACH % ("l", "key: one.number + now.getFullYear()"))[0][0] == "SOP321"


def test_lists_that_stay_open():
    """Until a time, a condition or a message; looked up as those of a wait."""
    until = step(EACH % ("l", "adds-until: 2 days after day"), "e")
    assert (until.each.until.exit, str(until.each.until.at), until.time_reads) == ("", "2 days after day", ("day",))
    assert step(EACH % ("l", "adds-until: {when: n > 3}"), "e").each.until.when.text == "n > 3"
    closing = step("messages: {closed: {of: string}}\n" + EACH % ("l", "adds-until: {message: closed}"), "e")
    assert closing.each.until.message == "closed"
    assert step(EACH % ("l", "key: one.name"), "e").each.until is None


def test_what_a_list_cannot_stay_open_for():
    """Names must exist, and a condition is not judged by the clock, which would wake nobody."""
    assert findings(EACH % ("l", "adds-until: 2 days after dayy")) == [("SOP203", "steps.e.adds-until")]
    assert findings(EACH % ("l", "adds-until: {message: closed}")) == [("SOP204", "steps.e.adds-until.message")]
    assert findings(EACH % ("l", "adds-until: {when: now.getHours() > n}")) == [("SOP321", "steps.e.adds-until.when")]


def test_rounds_at_a_pace():
    """Plain, or by cases."""
    text = "data: {x: bool}\nsteps: {r: {repeat: R, until: x, every: %s, steps: {a: {task: A}}}}"
    assert str(step(text % "week on monday", "r").rounds.every) == "monday"
    cases = step(text % "[{when: x, then: day}, {else: 2 weeks}]", "r")
    assert [str(case.then) for case in cases.rounds.every.cases] == ["day", "2 weeks"]
    assert cases.time_reads == ("x",)
    assert findings(text % "fortnight")[0][1] == "steps.r.every"
    assert findings(text % "working day in office") == [("SOP206", "steps.r.every")]


def test_ticks_at_a_pace_by_cases():
    """Each case of a handler's `every` is a pace, and the first that holds counts."""
    made = program(
        "data: {x: bool}\non: {t: {every: [{when: x, then: day}, {else: week}], task: T}}\nsteps: {a: {task: A}}"
    )
    every = made.handlers[0].every
    assert isinstance(every, Cases)
    assert [(case.when and case.when.text, str(case.then)) for case in every.cases] == [("x", "day"), (None, "week")]
