"""What earlier answers leave: the data that are known at each step, on whichever way a token comes to it.

A way out that was taken for a reason tells something of the data, until a step writes them anew. What may change
beside the token's own way (branches, items, handlers, branches that run late) is never counted on. This is a data-flow
analysis with one state for each step (Kildall, "A unified approach to global program optimization", 1973). Knows
programs and their flow, no rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from sopflow.analysis._data import writes
from sopflow.analysis._flow import Flow, inner_regions, targets
from sopflow.analysis._graph import circles
from sopflow.analysis.guards import Claim, Every, Formula, Guards, State, Variable
from sopflow.expr import BOOL, EnumType, Expression, Type
from sopflow.program import DONE, Literal, Op, Program, Row, Step, Target

#: So many times in all a step is looked at; more are needed by nobody, and then nothing is said.
_VISITS = 12
_NOTHING = State()
_NO_FIELDS = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Dead:
    """A guard that could hold, and never does where it stands: ``known`` says why.

    ``exit`` is the way out of a decision (empty for others), ``use`` what the guard is for.
    """

    step: int
    use: str
    exit: str
    guard: str
    known: str
    in_table: bool = False


class Answers:
    """The states of one program: ``before`` holds that of each step which is reached."""

    def __init__(self, program: Program, flow: Flow, guards: Guards) -> None:
        self.program = program
        self.flow = flow
        self.guards = guards
        self.before: dict[int, State] = {}
        self.tracked = self._tracked()
        self.gave_up = False
        if not self.tracked:
            return
        self._inside: dict[int, frozenset[str]] = {}
        for region in flow.order:
            steps = program.regions[region].steps
            own = {path for step in steps for path in written_by(program.steps[step])}
            below = [self._inside[inner] for step in steps for inner in inner_regions(program.steps[step])]
            self._inside[region] = frozenset(own.union(*below))
        self._loose = self._written_late()
        self._beside: dict[int, frozenset[str]] = {0: self._loose}
        self._again = self._come_again()
        self._plain = {step.index for step in program.steps if _is_plain(step)}
        self._todo: list[int] = []
        self._queued: set[int] = set()
        self._run()

    # -- what can be known -------------------------------------------------------------------------------------------

    def _tracked(self) -> frozenset[Variable]:
        """The variables of fields that more than one place says something about."""
        places: Counter[Variable] = Counter()
        reading = self.guards.reading
        for step in self.program.steps:
            used = {variable for formula in self._formulas(step) for variable in formula.used}
            given = {path for path, value in step.set_ if isinstance(value, Literal)}
            given |= {path for path, empty in step.form if not empty}
            used |= {variable for path in given for variable in reading.of_field(path)}
            places.update(used)
        return frozenset(
            variable
            for variable, count in places.items()
            if count > 1 and all(path in self.program.fields for path in variable.reads) and variable.reads
        )

    def _formulas(self, step: Step) -> Iterator[Formula]:
        """All that a step says of the data."""
        question = step.question
        guards = [step.if_, step.while_, *step.requires, *step.ensures, *(option.when for option in step.wait)]
        guards += [] if step.join is None else step.join.guards
        guards += [] if step.rounds is None else [step.rounds.until]
        guards += [] if question is None else [guard for guard, _ in question.cases]
        if question is not None and question.table is not None:
            guards += [test for row in question.table.rows for test in row.tests]
        yield from (self.guards.reading.formula(guard, truth=True) for guard in guards if guard is not None)
        if question is not None and question.about:
            yield from (formula for _, formula in self._ways_about(step))

    def _written_late(self) -> frozenset[str]:
        """The fields that may be written at any time: by handlers beside, and by branches that run on."""
        found: set[str] = set()
        for handler in self.program.handlers:
            if handler.region >= 0:
                found |= self._inside[handler.region]
        for step in self.program.steps:
            for handler in step.handlers:
                if handler.region >= 0:
                    found |= self._inside[handler.region]
            if step.join is not None and step.join.finish:
                found.update(*(self._inside[region] for region in step.regions))
        return frozenset(found)

    def _come_again(self) -> set[int]:
        """The steps that a token may come to more than once."""
        again: set[int] = set()
        if any(handler.instead for handler in self.program.handlers):
            return set(range(len(self.program.steps)))
        for number in reversed(self.flow.order):  # from the outside in
            region = self.program.regions[number]
            block = self.program.steps[region.block] if region.block >= 0 else None
            graph = self.flow.regions[number].graph
            rounds = block is not None and (block.index in again or block.op in (Op.EACH, Op.REPEAT))
            if rounds or (number and (block is None or number not in block.regions)):
                again.update(region.steps)
            else:
                again.update(step for part in circles(graph) for step in part)
        return again

    def _shaky(self, region: int) -> frozenset[str]:
        """The fields that may change while a token stands in ``region``, by what runs beside it."""
        if region not in self._beside:
            block = self.program.regions[region].block
            around = self._shaky(self.program.steps[block].region) if block >= 0 else self._loose
            beside = [] if block < 0 else self._siblings(self.program.steps[block], region)
            self._beside[region] = around.union(*(self._inside[other] for other in beside))
        return self._beside[region]

    def _siblings(self, block: Step, region: int) -> Iterable[int]:
        return block.regions if block.op == Op.EACH else (other for other in block.regions if other != region)

    # -- the way of the tokens ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        left = _VISITS * len(self.program.steps)
        self._come_to(self.program.regions[0].head, _NOTHING)
        for handlers in (self.program.handlers, *(step.handlers for step in self.program.steps)):
            for handler in handlers:  # they may begin at any time, and go anywhere
                heads = [self.program.regions[handler.region].head] if handler.region >= 0 else []
                for target in (*heads, *targets(handler.target)):
                    self._come_to(target, _NOTHING)
        while self._todo:
            left -= 1
            if left < 0:
                self.before, self.gave_up = {}, True
                return
            here = heappop(self._todo)
            self._queued.discard(here)
            self._pass(self.program.steps[here])

    def _come_to(self, target: int, state: State) -> None:
        if target < 0:
            return
        state = state.without(self._shaky(self.program.steps[target].region))
        old = self.before.get(target)
        new = state if old is None else old.joined(state)
        if old is None or not new.same(old):
            self.before[target] = new
            if target not in self._queued:
                self._queued.add(target)
                heappush(self._todo, target)

    def _pass(self, step: Step) -> None:
        for exit_, state in self.after(step):
            if exit_ in step.exits:
                self._leave(step, step.exits[exit_], state)

    def _leave(self, step: Step, target: Target, state: State) -> None:
        for plain in targets(target):
            if plain != DONE:
                self._come_to(plain, state)
                continue
            block = self.program.regions[step.region].block
            host = self.program.steps[block] if block >= 0 else None
            if host is not None and host.op == Op.GROUP and step.region in host.regions:
                self._leave(host, host.exits["done"], self._written(host, state))

    def after(self, step: Step) -> Iterator[tuple[str, State]]:
        """The ways out of a step with the state on each; on the way, what is inside it is come to."""
        entry = self.before[step.index]
        if step.index in self._plain:
            yield from ((exit_, entry) for exit_ in step.exits)
            return
        regions = inner_regions(step)
        inside = frozenset[str]().union(*(self._inside[region] for region in regions)) if regions else _NO_FIELDS
        passed = entry.without(inside)
        around = step.missed or step.ordinary
        state = entry
        if step.if_ is not None and self._in_block_of(step) != Op.FORK:
            yield around, self._knowing(entry, step.if_, truth=False)
            state = self._knowing(state, step.if_)
        if step.while_ is not None:
            yield around, passed
            state = self._knowing(state, step.while_)
        if step.optional:
            yield around, passed
        for handler in step.handlers:
            if handler.instead:
                yield step.ordinary, _NOTHING
        for condition in step.requires:
            state = self._knowing(state, condition)
        if step.op == Op.CHOOSE:
            for exit_, chosen in self._chosen(step, state):
                yield exit_, self._written(step, chosen)
            return
        self._go_inside(step, state, inside)
        state = state.without(inside)
        for region, exit_ in ((region, "done") for region in step.regions if step.op == Op.GROUP):
            if self.flow.regions[region].arrives:
                return  # it is left when its region is, see `_leave`
            yield exit_, _NOTHING
        until = step.rounds.until if step.rounds is not None else None
        for exit_ in step.exits:
            option = next((one.when for one in step.wait if one.exit == exit_), None)
            known = option if option is not None else until if exit_ == "done" else None
            left = state if known is None else self._knowing(state, known)
            yield exit_, self._written(step, left)

    def _in_block_of(self, step: Step) -> Op | None:
        block = self.program.regions[step.region].block
        return self.program.steps[block].op if block >= 0 else None

    def _go_inside(self, step: Step, state: State, inside: frozenset[str]) -> None:
        rounds = step.op in (Op.EACH, Op.REPEAT)
        guards = step.join.guards if step.join is not None and step.join.guards else (None,) * len(step.regions)
        for region, guard in zip(step.regions, guards, strict=True):
            begun = state.without(inside) if rounds else state
            begun = begun if guard is None else self._knowing(begun, guard)
            late = step.join is not None and step.join.finish
            self._come_to(self.program.regions[region].head, _NOTHING if late else begun)

    def _written(self, step: Step, state: State) -> State:
        """The state once a step is done."""
        if not (step.form or step.set_ or step.ensures or step.call or step.question):
            return state
        forms = [self._list_of(step, path) for path, _ in step.form]
        state = state.without(forms)
        for path, empty in step.form:
            if not empty and path in self.program.fields:
                for variable in self._of_field(path):
                    state = state.having(variable, variable.known)
        for condition in step.ensures:
            state = self._knowing(state, condition)
        settings = step.call.set_ if step.call is not None else step.set_
        table = step.question.table if step.question is not None else None
        state = state.without([self._list_of(step, path) for path, _ in settings])
        state = state.without(table.gives if table is not None else ())
        for path, value in step.set_:
            if isinstance(value, Literal) and path in self.program.fields and not self.program.fields[path].merge:
                for variable in self._of_field(path):
                    state = state.having(variable, variable.mask_of(value.value))
        return state

    def _of_field(self, path: str) -> list[Variable]:
        return [variable for variable in self.guards.reading.of_field(path) if variable in self.tracked]

    def _list_of(self, step: Step, path: str) -> str:
        return step.parts[path].list if path in step.parts else path

    def _knowing(self, state: State, guard: Expression, *, truth: bool = True) -> State:
        formula = self.guards.reading.formula(guard, truth=truth)
        return state.knowing(formula, guard.text if truth else f"!({guard.text})", self.tracked)

    # -- decisions ---------------------------------------------------------------------------------------------------

    def _chosen(self, step: Step, state: State) -> Iterator[tuple[str, State]]:
        question = step.question
        if question is None or question.open:
            yield from ((exit_, state) for exit_ in step.exits)
        elif question.about:
            state = self._asked(step, state)
            said = dict(self._ways_about(step))
            for exit_ in step.exits:
                yield exit_, state if exit_ not in said else state.knowing(said[exit_], exit_, self.tracked)
        elif question.table is not None:
            for row in question.table.rows:
                formula = self.guards.formula(_matches(row))
                if state.allows([formula]):
                    yield row.next or "done", state.knowing(formula, "", self.tracked)
        else:
            for guard, exit_ in question.cases:
                if guard is None:
                    yield exit_, state
                else:
                    formula = self.guards.reading.formula(guard, truth=True)
                    if state.allows([formula]):
                        yield exit_, state.knowing(formula, guard.text, self.tracked)
                    state = self._knowing(state, guard, truth=False)

    def _asked(self, step: Step, state: State) -> State:
        """An old answer does not answer a new round."""
        question = step.question
        assert question is not None
        again = question.asks == "every-time" or (question.asks == "new-round" and step.index in self._again)
        return state.without({question.about}) if again else state

    def _ways_about(self, step: Step) -> Iterator[tuple[str, Formula]]:
        """The answers to a question about one field, each with what it says."""
        question = step.question
        if question is None or not question.about or question.about in step.parts:
            return
        of = self._type_of(question.about)
        if of is None:
            return
        for exit_ in step.exits:
            formula = self.guards.reading.answer(question.about, of, exit_)
            if formula is not None:
                yield exit_, formula

    def _type_of(self, path: str) -> Type | None:
        field, derived = self.program.fields.get(path), self.program.derived.get(path)
        if field is not None:
            return BOOL if field.is_ == "bool" else EnumType(field.values) if field.is_ == "enum" else None
        return BOOL if isinstance(derived, Expression) and derived.type == BOOL else None

    # -- what never happens ------------------------------------------------------------------------------------------

    def dead(self) -> Iterator[Dead]:
        """The ways and guards that earlier answers have closed."""
        for index, entry in sorted(self.before.items()):
            step = self.program.steps[index]
            if not (entry.masks or entry.facts):
                continue
            state = entry
            if step.if_ is not None and self._in_block_of(step) != Op.FORK:
                yield from self._closed(step, "if", step.if_, state)
                state = self._knowing(state, step.if_)
            if step.while_ is not None:
                yield from self._closed(step, "while", step.while_, state)
                state = self._knowing(state, step.while_)
            for condition in step.requires:
                yield from self._closed(step, "requires", condition, state)
                state = self._knowing(state, condition)
            if step.join is not None:
                for guard in step.join.guards:
                    if guard is not None:
                        yield from self._closed(step, "branch", guard, state)
            if step.op == Op.CHOOSE:
                yield from self._closed_ways(step, state)

    def _closed(self, step: Step, use: str, guard: Expression, state: State) -> Iterator[Dead]:
        formula = self.guards.reading.formula(guard, truth=True)
        if state.concerns([formula]) and not state.allows([formula]) and _NOTHING.allows([formula]):
            yield Dead(step.index, use, "", guard.text, state.in_words([formula]))

    def _closed_ways(self, step: Step, state: State) -> Iterator[Dead]:
        question = step.question
        assert question is not None
        ways: dict[str, list[tuple[Formula, ...]]] = {}
        if question.about:
            state = self._asked(step, state)
            ways = {exit_: [(formula,)] for exit_, formula in self._ways_about(step)}
        elif question.table is not None:
            for row in question.table.rows:
                ways.setdefault(row.next or "done", []).append((self.guards.formula(_matches(row)),))
        else:
            above: tuple[Formula, ...] = ()
            for guard, exit_ in question.cases:
                own = () if guard is None else (self.guards.reading.formula(guard, truth=True),)
                ways.setdefault(exit_, []).append((*above, *own))
                above += () if guard is None else (self.guards.reading.formula(guard, truth=False),)
        for exit_, lines in ways.items():
            if not state.concerns([part for line in lines for part in line]):
                continue
            if any(state.allows(line) for line in lines) or not any(_NOTHING.allows(line) for line in lines):
                continue
            known = state.in_words([part for line in lines for part in line])
            yield Dead(step.index, "exit", exit_, "", known, question.table is not None)


def written_by(step: Step) -> set[str]:
    """The fields that a step may write; an item's are those of its list."""
    paths = set(writes(step))
    if step.question is not None and step.question.about:
        paths.add(step.question.about)
    return {step.parts[path].list if path in step.parts else path for path in paths}


def _is_plain(step: Step) -> bool:
    """Whether the step neither says nor changes anything."""
    judges = step.if_ or step.while_ or step.optional or step.requires or step.ensures
    return step.op == Op.WORK and not (judges or step.form or step.set_ or step.handlers)


def _matches(row: Row) -> Every:
    return Every(tuple(Claim(test) for test in row.tests if test is not None))


__all__ = ["Answers", "Dead", "written_by"]
