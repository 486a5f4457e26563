"""From models back to the plain data that they were read from: short forms where they were short.

The kind's key comes first in a step, then the others in the order in which the model declares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sopflow.model._node import Entries, Many, Node, defaults_of
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
        match value:
            case Step():
                return {"id": value.id, **self.body(value)}
            case Node():
                return self.node(value)
            case Text():
                return self.text(value)
            case Scalar() | ListOf() | Enumeration() | Record():
                return self.type(value)
            case Mapping():
                written = {str(name): self.write(part) for name, part in value.items()}
                return written | self.extra(value.extensions) if isinstance(value, Entries) else written
            case tuple() if value and isinstance(value[0], Step):
                return self.list_of_steps(value)
            case Many() if value.bare and len(value) == 1 and self.short:
                return self.write(value[0])
            case tuple() | list():
                return [self.write(part) for part in value]
            case _:
                return value  # type: ignore[return-value]  # nothing but scalars is left

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
        body = {}
        fields, defaults = type(node).model_fields, defaults_of(type(node))
        for name in (*node.written_first, *(name for name in fields if name not in node.written_first)):
            field = fields[name]
            said = name in node.model_fields_set if self.short else getattr(node, name) != defaults[name]
            if said and name != "extensions":
                body[str(field.alias)] = self.write(getattr(node, name))
        return body | self.extra(node.extensions)

    def body(self, step: Step) -> dict[str, Plain]:
        """A step without its id, the key of its kind first."""
        fields = self.fields(step)
        fields.pop("id", None)
        return {step.kind: fields.pop(step.kind), **fields}

    def list_of_steps(self, steps: tuple[Step, ...]) -> Plain:
        extra = self.extra(steps.extensions) if isinstance(steps, Many) else {}
        if self.steps == "list" and not extra:
            return [self.write(step) for step in steps]
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
            return written  # type: ignore[return-value]
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
