"""Rule: every role is used."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._people import choices
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "A role that no step, field or start names is a leftover, or a step has lost its ‘by’. Roles that come from an "
    "included file are shared, and need not be used here."
)

VALID = """\
sopflow: 1
id: tea
roles: {host: Host, guest: Guest}
data: {sugar: {is: bool, ask: guest}}
steps:
  brew: {task: Brew, by: host}
  sweeten: {task: Sweeten, by: host, if: sugar}
"""

INVALID = """\
sopflow: 1
id: tea
roles: {host: Host, guest: Guest}
steps:
  brew: {task: Brew, by: host}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The roles of this file that nothing in it names."""
    sop, program = subject.sop, subject.program
    used: set[str] = set(sop.start.by) if sop.start is not None else set()
    used.update(field.ask for field in program.fields.values() if field.ask)
    used.update(role.deputy for role in program.roles.values() if role.deputy)
    for step in program.steps:
        used.update(step.people.may, step.people.tell, *choices(step))
        used.update(escalation.to for escalation in step.times.escalate)
        if step.call is not None:  # roles pass to a called SOP by equal name
            used.update(step.call.program.roles)
            used.update(getattr(subject.index.nodes[step.index].step, "roles", {}).values())
    for name in (name for name in sop.roles if name not in used):
        here, place = sop.place(()), sop.place(("roles", name), key=True)
        if here is None or place is None or place.file == here.file:
            yield subject.at("SOP502", ("roles", name), key=True, name=name)


RULE = Rule("every_role_is_used", ("SOP502",), REASON, VALID, INVALID, check)
