"""Rule: every step can finish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sopflow.analysis._graph import shortest_circle
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "From every step that can be reached there must be a way to the end: of its branch, its item, its group, or of the "
    "run. Each branch must have one of its own; that a sibling may cancel it is no way out."
)

VALID = """\
sopflow: 1
id: article
steps:
  write: {task: Write}
  review: {approval: Is it good?, refused: revise}
  publish: {task: Publish, next: end}
  revise: {task: Revise, next: review}
"""

INVALID = """\
sopflow: 1
id: article
steps:
  write: {task: Write}
  review: {approval: Is it good?, approved: write, refused: revise}
  revise: {task: Revise, next: review}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each circle of steps that is never left, with the shortest run that leads into it."""
    flow, steps = subject.flow, subject.program.steps
    for number in sorted(flow.live):
        region = flow.regions[number]
        for part in region.stuck:
            members = set(part)
            entry = next(step for step in region.before if step in members)  # the nearest: `before` is in that order
            circle = shortest_circle(region.graph, entry) or [entry]
            loop = " → ".join(steps[step].path for step in circle)
            trapped = [steps[step].path for step in part]
            finding = subject.at_step("SOP412", entry, trace=flow.path_to(entry), loop=loop, trapped=trapped)
            yield replace(finding, route=flow.route_to(entry))


RULE = Rule("every_step_can_finish", ("SOP412",), REASON, VALID, INVALID, check)
