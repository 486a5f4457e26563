"""Laws of the engine: what holds of every run, however it goes."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from playbook import Playbook, answer, done, keeps_the_laws, program, shanghai, told, written

from sopflow.engine import Accepted, Refused, RunState, enabled, replay, step
from sopflow.engine import events as ev
from sopflow.program import Op

# A definition with something of everything: loops, a fork in a fork, items, a group that is left, a wait, deadlines.
MIXED = program("""
    roles: {ann: Ann, bob: Bob}
    data:
      ok: {is: bool, ask: ann}
      n: {is: int, min: 0, max: 5}
      day: date
      words: list of string
    messages: {bell: {loud: bool}, gong: {is: {}, kept: false}}
    on: {bell: {task: Porter}, rich: {when: n > 4, task: Celebrate}}
    steps:
      write: {task: Write, by: ann, due: 2 days after opened, remind: [every day after opened], form: [n?]}
      check:
        parallel: Check
        at-once: 3
        due: 9 days after opened
        on:
          overdue: {task: Hurry}
          bell: {task: Answer}
          ticks: {every: 2 days, task: Tick}
          day-off: {at: day, instead: true, next: again}
          gong: {if: n > 3, instead: true, task: Stop}
        branches:
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
              two: {wait: {first: {ring: {message: gong, next: done}, time: {at: 3 days after opened, next: done}}}}
              three: {task: Three, outcomes: [go, stop], next: {go: done, stop: done}}
      each:
        for-each: words
        as: word
        join: 1 of 2
        short: again
        steps:
          sign: {approval: Sign, by: bob, refused: again, changes: note}
          note: {task: Note, if: "word != 'x'"}
      again: {repeat: Again, until: n > 3, at-most: 2, exhausted: send, steps: {r: {task: R, form: [n]}}}
      send: {task: Send, opens: 1 day after day, due: 1 day after day, on: {error: {task: Mend}}, requires: n >= 0}
      invite:
        for-each: words
        as: guest
        key: guest
        at-once: 1
        adds-until: 2 days after opened
        steps:
          call: {task: Call}
          mail: {task: Mail, run: mailer, retry: {times: 1, wait: 1 hour}, timeout: within 1 day}
      meet: {group: Meet, holds: [room], steps: {talk: {task: Talk, by: [{when: n > 2, then: ann}, {else: bob}]}}}
      weekly: {repeat: Weekly, every: week, at-most: 2, exhausted: last, steps: {sync: {task: Sync}}}
      last: {task: Last, outcomes: [over, back], next: {over: end sent, back: check}}
