"""A plan as a table, for a terminal or a file; knows how it looks, not how it was worked out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import TYPE_CHECKING

from sopflow.cli._out import Out, aligned, clean
from sopflow.cli._when import when

if TYPE_CHECKING:
    from sopflow.planning import Plan, Planned

_INDENT = "  "


def show(out: Out, plan: Plan) -> None:
    """The plan on the terminal: what it is, its steps, its critical chain, and what is wrong."""
    for line in _heading(plan, out.lang):
        out.line(line)
    out.line()
    out.table(_head(out.lang), _rows(plan, out.lang))
    out.line()
    for line in _below(plan, out.lang):
        out.line(line)
    if plan.findings.findings:
        out.line()
        out.report(plan.findings, err=False)


def as_text(plan: Plan, lang: str) -> str:
    """The same as plain text, findings in short."""
    table = aligned([_head(lang), *([clean(cell) for cell in row] for row in _rows(plan, lang))])
    lines = [*_heading(plan, lang), "", *table, "", *_below(plan, lang), *_found(plan, lang)]
    return "\n".join(lines).rstrip() + "\n"


def as_markdown(plan: Plan, lang: str) -> str:
    """The same as a Markdown table (the GitHub dialect)."""
    title, *rest = _heading(plan, lang)
    head = _head(lang)
    rows = [head, ["---"] * len(head), *_rows(plan, lang)]
    table = [
        "| " + " | ".join(clean(cell).replace("|", "\\|").replace(_INDENT, "&emsp;") for cell in row) + " |"
        for row in rows
    ]
    paragraphs = [[f"# {title}"], rest, table, _below(plan, lang), _found(plan, lang)]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def _heading(plan: Plan, lang: str) -> list[str]:
    title = clean(plan.text(plan.title, lang))
    start, end = _begins(plan.start, lang, plan), _begins(plan.end, lang, plan)
    said = f"开始 {start} · 最早结束 {end} · {plan.zone.key}" if lang == "zh" else (
        f"Starts {start} · ends {end} at the earliest · {plan.zone.key}"
    )  # fmt: skip
    marks = " · ".join(f"{one.id} = {one.at.iso()}" for one in plan.milestones)
    return [title, said, *([marks] if marks else [])]


def _head(lang: str) -> list[str]:
    if lang == "zh":
        return ["", "步骤", "负责人", "开启", "最早完成", "最迟完成", "期限", "余量（天）"]
    return ["", "STEP", "WHO", "OPENS", "EARLIEST", "LATEST", "DUE", "SLACK (DAYS)"]


def _rows(plan: Plan, lang: str) -> list[list[str]]:
    return list(_lines(plan, lang))


def _lines(plan: Plan, lang: str) -> Iterator[list[str]]:
    titles = {phase.id: plan.text(phase.title, lang) for phase in plan.phases}
    phase = ""
    for step in plan.steps:
        if step.phase != phase and step.phase:
            bounds = next((one for one in plan.phases if one.id == step.phase), None)
            days = [one.iso() if one is not None else "…" for one in (bounds.from_, bounds.to)] if bounds else []
            dated = bounds is not None and (bounds.from_ is not None or bounds.to is not None)
            yield ["", f"— {titles.get(step.phase, step.phase)}{' ' + ' – '.join(days) if dated else ''}", *[""] * 6]
        phase = step.phase
        yield _line(plan, step, lang)


def _line(plan: Plan, step: Planned, lang: str) -> list[str]:
    title = plan.text(step.title, lang) or step.path
    times = f" ×{step.rounds}" if step.rounds > 1 else ""
    return [
        f"{'*' if step.critical else ''}{'' if step.sure else '?'}",
        _INDENT * step.depth + title + times,
        ", ".join(plan.text(plan.roles.get(role, {}), lang) or role for role in step.roles),
        "" if step.opens is None else _short(step.opens.opens_at(plan.zone)),
        _short(step.earliest.end),
        _short(step.latest.end) if step.latest is not None else "",
        "" if step.due is None else _short(step.due.opens_at(plan.zone)),
        "" if step.slack_days is None else str(step.slack_days),
    ]  # fmt: skip


def _short(at: datetime) -> str:
    """A date where it is the first or the last instant of one."""
    return at.date().isoformat() if at.time() in (time.min, time.max) else f"{at:%Y-%m-%d %H:%M}"


def _begins(at: datetime, lang: str, plan: Plan) -> str:
    """The day with its weekday, and the clock unless it is midnight."""
    day = when(at.date(), lang, plan.zone)
    return day if at.time() in (time.min, time.max) else f"{day} {at:%H:%M}"


def _below(plan: Plan, lang: str) -> list[str]:
    """What the signs mean, the critical chain, and what is not said."""
    zh = lang == "zh"
    lines = ["* 关键步骤  ? 不一定需要" if zh else "* on the critical chain  ? may not be needed"]
    chain = " → ".join(clean(plan.text(step.title, lang) or step.path) for step in plan.critical)
    if chain:
        lines.append(f"关键链：{chain}" if zh else f"Critical chain: {chain}")
    if plan.unsaid:
        count = len(plan.unsaid)
        lines.append(
            f"{count} 个步骤没有 duration（时长），按 0 计。"
            if zh
            else f"{count} step{'' if count == 1 else 's'} with no duration given: they count as taking no time."
        )
    if plan.missing:
        names = ", ".join(plan.missing)
        lines.append(f"尚未知道：{names}" if zh else f"Not known yet: {names}")
    return lines


def _found(plan: Plan, lang: str) -> list[str]:
    return [f"- {one.code}: {one.text(lang)} {one.mend(lang)}".rstrip() for one in plan.findings]
