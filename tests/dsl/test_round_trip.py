"""One definition, whatever it is written in: loading, dumping and loading again changes nothing."""

import copy
import json
import pickle
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sopflow.dsl import dump, load, loads, read, read_file
from sopflow.dsl._yaml import read_yaml
from sopflow.errors import DefinitionError, NotFound, UsageError
from sopflow.model import Sop, plain
from sopflow.model._node import facts_of

HERE = Path(__file__).parent
EVERY_KEY = (HERE / "every-key.sop.yaml").read_text(encoding="utf-8")
SMALL = """\
sopflow: 1
id: small
version: 1.0.0
title: Small
roles: {clerk: Clerk}
data: {event: {free: bool}}
steps:
  ask: {decision: Free?, about: event.free, by: clerk, yes: work, no: end}
  work: {task: Work, by: clerk}
"""

# --- small definitions, generated -------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b-c", "d1", "review", "unit"])
WORDS = st.text("aZ 9,:#-{}[]'\"é中。", min_size=1, max_size=8).filter(str.strip)
TEXTS = WORDS | st.dictionaries(st.sampled_from(["en", "zh", "zh-Hant", "ja"]), WORDS, min_size=1)
TARGETS = st.sampled_from(["done", "end bad of run", "a", "b-c", "a.d1"])
CITES = st.lists(WORDS, min_size=1, max_size=2)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
VALUES = st.booleans() | INTEGERS | WORDS | st.lists(INTEGERS, max_size=2) | st.just("= a + 1")
CASES = st.tuples(WORDS, VALUES, VALUES).map(lambda c: [{"when": c[0], "then": c[1]}, {"else": c[2]}])
TIMES = st.recursive(
    st.sampled_from(["1 day after due", "T-30", "09:00 on a.b"]),
    lambda inner: (
        st.builds(lambda times: {"earliest": times}, st.lists(inner, min_size=1, max_size=2))
        | st.builds(lambda time, cites: {"at": time, "cites": cites}, inner, CITES)
        | st.builds(lambda one, other: [{"when": "a", "then": one}, {"else": other}], inner, inner)
    ),
    max_leaves=4,
)
FIELDS = st.one_of(
    st.sampled_from(
        ["bool", "int = 3", "string = as you like", "decimal = 0.5", "list of date", ["a", "b"], [{"n": "int"}]]
    ),
    st.builds(lambda title: {"is": "bool", "default": True, "title": title}, TEXTS),
    st.builds(lambda cites: {"is": {"n": "int"}, "cites": cites, "x-mine": 1}, CITES),
)
COMMON = st.fixed_dictionaries(
    {},
    optional={
        "by": NAMES | st.lists(NAMES, min_size=1, max_size=2),
        "due": TIMES,
        "remind": TIMES.filter(lambda time: not isinstance(time, list)) | st.lists(TIMES, min_size=1, max_size=2),
        "checklist": st.lists(TEXTS | st.builds(lambda t, c: {"text": t, "cites": c}, TEXTS, CITES), min_size=1),
        "set": st.dictionaries(st.sampled_from(["a", "b.c"]), VALUES | CASES, min_size=1),
        "requires": WORDS | st.lists(WORDS, min_size=1, max_size=2),
        "note": TEXTS,
        "cites": CITES,
        "x-colour": VALUES,
    },
)
LEAVES = st.one_of(
    st.builds(lambda title, common: {"task": title, **common}, TEXTS, COMMON),
    st.builds(lambda title, yes, no: {"decision": title, "yes": yes, "no": no}, TEXTS, TARGETS, TARGETS),
    st.builds(lambda title, no, common: {"approval": title, "refused": no, **common}, TEXTS, TARGETS, COMMON),
    st.builds(lambda time: {"wait": time}, TIMES),
    st.just({"emit": "news", "with": {"level": "high"}}),
    st.just({"end": "bad of run"}),
)


def _blocks(inner):
    steps = st.dictionaries(NAMES, inner, min_size=1, max_size=2)
    return st.one_of(
        st.builds(lambda title, steps, common: {"group": title, "steps": steps, **common}, TEXTS, steps, COMMON),
        st.builds(lambda title, steps: {"parallel": title, "branches": steps, "join": "first"}, TEXTS, steps),
        st.builds(lambda steps: {"for-each": "a.b", "as": "one", "steps": steps}, steps),
        st.builds(lambda steps: {"repeat": "R", "until": "a", "steps": steps}, steps),
        st.builds(lambda step: {"task": "T", "on": {"overdue": step, "e": {"at": "due", **step}}}, inner),
    )


