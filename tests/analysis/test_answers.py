"""What earlier answers leave: what is said to be known is so in random runs, what is said to be dead never happens."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sopflow.analysis import check
from sopflow.analysis._answers import Answers
from sopflow.analysis._flow import Flow
from sopflow.analysis._guarded import guards_of
from sopflow.analysis._rule import Subject
from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.engine import Accepted, RunState, events, step
from sopflow.engine import effects as fx
from sopflow.expr import UNKNOWN
from sopflow.program import Op

DATA = {
    "f": {"is": "bool", "ask": "w"},
    "g": {"is": "bool", "ask": "w"},
    "n": {"is": "int", "min": 0, "max": 3, "ask": "w"},
    "k": {"is": ["x", "y", "z"], "ask": "w"},
}
GUARDS = ["f", "!f", "f && g", "f || g", "n > 1", "n == 2", "n < 3 && f", "k == 'x'", "k != 'x'", "known(n)", "f == g"]
VALUES = {"f": [True, False], "g": [True, False], "n": [0, 1, 2, 3], "k": ["x", "y", "z"]}


class Draft:
    """Draws one definition; ``around`` are the steps that a step may go to."""

    def __init__(self, numbers, most=14):
        self.numbers = numbers
        self.left = most
        self.count = 0

    def target(self, around):
        """Where a step goes: mostly onward, so that most definitions can be played."""
        onward = [name for name in around if int(name[1:]) > self.here]
        return self.pick(*onward, *onward, *onward, *around[:1], "done")

    def pick(self, *options):
        """One of the options."""
        return self.numbers.choice(options)

    def steps(self, around, depth, size=5):
        """A list of steps."""
        number = max(1, min(self.numbers.randint(2, size), self.left))
        self.left -= number
        names = [f"s{self.count + one}" for one in range(number)]
        self.count += number
        return [self.step(name, [*around, *names], depth) for name in names]

    def step(self, name, around, depth):
        """A step of any kind."""
        blocks = ["group", "parallel", "repeat", "for-each"] if depth < 2 and self.left > 1 else []
        kind = self.pick("task", "task", "about", "about", "when", "cases", "table", *blocks)
        said = {"id": name}
        self.here = int(name[1:])
        if kind in ("task", *blocks):
            said |= {"title": name} if kind == "for-each" else {kind: name}
            if self.pick(True, False, False):
                said["if"] = self.pick(*GUARDS)
            if self.pick(True, False, False, False):
                said["next"] = self.target(around)
            if kind != "for-each" and self.pick(True, False, False):
                field = self.pick(*VALUES)
                said["set"] = {field: self.pick(*VALUES[field], "unknown")}
        else:
            said |= {"decision": name, "by": "w"}
        match kind:
            case "task" if self.pick(True, False):
                said["form"] = [self.pick(*VALUES) + self.pick("", "?")]
            case "about":
                field = self.pick("f", "g", "k")
                ways = VALUES["k"] if field == "k" else ["yes", "no"]
                to = {way: self.target(around) for way in ways}
                said |= {"about": field} | (to if field != "k" else {"next": to})
                if self.pick(True, False):
                    said["ask"] = self.pick("unknown", "every-time")
            case "when":
                said |= {"when": self.pick(*GUARDS)} | {way: self.target(around) for way in ("yes", "no")}
            case "cases":
                lines = [{"when": self.pick(*GUARDS), "then": self.target(around)} for _ in range(2)]
                said["next"] = [*lines, {"else": self.target(around)}]
            case "table":
                rows = [[self.pick(True, False, "any"), self.pick("1..2", "at least 2", 0), self.target(around)]]
                said["table"] = {"hit": "first", "columns": ["f", "n"], "gives": ["next"],
                                 "rows": [*rows, ["any", "any", self.target(around)]]}  # fmt: skip
            case "group":
                said["steps"] = self.steps(around, depth + 1, 3)
            case "for-each":
                said |= {"for-each": ["a", "b"], "steps": self.steps(around, depth + 1, 2)}
            case "repeat":
                said |= {"until": self.pick(*GUARDS), "steps": self.steps(around, depth + 1, 2)}
                said |= {"at-most": 2, "exhausted": self.target(around)}
            case "parallel":
                self.left -= 2
                self.count += 2
                names = [f"s{self.count - 2}", f"s{self.count - 1}"]
                said["branches"] = [self.step(name, around, depth + 1) for name in names]
                said |= {"join": "first", "short": "done"} if self.pick(True, False) else {}
        return said


def definition_of(seed):
    """A definition whose steps write and judge the same few fields."""
    steps = Draft(random.Random(seed)).steps([], 0)
    return {"sopflow": 1, "id": "random", "roles": {"w": "Worker"}, "data": DATA, "steps": steps}


def compiled_of(definition):
    """The program of a definition and what is known at its steps; None where it cannot be used."""
    compiled = lower(loads(json.dumps(definition)))
    if compiled.program is None or "SOP413" in {finding.code for finding in check(compiled)}:
        return None  # what may go round for ever cannot be played
    subject = Subject(compiled, compiled.program)
    return compiled.program, Answers(compiled.program, Flow(compiled.program), guards_of(subject))


def walk(program, numbers, most=40):
    """A random run: after each event the state, and what happened."""
    state = RunState.of(program)
    outcome = step(program, state, events.Started(program=program.hash))
    for _ in range(most):
        assert isinstance(outcome, Accepted), outcome
        yield state, outcome.notes
        items = [one for one in state.open.values() if one.step >= 0 and one.phase in ("open", "asks")]
        items = [one for one in items if one.asked or program.steps[one.step].op in (Op.WORK, Op.CHOOSE)]
        if not items:
            return
        opening = numbers.choice(items)
        if opening.phase == "asks" and opening.asked:
            field = numbers.choice(opening.asked)
            event = events.Answered(opening=opening.id, by="w", field=field, value=numbers.choice(VALUES[field]))
        else:
            form = program.steps[opening.step].form
            data = {path: numbers.choice(VALUES[path]) for path, empty in form if not empty or numbers.random() < 0.5}
            event = events.StepDone(opening=opening.id, by="w", data=data)
        outcome = step(program, state, event)


@settings(deadline=None, max_examples=300)
@given(seed=st.integers(0, 10**9))
def test_what_is_known_is_so_and_what_is_dead_never_happens(seed):
    """In random runs no state of a step is wrong, and no way that is said to be closed is taken."""
    made = compiled_of(definition_of(seed))
    if made is None:
        return
    program, answers = made
    ways = {(one.step, one.exit) for one in answers.dead() if one.use == "exit"}
    ifs = {one.step for one in answers.dead() if one.use == "if"}
    for number in range(4):
        for state, notes in walk(program, random.Random(seed + number)):
            over = {note.step for note in notes if isinstance(note, fx.PassedOver)}
            for note in notes:
                if isinstance(note, fx.Closed):
                    assert (note.step, note.outcome) not in ways
                    assert note.step not in ifs or note.step in over
            for opening in state.open.values():
                if opening.step < 0 or program.steps[opening.step].regions or opening.phase not in ("open", "asks"):
                    continue
                known = answers.before.get(opening.step)
                if known is None:
                    assert not answers.tracked
                    continue
                for variable, mask in known.masks.items():
                    value = state.data.get(variable.name, UNKNOWN)
                    assert value is not UNKNOWN
                    assert variable.mask_of(value) & mask


# -- cases -----------------------------------------------------------------------------------------------------------

HEAD = """\
sopflow: 1
id: case
roles: {w: Worker}
data: {f: bool, g: bool, n: {is: int, min: 0, max: 9}, k: [x, y, z]}
steps:
"""


def told(steps):
    """The codes and the steps of what is found by the data."""
    report = check(loads(HEAD + steps))
    return [(finding.code, finding.fields["step"]) for finding in report if finding.code in ("SOP470", "SOP471")]


DEAD = {
    "an answer": "  a: {decision: F, about: f, by: w, yes: b, no: end}\n  b: {task: B, if: '!f'}\n",
    "two ways that agree": (
        "  a: {decision: K, about: k, by: w, next: {x: b, y: b, z: end}}\n  b: {task: B, if: k == 'z'}\n"
    ),
    "a limit": "  a: {decision: N, when: n > 5, by: w, yes: b, no: end}\n  b: {task: B, if: n < 3, by: w}\n",
    "a value that was set": "  a: {task: A, set: {f: true}}\n  b: {task: B, if: '!f', by: w}\n",
    "a relation": (
        "  a: {decision: N, when: f || g, by: w, yes: end, no: m}\n  m: {task: M}\n  b: {task: B, if: f && g, by: w}\n"
    ),
    "a condition of two fields": (
        "  a: {decision: N, when: f == g, by: w, yes: m, no: end}\n  m: {task: M}\n  b: {task: B, if: f != g, by: w}\n"
    ),
    "into a group": (
        "  a: {decision: F, about: f, by: w, yes: b, no: end}\n"
        "  b: {group: B, steps: {c: {task: C}, b: {task: B, if: '!f'}}}\n"
    ),
}


@pytest.mark.parametrize("steps", DEAD.values(), ids=DEAD)
def test_a_guard_against_an_earlier_answer_is_dead(steps):
    """It is found at the step, once."""
    found = told(steps)
    assert [code for code, _ in found] == ["SOP471"]
    assert found[0][1].endswith("b")


ALIVE = {
    "written between": (
        "  a: {decision: F, about: f, by: w, yes: c, no: end}\n  c: {task: C, form: [f]}\n  b: {task: B, if: '!f'}\n"
    ),
    "ways that meet": (
        "  a: {decision: F, about: f, by: w, yes: b, no: c}\n  c: {task: C}\n  b: {task: B, if: '!f'}\n"
    ),
    "written by a sibling": (
        "  a: {decision: F, about: f, by: w, yes: p, no: end}\n  p:\n    parallel: P\n    branches:\n"
        "      c: {task: C, form: [f]}\n      d: {group: D, steps: {e: {task: E}, b: {task: B, if: '!f'}}}\n"
    ),
    "asked anew in the next round": (
        "  a: {decision: F, about: f, by: w, yes: b, no: end}\n  b: {task: B, form: [n]}\n"
        "  c: {decision: F, about: f, by: w, yes: a, no: end}\n"
    ),
    "written by a handler": (
        "  a: {decision: F, about: f, by: w, yes: p, no: end}\n  p:\n    group: P\n"
        "    on: {rain: {message: rain, task: R, form: [f]}}\n"
        "    steps: {e: {task: E}, b: {task: B, if: '!f', by: w}}\n"
    ),
}


@pytest.mark.parametrize("steps", ALIVE.values(), ids=ALIVE)
def test_what_may_have_changed_is_not_dead(steps):
    """Where something may write the field between, nothing is said."""
    report = check(loads(HEAD.replace("steps:", "messages: {rain: {}}\nsteps:") + steps))
    assert [finding.code for finding in report if finding.code in ("SOP470", "SOP471")] == []
