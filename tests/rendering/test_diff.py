"""A version drawn against another: what came, what went, what changed; and nothing where nothing did."""

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import laws
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strange_sops import definition

import sopflow
from sopflow import bundled
from sopflow.rendering import View, draw, render
from sopflow.rendering._drawing import Over
from sopflow.rendering.overlay._matching import matched

GOLDEN = Path(__file__).parent / "goldens" / "overlay-diff-en.txt"
OLD = """\
sopflow: 1
id: pay
version: 1.0.0
title: {en: Pay an invoice, zh: 付款}
languages: [en, zh]
roles: {clerk: {en: Clerk, zh: 办事员}, boss: {en: Boss, zh: 主管}}
data: {amount: int}
messages: {recall: {is: {}}}
steps:
  enter: {task: {en: Enter the invoice, zh: 录入发票}, by: clerk, due: 2 weeks after opened, checklist: [Number, Date]}
  file-it: {task: {en: File it, zh: 归档}, by: clerk}
  is-large: {decision: {en: 'Is it large?', zh: 金额是否大}, next: [{when: amount > 100, then: sign}, {else: pay}]}
  sign: {approval: {en: Sign, zh: 签字}, by: boss, approved: pay, refused: enter}
  pay: {task: {en: Pay, zh: 付款}, by: clerk, if: amount > 0}
"""


def _edited(*changes):
    text = OLD
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return sopflow.loads(text)


def _drawing(new, old=None, **view):
    return draw(new, View(**view), over=Over(against=old or sopflow.loads(OLD)))


def _said(drawing):
    """The list: kind, what it is about, and what is told of it."""
    return [(one.kind, one.texts[0].partition(" · ")[2], *one.texts[1:]) for one in drawing.overlay.remarks]


@pytest.mark.parametrize("name", bundled.names())
def test_a_definition_does_not_differ_from_itself(name):
    """Drawn against itself a definition is drawn as ever, without a mark, and says that there is no difference."""
    sop = sopflow.load(name)
    drawing = _drawing(sop, sop)
    assert (drawing.overlay.nodes, drawing.overlay.edges, drawing.overlay.remarks) == ({}, {}, ())
    assert drawing.scene.sheets == draw(sop, View()).scene.sheets
    assert drawing.scene.remarks


CHANGES = [
    (("due: 2 weeks after opened", "due: 10 days after opened"),
     ("Enter the invoice", "deadline: 2 weeks after opening → 10 days after opening")),
    (("by: boss", "by: clerk"), ("Sign", "who: Boss → Clerk")),
    (("if: amount > 0", "if: amount > 5"), ("Pay", "condition: amount > 0 → amount > 5")),
    (("[Number, Date]", "[Number, Sum]"),
     ("Enter the invoice", "checklist: − Date", "checklist: + Sum")),
    (("{en: File it, zh: 归档}", "{en: File it away, zh: 存档}"),
     ("File it away", "title: File it → File it away")),
    (("  file-it: {task", "  file-them: {task"), ("File it", "id: file-it → file-them")),
    (("amount > 100, then", "amount > 500, then"),
     ("Is it large?", "how it is decided: − amount > 100 → sign", "how it is decided: + amount > 500 → sign")),
    (("  pay: {task", "  pay: {set: {amount: 3}, task"), ("Pay", "other details")),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "told"), CHANGES, ids=[told[1] for _, told in CHANGES])
def test_what_changed_of_a_step_is_told(edit, told):
    """A step that changed has one mark, and the list says what was and what is."""
    drawing = _drawing(_edited(edit))
    said = [one for one in _said(drawing) if one[1] == told[0]]
    assert said == [("changed", *told)]
    (number,) = [one.number for one in drawing.overlay.remarks if one.texts[0].endswith(told[0])]
    assert ("changed", number) in [sign for one in drawing.overlay.nodes.values() for sign in one.signs]


def test_a_step_that_came_and_one_that_went():
    """What came is marked; what went is drawn where it stood; the ways around them are not told of."""
    new = _edited(
        ("  file-it: {task: {en: File it, zh: 归档}, by: clerk}\n", ""),
        ("  pay: {task", "  warn: {task: Tell the supplier, by: clerk, due: 1 day after opened}\n  pay: {task"),
    )  # fmt: skip
    drawing = _drawing(new)
    assert _said(drawing) == [
        ("removed", "File it"),
        ("added", "Tell the supplier", "1 day after opening"),
    ]
    assert drawing.overlay.nodes["was/file-it"].status == "removed"
    assert drawing.overlay.nodes["warn"].status == "added"
    order = [node.id for sheet in drawing.scene.sheets for node in sheet.nodes]
    assert order.index("enter") < order.index("was/file-it") < order.index("is-large")
    ways = {id: one.status for id, one in drawing.overlay.edges.items()}
    assert ways["enter>done"] == "added"
    assert ways["was/enter>done"] == ways["was/file-it>done"] == "removed"
    assert len(drawing.geometry.overlay.notes) == 2


