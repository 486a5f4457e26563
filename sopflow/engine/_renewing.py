"""Tokens looking around in another version of their definition: what waits, what is due, what begins.

Numbers have been carried over (``_moving.py``); where tokens go stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._acts import Acts
from sopflow.engine._carrying import branch_of, item_of, mark_of
from sopflow.engine._enabled import roles_of
from sopflow.engine._fitting import falls, onward
from sopflow.engine._images import Images
from sopflow.engine._people import offered_to
from sopflow.engine._plan import OPERATION
from sopflow.engine._state import Opening, RunState
from sopflow.engine._waking import COUNTED
from sopflow.program import DONE, Op, Step

#: Timers of a step's plan, by how their names begin; those of its handlers and its attempts are others.
PLANNED: Final = ("due", "remind", "escalate")
WHY: Final = "the run moved to another version"


class Renewing(Acts):
    """Lets the copy ``state`` of ``before`` go on under the new version.

    ``rerouted`` are openings that wait for other messages than they did.
    """

    __slots__ = ("before", "images", "rerouted")

    def __init__(self, images: Images, before: RunState, event: ev.Event) -> None:
        super().__init__(images.new, before.copy(), event)
        self.before = before
        self.images = images
        self.rerouted: set[int] = set()

    # -- what stays -----------------------------------------------------------------------------------------------

    def _renew(self, opening: Opening) -> None:
        """Work out anew what the opening watches and when it is due; what waits looks whether it still has to."""
        if opening.phase == "gone":
            return
        was, said, noted = self.before.open[opening.id], len(self.effects), len(self.notes)
        self._unwatch(opening)
        if opening.step < 0:
            self._clear_timers(opening)
            self._arm_timers(opening)
            self._watch_for_handlers(opening)
        else:
            step = self.program.steps[opening.step]
            self._watch_what_may_happen(opening, step)
            self._renew_step(opening, step, was)
        self._run()
        if self._stays(opening):
            self._meet_new_handlers(opening, was)
            self._run()
        if self._stays(opening) and opening.step >= 0:
            self._say_what_changed(opening, was, said, noted)

    def _renew_step(self, opening: Opening, step: Step, was: Opening) -> None:
        opened = opening.started or opening.pending or (step.op == Op.WAIT and opening.stage == OPERATION)
        asks = opening.phase == "asks" and step.op == Op.CHOOSE
        match opening.phase:
            case "open":
                self._replan(opening, step)
                self._renew_rounds(opening, step, was)
            case "incident" if not any(name.startswith(PLANNED) for name in opening.timers):
                self._clear_timers(opening, keep=COUNTED)
            case "incident":
                self._replan(opening, step)
            case _ if (opened or asks) and opening.announced:  # its times are set, and it looks at them again
                self._replan(opening, step)
                self._proceed(opening)
            case _:
                self._clear_timers(opening)
                self._proceed(opening)
        if opening.announced and opening.phase in ("asks", "held", "incident") and self._stays(opening):
            self._arm_timers(opening)

    def _stays(self, opening: Opening) -> bool:
        return self.state.open.get(opening.id) is opening

    def _renew_rounds(self, opening: Opening, step: Step, was: Opening) -> None:
        """When the next round comes."""
        old, new = self.images.old, self.program
        rounds, before = step.rounds, old.steps[was.step].rounds
        if rounds is None or before is None or opening.live:
            return
        alike = (old.zone, old.calendar, old.calendars) == (new.zone, new.calendar, new.calendars)
        if rounds.every != before.every or not alike:
            self._clear_timer(opening, "round")
            self._await_round(opening, step)

    def _meet_new_handlers(self, scope: Opening, was: Opening) -> None:
        """Handlers that are new, or wait for something else than they did, look whether it is there."""
        if not (scope.announced or scope.step < 0):
            return
        fresh = []
        for number, handler in enumerate(self._handlers_of(scope)):
            old = self.images.alike(was.step, number)
            if handler.when is not None and (old is None or old.when != handler.when):
                self._look_at_condition(scope, number, handler)
            if handler.message:
                if scope.id in self.rerouted:
                    self._await(scope, handler)
                if old is None or old.message != handler.message:
                    fresh.append(handler)
        if fresh:
            self.todo.append((self._take_what_was_kept, (scope, tuple(fresh))))

    def _say_what_changed(self, opening: Opening, was: Opening, said: int, noted: int) -> None:
        """What was said of the opening and still holds need not be said again; whom it is shown to may have changed."""
        step, old = self.program.steps[opening.step], self.images.old.steps[was.step]
        shown = (step.path, roles_of(self.program, step, opening)) == (old.path, roles_of(self.images.old, old, was))
        stands = (opening.phase, opening.asked, opening.due) == (was.phase, was.asked, was.due)
        if shown and stands and opening.id not in self.rerouted:
            opening.asked_at = was.asked_at
            self.effects[said:] = [
                effect
                for effect in self.effects[said:]
                if not (isinstance(effect, fx.Ask | fx.Await) and effect.opening == opening.id)
            ]
            self.notes[noted:] = [
                note for note in self.notes[noted:] if not (isinstance(note, fx.Held) and note.opening == opening.id)
            ]
        elif not shown and opening.phase == was.phase == "open" and step.op in (Op.WORK, Op.VOTE, Op.CHOOSE):
            roles = offered_to(step, opening)
            self.effects += [fx.Withdraw(opening.id, WHY), fx.Offer(opening.id, step.index, roles)]

    # -- what goes on -----------------------------------------------------------------------------------------------

    def _replace(self, was: Opening) -> None:
        """Let the token of what was withdrawn go on; what trails, or ran beside, leaves none."""
        images, block = self.images, self.state.open[was.up]
        branch = branch_of(images, self.before.open[was.up].step, was.branch)
        if falls(images, was):
            if was.phase != "gone" and branch < 0:
                self._arrive(block.id, branch)
            elif block.phase == "gone":
                self._drop_if_empty(block)
            return
        target = onward(images, was)
        assert target is not None  # what fits has a way on
        if target == DONE:
            self._arrive(block.id, branch)
        elif target < 0:
            self._end_by(target)
        else:
            self._enter_again(was, block, branch, target)

    def _enter_again(self, was: Opening, block: Opening, branch: int, target: int) -> None:
        images, region = self.images, self.program.steps[target].region
        mark, item = None, item_of(images, self.before.open[was.up].step, was.item)
        around = images.regions.get(was.mark.region) if was.mark is not None else None
        if region == images.regions.get(images.old.steps[was.step].region):
            mark = mark_of(images, was.mark)
        elif region != around:
            place = self._place_above(block, region)
            assert place is not None  # the ordinary way of a step leads to its own region or one around it
            self._leave(*place, target)
            return
        self._leave(block.id, branch, item, mark, target)

    def _start(self, block: Opening, regions: Iterable[int]) -> None:
        """Start what is new in a block, and what waited for a place that there is now; then look at its join."""
        join = self.program.steps[block.step].join  # a branch that rests takes no place
        starts = (*block.starts, *((region, self.program.regions[region].head, None) for region in regions))
        free = max(join.at_once + block.resting - block.live, 0) if join is not None and join.at_once else len(starts)
        block.starts = starts[free:]
        block.live += len(starts[:free])
        self.todo.append((self._started_all, (block.id,)))
        self.todo += [(self._enter, (block.id, *start)) for start in reversed(starts[:free])]
