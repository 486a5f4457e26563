"""Families: definitions and their versions, runs of the first of them, and ways over to another.

For laws of migration: what may be changed in a definition stands in ``@…@``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st
from playbook import program, shanghai

from sopflow.engine import Accepted, RunState, enabled, step, waiting
from sopflow.engine import events as ev
from sopflow.program import Op, Program

DATA = {"day": "2026-03-20", "words": ["x", "y"], "n": 2}
START = shanghai("2026-03-02T09:00")

#: Changes by name: which of the things that may stand in the name's place.
Changed = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Family:
    """A definition and its versions.

    ``plain`` is what stands in the places that ``changes`` change; ``gone`` are steps that may go: their lines, and
    what else changes with them. ``renames`` are the steps that a change renames.
    """

    text: str
    plain: Mapping[str, str]
    changes: Mapping[str, list[str]]
    gone: Mapping[str, tuple[str, tuple[str, str]]]
    renames: Mapping[str, tuple[str, str]]


@cache
def version(family: Family, changed: Changed = (), gone: tuple[str, ...] = ()) -> Program:
    """The program of the definition with those changes, and without those steps."""
    text = family.text
    for name in gone:
        lines, (was, now) = family.gone[name]
        assert lines in text
        text = text.replace(lines, "").replace(was or "@@", now)
    for name, value in {**family.plain, **dict(changed)}.items():
        text = text.replace(f"@{name}@", value)
    return program(text)


# A definition with something of everything that people and clocks do.
FLOW = Family(
    text="""
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
    """,
    plain={
        "version": "1.0.0",
        "field": "",
        "handler": "",
        "first": "",
        "due": "2",
        "at-once": "3",
        "branch": "",
        "again": "again",
        "join": "1",
        "last": "",
    },
    changes={
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
    },
    gone={
        "note": ("          note: {task: Note, if: \"word != 'x'\"}\n", ("changes: note", "changes: done")),
        "check.price.sum": ("              sum: {task: Sum, optional: true}\n", ("no: sum", "no: write")),
        "check.four": ("          four: {task: Four, if: n > 1, after: [legal]}\n", ("", "")),
        "bell": ("bell: {task: Porter}, ", ("", "")),
    },
    renames={"again": ("again", "redo")},
)

# What asks the world: registered handlers, resources, growing lists, rounds at a pace, roles by cases, waits.
WORLD = Family(
    text="""
    version: @version@
    roles: {ann: Ann, bob: Bob}
    data: {ok: {is: bool, ask: ann}, n: int, day: date, words: list of string}
    messages: {bell: {loud: bool}, gong: {is: {}, kept: false}, horn: {}}
    on: {bell: {match: {loud: true}, task: Porter}}
    steps:
      all:
        parallel: All
        on: {error: {task: Mend}, cancelled: {task: Undo}, gong: {instead: true, task: Stop}}
        branches:
          post: {task: Post, run: mail, retry: {times: @times@, wait: 1 hour}, timeout: @hours@ hours after opened}
          hall:
            {group: Hall, holds: [@hall@], due: @hours@ hours after opened, steps: {in: {task: In}, out: {task: Out}}}
          list:
            for-each: words
            as: word
            @key@
            at-once: @at-once@
            adds-until: {when: n > 8}
            steps:
              call: {task: Call, by: [{when: n > 3, then: bob}, {else: ann}], if: "word != 'z'"}
              @step@
              talk:
                wait:
                  first: {bell: {message: bell, match: {loud: false}, next: done}, late: {at: day, next: done}}
          poll:
            {repeat: Poll, every: @hours@ hours, until: ok, at-most: 3, exhausted: done, steps: {look: {task: Look}}}
          gate: {task: Gate, while: n < 7, after: [post]}
      ask: {decision: Ask, about: ok, by: bob, need: 2 of 3, settle: most, yes: @send@, no: all}
      @send@: {task: Send, by: [{when: ok, then: ann}, {else: bob}]}
    """,
    plain={
        "version": "1.0.0",
        "times": "2",
        "hours": "5",
        "hall": "hall",
        "key": "",
        "at-once": "2",
        "step": "",
        "send": "send",
    },
    changes={
        "version": ["2.0.0"],
        "times": ["1"],
        "hours": ["2", "30"],
        "hall": ["van"],
        "key": ["key: word"],
        "at-once": ["1", "9"],
        "step": ["more: {task: More}"],
        "send": ["give"],
    },
    gone={
        "all.poll": (
            """          poll:
            {repeat: Poll, every: @hours@ hours, until: ok, at-most: 3, exhausted: done, steps: {look: {task: Look}}}
