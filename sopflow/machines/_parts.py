"""What stands in the tables of a program: the expressions of a part of it, and the names that they hang on.

It reads tables only, and knows neither runs nor machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from sopflow.expr import Expression
from sopflow.program import Program, Step


def expressions(*parts: object) -> Iterator[Expression]:
    """Every expression in these parts of a program, however deep it stands."""
    todo = list(parts)
    while todo:
        match todo.pop():
            case Expression() as expression:
                yield expression
            case tuple() as inner:
                todo += inner
            case Mapping() as named:
                todo += named.values()
            case other if is_dataclass(other) and type(other).__module__ == Step.__module__:
                todo += [getattr(other, field.name) for field in fields(other)]
            case _:
                pass


def explored(step: Step) -> tuple[object, ...]:
    """What of a step may decide where it goes or what it writes: not what others are given, ticked or shown."""
    bare = replace(step, call=None, with_=(), checklist=(), evidence=())
    return (bare, step.call.set_) if step.call is not None else (bare,)


def leaves(program: Program, expression: Expression) -> tuple[str, ...]:
    """The names that an expression hangs on, through what is derived."""
    depends = program.depends
    return tuple(dict.fromkeys(path for name in expression.reads for path in depends.get(name, (name,))))
