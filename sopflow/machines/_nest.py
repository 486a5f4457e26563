"""A program as machines within machines: each branch of a parallel has one of its own, so states add, not multiply.

A parallel whose branches must all come is cut out of what is around it: there it is one step, whose outcomes are that
all have come (``done``) or that a step inside leads out of it (``leave-0`` …). Each branch is a program of its own
that ends by these. All of them are found by running ``step``, as the flat machine is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sopflow.errors import Problem
from sopflow.machines._explore import START, Flat, Limit, Way, explore
from sopflow.machines._history import History
from sopflow.machines._marking import turned, writes
from sopflow.program import DONE, END, Case, Cases, Op, Program, Step, Target

LEAVE = "leave-"
BEGIN = "@begin"  # a branch that has not begun
_ROOT = 0

#: Where a state stands: the names from the outermost in: ``("p", "legal", "check")``.
Path = tuple[str, ...]


class Unfit(Exception):  # says what is in the way
    """The program is none that can be nested; ``step`` and, in English and Chinese, ``what`` stands in the way."""

    def __init__(self, step: str, english: str, chinese: str) -> None:
        super().__init__(step, english, chinese)
        self.problem = Problem("SOP650", fields={"step": step, "what": english, "what_zh": chinese})
        self.step = step


@dataclass(frozen=True, slots=True)
class Block:
    """A state in which a parallel is open: the region of each branch by its name, and the ways by which it is left."""

    fork: Step
    branches: Mapping[str, int]


@dataclass(slots=True)
class Room:
    """The machine of one region, at its place.

    It stands at ``begin`` before it has begun; ``ends`` are its last states, by outcome. ``blocks`` are those of its
    states that have machines inside.
    """

    path: Path
    flat: Flat
    number: int
    begin: str
    ends: Mapping[str, str]
    blocks: dict[str, Block] = field(default_factory=dict)

    def at(self, state: str) -> Path:
        """The path of one of its states."""
        return (*self.path, state)

    def outcome(self, state: str) -> str:
        """What the end of a branch is: ``done``, ``leave-0`` and so on."""
        return self.ends[state]

    def exits(self, way: Way) -> str:
        """The way by which a block is left, ``done`` or ``leave-0`` …, if the transition is one; else ""."""
        block = self.blocks.get(way.source)
        if block is None or way.trigger.takes != "fields" or way.trigger.of != block.fork.path:
            return ""
        return way.trigger.name.rpartition("__")[2].replace("_", "-")


def nest(program: Program, limit: int) -> list[Room]:
    """The machines of ``program``, the outermost first.

    Raises :class:`Unfit`, :class:`~sopflow.machines._explore.Limit`, and what exploring raises.
    """
    forks = _cut(program)
    _fits(program, forks)
    triggers: dict[str, Hashable] = {}
    known: dict[int, Flat] = {}
    rooms: list[Room] = []
    todo: list[tuple[Path, int]] = [((), _ROOT)]
    left = limit
    while todo:
        path, region = todo.pop()
        begin = BEGIN if path else START
        if region not in known:
            found = explore(_part(program, forks, region), limit, triggers=triggers)
            known[region] = found.with_names({name: _inside(name, path) for name in found.states})
        ends = {state: state.removeprefix("@") for state in known[region].final}
        room = Room(path, known[region], len(rooms), begin, ends)
        rooms.append(room)
        left -= len(room.flat.states)
        if left < 0:
            raise Limit(limit - left, program.regions[region].id or program.name)
        for state, block in _blocks(program, forks, room.flat):
            room.blocks[state] = block
            todo += [((*room.at(state), name), inner) for name, inner in block.branches.items()]
        _stays_together(room)
    return rooms


def _cut(program: Program) -> dict[int, tuple[int, ...]]:
    """The parallels that are cut out, each with the targets by which its inside is left."""
    inside = {region.index: (_under(program, region.index)) for region in program.regions}
    found: dict[int, tuple[int, ...]] = {}
    for step in program.steps:
        join = step.join
        plain = step.op == Op.FORK and join is not None and not (join.need or join.finish or join.at_once)
        if not plain or join is None or any(guard is not None for guard in join.guards) or step.set_:
            continue
        above = _blocks_around(program, step)
        if any(program.steps[block].op in (Op.FORK, Op.EACH) and block not in found for block in above):
            continue  # what is around it counts its branches, and so it must count what they do
        steps = frozenset[int]().union(*(inside[region] for region in step.regions))
        ways = dict.fromkeys(
            target
            for index in sorted(steps)
            for exits in program.steps[index].exits.values()
            for target in _plain(exits)
            if target != DONE and target not in steps
        )
        found[step.index] = tuple(ways)
    return found


def _fits(program: Program, forks: Mapping[int, tuple[int, ...]]) -> None:
    """Raises :class:`Unfit` where branches would have to know of each other, or of what was before them."""
    if not forks:
        raise Unfit(program.name, "it has no parallel whose branches must all come", "没有需要全部分支完成的并行步骤")
    name = next(iter(History.of(program).most), "")
    if name:
        raise Unfit(program.name, f"it reads ‘{name}’", f"它读取“{name}”")
    for scope, handlers in ((program.name, program.handlers), *((step.path, step.handlers) for step in program.steps)):
        if handlers:
            raise Unfit(scope, "handlers (‘on’)", "处理项（on）")
    back = turned(program)
    for index in forks:
        fork = program.steps[index]
        steps = frozenset[int]().union(*(_under(program, region) for region in fork.regions))
        again = _comes_again(back, index)
        _in_order(program, fork, forks[index])
        for step in (program.steps[inner] for inner in sorted(steps)):
            if step.after:
                raise Unfit(
                    step.path, "it comes after steps of other branches (‘after’)", "它排在其他分支的步骤之后（after）"
                )
            question = step.question
            if again and question is not None and question.about and question.asks == "new-round":
                raise Unfit(
                    step.path,
                    f"each round of ‘{fork.id}’ asks it anew (say ‘ask: unknown’)",
                    f"“{fork.id}”的每一轮都会重新询问（可写 ask: unknown）",
                )


def _in_order(program: Program, fork: Step, ways: tuple[int, ...]) -> None:
    """Raises :class:`Unfit` where an event may be heard in two branches, and it matters where first."""
    branches = {program.regions[region].id: sorted(_under(program, region)) for region in fork.regions}
    waiting = [name for name, steps in branches.items() if any(_waits(program.steps[index]) for index in steps)]
    acts = bool(ways) or any(writes(program.steps[index]) for steps in branches.values() for index in steps)
    if len(waiting) > 1 and acts:
        one, other = waiting[:2]
        raise Unfit(
            fork.path,
            f"‘{one}’ and ‘{other}’ both wait for data or messages, and what follows hangs on who hears them first",
            f"“{one}”与“{other}”都在等待数据或消息，后续取决于谁先得到",
        )


def _waits(step: Step) -> bool:
    """Whether data or a message may move a token that stands here."""
    question = step.question
    asks = question is not None and not question.open
    hears = any(option.message or option.when is not None for option in step.wait)
    by_cases = any(isinstance(target, Cases) for target in step.exits.values()) or step.people.by_cases is not None
    guarded = step.if_ is not None or step.while_ is not None or any(guard is not None for guard in _guards(step))
    return asks or hears or by_cases or guarded or bool(step.time_reads) or step.rounds is not None


def _guards(step: Step) -> tuple[object, ...]:
    return step.join.guards if step.join is not None else ()


def _comes_again(back: Mapping[int, set[int]], index: int) -> bool:
    """Whether a run may come to the step again."""
    seen: set[int] = set()
    todo = list(back[index])
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += back[here]
    return index in seen


def _blocks(program: Program, forks: Iterable[int], flat: Flat) -> Iterator[tuple[str, Block]]:
    """The states in which a parallel that was cut out is open: those that its outcomes lead out of."""
    cut = {program.steps[index].path: program.steps[index] for index in forks}
    open_: dict[str, Step] = {}
    for way in flat.ways:
        if way.trigger.takes == "fields" and way.trigger.of in cut:
            open_[way.source] = cut[way.trigger.of]
    for state, fork in open_.items():
        yield state, Block(fork, {program.regions[region].id: region for region in fork.regions})


def _stays_together(room: Room) -> None:
    """Raises :class:`Unfit` where a state with machines inside changes by anything but its outcomes."""
    for way in room.flat.ways:
        block = room.blocks.get(way.source)
        if block is not None and not way.stays and not room.exits(way):
            why = f"‘{way.trigger.name}’ changes what is around it while its branches are open"
            raise Unfit(block.fork.path, why, f"分支进行期间“{way.trigger.name}”会改变其外部状态")


def _part(program: Program, forks: Mapping[int, tuple[int, ...]], region: int) -> Program:
    """The program of one region: parallels in it are steps, and who leads out of it ends it."""
    around = program.regions[region].block
    outside = forks[around] if around >= 0 else ()
    steps = []
    for step in program.steps:
        exits: Mapping[str, Target] = step.exits
        if step.index in forks:
            ways = {f"{LEAVE}{number}": target for number, target in enumerate(forks[step.index])}
            step = replace(step, op=Op.WORK, regions=(), join=None)  # noqa: PLW2901  # it stands for the parallel
            exits = {
                step.ordinary: exits[step.ordinary],
                **ways,
                **({step.missed: exits[step.missed]} if step.missed else {}),
            }
        if around >= 0:
            exits = {name: _ending(target, outside) for name, target in exits.items()}
        steps.append(replace(step, exits=exits))
    if around < 0:
        return replace(program, steps=tuple(steps))
    first = replace(program.regions[region], block=-1)
    regions = tuple(first if part.index in (_ROOT, region) else part for part in program.regions)
    outcomes = ("done", *(f"{LEAVE}{number}" for number in range(len(outside))))
    return replace(program, steps=tuple(steps), regions=regions, outcomes=outcomes)


def _inside(state: str, path: Path) -> str:
    """What a state of a region's machine is called in the whole, where ``/`` parts the names of a path."""
    end = state.removeprefix("ended:")
    if path and state == START:
        return BEGIN
    if path and end != state:
        return end if end == "done" else f"@{end}"
    return state.replace("/", " of ")


