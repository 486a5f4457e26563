"""A counter-example as a test that runs: the definition, the shortest run to the fault, and what holds there.

The text stands alone: whoever gets it needs sopflow and pytest, and no file. Knows findings and definitions.
"""

from __future__ import annotations

import re

from sopflow.dsl import dump
from sopflow.errors import Finding
from sopflow.model import Sop

_STANDS_STILL = frozenset({"SOP440", "SOP441"})
_GOES_ROUND = "SOP412"
_WITH_OTHERS = re.compile(r"^ *-? *(call|include|for-each):", re.MULTILINE)

_TEXT = '''\
"""{code}, shown by a run of ‘{name}’: {said}"""

from sopflow import Run, compile, loads

DEFINITION = {definition}

#: What is known when the run starts.
FACTS = {facts!r}
#: The steps that nobody may pass over here, as what they wait for would have to come.
WAITS = {waits!r}
#: The steps of the run, each with the way by which it is left.
ROUTE = {route}


def leave(run, step, way=None):
    """Somebody chooses the way out of a step that is there, or of all in it; one that went on by itself is past."""
    for _ in range(100):
        here = [item for item in (*run.open, *run.waiting) if item.step not in WAITS]
        items = [item for item in here if f"{{item.step}}.".startswith(f"{{step}}.")]
        for item in items[:1]:
            chosen = way if item.step == step else item.outcomes[0] if item.outcomes else None
            run.skip(item.step, outcome=chosen if chosen in item.outcomes else None, why="to show the fault")
        if not items or items[0].step == step:
            return


def test_{test}():
    """{claim}"""
    run = Run(compile(loads(DEFINITION), allow_unsound=True), FACTS)
    for step, way in ROUTE:
        leave(run, step, way)
{rest}'''

_STILL = """\
    for _ in range(100):  # whatever else is there goes on
        for item in [item for item in (*run.open, *run.waiting) if item.step not in WAITS][:1]:
            leave(run, item.step, item.outcomes[0] if item.outcomes else None)
    assert not run.finished
    assert any(item.step in WAITS for item in (*run.waiting, *run.open))
"""

_ROUND = """\
    circle = {circle!r}
    for turn in range(100):  # whichever ways are chosen
        inside = [item for item in run.open if any(f"{{item.step}}.".startswith(f"{{step}}.") for step in circle)]
        assert inside
        leave(run, inside[0].step, inside[0].outcomes[turn % len(inside[0].outcomes)])
    assert not run.finished
"""


def as_pytest(finding: Finding, sop: Sop) -> str | None:
    """The text of a test that plays ``sop`` to the fault that ``finding`` tells of, and passes because it is there.

    None where a run does not show it: for findings of other kinds, and for a definition that does not stand alone or
    has items (``call``, ``include``, ``for-each``).
    """
    if not finding.route or finding.code not in {_GOES_ROUND, *_STANDS_STILL}:
        return None
    text = dump(sop)
    if _WITH_OTHERS.search(text):
        return None
    step = finding.route[-1][0]
    route = [hop for hop in finding.route if hop[1]]
    waits = finding.fields.get("waits", [])
    assert isinstance(waits, list)  # so the rules give it
    if finding.code == _GOES_ROUND:
        test, claim = "it_goes_round_for_ever", f"Whoever comes to ‘{step}’ goes round for ever."
        rest = _ROUND.format(circle=finding.fields["trapped"])
    else:
        test, claim = "it_stands_still", f"The run stands still: nothing brings what ‘{step}’ waits for."
        rest = _STILL
    return _TEXT.format(
        code=finding.code,
        name=sop.id,
        said=finding.text().replace("\\", "\\\\").replace('"', "'"),
        definition=_literal(text),
        waits=waits,
        facts=finding.fields.get("facts", {}),
        route="[" + "".join(f"\n    {hop!r}," for hop in route) + ("\n]" if route else "]"),
        test=test,
        claim=claim,
        rest=rest,
    )


def _literal(text: str) -> str:
    """A text as Python writes it, over as many lines as it has where that is possible."""
    return repr(text) if '"""' in text or "\\" in text else f'"""\\\n{text}"""'
