"""The scenarios of the bundled SOPs, played from the command line as a user would play them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import sopflow
from sopflow.cli import main
from sopflow.dsl import format_of

SOPS = Path(__file__).parents[2] / "sops"
SCENARIOS = sorted(SOPS.glob("*/scenarios/*.scenario.yaml"))


def read(path):
    """The plain data of a YAML file."""
    document = format_of(path.name).read(path.read_bytes(), str(path))
    assert document.findings == ()
    return document.data


def blocks(sop):
    """The paths of the steps that hold others."""
    return {step.id for step in sopflow.compile(sop).steps if step.regions}


def own(path):
    """The id of the step at the end of a path."""
    return path.rpartition(".")[2]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name.removesuffix(".scenario.yaml"))
def test_a_scenario_goes_as_it_says(path, tmp_path):
    """The steps done, the outcome, the deadlines, what was late, refused and left open are those of the file."""
    scenario = read(path)
    expect = scenario["expect"]
    (tmp_path / "data.json").write_text(json.dumps(scenario.get("data", {})), encoding="utf-8")
    (tmp_path / "script.json").write_text(json.dumps(scenario["script"]), encoding="utf-8")
    played = CliRunner().invoke(
        main,
        ["run", scenario["sop"], "--data", str(tmp_path / "data.json"), "--script", str(tmp_path / "script.json"),
         "--at", scenario["at"], "--json"],
    )  # fmt: skip
    *lines, last = [json.loads(line) for line in played.output.splitlines()]
    inside = blocks(sopflow.load(scenario["sop"]))
    closed = [own(line["step"]) for line in lines if line["event"] == "Closed" and own(line["step"]) not in inside]
    due = {line["step"]: line["due"] for line in lines if line["event"] == "Opened" and "due" in line}
    assert closed == expect["path"]
    assert last["outcome"] == expect.get("outcome")
    assert {step: due[step] for step in expect.get("due", {})} == expect.get("due", {})
    assert list(dict.fromkeys(line["step"] for line in lines if line["event"] == "Overdue")) == expect.get("late", [])
    assert [line["step"] for line in lines if line["event"] == "Refused"] == expect.get("refused", [])
    assert [item["step"] for item in last["open"]] == expect.get("open", [])


def test_every_step_is_reached():
    """Of each bundled SOP that has scenarios, every step is done in one of them."""
    reached = {}
    for path in SCENARIOS:
        scenario = read(path)
        reached.setdefault(scenario["sop"], set()).update(scenario["expect"]["path"])
    for name, paths in reached.items():
        program = sopflow.compile(sopflow.load(name))
        assert {step.id for step in program.steps if not step.regions} == paths
