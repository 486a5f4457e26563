"""Stories: playbooks of runs that go over to other versions of their definitions, and back.

``>> To(new)`` lets the run go over, ``>> BACK`` undoes that; all else is as in playbooks.
"""

from __future__ import annotations

from collections.abc import Mapping

from playbook import Playbook, instant, keeps_the_laws, told, written

from sopflow.engine import Accepted, RunState, replay, state_to_json, step
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.engine._migrate import Plan, migration
from sopflow.engine._step import migrate, undoable
from sopflow.program import Program

MONDAY = "2026-03-02T09:00"


class Story(Playbook):
    """A playbook of a run that may go over to other versions: ``>> To(new)``, and ``>> BACK``."""

    def __init__(self, first: Program, data=None, *, at=MONDAY) -> None:
        self.programs = {first.hash: first}
        super().__init__(first, data, at=at)

    def __rshift__(self, do):
        self._all_said()
        if isinstance(do, To):
            self.programs[do.new.hash] = do.new
            return self._goes_over(do.new, ev.Migrated(program=do.new.hash, steps=do.steps, at=instant(do.at)), None)
        if do is BACK:
            undo = undoable(self.programs, self.history)
            assert undo is not None
            event = ev.Migrated(program=undo.program.hash, steps=undo.steps, undone=True)
            return self._goes_over(undo.program, event, undo.before)
        event = do(self.program, self.state)
        return self._hears(event, step(self.program, self.state, event), self.program)

    def _goes_over(self, new: Program, event: ev.Migrated, before: RunState | None):
        was = written(self.state)
        outcome = migrate(self.program, new, self.state, event, before=before)
        assert isinstance(outcome, Accepted) or written(self.state) == was
        return self._hears(event, outcome, new)

    def _hears(self, event: ev.Event, outcome, program: Program):
        self._said = False
        if not isinstance(outcome, Accepted):
            self.refused, self.effects, self.notes = outcome, (), [f"refused: {outcome.code}"]
            finding = outcome.problem.at(None)
            for text in (f(language) for f in (finding.text, finding.mend) for language in ("en", "zh")):
                assert "{" not in text, "a hole in a text"
            return self
        self.refused, self.effects, self.program = None, outcome.effects, program
        self.history.append(event)
        self.notes = [self._told(note, outcome.paths) for note in outcome.notes]
        keeps_the_laws(self.program, self.state)
        assert state_to_json(replay(self.programs, self.history)) == state_to_json(self.state)
        return self

    def _told(self, note, paths: Mapping[int, str]) -> str:
        match note:
            case fx.Withdrawn(opening=number) if number in paths:
                return f"{paths[number]} withdrawn"
            case fx.Moved(was=was, step=index):
                return f"{was} moved to {self.program.steps[index].path}"
        return told(self.program, self.state, note)

    def plan(self, new: Program, steps=None, **options) -> Plan:
        """What going over would do."""
        return migration(self.program, new, self.state, steps or {}, **options)

    def why_not(self, new: Program, steps=None) -> list[str]:
        """The codes of what stands against going over."""
        return [reason.code for reason in self.plan(new, steps).reasons]


class To:
    """Go over to ``new``."""

    def __init__(self, new: Program, steps=None, at=None) -> None:
        self.new, self.steps, self.at = new, steps or {}, at


BACK = object()  # undo the last migration
