"""From models back to the plain data that they were read from: short forms where they were short.

The kind's key comes first in a step, then the others in the order in which the model declares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sopflow.model._frozen import Entries, Many
from sopflow.model._node import Node, facts_of
from sopflow.model._step import Handler, Step
from sopflow.model._text import Text
from sopflow.model._types import Enumeration, Field, ListOf, Record, Scalar
from sopflow.model._values import Case, Plain

Lists = Literal["map", "list"]


def plain(value: object, *, steps: Lists = "map", extensions: bool = True, short: bool = True) -> Plain:
    """The plain data of a model or of a part of it.

    ``steps``: lists of steps as a map by id, or as a list of maps with an ``id`` (for JSON, whose tools sort
    keys). ``extensions``: with the ``x-`` keys. ``short``: in short forms where they were written so; otherwise
    everything is in its long form, and one thing written in two ways comes out the same.
    """
    return _Writer(steps, extensions=extensions, short=short).write(value)


class _Writer:
    def __init__(self, steps: Lists, *, extensions: bool, short: bool) -> None:
        self.steps = steps
        self.short = short
        self.extensions = extensions

    def write(self, value: object) -> Plain:
        match value:  # models last: to ask whether something is one takes pydantic longer than all the rest
            case str():
                return value
            case Text():
                return self.text(value)
            case None | bool() | int() | float():
                return value
            case Many() if value.bare and len(value) == 1 and self.short:
                return self.write(value[0])
            case tuple() if value and isinstance(value[0], Step):
                return self.list_of_steps(value)
            case tuple() | list():
                return [self.write(part) for part in value]
            case Mapping():
                written = {str(name): self.write(part) for name, part in value.items()}
                return written | self.extra(value.extensions) if isinstance(value, Entries) else written
            case Scalar() | ListOf() | Enumeration() | Record():
                return self.type(value)
            case Step():
                return {"id": value.id, **self.body(value)}
            case Node():
                return self.node(value)
            case _:
                return value  # type: ignore[return-value]  # whatever a model of another package holds

    def node(self, node: Node) -> Plain:
        match node:
            case Case():
                return self.case(node)
            case Handler():
                return self.handler(node)
            case _:
                body = self.fields(node)
        return self.shortened(node, body) if node.is_short and self.short else body

    def fields(self, node: Node) -> dict[str, Plain]:
        """What was written, key by key; without short forms: whatever is not the default."""
        facts, values = facts_of(type(node)), node.__dict__
        said = node.said - {"extensions"}
        if not self.short:
            defaults = facts.defaults
            said = said.union(facts.late).difference([name for name in said if values[name] == defaults[name]])
        body: dict[str, Plain] = {}
        for name in sorted(said, key=facts.order.__getitem__):
            part = values[name]
            body[facts.keys[name]] = part if isinstance(part, str) else self.write(part)
        return body | self.extra(node.extensions) if node.extensions else body

    def body(self, step: Step) -> dict[str, Plain]:
        """A step without its id, the key of its kind first."""
        fields = self.fields(step)
        fields.pop("id", None)
        return {step.kind: fields.pop(step.kind), **fields}

    def list_of_steps(self, steps: tuple[Step, ...]) -> Plain:
        extra = self.extra(steps.extensions) if isinstance(steps, Many) else {}
        if self.steps == "list" and not extra:
            return [{"id": step.id, **self.body(step)} for step in steps]
        return {step.id: self.body(step) for step in steps} | extra

    def handler(self, handler: Handler) -> dict[str, Plain]:
        own = self.fields(handler)
        own.pop("id", None)
        own.pop(" step", None)
        if handler.step is None:
            return own
        own.pop("next", None)
        return own | self.body(handler.step)

    def case(self, case: Case) -> dict[str, Plain]:
        then = self.write(case.then)
        body = {"else": then} if case.when is None else {"when": case.when, "then": then}
        if case.cites:
            body["cites"] = self.write(case.cites)
        return body | self.extra(case.extensions)

    def text(self, text: Text) -> Plain:
        written = text.written
        if isinstance(written, str) or self.extensions:
            return written  # type: ignore[return-value]  # no lists are in it
        return {tag: words for tag, words in written.items() if not tag.startswith("x-")}

    def type(self, made: Scalar | ListOf | Enumeration | Record) -> Plain:
        match made:
            case Record(fields):
                return self.write(fields)
            case ListOf(item):
                inner = self.type(item)
                return f"list of {inner}" if isinstance(inner, str) else [inner]
            case Enumeration(values):
                return list(values)
            case Scalar(name):
                return name

    def shortened(self, node: Node, body: dict[str, Plain]) -> Plain:
        """The short form, if it still says all that the long one says."""
        if isinstance(node, Field) and body.keys() == {"is", "default"}:
            short: Plain = f"{body['is']} = {_word(body['default'])}"
        elif len(body) == 1:
            short = next(iter(body.values()))
        else:
            return body
        return short if type(node).lengthen(short) == body else body

    def extra(self, extensions: Mapping[str, object]) -> dict[str, Plain]:
        return dict(extensions) if self.extensions else {}  # type: ignore[arg-type]


def _word(default: Plain) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)
