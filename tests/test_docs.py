"""The docs are whole: the lesson works in an empty folder, the Python page has every name, no page is hidden."""

import doctest
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sopflow
from sopflow.runtime import WorkItem

DOCS = Path(__file__).resolve().parent.parent / "docs"
LESSON = DOCS / "tutorial" / "first-sop.md"
PYTHON = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```([\w-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([\w./-]+\.md)(?:#[^)]*)?\)")
FOLDERS = sorted(folder for folder in DOCS.iterdir() if folder.is_dir())


# -- the lesson ------------------------------------------------------------------------------------------------------


def test_the_lesson_works_in_an_empty_folder(tmp_path, monkeypatch):
    """Who saves, types and mends what the lesson shows, in its order, sees what it shows."""
    folder = tmp_path / "office"
    folder.mkdir()
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    for language, text in BLOCK.findall(LESSON.read_text(encoding="utf-8")):
        match language:
            case "yaml":  # a file, named by the comment in its first line
                (folder / re.match(r"# ([\w.-]+)\n", text)[1]).write_text(text, encoding="utf-8")
            case "diff":
                _mend(folder / "expenses.sop.yaml", text)
            case "shell-session":
                for command, promised in _sessions(text):
                    assert _output(command) == promised
            case "pycon":
                _converse(text, names)
            case other:
                pytest.fail(f"the lesson has a block of {other}, which nobody tries")


def _mend(file: Path, difference: str) -> None:
    """Replace the lines that begin with `-`, which the file must have once, by those that begin with `+`."""
    lines = difference.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line.startswith("-"))
    new = "".join(line[1:] for line in lines if line.startswith("+"))
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def _sessions(text: str) -> list[tuple[str, str]]:
    return [part.partition("\n")[::2] for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]]


def _output(command: str) -> str:
    ours = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        command, shell=True, env=os.environ | ours, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    return done.stdout


def _converse(text: str, names: dict[str, object]) -> None:
    """Try an interactive session; what it defines is known to the next one."""
    session = doctest.DocTestParser().get_doctest(text, names, LESSON.name, str(LESSON), 0)
    told: list[str] = []
    failed = doctest.DocTestRunner(verbose=False).run(session, out=told.append, clear_globs=False).failed
    names.update(session.globs)
    assert not failed, "".join(told)


# -- the Python page -------------------------------------------------------------------------------------------------


def _signature(function: object, *, method: bool = False) -> str:
    """``(name, *, search=())``: the parameters as one types them, without types."""
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
    ]
    return str(inspect.Signature(parameters[1:] if method else parameters))


FUNCTIONS = [name for name in sopflow.__all__ if inspect.isfunction(getattr(sopflow, name))]
MEMBERS = [(cls, name) for cls in (sopflow.Run, WorkItem) for name in vars(cls) if not name.startswith("_")]


@pytest.mark.parametrize("name", sopflow.__all__)
def test_every_public_name_is_on_the_page(name):
    """Each name of `sopflow.__all__` has a heading of its own."""
    assert re.search(rf"^#+ .*`(sopflow\.)?{name}\b", PYTHON, re.MULTILINE)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_are_those_of_the_functions(name):
    """A function's heading shows its parameters and their defaults as they are."""
    assert f"`sopflow.{name}{_signature(getattr(sopflow, name))}`" in PYTHON


@pytest.mark.parametrize(("cls", "name"), MEMBERS, ids=lambda part: getattr(part, "__name__", part))
def test_every_member_is_on_the_page(cls, name):
    """Each property, field and method of a run and of a work item is there, methods with their parameters."""
    member = vars(cls)[name]
    shown = f"{name}{_signature(member, method=True)}" if inspect.isfunction(member) else name
    part = PYTHON.split(f"## `{'sopflow.Run' if cls is sopflow.Run else 'WorkItem'}")[1].split("\n## ")[0]
    assert f"`{shown}`" in part


# -- the indexes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_page_is_linked_from_its_folders_index(folder):
    """Who begins at a folder's index can come to each of its pages."""
    linked = set(LINK.findall((folder / "index.md").read_text(encoding="utf-8")))
    assert sorted(page.name for page in folder.glob("*.md") if page.name not in {"index.md", *linked}) == []


def test_every_folder_is_linked_from_the_index():
    """Who begins at the top can come to each folder."""
    linked = set(LINK.findall((DOCS / "index.md").read_text(encoding="utf-8")))
    assert sorted(folder.name for folder in FOLDERS if f"{folder.name}/index.md" not in linked) == []
