"""`sopflow plan NAME --starts`: when runs begin."""

import pytest

REPORT = """\
sopflow: 1
id: report
version: 1.0.0
title: {en: Report, zh: 报告}
languages: [en, zh]
time-zone: Europe/Berlin
roles: {clerk: {en: Clerk, zh: 文员}}
messages: {alert: {}}
steps: {write: {task: {en: Write, zh: 编写}, by: clerk}}
"""


@pytest.fixture
def report(write):
    """The definition with what begins it, as a file."""
    return lambda start: write("team/report.sop.yaml", f"{REPORT}start: {start}\n")


def test_the_starts_of_a_stretch_both_ends_in(sopflow, report):
    """Each with its weekday, its clock and its offset; days count to their end."""
    name = report("{every: 2 weeks on monday at 09:00, from: 2026-03-16, overlap: queue}")
    done = sopflow("plan", name, "--starts", "--from", "2026-03-16", "--until", "2026-03-30")
    assert done.code == 0
    assert done.out.splitlines() == [
        "Every 2 weeks on Monday at 09:00 (Europe/Berlin), from 2026-03-16",
        "Waits while an earlier run still goes",
        "",
        "START                  OFFSET",
        "2026-03-16 Mon 09:00   +0100",
        "2026-03-30 Mon 09:00   +0200",
    ]


def test_the_starts_as_json(sopflow, report):
    """Instants with their offsets, and whether there are more than are listed."""
    name = report("{by: [clerk], every: minute, message: alert, overlap: skip}")
    said = sopflow("plan", name, "--starts", "--from", "2026-01-01", "--until", "2027-01-01", "--json").json
    assert {key: said[key] for key in said if key != "starts"} == {
        "name": "team/report",
        "by": ["clerk"],
        "every": "minute",
        "message": "alert",
        "overlap": "skip",
        "time_zone": "Europe/Berlin",
        "more": True,
    }
    assert said["starts"][:2] == ["2026-01-01T00:00:00+01:00", "2026-01-01T00:01:00+01:00"]
    assert len(said["starts"]) == 1000


def test_what_begins_by_hand_or_by_a_message_has_no_instants(sopflow, report):
    """It says so, in the reader's language."""
    assert sopflow("plan", report("{by: [clerk]}"), "--starts").out == "By hand: Clerk\n"
    done = sopflow("plan", report("{message: alert}"), "--starts", "--lang", "zh")
    assert done.out == "收到消息“alert”时\n"


def test_a_stretch_without_a_start_says_so(sopflow, report):
    """Nothing is left unsaid: neither before ``from`` nor where the ends are in the wrong order."""
    name = report("{every: day, from: 2026-05-01}")
    for since, until in (("2026-01-01", "2026-02-01"), ("2026-06-02", "2026-06-01")):
        done = sopflow("plan", name, "--starts", "--from", since, "--until", until)
        assert done.out.splitlines()[-1] == "No run begins in that time."