STEPS = st.recursive(LEAVES, _blocks, max_leaves=6)
DEFINITIONS = st.fixed_dictionaries(
    {
        "sopflow": st.just(1),
        "id": NAMES,
        "version": st.just("1.0.0"),
        "title": TEXTS,
        "steps": st.dictionaries(NAMES, STEPS, min_size=1, max_size=4),
    },
    optional={
        "roles": st.dictionaries(NAMES, TEXTS | st.builds(lambda t: {"title": t, "people": ["li"]}, TEXTS), min_size=1),
        "data": st.fixed_dictionaries({"a": st.dictionaries(st.sampled_from(["b", "N"]), FIELDS, min_size=1)}),
        "parameters": st.dictionaries(st.sampled_from(["p", "q"]), FIELDS, min_size=1),
        "derived": st.dictionaries(st.sampled_from(["X", "y"]), CASES | WORDS, min_size=1),
        "x-mine": VALUES,
    },
)


@given(data=DEFINITIONS)
def test_what_is_dumped_is_what_was_read(data):
    """The plain data of a definition are those that it was read from: short where short, long where long."""
    sop = Sop.model_validate(data)
    assert plain(sop) == data
    assert sop.model_dump() == data


def faults_of(data: object) -> set[tuple[object, ...]]:
    """What is wrong with ``data``: code, path, fields."""
    try:
        Sop.model_validate(data)
    except ValidationError as error:
        return {(one["type"], one["loc"], str(one["ctx"])) for one in error.errors(include_url=False)}
    return set()


@given(data=DEFINITIONS, more=st.data())
def test_models_are_built_as_pydantic_builds_them(data, more):
    """Reading field by field gives the same definition, or the same faults, as leaving the fields to pydantic."""
    broken = copy.deepcopy(data)
    for _ in range(more.draw(st.integers(0, 2))):
        holder, name = more.draw(st.sampled_from([*parts_of(broken)]))
        holder[name] = more.draw(st.sampled_from([None, 5, 1.5, True, "", "No Id", [], {}, [{}], {"x": 1}, {"x-y": 1}]))
    sop, faults = Sop.model_validate(data), faults_of(broken)
    by_fields = facts_of

    with patch("sopflow.model._node.facts_of", lambda cls: replace(by_fields(cls), readers={})):
        theirs, their_faults = Sop.model_validate(data), faults_of(broken)
    assert theirs == sop
    assert theirs.content_hash() == sop.content_hash()
    assert [part.said for part in theirs.steps] == [part.said for part in sop.steps]
    assert their_faults == faults


def parts_of(data):
    """Each map or list in ``data`` with each of its keys or positions."""
    for name, part in data.items() if isinstance(data, dict) else enumerate(data):
        yield data, name
        if isinstance(part, (dict, list)):
            yield from parts_of(part)


@given(data=DEFINITIONS, notation=st.sampled_from(["yaml", "json"]))
def test_load_after_dump_is_the_identity(data, notation):
    """In each notation a definition that is dumped and loaded again is equal, and has the same hash."""
    sop = Sop.model_validate(data)
    again = loads(dump(sop, notation), format=notation)
    assert again == sop
    assert again.content_hash() == sop.content_hash()


@pytest.mark.parametrize("notation", ["yaml", "json"])
def test_every_key_survives(notation):
    """Nothing of the example with every key is lost in either notation."""
    sop = loads(EVERY_KEY)
    text = dump(sop, notation)
    assert loads(text, format=notation) == sop
    assert dump(loads(text, format=notation), notation) == text


def test_the_kind_is_written_first():
    """The key of the kind leads each step, wherever it stood before."""
    text = dump(loads(SMALL.replace("{task: Work, by: clerk}", "{by: clerk, task: Work}")))
    assert "work: {task: Work, by: clerk}" in text
    assert text.startswith("sopflow: 1\nid: small\n")


def test_json_keeps_the_order_of_steps_in_a_list():
    """In JSON, steps are a list of objects with an id, so that a tool that sorts keys does no harm."""
    sop = loads(SMALL)
    written = json.loads(dump(sop, "json"))
    assert [step["id"] for step in written["steps"]] == ["ask", "work"]
    assert loads(json.dumps(written, sort_keys=True), format="json") == sop


