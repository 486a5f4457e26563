"""Where a picture is written: whole or not at all, and a bad place is told."""

import os
import stat
from pathlib import Path

import pytest

from sopflow.cli._write import write_file
from sopflow.errors import UsageError


def _refused(output):
    with pytest.raises(UsageError) as told:
        write_file(str(output), b"new")
    assert told.value.finding.code == "SOP609"
    assert told.value.finding.text("zh")


def test_a_file_is_replaced(tmp_path):
    """The content is the new one, nothing else is left in the folder, and the file's rights stay."""
    file = tmp_path / "a.svg"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write_file(str(file), b"new")
    assert file.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["a.svg"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path):
    """Those that the user's mask leaves."""
    (tmp_path / "plain").write_bytes(b"")
    write_file(str(tmp_path / "a.svg"), b"new")
    assert (tmp_path / "a.svg").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["missing/a.svg", "folder", "file/a.svg", "x" * 300, "a\0b"])
def test_a_bad_place_is_told(tmp_path, name):
    """A folder that is missing, a folder, a file as a folder, a name that cannot be one."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    _refused(tmp_path / name)


def test_a_link_stays_one(tmp_path):
    """What it leads to is replaced."""
    (tmp_path / "there.svg").write_bytes(b"old")
    (tmp_path / "link.svg").symlink_to("there.svg")
    write_file(str(tmp_path / "link.svg"), b"new")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "there.svg").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["write", "replace"])
def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch, name):
    """Whether the new content cannot be written or not be put in its place, the old one stays, and nothing else."""

    def full(*_arguments, **_options):
        raise OSError(28, os.strerror(28))

    file = tmp_path / "a.svg"
    file.write_bytes(b"old")
    if name == "replace":
        monkeypatch.setattr(Path, "replace", full)
    else:
        monkeypatch.setattr("tempfile._TemporaryFileWrapper.close", full)
    _refused(file)
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.svg"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_device_is_written_to(tmp_path):
    """Not replaced; a full one is told."""
    write_file("/dev/null", b"new")
    assert not Path("/dev/null").is_file()
    _refused("/dev/full")
