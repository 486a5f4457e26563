"""Which ways need no event at all: what a token may do in one moment, region by region, from the inside out.

It errs on one side: a way that may need no event counts as one that needs none.
"""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._flow import Flow, targets
from sopflow.calendars import Offset, RefKind, Within
from sopflow.program import DONE, Alternative, Op, Program, Step, Time


class Instant:
    """The instant ways of one program: ``ways`` holds, for each step, the targets to which it may go at once."""

    def __init__(self, program: Program, flow: Flow) -> None:
        self.program = program
        self.flow = flow
        self.ways: list[tuple[int, ...]] = [() for _ in program.steps]
        self._left: dict[int, set[int]] = {}  # of each region: how its token may leave it at once
        self._rewritten = _written_at_once(program)
        for region in flow.order:
            self._walk(region)

    def spins(self, index: int) -> bool:
        """Whether the step is a ``repeat`` without a limit or a pace, whose rounds may take no time."""
        step = self.program.steps[index]
        rounds = step.rounds
        limited = rounds is not None and (rounds.most > 0 or rounds.every is not None)
        return step.op == Op.REPEAT and not limited and self.arrives(step.regions[0])

    def arrives(self, region: int) -> bool:
        """Whether a token of the region may come to its end at once."""
        return DONE in self._left[region]

    def _walk(self, number: int) -> None:
        region, steps = self.program.regions[number], self.program.steps
        for index in region.steps:
            self.ways[index] = tuple(dict.fromkeys(self._ways(steps[index])))
        left: set[int] = set()
        seen = {region.head}
        todo = [region.head]
        while todo:
            for target in self.ways[todo.pop()]:
                if target < 0 or steps[target].region != number:
                    left.add(target)
                elif target not in seen:
                    seen.add(target)
                    todo.append(target)
        self._left[number] = left

    def _ways(self, step: Step) -> Iterator[int]:
        for exit_ in self._exits(step):
            if exit_ in step.exits:
                yield from targets(step.exits[exit_])
        for region in step.regions:
            yield from (target for target in self._left[region] if target != DONE)

    def _exits(self, step: Step) -> set[str]:
        """The exits that may be taken at once."""
        exits = {step.missed or step.ordinary} if step.if_ is not None or step.while_ is not None else set()
        match step.op:
            case Op.CHOOSE:
                return exits if self._asks_anew(step) else exits | set(step.exits)
            case Op.EMIT | Op.STOP:
                return exits | {"done"}
            case Op.WAIT:
                return exits | {option.exit for option in step.wait if not _surely_waits(option)}
            case Op.CALL if step.call is not None:
                exits |= {step.ordinary} if step.call.detached else set()
                return exits | ({"too-deep"} if step.call.most else set())
            case Op.GROUP if self.arrives(step.regions[0]):
                return exits | {"done"}
            case Op.REPEAT if self.arrives(step.regions[0]):
                return exits | {"done", "exhausted"}
            case Op.FORK:
                return exits | self._of_fork(step)
            case Op.EACH if step.each is not None and step.join is not None:
                if step.each.until is not None and not step.join.need and _surely_waits(step.each.until):
                    return exits
                if step.each.field or self.arrives(step.regions[0]):
                    return exits | {"done", "short"}
                return exits
            case _:
                return exits

    def _of_fork(self, step: Step) -> set[str]:
        if step.join is None:
            return set()
        at_once = [self.arrives(region) for region in step.regions]
        guards = step.join.guards or (None,) * len(at_once)
        surely = [arrives for arrives, guard in zip(at_once, guards, strict=True) if guard is None]
        exits = {"short"} if all(surely) and len(surely) < step.join.need else set()
        passes = sum(at_once) >= step.join.need if step.join.need else all(surely)
        return exits | ({"done"} if passes else set())

    def _asks_anew(self, step: Step) -> bool:
        """Whether a decision waits for people, at the latest on its second visit."""
        question = step.question
        if question is None or question.open:
            return True
        if not question.about or question.table is not None:
            return False
        match question.asks:
            case "every-time":
                return True
            case "new-round":
                return question.about not in self._rewritten
            case _:
                return False


def _written_at_once(program: Program) -> set[str]:
    """The fields that steps which need no event may write: an answer to a question without anybody's answering."""
    quick = (Op.CHOOSE, Op.EMIT, Op.GROUP, Op.FORK, Op.EACH, Op.REPEAT, Op.WAIT)
    written = {path for step in program.steps if step.op in quick for path, _ in step.set_}
    tables = [step.question.table for step in program.steps if step.question is not None]
    return written | {path for table in tables if table is not None for path in table.gives}


def _surely_waits(option: Alternative) -> bool:
    """Whether an alternative cannot be there already each time it is waited for.

    Kept messages are taken one by one, so a circle uses them up.
    """
    return bool(option.message) or (option.at is not None and _lies_ahead(option.at))


def _lies_ahead(time: Time) -> bool:
    """Whether a time is counted onward from the opening of the very step that waits."""
    match time:
        case Within(span=span, ref=ref):
            counted_from = ref.kind if ref is not None else RefKind.OPENED
            return counted_from is RefKind.OPENED and isinstance(span.count, int) and span.count > 0
        case Offset(span=span, direction="after", ref=ref):
            return ref.kind is RefKind.OPENED and isinstance(span.count, int) and span.count > 0
        case _:
            return False
