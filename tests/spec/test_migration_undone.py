"""Migration undone: the state before comes back, or the run goes on to the old version as to a new one."""

import pytest
from playbook import data, done, granted, opening_of, program, sop
from story import BACK, Story, To

from sopflow.compiler import lower
from sopflow.engine import Misfit, replay, state_to_json
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.engine._step import undoable
from sopflow.engine._undoing import undoing
from sopflow.program import Program

ABC = program("steps: {a: {task: A}, b: {task: B}, c: {task: C}}")
RENAMED = program("steps: {a: {task: A}, b2: {task: B, due: 2 days after opened}, c: {task: C}}")

FORK = """
    data: {{n: int}}
    steps:
      f:
        parallel: F
        join: {join}
        branches: {{a: {{task: A}}, b: {{task: B}}{more}}}
      z: {{task: Z}}
"""


def fork(more: str = "", join: str = "active") -> Program:
    """A fork of two branches, and more."""
    return program(FORK.format(join=join, more=more))


def call(sop_name: str, ends_: str) -> Program:
    """A definition that calls ``sop_name``."""
    text = f"steps: {{c: {{call: {sop_name}, next: {{{ends_}}}}}, z: {{task: Z}}}}"
    child = "steps: {t: {task: T, outcomes: [go, stop], next: {go: end, stop: end stopped}}}"
    found = {name: sop(child, id=name) for name in ("kid", "other")}
    compiled = lower(sop(text), find=lambda name, _: found.get(name))
    assert compiled.program is not None, compiled.report
    return compiled.program


def test_undo_brings_back_the_state_before():
    """If nothing came since, nothing is lost but the numbers of event and opening."""
    story = Story(fork(), {"n": 2}) >> done("a")
    before = state_to_json(story.state)
    story >> To(program("data: {m: int = 3}\nsteps: {z: {task: Z}}"), {"f": ""}) << "f.b withdrawn" << "f withdrawn"
    story << "z opened"
    story >> BACK << "z withdrawn" << "f opened" << "f.b opened"
    assert {**state_to_json(story.state), "seq": before["seq"], "next": before["next"]} == before
    assert fx.Offer(opening_of(story.program, story.state, "f.b"), 2, ()) in story.effects
    (story >> done("b")).stands("z")


def test_undo_tells_who_had_it():
    """A step that went to others comes back; timers are as they were."""
    story = Story(ABC) >> done("a") >> To(RENAMED, {"b": "b2"}) >> BACK << "b2 moved to b"
    assert [type(effect) for effect in story.effects] == [fx.Withdraw, fx.Offer, fx.ClearTimer]
    assert undoable(story.programs, story.history) is None


def test_work_that_was_broken_off_begins_again():
    """A child, an attempt of a handler, a route of messages: what the migration gave up is asked for anew."""
    one = call("kid", "done: z, else: z")
    story = Story(one) >> To(call("other", "done: z, else: z"), {"c": ""}) >> BACK
    assert [type(effect) for effect in story.effects] == [fx.CancelChild, fx.Withdraw, fx.StartChild]
    work = """
        messages: {bell: {k: int}}
        steps:
          f: {parallel: F, branches: {w: {wait: {message: bell, match: {k: 1}}}, s: {task: S, run: mail}}}
    """
    story = Story(program(work)) >> To(program("steps: {f: {task: F}}"), {"f": ""}) >> BACK
    said = [effect for effect in story.effects if isinstance(effect, fx.Await | fx.CallHandler)]
    assert said == [fx.Await(2, "bell", {"k": 1}), fx.CallHandler(3, "mail", {}, 1)]


