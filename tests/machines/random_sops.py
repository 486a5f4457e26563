"""Random small SOPs, of all that a machine can show, and random things to say to them.

Decisions and guarded steps only go forward, so that nothing goes round without waiting. All times are three days from
when something opened: which of several comes first is left to whoever says that it has come.
"""

from __future__ import annotations

import json

from hypothesis import strategies as st

FIELDS = ("a", "b", "c")
GUARDS = ("a", "!b", "a && b", "a || c", "b == c", "n > 3", "n > 3 && a", "both")
SETS = ({"a": True}, {"b": "= !c"}, {"c": "unknown"}, {"n": "= n + 2"})
TIME = "3 days after opened"

_KINDS = (
    "task task task outcomes outcomes about about when ask-in-words approval group parallel parallel each repeat wait"
    " message timed call cases cases table table several opens registered"
).split()
_PASSED_OVER = ("task", "group", "parallel", "each", "opens")  # kinds that have an ordinary way out
_BLOCKS = ("group", "parallel", "joined", "each", "repeat")
_HANDLES = ((False,), (False, False, False, True), (True, True, False))
_HANDLED = (*_BLOCKS, "task", "outcomes", "approval", "opens")


@st.composite
def definitions(draw, kinds=_KINDS, *, rework=False, handlers=1, closed=False):
    """A definition as JSON text; with ``rework`` its tasks mostly go back to the first step.

    ``closed``: nothing leads out of a parallel, and nothing is written.

    ``handlers`` says how likely steps are to have them: 0 (never), 1, 2 (mostly).
    """
    made = _Maker(draw, kinds, rework=rework, handlers=handlers, closed=closed)
    steps = made.steps([], depth=2)
    on = made.handlers([step["id"] for step in steps], None) if made.one(*_HANDLES[handlers]) else {}
    return json.dumps({
        "sopflow": 1, "id": "test", "version": "1.0.0", "title": "A test", "time-zone": "Asia/Shanghai",
        "data": {**{name: {"is": "bool"} for name in FIELDS}, "n": {"is": "int", "default": 1}},
        "derived": {"both": "a && b"},
        "roles": {"boss": {"title": "Boss"}, "chief": {"title": "Chief"}},
        "messages": {
            "news": {"is": {"hot": {"is": "bool"}}, "kept": False}, "bell": {"is": {}, "kept": False},
        },
        "steps": steps,
        **({"on": on} if on else {}),
    })  # fmt: skip


CALLED = json.dumps({
    "sopflow": 1, "id": "called", "version": "1.0.0", "title": "Called", "time-zone": "Asia/Shanghai",
    "data": {"fine": {"is": "bool"}},
    "steps": [{"id": "look", "task": "Look", "outcomes": ["right", "wrong"],
               "next": {"right": "end right", "wrong": "end wrong"}}],
})  # fmt: skip

said = st.dictionaries(
    st.sampled_from(FIELDS), st.sampled_from([True, False, None]), max_size=2
) | st.fixed_dictionaries({"n": st.sampled_from([0, 5, None])})


