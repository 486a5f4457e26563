"""What is said of waits is held against random runs of the engine, which shares no code with the explorer.

Definitions are random trees of branches that send, write and wait. A run chooses at random whatever people may choose;
nothing comes from outside. So a run that has nothing open and is not finished stands still.
"""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sopflow import Run
from sopflow.analysis import as_pytest, check
from sopflow.compiler import lower
from sopflow.dsl import loads

MOVES = 300


class Draft:
    """Draws one definition."""

    def __init__(self, draw, *, races=True):
        self.draw = draw
        self.races = races
        self.count = 0

    def one(self, *options):
        """One of the options."""
        return self.draw(st.sampled_from(options))

    def steps(self, depth, *, size=3):
        """A list of steps; decisions go forward in it."""
        names = [self.name() for _ in range(self.one(*range(1, size + 1)))]
        return [self.step(names, place, depth) for place in range(len(names))]

    def name(self):
        """A name that no other step has."""
        self.count += 1
        return f"s{self.count}"

    def step(self, names, place, depth):
        """A step of any kind."""
        name, forward = names[place], [*names[place + 1 :], "done"]
        kinds = ["task", "fill", "decision", "emit", "emit", "wait", "wait", "when"]
        match self.one(*kinds, *(["parallel", "parallel", "group"] if depth else [])):
            case "task":
                return {"id": name, "task": name}
            case "fill":
                return {"id": name, "task": name, "form": [self.one("a", "b")]}
            case "decision":
                return {"id": name, "decision": name, "yes": self.one(*forward), "no": self.one(*forward)}
            case "emit":
                return {"id": name, "emit": self.one("m", "n")}
            case "wait":
                return {"id": name, "wait": {"message": self.one("m", "n")}}
            case "when":
                return {"id": name, "wait": {"when": self.one("a", "b", "a || b")}}
            case "group":
                return {"id": name, "group": name, "steps": self.steps(depth - 1)}
            case _:
                return self.parallel(name, depth)

    def parallel(self, name, depth):
        """Branches, some of which have guards over two fields."""
        branches = []
        for _ in range(self.one(2, 2, 3)):
            branch = {"id": self.name(), "group": "G", "steps": self.steps(depth - 1)}
            branches.append(branch | ({"if": self.one("g", "!g", "g && h")} if self.one(*"....x") == "x" else {}))
        join = self.one("active", "active", "first") if self.races else "active"
        short = {"short": "done"} if join == "first" and any("if" in branch for branch in branches) else {}
        return {"id": name, "parallel": name, "join": join, "branches": branches, **short}


@st.composite
def definitions(draw, *, races=True):
    """A definition of two messages and some fields; ``races``: in some joins the first branch wins."""
    steps = Draft(draw, races=races).steps(2)
    return json.dumps({
        "sopflow": 1, "id": "random", "version": "1.0.0", "title": "Random",
        "roles": {"boss": {"title": "Boss"}},
        "messages": {"m": {}, "n": {}},
        "data": {"a": "bool", "b": "bool", "g": {"is": "bool", "ask": "boss"}, "h": {"is": "bool", "ask": "boss"}},
        "steps": steps,
    })  # fmt: skip


def played(program, choose):
    """A run in which everybody chooses at random; what no step brings comes from outside, and nothing else."""
    run = Run(program)
    sent = {step.emit for step in program.steps}
    written = {path for step in program.steps for path, _ in step.form}
    for _ in range(MOVES):
        if not run.open and not run.finished:
            run.set(dict.fromkeys({"a", "b"} - written, True))
            for name in {"m", "n"} - sent:
                if not run.finished:
                    run.message(name)
        if not run.open and (
            run.finished or not any(_is_from_outside(run, item, sent | written) for item in run.waiting)
        ):
            break
        if not run.open:
            continue
        item = choose.choice(run.open)
        if item.asks:
            run.set({item.asks[0]: choose.choice([True, False])})
        elif item.form:
            run.done(item.step, data=dict.fromkeys(item.form, True))
        else:
            run.skip(item.step, outcome=choose.choice(item.outcomes), why="at random")
    return run


def _is_from_outside(run, item, brought):
    """Whether what is waited for is brought by no step."""
    (option,) = run.program.steps[run.program.by_path[item.step]].wait
    return not brought & {option.message, *(option.when.reads if option.when else ())}


def judged(text):
    """The program, the definition, and the findings about waits and flow."""
    sop = loads(text, format="json")
    compiled = lower(sop)
    return compiled.program, sop, [finding for finding in check(compiled) if "SOP41" < finding.code < "SOP45"]


def _is_passed(run, path):
    return run.state.done.get(run.program.by_path[path]) is not None


@given(definitions(), st.randoms(use_true_random=False))
def test_where_nothing_is_found_no_run_stands_still(text, choose):
    """Without a finding about the flow every random run ends."""
    program, _, found = judged(text)
    if found:
        return
    for _ in range(3):
        assert played(program, choose).finished


@given(definitions(races=False))
def test_what_is_found_can_be_shown(text):
    """Each standstill that is found comes about in the engine too: its test runs. Who wins a race is not planned."""
    program, sop, found = judged(text)
    waits = [option.message for step in program.steps for option in step.wait]
    for finding in found:
        if finding.code in {"SOP440", "SOP441"} and waits.count(finding.fields["name"]) < 2:
            shown = as_pytest(finding, sop)
            assert shown is not None
            names = {}
            exec(shown, names)
            names["test_it_stands_still"]()


@given(definitions(), st.randoms(use_true_random=False))
def test_what_never_comes_is_never_passed(text, choose):
    """A wait that is found to be served in no run is passed in none."""
    program, _, found = judged(text)
    never = [finding.fields["step"] for finding in found if finding.code == "SOP440"]
    for _ in range(3 if never else 0):
        run = played(program, choose)
        assert not any(_is_passed(run, path) for path in never)
