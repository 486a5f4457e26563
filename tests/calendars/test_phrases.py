"""Time phrases: what is written is read, what is read is written back, and every slip is told with its mend."""

import datetime as dt
import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.calendars import (
    AnchorOffset,
    At,
    Duration,
    Nothing,
    Offset,
    On,
    Pace,
    Ref,
    RefKind,
    Reminder,
    Span,
    Unit,
    Within,
    describe,
    parse_duration,
    parse_pace,
    parse_reminder,
    parse_span,
    parse_time,
)

START = Ref(RefKind.NAME, "event.start")
WORDS = set(
    "before after in of on at within every none working started opened due a an the one two three four five six seven "
    "eight nine ten eleven twelve next few some several couple half each".split()
)
WORDS |= {str(unit) + s for unit in Unit for s in ("", "s")}

# --- every phrase there is, as values ---------------------------------------------------------------------------

part = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
names = st.lists(part, min_size=1, max_size=3).map(".".join).filter(lambda name: name.lower() not in WORDS)
plain = part.filter(lambda name: name.lower() not in WORDS)
steps = st.from_regex(r"[a-z][a-z0-9-]{0,6}(\[[a-z]{1,3}\])?(\.[a-z][a-z0-9-]{0,6})?", fullmatch=True)
calendars = st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True).filter(lambda name: name not in WORDS)
clocks = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59))
refs = st.one_of(
    names.map(lambda name: Ref(RefKind.NAME, name)),
    st.dates().map(lambda date: Ref(RefKind.DATE, date.isoformat())),
    st.sampled_from([RefKind.STARTED, RefKind.OPENED, RefKind.DUE]).map(Ref),
    st.builds(Ref, st.sampled_from([RefKind.OPENING, RefKind.COMPLETION]), steps),
)
counts = st.integers(0, 100_000) | names.map(lambda name: Ref(RefKind.NAME, name))
works = st.sampled_from([Unit.WORKING_DAY, Unit.WORKING_HOUR])
spans = st.builds(Span, counts, st.sampled_from(Unit)) | st.builds(Span, counts, works, calendars)
days = st.one_of(
    refs.map(At),
    st.builds(Offset, spans, st.sampled_from(["before", "after"]), refs),
    st.builds(
        AnchorOffset,
        plain.map(lambda name: Ref(RefKind.NAME, name)),
        st.sampled_from(["+", "-"]),
        st.integers(0, 100_000) | plain.map(lambda name: Ref(RefKind.NAME, name)),
    ),
)
times = st.one_of(days, st.builds(On, clocks, days), st.builds(Within, spans, st.none() | refs), st.just(Nothing()))
weekdays = st.sets(st.integers(0, 6), max_size=3).map(lambda days: tuple(sorted(days)))
some_clock = st.none() | clocks
numbers = st.integers(1, 100_000)
paces = st.one_of(
    st.builds(Pace, numbers, st.sampled_from([Unit.MINUTE, Unit.HOUR])),
    st.builds(Pace, numbers, st.just(Unit.DAY), clock=some_clock),
    st.builds(Pace, numbers, st.sampled_from([Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR]), weekdays, some_clock),
    st.builds(Pace, numbers, st.just(Unit.WORKING_DAY), clock=some_clock, calendar=st.none() | calendars),
    st.builds(Pace, numbers, st.just(Unit.WORKING_HOUR), calendar=st.none() | calendars),
    st.sampled_from(["FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYMONTHDAY=-1"]).map(lambda rule: Pace(rule=rule)),
)
durations = st.builds(
    lambda low, more, unit: Duration(low, low + more, unit),
    st.integers(0, 999),
    st.integers(0, 9),
    st.sampled_from(Unit),
)
READERS = [
    (parse_time, times),
    (parse_reminder, times | st.builds(Reminder, paces, refs)),
    (parse_pace, paces),
    (parse_span, spans),
    (parse_duration, durations),
]
everything = st.one_of(*(st.tuples(st.just(read), values) for read, values in READERS))


