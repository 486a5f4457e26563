"""Where the tokens of a program can go: each region on its own, from the innermost to the outermost, in linear time.

A region is left in three ways: its token *arrives* (``DONE``), *leaves* for a step of a region around it, or *ends*
the run. What a block does hangs only on the ways in which its regions are left, so no combination of branches is
ever looked at. That is stricter than asking whether the whole run can end: a branch that is over only because a
sibling withdraws it is stuck on its own, and found.

Data count as free here: every way out that is written can be taken. The reduction of nested regions to single
vertices is that of structured workflows (Kiepuszewski, ter Hofstede and Bussler, "On structured workflow
modelling", 2000).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from sopflow.analysis._graph import circles, reach, turned
from sopflow.program import DONE, END, Cases, Handler, Op, Program, Step, Target


class Hop(NamedTuple):
    """A step that is left, and by which way; or (with the way "") a block that began so because of these facts."""

    step: int
    exit: str
    because: frozenset[tuple[str, object]] = frozenset()


class Way(NamedTuple):
    """A way out of a step: what it is called, and the target (see :mod:`sopflow.program`)."""

    exit: str
    target: int


#: A run: the path of each step on it, with the way by which it is left.
Route = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class RegionFlow:
    """What can happen in one region.

    ``before`` maps each step that is reached to the step from which it is reached first (its head: to itself);
    ``stuck`` are the circles of reached steps from which the region can never be left; ``arrives``, ``leaves`` and
    ``ends`` say how it can be.
    """

    before: dict[int, int] = field(default_factory=dict)
    arrives: bool = False
    leaves: dict[int, str] = field(default_factory=dict)
    ends: dict[int, str] = field(default_factory=dict)
    stuck: list[list[int]] = field(default_factory=list)
    graph: dict[int, list[int]] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        """Whether the token can arrive; a region that is stuck counts, so that one fault is found once."""
        return self.arrives or bool(self.stuck)


def targets(target: Target) -> tuple[int, ...]:
    """The plain targets that ``target`` may come to."""
    if isinstance(target, Cases):
        return tuple(case.then for case in target.cases if isinstance(case.then, int))
    return (target,)


_NO_EXIT: frozenset[str] = frozenset()


def _is_closed(part: list[int], graph: Mapping[int, Sequence[int]]) -> bool:
    """Whether nothing leads out of ``part``."""
    members = set(part)
    return all(there in members for here in part for there in graph[here])


def inner_regions(step: Step) -> tuple[int, ...]:
    """The regions that hang on a step: its own and those of its handlers."""
    if not step.handlers:
        return step.regions
    return (*step.regions, *(handler.region for handler in step.handlers if handler.region >= 0))


def bottom_up(program: Program) -> list[int]:
    """The regions of ``program``, those inside others before those around them; the run's own last."""
    todo = [0, *(handler.region for handler in program.handlers if handler.region >= 0)]
    order = []
    while todo:
        region = todo.pop()
        order.append(region)
        for step in program.regions[region].steps:
            todo += inner_regions(program.steps[step])
    if 0 in order:  # handlers of the run may go to steps of its region
        order.remove(0)
        order.insert(0, 0)
    return order[::-1]


def interrupted(program: Program, order: Sequence[int]) -> set[int]:
    """The regions inside a scope that something may end from outside: they need no way out of their own."""
    found = {0} if any(_interrupts(handler) for handler in program.handlers) else set[int]()
    for region in reversed(order):  # from the outside in
        for index in program.regions[region].steps:
            step = program.steps[index]
            if region in found:
                found.update(inner_regions(step))
            elif any(_interrupts(handler) for handler in step.handlers):
                found.update(step.regions)
    return found


def _interrupts(handler: Handler) -> bool:
    return handler.instead and handler.on not in ("error", "cancelled")


