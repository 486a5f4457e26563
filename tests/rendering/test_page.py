"""The page, as a reader has it: opened from a file in a real Chromium, by mouse and by keyboard, on paper and aloud."""

import json
import re
import subprocess
import sys

import chromium
import pytest

import sopflow
from sopflow.rendering import THEMES, render

needs_chromium = pytest.mark.skipif(chromium.PROGRAM is None, reason="Chromium is not installed")
HOSTILE = """\
sopflow: 1
id: hostile
title: '</script><script>window.hit=1</script><img src=x onerror=window.hit=1>'
languages: [en]
roles: {clerk: '"><svg onload=window.hit=1>'}
data: {ok: {is: bool, title: '{{ 7*7 }} <!-- ]]> --> </style>'}}
steps:
  a:
    task: "\\u202eRTL \\u0645\\u0631\\u062d\\u0628\\u0627 <b>bold</b> & 'quotes' \\" ]]>"
    by: clerk
    note: '{% raw %} </article></aside><script>window.hit=1</script>'
    materials: [{text: click, link: 'javascript:window.hit=1'}, {text: fine, link: 'https://example.org/?a="b"&c=<d>'}]
    cites: ['" onmouseover="window.hit=1']
  b: {decision: 'ok?', about: ok, by: clerk, yes: end, no: a}
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """One browser for all tests."""
    running = chromium.Chromium(tmp_path_factory.mktemp("profile"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    """The addresses of pages, each drawn once."""
    folder = tmp_path_factory.mktemp("pages")

    def address(sop, lang="zh", **options):
        name = sop if isinstance(sop, str) else sop.id
        file = folder / f"{name}-{lang}.html"
        if not file.exists():
            file.write_text(render(sop, format="html", lang=lang, **options), encoding="utf-8")
        return file.as_uri()

    return address


@pytest.fixture
def page(browser, addresses):
    """`event-attending` in Chinese; it must have complained of nothing and asked for nothing when the test is over."""
    with browser.page(addresses("event-attending")) as opened:
        yield opened
        assert opened.complaints() == []
        assert [url for url in opened.asked() if not url.startswith(("file:", "data:"))] == []


def _view(page):
    page.settle()
    return [float(part) for part in page.js("svg.getAttribute('viewBox')").split()]


def _is_in_the_middle(page, step):
    x, y = page.middle(f"#n-{step}")
    left, top, wide, high = page.js("(() => { const b = view.getBoundingClientRect();"
                                    " return [b.x, b.y, b.width, b.height]; })()")  # fmt: skip
    return abs(x - left - wide / 2) < 3 and abs(y - top - high / 2) < 3


def _card(page):
    """The text of the open card as it is seen; "" where none is open."""
    return page.js("panel.hidden ? '' : panel.querySelector('article:not([hidden])').innerText")


# -- without a browser -------------------------------------------------------------------------------------------------


def test_the_file_needs_nothing_else():
    """Nothing is fetched: no address but those of material, no handler in an attribute, no style in one."""
    page = render("event-attending", format="html", lang="zh")
    assert re.findall(r'(?:src|href)="(?!#|data:,")([^"]*)"', page) == []
    assert re.findall(r"<[^>]*\s(?:on\w+|style)=", page) == []
    assert "@import" not in page
    assert "url(" not in page


def test_the_policy_lets_nothing_in():
    """The policy names the hash of our script and of our style, and forbids all else."""
    policy = re.search(
        r'http-equiv="Content-Security-Policy" content="([^"]*)"', render("event-attending", format="html")
    )
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;;")
    assert "unsafe" not in policy[1]


def test_the_same_bytes_every_time(tmp_path):
    """The page is the same on any hash seed."""
    code = "import sopflow, sys; sys.stdout.write(sopflow.render('event-hosting', format='html', lang='en'))"
    pages = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                       capture_output=True, check=True).stdout
        for seed in ("0", "1")
    ]  # fmt: skip
    assert pages[0] == pages[1] != b""


def test_a_poster_stays_small():
    """The largest bundled picture with all that is told of its steps, twice, is well below a megabyte."""
    assert len(render("marketing", format="html", lang="zh").encode()) < 800_000


def test_links_of_the_page_are_read_easily():
    """The page's own colour has a contrast of 4.5 or more (WCAG 2.2, 1.4.3); the picture's are tested with it."""
    from sopflow.rendering.formats._html import _LINKS

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for name, colour in _LINKS.items():
        low, high = sorted((luminance(colour), luminance(THEMES[name].panel)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


# -- looking around ----------------------------------------------------------------------------------------------------


@needs_chromium
def test_wheel_drag_and_keys_move_the_view(page):
    """The wheel zooms where the mouse is, a drag moves, + - 0 and the arrows do it by keyboard."""
    start = _view(page)
    page.mouse("mouseWheel", 640, 400, deltaX=0, deltaY=-300)
    closer = _view(page)
    assert closer[2] < start[2]
    page.drag((640, 400), (540, 350))
    moved = _view(page)
    assert moved[:2] == pytest.approx([closer[0] + 100 * closer[2] / 1280, closer[1] + 50 * closer[2] / 1280], abs=1)
    assert _card(page) == ""
    page.press("+")
    assert _view(page)[2] == pytest.approx(moved[2] / 1.25, rel=0.01)
    page.press("-", "ArrowRight")
    assert _view(page)[0] > moved[0]
    page.press("0")
    x, y, wide, high = _view(page)
    whole = page.js("whole")
    assert x <= 0
    assert y <= 0
    assert x + wide >= whole["w"]
    assert y + high >= whole["h"]


@needs_chromium
def test_two_fingers_zoom(page):
    """Two fingers that part make the picture larger."""
    before = _view(page)
    for kind, apart in (("touchStart", 40), ("touchMove", 60), ("touchMove", 120)):
        points = [{"x": 640 - apart, "y": 400, "id": 0}, {"x": 640 + apart, "y": 400, "id": 1}]
        page.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)
    page.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    assert _view(page)[2] < before[2] / 2


@needs_chromium
def test_a_click_opens_a_card(page):
    """It says who, when, on what it rests, and where it leads; its ways lead on, "back" leads back."""
    page.js("reveal(document.getElementById('n-write-event-plan'), true)")
    page.settle()
    page.click("#n-write-event-plan")
    card = _card(page)
    for said in ("活动策划方案提前≥一个月", "活动策划", "活动开始日期前 1 个月", "market-000-"):
        assert said in card
    assert page.js("location.hash") == "#step=write-event-plan"
    page.click("#panel article:not([hidden]) [data-l='0'] .ways a")
    assert page.js("location.hash") != "#step=write-event-plan"
    page.js("history.back()")
    page.wait("location.hash === '#step=write-event-plan'")
    page.wait("!panel.hidden && panel.innerText.includes('提前≥一个月')")


@needs_chromium
def test_a_click_on_nothing_closes_the_card(browser, addresses):
    """So does the cross; the address then names no step."""
    with browser.page(addresses("event-attending") + "#step=is-free") as page:
        page.wait("!panel.hidden")
        page.mouse("mousePressed", 20, 780, button="left", clickCount=1)
        page.mouse("mouseReleased", 20, 780, button="left", clickCount=1)
        page.settle()
        assert _card(page) == ""
        assert page.js("location.hash") == ""


@needs_chromium
@pytest.mark.parametrize("link", ["#step=review-nx", "#step=paid.none", "#step=%E0%A4", "#sheet=99", "#nothing"])
def test_a_link_opens_its_step(browser, addresses, link):
    """A link to a step shows it in the middle, with its card; a link to nothing shows the picture."""
    with browser.page(addresses("event-attending") + link) as page:
        page.settle()
        found = link == "#step=review-nx"
        assert ("复盘总结(N+X)" in _card(page)) == found
        if found:
            page.settle()
            assert _is_in_the_middle(page, "review-nx")
        assert page.complaints() == []


# -- searching ---------------------------------------------------------------------------------------------------------


@needs_chromium
def test_search_finds_marks_and_centres(page):
    """Search goes through titles in each language, ids and roles; Enter and Shift+Enter go from hit to hit."""
    page.press("/")
    assert page.js("document.activeElement.id") == "search"
    page.type("CONTRACT")  # English, in a Chinese picture
    assert page.js("svg.querySelector('#n-run-contract').matches('.hit')")
    assert not page.js("svg.querySelector('#n-archive').matches('.hit')")
    total = int(page.js("$('count').textContent").split("/")[1])
    assert total == page.js("$('hits').children.length") >= 2
    first = page.js("hits[current]")
    page.press("Enter")
    assert page.js("hits[current]") != first
    page.press("Enter", shift=True)
    assert page.js("hits[current]") == first
    assert _is_in_the_middle(page, page.js("cards[hits[current]].dataset.key"))
    page.press("Escape")
    assert page.js("[$('search').value, svg.matches('.found'), $('hits').hidden]") == ["", False, True]


@needs_chromium
@pytest.mark.parametrize(
    ("sought", "step"),
    [("confirm-by-email", "confirm-by-email"), ("市场总监", "will-attend"), ("行业伙伴推荐", "collect-leads")],
)
def test_search_knows_ids_roles_and_texts(page, sought, step):
    """What is sought may stand in the id, the role or anything that the card says."""
    page.press("/")
    page.type(sought)
    assert page.js(f"svg.querySelector('#n-{step}').matches('.hit')")


@needs_chromium
def test_search_that_finds_nothing_says_so(page):
    """Aloud, too: the count is a status."""
    page.press("/")
    page.type("zzz")
    assert ("status", "") in [(role, name) for role, name in page.accessible() if role == "status"]
    assert page.js("$('count').textContent") == "没有找到"


# -- keyboard ----------------------------------------------------------------------------------------------------------


@needs_chromium
def test_the_keyboard_goes_everywhere(page):
    """Tab reaches the steps, arrows walk along the ways, Enter opens, Escape closes and comes back."""
    for _ in range(30):
        page.press("Tab")
        if page.js("document.activeElement.matches('g.node')"):
            break
    assert page.js("document.activeElement.id") == "n---start"
    page.press("ArrowDown", "ArrowDown")
    assert page.js("document.activeElement.id") == "n-prioritise-leads"
    page.press("ArrowUp")
    assert page.js("document.activeElement.id") == "n-collect-leads"
    page.press("Enter")
    assert "活动信息收集(初筛)" in _card(page)
    assert page.js("document.activeElement.matches('#panel h2')")
    page.press("Escape")
    assert _card(page) == ""
    assert page.js("document.activeElement.id") == "n-collect-leads"


@needs_chromium
def test_what_has_the_focus_is_in_sight(page):
    """A step that gets the focus by Tab comes into the window, and the page does not scroll."""
    page.js("nodes[0].focus()")
    for _ in range(20):
        page.press("Tab")
    box = page.js("(() => { const b = document.activeElement.getBoundingClientRect();"
                  " return [b.left, b.top, b.right, b.bottom, scrollX, scrollY, view.scrollTop]; })()")  # fmt: skip
    assert box[0] >= 0
    assert box[1] >= 50
    assert box[2] <= 1280
    assert box[3] <= 800
    assert box[4:] == [0, 0, 0]


@needs_chromium
def test_help_lists_the_keys(page):
    """`?` opens the list of keys, Escape closes it and nothing else."""
    page.press("?")
    assert page.js("$('keys').open")
    page.press("Escape")
    assert not page.js("$('keys').open")


# -- for every eye and ear ---------------------------------------------------------------------------------------------


@needs_chromium
def test_light_and_dark(page):
    """The page follows the system until it is told otherwise."""
    ground = (
        "getComputedStyle(svg.querySelector(':scope > rect')).fill + getComputedStyle(document.body).backgroundColor"
    )
    rgb = {
        name: "rgb({}, {}, {})".format(*(int(theme.page[at : at + 2], 16) for at in (1, 3, 5)))
        for name, theme in THEMES.items()
    }
    assert page.js(ground) == rgb["light"] * 2
    page.media(dark=True)
    assert page.js(ground) == rgb["dark"] * 2
    page.press("d")
    assert page.js(ground) == rgb["light"] * 2
    page.click("#theme")
    assert page.js(ground) == rgb["dark"] * 2
    page.media(dark=True, kind="print")
    assert page.js(ground) == rgb["light"] * 2


@needs_chromium
def test_a_dark_page_begins_dark(browser, addresses, tmp_path):
    """`--theme dark` is dark whatever the system says."""
    file = tmp_path / "dark.html"
    file.write_text(render("event-attending", format="html", theme="dark"), encoding="utf-8")
    with browser.page(file.as_uri()) as page:
        assert page.js("getComputedStyle(document.body).colorScheme || getComputedStyle(svg).colorScheme") == "dark"


@needs_chromium
def test_the_language_of_what_is_told_can_be_changed(page):
    """Cards, outline and buttons change; the picture, which was laid out in its language, stays."""
    page.js("go(cards.findIndex((card) => card.dataset.key === 'is-free'))")
    page.settle()
    assert "是否免费" in _card(page)
    page.js("$('language').value = '1'; $('language').dispatchEvent(new Event('change'))")
    assert "Is it free of charge?" in _card(page)
    assert "是否免费" not in _card(page).split("Sources")[0]
    assert page.js("[document.documentElement.lang, $('fit').title]") == ["en", "All of it"]


@needs_chromium
def test_the_outline_is_there_for_screen_readers(page):
    """Landmarks, a nested list with a link to each step, buttons with names; also while the outline is out of sight."""
    tree = page.accessible()
    roles = {role for role, _ in tree}
    assert {"banner", "main", "navigation", "search", "searchbox", "status", "list", "listitem"} <= roles
    links = [name for role, name in tree if role == "link"]
    assert {"是否参加", "权益谈判", "复盘总结(N+X)"} <= set(links)
    assert all(name for role, name in tree if role in ("button", "link"))
    assert ("button", "是否参加") in tree
    page.press("o")
    assert page.js("outline.getBoundingClientRect().width") > 200


@needs_chromium
def test_whoever_is_made_ill_by_motion_sees_none(browser, addresses):
    """The view glides; where motion is to be reduced it is there at once."""
    jump = "reveal(document.getElementById('n-review-nx'), true), look.y"
    with browser.page(addresses("event-attending"), still=False) as page:
        gliding = page.js(jump)
        page.wait("Math.abs(look.y - area(document.getElementById('n-review-nx')).y) < 60")
        assert page.js("look.y") != gliding
    with browser.page(addresses("event-attending"), still=True) as page:
        assert page.js(jump) == page.js("look.y")


@needs_chromium
def test_on_paper(browser, addresses):
    """A picture of one sheet is one page; of several, the whole, then each sheet."""

    def pages(page):
        return len(re.findall(rb"/Type\s*/Page\b", page.pdf()))

    with browser.page(addresses("event-attending")) as page:
        assert pages(page) == 1
        assert page.complaints() == []
    with browser.page(addresses("marketing")) as page:
        before = _view(page)
        assert pages(page) == 1 + page.js("sheets.length")
        assert _view(page) == before


@needs_chromium
def test_on_a_phone(browser, addresses):
    """On 390 pixels nothing is wider than the window, and a card leaves room for its step."""
    with browser.page(addresses("event-attending") + "#step=evaluate-weekly", size=(390, 780)) as page:
        page.settle()
        assert page.js("document.documentElement.scrollWidth") == 390
        assert page.js("$('panel').getBoundingClientRect().right") <= 390
        x, y = page.middle("#n-evaluate-weekly")
        assert 0 < x < 390
        assert y < page.js("panel.getBoundingClientRect().top")


# -- large, and hostile ------------------------------------------------------------------------------------------------


@needs_chromium
def test_a_poster_leads_from_sheet_to_sheet(browser, addresses):
    """Sheets are named from afar and linked in the outline; a box that stands for a sheet leads there."""
    with browser.page(addresses("marketing")) as page:
        page.settle()
        assert not page.js("$('far').hidden")
        page.js("location.hash = '#sheet=3'")
        page.wait("look.scale > 0.4")
        page.settle()
        assert page.js("$('far').hidden")
        page.js("location.hash = '#step=marketing-strategy'")
        page.wait("!panel.hidden")
        assert page.js("panel.querySelector('article:not([hidden]) a[href^=\"#sheet=\"]') !== null")
        assert page.complaints() == []


@needs_chromium
def test_nothing_in_a_definition_runs(browser, addresses):
    """Texts with markup, quotes, templates and addresses of scripts are shown as they are written."""
    with browser.page(addresses(sopflow.loads(HOSTILE), "en") + "#step=a") as page:
        page.settle()
        card = _card(page)
        assert "<b>bold</b> & 'quotes' \" ]]>" in card
        assert "{% raw %} </article></aside><script>window.hit=1</script>" in card
        assert page.js("window.hit === undefined && document.scripts.length === 2 && !document.querySelector('img')")
        links = page.js("[...document.querySelectorAll('#card-1 a[target]')].map((link) => link.getAttribute('href'))")
        assert links == ['https://example.org/?a="b"&c=<d>']
        assert page.js("document.title") == "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>"
        page.press("/")
        page.type("<script>")
        assert page.complaints() == []


@needs_chromium
def test_every_step_has_a_card(browser, addresses):
    """Each node of the picture has a card, and each card's links lead to a card."""
    with browser.page(addresses("event-hosting")) as page:
        assert page.js("nodes.length === data.nodes.length && data.nodes.every((card) => cards[card])")
        keys = set(page.js("cards.map((card) => card.dataset.key)"))
        linked = set(page.js("[...document.querySelectorAll('a[href^=\"#step=\"]')]"
                             ".map((link) => decodeURIComponent(link.hash.slice(6)))"))  # fmt: skip
        assert linked <= keys
        assert json.loads(page.js("JSON.stringify(data.ways)"))
