"""Rule: accepted findings can be found."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding, nearest
from sopflow.errors.catalogue import ENTRIES

REASON = (
    "‘accept’ speaks of findings that a check of this definition may give. A code that is none is a slip, and what "
    "leaves nothing to run, or is said of runs and commands, cannot be accepted here."
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
accept: {SOP902: The guests come next year}
steps:
  brew: {task: Brew, by: host}
"""

#: Where the codes begin that are said of a definition that can be read, and of other things than definitions.
_OF_NAMES, _OF_TRACES, _AFTER_TRACES, _OF_USE = "SOP200", "SOP511", "SOP516", "SOP600"
#: What a plan finds, which is said of a definition and some data.
_OF_PLANS, _AFTER_PLANS = "SOP860", "SOP871"

_NOT_HERE = {
    "en": "it stops a definition from being used, or is not said of definitions",
    "zh": "它使定义无法使用，或与定义无关",
}


def check(subject: Subject) -> Iterator[Finding]:
    """The codes that are accepted and are never found."""
    scopes = [((), subject.sop.accept), *((node.doc, node.step.accept) for node in subject.index.nodes)]
    for doc, accepts in scopes:
        for code in accepts:
            if code not in ENTRIES:
                near = nearest(code, (known for known in ENTRIES if _may_be_accepted(known)))
                why, nearby = {"en": "there is no such code", "zh": "没有这个代码"}, near[0] if near else ""
            elif not _may_be_accepted(code):
                why, nearby = _NOT_HERE, ""
            else:
                continue
            yield subject.at("SOP527", (*doc, "accept", code), key=True, name=code, why=why, nearest=nearby)


def _may_be_accepted(code: str) -> bool:
    """Whether it is said of definitions that can be used: by rules, by the compiler, by a plan."""
    if _OF_PLANS <= code < _AFTER_PLANS:
        return True
    return _OF_NAMES < code < _OF_USE and not _OF_TRACES <= code < _AFTER_TRACES


RULE = Rule("accepted_findings_can_be_found", ("SOP527",), REASON, VALID, INVALID, check)
