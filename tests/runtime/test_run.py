"""A run in memory: its face, its clock, its children."""

from datetime import date, datetime, timedelta

import pytest
from playbook import program, shanghai

import sopflow
from sopflow.engine import replay

FLOW = program("""
    roles: {ann: {title: Ann, people: [wu]}, bob: Bob}
    data: {ok: bool, price: decimal, day: date, place: {city: string}}
    messages: {ring: {loud: bool}}
    steps:
      write: {task: Write, by: ann, due: 3 days after opened, form: [price?], checklist: [Names, Dates]}
      check: {parallel: Check, branches: {legal: {approval: Legal, by: bob, refused: write}, sum: {task: Sum}}}
      is-ok: {decision: Is it right?, about: ok, by: ann, yes: rest, no: write}
      rest: {wait: 2 days after opened}
      wake: {wait: {message: ring}}
      send: {task: Send, by: bob}
""")

CHILD = """
    roles: {ann: Ann}
    data: {name: string, price: int}
    messages: {ring: {}}
    steps:
      offer: {task: Offer, by: ann, due: 2 days after opened, form: [price]}
      is-high: {decision: High?, when: price > 10, yes: end too-high, no: sign}
      sign: {task: Sign}
"""
PARENT = program(
    """
    roles: {ann: Ann}
    data: {partner: string, cost: int}
    steps:
      both:
        parallel: Both
        join: first
        branches:
          deal: {call: child, with: {name: = partner}, set: {cost: = result.price}, next: {too-high: stop, else: done}}
          other: {task: Other}
      z: {task: Z, next: end}
      stop: {task: Stop}
    """,
    child=CHILD,
)
START = "2026-03-02T09:00"


def _steps(run):
    return [item.step for item in run.open]


def _said(run, event):
    return [line.get("step") for line in run.history if line["event"] == event]


def test_a_work_item_says_all_that_a_person_needs():
    """A work item has its path, title, role, deadline, outcomes, form and checklist."""
    run = sopflow.Run(FLOW, at=START)
    (item,) = run.open
    assert (item.step, item.kind, item.role, item.roles) == ("write", "task", "ann", ("ann",))
    assert item.due == shanghai("2026-03-05T09:00")
    assert (item.outcomes, dict(item.form), item.phase, item.late) == (("done",), {"price": True}, "open", False)
    assert [line[""] for line in item.checklist] == ["Names", "Dates"]
    assert item.as_data()["due"].startswith("2026-03-05")


def test_data_are_nested_both_ways():
    """Data go in as nested maps or dotted paths, and come out nested."""
    one = sopflow.Run(FLOW, {"place": {"city": "Wien"}, "ok": True})
    two = sopflow.Run(FLOW, {"place.city": "Wien", "ok": True})
    assert one.data == two.data == {"place": {"city": "Wien"}, "ok": True}
    assert one.state.data == two.state.data


def test_a_refusal_changes_nothing_not_even_the_clock():
    """A refused input leaves the timers it would have passed, the clock, the history and the data as they were."""
    run = sopflow.Run(FLOW, at=START)
    before, lines, events = run.state.copy(), run.history, run.events
    for act in (
        lambda: run.done("write", by="bob", at="2026-04-01"),
        lambda: run.done("write", by="wu", at="2026-04-01", data={"price": "dear"}),
        lambda: run.judge("legal", "approved", at="2026-04-01"),
        lambda: run.message("nobody", at="2026-04-01"),
        lambda: run.jump("write", "sum", why="so", at="2026-04-01"),
        lambda: run.skip("write", why=" ", at="2026-04-01"),
    ):
        with pytest.raises(sopflow.Refused):
            act()
        assert (run.state, run.history, run.events, run.at) == (before, lines, events, shanghai(START))
    run.done("write", by="wu", at="2026-03-05T09:00")
    assert _said(run, "Overdue") == []


