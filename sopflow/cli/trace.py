"""``sopflow trace``: what of its sources a definition carries, and what in it is our reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from sopflow.cli._out import FINDINGS, FINE, Out, aligned, face, search_option

if TYPE_CHECKING:
    from sopflow.errors import Place
    from sopflow.model import Text
    from sopflow.tracing import Citation, Trace, TracedFact, TracedStep

_INDENT = "    "
_CARRIED_NOWHERE = "SOP511"  # told as a section of what is printed


@click.command("trace", short_help="Hold definitions against the facts of their sources.")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="All definitions that come with sopflow.")
@click.option("--fact", metavar="ID", help="Only this fact: its words, and where it stands.")
@click.option("--steps", "by_step", is_flag=True, help="Step by step: its facts, and what in it is our reading.")
@click.option("--full", is_flag=True, help="For several definitions too, show where each fact is cited.")
@search_option
@face
def command(
    out: Out,
    name: str | None,
    everything: bool,  # noqa: FBT001  # click gives it
    fact: str | None,
    by_step: bool,  # noqa: FBT001  # likewise
    full: bool,  # noqa: FBT001  # likewise
    search: tuple[str, ...],
) -> int:
    """Show which facts of its sources a definition carries, and where; which it lacks; and what is our reading.

    NAME is a definition or a folder. Its facts stand in the files that `sources: {…: {facts: FILE}}` names.
    Exits with 1 where a fact is cited nowhere, unless it is furniture, and where something is cited that is no fact.
    """
    if everything == (name is not None) and fact is None or (everything and name is not None):
        raise click.UsageError("Name a definition or a folder, or say --all.")
    from sopflow.cli._files import STDIN, is_folder, load
    from sopflow.errors import Report
    from sopflow.tracing import trace

    traced = trace(load(STDIN) if name == STDIN else name, search=search)
    one = name is not None and not is_folder(name)
    told = Report(tuple(finding for finding in traced.report if finding.code != _CARRIED_NOWHERE))
    if told.findings:
        out.report(told)
    if fact is not None:
        return _show_fact(out, traced, fact)
    if out.as_json:
        out.json([_step(step, out.lang) for step in traced.steps] if by_step else _facts(traced.facts))
    else:
        _Printer(out, traced).show(by_step=by_step, one=one, full=full or one)
    return FINE if traced.report.ok else FINDINGS


def _show_fact(out: Out, traced: Trace, name: str) -> int:
    from sopflow.errors import Finding, UsageError, nearest

    found = [one for one in traced.facts if one.fact.id == name]
    if not found:
        close = nearest(name, [one.fact.id for one in traced.facts])
        raise UsageError(Finding("SOP515", fields={"name": name, "nearest": close[0] if close else ""}))
    if out.as_json:
        out.json(_facts(found))
    else:
        for one in found:
            _Printer(out, traced).fact(one)
    return FINDINGS if any(one.status in ("missing", "unknown") for one in found) else FINE


# -- JSON --------------------------------------------------------------------------------------------------------------


def _facts(facts: Iterable[TracedFact]) -> list[dict[str, object]]:
    return [
        {
            "fact": one.fact.id,
            "steps": list(one.steps),
            "status": one.status,
            "kind": one.fact.kind,
            "quote": one.fact.quote,
            "en": one.fact.text("en"),
            "node": one.fact.node,
            "alternative": one.fact.alternative,
            "source": one.source,
            **_place(one.fact.place),
            "places": [{"at": at.at, "path": at.path, "part": at.part, **_place(at.place)} for at in one.citations],
        }
        for one in facts
    ]


def _step(step: TracedStep, lang: str) -> dict[str, object]:
    return {
        "step": step.name,
        "kind": step.kind,
        "title": _said(step.title, lang) or None,
        "facts": list(step.facts),
        "inferred": _said(step.inferred, lang) or None,
        **_place(step.place),
    }


def _place(place: Place | None) -> dict[str, object]:
    if place is None:
        return {"file": None, "line": None, "column": None}
    return {"file": place.file, "line": place.line, "column": place.column}


def _said(text: Text | None, lang: str) -> str:
    return text.get(lang) if text is not None else ""


# -- text --------------------------------------------------------------------------------------------------------------


class _Printer:
    """Prints a trace for people."""

    def __init__(self, out: Out, traced: Trace) -> None:
        self.out = out
        self.traced = traced
        self.readings = {step.name: step for step in traced.steps if step.inferred is not None}

    def show(self, *, by_step: bool, one: bool, full: bool) -> None:
        if by_step:
            self.steps(self.traced.steps)
            return
        for step in self.traced.steps if one else ():
            if step.kind == "sop":
                self.out.line(f"{step.name}  {_said(step.title, self.out.lang)}", style="bold")
        self.sources()
        if not one:
            self.definitions()
        self.section("Cited nowhere", "未被引用", [self._lacking(one) for one in self._of("missing")])
        bare = [step for step in self.traced.steps if not step.facts and step.kind != "sop"]
        unsaid = [step for step in bare if step.inferred is None]
        self.section(
            "Steps without a fact, and not called a reading", "既无事实、又未注明解读的步骤", map(self._step, unsaid)
        )
        if full:
            inferred = [self._step(step) for step in bare if step.inferred is not None]
            self.section("Steps without a fact: our reading", "没有事实的步骤：我们的解读", inferred)
            partly = [self._step(step) for step in self.readings.values() if step not in bare]
            self.section("Steps with facts: what in them is our reading", "有事实的步骤：其中我们的解读", partly)
            carried = [line for one in self.traced.facts if one.citations for line in self._cited(one)]
            self.section("Where each fact is cited", "每条事实的引用处", carried)

    def sources(self) -> None:
        head = [self.say("SOURCE", "来源"), self.say("FACTS", "事实"), self.say("CARRIED", "已引用")]
        head += [self.say("MISSING", "缺失"), self.say("FURNITURE", "无关"), self.say("TITLE", "标题")]
        rows = []
        titles = {(source.file, source.key): source.title for source in self.traced.sources}
        groups: dict[tuple[str, str], Counter[str]] = {}
        for fact in self.traced.facts:
            if fact.file:
                groups.setdefault((fact.file, fact.source), Counter())[fact.status] += 1
        for (file, key), count in groups.items():
            numbers = [str(count.total()), *(str(count[status]) for status in ("carried", "missing", "furniture"))]
            rows.append([key or "–", *numbers, _said(titles.get((file, key)), self.out.lang) or file])
        self.out.line()
        self.out.table(head, rows)

    def definitions(self) -> None:
        head = [self.say("DEFINITION", "定义"), self.say("STEPS", "步骤"), self.say("WITH FACTS", "有事实")]
        head += [self.say("OUR READING", "含解读"), self.say("NEITHER", "皆无")]
        rows = []
        for name in dict.fromkeys(step.sop for step in self.traced.steps):
            steps = [step for step in self.traced.steps if step.sop == name and step.kind != "sop"]
            numbers = (
                len(steps),
                sum(bool(step.facts) for step in steps),
                sum(step.inferred is not None for step in steps),
                sum(not step.facts and step.inferred is None for step in steps),
            )
            rows.append([name, *map(str, numbers)])
        self.out.line()
        self.out.table(head, rows)

    def steps(self, steps: Iterable[TracedStep]) -> None:
        for step in steps:
            self.out.line(f"{step.name}  {_said(step.title, self.out.lang)}".rstrip(), style="bold")
            if step.facts:
                self.out.line(f"{_INDENT}{', '.join(step.facts)}")
            elif step.kind != "sop":
                self.out.line(_INDENT + self.say("no fact", "没有事实"), style="dim")
            if step.inferred is not None:
                self.out.line(
                    f"{_INDENT}{self.say('our reading:', '我们的解读:')} {_said(step.inferred, self.out.lang)}"
                )

    def fact(self, one: TracedFact) -> None:
        fact = one.fact
        self.out.line(f"{fact.id}  {self._status(one)}", style="bold")
        title = next((s.title for s in self.traced.sources if (s.file, s.key) == (one.file, one.source)), None)
        rows = [
            [self.say("quote", "原文"), fact.quote],
            [self.say("English", "英文"), fact.en],
            [self.say("Chinese", "中文"), fact.zh],
            [self.say("kind", "种类"), fact.kind],
            [self.say("belongs at", "所属"), fact.node],
            [self.say("another reading", "另一种解读"), fact.alternative],
            [self.say("source", "来源"), _said(title, self.out.lang)],
            [self.say("stands at", "所在"), str(fact.place or "")],
        ]
        rows += [[self.say("cited", "引用处"), self._where(citation)] for citation in one.citations]
        rows += [
            [self.say("our reading", "我们的解读"), f"{name}: {_said(self.readings[name].inferred, self.out.lang)}"]
            for name in one.steps
            if name in self.readings
        ]
        for line in aligned([row for row in rows if row[1]]):
            self.out.line(_INDENT + line)

    def section(self, en: str, zh: str, lines: Iterable[str]) -> None:
        listed = list(lines)
        if listed:
            self.out.line()
            self.out.line(f"{self.say(en, zh)}", style="bold")
            for line in listed:
                self.out.line(_INDENT + line)

    def say(self, en: str, zh: str) -> str:
        return self.out.say(en, zh)

    def _of(self, status: str) -> Sequence[TracedFact]:
        return [one for one in self.traced.facts if one.status == status]

    def _lacking(self, one: TracedFact) -> str:
        fact = one.fact
        at = f"  ({self.say('belongs at', '应在')} {fact.node})" if fact.node else ""
        return f"{fact.place}: {fact.id}  {fact.text(self.out.lang)}{at}"

    def _step(self, step: TracedStep) -> str:
        reading = _said(step.inferred, self.out.lang)
        return f"{step.name}  {_said(step.title, self.out.lang) or step.kind}" + (f": {reading}" if reading else "")

    def _cited(self, one: TracedFact) -> Iterable[str]:
        yield f"{one.fact.id}  {one.fact.text(self.out.lang)}".rstrip()
        for citation in one.citations:
            reading = self.say(" · our reading", " · 含解读") if citation.at in self.readings else ""
            yield f"{_INDENT}{self._where(citation)}{reading}"

    def _where(self, citation: Citation) -> str:
        return f"{citation.at} ({citation.part})" if citation.part else citation.at

    def _status(self, one: TracedFact) -> str:
        names = {"carried": "已引用", "missing": "未被引用", "furniture": "无关", "unknown": "不存在"}
        return self.say(one.status, names[one.status])
