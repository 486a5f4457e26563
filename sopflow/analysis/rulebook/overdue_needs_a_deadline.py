"""Rule: overdue needs a deadline."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.calendars import Nothing
from sopflow.errors import Finding
from sopflow.program import phrases_of

REASON = (
    "A handler ‘overdue’ runs when the step that it stands on is late. Without a ‘due’ that step never is; the due of "
    "the steps inside does not count, and the SOP as a whole has none."
)

VALID = """\
sopflow: 1
id: repair
roles: {fitter: Fitter, head: Head}
steps:
  repair:
    group: Repair
    due: within 2 days
    on: {overdue: {task: Call the customer, by: head}}
    steps: {open: {task: Open it, by: fitter}, mend: {task: Mend it, by: fitter}}
"""

INVALID = """\
sopflow: 1
id: repair
roles: {fitter: Fitter, head: Head}
steps:
  repair:
    group: Repair
    on: {overdue: {task: Call the customer, by: head}}
    steps: {open: {task: Open it, by: fitter}, mend: {task: Mend it, by: fitter, due: within 1 day}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The handlers of lateness where nothing can be late."""
    for handler in subject.program.handlers:
        if handler.on == "overdue":
            yield subject.at("SOP399", ("on", handler.id), key=True, step=subject.sop.name)
    for step in subject.program.steps:
        if all(isinstance(phrase, Nothing) for phrase in phrases_of(step.times.due)):
            for handler in step.handlers:
                if handler.on == "overdue":
                    doc = subject.index.nodes[step.index].doc
                    yield subject.at("SOP399", (*doc, "on", handler.id), key=True, step=step.path)


RULE = Rule("overdue_needs_a_deadline", ("SOP399",), REASON, VALID, INVALID, check)
