"""What loading costs, counted rather than timed: a clock measures the machine, and a busy one fails for no reason."""

import gc
import json
import subprocess
import sys

import pytest

from sopflow.dsl import dump, loads
from sopflow.dsl._memory import slot_of
from sopflow.errors import DefinitionError

HEAD = """\
sopflow: 1
id: large
version: 1.0.0
title: {en: A large one, zh: 大流程}
languages: [en, zh]
roles: {planner: {en: Planner, zh: 策划}}
data: {event: {start: date, size: int, free: bool, note: string}}
steps:
"""
DECISION = """\
  s{0}:
    decision: {{en: Is part {0} large?, zh: 第{0}部分大吗?}}
    when: event.size > {0} && event.free
    yes: {1}
    no: {1}
"""
TASK = """\
  s{0}:
    task: {{en: Prepare part {0}, zh: 准备第{0}部分}}
    by: planner
    due: 3 days before event.start
    form: [event.note, event.size?]
    checklist:
      - Look at part {0}
      - {{text: Write it down, cites: [doc-{0}-a]}}
    cites: [doc-{0}]
"""
#: Calls of Python functions a step, by notation: what they are now, and a little more.
MOST_CALLS = {"yaml": 100, "json": 80}
#: Modules of the standard library that `import sopflow` adds to those of a bare interpreter.
MOST_MODULES = 0
#: Modules that reading a definition needs.
MOST_MODULES_OF_DSL = 240


def definition(steps):
    """The text of a definition of ``steps`` steps: four tasks, then a decision, again and again."""
    after = [*(f"s{number}" for number in range(1, steps)), "end"]
    return HEAD + "".join((DECISION if n % 5 == 4 else TASK).format(n, after[n]) for n in range(steps))


def calls(text, notation):
    """How many Python functions are called to load ``text``."""
    count = 0

    def on_event(frame, event, argument):
        nonlocal count
        count += event == "call"

    slot_of.cache_clear()
    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        loads(text, format=notation)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("notation", MOST_CALLS)
def test_a_step_costs_the_same_in_a_large_definition(notation):
    """The calls that one more step costs are few, and as many at a thousand steps as at a hundred."""
    texts = [definition(steps) for steps in (50, 100, 950, 1000)]
    if notation == "json":
        texts = [dump(loads(text), "json") for text in texts]
    calls(texts[0], notation)  # what is worked out once is worked out here
    a, b, c, d = (calls(text, notation) for text in texts)
    small, large = (b - a) / 50, (d - c) / 50
    assert large == pytest.approx(small, rel=0.02)
    assert large <= MOST_CALLS[notation]


def test_the_collector_is_left_as_it_was():
    """Loading holds the garbage collector back, and never leaves it off, or on where it was off."""
    assert gc.isenabled()
    loads(definition(5))
    with pytest.raises(DefinitionError):
        loads(definition(5).replace("task", "taks"))
    assert gc.isenabled()
    gc.disable()
    try:
        loads(definition(6))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_definition_of_ten_thousand_steps_loads():
    """Large definitions are no matter of depth: the interpreter's limit of recursion is nowhere near."""
    text = HEAD + "".join(f"  s{number}: {{task: T, by: planner}}\n" for number in range(10_000))
    assert len(loads(text).steps) == 10_000


@pytest.mark.parametrize(("what", "most"), [("sopflow", MOST_MODULES), ("sopflow.dsl", MOST_MODULES_OF_DSL)])
def test_an_import_loads_no_more_modules_than_it_did(what, most):
    """What is imported is paid for at each start of a program."""
    code = f"import sys, json; old = set(sys.modules); import {what}; print(json.dumps([*set(sys.modules) - old]))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len([name for name in json.loads(ran.stdout) if name != "sopflow"]) <= most
