"""A run going over to another version: a copy of it is carried over, counted, and goes on there.

Whether it may stands in ``_fitting.py``; only what shows on the way is found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._acts import Acts
from sopflow.engine._carrying import carried_data, carried_records, carried_writes, carry, letter, place_of
from sopflow.engine._fitting import falls, withdrawn
from sopflow.engine._images import RUN, Images, handlers_of
from sopflow.engine._plan import PEOPLE
from sopflow.engine._renewing import WHY, Renewing
from sopflow.engine._state import ROOT, Opening, RunState
from sopflow.engine._turn import Turn
from sopflow.engine._view import View, choose
from sopflow.errors import Problem
from sopflow.expr import UNKNOWN, Failure
from sopflow.program import Each, Handler, Op, Program, Step, Value

T = TypeVar("T")

NOWHERE: Final = -1  # the step of a note about what was withdrawn, where the new version has none

#: Messages that come to an opening: their names, and the fields by which they find it.
Routes = tuple[tuple[str, tuple[tuple[str, Value], ...]], ...]


class Moving(Renewing):
    """One migration: ``state`` is a copy of ``before`` that becomes a run of the new version.

    ``unfit`` is what only shows on the way; while there is any, the copy is of no use. ``lost_mail`` counts the
    messages that nobody can take any more, by name. ``starting`` are the open forks and for-eachs, with the regions
    that are new and start.
    """

    __slots__ = ("lost_mail", "starting", "unfit")

    def __init__(self, images: Images, before: RunState, event: ev.Event) -> None:
        super().__init__(images, before, event)
        self.unfit: list[Problem] = []
        self.lost_mail: dict[str, int] = {}
        self.starting: dict[int, list[int]] = {}

    def move(self) -> None:
        """Carry the copy over. The caller has seen that what is open fits."""
        state, now = self.state, self.event.at
        state.seq += 1
        given_up = self._give_up_what_is_withdrawn()
        self._carry_over()
        self._count_again(given_up)
        if self.unfit:
            return
        if now is not None:
            if state.at is None:
                self._start_clock()
            state.at = now
        if state.status == "suspended":
            self._go_on_suspended(given_up)
        else:
            self._go_on(given_up)
        self._put_in_order()
        self.paths.update(paths_in_items(self, self.before.open))
        self.effects = with_timers(self.effects, self.before, state)

    def _go_on_suspended(self, given_up: Iterable[Opening]) -> None:
        """As of the instant at which the run was suspended: nothing is late meanwhile, and messages are only kept."""
        state = self.state
        clock, mail = state.at, state.mail
        state.at, state.mail = state.suspended_at or self.before.at, {}
        self._go_on(given_up)
        for name, letters in state.mail.items():
            mail.setdefault(name, []).extend(letters)
        state.at, state.mail = clock, mail if state.running else {}

    def _go_on(self, given_up: Iterable[Opening]) -> None:
        """Every token looks around, by id; then those whose step was withdrawn go on; then branches start and join."""
        state = self.state
        self._run()
        for number in sorted(self.before.open):
            if number in state.open and state.running:
                self._renew(state.open[number])
        for was in given_up:
            if was.up in state.open and state.running:
                self._replace(was)
                self._run()
        for number, regions in sorted(self.starting.items()):
            if number in state.open and state.running:
                self._start(state.open[number], regions)
                self._run()
        while self.changed and state.status == "running":
            self._settle()

    # -- over -------------------------------------------------------------------------------------------------------

    def _give_up_what_is_withdrawn(self) -> list[Opening]:
        """Withdraw by the old version's tables; its compensations run where the new one has them, too."""
        found = withdrawn(self.images, self.before)
        leaving = Acts(self.images.old, self.state, self.event)
        for opening in found:
            leaving._withdraw(self.state.open[opening.id], WHY)
        self.effects = leaving.effects
        self.notes, self.paths = withdrawals(leaving.notes, self.images.old, self.before, self.images.steps)
        for _, (above, scope, number) in leaving.todo:  # only compensations wait there
            assert isinstance(scope, int)
            assert isinstance(number, int)
            there = self.images.handler(scope, number)
            if there is not None:
                self.todo.append((self._compensate, (above, self.images.steps[scope], there)))
        return found

    def _carry_over(self) -> None:
        """The copy speaks in the numbers of the new version."""
        state, before, images = self.state, self.before, self.images
        state.program, state.rules = self.program.hash, self.program.rules
        values = carried_data(images, before)
        state.written = carried_writes(images, before)
        state.written.update({path: state.seq for path in values if path not in before.data})
        state.data = View(values)
        state.data.bind(self.program, state)
        state.done, state.opened = carried_records(images, before)
        mail, state.mail = state.mail, {}
        for name, letters in mail.items():
            read = [(came, letter(self.program, name, data)) for came, data in letters]
            state.mail[name] = [(came, data) for came, data in read if data is not None]
            self._count_lost(name, len(letters) - len(state.mail[name]))
        state.mail = {name: letters for name, letters in state.mail.items() if name in self.program.messages}
        for number in sorted(state.open):  # blocks come before what hangs below them
            carry(images, before, state, state.open[number])
            self._carry_messages(state.open[number], before.open[number])
            if number != ROOT and self.program.steps[state.open[number].step].path != self._path_before(number):
                was = place_of(images.old, before, before.open[number])
                self.notes.append(fx.Moved(number, state.open[number].step, was))
        for opening in state.open.values():
            opening.resting = 0
        for opening in state.open.values():
            if opening.step >= 0:
                self._carry_what_data_say(opening, self.program.steps[opening.step])
                self._rest(opening, self.program.steps[opening.step])

    def _count_lost(self, name: str, number: int) -> None:
        if number:
            self.lost_mail[name] = self.lost_mail.get(name, 0) + number

    def _carry_messages(self, opening: Opening, was: Opening) -> None:
        """What was sent here, or is to be sent here: messages that queue for handlers, routes, resources."""
        images, ours = self.images, handlers_of(self.images.old, was.step)
        theirs = handlers_of(images.new, opening.step)
        queue: list[tuple[int, dict[str, object]]] = []
        for number, data in was.queue or ():
            name, there = ours[number].message, images.handler(was.step, number)
            read = letter(self.program, name, data)
            if read is None:
                self._count_lost(name, 1)
            elif there is None or theirs[there].message != name:
                self._keep(name, read)
            else:
                queue.append((there, dict(read)))
        opening.queue = queue if was.queue is not None else None
        old = images.old.steps[was.step] if was.step != RUN else None
        new = images.new.steps[opening.step] if was.step != RUN else None
        if old is not None and new is not None and opening.holding == "asked" and old.holds != new.holds:
            opening.holding = ""  # it asks anew
            self.effects.append(fx.Release(opening.id, old.holds))
        if _routes(old, ours) != _routes(new, theirs):
            self.rerouted.add(opening.id)
            if opening.awaits:
                opening.awaits = False
                self.effects.append(fx.Unawait(opening.id))

    def _carry_what_data_say(self, opening: Opening, step: Step) -> None:
        """The keys of items, and whom a step is for."""
        was = self.images.old.steps[self.before.open[opening.id].step]
        each, before = step.each, was.each
        if each is not None and before is not None and (each.key, each.as_) != (before.key, before.as_):
            self._name_again(opening, each)
        cases = step.people.by_cases
        if cases is None:
            opening.roles = ()
        elif not opening.roles and opening.stage > PEOPLE:
            chosen = choose(cases, self._view(opening))
            if isinstance(chosen, tuple):
                opening.roles = chosen
            else:
                self.unfit.append(Problem("SOP775", fields={"step": was.path}))

    def _rest(self, opening: Opening, step: Step) -> None:
        """One that waits for a sibling has given up its place under ``at-once``, if there still is such a place."""
        keeper = self._keeper_of_place(opening) if opening.rests and step.after else None
        opening.rests = keeper is not None
        if keeper is not None:
            keeper.resting += 1

    def _name_again(self, opening: Opening, each: Each) -> None:
        """The keys of the items that are open or wait; nobody speaks any more of one that is done."""
        kids = [self.state.open[kid] for branch, kid in (opening.kids or {}).items() if branch >= 0]
        items = {**{kid.branch: kid.item for kid in kids}, **{start[0]: start[2] for start in opening.starts}}
        keys = {number: self._key_of(opening, each, item) for number, item in sorted(items.items())}
        named = {number: key for number, key in keys.items() if key is not None}
        opening.keys = named or None
        if each.key is not None and len(set(named.values())) < len(items):
            self.unfit.append(Problem("SOP776", fields={"step": self.program.steps[opening.step].path}))

    # -- counts -------------------------------------------------------------------------------------------------------

    def _count_again(self, given_up: Iterable[Opening]) -> None:
        """Each open fork and for-each counts what the new version lets it hold; its join is looked at last of all."""
        for was in given_up:
            if was.branch >= 0 and was.phase != "gone" and falls(self.images, was):
                self.state.open[was.up].live -= 1
                self.state.open[was.up].started -= 1
        for opening in self.state.open.values():
            step = self.program.steps[opening.step] if opening.step >= 0 else None
            if step is None or step.join is None or opening.phase != "open":
                continue
            opening.started -= len(self.before.open[opening.id].starts) - len(opening.starts)
            opening.starting = True
            self.starting[opening.id] = self._new_branches(opening, step) if step.op == Op.FORK else []
            opening.started += len(self.starting[opening.id])
            opening.need = step.join.need or opening.started
            if opening.need > opening.started and "short" not in step.exits:
                counts = {"step": step.path, "need": opening.need, "started": opening.started}
                self.unfit.append(Problem("SOP773", fields=counts))

    def _new_branches(self, opening: Opening, step: Step) -> list[int]:
        """The branches that the old version did not have and whose condition holds now."""
        assert step.join is not None  # the caller has looked
        was = self.images.old.steps[self.before.open[opening.id].step]
        known = {self.images.regions.get(region) for region in was.regions}
        guards = step.join.guards or (None,) * len(step.regions)
        found: list[int] = []
        for region, guard in zip(step.regions, guards, strict=True):
            held = True if region in known or guard is None else self._value(guard, opening)
            if region not in known and held is True:
                found.append(region)
            elif guard is not None and (held is UNKNOWN or isinstance(held, Failure)):
                branch = self.program.steps[self.program.regions[region].head].path
                fields = ", ".join(self._view(opening).unknown_fields(guard)) or guard.text
                self.unfit.append(Problem("SOP774", fields={"step": branch, "fields": fields}))
        return found

    # -- told ---------------------------------------------------------------------------------------------------------

    def _put_in_order(self) -> None:
        """What is as it was stands where it stood, so that moving to an equal version changes no byte."""
        state, before = self.state, self.before
        for number, was in before.open.items():
            opening = state.open.get(number)
            if opening is not None:
                opening.watched = in_order(was.watched, opening.watched)
                opening.timers = in_order(was.timers, opening.timers)
        state.timers = {key: state.timers[key] for key in in_order(before.timers, state.timers)}
        state.watch = {}
        for opening in state.open.values():
            for path in opening.watched:
                state.watch.setdefault(path, {})[opening.id] = None

    def _path_before(self, number: int) -> str:
        return self.images.old.steps[self.before.open[number].step].path


