"""Judging one definition: the compiler's findings and those of every rule, with what the definition accepts.

Knows no single rule, and lets none of them stop the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sopflow.analysis._door import Rules, rules
from sopflow.analysis._rule import Rule, Subject
from sopflow.compiler import Compiled, Find, lower
from sopflow.dsl import Document
from sopflow.errors import Finding, Report
from sopflow.model import Sop


def check(definition: Sop | Compiled, *, find: Find | None = None, by: Rules | None = None) -> Report:
    """All that is wrong with ``definition``, in the order of its text.

    ``find`` gives the definitions that it calls, where it has not been compiled yet; ``by`` are the rules (None: all
    that are installed). What the definition accepts is listed as accepted. Where the compiler's findings leave no
    program, the rules have nothing to judge.
    """
    compiled = definition if isinstance(definition, Compiled) else lower(definition, find=find)
    by = by or rules()
    sop = compiled.sop
    found = [replace(finding, accepted="") for finding in compiled.report]
    if compiled.program is not None:
        subject = Subject(compiled, compiled.program)
        for rule in by.known.values():
            found += _found_by(rule, subject)
        found = list(_accepted(found, compiled, by))
    found += [
        Finding("SOP592", place=sop.place((), key=True), fields={"rule": name, "why": why, "why_zh": why})
        for name, why in by.broken.items()
    ]
    return Report.of(_with_sources(found, sop))


def _found_by(rule: Rule, subject: Subject) -> list[Finding]:
    """What one rule finds; if it fails, the finding is that it does."""
    try:
        found = list(rule.check(subject))
    except Exception as error:  # noqa: BLE001  # a rule of another package may raise whatever it likes
        return [_broken(rule, subject, f"{type(error).__name__}: {error}")]
    foreign = [finding for finding in found if not isinstance(finding, Finding) or finding.code not in rule.codes]
    if foreign:
        return [_broken(rule, subject, f"it gave {foreign[0]!r}, which is none of its findings")]
    return found


def _broken(rule: Rule, subject: Subject, why: str) -> Finding:
    return subject.at("SOP592", (), key=True, rule=rule.name, why=why, why_zh=why)


# -- acceptance ------------------------------------------------------------------------------------------------------


def _accepted(found: Iterable[Finding], compiled: Compiled, by: Rules) -> Iterator[Finding]:
    """``found``, each with the reason for which its step (else the SOP) accepts it; and what is accepted in vain."""
    steps = {".".join(map(str, node.doc)): node.step.accept for node in compiled.index.nodes}
    whole = compiled.sop.accept
    used: set[tuple[str, str]] = set()
    for finding in found:
        doc = _step_of(finding.path, steps)
        if finding.code in steps.get(doc, {}):
            used.add((doc, finding.code))
            yield replace(finding, accepted=steps[doc][finding.code])
        elif finding.code in whole:
            used.add(("", finding.code))
            yield replace(finding, accepted=whole[finding.code])
        else:
            yield finding
    judged = {code for rule in by.known.values() for code in rule.codes}
    for doc, accepts in ({"": whole} | steps).items():
        for code in accepts:
            if code in judged and (doc, code) not in used:
                yield _in_vain(doc, code, compiled)


def _step_of(path: str, steps: Mapping[str, object]) -> str:
    """The innermost step that ``path`` stands in; "" if there is none."""
    while path and path not in steps:
        path = path.rpartition(".")[0]
    return path


def _in_vain(doc: str, code: str, compiled: Compiled) -> Finding:
    node = next((node for node in compiled.index.nodes if ".".join(map(str, node.doc)) == doc), None)
    path = (*node.doc, "accept", code) if node is not None else ("accept", code)
    place = compiled.sop.place(path, key=True)
    return Finding("SOP506", place=place, path=".".join(map(str, path)), fields={"code": code})


# -- source lines ----------------------------------------------------------------------------------------------------


def _with_sources(found: Iterable[Finding], sop: Sop) -> tuple[Finding, ...]:
    """``found`` with the lines of text they speak of, as far as the texts are at hand."""
    findings = tuple(found)
    documents = {id(places): places for places in (sop._places, *(places for _, places in sop._included.values()))}
    for document in documents.values():
        if isinstance(document, Document):
            findings = document.with_sources(findings)
    return findings
