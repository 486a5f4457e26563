"""Rule: every handler can begin."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._data import all_reads, asked_by_steps, is_field, steps_below, writes
from sopflow.analysis._flow import inner_regions
from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.errors import Finding
from sopflow.expr import Expression
from sopflow.program import Cases, Handler, Literal, Program, Step

REASON = (
    "A handler that nothing can begin is never run, though somebody relies on it: one for errors where nothing can "
    "fail, one for a condition over fields that nothing brings, one for a message that another handler of the same "
    "scope takes first, whatever it says. Messages may come from outside: that no step sends one is no finding."
)

VALID = """\
sopflow: 1
id: pump
messages: {alarm: {level: [low, high]}}
data: {pump: {dry: bool}}
steps:
  run:
    group: Run the pump
    on:
      is-high: {message: alarm, match: {level: high}, task: Stop it}
      alarm: {task: Note it}
      is-dry: {when: pump.dry, task: Fill it}
      error: {task: Call the fitter}
    steps: {start: {task: Start, run: starter}, look: {task: Look, form: [pump.dry]}}
"""

INVALID = """\
sopflow: 1
id: pump
messages: {alarm: {level: [low, high]}}
data: {pump: {dry: bool}}
steps:
  run:
    group: Run the pump
    on:
      alarm: {task: Note it}
      is-high: {message: alarm, match: {level: high}, task: Stop it}
      is-dry: {when: pump.dry, task: Fill it}
      error: {task: Call the fitter}
    steps: {start: {task: Start}, look: {task: Look}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The handlers that nothing can begin."""
    program = subject.program
    scopes: list[tuple[DocPath, Step | None, tuple[Handler, ...]]] = [(("on",), None, program.handlers)]
    scopes += [((*subject.index.nodes[step.index].doc, "on"), step, step.handlers) for step in program.steps]
    brought = _brought(subject) if any(handlers for _, _, handlers in scopes) else frozenset()
    for doc, scope, handlers in scopes:
        for number, handler in enumerate(handlers):
            path = (*doc, handler.id)
            if handler.on == "error" and not any(_may_fail(step) for step in _inside(program, scope)):
                yield subject.at("SOP444", path, key=True, handler=handler.id)
            elif handler.on == "when" and handler.when is not None:
                names = all_reads(handler.when, program)
                if names and all(is_field(name, program) and name not in brought for name in names):
                    yield subject.at("SOP445", (*path, "when"), handler=handler.id, name=", ".join(names))
            elif handler.on == "message":
                first = next((other for other in handlers[:number] if _takes_all_of(other, handler)), None)
                if first is not None:
                    yield subject.at("SOP446", path, key=True, handler=handler.id, other=first.id, name=handler.message)


def _brought(subject: Subject) -> frozenset[str]:
    """The fields that may change or be known: they are written, asked for, or given."""
    program = subject.program
    found = {path for step in program.steps for path in writes(step)} | asked_by_steps(program)
    found |= {path for path, field in program.fields.items() if field.ask or field.default is not None}
    return frozenset(found | program.parameters | set(subject.sop.inputs))


def _takes_all_of(first: Handler, other: Handler) -> bool:
    """Whether ``first`` takes every message that ``other`` could: it asks for no more than that."""
    return (
        first.on == "message"
        and first.message == other.message
        and first.if_ is None
        and all(asked in other.match for asked in first.match)
    )


def _inside(program: Program, scope: Step | None) -> Iterator[Step]:
    """The scope and all steps in it; every step for the run."""
    if scope is None:
        yield from program.steps
        return
    yield scope
    for region in inner_regions(scope):
        yield from steps_below(program, region)


def _may_fail(step: Step) -> bool:
    """Whether an incident can arise at a step: in the handler that does its work, in a value, in what it requires."""
    if step.run or step.requires or step.call is not None or step.each is not None or step.people.by_cases is not None:
        return True
    question = step.question
    computed = (step.if_, step.while_, step.rounds.until if step.rounds is not None else None)
    return (
        (question is not None and not question.open)
        or any(part is not None for part in computed)
        or any(guard is not None for guard in (step.join.guards if step.join is not None else ()))
        or any(not isinstance(value, Literal) for _, value in (*step.set_, *step.with_))
        or any(isinstance(target, Cases) for target in step.exits.values())
        or any(isinstance(option.when, Expression) or option.match for option in step.wait)
    )


RULE = Rule("every_handler_can_begin", ("SOP444", "SOP445", "SOP446"), REASON, VALID, INVALID, check)
