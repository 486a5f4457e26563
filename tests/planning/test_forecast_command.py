"""``sopflow forecast`` as its user sees it."""

import json
from pathlib import Path

import pytest

from sopflow.cli import main

DEFINITION = """\
sopflow: 1
id: hire
version: 1.0.0
title: {en: Hire, zh: 招聘}
languages: [en, zh]
roles:
  hr: {title: {en: Human resources, zh: 人力资源}}
  lead: {title: {en: Team lead, zh: 组长}}
steps:
  search: {task: {en: Search, zh: 搜寻}, by: hr, duration: 2..6 weeks}
  offer: {approval: {en: Offer, zh: 录用}, by: lead, refused: search, due: 42 days after started}
"""


@pytest.fixture
def hire(tmp_path: Path) -> str:
    """The file of a small definition."""
    file = tmp_path / "hire.sop.yaml"
    file.write_text(DEFINITION, encoding="utf-8")
    return str(file)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it prints."""
    with pytest.raises(SystemExit) as left:
        main(["forecast", *words, "--at", "2026-01-05", "--runs", "400"])
    printed = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, printed.out, printed.err


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ("Hire", "400 runs from 2026-01-05 00:00", "OVER BY", "IN TIME", "Bottleneck: Human resources", "Assumed"),
        ),
        ("zh", ("招聘", "自 2026-01-05 00:00 起", "最晚结束于", "按时", "瓶颈：人力资源", "未说明而假定的")),
    ],
)
def test_it_says_when_it_is_over_in_both_languages(
    capsys: pytest.CaptureFixture[str], hire: str, lang: str, words: tuple[str, ...]
) -> None:
    """The end in three shares of the runs, deadlines, roles, a histogram, and what was assumed."""
    code, out, err = said(capsys, hire, "--lang", lang)
    assert (code, err) == (0, "")
    assert all(word in out for word in words)
    assert "█" in out


def test_as_json_it_is_one_object(capsys: pytest.CaptureFixture[str], hire: str) -> None:
    """With the documented names; the odds that are given count."""
    code, out, _ = said(capsys, hire, "--json", "--odds", "offer.refused=0", "--odds", "offer.approved=1")
    made = json.loads(out)
    assert code == 0
    assert list(made) == [
        "sop", "version", "at", "runs", "seed", "distribution", "finished", "end", "outcomes", "deadlines",
        "bottleneck", "roles", "steps", "histogram", "assumed",
    ]  # fmt: skip
    assert made["deadlines"][0]["met"] == 1
    assert made["end"]["p50"] < made["end"]["p80"] < made["end"]["p90"]


def test_as_a_picture_it_shows_the_plan_with_the_chances(
    capsys: pytest.CaptureFixture[str], hire: str, tmp_path: Path
) -> None:
    """A Gantt chart whose legend names the times of the forecast."""
    file = tmp_path / "hire.svg"
    code, _, _ = said(capsys, hire, "-o", str(file), "--lang", "en")
    assert code == 0
    assert "end in 50 % … 90 % of the runs" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--odds", "offer"), "SOP886"),
        (("--odds", "offer.refused=nan"), "SOP886"),
        (("--people", "hr=x"), "SOP886"),
        (("--people", "hr=0"), "SOP884"),
        (("--odds", "ofer.refused=0.1"), "SOP880"),
        (("--distribution", "normal"), "SOP883"),
        (("-o", "x.gif"), "SOP808"),
    ],
)
def test_misuse_is_told_with_its_code(
    capsys: pytest.CaptureFixture[str], hire: str, words: tuple[str, ...], code: str
) -> None:
    """Exit code 2 and a finding; nothing ends in a traceback."""
    left, _, err = said(capsys, hire, *words)
    assert left == 2
    assert code in err
