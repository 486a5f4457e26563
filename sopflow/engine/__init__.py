"""The engine: ``step(program, state, event)``, pure of the outside. See ``_rules.py`` for its theory of operation.

It knows programs, not definitions; events, not people's interfaces; moments, not clocks.
"""

from sopflow.engine import _effects as effects
from sopflow.engine import _events as events
from sopflow.engine._codec import FORMAT, event_from_json, event_to_json, state_from_json, state_to_json
from sopflow.engine._enabled import (
    enabled,
    find_opening,
    find_step,
    has_items,
    path_of,
    roles_of,
    waiting,
    without_items,
)
from sopflow.engine._migrate import Fate, FieldChange, Plan, TimerChange, migration
from sopflow.engine._outcome import Accepted, Refused
from sopflow.engine._pack import Unreadable, pack, unpack
from sopflow.engine._people import fills, no_seat, objection
from sopflow.engine._state import Opening, Record, RunState
from sopflow.engine._step import Misfit, Undo, migrate, replay, step, undoable
from sopflow.engine._times import as_value, moment_of
from sopflow.engine._undoing import undoing
from sopflow.engine._view import View, view_of

__all__ = [
    "FORMAT",
    "Accepted",
    "Fate",
    "FieldChange",
    "Misfit",
    "Opening",
    "Plan",
    "Record",
    "Refused",
    "RunState",
    "TimerChange",
    "Undo",
    "Unreadable",
    "View",
    "as_value",
    "effects",
    "enabled",
    "event_from_json",
    "event_to_json",
    "events",
    "fills",
    "find_opening",
    "find_step",
    "has_items",
    "migrate",
    "migration",
    "moment_of",
    "no_seat",
    "objection",
    "pack",
    "path_of",
    "replay",
    "roles_of",
    "state_from_json",
    "state_to_json",
    "step",
    "undoable",
    "undoing",
    "unpack",
    "view_of",
    "waiting",
    "without_items",
]
