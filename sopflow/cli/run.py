"""``sopflow run``: play a run in memory, by a script, by itself, or with a person at the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sopflow.cli._out import FINDINGS, FINE, Out, data_options, face, search_option

if TYPE_CHECKING:
    from datetime import datetime

    from sopflow.cli._script import Line
    from sopflow.cli._story import Story
    from sopflow.cli._ways import Ways
    from sopflow.program import Program
    from sopflow.runtime import Run


@click.command("run", short_help="Play a run in memory.")
@click.argument("name")
@data_options
@click.option("--script", metavar="FILE", help="Play the lines of this file.")
@click.option("--at", metavar="TIME", help="When the run starts.  [default: the script's first time, else now]")
@click.option("--auto", is_flag=True, help="Complete whatever opens, approving; after the script, if there is one.")
@click.option(
    "--auto-limit", type=click.IntRange(min=1), metavar="N", help="What --auto does at most.  [default: 1000 actions]"
)
@click.option("--unsound", is_flag=True, help="Play it even if it is not sound.")
@search_option
@face
def command(
    out: Out,
    *,
    name: str,
    data: str | None,
    settings: tuple[str, ...],
    script: str | None,
    at: str | None,
    auto: bool,
    auto_limit: int | None,
    unsound: bool,
    search: tuple[str, ...],
) -> int:
    """Play a run of a definition in memory, on a clock of its own.

    On a terminal it shows the open work and asks. With --script and --auto it plays by itself. A line that the run
    refuses is reported, and the run goes on; the exit code is then 1. FILE may be - for standard input.
    """
    from sopflow import definitions
    from sopflow.cli._data import read_data
    from sopflow.cli._files import STDIN, load, read_document
    from sopflow.cli._script import read_script
    from sopflow.cli._story import Story
    from sopflow.cli._ways import Ways
    from sopflow.errors import Finding, Report, UsageError
    from sopflow.runtime import Run

    if [name, data, script].count(STDIN) > 1:
        raise UsageError(Finding("SOP613"))
    sop = load(name, search)
    program = definitions.compile(sop, search=search, allow_unsound=unsound)
    given, findings = read_data(program, read_document(data) if data is not None else None, settings)
    lines: tuple[Line, ...] = ()
    if script is not None:
        lines, faults = read_script(read_document(script))
        findings = Report.of([*findings, *faults])
    if findings.errors:
        return out.findings(findings)

    run = Run(program, given, at=_start(program, at, lines))
    story = Story(out, run)
    if _is_interactive(out, script, auto=auto):
        from sopflow.cli._session import Session

        fields = {**sop.fields, **sop.parameters}
        titles = {path: field.title.get(out.lang, sop.languages) for path, field in fields.items() if field.title}
        return Session(out, run, story, titles=titles).go()
    story.go_on()
    refused = _play(run, lines, story)
    failed, assumed = _play_on(run, story, Ways(sop, program, search), auto_limit) if auto else (False, [])
    story.state(assumed, refused)
    return FINDINGS if refused or failed else FINE


def _start(program: Program, at: str | None, lines: tuple[Line, ...]) -> datetime | str:
    """When the run starts. Raises UsageError where ``at`` is no time."""
    from datetime import datetime

    from sopflow.errors import Finding, UsageError

    if at is None:
        first = next((line.at for line in lines[:1]), None)
        return first or datetime.now(program.zone).replace(second=0, microsecond=0)
    try:
        return datetime.fromisoformat(at.strip())
    except ValueError:
        raise UsageError(Finding("SOP735", fields={"at": at})) from None


def _is_interactive(out: Out, script: str | None, *, auto: bool) -> bool:
    return script is None and not auto and not out.as_json and sys.stdin.isatty() and sys.stdout.isatty()


def _play(run: Run, lines: tuple[Line, ...], story: Story) -> int:
    """Play the script; the number of lines that were refused."""
    from sopflow.cli._script import play
    from sopflow.errors import Refused

    refused = 0
    for line in lines:
        try:
            play(run, line)
        except Refused as refusal:
            refused += 1
            story.go_on()
            story.refused(line, refusal)
        else:
            story.go_on()
    return refused


def _play_on(run: Run, story: Story, ways: Ways, limit: int | None) -> tuple[bool, list[str]]:
    """Let the run play itself: whether something went wrong, and what was assumed."""
    from sopflow.cli._auto import MOST, Autopilot
    from sopflow.errors import Severity

    pilot = Autopilot(run, story.go_on, story.tell, ways.of, limit or MOST)
    stopped = pilot.go()
    if stopped is None:
        return False, pilot.assumed
    lang = story.out.lang
    story.tell({"event": "Stopped", "finding": stopped.code, "text": stopped.text(lang), "mend": stopped.mend(lang)})
    return stopped.severity is Severity.ERROR, pilot.assumed
