"""Rule: every case can be chosen."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._guarded import cases, guards_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.analysis.guards import Claim, Every, helper
from sopflow.errors import Finding

REASON = (
    "Of cases the first that holds counts. One below a wider one has no turn: whatever makes it hold makes the other "
    "hold before. Overlaps are ordinary, and no finding: the order decides. So is an ‘else’ that nothing is left for."
)

VALID = """\
sopflow: 1
id: parcel
roles: {clerk: Clerk}
data: {weight: {is: decimal, min: 0}}
steps:
  weigh: {task: Weigh it, by: clerk, form: [weight]}
  how:
    decision: How is it sent?
    by: clerk
    next:
      - {when: weight > 30, then: freight}
      - {when: weight > 1, then: parcel}
      - {else: letter}
  freight: {task: Call the carrier, next: end}
  parcel: {task: Bring it to the counter, next: end}
  letter: {task: Stamp it}
"""

INVALID = VALID.replace("weight > 30, then: freight", "weight > 1, then: freight").replace(
    "weight > 1, then: parcel", "weight > 30, then: parcel"
)


def check(subject: Subject) -> Iterator[Finding]:
    """The cases, each of which holds only where one above it does."""
    guards = guards_of(subject)
    for listed in cases(subject):
        above: list[Claim] = []
        for doc, guard in listed.lines:
            if guard is None:
                break
            alone = Claim(guard)
            by = guards.never(Every((alone, *above))) if above else ""
            if by and not guards.never(alone):
                said = guard.text
                yield subject.at("SOP463", (*doc, "when"), key_name=listed.key, guard=said, by=helper(by))
            above.append(Claim(guard, truth=False))


RULE = Rule("every_case_can_be_chosen", ("SOP463",), REASON, VALID, INVALID, check)
