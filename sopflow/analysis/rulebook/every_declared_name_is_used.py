"""Rule: every declared name is used."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.program import Handler, Program

REASON = (
    "A phase in which no step stands, or a message that nothing sends, waits for or handles, is a leftover, or a step "
    "has lost it. What comes from an included file is shared, and need not be used here."
)

VALID = """\
sopflow: 1
id: stall
messages: {rain: {}}
phases: {morning: Morning}
steps:
  set-up: {task: Set up, phase: morning}
  sell: {group: Sell, on: {rain: {task: Open the umbrella}}, steps: {show: {task: Show}}}
"""

INVALID = """\
sopflow: 1
id: stall
messages: {rain: {}}
phases: {morning: Morning}
steps:
  set-up: {task: Set up}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The phases and messages of this file that nothing in it names."""
    sop = subject.sop
    phases = {node.step.phase for node in subject.index.nodes}
    messages = set(_messages_in(subject.program)) | ({sop.start.message} if sop.start is not None else set())
    for section, used, what, what_zh in (
        ("phases", phases, "phase", "阶段"),
        ("messages", messages, "message", "消息"),
    ):
        for name in getattr(sop, section):
            if name in used:
                continue
            here, place = sop.place(()), sop.place((section, name), key=True)
            if here is None or place is None or place.file == here.file:
                yield subject.at("SOP523", (section, name), key=True, name=name, what=what, what_zh=what_zh)


def _messages_in(program: Program) -> Iterator[str]:
    handlers: list[Handler] = [*program.handlers]
    for step in program.steps:
        yield step.emit
        yield from (option.message for option in step.wait)
        if step.each is not None and step.each.until is not None:
            yield step.each.until.message
        if step.call is not None:  # what a called SOP sends comes to its callers
            yield from step.call.program.messages
        handlers += step.handlers
    yield from (handler.message for handler in handlers)


RULE = Rule("every_declared_name_is_used", ("SOP523",), REASON, VALID, INVALID, check)
