"""`sopflow list`, `show`, `check` and `new`: what they print, and what they say to what they cannot use."""

import json
from importlib import import_module
from pathlib import Path

import jsonschema
import pytest

from sopflow import bundled

# -- list ------------------------------------------------------------------------------------------------------------


def test_list_shows_the_bundled_definitions(sopflow):
    """As JSON a list of objects with name, title and version; as text a table in the language."""
    entries = sopflow("list", "--json").json
    assert [entry["name"] for entry in entries] == bundled.names()
    assert all(set(entry) == {"name", "title", "version"} for entry in entries)
    assert "Attend an event" in sopflow("list").out
    assert "参加活动" in sopflow("list", "--lang", "zh").out


def test_list_takes_a_folder(sopflow, post, write):
    """All definitions in and below it; one that has errors is listed as such."""
    write("deep/broken.sop.yaml", "sopflow: 1\n")
    entries = {entry["file"]: entry for entry in sopflow("list", ".", "--json").json}
    assert entries["post.sop.yaml"]["version"] == "1.2.0"
    assert entries["deep/broken.sop.yaml"]["faulty"]
    assert "sopflow check" in sopflow("list", ".").out


@pytest.mark.parametrize(
    ("folder_name", "code"), [("absent", "SOP190"), ("post.sop.yaml", "SOP190"), ("empty", "SOP606")]
)
def test_list_of_what_is_no_folder_of_definitions(sopflow, post, folder, folder_name, code):
    """A folder that is missing, no folder, or empty: misuse, told with a code."""
    (folder / "empty").mkdir()
    result = sopflow("list", folder_name, "--json")
    assert (result.codes, result.code) == ([code], 2)


# -- show ------------------------------------------------------------------------------------------------------------


def test_what_is_only_included_is_no_definition(sopflow, write):
    """A file for `include`, with neither steps nor an id, is not listed, and a folder is checked without it."""
    write("shared/common.sop.yaml", "sopflow: 1\nroles: {w: {en: W}}\n")
    write("shared/faulty.sop.yaml", "sopflow: 1\nid: faulty\n")
    steps = "include: [common]\nsteps: {a: {task: A, by: w}}\n"
    write("shared/using.sop.yaml", f"sopflow: 1\nid: using\nversion: 1.0.0\ntitle: T\nlanguages: [en]\n{steps}")
    listed = sopflow("list", "shared", "--json").json
    assert [(entry["name"].rpartition("shared/")[2], "faulty" in entry) for entry in listed] == [
        ("faulty.sop.yaml", True),
        ("using", False),
    ]
    found = sopflow("check", "shared", "--json").json
    assert {finding["file"] for finding in found if finding["severity"] == "error"} == {"shared/faulty.sop.yaml"}
    assert sopflow("check", "shared/common.sop.yaml").code == 1


def test_show_says_who_does_what_when_and_where_it_goes(sopflow, post):
    """Every step with its kind, who, deadline and ways out; roles, parameters and data with their types."""
    out = sopflow("show", post).out
    for part in (
        "Publish a post", "version 1.2.0", "writer   Writer", "limit   int = 3",
        "post.partners    list of {name: string",
        "write  Write it", "task · by Writer · due 1 day after opened · checklist (2)",
        "decision · about post.sensitive · by Writer · yes → review · no → publish", "refused → write", "opens post.on",
    ):  # fmt: skip
        assert part in out


def test_show_speaks_chinese(sopflow, post):
    """Words, titles and roles in the language asked for, or that of the environment."""
    out = sopflow("show", post, "--lang", "zh").out
    assert "判断 · 关于 post.sensitive · 由 撰稿人" in out


def test_the_environment_says_the_language(sopflow, post, monkeypatch):
    """POSIX: LC_ALL goes before LC_MESSAGES and LANG."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "步骤" in sopflow("show", post).out


def test_show_gives_the_definition_as_json(sopflow, post, write):
    """--json is the definition in its JSON notation: it can be read again, and shows the same."""
    shown = sopflow("show", post, "--json").out
    again = write("again/post.sop.json", shown)
    assert sopflow("show", again, "--json").json == json.loads(shown)


def test_show_goes_into_blocks_and_handlers(sopflow, write):
    """What is inside a block stands below it, further in; handlers in brackets with what sets them off."""
    sop = write(
        "small.sop.yaml",
        """\
sopflow: 1
id: small
version: 1.0.0
title: Small
languages: [en]
roles: {w: W}
data: {names: list of string, hot: bool, end: date}
messages: {stop: {}}
steps:
  all:
    group: Everything
    steps:
      both:
        parallel: Both
        branches:
          left: {task: Left, by: w}
          right: {task: Right, by: w, if: hot}
    on:
      stop: {instead: true, next: last}
      nightly: {every: day at 18:00, task: Report, by: w}
  each: {for-each: names, as: name, steps: {sign: {task: Sign, by: w}}}
  last:
    task: Last
    by: w
    due: [{when: hot, then: end}, {else: 1 day after opened}]
