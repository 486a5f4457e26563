"""What couples branches: the steps that go on only when another step of the same definition has done its part.

A *thing* is what is waited for: the name of a message, or the path of a field. Only what the definition brings itself
couples: a message that no step sends, or a field that is given at the start, comes from outside, and is taken to come.
So is what a handler brings, as nobody knows when it runs. Knows programs and their flow, no rule.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sopflow.analysis._data import all_reads, is_field, needs, steps_below, writes
from sopflow.analysis._flow import Flow, targets
from sopflow.analysis._graph import circles
from sopflow.engine import RunState, View
from sopflow.expr import Expression
from sopflow.program import DONE, Op, Program, Step

#: Before the name of a message, so that it is never taken for a field.
MESSAGE = "message "
#: So many things, at most, are looked at apart: each costs a walk through the program.
APART = 64
_AT_ENTRY = frozenset({"about", "table", "when", "next", "if", "for-each", "branches"})

#: A way out of a step, with the things any of which opens it; without any it is always open.
Gate = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Coupling:
    """What is coupled with what.

    ``gates`` are the steps that wait for things of this definition alone, each with its gates (the exit "" stands for
    all of its ways); ``suppliers`` are the steps that bring each thing.
    """

    program: Program
    gates: Mapping[int, tuple[Gate, ...]]
    suppliers: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, program: Program, flow: Flow, given: Iterable[str]) -> Coupling:
        """The coupling of ``program``; ``given`` are the fields that a run gets at its start."""
        steps = [program.steps[index] for number in _main(program, flow) for index in flow.regions[number].before]
        waiting = [step for step in steps if _may_wait(step)]
        if not waiting:
            return cls(program, {}, {})
        suppliers = _suppliers(program, steps)
        outside = _outside(program, {step.index for step in steps}, given)
        gates = {}
        for step in waiting:
            found = tuple(_gates(step, program, suppliers, outside))
            if found and all(things for _, things in found):
                gates[step.index] = found
        wanted = {thing for ways in gates.values() for _, things in ways for thing in things}
        return cls(program, gates, {thing: tuple(suppliers[thing]) for thing in sorted(wanted)})

    def waits_for(self, step: int) -> tuple[str, ...]:
        """The things that a step waits for."""
        return tuple(sorted({thing for _, things in self.gates.get(step, ()) for thing in things}))

    def brings(self, things: Iterable[str]) -> dict[int, tuple[str, ...]]:
        """The steps that bring any of ``things``, each with what it brings."""
        found: dict[int, tuple[str, ...]] = {}
        for thing in things:
            for step in self.suppliers[thing]:
                found[step] = (*found.get(step, ()), thing)
        return found

    def groups(self, flow: Flow) -> list[frozenset[str]]:
        """The things that can hold each other up.

        A wait holds up what stands behind it. Where that leads from thing to thing in a circle, they must be looked
        at together, as those of one wait must; else one after the other will do.
        """
        things = sorted(self.suppliers)
        if len(things) > APART:
            return [frozenset(things)]
        number = {thing: place for place, thing in enumerate(things)}
        onward: dict[int, set[int]] = {place: set() for place in number.values()}
        bringing = self.brings(things)
        graph = _onward(self.program, flow) if len(things) > 1 else {}
        for step in self.gates:
            own = [number[thing] for near in self._alternatives(step) for thing in self.waits_for(near)]
            held_up = {number[thing] for other in _behind(graph, step) & bringing.keys() for thing in bringing[other]}
            for place in own:
                onward[place] |= held_up | set(own)
        parts = circles({place: sorted(held_up) for place, held_up in onward.items()})
        alone = set(number.values()).difference(*parts)
        return [frozenset(things[place] for place in part) for part in sorted([*parts, *([one] for one in alone)])]

    def _alternatives(self, step: int) -> list[int]:
        """The gates of which a join around ``step`` wants only some to be passed, itself included."""
        region, widest = self.program.steps[step].region, -1
        while (block := self.program.regions[region].block) >= 0:
            join = self.program.steps[block].join
            widest = block if join is not None and join.need else widest
            region = self.program.steps[block].region
        inside = {one.index for part in self.program.steps[widest].regions for one in steps_below(self.program, part)}
        return [other for other in self.gates if other in inside] if widest >= 0 else [step]


# -- what is waited for ----------------------------------------------------------------------------------------------


def _may_wait(step: Step) -> bool:
    """Whether it waits for anything but people, times and what is always there."""
    if step.wait or step.people.by or step.people.by_cases is not None:
        return any(option.message or option.when is not None for option in step.wait)
    judges = step.question is not None and not step.question.open
    guarded = step.if_ is not None or (step.join is not None and any(step.join.guards))
    return judges or guarded or (step.each is not None and bool(step.each.field))


def _gates(
    step: Step, program: Program, suppliers: Mapping[str, Iterable[int]], outside: frozenset[str]
) -> Iterator[Gate]:
    """The ways out of a step that waits for things; nothing for one that does not wait."""
    for option in step.wait:
        things: frozenset[str] = frozenset()
        if option.message:
            things = frozenset({MESSAGE + option.message})
        elif option.when is not None and not _may_hold(option.when, program, outside):
            things = frozenset(all_reads(option.when, program))
        known = bool(things) and things.isdisjoint(outside) and all(thing in suppliers for thing in things)
        yield option.exit, things if known else frozenset()
    if step.op == Op.WAIT or step.people.by or step.people.by_cases is not None:
        return
    missing = {
        name
        for keys, _, names in needs(step, program)
        if keys[0] in _AT_ENTRY
        for name in names
        if is_field(name, program) and program.fields[name].default is None
    }
    if missing and missing.isdisjoint(outside) and all(name in suppliers for name in missing):
        yield "", frozenset(missing)


def _may_hold(condition: Expression, program: Program, outside: frozenset[str]) -> bool:
    """Whether a condition may hold before any step has written: it reads what comes from outside, or defaults do."""
    names = all_reads(condition, program)
    if not names or any(name in outside or not is_field(name, program) for name in names):
        return True
    view = View({name: program.fields[name].default for name in names if program.fields[name].default is not None})
    view.bind(program, RunState.of(program))
    return condition.evaluate(view) is True


# -- who brings it ---------------------------------------------------------------------------------------------------


def _suppliers(program: Program, steps: Iterable[Step]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    sent: dict[str, frozenset[str]] = {}
    for step in steps:
        brought = dict.fromkeys(writes(step))
        if step.people.by or step.people.by_cases is not None:
            brought |= dict.fromkeys(name for _, asks, names in needs(step, program) if asks for name in names)
        if step.op == Op.EMIT:
            brought[MESSAGE + step.emit] = None
        if step.call is not None:
            brought |= dict.fromkeys(MESSAGE + name for name in _sent_by(step.call.program, sent))
        for thing in brought:
            found.setdefault(thing, []).append(step.index)
    return found


def _sent_by(program: Program, sent: dict[str, frozenset[str]]) -> frozenset[str]:
    """The messages that a called program, or what it calls in turn, may send to its caller."""
    if program.hash not in sent:
        below = {program.hash: program}
        todo = [program]
        while todo:
            for step in todo.pop().steps:
                if step.call is not None and step.call.program.hash not in below:
                    below[step.call.program.hash] = step.call.program
                    todo.append(step.call.program)
        sent[program.hash] = frozenset(step.emit for called in below.values() for step in called.steps if step.emit)
    return sent[program.hash]


def _outside(program: Program, main: set[int], given: Iterable[str]) -> frozenset[str]:
    """The things that may come from elsewhere: what is given or asked for, and what handlers bring."""
    found = {*given, *program.parameters, *(path for path, field in program.fields.items() if field.ask)}
    found.update(_suppliers(program, (step for step in program.steps if step.index not in main)))
    return frozenset(found)


def _main(program: Program, flow: Flow) -> list[int]:
    """The regions that are entered without a handler, those around others first."""
    todo, found = [0], []
    while todo:
        number = todo.pop()
        found.append(number)
        for index in flow.regions[number].before:
            todo += program.steps[index].regions
    return found


# -- what comes behind what ------------------------------------------------------------------------------------------


def _onward(program: Program, flow: Flow) -> dict[int, list[int]]:
    """What may come next, of steps that open (2 n) and that close (2 n + 1)."""
    graph: dict[int, list[int]] = {number: [] for number in range(2 * len(program.steps))}
    for step in program.steps:
        opens, closes = graph[2 * step.index], graph[2 * step.index + 1]
        inner = [program.regions[region].head for region in step.regions]
        opens += [2 * head for head in inner] + [2 * step.index + 1]
        block = program.regions[step.region].block
        for way in flow.ways[step.index]:
            if way.target >= 0:
                closes.append(2 * way.target)
            elif way.target == DONE and block >= 0:
                closes.append(2 * block + 1)
        for handler in step.handlers:
            closes += [2 * target for target in targets(handler.target) if target >= 0]
        for after in step.after:
            graph[2 * after.step + 1].append(2 * step.index)
    return graph


def _behind(graph: Mapping[int, list[int]], step: int) -> set[int]:
    """The steps that may open after ``step`` was closed."""
    seen = {2 * step + 1} & graph.keys()
    todo = deque(seen)
    while todo:
        for there in graph[todo.popleft()]:
            if there not in seen:
                seen.add(there)
                todo.append(there)
    return {number // 2 for number in seen if number % 2 == 0}
