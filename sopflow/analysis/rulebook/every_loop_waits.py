"""Rule: every loop waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sopflow.analysis._graph import circles, shortest_circle
from sopflow.analysis._instant import Instant
from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "All that needs nobody happens at once. A circle in which no step surely waits would go round for ever in one "
    "moment. A task, an approval, a question that is asked anew in each round, a call and a wait for a message surely "
    "wait; a decision about what is known, a step with ‘if’ or ‘while’ and a wait for a time that may be past do not."
)

VALID = """\
sopflow: 1
id: heating
data: {temperature: int}
steps:
  measure: {task: Measure, form: [temperature]}
  is-warm: {decision: Warm enough?, when: temperature >= 20, yes: end, no: heat}
  heat: {task: Heat, next: measure}
"""

INVALID = """\
sopflow: 1
id: heating
messages: {too-cold: {}}
data: {temperature: int}
steps:
  measure: {task: Measure, form: [temperature]}
  is-warm: {decision: Warm enough?, when: temperature >= 20, yes: end, no: warn}
  warn: {emit: too-cold, next: is-warm}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each circle of ways that need no event, at its first step."""
    flow, steps = subject.flow, subject.program.steps
    instant = Instant(subject.program, flow)
    for number in sorted(flow.live):
        reached = flow.regions[number].before
        graph = {
            step: [there for there in instant.ways[step] if there in reached] + ([step] if instant.spins(step) else [])
            for step in reached
        }
        for part in circles(graph):
            circle = shortest_circle(graph, part[0])
            loop = " → ".join(steps[step].path for step in circle)
            finding = subject.at_step("SOP413", part[0], trace=flow.path_to(part[0]), loop=loop)
            yield replace(finding, route=flow.route_to(part[0]))


RULE = Rule("every_loop_waits", ("SOP413",), REASON, VALID, INVALID, check)
