"""``sopflow forecast``: when it will be over, how sure each deadline is, and who is the bottleneck."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from sopflow.cli._out import FINE, Out, data_options, face, search_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sopflow.planning import Forecast, Plan, StepForecast
    from sopflow.program import Program

_BAR = 40  # columns of the longest bar of the histogram
_FORMATS = ("svg", "png", "html", "json")
_STEPS = 8  # of the critical ones that are shown


@click.command("forecast", short_help="Say when a run will probably be over.")
@click.argument("name")
@data_options
@click.option("--at", metavar="TIME", help="When the run starts.  [default: now]")
@click.option("--runs", default=10_000, type=click.IntRange(1, 1_000_000), show_default=True, help="How many runs.")
@click.option("--seed", default=1, show_default=True, help="Where chance begins: equal seeds give equal results.")
@click.option("--odds", multiple=True, metavar="STEP.OUTCOME=P", help="How likely a way out is; may be repeated.")
@click.option("--people", multiple=True, metavar="ROLE=N", help="How many people a role has; may be repeated.")
@click.option(
    "--distribution", default="uniform", metavar="NAME", show_default=True, help="uniform, triangular or pert."
)
@click.option(
    "--rounds", default=10, type=click.IntRange(1, 1000), show_default=True, help="How often a loop goes round at most."
)
@click.option("-o", "--output", metavar="FILE", help="Write a Gantt chart with the forecast (svg, png, html), or json.")
@search_option
@face
def command(
    out: Out,
    *,
    name: str,
    data: str | None,
    settings: tuple[str, ...],
    at: str | None,
    runs: int,
    seed: int,
    odds: tuple[str, ...],
    people: tuple[str, ...],
    distribution: str,
    rounds: int,
    output: str | None,
    search: tuple[str, ...],
) -> int:
    """Play many runs by chance, and say when they end.

    Durations are drawn from their ranges, ways out by their odds; what is known of the data decides. An approval
    passes with 0.8, all other ways out of a step are equally likely, unless --odds says otherwise. FILE may be - for
    standard input.
    """
    from sopflow import definitions
    from sopflow.cli._data import read_data
    from sopflow.cli._files import load, read_document
    from sopflow.planning import forecast, plan

    ending = _ending(output)
    sop = load(name, search)
    program = definitions.compile(sop, search=search)
    begin = _start(program, at)
    given, findings = read_data(program, read_document(data) if data is not None else None, settings)
    if findings.errors:
        return out.findings(findings)
    with _progress(out, runs) as told:
        made = forecast(
            program,
            given,
            at=begin,
            runs=runs,
            seed=seed,
            odds=_numbers(odds, "is-free.yes=0.3"),
            people={role: int(count) for role, count in _numbers(people, "editor=2").items()},
            distribution=distribution,
            rounds=rounds,
            progress=told,
        )
    if output is not None and ending:
        _write(output, ending, made, plan(sop, data=given, at=begin, search=search), out.lang, program)
    elif out.as_json:
        out.json(made.as_json())
    else:
        _Shown(out, program, made).all()
    return FINE


def _ending(output: str | None) -> str:
    """What the ending of a file's name says; "" for standard output. Raises UsageError (SOP808)."""
    from pathlib import PurePath

    from sopflow.errors import Finding, UsageError

    if output in (None, "-"):
        return ""
    ending = PurePath(str(output)).suffix.removeprefix(".").lower()
    if ending not in _FORMATS:
        raise UsageError(Finding("SOP808", fields={"file": output, "known": ", ".join(_FORMATS)}))
    return ending


def _write(output: str, ending: str, made: Forecast, planned: Plan, lang: str, program: Program) -> None:
    """Write the forecast, or the plan's chart with the times of the forecast."""
    import json
    from pathlib import Path

    from sopflow.rendering.plans import draw_plan

    if ending == "json":
        content: str | bytes = json.dumps(made.as_json(), ensure_ascii=False, indent=1) + "\n"
    else:
        content = draw_plan(planned, format=ending, lang=lang, calendar=program.calendar, forecast=made)
    Path(output).write_bytes(content.encode() if isinstance(content, str) else content)


def _start(program: Program, at: str | None) -> datetime:
    from datetime import datetime

    from sopflow.errors import Finding, UsageError

    if at is None:
        return datetime.now(program.zone).replace(second=0, microsecond=0)
    try:
        return datetime.fromisoformat(at.strip())
    except ValueError:
        raise UsageError(Finding("SOP735", fields={"at": at})) from None


def _numbers(settings: Sequence[str], example: str) -> dict[str, float]:
    """Settings ``NAME=NUMBER``. Raises UsageError (SOP886) for what is none."""
    from math import isfinite

    from sopflow.errors import Finding, UsageError

    found = {}
    for text in settings:
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if not name.strip() or not isfinite(value):
            raise UsageError(Finding("SOP886", fields={"text": text, "example": example}))
        found[name.strip()] = value
    return found


