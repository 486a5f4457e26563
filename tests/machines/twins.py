"""A run and a machine of one program, led by the same events: what one does, the other must do.

The engine's side is driven by hand, from a trigger's name to an event, so that it shares nothing with the machine's.
"""

from __future__ import annotations

from textwrap import dedent
from types import SimpleNamespace

from transitions import MachineError

from sopflow import errors
from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.engine import Accepted, RunState, step
from sopflow.engine import events as ev
from sopflow.errors.show import as_text
from sopflow.machines import to_transitions
from sopflow.machines._marking import Memory, name_of
from sopflow.program import Op

HEADER = {"sopflow": "1", "id": "test", "version": "1.0.0", "title": "A test", "time-zone": "Asia/Shanghai"}


def sop(text, **header):
    """The definition in ``text``, with the keys that every definition must have."""
    text = dedent(text)
    top = {**HEADER, **{name.replace("_", "-"): value for name, value in header.items()}}
    lines = [f"{name}: {value}" for name, value in top.items() if f"\n{name}:" not in "\n" + text]
    return loads("\n".join([*lines, text]))


def program(text, **called):
    """The program of ``text``; ``called`` are the texts of the definitions it calls."""
    children = {name.replace("_", "-"): sop(child, id=name.replace("_", "-")) for name, child in called.items()}
    compiled = lower(sop(text), find=lambda name, _: children.get(name))
    assert compiled.program is not None, as_text(compiled.report)
    return compiled.program


class Twins:
    """The run and the machine. ``say`` lets both hear the same, and compares."""

    def __init__(self, text, *, at=None, machine=None, **called):
        self.program = text if not isinstance(text, str) else program(text, **called)
        self.model = SimpleNamespace()
        self.machine = machine or to_transitions(self.program)
        self.machine.add_model(self.model, initial="start")
        self.model.data = {}
        self.state = RunState.of(self.program)
        self.memory = Memory.of(self.program)
        self.at = at
        self.accepted = 0

    def say(self, trigger, data=None):
        """Trigger the machine and step the run; whether both took it. They must agree, and end up alike."""
        before = self.model.state
        run = isinstance(step(self.program, self.state, self._event(trigger, data or {})), Accepted)
        try:
            machine = self.machine.events[trigger].trigger(self.model, data=data or {})
        except (MachineError, errors.Refused):
            machine = False
        assert machine == run, f"{before} --{trigger} {data}: run {run}, machine {machine}"
        self.agree(f"{before} --{trigger} {data}")
        self.accepted += run
        return run

    def walk(self, *triggers):
        """Say all of these, and return where that leads."""
        for trigger in triggers:
            assert self.say(trigger), f"{self.model.state} --{trigger}"
        return self.model.state

    def agree(self, why=""):
        """The machine's state is the run's marking, and its data are the run's."""
        if self.state.status == "new":
            assert self.model.state == "start"
            return
        marking = name_of(self.program, self.state, self.memory)
        assert self.model.state.partition(" (")[0] == marking, f"{why}: run {marking}, machine {self.model.state}"
        told = {path: value for path, value in _flat(self.model.data).items() if value is not None}
        assert told == dict(self.state.data), why

    def _event(self, trigger, data):
        if trigger == "start":
            return ev.Started(program=self.program.hash, data=data, at=self.at)
        if trigger == "set_data":
            return ev.DataSet(changes=data)
        name, _, word = trigger.partition("__")
        if not word:
            return ev.MessageCame(name=name.replace("_", "-"), data=data)
        found = self._opening(name)
        if found is None:
            return ev.StepDone(opening=-1)
        at = self.program.steps[found.step]
        voter = f"voter-{len(found.votes or ())}"
        exits = {exit_.replace("-", "_"): exit_ for exit_ in at.exits}
        if found.phase == "asks":
            asked = {path.replace(".", "_"): path for path in found.asked}
            if word in asked and list(data) == [asked[word]]:
                return ev.Answered(opening=found.id, field=asked[word], value=data[asked[word]])
            if at.question is not None and at.question.about in found.asked and not data:
                value = {"yes": True, "no": False}.get(word, word)
                return ev.Answered(opening=found.id, field=at.question.about, value=value, by=voter)
            return ev.StepDone(opening=-1)
        if found.phase == "held":
            name = next((n for n in found.timers if self._exit(at, n) == word), "none")
            due = self.state.timers.get((found.id, name))
            return ev.TimerFired(opening=found.id, name=name, at=max(due, self.state.at) if due else None)
        if at.op not in (Op.WORK, Op.CALL) and data:
            return ev.StepDone(opening=-1)
        match at.op:
            case Op.VOTE:
                return ev.Voted(opening=found.id, verdict=exits.get(word, word), by=voter)
            case Op.CHOOSE:
                return ev.Answered(opening=found.id, value=exits.get(word, word), by=voter)
            case Op.CALL:
                outcomes = {name.replace("-", "_"): name for name in at.call.program.outcomes}
                if word not in outcomes:
                    return ev.StepDone(opening=-1)
                return ev.ChildEnded(opening=found.id, outcome=outcomes[word], data=data)
        return ev.StepDone(opening=found.id, outcome=exits.get(word, word), data=data)

    def _exit(self, at, timer):
        if timer == "opens":
            return "opens"
        exit_ = at.wait[int(timer[5:])].exit
        return "due" if exit_ == "done" else exit_.replace("-", "_")

    def _opening(self, name):
        for opening in self.state.open.values():
            if opening.step >= 0 and self._named(opening) == name:
                return opening
        return None

    def _named(self, opening):
        at = self.program.steps[opening.step]
        ids = [other.id for other in self.program.steps]
        name = at.id if ids.count(at.id) == 1 else at.path
        items, here = [], opening
        while here.up > 0:
            above = self.state.open[here.up]
            if self.program.steps[above.step].op == Op.EACH:
                items.append(str(here.place + 1))
            here = above
        return "_".join([name.replace("-", "_").replace(".", "_"), *reversed(items)])


def _flat(data, prefix=""):
    found = {}
    for name, value in data.items():
        found.update(_flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value})
    return found
