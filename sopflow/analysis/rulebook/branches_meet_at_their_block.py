"""Rule: branches meet at their block."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Op

REASON = (
    "A branch that goes to a step outside its ‘parallel’ ends the whole block, whatever its siblings are doing. If two "
    "branches do nothing else, and go to the same step, they were probably meant to meet there: they meet where their "
    "block ends. What waits for an unknown number of threads is not in this language, as nobody could check that it "
    "ever goes on."
)

VALID = """\
sopflow: 1
id: dinner
steps:
  prepare:
    parallel: Prepare
    next: eat
    branches:
      cook: {task: Cook}
      lay: {task: Lay the table}
  eat: {task: Eat}
"""

INVALID = """\
sopflow: 1
id: dinner
steps:
  prepare:
    parallel: Prepare
    branches:
      cook: {task: Cook, next: eat}
      lay: {task: Lay the table, next: eat}
  eat: {task: Eat}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The second of two branches that can only leave their block, for the same step."""
    program, regions = subject.program, subject.flow.regions
    for block in program.steps:
        if block.op != Op.FORK or (block.join is not None and block.join.need == 1):
            continue
        first: dict[int, int] = {}  # of each target: the branch that leaves for it
        for branch in block.regions:
            flow = regions[branch]
            only = next(iter(flow.leaves)) if len(flow.leaves) == 1 and not flow.passes and not flow.ends else None
            if only is None:
                continue
            if only not in first:
                first[only] = branch
                continue
            one, other = (program.regions[number].id for number in (first[only], branch))
            name = program.steps[only].path
            yield subject.at_step(
                "SOP439", program.regions[branch].head, one=one, other=other, block=block.path, name=name
            )


RULE = Rule("branches_meet_at_their_block", ("SOP439",), REASON, VALID, INVALID, check)
