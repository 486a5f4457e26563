"""All texts of a definition, with the path of each: for translators, for checks, for pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sopflow.model._node import Node
from sopflow.model._step import Handler, Step
from sopflow.model._text import Text
from sopflow.model._types import ListOf, Record

Path = tuple[str | int, ...]


def texts(part: object, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """The texts in ``part``, with paths as they were written: keys, ids of steps, positions in lists."""
    match part:
        case Text():
            yield path, part
        case Handler() if part.step is not None:
            yield from _fields(part.step, path)
        case Node():
            yield from _fields(part, path)
        case Record(fields):
            yield from texts(fields, path)
        case ListOf(item):
            yield from texts(item, path if not isinstance(item, Record) else (*path, 0))
        case Mapping():
            for name, inner in part.items():
                yield from texts(inner, (*path, str(name)))
        case tuple():
            for index, inner in enumerate(part):
                yield from texts(inner, (*path, inner.id if isinstance(inner, Step) else index))
        case _:
            return


def _fields(node: Node, path: Path) -> Iterator[tuple[Path, Text]]:
    for name, field in type(node).model_fields.items():
        if name in node.model_fields_set and name != "extensions":
            here = path if node.is_short else (*path, str(field.alias))
            yield from texts(getattr(node, name), here)


def show_path(path: Path) -> str:
    """``path`` as people write it: ``steps.collect-leads.task``."""
    return ".".join(str(part) for part in path)
