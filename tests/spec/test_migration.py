"""Migration: a run goes over to another version of its definition, if all that is open has its place there."""

import pytest
from playbook import (
    Playbook,
    add,
    answer,
    cancel,
    data,
    done,
    drop,
    ends,
    fails,
    fires,
    granted,
    instant,
    judge,
    keeps_the_laws,
    message,
    opening_of,
    program,
    resume,
    shanghai,
    sop,
    suspend,
    tick,
    told,
    written,
)

from sopflow.compiler import lower
from sopflow.engine import Accepted, Misfit, RunState, replay, state_to_json, step
from sopflow.engine import effects as fx
from sopflow.engine import events as ev
from sopflow.engine._migrate import Plan, migration
from sopflow.engine._step import migrate, undoable
from sopflow.engine._undoing import undoing
from sopflow.program import Program

MONDAY = "2026-03-02T09:00"


class Story(Playbook):
    """A playbook of a run that may go over to other versions: ``>> to(new)``, and ``>> back()``."""

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
            return self
        self.refused, self.effects, self.program = None, outcome.effects, program
        self.history.append(event)
        self.notes = [self._told(note) for note in outcome.notes]
        keeps_the_laws(self.program, self.state)
        assert state_to_json(replay(self.programs, self.history)) == state_to_json(self.state)
        return self

    def _told(self, note) -> str:
        if not isinstance(note, fx.Moved):
            return told(self.program, self.state, note)
        return (
            f"{note.was} moved to {self.program.steps[note.step].path}" if note.step >= 0 else f"{note.was} withdrawn"
        )

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
ABC = program("steps: {a: {task: A}, b: {task: B}, c: {task: C}}")


# -- what stays, moves, or is withdrawn --------------------------------------------------------------------------------


def test_what_is_open_stays_where_the_new_version_has_it():
    """A step keeps its opening, whatever stands around it; what follows is the new version's."""
    new = program("steps: {first: {task: First}, a: {task: A}, b: {task: B}, more: {task: More}}")
    story = Story(ABC) >> done("a") >> To(new)
    assert story.effects == ()
    story.stands("b")
    (story >> done("b")).stands("more")


def test_a_renamed_step_needs_to_be_named():
    """A step that is open and gone stops the migration, which names the step that it may have become."""
    new = program("steps: {a: {task: A}, b2: {task: B}, c: {task: C}}")
    story = Story(ABC) >> done("a")
    plan = story.plan(new)
    assert plan.verdict == "needs-mapping"
    assert plan.reasons[0].fields == {"step": "b", "nearest": "b2"}
    assert [(fate.was, fate.to, fate.what) for fate in plan.openings] == [("b", "", "unfit")]
    story >> To(new) << "refused: unsound"
    story >> To(new, {"b": "b2"}) << "b moved to b2"
    (story >> done("b2")).stands("c")


def test_a_step_that_is_not_open_needs_no_name():
    """What is past or to come may go without a word."""
    (Story(ABC) >> done("a") >> To(program("steps: {b: {task: B}}"))).stands("b")


def test_a_withdrawn_step_lets_its_token_go_on():
    """Given up by name, a step that is gone is taken back; its token goes on by its ordinary way."""
    new = program("steps: {a: {task: A}, c: {task: C}}")
    story = Story(ABC) >> done("a")
    assert [(fate.was, fate.what) for fate in story.plan(new, {"b": ""}).openings] == [("b", "withdrawn")]
    story >> To(new, {"b": ""}) << "b withdrawn" << "c opened"


def test_where_nothing_follows_the_run_ends():
    """The ordinary way of the last step is the end."""
    story = Story(ABC) >> done("a") >> done("b")
    story >> To(program("steps: {a: {task: A}}"), {"c": ""}) << "c withdrawn" << "run ended: done"


def test_a_withdrawn_step_begins_anew_where_it_still_is():
    """Giving up a step that the new version has begins it again: so a task becomes an approval."""
    new = program("roles: {boss: Boss}\nsteps: {a: {task: A}, b: {approval: B, by: boss, refused: a}, c: {task: C}}")
    story = Story(ABC) >> done("a")
    assert story.why_not(new) == ["SOP763"]
    story >> To(new, {"b": ""}) << "b withdrawn" << "b opened"
    (story >> judge("b", "refused", by="boss")).stands("a")


