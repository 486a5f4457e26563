"""The formats: well formed, plain, accessible; and what cannot be drawn says why."""

import re
import sys
import xml.etree.ElementTree as ET
from itertools import product

import pytest

import sopflow
from sopflow import bundled
from sopflow.errors import NotFound, UsageError
from sopflow.rendering import FORMATS, THEMES, render
from sopflow.rendering.formats._png import has, lacking

SVG = "{http://www.w3.org/2000/svg}"
TRICKY = """\
sopflow: 1
id: tricky
title: '<b>&"</b>'
steps:
  end-it: {task: 'a "quoted" <thing> & #35; [x] | y`'}
  graph: {decision: 'end?', yes: end, no: end-it}
"""


def _elements(drawn):
    return list(ET.fromstring(drawn).iter())


@pytest.mark.parametrize("theme", THEMES)
def test_svg_is_plain(theme):
    """Well formed, ids unique, and nothing in it that only some programs can draw."""
    drawn = render("event-hosting", lang="zh", theme=theme)
    elements = _elements(drawn)
    assert {element.tag.removeprefix(SVG) for element in elements} <= {
        "svg", "title", "desc", "g", "rect", "path", "polygon", "circle", "text",
    }  # fmt: skip
    assert "var(" not in drawn
    assert "<style" not in drawn
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z][\w.-]*", id) for id in ids)


def test_svg_is_accessible():
    """The picture has a title and a description, each step a title and a role."""
    root = ET.fromstring(render("event-hosting", lang="zh"))
    assert root.get("role") == "img"
    assert root.get("lang") == "zh"
    assert root.find(f"{SVG}title").text == "主办活动"
    assert root.find(f"{SVG}desc").text
    steps = [element for element in root.iter(f"{SVG}g") if (element.get("class") or "").startswith("node")]
    assert len(steps) > 30
    assert all(step.get("role") == "img" and step.find(f"{SVG}title") is not None for step in steps)


def test_svg_takes_any_text():
    """Signs of XML in a definition stay text."""
    root = ET.fromstring(render(sopflow.loads(TRICKY)))
    assert root.find(f"{SVG}title").text == '<b>&"</b>'


def _luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, two):
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_colours_can_be_told_apart(name):
    """Text has a contrast of 4.5 or more to its ground, lines and rims of 3 or more (WCAG 2.2, 1.4.3, 1.4.11)."""
    theme = THEMES[name]
    grounds = (theme.page, theme.panel, theme.stripe)
    boxes = (theme.task, theme.decision, theme.call, theme.gate, theme.event, theme.goto, theme.phase, theme.group)
    texts = list(product((theme.ink, theme.soft), (*grounds, *boxes)))
    texts += product((theme.yes, theme.no), grounds)
    texts += product((theme.due,), (theme.task, theme.decision, theme.gate))
    texts += [(theme.on_bar, theme.bar), (theme.on_end, theme.end), (theme.on_badge, theme.badge)]
    assert [pair for pair in texts if _contrast(*pair) < 4.5] == []
    rims = (theme.line, theme.handler, theme.decision_rim, theme.call_rim, theme.event_rim, theme.goto_rim)
    assert [pair for pair in product((*rims, *theme.lanes), grounds) if _contrast(*pair) < 3] == []


def test_mermaid_and_dot_take_any_text():
    """Words are quoted, and no id is a word of theirs."""
    mermaid = render(sopflow.loads(TRICKY), format="mmd")
    assert mermaid.splitlines()[3] == "flowchart TB"
    assert 'n1["a #34;quoted#34; #60;thing#62; #38; #35;35; [x] | y#96;"]' in mermaid
    dot = render(sopflow.loads(TRICKY), format="dot")
    assert '[label="a \\"quoted\\" <thing>\\n& #35; [x] | y`"' in dot
    assert dot.count("{") == dot.count("}")