def _ending(target: Target, outside: tuple[int, ...]) -> Target:
    """A target out of the region as an end of it."""
    if isinstance(target, Cases):
        cases = [Case(case.when, _ending(case.then, outside)) for case in target.cases if isinstance(case.then, int)]
        return Cases(tuple(cases))
    return END - 1 - outside.index(target) if target in outside else target


def _plain(target: Target) -> list[int]:
    if isinstance(target, Cases):
        return [case.then for case in target.cases if isinstance(case.then, int)]
    return [target]


def _under(program: Program, region: int) -> frozenset[int]:
    """The steps of a region, and all inside them."""
    found: set[int] = set()
    regions = {region}
    for step in program.steps:  # blocks come before what is inside them
        if step.region in regions:
            found.add(step.index)
            regions.update(step.regions)
    return frozenset(found)


def _blocks_around(program: Program, step: Step) -> Iterator[int]:
    block = program.regions[step.region].block
    while block >= 0:
        yield block
        block = program.regions[program.steps[block].region].block


def named(rooms: list[Room], names: Callable[[str], str]) -> list[Room]:
    """The same machines, with other names for their states and branches."""
    made: list[Room] = []
    paths: dict[Path, Path] = {(): ()}
    for room in rooms:  # the outer ones come first
        new = room.flat.renamed(names)
        path = paths[room.path]
        blocks = {}
        for state, block in room.blocks.items():
            branches = {names(name): region for name, region in block.branches.items()}
            blocks[new[state]] = Block(block.fork, branches)
            for name, other in zip(block.branches, branches, strict=True):
                paths[*room.path, state, name] = (*path, new[state], other)
        ends = {new[state]: outcome for state, outcome in room.ends.items()}
        made.append(Room(path, room.flat.with_names(new), room.number, new[room.begin], ends, blocks))
    return made