def test_a_step_with_several_ways_cannot_just_be_withdrawn():
    """Where the token goes on hangs on an answer that nobody gave."""
    old = program("steps: {x: {task: X, outcomes: [go, stop], next: {go: y, stop: y}}, y: {task: Y}}")
    new = program("steps: {y: {task: Y}}")
    assert Story(old).why_not(new, {"x": ""}) == ["SOP771"]
    assert Story(old).why_not(new, {"x": "y"}) == ["SOP765"]


def test_the_map_must_name_steps_that_exist():
    """A slip in the map is found, with the nearest name."""
    plan = Story(ABC).plan(ABC, {"bb": "c", "b": "cc"})
    assert [(reason.code, reason.fields["nearest"]) for reason in plan.reasons] == [("SOP761", "b"), ("SOP762", "c")]


GROUP = program("steps: {g: {group: G, steps: {x: {task: X}, y: {task: Y}}}, z: {task: Z}}")


def test_what_is_inside_follows_what_is_around():
    """Who renames a group need not name its steps."""
    new = program("steps: {h: {group: H, steps: {x: {task: X}, y: {task: Y}}}, z: {task: Z}}")
    story = Story(GROUP) >> done("x") >> To(new, {"g": "h"}) << "g moved to h" << "g.y moved to h.y"
    (story >> done("h.y")).stands("z")


def test_a_step_cannot_leave_its_block():
    """The image of what is open lies in a region of its parent's image."""
    new = program("steps: {g: {group: G, steps: {x: {task: X}}}, y: {task: Y}, z: {task: Z}}")
    story = Story(GROUP) >> done("x")
    assert story.why_not(new) == ["SOP760"]
    assert story.why_not(new, {"g.y": "y"}) == ["SOP764"]
    story >> To(new, {"g.y": ""}) << "g.y withdrawn" << "g closed: done" << "y opened"


def test_a_group_is_withdrawn_with_all_that_is_in_it():
    """What hangs below a step that is given up goes with it."""
    story = Story(GROUP) >> To(program("steps: {z: {task: Z}}"), {"g": ""})
    story << "g.x withdrawn" << "g withdrawn" << "z opened"


def test_compensation_runs_where_the_new_version_has_it():
    """A withdrawn scope's `cancelled` handler runs, if it is still there."""
    old = program("steps: {b: {group: B, on: {cancelled: {task: Undo}}, steps: {x: {task: X}}}, c: {task: C}}")
    story = Story(old) >> To(old, {"b": ""})
    story << "b.x withdrawn" << "b withdrawn" << "b.cancelled opened" << "b opened" << "b.x opened"


# -- branches and items ------------------------------------------------------------------------------------------------

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


def test_a_branch_that_is_new_starts():
    """And the join waits for it."""
    story = Story(fork()) >> done("a")
    assert story.plan(fork(", c: {task: C}")).starts == ("f.c",)
    story >> To(fork(", c: {task: C}")) << "f.c opened"
    story.stands("f.b", "f.c")
    (story >> done("b") >> done("c")).stands("z")


def test_the_condition_of_a_new_branch_is_judged_once():
    """Now, as that of the others was on entry; while it is unknown, the run cannot go over."""
    new = fork(", c: {task: C, if: n > 1}")
    story = Story(fork())
    plan = story.plan(new)
    assert (plan.verdict, plan.reasons[0].fields) == ("impossible", {"step": "f.c", "fields": "n"})
    (story >> data({"n": 1}) >> To(new)).stands("f.a", "f.b")
    (Story(fork(), {"n": 2}) >> To(new)).stands("f.a", "f.b", "f.c")


def test_a_branch_that_goes_must_be_named():
    """Given up by name, nobody waits for it any more."""
    three = fork(", c: {task: C}")
    story = Story(three) >> done("a")
    assert story.why_not(fork()) == ["SOP760"]
    story >> To(fork(), {"f.c": ""}) << "f.c withdrawn"
    (story.stands("f.b") >> done("b")).stands("z")


def test_the_last_branch_that_goes_lets_the_fork_pass():
    """When nothing is left to wait for, the join passes."""
    story = Story(fork(", c: {task: C}")) >> done("a") >> done("b")
    story >> To(fork(), {"f.c": ""}) << "f.c withdrawn" << "f closed: done" << "z opened"