""")

DATA = {"day": "2026-03-20", "words": ["x", "y"], "n": 2}
START = shanghai("2026-03-02T09:00")

numbers = st.integers(0, 12)
people = st.sampled_from([None, "ann", "bob", "zoe"])
words = st.sampled_from(["done", "approved", "refused", "changes", "go", "stop", "over", "back", "yes", "no", ""])
values = st.one_of(st.booleans(), st.integers(-1, 6), st.sampled_from(["2026-03-10", "yes", None]), st.just(["x", "z"]))
fields = st.sampled_from(["ok", "n", "day", "words", "nothing", ""])
gaps = st.sampled_from([timedelta(0), timedelta(minutes=1), timedelta(hours=9), timedelta(days=1), timedelta(days=40)])

anything = st.one_of(
    st.builds(ev.StepDone, opening=numbers, by=people, outcome=st.none() | words, data=st.dictionaries(fields, values)),
    st.builds(ev.Answered, opening=numbers, by=people, value=values, field=fields),
    st.builds(ev.Voted, opening=numbers, by=people, verdict=words),
    st.builds(ev.Skipped, opening=numbers, why=st.sampled_from(["", "so"]), outcome=st.none() | words),
    st.builds(ev.Jumped, opening=numbers, to=st.integers(0, len(MIXED.steps) - 1), why=st.just("so")),
    st.builds(ev.Cancelled, opening=numbers),
    st.builds(ev.Reassigned, opening=numbers, to=people.map(str)),
    st.builds(ev.Retried, opening=numbers),
    st.builds(ev.Ticked, opening=numbers, item=numbers),
    st.builds(ev.ChildEnded, opening=numbers, outcome=words),
    st.builds(ev.TimerFired, opening=numbers, name=st.sampled_from(["due", "remind-0", "opens", "wait-1"])),
    st.builds(ev.MessageCame, name=st.sampled_from(["bell", "gong", "horn"]), data=st.just({})),
    st.builds(ev.DataSet, changes=st.dictionaries(fields, values, max_size=2)),
    st.builds(ev.ItemAdded, opening=numbers, item=st.sampled_from(["x", "w", 3])),
    st.builds(ev.ItemDropped, opening=numbers, item=st.integers(-1, 3)),
    st.builds(ev.ListClosed, opening=numbers),
    st.builds(ev.Granted, opening=numbers),
    st.builds(ev.Revoked, opening=numbers),
    st.builds(ev.HandlerFailed, opening=numbers, attempt=st.integers(0, 3), error=st.just("no")),
    st.builds(ev.Claimed, opening=numbers, to=st.sampled_from(["", "ann", "zoe"])),
    st.builds(ev.Suspended),
    st.builds(ev.Resumed),
)


def with_time(event: ev.Event, at) -> ev.Event:
    """The event at that time."""
    return structs.replace(event, at=at)


def start() -> tuple[RunState, list[ev.Event]]:
    """A run that has just begun."""
    state = RunState.of(MIXED)
    history = [ev.Started(program=MIXED.hash, data=DATA, at=START)]
    assert isinstance(step(MIXED, state, history[0]), Accepted)
    return state, history


def likely(draw, state: RunState) -> ev.Event | None:
    """An event that fits what is open, so that runs get somewhere."""
    due = state.next_timer()
    waits = [opening.id for opening in state.open.values() if opening.holding == "asked"]
    if waits and draw(st.booleans()):
        return ev.Granted(opening=waits[0])
    items = list(enabled(MIXED, state))
    if due is not None and (not items or draw(st.integers(0, 4)) == 0):
        return ev.TimerFired(opening=due[1], name=due[2], at=max(due[0], state.at))
    if not items:
        return None
    opening = draw(st.sampled_from(items))
    at = MIXED.steps[opening.step]
    if opening.phase == "incident":
        return ev.Skipped(opening=opening.id, why="so", outcome=draw(st.sampled_from(list(at.exits))))
    if opening.phase == "asks":
        field = opening.asked[0]
        value = {"ok": draw(st.booleans()), "n": 2, "day": "2026-03-09", "words": ["a", "b"]}[field]
        return ev.Answered(opening=opening.id, field=field, value=value)
    exits = [name for name in at.exits if name != at.missed]
    if at.op == Op.VOTE:
        return ev.Voted(opening=opening.id, verdict=draw(st.sampled_from(exits)), by="bob")
    return ev.StepDone(opening=opening.id, outcome=draw(st.sampled_from(exits)), data={"n": draw(st.integers(0, 5))})


@st.composite
def runs(draw) -> tuple[list[ev.Event], RunState]:
    """A history of mixed sense and nonsense, checked at every event, and where it led."""
    state, history = start()
    for _ in range(draw(st.integers(0, 25))):
        event = likely(draw, state) if draw(st.integers(0, 3)) else draw(anything)
        if event is None:
            event = draw(anything)
        if event.at is None and draw(st.booleans()) and state.at is not None:
            event = with_time(event, state.at + draw(gaps))
        before = written(state)
        outcome = step(MIXED, state, event)
        if isinstance(outcome, Refused):
            assert written(state) == before
            for language in ("en", "zh"):
                assert outcome.problem.at(None).text(language)
        else:
            history.append(event)
            keeps_the_laws(MIXED, state)
            for note in outcome.notes:
                told(MIXED, state, note)
    return history, state


@given(runs())
def test_folding_a_history_gives_the_same_state(run):
    """Replaying the events of a run gives the same state, to the byte."""
    history, state = run
    assert written(replay(MIXED, history)) == written(state)


@given(runs(), st.data())
def test_any_prefix_of_a_history_is_a_run(run, data):
    """A run that goes on from a folded prefix ends where the whole history ends: nothing is lost on resume."""
    history, state = run
    cut = data.draw(st.integers(1, len(history)))
    resumed = replay(MIXED, history[:cut])
    for event in history[cut:]:
        assert isinstance(step(MIXED, resumed, event), Accepted)
    assert written(resumed) == written(state)


@given(runs(), anything)
def test_a_copy_shares_nothing(run, event):
    """What happens to a copy of a state does not happen to the state."""
    _, state = run
    before = written(state)
    twin = state.copy()
    assert twin == state
    assert written(twin) == before
    for opening in list(enabled(MIXED, twin)):
        step(MIXED, twin, ev.Skipped(opening=opening.id, why="so", outcome=next(iter(MIXED.steps[opening.step].exits))))
    step(MIXED, twin, event)
    step(MIXED, twin, ev.MessageCame(name="bell"))
    step(MIXED, twin, ev.Cancelled())
    assert written(state) == before


def acts(opening) -> str | None:
    """Who must act, where somebody took the step or it was handed over."""
    return opening.claimed or opening.to or None


@given(runs())
def test_a_run_can_always_be_finished(run):
    """From wherever a run of a sound SOP stands, it can come to its end without interventions."""
    _, state = run
    if state.status == "suspended":
        step(MIXED, state, ev.Resumed(at=state.at))
    for _ in range(400):
        if not state.running:
            break
        for opening in list(enabled(MIXED, state)):
            at = MIXED.steps[opening.step]
            if opening.phase == "incident":
                event = ev.Retried(opening=opening.id)
            elif opening.phase == "asks":
                value = {"ok": True, "n": 5, "day": "2026-03-09", "words": ["a", "b"]}[opening.asked[0]]
                event = ev.Answered(opening=opening.id, field=opening.asked[0], value=value, by=acts(opening))
            elif at.op == Op.VOTE:
                who = acts(opening) or (("bob" if state.done[0].by != "bob" else "zoe") if 0 in state.done else None)
                event = ev.Voted(opening=opening.id, verdict="approved", by=who)
            else:
                exit_ = next(name for name in ("done", "go", "over") if name in at.exits)
                data = {"n": 5} if at.form else {}
                event = ev.StepDone(opening=opening.id, outcome=exit_, data=data, by=acts(opening))
            if isinstance(step(MIXED, state, event), Accepted):
                break
        else:
            waits = [opening.id for opening in state.open.values() if opening.holding == "asked"]
            if waits:
                step(MIXED, state, ev.Granted(opening=waits[0]))
                continue
            due = state.next_timer()
            assert due is not None, f"stuck: {[MIXED.steps[o.step].path for o in enabled(MIXED, state)]}"
            fired = step(MIXED, state, ev.TimerFired(opening=due[1], name=due[2], at=max(due[0], state.at)))
            assert isinstance(fired, Accepted)
        keeps_the_laws(MIXED, state)
    assert state.status == "ended"


JOIN = """
    steps:
      f:
        parallel: F
        join: {join}
        branches:
          a: {{group: A, steps: {{a1: {{task: A1}}, a2: {{task: A2}}}}}}
          b: {{task: B}}
          c: {{parallel: C, branches: {{c1: {{task: C1}}, c2: {{task: C2}}}}}}
          d: {{group: D, steps: {{d1: {{task: D1}}, d2: {{task: D2}}, d3: {{task: D3}}}}}}
      z: {{task: Z}}
