"""Who writes and who reads which field, and what may happen at the same time. Knows steps and expressions, no rule."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.expr import Call, Expression, Has, Leaf, walk
from sopflow.program import Cases, Op, Program, Step

Keys = tuple[str | int, ...]
Need = tuple[Keys, bool, tuple[str, ...]]


def reads(expression: Expression, program: Program) -> tuple[str, ...]:
    """The names that must be known before ``expression`` has a value: those it asks ``known(…)`` of left out.

    Derived names are followed down to the fields they hang on.
    """
    asked_about: set[str] = set()
    for node in walk(expression.node):
        if isinstance(node, Has) or (isinstance(node, Call) and node.function == "known"):
            asked_about.update(part.path for part in walk(node) if isinstance(part, Leaf))
    names = [path for path in expression.reads if path not in asked_about]
    return tuple(dict.fromkeys(path for name in names for path in program.depends.get(name, (name,))))


def all_reads(expression: Expression, program: Program) -> tuple[str, ...]:
    """Every name on which the value of ``expression`` hangs."""
    return tuple(dict.fromkeys(path for name in expression.reads for path in program.depends.get(name, (name,))))


def writes(step: Step) -> dict[str, str]:
    """The fields that a step writes when it is done, each with the key by which it does."""
    written = {path: "set" for path, _ in step.set_}
    written |= {path: "set" for path, _ in (step.call.set_ if step.call is not None else ())}
    written |= {path: "form" for path, _ in step.form}
    question = step.question
    if question is not None and question.table is not None:
        written |= dict.fromkeys(question.table.gives, "table")
    if question is not None and question.about and question.asks != "unknown":
        written |= {question.about: "about"}
    return written


def asked_by_steps(program: Program) -> set[str]:
    """The fields that people are asked for because a step with ``by`` needs them."""
    found: set[str] = set()
    for step in program.steps:
        if step.people.by or step.people.by_cases:
            for _, asks, names in needs(step, program):
                found.update(names if asks else ())
    return found


def needs(step: Step, program: Program) -> tuple[Need, ...]:
    """What a step must know to go on: (keys in its text, whether people can be asked, the names).

    The guards of a parallel's branches are the parallel's to know.
    """
    known = program.memo.get("needs")
    if not isinstance(known, tuple):  # for all steps at once: one rule after the other asks
        known = program.memo["needs"] = tuple(tuple(_needs(one, program)) for one in program.steps)
    found: tuple[Need, ...] = known[step.index]
    return found


def _needs(step: Step, program: Program) -> Iterator[Need]:
    question = step.question
    if question is not None and question.about:
        yield ("about",), True, program.depends.get(question.about, (question.about,))
    if question is not None and question.table is not None:
        for number, column in enumerate(question.table.columns):
            yield ("table", "columns", number), True, reads(column, program)
    if question is not None:
        for number, (guard, _) in enumerate(question.cases):
            if guard is not None:
                said: Keys = ("when",) if set(step.exits) >= {"yes", "no"} else ("next", number, "when")
                yield said, True, reads(guard, program)
    in_fork = program.regions[step.region].block
    if step.if_ is not None and (in_fork < 0 or program.steps[in_fork].op != Op.FORK):
        yield ("if",), True, reads(step.if_, program)
    if step.while_ is not None:
        yield ("while",), True, reads(step.while_, program)
    if step.join is not None:
        for region, guard in zip(step.regions, step.join.guards, strict=False):
            if guard is not None:
                yield ("branches", program.regions[region].id, "if"), True, reads(guard, program)
    if step.each is not None and step.each.field:
        yield ("for-each",), True, program.depends.get(step.each.field, (step.each.field,))
    if step.each is not None and step.each.until is not None and step.each.until.when is not None:
        yield ("adds-until", "when"), False, reads(step.each.until.when, program)
    if step.people.by_cases is not None:  # nobody is chosen yet whom one could ask
        yield from ((("by", number, "when"), False, names) for number, names in _guards(step.people.by_cases, program))
    if step.rounds is not None and isinstance(step.rounds.every, Cases):
        yield from ((("every", number, "when"), True, names) for number, names in _guards(step.rounds.every, program))
    for exit_, target in step.exits.items():
        if isinstance(target, Cases):
            yield from ((_keys_of(exit_), True, names) for _, names in _guards(target, program))
    for option in step.wait:
        if option.when is not None:
            at: Keys = ("wait", "when") if "done" in step.exits else ("wait", "first", option.exit, "when")
            yield at, False, reads(option.when, program)


def _keys_of(exit_: str) -> Keys:
    return ("next",) if exit_ == "done" else (exit_,)


def _guards(written: Cases, program: Program) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The number of each guarded case, and what its guard must know."""
    for number, case in enumerate(written.cases):
        if case.when is not None:
            yield number, reads(case.when, program)


def is_field(name: str, program: Program) -> bool:
    """Whether ``name`` is a field of the run: neither an item nor something of a step, a message or the clock."""
    return name in program.fields


def blocks_around(program: Program, region: int) -> Iterator[tuple[int, Step]]:
    """The blocks around a region, outwards, each with the region of it that one stands in."""
    while program.regions[region].block >= 0:
        block = program.steps[program.regions[region].block]
        yield region, block
        region = block.region


def steps_below(program: Program, region: int) -> Iterator[Step]:
    """The steps of a region and of all regions inside it."""
    todo = [region]
    while todo:
        for index in program.regions[todo.pop()].steps:
            step = program.steps[index]
            yield step
            todo += step.regions
            todo += [handler.region for handler in step.handlers if handler.region >= 0]


def written_beside(program: Program, region: int) -> set[str]:
    """The fields that may be written while a token stands in ``region``, by what runs beside it."""
    found: set[str] = set()
    for own, block in blocks_around(program, region):
        beside = list(block.regions) if block.op == Op.EACH else [other for other in block.regions if other != own]
        beside += [handler.region for handler in block.handlers if handler.region >= 0 and handler.region != own]
        for other in beside:
            for step in steps_below(program, other):
                found.update(writes(step))
    for handler in program.handlers:
        if handler.region >= 0:
            for step in steps_below(program, handler.region):
                found.update(writes(step))
    return found