class _Maker:
    def __init__(self, draw, kinds, *, rework, handlers, closed):
        self.draw = draw
        self.rework = rework
        self.closed = closed
        self.kinds = kinds
        self.handles = handlers
        self.number = 0

    def one(self, *options):
        return self.draw(st.sampled_from(options))

    def id(self):
        self.number += 1
        return f"s{self.number}"

    def steps(self, around, *, depth, inside=""):
        """A few steps; ``around`` are the ids that a step may go back to."""
        ids = [self.id() for _ in range(self.one(3, 4) if self.rework else self.one(1, 2, 2, 3))]
        return [self.step(ids, at, around, depth, inside) for at in range(len(ids))]

    def step(self, ids, at, around, depth, inside):
        kinds = [kind for kind in self.kinds if depth or kind not in _BLOCKS]
        kind = self.one(*kinds)
        if "joined" in kinds and depth == 2 and not at and not around:
            kind = "joined"
        end = [] if inside and self.closed else ["end odd of run"] if inside else ["end odd"]
        forward = [*ids[at + 1 :], "done", *end]
        anywhere = [*forward, *ids[: at + 1], *around]
        made = getattr(self, "_" + kind.replace("-", "_"))(forward, anywhere, depth, ids[at], [*around, *ids[: at + 1]])
        if self.one(*[False] * 4, True) and kind in _PASSED_OVER and "next" not in made:
            made[self.one("if", "while")] = self.guard(ids[at])
            if self.one(False, True):
                made["missed"] = self.one(*forward)
        if self.one(*[False] * 3, True) and not self.closed:
            made["set"] = self.one(*SETS)
        if kind in _HANDLED and self.one(*_HANDLES[self.handles]):
            made["on"] = self.handlers([*ids[at + 1 :], "done"], ids[at], failing=kind == "registered")
            if "overdue" in made["on"]:
                made["due"] = TIME
        return {"id": ids[at], **made}

    def guard(self, name):
        """An expression over the data, or over how often an earlier step was done."""
        if self.number > 1 and self.one(*[False] * 5, True):
            earlier = self.one(*(f"s{n}" for n in range(1, self.number)))
            return self.one(f"steps.{earlier}.rounds > 1", f"steps.{earlier}.done", f"a || steps.{earlier}.rounds == 1")
        return self.one(*GUARDS)

    def handlers(self, targets, scope, *, failing=False):
        """One or two handlers; those of the run itself have no deadline."""
        kinds = ["news", "bell", "at", "every", "when", *(["overdue", "cancelled"] if scope else []), "error"]
        made = {}
        for kind in dict.fromkeys(self.one(*kinds) for _ in range(self.one(1, 2, 3))):
            self.number += 1
            name = kind if kind in ("news", "bell", "overdue", "cancelled", "error") else f"h{self.number}"
            handler = {}
            if kind in ("at", "every"):
                handler[kind] = TIME if kind == "at" else "3 days"
            elif kind == "when":
                handler["when"] = self.one(*GUARDS)
            if self.one(*[False] * 3, True) and kind != "cancelled":
                handler["if"] = "message.hot" if kind == "news" and self.one(False, True) else self.one(*GUARDS)
            if kind == "news" and self.one(*[False] * 3, True):
                handler["match"] = {"hot": True}
            if kind == "error" or (kind != "cancelled" and self.one(False, False, True)):
                handler["instead"] = True
                if self.one(False, True):
                    made[name] = {**handler, "next": self.one(*targets)}
                    continue
            elif self.one(*[False] * 3, True):
                handler["rest"] = self.one("finish", "cancel")
            made[name] = {**handler, "task": name}
        return made

    def _task(self, forward, anywhere, depth, name, around):
        made = {"task": name}
        if self.one(False, False, True):
            made["next"] = self.one(*anywhere)
        if self.one(False, False, True):
            made["form"] = [self.one("a", "b?", "n")]
        return made

    def _opens(self, forward, anywhere, depth, name, around):
        return {"task": name, "opens": TIME}

    def _registered(self, forward, anywhere, depth, name, around):
        """Work of a registered handler, in a scope that catches its failure."""
        way = self.one({"task": "mend"}, {"next": self.one(*forward)})
        return {"task": name, "run": "tool", "on": {"error": {"instead": True, **way}}}

    def _outcomes(self, forward, anywhere, depth, name, around):
        back = around[0] if self.rework else self.one(*anywhere)
        return {"task": name, "outcomes": ["x", "y"], "next": {"x": back, "y": self.one(*forward)}}

    def _about(self, forward, anywhere, depth, name, around):
        ask = {"ask": self.one("unknown", "new-round", "every-time")} if self.one(False, True) else {}
        several = {"by": "boss", "need": "2 of 3", "differ": self.one(*forward)} if self.one(*[False] * 4, True) else {}
        return {"decision": name, "about": self.one(*FIELDS), **self._two(forward), **ask, **several}

    def _when(self, forward, anywhere, depth, name, around):
        return {"decision": name, "when": self.guard(name), **self._two(forward)}

    def _cases(self, forward, anywhere, depth, name, around):
        lines = [{"when": self.one(*GUARDS), "then": self.one(*forward)} for _ in range(self.one(1, 2))]
        return {"decision": name, "next": [*lines, {"else": self.one(*forward)}]}

    def _table(self, forward, anywhere, depth, name, around):
        rows = [
            [self.one(True, False, "any"), self.one("below 3", "at least 3", "any"), self.one(True, False)]
            for _ in "12"
        ]
        table = {"hit": "first", "columns": ["a", "n"], "gives": ["b"], "rows": [*rows, ["any", "any", True]]}
        return {"decision": name, "table": table}

    def _ask_in_words(self, forward, anywhere, depth, name, around):
        return {"decision": name, **self._two(anywhere)}

    def _two(self, targets):
        return {"yes": self.one(*targets), "no": self.one(*targets)}

    def _approval(self, forward, anywhere, depth, name, around):
        seats = self.one({"by": "boss"}, {"by": "boss", "need": "2 of 3"})
        changes = {"changes": self.one(*anywhere)} if self.one(False, True) else {}
        return {"approval": name, **seats, "approved": self.one(*forward), "refused": self.one(*anywhere), **changes}

    def _several(self, forward, anywhere, depth, name, around):
        """Each of several roles; which they are the data may say."""
        roles = self.one(["boss", "chief"], [{"when": "a", "then": ["boss", "chief"]}, {"else": "boss"}])
        return {"approval": name, "by": roles, "need": "all", "approved": "done", "refused": self.one(*anywhere)}

    def _group(self, forward, anywhere, depth, name, around):
        inside = "branch" if any("of run" in target for target in forward) or self.closed else ""
        return {"group": name, "steps": self.steps(around, depth=depth - 1, inside=inside)}

    def _parallel(self, forward, anywhere, depth, name, around):
        number = self.one(2, 2, 3)
        ids = [self.id() for _ in range(number)]
        branches = [self.step([one], 0, around, depth - 1, "branch") for one in ids]
        for branch in branches:
            branch.pop("next", None) if isinstance(branch.get("next"), str) else None
        if self.one(*[False] * 3, True) and "after" not in branches[-1]:
            branches[-1]["after"] = [ids[0]]
        join = self.one("active", "first", f"2 of {number}")
        rest = {"rest": self.one("finish", "cancel")} if join != "active" else {}
        if self.one(*[False] * 3, True):
            rest["at-once"] = self.one(1, 2)
        return {"parallel": name, "join": join, **rest, "short": self.one(*forward), "branches": branches}

    def _joined(self, forward, anywhere, depth, name, around):
        """All branches must come; none has a guard."""
        ids = [self.id() for _ in range(self.one(2, 2, 3))]
        inward = [] if self.closed else around
        branches = [self.step([one], 0, inward, depth - 1, "branch") for one in ids]
        for branch in branches:
            branch.pop("next", None) if isinstance(branch.get("next"), str) else None
            branch.pop("if", None)
            branch.pop("missed", None) if "while" not in branch else None
        return {"parallel": name, "branches": branches}

    def _each(self, forward, anywhere, depth, name, around):
        inner = self.steps(around, depth=depth - 1, inside="branch")
        if self.one(False, True):
            inner[0] = {"id": inner[0]["id"], "task": "t", "if": "item == 'x'"}
        queue = {"at-once": 1} if self.one(False, False, True) else {}
        return {"for-each": ["x", "y"], "join": self.one("all", "first"), **queue, "steps": inner}

    def _repeat(self, forward, anywhere, depth, name, around):
        inner = self.steps(around, depth=depth - 1, inside="branch")
        limit = self.one({"at-most": 2, "exhausted": self.one(*forward)}, {"every": "3 days"})
        return {"repeat": name, "until": self.one(*GUARDS), **limit, "steps": inner}

    def _wait(self, forward, anywhere, depth, name, around):
        return {"wait": {"when": self.one(*GUARDS)}}

    def _timed(self, forward, anywhere, depth, name, around):
        return {"wait": {"first": {"late": {"at": TIME, "next": self.one(*forward)}, "known": {"when": "c"}}}}

    def _message(self, forward, anywhere, depth, name, around):
        match = {"match": {"hot": self.one(True, "= a")}} if self.one(False, False, True) else {}
        told = {"message": "news", **match, "next": self.one(*forward)}
        made = {"wait": {"first": {"told": told, "cond": {"when": "c"}}}}
        return {**made, "set": {"a": "= message.hot"}} if self.one(False, True) else made

    def _call(self, forward, anywhere, depth, name, around):
        targets = {"right": self.one(*forward), "wrong": self.one(*anywhere)}
        return {"call": "called", "next": targets, "set": {"b": "= result.fine"}}