"""
BRANCHES = {"a": ["a1", "a2"], "b": ["b"], "c": ["c1", "c2"], "d": ["d1", "d2", "d3"]}


@pytest.mark.parametrize("need", [1, 2, 3, 4])
@given(data=st.data())
def test_joins_count_right_in_any_interleaving(need, data):
    """A join of n of m passes with the n-th branch that ends, not before, and the tail runs once."""
    join = {1: "first", 4: "all"}.get(need, f"{need} of 4")
    play = Playbook(program(JOIN.format(join=join)))
    left = {name: list(steps) for name, steps in BRANCHES.items()}
    while play.at != ["z"]:
        assert sum(not steps for steps in left.values()) < need
        branch = data.draw(st.sampled_from([name for name, steps in left.items() if steps]))
        either = branch == "c" and len(left["c"]) == 2 and data.draw(st.booleans())
        play >> done(left[branch].pop(1 if either else 0))
    assert sum(not steps for steps in left.values()) == need
    play >> done("z")
    assert play.state.done[play.program.by_path["z"]].times == 1
    play.ended("done")


def test_a_long_sequence_needs_no_stack():
    """Ten thousand steps that need no event pass within one; ten thousand tasks one by one, without growth."""
    lines = "\n".join(f"  s{n}: {{task: S, if: go}}" for n in range(3_000))
    p = program(f"data: {{go: bool}}\nsteps:\n{lines}\n  z: {{task: Z}}\n")
    Playbook(p, {"go": False}).stands("z")
    state = RunState.of(p)
    step(p, state, ev.Started(program=p.hash, data={"go": True}))
    for number in range(1, 3_001):
        assert isinstance(step(p, state, ev.StepDone(opening=number)), Accepted)
        assert len(state.open) == 2
    assert state.running


@pytest.mark.slow
def test_ten_thousand_steps_need_no_stack():
    """A sequence of ten thousand steps passes within one event."""
    lines = "\n".join(f"  s{n}: {{task: S, if: go}}" for n in range(10_000))
    p = program(f"data: {{go: bool}}\nsteps:\n{lines}\n  z: {{task: Z}}\n")
    Playbook(p, {"go": False}).stands("z")


LOOP = program("""
    data: {n: int}
    steps:
      write: {task: Write, due: 2 days after opened, form: [n?]}
      check:
        parallel: Check
        join: first
        branches: {a: {approval: A, refused: write}, b: {task: B, due: 1 day after opened}}
      send: {task: Send}
