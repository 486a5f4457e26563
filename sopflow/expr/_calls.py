"""Finds the overload of a function that a call means; knows types and trees, no names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sopflow.errors import Problem
from sopflow.expr._adopt import adopt
from sopflow.expr._library import Overload
from sopflow.expr._nodes import Call
from sopflow.expr._types import DYN, fits

__all__ = ["fitting"]


def fitting(node: Call, overloads: Sequence[Overload], problems: list[Problem]) -> Call:
    """``node`` with the type that its overload gives, and with its literals read as that wants them.

    The call's parts must be checked already. Where nothing fits, that is a problem, and the type stays open.
    """

    def report(code: str, **fields: object) -> None:
        problems.append(Problem(code, node.start, node.end, {"name": node.function, **fields}))

    receiver = 0 if node.target is None else 1
    given = node.arguments if node.target is None else (node.target, *node.arguments)
    styled = [overload for overload in overloads if overload.style in ("method" if receiver else "function", "both")]
    if not styled:
        report("SOP331", right=f"{node.function}(x)" if receiver else f"x.{node.function}()")
        return node
    counted = [overload for overload in styled if len(overload.parameters) == len(given)]
    if not counted:
        counts = sorted({len(overload.parameters) - receiver for overload in styled})
        report("SOP330", wanted="/".join(map(str, counts)), count=len(given) - receiver)
        return node
    if len(counted) == 1:
        given = tuple(adopt(a, of, problems) for a, of in zip(given, counted[0].parameters, strict=True))
    results = {
        overload.result
        for overload in counted
        if all(fits(argument.type, of) for argument, of in zip(given, overload.parameters, strict=True))
    }
    if not results:
        wanted = " / ".join(f"({', '.join(map(str, overload.parameters))})" for overload in counted)
        report("SOP333", type=f"({', '.join(str(argument.type) for argument in given)})", wanted=wanted)
    of = results.pop() if len(results) == 1 else DYN
    return replace(node, target=given[0] if receiver else None, arguments=given[receiver:], type=of)