def test_a_branch_goes_by_another_name():
    """A branch may be mapped to one of another name, but two cannot become one."""
    new = program(FORK.format(join="active", more="").replace("b: ", "d: "))
    (Story(fork()) >> To(new, {"f.b": "d"})).stands("f.a", "f.d")
    assert Story(fork()).why_not(new, {"f.b": "f.a"}) == ["SOP772"]


def test_a_threshold_must_be_within_reach():
    """A join that waits for more than have started would never pass."""
    guarded = program(
        FORK.format(join="2 of 3", more=", c: {task: C, if: n > 1}").replace("join", "short: z\n        join")
    )
    three = fork(", c: {task: C}", "all")
    assert Story(fork()).why_not(fork(", c: {task: C, if: n > 1}", "active")) == ["SOP774"]
    story = Story(guarded, {"n": 1}) >> done("a")
    assert story.why_not(program(FORK.format(join="3 of 3", more=", c: {task: C}"))) == ["SOP773"]
    (story >> To(three)).stands("f.b")


def test_a_lower_threshold_passes_at_once():
    """A join that has what it needs under the new version passes, and what is left is withdrawn."""
    story = Story(fork(", c: {task: C}")) >> done("a")
    story >> To(fork(", c: {task: C}", "first"))
    story << "f.b withdrawn" << "f.c withdrawn" << "f closed: done" << "z opened"


def test_more_places_let_more_begin():
    """Branches that waited for a place under `at-once` begin when there are more places."""
    text = "steps: {f: {parallel: F, at-once: %d, branches: {a: {task: A}, b: {task: B}, c: {task: C}}}}"
    story = Story(program(text % 1)) >> To(program(text % 2)) << "f.b opened"
    (story >> To(program(text % 1))).stands("f.a", "f.b")
    (story >> done("a")).stands("f.b")
    (story >> done("b")).stands("f.c")


def test_a_branch_that_waits_must_have_a_place_too():
    """A branch that has not begun for want of a place is one like any other."""
    text = "steps: {{f: {{parallel: F, at-once: 1, branches: {{a: {{task: A}}{}}}}}, z: {{task: Z}}}}"
    story = Story(program(text.format(", b: {task: B}")))
    assert story.why_not(program(text.format(""))) == ["SOP760"]
    story >> To(program(text.format("")), {"f.b": ""})
    (story >> done("a")).stands("z")


EACH = """
    data: {{partners: list of {type}, {more}}}
    steps:
      sign-all: {{for-each: partners, as: partner, steps: {{call: {{task: Call}}, sign: {{task: Sign}}{step}}}}}
      z: {{task: Z}}
"""


def each(step: str = "", type: str = "string", more: str = "n: int") -> Program:  # noqa: A002  # as the language says it
    """A for-each over partners."""
    return program(EACH.format(type=type, more=more, step=step))


def test_items_keep_their_numbers():
    """Each item goes on where it stands, and has what comes after it in the new version."""
    story = Story(each(), {"partners": ["x", "y"]}) >> done("sign-all[2].call") >> To(each(", file: {task: File}"))
    story >> done("sign-all[2].sign")
    assert story.plan(each()).openings[-1].was == "sign-all[2].file"
    story.stands("sign-all.call", "sign-all.file")
    story >> add("sign-all", "w") >> drop("sign-all", 1) >> done("sign-all[2].file")
    story.stands("sign-all.call")


def test_an_item_whose_step_goes_is_done_with_it():
    """In each of them the token goes on by the ordinary way."""
    new = program(EACH.format(type="string", more="n: int", step="").replace(", sign: {task: Sign}", ""))
    story = Story(each(), {"partners": ["x", "y"]}) >> done("sign-all[2].call")
    assert story.why_not(new) == ["SOP760"]
    (story >> To(new, {"sign-all.sign": ""})).stands("sign-all.call")
    (story >> done("sign-all.call")).stands("z")


def test_items_are_read_anew():
    """An item is what the new type makes of it, or it does not fit."""
    numbers = each(type="int")
    story = Story(numbers, {"partners": [1, 2]}) >> To(each(type="decimal"))
    assert repr(story.opening("sign-all[2].call").item) == "Decimal('2')"
    assert set(Story(numbers, {"partners": [1, 2]}).why_not(each(type="string"))) == {"SOP777"}


