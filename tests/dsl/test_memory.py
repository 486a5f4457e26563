"""The same text is not read twice in a process, and nobody can tell but by the clock."""

import os

import pytest

import sopflow
from sopflow.dsl import load, loads
from sopflow.dsl._memory import MOST, slot_of
from sopflow.dsl._yaml import read_yaml
from sopflow.errors import DefinitionError, NotFound

SMALL = """\
sopflow: 1
id: small
version: 1.0.0
title: Small
roles: {clerk: Clerk}
steps:
  work: {task: Work, by: clerk}
"""
COMMON = "sopflow: 1\nroles: {boss: Boss}\n"
CALLER = SMALL.replace("id: small", "id: caller") + "  sub: {call: small, roles: {boss: clerk}}\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with a definition, which includes another file, and one that calls it."""
    (tmp_path / "small.sop.yaml").write_text(SMALL.replace("roles:", "include: [common]\nroles:"), encoding="utf-8")
    (tmp_path / "common.sop.yaml").write_text(COMMON, encoding="utf-8")
    (tmp_path / "caller.sop.yaml").write_text(CALLER, encoding="utf-8")
    return tmp_path


def rewrite(file, old, new):
    """Change ``file`` so that its size and its times stay what they are."""
    assert len(old) == len(new)
    before = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_the_same_text_is_read_once(folder):
    """What did not change is the same object: loaded from a file, from a text, or compiled."""
    assert load(folder / "small.sop.yaml") is load(folder / "small.sop.yaml")
    assert loads(SMALL) is loads(SMALL)
    caller = folder / "caller.sop.yaml"
    assert sopflow.compile(caller) is sopflow.compile(caller)
    assert sopflow.compile(loads(SMALL)) is sopflow.compile(loads(SMALL))


def test_who_is_told_apart(folder, tmp_path_factory):
    """Another name, notation or folder is another definition, for places and names hang on them."""
    assert loads(SMALL) is not loads(SMALL, file="other.sop.yaml")
    assert loads(SMALL) == loads(SMALL.encode())
    other = tmp_path_factory.mktemp("other") / "small.sop.yaml"
    other.write_text(SMALL, encoding="utf-8")
    assert load(other).name != load(folder / "small.sop.yaml").name


@pytest.mark.parametrize("name", ["small.sop.yaml", "common.sop.yaml"])
def test_a_changed_file_is_seen_at_once(folder, name):
    """The file itself or one that it includes: also a change that leaves size and time as they were."""
    file = folder / "small.sop.yaml"
    before = load(file)
    rewrite(folder / name, *(("Work", "Wait") if name == "small.sop.yaml" else ("Boss", "Chef")))
    after = load(file)
    assert after is not before
    assert after != before
    assert load(file) is after


def test_files_that_come_and_go_are_seen(folder):
    """An included file that is gone is missed; a language that is added is there, and gone when it is removed."""
    file = folder / "small.sop.yaml"
    load(file)
    (folder / "texts").mkdir()
    japanese = folder / "texts" / "small.ja.yaml"
    japanese.write_text("steps.work.task: 作業\n", encoding="utf-8")
    assert load(file).steps[0].title.get("ja") == "作業"
    japanese.unlink()
    assert load(file).steps[0].title.get("ja") == "Work"
    (folder / "common.sop.yaml").unlink()
    with pytest.raises(DefinitionError):
        load(file)
    file.unlink()
    with pytest.raises(NotFound):
        load(file)


def test_a_changed_callee_is_seen_at_once(folder):
    """A program is made anew when anything changed that it calls, or when a call now leads elsewhere."""
    caller = folder / "caller.sop.yaml"
    before = sopflow.compile(caller)
    rewrite(folder / "common.sop.yaml", "Boss", "Chef")
    changed = sopflow.compile(caller)
    assert changed.hash != before.hash
    assert sopflow.compile(caller) is changed
    (folder / "small.sop.yaml").rename(folder / "large.sop.yaml")
    with pytest.raises(DefinitionError):
        sopflow.compile(caller)


def test_what_cannot_be_used_is_not_kept(folder):
    """A definition with errors is refused each time, and one that is not sound each time that it matters."""
    for _ in range(2):
        with pytest.raises(DefinitionError):
            loads(SMALL.replace("task", "taks"))
    stuck = SMALL.replace("by: clerk}", "by: clerk, next: work}")
    assert sopflow.compile(loads(stuck), allow_unsound=True)
    with pytest.raises(DefinitionError):
        sopflow.compile(loads(stuck))


def test_a_way_to_find_included_files_is_asked_each_time():
    """Nobody knows what a function of the caller's will give next time, so nothing is kept."""
    text = SMALL.replace("roles:", "include: [common]\nroles:")
    titles = iter(["Boss", "Chef"])

    def find(name):
        return read_yaml(COMMON.replace("Boss", next(titles)), f"{name}.sop.yaml")

    assert [str(loads(text, find_include=find).roles["boss"].title) for _ in range(2)] == ["Boss", "Chef"]


def test_the_memory_is_bounded():
    """The definition that was not asked for longest is forgotten."""
    first = loads(SMALL)
    for number in range(MOST):
        loads(SMALL.replace("Work", f"Work {number}"))
    assert loads(SMALL) is not first
    assert slot_of.cache_info().currsize <= MOST


def test_what_is_kept_cannot_be_changed():
    """No map, list or text of a definition can be changed by those who hold it: it may be held by others."""
    sop = loads(
        SMALL.replace("by: clerk}", "by: clerk, set: {a: [1, {b: 2}]}, x-mine: {c: [3]}}") + "data: {a: string}\n"
    )
    step = sop.steps[0]
    for change in (
        lambda: sop.roles.update(clerk=None),
        lambda: sop.roles.pop("clerk"),
        lambda: sop.roles.__setitem__("clerk", None),
        lambda: sop.fields.clear(),
        lambda: sop.roles.extensions.update(x=1),
        lambda: step.set["a"].append(4),
        lambda: step.set["a"][1].update(b=3),
        lambda: step.extensions["x-mine"]["c"].clear(),
        lambda: step.extensions.setdefault("x-new", 1),
        lambda: step.on.setdefault("overdue", None),
        lambda: setattr(sop.steps, "bare", True),
        lambda: setattr(sop.roles, "extensions", {}),
        lambda: step.said.add("next"),
        lambda: step.model_fields_set.add("next"),
        lambda: setattr(step, "next", "end"),
    ):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            change()
    step.title.written  # noqa: B018  # a copy
    assert not hasattr(step.title, "add")
