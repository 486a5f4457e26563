"""`sopflow plan`: a table, JSON, files, and what it says to slips."""

import json

import pytest

WORK = """\
sopflow: 1
id: work
title: {en: Work, zh: 工作}
languages: [en, zh]
time-zone: Asia/Shanghai
roles: {writer: {en: Writer, zh: 撰稿人}}
anchors: {T: day}
data: {day: date, sure: bool}
phases: {early: {title: {en: Early, zh: 前期}, from: T-20, to: T-1}}
steps:
  draft: {task: {en: Draft, zh: 起草}, by: writer, duration: 2 days, phase: early}
  is-sure: {decision: {en: Sure?, zh: 确定?}, about: sure, by: writer, yes: send, no: polish}
  polish: {task: {en: Polish, zh: 润色}, by: writer, duration: 1..3 days, phase: early}
  send: {task: {en: Send, zh: 发送}, by: writer, due: T-5}
"""


@pytest.fixture
def work(write):
    """The definition as a file."""
    return write("team/work.sop.yaml", WORK)


def test_the_plan_as_a_table(sopflow, work):
    """Each step with who, when it opens, can and must be done, its deadline and its slack; the critical chain below."""
    done = sopflow("plan", work, "--set", "day=2026-05-31", "--at", "2026-05-01")
    assert done.code == 0
    assert done.out.splitlines() == [
        "Work",
        "Starts 2026-05-01 Fri · ends 2026-05-06 Wed at the earliest · Asia/Shanghai",
        "T = 2026-05-31",
        "",
        "     STEP                              WHO      OPENS   EARLIEST     LATEST       DUE          SLACK (DAYS)",
        "     — Early 2026-05-11 – 2026-05-30",
        "*    Draft                             Writer           2026-05-03   2026-05-23                20",
        "*    Sure?                             Writer           2026-05-03   2026-05-23                20",
        "     — Early 2026-05-11 – 2026-05-30",
        "*?   Polish                            Writer           2026-05-06   2026-05-26                20",
        "*    Send                              Writer           2026-05-06   2026-05-26   2026-05-26   20",
        "",
        "* on the critical chain  ? may not be needed",
        "Critical chain: Draft → Sure? → Polish → Send",
        "1 step with no duration given: they count as taking no time.",
        "Not known yet: sure",
    ]


def test_the_plan_in_chinese(sopflow, work):
    """Heads, titles and words in Chinese."""
    out = sopflow("plan", work, "--set", "day=2026-05-31", "--at", "2026-05-01", "--lang", "zh").out
    assert "最早结束 2026-05-06 周三" in out
    assert "关键链：起草 → 确定? → 润色 → 发送" in out


def test_the_plan_as_json(sopflow, work):
    """Dates as ISO 8601, for each step `opens`, `due`, `earliest`, `latest`, `slack`; and the findings."""
    done = sopflow("plan", work, "--set", "day=2026-05-31", "--at", "2026-05-01", "--json")
    plan = json.loads(done.out)
    send = plan["steps"][-1]
    assert (send["step"], send["opens"], send["due"]) == ("send", None, "2026-05-26")
    assert (send["earliest"], send["soonest"], send["latest"], send["slack"]) == (
        "2026-05-06",
        "2026-05-03",
        "2026-05-26",
        "P20D",
    )
    assert (plan["feasible"], plan["findings"], plan["milestones"][0]["at"]) == (True, [], "2026-05-31")


def test_a_plan_that_cannot_be_met(sopflow, work):
    """It exits with 1, and the finding stands at the deadline, with its chain."""
    done = sopflow("plan", work, "--set", "day=2026-05-08", "--at", "2026-05-01", "--json")
    (finding,) = [one for one in json.loads(done.out)["findings"] if one["code"] == "SOP860"]
    assert done.code == 1
    assert (finding["line"], finding["path"]) == (14, "steps.send.due")
    assert finding["trace"][0] == "draft (2026-05-01 – 2026-05-03, 2 days)"
    assert "Start by 2026-04-28" in finding["mend"]


def test_an_assumption_decides(sopflow, work):
    """`--assume` is data for this plan."""
    done = sopflow("plan", work, "--assume", "sure=true", "--set", "day=2026-05-31", "--at", "2026-05-01", "--json")
    assert [step["step"] for step in json.loads(done.out)["steps"]] == ["draft", "is-sure", "send"]


@pytest.mark.parametrize("ending", ["json", "txt", "md", "svg", "html"])
def test_files(sopflow, work, tmp_path, ending):
    """The ending of the file says what is written."""
    file = tmp_path / f"plan.{ending}"
    done = sopflow("plan", work, "--set", "day=2026-05-31", "--at", "2026-05-01", "-o", str(file))
    assert (done.code, done.out) == (0, "")
    assert "Polish" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--at", "soon"], "SOP735"),
        (["--rounds", "many"], "SOP871"),
        (["--rounds", "drft=2"], "SOP872"),
        (["--rounds", "0"], "SOP871"),
        (["-o", "plan.docx"], "SOP874"),
        (["--starts", "--from", "soon"], "SOP735"),
        (["--assume", "sure"], "SOP612"),
    ],
)
def test_slips(sopflow, work, args, code):
    """Each is misuse, told in plain words."""
    done = sopflow("plan", work, *args, "--json")
    assert done.code == 2
    assert json.loads(done.out)["findings"][0]["code"] == code
