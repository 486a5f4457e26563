"""Rule: every step is reached."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._graph import reach
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "A step to which no way leads is never done. Mostly a target is misspelt, or everything before it goes elsewhere. "
    "Of a chain of such steps only the first is named."
)

VALID = """\
sopflow: 1
id: leave
steps:
  ask: {approval: May I leave?, refused: tell}
  book: {task: Book the days, next: end}
  tell: {task: Tell why not}
"""

INVALID = """\
sopflow: 1
id: leave
steps:
  ask: {approval: May I leave?, approved: book, refused: end refused}
  tell: {task: Tell why not}
  book: {task: Book the days}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps of entered regions to which nothing leads; not those that only they lead to."""
    flow = subject.flow
    for number in sorted(flow.live):
        explained: set[int] = set(flow.regions[number].before)
        for step in subject.program.regions[number].steps:
            if step not in explained:
                explained.update(reach(flow.regions[number].graph, [step]))
                yield subject.at_step("SOP411", step)


RULE = Rule("every_step_is_reached", ("SOP411",), REASON, VALID, INVALID, check)
