"""The linear check of the flow agrees with an explorer that plays every marking, and shares no code with it.

The explorer knows definitions as plain data only. A token's state is the step it is at with what is inside; a block
with branches holds the state of each, so markings multiply: fine for a dozen steps, and plain to read.
"""

from __future__ import annotations

import json
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sopflow.analysis import check
from sopflow.compiler import lower
from sopflow.dsl import loads

ARRIVED, ENDED = ("arrived",), ("ended",)

# -- random definitions ----------------------------------------------------------------------------------------------


class Draft:
    """Draws one definition; ``around`` are the names of the lists that enclose the present one."""

    def __init__(self, draw, most=11):
        self.draw = draw
        self.left = most
        self.count = 0

    def pick(self, *options):
        """One of the options."""
        return self.draw(st.sampled_from(options))

    def steps(self, around, depth, *, shared, size=3):
        """A list of steps; ``shared``: an end must say that it means the run."""
        number = max(1, min(self.draw(st.integers(1, size)), self.left))
        self.left -= number
        names = [self.name() for _ in range(number)]
        return [self.step(name, [*around, *names], depth, shared=shared) for name in names]

    def name(self):
        """A name that no other step has."""
        self.count += 1
        return f"s{self.count}"

    def target(self, around, *, shared):
        """Where a step may go."""
        return self.draw(st.sampled_from([*around, *around, "done", "end x of run" if shared else "end"]))

    def step(self, name, around, depth, *, shared):
        """A step of any kind."""
        kinds = ["task", "task", "decision", "approval"]
        if depth < 3 and self.left > 0:
            kinds += ["group", "parallel", "parallel", "for-each", "repeat"]
        kind = self.pick(*kinds)
        step = {"id": name, kind: name}
        if kind == "decision":
            return step | {"yes": self.target(around, shared=shared), "no": self.target(around, shared=shared)}
        if kind == "approval":
            step["refused"] = self.target(around, shared=shared)
            if self.pick(True, False):
                step["approved"] = self.target(around, shared=shared)
            return step
        if self.pick(True, False):
            step["next"] = self.target(around, shared=shared)
        if self.pick(True, False, False, False):
            step["if"] = "g"
            if self.pick(True, False):
                step["missed"] = self.target(around, shared=shared)
        if kind == "group":
            step["steps"] = self.steps(around, depth + 1, shared=shared)
        elif kind == "for-each":
            step["for-each"] = self.pick("items", ["a", "b"])
            step["steps"] = self.steps(around, depth + 1, shared=True)
            if self.pick(True, False):
                step |= {"join": "first"} | ({"short": "done"} if step["for-each"] == "items" else {})
        elif kind == "repeat":
            step["steps"] = self.steps(around, depth + 1, shared=shared)
            if self.pick(True, False):
                step |= {"at-most": 2, "exhausted": self.target(around, shared=shared)}
            if "at-most" not in step or self.pick(True, False):
                step["until"] = "g"
        elif kind == "parallel":
            self.branches(step, around, depth, shared=shared)
        return step

    def branches(self, step, around, depth, *, shared):
        """The branches of a parallel, and how they join."""
        step["branches"] = []
        for _ in range(self.pick(2, 2, 3)):
            self.left -= 1
            name = self.name()
            branch = self.step(name, around, depth + 1, shared=True)
            branch.pop("missed", None)
            step["branches"].append(branch)
        number = len(step["branches"])
        step["join"] = self.pick("active", "active", "first", f"2 of {number}")
        if step["join"] != "active" and any("if" in branch for branch in step["branches"]):
            step["short"] = self.target(around, shared=shared)


@st.composite
def definitions(draw):
    """A definition with blocks inside blocks, jumps back, forth and out, guards, ends."""
    steps = Draft(draw).steps([], 0, shared=False)
    return {
        "sopflow": 1, "id": "random", "data": {"g": "bool", "items": "list of string"}, "steps": steps,
    }  # fmt: skip


# -- the explorer ----------------------------------------------------------------------------------------------------


