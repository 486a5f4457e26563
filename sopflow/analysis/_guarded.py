"""Where a definition has guards, and what each of them is for. Knows programs and documents, no rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sopflow.analysis._rule import DocPath, Subject
from sopflow.analysis.guards import Guards
from sopflow.expr import Expression
from sopflow.program import Cases, Extreme, Handler


@dataclass(frozen=True, slots=True)
class Site:
    """A guard where it stands.

    ``step`` is the step's number (-1: the SOP's own), ``use`` the key that makes it a guard: ``if``, ``while``,
    ``until``, ``requires``, ``ensures``, ``optional``, ``wait``, ``adds-until``, ``branch``, ``handler-if``,
    ``handler-when``, ``checklist``, ``when`` (of a decision), ``case``.
    """

    doc: DocPath
    step: int
    use: str
    guard: Expression


@dataclass(frozen=True, slots=True)
class Listed:
    """Cases where they stand: their guards in order (None: ``else``), each with where it stands."""

    step: int
    key: str
    lines: tuple[tuple[DocPath, Expression | None], ...]


def sites(subject: Subject) -> Iterator[Site]:
    """All guards of a definition but those in cases and tables."""
    program = subject.program
    yield from _of_handlers(program.handlers, ("on",), -1)
    for step in program.steps:
        doc = subject.index.nodes[step.index].doc
        for use, guard in (("if", step.if_), ("while", step.while_), ("optional", step.optional)):
            if isinstance(guard, Expression):
                yield Site((*doc, use), step.index, use, guard)
        for use, guards in (("requires", step.requires), ("ensures", step.ensures)):
            for number, guard in enumerate(guards):
                yield Site((*doc, use, number) if len(guards) > 1 else (*doc, use), step.index, use, guard)
        if step.rounds is not None and step.rounds.until is not None:
            yield Site((*doc, "until"), step.index, "until", step.rounds.until)
        if step.each is not None and step.each.until is not None and step.each.until.when is not None:
            yield Site((*doc, "adds-until", "when"), step.index, "adds-until", step.each.until.when)
        for option in step.wait:
            if option.when is not None:
                where: DocPath = ("wait", "when") if "done" in step.exits else ("wait", "first", option.exit, "when")
                yield Site((*doc, *where), step.index, "wait", option.when)
        if step.join is not None:
            for region, branch in zip(step.regions, step.join.guards, strict=False):
                if branch is not None:
                    head = program.steps[program.regions[region].head]
                    yield Site((*subject.index.nodes[head.index].doc, "if"), step.index, "branch", branch)
        for number, item in enumerate(step.checklist):
            if item.if_ is not None:
                yield Site((*doc, "checklist", number, "if"), step.index, "checklist", item.if_)
        question = step.question
        if question is not None and set(step.exits) >= {"yes", "no"} and question.cases and question.cases[0][0]:
            yield Site((*doc, "when"), step.index, "when", question.cases[0][0])
        yield from _of_handlers(step.handlers, (*doc, "on"), step.index)


def _of_handlers(handlers: Iterable[Handler], doc: DocPath, step: int) -> Iterator[Site]:
    for handler in handlers:
        if handler.if_ is not None:
            yield Site((*doc, handler.id, "if"), step, "handler-if", handler.if_)
        if handler.when is not None:
            yield Site((*doc, handler.id, "when"), step, "handler-when", handler.when)


def cases(subject: Subject) -> Iterator[Listed]:
    """All values of a definition that are written as cases."""
    program = subject.program
    for name, value in program.derived.items():
        yield from _listed(value, ("derived", name), -1, name)
    for step in program.steps:
        doc = subject.index.nodes[step.index].doc
        question = step.question
        if question is not None and question.cases and not set(step.exits) >= {"yes", "no"}:
            lines = tuple(((*doc, "next", number), guard) for number, (guard, _) in enumerate(question.cases))
            yield Listed(step.index, "next", lines)
        yield from _listed(step.people.by_cases, (*doc, "by"), step.index, "by")
        for exit_, target in step.exits.items():
            yield from _listed(target, (*doc, "next" if exit_ == "done" else exit_), step.index, exit_)
        for key, settings in (("set", step.set_), ("set", step.call.set_ if step.call is not None else ())):
            for path, value in settings:
                yield from _listed(value, (*doc, key, path), step.index, path)
        for key, time in (("opens", step.times.opens), ("due", step.times.due)):
            yield from _listed(time, (*doc, key), step.index, key)


def _listed(value: object, doc: DocPath, step: int, key: str) -> Iterator[Listed]:
    match value:
        case Cases(cases=lines):
            yield Listed(step, key, tuple(((*doc, number), line.when) for number, line in enumerate(lines)))
        case Extreme(times=times, latest=latest):
            for number, time in enumerate(times):
                yield from _listed(time, (*doc, "latest" if latest else "earliest", number), step, key)


def guards_of(subject: Subject) -> Guards:
    """What decides questions about the guards of a definition; made once."""
    program = subject.program
    known = program.memo.get("guards")
    if not isinstance(known, Guards):
        known = program.memo["guards"] = Guards(program, _expressions(subject))
    return known


def _expressions(subject: Subject) -> Iterator[Expression]:
    yield from (site.guard for site in sites(subject))
    yield from (guard for listed in cases(subject) for _, guard in listed.lines if guard is not None)
    for step in subject.program.steps:
        if step.question is not None and step.question.table is not None:
            for row in step.question.table.rows:
                yield from (test for test in row.tests if test is not None)


__all__ = ["Listed", "Site", "cases", "guards_of", "sites"]
