"""Rule: late branches stay where they are."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._data import steps_below
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import END, Step

REASON = (
    "With ‘rest: finish’ branches may still run when their block has gone on. If one of them left for a step outside, "
    "or ended the run, two things would be going on where there can be one: such a branch ends with ‘done’."
)

VALID = """\
sopflow: 1
id: offers
steps:
  ask:
    parallel: Ask for offers
    join: first
    rest: finish
    branches:
      one: {task: Ask one}
      two: {task: Ask the other}
  choose: {task: Choose}
"""

INVALID = """\
sopflow: 1
id: offers
steps:
  ask:
    parallel: Ask for offers
    join: first
    rest: finish
    branches:
      one: {task: Ask one}
      two: {approval: Ask the other, approved: done, refused: choose}
  choose: {task: Choose}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps inside a block with ‘rest: finish’ whose ways lead out of it."""
    program = subject.program
    for block in program.steps:
        if block.join is None or not block.join.finish:
            continue
        inside = [step for region in block.regions for step in steps_below(program, region)]
        within = {step.index for step in inside}
        for step in inside:
            for name in _left_for(subject, step, within):
                yield subject.at_step("SOP404", step.index, name=name)


def _left_for(subject: Subject, step: Step, within: set[int]) -> Iterator[str]:
    """Where a step's own ways lead outside; what is inside a block speaks for itself."""
    if step.regions:
        return
    for target in dict.fromkeys(way.target for way in subject.flow.ways[step.index]):
        if target <= END:
            yield f"end {subject.program.outcomes[END - target]}"
        elif target >= 0 and target not in within:
            yield subject.program.steps[target].path


RULE = Rule("late_branches_stay", ("SOP404",), REASON, VALID, INVALID, check)
