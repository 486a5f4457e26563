"""Rule: one handler takes a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sopflow.analysis._guarded import guards_of, taken_by
from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.analysis.guards import Every, in_words
from sopflow.errors import Finding
from sopflow.program import Handler

REASON = (
    "A message is taken by one handler of a scope, and the order in which handlers are written does not count: "
    "where two could take it, nobody can tell from the definition which of them does. So what they ask for, by ‘match’ "
    "and ‘if’, must exclude each other. Handlers of different scopes may overlap: the innermost takes the message."
)

VALID = """\
sopflow: 1
id: pump
messages: {alarm: {level: [low, middle, high], floor: int}}
on:
  alarm: {task: Note it in the book}
steps:
  run:
    group: Run the pump
    on:
      is-high: {message: alarm, match: {level: high}, task: Stop it}
      is-middle: {message: alarm, match: {level: middle}, if: message.floor > 0, task: Look at it}
      is-below: {message: alarm, if: message.level != 'high' && message.floor <= 0, task: Switch on the light}
    steps: {look: {task: Look}}
"""

INVALID = """\
sopflow: 1
id: pump
messages: {alarm: {level: [low, high]}}
steps:
  run:
    group: Run the pump
    on:
      is-high: {message: alarm, match: {level: high}, task: Stop it}
      alarm: {task: Note it}
    steps: {look: {task: Look}}
"""

#: So many handlers above, at most, are each held against one, where it is not seen at a glance that they exclude it.
_MOST = 8


def check(subject: Subject) -> Iterator[Finding]:
    """Of each handler the first above it that could take the same message."""
    program = subject.program
    yield from _overlaps(subject, ("on",), program.handlers)
    for step in program.steps:
        if step.handlers:
            yield from _overlaps(subject, (*subject.index.nodes[step.index].doc, "on"), step.handlers)


def _overlaps(subject: Subject, doc: DocPath, handlers: tuple[Handler, ...]) -> Iterator[Finding]:
    by_message: dict[str, list[Handler]] = defaultdict(list)
    for handler in handlers:
        if handler.on == "message":
            by_message[handler.message].append(handler)
    for name, rivals in by_message.items():
        if len(rivals) == 1:
            continue
        guards = guards_of(subject)
        taken = [taken_by(handler, subject.program) for handler in rivals]
        for number, above in enumerate(guards.meeting(taken)):
            for one in above[:_MOST]:
                both = guards.decide(Every((taken[one], taken[number])))
                if both.verdict == "yes":
                    path, example = (*doc, rivals[number].id), in_words(both.witness)
                    yield subject.at(
                        "SOP446", path, key=True, handler=path[-1], other=rivals[one].id, name=name, example=example
                    )
                    break


RULE = Rule("one_handler_takes_a_message", ("SOP446",), REASON, VALID, INVALID, check)
