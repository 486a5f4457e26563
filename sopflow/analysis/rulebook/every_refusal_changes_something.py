"""Rule: every refusal changes something."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._flow import targets
from sopflow.analysis._graph import circles, shortest_circle
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Op, Step

REASON = (
    "What is refused has to be mended. If a refusal leads back to the approval and only other judgements lie on the "
    "way, nobody is given anything to do, and the same thing is judged again."
)

VALID = """\
sopflow: 1
id: article
roles: {writer: Writer, editor: Editor}
steps:
  write: {task: Write, by: writer}
  review: {approval: Is it good?, by: editor, refused: write}
"""

INVALID = """\
sopflow: 1
id: article
roles: {writer: Writer, editor: Editor, head: Head}
steps:
  write: {task: Write, by: writer}
  review: {approval: Is it good?, by: editor, refused: write}
  release: {approval: May it go out?, by: head, refused: review}
"""

_JUDGES = (Op.VOTE, Op.CHOOSE, Op.EMIT)


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each circle of judgements, at the first refusal that leads into it."""
    program, flow = subject.program, subject.flow
    for number in sorted(flow.live):
        region = flow.regions[number]
        judges = [index for index in region.before if _only_judges(program.steps[index])]
        graph = {index: region.graph[index] for index in judges}
        for part in circles({index: [there for there in graph[index] if there in graph] for index in judges}):
            exits = ((index, exit_) for index in part for exit_ in _leading_into(part, program.steps[index]))
            index, exit_ = next(exits, (-1, ""))
            if index >= 0:
                loop = " → ".join(program.steps[step].path for step in shortest_circle(graph, index))
                yield subject.at_step("SOP522", index, exit_, exit=exit_, loop=loop)


def _leading_into(part: list[int], step: Step) -> Iterator[str]:
    """The refusals of an approval that lead to a step of ``part``."""
    if step.op == Op.VOTE:
        for exit_ in ("refused", "changes"):
            if exit_ in step.exits and any(target in part for target in targets(step.exits[exit_])):
                yield exit_


def _only_judges(step: Step) -> bool:
    """Whether nobody can do anything there but judge: no form either, and nothing that is written."""
    return step.op in _JUDGES and not step.form and not step.set_ and not step.checklist and not step.handlers


RULE = Rule("every_refusal_changes_something", ("SOP522",), REASON, VALID, INVALID, check)
