"""What a page tells of a step: in plain words of each language, of everything that the definition says."""

import pytest
from hypothesis import given
from strange_sops import definitions

import sopflow
from sopflow.rendering import View, draw
from sopflow.rendering._cards import book_of

SOP = """\
sopflow: 1
id: tender
languages: [en, zh]
roles: {clerk: {en: Clerk, zh: 文员}, head: {en: Head, zh: 主管}}
data:
  price: {is: decimal, title: {en: Price, zh: 价格}, unit: EUR}
  kind:
    is: [goods, works]
    title: {en: Kind, zh: 类别}
    labels: {goods: {en: Goods, zh: 货物}, works: {en: Works, zh: 工程}}
  large: {is: bool, title: {en: Large, zh: 大额}}
  day: {is: date, title: {en: Opening day, zh: 开标日}}
anchors: {T: day}
steps:
  ask:
    task: {en: Ask for offers, zh: 询价}
    by: clerk
    tell: head
    due: T-30
    remind: [every week after opened]
    escalate: [{at: 1 day after due, to: head, do: hand-over}]
    duration: 2..3 days
    form: [price, kind?]
    checklist: [{text: {en: Three offers, zh: 三家报价}, if: price > 100}]
    standards: [{en: In writing, zh: 书面}]
    materials:
      - {text: {en: Form, zh: 表格}, link: 'https://example.org/form'}
      - {text: Bad, link: 'javascript:alert(1)'}
    note: {en: Be quick, zh: 尽快}
    inferred: {en: We think so, zh: 我们认为}
    cites: [tender-1]
  weigh:
    decision: {en: How large?, zh: 规模如何}
    table:
      columns: [kind, price]
      gives: [large]
      rows: [[works, at least 1000, true], [any, any, false]]
      hit: first
  check:
    decision: {en: Who checks?, zh: 谁审核}
    next: [{when: large && price > 500, then: agree}, {else: file}]
  agree: {approval: {en: Agree, zh: 同意}, by: head, not-by: ask, refused: ask}
  file: {task: {en: File it, zh: 归档}, by: clerk, if: steps.ask.done, requires: [known(price)]}
"""


@pytest.fixture(scope="module")
def cards():
    """The cards of the definition above by key, each a map of headings to lines, in both languages."""
    return {
        card.key: [
            {part.heading: [(line.label, line.text, line.more) for line in part.lines] for part in told.parts}
            for told in card.told
        ]
        for card in book_of(draw(sopflow.loads(SOP), View("en"))).cards
    }


def test_a_card_says_who_and_when(cards):
    """Roles by their titles, times as sentences; a short form with what it means."""
    english, chinese = cards["ask"]
    assert english["Who"] == [("", "Clerk", ""), ("is told", "Head", "")]
    assert english["When"] == [
        ("due", "T-30 (30 days before Opening day)", ""),
        ("takes", "2 to 3 days", ""),
        ("reminder", "every week after opening", ""),
        ("escalation", "1 day after the due date", "handed over to Head"),
    ]
    assert chinese["负责"] == [("", "文员", ""), ("知会", "主管", "")]
    assert chinese["时间"][0] == ("期限", "T-30 (开标日前 30 天)", "")


def test_a_card_lists_what_is_to_do(cards):
    """Items with their conditions in words, fields with their kinds, addresses as addresses."""
    english = cards["ask"][0]
    assert english["Checklist"] == [("", "Three offers", "only if Price is above 100")]
    assert english["Fields to fill in"] == [("", "Price", "number EUR"), ("", "Kind", "Goods / Works · may stay empty")]
    assert english["Standards"] == [("", "In writing", "")]
    assert english["Materials"] == [("", "Form", "https://example.org/form"), ("", "Bad", "javascript:alert(1)")]
    assert english["Note"] == [("", "Be quick", "")]
    assert english["Our reading"] == [("", "We think so", "")]
    assert list(english)[-1] == "Sources"


def test_only_addresses_of_the_web_are_links():
    """A browser is never sent to anything else."""
    card = next(card for card in book_of(draw(sopflow.loads(SOP), View("en"))).cards if card.key == "ask")
    links = [line.link for part in card.told[0].parts for line in part.lines if line.link]
    assert links == ["https://example.org/form"]


def test_rules_are_told_as_sentences(cards):
    """Cases and the rows of tables, with the titles of fields and values; conditions, too."""
    assert cards["check"][0]["How it is decided"] == [
        ("Agree", "Large is true and Price is above 500", ""), ("File it", "otherwise", ""),
    ]  # fmt: skip
    assert cards["weigh"][0]["How it is decided"] == [
        ("", "Kind is Works, Price is at least 1000", "Large = Yes"), ("", "in any case", "Large = No"),
    ]  # fmt: skip
    assert cards["weigh"][1]["判断规则"][0] == ("", "类别为工程，价格不小于 1000", "大额 = 是")
    assert cards["file"][0]["Conditions"] == [
        ("only if", "‘Ask for offers’ is done", ""), ("needs before", "Price is known", ""),
    ]  # fmt: skip
    assert cards["file"][1]["条件"][0] == ("仅当", "“询价”已完成", "")
    assert cards["agree"][0]["Who"][1] == ("not whoever did", "Ask for offers", "")


def test_ways_have_their_answers(cards):
    """Where a step leads, and under which answer; where it comes from."""
    assert cards["agree"][0]["Leads to"] == [("Approved", "File it", ""), ("Refused", "Ask for offers", "")]
    assert ("", "Weigh", "") not in cards["check"][0]["Comes from"]
    assert [text for _, text, _ in cards["check"][0]["Comes from"]] == ["How large?"]


def test_sources_are_quoted_where_their_facts_are():
    """A citation is its fact's words; without facts, its id."""
    card = next(one for one in book_of(draw("event-attending", View("zh"))).cards if one.key == "is-free")
    assert card.told[0].parts[-1].lines[0].text == "是否免费"
    assert card.told[1].parts[-1].lines[0].more.startswith("“是否免费” · market-000-")
    bare = next(one for one in book_of(draw(sopflow.loads(SOP), View("en"))).cards if one.key == "ask")
    assert bare.told[0].parts[-1].lines[0].text == "tender-1"


@given(definitions(25))
def test_all_that_is_drawn_has_a_card(sop):
    """Each node has a card with a title in each language, and each card but a definition's is in the outline once."""
    drawing = draw(sop, View("zh"))
    book = book_of(drawing)
    boxes = [box for sheet in drawing.geometry.sheets for box in sheet.nodes]
    assert all(box.id in book.cards_of for box in boxes)
    assert all(told.title for card in book.cards for told in card.told)
    assert len({card.key for card in book.cards}) == len(book.cards)
    entries, listed = list(book.outline), []
    while entries:
        entry = entries.pop()
        entries += entry.inner
        listed.append(entry.card)
    signs = {book.cards_of[box.id] for box in boxes if box.shape in ("start", "join", "goto")}
    steps = {book.cards_of[box.id] for box in boxes if box.shape not in ("start", "join", "goto")}
    assert steps <= set(listed) <= steps | signs | {-1} | {book.cards_of[id] for id in book.cards_of}


@pytest.mark.parametrize("part", [{"phase": "publicity-phase"}, {"focus": "adjust", "radius": 1}, {"lanes": False}])
@pytest.mark.parametrize("lang", ["zh", "both", "fr"])
def test_parts_of_a_picture_have_pages_too(part, lang):
    """One phase, what is near a step, a picture without lanes: in any language."""
    assert sopflow.render("event-hosting", format="html", lang=lang, **part).endswith("</html>")
