"""Definitions are found by path, by full name and by id; what is not found is answered with what exists."""

import zipfile
from pathlib import Path

import pytest

from sopflow import bundled
from sopflow.errors import NotFound, UsageError


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A stand-in for the bundled definitions: two folders that share one id."""
    for name in ("marketing/event-attending", "marketing/report", "finance/report"):
        file = tmp_path / "shelf" / f"{name}.sop.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("sopflow: 1\n", encoding="utf-8")
    (tmp_path / "shelf" / "marketing" / "facts.yaml").write_text("", encoding="utf-8")
    monkeypatch.setattr(bundled, "root", lambda: tmp_path / "shelf")
    return tmp_path / "shelf"


def _write(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("sopflow: 1\n", encoding="utf-8")
    return file


def test_a_checkout_reads_its_own_folder(repository):
    """In a checkout the bundled definitions are the repository's, so that an edit is seen at once."""
    assert bundled.root() == repository / "sops"


def test_a_folder_that_happens_to_be_called_sops_is_not_ours(tmp_path, monkeypatch):
    """Beside the package, only a folder whose README names sopflow is taken; else SOP604 says what is wrong."""
    _write(tmp_path / "sops" / "README.md").write_text("Another project.", encoding="utf-8")
    monkeypatch.setattr(bundled, "files", lambda _package: tmp_path / "sopflow")
    monkeypatch.setattr(bundled, "__file__", str(tmp_path / "sopflow" / "bundled.py"))
    with pytest.raises(UsageError) as caught:
        bundled.root()
    assert caught.value.finding.code == "SOP604"


def test_inside_the_package_comes_first(tmp_path, monkeypatch):
    """An installed package reads the folder inside it, never one that lies beside it."""
    _write(tmp_path / "sopflow" / "sops" / "README.md")
    monkeypatch.setattr(bundled, "files", lambda _package: tmp_path / "sopflow")
    assert bundled.root() == tmp_path / "sopflow" / "sops"


def test_names_are_full_and_sorted(shelf):
    """The list holds folder/id of each definition, and no other file."""
    assert bundled.names() == ["finance/report", "marketing/event-attending", "marketing/report"]


@pytest.mark.parametrize("name", ["marketing/event-attending", "event-attending"])
def test_a_name_is_full_or_an_id(shelf, name):
    """The full name always works, the id where one folder has it."""
    assert bundled.find(name) == shelf / "marketing" / "event-attending.sop.yaml"


def test_an_id_of_two_folders_is_not_guessed(shelf):
    """Where two folders have the id, nothing is found and the full names are told."""
    assert bundled.find("report") is None
    with pytest.raises(NotFound, match="finance/report, marketing/report") as caught:
        bundled.load("report")
    assert caught.value.finding.code == "SOP602"


def test_a_path_is_a_path(shelf, tmp_path):
    """A path to a file is that file, whatever its ending; text or Path."""
    file = _write(tmp_path / "elsewhere" / "draft.txt")
    assert bundled.find(file) == bundled.find(str(file)) == file


def test_search_folders_come_first_and_in_their_order(shelf, tmp_path):
    """The first folder that has the name wins; the bundled ones come last."""
    near = _write(tmp_path / "near" / "event-attending.sop.yaml")
    far = _write(tmp_path / "far" / "event-attending.sop.json")
    search = [tmp_path / "absent", near.parent, far.parent]
    assert bundled.find("event-attending", search=search) == near
    assert bundled.find("far/event-attending", search=search) == far
    assert bundled.find("marketing/event-attending", search=search).parent.parent == shelf


def test_an_id_of_the_searched_folder_itself_is_nearest(shelf, tmp_path):
    """A copy in a subfolder does not make the id of the folder's own definition ambiguous."""
    own = _write(tmp_path / "mine" / "hire.sop.yaml")
    _write(tmp_path / "mine" / "old" / "hire.sop.yaml")
    assert bundled.find("hire", search=[own.parent]) == own


def test_a_folder_is_known_by_its_own_name(shelf, tmp_path, monkeypatch):
    """A folder given as `.` or `..` has the full names that it has from outside."""
    file = _write(tmp_path / "hr" / "hire.sop.yaml")
    _write(tmp_path / "hr" / "drafts" / "note.txt")
    monkeypatch.chdir(tmp_path / "hr")
    assert bundled.find("hr/hire", search=["."]) == file
    monkeypatch.chdir(tmp_path / "hr" / "drafts")
    assert bundled.find("hr/hire", search=[".."]) == file


