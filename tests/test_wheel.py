"""What is shipped works: the wheel holds the definitions, and an installed one finds them."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

NAMES = "from sopflow import bundled; print(*bundled.names(), sep='\\n')"


def _run(*command: object, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, repository) -> Path:
    """The wheel of this checkout, built without a network."""
    pytest.importorskip("hatchling")
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=repository)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder that the wheel was installed in, far from the checkout."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:  # what an installer does with a pure wheel
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_the_definitions(wheel, repository):
    """Every file of `sops/` is in the wheel as `sopflow/sops/…`, and nothing lands outside our two folders."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    data = {path.relative_to(repository) for path in (repository / "sops").rglob("*") if path.is_file()}
    assert {f"sopflow/{path.as_posix()}" for path in data} <= held
    assert "sopflow/py.typed" in held
    assert {name.split("/")[0].split("-")[0] for name in held} == {"sopflow"}


def test_an_installed_wheel_finds_its_definitions(installed, tmp_path, repository):
    """Installed and run from elsewhere, the package lists the same names as the checkout."""
    here = _run(sys.executable, "-c", NAMES, cwd=repository)
    there = _run(sys.executable, "-P", "-c", NAMES, cwd=tmp_path, PYTHONPATH=str(installed))
    assert there == here != "\n"
    where = _run(
        sys.executable, "-P", "-c", "import sopflow; print(sopflow.__file__)", cwd=tmp_path, PYTHONPATH=str(installed)
    )
    assert Path(where.strip()).is_relative_to(installed)


def test_an_installed_wheel_runs(installed, tmp_path):
    """The installed command lists and checks the bundled definitions."""
    listed = _run(sys.executable, "-P", "-m", "sopflow", "list", "--json", cwd=tmp_path, PYTHONPATH=str(installed))
    assert "marketing/event-attending" in listed
    _run(sys.executable, "-P", "-m", "sopflow", "check", "event-attending", cwd=tmp_path, PYTHONPATH=str(installed))


def test_a_zipped_wheel_reads_its_definitions(wheel, tmp_path):
    """Run as a zip, without being unpacked, the package finds and reads a bundled definition."""
    code = "import sopflow; print(sopflow.load('marketing/event-attending').id)"
    assert _run(sys.executable, "-P", "-c", code, cwd=tmp_path, PYTHONPATH=str(wheel)) == "event-attending\n"


def test_no_import_package_is_called_sops(repository):
    """`sops/` is data: the import name belongs to another project."""
    assert not list((repository / "sops").rglob("*.py"))
