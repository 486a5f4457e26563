"""Rule: every reminder reaches somebody."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "A reminder goes to the roles in ‘by’. A group, a wait or a task without them is nobody's in particular, so the "
    "reminder goes nowhere; ‘escalate’ names the role that it tells."
)

VALID = """\
sopflow: 1
id: stall
roles: {seller: Seller, head: Head}
steps:
  sell:
    group: Sell
    due: within 3 days
    escalate: [{at: 1 day after due, to: head}]
    steps: {show: {task: Show, by: seller, due: within 1 day, remind: [2 hours before due]}}
"""

INVALID = """\
sopflow: 1
id: stall
roles: {seller: Seller}
steps:
  sell:
    group: Sell
    due: within 3 days
    remind: [1 day before due]
    steps: {show: {task: Show, by: seller}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that remind and have nobody to remind."""
    for step in subject.program.steps:
        if step.times.remind and not step.people.by and step.people.by_cases is None:
            yield subject.at_step("SOP521", step.index, "remind", key_name="remind")


RULE = Rule("every_reminder_reaches_somebody", ("SOP521",), REASON, VALID, INVALID, check)
