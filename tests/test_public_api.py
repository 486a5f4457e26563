"""The face: which names there are, where they live, and what it costs to import them."""

import ast
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import sopflow

ROOT = Path(sopflow.__file__)
NAMES = sorted(name for name in sopflow.__all__ if name != "__version__")
MOST_MILLISECONDS = 20


def _python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code], cwd=ROOT.parent.parent, capture_output=True, text=True, check=True
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_name_resolves(name):
    """Each public name is there, has words of its own, and stays the same object."""
    value = getattr(sopflow, name)
    assert getattr(sopflow, name) is value
    assert value.__doc__


def test_the_names_are_those_of_their_homes():
    """A name of the root is a public name of the room it lives in, and the same object there."""
    for name, home in sopflow._HOME.items():
        room = import_module(home)
        assert name in room.__all__, f"{home}.__all__ lacks {name}"
        assert getattr(room, name) is getattr(sopflow, name)


def test_what_type_checkers_see_is_what_runs():
    """The imports under TYPE_CHECKING and the table of homes name the same names from the same rooms."""
    guarded = next(node for node in ast.parse(ROOT.read_text(encoding="utf-8")).body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in guarded.body for alias in node.names}
    assert seen.pop("errors") == "sopflow"
    assert seen == sopflow._HOME
    assert {*seen, "errors", "__version__"} == set(sopflow.__all__)


def test_no_public_name_is_also_a_room():
    """A function of the root would be replaced by a room of its name as soon as that is imported."""
    rooms = {path.stem for path in ROOT.parent.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms & set(NAMES) == {"errors"}


def test_an_unknown_name_is_an_attribute_error():
    """A misspelt name is refused as Python refuses it, so that `hasattr` and `from sopflow import …` work."""
    assert not hasattr(sopflow, "no_such_name")
    with pytest.raises(ImportError):
        from sopflow import no_such_name  # noqa: F401


def test_dir_lists_the_public_names():
    """Completion offers names that have not been loaded yet."""
    assert set(sopflow.__all__) <= set(dir(sopflow))


def test_the_root_is_lazy():
    """`import sopflow` loads nothing but itself: no room, no third-party module, none of the standard library."""
    code = (
        "import sys; before = set(sys.modules); import sopflow, json; print(json.dumps([*set(sys.modules) - before]))"
    )
    loaded = set(json.loads(_python(code).stdout))
    assert {name for name in loaded if name.split(".")[0] not in sys.stdlib_module_names} == {"sopflow"}


def test_the_root_is_light():
    """`import sopflow` takes less than 20 ms, the best of three."""

    def milliseconds() -> float:
        lines = _python("import sopflow", "-X", "importtime").stderr
        return int(re.search(r"\|\s*(\d+) \| sopflow$", lines, re.MULTILINE)[1]) / 1000

    assert min(milliseconds() for _ in range(3)) < MOST_MILLISECONDS


@pytest.mark.parametrize(
    ("room", "libraries"),
    [
        ("sopflow.program", set()),
        ("sopflow.expr", set()),
        ("sopflow.engine", {"msgspec", "typing_extensions"}),  # the second, if it is there, for the first
    ],
)
def test_the_core_costs_no_library(room, libraries):
    """Who only runs programs pays for what makes events and effects, and for no other library."""
    code = f"import sys, json; old = {{*sys.modules}}; import {room}; print(json.dumps([*{{*sys.modules}} - old]))"
    loaded = {name.split(".")[0] for name in json.loads(_python(code).stdout)}
    loaded = {name for name in loaded if not name.startswith("_sysconfigdata")}  # the platform's part of sysconfig
    assert loaded - sys.stdlib_module_names - {"sopflow"} <= libraries


def test_the_version_is_the_changelogs():
    """The newest section of the changelog is this version's, or that of what is not released yet."""
    changes = (ROOT.parent.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(.+?)\]", changes, re.MULTILINE)[1]
    assert newest in ("Unreleased", sopflow.__version__)
