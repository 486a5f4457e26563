"""Laws of migration: what holds whatever a run has been through, and however its definition was changed."""

from datetime import timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from playbook import keeps_the_laws, program, shanghai, written

from sopflow.engine import Accepted, Refused, RunState, enabled, replay, state_from_json, state_to_json, step
from sopflow.engine import events as ev
from sopflow.engine._migrate import migration
from sopflow.engine._step import migrate, undoable
from sopflow.program import Op, Program

# A definition with something of everything; what stands in @…@ is what the changes below change.
TEXT = """
    version: @version@
    roles: {ann: Ann, bob: Bob}
    data:
      ok: {is: bool, ask: ann}
      n: {is: int, min: 0, max: 5}
      day: date
      words: list of string
      @field@
    messages: {bell: {loud: bool}, gong: {is: {}, kept: false}, horn: {}}
    on: {@handler@ bell: {task: Porter}, rich: {when: n > 4, task: Celebrate}}
    steps:
      @first@
      write: {task: Write, by: ann, due: @due@ days after opened, remind: [every day after opened], form: [n?]}
      check:
        parallel: Check
        at-once: @at-once@
        due: 9 days after opened
        on:
          overdue: {task: Hurry}
          bell: {task: Answer}
          ticks: {every: @due@ days, task: Tick}
          day-off: {at: day, instead: true, next: @again@}
          gong: {if: n > 3, instead: true, task: Stop}
        branches:
          @branch@
          legal: {approval: Legal, by: bob, not-by: write, refused: write}
          price:
            group: Price
            due: day
            steps:
              sum: {task: Sum, optional: true}
              ask: {decision: Ask, about: ok, yes: done, no: sum}
          four: {task: Four, if: n > 1, after: [legal]}
          some:
            parallel: Some
            join: first
            rest: finish
            branches:
              one: {task: One, while: n < 5}
              two: {wait: {first: {ring: {message: gong, next: done}, time: {at: @due@ days after opened, next: done}}}}
              three: {task: Three, outcomes: [go, stop], next: {go: done, stop: done}}
      each:
        for-each: words
        as: word
        join: @join@ of 2
        short: @again@
        steps:
          sign: {approval: Sign, by: bob, need: 2 of 3, refused: @again@, changes: note}
          note: {task: Note, if: "word != 'x'"}
      @again@: {repeat: Again, until: n > 3, at-most: 2, exhausted: send, steps: {r: {task: R, form: [n]}}}
      send: {task: Send, opens: 1 day after day, due: 1 day after day, on: {error: {task: Mend}}, requires: n >= 0}
      @last@
      last: {task: Last, outcomes: [over, back], next: {over: end sent, back: check}}
"""
PLAIN = {
    "version": "1.0.0", "field": "", "handler": "", "first": "", "due": "2", "at-once": "3", "branch": "",
    "again": "again", "join": "1", "last": "",
}  # fmt: skip
CHANGES = {
    "version": ["2.0.0"],
    "field": ["spare: {is: int, default: 3}"],
    "handler": ["dear: {when: n > 2, task: Dear},", "horn: {task: Horn},", "daily: {every: day, task: Daily},"],
    "first": ["begin: {task: Begin}"],
    "due": ["1", "4"],
    "at-once": ["1", "5"],
    "branch": ["five: {task: Five}", "five: {task: Five, if: n > 1}", "five: {task: Five, if: ok}"],
    "again": ["redo"],
    "join": ["2"],
    "last": ["later: {task: Later}"],
}
# Steps that go: their lines, and the map that gives them up.
GONE = {
    "note": ("          note: {task: Note, if: \"word != 'x'\"}\n", ("changes: note", "changes: done")),
    "check.price.sum": ("              sum: {task: Sum, optional: true}\n", ("no: sum", "no: write")),
    "check.four": ("          four: {task: Four, if: n > 1, after: [legal]}\n", ("", "")),
    "bell": ("bell: {task: Porter}, ", ("", "")),
}
DATA = {"day": "2026-03-20", "words": ["x", "y"], "n": 2}
START = shanghai("2026-03-02T09:00")


@cache
def version(changed: tuple[tuple[str, str], ...] = (), gone: tuple[str, ...] = ()) -> Program:
    """The program of the definition with those changes, and without those steps."""
    text = TEXT
    for name in gone:
        lines, (was, now) = GONE[name]
        assert lines in text
        text = text.replace(lines, "").replace(was, now) if was else text.replace(lines, "")
    for name, value in {**PLAIN, **dict(changed)}.items():
        text = text.replace(f"@{name}@", value)
    return program(text)


