"""Rule: handlers beside stay where they are."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._data import steps_below
from sopflow.analysis._flow import targets
from sopflow.analysis._rule import DocPath, Rule, Subject
from sopflow.errors import Finding
from sopflow.program import END, Handler

REASON = (
    "A handler that runs beside its scope takes nobody's place: if it went to a step outside itself, or ended the run, "
    "two things would be going on where there can be one. With ‘instead: true’ it ends the scope and may go anywhere."
)

VALID = """\
sopflow: 1
id: stall
messages: {rain: {}, storm: {}}
steps:
  sell:
    group: Sell
    on:
      rain: {task: Open the umbrella}
      storm: {instead: true, next: pack}
    steps: {show: {task: Show}, take: {task: Take the money}}
  pack: {task: Pack}
"""

INVALID = """\
sopflow: 1
id: stall
messages: {storm: {}}
steps:
  sell:
    group: Sell
    on:
      storm: {task: Fetch the boxes, next: pack}
    steps: {show: {task: Show}, take: {task: Take the money}}
  pack: {task: Pack}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The handlers beside whose ways lead out of them."""
    program = subject.program
    scopes: list[tuple[DocPath, tuple[Handler, ...]]] = [(("on",), program.handlers)]
    scopes += [((*subject.index.nodes[step.index].doc, "on"), step.handlers) for step in program.steps]
    for doc, handlers in scopes:
        for handler in handlers:
            for name in [] if handler.instead else _left_for(subject, handler):
                yield subject.at("SOP405", (*doc, handler.id), key=True, handler=handler.id, name=name)


def _left_for(subject: Subject, handler: Handler) -> list[str]:
    """Where a handler goes outside itself."""
    program, flow = subject.program, subject.flow
    if handler.region < 0:
        found = [target for target in targets(handler.target) if target >= 0 or target <= END]
    else:
        inside = {step.index for step in steps_below(program, handler.region)}
        region = flow.regions[handler.region]
        found = [target for target in (*region.leaves, *region.ends) if target not in inside]
    return [
        program.steps[target].path if target >= 0 else f"end {program.outcomes[END - target]}"
        for target in dict.fromkeys(found)
    ]


RULE = Rule("handlers_beside_stay", ("SOP405",), REASON, VALID, INVALID, check)
