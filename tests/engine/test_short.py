"""The short way through plain steps is the long way, only shorter: event for event, note for note, to the byte."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from playbook import program, shanghai

from sopflow.engine import Accepted, RunState, enabled, state_to_json, step
from sopflow.engine import events as ev
from sopflow.engine._short import Rest, completed, voted
from sopflow.engine._step import by_rules
from sopflow.program import Op

# Plain work and decisions in loops and branches, and between them all that sends a token the long way.
PLAIN = program("""
    roles: {ann: Ann, bob: {title: Bob, people: [rob]}}
    data:
      ok: {is: bool, ask: ann}
      big: {is: bool, default: false}
      n: {is: int, min: 0, max: 9}
      word: [x, y, z]
    derived: {many: n > 5}
    steps:
      one: {task: One, by: ann, form: [n, word?], outcomes: [go, back, out], next: {go: size, back: one, out: end out}}
      size: {decision: Size, when: n > 2, yes: which, no: two}
      which: {decision: Which, about: word, by: bob, next: {x: two, y: three, else: many}}
      many: {decision: Many, about: many, yes: four, no: one}
      two: {task: Two, by: [ann, bob], checklist: [Look], next: fit}
      fit: {approval: Fit, by: [ann, bob], form: [word?, n], refused: one, changes: two}
      three:
        parallel: Three
        join: 2 of 3
        branches:
          a:
            group: A
            steps:
              a1: {task: A1, by: ann}
              a2: {task: A2, may: bob, by: ann, outcomes: [f, g], next: {f: done, g: four}}
          b:
            group: B
            steps:
              b1: {decision: B1, when: big, yes: b2, no: b3}
              b2: {approval: B2, may: ann, refused: done}
              b3: {task: B3, form: [big]}
          c: {group: C, steps: {c1: {task: C1, after: [b1]}, c2: {task: C2}}}
      late:
        parallel: Late
        branches:
          x: {task: X, after: [y]}
          y: {decision: Y, when: n > 2, yes: done, no: done}
          w: {task: W, after: [v]}
          v: {group: V, steps: {v1: {decision: V1, when: n > 4, yes: v2, no: done}, v2: {task: V2}}}
      four: {decision: Four, about: ok, by: ann, yes: five, no: one}
      five: {task: Five, not-by: one, by: [ann, bob]}
      six: {task: Six, if: n != 4, on: {overdue: {task: Hurry}}, due: 1 day after opened}
      seven:
        for-each: [p, q]
        as: item
        steps:
          s1: {task: S1}
          g: {group: G, steps: {g1: {task: G1}, g2: {task: G2}}}
          s2: {task: S2, if: item != 'p'}
          s3: {task: S3}
          h: {group: H, steps: {h1: {task: H1}}}
      eight: {task: Eight, outcomes: [again, stop], next: {again: one, stop: done}}
""")
START = shanghai("2026-03-02T09:00")


@st.composite
def events(draw, state: RunState) -> ev.Event:
    """Mostly what fits; sometimes the wrong person, outcome, value, opening or time."""
    items = list(enabled(PLAIN, state))
    due = state.next_timer()
    if due is not None and (not items or draw(st.integers(0, 5)) == 0):
        return ev.TimerFired(opening=due[1], name=due[2], at=max(due[0], state.at))
    if not items or draw(st.integers(0, 9)) == 0:
        return ev.DataSet(changes={draw(st.sampled_from(["ok", "big"])): draw(st.none() | st.booleans())})
    opening = draw(st.sampled_from(items))
    at = PLAIN.steps[opening.step]
    by = draw(st.sampled_from([None, "ann", "bob", "rob", "zoe"]))
    when = None if draw(st.booleans()) else state.at + draw(st.sampled_from([timedelta(0), timedelta(hours=5)]))
    if opening.phase == "asks":
        field = opening.asked[0]
        value = {"ok": True, "n": 3, "word": "y", "big": False}[field]
        return ev.Answered(opening=opening.id, field=field, value=value, at=when)
    if at.op == Op.VOTE:
        verdict = draw(st.sampled_from(["approved", "approved", "refused", "changes", "nonsense"]))
        data = draw(st.fixed_dictionaries({}, optional={"n": st.integers(8, 10), "word": st.just("x")}))
        why = draw(st.sampled_from(["", "because"]))
        return ev.Voted(opening=opening.id, verdict=verdict, by=by, data=data, why=why, at=when)
    if at.op != Op.WORK:
        return ev.Skipped(opening=opening.id, why="so", outcome=next(iter(at.exits)), at=when)
    outcome = draw(st.sampled_from([None, *at.exits, "nonsense"]))
    data = draw(
        st.fixed_dictionaries(
            {"n": st.integers(-1, 9)},
            optional={"word": st.sampled_from(["x", "y", "z", "w"]), "ok": st.booleans(), "big": st.booleans()},
        )
        | st.just({})
    )
    ticks = draw(st.sampled_from([None, None, None, (1,), (7,)]))
    return ev.StepDone(opening=opening.id, outcome=outcome, by=by, data=data, ticks=ticks, at=when)


@given(st.data())
def test_both_ways_come_to_the_same(data):
    """Whatever happens, the two conclude the same, ask for the same, refuse the same, and leave the same behind."""
    short, long = RunState.of(PLAIN), RunState.of(PLAIN)
    started = ev.Started(program=PLAIN.hash, at=START)
    step(PLAIN, short, started)
    by_rules(PLAIN, long, started, quick=False)
    for _ in range(data.draw(st.integers(1, 30))):
        event = data.draw(events(short))
        one, other = step(PLAIN, short, event), by_rules(PLAIN, long, event, quick=False)
        assert isinstance(one, Accepted) == isinstance(other, Accepted)
        if isinstance(one, Accepted):
            assert (one.effects, one.notes, dict(one.paths)) == (other.effects, other.notes, dict(other.paths))
        else:
            assert (one.code, str(one.problem)) == (other.code, str(other.problem))
        assert state_to_json(short) == state_to_json(long)
        assert short == long


def test_the_short_way_is_taken():
    """Otherwise the law above would say nothing."""
    state = RunState.of(PLAIN)
    step(PLAIN, state, ev.Started(program=PLAIN.hash, data={"word": "x"}))
    event = ev.StepDone(opening=1, outcome="go", data={"n": 3}, by="ann")
    assert isinstance(completed(PLAIN, state, event), Accepted)
    assert [PLAIN.steps[opening.step].id for opening in enabled(PLAIN, state)] == ["two"]
    step(PLAIN, state, ev.StepDone(opening=4, by="bob"))
    assert isinstance(voted(PLAIN, state, ev.Voted(opening=5, verdict="approved", by="rob")), Rest)  # to a fork
