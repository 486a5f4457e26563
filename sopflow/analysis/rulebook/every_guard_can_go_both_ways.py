"""Rule: every guard can go both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sopflow.analysis._data import all_reads
from sopflow.analysis._guarded import Site, cases, guards_of, sites
from sopflow.analysis._rule import Rule, Subject
from sopflow.analysis.guards import Claim, domain_in_words, helper
from sopflow.errors import Finding
from sopflow.expr import Literal
from sopflow.program import Step

REASON = (
    "A condition that holds for no data at all, by the types and limits of the fields that it reads, or for all of "
    "them, decides nothing. Mostly a limit was mistyped, ‘&&’ stands for ‘||’, or two numbers leave no room between."
)

VALID = """\
sopflow: 1
id: hall
roles: {clerk: Clerk}
data: {heads: {is: int, min: 0, max: 500}}
steps:
  count: {task: Count the guests, by: clerk, form: [heads], ensures: heads > 0}
  is-large: {decision: A large hall?, when: heads > 100 && heads <= 400, yes: book, no: end}
  book: {task: Book a hall, by: clerk, if: heads > 10}
"""

INVALID = """\
sopflow: 1
id: hall
roles: {clerk: Clerk}
data: {heads: {is: int, min: 0, max: 500}}
steps:
  count: {task: Count the guests, by: clerk, form: [heads], ensures: heads > 500}
  is-large: {decision: A large hall?, when: heads > 100 && heads < 101, yes: book, no: end}
  book: {task: Book a hall, by: clerk, if: heads >= 0}
"""

#: What follows where a guard never holds, and where it always does, by what it is for.
_NEVER: Mapping[str, tuple[str, str]] = {
    "if": ("the step is always passed over", "该步骤总被跳过"),
    "branch": ("the branch is never started", "该分支永远不会开始"),
    "while": ("the step is always passed over", "该步骤总被跳过"),
    "until": ("the rounds never come to their end", "循环永远不会结束"),
    "requires": ("the step can never be opened", "该步骤永远无法开启"),
    "ensures": ("the step can never be done", "该步骤永远无法完成"),
    "optional": ("the step can never be passed over", "该步骤永远不能被跳过"),
    "wait": ("what it waits for never comes", "所等待的情况永远不会出现"),
    "adds-until": ("the list is never closed by it", "列表永远不会因此关闭"),
    "handler-if": ("the handler never runs", "该处理项永远不会执行"),
    "handler-when": ("the handler never runs", "该处理项永远不会执行"),
    "checklist": ("the line never applies", "该条目永远不适用"),
    "when": ("the answer is always ‘no’", "回答总为 “no”"),
    "case": ("the case is never chosen", "该情形永远不会被选中"),
}
_ALWAYS: Mapping[str, tuple[str, str]] = {
    "if": ("the step is never passed over", "该步骤永远不会被跳过"),
    "branch": ("the branch is always started", "该分支总会开始"),
    "while": ("it never ends the step", "它永远不会使该步骤结束"),
    "until": ("there is never a second round", "永远不会有第二轮"),
    "requires": ("it demands nothing", "它不构成任何要求"),
    "ensures": ("it demands nothing", "它不构成任何要求"),
    "optional": ("the step may always be passed over", "该步骤总可以被跳过"),
    "wait": ("there is nothing to wait for", "无需等待"),
    "adds-until": ("nothing can be added", "无法再增加任何项"),
    "handler-if": ("it keeps the handler from nothing", "它不会阻止该处理项"),
    "handler-when": ("it never becomes true anew", "它不会重新变为成立"),
    "checklist": ("the line always applies", "该条目总是适用"),
    "when": ("the answer is always ‘yes’", "回答总为 “yes”"),
}


def check(subject: Subject) -> Iterator[Finding]:
    """The guards that hold for no data, and those that hold for all."""
    guards = guards_of(subject)
    in_cases = [
        Site((*doc, "when"), listed.step, "case", guard)
        for listed in cases(subject)
        for doc, guard in listed.lines
        if guard is not None
    ]
    for site in (*sites(subject), *in_cases):
        if guards.is_free(site.guard):
            continue
        plain = site.use == "case" or isinstance(site.guard.node, Literal)  # the last case may say ‘true’ for ‘else’
        if by := guards.never(Claim(site.guard)):
            step = subject.program.steps[site.step] if site.step >= 0 else None
            yield _told(subject, site, "SOP462" if _stops(site.use, step) else "SOP460", _NEVER, by)
        elif not plain and (by := guards.never(Claim(site.guard, truth=False))):
            yield _told(subject, site, "SOP461", _ALWAYS, by)


def _told(subject: Subject, site: Site, code: str, effects: Mapping[str, tuple[str, str]], by: str) -> Finding:
    domain = domain_in_words(all_reads(site.guard, subject.program), subject.program)
    en, zh = effects[site.use]
    effect, guard = {"en": en, "zh": zh}, site.guard.text
    return subject.at(code, site.doc, guard=guard, domain=domain, effect=effect, by=helper(by))


def _stops(use: str, step: Step | None) -> bool:
    """Whether no run gets past a guard that never holds."""
    match use:
        case "requires" | "ensures":
            return True
        case "until":
            return step is not None and step.rounds is not None and not step.rounds.most
        case "wait":
            return step is not None and len(step.wait) == 1
        case _:
            return False


RULE = Rule("every_guard_can_go_both_ways", ("SOP460", "SOP461", "SOP462"), REASON, VALID, INVALID, check)