def withdrawals(
    notes: Iterable[fx.Note], program: Program, state: RunState, images: Mapping[int, int]
) -> tuple[list[fx.Note], dict[int, str]]:
    """What was withdrawn in a run of ``program``, told to one of another version; and the paths that it had."""
    told: list[fx.Note] = []
    paths: dict[int, str] = {}
    for note in notes:
        assert isinstance(note, fx.Withdrawn)  # nothing else happens in a withdrawal
        told.append(fx.Withdrawn(note.opening, images.get(note.step, NOWHERE), note.why))
        paths[note.opening] = place_of(program, state, state.open[note.opening])
    return told, paths


def paths_in_items(turn: Turn, openings: Iterable[int]) -> dict[int, str]:
    """The new paths of what is still open in a for-each."""
    there = (turn.state.open[number] for number in openings if number != ROOT and number in turn.state.open)
    return {one.id: place_of(turn.program, turn.state, one) for one in there if turn.plan.items[one.step]}


def with_timers(effects: Iterable[fx.Effect], before: RunState, after: RunState) -> list[fx.Effect]:
    """The effects, with what became of timers once for each, at the end; a run that is over has none."""
    told: list[fx.Effect] = [effect for effect in effects if not isinstance(effect, fx.SetTimer | fx.ClearTimer)]
    if after.running:
        told += [fx.ClearTimer(*key) for key in before.timers if key not in after.timers]
        told += [fx.SetTimer(*key, due) for key, due in after.timers.items() if before.timers.get(key) != due]
    return told


def in_order(was: Iterable[T], now: Iterable[T]) -> tuple[T, ...]:
    """What is there ``now``: first what was there before, in that order."""
    there = dict.fromkeys(now)
    return tuple(dict.fromkeys((*(thing for thing in was if thing in there), *there)))


def _routes(step: Step | None, handlers: Iterable[Handler]) -> Routes:
    """The messages that come to an opening of the step, or of the run."""
    waits = [(handler.message, handler.match) for handler in handlers if handler.message]
    if step is not None:
        waits += [(option.message, option.match) for option in step.wait if option.message]
        until = step.each.until if step.each is not None else None
        waits += [(until.message, until.match)] if until is not None and until.message else []
    return tuple(waits)
