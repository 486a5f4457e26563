"""Rule: branches write apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sopflow.analysis._data import all_reads, is_field, needs, steps_below, writes
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Join, Op, Program, Step

REASON = (
    "What runs at the same time has no order. If two branches, or two items of a for-each, write one field, the last "
    "to be done wins, whoever that is. Let each have its own field, say how the values ‘merge’, or let one come "
    "‘after’ the other. Likewise where one branch judges by a field that another one may change before or after that."
)

VALID = """\
sopflow: 1
id: survey
data:
  north: int
  south: int
  sum: int
  remarks: {is: list of string, merge: append}
  partners: [{name: string, signed: bool}]
steps:
  count:
    parallel: Count
    branches:
      north: {task: Count the north, form: [north, remarks]}
      south: {task: Count the south, form: [south, remarks]}
      first: {task: Guess the sum, form: [sum]}
      then: {group: Mend, steps: {look: {task: Look, after: [first]}, mend: {task: Mend the sum, form: [sum]}}}
  partners: {task: Name the partners, form: [partners]}
  sign:
    for-each: partners
    as: partner
    steps: {sign-one: {task: Sign, set: {partner.signed: true}}}
"""

INVALID = """\
sopflow: 1
id: survey
data: {total: int, price: int, signed: bool}
steps:
  count:
    parallel: Count
    branches:
      north: {task: Count the north, form: [total]}
      south: {task: Count the south, form: [total]}
  agree: {task: Agree on a price, form: [price]}
  offer:
    parallel: Offer
    branches:
      haggle: {task: Haggle, form: [price]}
      write:
        group: Write
        steps:
          is-high: {decision: A high price?, when: price > 100, yes: excuse, no: done}
          excuse: {task: Excuse}
  sign:
    for-each: [Acme, Globex]
    steps: {sign-one: {task: Sign, form: [signed]}}
"""

#: What judges by a field when its turn comes. Whatever else reads it follows its changes, or is judged at entry.
_JUDGED = frozenset({"when", "next", "table", "if"})
_NOTHING: frozenset[str] = frozenset()

#: A step, the key by which it writes, and the path that stands there.
_Writer = tuple[int, str, str]


def check(subject: Subject) -> Iterator[Finding]:
    """What two branches write, what one writes and another judges by, and what each item of a for-each writes."""
    program = subject.program
    for block in program.steps:
        if block.op == Op.FORK and block.join is not None:
            yield from _in_branches(subject, block, block.join)
        elif block.op == Op.EACH and block.each is not None and (len(block.each.items) != 1 or block.each.until):
            for path, writers in _writers(program, block.regions[0]).items():
                step, key, written = writers[0]
                if path == written:  # what is written of an item is its own
                    yield subject.at_step("SOP424", step, *_keys(subject, step, key, path), name=path)


def _in_branches(subject: Subject, block: Step, join: Join) -> Iterator[Finding]:
    program = subject.program
    guards = join.guards or (None,) * len(block.regions)
    read = [frozenset(all_reads(guard, program)) if guard is not None else _NOTHING for guard in guards]
    held = [step for step in program.steps if any(after.fork == block.index for after in step.after)]
    # Of each field those who write it so far, by what the guards of their branches read.
    so_far: dict[str, dict[frozenset[str], list[_Writer]]] = {}
    told: set[str] = set()
    for region, names in zip(block.regions, read, strict=True):
        for path, writers in _writers(program, region).items():
            before = so_far.setdefault(path, {})
            # Guards over one field mostly exclude each other.
            others = [other for theirs, some in before.items() if names.isdisjoint(theirs) for other in some]
            pairs = ((mine, other) for mine in writers for other in others if path not in told)
            both = next((pair for pair in pairs if not _in_order(subject, held, pair[0][0], pair[1][0])), None)
            if both is not None:
                told.add(path)
                (step, key, written), (other, *_) = both
                keys, theirs = _keys(subject, step, key, written), program.steps[other].path
                yield subject.at_step("SOP423", step, *keys, name=path, other=theirs)
            before.setdefault(names, []).extend(writers)
    yield from _judged_beside(subject, block, so_far, held, told)


def _judged_beside(
    subject: Subject,
    block: Step,
    written: Mapping[str, Mapping[frozenset[str], list[_Writer]]],
    held: list[Step],
    told: set[str],
) -> Iterator[Finding]:
    """The guards in one branch over fields that have a value already and that another branch may change meanwhile."""
    program = subject.program
    for region in block.regions:
        inside = list(steps_below(program, region))
        own = {step.index for step in inside}
        waits = [step for step in inside if step.wait or step.after]
        for step in inside:
            for keys, _, names in needs(step, program):
                for path in sorted((written.keys() & names) - told) if keys[0] in _JUDGED else ():
                    writers = [one for some in written[path].values() for one, *_ in some]
                    other = next((one for one in writers if not _in_order(subject, held, one, step.index)), None)
                    if other is None or not own.isdisjoint(writers) or _waits_before(subject, waits, step):
                        continue
                    if _is_known_before(subject, block, path):
                        told.add(path)
                        yield subject.at_step("SOP427", step.index, *keys, name=path, other=program.steps[other].path)


def _is_known_before(subject: Subject, block: Step, path: str) -> bool:
    """Whether a field surely has a value when the block opens: else who judges by it waits for it, or asks."""
    program = subject.program
    if path not in program.fields:
        return False  # of an item
    if program.fields[path].default is not None or path in subject.sop.inputs:
        return True
    return any(
        subject.order.is_surely_before(step.index, block.index) for step in program.steps if path in writes(step)
    )


def _waits_before(subject: Subject, waits: Iterable[Step], step: Step) -> bool:
    """Whether something is waited for first, which may well be that the other has written."""
    return any(one is step or subject.order.may_be_before(one.index, step.index) for one in waits)


def _in_order(subject: Subject, held: list[Step], one: int, other: int) -> bool:
    """Whether one of two steps in different branches comes surely after the other, by an ``after``."""
    order = subject.order
    return any(
        (step.index == then or order.is_surely_before(step.index, then))
        and any(after.step == first or order.is_surely_before(first, after.step) for after in step.after)
        for first, then in ((one, other), (other, one))
        for step in held
    )


def _writers(program: Program, region: int) -> dict[str, list[_Writer]]:
    """The shared fields without ‘merge’ that are written inside a region, each with the steps that do.

    A field of an item stands for that of its list (``partners.signed``), with the path by which the step writes it.
    """
    found: dict[str, list[_Writer]] = {}
    for step in steps_below(program, region):
        for written, key in writes(step).items():
            part = step.parts.get(written)
            listed = written if part is None else part.list
            if is_field(listed, program) and not program.fields[listed].merge:
                path = written if part is None else f"{listed}{written.removeprefix(written.partition('.')[0])}"
                found.setdefault(path, []).append((step.index, key, written))
    return found


def _keys(subject: Subject, step: int, key: str, path: str) -> tuple[str | int, ...]:
    """Where in a step's text it says that it writes ``path``."""
    if key == "form":
        entries = [entry.removesuffix("?") for entry in subject.index.nodes[step].step.form]
        return ("form", entries.index(path))
    return (key, path) if key == "set" else (key,)


RULE = Rule("branches_write_apart", ("SOP423", "SOP424", "SOP427"), REASON, VALID, INVALID, check)
