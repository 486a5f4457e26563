"""Events and states as plain JSON data, and back without loss.

What a history stores are events; a state is a snapshot that saves folding a long one. Values that JSON does not
know are written as a map with one key that begins with ``$``; fields that hold their default are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import TypeVar

from msgspec import structs

from sopflow.calendars import Moment
from sopflow.engine import _events as ev
from sopflow.engine._fact import Fact
from sopflow.engine._state import Mark, Opening, Record, RunState
from sopflow.engine._view import View
from sopflow.program import Program

Json = dict[str, object]
T = TypeVar("T")

#: The number of the format of events; histories say which they were written in.
FORMAT = 1

_EVENTS: Mapping[str, type[ev.Event]] = {
    kind.__name__: kind for kind in vars(ev).values() if isinstance(kind, type) and issubclass(kind, ev.Event)
}


def event_to_json(event: ev.Event) -> Json:
    """``event`` as plain data; ``event`` names its kind."""
    return {"event": type(event).__name__, **_fields_to_json(event)}


def event_from_json(data: Mapping[str, object]) -> ev.Event:
    """The event that :func:`event_to_json` wrote. Raises KeyError for a kind that does not exist."""
    kind = _EVENTS[str(data["event"])]
    return kind(**{name: _decode(value) for name, value in data.items() if name != "event"})  # type: ignore[arg-type]


def state_to_json(state: RunState) -> Json:
    """``state`` as plain data."""
    return {
        **_fields_to_json(state, leave_out=("data", "open", "timers", "done", "opened", "watch", "agenda")),
        "data": {path: _encode(value) for path, value in state.data.items()},
        "open": [_encode(opening.said()) for opening in state.open.values()],
        "timers": [[*key, _encode(due)] for key, due in state.timers.items()],
        "done": {str(step): _fields_to_json(record) for step, record in state.done.items()},
        "opened": {str(step): _encode(at) for step, at in state.opened.items()},
    }


def state_from_json(data: Mapping[str, object], program: Program) -> RunState:
    """The state that :func:`state_to_json` wrote, a run of ``program``."""
    known: dict[str, object] = dict(data)
    values, openings, timers = known.pop("data"), known.pop("open"), known.pop("timers")
    done, opened = known.pop("done"), known.pop("opened")
    assert isinstance(values, Mapping)
    assert isinstance(openings, list)
    assert isinstance(timers, list)
    assert isinstance(done, Mapping)
    assert isinstance(opened, Mapping)
    state = _from_json(RunState, known)
    state.data = View({path: _decode(value) for path, value in values.items()})
    state.data.bind(program, state)
    state.open = {opening.id: opening for opening in map(_opening, openings)}
    for number, name, due in timers:
        state.set_timer(number, name, _decode(due))  # type: ignore[arg-type]  # an instant
    state.done = {int(step): _from_json(Record, body) for step, body in done.items()}
    state.opened = {int(step): _decode(at) for step, at in opened.items()}  # type: ignore[misc]  # an instant or None
    for opening in state.open.values():  # who watches what follows from the openings
        for path in opening.watched:
            state.watch.setdefault(path, {})[opening.id] = None
    return state


def _fields_to_json(thing: object, leave_out: tuple[str, ...] = ()) -> Json:
    """The fields of ``thing`` that do not hold their default."""
    data: Json = {}
    for name, default in _defaults(type(thing)):  # type: ignore[arg-type]  # a class can be hashed
        value = getattr(thing, name)
        if name not in leave_out and value != default:
            data[name] = _encode(value)
    return data


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    """The fields of a kind of events or parts of a state, each with its default."""
    if issubclass(kind, Fact):
        return tuple((field.name, field.default) for field in structs.fields(kind))
    return tuple(
        (field.name, field.default_factory() if field.default_factory is not MISSING else field.default)
        for field in fields(kind)  # type: ignore[arg-type]  # a dataclass
    )


def _from_json(kind: type[T], data: Mapping[str, object]) -> T:
    return kind(**{name: _SHAPES.get(name, _as_it_is)(_decode(value)) for name, value in data.items()})


def _opening(body: Mapping[str, object]) -> Opening:
    read = {name: _SHAPES.get(name, _as_it_is)(_decode(value)) for name, value in body.items()}
    opening = Opening(0, 0, 0, 0)
    vars(opening).update(read)
    return opening


def _encode(value: object) -> object:
    if value is None or type(value) in (str, int, bool, float):
        return value
    match value:
        case datetime():
            return {"$datetime": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case time():
            return {"$time": value.isoformat()}
        case timedelta():
            return {"$duration": [value.days, value.seconds, value.microseconds]}
        case Decimal():
            return {"$decimal": str(value)}
        case Moment():
            return {"$moment": [_encode(value.date), _encode(value.instant), value.exact]}
        case Mark():
            return {"$mark": _fields_to_json(value)}
        case Mapping():
            return {str(key): _encode(item) for key, item in value.items()}
        case list() | tuple():
            return [_encode(item) for item in value]
        case set() | frozenset():
            return sorted(value)
        case _:
            return value


def _decode(value: object) -> object:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        tag, body = next(iter(value.items()))
        if tag in _TAGS:
            return _TAGS[tag](body)
    return {key: _decode(item) for key, item in value.items()}


def _moment(body: list[object]) -> Moment:
    day, instant, exact = (_decode(part) for part in body)
    return Moment(date=day, instant=instant, exact=bool(exact))  # type: ignore[arg-type]  # as it was written


_TAGS: Mapping[str, Callable[..., object]] = {
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$time": time.fromisoformat,
    "$duration": lambda parts: timedelta(*parts),
    "$decimal": Decimal,
    "$moment": _moment,
    "$mark": lambda body: _from_json(Mark, body),
}


def _as_it_is(value: object) -> object:
    return value


#: JSON has no tuples, sets or numbers as keys: what these fields hold.
_SHAPES: Mapping[str, Callable[..., object]] = {
    "asked": tuple,
    "watched": tuple,
    "timers": tuple,
    "ticked": set,
    "held": frozenset,
    "kids": lambda kids: {int(branch): number for branch, number in kids.items()},
    "queue": lambda queue: [tuple(item) for item in queue],
    "keys": lambda keys: {int(number): key for number, key in keys.items()},
    "mail": lambda mail: {name: [tuple(letter) for letter in letters] for name, letters in mail.items()},
    "roles": tuple,
    "told": frozenset,
    "starts": lambda starts: tuple(tuple(start) for start in starts),
}