@given(everything)
def test_writing_and_reading_are_inverse(case):
    """``parse(str(value)) == value``, for every value of every kind."""
    read, value = case
    assert read(str(value)) == (value, ())


@given(everything)
def test_values_are_hashable_and_picklable(case):
    """A value survives a pickle, and equal values have equal hashes."""
    _, value = case
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert hash(again) == hash(value)


@given(everything, st.sampled_from(["en", "zh", "zh-Hans", "fr"]))
def test_everything_can_be_said_in_words(case, lang):
    """``describe`` has words for every value in both languages."""
    _, value = case
    said = describe(value, lang)
    assert said == said.strip() != ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 month before event.start", Offset(Span(1, Unit.MONTH), "before", START)),
        ("1 months  before event.start ", Offset(Span(1, Unit.MONTH), "before", START)),
        ("X days after event.start", Offset(Span(Ref(RefKind.NAME, "X"), Unit.DAY), "after", START)),
        ("N+X", AnchorOffset(Ref(RefKind.NAME, "N"), "+", Ref(RefKind.NAME, "X"))),
        ("N + 3", AnchorOffset(Ref(RefKind.NAME, "N"), "+", 3)),
        ("T -30", AnchorOffset(Ref(RefKind.NAME, "T"), "-", 30)),
        ("18:00 on content.publish_on", On(dt.time(18), At(Ref(RefKind.NAME, "content.publish_on")))),
        ("09:30 on 2 days before due", On(dt.time(9, 30), Offset(Span(2, Unit.DAY), "before", Ref(RefKind.DUE)))),
        ("within 48 hours", Within(Span(48, Unit.HOUR))),
        ("within 3 working days in a-b of due", Within(Span(3, Unit.WORKING_DAY, "a-b"), Ref(RefKind.DUE))),
        ("completion of paid.pay-contract", At(Ref(RefKind.COMPLETION, "paid.pay-contract"))),
        ("1 day after opening of partners[acme].sign",
         Offset(Span(1, Unit.DAY), "after", Ref(RefKind.OPENING, "partners[acme].sign"))),
        ("opening", At(Ref(RefKind.NAME, "opening"))),
        ("days", At(Ref(RefKind.NAME, "days"))),
        ("2026-03-31", At(Ref(RefKind.DATE, "2026-03-31"))),
        ("none", Nothing()),
    ],
)  # fmt: skip
def test_a_time_is_read(text, value):
    """The phrases of the grammar are read as what they say; spaces are free."""
    assert parse_time(text) == (value, ())


def test_parts_know_where_they_stand():
    """References and spans carry the offsets of their words, also where an anchor and its offset are apart."""
    text = "18:00 on 3 working days in office before completion of write-plan"
    phrase, _ = parse_time(text)
    span, ref = phrase.day.span, phrase.day.ref
    assert text[span.start : span.end] == "3 working days in office"
    assert text[ref.start : ref.end] == "completion of write-plan"
    text = "X days after  event.end"
    phrase, _ = parse_time(text)
    assert [text[ref.start : ref.end] for ref in phrase.reads] == ["X", "event.end"]
    text = "N  +  lead_days"
    phrase, _ = parse_time(text)
    assert [text[ref.start : ref.end] for ref in phrase.reads] == ["N", "lead_days"]


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("N+X", ["N", "X"]),
        ("18:00 on X working days before due", ["X", "due"]),
        ("within 2 hours", ["opened"]),
        ("within lead hours of completion of plan", ["lead", "completion of plan"]),
        ("2 days after 2026-01-01", []),
        ("none", []),
    ],
)
def test_a_phrase_tells_what_it_reads(text, reads):
    """``reads`` names all that may change; a date cannot."""
    phrase, _ = parse_time(text)
    assert [str(ref) for ref in phrase.reads] == reads


