"""`sopflow check` with a project around it: settings, mends, explanations, formats, hooks."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sopflow.errors.catalogue import ENTRIES

CLEAN = (
    "sopflow: 1\nid: {id}\nversion: 1.0.0\ntitle: T\nroles: {{clerk: Clerk}}\nsteps:\n  one: {{task: One, by: clerk}}\n"
)
UNUSED = CLEAN.replace("Clerk}}", "Clerk, head: Head}}")
SETTINGS = "[check.rules]\nSOP502 = {severity = 'off', reason = 'Shared by all'}\n"


def codes(result):
    """Codes and severities of what was printed as JSON."""
    return [(one["code"], one["severity"]) for one in result.json]


@pytest.fixture
def unused(write):
    """A definition with one warning: a role that is not used."""
    return write("sops/a.sop.yaml", UNUSED.format(id="a"))


# -- settings --------------------------------------------------------------------------------------------------------


def test_the_nearest_settings_count(sopflow, write, unused):
    """Those of the definition's own project, unless the command names others or none."""
    write("sopflow.toml", SETTINGS)
    assert codes(sopflow("check", unused, "--json")) == []
    assert codes(sopflow("check", "sops", "--json")) == []
    assert codes(sopflow("check", unused, "--json", "--no-config")) == [("SOP502", "warning")]
    other = write("other.toml", "[check.rules]\nSOP502 = 'error'\n")
    result = sopflow("check", unused, "--json", "--config", other)
    assert (codes(result), result.code) == ([("SOP502", "error")], 1)
    write("sops/pyproject.toml", "[tool.sopflow.check]\nstrict = true\n")
    result = sopflow("check", unused, "--json")
    assert (codes(result), result.code) == ([("SOP502", "warning")], 1)


def test_settings_hold_for_standard_input_and_not_for_names(sopflow, write, folder):
    """A definition on standard input belongs to the folder of the command; a bundled one to nobody."""
    write("sopflow.toml", SETTINGS + "nonsense = 1\n")
    result = sopflow("check", "-", "--json", input=UNUSED.format(id="a"))
    assert codes(result) == [("SOP655", "error")]
    assert codes(sopflow("check", "event-attending", "--json")) == []


def test_faults_of_the_settings_are_told_once(sopflow, write, unused):
    """At their place, by a path like that of the definition; the exit code is 1."""
    write("sops/b.sop.yaml", CLEAN.format(id="b"))
    write("sopflow.toml", SETTINGS + "SOP501 = 'off'\n")
    result = sopflow("check", "sops")
    assert result.code == 1
    assert result.out.count("SOP657") == 1
    assert "sopflow.toml:3:10: error SOP657: SOP501" in result.out
    assert "reason = " in result.out


def test_search_folders_of_the_settings(sopflow, write):
    """What a definition calls is looked up there, wherever the command is called."""
    write("shared/child.sop.yaml", CLEAN.format(id="child"))
    sop = write("mine/a.sop.yaml", CLEAN.format(id="a") + "  two: {call: child}\n")
    assert [code for code, _ in codes(sopflow("check", sop, "--json"))] == ["SOP209"]
    write("sopflow.toml", "[check]\nsearch = ['shared']\n")
    assert codes(sopflow("check", sop, "--json")) == []


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((), "SOP661"),
        (("a.sop.yaml", "--config", "x.toml", "--no-config"), "SOP660"),
        (("a.sop.yaml", "--config", "absent.toml"), "SOP603"),
        (("a.sop.yaml", "--config", "."), "SOP190"),
        (("-", "--fix"), "SOP660"),
        (("a.sop.yaml", "--diff"), "SOP660"),  # these calls say --json
        (("--explain", "SOP1"), "SOP659"),
    ],
)
def test_misuse_is_told(sopflow, folder, args, code):
    """Exit code 2, with words and a mend."""
    result = sopflow("check", *args, "--json", input="")
    assert (result.codes, result.code) == ([code], 2)


# -- mends -----------------------------------------------------------------------------------------------------------

BROKEN = "# ours\r\n" + CLEAN.format(id="a").replace("by: clerk", "by: clrek").replace("\n", "\r\n")


