"""Decisions: how a step that only asks a question finds its way out, by a field, by cases, or by a table.

Where the token goes then stands in ``_rules.py``; what people's answers amount to, in ``_people.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.engine import _effects as fx
from sopflow.engine._enabled import path_of
from sopflow.engine._people import field_of
from sopflow.engine._plan import OPERATION
from sopflow.engine._rules import Rules
from sopflow.engine._state import Opening
from sopflow.engine._view import evaluate
from sopflow.expr import UNKNOWN, Expression, Failure
from sopflow.program import Question, Row, Step, Table

#: Among the fields that were written, before the path of a question: when it was judged, for each item of its own.
JUDGED = "?"


class Choosing(Rules):
    """Routes a token by what is known, or asks for what is not."""

    __slots__ = ()

    def _choose(self, opening: Opening, step: Step) -> None:
        question = step.question
        if question is None or question.open:
            self._announce(opening, step)
        elif question.about:
            self._choose_by_field(opening, step, question)
        elif question.table is not None:
            self._choose_by_table(opening, step, question.table)
        else:
            self._choose_by_cases(opening, step, question)

    def _choose_by_cases(self, opening: Opening, step: Step, question: Question) -> None:
        """The first case that holds; one that is unknown might have held, so it is asked about before the next."""
        data = self.state.data
        inputs: dict[str, object] = {}
        for guard, exit_ in question.cases:
            if guard is None:
                self._choose_exit(opening, exit_, inputs, "else")
                return
            held = self._value(guard, opening)
            for path in guard.reads:
                if path in data:
                    inputs[path] = data[path]
            if held is True:
                self._choose_exit(opening, exit_, inputs, guard.text)
                return
            if held is not False:
                if isinstance(held, Failure):
                    self._incident(opening, f"{guard.text}: {held}")
                else:
                    self._ask(opening, step, self._view(opening).unknown_fields(guard))
                return
        self._incident(opening, "no case holds")

    def _choose_by_field(self, opening: Opening, step: Step, question: Question) -> None:
        path, judged = question.about, self._judged(opening, step)
        # An old answer must not answer a new round: it counts only if the field was written since.
        stale = judged > 0 and question.asks == "new-round" and self._written(opening, path) <= judged
        value = self._value_of(path, opening)
        # Only a field can be asked again; what is derived or set for good is as it is.
        again = field_of(self.program, step, path) is not None and path not in self.program.parameters
        if value is UNKNOWN or (again and not opening.round and (stale or question.asks == "every-time")):
            opening.stage = OPERATION
            self._ask(opening, step, self._view(opening).fields_behind((path,)))
            return
        exit_ = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        if exit_ not in step.exits:
            exit_ = "else"
        if exit_ not in step.exits:
            self._incident(opening, f"no way out for {path} = {value}")
            return
        self._choose_exit(opening, exit_, {path: value}, f"{path} = {exit_}")

    def _judged(self, opening: Opening, step: Step) -> int:
        """The number of the event in which this question was last judged here, about this item; 0 if never."""
        if self.plan.items[step.index]:
            return self.state.written.get(JUDGED + path_of(self.program, self.state, opening), 0)
        last = self.state.done.get(step.index)
        return last.seq if last is not None else 0

    def _choose_by_table(self, opening: Opening, step: Step, table: Table) -> None:
        """The rows that match give their values; which of them count is the table's hit policy (DMN 1.5, 8.2.8)."""
        hits: list[Row] = []
        asked: dict[str, None] = {}
        for row in table.rows:
            match = self._matches_row(opening, row, asked)
            if isinstance(match, Failure):
                self._incident(opening, f"table: {match}")
                return
            if match is True:
                hits.append(row)
            # An unknown row might have matched: it counts before the next where order counts, and always in a list.
            if table.hit == "first" and (hits or asked):
                break
        if asked and (not hits or table.hit == "collect"):
            self._ask(opening, step, tuple(asked))
            return
        if not hits:
            self._incident(opening, "no row of the table matches")
            return
        wrong = self._give(opening, table, hits)
        if wrong is not None:
            self._incident(opening, f"table: {wrong}")
            return
        inputs = {
            path: self.state.data[path] for column in table.columns for path in column.reads if path in self.state.data
        }
        self._choose_exit(opening, hits[0].next or "done", inputs, f"row {table.rows.index(hits[0]) + 1}")

    def _matches_row(self, opening: Opening, row: Row, asked: dict[str, None]) -> object:
        """Whether every test of the row holds; where that is unknown, ``asked`` gets the fields it hangs on."""
        unknown: list[Expression] = []
        for test in row.tests:
            held = True if test is None else self._value(test, opening)
            if held is False or isinstance(held, Failure):
                return held
            if held is UNKNOWN and test is not None:
                unknown.append(test)
        for test in unknown:
            asked.update(dict.fromkeys(self._view(opening).unknown_fields(test)))
        return UNKNOWN if unknown else True

    def _give(self, opening: Opening, table: Table, hits: list[Row]) -> Failure | None:
        """Write what the rows that count give; what cannot be written is given back."""
        view = self._view(opening)
        for number, path in enumerate(table.gives):
            if table.hit == "collect":
                self._write(path, [evaluate(row.gives[number], view) for row in hits])
                continue
            wrong = self._assign(opening, path, hits[0].gives[number], view)
            if wrong is not None:
                return wrong
        return None

    def _choose_exit(self, opening: Opening, exit_: str, inputs: Mapping[str, object], rule: str) -> None:
        self.notes.append(fx.Judged(opening.id, opening.step, inputs, rule, exit_))
        if self.plan.items[opening.step]:
            self.state.written[JUDGED + path_of(self.program, self.state, opening)] = self.state.seq
        self._close(opening, exit_)
