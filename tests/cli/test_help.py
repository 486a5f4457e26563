"""`--help` in English and Chinese: every text that it shows stands in both."""

import re

import click
import pytest

from sopflow.cli import main
from sopflow.cli._help import translated
from sopflow.cli._main import COMMANDS


@pytest.fixture
def env(monkeypatch):
    """An environment that says nothing of languages but what the test says."""
    for name in ("SOPFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_text_of_the_help_has_its_chinese(command):
    """Docstrings, options, headings: what is new must be added to the table."""
    context = click.Context(main)
    shown = main.get_command(context, command) if command else main
    texts = [shown.help or "", shown.short_help or "", shown.epilog or ""]
    texts += [option.help or "" for option in shown.params if isinstance(option, click.Option)]
    for text in filter(None, texts):
        assert re.search(r"[\u4e00-\u9fff]", translated(text)), text


@pytest.mark.parametrize(
    "args",
    [
        ["--lang", "zh", "--help"],
        ["--help", "--lang=zh"],
        ["run", "--help", "--lang", "zh"],
        ["--lang", "zh", "run", "--help"],
    ],
)
def test_the_language_may_stand_anywhere(sopflow, args):
    """Before or behind the command, before or behind `--help`."""
    result = sopflow(*args)
    assert "用法：" in result.out + result.err
    assert "选项:" in result.out + result.err


@pytest.mark.parametrize("name", ["SOPFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"])
def test_the_environment_decides_where_nothing_is_said(sopflow, env, name):
    """Our own name first, then those of POSIX."""
    env(name, "zh_CN.UTF-8")
    assert "命令:" in sopflow("--help").out
    assert "Commands:" in sopflow("--help", "--lang", "en").out
    env("SOPFLOW_LANG", "en")
    assert "Commands:" in sopflow("--help").out


def test_the_language_before_the_command_is_the_commands(sopflow):
    """`sopflow --lang zh list` lists in Chinese; the command's own option comes first."""
    assert "名称" in sopflow("--lang", "zh", "list").out
    assert "NAME" in sopflow("--lang", "zh", "list", "--lang", "en").out


def test_lines_are_as_wide_as_they_may_be(sopflow, monkeypatch):
    """A Chinese character takes two columns."""
    from sopflow.cli._out import columns

    for width in (60, 80, 100):
        for command in COMMANDS:
            out = sopflow(command, "--help", "--lang", "zh").out
            assert max(columns(line) for line in out.splitlines()) <= 100, width


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("columns", [40, 60, 80])
def test_no_line_of_chinese_help_begins_with_a_sign_that_ends_something(sopflow, monkeypatch, command, columns):
    """A comma, a full stop, a closing bracket stands on the line that it ends."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = sopflow(command, "--lang", "zh", "--help").out.splitlines()
    assert not [line for line in lines if line.strip()[:1] in {*"。，；：、？！）”」"}]