def test_fix_mends_the_file_and_tells(sopflow, write, folder):
    """What was wrong is told with its place; what is left is checked; line ends, comments and rights stay."""
    name = write("a.sop.yaml", BROKEN.encode())
    (folder / name).chmod(0o640)
    result = sopflow("check", name, "--fix")
    assert result.err == "a.sop.yaml:8:24: mended SOP202: ‘clrek’ is no role of this SOP.\n"
    assert (result.out, result.code) == ("no findings\n", 0)
    assert (folder / name).read_bytes() == BROKEN.replace("clrek", "clerk").encode()
    assert (folder / name).stat().st_mode & 0o777 == 0o640
    assert [file.name for file in folder.iterdir()] == ["a.sop.yaml"]
    assert sopflow("check", name, "--fix").out == "no findings\n"


def test_diff_shows_and_writes_nothing(sopflow, write, folder):
    """A patch that `patch -p1` takes; exit code 1 where something would change."""
    name = write("sops/a.sop.yaml", BROKEN.replace("\r", ""))
    result = sopflow("check", "sops", "--diff")
    assert result.code == 1
    assert result.out.startswith("--- a/sops/a.sop.yaml\n+++ b/sops/a.sop.yaml\n")
    assert "\n-  one: {task: One, by: clrek}\n+  one: {task: One, by: clerk}\n" in result.out
    assert "clrek" in (folder / name).read_text()
    write("sops/a.sop.yaml", CLEAN.format(id="a"))
    assert (sopflow("check", "sops", "--diff").out, sopflow("check", "sops", "--diff").code) == ("", 0)


def test_fix_leaves_alone_what_it_cannot_keep(sopflow, write, folder):
    """Mixed line ends, another encoding, a link to elsewhere: nothing is written, or what the link means."""
    mixed = BROKEN.encode().replace(b"\r\n", b"\n", 1)
    for raw in (mixed, BROKEN.encode("utf-16"), b"\xff\xfe", b""):
        name = write("a.sop.yaml", raw)
        assert sopflow("check", name, "--fix").code == 1
        assert (folder / name).read_bytes() == raw
    real = write("real/a.sop.yaml", BROKEN)
    (folder / "a.sop.yaml").unlink()
    (folder / "a.sop.yaml").symlink_to(folder / real)
    assert sopflow("check", "a.sop.yaml", "--fix").code == 0
    assert (folder / "a.sop.yaml").is_symlink()
    assert "clerk}" in (folder / real).read_text()


def test_fix_with_json_keeps_the_list_of_findings(sopflow, write):
    """What was mended goes to standard error."""
    result = sopflow("check", write("a.sop.yaml", BROKEN), "--fix", "--json")
    assert result.json == []
    assert "SOP202" in result.err


def test_fix_does_not_touch_what_is_turned_off(sopflow, write, folder):
    """What a project does not want to see it does not want to be changed either."""
    name = write("a.sop.yaml", CLEAN.format(id="a").replace("by: clerk", "by: clerk, accept: {SOP411: not found}"))
    write("sopflow.toml", "[check.rules]\nSOP506 = {severity = 'off', reason = 'We keep old ones'}\n")
    before = (folder / name).read_text()
    assert sopflow("check", name, "--fix").code == 0
    assert (folder / name).read_text() == before


# -- explanations and formats ----------------------------------------------------------------------------------------


def test_explain_says_what_a_code_means(sopflow, folder):
    """The words, the rule's reason and examples, the page; in any case of letters, in both languages."""
    shown = sopflow("check", "--explain", "sop502").out
    for part in (
        "SOP502 warning:",
        "Rule: every role is used",
        "No finding:",
        "sopflow: 1",
        "rules.md#every-role-is-used",
    ):
        assert part in shown
    assert "角色" in sopflow("check", "--explain", "SOP502", "--lang", "zh").out
    plain = sopflow("check", "--explain", "SOP704", "--json").json
    assert plain["rule"] is None
    assert plain["page"] == "docs/reference/diagnostics.md"


@pytest.mark.parametrize("code", sorted(ENTRIES)[::7])
def test_every_code_can_be_explained(sopflow, folder, code):
    """Whatever stands in the catalogue."""
    assert sopflow("check", "--explain", code).out.startswith(code)


def test_the_pages_that_explanations_name_are_there(repository):
    """Each rule has its heading on the page that its codes link to."""
    from sopflow.analysis.reference import page_of, reference
    from sopflow.analysis.rulebook import RULES

    headings = {line[3:].replace(" ", "-") for line in reference().splitlines() if line.startswith("## ")}
    assert {page_of(code).partition("#")[2] for rule in RULES for code in rule.codes} <= headings
    assert (repository / "docs/reference/rules.md").exists()


