"""A rule's own examples are its test; knows the notation of examples, and no single rule."""

from __future__ import annotations

from sopflow.analysis._check import check
from sopflow.analysis._door import Rules
from sopflow.analysis._rule import Rule
from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.errors import DefinitionError, Finding
from sopflow.model import Sop


def faults_of(rule: Rule) -> list[str]:
    """What is wrong with a rule, by its own examples: one text for each fault, none for a rule that is right.

    For a test of one line: ``assert faults_of(RULE) == []``.
    """
    faults = []
    for name, text, wanted in (("valid", rule.valid, set[str]()), ("invalid", rule.invalid, set(rule.codes))):
        try:
            findings = found_in(text, rule)
        except DefinitionError as error:
            faults.append(f"the {name} example cannot be used:\n{error}")
            continue
        codes = {finding.code for finding in findings}
        if codes != wanted:
            faults.append(f"the {name} example gives {_listed(codes)}, and should give {_listed(wanted)}")
        faults += [
            f"the {name} example gives {finding.code} at ‘{finding.path}’ without a place"
            for finding in findings
            if finding.place is None
        ]
    return faults


def found_in(text: str, rule: Rule) -> tuple[Finding, ...]:
    """What ``rule`` alone finds in the first definition of ``text``; the others are those that it calls.

    Raises DefinitionError where a definition cannot be used.
    """
    first, *called = [loads(part, file="<example>") for part in text.split("\n---\n")]
    by_id = {sop.id: sop for sop in called}

    def find(name: str, caller: Sop) -> Sop | None:
        return by_id.get(name.rpartition("/")[2].partition("@")[0])

    compiled = lower(first, find=find)
    if compiled.program is None:
        raise DefinitionError(compiled.report)
    return check(compiled, by=Rules({rule.name: rule}, {})).findings


def _listed(codes: set[str]) -> str:
    return ", ".join(sorted(codes)) or "no finding"
