"""Migration: a run goes over to another version of its definition, if all that is open has its place there."""

from playbook import add, cancel, data, done, drop, judge, program, retry, sop, written
from story import Story, To

from sopflow.compiler import lower
from sopflow.engine import RunState, step
from sopflow.engine import events as ev
from sopflow.engine._migrate import migration
from sopflow.engine._step import migrate
from sopflow.program import Program

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
    titled = program("steps: {a: {task: A}, quite-other: {task: B}, c: {task: C}}")
    assert story.plan(titled).reasons[0].fields["nearest"] == "quite-other"
    assert story.plan(program("steps: {zzz: {task: Z}}")).reasons[0].fields["nearest"] == ""
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


def test_the_token_passes_what_is_gone_on_its_way():
    """It goes on to the first step that the new version has, out of a group as well."""
    (Story(ABC) >> To(program("steps: {c: {task: C}}"), {"a": ""})).stands("c")
    old = program("steps: {g: {group: G, steps: {x: {task: X, next: z}, y: {task: Y}}}, z: {task: Z}}")
    new = program("steps: {g: {group: G, steps: {y: {task: Y}}}, z: {task: Z}}")
    story = Story(old) >> To(new, {"g.x": ""}) << "g.x withdrawn" << "g withdrawn" << "z opened"
    round_and_round = program("steps: {x: {task: X}, y: {task: Y, next: x}}")
    assert Story(round_and_round).why_not(program("steps: {z: {task: Z}}"), {"x": ""}) == ["SOP771"]
    story.stands("z")


def test_the_token_comes_to_an_end_that_both_have():
    """The ordinary way of a withdrawn step may be an end of the run, if the new version knows it."""
    old = program("steps: {x: {task: X, next: end sold}, y: {task: Y}}")
    text = "steps: {y: {task: Y, outcomes: [a, b], next: {a: end %s, b: end}}}"
    assert Story(old).why_not(program(text % "left"), {"x": ""}) == ["SOP771"]
    (Story(old) >> To(program(text % "sold"), {"x": ""})).ended("sold")


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


def test_what_a_withdrawn_step_lets_happen_happens():
    """What takes its place may write data that others wait for."""
    text = """
        data: {n: int}
        steps: {f: {parallel: F, branches: {a: {%s, set: {n: 2}}, w: {wait: {when: n > 1}}}}}
    """
    story = Story(program(text % "task: A")) >> To(program(text % "wait: 1 hour before started"), {"f.a": ""})
    story << "f.a withdrawn" << "f.a closed: done" << "f.w closed: done" << "f closed: done" << "run ended: done"


def test_an_incident_stays_one():
    """What stands still stands still, with its times; another try is one of the new version."""
    text = "data: {n: int}\nsteps: {t: {task: T, requires: n > %d, on: {daily: {every: day, task: Daily}}}}"
    story = Story(program(text % 5), {"n": 3}) >> To(program(text % 2))
    assert story.opening("t").phase == "incident"
    story >> retry("t") << "t opened"
    text = "data: {n: int, m: int}\nsteps: {t: {task: T, due: %d days after opened, set: {n: = n / m}}}"
    story = Story(program(text % 2), {"n": 3, "m": 0}) >> done("t") << "t stopped"
    story >> To(program(text % 3)) << "t due 2026-03-05T09:00+08:00"


def test_a_run_that_knows_no_clock_may_learn_one():
    """The migration brings the time, and what is open counts from then."""
    new = program("steps: {a: {task: A, due: 2 days after opened}}")
    story = Story(ABC, at=None) >> To(new, at="2026-03-02T09:00")
    assert [change.isoformat() for change in story.state.timers.values()] == ["2026-03-04T09:01:00+08:00"]


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
    data: {{partners: list of {of}}}
    steps:
      sign-all: {{for-each: partners, as: partner, steps: {{call: {{task: Call}}, sign: {{task: Sign}}{step}}}}}
      z: {{task: Z}}
"""


def each(step: str = "", of: str = "string") -> Program:
    """A for-each over partners of that type, with a step more."""
    return program(EACH.format(of=of, step=step))


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
    new = program(EACH.format(of="string", step="").replace(", sign: {task: Sign}", ""))
    story = Story(each(), {"partners": ["x", "y"]}) >> done("sign-all[2].call")
    assert story.why_not(new) == ["SOP760"]
    (story >> To(new, {"sign-all.sign": ""})).stands("sign-all.call")
    (story >> done("sign-all.call")).stands("z")


def test_items_are_read_anew():
    """An item is what the new type makes of it, or it does not fit."""
    numbers = each(of="int")
    story = Story(numbers, {"partners": [1, 2]}) >> To(each(of="decimal"))
    assert repr(story.opening("sign-all[2].call").item) == "Decimal('2')"
    assert set(Story(numbers, {"partners": [1, 2]}).why_not(each(of="string"))) == {"SOP777"}


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
    f = "{parallel: F, join: first, rest: finish, branches: {a: {task: A}, b: {task: %s}}}"
    text = f"steps: {{f: {f}, z: {{task: Z}}}}"
    old, new = program(text % "B"), program(text % "Better")
    story = Story(old) >> done("a") >> To(new)
    story.stands("f.b", "z")
    gone = program("steps: {z: {task: Z}}")
    assert story.why_not(gone) == ["SOP760"]
    (story >> To(gone, {"f": ""})).stands("z")
    (story >> done("z")).ended("done")


def test_what_trails_in_what_trails_may_go():
    """When nothing is left behind it, a trailing block is dropped."""
    inner = "{parallel: B, join: first, rest: finish, branches: {x: {task: X}, y: {task: Y}}}"
    text = "steps: {f: {parallel: F, join: first, rest: finish, branches: {%s}}, z: {task: Z}}"
    old = program(text % f"a: {{task: A}}, b: {inner}")
    story = Story(old) >> done("x")
    story.stands("f.a", "f.b.y", "z")
    (story >> To(program(text % "c: {task: C}, d: {task: D}"), {"f.a": "", "f.b": ""})).stands("z")
    assert len(story.state.open) == 2


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
    assert not story.plan(program("steps: {w: {wait: {when: true}}, b: {task: B}}"), history=story.history).replays
    story >> To(program("steps: {b: {task: B}}"))
    assert not story.plan(ABC, history=story.history).replays


def test_making_a_plan_changes_nothing():
    """However much it would do."""
    story = Story(fork(), {"n": 2})
    before = written(story.state)
    assert story.plan(fork(", c: {task: C, if: n > 1}")).effects
    assert story.plan(fork(", c: {task: C}"), {"f": ""}).effects
    assert written(story.state) == before
