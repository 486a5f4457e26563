"""The JSON Schema: up to date, and of one mind with the reader as far as a schema can say."""

import copy
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from sopflow.dsl import read
from sopflow.dsl._json import read_json
from sopflow.dsl._yaml import read_yaml
from sopflow.model import Kinds, installed_kinds, schema
from sopflow.model._registry import OURS
from sopflow.model._schema import FILE, published

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = jsonschema.Draft202012Validator(schema())
DEFINITIONS = sorted(
    path for folder in ("tests", "sops", "docs") for path in (ROOT / folder).rglob("*.sop.*") if path.is_file()
)
EVERY_KEY = read_yaml((ROOT / "tests/dsl/every-key.sop.yaml").read_text(encoding="utf-8"), "every-key.sop.yaml").data


def test_the_published_schema_is_up_to_date():
    """The file in the package is what `python -m sopflow.model` writes."""
    assert (files("sopflow.model") / FILE).read_text(encoding="utf-8") == published()


def test_the_schema_is_a_schema():
    """It is valid itself, in draft 2020-12, and names no definition that is not there."""
    jsonschema.Draft202012Validator.check_schema(schema())
    text = published()
    for name in {part.split('"')[0] for part in text.split("#/$defs/")[1:]}:
        assert f'"{name}":' in text


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_loads_validates(path):
    """Every definition of this repository that loads is valid by the schema."""
    reader = read_json if path.suffix == ".json" else read_yaml
    document = reader(path.read_bytes(), str(path))
    sop, _ = read(document)
    if sop is not None:
        assert [error.message for error in VALIDATOR.iter_errors(document.data)] == []


SLIPS = {
    "an unknown key at the top": lambda d: d.update(stepz={}),
    "an unknown key of a step": lambda d: d["steps"]["free"].update(yess="run"),
    "a key of another kind": lambda d: d["steps"]["say"].update(refused="run"),
    "a kind that nobody knows": lambda d: d["steps"].update(bad={"taks": "A"}),
    "two kinds": lambda d: d["steps"]["say"].update(task="A"),
    "a decision without no": lambda d: d["steps"]["free"].pop("no"),
    "a decision with if": lambda d: d["steps"]["free"].update({"if": "major"}),
    "an approval without refused": lambda d: d["steps"]["judged"].pop("refused"),
    "an approval with next": lambda d: d["steps"]["judged"].update(next="run"),
    "an end with next": lambda d: d["steps"]["finish"].update(next="run"),
    "a repeat without exhausted": lambda d: d["steps"]["again"].pop("exhausted"),
    "a title beside the title": lambda d: d["steps"]["run"].update(title="T"),
    "no steps in a group": lambda d: d["steps"]["group"].update(steps={}),
    "a step without id in a list": lambda d: d["steps"]["group"]["steps"][0].pop("id"),
    "a type that is none": lambda d: d["data"]["event"].update(free="boool"),
    "an id in capitals": lambda d: d["steps"].update(Bad={"task": "A"}),
    "a target with blanks": lambda d: d["steps"]["free"].update(yes="go there"),
    "an unknown word": lambda d: d["steps"]["side"].update(rest="stay"),
    "a number as a text": lambda d: d.update(title=5),
    "a number as a text of a language": lambda d: d.update(title={"en": 5}),
    "no language": lambda d: d.update(title={"english": "X"}),
    "nothing behind a key": lambda d: d["steps"]["run"].update(by=None),
    "another version of the language": lambda d: d.update(sopflow=2),
    "an unknown key of a handler": lambda d: d["on"]["final"].update(whne="x"),
    "two things waited for": lambda d: d["steps"]["cond"].update(wait={"when": "a", "message": "b"}),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_what_is_broken_does_not_validate(slip):
    """A slip that the reader finds, the schema finds too."""
    data = copy.deepcopy(EVERY_KEY)
    assert VALIDATOR.is_valid(data)
    SLIPS[slip](data)
    assert not VALIDATOR.is_valid(data)
    ours = Kinds({name: cls for name, cls in installed_kinds().known.items() if name in OURS}, {})
    assert not jsonschema.Draft202012Validator(schema(ours, foreign=True)).is_valid(data)
