"""``sopflow render``: a definition as a picture."""

from __future__ import annotations

import sys
from typing import TypedDict, Unpack

import click

from sopflow.cli._out import FINE, LANGUAGES, Out, language, search_option

_STDOUT = "-"


@click.command("render", short_help="Draw a definition as a picture.")
@click.argument("name")
@click.option(
    "-o", "--output", metavar="FILE", help="Where to write; its ending says the format. - is standard output."
)
@click.option(
    "--format",
    "format_",
    metavar="FORMAT",
    help="svg, html, png, pdf, json, bpmn, drawio, puml, mmd, dot, md or txt.  [default: svg]",
)
@click.option("--theme", default="light", metavar="light|dark", show_default=True, help="The colours.")
@click.option(
    "--layout", default="lanes", metavar="NAME", show_default=True, help="lanes, flow, left-to-right or graphviz."
)
@click.option("--lanes/--no-lanes", default=None, help="Whether each role has a lane.")
@click.option("--phase", default="", metavar="PHASE", help="Only this phase.")
@click.option("--focus", default="", metavar="STEP", help="Only what is near this step.")
@click.option("--radius", default=2, type=click.IntRange(0, 50), show_default=True, help="How many ways are near.")
@click.option("--calls/--no-calls", default=None, help="Whether what it calls is drawn on sheets of its own.")
@click.option("--run", "run_file", metavar="FILE", help="Draw the run that `sopflow run --json` printed.")
@click.option("--check", is_flag=True, help="Draw what `sopflow check` finds.")
@click.option("--against", metavar="NAME", help="Draw what has changed since this version of it.")
@click.option("--scale", default=2.0, type=click.FloatRange(0.1, 8.0), show_default=True, help="Size of a PNG.")
@click.option("--page", default="", metavar="PAPER", help="The paper it is for: A4, A3-landscape, letter.")
@click.option("--json", "as_json", is_flag=True, help="Print the geometry as JSON; findings too.")
@click.option("--lang", type=click.Choice((*LANGUAGES, "both")), help="Language of the picture.  [default: yours]")
@search_option
def command(*, lang: str | None, as_json: bool, **options: Unpack[_Options]) -> int:
    """Draw a definition: lanes for roles, strips for phases and groups, signs for decisions, waits and handlers.

    Without -o the picture goes to standard output. The format is that of --format, else by the ending of FILE.
    One of --run, --check and --against draws more over it: how a run stands, what is wrong, what has changed.
    With --json: the geometry, in the shape of the reference.
    """
    from sopflow.errors import SopflowError

    out = Out(language(lang if lang != "both" else None), as_json=as_json)
    try:
        return _draw("json" if as_json else None, lang or out.lang, **options)
    except SopflowError as error:
        return out.fault(error)


class _Options(TypedDict):
    """The options but those of language and JSON."""

    name: str
    output: str | None
    format_: str | None
    theme: str
    layout: str
    lanes: bool | None
    phase: str
    focus: str
    radius: int
    calls: bool | None
    run_file: str | None
    check: bool
    against: str | None
    scale: float
    page: str
    search: tuple[str, ...]


def _draw(format: str | None, lang: str, **options: Unpack[_Options]) -> int:
    from sopflow import definitions
    from sopflow.cli._files import load, read_bytes
    from sopflow.errors import Finding, UsageError
    from sopflow.rendering import FORMATS, read_record, render

    output, search = options["output"], options["search"]
    format = format or options["format_"] or _format_of(output)
    to_terminal = output in (None, _STDOUT)
    if to_terminal and format in FORMATS and FORMATS[format].binary and sys.stdout.isatty():
        raise UsageError(Finding("SOP809", fields={"format": format}))
    sop, run_file, against = load(options["name"], search), options["run_file"], options["against"]
    drawn = render(
        sop,
        format=format,
        lang=lang,
        theme=options["theme"],
        layout=options["layout"],
        lanes=options["lanes"],
        phase=options["phase"],
        focus=options["focus"],
        radius=options["radius"],
        calls=options["calls"],
        scale=options["scale"],
        page=options["page"],
        search=search,
        run=read_record(read_bytes(run_file), run_file) if run_file is not None else None,
        findings=definitions.check(sop, search=search) if options["check"] else None,
        against=load(against, search) if against is not None else None,
    )
    _write(drawn, None if to_terminal else output)
    return FINE


def _format_of(output: str | None) -> str:
    """The format that the ending of a file's name says."""
    from pathlib import PurePath

    from sopflow.errors import Finding, UsageError
    from sopflow.rendering import FORMATS

    if output in (None, _STDOUT):
        return "svg"
    ending = PurePath(str(output)).suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise UsageError(Finding("SOP808", fields={"file": output, "known": ", ".join(FORMATS)}))
    return ending


def _write(drawn: str | bytes, output: str | None) -> None:
    """Write to a file, or to standard output as UTF-8 whatever the terminal's encoding: it is a file's content."""
    from sopflow.cli._write import write_file

    data = drawn.encode() if isinstance(drawn, str) else drawn
    if output is not None:
        write_file(output, data)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