def test_every_input_has_its_call():
    """A run goes from its start to its end through the calls of the face."""
    run = sopflow.Run(FLOW, at=START)
    run.tick("write", "Names", by="wu")
    run.done("write", by="wu", data={"price": "12.50"}, ticks=["Dates"])
    run.judge("legal", "approved", by="bob")
    run.done("sum")
    assert run.open[0].asks == ("ok",)
    run.answer("is-ok", True, by="ann")
    assert [item.step for item in run.waiting] == ["rest"]
    assert run.waiting[0].until == shanghai("2026-03-04T09:00")
    run.advance(by=timedelta(days=2))
    run.message("ring", {"loud": True})
    run.reassign("send", "wu")
    run.done("send", by="wu", at="2026-03-09")
    assert (run.finished, run.outcome) == (True, "done")
    assert replay(FLOW, run.events) == run.state


@pytest.mark.parametrize(
    "at",
    [
        "2026-03-04T09:00",
        "2026-03-04T09:00+08:00",
        "2026-03-04T01:00Z",
        datetime(2026, 3, 4, 9),
        shanghai("2026-03-04T09:00"),
    ],
)
def test_times_may_be_written_in_many_ways(at):
    """Text, naive datetimes (of the SOP's zone) and aware ones mean the same instant; a date is its 00:00."""
    run = sopflow.Run(FLOW, at=START)
    run.advance(to=at)
    assert run.at == shanghai("2026-03-04T09:00")
    run.advance(to=date(2026, 3, 5))
    assert run.at == shanghai("2026-03-05T00:00")


def test_advancing_is_no_event():
    """Time that merely passes is not part of the history: the state is what the events fold to."""
    run = sopflow.Run(FLOW, at=START)
    run.advance(by=timedelta(days=1))
    run.advance(by=timedelta(days=1))
    assert run.at == shanghai("2026-03-04T09:00")
    assert len(run.events) == 1
    assert replay(FLOW, run.events) == run.state
    with pytest.raises(sopflow.Refused):
        run.done("write", at="2026-03-03")


def test_a_child_runs_with_its_parent():
    """Steps of a child are open under the path of its call, and are done by that path or by their own name."""
    run = sopflow.Run(PARENT, {"partner": "acme"}, at=START)
    assert _steps(run) == ["both.other", "both.deal.offer"]
    run.done("both.deal.offer", data={"price": 5}, by="ann")
    run.done("sign")
    assert run.data["cost"] == 5
    assert _steps(run) == ["z"]
    assert "both.deal.sign" in _said(run, "Closed")
    assert "ann completed it" in run.why("both.deal.offer")


def test_an_end_of_a_child_takes_its_way():
    """A child's end is an outcome of the call, and may leave the block the call stands in."""
    run = sopflow.Run(PARENT, at=START)
    run.done("offer", data={"price": 50})
    assert _steps(run) == ["stop"]
    assert run.data["cost"] == 50


def test_withdrawing_a_call_cancels_its_child():
    """When another branch wins, the child is cancelled and nothing of it is open any more."""
    run = sopflow.Run(PARENT, at=START)
    run.done("other")
    assert _steps(run) == ["z"]
    with pytest.raises(sopflow.Refused):
        run.done("both.deal.offer", data={"price": 5})
    run.advance(to="2026-05-01")
    assert _said(run, "Overdue") == []


@pytest.mark.parametrize("how", ["skip", "cancel"])
def test_calling_off_a_call_cancels_its_child(how):
    """A call that is skipped or called off leaves no child behind."""
    run = sopflow.Run(PARENT, at=START)
    if how == "skip":
        run.skip("both.deal", why="no")
    else:
        run.cancel("both.deal")
    assert _steps(run) == ["z"]


def test_a_child_is_late_by_itself():
    """Timers of a child fire with those of its parent, in the order of time."""
    run = sopflow.Run(PARENT, at=START)
    run.advance(to="2026-03-10")
    assert _said(run, "Overdue") == ["both.deal.offer"]
    assert [line["at"] for line in run.history if line["event"] == "Overdue"] == ["2026-03-04T09:01:00+08:00"]


def test_a_refusal_in_a_child_changes_nothing():
    """A refused input to a child takes back the time that passed for it, in parent and child alike."""
    run = sopflow.Run(PARENT, at=START)
    before = run.history
    with pytest.raises(sopflow.Refused):
        run.done("offer", data={"price": "dear"}, at="2026-03-20")
    assert run.history == before
    assert run.at == shanghai(START)
    run.done("offer", data={"price": 5}, at="2026-03-03")
    assert _said(run, "Overdue") == []