def test_order_counts_only_where_it_says_something():
    """Steps have an order; roles, data and the keys of a step have none."""
    sop = loads(SMALL)
    moved = SMALL.replace("by: clerk, yes: work", "yes: work, by: clerk")
    assert loads(moved) == sop
    lines = SMALL.splitlines(keepends=True)
    swapped = "".join([*lines[:-2], lines[-1], lines[-2]])
    assert loads(swapped) != sop
    assert loads(swapped).content_hash() != sop.content_hash()


def test_the_hash_is_of_what_is_said():
    """Notation, short forms, defaults that are said and `x-` keys leave the hash as it is; a word changes it."""
    sop = loads(SMALL)
    same = [
        dump(sop),
        SMALL.replace("clerk: Clerk", "clerk: {title: Clerk}"),
        SMALL.replace("free: bool", "free: {is: bool}"),
        SMALL.replace("about: event.free", "about: event.free, ask: new-round, x-colour: red"),
        SMALL + "x-owner: li\n",
        SMALL.replace("title: Small", "title: Small\ntime-zone: UTC"),
    ]
    assert {loads(text).content_hash() for text in same} == {sop.content_hash()}
    assert loads(SMALL.replace("Work,", "Works,")).content_hash() != sop.content_hash()


# --- files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A folder with a definition that includes another file."""
    (tmp_path / "marketing").mkdir()
    folder = tmp_path / "marketing"
    (folder / "small.sop.yaml").write_text(SMALL.replace("roles:", "include: [common]\nroles:"), encoding="utf-8")
    (folder / "common.sop.yaml").write_text(
        "sopflow: 1\nroles: {boss: {en: Boss, zh: 领导}, clerk: Clerk}\ndata: {event: {start: date}}\n"
        "calendar: office\ncalendars: {office: {country: CN}}\n",
        encoding="utf-8",
    )
    return folder


def test_a_file_is_named_after_its_folder(folder):
    """The full name of a definition is folder/id, and it knows where it came from."""
    sop = load(folder / "small.sop.yaml")
    assert (sop.name, sop.origin) == ("marketing/small", folder)
    assert loads(SMALL).name == "small"
    assert loads(SMALL).origin is None


def test_include_shares_what_another_file_says(folder):
    """Roles, data, calendars come from the included file, and their places are there."""
    sop = load(folder / "small.sop.yaml")
    assert set(sop.roles) == {"clerk", "boss"}
    assert set(sop.fields) == {"event.free", "event.start"}
    assert sop.calendar == "office"
    assert sop.place(("roles", "boss")).file.endswith("common.sop.yaml")
    assert sop.place(("data", "event", "start"), key=True).line == 3
    assert sop.place(("roles", "clerk")).file.endswith("small.sop.yaml")


def test_what_was_included_is_not_written_again(folder):
    """A dump says `include`; loaded in the same folder it is the same definition."""
    sop = load(folder / "small.sop.yaml")
    text = dump(sop)
    assert "boss" not in text
    assert "office" not in text
    (folder / "small.sop.yaml").write_text(text, encoding="utf-8")
    assert load(folder / "small.sop.yaml") == sop


def test_an_entry_changed_after_including_is_written():
    """What replaced an included entry is the definition's own from then on."""
    common = read_yaml("sopflow: 1\nroles: {boss: Boss}\n", "common.sop.yaml")
    sop = loads(SMALL.replace("roles:", "include: common\nroles:"), find_include=lambda name: common)
    changed = sop.model_copy(update={"roles": {**sop.roles, "boss": sop.roles["clerk"]}})
    assert "boss: Clerk" in dump(changed)


def test_a_definition_is_a_value():
    """It can be pickled and copied, and a changed copy does not remember what it was."""
    sop = loads(EVERY_KEY)
    assert pickle.loads(pickle.dumps(sop)) == sop
    assert copy.deepcopy(sop) == sop
    assert "event.free" in sop.fields
    assert sop.model_copy(update={"data": {}}).fields == {}
    with pytest.raises(ValidationError):
        sop.id = "other"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"common": "roles: {clerk: Another}\n"}, [("SOP188", "roles.clerk", "small")]),
        ({"common": "data: {event: {free: int}}\n"}, [("SOP188", "data.event.free", "small")]),
        ({"common": "include: [small]\n"}, [("SOP187", "include.0", "common")]),
        ({"common": "include: [other]\n", "other": "include: [common]\n"}, [("SOP187", "include.0", "other")]),
        ({"common": "rolse: {}\n"}, [("SOP101", "rolse", "common")]),
        ({"comon": "roles: {}\n"}, [("SOP186", "include.0", "small")]),
        ({"common": "include: [a, b]\n", "a": "calendar: x\n", "b": "calendar: y\n"}, [("SOP188", "calendar", "a")]),
    ],
)
def test_includes_that_clash_are_findings(tmp_path, files, told):
    """Another meaning, a circle, a missing file, a fault in the included file: each is found at its place."""
    (tmp_path / "small.sop.yaml").write_text(SMALL.replace("roles:", "include: [common]\nroles:"), encoding="utf-8")
    for name, text in files.items():
        (tmp_path / f"{name}.sop.yaml").write_text("sopflow: 1\n" + text, encoding="utf-8")
    sop, report = read_file(tmp_path / "small.sop.yaml")
    assert sop is None
    found = [(one.code, one.path, Path(one.place.file).name.removesuffix(".sop.yaml")) for one in report.errors]
    assert found == told
    assert all(one.source for one in report.errors)