@contextmanager
def _progress(out: Out, runs: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if out.as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(out.say("Runs", "运行"), total=runs)
        yield lambda done: bar.update(task, completed=done)


class _Shown:
    """A forecast as text."""

    def __init__(self, out: Out, program: Program, made: Forecast) -> None:
        self.out, self.program, self.made = out, program, made

    def all(self) -> None:
        out, made, say = self.out, self.made, self.out.say
        title = self.program.text(self.program.title, out.lang) or made.sop
        out.line(f"{title}  ({made.sop} {made.version})", style="bold")
        out.line(
            say(f"{made.runs:,} runs from {self._at(made.at)}", f"自 {self._at(made.at)} 起，共 {made.runs:,} 次运行")
        )
        if made.end is not None:
            out.line()
            rows = [
                ["50 %", self._at(made.end.p50)],
                ["80 %", self._at(made.end.p80)],
                ["90 %", self._at(made.end.p90)],
            ]
            out.table([say("RUNS", "运行"), say("OVER BY", "最晚结束于")], rows)
        if made.finished < 1:
            share = f"{1 - made.finished:.1%}"
            out.line(say(f"{share} of the runs did not come to an end.", f"{share} 的运行没有结束。"))
        if len(made.outcomes) > 1:
            out.line()
            rows = [[name, f"{share:.1%}"] for name, share in made.outcomes.items()]
            out.table([say("OUTCOME", "结局"), say("RUNS", "运行")], rows)
        self._deadlines()
        self._critical()
        self._roles()
        self._histogram()
        self._assumed()

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self.program.zone):%Y-%m-%d %H:%M}"

    def _name(self, step: StepForecast) -> str:
        title = self.program.text(step.title, self.out.lang)
        return f"{step.path}  {title}" if title and title != step.path else step.path

    def _deadlines(self) -> None:
        """The deadlines that are missed in some runs; how many are not."""
        say = self.out.say
        deadlines = [step for step in self.made.deadlines if step.met is not None and step.over is not None]
        missed = sorted((step for step in deadlines if step.met < 1), key=lambda step: step.met or 0)  # type: ignore[operator]
        if missed:
            self.out.line()
            rows = [
                [f"{step.met:.1%}", self._at(step.over.p50), self._at(step.over.p90), self._name(step)]
                for step in missed
                if step.over is not None
            ]
            self.out.table([say("IN TIME", "按时"), "50 %", "90 %", say("DEADLINE OF", "有期限的步骤")], rows)
        if kept := len(deadlines) - len(missed):
            self.out.line()
            self.out.line(say(f"Deadlines met in all runs: {kept}", f"所有运行均按时的期限：{kept} 个"))

    def _critical(self) -> None:
        steps = sorted((step for step in self.made.steps if step.critical > 0), key=lambda step: -step.critical)
        if steps:
            self.out.line()
            rows = [[f"{step.critical:.1%}", self._name(step)] for step in steps[:_STEPS]]
            self.out.table([self.out.say("CRITICAL", "关键"), self.out.say("STEP", "步骤")], rows)

    def _roles(self) -> None:
        made, say = self.made, self.out.say
        if not made.roles:
            return
        self.out.line()
        head = [
            say("ROLE", "角色"),
            say("PEOPLE", "人数"),
            say("WORK", "工作"),
            say("WAITING", "等待"),
            say("BUSY", "忙碌"),
        ]
        rows = [
            [
                self.program.text(one.title, self.out.lang) or one.role,
                str(one.people) if one.people is not None else "–",
                say(f"{one.worked:.1f} days", f"{one.worked:.1f} 天"),
                say(f"{one.waited:.1f} days", f"{one.waited:.1f} 天"),
                f"{one.busy:.0%}" if one.people is not None else "–",
            ]
            for one in made.roles
        ]
        self.out.table(head, rows)
        if made.bottleneck:
            title = next(
                self.program.text(one.title, self.out.lang) for one in made.roles if one.role == made.bottleneck
            )
            self.out.line(say(f"Bottleneck: {title or made.bottleneck}", f"瓶颈：{title or made.bottleneck}"))

    def _histogram(self) -> None:
        bars = self.made.histogram
        if len(bars) < 2:
            return
        self.out.line()
        most = max(count for _, count in bars)
        for start, count in bars:
            self.out.line(f"{self._at(start)}  {'█' * round(count / most * _BAR)} {count}")

    def _assumed(self) -> None:
        if not self.made.assumed:
            return
        self.out.line()
        self.out.line(
            self.out.say(
                "Assumed, for nobody says it (--odds, --data):", "未说明而假定的（可用 --odds、--data 指定）："
            )
        )
        for path, said in self.made.assumed.items():
            self.out.line(f"  {path}: {said}", style="dim")
