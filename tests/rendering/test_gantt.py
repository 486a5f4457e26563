"""Gantt charts: plain data and plans in, pictures that say what is meant out."""

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.errors import UsageError
from sopflow.planning import plan
from sopflow.rendering import THEMES
from sopflow.rendering.gantt import Chart, Mark, Row, draw
from sopflow.rendering.gantt._compose import compose
from sopflow.rendering.gantt._scale import scale
from sopflow.rendering.plans import draw_plan

D = dt.datetime
SVG = "{http://www.w3.org/2000/svg}"
EVENT = {"event": {"start": "2026-09-10", "end": "2026-09-10"}}


def chart(*rows: Row, language: str = "en", **more: object) -> Chart:
    """A chart of these rows."""
    return Chart("some", "Some", "about", language, rows, **more)  # type: ignore[arg-type]


def svg(one: Chart) -> ET.Element:
    """The chart as an SVG document."""
    drawn = draw(one)
    assert isinstance(drawn, str)
    return ET.fromstring(drawn)


def test_a_bar_is_as_long_as_its_time() -> None:
    """Two rows of which one lasts twice as long: so do their bars; a row of no length is a diamond."""
    page = compose(chart(Row("a", "A", D(2026, 3, 2), D(2026, 3, 6)), Row("b", "B", D(2026, 3, 6), D(2026, 3, 14)),
                         Row("c", "C", D(2026, 3, 14), D(2026, 3, 14))))  # fmt: skip
    lengths = [bar.end - bar.start for bar in page.bars if bar.start is not None and bar.end is not None]
    assert lengths[1] == pytest.approx(2 * lengths[0])
    assert [bar.pip for bar in page.bars] == [False, False, True]


@given(
    st.datetimes(),
    st.timedeltas(dt.timedelta(), dt.timedelta(days=400_000)),
    st.sampled_from(["en", "zh"]),
)
def test_any_span_has_an_axis_that_can_be_read(first: dt.datetime, span: dt.timedelta, language: str) -> None:
    """From an hour to a thousand years: both ends lie on the axis, in order, under ticks that do not overlap."""
    last = min(first, dt.datetime.max - span) + span
    axis = scale(min(first, last), last, chinese=language == "zh")
    assert 0 <= axis.x(min(first, last)) <= axis.x(last) <= axis.width < 1400
    assert 0 < len(axis.lower) <= 100
    for one, two in zip(axis.lower, axis.lower[1:], strict=False):
        assert one.x + one.width == pytest.approx(two.x)


@pytest.mark.parametrize(
    ("span", "upper", "lower"),
    [
        (dt.timedelta(hours=8), "2 Mar 2026", "09:00"),
        (dt.timedelta(days=20), "Mar 2026", "3"),
        (dt.timedelta(days=100), "Mar 2026", "2"),
        (dt.timedelta(days=400), "2026", "Mar"),
        (dt.timedelta(days=2000), "2026", "Q1"),
        (dt.timedelta(days=30000), None, "2030"),
    ],
)
def test_the_scale_is_chosen_by_the_span(span: dt.timedelta, upper: str | None, lower: str) -> None:
    """Hours under days, days and weeks under months, months and quarters under years, years alone."""
    axis = scale(D(2026, 3, 2, 8), D(2026, 3, 2, 8) + span, chinese=False)
    assert upper in {None, *(tick.text for tick in axis.upper)}
    assert lower in {tick.text for tick in axis.lower}


def test_hostile_titles_stay_text() -> None:
    """Markup in a title, a role and a tooltip is text in the picture and on the page."""
    bad = '</title><script>alert(1)</script>"&'
    one = chart(Row("a\"<", bad, D(2026, 3, 2), D(2026, 3, 6), lane=bad, about=(bad,)), lanes={bad: bad},
                marks=(Mark(bad, D(2026, 3, 3)),))  # fmt: skip
    assert not svg(one).findall(f".//{SVG}script")
    page = draw(one, format="html")
    assert isinstance(page, str)
    assert "<script" not in page


def test_every_row_says_in_words_what_is_drawn() -> None:
    """A picture has a title and a description, and each row a label and a tooltip, for those who do not see it."""
    root = svg(chart(Row("a", "A", D(2026, 3, 2), D(2026, 3, 6), about=("due: 2026-03-06",), critical=True)))
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}{name}").text for name in ("title", "desc")] == ["Some", "about"]  # type: ignore[union-attr]
    (row,) = root.findall(f".//{SVG}g[@id='row-a']")
    assert row.get("aria-label") == "A; due: 2026-03-06"
    assert row.find(f"{SVG}title").text == "A\ndue: 2026-03-06"  # type: ignore[union-attr]


