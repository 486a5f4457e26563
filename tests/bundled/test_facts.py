"""The bundled definitions say what their sources say: each fact is cited where it belongs, each citation is a fact."""

import re
from functools import cache

import pytest

import sopflow
from sopflow import bundled
from sopflow.dsl import format_of

FILES = sorted(bundled.root().glob("*/facts.yaml"))

#: How many facts each source gives, so that none gets lost; folders that are not listed may grow.
COUNTS = {"marketing": 344, "marketing-operations-buildout": 109, "service-launch": 423, "operations-plan": 66}

#: Facts that stand elsewhere than their node says, each with its reason; by node, or by id.
ELSEWHERE = {
    "marketing-operations-buildout#root": "the title of the source is the definition itself",
    "operations-plan#root": "the table of contents is the definition itself",
    "marketing/opinion-control#opinion-control": "the root of the module is the definition itself",
    "marketing/content-publishing#content": "the root of the module is the definition itself",
    "marketing#(every-decision)": "the labels Yes and No stand once in the source, for all decisions of all modules",
}

CHINESE = re.compile("[\u3400-\u9fff]")
WORK = {"task", "decision", "approval"}


@cache
def traced(folder):
    """The trace of a bundled folder."""
    return sopflow.trace(bundled.root() / folder)


def carried(folder):
    """The facts of a folder that must be carried."""
    return [one for one in traced(folder).facts if one.status not in ("furniture", "unknown")]


def folders():
    """A parameter for each folder that has facts."""
    return pytest.mark.parametrize("folder", [file.parent.name for file in FILES])


@folders()
def test_facts_are_listed_once_and_none_is_lost(folder):
    """Ids are unique, an entry has its kind and its English, and there are as many facts as the source gives."""
    file = bundled.root() / folder / "facts.yaml"
    document = format_of(file.name).read(file.read_bytes(), str(file))
    listed = document.data["facts"]
    assert document.findings == ()
    assert len({fact["id"] for fact in listed}) == len(listed) == COUNTS.get(folder, len(listed))
    assert [fact["id"] for fact in listed if not (fact.get("kind") and fact.get("en"))] == []
    assert [fact["id"] for fact in listed if fact["kind"] != "furniture" and not fact.get("node")] == []


@folders()
def test_every_fact_is_carried(folder):
    """No fact is left out, but for the furniture of the page."""
    assert [one.fact.id for one in carried(folder) if one.status == "missing"] == []


@folders()
def test_every_citation_is_a_fact(folder):
    """No citation points to nothing, and nothing else is wrong with definitions and files of facts."""
    assert [one.fact.id for one in traced(folder).facts if one.status == "unknown"] == []
    assert [finding.text() for finding in traced(folder).report] == []


@folders()
def test_a_fact_stands_at_its_node(folder):
    """A fact of ``sop#step`` is cited at or inside the step (or phase) of that id, in whichever definition has it."""
    elsewhere = [one for one in carried(folder) if "#" in one.fact.node and not _at_its_node(one)]
    unexplained = [one.fact.id for one in elsewhere if not {one.fact.id, one.fact.node} & ELSEWHERE.keys()]
    assert unexplained == []


def _at_its_node(one):
    step = one.fact.node.partition("#")[2]
    return any(step in at.path.split(".") or at.part == f"phases.{step}" for at in one.citations)


def test_exceptions_are_needed():
    """A fact that stands where it belongs is no exception any more."""
    facts = [one for file in FILES for one in carried(file.parent.name) if "#" in one.fact.node]
    used = {name for one in facts if not _at_its_node(one) for name in (one.fact.id, one.fact.node)}
    assert {name for name in ELSEWHERE if name not in used} == set()


@folders()
def test_work_that_no_source_names_is_called_a_reading(folder):
    """A task, decision or approval without a fact says ``inferred``: why it is there all the same."""
    assert _unsaid(folder) == []


def _unsaid(folder):
    steps = traced(folder).steps
    return [step.name for step in steps if step.kind in WORK and not step.facts and step.inferred is None]


@pytest.mark.parametrize("name", bundled.names())
def test_texts_are_in_their_language(name):
    """English has no Chinese characters, Chinese has some."""
    for path, text in sopflow.load(name).texts().items():
        if isinstance(text.written, dict):
            assert not CHINESE.search(text.written.get("en", "")), path
            assert all(CHINESE.search(said) for tag, said in text.written.items() if tag.startswith("zh")), path