KEYED = "data: {l: [{a: string, b: string}]}\nsteps: {e: {for-each: l, as: i, key: i.%s, steps: {t: {task: T}}}}"


def test_keys_are_worked_out_anew():
    """Items go by the key of the new version, which must tell them apart."""
    items = {"l": [{"a": "x", "b": "p"}, {"a": "y", "b": "q"}]}
    story = Story(program(KEYED % "a"), items) >> To(program(KEYED % "b"))
    (story >> done("e[q].t")).stands("e.t")
    alike = {"l": [{"a": "x", "b": "p"}, {"a": "y", "b": "p"}]}
    assert Story(program(KEYED % "a"), alike).why_not(program(KEYED % "b")) == ["SOP776"]


def test_a_trailing_branch_trails_on():
    """What still finishes behind a block has its place like anything that is open, and needs none if withdrawn."""
    text = "steps: {{f: {{parallel: F, join: first, rest: finish, branches: {{a: {{task: A}}, b: {{task: {}}}}}}}, z: {{task: Z}}}}"
    old, new = program(text.format("B")), program(text.format("Better"))
    story = Story(old) >> done("a") >> To(new)
    story.stands("f.b", "z")
    gone = program("steps: {z: {task: Z}}")
    assert story.why_not(gone) == ["SOP760"]
    (story >> To(gone, {"f": ""})).stands("z")
    (story >> done("z")).ended("done")


# -- what people, handlers and children were told ----------------------------------------------------------------------

VOTE = "roles: {boss: Boss, law: Law}\nsteps: {v: {approval: V, by: %s, need: %s, refused: end no%s}}"


def test_votes_go_along_where_they_decide_nothing():
    """A migration does not decide in place of people, nor take away their seats."""
    story = Story(program(VOTE % ("boss", "3", ""))) >> judge("v", "approved", by="li")
    story >> To(program(VOTE % ("boss", "2 of 4", "")))
    assert story.why_not(program(VOTE % ("boss", "1 of 4", ""))) == ["SOP766"]
    (story >> judge("v", "approved", by="wu")).ended("done")


def test_every_vote_needs_a_seat():
    """Where each role has a seat, a vote of one that has none any more does not fit."""
    story = Story(program(VOTE % ("[boss, law]", "all", ""))) >> judge("v", "approved", by="law")
    assert story.why_not(program(VOTE % ("[boss]", "2", ""))) == []
    crowd = "roles: {boss: Boss, law: Law, tax: Tax}\nsteps: {v: {approval: V, by: [boss, tax], need: all, refused: end no}}"
    assert story.why_not(program(crowd)) == ["SOP766"]


def test_an_outcome_that_was_offered_must_stay():
    """Whoever has the step before them may be about to choose it."""
    old, new = program(VOTE % ("boss", "1", ", changes: v")), program(VOTE % ("boss", "1", ""))
    assert Story(old).why_not(new) == ["SOP765"]
    (Story(new) >> To(old)).stands("v")


def test_answers_to_a_question_go_along():
    """Answers of several people are read by the new field, and must leave the question open."""
    text = "data: {{x: {}}}\nroles: {{boss: Boss}}\nsteps: {{q: {{decision: Q, about: x, by: boss, need: {}, {}}}}}"
    ways = "differ: end, next: {a: end, b: end}"
    story = Story(program(text.format("[a, b]", "2 of 3", ways))) >> answer("q", "a", by="li")
    assert story.why_not(program(text.format("[b, c]", "2 of 3", "differ: end, next: {b: end, c: end}"))) == ["SOP766"]
    assert story.why_not(program(text.format("[a, b]", "1 of 3", ways))) == ["SOP766"]
    story >> To(program(text.format("[a, b, c]", "2 of 3", "differ: end, next: {a: end, b: end, c: end}")))
    (story >> answer("q", "a", by="wu")).ended("done")


def test_a_question_is_asked_as_the_new_version_asks_it():
    """What waits for an answer looks whether it still has to."""
    text = "data: {x: bool, y: bool}\nroles: {ann: Ann}\nsteps: {q: {decision: Q, when: %s, by: ann, yes: t, no: end}, t: {task: T}}"
    story = Story(program(text % "x")) >> To(program(text % "x && y"))
    assert story.opening("q").asked == ("x", "y")
    assert story.effects == (fx.Ask(1, 0, ("x", "y"), ("ann",)),)
    story >> To(program(text % "true || x")) << "q judged: yes" << "q closed: yes" << "t opened"


