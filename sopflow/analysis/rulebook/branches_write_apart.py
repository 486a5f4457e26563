"""Rule: branches write apart."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._data import all_reads, is_field, steps_below, writes
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Join, Op, Program, Step

REASON = (
    "What runs at the same time has no order. If two branches, or two items of a for-each, write one field, the last "
    "to be done wins, whoever that is. Let each have its own field, or say how the values ‘merge’."
)

VALID = """\
sopflow: 1
id: survey
data: {north: int, south: int, remarks: {is: list of string, merge: append}, partners: [{name: string, signed: bool}]}
steps:
  count:
    parallel: Count
    branches:
      north: {task: Count the north, form: [north, remarks]}
      south: {task: Count the south, form: [south, remarks]}
  partners: {task: Name the partners, form: [partners]}
  sign:
    for-each: partners
    as: partner
    steps: {sign-one: {task: Sign, set: {partner.signed: true}}}
"""

INVALID = """\
sopflow: 1
id: survey
data: {total: int, signed: bool}
steps:
  count:
    parallel: Count
    branches:
      north: {task: Count the north, form: [total]}
      south: {task: Count the south, form: [total]}
  sign:
    for-each: [Acme, Globex]
    steps: {sign-one: {task: Sign, form: [signed]}}
"""

_NOTHING: frozenset[str] = frozenset()


def check(subject: Subject) -> Iterator[Finding]:
    """The fields that two branches of a parallel write, and those that each item of a for-each writes."""
    program = subject.program
    for block in program.steps:
        if block.op == Op.FORK and block.join is not None:
            yield from _in_branches(subject, block, block.join)
        elif block.op == Op.EACH and block.each is not None and (len(block.each.items) != 1 or block.each.until):
            for path, (step, key, written) in _writers(program, block.regions[0]).items():
                if path == written:  # what is written of an item is its own
                    yield subject.at_step("SOP424", step, *_keys(subject, step, key, path), name=path)


def _in_branches(subject: Subject, block: Step, join: Join) -> Iterator[Finding]:
    program = subject.program
    guards = join.guards or (None,) * len(block.regions)
    read = [frozenset(all_reads(guard, program)) if guard is not None else _NOTHING for guard in guards]
    # Of each field those branches that write it so far, by what their guards read: the first of each kind will do.
    writers: dict[str, dict[frozenset[str], int]] = {}
    told: set[str] = set()
    for region, names in zip(block.regions, read, strict=True):
        for path, (step, key, written) in _writers(program, region).items():
            before = writers.setdefault(path, {})
            # Guards over one field mostly exclude each other.
            other = next((other for theirs, other in before.items() if names.isdisjoint(theirs)), None)
            if other is not None and path not in told:
                told.add(path)
                keys, theirs = _keys(subject, step, key, written), program.steps[other].path
                yield subject.at_step("SOP423", step, *keys, name=path, other=theirs)
            before.setdefault(names, step)


def _writers(program: Program, region: int) -> dict[str, tuple[int, str, str]]:
    """The shared fields without ‘merge’ that are written inside a region, each with the first step that does.

    A field of an item stands for that of its list (``partners.signed``), with the path by which the step writes it.
    """
    found: dict[str, tuple[int, str, str]] = {}
    for step in steps_below(program, region):
        for written, key in writes(step).items():
            part = step.parts.get(written)
            listed = written if part is None else part.list
            if is_field(listed, program) and not program.fields[listed].merge:
                path = written if part is None else f"{listed}{written.removeprefix(written.partition('.')[0])}"
                found.setdefault(path, (step.index, key, written))
    return found


def _keys(subject: Subject, step: int, key: str, path: str) -> tuple[str | int, ...]:
    """Where in a step's text it says that it writes ``path``."""
    if key == "form":
        entries = [entry.removesuffix("?") for entry in subject.index.nodes[step].step.form]
        return ("form", entries.index(path))
    return (key, path) if key == "set" else (key,)


RULE = Rule("branches_write_apart", ("SOP423", "SOP424"), REASON, VALID, INVALID, check)