""",
    )
    out = sopflow("show", sop).out
    assert "            left  Left" in out
    assert "task · if hot · by W" in out
    assert "(on stop · instead · → last)" in out
    assert "(on every day at 18:00)" in out
    assert "for-each names" in out
    assert "due end if hot; else 1 day after opened" in out


def test_show_reads_standard_input(sopflow, post, folder):
    """``-`` is a definition on standard input."""
    assert "Publish a post" in sopflow("show", "-", input=(folder / post).read_text(encoding="utf-8")).out


@pytest.mark.parametrize(
    ("name", "code", "exit_code"),
    [
        ("event-atending", "SOP601", 2),
        ("absent.sop.yaml", "SOP603", 2),
        (".", "SOP605", 2),
        ("empty", "SOP606", 2),
        ("notes.md", "SOP061", 2),
        ("binary.sop.yaml", "SOP032", 1),
        ("broken.sop.yaml", "SOP004", 1),
        ("a\0b", "SOP601", 2),
        ("x" * 5000, "SOP601", 2),
    ],
    ids=lambda value: ascii(value[:20]) if isinstance(value, str) else None,
)
@pytest.mark.parametrize("command", ["show", "run"])
def test_a_name_that_leads_nowhere_is_told(sopflow, post, write, folder, command, name, code, exit_code):
    """Missing, misspelt, a folder, a binary file: a code, and 2 for misuse, 1 for what stands in a file."""
    (folder / "empty").mkdir()
    write("notes.md", "# notes\n")
    write("binary.sop.yaml", b"\x7fELF\x02\xff\xfe\x00")
    write("broken.sop.yaml", "a: [1,\n")
    result = sopflow(command, name, "--json")
    assert (result.codes, result.code) == ([code], exit_code)


@pytest.mark.parametrize("args", [["show", "post.sop.yaml"], ["run", "post.sop.yaml"], ["check", "."]])
def test_a_file_that_may_not_be_read_is_told(sopflow, post, monkeypatch, args):
    """Permission denied is a finding, in a folder beside the others'."""
    monkeypatch.setattr(Path, "read_bytes", _denied)
    result = sopflow(*args)
    assert "SOP190" in result.out + result.err
    assert "Permission denied" in result.out + result.err


def _denied(file):
    raise PermissionError(13, "Permission denied", str(file))


# -- check -----------------------------------------------------------------------------------------------------------


def test_check_finds_everything_in_many_files(sopflow, post, write):
    """Names, files and folders at once; a finding's text begins with its place, severity and code."""
    write("more/bad.sop.yaml", "sopflow: 1\nid: bad\ntitle: Bad\nsteps:\n  a: {task: A, nxt: b}\n")
    result = sopflow("check", "event-attending", ".")
    assert result.code == 1
    assert "more/bad.sop.yaml:5:16: error SOP1" in result.out
    assert "3 definitions checked" in result.out


@pytest.fixture
def note(write):
    """A definition in which there is nothing to find."""
    return write("note.sop.yaml", "sopflow: 1\nid: note\nversion: 1.0.0\ntitle: Note\nsteps:\n  write: {task: Write}\n")


def test_check_of_a_sound_definition_says_so(sopflow, note):
    """No findings: exit code 0."""
    result = sopflow("check", note)
    assert (result.out, result.code) == ("no findings\n", 0)


def test_check_prints_json_and_sarif(sopflow, write):
    """JSON is a list of findings (--json is --format json), SARIF a log as its schema wants."""
    bad = write("bad.sop.yaml", "sopflow: 1\nid: bad\nsteps:\n  a: {task: A, nxt: b}\n")
    findings = sopflow("check", bad, "--format", "json").json
    assert findings == sopflow("check", bad, "--json").json
    assert {"code", "severity", "file", "line", "column", "text", "mend"} <= set(findings[0])
    sarif = sopflow("check", bad, "--format", "sarif").json
    jsonschema.validate(sarif, {"type": "object", "required": ["version", "runs"]})
    assert [one["ruleId"] for one in sarif["runs"][0]["results"]] == [one["code"] for one in findings]


def test_check_is_strict_where_asked(sopflow, write):
    """A warning does not fail a check, unless --strict says so."""
    sop = write("small.sop.yaml", "sopflow: 1\nid: small\nlanguages: [en]\ntitle: Small\nsteps:\n  a: {task: A}\n")
    assert [one["severity"] for one in sopflow("check", sop, "--json").json] == ["warning"]
    assert sopflow("check", sop).code == 0
    assert sopflow("check", sop, "--strict").code == 1


