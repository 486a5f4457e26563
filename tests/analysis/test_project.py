"""The settings of a project: which file counts, what it may say, and where what is wrong in it stands."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sopflow
from sopflow.analysis import project
from sopflow.analysis.project._settings import project_of
from sopflow.analysis.project._toml import read_toml
from sopflow.errors import Finding, NotFound, Place, Report, Severity

REASON = 'reason = "We know"'


@pytest.fixture
def settings(tmp_path):
    """Read a file of settings that says this."""

    def read(text, name="sopflow.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return project.read(tmp_path / name)

    return read


def finding(code, file="a.sop.yaml", **more):
    """A finding in a file."""
    return Finding(code, Place(file, 1, 1, 1, 2), **more)


def told(found):
    """Code and place of each finding of a project."""
    return [(one.code, one.place.line, one.place.column) for one in found.findings]


# -- what it says ----------------------------------------------------------------------------------------------------


def test_a_finding_is_worth_what_the_project_says(settings):
    """More by the word, less with a reason, off not at all; the rest is as it was."""
    said = settings(
        "[check.rules]\nSOP502 = 'error'\n"
        f"SOP415 = {{severity = 'info', {REASON}}}\nSOP501 = {{severity = 'off', {REASON}}}\n"
        f"SOP412 = {{severity = 'warning', {REASON}}}\n"
    )
    assert said.findings == ()
    report = said.applied(Report(tuple(finding(f"SOP{n}") for n in (201, 412, 415, 501, 502, 516))))
    assert [(one.code, str(one.severity)) for one in report] == [
        ("SOP201", "error"), ("SOP412", "warning"), ("SOP415", "info"), ("SOP502", "error"), ("SOP516", "warning"),
    ]  # fmt: skip


def test_what_is_accepted_stays_accepted(settings):
    """A definition that gives its reason is not overruled by a setting."""
    said = settings("[check.rules]\nSOP502 = 'error'\n")
    (one,) = said.applied(Report((finding("SOP502", accepted="It is meant"),)))
    assert one.severity is Severity.INFO


@pytest.mark.parametrize(
    ("pattern", "file", "fits"),
    [
        ("drafts/", "drafts/a.sop.yaml", True),
        ("drafts", "drafts/deep/a.sop.yaml", True),
        ("drafts", "drafts-2/a.sop.yaml", False),
        ("*.sop.yaml", "a.sop.yaml", True),
        ("*.sop.yaml", "deep/a.sop.yaml", False),
        ("**/*.sop.yaml", "very/deep/a.sop.yaml", True),
        ("**/*.sop.yaml", "a.sop.yaml", True),
        ("./a?.sop.yaml", "ab.sop.yaml", True),
        ("a.sop.yaml", "axsop.yaml", False),
        ("[a].sop.yaml", "[a].sop.yaml", True),
    ],
)
def test_settings_for_some_paths(settings, tmp_path, pattern, file, fits):
    """A pattern is held against the path from the file of settings on."""
    said = settings(f"[[check.paths]]\nfiles = ['{pattern}']\nrules.SOP502 = {{severity = 'off', {REASON}}}\n")
    assert said.findings == ()
    assert (len(said.applied(Report((finding("SOP502", str(tmp_path / file)),)))) == 0) is fits


def test_the_last_path_that_fits_counts(settings, tmp_path):
    """It goes before those above it and before what holds for all."""
    said = settings(
        "[check.rules]\nSOP502 = 'error'\n"
        f"[[check.paths]]\nfiles = ['a']\nrules.SOP502 = {{severity = 'off', {REASON}}}\n"
        "[[check.paths]]\nfiles = ['a/b']\nrules = {SOP502 = 'warning'}\n"
    )

    def worth(file):
        return [str(one.severity) for one in said.applied(Report((finding("SOP502", str(tmp_path / file)),)))]

    assert [worth("c.sop.yaml"), worth("a/c.sop.yaml"), worth("a/b/c.sop.yaml")] == [["error"], [], ["warning"]]


def test_check_takes_the_settings_it_is_given(settings, tmp_path):
    """Without `config` a library knows no project; with it, the file's own faults are told too."""
    sop = sopflow.loads("sopflow: 1\nid: a\nroles: {b: B}\nsteps: {c: {task: C}}\n")
    settings("[check.rules]\nSOP502 = 'error'\nSOP999 = 'off'\n")
    assert [one.code for one in sopflow.check(sop)] == ["SOP502"]
    found = sopflow.check(sop, config=tmp_path / "sopflow.toml")
    assert {(one.code, str(one.severity)) for one in found} == {("SOP502", "error"), ("SOP655", "error")}
    with pytest.raises(NotFound):
        sopflow.check(sop, config=tmp_path / "absent.toml")


