"""What a command prints: lines, tables, JSON and findings, in the language and the way that the user asked for.

Knows terminals, nothing of SOPs. On a terminal rich draws; anywhere else the text is plain. Whatever comes from a
file is cleaned of control characters, so that a definition cannot steer a terminal.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from sopflow.errors import Report, SopflowError

LANGUAGES = ("en", "zh")
FINE, FINDINGS, MISUSE = 0, 1, 2

_Command = TypeVar("_Command", bound=Callable[..., object])


def language(given: str | None) -> str:
    """The language to speak: as given, else by the environment (SOPFLOW_LANG; POSIX: LC_ALL, LC_MESSAGES, LANG)."""
    if given:
        return given
    names = (os.environ.get(name) for name in ("SOPFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next((name for name in names if name), "").lower().startswith("zh") else "en"


def face(function: Callable[..., int]) -> Callable[..., int]:
    """Give a command ``--json``, ``--lang`` and an ``out``; exceptions of sopflow become findings and exit codes."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON, in the shapes of the reference.")
    @click.option("--lang", type=click.Choice(LANGUAGES), help="The language of texts and messages.  [default: yours]")
    @wraps(function)
    def command(*, as_json: bool, lang: str | None, **options: object) -> int:
        from sopflow.errors import SopflowError

        out = Out(language(lang), as_json=as_json)
        try:
            return function(out, **options)
        except SopflowError as error:
            return out.fault(error)

    return command


def search_option(function: _Command) -> _Command:
    """Give a command ``--search``."""
    return click.option(
        "--search", multiple=True, metavar="FOLDER", help="Look for names here first. May be given several times."
    )(function)


def data_options(function: _Command) -> _Command:
    """Give a command ``--data`` and ``--set``: what is known at the start."""
    function = click.option(
        "--set", "settings", multiple=True, metavar="FIELD=VALUE", help="One more value; may be repeated."
    )(function)
    return click.option(
        "--data", metavar="FILE", help="What is known at the start, parameters included: YAML or JSON."
    )(function)


@dataclass
class Out:
    """Where a command prints: standard output, findings on standard error."""

    lang: str
    as_json: bool = False
    _console: Console | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.as_json and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
            from rich.console import Console

            self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

    def say(self, en: str, zh: str) -> str:
        """The one of two texts that is in the language of this command."""
        return zh if self.lang == "zh" else en

    def line(self, text: str = "", *, style: str = "") -> None:
        """One line; ``style`` (rich's words, such as ``bold`` or ``dim``) shows on a terminal only."""
        if self._console is not None:
            self._console.print(clean(text), style=style or None)
        else:
            click.echo(clean(text))

    def note(self, text: str) -> None:
        """One line beside what was asked for, on standard error."""
        click.echo(clean(text), err=True)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows under their heads, in aligned columns."""
        cleaned = [[clean(cell) for cell in row] for row in rows]
        if self._console is not None:
            from rich.table import Table

            table = Table(*head, box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
            for row in cleaned:
                table.add_row(*row)
            self._console.print(table, soft_wrap=False)
        else:
            for line in aligned([list(head), *cleaned]):
                click.echo(line)

    def json(self, value: object) -> None:
        """``value`` as JSON on one line, at once; in ASCII where the output cannot show all characters."""
        encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
        click.echo(json.dumps(value, ensure_ascii=encoding != "utf8", default=str))
        sys.stdout.flush()

    def report(self, report: Report, *, err: bool = True) -> None:
        """Findings as text, each with its line."""
        from sopflow.errors.show import as_text

        stream = sys.stderr if err else sys.stdout
        color = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        text = as_text(report, lang=self.lang, color=color, sources=_sources(report))
        click.echo(text, err=err, color=color)

    def findings(self, report: Report, code: int = FINDINGS) -> int:
        """Tell findings that stop a command, and give its exit code; as JSON ``{"findings": […]}``."""
        if self.as_json:
            from sopflow.errors.show import as_json

            self.json({"findings": as_json(report, self.lang)})
        else:
            self.report(report)
        return code

    def fault(self, error: SopflowError) -> int:
        """Tell an exception as the findings that it carries."""
        from sopflow.errors import DefinitionError, Refused, Report, UsageError

        match error:
            case DefinitionError():
                return self.findings(error.report)
            case Refused():
                return self.findings(Report((error.finding,)))
            case UsageError():
                return self.findings(Report((error.finding,)), MISUSE)
            case _:
                raise error


def clean(text: str) -> str:
    """``text`` on one line, without characters that steer a terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "\ufffd" for sign in text)


def aligned(rows: Sequence[Sequence[str]], *, gap: str = "   ") -> list[str]:
    """Rows as lines whose columns stand below each other; a Chinese character takes two columns."""
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        gap.join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def columns(text: str) -> int:
    """The columns that ``text`` takes on a terminal."""
    from rich.cells import cell_len

    return cell_len(text)


def _sources(report: Report) -> Mapping[str, str]:
    """The texts of the files that findings without their line speak of."""
    files = {finding.place.file for finding in report if finding.place and not finding.source}
    texts = {}
    for file in files:
        try:
            texts[file] = Path(file).read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            continue
    return texts
