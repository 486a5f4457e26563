"""The command as a process: what it costs to start, and what it does where its output goes nowhere."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "sopflow"]
MOST_MILLISECONDS = 250


def _run(*args, **options):
    return subprocess.run([*COMMAND, *args], cwd=REPOSITORY, capture_output=True, check=False, **options)


def test_help_imports_only_click():
    """`sopflow --help` loads no library but click, and none of the rooms below."""
    code = (
        "import sys, json, sopflow.cli\n"
        "try:\n    sopflow.cli.main(['--help'])\n"
        "finally:\n    print('\\n' + json.dumps([*sys.modules]), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) <= {
        "click",
        "sopflow",
        "__main__",
    } | {name for name in loaded if name.startswith("_") or name == "sitecustomize"}
    assert {name.split(".")[1] for name in loaded if name.startswith("sopflow.")} == {"cli"}


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (("show", "event-attending"), {"yaml", "jinja2", "importlib.metadata", "sopflow.analysis", "sopflow.compiler"}),
        (
            ("render", "event-attending", "-o", os.devnull, "--format", "svg"),
            {"yaml", "importlib.metadata", "sopflow.analysis", "sopflow.engine", "sopflow.rendering.formats._html"},
        ),
        (("check", "event-attending"), {"yaml", "jinja2", "tomllib", "sopflow.analysis.nets", "sopflow.rendering"}),
        (("run", "event-attending", "--auto"), {"jinja2", "tomllib", "sopflow.rendering"}),
    ],
)
def test_a_command_loads_what_it_needs(command, unneeded):
    """Start-up is most of what a command takes: no library or room is loaded that this one could do without."""
    code = (
        "import sys, json, sopflow.cli\n"
        "try:\n    sopflow.cli.main(sys.argv[1:])\n"
        "finally:\n    print('\\n' + json.dumps([*sys.modules]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert unneeded & set(json.loads(done.stderr.splitlines()[-1])) == set()


def test_help_is_quick():
    """Its imports take less than a quarter of a second on the slowest machine we know, the best of three."""

    def milliseconds():
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "sopflow", "--help"],
            cwd=REPOSITORY, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return int(re.search(r"\|\s*(\d+) \| sopflow\.cli$", done.stderr, re.MULTILINE)[1]) / 1000

    assert min(milliseconds() for _ in range(3)) < MOST_MILLISECONDS


def test_a_reader_that_goes_away_is_no_fault():
    """`sopflow … | head -1`: no traceback, no word of complaint."""
    with subprocess.Popen(
        [*COMMAND, "run", "event-attending", "--auto", "--json"],
        cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout.readline().startswith(b'{"seq": 1')
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("args", [["list"], ["list", "--json"], ["check", "event-attending"], ["--help"]])
def test_an_output_that_cannot_be_written_is_told(args):
    """No space left: one sentence, exit code 2."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, *args], cwd=REPOSITORY, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error SOP609")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_a_terminal_that_lacks_characters_gets_others(encoding):
    """Text shows what it can; JSON escapes, so that nothing is lost."""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    assert _run("list", "--lang", "zh", env=environment).returncode == 0
    listed = json.loads(_run("list", "--lang", "zh", "--json", env=environment).stdout.decode(encoding))
    assert "参加活动" in {entry["title"] for entry in listed}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_stops_without_a_traceback():
    """Waiting for standard input, interrupted: an exit code, and no traceback."""
    with subprocess.Popen(
        [*COMMAND, "check", "-"], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdin.write(b"sopflow: 1\n")
        process.stdin.flush()
        _wait_until_it_reads(process.pid)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 1
    assert b"Traceback" not in told


def _wait_until_it_reads(pid):
    """Until the process has its libraries and waits for input."""
    import time

    for _ in range(200):
        maps = Path(f"/proc/{pid}/maps")
        if not maps.exists() or "pydantic_core" in maps.read_text(encoding="utf-8"):
            break
        time.sleep(0.05)
    time.sleep(0.5)


def test_a_fault_of_ours_is_told_kindly(monkeypatch):
    """An exception that nobody foresaw: one sentence, no traceback unless SOPFLOW_TRACEBACK asks for it."""
    code = (
        "import sopflow.cli, sopflow.bundled\n"
        "def broken(): raise ZeroDivisionError('x')\n"
        "sopflow.bundled.names = broken\n"
        "sopflow.cli.main(['list'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "SOPFLOW_TRACEBACK"}
    kind, full = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False,
            env=environment | more,
        )
        for more in ({}, {"SOPFLOW_TRACEBACK": "1"})
    )  # fmt: skip
    assert "SOP649" in kind.stderr
    assert "Traceback" not in kind.stderr
    assert "Traceback" in full.stderr
    assert kind.returncode == 1