# -- what is wrong in it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("SOP502 = 'off'", "SOP657", 10),
        ("SOP502 = {severity = 'info'}", "SOP657", 22),
        ("SOP502 = {severity = 'off', reason = ' - '}", "SOP657", 22),
        ("SOP502 = {severity = 'off', reason = 1}", "SOP654", 38),
        ("SOP502 = {severity = 'off', why = 'x', reason = 'y'}", "SOP653", 29),
        ("SOP502 = {reason = 'x'}", "SOP656", 1),
        ("SOP502 = 'of'", "SOP656", 10),
        ("SOP502 = 1", "SOP656", 10),
        ("SOP502 = ['off']", "SOP656", 10),
        ("'every_role_is_used' = 'off'", "SOP655", 1),
        ("SOP704 = 'warning'", "SOP655", 1),  # a refusal of a run
        ("SOP511 = 'warning'", "SOP655", 1),  # of `sopflow trace`
        ("SOP201 = {severity = 'off', reason = 'x y'}", "SOP658", 22),
        ("SOP004 = {severity = 'warning', reason = 'x y'}", "SOP658", 22),
    ],
)
def test_a_wrong_setting_is_a_finding_at_its_place(settings, line, code, column):
    """And the settings beside it hold."""
    said = settings(f"[check.rules]\n{line}\nSOP516 = 'error'\n")
    assert code in [one.code for one in said.findings]
    at = next(one.place for one in said.findings if one.code == code)
    assert (at.line, at.column if column > 1 else 1) == (2, column)
    assert said.setting("SOP516").severity is Severity.ERROR


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[chek]\n", "SOP653"),
        ("check = 1\n", "SOP654"),
        ("[check]\nrules = []\n", "SOP654"),
        ("[check]\nstrict = 'yes'\n", "SOP654"),
        ("[check]\nsearch = 'x'\n", "SOP654"),
        ("[check]\nsearch = ['']\n", "SOP654"),
        ("[check]\npaths = {files = ['x']}\n", "SOP654"),
        ("[[check.paths]]\nrules.SOP502 = 'error'\n", "SOP654"),
        ("[[check.paths]]\nfiles = ['x']\nrule.SOP502 = 'error'\n", "SOP653"),
        ("[check\n", "SOP652"),
        ("check = \n", "SOP652"),
        ("a = 1\na = 2\n", "SOP652"),
        ("a = '\n", "SOP652"),
        ("a = " + "[" * 5000, "SOP652"),
        ("#" * 300_000, "SOP652"),
        ("\x00", "SOP652"),
    ],
)
def test_whatever_stands_in_the_file_nothing_is_raised(settings, text, code):
    """Each fault is a finding with a place, words and a line."""
    said = settings(text)
    assert [one.code for one in said.findings] == [code]
    assert said.findings[0].place.line >= 1
    assert said.findings[0].text("zh")


@given(st.binary(max_size=60) | st.text("[]{}=,.'\"#\n ab1check", max_size=60).map(str.encode))
def test_any_bytes_are_settings_or_findings(raw):
    """Reading never raises, and what the parser lets pass has a place for each of its keys."""
    toml = read_toml(raw, "sopflow.toml")
    project_of(toml, ())
    if not toml.findings:
        assert all((name,) in toml.keys or any(path[0] == name for path in toml.keys) for name in toml.data)


def test_places_are_found_in_every_form_of_table():
    """Headers, dotted keys, inline tables, arrays of tables, and texts that look like them."""
    text = (
        '# [a]\na.b = {"c d" = [1, {e = 2}], f = """\n[x]\ny = 1\n"""}\n[[g]]\nh = 1\n[[g]]\n[g.i]\n\'j\' = 3 # k = 4\n'
    )
    toml = read_toml(text.encode(), "f")
    assert tomllib.loads(text) == toml.data

    def at(*path):
        place = toml.place(path, key=True)
        return place.line, place.column

    assert [at("a", "b"), at("a", "b", "c d"), at("a", "b", "c d", 1, "e"), at("a", "b", "f")] == [
        (2, 1), (2, 8), (2, 21), (2, 30),
    ]  # fmt: skip
    assert [at("g", 0, "h"), at("g", 1), at("g", 1, "i", "j")] == [(7, 1), (8, 3), (10, 1)]
    assert toml.place(("g", 1, "i", "j")).column == 7


# -- where it is -----------------------------------------------------------------------------------------------------


def test_the_nearest_file_counts(tmp_path):
    """Upward from the definition; our own file first, and another project's pyproject.toml not at all."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.sopflow.check]\nstrict = true\n")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\nuses = 'sopflow'\n")
    assert project.find(deep) == tmp_path / "pyproject.toml"
    assert project.read(project.find(deep)).strict
    (tmp_path / "sopflow.toml").write_text("")
    assert project.find(deep) == tmp_path / "sopflow.toml"
    assert not project.read(project.find(deep)).strict
    (deep / "pyproject.toml").write_text("[tool.sopflow\n")  # it cannot be read, and means to speak of us
    assert project.find(deep) == deep / "pyproject.toml"
    assert told(project.read(deep / "pyproject.toml"))[0][0] == "SOP652"


def test_the_page_of_settings_is_right(repository, settings):
    """The example of `docs/reference/configuration.md` can be used, and has every key."""
    page = (repository / "docs/reference/configuration.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    said = settings(example)
    assert said.findings == ()
    assert (said.strict, len(said.search), set(said.rules), len(said.paths)) == (
        True,
        1,
        {"SOP415", "SOP501", "SOP502"},
        1,
    )
    nested = example.replace("[check", "[tool.sopflow.check")
    assert settings(nested, "pyproject.toml").rules == said.rules
