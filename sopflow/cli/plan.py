"""``sopflow plan``: when each step can be done and when it must be, before anything starts; and when runs begin."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from sopflow.cli._out import FINDINGS, FINE, Out, data_options, face, search_option

if TYPE_CHECKING:
    from sopflow.model import Sop
    from sopflow.planning import Plan
    from sopflow.program import Program

_TEXTS = ("txt", "md", "json")


@click.command("plan", short_help="Plan it before it starts.")
@click.argument("name")
@data_options
@click.option("--assume", multiple=True, metavar="FIELD=VALUE", help="A value for this plan only; may be repeated.")
@click.option("--at", metavar="TIME", help="When it starts.  [default: today]")
@click.option(
    "--rounds", multiple=True, metavar="N|STEP=N", help="How often loops go round, all or that one.  [default: 1]"
)
@click.option(
    "-o", "--output", metavar="FILE", help="Where to write: a Gantt chart (svg, png, html), ics, json, md, txt."
)
@click.option("--theme", default="light", metavar="light|dark", show_default=True, help="The colours.")
@click.option("--tasks", is_flag=True, help="In an ics file: things to do instead of events.")
@click.option("--starts", is_flag=True, help="Instead: when runs begin, as the definition's start says.")
@click.option("--from", "since", metavar="DATE", help="With --starts: from when on.  [default: today]")
@click.option("--until", metavar="DATE", help="With --starts: up to when.")
@search_option
@face
def command(
    out: Out,
    *,
    name: str,
    data: str | None,
    settings: tuple[str, ...],
    assume: tuple[str, ...],
    at: str | None,
    rounds: tuple[str, ...],
    output: str | None,
    theme: str,
    tasks: bool,
    starts: bool,
    since: str | None,
    until: str | None,
    search: tuple[str, ...],
) -> int:
    """Plan a run of a definition: when each step can be done, when it must be, and what cannot be met.

    Forward from the start, by durations and what opens when; backward from the deadlines. Of a range of durations the
    longest counts, of ways that the data do not decide each is planned. Exits with 1 where a deadline cannot be met.
    FILE may be - for standard input.
    """
    from sopflow import definitions
    from sopflow.cli._data import read_data
    from sopflow.cli._files import load, read_document
    from sopflow.planning import plan

    ending = _ending(output)
    sop = load(name, search)
    program = definitions.compile(sop, search=search)
    if starts:
        return _starts(out, program, since, until)
    given, findings = read_data(program, read_document(data) if data is not None else None, (*settings, *assume))
    if findings.errors:
        return out.findings(findings)
    begin = at if at is not None else datetime.now(program.zone).date()
    made = plan(sop, given, at=begin, rounds=_rounds(rounds), search=search)
    if output is not None and ending is not None:
        _write(made, sop, program, out, output, ending, theme, tasks=tasks)
        if made.findings.findings:
            out.report(made.findings)
    elif out.as_json:
        out.json(made.as_json(out.lang))
    else:
        from sopflow.cli._planned import show

        show(out, made)
    return FINE if made.findings.ok else FINDINGS


def _rounds(said: tuple[str, ...]) -> dict[str, int]:
    """Rounds by step; "" for all. Raises UsageError for what is no number."""
    from sopflow.errors import Finding, UsageError
    from sopflow.planning import MOST_ROUNDS

    found: dict[str, int] = {}
    for text in said:
        step, sign, count = text.rpartition("=")
        if not count.strip().isdecimal() or len(count.strip()) > 9 or (sign and not step.strip()):
            raise UsageError(
                Finding("SOP871", fields={"text": text, "most": MOST_ROUNDS, "example": "write-event-plan"})
            )
        found[step.strip()] = int(count)
    return found


def _ending(output: str | None) -> str | None:
    """What the ending of a file's name says; None for standard output. Raises UsageError."""
    if output in (None, "-"):
        return None
    from sopflow.errors import Finding, UsageError
    from sopflow.rendering.plans import PLAN_FORMATS

    ending = PurePath(str(output)).suffix.removeprefix(".").lower()
    if ending not in (*PLAN_FORMATS, *_TEXTS):
        known = ", ".join((*PLAN_FORMATS, *_TEXTS))
        raise UsageError(Finding("SOP874", fields={"file": output, "known": known}))
    return ending


def _write(
    made: Plan, sop: Sop, program: Program, out: Out, output: str, ending: str, theme: str, *, tasks: bool
) -> None:
    import json

    from sopflow.cli._planned import as_markdown, as_text
    from sopflow.rendering.plans import draw_plan

    match ending:
        case "json":
            content: str | bytes = json.dumps(made.as_json(out.lang), ensure_ascii=False, indent=1) + "\n"
        case "md":
            content = as_markdown(made, out.lang)
        case "txt":
            content = as_text(made, out.lang)
        case _:
            stamp = datetime.now(program.zone)
            content = draw_plan(
                made,
                format=ending,
                lang=out.lang,
                theme=theme,
                calendar=program.calendar,
                key=f"{program.name} {PurePath(output).stem}",  # a file of the same name updates it
                stamp=stamp,
                tasks=tasks,
            )
    Path(output).write_bytes(content.encode() if isinstance(content, str) else content)


def _starts(out: Out, program: Program, since: str | None, until: str | None) -> int:
    from sopflow.cli._starts import show_starts

    begin = _time(since) if since is not None else datetime.now(program.zone).date()
    return show_starts(out, program, since=begin, until=_time(until) if until is not None else None)


def _time(text: str) -> date | datetime:
    """A date or a time. Raises UsageError."""
    from sopflow.errors import Finding, UsageError

    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) <= 10 else datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(Finding("SOP735", fields={"at": text})) from None
