"""A finding as a test: it stands alone, runs under pytest, and passes because the fault is there."""

from pathlib import Path

import pytest

from sopflow import dsl
from sopflow.analysis import as_pytest, check

CORPUS = Path(__file__).parent.parent / "corpus" / "unsound"
SHOWN = (
    "circle-without-a-way-out",
    "late-trap",
    "round-that-never-ends",
    "waits-for-each-other",
    "circle-of-three-waits",
    "message-that-only-comes-later",
    "field-that-only-later-steps-write",
    "served-only-by-one-answer",
    "sibling-that-was-not-started",
    "sibling-that-was-cancelled",
    "one-message-for-two",
    "after-and-a-wait",
)


def shown(name):
    """The findings of a definition of the corpus, each with its test."""
    sop = dsl.load(CORPUS / f"{name}.sop.yaml")
    return [(finding, as_pytest(finding, sop)) for finding in check(sop) if finding.code < "SOP45"]


@pytest.mark.parametrize("name", SHOWN)
def test_the_fault_is_shown_by_running(name):
    """The text of the test needs nothing else, and its test passes."""
    for _, text in shown(name):
        names = {}
        exec(text, names)
        (test,) = [value for key, value in names.items() if key.startswith("test_")]
        test()


def test_the_text_is_a_test_module(tmp_path):
    """It compiles as a file of its own, with the finding in its head."""
    ((finding, text),) = shown("message-that-only-comes-later")
    file = tmp_path / "test_shown.py"
    file.write_text(text, encoding="utf-8")
    compile(file.read_text(encoding="utf-8"), str(file), "exec")
    assert text.startswith(f'"""{finding.code}, shown by a run of ‘message-that-only-comes-later’')
    assert "('dig', 'done')," in text


def test_what_no_run_shows_has_no_test():
    """A step that is never reached is not shown by a run."""
    assert [text for _, text in shown("unreachable-step")] == [None]


def test_the_route_is_the_trace_in_parts():
    """Steps and ways stand in the route as the picture names them."""
    ((finding, _),) = shown("served-only-by-one-answer")
    assert finding.trace == ("repair.store.in-stock: no", "repair.store", "repair.shop.hear")
    assert finding.route == (("repair.store.in-stock", "no"), ("repair.store", "done"), ("repair.shop.hear", ""))
