"""Prose: what an expression says, in English and in Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.expr import BOOL, DATE, DECIMAL, INT, STRING, EnumType, ListType, RecordType, Scope, build, explain, parse

SCOPE = Scope({
    "event.priority": EnumType(("P0", "P1", "P2", "P3")), "event.free": BOOL, "event.start": DATE, "today": DATE,
    "n": INT, "price": DECIMAL, "name": STRING, "sponsors": ListType(RecordType({"name": STRING, "price": DECIMAL})),
})  # fmt: skip
TITLES = {
    "event.priority": "活动优先级", "event.free": "免费", "event.start": "活动开始日", "today": "今天",
    "price": "价格", "name": "名称", "sponsors": "赞助商",
}  # fmt: skip


@pytest.mark.parametrize(
    "text, english, chinese",
    [
        ("event.priority == 'P0' || event.priority == 'P1'", "event.priority is P0 or P1", "活动优先级为 P0 或 P1"),
        ("event.priority in ['P0', 'P1', 'P2']", "event.priority is P0, P1 or P2", "活动优先级为 P0、P1 或 P2"),
        ("event.priority != 'P0' && event.priority != 'P1'", "event.priority is neither P0 nor P1",
         "活动优先级既不为 P0，也不为 P1"),
        ("event.priority < 'P2'", "event.priority ranks before P2", "活动优先级排在 P2 之前"),
        ("!event.free && n >= 2", "event.free is false and n is at least 2", "免费为否，且 n 不小于 2"),
        ("event.free && (n > 2 || price > 100)", "event.free is true and (n is above 2 or price is above 100)",
         "免费为是，且（n 大于 2，或价格大于 100）"),
        ("!(event.free && n > 2)", "not (event.free is true and n is above 2)", "并非（免费为是，且 n 大于 2）"),
        ("event.start < date('2026-01-31')", "event.start is before 2026-01-31", "活动开始日早于 2026-01-31"),
        ("days_between(today, event.start) >= 30", "the days from today to event.start is at least 30",
         "从今天到活动开始日的天数不小于 30"),
        ("known(event.start) && !known(price)", "event.start is known and price is not known",
         "活动开始日已知，且价格未知"),
        ("sponsors.exists(s, s.price > 2)", "for at least one s in sponsors: s.price is above 2",
         "赞助商中至少有一项 s 满足：s.price 大于 2"),
        ("price * 2 > (price - 1) * n", "price * 2 is above (price - 1) * n", "价格 * 2 大于（价格 - 1） * n"),
        ("event.free ? n : 3", "n if event.free is true, otherwise 3", "若免费为是则为 n，否则为 3"),
        ("name.startsWith('a') && !name.contains('b')", "name begins with ‘a’ and name does not contain ‘b’",
         "名称以“a”开头，且名称不包含“b”"),
        ("size(sponsors) == 0", "the number of items in sponsors is 0", "赞助商的项数为 0"),
        ("event.free == false", "event.free is false", "免费为否"),
    ],
)  # fmt: skip
def test_prose(text, english, chinese):
    """Conditions read as people say them; titles stand for paths where they are given."""
    expression, problems = build(text, SCOPE)
    assert problems == ()
    assert explain(expression, "en") == english
    assert explain(expression, "zh", TITLES) == chinese


def test_values_have_titles_too():
    """A value's title is looked up under its path first."""
    expression, _ = build("event.priority == 'P0' || event.priority == 'P3'", SCOPE)
    titles = {"event.priority": "Priority", "event.priority=P0": "urgent", "P3": "some day"}
    assert explain(expression, "en", titles) == "Priority is urgent or some day"


@given(st.text("ab.()[]{}'!&|=<>?:,+-*/%1 inx", max_size=40))
def test_whatever_can_be_read_can_be_said(text):
    """Also a tree that has not been checked is explained, in both languages."""
    node, _ = parse(text)
    if node is not None:
        assert explain(node, "en")
        assert explain(node, "zh-Hans")
