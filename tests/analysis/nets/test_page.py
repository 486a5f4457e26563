"""The page about models of other tools shows what is so."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from sopflow.cli import main

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "check-outside-models.md"


def test_the_page_shows_what_happens(tmp_path, monkeypatch, capsys):
    """Its model, its command and its Python give what stands beneath them."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```([\w-]+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    for language, text in blocks:
        match language:
            case "json":
                Path("purchase.json").write_text(text, encoding="utf-8")
            case "shell-session":
                command, promised = text.removeprefix("$ sopflow ").split("\n", 1)
                assert CliRunner().invoke(main, command.split()).stdout == promised
            case "python":
                exec(text, names)
            case "text":
                assert capsys.readouterr().out.rstrip() == text.rstrip()
