"""Can this guard hold? Questions about the expressions of a definition, decided exactly where they can be.

Guards that compare fields with constants, ask whether they are known, or compare the distance of two, are decided by
a procedure of this room; arithmetic of several fields by z3, where that is installed; the rest is not decided, and
nothing follows from it. Knows programs and expressions, no rule.
"""

from sopflow.analysis.guards._cells import Variable
from sopflow.analysis.guards._formula import Formula
from sopflow.analysis.guards._guards import Answer, Guards
from sopflow.analysis.guards._query import Claim, Every, Query, Some
from sopflow.analysis.guards._states import State
from sopflow.analysis.guards._words import domain_in_words, helper, in_words

__all__ = [
    "Answer", "Claim", "Every", "Formula", "Guards", "Query", "Some", "State", "Variable", "domain_in_words", "helper",
    "in_words",
]  # fmt: skip