""")


@pytest.mark.parametrize("rounds", [2_000, pytest.param(200_000, marks=pytest.mark.slow)])
def test_a_rework_loop_does_not_grow(rounds):
    """However many rounds of rework: the state has the size of one round."""
    state = RunState.of(LOOP)
    step(LOOP, state, ev.Started(program=LOOP.hash, data={"n": 1}, at=START))
    sizes = []
    for number in range(rounds):
        write = next(reversed(state.open))
        assert isinstance(step(LOOP, state, ev.StepDone(opening=write, at=START)), Accepted)
        vote = next(o.id for o in state.open.values() if o.step >= 0 and LOOP.steps[o.step].op == Op.VOTE)
        assert isinstance(step(LOOP, state, ev.Voted(opening=vote, verdict="refused", at=START)), Accepted)
        if number in (10, rounds - 1):
            sizes.append((len(state.open), len(state.timers), len(state.watch), len(state.done), len(state.written)))
    assert sizes[0] == sizes[1]
    assert state.done[0].times == rounds


def test_blocks_nest_deep_without_a_stack():
    """Groups within groups, as deep as a definition may be, are withdrawn without recursion."""
    depth = 25
    text = "{task: T, next: out}"
    for number in range(depth):
        text = f"{{group: G, steps: {{s{number}: {text}}}}}"
    p = program(f"steps:\n  g: {text}\n  out: {{task: Out}}\n")
    play = Playbook(p)
    assert len(play.state.open) == depth + 2
    (play >> done("s0")).stands("out")


@pytest.mark.slow
def test_a_circle_that_never_waits_stops():
    """A loop in which nothing waits does not hang the engine: it stands at an incident."""
    p = program("""
        data: {ok: bool = true}
        steps:
          a: {decision: A, about: ok, ask: unknown, yes: b, no: end}
          b: {decision: B, about: ok, ask: unknown, yes: a, no: end}
    """)
    play = Playbook(p)
    assert any(opening.phase == "incident" for opening in play.state.open.values())


STORY = """
    import sys
    sys.path[:0] = [{spec!r}]
    from playbook import *
    p = program('''
        roles: {{a: A, b: B, c: C}}
        data: {{x: bool, y: bool, z: bool, d: date}}
        steps:
          f:
            parallel: F
            branches:
              one: {{task: One, if: x, due: d, remind: [every day after d]}}
              two: {{task: Two, if: y, due: d}}
              three: {{task: Three, by: [c, b, a], due: d}}
          z: {{task: Z}}
    ''')
    play = Playbook(p, {{"d": "2026-03-09"}}, at="2026-03-02T09:00") >> answer("f", True, field="y")
    play >> answer("f", True, field="x") >> data({{"d": "2026-03-12", "z": True}}) >> done("two") >> cancel("f")
    print(p.hash, written(play.state), [repr(event) for event in play.history], play.effects)
"""


def test_the_same_on_every_machine():
    """The same program and history give the same state and effects, whatever Python's hash seed."""
    spec = str(Path(__file__).parent.parent / "spec")
    told = {
        subprocess.run(
            [sys.executable, "-c", dedent(STORY.format(spec=spec))],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(told) == 1


LAST = program("""
    data: {ok: bool}
    steps:
      f:
        parallel: F
        branches:
          one: {task: One}
          two: {group: Two, steps: {sum: {task: Sum}, ask: {decision: Ask, about: ok, yes: done, no: sum}}}
          three: {parallel: Three, join: first, branches: {x: {task: X}, y: {task: Y}}}
          four: {task: Four}
      tail: {task: Tail}
""")


@given(st.permutations(["one", "sum", "x", "four"]))
def test_the_last_branch_may_finish_first(order):
    """Whichever branch ends first, no answer is lost, the tail runs once, and the end is reported when it is there."""
    play = Playbook(LAST)
    for name in order:
        play >> done(name)
        assert play.state.running
        if name == "sum":
            play >> answer("ask", True)
    play.stands("tail")
    play >> done("tail") << "tail closed: done" << "run ended: done"
    assert play.state.done[play.program.by_path["tail"]].times == 1
    play.ended("done")
