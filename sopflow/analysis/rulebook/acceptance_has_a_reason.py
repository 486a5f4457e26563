"""Rule: acceptance has a reason."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "Who accepts a finding answers for it, and whoever reads the definition later has to see why. Signs, or a word "
    "such as ‘todo’, are no reason."
)

VALID = """\
sopflow: 1
id: tea
roles: {host: Host, guest: Guest}
accept: {SOP502: The guests come next year}
steps:
  brew: {task: Brew, by: host}
"""

INVALID = """\
sopflow: 1
id: tea
roles: {host: Host, guest: Guest}
accept: {SOP502: todo}
steps:
  brew: {task: Brew, by: host}
"""

_NO_REASONS = frozenset(
    {"accepted", "fixme", "ignore", "later", "n/a", "na", "none", "ok", "tbd", "todo", "wip", "yes"}
)


def check(subject: Subject) -> Iterator[Finding]:
    """The codes that are accepted without words."""
    scopes = [((), subject.sop.accept), *((node.doc, node.step.accept) for node in subject.index.nodes)]
    for doc, accepts in scopes:
        for code, reason in accepts.items():
            words = reason.strip(" .!?:-–—…").casefold()
            if words in _NO_REASONS or not any(sign.isalpha() for sign in words):
                yield subject.at("SOP528", (*doc, "accept", code), name=code)


RULE = Rule("acceptance_has_a_reason", ("SOP528",), REASON, VALID, INVALID, check)
