"""The house keeps its shape: imports flow one way, each file has one job and says which."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "sopflow"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES = 450  # "about 400"
#: Files that may be longer, each with its reason.
LONGER = {
    "engine/_rules.py": "all rules of the token game stand together, under one theory of operation",
    "program.py": "the tables that compiler and engine share; nothing but their fields",
}


def _name(module: Path) -> str:
    return str(module.relative_to(PACKAGE))


def test_imports_flow_one_way():
    """The import contracts of pyproject.toml hold: layers, a pure engine, no cycles."""
    lint = shutil.which("lint-imports", path=Path(sys.executable).parent) or shutil.which("lint-imports")
    if lint is None:
        pytest.skip("import-linter is not installed")
    checked = subprocess.run(
        [lint, "--no-logo", "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_a_module_says_its_job(module):
    """A module begins with a docstring; that its first line is a sentence is for the linter (D400)."""
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_a_file_has_one_job():
    """No file is longer than a sitting, but for those that say why; who has become shorter leaves that list."""
    long = {_name(module) for module in MODULES if len(module.read_text(encoding="utf-8").splitlines()) > MOST_LINES}
    assert long == set(LONGER)


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_rooms_meet_at_the_front_door(module):
    """A room imports another room's public modules, never those whose name begins with an underscore."""
    room = _name(module).removesuffix(".py").split("/")[0]
    reached = {
        name
        for name in _imported(ast.parse(module.read_text(encoding="utf-8")))
        if name.startswith("sopflow.") and name.split(".")[1] != room
        if any(part.startswith("_") and not part.startswith("__") for part in name.split("."))
    }
    assert reached == set()


def _imported(tree: ast.Module) -> set[str]:
    """All that a module imports, as dotted names."""
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    parts = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return plain | parts