OLD = version()
changes = st.dictionaries(st.sampled_from(sorted(CHANGES)), st.integers(0, 2), max_size=3).map(
    lambda chosen: tuple((name, CHANGES[name][which % len(CHANGES[name])]) for name, which in sorted(chosen.items()))
)
gone = st.lists(st.sampled_from(sorted(GONE)), max_size=1).map(tuple)


@st.composite
def runs(draw) -> list[ev.Event]:
    """The history of a run of the old version: things that fit what is open, and things from outside."""
    state, history = RunState.of(OLD), [ev.Started(program=OLD.hash, data=DATA, at=START)]
    step(OLD, state, history[0])
    for _ in range(draw(st.integers(0, 20))):
        event = draw(outside) if draw(st.integers(0, 3)) == 0 else fitting(draw, state)
        if event is not None and isinstance(step(OLD, state, event), Accepted):
            history.append(event)
    return history


def fitting(draw, state: RunState) -> ev.Event | None:
    """An event that fits what is open."""
    due, items = state.next_timer(), list(enabled(OLD, state))
    if due is not None and (not items or draw(st.integers(0, 4)) == 0):
        return ev.TimerFired(opening=due[1], name=due[2], at=max(due[0], state.at))
    if not items:
        return None
    opening = draw(st.sampled_from(items))
    at = OLD.steps[opening.step]
    exits = [name for name in at.exits if name != at.missed]
    if opening.phase == "incident":
        return ev.Skipped(opening=opening.id, why="so", outcome=draw(st.sampled_from(list(at.exits))))
    if opening.phase == "asks":
        value = {"ok": draw(st.booleans()), "n": 2, "day": "2026-03-09", "words": ["a", "b"]}[opening.asked[0]]
        return ev.Answered(opening=opening.id, field=opening.asked[0], value=value)
    if at.op == Op.VOTE:
        by = draw(st.sampled_from(["bob", "zoe", "kim"]))
        return ev.Voted(opening=opening.id, verdict=draw(st.sampled_from(exits)), by=by)
    return ev.StepDone(opening=opening.id, outcome=draw(st.sampled_from(exits)), data={"n": draw(st.integers(0, 5))})


outside = st.one_of(
    st.builds(ev.MessageCame, name=st.sampled_from(["bell", "gong", "horn"])),
    st.builds(ev.DataSet, changes=st.dictionaries(st.sampled_from(["ok", "n"]), st.none(), max_size=1)),
    st.builds(ev.DataSet, changes=st.just({"n": 5})),
    st.builds(ev.Suspended),
    st.builds(ev.Resumed),
    st.builds(ev.Ticked, opening=st.integers(1, 12), item=st.just(1)),
)
later = st.sampled_from([timedelta(0), timedelta(minutes=7), timedelta(days=3)])


def but(state: RunState, *names: str) -> dict[str, object]:
    """The state as JSON, but for what every event changes, and those names."""
    said = state_to_json(state)
    return {name: value for name, value in said.items() if name not in ("seq", "at", *names)}


def over(state: RunState, new: Program, steps=None, after=timedelta(0)) -> tuple[ev.Migrated, RunState, object]:
    """The event, the state after it, and what the engine said."""
    event = ev.Migrated(program=new.hash, steps=steps or {}, at=state.at + after)
    copy = state.copy()
    return event, copy, migrate(OLD, new, copy, event)


@given(runs(), later)
def test_an_equal_version_changes_nothing(history, after):
    """Going over to a version that only has another number is automatic and changes no byte but the program's hash."""
    state, new = replay(OLD, history), version((("version", "2.0.0"),))
    first = state.next_timer()
    if not state.running or (first is not None and first[0] <= state.at):
        return  # what is due at this very instant comes first
    plan = migration(OLD, new, state, history=history)
    assert (plan.verdict, plan.effects, plan.notes, plan.timers) == ("automatic", (), (), ())
    assert {fate.what for fate in plan.openings} <= {"stays"}
    assert plan.replays
    if state.status == "running" and first is not None and first[0] <= state.at + after:
        after = timedelta(0)
    _, moved, outcome = over(state, new, after=after)
    assert isinstance(outcome, Accepted)
    assert but(moved, "program") == but(state, "program")
    assert list(moved.open) == list(state.open)


