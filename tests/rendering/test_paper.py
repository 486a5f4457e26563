"""Pictures on paper: PDF with its pages, and other formats in the ratio of a sheet of paper."""

import hashlib
import io
import sys

import laws
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sopflow
from sopflow.errors import UsageError
from sopflow.rendering import View, geometry_of, render, scene_of
from sopflow.rendering._pack import packed
from sopflow.rendering._paper import paper
from sopflow.rendering._printed import pages_of

STRANGE = """\
sopflow: 1
id: strange
title: '<script>alert("x")</script> ]]> {{ #panic() }}'
roles: {boss: 'مدير 🎉'}
steps:
  one: {task: '#let x = 1 \\ "quoted" <b> $math$ @ref *bold* \\u{41} ]]>', by: boss}
  two: {task: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, by: boss}
"""


def _pages(name, paper_name, **options):
    options = {"lang": "zh", **options}
    geometry = geometry_of(scene_of(name, View(**options)), layout=options.get("layout", "lanes"))
    return geometry, pages_of(geometry, paper(paper_name) if paper_name else None)


# -- paper -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("A4", ((595, 842), (842, 595))),
        ("a3-landscape", ((1191, 842),)),
        ("Letter-Portrait", ((612, 792),)),
    ],
)
def test_paper_has_sizes_and_ways_to_lie(name, ways):
    """Names are as people write them; sizes are in points."""
    assert tuple((round(wide), round(high)) for wide, high in paper(name).ways) == ways


@pytest.mark.parametrize("name", ["A9", "a4-", "a4-landscpe", "", "-", "A4-landscape-portrait", "💥"])
def test_paper_that_there_is_not(name):
    """An unknown paper is a finding with what there is."""
    with pytest.raises(UsageError) as told:
        paper(name)
    assert told.value.finding.code == "SOP830"
    assert "A4" in told.value.finding.mend("zh")


def test_a_picture_takes_the_ratio_of_its_paper():
    """Without a way to lie said, that which wastes less."""
    for name, ratios in (("A4-landscape", [2**0.5]), ("A4", [2**0.5, 2**-0.5]), ("letter-portrait", [8.5 / 11])):
        scene = scene_of("marketing", View(lang="zh"))
        geometry = geometry_of(scene, page=name)
        assert min(abs(geometry.width / geometry.height / ratio - 1) for ratio in ratios) < 0.001
        assert laws.missing(geometry, scene) == []


# -- sheets side by side -----------------------------------------------------------------------------------------------

sizes = st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), min_size=1, max_size=14)


@given(sizes, st.sampled_from([0.7, 1.0, 1.5]))
def test_packed_sheets_keep_their_distance(some, ratio):
    """No sheet is nearer to another than the gap, and the first stands in the corner."""
    places = packed(some, 10.0, (ratio,))
    boxes = [(x, y, wide + 9.9, high + 9.9) for (x, y), (wide, high) in zip(places, some, strict=True)]
    assert places[0] == (0, 0)
    for at, one in enumerate(boxes):
        for two in boxes[:at]:
            apart = one[0] >= two[0] + two[2] or two[0] >= one[0] + one[2]
            assert apart or one[1] >= two[1] + two[3] or two[1] >= one[1] + one[3]


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "paper_name", "layout"),
    [("incident-response", "A4", "lanes"), ("service-launch", "letter", "lanes"), ("event-hosting", "A5", "flow"),
     ("employee-onboarding", "A4", "left-to-right"), ("marketing", "", "lanes")],
)  # fmt: skip
def test_each_node_is_on_one_page(name, paper_name, layout):
    """Pages cut no node and no label; together they show all nodes once, and all edges."""
    geometry, pages = _pages(name, paper_name, layout=layout)
    shown, edges = [], set()
    for page in pages:
        for piece in page.pieces:
            for sheet in piece.geometry.sheets:
                x, y, wide, high = piece.box
                for node in sheet.nodes:
                    shown.append(node.id)
                    assert x <= node.box[0] <= node.box[0] + node.box[2] <= x + wide
                    assert y <= node.box[1] <= node.box[1] + node.box[3] <= y + high
                edges |= {edge.id for edge in sheet.edges}
    assert sorted(shown) == sorted(node.id for sheet in geometry.sheets for node in sheet.nodes)
    assert edges == {edge.id for sheet in geometry.sheets for edge in sheet.edges}


@pytest.mark.parametrize("paper_name", ["A5", "A4", "A3-landscape", "letter"])
def test_words_on_paper_can_be_read(paper_name):
    """All pieces lie within the page, and the smallest words are five points high or more."""
    _, pages = _pages("service-launch", paper_name)
    for page in pages:
        for piece in page.pieces:
            assert piece.x + piece.box[2] * piece.scale <= page.width - 27.9
            assert piece.y + piece.box[3] * piece.scale <= page.height - 27.9
            assert piece.scale * 10.5 >= 4.999


def test_small_sheets_have_a_page_each():
    """What fits on a page is not divided."""
    geometry, pages = _pages("marketing", "A3")
    assert len(pages) < 2 * len(geometry.sheets)
    assert [page.goes_on for page in pages].count(False) == len(geometry.sheets)


# -- PDF ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read():
    """What reads a PDF."""
    pytest.importorskip("typst")
    pypdf = pytest.importorskip("pypdf")
    return lambda data: pypdf.PdfReader(io.BytesIO(data))


def test_words_of_a_pdf_can_be_found(read):
    """Chinese, too: each step's words are in the text of the file, which has a title and a bookmark for each sheet."""
    made = read(render("marketing", format="pdf", lang="zh", page="A4"))
    text = "".join(page.extract_text() for page in made.pages)
    assert "是否免费" in text
    assert "危机公关" in text
    assert [mark["/Title"] for mark in made.outline if not isinstance(mark, list)][:2] == [
        "1  市场全职能模块大流程", "2  市场战略",
    ]  # fmt: skip
    assert made.metadata["/Title"] == "市场全职能模块大流程"


def test_a_pdf_has_our_font_in_it(read):
    """As a subset, and no other."""
    made = read(render("event-attending", format="pdf", lang="both"))
    fonts = {str(font.get_object()["/BaseFont"]) for page in made.pages for font in _fonts(page["/Resources"])}
    assert fonts
    assert all("+NotoSansCJKsc" in name for name in fonts)


def _fonts(resources):
    """The fonts of a page, and of what is drawn in it."""
    resources = resources.get_object()
    yield from resources.get("/Font", {}).values()
    for inner in resources.get("/XObject", {}).values():
        if "/Resources" in inner.get_object():
            yield from _fonts(inner.get_object()["/Resources"])


def test_a_pdf_is_the_same_each_time():
    """The same bytes, without the time of day in them."""
    pytest.importorskip("typst")
    made = {hashlib.sha256(render("event-hosting", format="pdf", page="A4")).hexdigest() for _ in range(2)}
    assert len(made) == 1


@pytest.mark.parametrize("page", ["", "A5"])
def test_a_pdf_takes_any_text(read, page):
    """Words that are commands elsewhere are words here."""
    made = read(render(sopflow.loads(STRANGE), format="pdf", page=page))
    text = "".join(page.extract_text() for page in made.pages)
    assert "#let x = 1" in text
    assert "<script>" in text


def test_without_typst_a_line_says_what_to_install(monkeypatch):
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError) as told:
        render("event-attending", format="pdf")
    assert told.value.finding.code == "SOP803"
    assert 'pip install "sopflow[pdf]"' in told.value.finding.mend()
