"""Where the plain data of a step say that it goes: for rules that are judged before there is a model.

Knows the keys that hold targets, not what the targets mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sopflow.model._names import END
from sopflow.model._problems import Loc
from sopflow.model._values import is_cases

WAY_KEYS = (
    "next",
    "yes",
    "no",
    "differ",
    "approved",
    "refused",
    "changes",
    "short",
    "too-deep",
    "exhausted",
    "missed",
)
Found = tuple[tuple[Loc, ...], str]


def unclear_ends(inside: object) -> Iterator[Found]:
    """The ends in a map or list of steps that do not say ``of run``, with their paths.

    Blocks that need the words themselves (``parallel``, ``for-each``) are left out: they look at their own.
    """
    for loc, target in _targets_within(inside):
        match = END.fullmatch(target)
        if match is not None and match[2] is None:
            yield loc, target


def _targets_within(inside: object) -> Iterator[Found]:
    for name, body in _named(inside):
        if not isinstance(body, dict):
            continue
        for loc, target in _targets(body):
            yield (name, *loc), target
        for key in ("on", "steps"):
            if key in body and not (key == "steps" and "for-each" in body):
                for loc, target in _targets_within(body[key]):
                    yield (name, key, *loc), target


def _targets(body: Mapping[str, object]) -> Iterator[Found]:
    if isinstance(body.get("end"), str):
        yield ("end",), f"end {body['end']}"
    for key in WAY_KEYS:
        if key in body:
            for loc, target in targets_of(body[key]):
                yield (key, *loc), target
    yield from _targets_of_table(body.get("table"))
    wait = body.get("wait")
    first = wait.get("first") if isinstance(wait, dict) else None
    for name, alternative in _named(first):
        if isinstance(alternative, dict) and isinstance(alternative.get("next"), str):
            yield ("wait", "first", name, "next"), alternative["next"]


def targets_of(way: object) -> Iterator[Found]:
    """The targets of one way out: one, one per outcome, or one per case."""
    if isinstance(way, str):
        yield (), way
    elif isinstance(way, dict):
        for name, target in way.items():
            if isinstance(target, str) and not str(name).startswith("x-"):
                yield (str(name),), target
    elif is_cases(way) and isinstance(way, list):
        for index, case in enumerate(way):
            for key in ("then", "else"):
                if isinstance(case.get(key), str):
                    yield (index, key), case[key]


def _targets_of_table(table: object) -> Iterator[Found]:
    if not isinstance(table, dict):
        return
    columns, gives, rows = table.get("columns"), table.get("gives"), table.get("rows")
    if not (isinstance(columns, list) and isinstance(gives, list) and isinstance(rows, list)) or "next" not in gives:
        return
    at = len(columns) + gives.index("next")
    for index, row in enumerate(rows):
        cells, inner = (row.get("row"), ("row", at)) if isinstance(row, dict) else (row, (at,))
        if isinstance(cells, list) and at < len(cells) and isinstance(cells[at], str):
            yield ("table", "rows", index, *inner), cells[at]


def _named(inside: object) -> Iterator[tuple[Loc, object]]:
    if isinstance(inside, dict):
        yield from ((str(name), body) for name, body in inside.items() if not str(name).startswith("x-"))
    elif isinstance(inside, list):
        yield from enumerate(inside)