def call(sop_name: str, ends_: str) -> Program:
    """A definition that calls ``sop_name``."""
    text = f"steps: {{c: {{call: {sop_name}, next: {{{ends_}}}}}, z: {{task: Z}}}}"
    child = "steps: {t: {task: T, outcomes: [go, stop], next: {go: end, stop: end stopped}}}"
    found = {name: sop(child, id=name) for name in ("kid", "other")}
    compiled = lower(sop(text), find=lambda name, _: found.get(name))
    assert compiled.program is not None, compiled.report
    return compiled.program


def test_an_open_call_keeps_its_child():
    """The child stays on its own version; the new step must call the same SOP and know its ends."""
    story = Story(call("kid", "done: z, stopped: z")) >> To(call("kid", "done: z, else: end"))
    assert story.effects == ()
    assert story.why_not(call("other", "done: z, stopped: z")) == ["SOP767"]
    (story >> ends("c", "stopped")).ended("done")


def test_a_withdrawn_call_gives_up_its_child():
    """Given up by name, the child is cancelled and another one is started."""
    story = Story(call("kid", "done: z, else: z"))
    story >> To(call("other", "done: z, else: z"), {"c": ""}) << "c withdrawn" << "c opened"
    assert [type(effect) for effect in story.effects] == [fx.CancelChild, fx.Withdraw, fx.StartChild]


def test_a_registered_handler_goes_on_with_its_attempt():
    """Its retries are the new version's; another handler cannot take over in the middle."""
    text = "steps: {s: {task: S, run: %s%s}}"
    story = Story(program(text % ("mail", ""))) >> To(program(text % ("mail", ", retry: {times: 2, wait: 1 hour}")))
    assert story.why_not(program(text % ("fax", ""))) == ["SOP768"]
    story >> fails("s", 1) << "s failed, again 2026-03-02 10:00"
    assert story.plan(program(text % ("mail", ", retry: {times: 9, wait: 2 hours}"))).timers == ()


def test_resources_are_those_that_it_has():
    """What is open in its resources keeps them; what still waits asks for the new ones."""
    text = "steps: {s: {task: S%s}}"
    hall, van = program(text % ", holds: hall"), program(text % ", holds: van")
    story = Story(hall) >> To(van)
    assert story.effects == (fx.Release(1, ("hall",)), fx.Acquire(1, ("van",)))
    story >> granted("s") << "s opened"
    assert story.why_not(hall) == story.why_not(program(text % "")) == ["SOP769"]


def test_whoever_a_step_is_for_is_told():
    """A step that is for others is taken back and offered to them."""
    text = "roles: {ann: Ann, bob: Bob}\nsteps: {t: {task: T, by: %s}}"
    story = Story(program(text % "ann")) >> To(program(text % "bob"))
    assert [type(effect) for effect in story.effects] == [fx.Withdraw, fx.Offer]
    assert story.effects[1].roles == ("bob",)
    cases = "[{when: n > 1, then: bob}, {else: ann}]"
    text = "data: {n: int}\n" + text
    assert Story(program(text % "ann")).why_not(program(text % cases)) == ["SOP775"]
    story = Story(program(text % "ann"), {"n": 2}) >> To(program(text % cases))
    assert story.effects[1].roles == ("bob",)


def test_ticks_are_of_lines_not_of_numbers():
    """A line of a checklist that was ticked is ticked wherever it stands."""
    text = "steps: {t: {task: T, checklist: [%s]}}"
    story = Story(program(text % "One, Two")) >> tick("t", 2) >> To(program(text % "Zero, Two, Three"))
    assert story.opening("t").ticked == {2}


# -- times -------------------------------------------------------------------------------------------------------------

DUE = """
    roles: {{boss: Boss, law: Law}}
    steps: {{t: {{task: T, due: {due}{more}}}, z: {{task: Z}}}}
"""


def timed(due: str, more: str = "") -> Program:
    """A task with times."""
    return program(DUE.format(due=due, more=more))


