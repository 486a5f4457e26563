"""The page of the command line holds every command, every option, every line of a script, and every event."""

from importlib import import_module
from pathlib import Path

import click
import pytest

from sopflow.cli import main
from sopflow.cli._main import COMMANDS
from sopflow.cli._script import ACTIONS
from sopflow.cli._story import _WORDS
from sopflow.engine import effects, events

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


def _section(name):
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_it(name):
    """A command has a section, its arguments and each of its own options stand there."""
    command = main.get_command(click.Context(main), name)
    section = _section(name)
    assert f"`sopflow {name}" in section
    common = {"--json", "--lang", "--help", "-h"}
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
    assert {option for option in options - common if f"`{option}" not in section} == set()
    assert command.short_help
    assert all(
        parameter.help
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name != "shape"
    )


def test_every_line_of_a_script_is_in_it():
    """Each action, with the keys that it needs and may have."""
    section = _section("run")
    for name, action in ACTIONS.items():
        row = next(line for line in section.splitlines() if line.startswith("| `{") and f"{{{name}:" in line)
        assert [key for key in action.needs + action.may if key not in row] == [], name


def test_every_event_is_in_it():
    """Each event that comes from outside, and each note of the engine, can be looked up and is told in words."""
    section = _section("run")
    names = {
        name
        for name in vars(events)
        if isinstance(getattr(events, name), type) and issubclass(getattr(events, name), events.Event)
    }
    names -= {"Event", "TimerFired"}  # what a timer brought about are lines of their own
    notes = {note.__name__ for note in effects.Note.__args__}
    assert {name for name in names | notes if f"`{name}`" not in section} == set()
    assert (names | notes) - {"ChildEnded"} - set(_WORDS) == set()


def test_every_command_module_has_its_command():
    """COMMANDS and the modules of the room agree."""
    folder = Path(import_module("sopflow.cli").__file__).parent
    assert {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")} == set(COMMANDS)
