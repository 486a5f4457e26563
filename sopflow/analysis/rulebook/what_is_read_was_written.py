"""Rule: what is read was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from sopflow.analysis._answers import written_by
from sopflow.analysis._coupling import Coupling
from sopflow.analysis._data import blocks_around, is_field, needs, reads, written_beside
from sopflow.analysis._flow import Hop
from sopflow.analysis._graph import reach
from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.errors import Finding
from sopflow.expr import Expression
from sopflow.program import Program, Step

REASON = (
    "A field that only later steps write is unknown here, on one way at least, and nobody is asked for it: the step "
    "waits, the run stops, or what is computed stays unknown. A field with a ‘default’, an ‘ask’ or a place under "
    "‘inputs’ may be read anywhere; so may one that a step with ‘by’ asks for."
)

VALID = """\
sopflow: 1
id: invoice
data: {net: decimal, gross: decimal}
steps:
  enter: {task: Enter the amount, form: [net]}
  add: {task: Add the tax, set: {gross: = net * 1.2}}
  is-large: {decision: A large sum?, when: gross > 1000, yes: sign, no: end}
  sign: {task: Sign}
"""

INVALID = """\
sopflow: 1
id: invoice
data: {net: decimal, gross: decimal}
steps:
  is-known: {approval: Is the client known?, approved: add, refused: enter}
  enter: {task: Enter the amount, form: [net]}
  add: {task: Add the tax, set: {gross: = net * 1.2}}
  is-large: {decision: A large sum?, when: gross > 1000, yes: sign, no: end}
  sign: {task: Sign}
"""

_EFFECT: Mapping[str, tuple[str, str]] = {
    "waits": ("the run waits there until somebody brings it", "运行将停在此处，直到有人提供它"),
    "requires": ("the run stops there", "运行将停在此处"),
    "computes": ("what it computes stays unknown", "其计算结果仍为未知"),
}


@dataclass(frozen=True, slots=True)
class _Read:
    step: int
    keys: DocPath
    use: str
    name: str


def check(subject: Subject) -> Iterator[Finding]:
    """The fields that may be read before any step that writes them."""
    program = subject.program
    brought = {path for path, field in program.fields.items() if field.ask or field.default is not None}
    brought |= program.parameters | set(subject.sop.inputs)
    if brought.issuperset(program.fields):
        return
    writers = _writers(program)
    coupling: Coupling | None = None
    beside: dict[int, set[str]] = {}
    told: set[tuple[int, str]] = set()
    for read in (read for step in program.steps for read in _reads(step, program)):
        if read.name in brought or read.name not in writers or (read.step, read.name) in told:
            continue
        region = program.steps[read.step].region
        if region not in beside:
            beside[region] = written_beside(program, region)
        if read.name in beside[region]:
            continue
        way = _way_without(subject, read.step, writers[read.name])
        if way:
            coupling = coupling or Coupling.of(program, subject.flow, subject.sop.inputs)
            if read.use == "waits" and read.name in coupling.waits_for(read.step):
                continue  # all runs are looked at for those who wait for this SOP's own steps, and told of there
            told.add((read.step, read.name))
            en, zh = _EFFECT[read.use]
            hops = [Hop(here, _exit(subject, here, there)) for here, there in pairwise(way)]
            trace = (*subject.flow.told(hops), program.steps[read.step].path)
            route = (*subject.flow.route(hops), (program.steps[read.step].path, ""))
            said = {"name": read.name, "effect": {"en": en, "zh": zh}}
            yield replace(subject.at_step("SOP480", read.step, *read.keys, trace=trace, **said), route=route)


def _writers(program: Program) -> dict[str, set[int]]:
    """The steps that may bring each field: by writing it, by asking for it, or by what is inside them."""
    found: dict[str, set[int]] = {}
    for step in program.steps:
        paths = set(written_by(step))
        if step.people.by or step.people.by_cases:
            paths.update(name for _, asks, names in needs(step, program) if asks for name in names)
        around = [block.index for _, block in blocks_around(program, step.region)]
        for path in paths:
            found.setdefault(path, set()).update((step.index, *around))
    return found


def _reads(step: Step, program: Program) -> Iterator[_Read]:
    """What a step reads and nobody is asked for."""
    has_people = bool(step.people.by or step.people.by_cases)
    for keys, asks, names in needs(step, program):
        if not (asks and has_people):
            yield from (_Read(step.index, keys, "waits", name) for name in names if is_field(name, program))
    for condition in step.requires:
        for name in reads(condition, program):
            if is_field(name, program):
                yield _Read(step.index, ("requires",), "requires", name)
    own = {path for path, _ in step.form}
    for path, value in step.set_:
        if isinstance(value, Expression):
            for name in reads(value, program):
                if is_field(name, program) and name not in own and name != path:
                    yield _Read(step.index, ("set", path), "computes", name)


def _way_without(subject: Subject, step: int, writers: set[int]) -> list[int]:
    """A way from the start to ``step`` on which no writer stands; none where there is none."""
    program, flow = subject.program, subject.flow
    way: list[int] = []
    here = step
    while True:
        region = program.steps[here].region
        graph = flow.regions[region].graph
        # Whoever writes on the way is not passed; the step itself reads before it writes.
        open_ = {one: onward for one, onward in graph.items() if one == here or one not in writers}
        before = reach(open_, [program.regions[region].head])
        if here not in before:
            return []
        part = [here]
        while before[part[-1]] != part[-1]:
            part.append(before[part[-1]])
        way = part[::-1] + way
        block = program.regions[region].block
        if block < 0:
            return way if region == 0 else []  # a handler of the run begins at a time of its own
        if region not in program.steps[block].regions:
            return []
        here = block


def _exit(subject: Subject, here: int, there: int) -> str:
    return next((way.exit for way in subject.flow.ways[here] if way.target == there), "")


RULE = Rule("what_is_read_was_written", ("SOP480",), REASON, VALID, INVALID, check)
