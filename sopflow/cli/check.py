"""``sopflow check``: what is wrong with definitions, all at once."""

from __future__ import annotations

from os.path import isfile
from typing import TYPE_CHECKING

import click

from sopflow import __version__
from sopflow.cli._out import FINDINGS, FINE, MISUSE, Out, face, search_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sopflow.cli._projects import Projects
    from sopflow.errors import Report


@click.command("check", short_help="Find what is wrong with definitions.")
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option(
    "--format", "shape", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option("--fix", is_flag=True, help="Mend what has one mend only, and write the files.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--explain", metavar="CODE", help="Say what a code means: the rule, why it is one, examples.")
@click.option("--config", metavar="FILE", help="Take settings from this file.  [default: the nearest, upward]")
@click.option("--no-config", is_flag=True, help="Take no settings from any file.")
@search_option
@face
def command(
    out: Out,
    paths: tuple[str, ...],
    shape: str,
    strict: bool,  # noqa: FBT001  # click gives it, and those below
    fix: bool,  # noqa: FBT001
    diff: bool,  # noqa: FBT001
    explain: str | None,
    config: str | None,
    no_config: bool,  # noqa: FBT001
    search: tuple[str, ...],
) -> int:
    """Check definitions: names, files, or folders with all the definitions in and below them.

    Every finding has a place, a code, what is wrong and how to mend it. Exits with 1 where there are errors.
    """
    from sopflow.cli._projects import Projects
    from sopflow.errors import Finding, Report, Severity, UsageError

    if explain is not None:
        from sopflow.cli._explain import explained

        return explained(out, explain)
    if not paths:
        raise UsageError(Finding("SOP661"))
    for one, other, both in (
        ("--config", "--no-config", config is not None and no_config),
        ("--diff", "--json", diff and out.as_json),
        ("--diff", f"--format {shape}", diff and shape != "text"),
    ):
        if both:
            raise UsageError(Finding("SOP660", fields={"one": one, "other": other}))
    projects = Projects(search, given=config, none=no_config)
    if fix or diff:
        from sopflow.cli._fix import fixed

        changed = fixed(out, paths, projects, preview=diff)
        if diff:
            return FINDINGS if changed else FINE
    reports, code, number = [Report()], FINE, 0
    for path in paths:
        try:
            found = list(_reports(path, projects))
        except UsageError as error:
            found, code = [Report((error.finding,))], MISUSE
        reports += found
        number += len(found)
    report = Report.of(finding for one in (*reports, projects.report()) for finding in one)
    warned = any(finding.severity is Severity.WARNING for finding in report)
    stops = report.errors or ((strict or projects.strict) and warned)
    _show(out, report, shape, number)
    return code or (FINDINGS if stops else FINE)


def _show(out: Out, report: Report, shape: str, number: int) -> None:
    from sopflow.errors.show import as_github, as_json, as_sarif

    if out.as_json or shape == "json":
        out.json(as_json(report, out.lang))
    elif shape == "sarif":
        from sopflow.analysis.reference import help_of

        out.json(as_sarif(report, __version__, help_of=help_of))
    else:
        if shape == "github":
            for line in as_github(report, out.lang):
                out.line(line)
        else:
            out.report(report, err=False)
        if number > 1:
            out.line(out.say(f"{number} definitions checked", f"共检查 {number} 个定义"))


def _reports(path: str, projects: Projects) -> Iterable[Report]:
    """The report of each definition that ``path`` means."""
    from sopflow import definitions
    from sopflow.analysis import nets
    from sopflow.cli._files import STDIN, definitions_in, is_folder, is_library, load, models_in
    from sopflow.errors import DefinitionError, Report, UsageError

    if path == STDIN:
        project = projects.of(".")
        try:
            yield project.applied(definitions.check(load(STDIN), search=projects.search_of(project)))
        except DefinitionError as error:
            yield project.applied(error.report)
    elif is_folder(path):
        models = [(file, report) for file in models_in(path) if (report := nets.report(file)) is not None]
        yield from (projects.of(str(file)).applied(report) for file, report in models)
        for file in definitions_in(path, none_will_do=bool(models)):
            try:
                report = projects.check(str(file))
            except UsageError as error:  # one file that cannot be read does not hide the others
                report = Report((error.finding,))
            else:
                if report.errors and is_library(file):  # its faults are told of those that include it
                    continue
            yield report
    elif isfile(path) and (report := nets.report(path)) is not None:  # noqa: PTH113  # names may be no paths at all
        yield projects.of(path).applied(report)
    else:
        yield projects.check(path)
