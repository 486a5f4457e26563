"""Deciding questions about the guards of one program: by the procedure here, else by a solver that may be installed.

A "no" is a proof, a "yes" comes with values that the evaluator of runs has confirmed; between the two stands "not
decided", of which nothing follows. Knows programs, no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sopflow.analysis.guards import _smt
from sopflow.analysis.guards._boxes import meeting
from sopflow.analysis.guards._cells import Variable
from sopflow.analysis.guards._formula import All, Any, Formula, is_free
from sopflow.analysis.guards._query import Claim, Every, Query, Some, expressions_of, judged
from sopflow.analysis.guards._reading import Reading
from sopflow.analysis.guards._search import TooHard, model, possible
from sopflow.engine import RunState, View
from sopflow.expr import UNKNOWN, Binary, Expression, Leaf, ListType, RecordType, walk
from sopflow.program import Program


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question.

    ``verdict``: ``yes`` (under ``witness``, names with values, of which UNKNOWN is one), ``no``, or ``open``: not
    decided. ``by`` says who decided it: ``sopflow`` or ``z3``.
    """

    verdict: Literal["yes", "no", "open"]
    witness: Mapping[str, object]
    by: str = "sopflow"


class Guards:
    """The guards of ``program``: all ``expressions`` that questions will speak of, known from the beginning."""

    def __init__(self, program: Program, expressions: Iterable[Expression]) -> None:
        self.program = program
        self.reading = Reading(program)
        for expression in expressions:  # all constants must be known before the first question cuts the lines up
            self.reading.formula(expression, truth=True)

    def decide(self, query: Query, *, solver: bool = True) -> Answer:
        """Whether there are data under which ``query`` holds; ``solver``: whether another one may help."""
        formula = self.formula(query)
        try:
            found = model((formula,))
        except TooHard:
            found = None
        else:
            if found is None:
                return Answer("no", {})
            witness = self._witness(query, formula, found)
            if witness is not None:
                return Answer("yes", witness)
        if solver and self._may_help(formula):
            verdict, values = _smt.decided(query, self.program)
            if verdict == "no":
                return Answer("no", {}, "z3")
            if verdict == "yes" and judged(query, self._env(query, values, {})):
                return Answer("yes", values, "z3")
        return Answer("open", {})

    def is_free(self, expression: Expression) -> bool:
        """Whether it is seen at a glance that ``expression`` may be true and may be false; no: ask in earnest."""
        return is_free(self.reading.formula(expression, truth=True))

    def never(self, query: Query) -> str:
        """Who has proved that ``query`` never holds; empty if nobody has."""
        formula = self.formula(query)
        try:
            if not possible((formula,)):
                return "sopflow"
        except TooHard:
            pass
        if self._may_help(formula) and _smt.decided(query, self.program)[0] == "no":
            return "z3"
        return ""

    def meeting(self, queries: Sequence[Query]) -> list[list[int]]:
        """For each of ``queries`` the numbers of those before it that may hold with it: the others surely fail then."""
        return meeting([self.formula(query) for query in queries])

    def formula(self, query: Query) -> Formula:
        """``query`` as a formula over the variables of the program."""
        match query:
            case Claim(expression=expression, truth=truth):
                return self.reading.formula(expression, truth=truth)
            case Every(parts=parts):
                return All(tuple(self.formula(part) for part in parts))
            case Some(parts=parts):
                return Any(tuple(self.formula(part) for part in parts))

    def _may_help(self, formula: Formula) -> bool:
        """Whether something is left open that the other solver knows more of: sums and products."""
        names = [variable.name for variable in formula.used if variable.opaque]
        nodes = [part for name in names if isinstance(name, tuple) for part in walk(name[1])]
        derived = [self.program.derived.get(part.path) for part in nodes if isinstance(part, Leaf)]
        nodes += [part for behind in derived if isinstance(behind, Expression) for part in walk(behind.node)]
        return any(isinstance(part, Binary) and part.op in "+-*" for part in nodes) and _smt.is_installed()

    # -- witnesses ---------------------------------------------------------------------------------------------------

    def _witness(self, query: Query, formula: Formula, found: Mapping[Variable, object]) -> dict[str, object] | None:
        """The values of the variables that matter, once the evaluator has confirmed them."""
        values: dict[str, object] = {}
        lists: dict[str, tuple[object, list[object]]] = {}
        hidden = False
        for variable in sorted(formula.used, key=lambda one: one.shown):
            value = found[variable] if variable in found else variable.example(variable.full)
            match variable.name:
                case ("size", str(path)):
                    lists[path] = (value, lists.get(path, (UNKNOWN, []))[1])
                case ("in", str(path), item):
                    lists.setdefault(path, (UNKNOWN, []))[1].extend([item] if value is True else [])
                case str(path) if path not in self.program.derived:
                    values[path] = value
                case _:
                    hidden = True
        env = self._env(query, values, lists)
        if not judged(query, env):
            return None
        shown = {v.shown: found[v] for v in found if not v.opaque and isinstance(v.name, str) and v.name in values}
        shown |= {path: env[path] for path in lists if path in env}
        return shown if shown or not hidden else {path: env[path] for path in values}

    def _env(
        self, query: Query, values: Mapping[str, object], lists: Mapping[str, tuple[object, list[object]]]
    ) -> View:
        """The data of a run in which the names of ``query`` have these values."""
        view = View()
        view.bind(self.program, RunState.of(self.program))
        types = {leaf.path: leaf.type for one in expressions_of(query) for leaf in self.reading.leaves(one)}
        for path, value in values.items():
            head, _, rest = path.partition(".")
            if rest and isinstance(types.get(head), RecordType):
                if value is not UNKNOWN:
                    view.setdefault(head, {})
                    _put(view[head], rest.split("."), value)
            elif value is not UNKNOWN:
                view[path] = value
        for path, (size, items) in lists.items():
            if isinstance(size, int):
                of = types.get(path)
                item = of.item if isinstance(of, ListType) else None
                view[path] = _listed(size, items, item, self.reading.named_items(path))
        return view


def _put(record: object, path: list[str], value: object) -> None:
    for name in path[:-1]:
        record = record.setdefault(name, {}) if isinstance(record, dict) else {}
    if isinstance(record, dict):
        record[path[-1]] = value


def _listed(size: int, items: list[object], item: object, named: frozenset[object]) -> list[object]:
    """A list of so many items, those that must be there first, then others that no guard names."""
    words = getattr(item, "values", None) or ("other",)
    others = [word for word in words if word not in named] or [word for word in words if word in items]
    filler = others[0] if others else 0
    return [*items, *([filler] * (size - len(items)))]