def test_a_refusal_after_a_childs_timer_keeps_the_whole_family():
    """Parent and children are restored as they were, and can go on."""
    run = sopflow.Run(PARENT, at=START)
    for _ in range(3):
        with pytest.raises(sopflow.Refused):
            run.done("both.other", at="2026-03-20", data={"nothing": 1})
    run.advance(to="2026-03-20")
    assert _said(run, "Overdue") == ["both.deal.offer"]
    run.done("offer", data={"price": 5})
    run.done("sign")
    assert _steps(run) == ["z"]


def test_a_message_reaches_a_child():
    """A message goes to one run, child runs first."""
    p = program(
        "messages: {ring: {}}\nsteps: {c: {call: child}, z: {task: Z}}",
        child="messages: {ring: {}}\nsteps: {w: {wait: {message: ring}}, a: {task: A}}",
    )
    run = sopflow.Run(p)
    run.message("ring")
    assert _steps(run) == ["c.a"]


def test_suspending_a_run_stops_its_children():
    """A run that stands still does so with all its children; no timer of theirs fires."""
    run = sopflow.Run(PARENT, at=START)
    run.suspend()
    with pytest.raises(sopflow.Refused):
        run.done("other")
    run.advance(to="2026-03-20")
    assert _said(run, "Overdue") == []
    with pytest.raises(sopflow.Refused):
        run.done("both.deal.offer", data={"price": 1})


def test_children_end_at_once():
    """A child that needs no event ends within the step that called it, also several in a row."""
    p = program(
        "data: {n: int}\nsteps: {a: {call: child, set: {n: = result.n}}, b: {call: child}, z: {task: Z}}",
        child="data: {n: int = 3}\nsteps: {d: {decision: D, when: n > 2, yes: end, no: end}}",
    )
    run = sopflow.Run(p)
    assert _steps(run) == ["z"]
    assert run.data == {"n": 3}


def test_a_child_in_a_child():
    """Calls nest, and paths with them."""
    p = lower_chain()
    run = sopflow.Run(p, at=START)
    assert _steps(run) == ["one.two.a"]
    run.done("one.two.a")
    assert run.finished


def lower_chain():
    """An SOP that calls one that calls one."""
    from playbook import sop

    from sopflow.compiler import lower

    texts = {"middle": sop("steps: {two: {call: leaf}}", id="middle"), "leaf": sop("steps: {a: {task: A}}", id="leaf")}
    compiled = lower(sop("steps: {one: {call: middle}}"), find=lambda name, _: texts.get(name))
    assert compiled.program is not None
    return compiled.program


def test_an_emit_reaches_the_caller():
    """A message sent in a child goes to its callers when nobody there waits for it."""
    p = program(
        "messages: {hi: {n: int}}\n"
        "steps: {f: {parallel: F, branches: {c: {call: child}, w: {wait: {message: hi}}}}, z: {task: Z}}",
        child="messages: {hi: {n: int}}\nsteps: {e: {emit: hi, with: {n: 1}}, a: {task: A}}",
    )
    run = sopflow.Run(p)
    assert _steps(run) == ["f.c.a"]
    assert [item.step for item in run.waiting] == ["f.c"]


def test_why_not_speaks_of_what_is_missing():
    """`why_not` says what keeps a step from being done, in each state it can be in."""
    run = sopflow.Run(FLOW, at=START)
    assert "open now: write" in run.why_not("send")
    assert "open" in run.why_not("write")
    run.done("write")
    assert "closed (done) by ann" in run.why_not("write")
    run.judge("legal", "approved")
    run.done("sum")
    assert "ok" in run.why_not("is-ok")
    run.answer("is-ok", True)
    assert "2026-03-04T09:00" in run.why_not("rest")
    run.suspend()
    assert "suspended" in run.why_not("rest")
    run.resume()
    run.cancel()
    assert "cancelled" in run.why_not("send")


def test_a_thing_asked_of_a_name_that_means_several():
    """A name that means several open steps is refused with their full paths."""
    p = program("""
        steps:
          f: {parallel: F, branches: {a: {group: A, steps: {x: {task: X}}}, b: {group: B, steps: {x: {task: X}}}}}
    """)
    run = sopflow.Run(p)
    with pytest.raises(sopflow.Refused) as refused:
        run.done("x")
    assert "f.a.x, f.b.x" in str(refused.value)
    run.done("f.a.x")
    run.done("x")
    assert run.finished


