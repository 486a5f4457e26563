"""Messages: where they are routed, which are kept until somebody is there, and which of them fit.

Who is awake to take one stands in ``_waking.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.calendars import Moment, shift
from sopflow.engine import _effects as fx
from sopflow.engine._state import Opening
from sopflow.engine._turn import Turn
from sopflow.engine._view import evaluate
from sopflow.engine._watch import MESSAGE
from sopflow.expr import Expression
from sopflow.program import Alternative, Handler

#: Kept messages of one name, at most.
MAIL = 1_000


class Messages(Turn):
    """Routes, keeps and fits messages."""

    __slots__ = ()

    def _await(self, opening: Opening, alternative: Alternative | Handler, *, routed: bool = False) -> None:
        """Messages of that name are routed here, where their fields are those of ``match``."""
        self._watch(opening, (MESSAGE + alternative.message, *self._match_reads(alternative)))
        if routed and not alternative.match:
            return
        view = self._view(opening)
        match = {field: evaluate(value, view) for field, value in alternative.match}
        opening.awaits = True
        self.effects.append(fx.Await(opening.id, alternative.message, match))

    def _match_reads(self, alternative: Alternative | Handler) -> list[str]:
        """The fields on which it hangs which messages fit."""
        values = (value for _, value in alternative.match)
        return [path for value in values if isinstance(value, Expression) for path in self._reads(value)]

    def _take_kept(self, opening: Opening, alternative: Alternative) -> bool:
        """The oldest message of that name that was kept and fits is taken."""
        name = alternative.message
        kept = self._kept(name)
        for number, data in enumerate(kept):
            if self._matches(opening, alternative, data):
                self._consume(opening, data)
                del self.state.mail[name][number]
                return True
        return False

    def _keep(self, name: str, data: Mapping[str, object]) -> None:
        """Keep a message until somebody is there for it; of too many the oldest are lost."""
        kept = self.state.mail.setdefault(name, [])
        kept.append((self.state.at, data))
        del kept[:-MAIL]

    def _kept(self, name: str) -> list[Mapping[str, object]]:
        """The messages of that name that are kept, oldest first; those kept too long are forgotten."""
        kept, keep, now = self.state.mail.get(name), self.program.messages[name].keep, self.state.at
        if not kept:
            return []
        if keep is not None and now is not None:
            program = self.program
            for came, _ in list(kept):
                if came is None:
                    break
                until = shift(
                    Moment.at(came), keep, zone=program.zone, calendars=program.calendars, default=program.calendar
                )
                if until is None or until.opens_at(program.zone) >= now:
                    break
                del kept[0]
        return [data for _, data in kept]

    def _matches(self, opening: Opening, alternative: Alternative, data: Mapping[str, object]) -> bool:
        view = self._view(opening)
        return all(data.get(field) == evaluate(value, view) for field, value in alternative.match)

    def _consume(self, opening: Opening, data: Mapping[str, object]) -> None:
        """The message's fields can be read while the wait closes."""
        self.taken[opening.id] = {f"message.{name}": value for name, value in data.items()}