class Flow:
    """The flow of one program: ``regions`` by number, and the ways out of each step."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.regions: list[RegionFlow] = [RegionFlow() for _ in program.regions]
        self.ways: list[tuple[Way, ...]] = [() for _ in program.steps]
        self.order = bottom_up(program)
        self._interrupted = interrupted(program, self.order)
        for region in self.order:
            self._walk(region)
        self.live = self._live()

    def _walk(self, number: int) -> None:
        region, flow, steps = self.program.regions[number], self.regions[number], self.program.steps
        for index in region.steps:
            self.ways[index] = tuple(self._ways(steps[index]))
            flow.graph[index] = [
                way.target for way in self.ways[index] if way.target >= 0 and steps[way.target].region == number
            ]
        flow.before = reach(flow.graph, self._heads(number))
        outlets = []
        for index in flow.before:
            for way in self.ways[index]:
                if way.target == DONE:
                    flow.arrives = True
                elif way.target <= END:
                    flow.ends.setdefault(way.target, f"{steps[index].path}: {way.exit}")
                elif steps[way.target].region != number:
                    flow.leaves.setdefault(way.target, f"{steps[index].path}: {way.exit}")
                else:
                    continue
                outlets.append(index)
        if number in self._interrupted:
            return
        reached = {index: [there for there in flow.graph[index] if there in flow.before] for index in flow.before}
        out = reach(turned(reached), outlets)
        if len(out) == len(reached):
            return
        inside = {index: onward for index, onward in reached.items() if index not in out}
        flow.stuck = [part for part in circles(inside) if _is_closed(part, inside)]
        flow.stuck += [[index] for index, onward in inside.items() if not onward]

    def _heads(self, number: int) -> list[int]:
        if number:
            return [self.program.regions[number].head]
        beside = [handler for handler in self.program.handlers if handler.region >= 0]
        left = [target for handler in beside for target in self.regions[handler.region].leaves]
        plain = [target for handler in self.program.handlers for target in targets(handler.target) if target >= 0]
        return [self.program.regions[0].head, *left, *plain]

    def _ways(self, step: Step) -> Iterator[Way]:
        """The ways out of a step, once its inner regions have been walked."""
        closed = self.closed(step)
        for exit_, target in step.exits.items():
            if exit_ not in closed:
                for plain in targets(target):
                    yield Way(exit_, plain)
        for handler in step.handlers:
            if handler.instead and (handler.region < 0 or self.regions[handler.region].passes):
                target = step.exits.get(step.ordinary, DONE) if handler.target == DONE else handler.target
                yield from (Way(handler.id, plain) for plain in targets(target))
        for region in inner_regions(step):
            inner = self.regions[region]
            yield from (Way(how, target) for target, how in (*inner.leaves.items(), *inner.ends.items()))

    def closed(self, step: Step) -> AbstractSet[str]:
        """The exits that a block can never take, as its regions are never left in the way they need."""
        if not step.regions:
            return _NO_EXIT
        passing = [self.regions[region].passes for region in step.regions]
        passed_over = step.if_ is not None or step.while_ is not None or bool(step.optional)
        keep = {step.missed or step.ordinary} if passed_over else set()
        match step.op:
            case Op.FORK if step.join is not None:
                guards, need = step.join.guards or (None,) * len(passing), step.join.need
                surely = [passes for passes, guard in zip(passing, guards, strict=True) if guard is None]
                enough = sum(passing) >= need if need else all(surely)
                closed = set() if enough else {"done"}
                closed |= set() if all(surely) and len(surely) < need else {"short"}
            case Op.EACH if step.each is not None and step.join is not None:
                # A field may hold any number of items, none at all too; to a list that stays open some may be added.
                any_number, items, need = bool(step.each.field), len(step.each.items), step.join.need
                enough = all(passing) and (any_number or step.each.until is not None or items >= need)
                closed = set() if enough or (any_number and not need) else {"done"}
                closed |= set() if need and (any_number or (all(passing) and items < need)) else {"short"}
            case Op.GROUP:
                closed = set() if all(passing) else {"done"}
            case Op.REPEAT if step.rounds is not None:
                closed = set() if all(passing) else {"done", "exhausted"}
                closed |= set() if step.rounds.until is not None else {"done"}
            case _:
                closed = set()
        return closed - keep

    def _live(self) -> set[int]:
        """The regions that are entered in some run."""
        live: set[int] = set()
        todo = [0, *(handler.region for handler in self.program.handlers if handler.region >= 0)]
        while todo:
            region = todo.pop()
            live.add(region)
            for index in self.regions[region].before:
                todo += inner_regions(self.program.steps[index])
        return live

    # -- telling -------------------------------------------------------------------------------------------------------

    def path_to(self, index: int) -> tuple[str, ...]:
        """The shortest run from the start to a step, a line for each step on it: ``review: refused → adjust``."""
        lines = [self._line(here, there) for here, there in self._moves_to(index) if there >= 0]
        return (*lines, self.program.steps[index].path)

    def route_to(self, index: int) -> Route:
        """The same run as steps with the ways by which they are left, as in :class:`~sopflow.errors.Finding`."""
        hops = [(self.program.steps[here].path, self._exit(here, there)) for here, there in self._moves_to(index)]
        return (*(_hop(path, exit_) for path, exit_ in hops), (self.program.steps[index].path, ""))

    def _moves_to(self, index: int) -> list[tuple[int, int]]:
        """The steps of that run in pairs; a block, in which it goes on, with -1."""
        moves: list[tuple[int, int]] = []
        here = index
        while True:
            region = self.program.steps[here].region
            before = self.regions[region].before
            while here in before and before[here] != here:
                moves.append((before[here], here))
                here = before[here]
            here = self.program.regions[region].block
            if here < 0:
                return moves[::-1]
            moves.append((here, -1))

    def _exit(self, here: int, there: int) -> str:
        return next((way.exit for way in self.ways[here] if way.target == there), "") if there >= 0 else ""

    def _line(self, here: int, there: int) -> str:
        return f"{self._left_by(here, self._exit(here, there))} → {self.program.steps[there].path}"

    def _left_by(self, index: int, exit_: str) -> str:
        step = self.program.steps[index]
        return exit_ if ": " in exit_ else step.path if exit_ in ("", step.ordinary) else f"{step.path}: {exit_}"

    def told(self, hops: Iterable[Hop]) -> tuple[str, ...]:
        """A run of several tokens, a line for each step that is left: ``review: refused``."""
        return tuple(self._left_by(hop.step, hop.exit) + _because(hop.because) for hop in hops)

    def route(self, hops: Iterable[Hop]) -> Route:
        """The same run as in :class:`~sopflow.errors.Finding`."""
        return tuple(_hop(self.program.steps[hop.step].path, hop.exit) for hop in hops)


def _because(facts: frozenset[tuple[str, object]]) -> str:
    said = [f"{name} = {str(value).lower() if isinstance(value, bool) else value}" for name, value in facts]
    return f" ({', '.join(sorted(said))})" if said else ""


def _hop(path: str, exit_: str) -> tuple[str, str]:
    """A way out of a block that begins at a step inside it is that step's."""
    inner, separator, own = exit_.rpartition(": ")
    return (inner, own) if separator else (path, exit_)
