"""The definition of event-attending says what its source says: every fact is cited, and every citation is a fact."""

import re

import pytest
import yaml

_SOPS = ("event-attending", "event-attending-set-up")
_BLOCKS = {"set-up"}  # under one roof by our reading, so without a label in the source


class _Yaml12(yaml.SafeLoader):
    """Plain words stay words: `yes` and `no` are keys of a decision, dates are compared as text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own way


@pytest.fixture(scope="module")
def folder(repository):
    """Where the marketing definitions stand."""
    return repository / "sops" / "marketing"


@pytest.fixture(scope="module")
def facts(folder):
    """The facts of the source by their ids."""
    listed = _read(folder / "facts.yaml")["facts"]
    by_id = {fact["id"]: fact for fact in listed}
    assert len(by_id) == len(listed) == 344
    return by_id


@pytest.fixture(scope="module")
def maps(folder):
    """Every map of both definitions, with the key under which it stands."""
    return [found for name in _SOPS for found in _maps(_read(folder / f"{name}.sop.yaml"))]


def test_every_fact_placed_here_is_cited(facts, maps):
    """No fact that the source gives for attending an event is left out."""
    placed = {id for id, fact in facts.items() if fact.get("node", "").startswith("marketing/event-attending#")}
    assert len(placed) == 68
    assert sorted(placed - set(_cited(maps))) == []


def test_every_citation_is_a_fact(facts, maps):
    """No citation points to nothing."""
    assert sorted(set(_cited(maps)) - set(facts)) == []


def test_a_fact_is_cited_by_the_step_at_which_it_stands(facts, maps):
    """A step, with its deadlines and lists, cites the facts of its own node; -122 speaks of the report on the plan."""
    steps = {key: value for key, value in maps if value.keys() & {"task", "decision", "approval"}}
    elsewhere = [
        (id, node)
        for id, fact in facts.items()
        if (node := fact.get("node", "")).startswith("marketing/event-attending#")
        and id not in _cited(_maps(steps[node.rpartition("#")[2]]))
    ]
    assert {id for id, _ in elsewhere} == {"market-000-122", "market-000-122-a", "market-000-122-b"}
    assert {id for id, _ in elsewhere} <= set(_cited(_maps(steps["report-to-director"])))


def test_chinese_titles_are_the_labels_of_the_source(facts, maps):
    """What a step is called in Chinese stands, word for word, in a fact that it cites."""
    for key, value in maps:
        for kind in ("task", "decision", "approval"):
            if kind in value:
                title = value[kind]["zh"]
                assert any(title in facts[id]["quote"] for id in value["cites"]), (key, title)


def test_both_languages_everywhere(maps):
    """A text in one language is a text in the other: English without Chinese characters, Chinese with some."""
    texts = [value for _, value in maps if value.keys() & {"en", "zh"}]
    assert len(texts) > 80
    for text in texts:
        assert text.keys() == {"en", "zh"}
        assert not re.search("[\u3400-\u9fff]", text["en"])
        assert re.search("[\u3400-\u9fff]", text["zh"])


def test_scenarios_speak_of_steps_that_exist(folder):
    """Scripts and expectations of the scenarios name steps of their definition, and every step is visited by one."""
    visited = {name: set() for name in _SOPS}
    for file in sorted(folder.glob("scenarios/event-attending-*.scenario.yaml")):
        scenario = _read(file)
        expect = scenario["expect"]
        played = {line.get("done") or line.get("judge") or line["answer"] for line in scenario["script"]}
        visited[scenario["sop"]] |= played | {*expect["path"], *expect["late"], *expect["open"], *expect.get("due", ())}
        assert played <= {*expect["path"]}, file.name
        assert scenario["title"].keys() == {"en", "zh"}, file.name
    for name in _SOPS:
        maps = _maps(_read(folder / f"{name}.sop.yaml"))
        steps = {key for key, value in maps if value.keys() & {"task", "decision", "approval", "parallel"}}
        assert visited[name] == steps - _BLOCKS


def _read(file):
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Yaml12)


def _maps(value):
    """Every map inside ``value``, itself included, as (key under which it stands, map)."""
    found, waiting = [], [("", value)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            found.append((key, value))
            waiting += value.items()
        elif isinstance(value, list):
            waiting += ((key, item) for item in value)
    return found


def _cited(maps):
    return [id for _, value in maps for id in value.get("cites", ())]
