"""The page on the language: its examples are read, and it leaves nothing out."""

import re

import pytest

from sopflow.dsl import Builder, Steps, read
from sopflow.dsl._yaml import read_yaml
from sopflow.model import Handler, Sop, installed_kinds
from sopflow.model._parts import Escalation, Message, Retry, Role, Source, Start, Table
from sopflow.model._registry import OURS
from sopflow.model._types import SCALARS, Field

HEAD = "sopflow: 1\nid: example\nversion: 1.0.0\ntitle: Example\n"
TAIL = "steps: {a: {task: A}}\n"


@pytest.fixture(scope="module")
def page(repository):
    """The text of the page."""
    return (repository / "docs/reference/language.md").read_text(encoding="utf-8")


def _examples(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_each_example_is_read_without_a_finding(page):
    """Whole definitions as they stand, parts of one in a frame."""
    examples = _examples(page, "yaml")
    assert len(examples) > 15
    for example in examples:
        text = example if example.startswith("sopflow:") else HEAD + example
        text += "" if re.search("^steps:", text, re.MULTILINE) else TAIL
        sop, report = read(read_yaml(text, "example"))
        assert list(report) == [], text
        assert sop is not None


def test_the_python_example_runs(page):
    """What the page builds in Python is a definition."""
    (example,) = _examples(page, "python")
    code = example.replace("from sopflow import Builder\nfrom sopflow.dsl import Steps\n", "")
    names = {"Builder": Builder, "Steps": Steps}
    exec(code, names)
    assert isinstance(names["sop"], Sop)


def test_every_key_kind_and_type_is_on_the_page(page):
    """Nothing that the models read is missing from the page, neither from its words nor from its examples."""
    models = [Sop, Handler, Role, Source, Message, Start, Field, Table, Retry, Escalation]
    models += [kind for name, kind in installed_kinds().known.items() if name in OURS]
    keys = {key for model in models for key in model.known_keys()}
    examples = "\n".join(_examples(page, "yaml"))
    assert {key for key in keys if not re.search(rf"(^|[\s{{`]){re.escape(key)}(:|`)", page)} == set()
    in_examples = {key for key in keys if re.search(rf"(^|[\s{{]){re.escape(key)}:", examples)}
    assert keys - in_examples <= {"include", "languages"} | {"id"}
    for name in SCALARS:
        assert re.search(rf"\b{name}\b", page)


def test_the_page_on_kinds_tells_the_truth(repository):
    """The class on the how-to page is a kind: it can be made, and reads a step."""
    text = (repository / "docs/how-to/add-a-step-kind.md").read_text(encoding="utf-8")
    (code,) = _examples(text, "python")
    names = {"__name__": "acme_scan"}
    exec(compile(code, "acme_scan.py", "exec", dont_inherit=True), names)
    step = names["Scan"].model_validate({"id": "scan", "acme.scan": "Scan the parcel", "by": "clerk", "depth": 3})
    assert (str(step.title), step.depth, step.lowers_to) == ("Scan the parcel", 3, "work")