""",
            ("", ""),
        ),
        "all.hall.in": ("in: {task: In}, ", ("", "")),
        "all.gate": ("          gate: {task: Gate, while: n < 7, after: [post]}\n", ("", "")),
        "bell": ("    on: {bell: {match: {loud: true}, task: Porter}}\n", ("", "")),
    },
    renames={"send": ("send", "give")},
)


class Way(NamedTuple):
    """A run of ``old``, by its history, and another version, with the map of steps that leads there."""

    old: Program
    history: list[ev.Event]
    new: Program
    steps: dict[str, str]


@st.composite
def ways(draw, *, equal: bool = False) -> Way:
    """A run, and a version with a few changes; ``equal``: with another number only."""
    family = draw(st.sampled_from([FLOW, WORLD]))
    old = version(family)
    history = draw(histories(old))
    if equal:
        return Way(old, history, version(family, (("version", "2.0.0"),)), {})
    which = draw(st.dictionaries(st.sampled_from(sorted(family.changes)), st.integers(0, 2), max_size=3))
    changed = tuple((name, family.changes[name][n % len(family.changes[name])]) for name, n in sorted(which.items()))
    gone = draw(st.lists(st.sampled_from(sorted(family.gone)), max_size=1).map(tuple))
    renamed = dict(family.renames[name] for name, _ in changed if name in family.renames)
    return Way(old, history, version(family, changed, gone), dict.fromkeys(gone, "") | renamed)


@st.composite
def histories(draw, old: Program) -> list[ev.Event]:
    """The history of a run: things that fit what is open, and things from outside."""
    state, history = RunState.of(old), [ev.Started(program=old.hash, data=DATA, at=START)]
    step(old, state, history[0])
    for _ in range(draw(st.integers(0, 20))):
        event = draw(outside) if draw(st.integers(0, 3)) == 0 else fitting(draw, old, state)
        if event is not None and isinstance(step(old, state, event), Accepted):
            history.append(event)
    return history


def fitting(draw, old: Program, state: RunState) -> ev.Event | None:
    """An event that fits what is open."""
    due, items = state.next_timer(), [*enabled(old, state), *waiting(old, state)]
    if due is not None and (not items or draw(st.integers(0, 4)) == 0):
        return ev.TimerFired(opening=due[1], name=due[2], at=max(due[0], state.at))
    if not items:
        return None
    opening = draw(st.sampled_from(items))
    at = old.steps[opening.step]
    exits = [name for name in at.exits if name != at.missed]
    if opening.phase == "incident":
        return ev.Skipped(opening=opening.id, why="so", outcome=draw(st.sampled_from(list(at.exits))))
    if opening.phase == "asks":
        value = {"ok": draw(st.booleans()), "n": 2, "day": "2026-03-09", "words": ["a", "b"]}[opening.asked[0]]
        by = draw(st.sampled_from(["bob", "zoe", "kim"])) if at.people.seats > 1 else None
        return ev.Answered(opening=opening.id, field=opening.asked[0], value=value, by=by)
    if opening.holding == "asked":
        return ev.Granted(opening=opening.id)
    if at.run and draw(st.booleans()):
        return ev.HandlerFailed(opening=opening.id, attempt=opening.tries, error="no")
    if at.op == Op.VOTE:
        by = draw(st.sampled_from(["bob", "zoe", "kim"]))
        return ev.Voted(opening=opening.id, verdict=draw(st.sampled_from(exits)), by=by)
    return ev.StepDone(opening=opening.id, outcome=draw(st.sampled_from(exits)), data={"n": draw(st.integers(0, 5))})


numbers = st.integers(1, 12)
outside = st.one_of(
    st.builds(ev.MessageCame, name=st.sampled_from(["bell", "gong", "horn"])),
    st.builds(ev.MessageCame, name=st.just("bell"), data=st.sampled_from([{"loud": True}, {"loud": False}])),
    st.builds(ev.DataSet, changes=st.dictionaries(st.sampled_from(["ok", "n"]), st.none(), max_size=1)),
    st.builds(ev.DataSet, changes=st.just({"n": 5})),
    st.builds(ev.Suspended),
    st.builds(ev.Resumed),
    st.builds(ev.Cancelled, opening=numbers),
    st.builds(ev.ItemAdded, opening=numbers, item=st.sampled_from(["v", "w", "z"])),
    st.builds(ev.ItemDropped, opening=numbers, item=st.integers(0, 2)),
    st.builds(ev.Reassigned, opening=numbers, to=st.sampled_from(["ann", "kim"])),
)


def finishing(program: Program, state: RunState, opening) -> ev.Event:
    """An event that brings the opening nearer to its end."""
    at, by = program.steps[opening.step], opening.to or opening.claimed or None
    if opening.phase == "incident":
        return ev.Retried(opening=opening.id)
    if opening.holding == "asked":
        return ev.Granted(opening=opening.id)
    who = next(one for one in ("bob", "zoe", "kim", "eve", "joe") if one not in (opening.votes or {}))
    if opening.phase == "asks":
        value = {"ok": True, "n": 5, "day": "2026-03-09", "words": ["a", "b"]}[opening.asked[0]]
        by = by or (who if at.people.seats > 1 else None)
        return ev.Answered(opening=opening.id, field=opening.asked[0], value=value, by=by)
    if at.op == Op.EACH:
        return ev.ListClosed(opening=opening.id)
    if at.op == Op.VOTE:
        return ev.Voted(opening=opening.id, verdict="approved", by=by or who)
    exit_ = next((name for name in ("done", "go", "over") if name in at.exits), None)
    return ev.StepDone(opening=opening.id, outcome=exit_, data={"n": 5} if at.form else {}, by=by)
