"""`sopflow render`: files, standard output, exit codes."""

import json

import pytest
from click.testing import CliRunner

from sopflow.cli import main


def _call(*arguments):
    done = CliRunner().invoke(main, ["render", *map(str, arguments)])
    return done.exit_code, done.stdout_bytes, done.stderr


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", "<svg"), ("json", "{"), ("mmd", "---"), ("dot", "digraph"), ("txt", "参加")]
)
def test_the_ending_says_the_format(tmp_path, ending, start):
    """A file is written in the format of its ending, and nothing is printed."""
    file = tmp_path / f"picture.{ending}"
    assert _call("event-attending", "-o", file, "--lang", "zh") == (0, b"", "")
    assert file.read_text(encoding="utf-8").startswith(start)


def test_standard_output_is_the_picture():
    """Without a file the SVG is printed; with `--json` the geometry."""
    code, printed, _ = _call("event-attending", "--lang", "zh")
    assert (code, printed[:4]) == (0, b"<svg")
    code, printed, _ = _call("event-attending", "--json")
    assert json.loads(printed)["name"] == "marketing/event-attending"


def test_no_lanes():
    """Without lanes, steps name their role."""
    _, printed, _ = _call("event-attending", "--no-lanes", "--json", "--lang", "zh")
    sheet = json.loads(printed)["sheets"][0]
    assert sheet["lanes"] == []
    assert {line["text"] for node in sheet["nodes"] for line in node["lines"] if line["kind"] == "role"} == {
        "活动策划", "市场总监",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("event-attending", "-o", "x.foo"), 2, "SOP808"),
        (("event-attending", "-o", "/no/such/folder/x.svg"), 2, "SOP609"),
        (("event-attending", "--format", "gif"), 2, "SOP801"),
        (("event-attendin",), 2, "SOP601"),
        (("event-attending", "--focus", "nobody"), 2, "SOP804"),
        (("event-attending", "--lang", "fr"), 2, "fr"),
    ],
)
def test_misuse_is_told(arguments, code, told):
    """Misuse exits with 2 and a finding, never a traceback."""
    exit_code, printed, error = _call(*arguments)
    assert (exit_code, printed) == (code, b"")
    assert told in error
    assert "Traceback" not in error
