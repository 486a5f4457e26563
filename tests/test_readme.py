"""The README and the docs do what they say: their Python runs, their commands print what stands below them."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sopflow

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    REPOSITORY / "benchmarks" / "README.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
#: Pages whose Python needs files that stand in the page: tests of their own run them.
ELSEWHERE = [REPOSITORY / "docs" / "how-to" / "check-outside-models.md"]
BLOCK = re.compile(r"^```(?P<language>[\w-]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _page(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def _blocks(page: Path, language: str) -> list[str]:
    return [
        block["text"] for block in BLOCK.finditer(page.read_text(encoding="utf-8")) if block["language"] == language
    ]


def _sessions(page: Path) -> list[tuple[str, str]]:
    """The commands of a page's `console` blocks, each with the output that the page promises."""
    return [
        tuple(part.partition("\n")[::2])
        for block in _blocks(page, "console")
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in ELSEWHERE and _blocks(page, "python")], ids=_page
)
def test_python_runs(page, monkeypatch):
    """The Python blocks of a page run from top to bottom, as one program in the top folder."""
    monkeypatch.chdir(REPOSITORY)
    names: dict[str, object] = {"__name__": "__page__"}
    for block in _blocks(page, "python"):
        exec(compile(block, str(page), "exec"), names)


@pytest.mark.parametrize(
    ("page", "command", "promised"),
    [pytest.param(page, *session, id=f"{_page(page)}: {session[0]}") for page in PAGES for session in _sessions(page)],
)
def test_commands_print_what_the_page_says(page, command, promised, tmp_path):
    """A command shown after `$` exits well and prints the lines below it; `...` stands for whatever comes."""
    ours = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "SOPFLOW_STORE": f"sqlite:///{tmp_path / 'runs.db'}",
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        command, shell=True, cwd=REPOSITORY, env=os.environ | ours, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert doctest.OutputChecker().check_output(promised, done.stdout, LOOSELY), done.stdout


@pytest.mark.parametrize("page", PAGES, ids=_page)
def test_definitions_are_sound(page):
    """A whole definition on a page loads, and sopflow finds no error in it; the rules' page shows faults on purpose."""
    for block in _blocks(page, "yaml"):
        if block.startswith("sopflow:") and page.name != "rules.md":
            assert sopflow.check(sopflow.loads(block, format="yaml")).errors == ()


@pytest.mark.parametrize("page", PAGES, ids=_page)
def test_links_lead_somewhere(page):
    """A link to a file of the repository names a file that exists."""
    text = re.sub(r"`[^`\n]+`", "", BLOCK.sub("", page.read_text(encoding="utf-8")))
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []


def test_two_commands_set_everything_up():
    """The README's two set-up commands are the ones that continuous integration runs, letter for letter."""
    commands = [line for block in _blocks(PAGES[0], "sh") for line in block.splitlines() if line.strip()]
    assert len(commands) == 2
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in script if line in commands] == commands


def test_the_picture_is_what_render_draws():
    """The README's picture is the one that its command draws today."""
    drawn = sopflow.render("event-attending", lang="en")
    assert (REPOSITORY / "docs" / "event-attending.svg").read_text(encoding="utf-8") == drawn
