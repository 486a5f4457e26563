"""Lines of text: they fit, lose nothing, and break where both scripts may break."""

from hypothesis import given
from hypothesis import strategies as st

from sopflow.rendering._text import shorten, wrap
from sopflow.rendering._widths import width

STRAIGHT = str.maketrans("“”", '""')
texts = st.text(alphabet="abc DEF 活动审核方案()，。、“”（）≥-/1", max_size=60)


@given(texts, st.sampled_from([11.0, 13.0]), st.sampled_from([56.0, 84.0, 140.0]))
def test_lines_fit(text, size, room):
    """No line is wider than its room."""
    assert all(width(line, size) <= room + 0.01 for line in wrap(text, size, room))


@given(texts)
def test_nothing_is_lost(text):
    """Where there are lines enough, all characters but spaces are there, in order; quotes may become straight."""
    drawn, written = "".join(wrap(text, 13.0, 84.0, 99)), "".join(text.split())
    assert drawn.replace(" ", "").translate(STRAIGHT) == written.translate(STRAIGHT)


def test_punctuation_stays_with_its_words():
    """No line begins with a closing sign, none ends with an opening one."""
    for lines in (wrap("活动筹备、预热、招募、执行、复盘", 13.0, 78.0), wrap("确认(市场总监)审核(如有)", 13.0, 60.0)):
        assert len(lines) > 1
        assert not any(line[0] in "、)" or line[-1] == "(" for line in lines)


def test_lines_are_about_equally_long():
    """Nine characters in two lines are five and four, not eight and one."""
    assert [len(line) for line in wrap("是否需业务部门支持", 13.0, 104.0)] == [5, 4]


def test_a_cut_says_so():
    """What does not fit ends in an ellipsis."""
    assert shorten("市场总监审核", 10.0, 45.0) == "市场总…"
