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

The entry of a step passes stations in order: its condition (``if``), its milestone (``while``), the siblings it
comes after, its time (``opens``), its resources (``holds``), whom it is for (``by`` in cases), its requirements; then
its operation (``_operations.py``). ``Opening.stage`` remembers how far it came, so an opening that had to ask, or to
wait, goes on where it stopped.

A block that goes on while something below it may still finish (``rest: finish``, handlers beside it) is *gone*: it
gives up its place and trails behind until nothing is left below it. Nothing waits for it but the end of the run.

The rules follow the control-flow patterns of van der Aalst and ter Hofstede where those settle a question.
"""

from __future__ import annotations

from collections.abc import Callable

from sopflow.engine import _effects as fx
from sopflow.engine._enabled import path_of
from sopflow.engine._messages import Messages
from sopflow.engine._people import field_of, of_fields, offered_to, roles_for
from sopflow.engine._plan import OPERATION
from sopflow.engine._short import Token, advance
from sopflow.engine._state import ROOT, Mark, Opening, Record
from sopflow.engine._times import undecided
from sopflow.engine._view import choose, missing_of
from sopflow.engine._watch import CLOSED
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.program import DONE, END, After, Op, Program, Step, Target

#: More automatic moves than this in one event is a loop that never waits. A checked program has none.
MOVES = 200_000

#: Where a token hangs: the block's opening, the branch, the item it is about, the mark of the handler it serves.
Place = tuple[int, int, object, Mark | None]


class Rules(Messages):
    """The token game."""

    __slots__ = ()

    def _run(self) -> None:
        todo = self.todo
        while todo:
            move, arguments = todo.pop()
            move(*arguments)

    # -- in -----------------------------------------------------------------------------------------------------------

    def _enter(self, up: int, branch: int, index: int, item: object = None, mark: Mark | None = None) -> None:
        """Put the token of (up, branch) at a step: a new opening, which goes as far as it can."""
        state = self.state
        block = state.open.get(up)
        if block is None or block.kids is None or not state.running:
            return  # left, or ended, while it was starting
        if self.quick and mark is None and self._may_be_short(index):
            token, by = Token(up, branch, item), self.event.by or None
            rest = advance(self.plan, state, token, index, by, self.effects, self.notes, self.paths)
            if rest is None:
                return
            self.quick = not rest.tired
            if rest.target < 0:
                self.todo.append((self._arrive, (rest.up, rest.branch)))
                return
            up, branch, index, item = rest.up, rest.branch, rest.target, rest.item
            block = state.open[up]
        if block.trails:
            self._withdraw_what_trails(block, branch, index)
        number = state.next
        state.next = number + 1
        opening = Opening(number, index, up, branch, state.seq, state.at, block.item if item is None else item, mark)
        state.open[number] = opening
        assert block.kids is not None  # as it has been seen above
        block.kids[branch] = number
        if self.plan.items[index]:
            opening.path = self.paths[number] = path_of(self.program, state, opening)
        state.opened[index] = state.at
        self.moves += 1
        if self.moves > MOVES:
            self._incident(opening, f"more than {MOVES} steps in a row, none of which waits")
            return
        self._proceed(opening)

    def _may_be_short(self, index: int) -> bool:
        """Whether the step is plain, and nobody waits for it to be closed."""
        plan = self.plan
        return plan.ways[index] is not None and not plan.items[index] and CLOSED not in self.state.watch

    def _withdraw_what_trails(self, block: Opening, branch: int, index: int) -> None:
        """A step has one opening at a place: what is left of an earlier visit is withdrawn."""
        for number in sorted((block.kids or {}).values()):
            kid = self.state.open.get(number)
            if kid is not None and kid.phase == "gone" and (kid.was, kid.step) == (branch, index):
                self._withdraw(kid, "entered again")

    def _proceed(self, opening: Opening) -> None:
        """Take an opening through its stations, from where it stopped."""
        step = self.program.steps[opening.step]
        if opening.watched:
            self._unwatch(opening)
        if step.while_ is not None or step.handlers:
            self._watch_what_may_happen(opening, step)
        opening.asked = ()
        opening.phase = "open"
        if opening.pending:
            self._close(opening, opening.pending)
            return
        for station in self.plan.stations[opening.step]:
            if station >= opening.stage:
                opening.stage = station
                if not _ENTRY[station](self, opening, step):
                    return
        opening.stage = OPERATION
        self._operate(opening, step)

    def _operate(self, opening: Opening, step: Step) -> None:
        """Do what the step is for: see ``_operations.py``."""

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
        keeper = self._keeper_of_place(opening)
        settled = all(self._is_settled(opening, after) for after in step.after)
        if settled and opening.rests and keeper is not None and _is_full(self.program, keeper):
            settled = False  # others work in its place
        if settled:
            if opening.rests and keeper is not None:
                keeper.resting -= 1
            opening.rests = False
            return True
        opening.phase = "held"
        self._watch(opening, (CLOSED,))
        if keeper is not None and not opening.rests:  # or what it waits for might never get a place
            opening.rests = True
            keeper.resting += 1
            self._start_next(keeper)
        return False

    def _keeper_of_place(self, opening: Opening) -> Opening | None:
        """The block above that opens so many ``at-once``, where this token is all that is open in its branch."""
        block = self.state.open.get(opening.up)
        while block is not None and block.step >= 0:
            join = self.program.steps[block.step].join
            if join is not None:
                return block if join.at_once else None
            block = self.state.open.get(block.up)
        return None

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
            self._look_from(opening)
            asked = undecided(step.times, self.program, self.state)
            if asked and (step.people.by or of_fields(self.program, step, asked)):
                self._ask(opening, step, asked)
                return False
        if step.times.opens is None:
            return True
        if step.times.due is not None:
            opening.due = self._moment(step.times.due, opening)  # it may open so many days before
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

    def _resources(self, opening: Opening, step: Step) -> bool:
        """What one run at a time may have: asked for all at once, and held until it is granted.

        A step cannot arbitrate between runs: whoever keeps the resources answers with ``Granted``. As all are asked
        for together, and nested ones in one order, no circle of runs can wait for each other (Havender 1968).
        """
        if opening.holding == "granted":
            return True
        if not opening.holding:
            opening.holding = "asked"
            self.effects.append(fx.Acquire(opening.id, step.holds))
        opening.phase = "held"
        return False

    def _people(self, opening: Opening, step: Step) -> bool:
        """Whom it is for, where the data say so: settled when it opens."""
        cases = step.people.by_cases
        if cases is None or opening.roles:
            return True
        view = self._view(opening)
        chosen = choose(cases, view)
        if isinstance(chosen, tuple):
            opening.roles = chosen
            return True
        asked = view.fields_behind(missing_of(cases, view)) if chosen is UNKNOWN else ()
        if asked:
            self._ask(opening, step, asked)
        else:
            self._incident(opening, "no case of ‘by’ holds" + (f": {chosen}" if chosen is not UNKNOWN else ""))
        return False

    def _requirement(self, opening: Opening, step: Step) -> bool:
        for condition in step.requires:
            if self._value(condition, opening) is not True:
                self._incident(opening, f"requires {condition.text}")
                return False
        return True

    def _announce(self, opening: Opening, step: Step) -> None:
        """The step is open to people: offer it, set its timers."""
        self._open_with_times(opening, step)
        if step.op != Op.CALL:
            self.effects.append(fx.Offer(opening.id, step.index, offered_to(step, opening)))
        if step.people.tell:
            self.effects.append(fx.Notify("tell", opening.id, step.index, step.people.tell))

    def _open_block(self, opening: Opening, step: Step) -> None:
        opening.kids = opening.kids or {}  # a handler may have begun while it asked
        self._open_with_times(opening, step)

    def _ask(self, opening: Opening, step: Step, fields: tuple[str, ...]) -> None:
        """Ask for fields that are unknown: the step's people, else those whom the fields name."""
        opening.phase = "asks"
        opening.asked_at = self.state.seq
        opening.asked = tuple(path for path in fields if field_of(self.program, step, path) is not None)
        self._watch(opening, (*fields, *step.time_reads))
        roles = roles_for(step, opening) or of_fields(self.program, step, opening.asked)
        if step.op == Op.CHOOSE:
            self._set_times(opening, step)
        self.effects.append(fx.Ask(opening.id, step.index, opening.asked, roles))
        if not opening.announced:
            self._announce_opening(opening, step)

    # -- out ----------------------------------------------------------------------------------------------------------

    def _close(self, opening: Opening, outcome: str, *, skipped: bool = False) -> None:
        """Close an opening by an outcome, and move its token to the outcome's target."""
        state, step = self.state, self.program.steps[opening.step]
        settings = step.call.set_ if step.call is not None else step.set_
        if settings and not skipped and not opening.written:
            taken = self.taken.pop(opening.id, None)
            view = self._view(opening, taken)
            for path, value in settings:
                if step.run and taken is None and isinstance(value, Expression) and "result" in value.reads:
                    continue  # a person did it: what they handed in stands
                failure = self._assign(opening, path, value, view)
                if failure is not None:
                    opening.pending = outcome
                    self._incident(opening, f"set {path}: {failure}")
                    return
            opening.written = True
        if step.handlers and self._is_being_mended(opening):
            opening.phase, opening.pending = "held", outcome
            return
        target = self._target(opening, step, outcome)
        if target is None:
            return  # it asks where to go, or stands at an incident
        if target != DONE and self._is_late(opening, step, target):
            target = DONE  # it would put two tokens in one region: so the late branch just ends
        place = self._place(opening, step, target)  # before the opening gives it up
        self._let_go(opening, step)
        self.notes.append(fx.Closed(opening.id, step.index, outcome))
        if not skipped:
            last = state.done.get(step.index)
            state.done[step.index] = Record(
                last.times + 1 if last is not None else 1,
                outcome,
                self._actor(opening, step),
                state.at,
                state.seq,
                outcome if step.op == Op.CHOOSE else None,
            )
        self._go(place, target)

    def _actor(self, opening: Opening, step: Step) -> str | None:
        """Who closed the step: whoever sent the event, else for work the step's own role."""
        if self.event.by:
            return self.event.by
        roles = roles_for(step, opening)
        return roles[0] if roles and step.op in (Op.WORK, Op.VOTE) else None

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

    def _is_late(self, opening: Opening, step: Step, target: int) -> bool:
        """Whether the token would leave a block that went on without it. A checked program has no such way."""
        region = self.program.steps[target].region if target >= 0 else -1
        if region == step.region:
            return False
        block = self.state.open.get(opening.up)
        while block is not None:
            if block.phase == "gone":
                return True
            if block.step < 0 or self.program.steps[block.step].region == region:
                return False
            block = self.state.open.get(block.up)
        return False

    def _place(self, opening: Opening, step: Step, target: int) -> Place:
        """Where the token goes on: the opening's own place, or that of the region around it where the target stands."""
        if target < 0:
            return opening.up, opening.branch, opening.item, None
        region = self.program.steps[target].region
        if region == step.region:
            return opening.up, opening.branch, opening.item, opening.mark
        place = self._place_above(opening, region)
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
            self._start_next(block)
            if block.step < 0:
                self._end(self.program.outcomes[0], "ended")
            elif not block.starting:
                self._join(block)

    def _start_next(self, block: Opening) -> None:
        """A place under ``at-once`` is free for the next region that waits for one."""
        if block.starts and not _is_full(self.program, block):
            block.live += 1
            self.todo.append((self._enter, (block.id, *block.starts[0])))
            block.starts = block.starts[1:]

    def _next_in_queue(self, scope: Opening) -> None:
        """A handler of the scope has ended: see ``_handlers.py``."""

    def _let_go(self, opening: Opening, step: Step) -> None:
        """The opening goes on. What is left below it is withdrawn, or may finish; then the opening trails behind."""
        if opening.kids is None or not self._keep_what_may_finish(opening, step):
            self._remove(opening)
            return
        self._free(opening)
        opening.phase = "gone"
        block = self.state.open[opening.up]
        assert block.kids is not None  # what hangs below it is there
        del block.kids[opening.branch]
        opening.was, opening.branch = opening.branch, -opening.id  # its place is free for the next token
        block.kids[opening.branch] = opening.id
        block.trails += 1

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
        """What has arrived may be enough, or nothing more can come."""
        step = self.program.steps[block.step]
        if step.op == Op.REPEAT and step.rounds is not None:
            self._round_over(block, step)
            return
        more = step.each is not None and step.each.until is not None and not block.closed  # items may still come
        all_of_them = step.join is not None and not step.join.need
        if block.got >= block.need and not (more and all_of_them):
            self._close(block, step.ordinary)
        elif block.live == 0 and not more:
            self._close(block, "short" if "short" in step.exits else step.ordinary)

    def _round_over(self, block: Opening, step: Step) -> None:
        """A round of a repeat is over: see ``_operations.py``."""

    # -- back ---------------------------------------------------------------------------------------------------------

    def _withdraw(self, opening: Opening, why: str) -> None:
        """Take an opening and all below it back, bottom-up, children by id."""
        if opening.kids is None:
            self._take_back(opening, why)
            return
        stack, order = [opening], []
        while stack:
            here = stack.pop()
            order.append(here)
            stack += [self.state.open[kid] for kid in sorted((here.kids or {}).values()) if kid in self.state.open]
        for here in reversed(order):
            self._take_back(here, why)

    def _take_back(self, opening: Opening, why: str) -> None:
        step = self.program.steps[opening.step]
        self._bereave(opening, step)
        self._give_up(opening, step)
        self._remove(opening)
        self.effects.append(fx.Withdraw(opening.id, why))
        self.notes.append(fx.Withdrawn(opening.id, opening.step, why))

    def _withdraw_kids(self, opening: Opening, why: str) -> None:
        for kid in sorted((opening.kids or {}).values()):
            if kid in self.state.open:
                self._withdraw(self.state.open[kid], why)

    def _bereave(self, opening: Opening, step: Step) -> None:
        """A scope is withdrawn: its ``cancelled`` handlers run, see ``_handlers.py``."""

    def _give_up(self, opening: Opening, step: Step) -> None:
        """Whoever works on the opening outside is told that it is not wanted any more."""
        if opening.phase == "open" and opening.announced:
            if step.op == Op.CALL:
                self.effects.append(fx.CancelChild(opening.id))
            elif step.run:
                self.effects.append(fx.CancelHandler(opening.id))

    def _remove(self, opening: Opening) -> None:
        state = self.state
        self._free(opening)
        if CLOSED in state.watch:
            self._touch(CLOSED)
        if opening.step >= 0 and self.plan.items[opening.step] and opening.id not in self.paths:
            self.paths[opening.id] = path_of(self.program, state, opening)
        state.open.pop(opening.id, None)
        block = state.open.get(opening.up)
        if block is not None and block.kids is not None and block.kids.get(opening.branch) == opening.id:
            del block.kids[opening.branch]
            block.trails -= opening.phase == "gone"

    def _free(self, opening: Opening) -> None:
        """What the opening has hold of is let go: timers, messages, resources, its place in watch lists."""
        if opening.timers:
            self._clear_timers(opening)
        if opening.watched:
            self._unwatch(opening)
        if opening.awaits:
            opening.awaits = False
            self.effects.append(fx.Unawait(opening.id))
        if opening.holding:
            opening.holding = ""
            self.effects.append(fx.Release(opening.id, self.program.steps[opening.step].holds))
        if opening.queue:
            self._give_back(opening)
        if opening.rests:
            keeper = self._keeper_of_place(opening)
            if keeper is not None:
                keeper.resting -= 1
            opening.rests = False

    def _give_back(self, opening: Opening) -> None:
        """Messages that queued for a handler that will not run any more are kept for others."""
        for number, data in opening.queue or ():
            name = self._handlers_of(opening)[number].message
            if self.program.messages[name].kept:
                self._keep(name, data)
        opening.queue = None

    # -- end ----------------------------------------------------------------------------------------------------------

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
            self._free(root)
            self.todo.clear()  # an ending run opens no handlers
            return
        self._finish(status)

    def _finish(self, status: str) -> None:
        state = self.state
        self._free(state.open.pop(ROOT))
        self.todo.clear()
        self.changed.clear()
        state.timers.clear()
        state.agenda.clear()
        state.mail.clear()
        state.status = status
        self.notes.append(fx.Ended(state.outcome, status))
        self.effects.append(fx.Finish(state.outcome))


def _is_full(program: Program, block: Opening) -> bool:
    """Whether as many regions of the block work as may ``at-once``; those that rest take no place."""
    join = program.steps[block.step].join if block.step >= 0 else None
    return join is not None and 0 < join.at_once <= block.live - block.resting


#: The stations, by their numbers in ``_plan.py``.
_ENTRY: tuple[Callable[[Rules, Opening, Step], bool], ...] = (
    Rules._condition,
    Rules._milestone,
    Rules._siblings,
    Rules._time,
    Rules._resources,
    Rules._people,
    Rules._requirement,
)