@pytest.mark.parametrize(
    ("text", "code", "place", "mend"),
    [
        ("", "SOP351", "", "1 month before event.start"),
        ("  ", "SOP351", "  ", "1 month before event.start"),
        ("2 weks before event.start", "SOP352", "weks", "2 weeks before event.start"),
        ("2 Weeks before event.start", "SOP352", "Weeks", "2 weeks before event.start"),
        ("3 business days before N", "SOP352", "business", "3 working days before N"),
        ("3 workdays before N", "SOP352", "workdays", "3 working days before N"),
        ("3 working dys before N", "SOP352", "working", "3 working days before N"),
        ("2 weeks event.start", "SOP353", "2 weeks event.start", "2 weeks before event.start"),
        ("1 month ahead of event.start", "SOP354", "ahead of", "1 month before event.start"),
        ("1 month prior to event.start", "SOP354", "prior to", "1 month before event.start"),
        ("1 month later than event.start", "SOP354", "later than", "1 month after event.start"),
        ("1 month befor event.start", "SOP354", "befor", "1 month before event.start"),
        ("within 3 days after due", "SOP354", "after", "within 3 days of due"),
        ("25:00 on N", "SOP355", "25:00", "23:00 on N"),
        ("9:00 on N", "SOP355", "9:00", "09:00 on N"),
        ("6pm on N", "SOP355", "6pm", "18:00 on N"),
        ("noon on N", "SOP355", "noon", "12:00 on N"),
        ("event.start-date", "SOP356", "event.start-date", "event.start_date"),
        ("2 days before event-start", "SOP356", "event-start", "2 days before event_start"),
        ("３ days before N", "SOP357", "３", "3 days before N"),
        ("18：00 on N", "SOP357", "：", "18:00 on N"),
        ("T−30", "SOP357", "−", "T-30"),
        ("活动开始前 1 个月", "SOP358", "活动开始前", "1 month before event.start"),
        ("weeks before N", "SOP359", "weeks", "1 week before N"),
        ("two weeks before N", "SOP359", "two", "2 weeks before N"),
        ("a day before N", "SOP359", "a", "1 day before N"),
        ("within", "SOP359", "within", "within 48 hours"),
        ("1000000 days before N", "SOP360", "1000000", "1 days before N"),
        ("1.5 days before N", "SOP361", "1.5", "36 hours before N"),
        ("2026-02-30", "SOP362", "2026-02-30", "2026-02-28"),
        ("31.12.2026", "SOP362", "31.12.2026", "2026-12-31"),
        ("1 month before event.start please", "SOP363", "please", "1 month before event.start"),
        ("2 weeks before", "SOP364", "2 weeks before", "2 weeks before event.start"),
        ("2 weeks", "SOP364", "2 weeks", "2 weeks before event.start"),
        ("2 weeks before !", "SOP365", "!", "2 weeks before event.start"),
        ("event.start-30", "SOP366", "event.start-30", "30 days before event.start"),
        ("due+1", "SOP366", "due+1", "1 day after due"),
        ("3 days in office before N", "SOP367", "office", "3 working days in office before N"),
        ("18:00", "SOP368", "18:00", "18:00 on event.start"),
        ("18:00 N", "SOP368", "18:00 N", "18:00 on N"),
        ("3 working days in before N", "SOP369", "in", "3 working days in office before N"),
        ("completion of", "SOP370", "", "completion of write-event-plan"),
        ("N" * 500, "SOP371", "N" * 300, "1 month before event.start"),
        ("2weeks before N", "SOP393", "2weeks", "2 weeks before N"),
        ("30", "SOP393", "30", "30 days before event.start"),
    ],
)
def test_a_slip_is_told_with_its_place_and_mend(text, code, place, mend):
    """Each slip has its own code, points at the wrong words and shows the whole phrase as it should be."""
    value, (problem,) = parse_time(text)
    assert value is None
    assert (problem.code, text[problem.start : problem.end], problem.fields["instead"]) == (code, place, mend)
    assert parse_time(mend)[1] == ()


