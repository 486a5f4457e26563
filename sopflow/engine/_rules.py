"""The rules: where tokens go. All of them, and only here.

Theory of operation
===================

A run is a tree of *openings*. An opening is one visit of one step. A step that holds regions (the run itself, a
group, a fork, a for-each, a repeat) is a *block*; each region of an open block has one token, and the token is the
opening that hangs under the block at that branch. So a join never searches: it counts what arrives at its own
opening, and two rounds of a loop cannot mix because each round is another opening.

An event is handled in three acts.

1. **Check** (``_acts.py``). Is the run running, is the clock right, is the opening open, may this person do it,
   do the data fit? Whatever is wrong is answered with a refusal, and nothing has changed.
2. **Move** (here). The event closes an opening by an outcome. The outcome's target says where the token goes: to a
   step of the same region (*go on*), to the end of the region (*arrive*), to a step of an enclosing region
   (*leave*, which withdraws the blocks between), or to an end of the run. What opens next may need no event at all
   (a decision whose data are known, a fork); then the token moves on at once. Moves stand on an explicit stack, so no
   chain of steps is too long, and a fork puts all its branches there before its join is looked at.
3. **Settle** (``_waking.py``). Openings that wait for data which this event wrote are looked at again, by id, until
   nothing moves.

The entry of a step passes stations in order: its condition (``if``), its milestone (``while``), its time
(``opens``), its requirements, then its operation. ``Opening.stage`` remembers how far it came, so an opening that
had to ask, or to wait, goes on where it stopped.

The rules follow the control-flow patterns of van der Aalst and ter Hofstede where those settle a question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sopflow.engine import _effects as fx
from sopflow.engine._enabled import path_of
from sopflow.engine._people import of_fields
from sopflow.engine._state import ROOT, Mark, Opening, Record
from sopflow.engine._times import undecided
from sopflow.engine._turn import Turn
from sopflow.engine._view import choose, evaluate, missing_of
from sopflow.errors import Problem
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.program import DONE, END, After, Alternative, Op, Row, Step, Table, Target

#: More automatic moves than this in one event is a loop that never waits. A checked program has none.
MOVES = 200_000

#: Where a token hangs: the block's opening, the branch, the item it is about, the mark of the handler it serves.
Place = tuple[int, int, object, Mark | None]

# Stations of an entry, in order; the last is the operation itself.
CONDITION, MILESTONE, SIBLINGS, TIME, REQUIREMENT, OPERATION = range(6)

#: In the watch list: something was closed. Steps that come ``after`` others wait for that.
CLOSED = ":closed"


class Rules(Turn):
    """The token game."""

    __slots__ = ()

    def _run(self) -> None:
        todo = self.todo
        while todo:
            move, arguments = todo.pop()
            move(*arguments)

    def _enter(self, up: int, branch: int, index: int, item: object = None, mark: Mark | None = None) -> None:
        """Put the token of (up, branch) at a step: a new opening, which goes as far as it can."""
        state = self.state
        block = state.open.get(up)
        if block is None or block.kids is None or not state.running:
            return  # left, or ended, while it was starting
        self.moves += 1
        opening = Opening(
            state.next,
            index,
            up,
            branch,
            born=state.seq,
            since=state.at,
            item=item if item is not None else block.item,
            mark=mark,
        )
        state.next += 1
        state.open[opening.id] = opening
        block.kids[branch] = opening.id
        if self.program.has_locals:
            self.paths[opening.id] = path_of(self.program, state, opening)
        state.opened[index] = state.at
        if self.moves > MOVES:
            self._incident(opening, f"more than {MOVES} steps in a row, none of which waits")
            return
        self._proceed(opening)

    def _proceed(self, opening: Opening) -> None:
        """Take an opening through its stations, from where it stopped."""
        step = self.program.steps[opening.step]
        self._unwatch(opening)
        if step.while_ is not None or step.handlers:
            self._watch_conditions(opening, step)
        opening.asked = ()
        opening.phase = "open"
        if opening.pending:
            self._close(opening, opening.pending)
            return
        while opening.stage < OPERATION:
            if not _STATIONS[opening.stage](self, opening, step):
                return
            opening.stage += 1
        _OPERATIONS[step.op](self, opening, step)

    def _condition(self, opening: Opening, step: Step) -> bool:
        return step.if_ is None or self._holds(opening, step, step.if_)

    def _milestone(self, opening: Opening, step: Step) -> bool:
        return step.while_ is None or self._holds(opening, step, step.while_)

    def _holds(self, opening: Opening, step: Step, guard: Expression) -> bool:
        """Whether the guard holds; where it does not, the step is passed over; unknown, it asks."""
        match self._value(guard, opening):
            case True:
                return True
            case False:
                self.notes.append(fx.PassedOver(opening.id, step.index, guard.text))
                self._close(opening, step.missed or step.ordinary, skipped=True)
            case Failure() as failure:
                self._incident(opening, f"{guard.text}: {failure}")
            case _:
                self._ask(opening, step, self._view(opening).unknown_fields(guard))
        return False

    def _siblings(self, opening: Opening, step: Step) -> bool:
        """The steps of sibling branches that it comes after must be settled."""
        if all(self._is_settled(opening, after) for after in step.after):
            return True
        opening.phase = "held"
        self._watch(opening, (CLOSED,))
        return False

    def _is_settled(self, opening: Opening, after: After) -> bool:
        """Whether that step was closed on this visit of the fork, or can no longer be reached in it."""
        fork: Opening | None = opening
        while fork is not None and fork.step != after.fork:
            fork = self.state.open.get(fork.up)
        if fork is None or (after.branch not in (fork.kids or {}) and not fork.starting):
            return fork is None or all(start[0] != after.branch for start in fork.starts)
        record = self.state.done.get(after.step)
        if record is not None and record.seq >= fork.born:
            return True
        region = self.program.steps[after.step].region
        inside = (other for other in self.state.open.values() if other.step >= 0 and other.id > fork.id)
        return any(
            self.program.steps[other.step].region == region and other.step not in after.reach for other in inside
        )

    def _time(self, opening: Opening, step: Step) -> bool:
        """Which of its times count must be known; then the step is held until it opens."""
        if step.time_reads:
            asked = undecided(step.times, self.program, self.state)
            if asked and (step.people.by or of_fields(self.program, asked)):
                self._ask(opening, step, asked)
                return False
        if step.times.opens is None:
            return True
        moment = self._moment(step.times.opens, opening)
        now = self.state.at
        if moment is None or now is None:
            return True  # an unset time holds nobody
        at = moment.opens_at(self.program.zone)
        if at <= now:
            return True
        opening.phase = "held"
        self._watch(opening, step.time_reads)
        self._set_timer(opening, "opens", at)
        self.notes.append(fx.Held(opening.id, step.index, at))
        return False

    def _requirement(self, opening: Opening, step: Step) -> bool:
        for condition in step.requires:
            if self._value(condition, opening) is not True:
                self._incident(opening, f"requires {condition.text}")
                return False
        return True

    def _work(self, opening: Opening, step: Step) -> None:
        self._announce(opening, step)
        if step.run:
            view = self._view(opening)
            given = {name: evaluate(value, view) for name, value in step.with_}
            self.effects.append(fx.CallHandler(opening.id, step.run, given))

    def _choose(self, opening: Opening, step: Step) -> None:
        question = step.question
        if question is None or question.open:
            self._announce(opening, step)
            return
        if question.about:
            self._choose_by_field(opening, step, question.about)
            return
        if question.table is not None:
            self._choose_by_table(opening, step, question.table)
            return
        inputs: dict[str, object] = {}
        for guard, exit_ in question.cases:
            held = True if guard is None else self._value(guard, opening)
            if guard is not None:
                inputs.update({path: self.state.data[path] for path in guard.reads if path in self.state.data})
            if held is True:
                self._choose_exit(opening, exit_, inputs, guard.text if guard is not None else "else")
                return
            if guard is not None and isinstance(held, Failure):
                self._incident(opening, f"{guard.text}: {held}")
                return
            if guard is not None and held is UNKNOWN:
                self._ask(opening, step, self._view(opening).unknown_fields(guard))
                return
        self._incident(opening, "no case holds")

    def _choose_by_field(self, opening: Opening, step: Step, path: str) -> None:
        state = self.state
        answered = opening.round > 0
        last = state.done.get(step.index)
        asks = step.question.asks if step.question else "new-round"
        # An old answer must not answer a new round: it counts only if the field was written since.
        stale = last is not None and asks == "new-round" and state.written.get(path, 0) <= last.seq
        value = self._value_of(path, opening)
        # Only a field can be asked again; what is derived or set for good is as it is.
        again = path in self.program.fields and path not in self.program.parameters
        if value is UNKNOWN or (again and not answered and (stale or asks == "every-time")):
            opening.stage = OPERATION
            self._ask(opening, step, self._view(opening).fields_behind((path,)))
            return
        exit_ = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        if exit_ not in step.exits:
            exit_ = "else"
        if exit_ not in step.exits:
            self._incident(opening, f"no way out for {path} = {value}")
            return
        self._choose_exit(opening, exit_, {path: value}, f"{path} = {exit_}")

    def _choose_by_table(self, opening: Opening, step: Step, table: Table) -> None:
        """The rows that match give their values; which of them count is the table's hit policy (DMN 1.5, 8.2.8)."""
        hits: list[Row] = []
        asked: dict[str, None] = {}
        for row in table.rows:
            match = self._matches_row(opening, row, asked)
            if isinstance(match, Failure):
                self._incident(opening, f"table: {match}")
                return
            if match is True:
                hits.append(row)
            # An unknown row might have matched: it counts before the next where order counts, and always in a list.
            if table.hit == "first" and (hits or asked):
                break
        if asked and (not hits or table.hit == "collect"):
            self._ask(opening, step, tuple(asked))
            return
        if not hits:
            self._incident(opening, "no row of the table matches")
            return
        self._give(opening, table, hits)
        inputs = {
            path: self.state.data[path] for column in table.columns for path in column.reads if path in self.state.data
        }
        self._choose_exit(opening, hits[0].next or "done", inputs, f"row {table.rows.index(hits[0]) + 1}")

    def _matches_row(self, opening: Opening, row: Row, asked: dict[str, None]) -> object:
        """Whether every test of the row holds; where that is unknown, ``asked`` gets the fields it hangs on."""
        unknown: list[Expression] = []
        for test in row.tests:
            held = True if test is None else self._value(test, opening)
            if held is False or isinstance(held, Failure):
                return held
            if held is UNKNOWN and test is not None:
                unknown.append(test)
        for test in unknown:
            asked.update(dict.fromkeys(self._view(opening).unknown_fields(test)))
        return UNKNOWN if unknown else True

    def _give(self, opening: Opening, table: Table, hits: list[Row]) -> None:
        view = self._view(opening)
        for number, path in enumerate(table.gives):
            if table.hit == "collect":
                self._write(path, [evaluate(row.gives[number], view) for row in hits])
            else:
                self._assign(opening, path, hits[0].gives[number], view)

    def _choose_exit(self, opening: Opening, exit_: str, inputs: Mapping[str, object], rule: str) -> None:
        self.notes.append(fx.Judged(opening.id, opening.step, inputs, rule, exit_))
        self._close(opening, exit_)

    def _fork(self, opening: Opening, step: Step) -> None:
        join, regions = step.join, step.regions
        assert join is not None  # the compiler gives every FORK a join
        guards = join.guards or (None,) * len(regions)
        held = [True if guard is None else self._value(guard, opening) for guard in guards]
        asked: dict[str, None] = {}
        for guard, value in zip(guards, held, strict=True):
            if guard is not None and isinstance(value, Failure):
                self._incident(opening, f"{guard.text}: {value}")
                return
            if guard is not None and value is UNKNOWN:
                asked.update(dict.fromkeys(self._view(opening).unknown_fields(guard)))
        if asked:
            self._ask(opening, step, tuple(asked))
            return
        starts = [region for region, value in zip(regions, held, strict=True) if value is True]
        self._begin(
            opening, step, [(region, self.program.regions[region].head, None) for region in starts], need=join.need
        )

    def _each(self, opening: Opening, step: Step) -> None:
        each, join = step.each, step.join
        assert each is not None  # the compiler gives every EACH its list and its join
        assert join is not None
        items = self._value_of(each.field, opening) if each.field else each.items
        if items is UNKNOWN:
            self._ask(opening, step, (each.field,))
            return
        assert isinstance(items, list | tuple)  # the field is a list by its type
        head = self.program.regions[step.regions[0]].head
        self._begin(opening, step, [(number, head, item) for number, item in enumerate(items)], need=join.need)

    def _begin(self, opening: Opening, step: Step, starts: list[tuple[int, int, object]], *, need: int) -> None:
        """Start the regions of a block, in order; the join is looked at when all have started."""
        self._open_block(opening, step)
        opening.started = len(starts)
        opening.need = need or len(starts)
        opening.starting = True
        at_once = step.join.at_once if step.join is not None and step.join.at_once else len(starts)
        opening.starts = tuple(starts[at_once:])
        opening.live = len(starts) - len(opening.starts)
        self.todo.append((self._started_all, (opening.id,)))
        self.todo += [(self._enter, (opening.id, *start)) for start in reversed(starts[:at_once])]

    def _started_all(self, number: int) -> None:
        block = self.state.open.get(number)
        if block is not None:
            block.starting = False
            self._join(block)

    def _group(self, opening: Opening, step: Step) -> None:
        self._open_block(opening, step)
        opening.live = opening.started = opening.need = 1
        self.todo.append((self._enter, (opening.id, 0, self.program.regions[step.regions[0]].head)))

    def _repeat(self, opening: Opening, step: Step) -> None:
        if opening.got:  # it asked whether the round that is over was the last
            self._watch(opening, step.time_reads)
            self._round_over(opening, step)
            return
        self._open_block(opening, step)
        self._next_round(opening, step)

    def _next_round(self, opening: Opening, step: Step) -> None:
        opening.round += 1
        opening.live = opening.started = opening.need = 1
        opening.got = 0
        self.todo.append((self._enter, (opening.id, 0, self.program.regions[step.regions[0]].head)))

    def _call(self, opening: Opening, step: Step) -> None:
        call = step.call
        assert call is not None  # the compiler gives every CALL its call
        if call.most and self.state.depth >= call.most:
            self._close(opening, "too-deep")
            return
        view = self._view(opening)
        data: dict[str, object] = {}
        for path, value in call.with_:
            given = evaluate(value, view)
            if isinstance(given, Failure):
                self._incident(opening, f"with {path}: {given}")
                return
            if given is not UNKNOWN:
                data[path] = call.program.fields[path].read(given, call.program.zone)
        for path, field in call.program.fields.items():
            problem = data.get(path)
            if path in call.program.parameters and data.get(path, field.default) is None:
                problem = Problem("SOP726", fields={"name": path})
            if isinstance(problem, Problem):  # the child would refuse to start
                self._incident(opening, f"with {path}: {problem}")
                return
        self._announce(opening, step)
        self.effects.append(fx.StartChild(opening.id, step.index, data, self.state.depth + 1))
        if call.detached:
            self._close(opening, step.ordinary)

    def _wait(self, opening: Opening, step: Step) -> None:
        """Take the first alternative that is there already, else wait for all of them."""
        opening.phase = "held"
        for alternative in sorted(step.wait, key=lambda one: one.at is not None):  # what is there beats what is due
            if self._is_there(opening, alternative):
                self._close(opening, alternative.exit)
                return
        self._watch(opening, step.time_reads)
        if not opening.announced:  # it is nobody's work, but it may be late and have handlers like any step
            opening.announced, opening.since = True, self.state.at
            self._set_times(opening, step)
            if step.handlers:
                self._arm(opening)
            self._say_if_late(opening, step)
        for number, alternative in enumerate(step.wait):
            if alternative.at is None:
                continue
            moment = self._moment(alternative.at, opening)
            if moment is not None:
                at = moment.opens_at(self.program.zone)
                self._set_timer(opening, f"wait-{number}", at)
                self.notes.append(fx.Held(opening.id, step.index, at))

    def _is_there(self, opening: Opening, alternative: Alternative) -> bool:
        if alternative.when is not None:
            self._watch(opening, self._reads(alternative.when))
            return self._value(alternative.when, opening) is True
        if alternative.message:
            kept = self.state.mail.get(alternative.message, [])
            for number, data in enumerate(kept):
                if self._matches(opening, alternative, data):
                    self._consume(opening, kept.pop(number))
                    return True
            return False
        moment = self._moment(alternative.at, opening) if alternative.at is not None else None
        return moment is not None and self.state.at is not None and moment.opens_at(self.program.zone) <= self.state.at

    def _emit(self, opening: Opening, step: Step) -> None:
        view, fields = self._view(opening), self.program.messages[step.emit].fields
        data: dict[str, object] = {}
        for name, value in step.with_:
            given = evaluate(value, view)
            if given is not UNKNOWN and not isinstance(given, Failure):
                given = fields[name].read(given, self.program.zone)
            if isinstance(given, Failure | Problem):
                self._incident(opening, f"with {name}: {given}")
                return
            if given is not UNKNOWN:
                data[name] = given
        self.effects.append(fx.Emit(step.emit, data))
        self._close(opening, step.ordinary)

    def _stop(self, opening: Opening, step: Step) -> None:
        self._close(opening, step.ordinary)

    def _announce(self, opening: Opening, step: Step) -> None:
        """The step is open to people: offer it, set its timers."""
        self._open_with_times(opening, step)
        if step.op != Op.CALL:
            self.effects.append(fx.Offer(opening.id, step.index, step.people.by))
        if step.people.tell:
            self.effects.append(fx.Notify("tell", opening.id, step.index, step.people.tell))

    def _open_block(self, opening: Opening, step: Step) -> None:
        opening.kids = opening.kids or {}  # a handler may have begun while it asked
        self._open_with_times(opening, step)

    def _ask(self, opening: Opening, step: Step, fields: tuple[str, ...]) -> None:
        """Ask for fields that are unknown: the step's people, else those whom the fields name."""
        opening.phase = "asks"
        opening.asked = tuple(path for path in fields if path in self.program.fields)
        self._watch(opening, (*fields, *step.time_reads))
        roles = step.people.by or of_fields(self.program, opening.asked)
        if step.op == Op.CHOOSE:
            self._set_times(opening, step)
        self.effects.append(fx.Ask(opening.id, step.index, opening.asked, roles))
        if not opening.announced:
            self._announce_opening(opening, step)

    def _close(self, opening: Opening, outcome: str, *, skipped: bool = False) -> None:
        """Close an opening by an outcome, and move its token to the outcome's target."""
        state, step = self.state, self.program.steps[opening.step]
        if not skipped and not opening.pending:
            view = self._view(opening, self.taken.pop(opening.id, None))
            for path, value in step.call.set_ if step.call is not None else step.set_:
                failure = self._assign(opening, path, value, view)
                if failure is not None:
                    self._incident(opening, f"set {path}: {failure}")
                    return
        if step.handlers and self._is_being_mended(opening):
            opening.phase, opening.pending = "held", outcome
            return
        target = self._target(opening, step, outcome)
        if target is None:
            return  # it asks where to go, or stands at an incident
        place = self._place(opening, target)  # before the opening gives it up
        self._let_go(opening, step)
        self.notes.append(fx.Closed(opening.id, step.index, outcome))
        last = state.done.get(step.index)
        actor = self.event.by or (step.people.by[0] if step.people.by and step.op in (Op.WORK, Op.VOTE) else None)
        if not skipped:
            state.done[step.index] = Record(
                last.times + 1 if last else 1,
                outcome,
                actor,
                state.at,
                state.seq,
                outcome if step.op == Op.CHOOSE else None,
            )
        self._go(place, target)

    def _target(self, opening: Opening, step: Step, outcome: str) -> int | None:
        target: Target = step.exits.get(outcome, DONE)
        if target == DONE and opening.mark is not None and opening.mark.instead and opening.mark.scope >= 0:
            # It stands in its scope's place, so its end is the scope's.
            scope = self.program.steps[opening.mark.scope]
            target = scope.exits.get(scope.ordinary, DONE)
        if isinstance(target, int):
            return target
        view = self._view(opening)
        found = choose(target, view)
        if isinstance(found, int):
            return found
        asked = view.fields_behind(missing_of(target, view)) if found is UNKNOWN else ()
        if asked:
            opening.pending = outcome
            self._ask(opening, step, asked)
        else:
            self._incident(opening, "no case of ‘next’ holds" + (f": {found}" if found is not UNKNOWN else ""))
        return None

    def _place(self, opening: Opening, target: int) -> Place:
        """Where the token goes on: the opening's own place, or that of the region around it where the target stands."""
        if target < 0:
            return opening.up, opening.branch, opening.item, None
        place = self._place_above(opening, self.program.steps[target].region)
        assert place is not None  # the compiler lets a step go only to its own or an enclosing region
        return place

    def _go(self, place: Place, target: int) -> None:
        if target >= 0:
            self._leave(*place, target)
        elif target == DONE:
            self.todo.append((self._arrive, place[:2]))
        else:
            self._end_by(target)

    def _end_by(self, target: int) -> None:
        self._end(self.program.outcomes[END - target], "ended")

    def _place_above(self, opening: Opening, region: int) -> Place | None:
        """Where the token of ``region`` hangs, seen from an opening in or below it: (block, branch, item, mark)."""
        here: Opening | None = opening
        while here is not None and here.step >= 0:
            own = self.program.steps[here.step].region
            if own == region:
                return here.up, here.branch, here.item, here.mark
            if here.mark is not None and here.mark.region == region:
                return here.up, here.branch, here.item, None
            here = self.state.open.get(here.up)
        return None

    def _leave(self, up: int, branch: int, item: object, mark: Mark | None, target: int) -> None:
        """Go to a step of the region at (up, branch); whatever still hangs there is withdrawn."""
        block = self.state.open.get(up)
        if block is not None and block.kids is not None and branch in block.kids:
            there = self.state.open.get(block.kids[branch])
            if there is not None:
                self._withdraw(there, "left")
        self.todo.append((self._enter, (up, branch, target, item, mark)))

    def _arrive(self, up: int, branch: int) -> None:
        """The token of (up, branch) has come to the end of its region."""
        block = self.state.open.get(up)
        if block is None or not self.state.running:
            return
        if block.kids is not None:
            block.kids.pop(branch, None)
        if block.phase == "gone":
            self._drop_if_empty(block)
        elif branch < 0:
            self._next_in_queue(block)
        else:
            block.live -= 1
            block.got += 1
            if block.starts:  # its place is free for the next
                block.live += 1
                self.todo.append((self._enter, (block.id, *block.starts[0])))
                block.starts = block.starts[1:]
            if block.step < 0:
                self._end(self.program.outcomes[0], "ended")
            elif not block.starting:
                self._join(block)

    def _next_in_queue(self, scope: Opening) -> None:
        """A handler of the scope has ended: see ``_handlers.py``."""

    def _let_go(self, opening: Opening, step: Step) -> None:
        """The opening goes on. What is left below it is withdrawn, or may finish; then the opening trails behind."""
        if not self._keep_what_may_finish(opening, step):
            self._remove(opening)
            return
        opening.phase = "gone"
        self._give_back(opening)
        self._clear_timers(opening)
        self._unwatch(opening)
        block = self.state.open[opening.up]
        assert block.kids is not None  # what hangs below it is there
        del block.kids[opening.branch]
        opening.branch = -opening.id  # its place is free for the next token; none has that number
        block.kids[opening.branch] = opening.id

    def _keep_what_may_finish(self, opening: Opening, step: Step | None) -> bool:
        """Withdraw all below an opening but what may finish; whether anything is left."""
        left = False
        for number in sorted((opening.kids or {}).values()):
            kid = self.state.open.get(number)
            if kid is None:
                continue
            if kid.phase == "gone":
                may_finish = True
            elif kid.mark is not None and not kid.mark.instead:
                may_finish = (
                    self._handlers_of(opening)[kid.mark.number].finish if kid.mark.scope == opening.step else True
                )
            else:
                may_finish = step is not None and step.join is not None and step.join.finish
            if may_finish:
                left = True
            else:
                self._withdraw(kid, "the block went on")
        return left

    def _give_back(self, opening: Opening) -> None:
        """Messages that queued for a handler that will not run any more are kept for others."""
        for number, data in opening.queue or ():
            name = self._handlers_of(opening)[number].message
            if self.program.messages[name].kept:
                self.state.mail.setdefault(name, []).append(data)
        opening.queue = None

    def _drop_if_empty(self, block: Opening) -> None:
        """A trailing block is dropped when nothing below it is left; the run may have waited for that."""
        here: Opening | None = block
        while here is not None and here.phase == "gone" and not here.kids:
            above = self.state.open.get(here.up)
            if here.step < 0:
                self._finish("ended")
                return
            self._remove(here)
            here = above

    def _join(self, block: Opening) -> None:
        step = self.program.steps[block.step]
        if step.op == Op.REPEAT and step.rounds is not None:
            self._round_over(block, step)
        elif block.got >= block.need:
            self._close(block, step.ordinary)
        elif block.live == 0 and not block.starting:
            self._close(block, "short" if "short" in step.exits else step.ordinary)

    def _round_over(self, block: Opening, step: Step) -> None:
        rounds = step.rounds
        assert rounds is not None  # only a REPEAT comes here
        over = self._value(rounds.until, block) if rounds.until is not None else False
        if isinstance(over, Failure):
            self._incident(block, f"until: {over}")
        elif over is True:
            self._close(block, step.ordinary)
        elif over is UNKNOWN and rounds.until is not None:
            self._ask(block, step, self._view(block).unknown_fields(rounds.until))
        elif rounds.most and block.round >= rounds.most:
            self._close(block, "exhausted")
        else:
            self._next_round(block, step)

    def _withdraw(self, opening: Opening, why: str) -> None:
        """Take an opening and all below it back, bottom-up, children by id."""
        stack, order = [opening], []
        while stack:
            here = stack.pop()
            order.append(here)
            stack += [self.state.open[kid] for kid in sorted((here.kids or {}).values()) if kid in self.state.open]
        for here in reversed(order):
            self._remove(here)
            step = self.program.steps[here.step]
            if step.op == Op.CALL:
                self.effects.append(fx.CancelChild(here.id))
            self.effects.append(fx.Withdraw(here.id, why))
            self.notes.append(fx.Withdrawn(here.id, here.step, why))

    def _withdraw_kids(self, opening: Opening, why: str) -> None:
        for kid in sorted((opening.kids or {}).values()):
            if kid in self.state.open:
                self._withdraw(self.state.open[kid], why)

    def _remove(self, opening: Opening) -> None:
        state = self.state
        self._clear_timers(opening)
        self._unwatch(opening)
        self._give_back(opening)
        if CLOSED in state.watch:
            self.changed[CLOSED] = None
        if self.program.has_locals and opening.step >= 0 and opening.id not in self.paths:
            self.paths[opening.id] = path_of(self.program, state, opening)
        state.open.pop(opening.id, None)
        block = state.open.get(opening.up)
        if block is not None and block.kids is not None and block.kids.get(opening.branch) == opening.id:
            del block.kids[opening.branch]

    def _end(self, outcome: str, status: str) -> None:
        """The run ends: what is open is withdrawn, but what hangs on the run itself and may finish does so first."""
        state = self.state
        root = state.open[ROOT]
        if root.phase != "gone":  # the first end wins
            state.outcome = outcome
        self.todo.clear()
        if status == "cancelled":
            self._withdraw_kids(root, "the run was cancelled")
        elif self._keep_what_may_finish(root, None):
            root.phase = "gone"
            self._clear_timers(root)
            self._unwatch(root)
            return
        self._finish(status)

    def _finish(self, status: str) -> None:
        state = self.state
        self._unwatch(state.open.pop(ROOT))
        self.todo.clear()
        self.changed.clear()
        state.timers.clear()
        state.mail.clear()
        state.status = status
        self.notes.append(fx.Ended(state.outcome, status))
        self.effects.append(fx.Finish(state.outcome))

    def _matches(self, opening: Opening, alternative: Alternative, data: Mapping[str, object]) -> bool:
        view = self._view(opening)
        return all(data.get(field) == evaluate(value, view) for field, value in alternative.match)

    def _consume(self, opening: Opening, data: Mapping[str, object]) -> None:
        """The message's fields can be read while the wait closes."""
        self.taken[opening.id] = {f"message.{name}": value for name, value in data.items()}


_STATIONS = (Rules._condition, Rules._milestone, Rules._siblings, Rules._time, Rules._requirement)

_OPERATIONS: dict[Op, Callable[[Rules, Opening, Step], None]] = {
    Op.WORK: Rules._work,
    Op.VOTE: Rules._work,
    Op.CHOOSE: Rules._choose,
    Op.FORK: Rules._fork,
    Op.EACH: Rules._each,
    Op.GROUP: Rules._group,
    Op.REPEAT: Rules._repeat,
    Op.CALL: Rules._call,
    Op.WAIT: Rules._wait,
    Op.EMIT: Rules._emit,
    Op.STOP: Rules._stop,
}
