"""Definitions written in Python: the same words as in YAML, checked in the same way, equal to the same thing loaded.

Knows only how the words are laid out as plain data; what they mean and whether they fit, the models say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Self, TypeAlias

from sopflow.dsl._include import FindInclude
from sopflow.dsl._read import read_data
from sopflow.errors import DefinitionError, Finding, Report, UsageError
from sopflow.model import Sop

Words: TypeAlias = str | Mapping[str, str]
MOST = 2**63  # what a number in a file may be


class Steps:
    """A list of steps (or branches, or handlers), one call for each, in order.

    Keys are keyword arguments: a hyphen is written as an underscore, and a word of Python gets one behind it
    (``not_by="write"``, ``if_="event.free"``, ``with_={…}``, ``x_color="red"``). Values are those of YAML; dates,
    times and decimals may be Python's.
    """

    def __init__(self) -> None:
        self._bodies: dict[str, dict[str, object]] = {}

    def task(self, id: str, title: Words, **keys: object) -> Self:
        """Work for a person, or with ``run=`` for a registered handler."""
        return self.step(id, "task", title, **keys)

    def decision(self, id: str, title: Words, **keys: object) -> Self:
        """A question, with ``yes=`` and ``no=``, or ``next={…}``."""
        return self.step(id, "decision", title, **keys)

    def approval(self, id: str, title: Words, **keys: object) -> Self:
        """People judge; ``refused=`` says where it goes if they refuse."""
        return self.step(id, "approval", title, **keys)

    def group(self, id: str, title: Words, steps: Steps, **keys: object) -> Self:
        """Steps under one roof."""
        return self.step(id, "group", title, steps=steps, **keys)

    def parallel(self, id: str, title: Words, branches: Steps, **keys: object) -> Self:
        """Branches at once; one of several steps is a group."""
        return self.step(id, "parallel", title, branches=branches, **keys)

    def for_each(self, id: str, items: object, steps: Steps, **keys: object) -> Self:
        """The steps once for each item of a field or of a list."""
        return self.step(id, "for-each", items, steps=steps, **keys)

    def call(self, id: str, sop: str, **keys: object) -> Self:
        """Another SOP as a child run."""
        return self.step(id, "call", sop, **keys)

    def wait(self, id: str, for_: object, **keys: object) -> Self:
        """Wait for a time, ``{"message": …}``, ``{"when": …}`` or ``{"first": …}``."""
        return self.step(id, "wait", for_, **keys)

    def repeat(self, id: str, title: Words, steps: Steps, **keys: object) -> Self:
        """The steps, round after round, until ``until=`` holds."""
        return self.step(id, "repeat", title, steps=steps, **keys)

    def emit(self, id: str, message: str, **keys: object) -> Self:
        """Send a message."""
        return self.step(id, "emit", message, **keys)

    def end(self, id: str, outcome: str, **keys: object) -> Self:
        """End the run with an outcome."""
        return self.step(id, "end", outcome, **keys)

    def step(self, id: str, kind: str, operand: object, **keys: object) -> Self:
        """A step of any kind, also of one that another package offers (``"acme.scan"``)."""
        return self._add(id, {kind: _plain(operand), **_keys(keys)})

    def handler(self, id: str, **keys: object) -> Self:
        """For ``on=``: a handler that runs no step and only goes ``next=``."""
        return self._add(id, _keys(keys))

    def _add(self, id: str, body: dict[str, object]) -> Self:
        if id in self._bodies:
            raise DefinitionError(Report.of([Finding("SOP151", path=id, fields={"name": id})]))
        self._bodies[id] = body
        return self

    def _written(self) -> dict[str, object]:
        return dict(self._bodies)


class Builder(Steps):
    """A definition, written call by call; :meth:`build` gives it.

    ::

        sop = (
            Builder("event-attending", version="1.0.0", title="Attend an event")
            .role("planner", "Event planner")
            .field("event.free", "bool", ask="planner")
            .decision("is-free", "Is it free?", about="event.free", yes="confirm", no="paid")
            .task("confirm", "Confirm rights", by="planner", next="end")
            .group("paid", "Paid attendance", Steps().task("sign", "Sign the contract", by="planner"))
            .build()
        )

    Keys of the whole definition are keyword arguments here: ``languages=``, ``time_zone=``, ``include=`` ….
    """

    def __init__(self, id: str, **keys: object) -> None:
        super().__init__()
        self._top: dict[str, object] = {"sopflow": 1, "id": id, **_keys(keys)}
        self._sections: dict[str, dict[str, object]] = {}

    def role(self, id: str, title: Words, **keys: object) -> Self:
        """Who does things: ``people=``, ``deputy=``."""
        return self._entry("roles", id, _long("title", title, keys))

    def source(self, id: str, title: Words, **keys: object) -> Self:
        """A document that the SOP was written from: ``file=``, ``link=``, ``facts=``."""
        return self._entry("sources", id, _long("title", title, keys))

    def anchor(self, name: str, field: str) -> Self:
        """A short name of a date, for time phrases."""
        return self._entry("anchors", name, field)

    def parameter(self, name: str, type: object, **keys: object) -> Self:
        """What an adopter sets; fixed for a run."""
        return self._entry("parameters", name, _long("is", type, keys))

    def field(self, path: str, type: object, **keys: object) -> Self:
        """What a run learns, by its dotted path: ``title=``, ``default=``, ``ask=`` …."""
        *folders, name = path.split(".")
        inside = self._sections.setdefault("data", {})
        for size, folder in enumerate(folders, 1):
            below = inside.setdefault(folder, {})
            if not isinstance(below, dict) or "is" in below:
                raise DefinitionError(
                    Report.of([Finding("SOP150", path=path, fields={"name": ".".join(folders[:size])})])
                )
            inside = below
        return self._entry_in(inside, path, name, _long("is", type, keys))

    def derived(self, name: str, value: object) -> Self:
        """A value that is computed when read: an expression, or a list of cases."""
        return self._entry("derived", name, _plain(value))

    def message(self, name: str, fields: Mapping[str, object] | None = None, **keys: object) -> Self:
        """A message that may come, with its fields; ``keep=``, ``kept=False``."""
        return self._entry("messages", name, _long("is", dict(fields or {}), keys))

    def phase(self, id: str, title: Words, **keys: object) -> Self:
        """A band for the reader, ``from_=`` and ``to=``."""
        return self._entry("phases", id, _long("title", title, keys))

    def business_calendar(self, id: str, **keys: object) -> Self:
        """Working days and hours: ``country=``, ``days=``, ``hours=`` …."""
        return self._entry("calendars", id, _keys(keys))

    def start(self, **keys: object) -> Self:
        """What begins runs: ``by=``, ``every=``, ``message=`` …."""
        self._top["start"] = _keys(keys)
        return self

    def on(self, handlers: Steps) -> Self:
        """What answers events while the run is open; ids are the handlers'."""
        self._top["on"] = handlers._written()
        return self

    def accept(self, code: str, reason: str) -> Self:
        """A finding that is meant."""
        return self._entry("accept", code, reason)

    def written(self) -> dict[str, object]:
        """The definition as plain data, as YAML would give it."""
        return {**self._top, **self._sections, "steps": self._written()}

    def build(self, *, find_include: FindInclude | None = None) -> Sop:
        """The definition.

        Raises DefinitionError with every finding if it cannot be used. The findings name the part, and have
        no place: there is no file.
        """
        sop, report = read_data(self.written(), find_include=find_include)
        if sop is None:
            raise DefinitionError(report)
        return sop

    def _entry(self, section: str, name: str, entry: object) -> Self:
        return self._entry_in(self._sections.setdefault(section, {}), f"{section}.{name}", name, entry)

    def _entry_in(self, inside: dict[str, object], path: str, name: str, entry: object) -> Self:
        if name in inside:
            raise DefinitionError(Report.of([Finding("SOP150", path=path, fields={"name": name})]))
        inside[name] = entry
        return self


def _long(key: str, value: object, keys: Mapping[str, object]) -> object:
    """The short form if there are no further keys, else the long one."""
    return {key: _plain(value), **_keys(keys)} if keys else _plain(value)


def _keys(keys: Mapping[str, object]) -> dict[str, object]:
    return {name.rstrip("_").replace("_", "-"): _plain(value) for name, value in keys.items()}


def _plain(value: object) -> object:
    """Python's values as plain data."""
    match value:
        case Steps():
            return value._written()
        case Mapping():
            return {str(name): _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case int() | float() if not -MOST <= value < MOST:  # NaN is on neither side
            raise UsageError(Finding("SOP037", fields={"number": value}))
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise UsageError(Finding("SOP192", fields={"type": type(value).__name__}))
