"""The scenarios of the bundled SOPs, played from the command line as a user would play them.

How many steps of each definition they reach is printed: ``python -m pytest tests/bundled -k reached -rA``.
"""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import sopflow
from sopflow import bundled
from sopflow.cli import main
from sopflow.dsl import format_of

SOPS = Path(__file__).parents[2] / "sops"
SCENARIOS = sorted(SOPS.glob("*/scenarios/*.scenario.yaml"))
NEEDED = {"sop", "title", "at", "script", "expect"}
EXPECTED = {"path", "outcome", "due", "late", "refused", "open"}


def name_of(path):
    """The name of a scenario's file without its ending."""
    return path.name.removesuffix(".scenario.yaml")


def read(path):
    """The plain data of a YAML file."""
    document = format_of(path.name).read(path.read_bytes(), str(path))
    assert document.findings == ()
    return document.data


@cache
def program(name):
    """The program of a bundled definition."""
    return sopflow.compile(sopflow.load(name))


def step_of(program, path):
    """The program and the step that a path means, through calls; items of a list are one step."""
    bare = re.sub(r"\[[^\]]*\]", "", path)
    for place, index in program.by_path.items():
        step = program.steps[index]
        if bare == place:
            return program, step
        if step.call is not None and bare.startswith(f"{place}."):
            return step_of(step.call.program, bare.removeprefix(f"{place}."))
    raise AssertionError(f"{program.name} has no step {path}")


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    """Play a scenario once; gives the events and the last state."""
    folder = tmp_path_factory.mktemp("scenarios")

    @cache
    def play(path):
        scenario = read(path)
        (folder / "data.json").write_text(json.dumps(scenario.get("data", {})), encoding="utf-8")
        (folder / "script.json").write_text(json.dumps(scenario["script"]), encoding="utf-8")
        played = CliRunner().invoke(
            main,
            ["run", scenario["sop"], "--data", str(folder / "data.json"), "--script", str(folder / "script.json"),
             "--at", scenario["at"], "--json"],
        )  # fmt: skip
        *lines, last = [json.loads(line) for line in played.output.splitlines()]
        return lines, last

    return play


def done(sop, lines):
    """The steps done, in their order and by their own ids: decisions and steps of called SOPs included, blocks not."""
    path = []
    passed_over = None
    for line in lines:
        if line["event"] == "PassedOver":
            passed_over = line["step"]
        elif line["event"] == "Closed" and line["step"] != passed_over:
            _, step = step_of(program(sop), line["step"])
            path += [step.id] if not step.regions else []
        else:
            passed_over = None
    return path


@pytest.mark.parametrize("path", SCENARIOS, ids=name_of)
def test_a_scenario_says_only_what_is_known(path):
    """Its keys are those that `sops/README.md` explains, it has its title twice, and its SOP is beside it."""
    scenario = read(path)
    assert NEEDED <= scenario.keys() <= NEEDED | {"data"}
    assert {"path"} <= scenario["expect"].keys() <= EXPECTED
    assert scenario["title"].keys() == {"en", "zh"}
    found = bundled.find(scenario["sop"])
    assert found is not None
    assert found.parent == path.parent.parent
    assert name_of(path).startswith(found.name.removesuffix(".sop.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=name_of)
def test_a_scenario_goes_as_it_says(path, play):
    """The steps done, the outcome, the deadlines, what was late, refused and left open are those of the file."""
    scenario = read(path)
    expect = scenario["expect"]
    lines, last = play(path)
    due = {line["step"]: line["due"] for line in lines if line["event"] == "Opened" and "due" in line}
    assert done(scenario["sop"], lines) == expect["path"]
    assert last["outcome"] == expect.get("outcome")
    assert {step: due[step] for step in expect.get("due", {})} == expect.get("due", {})
    assert list(dict.fromkeys(line["step"] for line in lines if line["event"] == "Overdue")) == expect.get("late", [])
    assert [line["step"] for line in lines if line["event"] == "Refused"] == expect.get("refused", [])
    assert [item["step"] for item in last["open"]] == expect.get("open", [])


def test_every_step_is_reached(play):
    """Of each bundled SOP that has scenarios, every step is opened in one of them, or in one of its callers'."""
    reached: dict[str, set[str]] = {}
    told = {read(path)["sop"] for path in SCENARIOS}
    for path in SCENARIOS:
        sop = read(path)["sop"]
        passed_over = {line["step"] for line in play(path)[0] if line["event"] == "PassedOver"}
        for line in play(path)[0]:
            if line["event"] == "Opened" or (line["event"] == "Closed" and line["step"] not in passed_over):
                found, step = step_of(program(sop), line["step"])
                reached.setdefault(found.name, set()).add(step.path)
    missed = {}
    for name in sorted(program(sop).name for sop in told):
        steps = {step.path for step in program(name).steps}
        missed[name] = sorted(steps - reached[name])
        print(f"{name}: {len(steps & reached[name])} of {len(steps)} steps", *missed[name])  # noqa: T201  # for -rA
    assert {name: steps for name, steps in missed.items() if steps} == {}
