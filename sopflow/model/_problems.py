"""How the models say what is wrong: catalogue codes carried by pydantic's errors, many at once.

A reader (a function from plain data to a value of the model) raises one ``problem`` or collects several in
``Problems``; pydantic merges them, with the path of each, into the one ``ValidationError`` of the definition.
Knows nothing of files and places: ``sopflow.dsl`` turns paths into places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from sopflow.errors import Finding, nearest

T = TypeVar("T")
Loc = str | int


def problem(code: str, *, at_key: bool = False, **fields: object) -> PydanticCustomError:
    """The error that the catalogue calls ``code``; ``at_key``: it is about the key, not about its value."""
    words = Finding(code, fields=fields).text("en").replace("{", "(").replace("}", ")")
    return PydanticCustomError(code, words, {"fields": fields, "at_key": at_key})


class Problems:
    """What is wrong with one piece of a definition, collected so that one fault does not hide the next."""

    found: list[InitErrorDetails] | tuple[()] = ()  # no list until it is needed: nearly always there is no fault

    def add(self, code: str, *loc: Loc, at_key: bool = False, **fields: object) -> None:
        """``code`` at the path ``loc`` inside the piece."""
        self._note(InitErrorDetails(type=problem(code, at_key=at_key, **fields), loc=loc, input=None))

    def read(self, reader: Callable[[object], T], value: object, *loc: Loc, at_key: bool = False) -> T | None:
        """``reader(value)``; None if it found fault, which is then kept under ``loc``.

        ``at_key``: what is read is itself the key, so the fault is the key's.
        """
        try:
            return reader(value)
        except ValueError as error:
            if at_key and isinstance(error, PydanticCustomError):
                error = problem(error.type, at_key=True, **(error.context or {}).get("fields", {}))
            self.caught(error, *loc)
        return None

    def caught(self, error: ValueError, *loc: Loc) -> None:
        """What a reader raised: one problem, or a ``ValidationError`` with many."""
        match error:
            case PydanticCustomError():
                self._note(InitErrorDetails(type=error, loc=loc, input=None))
            case ValidationError():
                self.take(error, *loc)
            case _:  # a reader of a third party
                self.add("SOP199", *loc, text=str(error))

    def take(self, error: ValidationError, *loc: Loc) -> None:
        """All that ``error`` holds."""
        for found in error.errors(include_url=False):
            if found["type"] in ("missing", "default_factory_not_called"):
                continue  # the models tell of missing keys themselves; a default that hangs on a fault is no other
            context = found.get("ctx", {})
            if "fields" in context:
                kind = PydanticCustomError(found["type"], found["msg"], context)
            else:  # an error of pydantic's own, from the model of a third party
                kind = problem("SOP199", text=found["msg"])
            self._note(InitErrorDetails(type=kind, loc=(*loc, *found["loc"]), input=None))

    def stop(self) -> None:
        """Raise what was collected, if anything."""
        if self.found:
            raise ValidationError.from_exception_data("definition", list(self.found))

    def _note(self, fault: InitErrorDetails) -> None:
        self.found = [*self.found, fault]


def near(name: object, known: Iterable[str]) -> str:
    """``known`` as a text, the names closest to ``name`` first."""
    names = sorted(known)
    first = nearest(str(name), names, most=3)
    return ", ".join((*first, *(other for other in names if other not in first)))
