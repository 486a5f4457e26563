"""What a picture says in words of its own: conditions, ways out, outcomes, headings."""

import json

import pytest

from sopflow import dsl
from sopflow.rendering import View, geometry_of, render, scene_of
from sopflow.rendering._conditions import in_short
from sopflow.rendering._text import wrap


def _sop(**keys):
    sop = {"sopflow": 1, "id": "test", "title": "T", "languages": ["en", "zh"], "steps": [{"id": "a", "task": "A"}]}
    return dsl.loads(json.dumps(sop | keys), format="json")


def _labels(sop, lang="en"):
    return {edge.labels for sheet in scene_of(sop, View(lang)).sheets for edge in sheet.edges if edge.labels}


TITLES = {"x.big": "Big, and board", "board": "Verdict of the board", "kinds": "Kinds", "n": "N!"}


@pytest.mark.parametrize(
    ("condition", "english", "chinese"),
    [
        ("x.big && n > 1", "Big, and board and N! > 1", "Big, and board 且 N! > 1"),
        ("!x.big", "not ‘Big, and board’", "“Big, and board”为否"),
        ("known(x.big) && x.big", "Big, and board", "Big, and board"),
        ("known(n) && !n", "N! is known and not ‘N!’", "已知N! 且 “N!”为否"),
        ("!known(n)", "N! is unknown", "未知N!"),
        ("steps.board.done", "‘Verdict of the board’ done", "“Verdict of the board”已完成"),
        ("!steps.part.board.done", "‘Verdict of the board’ not done", "“Verdict of the board”未完成"),
        ("'w' in kinds", "Kinds includes wait for the board", "Kinds 含 wait for the board"),
        ("size(kinds) > 0", "number of Kinds > 0", "Kinds的项数 > 0"),
        ("n == 'w' || n != 'P0'", "N! = wait for the board or N! ≠ P0", "N! = wait for the board 或 N! ≠ P0"),
        ("n > today", "N! > today", "N! > 今天"),
    ],
)  # fmt: skip
def test_conditions_are_short_words(condition, english, chinese):
    """Names become titles and values labels, once: what a title says is not read as a condition again."""
    labels = {"w": "wait for the board"}
    assert in_short(condition, TITLES, labels, chinese=False) == english
    assert in_short(condition, TITLES, labels, chinese=True) == chinese


def test_outcomes_say_what_they_are_called():
    """A name of the definition that is also a word of ours keeps its own meaning."""
    names = ["first", "cancelled", "steps", "back"]
    sop = _sop(steps=[{"id": "a", "task": "A", "outcomes": names, "next": {name: f"end {name}" for name in names}}])
    assert _labels(sop) == {("First",), ("Cancelled",), ("Steps",), ("Back",)}
    assert ("已取消",) in _labels(sop, "zh")


def test_an_outcome_has_the_title_of_its_end():
    """Where an `end` gives an outcome a title, every way to that outcome ends in it."""
    end = {"id": "z", "end": "not-taken", "title": {"en": "Left alone", "zh": "不予处理"}}
    first = {"id": "a", "decision": "A", "yes": "b", "no": "end not-taken"}
    second = {"id": "b", "decision": "B", "yes": "end", "no": "z"}
    scene = scene_of(_sop(steps=[first, second, end]), View("zh"))
    ends = [node.texts for sheet in scene.sheets for node in sheet.nodes if node.shape == "end"]
    assert sorted(ends) == [("不予处理",), ("不予处理",), ("结束",)]


def test_ways_out_of_a_table_say_what_it_gives():
    """The values that a table gives name its ways out."""
    table = {"columns": ["n"], "gives": ["level", "next"],
             "rows": [[1, "high", "b"], [2, "low", "c"], ["any", "low", "c"]]}  # fmt: skip
    steps = [{"id": "a", "decision": "A", "table": table | {"hit": "first"}}, {"id": "b", "task": "B", "next": "end"},
             {"id": "c", "task": "C"}]  # fmt: skip
    data = {"n": "int", "level": {"is": ["low", "high"], "labels": {"low": "Low", "high": "High"}}}
    assert _labels(_sop(data=data, steps=steps)) == {("High",), ("Otherwise",)}


