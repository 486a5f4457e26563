"""Step kinds are plug-ins: ours and a third party's come in by one door, and a bad one hurts nobody."""

import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Annotated, ClassVar

import pytest
from pydantic import Field as Option

from sopflow.dsl import dump, loads
from sopflow.errors import DefinitionError
from sopflow.model import GROUP, Kind, Reads, Step, Text, installed_kinds, schema
from sopflow.model import _registry as registry
from sopflow.model._text import read_text


class Scan(Step):
    """Reads a code with a scanner."""

    what: ClassVar[tuple[str, str]] = ("a scan", "扫描")
    kind: ClassVar[str] = "acme.scan"
    lowers_to: ClassVar[str] = "work"
    needs: ClassVar[Mapping[str, str]] = {"depth": "by"}

    title: Annotated[Text, Reads(read_text, "Text")] = Option(alias="acme.scan")
    depth: int = 1  # pydantic's own checks do as well


def _points(**theirs):
    ours = [EntryPoint(name, f"sopflow.model.kinds:{cls}", GROUP) for name, cls in registry.OURS.items()]
    return [*ours, *(EntryPoint(name.replace("_", "."), value, GROUP) for name, value in theirs.items())]


@pytest.fixture
def scanning(monkeypatch):
    """An installation with the kind `acme.scan`."""
    module = ModuleType("acme_scan")
    module.Scan, module.Bare, module.text = Scan, type("Bare", (), {}), "text"
    monkeypatch.setitem(sys.modules, "acme_scan", module)
    found = registry.collect(_points(acme_scan="acme_scan:Scan"))
    for home in ("_step", "_schema"):
        monkeypatch.setattr(f"sopflow.model.{home}.installed_kinds", lambda: found)
    return found


TEXT = "sopflow: 1\nid: x\ntitle: X\nversion: 1.0.0\nsteps:\n  a: {acme.scan: Scan it, by: clerk, depth: 3}\n"


def test_a_kind_from_outside_is_read_and_written(scanning):
    """A step of the kind is read into its class, checked by its rules, and dumped with its key first."""
    sop = loads(TEXT)
    (step,) = sop.steps
    assert isinstance(step, Scan)
    assert (step.title, step.depth, step.lowers_to) == (Text("Scan it"), 3, "work")
    assert "a: {acme.scan: Scan it, by: clerk, depth: 3}" in dump(sop)
    assert loads(dump(sop, "json"), format="json") == sop


def test_its_faults_are_findings_like_any_other(scanning):
    """Unknown keys, missing companions and pydantic's own complaints come as findings with places."""
    with pytest.raises(DefinitionError) as caught:
        loads(TEXT.replace("by: clerk, depth: 3", "dpeth: 3, depth: deep"))
    told = [(finding.code, finding.path) for finding in caught.value.report]
    assert told == [("SOP101", "steps.a.dpeth"), ("SOP154", "steps.a.depth"), ("SOP199", "steps.a.depth")]


def test_its_keys_are_in_the_schema(scanning):
    """The schema of an installation has the kinds of that installation; the published one lets them pass."""
    import jsonschema

    data = {"sopflow": 1, "id": "x", "steps": {"a": {"acme.scan": "A", "depth": 3}}}
    validator = jsonschema.Draft202012Validator
    assert validator(schema()).is_valid(data)
    ours = registry.collect(_points())
    assert not validator(schema(ours)).is_valid(data)
    assert validator(schema(ours, foreign=True)).is_valid(data)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("acme.scan", "no_such_module:Scan", "ModuleNotFoundError"),
        ("acme.scan", "acme_scan:Nothing", "AttributeError"),
        ("acme.scan", "acme_scan:text", "no subclass"),
        ("acme.scan", "acme_scan:Bare", "no subclass"),
        ("acme.other", "acme_scan:Scan", "‘kind’"),
        ("scan", "acme_scan:Scan", "dot"),
    ],
)
def test_a_bad_plug_in_is_kept_with_its_reason(scanning, name, value, why):
    """What cannot be a kind is put aside, says why, and leaves the others as they are."""
    found = registry.collect([*_points(), EntryPoint(name, value, GROUP)])
    assert why in found.broken[name]
    assert set(found.known) == set(registry.OURS)


def test_nobody_takes_a_name_of_the_language(scanning):
    """A package that claims `task` is not asked."""
    found = registry.collect([EntryPoint("task", "acme_scan:Scan", GROUP), *_points()])
    assert found.known["task"].__module__ == "sopflow.model.kinds"


def test_two_packages_with_one_name_are_told_apart(scanning):
    """The first stays; that there is a second is kept as a reason."""
    sys.modules["acme_scan"].Twin = type("Twin", (Scan,), {})
    twin = EntryPoint("acme.scan", "acme_scan:Twin", GROUP)
    found = registry.collect([*_points(acme_scan="acme_scan:Scan"), twin])
    assert found.known["acme.scan"] is Scan
    assert "two packages" in found.broken["acme.scan"]


def test_our_kinds_stand_in_the_metadata(repository):
    """The table of our kinds is that of pyproject.toml, and each is a kind."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["entry-points"][GROUP]
    assert listed == {name: f"sopflow.model.kinds:{cls}" for name, cls in registry.OURS.items()}
    assert {cls.kind for cls in Kind.__args__} == set(listed) <= set(installed_kinds().known)
    assert not set(installed_kinds().broken) & set(listed)
