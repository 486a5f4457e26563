"""Rules that several kinds share, on the plain data of a step; knows no single kind."""

from __future__ import annotations

import re

from sopflow.model._problems import Loc, Problems, problem
from sopflow.model._ways import unclear_ends

_OF = re.compile(r"([1-9]\d*) of ([1-9]\d*)")


def read_need(value: object) -> int | str:
    """How many must say so: a number, ``2 of 3``, ``all``."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    if value == "all" or share(value) is not None:
        return str(value)
    raise problem("SOP127", value=value, known="1, 2, …, 2 of 3, all")


def read_join(value: object) -> str:
    """``active``, ``all``, ``first`` or ``2 of 3``."""
    if isinstance(value, str) and (value in ("active", "all", "first") or share(value) is not None):
        return value
    raise problem("SOP127", value=value, known="active, all, first, 2 of 3")


def share(value: object) -> tuple[int, int] | None:
    """The two numbers of ``2 of 3``; None if it is no such share, or more than the whole."""
    match = _OF.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) > int(match[2]):
        return None
    return int(match[1]), int(match[2])


def bodies(steps: object) -> list[tuple[tuple[Loc, ...], dict[str, object]]]:
    """The maps of a list of steps, with their paths in it."""
    pairs = steps.items() if isinstance(steps, dict) else enumerate(steps) if isinstance(steps, list) else ()
    return [((name,), body) for name, body in pairs if isinstance(body, dict) and not str(name).startswith("x-")]


def check_plain_next(way: object, problems: Problems, outcomes: str) -> None:
    """A step with one way out has one target in ``next``."""
    if isinstance(way, dict) or (isinstance(way, list) and not any(isinstance(one, str) for one in way)):
        problems.add("SOP156" if outcomes else "SOP157", "next", key=outcomes)


def check_outcomes(outcomes: list[str], way: object, problems: Problems) -> None:
    """``next`` is a map with a way for each outcome (or ``else``), and for nothing else."""
    if not isinstance(way, dict):
        problems.add("SOP170", "outcomes", at_key=True)
        return
    for name in way:
        if name not in outcomes and name != "else" and not str(name).startswith("x-"):
            problems.add("SOP171", "next", name, at_key=True, name=name, known=", ".join(outcomes))
    if "else" not in way:
        for name in outcomes:
            if name not in way:
                problems.add("SOP172", "next", at_key=True, name=name)


def check_ends(inside: object, where: str, problems: Problems) -> None:
    """Inside ``parallel`` and ``for-each`` an end says that it means the run."""
    for loc, target in unclear_ends(inside):
        problems.add("SOP173", where, *loc, target=target)
