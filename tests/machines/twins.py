"""A run and a machine of one program, led by the same events: what one does, the other must do.

The engine's side is driven by hand, from a trigger's name to an event, so that it shares nothing with the machine's.
The run's clock stands still: which time comes first is the embedder's affair, so any timer that is set may fire.
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


def hears(program, state, event):
    """Let the event happen to the run; whether it was taken.

    Its clock stands still: any timer may come as if it were due, and no time has come by itself.
    """
    if isinstance(event, ev.TimerFired):
        for key in list(state.timers):
            state.set_timer(*key, state.timers[event.opening, event.name])
        if event.name == "opens":
            state.open[event.opening].stage += 1  # or it would be held again
    return isinstance(step(program, state, event), Accepted)


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
        self.said = self.accepted = 0
        self.history = []

    def say(self, trigger, data=None):
        """Trigger the machine and step the run; whether both took it. They must agree, and end up alike."""
        before = self.model.state
        ahead, event = self.state.copy(), self._event(trigger, data or {})
        run = hears(self.program, ahead, event)
        if run and any(opening.queue for opening in ahead.open.values()):
            run = False  # only a run has a queue: to a machine the message is said again later
        if run:
            self.state = ahead
            self.history.append(event)
        try:
            machine = self.trigger(trigger, data or {})
        except (MachineError, errors.Refused):
            machine = False
        assert machine == run, f"{before} --{trigger} {data}: run {run}, machine {machine}"
        self.agree(f"{before} --{trigger} {data}")
        self.said += 1
        self.accepted += run
        return run

    def trigger(self, trigger, data):
        """Let the machine hear it."""
        return self.machine.events[trigger].trigger(self.model, data=data)

    def walk(self, *triggers):
        """Say all of these, and return where that leads."""
        for trigger in triggers:
            assert self.say(trigger), f"{self.model.state} --{trigger}"
        return self.model.state

    def agree(self, why=""):
        """Both stand alike, and their data are the same."""
        self.agree_where(why)
        told = {path: value for path, value in _flat(self.model.data).items() if value is not None}
        assert told == dict(self.state.data), why

    def agree_where(self, why):
        """The machine's state is the run's marking."""
        if self.state.status == "new":
            assert self.model.state == "start"
            return
        marking = name_of(self.program, self.state, self.memory)
        assert self.model.state.partition(" (")[0] == marking, f"{why}: run {marking}, machine {self.model.state}"

    def _event(self, trigger, data):
        if trigger == "start":
            return ev.Started(program=self.program.hash, data=data, at=self.at)
        if trigger == "set_data":
            return ev.DataSet(changes=data)
        name, _, word = trigger.partition("__")
        if not word and name.replace("_", "-") in self.program.messages:
            return ev.MessageCame(name=name.replace("_", "-"), data=data)
        found = self._opening(name) if word else self.state.open.get(0)
        if found is None:
            return ev.StepDone(opening=-1)
        timer = next((n for n in found.timers if self._word(found, n) == (word or name)), "")
        if timer and not data:
            return ev.TimerFired(opening=found.id, name=timer)
        if not word:
            return ev.StepDone(opening=-1)
        at = self.program.steps[found.step]
        if word == "error" and found.tries and not data:
            return ev.HandlerFailed(opening=found.id, attempt=found.tries, error="broken")
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

    def _word(self, opening, timer):
        at = self.program.steps[opening.step] if opening.step >= 0 else self.program
        if timer.startswith("on-"):
            word = at.handlers[int(timer[3:])].id
        elif timer.startswith("wait-"):
            word = at.wait[int(timer[5:])].exit
            word = "due" if word == "done" else word
        else:
            word = {"due": "overdue"}.get(timer, timer)
        return word.replace("-", "_")

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
            if self.program.steps[above.step].op == Op.EACH and here.place >= 0:
                items.append(str(here.place + 1))
            here = above
        return "_".join([name.replace("-", "_").replace(".", "_"), *reversed(items)])


class NestedTwins(Twins):
    """The same with a nested machine, whose state is a list of the innermost ones."""

    def trigger(self, trigger, data):
        """Let the machine hear it."""
        return self.model.trigger(trigger, data=data)

    def agree_where(self, why):
        """The same steps are open in both."""
        open_ = [opening for opening in self.state.open.values() if opening.step >= 0 and not opening.kids]
        run = sorted(self.program.steps[opening.step].path for opening in open_)
        states = self.machine.leaves(self.model)
        machine = sorted(step.path for state in states for step in self.machine.get_state(state).steps)
        assert machine == run, f"{why}: run {run}, machine {states}"
        if self.state.status == "ended":
            assert states == [f"ended:{self.state.outcome}"], why


def _flat(data, prefix=""):
    found = {}
    for name, value in data.items():
        found.update(_flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value})
    return found
