"""A run and all that it calls, in memory: one clock, one journal, and a list of what is still to be done.

What the engine asks for (start this, tell that one, call a handler) is put on a stack and done one after the other, so
no chain of runs that start and end each other, and no handler that leads to the next, is too long. Times are passed in,
never read. A refused input changes nothing, not even the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sopflow.engine import Accepted, Opening, RunState, find_opening, migrate, step
from sopflow.engine import Refused as Refusal
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.errors import Problem, Refused
from sopflow.program import Program
from sopflow.runtime import _names as names
from sopflow.runtime._handlers import Call, Handler, Result, call
from sopflow.runtime._inputs import When, flatten, instant, refused
from sopflow.runtime._journal import NOBODY, Entry, Journal
from sopflow.runtime._node import Node, asks_the_world
from sopflow.runtime._post import for_callers, for_the_family
from sopflow.runtime._resources import Resources
from sopflow.runtime._tell import not_open

if TYPE_CHECKING:
    from sopflow.runtime._run import Run

#: What lets an event happen to a run of a program.
Take = Callable[[Program, RunState, ev.Event], Accepted | Refusal]

#: Calls of handlers for one input, at most: a circle of steps that no person has a part in would never rest.
MOST_CALLS = 10_000


class Family:
    """The run ``top`` and those below it. ``face`` is what handlers are told of it."""

    def __init__(
        self, top: Node, handlers: Mapping[str, Handler], resources: Resources, face: Callable[[], Run]
    ) -> None:
        self.top = top
        self.detached: list[Node] = []  # begun by a call that waits for nothing: they end when they end
        self.past: list[Node] = []
        self.journal = Journal()
        self.handlers = handlers
        self.resources = resources
        self.face = face
        self._clock: datetime | None = None  # not part of the state, which only events change
        self._todo: list[tuple[Callable[..., None], tuple[object, ...]]] = []
        self._calls = 0

    # -- what can be seen ----------------------------------------------------------------------------------------------

    def nodes(self) -> Iterator[Node]:
        """The runs that are not over, the one at the top first (it always)."""
        yield from self.top.down()
        for node in self.detached:
            yield from node.down()

    @property
    def at(self) -> datetime | None:
        """Where the clock stands: at the last event, or where time has been let pass to."""
        if self._clock is not None and (self.top.state.running or self.detached):
            return self._clock
        return self.top.state.at

    def first_timer(self, by: datetime | None = None) -> tuple[Node, datetime, int, str] | None:
        """The timer that is due first, and not after ``by``: (run, due, opening, name)."""
        found: tuple[Node, datetime, int, str] | None = None
        for node in self.nodes():
            state = node.state
            if state.timers and state.status == "running":
                due = state.next_timer()
                if due is not None and (by is None or due[0] <= by) and (found is None or due[0] < found[1]):
                    found = (node, *due)
        return found

    def find(self, name: str) -> tuple[Node, Opening]:
        """The open step that ``name`` means. Raises Refused."""
        top = self.top
        if not (top.children or self.detached):
            found = find_opening(top.program, top.state, name)
            if isinstance(found, Opening):
                return top, found
        several = names.open_at(self.nodes(), name)
        if isinstance(several, tuple):
            return several
        raise refused("not-open", several or not_open(self, name))

    # -- time ----------------------------------------------------------------------------------------------------------

    def act(self, at: When, act: Callable[[datetime | None], None]) -> None:
        """Let time pass until ``at``, then act; a refusal leaves everything as it was."""
        now = self.at
        when = instant(at, self.top.program) if at is not None else now
        if when is not None and now is not None and when < now:
            raise refused("clock", Problem("SOP712", fields={"at": when.isoformat(), "now": now.isoformat()}))
        before = self._save() if when is not None and self.first_timer(when) is not None else None
        self._calls = 0
        try:
            self._pass(when)
            act(when)
            if self._todo:
                self._work()
        except BaseException:
            if before is not None:
                before()
            raise
        self._clock = when
        if self.resources._waiting:
            self.resources._give()

    def granted(self, node: Node, number: int, at: datetime | None) -> None:
        """The opening's turn for its resources has come, on the clock of another run perhaps."""
        now = self.at
        when = now if now is None or at is None else max(now, at)
        self._pass(when)
        opening = node.state.open.get(number)
        if opening is not None and opening.holding == "asked" and node.state.status == "running":
            self._feed(node, ev.Granted(opening=number, at=when))
            self._work()
        self._clock = when

    def _pass(self, when: datetime | None) -> None:
        """Let every timer fire that is due by ``when``."""
        if self._todo:  # left by an input that was broken off from outside
            self._work()
        while when is not None and (first := self.first_timer(when)) is not None:
            self._fire(*first)
            self._work()

    def _fire(self, node: Node, due: datetime, number: int, name: str) -> None:
        late = node.state.at is not None and node.state.at > due  # set when it was past already
        self._feed(node, ev.TimerFired(opening=number, name=name, at=node.state.at if late else due))

    # -- events --------------------------------------------------------------------------------------------------------

    def begin(self, data: Mapping[str, object], at: datetime | None) -> None:
        """The run at the top begins. Raises Refused for data that do not fit."""
        self._start(self.top, data, at, depth=0)
        self._work()
        self.resources._give()

    def _start(self, node: Node, data: Mapping[str, object], at: datetime | None, *, depth: int) -> None:
        self._feed(node, ev.Started(program=node.program.hash, data=flatten(node.program, data), depth=depth, at=at))

    def happen(self, node: Node, event: ev.Event) -> None:
        """Something happens to a run. Raises Refused, and then nothing has."""
        self._feed(node, event)

    def happen_to_all(self, event: ev.Event) -> None:
        """It happens to the run and to all below it."""
        below = list(self.nodes())[1:]
        self._feed(self.top, event)
        self._todo += [(self._follow, (node, event)) for node in reversed(below)]

    def receive(self, event: ev.MessageCame) -> None:
        """A message from outside: to the innermost run that waits for it (a signal: to all), else it is kept."""
        first, *others = for_the_family(self.top, self.detached, event)
        mark = len(self._todo)
        self._feed(first, event)
        self._todo[mark:mark] = [(self._follow, (node, event)) for node in reversed(others)]

    def go_over(self, program: Program, event: ev.Migrated, *, before: RunState | None = None) -> None:
        """The run at the top goes over to another version; ``before``: back to how it was. Raises Refused."""
        node = self.top

        def take(old: Program, state: RunState, event: ev.Event) -> Accepted | Refusal:
            assert isinstance(event, ev.Migrated)  # as it is given below
            outcome = migrate(old, program, state, event, before=before)
            if isinstance(outcome, Accepted):
                node.versions |= {old.hash: old, program.hash: program}
                node.program = program
            return outcome

        self._feed(node, event, take)

    def _feed(self, node: Node, event: ev.Event, take: Take = step) -> None:
        """Let the event happen, note it, and put on the stack what it asks for. Raises Refused."""
        state, program = node.state, node.program
        named = getattr(event, "opening", None)
        opening = state.open.get(named) if named else None
        concerned = opening.step if opening is not None else None
        outcome = take(program, state, event)
        program = node.program  # perhaps another version
        if isinstance(outcome, Refusal):
            raise refused(outcome.code, outcome.problem)
        node.events.append(event)
        if outcome.paths:
            node.paths.update(outcome.paths)
        if type(event) in (ev.Reassigned, ev.TimerFired):
            node.handed |= _handed_over(event, outcome)
        handed = _opened_again(node, outcome) if node.handed else NOBODY
        self.journal.note(Entry(node, program, event, outcome, event.at or state.at, concerned, handed))
        if node.above is not None and node.over:
            self._todo.append((self._ended, (node,)))
        if asks_the_world(program):
            self._todo += [(self._perform, (node, effect, outcome)) for effect in reversed(outcome.effects)]

    def _follow(self, node: Node, event: ev.Event) -> None:
        """An event that follows from another: what is due by then comes first, and who is gone does not hear of it."""
        if self._something_is_due(node, event.at):
            self._todo.insert(-1, (self._follow, (node, event)))
            return
        status, number = node.state.status, getattr(event, "opening", None)
        if (status == "running" or (status == "suspended" and isinstance(event, _EVEN_THEN))) and (
            number is None or number in node.state.open
        ):
            self._feed(node, event)

    def _something_is_due(self, node: Node, at: datetime | None) -> bool:
        """Whether a timer of the run must fire before it hears of anything else; it does so next."""
        state = node.state
        first = state.next_timer() if state.timers and state.status == "running" else None
        if first is None or at is None or first[0] > at:
            return False
        self._todo.append((self._fire, (node, *first)))
        return True

    def _work(self) -> None:
        """Do what is still to be done."""
        todo = self._todo
        while todo:
            do, arguments = todo.pop()
            do(*arguments)

    def _perform(self, node: Node, effect: fx.Effect, outcome: Accepted) -> None:
        match effect:
            case fx.StartChild(opening=number):
                self._start_child(node, number, effect, outcome)
            case fx.CancelChild(opening=number):
                child = node.children.get(number)
                if child is not None and not child.over:
                    self._feed(child, ev.Cancelled(at=node.state.at, why="withdrawn by the caller"))
            case fx.Emit(name=name, data=data):
                event = ev.MessageCame(name=name, data=data, at=node.state.at)
                self._todo += [(self._follow, (taker, event)) for taker in for_callers(node, event)]
            case fx.CallHandler(opening=number, name=name, attempt=attempt):
                opening = node.state.open.get(number)
                if name in self.handlers and opening is not None and opening.tries == attempt:
                    self._call(node, opening, effect)
            case fx.Acquire(opening=number, resources=wanted):
                opening = node.state.open.get(number)
                if opening is not None and opening.holding == "asked":
                    self.resources._ask(self, (node, number), wanted, inside=_holds_something(node, opening))
            case fx.Release(opening=number):
                self.resources._give_back((node, number))

    # -- calls ---------------------------------------------------------------------------------------------------------

    def _start_child(self, node: Node, number: int, effect: fx.StartChild, outcome: Accepted) -> None:
        called = node.program.steps[effect.step]
        assert called.call is not None  # only a call starts a child
        if not called.call.detached and number not in node.state.open:
            return  # withdrawn by what was done before this
        child = Node.called(node, number, called, outcome.paths.get(number) or node.paths.get(number) or called.path)
        if called.call.detached:
            self.detached.append(child)
        else:
            node.children[number] = child
        self._start(child, effect.data, node.state.at, depth=effect.depth)

    def _ended(self, child: Node) -> None:
        """A run that was called is over: the call hears of it, if it still waits."""
        node = child.above
        assert node is not None  # it was called
        self.past.append(child)
        if child in self.detached:
            self.detached.remove(child)
            return
        if node.children.get(child.call) is child:
            del node.children[child.call]
            state = child.state
            event = ev.ChildEnded(opening=child.call, outcome=state.outcome, data=dict(state.data), at=state.at)
            self._follow(node, event)

    # -- handlers and resources ----------------------------------------------------------------------------------------

    def _call(self, node: Node, opening: Opening, effect: fx.CallHandler) -> None:
        """Let the registered handler do the step."""
        self._calls += 1
        result: Result | str = f"called more than {MOST_CALLS} times in a row"
        if self._calls <= MOST_CALLS:
            told = Call(effect.name, effect.input, effect.attempt, node.path(opening), self.face())
            result = call(self.handlers[effect.name], told)
        self._todo.append((self._answered, (node, opening.id, effect.attempt, result)))

    def _answered(self, node: Node, number: int, attempt: int, result: Result | str) -> None:
        """The handler has done the step, or the attempt has failed; also where what it gave back does not fit."""
        at = node.state.at
        if self._something_is_due(node, at):
            self._todo.insert(-1, (self._answered, (node, number, attempt, result)))
            return
        opening = node.state.open.get(number)
        if opening is None or opening.tries != attempt or node.state.status != "running":
            return
        error = result if isinstance(result, str) else ""
        if isinstance(result, Result):
            try:
                data = node.flat(opening, result.data)
                given = ev.StepDone(
                    opening=number, outcome=result.outcome, data=data, result=dict(result.result), at=at
                )
                self._feed(node, given)
            except Refused as refusal:
                error = refusal.finding.text()
        if error:
            self._feed(node, ev.HandlerFailed(opening=number, attempt=attempt, error=error, at=at))

    # -- going back, and going on elsewhere ----------------------------------------------------------------------------

    def copy(self, face: Callable[[], Run]) -> Family:
        """One that stands where this one stands and goes on by itself. No handler is called in it."""
        twins = {node: node.copy() for node in [*self.nodes(), *self.past]}
        for node, twin in twins.items():
            twin.above = twins[node.above] if node.above is not None else None
            twin.children = {number: twins[child] for number, child in node.children.items()}
        copy = Family(twins[self.top], {}, Resources(), face)
        copy.resources = self.resources._copy(self, twins, copy)
        copy.detached, copy.past = [twins[node] for node in self.detached], [twins[node] for node in self.past]
        copy.journal, copy._clock = self.journal.copy(), self._clock
        return copy

    def _save(self) -> Callable[[], None]:
        """What brings everything back to where it stands now; also other runs that wait for the same resources."""
        others = [family for family in self.resources._families() if family is not self]
        back = [family._save_own() for family in (self, *others)]
        resources, saved = self.resources, self.resources._save()

        def restore() -> None:
            for one in back:
                one()
            resources._load(saved)

        return restore

    def _save_own(self) -> Callable[[], None]:
        kept = [
            (
                (node, node.state.copy(), node.program, dict(node.children), len(node.events)),
                (dict(node.paths), dict(node.handed)),
            )
            for node in self.nodes()
        ]
        detached, past, lines, clock = list(self.detached), len(self.past), len(self.journal), self._clock

        def restore() -> None:
            for (node, state, program, children, events), (paths, handed) in kept:
                node.state, node.program, node.children = state, program, children
                node.paths, node.handed = paths, handed
                del node.events[events:]
            self.detached, self._clock = detached, clock
            del self.past[past:]
            self.journal.cut(lines)
            self._todo.clear()

        return restore


#: What a run that stands still hears of.
_EVEN_THEN = (ev.MessageCame, ev.Cancelled, ev.Resumed)


def _handed_over(event: ev.Event, outcome: Accepted) -> dict[int, str]:
    """The openings that somebody else got, by hand or because they were late, and who."""
    if isinstance(event, ev.Reassigned):
        return {event.opening: event.to}
    return {note.opening: note.to for note in outcome.notes if isinstance(note, fx.Escalated) and note.handed_over}


def _opened_again(node: Node, outcome: Accepted) -> dict[int, str]:
    """Of the steps that were handed over, those that have opened now, and to whom they are."""
    opened = (note.opening for note in outcome.notes if isinstance(note, fx.Opened))
    return {number: node.handed[number] for number in opened if number in node.handed}


def _holds_something(node: Node, opening: Opening) -> bool:
    """Whether the opening stands inside one that has resources, here or in a run that called this one."""
    here: Opening | None = opening
    for run in node.up():
        while here is not None and here.step >= 0:
            if here.holding == "granted":
                return True
            here = run.state.open.get(here.up)
        here = run.above.state.open.get(run.call) if run.above is not None else None
    return False