def test_check_speaks_chinese(sopflow, write):
    """Findings in Chinese."""
    assert "改法" in sopflow("check", write("bad.sop.yaml", "sopflow: 1\n"), "--lang", "zh").out


def test_check_of_what_does_not_exist_is_misuse(sopflow, note):
    """The other definitions are checked all the same; the exit code is 2."""
    result = sopflow("check", note, "absent.sop.yaml", "evnt-attending", "--json")
    assert ([one["code"] for one in result.json], result.code) == (["SOP601", "SOP603"], 2)


def test_check_reads_standard_input(sopflow):
    """``-`` is a definition on standard input, also one that cannot be read."""
    result = sopflow("check", "-", input="sopflow: 1\n")
    assert result.code == 1
    assert "<stdin>:1:1: error" in result.out


# -- new -------------------------------------------------------------------------------------------------------------


def test_new_begins_with_a_small_sound_definition(sopflow, folder):
    """Without --from: an example that checks and plays."""
    result = sopflow("new", "hr/hire-somebody")
    assert result.code == 0
    assert sopflow("check", "hr/hire-somebody.sop.yaml", "--strict").out == "no findings\n"
    assert sopflow("run", "hr/hire-somebody.sop.yaml", "--auto").code == 0


def test_new_copies_a_bundled_definition(sopflow, folder):
    """Comments stay, the id is the new one, and what it needs beside it comes along."""
    result = sopflow("new", "--from", "marketing/event-attending", "my-events", "--json")
    assert result.code == 0
    assert result.json["files"] == ["my-events.sop.yaml", "facts.yaml"]
    original = bundled.find("marketing/event-attending").read_text(encoding="utf-8")
    copy = (folder / "my-events.sop.yaml").read_text(encoding="utf-8")
    assert copy == original.replace("id: event-attending\n", "id: my-events\n")
    assert sopflow("check", "my-events.sop.yaml").code == 0
    assert sopflow("new", "--from", "marketing/event-attending", "our-events", "--json").json["files"] == [
        "our-events.sop.yaml"
    ]


def test_new_takes_texts_and_json(sopflow, post, write, folder):
    """Texts in other languages are copied under the new name; a JSON definition stays JSON."""
    write("texts/post.ja.yaml", "title: 投稿\n")
    assert sopflow("new", "--from", post, "blog").code == 0
    assert (folder / "texts" / "blog.ja.yaml").exists()
    write("j/post.sop.json", sopflow("show", post, "--json").out)
    assert sopflow("new", "--from", "j/post.sop.json", "k/blog").code == 0
    assert sopflow("show", "k/blog.sop.json", "--json").json["id"] == "blog"


@pytest.mark.parametrize(
    ("args", "code", "exit_code"),
    [
        (["post"], "SOP608", 2),
        (["My Post"], "SOP607", 2),
        ([""], "SOP607", 2),
        (["post.sop.yaml/inner"], "SOP609", 2),
        (["/proc/no/such"], "SOP609", 2),
        (["--from", "absent", "x"], "SOP601", 2),
        (["--from", "broken.sop.yaml", "x"], "SOP004", 1),
    ],
)
def test_new_writes_over_nothing(sopflow, post, write, folder, args, code, exit_code):
    """A name that exists, that is none, or that cannot be written; a source that does not exist or is broken."""
    write("broken.sop.yaml", "a: [1,\n")
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    result = sopflow("new", *args, "--json")
    assert (result.codes, result.code) == ([code], exit_code)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


# -- all of them -----------------------------------------------------------------------------------------------------


def test_every_command_takes_json_and_lang():
    """The two options that the face promises for each command."""
    commands = import_module("sopflow.cli._main")
    for name in commands.COMMANDS:
        options = {option for parameter in commands.main.get_command(None, name).params for option in parameter.opts}
        assert {"--json", "--lang"} <= options, name


def test_a_misspelt_command_brings_the_nearest(sopflow):
    """‘chek’ is answered with ‘check’, as misuse."""
    result = sopflow("chek", "x")
    assert result.code == 2
    assert "‘check’" in result.err


def test_misuse_of_options_is_2(sopflow, post):
    """An unknown option, a missing argument, a format that does not exist."""
    assert [sopflow(*args).code for args in (["list", "--no"], ["show"], ["check", post, "--format", "x"])] == [2, 2, 2]


def test_the_version_is_told(sopflow):
    """--version names the product and its version."""
    import sopflow as product

    assert sopflow("--version").out == f"sopflow {product.__version__}\n"