def test_a_file_included_twice_is_taken_once(tmp_path):
    """Two ways to one file are no clash."""
    (tmp_path / "small.sop.yaml").write_text(SMALL.replace("roles:", "include: [a, b]\nroles:"), encoding="utf-8")
    for name in "ab":
        (tmp_path / f"{name}.sop.yaml").write_text("sopflow: 1\ninclude: [c]\n", encoding="utf-8")
    (tmp_path / "c.sop.yaml").write_text("sopflow: 1\nroles: {boss: Boss}\n", encoding="utf-8")
    assert set(load(tmp_path / "small.sop.yaml").roles) == {"clerk", "boss"}


def test_a_language_comes_from_a_file_of_its_own(folder):
    """`texts/small.ja.yaml` adds a language: it is shown, and neither dumped nor hashed."""
    before = load(folder / "small.sop.yaml")
    (folder / "texts").mkdir()
    (folder / "texts" / "small.ja.yaml").write_text("steps.work.task: 作業\nroles.clerk: 事務\n", encoding="utf-8")
    sop = load(folder / "small.sop.yaml")
    assert sop.steps[1].title.get("ja") == "作業"
    assert sop.roles["clerk"].title.get("ja") == "事務"
    assert sop.steps[1].title.get("en") == "Work"
    assert sop == before
    assert sop.content_hash() == before.content_hash()
    assert dump(sop) == dump(before)


def test_a_text_without_a_place_is_a_finding(folder):
    """A translation of what is not there names the nearest path that has a text (SOP189)."""
    (folder / "texts").mkdir()
    (folder / "texts" / "small.ja.yaml").write_text("steps.wrok.task: 作業\n", encoding="utf-8")
    _, report = read_file(folder / "small.sop.yaml")
    (finding,) = report
    assert (finding.code, finding.fields["nearest"]) == ("SOP189", "steps.work.task")
    assert finding.place.file.endswith("small.ja.yaml")


def test_a_missing_file_names_those_there_are(folder):
    """NotFound carries the nearest file names."""
    with pytest.raises(NotFound) as caught:
        load(folder / "smal.sop.yaml")
    assert "small.sop.yaml" in caught.value.finding.mend()


def test_what_cannot_be_read_is_a_usage_error(folder):
    """A folder, an unknown ending, an unknown notation: said in a sentence (SOP190, SOP191), never a traceback."""
    (folder / "dir.sop.yaml").mkdir()
    for use in (
        lambda: load(folder / "dir.sop.yaml"),
        lambda: load(folder / "small.txt"),
        lambda: loads(SMALL, format="toml"),
        lambda: dump(loads(SMALL), "toml"),
    ):
        with pytest.raises(UsageError) as caught:
            use()
        assert caught.value.finding.text("zh")


def test_a_broken_definition_raises_with_every_finding():
    """DefinitionError holds the whole report, with places and lines."""
    with pytest.raises(DefinitionError) as caught:
        loads(SMALL.replace("task: Work", "taks: Work").replace("no: end", "nope: end"), file="small.sop.yaml")
    assert [finding.code for finding in caught.value.report] == ["SOP162", "SOP101", "SOP105"]
    assert {str(finding.place)[:17] for finding in caught.value.report} == {"small.sop.yaml:8:", "small.sop.yaml:9:"}
    assert all(finding.source for finding in caught.value.report)


def test_warnings_do_not_stop_a_definition():
    """A definition without version and title is usable, and says so."""
    text = SMALL.replace("version: 1.0.0\ntitle: Small\n", "")
    sop, report = read(read_yaml(text, "small.sop.yaml"))
    assert sop is not None
    assert [finding.code for finding in report] == ["SOP183", "SOP184"]
    assert (str(sop.title), sop.version) == ("small", "0.0.0")