def test_yaml_goes_before_json(shelf, tmp_path):
    """Where a folder has an id in both notations, the YAML file is meant, whatever order the disk lists them in."""
    _write(tmp_path / "both" / "hire.sop.json")
    yaml = _write(tmp_path / "both" / "hire.sop.yaml")
    assert bundled.find("hire", search=[tmp_path / "both"]) == yaml


@pytest.mark.parametrize("folder", ["no/such/folder", "x" * 5000, "a\0b"])
def test_a_folder_that_cannot_be_read_has_nothing(shelf, folder):
    """A searched folder that is missing or no path at all is passed over."""
    assert bundled.find("event-attending", search=[folder]) is not None


def test_a_missing_name_brings_the_nearest(shelf):
    """A misspelt name is answered with the full name that it may be a slip for."""
    with pytest.raises(NotFound, match="marketing/event-attending") as caught:
        bundled.load("Event-Atending")
    assert caught.value.finding.code == "SOP601"
    assert "finance" not in str(caught.value)


def test_a_missing_name_with_no_neighbour_brings_what_exists(shelf):
    """A name unlike all others is answered with the names that there are."""
    with pytest.raises(NotFound, match="finance/report, marketing/event-attending"):
        bundled.load("zzz")


def test_a_missing_file_brings_the_nearest_file(shelf, tmp_path):
    """A path that leads nowhere is answered with its neighbours, also where its folder is missing."""
    _write(tmp_path / "drafts" / "hire.sop.yaml")
    with pytest.raises(NotFound, match=r"hire\.sop\.yaml") as caught:
        bundled.load(tmp_path / "drafts" / "hier.sop.yaml")
    assert caught.value.finding.code == "SOP603"
    with pytest.raises(NotFound, match="drafts"):
        bundled.load(tmp_path / "no" / "such" / "folder.yaml")


@pytest.mark.parametrize(
    "name", ["", "/", "..", "x" * 5000, "a\0b", "../marketing/report", "*", "x" * 5000 + "/a.yaml", "a\0/b.yaml"]
)
def test_odd_names_are_merely_not_found(shelf, name):
    """No name, however odd, gives anything but a NotFound."""
    assert bundled.find(name) is None
    with pytest.raises(NotFound):
        bundled.load(name)


def test_a_zip_is_a_shelf_too(tmp_path, monkeypatch):
    """Definitions inside a zip are listed and found; they are read as text, as no path leads there."""
    with zipfile.ZipFile(tmp_path / "sopflow.zip", "w") as archive:
        archive.writestr("sops/marketing/report.sop.yaml", "sopflow: 1\n")
    monkeypatch.setattr(bundled, "root", lambda: zipfile.Path(tmp_path / "sopflow.zip", "sops/"))
    assert bundled.names() == ["marketing/report"]
    assert bundled.find("report").read_text(encoding="utf-8") == "sopflow: 1\n"


def test_a_definition_in_a_zip_has_what_it_includes(tmp_path, monkeypatch):
    """What stands beside it inside the zip is found, in either notation."""
    definition = "sopflow: 1\nid: report\ninclude: [common]\nsteps: {write: {task: Write, by: writer}}\n"
    with zipfile.ZipFile(tmp_path / "sopflow.zip", "w") as archive:
        archive.writestr("sops/marketing/report.sop.yaml", definition)
        archive.writestr("sops/marketing/common.sop.json", '{"sopflow": 1, "roles": {"writer": "Writer"}}')
    monkeypatch.setattr(bundled, "root", lambda: zipfile.Path(tmp_path / "sopflow.zip", "sops/"))
    assert list(bundled.load("report").roles) == ["writer"]
    assert bundled.folder_of(bundled.find("report")).name == "marketing"
    assert sorted(bundled.shelf(bundled.folder_of(bundled.find("report")))) == ["marketing/common", "marketing/report"]


def test_a_bundled_definition_loads():
    """What is listed can be read."""
    name = bundled.names()[0]
    assert bundled.load(name).id == name.rpartition("/")[2]
