"""What can be asked about guards: claims about single expressions, joined by “every” and “some”.

Knows how to hold a question against data, and not how to answer it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from sopflow.expr import Expression


@dataclass(frozen=True, slots=True)
class Claim:
    """``expression`` has the value ``truth``: it is neither unknown nor a failure."""

    expression: Expression
    truth: bool = True


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these holds."""

    parts: tuple[Query, ...]


Query: TypeAlias = Claim | Every | Some


def judged(query: Query, env: Mapping[str, object]) -> bool:
    """Whether ``query`` holds under ``env``, by the evaluator that runs use."""
    match query:
        case Claim(expression=expression, truth=truth):
            return expression.evaluate(env) is truth
        case Every(parts=parts):
            return all(judged(part, env) for part in parts)
        case Some(parts=parts):
            return any(judged(part, env) for part in parts)
    assert_never(query)


def expressions_of(query: Query) -> Iterator[Expression]:
    """The expressions that ``query`` speaks of."""
    match query:
        case Claim(expression=expression):
            yield expression
        case Every(parts=parts) | Some(parts=parts):
            for part in parts:
                yield from expressions_of(part)