def test_times_count_from_the_opening_as_it_was():
    """What counts from opening keeps its beginning; the plan shows each timer that moves."""
    story = Story(timed("2 days after opened"))
    new = timed("3 days after opened", ", remind: [1 day before due]")
    (due, remind) = story.plan(new, at=shanghai("2026-03-03T12:00")).timers
    assert (due.name, due.was, due.now) == ("due", shanghai("2026-03-04T09:01"), shanghai("2026-03-05T09:01"))
    assert (remind.name, remind.was, remind.now) == ("remind-0", None, shanghai("2026-03-04T09:00"))
    story >> To(new, at="2026-03-03T12:00") << "t due 2026-03-05T09:00+08:00"
    story >> fires("t", "remind-0") << "t reminded"


def test_what_is_past_under_the_new_version_is_late_at_once():
    """And what was late is so no longer, where the new version gives more time."""
    story = Story(timed("2 days after opened")) >> To(timed("1 day after opened"), at="2026-03-03T12:00")
    story << "t due 2026-03-03T09:00+08:00" << "t overdue"
    story >> To(timed("9 days after opened")) << "t due 2026-03-11T09:00+08:00"
    assert not story.opening("t").late


def test_an_escalation_is_made_once():
    """Whoever was told is not told again; lines are the same where their words are, not their numbers."""
    one, two = "{at: 1 day after opened, to: boss}", "{at: 1 hour after opened, to: law}"
    old, new = timed("none", f", escalate: [{one}]"), timed("none", f", escalate: [{two}, {one}]")
    story = Story(old) >> fires("t", "escalate-0") >> To(new)
    assert [name for _, name in story.state.timers] == ["escalate-0"]
    story >> fires("t", "escalate-0") << "t escalated to law"


def test_a_suspended_run_may_go_over():
    """It stands at the instant at which it was suspended: nothing is late meanwhile, and the pause counts as before."""
    story = Story(timed("2 days after opened")) >> suspend("2026-03-03T09:00")
    story >> To(timed("3 days after opened"), at="2026-03-20T09:00") << "t due 2026-03-05T09:00+08:00"
    story >> resume("2026-03-23T09:00") << "t due 2026-03-25T09:00+08:00"


def test_timers_that_are_due_come_first():
    """A migration is an event like any other: the clock does not go back, and no timer is passed over."""
    story = Story(timed("2 days after opened"))
    story >> To(timed("none"), at="2026-03-01T09:00") << "refused: clock"
    story >> To(timed("none"), at="2026-03-09T09:00") << "refused: timer-first"
    assert story.plan(timed("none"), at=shanghai("2026-03-09T09:00")).verdict == "impossible"


def test_a_wait_waits_for_what_the_new_version_says():
    """What is there already lets it go on; a message that was kept is taken."""
    text = "messages: {bell: {}, horn: {}}\nsteps: {w: {wait: %s}, z: {task: Z}}"
    old = program(text % "{message: bell}")
    (Story(old) >> To(program(text % "1 hour after opened"))) >> fires("w", "wait-0") << "w closed: done" << "z opened"
    story = Story(old) >> message("horn") >> To(program(text % "{message: horn}"))
    story << "w closed: done" << "z opened"


def test_rounds_come_at_the_new_pace():
    """A repeat that waits for its next round waits for the tick of the new version."""
    text = "data: {ok: bool}\nsteps: {r: {repeat: R, until: ok, every: %s, steps: {t: {task: T}}}}"
    old = program(text % "2 days")
    assert [change.now for change in Story(old).plan(program(text % "week")).timers] == [shanghai("2026-03-09T09:00")]
    story = Story(old) >> fires("r", "round") >> To(program(text % "week"))
    assert story.plan(old).timers == ()
    story.stands("r.t")


# -- handlers ----------------------------------------------------------------------------------------------------------

ON = "data: {{n: int}}\nmessages: {{bell: {{}}, horn: {{}}}}\non: {{{on}}}\nsteps: {{t: {{task: T{of_t}}}, z: {{task: Z}}}}"


def on(handlers: str, of_t: str = "") -> Program:
    """A definition with those handlers."""
    return program(ON.format(on=handlers, of_t=of_t))


def test_handlers_are_the_same_by_their_ids():
    """What one has begun goes on, wherever it stands in the new version; what queued for it is not lost."""
    old = on("bell: {task: Answer}")
    new = on("horn: {task: Horn}, bell: {task: Answer}")
    story = Story(old) >> message("bell") >> message("bell") >> To(new)
    story.stands("bell", "t")
    (story >> done("bell")).stands("bell", "t")
    (story >> message("horn")).stands("bell", "horn", "t")


