"""Laws of plans, over SOPs made by chance; the engine itself is the oracle of when things happen."""

import datetime as dt
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

import sopflow
from sopflow.planning import Plan, plan

START = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

#: A tree of blocks: a leaf is (days that it takes, day that it opens, day that it is due, both counted from the start).
LEAVES = st.tuples(st.integers(0, 4), st.none() | st.integers(0, 9), st.none() | st.integers(0, 30))
TREES = st.recursive(
    LEAVES.map(lambda leaf: ("task", leaf)),
    lambda inner: st.tuples(st.sampled_from(["group", "parallel", "first"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)


def written(tree: object) -> str:
    """The SOP that a tree means, in YAML's flow style."""
    number = count(1)

    def step(node: object, name: str) -> tuple[str, str]:
        kind, inside = node  # type: ignore[misc]
        if kind == "task":
            days, opens, due = inside
            times = f", opens: T+{opens}" if opens is not None else ""
            times += f", due: T+{due}" if due is not None else ""
            return name, f"{{task: {name}, by: a, duration: {days} days{times}}}"
        steps = ", ".join(": ".join(step(one, f"s{next(number)}")) for one in inside)
        if kind == "group" or len(inside) < 2:
            return name, f"{{group: {name}, steps: {{{steps}}}}}"
        join = "first" if kind == "first" else "all"
        return name, f"{{parallel: {name}, join: {join}, branches: {{{steps}}}}}"

    name, body = step(tree, "top")
    head = "sopflow: 1\nid: made\ntitle: Made\nroles: {a: A}\nanchors: {T: day}"
    head += "\ndata: {day: {is: date, default: 2026-05-01}}"
    return f"{head}\nsteps:\n  {name}: {body}\n  last: {{task: Last, by: a, duration: 0 days}}\n"


def played(sop: sopflow.Sop, made: Plan) -> tuple[dt.datetime, dict[str, dt.datetime]]:
    """A run in which each step takes as long as is planned: when it is over, and when each step was done."""
    run = sopflow.Run(sopflow.compile(sop), at=START)
    takes = {one.path: one.by_length.high * DAY for one in made if one.by_length is not None}
    began: dict[str, dt.datetime] = {}
    ended: dict[str, dt.datetime] = {}
    now = START
    while not run.finished:
        for item in run.open:
            began.setdefault(item.step, now)
        ready = {path: at + takes[path] for path, at in began.items() if path not in ended}
        openings = {item.step for item in run.open}
        ready = {path: at for path, at in ready.items() if path in openings}
        timer = run.state.next_timer()
        following = [*ready.values(), *([timer[0]] if timer is not None else [])]
        now = max(min(following), now)
        run.advance(to=now)
        if run.finished:
            break
        for path, at in ready.items():
            if at <= now and any(item.step == path for item in run.open):
                run.done(path, by="someone", at=now)
                ended[path] = now
                break
    return now, ended


@given(TREES)
@settings(max_examples=40, deadline=None)
def test_a_run_with_the_planned_durations_ends_as_planned(tree: object):
    """The engine, told that each step takes its planned time, does each step and ends exactly when the plan says."""
    sop = sopflow.loads(written(tree))
    made = plan(sop, at=START)
    end, ended = played(sop, made)
    assert end == made.end
    for path, at in ended.items():
        assert at == made[path].earliest.end, path


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_there_is_a_finding_exactly_where_something_is_too_late(tree: object):
    """Slack is negative somewhere if and only if a deadline is told to be missed, and that step is among them."""
    made = plan(sopflow.loads(written(tree)), at=START)
    told = {str(one.fields["step"]) for one in made.findings if one.code in ("SOP860", "SOP864")}
    late = {one.path for one in made if one.due is not None and one.earliest.end.date() > one.due.day(made.zone)}
    assert told == late
    assert made.feasible == (not late)


@given(TREES)
@settings(max_examples=40, deadline=None)
def test_the_critical_chain_has_the_least_slack(tree: object):
    """No slack is less than that of the critical chain."""
    made = plan(sopflow.loads(written(tree)), at=START)
    slacks = [one.slack for one in made if one.slack is not None]
    chain = [one.slack for one in made.critical if one.slack is not None]
    assert made.critical
    if slacks and chain:
        assert min(slacks) == min(chain)


@given(TREES, st.integers(1, 400))
@settings(max_examples=30, deadline=None)
def test_a_later_start_shifts_everything(tree: object, days: int):
    """With nothing that opens on a day, a start n days later is everything n days later."""
    text = written(tree).replace("T+", "T+900")  # far away
    sop = sopflow.loads(text.replace(", opens: T+900", ", x-opens: "))
    early, late = plan(sop, at=START), plan(sop, at=START + days * DAY)
    for one, other in zip(early, late, strict=True):
        assert other.earliest.start - one.earliest.start == days * DAY
        assert other.earliest.end - one.earliest.end == days * DAY


@given(TREES, st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_longer_work_ends_no_sooner(tree: object, more: int):
    """Monotone: no step ends sooner, and none has more slack, if every step takes longer."""

    def longer(node: object) -> object:
        kind, inside = node  # type: ignore[misc]
        if kind == "task":
            return kind, (inside[0] + more, *inside[1:])
        return kind, [longer(one) for one in inside]

    short, long = plan(sopflow.loads(written(tree)), at=START), plan(sopflow.loads(written(longer(tree))), at=START)
    assert long.end >= short.end
    for one, other in zip(short, long, strict=True):
        assert other.earliest.end >= one.earliest.end
        assert other.soonest.end >= one.soonest.end
