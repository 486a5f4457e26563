"""Strange definitions of any size: blocks in blocks, ways back and forth, handlers, phases, many roles."""

from __future__ import annotations

import json
import random

from hypothesis import strategies as st

from sopflow import dsl

ROLES = ("boss", "clerk", "lawyer", "driver", "cook", "nurse")
PHASES = ("before", "during", "after")
WORDS = "确认 审核 活动 方案 plan write the report 市场总监 (N+X) 提前≥一个月 review, 合同付款流程 A/B".split()


def definitions(most: int = 200):
    """Definitions of up to about ``most`` steps."""
    return st.builds(definition, st.integers(0, 10**6), st.integers(1, most))


def definition(seed: int, size: int):
    """The definition of a seed and a number of steps; the same for the same numbers."""
    made = _Maker(random.Random(seed), size)
    steps = made.steps([], depth=0)
    text = json.dumps({
        "sopflow": 1, "id": "test", "version": "1.0.0", "title": {"en": "A test", "zh": "测试"},
        "languages": ["zh", "en"],
        "data": {"a": {"is": "bool"}, "list": {"is": "list of string"}, "n": {"is": "int", "default": 1}},
        "roles": {role: role for role in ROLES}, "phases": {phase: phase for phase in PHASES},
        "messages": {"news": {"is": {}}}, "steps": steps,
        **({"on": {"news": {"task": made.words(), "by": "boss"}}} if made.one(True, False) else {}),
    })  # fmt: skip
    return dsl.loads(text, format="json")


class _Maker:
    def __init__(self, chance: random.Random, size: int):
        self.chance = chance
        self.left = size
        self.number = 0

    def one(self, *options):
        return self.chance.choice(options)

    def id(self):
        self.number += 1
        self.left -= 1
        return f"s{self.number}"

    def words(self):
        return " ".join(self.chance.choices(WORDS, k=self.one(1, 2, 4, 9)))

    def steps(self, around, *, depth):
        wanted = self.one(1, 2, 3, 5) if depth else max(self.left, 1)
        ids = []
        steps = []
        while len(ids) < wanted and (self.left > 0 or not ids):
            ids.append(self.id())
            steps.append(self.block(ids[-1], depth) if depth < 4 and self.one(*[False] * 5, True) else {})
        return [{"id": ids[at], **(steps[at] or self.plain(ids, at, depth))} for at in range(len(ids))]

    def plain(self, ids, at, depth):
        forward = [*ids[at + 1 : at + 6], "done" if depth else "end"]
        anywhere = [*forward, *ids[max(0, at - 9) : at + 1]]
        by = {"by": self.one(*ROLES)} if self.one(True, True, False) else {}
        phase = {"phase": PHASES[min(2, at * 3 // len(ids))]} if not depth and self.one(True, False) else {}
        on = {"on": {"overdue": {"task": self.words()}}} if self.one(*[False] * 9, True) else {}
        match self.one("task", "task", "task", "decision", "approval", "wait", "many"):
            case "decision":
                made = {"decision": self.words(), "yes": self.one(*forward), "no": self.one(*anywhere)}
            case "approval":
                made = {"approval": self.words(), "approved": self.one(*forward), "refused": self.one(*anywhere)}
            case "many":
                names = ["x", "y", "z", "w", "v"][: self.one(2, 3, 5)]
                made = {"task": self.words(), "outcomes": names, "next": {name: self.one(*anywhere) for name in names}}
            case "wait":
                return {"wait": {"message": "news"}, **phase}
            case _:
                made = {"task": self.words(), "checklist": ["a", "b"], "due": "3 days after opened"}
                made |= {"next": self.one(*anywhere)} if self.one(*[False] * 6, True) else {}
                made |= {"if": "n > 3"} if self.one(False, False, True) and "next" not in made else {}
        return {**made, **by, **phase, **on}

    def block(self, name, depth):
        match self.one("group", "parallel", "each", "repeat"):
            case "group":
                on = {"on": {"news": {"task": self.words(), "by": "cook"}}} if self.one(True, False) else {}
                return {"group": self.words(), "steps": self.steps([], depth=depth + 1), **on}
            case "parallel":
                ids = [self.id() for _ in range(self.one(2, 3, 4))]
                branches = [
                    {"id": one, **(self.block(one, depth + 1) if depth < 3 and self.one(True, False)
                                   else {"task": self.words(), "by": self.one(*ROLES)})}
                    for one in ids
                ]  # fmt: skip
                return {"parallel": self.words(), "branches": branches}
            case "each":
                return {"for-each": "list", "steps": self.steps([], depth=depth + 1)}
            case _:
                return {"repeat": self.words(), "until": "a", "steps": self.steps([], depth=depth + 1)}