def test_the_outline_reads_from_above_to_below():
    """Steps are numbered; a way that does not lead to the next one says where."""
    lines = render("event-attending", format="txt", lang="zh").splitlines()
    assert "  1.4  ? 是否参加  (市场总监)" in lines
    assert "           否 → 1.5 存档处理" in lines


def test_both_languages_stand_in_one_picture():
    """The definition's first two languages, the first one larger."""
    drawn = render("event-attending", lang="both")
    assert "是否免费" in drawn
    assert "Is it free" in drawn


def test_an_umbrella_is_drawn_with_what_it_calls():
    """`marketing` does little but call: each of its SOPs has a sheet, and its boxes have their numbers."""
    titles = [element.get("aria-label") for element in _elements(render("marketing", lang="zh"))]
    assert {"市场战略", "内容发布", "数字营销", "舆情管控", "参加活动", "主办活动"} <= set(titles)
    alone = [element.get("aria-label") for element in _elements(render("marketing", lang="zh", calls=False))]
    assert "参加活动" not in alone


def test_a_part_can_be_drawn():
    """One phase, or what is near a step; ways out of the part end in a sign."""
    part = render("event-attending", lang="zh", focus="adjust", radius=1)
    assert "调整" in part
    assert "活动落地执行" not in part
    phase = render("event-hosting", lang="zh", phase="publicity-phase")
    assert "宣发安排" in phase
    assert "项目筹备" not in phase


# -- PNG ---------------------------------------------------------------------------------------------------------------


def test_png_is_drawn_with_our_font():
    """A PNG is made, the same twice, twice as large as the picture."""
    pytest.importorskip("resvg_py")
    drawn = render("event-attending", format="png", lang="zh")
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    assert drawn == render("event-attending", format="png", lang="zh")
    root = ET.fromstring(render("event-attending", lang="zh"))
    assert int.from_bytes(drawn[16:20], "big") == 2 * int(root.get("width"))


@pytest.mark.parametrize("name", bundled.names())
def test_our_font_has_all_that_bundled_pictures_say(name):
    """No character of a bundled picture needs another font, in any language."""
    assert lacking(render(name, lang="both")) == ""


def test_the_font_has_what_we_say_it_has():
    """What counts as drawn by our font is in it, character by character."""
    tables = pytest.importorskip("fontTools.ttLib")
    from sopflow.rendering import fonts

    there = tables.TTFont(f"{fonts.__path__[0]}/NotoSansCJKsc-Regular-subset.otf").getBestCmap()
    said = [chr(code) for code in range(0x20, 0x10000) if has(chr(code)) and chr(code).isprintable()]
    assert [sign for sign in said if ord(sign) not in there] == []
    assert len(said) > 9000


def test_an_extra_that_is_missing_is_named(monkeypatch):
    """Without resvg, one line says what to install."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError) as told:
        render("event-attending", format="png")
    assert told.value.finding.code == "SOP803"
    assert 'pip install "sopflow[png]"' in told.value.finding.mend()


# -- misuse ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"format": "svgg"}, "SOP801"),
        ({"focus": "adjst"}, "SOP804"),
        ({"phase": "warm"}, "SOP805"),
        ({"theme": "drak"}, "SOP806"),
        ({"layout": "lane"}, "SOP807"),
    ],
)
def test_what_cannot_be_drawn_says_why(options, code):
    """Unknown formats, themes, layouts, steps and phases are findings, with the nearest name."""
    with pytest.raises(UsageError) as told:
        render("event-attending", **options)
    assert told.value.finding.code == code
    assert told.value.finding.mend("zh")


def test_a_name_that_is_not_there():
    """An unknown definition is not found, as everywhere."""
    with pytest.raises(NotFound):
        render("event-attendin")


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_has_its_writer(name):
    """Each format says rightly whether its writer gives text or bytes."""
    assert isinstance(render("event-attending", format=name), bytes if FORMATS[name].binary else str)