def test_the_legend_names_the_signs_that_occur_and_no_others() -> None:
    """What is not in the picture needs no explanation."""
    bare = compose(chart(Row("a", "A", D(2026, 3, 2), D(2026, 3, 6))))
    assert [sign for sign, _ in bare.legend] == ["bar"]
    full = compose(chart(Row("p", "P", D(2026, 3, 2), D(2026, 3, 9), kind="heading"),
                         Row("a", "A", D(2026, 3, 2), D(2026, 3, 6), latest=D(2026, 3, 9), due=D(2026, 3, 5), late=True,
                             critical=True, possible=True, likely=(D(2026, 3, 7), D(2026, 3, 8))),
                         days_off=frozenset({dt.date(2026, 3, 7)})))  # fmt: skip
    assert [sign for sign, _ in full.legend] == [
        "bar", "critical", "slack", "due", "late", "possible", "likely", "heading", "off",
    ]  # fmt: skip


def test_marks_close_to_each_other_stand_in_lines_of_their_own() -> None:
    """Words of milestones never overlap."""
    page = compose(chart(Row("a", "A", D(2026, 3, 2), D(2026, 5, 6)),
                         marks=tuple(Mark(f"Milestone {n}", D(2026, 3, 10 + n)) for n in range(5))))  # fmt: skip
    boxes = [(one.line.x - one.line.width / 2, one.line.x + one.line.width / 2, one.line.y) for one in page.marks]
    for at, (left, right, y) in enumerate(boxes):
        assert all(y != other[2] or right <= other[0] or other[1] <= left for other in boxes[at + 1 :])


def test_nothing_at_all_is_a_picture_too() -> None:
    """A chart without rows, and one whose rows have no times, are drawn."""
    assert svg(chart()).get("width")
    assert svg(chart(Row("a", "A"))).get("width")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_plan_is_drawn_in_both_languages_and_themes(lang: str, theme: str) -> None:
    """Every step has a row, every anchor a mark; the same plan gives the same bytes."""
    made = plan("event-hosting", data=EVENT, at=D(2026, 7, 1, 9))
    drawn = draw_plan(made, lang=lang, theme=theme)
    assert drawn == draw_plan(plan("event-hosting", data=EVENT, at=D(2026, 7, 1, 9)), lang=lang, theme=theme)
    root = ET.fromstring(drawn)
    ids = {group.get("id") for group in root.iter(f"{SVG}g")}
    assert {f"row-{step.path}" for step in made.steps} <= ids
    marks = [group.get("aria-label") for group in root.iter(f"{SVG}g") if "mark" in (group.get("class") or "")]
    assert any(mark and mark.startswith("N") and mark.endswith("2026-09-10") for mark in marks)
    assert ("Host an event" if lang == "en" else "主办活动") in str(drawn)


def test_a_deadline_stands_on_its_day() -> None:
    """A civil date is drawn at the end of its day and written as that day, a clock time at its minute."""
    made = plan("event-hosting", data=EVENT, at=D(2026, 7, 1, 9))
    drawn = str(draw_plan(made, lang="en"))
    assert ">10 Aug<" in drawn
    assert ">11 Aug<" not in drawn


def test_a_plan_as_a_page_brings_its_dates_as_a_table() -> None:
    """HTML holds the picture, and below it a table that can be read aloud and copied."""
    made = plan("event-hosting", data=EVENT, at=D(2026, 7, 1, 9))
    page = str(draw_plan(made, format="html", lang="en"))
    assert page.startswith("<!doctype html>")
    assert page.count("<tr ") == len(made.steps) + len([p for p in made.phases if p.from_ and p.to])
    assert "2026-08-10 23:59" in page


def test_a_plan_as_png_is_a_png() -> None:
    """Where the extra is installed."""
    pytest.importorskip("resvg_py")
    drawn = draw_plan(plan("event-hosting", data=EVENT, at=D(2026, 7, 1, 9)), format="png", scale=0.5)
    assert isinstance(drawn, bytes)
    assert drawn.startswith(b"\x89PNG")


def test_formats_and_themes_that_there_are_not_are_findings() -> None:
    """In plain words, with the nearest name."""
    made = plan("event-hosting", data=EVENT, at=D(2026, 7, 1, 9))
    with pytest.raises(UsageError) as caught:
        draw_plan(made, format="gif")
    assert caught.value.finding.code == "SOP801"
    with pytest.raises(UsageError) as caught:
        draw_plan(made, theme="drak")
    assert caught.value.finding.code == "SOP806"
