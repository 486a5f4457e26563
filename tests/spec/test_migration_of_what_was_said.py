"""Migration, of what people, clocks, handlers and data have been told: it still holds, or is told anew."""

from playbook import (
    add,
    answer,
    data,
    done,
    ends,
    fails,
    fires,
    granted,
    judge,
    message,
    program,
    resume,
    shanghai,
    sop,
    suspend,
    tick,
)
from story import Story, To

from sopflow.compiler import lower
from sopflow.engine import effects as fx
from sopflow.program import Program

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
    others = VOTE.replace("law: Law", "law: Law, tax: Tax") % ("[boss, tax]", "all", "")
    assert story.why_not(program(others)) == ["SOP766"]


def test_there_must_be_more_seats_than_votes():
    """Else nobody could settle it any more."""
    story = Story(program(VOTE % ("boss", "3 of 4", "")))
    story >> judge("v", "approved", by="li") >> judge("v", "refused", by="wu")
    assert story.why_not(program(VOTE % ("boss", "2", ""))) == ["SOP766"]


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
    other = text.replace("{{x:", "{{y: [a, b], x:").replace("about: x", "about: y")
    assert story.why_not(program(other.format("[a, b]", "2 of 3", ways))) == ["SOP766"]
    words = (
        "roles: {boss: Boss}\nsteps: {q: {decision: Q, by: boss, need: 2 of 3, differ: end, next: {%s: end, b: end}}}"
    )
    in_words = Story(program(words % "a")) >> answer("q", "a", by="li")
    assert in_words.plan(program(words % "a")).verdict == "automatic"
    assert in_words.why_not(program(words % "c")) == ["SOP765", "SOP766"]
    story >> To(program(text.format("[a, b, c]", "2 of 3", "differ: end, next: {a: end, b: end, c: end}")))
    (story >> answer("q", "a", by="wu")).ended("done")


def test_a_question_is_asked_as_the_new_version_asks_it():
    """What waits for an answer looks whether it still has to."""
    text = """
        data: {x: bool, y: bool}
        roles: {ann: Ann}
        steps: {q: {decision: Q, when: %s, by: ann, yes: t, no: end}, t: {task: T}}
    """
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


def test_a_suspended_run_takes_no_message():
    """What came meanwhile is looked at when it is resumed, by the new version."""
    text = "messages: {bell: {}}\nsteps: {w: {wait: {message: bell}}, z: {task: %s}}"
    story = Story(program(text % "Z")) >> suspend() >> message("bell") >> To(program(text % "Better"))
    story.stands("w")
    story >> resume() << "w closed: done" << "z opened"


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


def test_what_ends_a_list_is_the_new_versions():
    """A list that the new version holds to be full takes no more."""
    text = """
        data: {l: list of string, n: int}
        steps: {e: {for-each: l, as: i, adds-until: {when: n > %d}, steps: {t: {task: T}}}}
    """
    story = Story(program(text % 5), {"l": ["x"], "n": 3}) >> To(program(text % 2)) >> add("e", "y")
    story << "refused: closed"
    (story >> done("t")).ended("done")


def test_rounds_come_at_the_new_pace():
    """A repeat that waits for its next round waits for the tick of the new version."""
    text = "data: {ok: bool}\nsteps: {r: {repeat: R, until: ok, every: %s, steps: {t: {task: T}}}}"
    old = program(text % "2 days")
    assert [change.now for change in Story(old).plan(program(text % "week")).timers] == [shanghai("2026-03-09T09:00")]
    story = Story(old) >> fires("r", "round") >> To(program(text % "week"))
    assert story.plan(old).timers == ()
    story.stands("r.t")


# -- handlers ----------------------------------------------------------------------------------------------------------

ON = """
    data: {{n: int}}
    messages: {{bell: {{}}, horn: {{}}}}
    on: {{{on}}}
    steps: {{t: {{task: T{of_t}}}, z: {{task: Z}}}}
"""


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


def test_an_old_answer_does_not_answer_a_new_round():
    """What was judged about an item is remembered under the new names of its steps."""
    text = """
        data: {{l: [{{n: string, ok: bool}}]}}
        roles: {{ann: Ann}}
        steps:
          {each}:
            for-each: l
            as: i
            steps: {{ask: {{decision: Ask, about: i.ok, by: ann, yes: done, no: t}}, t: {{task: T, next: ask}}}}
    """
    story = Story(program(text.format(each="each")), {"l": [{"n": "x"}, {"n": "y"}]})
    story >> answer("each[2].ask", False) >> To(program(text.format(each="all")), {"each": "all"})
    story >> done("all[2].t") << "all.t closed: done" << "all.ask opened asking i.ok"


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
