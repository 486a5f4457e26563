"""All texts of a definition, with the path of each: for translators, for checks, for pictures."""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.model._node import Node, facts_of
from sopflow.model._step import Handler, Step
from sopflow.model._text import Text
from sopflow.model._types import ListOf, Record

Path = tuple[str | int, ...]
_WORDLESS = frozenset({type(None), str, bool, int, float})  # asked by `type`: most values are of these


def texts(part: object) -> dict[Path, Text]:
    """The texts in ``part``, with paths as they were written: keys, ids of steps, positions in lists."""
    found: dict[Path, Text] = {}
    _gather(part, (), found)
    return found


def _gather(part: object, path: Path, found: dict[Path, Text]) -> None:
    match part:  # models last: to ask whether something is one takes pydantic longer than all the rest
        case Text():
            found[path] = part
        case tuple():
            for index, inner in enumerate(part):
                if type(inner) not in _WORDLESS:
                    _gather(inner, (*path, inner.id if isinstance(inner, Step) else index), found)
        case Record(fields):
            _gather(fields, path, found)
        case ListOf(item):
            _gather(item, path if not isinstance(item, Record) else (*path, 0), found)
        case Mapping():
            for name, inner in part.items():
                if type(inner) not in _WORDLESS:
                    _gather(inner, (*path, str(name)), found)
        case Handler() if part.step is not None:
            _gather_fields(part.step, path, found)
        case Node():
            _gather_fields(part, path, found)
        case _:
            return


def _gather_fields(node: Node, path: Path, found: dict[Path, Text]) -> None:
    facts, values, is_short = facts_of(type(node)), node.__dict__, node.is_short
    said = [name for name in node.__pydantic_fields_set__ if type(values[name]) not in _WORDLESS]
    for name in sorted(said, key=facts.order.__getitem__):
        if name != "extensions":
            _gather(values[name], path if is_short else (*path, facts.keys[name]), found)


def show_path(path: Path) -> str:
    """``path`` as people write it: ``steps.collect-leads.task``."""
    return ".".join(str(part) for part in path)
