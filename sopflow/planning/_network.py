"""An SOP unrolled into a network of acts without circles: the flow of its blocks, with loops counted.

An *act* is the doing of a step, or the beginning or the end of a block, of a region or of the whole. It begins when one
of those before it has ended (ways that join again), or all of them (parallel parts). Ways back are cut, each loop laid
out as often as it is assumed to go round. Knows programs and what is known of the data; works out no dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sopflow.engine import RunState
from sopflow.errors import Finding, UsageError
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.planning._acts import MOST_ACTS, Act, Frame, Network
from sopflow.planning._loops import cut, leading_to, unroll
from sopflow.planning._loops import order as in_order
from sopflow.program import END, Cases, Extreme, Handler, Literal, Op, Program, Question, Step, Target, Value

_DEPTH = 8  # of calls inside calls; deeper ones take no time
_BLOCKS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT})


def network_of(program: Program, state: RunState, rounds: Mapping[str, int], default: int) -> Network:
    """The network of ``program``, whose run knows ``state``; ``rounds`` by a step's path, else ``default``.

    Raises UsageError where it grows too large.
    """
    for decide in (True, False):  # an answer that leads back for ever says nothing of the round after
        weaver = _Weaver(program, state, rounds, default, decide=decide)
        made = weaver.made()
        if made is not None:
            return made
    raise UsageError(Finding("SOP869", fields={"name": program.name}))


class _Weaver:
    """Makes one network."""

    def __init__(
        self, program: Program, state: RunState, rounds: Mapping[str, int], default: int, *, decide: bool
    ) -> None:
        self.rounds, self.default, self.decide = rounds, default, decide
        self.acts: list[Act] = []
        self.frames: list[Frame] = []
        self.entry: dict[tuple[int, int], int] = {}  # (frame, step) → its first act
        self.exit: dict[tuple[int, int], int] = {}
        self.begins: dict[tuple[int, int], int] = {}  # (frame, region) → the act
        self.ends: dict[tuple[int, int], int] = {}
        self.doubtful: set[tuple[int, int]] = set()  # regions that need not start
        self.items: dict[tuple[int, int], int] = {}
        self.missing: dict[str, None] = {}
        self.turns: dict[int, int] = {}  # the first act of a loop → how often it goes round
        self._frame(Frame(program, state))

    def made(self) -> Network | None:
        """The network, or None where its end cannot be reached."""
        number = 0
        while number < len(self.frames):  # grows while it is walked: a step that calls adds a frame
            self._weave(number, self.frames[number])
            number += 1
        last = self.ends[0, 0]
        first = self.begins[0, 0]
        back = cut(self.acts, first)
        live = leading_to(self.acts, [last])
        if first not in live:
            return None
        doubled = unroll(self.acts, back, self._turns)
        numbers = {id(frame): number for number, frame in enumerate(self.frames)}
        order = in_order(self.acts, first)
        live = leading_to(self.acts, [last])
        return Network(
            self.acts,
            order,
            last,
            self.frames,
            self._steps(order, live),
            self._sure(order, live),
            {(numbers[frame], step): times for (frame, step), times in doubled.items()},
            self.items,
            self.missing,
            live,
            {self.acts[index].opener: index for index in order if self.acts[index].part == "close"},
        )

    # -- acts and edges ----------------------------------------------------------------------------------------------

    def _act(self, part: str, frame: Frame, step: int) -> Act:
        if len(self.acts) >= MOST_ACTS:
            raise UsageError(Finding("SOP868", fields={"most": MOST_ACTS}))
        act = Act(len(self.acts), part, frame, step)
        self.acts.append(act)
        return act

    def _edge(self, a: int, b: int) -> None:
        self.acts[a].behind.append(b)
        self.acts[b].before.append(a)

    def _frame(self, frame: Frame) -> int:
        number = len(self.frames)
        self.frames.append(frame)
        for region in frame.program.regions:
            self.begins[number, region.index] = self._act("begin", frame, region.block).index
            self.ends[number, region.index] = self._act("end", frame, region.block).index
        for step in frame.program.steps:
            block = step.op in _BLOCKS or step.call is not None
            opener = self._act("open" if block else "step", frame, step.index)
            self.entry[number, step.index] = self.exit[number, step.index] = opener.index
            if block:
                closer = self._act("close", frame, step.index)
                closer.opener = opener.index
                self.exit[number, step.index] = closer.index
        return number

    def _weave(self, number: int, frame: Frame) -> None:
        """All edges of one program."""
        for region in frame.program.regions:
            begin, end = self.begins[number, region.index], self.ends[number, region.index]
            self._edge(begin, self.entry[number, region.head] if region.head >= 0 else end)
        for step in frame.program.steps:
            opener, closer = self.acts[self.entry[number, step.index]], self.acts[self.exit[number, step.index]]
            opener.also = [self.exit[number, one.step] for one in step.after]
            for earlier in opener.also:
                self.acts[earlier].behind.append(opener.index)
            guard = self._holds(step.if_, frame)
            if guard is False:
                self._edge_on(number, frame, step, (step.missed or step.ordinary,))
                continue
            closer.skippable = opener.skippable = guard is None or step.optional is not False or step.while_ is not None
            self._inside(number, frame, step, opener, closer)
            self._edge_on(number, frame, step, self._outcomes(step, frame))
            for handler in step.handlers:
                self._handler(number, frame, step, handler)
        for handler in frame.program.handlers:
            self._handler(number, frame, None, handler)

    def _edge_on(self, number: int, frame: Frame, step: Step, outcomes: Iterable[str]) -> None:
        """The ways out of a step, from its last act (of one that is passed over, from its first)."""
        source = self.exit[number, step.index]
        if self.entry[number, step.index] != source and not self.acts[source].before:
            self._edge(self.entry[number, step.index], source)
        to: dict[int, None] = {}
        for outcome in outcomes:
            for target in self._targets(step.exits.get(outcome, -1), frame):
                if target >= 0:
                    to[self.entry[number, target]] = None
                else:
                    to[self.ends[number, step.region if target > END else 0]] = None
        for target in to:
            self._edge(source, target)

    def _inside(self, number: int, frame: Frame, step: Step, opener: Act, closer: Act) -> None:
        """What a block holds, or a call."""
        match step.op:
            case Op.CALL if step.call is not None and not step.call.detached and frame.depth < _DEPTH:
                state = _child(step.call.program, step.call.with_, frame)
                called = self._frame(
                    Frame(step.call.program, state, self._path(frame, step) + "/", frame, step.index, frame.depth + 1)
                )
                self._edge(opener.index, self.begins[called, 0])
                self._edge(self.ends[called, 0], closer.index)
            case Op.FORK | Op.EACH | Op.GROUP | Op.REPEAT:
                closer.all = True
                guards = step.join.guards if step.join is not None and step.op is Op.FORK else ()
                started = 0
                for place, region in enumerate(step.regions):
                    holds = self._holds(guards[place], frame) if place < len(guards) else True
                    count = self._items(number, step, frame) if step.op is Op.EACH else 1
                    if holds is False or count == 0:
                        continue
                    started += 1
                    if holds is None or count is None:
                        self.doubtful.add((number, region))
                    begin = self.begins[number, region]
                    self._edge(opener.index, begin)
                    self._edge(self.ends[number, region], closer.index)
                    self._rounds_of(number, step, frame, region, count or 1)
                if step.join is not None and step.op is Op.FORK and 0 < step.join.need < started:
                    closer.need = step.join.need
            case Op.WAIT:
                times = tuple(one.at for one in step.wait if one.at is not None)
                opener.at = Extreme(latest=False, times=times) if times else None  # it ends with the first of them
            case _:
                pass

    def _items(self, number: int, step: Step, frame: Frame) -> int | None:
        """How many items a for-each has; None: not known."""
        assert step.each is not None
        items = step.each.items or frame.state.data.get(step.each.field)
        if isinstance(items, (list, tuple)):
            self.items[number, step.index] = len(items)
            return len(items)
        self.missing[step.each.field] = None
        return None

    def _rounds_of(self, number: int, step: Step, frame: Frame, region: int, items: int) -> None:
        """A repeat goes round; so do the items of a for-each that takes only some at once."""
        begin, end = self.begins[number, region], self.ends[number, region]
        if step.rounds is not None:
            said = self.rounds.get(self._path(frame, step), self.default)
            most = step.rounds.most
            # Without a condition it goes round as often as is written.
            turns = most if most and step.rounds.until is None else min(said, most) if most else said
            self.acts[begin].pace = step.rounds.every if turns > 1 else None
            self.turns[begin] = turns
            self._edge(end, begin)
        elif step.join is not None and step.join.at_once and step.op is Op.EACH:
            self.turns[begin] = -(-items // step.join.at_once)
            self._edge(end, begin)

    def _handler(self, number: int, frame: Frame, step: Step | None, handler: Handler) -> None:
        """A handler whose time is known: beside its scope, or (``instead``) as another way out of it."""
        if handler.at is None or self._holds(handler.if_, frame) is False:
            return
        scope = self.entry[number, step.index] if step is not None else self.begins[number, 0]
        began = self._act("begin", frame, step.index if step is not None else -1)
        began.at = handler.at
        self._edge(scope, began.index)
        if handler.region >= 0:
            self.doubtful.add((number, handler.region))
            self._edge(began.index, self.begins[number, handler.region])
        if not handler.instead:
            return
        source = self.ends[number, handler.region] if handler.region >= 0 else began.index
        for target in self._targets(handler.target, frame):
            if target >= 0:
                self._edge(source, self.entry[number, target])
            elif step is not None:
                self._edge(source, self.ends[number, step.region if target > END else 0])

    def _path(self, frame: Frame, step: Step) -> str:
        return frame.prefix + step.path

    # -- what is known -----------------------------------------------------------------------------------------------

    def _holds(self, guard: Expression | None, frame: Frame) -> bool | None:
        """Whether a guard holds; None: not known."""
        if guard is None:
            return True
        held = guard.evaluate(frame.state.data)
        if isinstance(held, bool):
            return held
        self.missing.update(dict.fromkeys(frame.state.data.unknown_fields(guard)))
        return None

    def _outcomes(self, step: Step, frame: Frame) -> tuple[str, ...]:
        """The outcomes that the data leave."""
        if step.question is not None and not step.question.open:
            known = self._answer(step.question, frame) if self.decide else None
            if known in step.exits:
                return (str(known),)
        return tuple(step.exits)

    def _answer(self, question: Question, frame: Frame) -> str:
        """The way out that the data say; "" if they do not."""
        if question.about:
            value = frame.state.data.get(question.about)
            if value is None:
                self.missing[question.about] = None
            return ("yes" if value else "no") if isinstance(value, bool) else str(value or "")
        for guard, exit_ in question.cases:
            held = self._holds(guard, frame)
            if held is not False:
                return exit_ if held else ""
        for row in question.table.rows if question.table is not None else ():
            tests = [self._holds(test, frame) for test in row.tests if test is not None]
            if all(tests):
                return row.next
            if False not in tests:
                return ""
        return ""

    def _targets(self, target: Target, frame: Frame) -> list[int]:
        """Where a target may lead."""
        if not isinstance(target, Cases):
            return [target]
        found: dict[int, None] = {}
        for case in target.cases:
            held = self._holds(case.when, frame)
            if held is not False and isinstance(case.then, int):
                found[case.then] = None
            if held:
                break
        return list(found)

    def _turns(self, head: int, body: list[int]) -> int:
        """How often a loop goes round: as its block says, else as is assumed for one of its steps, else for all."""
        if head in self.turns:
            return self.turns[head]
        acts = [self.acts[index] for index in body if self.acts[index].step >= 0]
        paths = [self._path(act.frame, act.frame.program.steps[act.step]) for act in acts]
        return next((self.rounds[path] for path in paths if path in self.rounds), self.default)

    # -- what comes out ----------------------------------------------------------------------------------------------

    def _steps(self, order: list[int], live: set[int]) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """The acts of each step that is reached, one pair a round; one that leads nowhere if there is no other."""
        numbers = {id(frame): number for number, frame in enumerate(self.frames)}
        pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
        closers = {self.acts[index].opener: index for index in order if self.acts[index].part == "close"}
        for index in order:
            act = self.acts[index]
            step = act.frame.program.steps[act.step] if act.step >= 0 else None
            if act.part in ("step", "open") and step is not None and self._holds(step.if_, act.frame) is not False:
                last = index if act.part == "step" else closers.get(index, index)
                pairs.setdefault((numbers[id(act.frame)], act.step), []).append((index, last))
        return {key: [pair for pair in found if pair[0] in live] or found[:1] for key, found in sorted(pairs.items())}

    def _sure(self, order: list[int], live: set[int]) -> set[tuple[int, int]]:
        """The steps that every way through the SOP passes.

        Within a region, in order: a step that no way leaps over. What leads nowhere but back is not counted as a way.
        """
        place = {index: at for at, index in enumerate(order)}
        numbers = {id(frame): number for number, frame in enumerate(self.frames)}
        reach: dict[tuple[int, int], int] = {}  # (frame, step) → the furthest place that a way from it leads to
        never = len(order)
        for index in order:
            act = self.acts[index]
            if index not in live or act.step < 0 or act.part not in ("step", "close"):
                continue
            number = numbers[id(act.frame)]
            for onward in act.behind:
                if onward in live and index not in self.acts[onward].also:
                    self._reaches(number, act, onward, place, reach, never)
        sure: set[tuple[int, int]] = set()
        for number, frame in enumerate(self.frames):
            above = number == 0 or (numbers[id(frame.up)], frame.call) in sure
            for region in frame.program.regions:
                around = (number, region.block) in sure if region.block >= 0 else above and region.index == 0
                if not around or (number, region.index) in self.doubtful:
                    continue
                steps = [one for one in region.steps if self.entry[number, one] in place]
                furthest = -1
                for one in sorted(steps, key=lambda one: place[self.entry[number, one]]):
                    at = self.entry[number, one]
                    if at in live and furthest <= place[at] and not self.acts[at].skippable:
                        sure.add((number, one))
                    if at in live:
                        furthest = max(furthest, reach.get((number, one), -1))
        return sure

    def _reaches(
        self,
        number: int,
        act: Act,
        onward: int,
        place: Mapping[int, int],
        reach: dict[tuple[int, int], int],
        never: int,
    ) -> None:
        """Note how far the way from ``act`` leads: in the region of its target, and out of every one in between."""
        program = act.frame.program
        target = self.acts[onward]
        here = act.step
        while here >= 0:
            region = program.steps[here].region
            inside = target.part in ("step", "open") and program.steps[target.step].region == region
            far = place[onward] if inside else never
            reach[number, here] = max(reach.get((number, here), -1), far)
            if inside or onward == self.ends[number, region]:
                return
            here = program.regions[region].block


def _child(program: Program, with_: tuple[tuple[str, Value], ...], frame: Frame) -> RunState:
    """What a called SOP knows: what it is given, as far as that is known."""
    state = RunState.of(program)
    state.started_at = state.at = frame.state.started_at
    state.data.update({path: one.default for path, one in program.fields.items() if one.default is not None})
    for name, value in with_:
        match value:
            case Literal(known):
                given = known
            case Expression():
                given = value.evaluate(frame.state.data)
            case _:
                continue
        if name in program.fields and given is not None and given is not UNKNOWN and not isinstance(given, Failure):
            state.data[name] = given
    return state
