"""Rule: every way can be taken."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._flow import targets
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import DONE

REASON = (
    "A way out that is written says what somebody expects to happen. If no run can take it, as always enough branches "
    "come to the join for ‘short’, no round is ever over for ‘exhausted’, or all branches leave a block so that its "
    "‘next’ is never come to, the definition says something else than was meant."
)

VALID = """\
sopflow: 1
id: tender
data: {offers: {large: {is: bool, ask: buyer}}}
roles: {buyer: Buyer}
steps:
  ask:
    parallel: Ask for offers
    join: 2 of 3
    short: again
    branches:
      one: {task: Ask one}
      two: {task: Ask two, if: offers.large}
      three: {task: Ask three, if: offers.large}
  choose: {task: Choose, next: end}
  again: {task: Ask the buyer, by: buyer, next: ask}
"""

INVALID = """\
sopflow: 1
id: tender
steps:
  ask:
    parallel: Ask for offers
    join: 2 of 3
    short: again
    branches: {one: {task: Ask one}, two: {task: Ask two}, three: {task: Ask three}}
  choose: {approval: Choose, approved: end, refused: again}
  again: {task: Think again, next: ask}
"""

#: The keys under which exits of blocks are written.
_KEYS = {"done": "next", "short": "short", "exhausted": "exhausted"}


def check(subject: Subject) -> Iterator[Finding]:
    """The written exits of blocks that no run can take; not those whose target is never reached, which says it."""
    program, flow = subject.program, subject.flow
    for number in sorted(flow.live):
        reached = flow.regions[number].before

        def is_elsewhere(target: int, number: int = number) -> bool:
            return target < 0 or program.steps[target].region != number or target in flow.regions[number].before

        for index in reached:
            step = program.steps[index]
            if not step.regions:
                continue
            closed = set(flow.closed(step))
            if any(handler.instead and handler.target == DONE for handler in step.handlers):
                closed.discard(step.ordinary)  # it goes on where its scope would
            for exit_ in sorted(closed):
                key, written = _KEYS.get(exit_, ""), subject.index.nodes[index].step.model_fields_set
                if key in written and any(is_elsewhere(target) for target in targets(step.exits[exit_])):
                    yield subject.at_step("SOP443", index, key, key_name=key)


RULE = Rule("every_way_can_be_taken", ("SOP443",), REASON, VALID, INVALID, check)
