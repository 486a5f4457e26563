"""Rule: every deputy is another."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = "A deputy stands in when nobody of the role is there. A role that is its own deputy has none."

VALID = """\
sopflow: 1
id: gate
roles: {guard: {title: Guard, deputy: porter}, porter: Porter}
steps:
  open: {task: Open the gate, by: guard}
"""

INVALID = """\
sopflow: 1
id: gate
roles: {guard: {title: Guard, deputy: guard}}
steps:
  open: {task: Open the gate, by: guard}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The roles that name themselves."""
    for name, role in subject.program.roles.items():
        if role.deputy == name:
            yield subject.at("SOP520", ("roles", name, "deputy"), name=name)


RULE = Rule("every_deputy_is_another", ("SOP520",), REASON, VALID, INVALID, check)