@given(runs(), changes, gone, later)
def test_what_the_plan_says_is_done(history, changed, gone, after):
    """A plan that is automatic is accepted, with the plan's effects; the result keeps the laws. Else it is refused."""
    state, new = replay(OLD, history), version(changed, gone)
    steps = dict.fromkeys(gone, "")
    if dict(changed).get("again"):
        steps["again"] = "redo"
    before = written(state)
    event = ev.Migrated(program=new.hash, steps=steps, at=state.at + after)
    plan = migration(OLD, new, state, steps, at=event.at)
    assert written(state) == before
    for reason in plan.reasons:
        assert reason.at(None).text("en")
        assert reason.at(None).text("zh")
    outcome = migrate(OLD, new, state, event)
    if plan.verdict != "automatic":
        assert isinstance(outcome, Refused)
        assert written(state) == before
        return
    assert isinstance(outcome, Accepted)
    assert (outcome.effects, outcome.notes) == (plan.effects, plan.notes)
    assert state.program == new.hash
    keeps_the_laws(new, state)
    assert state_from_json(state_to_json(state), new) == state
    programs = {OLD.hash: OLD, new.hash: new}
    assert state_to_json(replay(programs, [*history, event])) == state_to_json(state)


@given(runs(), changes, gone)
def test_undo_brings_back_every_byte(history, changed, gone):
    """Undone at once, a migration leaves no trace but its number; the history folds to the same state."""
    state, new = replay(OLD, history), version(changed, gone)
    steps = dict.fromkeys(gone, "") | ({"again": "redo"} if dict(changed).get("again") else {})
    event, moved, outcome = over(state, new, steps)
    if isinstance(outcome, Refused) or not moved.running:
        return
    programs = {OLD.hash: OLD, new.hash: new}
    undo = undoable(programs, [*history, event])
    assert undo is not None
    assert undo.before is not None
    back = ev.Migrated(program=OLD.hash, steps=undo.steps, undone=True, at=moved.at)
    again = migrate(new, undo.program, moved, back, before=undo.before)
    if isinstance(again, Refused):
        assert again.code == "timer-first"  # a timer of the new version was due at once
        return
    assert but(moved, "next") == but(state, "next")
    assert moved.next >= state.next
    keeps_the_laws(OLD, moved)
    assert state_to_json(replay(programs, [*history, event, back])) == state_to_json(moved)


@given(runs(), changes, gone, st.data())
def test_a_run_that_moved_can_be_finished(history, changed, gone, data):
    """From wherever a migration leaves a run, it can come to its end without interventions."""
    state, new = replay(OLD, history), version(changed, gone)
    steps = dict.fromkeys(gone, "") | ({"again": "redo"} if dict(changed).get("again") else {})
    _, moved, outcome = over(state, new, steps)
    if isinstance(outcome, Refused):
        return
    finish(new, moved)


def finish(program: Program, state: RunState) -> None:
    """Let a run come to its end."""
    if state.status == "suspended":
        due = step(program, state, ev.Resumed(at=state.at))
        assert isinstance(due, Accepted)
    for _ in range(400):
        if not state.running:
            return
        for opening in list(enabled(program, state)):
            if isinstance(step(program, state, finishing(program, state, opening)), Accepted):
                break
        else:
            due = state.next_timer()
            assert due is not None, f"stuck: {[program.steps[o.step].path for o in enabled(program, state)]}"
            fired = step(program, state, ev.TimerFired(opening=due[1], name=due[2], at=max(due[0], state.at)))
            assert isinstance(fired, Accepted)
        keeps_the_laws(program, state)
    raise AssertionError("it does not end")


def finishing(program: Program, state: RunState, opening) -> ev.Event:
    """An event that brings the opening to its end."""
    at, by = program.steps[opening.step], opening.to or None
    if opening.phase == "incident":
        return ev.Retried(opening=opening.id)
    if opening.phase == "asks":
        value = {"ok": True, "n": 5, "day": "2026-03-09", "words": ["a", "b"]}[opening.asked[0]]
        return ev.Answered(opening=opening.id, field=opening.asked[0], value=value, by=by)
    if at.op == Op.VOTE:
        who = next(one for one in ("bob", "zoe", "kim", "eve") if one not in (opening.votes or {}))
        return ev.Voted(opening=opening.id, verdict="approved", by=who)
    exit_ = next(name for name in ("done", "go", "over") if name in at.exits)
    return ev.StepDone(opening=opening.id, outcome=exit_, data={"n": 5} if at.form else {}, by=by)
