"""``sopflow check``: what is wrong with definitions, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sopflow import __version__
from sopflow.cli._out import FINDINGS, FINE, MISUSE, Out, face, search_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sopflow.errors import Report


@click.command("check", short_help="Find what is wrong with definitions.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--format", "shape", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@search_option
@face
def command(out: Out, paths: tuple[str, ...], shape: str, strict: bool, search: tuple[str, ...]) -> int:  # noqa: FBT001  # click gives it
    """Check definitions: names, files, or folders with all the definitions in and below them.

    Every finding has a place, a code, what is wrong and how to mend it. Exits with 1 where there are errors.
    """
    from sopflow.errors import Report, Severity, UsageError
    from sopflow.errors.show import as_json, as_sarif

    reports, code, number = [Report()], FINE, 0
    for path in paths:
        try:
            found = list(_reports(path, search))
        except UsageError as error:
            found, code = [Report((error.finding,))], MISUSE
        reports += found
        number += len(found)
    report = Report.of(finding for one in reports for finding in one)
    stops = report.errors or (strict and any(finding.severity is Severity.WARNING for finding in report))
    code = code or (FINDINGS if stops else FINE)
    if out.as_json or shape == "json":
        out.json(as_json(report, out.lang))
    elif shape == "sarif":
        out.json(as_sarif(report, __version__))
    else:
        out.report(report, err=False)
        if number > 1:
            out.line(out.say(f"{number} definitions checked", f"共检查 {number} 个定义"))
    return code


def _reports(path: str, search: tuple[str, ...]) -> Iterable[Report]:
    """The report of each definition that ``path`` means."""
    from sopflow import definitions
    from sopflow.cli._files import STDIN, definitions_in, is_folder, is_library, load
    from sopflow.errors import DefinitionError, Report, UsageError

    if path == STDIN:
        try:
            yield definitions.check(load(STDIN), search=search)
        except DefinitionError as error:
            yield error.report
    elif is_folder(path):
        for file in definitions_in(path):
            try:
                report = definitions.check(file, search=search)
            except UsageError as error:  # one file that cannot be read does not hide the others
                report = Report((error.finding,))
            else:
                if report.errors and is_library(file):  # its faults are told of those that include it
                    continue
            yield report
    else:
        yield definitions.check(path, search=search)
