"""Rule: earlier answers leave every way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sopflow.analysis._answers import Answers, Dead
from sopflow.analysis._guarded import guards_of
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "What was decided on every way to a step is known there: a condition that asks for the contrary never holds, and "
    "a decision about it never goes the other way, unless a step between writes the data anew. Data that are "
    "corrected from outside are not seen here."
)

VALID = """\
sopflow: 1
id: stand
roles: {planner: Planner}
data: {event: {free: bool, heads: int}}
steps:
  is-free: {decision: Is it free?, about: event.free, by: planner, yes: count, no: pay}
  pay: {task: Pay, by: planner}
  count: {task: Count, by: planner, form: [event.heads]}
  tickets: {task: Print tickets, by: planner, if: '!event.free'}
"""

INVALID = """\
sopflow: 1
id: stand
roles: {planner: Planner}
data: {event: {free: bool, heads: int}}
steps:
  is-free: {decision: Is it free?, about: event.free, by: planner, yes: count, no: end}
  count: {task: Count, by: planner, form: [event.heads]}
  tickets: {task: Print tickets, by: planner, if: '!event.free'}
  is-large: {decision: A large one?, when: event.heads > 100, yes: hall, no: end}
  hall: {task: Book a hall, by: planner}
  is-small: {decision: A small one?, when: event.heads < 10, yes: end, no: done}
"""

_EFFECT: Mapping[str, tuple[str, str]] = {
    "if": ("the step is always passed over", "该步骤总被跳过"),
    "while": ("the step is always passed over", "该步骤总被跳过"),
    "branch": ("its branch is never started", "该分支永远不会开始"),
    "requires": ("the step can never be opened", "该步骤永远无法开启"),
}


def check(subject: Subject) -> Iterator[Finding]:
    """The ways out and the guards that earlier answers have closed."""
    program, flow = subject.program, subject.flow
    for dead in Answers(program, flow, guards_of(subject)).dead():
        finding = _told(subject, dead, flow.path_to(dead.step))
        yield replace(finding, route=flow.route_to(dead.step))


def _told(subject: Subject, dead: Dead, trace: tuple[str, ...]) -> Finding:
    if dead.use == "exit":
        keys = (dead.exit,) if dead.exit in ("yes", "no") else ("table",) if dead.in_table else ("next",)
        return subject.at_step("SOP470", dead.step, *keys, trace=trace, exit=dead.exit, known=dead.known)
    en, zh = _EFFECT[dead.use]
    said = {"guard": dead.guard, "known": dead.known, "effect": {"en": en, "zh": zh}}
    return subject.at_step("SOP471", dead.step, *(() if dead.use == "branch" else (dead.use,)), trace=trace, **said)


RULE = Rule("earlier_answers_leave_every_way", ("SOP470", "SOP471"), REASON, VALID, INVALID, check)
