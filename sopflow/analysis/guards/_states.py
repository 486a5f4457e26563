"""What is known of the data at one place of the flow: masks of single variables, and formulas of several.

Only what is known for sure counts: a field that may be unknown may be given any value by whoever is asked for it. Two
states join to what both say. A state is never changed. Knows formulas, no steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sopflow.analysis.guards._cells import UNKNOWN_CELL, Variable
from sopflow.analysis.guards._formula import Any, Apart, Formula, Is, is_free
from sopflow.analysis.guards._search import TooHard, possible, settled
from sopflow.analysis.guards._words import mask_in_words


@dataclass(frozen=True, slots=True)
class Fact:
    """A formula that holds, and how it reads."""

    formula: Formula
    text: str
    reads: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """``masks`` of variables that are known, and ``facts`` about several, by the number of their formula."""

    masks: Mapping[Variable, int] = field(default_factory=dict)
    facts: Mapping[int, Fact] = field(default_factory=dict)

    def same(self, other: State) -> bool:
        """Whether both say the same."""
        return self is other or (self.masks == other.masks and self.facts.keys() == other.facts.keys())

    def joined(self, other: State) -> State:
        """What both say."""
        if self is other:
            return self
        masks = {}
        for variable, mask in self.masks.items():
            both = mask | other.masks.get(variable, variable.full)
            if not both & UNKNOWN_CELL and both != variable.full:
                masks[variable] = both
        return State(masks, {key: fact for key, fact in self.facts.items() if key in other.facts})

    def without(self, fields: Collection[str]) -> State:
        """What is left once these fields were written."""
        if not fields or not (self.masks or self.facts):
            return self
        masks = {one: mask for one, mask in self.masks.items() if not any(path in fields for path in one.reads)}
        facts = {key: fact for key, fact in self.facts.items() if fact.reads.isdisjoint(fields)}
        return self if len(masks) == len(self.masks) and len(facts) == len(self.facts) else State(masks, facts)

    def having(self, variable: Variable, mask: int) -> State:
        """This, and the value of ``variable`` just written."""
        return self if mask & UNKNOWN_CELL else State({**self.masks, variable: mask}, self.facts)

    def concerns(self, formulas: Iterable[Formula]) -> bool:
        """Whether anything is known here of what ``formulas`` speak of."""
        used = {variable for formula in formulas for variable in formula.used}
        if not used.isdisjoint(self.masks):
            return True
        return any(not fact.formula.used.isdisjoint(used) for fact in self.facts.values())

    def allows(self, formulas: Iterable[Formula]) -> bool:
        """Whether ``formulas`` may all hold here, as far as is known."""
        asked = tuple(formulas)
        if not self.concerns(asked) and len(asked) == 1 and is_free(asked[0]):
            return True
        used = {variable for formula in asked for variable in formula.used}
        reads = {path for variable in used for path in variable.reads}
        facts = [fact.formula for fact in self.facts.values() if not fact.reads.isdisjoint(reads)]
        try:
            return possible([*asked, *facts], self.masks)
        except TooHard:
            return True

    def knowing(self, formula: Formula, text: str, tracked: frozenset[Variable]) -> State:
        """This, and that ``formula`` holds, as far as it speaks of ``tracked`` variables."""
        used = formula.used
        if used.isdisjoint(tracked):
            return self
        masks = dict(self.masks)
        apart: list[Apart] = []
        left = settled(masks, [formula], [], apart)
        if left is None:
            return self
        for clause in left:
            _unite(clause, masks)
        for variable in used:
            mask = masks.get(variable, UNKNOWN_CELL)
            if variable not in tracked or mask & UNKNOWN_CELL or mask == variable.full:
                masks.pop(variable, None)
        facts = dict(self.facts)
        if (left or apart) and used <= tracked:
            facts[id(formula)] = Fact(formula, text, frozenset(path for one in used for path in one.reads))
        return State(masks, facts)

    def in_words(self, formulas: Iterable[Formula]) -> str:
        """What is known of the variables of ``formulas``."""
        used = {variable for formula in formulas for variable in formula.used}
        reads = {path for variable in used for path in variable.reads}
        said = [mask_in_words(variable, mask) for variable, mask in self.masks.items() if variable in used]
        said += [fact.text for fact in self.facts.values() if not fact.reads.isdisjoint(reads)]
        return ", ".join(dict.fromkeys(text for text in said if text))


def _unite(clause: Any, masks: dict[Variable, int]) -> None:
    """A choice between values of one variable is a mask of it."""
    parts = [part for part in clause.parts if isinstance(part, Is)]
    if len(parts) == len(clause.parts) and len({part.variable for part in parts}) == 1:
        variable, mask = parts[0].variable, 0
        for part in parts:
            mask |= part.mask
        masks[variable] = masks.get(variable, variable.full) & mask
