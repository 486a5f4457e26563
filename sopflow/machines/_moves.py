"""What can be said at a marking: each event that may be tried there, and the trigger by which an embedder says it.

Whether the engine takes an event is not asked here; what it takes is a way (``_explore.py``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from sopflow.engine import Opening, RunState
from sopflow.engine import events as ev
from sopflow.machines._marking import Memory, about, path_of, timers_of
from sopflow.machines._oracle import TOLD
from sopflow.machines._skeleton import finite, item_numbers
from sopflow.program import Op, Program, Step

_RESERVED = frozenset({"state", "trigger", "may_trigger", "data", "start", "model", "machine"})


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an embedder calls.

    ``takes`` says what its ``data=`` are: ``start`` data and parameters, ``fields``, the ``answer`` to one field,
    the fields of a ``message``, the ``result`` of a child, or ``nothing``; ``of`` says which field, message, step, or
    which step was completed.
    """

    name: str
    takes: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """An event to be tried, and what calls it.

    ``told`` are the fields of which it matters whether the trigger tells them, ``certain`` those of them that are
    unknown if it does not, ``form`` those that it needs.
    """

    trigger: Trigger
    event: ev.Event
    step: str
    told: tuple[str, ...] = ()
    certain: frozenset[str] = frozenset()
    form: tuple[str, ...] = ()


@dataclass(slots=True)
class Moves:
    """The moves of one program, with the names of their triggers."""

    program: Program
    memory: Memory
    triggers: dict[str, Hashable] = field(default_factory=dict)  # what each name of a trigger means
    ids: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self.ids = Counter(step.id for step in self.program.steps)

    def at(self, state: RunState) -> Iterator[Move]:
        """What may be said to a run that stands at ``state``."""
        if not state.running:
            return
        certain = self._unknown(state)
        waited = {path for path in state.watch if path in self.program.fields}
        told = tuple(sorted(waited | self.memory.matters(self.program, state)))
        for _, opening in sorted(state.open.items()):
            yield from self._times(state, opening)
            if opening.step < 0:
                continue
            at = self.program.steps[opening.step]
            for word, takes, of, event in self._said(opening, at):
                trigger = self._trigger(state, opening, word, takes, of)
                if takes == "fields":
                    form = tuple(path for path, may_stay_empty in at.form if not may_stay_empty)
                    yield Move(trigger, event, at.path, told, certain, form)
                else:
                    yield Move(trigger, event, at.path)
        for name, message in self.program.messages.items():
            called = self._free(_word(name), ("message", name), "message_")
            data = dict.fromkeys(message.fields, TOLD)
            yield Move(Trigger(called, "message", name), ev.MessageCame(name=name, data=data), name)
        set_data = Trigger(self._free("set_data", "set_data", "sop_"), "fields")
        yield Move(set_data, ev.DataSet(changes={}), self.program.name, told, certain)

    def _times(self, state: RunState, opening: Opening) -> Iterator[Move]:
        """A time that routes, or lets a handler run, has come: at the run's own handlers, or at a step."""
        for timer in timers_of(self.program, opening):
            event = ev.TimerFired(opening=opening.id, name=timer)
            word = self._word_of(opening, timer)
            if opening.step < 0:
                called = self._free(_word(word), ("handler", word), "on_")
                yield Move(Trigger(called, "nothing"), event, self.program.name)
            else:
                trigger = self._trigger(state, opening, word, "nothing", "")
                yield Move(trigger, event, self.program.steps[opening.step].path)

    def _word_of(self, opening: Opening, timer: str) -> str:
        """What a timer is called in a trigger: as the alternative of a wait or the handler that it serves."""
        kind, _, number = timer.partition("-")
        at = self.program.steps[opening.step] if opening.step >= 0 else None
        if kind == "on":
            return (at.handlers if at is not None else self.program.handlers)[int(number)].id
        if kind == "wait" and at is not None:
            exit_ = at.wait[int(number)].exit
            return "due" if exit_ == "done" else exit_
        return "overdue" if timer == "due" else timer  # opens, round

    def _unknown(self, state: RunState) -> frozenset[str]:
        """The fields that are asked for because they are unknown, not because they are old."""
        asking = [opening for opening in state.open.values() if opening.phase == "asks"]
        return frozenset(path for o in asking for path in o.asked if path != about(self.program, o.step))

    def _said(self, opening: Opening, at: Step) -> Iterator[tuple[str, str, str, ev.Event]]:
        """What may be said to an opening: a word for the trigger, what data it takes, of what, and the event."""
        number = opening.id
        match opening.phase, at.op:
            case "asks", _:
                yield from self._answers(opening, at)
            case "open", Op.WORK:
                for exit_ in at.exits:
                    yield exit_, "fields", at.path, ev.StepDone(opening=number, outcome=exit_)
                if opening.tries:
                    yield "error", "nothing", "", ev.HandlerFailed(opening=number, attempt=opening.tries, error="")
            case "open", Op.VOTE:
                for exit_ in at.exits:
                    yield exit_, "nothing", "", ev.Voted(opening=number, verdict=exit_, by=_voter(opening))
            case "open", Op.CHOOSE:
                for exit_ in at.exits:
                    yield exit_, "nothing", "", ev.Answered(opening=number, value=exit_, by=_voter(opening))
            case "open", Op.CALL if at.call is not None:
                data = dict.fromkeys(at.call.program.fields, TOLD)
                for end in at.call.program.outcomes:
                    yield end, "result", at.path, ev.ChildEnded(opening=number, outcome=end, data=data)
            case _:
                return

    def _answers(self, opening: Opening, at: Step) -> Iterator[tuple[str, str, str, ev.Event]]:
        """A question about a field has a trigger for each value; any other takes the value as data."""
        for path in opening.asked:
            if path == about(self.program, at.index):
                for value in finite(self.program.fields[path]):
                    word = ("yes" if value else "no") if isinstance(value, bool) else str(value)
                    yield (
                        word,
                        "nothing",
                        "",
                        ev.Answered(opening=opening.id, field=path, value=value, by=_voter(opening)),
                    )
            else:
                yield path, "answer", path, ev.Answered(opening=opening.id, field=path, value=TOLD)

    def _trigger(self, state: RunState, opening: Opening, word: str, takes: str, of: str) -> Trigger:
        at = self.program.steps[opening.step]
        items = item_numbers(self.program, path_of(state, opening))
        alone = self.ids[at.id] == 1
        base = "_".join([_word(at.id if alone else at.path), *map(str, items)])
        return Trigger(self._free(f"{base}__{_word(word)}", (at.index, items, word, takes), "step_"), takes, of)

    def _free(self, name: str, meaning: Hashable, prefix: str) -> str:
        """A name that means this and nothing else, and that no machine or model has for itself."""
        while name in _RESERVED or self.triggers.setdefault(name, meaning) != meaning:
            name = prefix + name
        return name


def _voter(opening: Opening) -> str:
    """Somebody who has not voted yet; who votes twice is the embedder's affair."""
    return f"voter {len(opening.votes or ())}"


def _word(name: str) -> str:
    """A name as part of an identifier."""
    return re.sub(r"\W", "_", name)
