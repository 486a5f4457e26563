"""For-each: a region for each item of a list, which may grow and shrink while it runs.

Where tokens go, and when a block joins, stands in ``_rules.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sopflow.engine._choosing import Choosing
from sopflow.engine._state import Opening
from sopflow.expr import UNKNOWN, Failure
from sopflow.program import Each, Step

#: The timer until which an exhausted list stays open.
ADDS = "adds"


class Items(Choosing):
    """Starts the regions of blocks, and those of items that come later."""

    __slots__ = ()

    def _begin(self, opening: Opening, step: Step, starts: list[tuple[int, int, object]]) -> None:
        """Start the regions of a block, in order; the join is looked at when all have started."""
        opening.started = len(starts)
        opening.need = (step.join.need if step.join is not None else 0) or len(starts)
        opening.starting = True
        at_once = step.join.at_once if step.join is not None and step.join.at_once else len(starts)
        opening.starts = tuple(starts[at_once:])
        opening.live = len(starts) - len(opening.starts)
        self.todo.append((self._started_all, (opening.id,)))
        self.todo += [(self._enter, (opening.id, *start)) for start in reversed(starts[:at_once])]

    def _started_all(self, number: int) -> None:
        block = self.state.open.get(number)
        if block is not None and block.phase != "gone":
            block.starting = False
            self._join(block)

    def _each(self, opening: Opening, step: Step) -> None:
        """One region for each item there is now. ``until`` keeps the list open for more."""
        each = step.each
        assert each is not None  # the compiler gives every EACH its list
        items = self._value_of(each.field, opening) if each.field else each.items
        if items is UNKNOWN:
            self._ask(opening, step, (each.field,))
            return
        assert isinstance(items, list | tuple)  # the field is a list by its type
        wrong = self._name_items(opening, each, items)
        if wrong:
            self._incident(opening, wrong)
            return
        self._open_block(opening, step)
        opening.round = len(items)
        self._watch_list(opening, each)
        head = self.program.regions[step.regions[0]].head
        self._begin(opening, step, [(number, head, item) for number, item in enumerate(items)])

    def _name_items(self, opening: Opening, each: Each, items: Sequence[object]) -> str:
        """Work out the key of each item; what is wrong with them, "" if nothing."""
        if each.key is None:
            return ""
        opening.keys = {}
        for number, item in enumerate(items):
            key = self._key_of(opening, each, item)
            if key is None:
                return f"key: item {number + 1} has none"
            if key in opening.keys.values():
                return f"key: two items have the key ‘{key}’"
            opening.keys[number] = key
        return ""

    def _key_of(self, opening: Opening, each: Each, item: object) -> str | None:
        """The key of an item; None where it has none."""
        if each.key is None:
            return None
        key = each.key.evaluate(self._view(opening, {each.as_: item}))
        if key is UNKNOWN or isinstance(key, Failure):
            return None
        return str(key).replace("[", "(").replace("]", ")")  # brackets stand around keys in paths

    def _watch_list(self, opening: Opening, each: Each) -> None:
        """See what ends the list: a time, a message or a condition."""
        until = each.until
        if until is None or opening.closed:
            return
        if until.when is not None:
            self._watch(opening, self._reads(until.when))
            opening.closed = self._value(until.when, opening) is True
        elif until.message:
            opening.closed = self._take_kept(opening, until)
            if not opening.closed:
                self._await(opening, until, routed=opening.awaits)
        elif until.at is not None:
            self._watch(opening, self.program.steps[opening.step].time_reads)
            moment = self._moment(until.at, opening)
            if moment is not None and self.state.at is not None:
                at = moment.opens_at(self.program.zone)
                if at <= self.state.at:
                    opening.closed = True
                else:
                    self._set_timer(opening, ADDS, at)

    def _close_list(self, opening: Opening) -> None:
        """No item comes any more: the block goes on when all that there are have arrived."""
        opening.closed = True
        self._clear_timer(opening, ADDS)
        if not opening.starting:
            self._join(opening)

    def _add_item(self, opening: Opening, step: Step, item: object, key: str | None) -> None:
        """Start a region for an item more, and put it into the list."""
        each = step.each
        assert each is not None  # only a for-each comes here
        number = opening.round
        items = self.state.data.get(each.field) if each.field else None
        if isinstance(items, list):
            number = max(number, len(items))
            self._write(each.field, [*items, item])
        if key is not None:
            opening.keys = {**(opening.keys or {}), number: key}
        opening.round = number + 1
        opening.started += 1
        self._recount(opening, step)
        start = (number, self.program.regions[step.regions[0]].head, item)
        opening.starts = (*opening.starts, start)
        self._start_next(opening)

    def _drop_item(self, opening: Opening, step: Step, number: int) -> None:
        """Withdraw the region of an item, wherever it is."""
        kid = self.state.open.get((opening.kids or {}).get(number, -1))
        if kid is not None:
            self._withdraw(kid, "dropped")
            opening.live -= 1
            self._start_next(opening)
        opening.starts = tuple(start for start in opening.starts if start[0] != number)
        opening.started -= 1
        self._recount(opening, step)
        self._join(opening)

    def _recount(self, opening: Opening, step: Step) -> None:
        """``all`` means all that there are."""
        if step.join is None or not step.join.need:
            opening.need = opening.started
