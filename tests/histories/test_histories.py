"""Golden histories fold to the same bytes for ever: see README.md beside them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.engine import FORMAT, event_from_json, event_to_json, events, replay, state_from_json, state_to_json
from sopflow.program import Program

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.json"))


def compiled(body) -> Program:
    """A program of a history, with those that it calls."""
    called = {name: loads(text) for name, text in body["calls"].items()}
    program = lower(loads(body["text"]), find=lambda name, _: called.get(name)).program
    assert program is not None
    return program


def programs_of(history) -> dict[str, Program]:
    """The programs that the run was on, by hash."""
    return {name: compiled(body) for name, body in history["programs"].items()}


def folded(history, programs) -> str:
    """The state that the history folds to, as JSON text."""
    return as_text(state_to_json(replay(programs, map(event_from_json, history["events"]))))


def as_text(state) -> str:
    """The bytes that must stay as they are."""
    return json.dumps(state, ensure_ascii=False)


def read(file: Path):
    """A golden history."""
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_history_folds_to_its_state(file):
    """The definitions have the hashes that they had, and the events lead where they led."""
    history = read(file)
    assert history["format"] <= FORMAT
    programs = programs_of(history)
    assert {name: program.hash for name, program in programs.items()} == {name: name for name in programs}
    assert folded(history, programs) == as_text(history["state"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_history_is_read_and_written_without_loss(file):
    """Events and states of old formats are read as what they say."""
    history = read(file)
    assert [event_to_json(event_from_json(data)) for data in history["events"]] == history["events"]
    state = state_from_json(history["state"], programs_of(history)[history["state"]["program"]])
    assert as_text(state_to_json(state)) == as_text(history["state"])


def test_histories_tell_of_everything_that_can_happen():
    """Every kind of event is in one of them, so that none can change its meaning unseen."""
    told = {event["event"] for file in FILES for event in read(file)["events"]}
    kinds = {kind.__name__ for kind in events.Event.__subclasses__()}
    assert kinds <= told
    assert len(FILES) >= 12


FOLD_ALL = """
import sys
sys.path[:0] = [{here!r}]
from test_histories import *
for file in FILES:
    history = read(file)
    print(folded(history, programs_of(history)))
"""


def test_the_seed_of_hashes_does_not_matter():
    """Folding gives the same bytes under another hash seed."""
    told = subprocess.run(
        [sys.executable, "-c", FOLD_ALL.format(here=str(HERE))],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    ).stdout
    assert told.splitlines() == [as_text(read(file)["state"]) for file in FILES]