def test_ways_out_that_give_the_same_say_what_is_asked():
    """What two ways give alike tells nobody which is which."""
    table = {"hit": "first", "columns": ["n"], "gives": ["level", "next"], "rows": [[1, 5, "b"], ["not 1", 5, "c"]]}
    steps = [{"id": "a", "decision": "A", "table": table}, {"id": "b", "task": "B", "next": "end"},
             {"id": "c", "task": "C"}]  # fmt: skip
    assert _labels(_sop(data={"n": "int", "level": "int"}, steps=steps)) == {("n = 1",), ("not (n = 1)",)}


def test_ways_out_of_a_table_say_what_sets_them_apart():
    """A table that gives nothing: a way says what only its row asks for, the last one `otherwise`."""
    table = {"hit": "first", "columns": ["n", "kind"], "gives": ["next"],
             "rows": [[0, "x", "b"], [0, "y", "c"], ["any", "any", "d"]]}  # fmt: skip
    steps = [{"id": "a", "decision": "A", "table": table}, {"id": "b", "task": "B", "next": "end"},
             {"id": "c", "task": "C", "next": "end"}, {"id": "d", "task": "D"}]  # fmt: skip
    data = {"n": "int", "kind": {"is": ["x", "y"], "title": "Kind"}}
    assert _labels(_sop(data=data, steps=steps)) == {("Kind = x",), ("Kind = y",), ("Otherwise",)}


def test_a_text_that_shows_a_field_names_it():
    """A picture is of no run: where a text would show a field's value, its title stands."""
    data = {"level": {"is": "int", "title": {"en": "level", "zh": "等级"}}}
    sop = _sop(data=data, steps=[{"id": "a", "task": {"en": "Act on {level}", "zh": "处理{level}"}}])
    assert "处理[等级]" in render(sop, lang="zh", format="txt")


def test_a_heading_stays_on_the_page():
    """A title of any length is broken into lines that the page has room for."""
    for lang in ("en", "both"):
        geometry = geometry_of(scene_of(_sop(title={"en": "A long title " * 20, "zh": "很长的标题" * 40}), View(lang)))
        assert all(line.x + line.width <= geometry.width for line in geometry.lines)


def test_headings_of_lying_strips_are_whole():
    """A strip's heading on a page that runs to the right is one line, in all languages that are shown."""
    steps = [{"id": "a", "task": "A"}, {"id": "b", "task": "B"}]
    group = {"id": "g", "group": {"en": "Prepare", "zh": "准备"}, "steps": steps}
    scene = scene_of(_sop(steps=[group]), View("both", "left-to-right"))
    strips = [strip for sheet in geometry_of(scene, layout="left-to-right").sheets for strip in sheet.strips]
    assert [[line.text for line in strip.lines] for strip in strips] == [["Prepare 准备"]]


def test_quotes_are_as_wide_as_their_script():
    """In a Chinese font curly quotes are as wide as a character: they stand in Chinese texts only."""
    assert wrap("From ‘a’ to “b”", 13.0, 900.0) == ("From 'a' to \"b\"",)
    assert wrap("从“a”开始", 13.0, 900.0) == ("从“a”开始",)


def test_a_sign_to_a_join_says_what_it_is():
    """A letter that leads to where branches meet says so; a join has no title, and paths are no words."""
    steps = [{"id": f"t{at}", "task": f"T{at}"} for at in range(40)]
    late = {"id": "late", "group": "Late", "steps": steps}
    fork = {"id": "p", "parallel": "P", "branches": [late, {"id": "early", "task": "Early"}]}
    sheets = geometry_of(scene_of(_sop(steps=[fork]), View("en"))).sheets
    signs = [node.title for sheet in sheets for node in sheet.nodes if node.shape == "goto"]
    assert signs == ["to where all meet"]


def test_cards_know_steps_by_their_ids():
    """A condition may name a step inside a group by its id alone; its card says the step's title."""
    drawn = render("event-hosting", format="html", lang="zh")
    assert "steps.plan_series" not in drawn
    assert "“系列活动策划”未完成" in drawn