def test_a_handler_that_goes_must_be_named_while_it_is_open():
    """Its messages are kept for others, or dropped where nobody can ever take them."""
    old = on("bell: {task: Answer}")
    story = Story(old) >> message("bell") >> message("bell")
    assert story.why_not(on("")) == ["SOP760"]
    assert story.why_not(on("bell: {task: Answer, instead: true}")) == ["SOP770"]
    silent = program("steps: {t: {task: T}, z: {task: Z}}")
    assert dict(story.plan(silent, {"bell": ""}).mail) == {"bell": 1}
    story >> To(on(""), {"bell": ""}) << "bell withdrawn"
    story.stands("t")
    assert story.kept == {"bell": [{}]}


def test_a_new_handler_looks_around():
    """A condition that holds lets it run at once; its clock begins to count as the scope's."""
    story = Story(on(""), {"n": 2}) >> message("horn")
    story >> To(on("dear: {when: n > 1, task: Dear}, horn: {task: Horn}, daily: {every: day, task: Daily}"))
    story.stands("dear", "horn", "t")
    assert [change.name for change in story.plan(on("horn: {task: Horn}"), {"dear": ""}).timers] == ["on-2"]


def test_what_runs_instead_goes_on_like_any_step():
    """A handler that stands in its scope's place may be given up; then the scope's own way is taken."""
    old = on("", ", on: {bell: {task: Stop, instead: true}}")
    story = Story(old) >> message("bell")
    (story >> To(on("", ", on: {bell: {task: Halt, instead: true}}"))).stands("t.bell")
    story >> To(on(""), {"t.bell": ""}) << "t.bell withdrawn" << "z opened"


def test_a_ticking_handler_keeps_its_beat():
    """A timer of a handler that got another number is the same timer."""
    story = Story(on("daily: {every: day, task: Daily}"))
    story >> To(on("bell: {task: Bell}, daily: {every: day, task: Daily}"))
    assert list(story.state.timers) == [(0, "on-1")]


# -- data and records --------------------------------------------------------------------------------------------------

FIELDS = "parameters: {{{parameters}}}\ndata: {{{data}}}\nsteps: {{t: {{task: T}}, z: {{task: Z}}}}"


def fields(data: str, parameters: str = "p: int = 1") -> Program:
    """A definition with those fields."""
    return program(FIELDS.format(data=data, parameters=parameters))


def test_data_are_read_by_the_new_fields():
    """A value that reads otherwise is so, one that has no field is dropped, a new field has its default."""
    story = Story(fields("n: int, gone: string"), {"n": 1, "gone": "x"})
    plan = story.plan(fields("n: decimal, fresh: int = 3"))
    changes = {change.path: (change.what, str(change.was), str(change.now)) for change in plan.data}
    assert changes == {
        "fresh": ("appears", "None", "3"),
        "n": ("read", "1", "1"),
        "gone": ("vanishes", "x", "None"),
    }
    story >> To(fields("n: decimal, fresh: int = 3"))
    assert {name: repr(value) for name, value in story.state.data.items()} == {
        "n": "Decimal('1')",
        "p": "1",
        "fresh": "3",
    }


def test_a_value_that_does_not_fit_stops_it():
    """No map of steps can mend that; correcting the value does."""
    story, new = Story(fields("w: string"), {"w": "blue"}), fields("w: [red, green]")
    plan = story.plan(new)
    assert plan.verdict == "impossible"
    assert "‘w’" in str(plan.reasons[0])
    story >> To(new) << "refused: type"
    (story >> data({"w": "red"}) >> To(new)).stands("t")


def test_a_new_parameter_needs_a_default():
    """Parameters are fixed at the start, so nobody can give it any more."""
    story = Story(fields("n: int"))
    assert story.plan(fields("n: int", "p: int = 1, q: int")).verdict == "impossible"
    story >> To(fields("n: int", "p: int = 2, q: int = 4"))
    assert (story.state.data["p"], story.state.data["q"]) == (1, 4)