class Explorer:
    """Plays regions. A region is a tuple of steps; a state is ``(step id, inside)`` or how the region was left."""

    def __init__(self, steps):
        self.opened = set()
        self.root = steps

    def start(self, region):
        """The states in which a token may stand at the beginning of ``region``."""
        return self.at(region, region[0]["id"])

    def at(self, region, name):
        """The states in which a token may stand when it enters the step ``name`` of ``region``."""
        step = next(step for step in region if step["id"] == name)
        return [(name, inside) for inside in self.inside(step)]

    def inside(self, step):
        """What may be inside a step that has just been entered."""
        if "branches" in step:
            choices = [[*self.start([branch]), *([None] if "if" in branch else [])] for branch in step["branches"]]
            return [self.block(states, step) for states in product(*choices)]
        if "for-each" in step:
            most = [2] if step["for-each"] == ["a", "b"] else [0, 1, 2]
            starts = self.start(step["steps"])
            return [self.block(states, step) for number in most for states in product(starts, repeat=number)]
        return self.start(step["steps"]) if "steps" in step else [None]

    @staticmethod
    def block(states, step):
        """A block with branches: (how many arrived, how many must, the state of each)."""
        started = sum(state is not None for state in states)
        word = step.get("join", "all")
        need = 1 if word == "first" else int(word[0]) if word[0].isdigit() else started
        return (0, need, tuple(states))

    def go(self, region, step, target):
        """Where a token of ``region`` comes to by ``target`` of ``step`` (None: the step below)."""
        if target is None:
            place = [other["id"] for other in region].index(step["id"])
            if place + 1 == len(region):
                return [ARRIVED]
            target = region[place + 1]["id"]
        if target == "done":
            return [ARRIVED]
        if target.startswith("end"):
            return [ENDED]
        if any(other["id"] == target for other in region):
            return self.at(region, target)
        return [("left", target)]

    def moves(self, region, state, *, guarded=True):
        """The states that may follow ``state`` of a token in ``region``; the guard of a branch is its fork's."""
        name, inside = state
        step = next(step for step in region if step["id"] == name)
        self.opened.add(name)
        if "decision" in step:
            return [*self.go(region, step, step["yes"]), *self.go(region, step, step["no"])]
        if "approval" in step:
            return [*self.go(region, step, step.get("approved")), *self.go(region, step, step["refused"])]
        onward = self.go(region, step, step.get("next"))
        passed = self.go(region, step, step.get("missed", step.get("next"))) if guarded and "if" in step else []
        if "branches" in step or "for-each" in step:
            return passed + self.moves_of_block(region, step, inside, onward)
        if "steps" not in step:
            return passed + onward
        found = list(passed)
        for after in self.moves(step["steps"], inside):
            if after != ARRIVED:
                found += self.lifted(region, step, after, lambda kept: kept)
            elif "repeat" in step:
                found += onward if "until" in step else []
                found += [(name, again) for again in self.start(step["steps"])]
                found += self.go(region, step, step["exhausted"]) if "exhausted" in step else []
            else:
                found += onward
        return found

    def moves_of_block(self, region, step, inside, onward):
        """The same for a block with branches: it passes, falls short, or one branch moves."""
        got, need, states = inside
        if got >= need:
            return onward
        if all(state is None for state in states):
            return self.go(region, step, step["short"]) if "short" in step else onward
        found = []
        for number, state in enumerate(states):
            if state is None:
                continue
            inner = [step["branches"][number]] if "branches" in step else step["steps"]

            def kept(after, number=number):
                return (got, need, (*states[:number], after, *states[number + 1 :]))

            for after in self.moves(inner, state, guarded="branches" not in step):
                if after == ARRIVED:
                    found.append((step["id"], (got + 1, need, kept(None)[2])))
                else:
                    found += self.lifted(region, step, after, kept)
        return found

    def lifted(self, region, step, after, kept):
        """What a move inside a block means for the region in which the block stands."""
        if after == ENDED:
            return [ENDED]
        if after[0] == "left":
            return self.go(region, step, after[1])
        return [(step["id"], kept(after))]

    def explore(self, region):
        """(how many markings, whether the token of ``region`` can get out of each of them)."""
        starts = self.start(region)
        todo, back = list(starts), {start: set() for start in starts}
        out = set()
        while todo:
            state = todo.pop()
            for after in self.moves(region, state):
                if after in (ARRIVED, ENDED) or after[0] == "left":
                    out.add(state)
                    continue
                if after not in back:
                    back[after] = set()
                    todo.append(after)
                back[after].add(state)
        todo = list(out)
        while todo:
            for before in back[todo.pop()]:
                if before not in out:
                    out.add(before)
                    todo.append(before)
        return len(back), len(out) == len(back)


def regions_of(steps):
    """The lists of steps in a definition, each with the name of the block that holds it."""
    found = [("", steps)]
    for step in steps:
        inner = [[branch] for branch in step.get("branches", ())] + ([step["steps"]] if "steps" in step else [])
        for region in inner:
            (_, own), *deeper = regions_of(region)
            found += [(step["id"], own), *deeper]
    return found


def judged(definition):
    """The findings of the flow: (steps never reached, steps that cannot finish), by their own ids."""
    compiled = lower(loads(json.dumps(definition)))
    assert compiled.program is not None, [finding.text() for finding in compiled.report]
    found = check(compiled).findings
    return tuple(
        {f.fields["step"].rpartition(".")[2] for f in found if f.code == code} for code in ("SOP411", "SOP412")
    )


@given(definitions())
def test_the_check_and_the_explorer_agree(definition):
    """A step is stuck just where a region, played on its own, is; a step is never reached just where none opens it.

    Where something is stuck, what comes after it is not looked at: one fault is found once.
    """
    explorer = Explorer(definition["steps"])
    explorer.explore(definition["steps"])
    opened = set(explorer.opened)
    regions = regions_of(definition["steps"])
    stuck = [block for block, region in regions if block in {"", *opened} and not explorer.explore(region)[1]]

    unreached, unfinished = judged(definition)

    assert bool(unfinished) == bool(stuck)
    if not stuck:
        every = {step["id"] for _, region in regions for step in region}
        assert unreached <= every - opened
        assert bool(unreached) == bool(every - opened)


@given(definitions())
def test_a_run_without_findings_can_always_end(definition):
    """Where neither rule finds anything, the run can end from each of its markings, and each step is opened."""
    if judged(definition) != (set(), set()):
        return
    explorer = Explorer(definition["steps"])
    assert explorer.explore(definition["steps"])[1]
    assert explorer.opened == {step["id"] for _, region in regions_of(definition["steps"]) for step in region}
