"""Rule: every wait is served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sopflow.analysis._coupling import MESSAGE
from sopflow.analysis._rule import Rule, Subject
from sopflow.analysis._stands_still import Standstill, standstills
from sopflow.errors import Finding
from sopflow.program import Op

REASON = (
    "A step that waits for a message which this SOP sends itself, or for a field which only its own steps write, "
    "stands still where none of them can come any more: because all of them stand below it, wait for it in turn, or "
    "were passed by. All runs are looked at, but only as far as waits hang together; where that is too much the "
    "finding says so. A message may come from outside as well, so this is a warning; one that no step sends is taken "
    "to come."
)

VALID = """\
sopflow: 1
id: delivery
messages: {packed: {}, loaded: {}}
steps:
  ship:
    parallel: Ship
    branches:
      store: {group: Store, steps: {pack: {task: Pack}, tell: {emit: packed}, wait-van: {wait: {message: loaded}}}}
      van: {group: Van, steps: {wait-store: {wait: {message: packed}}, load: {task: Load}, say: {emit: loaded}}}
"""

INVALID = """\
sopflow: 1
id: delivery
messages: {packed: {}, loaded: {}, paid: {}, signed: {}}
steps:
  count:
    for-each: [crates, boxes]
    steps:
      lots:
        for-each: [front, middle, back]
        steps:
          sign:
            parallel: Sign
            branches:
              clerk: {group: Clerk, steps: {may: {decision: In order?, yes: say, no: done}, say: {emit: signed}}}
              guard: {group: Guard, steps: {may: {decision: In order?, yes: say, no: done}, say: {emit: signed}}}
              owner: {group: Owner, steps: {may: {decision: In order?, yes: say, no: done}, say: {emit: signed}}}
              van: {wait: {message: signed}}
  ship:
    parallel: Ship
    branches:
      store: {group: Store, steps: {wait-van: {wait: {message: loaded}}, pack: {task: Pack}, tell: {emit: packed}}}
      van: {group: Van, steps: {wait-store: {wait: {message: packed}}, load: {task: Load}, say: {emit: loaded}}}
      bill:
        group: Bill
        steps: {is-due: {decision: Is it due?, yes: pay, no: done}, pay: {task: Pay}, receipt: {emit: paid}}
      clerk: {wait: {message: paid}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The waits at which a run may stand still, each with the shortest run that comes to that."""
    flow, steps = subject.flow, subject.program.steps
    for found in standstills(subject.program, flow, tuple(subject.sop.inputs)):
        step = steps[found.step]
        keys = ("wait",) if step.op == Op.WAIT else ()
        names = _said(found.things)
        if not isinstance(found, Standstill):
            yield subject.at_step("SOP442", step.index, *keys, name=names)
            continue
        code = "SOP440" if found.always else "SOP441"
        trace, route = (*flow.told(found.hops), step.path), (*flow.route(found.hops), (step.path, ""))
        facts = {name: value for hop in found.hops for name, value in hop.because if name in subject.program.fields}
        waits = [steps[other].path for other in found.others]
        finding = subject.at_step(code, step.index, *keys, trace=trace, name=names, waits=waits, facts=facts)
        yield replace(finding, route=route)


def _said(things: Iterable[str]) -> str:
    return ", ".join(thing.removeprefix(MESSAGE) for thing in things)


RULE = Rule("every_wait_is_served", ("SOP440", "SOP441", "SOP442"), REASON, VALID, INVALID, check)
