"""What guards read of a run's history, as far as it has few values: what was done, how often, with what outcome.

A machine keeps that in its states. Rounds are counted up to the largest number that a guard compares them with; above
it, all numbers are alike to every guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sopflow.engine import RunState, View
from sopflow.expr import Binary, Expression, Leaf, Literal, walk
from sopflow.machines._parts import explored, expressions, leaves
from sopflow.program import Program

FEW = frozenset({"done", "outcome", "verdict", "answer"})
_COMPARE = frozenset({"==", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class History:
    """The names of a program's history that are read (``steps.review.rounds``), each with the most that is counted."""

    most: Mapping[str, int]

    @classmethod
    def of(cls, program: Program) -> History:
        """What the guards of ``program`` read. Only for programs in which :func:`countless` finds nothing."""
        most: dict[str, int] = {}
        for expression in _all(program):
            for name in leaves(program, expression):
                if is_history(program, name):
                    most[name] = max(most.get(name, 0), _largest(expression, name) + 1)
        return cls(dict(sorted(most.items())))

    def values(self, program: Program, state: RunState) -> dict[str, object]:
        """What is known of the history at ``state``, by name."""
        if not self.most:
            return {}
        view = View()
        view.bind(program, state)
        found: dict[str, object] = {}
        for name, most in self.most.items():
            try:
                value = view[name]
            except KeyError:
                continue
            found[name] = min(value, most) if name.endswith(".rounds") and isinstance(value, int) else value
        return found


def is_history(program: Program, name: str) -> bool:
    """Whether a name says something of a step's history."""
    return name.partition(".")[0] == "steps" and name not in program.fields


def countless(program: Program, read: Iterable[Expression]) -> list[str]:
    """The names of the history, and of the clock, that have too many values for a machine."""
    found: dict[str, None] = {}
    derived = list(expressions(program.derived))
    for expression in read:
        for name in leaves(program, expression):
            if name in program.fields:
                continue
            if name.partition(".")[0] in ("now", "today"):
                found[name] = None
            elif is_history(program, name) and name.rpartition(".")[2] not in FEW:
                counted = name.endswith(".rounds") and all(_compares(one, name) for one in (expression, *derived))
                if not counted:
                    found[name] = None
    return list(found)


def _all(program: Program) -> list[Expression]:
    return list(expressions(program.derived, program.handlers, *(part for s in program.steps for part in explored(s))))


def _compares(expression: Expression, name: str) -> bool:
    """Whether the name is only compared with numbers as they stand."""
    read = sum(isinstance(node, Leaf) and node.path == name for node in walk(expression.node))
    return read == len(_numbers(expression, name))


def _largest(expression: Expression, name: str) -> int:
    return max(_numbers(expression, name), default=0)


def _numbers(expression: Expression, name: str) -> list[int]:
    """The numbers that an expression compares the name with."""
    found = []
    for node in walk(expression.node):
        if isinstance(node, Binary) and node.op in _COMPARE:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, Leaf) and one.path == name and isinstance(other, Literal):
                    found += [other.value] if isinstance(other.value, int) else []
    return found