def test_a_way_that_leads_elsewhere():
    """A way between steps that are both still there is told of: where it led, and where it leads."""
    drawing = _drawing(_edited(("refused: enter", "refused: file-it")))
    assert _said(drawing) == [
        ("added", "Way ‘Approved?’ → ‘File it’ (Refused)"),
        ("removed", "Way ‘Approved?’ → ‘Enter the invoice’ (Refused)"),
    ]
    marked = {id: one.signs for id, one in drawing.overlay.edges.items()}
    assert marked == {
        "sign--verdict>refused": (("added", "1"),), "was/sign--verdict>refused": (("removed", "2"),),
    }  # fmt: skip


def test_what_a_handler_waits_for():
    """A handler that came, and one whose time changed, are told of."""
    on = "steps:\n  enter"
    new = _edited((on, "on:\n  recall: {task: Call the bank, by: clerk}\n" + on))
    assert ("added", "recall") in _said(_drawing(new))
    assert ("removed", "recall") in _said(_drawing(sopflow.loads(OLD), new))


def test_steps_are_recognised():
    """A step is the same by its path, by its id elsewhere, or by what it is called."""
    new = _edited(
        ("  file-it: {task", "  file-away: {task"),
        ("  pay: {task: {en: Pay, zh: 付款}, by: clerk, if: amount > 0}",
         "  payment:\n    group: Payment\n    steps:\n      pay: {task: {en: Pay, zh: 付款}, by: clerk}"),
        ("then: sign}, {else: pay}", "then: sign}, {else: payment}"), ("approved: pay", "approved: payment"),
    )  # fmt: skip
    found = matched(sopflow.compile(sopflow.loads(OLD)), sopflow.compile(new))
    assert found == {
        "enter": "enter", "file-it": "file-away", "is-large": "is-large", "sign": "sign", "pay": "payment.pay",
    }  # fmt: skip


def test_the_outline_is_the_golden_one():
    """A diff as text is as in the golden file."""
    new = _edited(*[edit for edit, _ in CHANGES[:4]], ("refused: enter", "refused: file-it"))
    drawn = render(new, format="txt", against=sopflow.loads(OLD))
    if os.environ.get("SOPFLOW_NEW_GOLDENS"):
        GOLDEN.write_text(drawn, encoding="utf-8")
    assert drawn == GOLDEN.read_text(encoding="utf-8")


def test_nothing_in_common():
    """Two definitions that have nothing in common: one is all new, the other all gone."""
    drawing = _drawing(sopflow.load("event-intake"), sopflow.loads(OLD))
    statuses = {one.status for one in drawing.overlay.nodes.values()}
    assert statuses >= {"added", "removed"}
    assert _broken(drawing) == []


def test_a_picture_of_a_diff_is_accessible():
    """What came and went says so in words, and the list is a list."""
    root = ET.fromstring(render(_edited(CHANGES[0][0]), against=sopflow.loads(OLD)))
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any("changed\ndeadline: 2 weeks after opening → 10 days after opening" in title for title in titles)
    roles = [element.get("role") for element in root.iter()]
    assert (roles.count("list"), roles.count("listitem")) == (1, 1)


def _broken(drawing):
    """Which laws of pictures a merged scene breaks."""
    geometry = drawing.geometry
    found = [
        text for law in (laws.overlaps, laws.slanting, laws.through, laws.spilling, laws.hidden_labels)
        for text in law(geometry)
    ]  # fmt: skip
    return [*found, *laws.missing(geometry, drawing.scene)]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 20), st.integers(1, 20))
def test_any_two_definitions_can_be_compared(one, two, size, other):
    """Whatever two definitions are like, their diff keeps the laws of pictures and draws all of the new one."""
    old, new = definition(one, size), definition(two, other)
    drawing = _drawing(new, old)
    assert _broken(drawing) == []
    kept = {node.id for sheet in drawing.scene.sheets for node in sheet.nodes if not node.id.startswith("was/")}
    assert kept >= {node.id for sheet in draw(new, View()).scene.sheets for node in sheet.nodes}


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_strange_definitions_do_not_differ_from_themselves(seed, size):
    """Nothing is marked in the diff of a definition with itself."""
    drawing = _drawing(definition(seed, size), definition(seed, size))
    assert (drawing.overlay.nodes, drawing.overlay.edges, drawing.overlay.remarks) == ({}, {}, ())