def test_what_is_handed_out_is_not_the_runs_own():
    """Changing what a run shows, or what it was given, does not change the run."""
    given = {"place": {"city": "Wien"}}
    run = sopflow.Run(FLOW, given)
    given["place"]["city"] = "Graz"
    run.data["place"]["city"] = "Linz"
    assert run.data == {"place": {"city": "Wien"}}
    assert isinstance(run.history, tuple)


@pytest.mark.parametrize("bad", [{"": 1}, {"place": 3}, {"place": {"town": "x"}}, {1: 2}, {"ok": []}])
def test_bad_data_are_refused_never_a_traceback(bad):
    """Whatever is handed in as data is taken or refused."""
    with pytest.raises(sopflow.Refused) as refused:
        sopflow.Run(FLOW, bad)
    assert refused.value.code == "type"
    run = sopflow.Run(FLOW)
    with pytest.raises(sopflow.Refused):
        run.set(bad)
    for nothing in (3, "ring", [1]):
        with pytest.raises(sopflow.Refused):
            run.message("ring", nothing)


@pytest.mark.parametrize("name", ["", ".", "write.", "check.legal.x", "[1]", "check[1].legal", "x" * 500])
def test_bad_names_are_refused_never_a_traceback(name):
    """Whatever is said as a step's name is found or refused in words."""
    run = sopflow.Run(FLOW)
    for act in (
        lambda: run.done(name),
        lambda: run.why(name),
        lambda: run.why_not(name),
        lambda: run.cancel(name or "?"),
    ):
        with pytest.raises(sopflow.Refused) as refused:
            act()
        assert refused.value.finding.text("zh")


@pytest.mark.parametrize(
    "child, given",
    [
        ("parameters: {limit: int}\nsteps: {a: {task: A}}", "x-none: 0"),
        ("data: {n: {is: int, max: 3}}\nsteps: {a: {task: A}}", "with: {n: = number}"),
    ],
)
def test_a_child_that_cannot_start_is_an_incident(child, given):
    """A child that would not take what it is given does not undo the step before: the call stands at an incident."""
    p = program(
        "data: {text: string = abc, number: int = 7}\n"
        f"steps: {{s: {{task: S}}, c: {{call: child, {given}}}, z: {{task: Z}}}}",
        child=child,
    )
    run = sopflow.Run(p)
    run.done("s")
    assert [(item.step, item.phase) for item in run.open] == [("c", "incident")]
    run.skip("c", why="by hand")
    assert _steps(run) == ["z"]


def test_a_run_goes_over_to_another_version_and_back():
    """One event, planned before, with who and why; the history tells it, and it can be undone."""
    head = "roles: {clerk: Clerk}\nsteps:\n"
    old = program(head + "  write: {task: Write, by: clerk}\n  send: {task: Send}\n")
    new = program(head + "  draft: {task: Draft, by: clerk}\n  check: {task: Check}\n  send: {task: Send}\n")
    run = sopflow.Run(old, at="2026-05-04T09:00")
    assert run.migration(new).verdict == "needs-mapping"
    with pytest.raises(sopflow.Refused):
        run.migrate(new)
    assert run.program is old
    run.migrate(new, {"write": "draft"}, by="boss", why="checked from now on")
    assert (run.program, [item.step for item in run.open]) == (new, ["draft"])
    run.undo_migration(by="boss")
    assert (run.program, [item.step for item in run.open]) == (old, ["write"])
    with pytest.raises(sopflow.Refused):
        run.undo_migration()
    run.migrate(new, {"write": "draft"}, at="2026-05-05T09:00")
    run.done("draft")
    run.undo_migration(steps={"check": "send"})
    run.done("send")
    assert run.finished
    assert [line["event"] for line in run.history if line["event"] == "Migrated"] == ["Migrated"] * 4


def test_a_full_path_means_its_own_step():
    """Also where a step inside it has the same id."""
    p = program("""
        steps:
          both: {parallel: Both, branches: {a: {group: A, steps: {both: {task: B}}}, c: {task: C}}}
          z: {task: Z}
    """)
    run = sopflow.Run(p)
    run.cancel("both")
    assert [item.step for item in run.open] == ["z"]