@pytest.mark.parametrize(
    ("read", "text", "code", "mend"),
    [
        (parse_pace, "", "SOP372", "2 weeks on monday"),
        (parse_pace, "daily", "SOP352", "day"),
        (parse_pace, "mondy at 09:00", "SOP373", "monday at 09:00"),
        (parse_pace, "week on fri", "SOP373", "week on friday"),
        (parse_pace, "week on", "SOP373", "week on monday"),
        (parse_pace, "monday,", "SOP373", "monday, monday"),
        (parse_pace, "monday and thursday", "SOP354", "monday, thursday"),
        (parse_pace, "hour at 18:00", "SOP374", "day at 18:00"),
        (parse_pace, "day on monday", "SOP374", "week on monday"),
        (parse_pace, "week at 9", "SOP355", "week at 09:00"),
        (parse_pace, "week at", "SOP355", "week at 09:00"),
        (parse_pace, "0 days", "SOP359", "1 days"),
        (parse_pace, "2", "SOP393", "2 days"),
        (parse_pace, "3 days in office", "SOP367", "3 working days in office"),
        (parse_pace, "RRULE:FREQ=SECONDLY", "SOP375", "RRULE:FREQ=MONTHLY;BYDAY=1MO"),
        (parse_pace, "RRULE:FREQ=DAILY;BYMONTH=2", "SOP375", "RRULE:FREQ=MONTHLY;BYDAY=1MO"),
        (parse_pace, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "SOP375", "RRULE:FREQ=MONTHLY;BYDAY=1MO"),
        (parse_pace, "RRULE:FREQ=WEEKLY;INTERVAL=0", "SOP375", "RRULE:FREQ=MONTHLY;BYDAY=1MO"),
        (parse_pace, "RRULE:COUNT=3", "SOP375", "RRULE:FREQ=MONTHLY;BYDAY=1MO"),
        (parse_reminder, "every week", "SOP377", "every week after due"),
        (parse_reminder, "every", "SOP377", "every 2 days after due"),
        (parse_duration, "x days", "SOP378", "1..2 weeks"),
        (parse_duration, "2..1 weeks", "SOP379", "1..2 weeks"),
        (parse_duration, "3", "SOP378", "3 days"),
        (parse_span, "3", "SOP393", "3 days"),
    ],
)
def test_a_slip_in_a_pace_a_reminder_or_a_duration_is_told(read, text, code, mend):
    """The other phrases tell their slips alike."""
    value, (problem,) = read(text)
    assert value is None
    assert (problem.code, problem.fields["instead"]) == (code, mend)
    assert read(mend)[1] == ()


fragments = st.sampled_from(
    "1 2 0 30 1.5 100001 day days weks month working in office before after of on at 18:00 25:00 9:00 within none "
    "event.start N T-30 N+X due started completion plan-it 2026-02-30 2026-03-31 monday mondy , ３ 前 RRULE: + - .. "
    "1..2 every a the ahead prior x-y é 。 ？ [ ] % 09:00 and daily".split()
)
noise = st.lists(fragments | st.text(string.printable, max_size=5), max_size=7).map(" ".join) | st.text(max_size=30)


@given(st.sampled_from([read for read, _ in READERS]), noise)
def test_no_text_breaks_a_reader(read, text):
    """Whatever the text, there is a value or there are problems whose places lie in it; never an exception."""
    value, problems = read(text)
    assert (value is None) == bool(problems)
    for problem in problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        for lang in ("en", "zh"):
            finding = problem.at(None)
            assert finding.text(lang)
            assert finding.mend(lang)


@given(st.sampled_from([read for read, _ in READERS]), noise)
def test_who_follows_the_mends_arrives(read, text):
    """Each problem shows the phrase as it might be; taking its word, again and again, ends at a right phrase."""
    seen = []
    while (problems := read(text)[1]) and len(seen) < 12:
        seen.append(text)
        text = problems[0].fields["instead"]
        assert text not in seen
    assert not problems