def test_github_sees_each_finding(sopflow, write):
    """One workflow command a line, with what could end it escaped; accepted findings are left out."""
    name = write("a,b.sop.yaml", UNUSED.format(id="a").replace("id: a", "id: 'a'"))
    lines = sopflow("check", name, "--format", "github").out.splitlines()
    assert lines[-1].startswith(
        "::warning title=SOP502,file=a%2Cb.sop.yaml,line=5,col=23,endLine=5,endColumn=27::The role"
    )
    write(name, UNUSED.format(id="a").replace("steps:", "accept: {SOP502: next year, SOP185: no}\nsteps:"))
    assert "SOP502" not in sopflow("check", name, "--format", "github").out


def test_sarif_has_all_that_is_known_of_a_rule(sopflow, unused, write):
    """Reason, examples and severity of the rule; the level of the project; why a finding is accepted."""
    write("sopflow.toml", "[check.rules]\nSOP502 = 'error'\n")
    run = sopflow("check", unused, "--format", "sarif").json["runs"][0]
    (rule,), (result,) = run["tool"]["driver"]["rules"], run["results"]
    assert (rule["id"], rule["name"], rule["defaultConfiguration"]["level"]) == ("SOP502", "EveryRoleIsUsed", "warning")
    assert "```yaml" in rule["help"]["markdown"]
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sops/a.sop.yaml"
    write(unused, UNUSED.format(id="a").replace("steps:", "accept: {SOP502: next year}\nsteps:"))
    (result,) = sopflow("check", unused, "--format", "sarif").json["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "next year"}]


def test_hidden_folders_are_left_out(sopflow, write, unused):
    """Copies that tools keep are nobody's definitions."""
    write(".cache/x.sop.yaml", "nonsense")
    assert [code for code, _ in codes(sopflow("check", ".", "--json"))] == ["SOP502"]


# -- hooks -----------------------------------------------------------------------------------------------------------


def _called(command, folder, repository, **more):
    ours = {
        "PYTHONPATH": str(repository),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        command, cwd=folder, env=os.environ | ours | more, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_pre_commit_hooks_run(repository, folder, write):
    """Each hook's entry, as pre-commit calls it, checks the folder; the second one mends it."""
    hooks = yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["sopflow-check", "sopflow-fix"]
    write("a.sop.yaml", BROKEN.replace("\r", ""))
    for hook, code in zip(hooks, (1, 0), strict=True):
        assert {"id", "name", "description", "entry", "args", "language", "files", "pass_filenames"} == hook.keys()
        assert re.search(hook["files"], "sops/a.sop.yaml")
        assert re.search(hook["files"], "sops/texts/a.ja.yaml")
        assert not re.search(hook["files"], "src/a.yaml")
        assert _called([*shlex.split(hook["entry"]), *hook["args"]], folder, repository)[0] == code


def test_the_action_runs(repository, folder, write):
    """Its script, with the inputs as the environment that it declares, tells findings and writes the log."""
    action = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    install, check = action["runs"]["steps"]
    assert "GITHUB_ACTION_PATH" in install["run"]
    given = {name: value["default"] for name, value in action["inputs"].items()}
    assert {f"${{{{ inputs.{name} }}}}" for name in given} == set(check["env"].values())
    assert "${{" not in check["run"]
    write("a.sop.yaml", UNUSED.format(id="a"))
    write("with space/b.sop.yaml", CLEAN.format(id="b"))

    def run(**inputs):
        names = {value[4:-3].strip().removeprefix("inputs."): name for name, value in check["env"].items()}
        environment = {names[name]: value for name, value in (given | inputs).items()}
        return _called(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", check["run"]], folder, repository, **environment
        )

    code, shown = run(sarif="log.sarif")
    assert (code, "::warning title=SOP502,file=a.sop.yaml" in shown) == (0, True)
    assert json.loads((folder / "log.sarif").read_text())["version"] == "2.1.0"
    assert run(strict="true")[0] == 1
    assert run(paths="with space\n\n", strict="true")[0] == 0
    assert run(paths="--help")[0] == 2
    assert run(config="absent.toml")[0] == 2


def test_the_guide_to_ci_is_right(repository):
    """Its workflow gives inputs that the action has, its hook is one of ours."""
    page = (repository / "docs/how-to/check-in-ci.md").read_text(encoding="utf-8")
    workflow, hooks = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    action = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))
    given = workflow["jobs"]["check"]["steps"][1]["with"]
    assert set(given) <= set(action["inputs"])
    ours = yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hooks["repos"][0]["hooks"][0]["id"] in [hook["id"] for hook in ours]