def test_what_was_done_stays_done():
    """Records follow their steps: four eyes see through a new name, and a step that goes takes its record along."""
    head = "roles: {team: {title: Team, people: [ann, bob]}}\nsteps: "
    old = program(
        head + "{write: {task: W, by: team}, t: {task: T, by: team}, v: {approval: V, by: team, refused: end}}"
    )
    new = program(head + "{draft: {task: W, by: team}, v: {approval: V, by: team, not-by: draft, refused: end}}")
    story = Story(old) >> done("write", by="ann") >> done("t", by="bob")
    assert story.plan(new).verdict == "automatic"
    story >> To(new, {"write": "draft"})
    assert [new.steps[index].id for index in story.state.done] == ["draft"]
    story >> judge("v", "approved", by="ann") << "refused: four-eyes"


def test_two_steps_may_become_one():
    """The record of the later one counts, and how often both were done."""
    old = program("steps: {a: {task: A}, b: {task: B}, z: {task: Z}}")
    story = Story(old) >> done("a", by="ann") >> done("b", by="bob")
    story >> To(program("steps: {ab: {task: AB}, z: {task: Z}}"), {"a": "ab", "b": "ab"})
    (record,) = story.state.done.values()
    assert (record.times, record.by) == (2, "bob")


def test_mail_that_nobody_can_take_is_dropped():
    """The plan says so."""
    story = Story(on("")) >> message("bell") >> message("bell") >> message("horn")
    new = program("messages: {horn: {}}\nsteps: {t: {task: T}}")
    assert dict(story.plan(new).mail) == {"bell": 2}
    story >> To(new)
    assert story.kept == {"horn": [{}]}


def test_the_plan_tells_of_ends():
    """Callers may know a run by its ends, so those that go or come are told."""
    old, new = (program(f"steps: {{t: {{task: T, next: end {name}}}}}") for name in ("sold", "gone"))
    plan = Story(old).plan(new)
    assert (plan.ends_gone, plan.ends_new) == (("sold",), ("gone",))


# -- whether at all ----------------------------------------------------------------------------------------------------


def test_only_another_version_of_the_same_sop():
    """Another SOP is another run; the versions must be those that are meant, and the run must go on."""
    story = Story(ABC)
    other = lower(sop("steps: {a: {task: A}}", id="other")).program
    assert story.why_not(other) == ["SOP779"]
    assert [reason.code for reason in migration(GROUP, ABC, story.state).reasons] == ["SOP780"]
    wrong = migrate(ABC, GROUP, story.state, ev.Migrated(program=ABC.hash))
    assert (wrong.code, wrong.problem.code) == ("unknown", "SOP780")
    story >> cancel()
    assert story.why_not(GROUP) == ["SOP711"]
    assert migration(ABC, GROUP, RunState.of(ABC)).reasons[0].code == "SOP734"


def test_step_does_not_take_a_migration():
    """It concerns two programs, so it has a function of its own."""
    story = Story(ABC)
    refused = step(ABC, story.state, ev.Migrated(program=GROUP.hash))
    assert "migrate(" in refused.problem.at(None).mend("en")


def test_the_plan_says_whether_the_history_replays():
    """The same events under the new version lead to the same openings, or they do not."""
    story = Story(ABC) >> done("a")
    assert story.plan(ABC).replays is None
    assert story.plan(program("steps: {a: {task: A}, b: {task: B}}"), history=story.history).replays
    assert not story.plan(program("steps: {x: {task: X}, a: {task: A}, b: {task: B}}"), history=story.history).replays


def test_making_a_plan_changes_nothing():
    """However much it would do."""
    story = Story(fork(), {"n": 2})
    before = written(story.state)
    assert story.plan(fork(", c: {task: C, if: n > 1}")).effects
    assert story.plan(fork(", c: {task: C}"), {"f": ""}).effects
    assert written(story.state) == before


# -- undo --------------------------------------------------------------------------------------------------------------

RENAMED = program("steps: {a: {task: A}, b2: {task: B, due: 2 days after opened}, c: {task: C}}")


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
    work = "messages: {bell: {k: int}}\nsteps: {f: {parallel: F, branches: {w: {wait: {message: bell, match: {k: 1}}}, s: {task: S, run: mail}}}}"
    story = Story(program(work)) >> To(program("steps: {f: {task: F}}"), {"f": ""}) >> BACK
    said = [effect for effect in story.effects if isinstance(effect, fx.Await | fx.CallHandler)]
    assert said == [fx.Await(2, "bell", {"k": 1}), fx.CallHandler(3, "mail", {}, 1)]


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
