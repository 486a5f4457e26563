"""Rule: cases leave nothing out."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._guarded import cases, guards_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.analysis.guards import Claim, Every, in_words
from sopflow.errors import Finding

REASON = (
    "Where a step goes, or who does it, is written as cases, and none of them holds: the run stops there. An ‘else’ "
    "says what counts then. Cases that between them hold for all data that may come need none; what is unknown is "
    "asked for first."
)

VALID = """\
sopflow: 1
id: parcel
roles: {clerk: Clerk, porter: Porter}
data: {weight: {is: decimal, min: 0}, kind: [letter, parcel]}
steps:
  weigh: {task: Weigh it, by: clerk, form: [weight, kind]}
  how:
    decision: How is it sent?
    by: clerk
    next:
      - {when: weight <= 1, then: stamp}
      - {when: weight > 1, then: call}
  stamp:
    task: Stamp it
    by:
      - {when: kind == 'letter', then: clerk}
      - {when: kind == 'parcel', then: porter}
    next: end
  call: {task: Call the carrier, by: clerk}
"""

INVALID = VALID.replace("weight > 1, then", "weight > 2, then")
_KEYS = ("next", "by")


def check(subject: Subject) -> Iterator[Finding]:
    """The cases of targets and of people without an ‘else’, where none of them may hold."""
    for listed in cases(subject):
        tests = [guard for _, guard in listed.lines if guard is not None]
        if listed.key not in _KEYS or len(tests) < len(listed.lines):
            continue
        guards = guards_of(subject)
        none = guards.decide(Every(tuple(Claim(test, truth=False) for test in tests)))
        if none.verdict != "no":
            key, example = listed.key, in_words(none.witness)
            yield subject.at_step("SOP431", listed.step, key, key_name=key, example=example)


RULE = Rule("cases_leave_nothing_out", ("SOP431",), REASON, VALID, INVALID, check)