def test_questions_come_back():
    """What was asked is asked again, what waits for resources waits for them again."""
    old = program("""
        data: {x: bool}
        roles: {ann: Ann, bob: Bob}
        steps:
          f:
            parallel: F
            branches: {q: {decision: Q, about: x, by: ann, yes: done, no: done}, h: {task: H, holds: hall}}
    """)
    story = Story(old) >> To(program("steps: {f: {task: F}}"), {"f": ""}) >> BACK
    assert fx.Ask(2, 1, ("x",), ("ann",)) in story.effects
    assert fx.Acquire(3, ("hall",)) in story.effects
    text = (
        "data: {x: bool}\nroles: {ann: Ann, bob: Bob}\nsteps: {q: {decision: Q, about: x, by: %s, yes: end, no: end}}"
    )
    story = Story(program(text % "ann")) >> To(program(text % "bob")) >> BACK
    assert story.effects == (fx.Ask(1, 0, ("x",), ("ann",)),)


def test_resources_that_were_given_up_do_not_come_back():
    """Others may have them by now."""
    hall = program("steps: {s: {task: S, holds: hall}}")
    story = Story(hall) >> granted("s") >> To(program("steps: {s: {task: S}}"), {"s": ""})
    story >> BACK << "refused: unsound"
    undo = undoable(story.programs, story.history)
    event = ev.Migrated(program=hall.hash, undone=True)
    assert undoing(story.program, hall, story.state, event, undo.before).reasons[0].code == "SOP784"


def test_after_other_events_undo_is_a_migration():
    """What came since is kept, so the way back is by the map turned round, if that fits."""
    story = Story(ABC) >> done("a") >> To(RENAMED, {"b": "b2"}) >> data({})
    undo = undoable(story.programs, story.history)
    assert (undo.before, dict(undo.steps)) == (None, {"b2": "b"})
    event = ev.Migrated(program=undo.program.hash, steps=undo.steps, undone=True)
    plan = undoing(story.program, undo.program, story.state, event, undo.before)
    assert (plan.undoes, plan.verdict) == ("by map", "automatic")
    story >> BACK << "b2 moved to b"
    assert undoable(story.programs, story.history) is None


def test_the_plan_of_an_undo_is_what_it_does():
    """Exactly, where nothing came since: what goes, what comes back, what changes its time."""
    story = Story(ABC) >> done("a") >> To(RENAMED, {"b": "b2"})
    undo = undoable(story.programs, story.history)
    event = ev.Migrated(program=undo.program.hash, steps=undo.steps, undone=True)
    plan = undoing(story.program, undo.program, story.state, event, undo.before)
    assert (plan.undoes, plan.verdict) == ("exactly", "automatic")
    assert [(fate.was, fate.to, fate.what) for fate in plan.openings] == [("b2", "b", "moves")]
    assert [(change.name, change.now) for change in plan.timers] == [("due", None)]
    story >> BACK
    assert story.effects == plan.effects


def test_undo_goes_back_step_by_step():
    """Each undo takes back one migration; an undo that left no trace does not stand in the way of the next."""
    third = program("steps: {a: {task: A}, b3: {task: B}}")
    story = Story(ABC) >> done("a")
    before = state_to_json(story.state)
    story >> To(RENAMED, {"b": "b2"}) >> To(third, {"b2": "b3"}) >> BACK >> BACK
    assert {**state_to_json(story.state), "seq": before["seq"]} == before
    story >> To(RENAMED, {"b": "b2"}) >> To(third, {"b2": "b3"}) >> data({}) >> BACK
    assert undoable(story.programs, story.history).before is None


def test_a_history_needs_the_programs_of_all_its_versions():
    """Folding says which one is missing; there is nothing to undo where nothing was migrated."""
    story = Story(ABC) >> done("a") >> To(RENAMED, {"b": "b2"})
    with pytest.raises(Misfit, match=RENAMED.hash[:12]):
        replay({ABC.hash: ABC}, story.history)
    with pytest.raises(Misfit, match=ABC.hash[:12]):
        replay({RENAMED.hash: RENAMED}, story.history)
    with pytest.raises(ValueError, match="begins with Started"):
        replay(story.programs, [])
    with pytest.raises(Misfit, match="no migration to undo"):
        replay(story.programs, [story.history[0], ev.Migrated(program=RENAMED.hash, undone=True)])
