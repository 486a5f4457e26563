"""Rule: one role takes over."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "A step that is handed over is one role's from then on. Where an escalation hands it to several at once, the last "
    "one written takes it from the others. Several may be told; and one after the other may take over, each at a time "
    "of its own."
)

VALID = """\
sopflow: 1
id: stall
roles: {seller: Seller, head: Head, owner: Owner}
steps:
  sell:
    task: Sell
    by: seller
    due: within 3 days
    escalate:
      - {at: 1 day after due, to: [head, owner]}
      - {at: 2 days after due, to: head, do: hand-over}
      - {at: 3 days after due, to: owner, do: hand-over}
"""

INVALID = """\
sopflow: 1
id: stall
roles: {seller: Seller, head: Head, owner: Owner}
steps:
  sell:
    task: Sell
    by: seller
    due: within 3 days
    escalate: [{at: 1 day after due, to: [head, owner], do: hand-over}]
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The escalations that hand a step over to several roles at once."""
    for node in subject.index.nodes:
        for number, line in enumerate(node.step.escalate):
            if line.do == "hand-over" and len(line.to) > 1:
                keys, names = ("escalate", number, "to"), ", ".join(line.to)
                yield subject.at_step("SOP532", node.index, *keys, names=names, name=line.to[-1])


RULE = Rule("one_role_takes_over", ("SOP532",), REASON, VALID, INVALID, check)
