"""The stories behind the golden histories: what was written down once is only read from then on."""

import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

sys.path.insert(0, str(Path(__file__).parents[1] / "spec"))

from playbook import (
    add,
    answer,
    cancel,
    claim,
    close_list,
    data,
    done,
    drop,
    ends,
    fails,
    fires,
    granted,
    judge,
    jump,
    message,
    reassign,
    resume,
    retry,
    revoked,
    skip,
    suspend,
    tick,
)
from story import BACK, Story, To

from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.engine import RunState
from sopflow.engine import events as ev
from sopflow.errors.show import as_text
from sopflow.program import Program

HEADER = "sopflow: 1\nid: {id}\nversion: {version}\ntitle: A golden run\ntime-zone: Asia/Shanghai\n"

#: The text of each program that was compiled here, and of what it calls, by hash.
TEXTS: dict[str, dict[str, object]] = {}


def due(program: Program, state: RunState) -> ev.Event:
    """The timer that is due first fires."""
    first = state.next_timer()
    assert first is not None
    return ev.TimerFired(opening=first[1], name=first[2], at=max(first[0], state.at or first[0]))


def compiled(text: str, calls: dict[str, str]) -> Program:
    """The program of a whole definition; ``calls`` are those that it calls, by name."""
    called = {name: loads(child) for name, child in calls.items()}
    lowered = lower(loads(text), find=lambda name, _: called.get(name))
    assert lowered.program is not None, as_text(lowered.report)
    return lowered.program


def version(number: str, body: str, **called: str) -> Program:
    """The program of ``body``, with what every definition needs around it; ``called`` are bodies of what it calls."""
    text = HEADER.format(id="golden", version=number) + dedent(body)
    calls = {name: HEADER.format(id=name, version="1.0.0") + dedent(child) for name, child in called.items()}
    program = compiled(text, calls)
    TEXTS[program.hash] = {"text": text, "calls": calls}
    return program


def forks() -> Story:
    """Forks in forks, with thresholds, branches that trail, one that leaves, and guards."""
    p = version(
        "1.0.0",
        """
        data: {n: int, big: bool}
        steps:
          write: {task: Write, form: [n]}
          check:
            parallel: Check
            join: 2 of 3
            rest: finish
            branches:
              law: {task: Law}
              price: {group: Price, steps: {sum: {task: Sum}, sign: {task: Sign}}}
              team:
                parallel: Team
                at-once: 1
                branches: {x: {task: X}, y: {task: Y, after: [x]}, z: {task: Z, if: big}}
          again:
            parallel: Again
            branches: {one: {task: One, outcomes: [on, back], next: {on: done, back: write}}, two: {task: Two}}
          tail: {task: Tail}
        """,
    )
    story = Story(p) >> done("write", data={"n": 2}, by="ann") >> answer("check.team", True, field="big")
    story >> done("law") >> done("sum") >> done("sign") >> done("two", at="2026-03-02T10:00") >> done("check.team.x")
    story >> done("one", outcome="back") >> done("write", data={"n": 3}) >> done("law")
    return story >> done("check.team.x") >> done("check.team.y") >> done("check.team.z")


def growing_list() -> Story:
    """A for-each whose list grows and shrinks, with keys, and questions about its items."""
    p = version(
        "1.0.0",
        """
        data: {partners: [{name: string, signed: bool, fee: decimal}]}
        roles: {ann: Ann}
        messages: {over: {}}
        steps:
          sign-all:
            for-each: partners
            as: partner
            key: partner.name
            at-once: 2
            adds-until: {message: over}
            steps:
              will: {decision: Do they sign?, about: partner.signed, by: ann, yes: call, no: done}
              call: {task: Call, set: {partner.fee: 12.50}}
          print: {task: Print}
        """,
    )
    story = Story(p, {"partners": [{"name": "acme"}, {"name": "globex"}, {"name": "initech"}]})
    story >> answer("sign-all[acme].will", True) >> done("sign-all[acme].call") >> add("sign-all", {"name": "hooli"})
    story >> drop("sign-all", 2, at="2026-03-03T09:00") >> answer("sign-all[initech].will", False)
    return story >> message("over") >> answer("sign-all[hooli].will", True)


def times() -> Story:
    """Steps that open later, are late, remind, escalate and are handed over; a deadline that moves."""
    p = version(
        "1.0.0",
        """
        data: {day: date, at: datetime}
        roles: {ann: {title: Ann, people: [li]}, boss: Boss}
        calendars: {office: {days: [mon, tue, wed, thu, fri], hours: 09:00-18:00}}
        calendar: office
        anchors: {N: day}
        steps:
          prepare:
            task: Prepare
            by: ann
            opens: N-7
            due: 3 working days before day
            remind: [1 day before due, every day at 09:00 after due]
            escalate: [{at: due, to: boss}, {at: 2 days after due, to: boss, do: hand-over}]
          send: {task: Send, by: ann, due: within 2 working hours}
        """,
    )
    story = Story(p, {"day": "2026-03-20"}) >> fires("prepare", "opens") >> fires("prepare", "remind-0")
    story >> data({"day": "2026-03-19"}, at="2026-03-16T08:00")
    for _ in range(6):
        story >> due
    return story >> done("prepare", by="boss", at="2026-03-19T17:30")


def handlers() -> Story:
    """Handlers beside and instead: messages that queue, ticks, conditions, lateness."""
    p = version(
        "1.0.0",
        """
        data: {n: int}
        messages: {crisis: {level: [yellow, red]}, gong: {is: {}, kept: false}}
        on: {crisis: {match: {level: red}, task: Control}, rich: {when: n > 2, task: Celebrate}}
        steps:
          warm-up:
            group: Warm-up
            due: 3 days after opened
            on:
              crisis: {task: Answer}
              daily: {every: day at 18:00, task: Report}
              overdue: {task: Hurry, rest: finish}
              gong: {instead: true, task: Stop}
            steps: {a: {task: A}, b: {task: B}}
          after: {task: After}
        """,
    )
    story = Story(p) >> message("crisis", level="yellow") >> message("crisis", level="red")
    story >> fires("warm-up", "on-1") >> done("warm-up.crisis") >> data({"n": 3}) >> done("a")
    story >> fires("warm-up", "on-1") >> fires("warm-up", "on-1") >> fires("warm-up", "due") >> message("gong")
    return story >> done("gong")


def votes() -> Story:
    """Approvals of several people, four eyes, rework; a step that is claimed and handed over."""
    p = version(
        "1.0.0",
        """
        roles: {team: {title: Team, people: [ann, bob, cid]}, boss: Boss, law: Law}
        steps:
          write: {task: Write, by: team, checklist: [One, Two]}
          check: {approval: Check, by: team, not-by: write, need: 2 of 2, changes: write, refused: end no}
          sign: {approval: Sign, by: [boss, law], need: all, refused: write}
          file: {task: File, by: team, same-by: write}
        """,
    )
    story = Story(p) >> claim("write", "ann", by="ann") >> tick("write", 1, by="ann") >> done("write", by="ann")
    story >> judge("check", "approved", by="bob") >> judge("check", "changes", by="cid", at="2026-03-03T09:00")
    story >> reassign("write", "bob", why="ill") >> done("write", by="bob")
    story >> judge("check", "approved", by="ann") >> judge("check", "approved", by="cid")
    return story >> judge("sign", "approved", by="law")


def questions() -> Story:
    """Decisions: about fields, in words, by several people, by a table; asked anew in a new round."""
    p = version(
        "1.0.0",
        """
        data: {free: bool, level: [low, mid, high], score: int, passed: bool}
        roles: {ann: Ann, boss: Boss}
        derived: {dear: [{when: level == 'high', then: true}, {else: false}]}
        steps:
          free: {decision: Free?, about: free, by: ann, yes: level, no: again}
          again: {task: Again, next: free}
          level:
            {decision: Level?, about: level, by: boss, need: 2 of 3, in-doubt: last, next: {low: t, mid: t, high: t}}
          t:
            decision: Passed?
            by: ann
            table:
              hit: first
              columns: [score, dear]
              gives: [passed, next]
              rows: [[at least 5, any, true, words], [any, true, false, words], [any, false, false, free]]
          words: {decision: In words, by: boss, next: {left: end, right: last}}
          last: {task: Last, if: passed}
        """,
    )
    story = Story(p) >> answer("free", False) >> done("again") >> answer("free", True)
    story >> answer("level", "low", by="x") >> answer("level", "mid", by="y") >> answer("level", "high", by="z")
    return story >> answer("t", 7, field="score", at="2026-03-04T09:00") >> answer("words", "right")


def versions() -> Story:
    """A run that goes over to another version, back, and over again with a map; then back by map."""
    old = version(
        "1.0.0",
        """
        data: {n: int, gone: string}
        messages: {bell: {}}
        on: {bell: {task: Porter}}
        steps:
          write: {task: Write, due: 2 days after opened}
          check: {parallel: Check, branches: {law: {task: Law}, price: {task: Price}}}
          send: {task: Send}
        """,
    )
    new = version(
        "2.0.0",
        """
        data: {n: decimal, fresh: int = 4}
        messages: {bell: {}}
        on: {daily: {every: day, task: Daily}, bell: {task: Porter}}
        steps:
          first: {task: First}
          draft: {task: Write, due: 4 days after opened}
          review: {parallel: Check, branches: {tax: {task: Tax}, law: {task: Law, due: 3 days after opened}}}
          send: {task: Send}
        """,
    )
    story = Story(old, {"n": 1, "gone": "x"}) >> message("bell") >> To(new, {"write": "draft"}) >> BACK
    story >> done("write", by="ann", at="2026-03-03T09:00") >> done("price")
    story >> To(new, {"write": "draft", "check": "review"}, at="2026-03-03T10:00") >> due
    story >> BACK << "refused: type"  # what has become a decimal is no int any more
    return story >> done("daily") >> done("law", at="2026-03-04T12:00") >> To(new, {"review.tax": ""})


def there_and_back() -> Story:
    """A run that goes over, does something there, and comes back by the map turned round."""
    body = """
        data: {{words: list of string}}
        steps:
          {each}:
            for-each: words
            as: word
            steps: {{ask: {{task: Ask}}, {get}: {{task: Get, due: 1 day after opened}}}}
          send: {{task: Send}}
    """
    old = version("1.0.0", body.format(each="each", get="get"))
    new = version("2.0.0", body.format(each="all", get="fetch"))
    story = (
        Story(old, {"words": ["x", "y"]}) >> done("each[1].ask") >> To(new, {"each": "all", "each.get": "all.fetch"})
    )
    return story >> done("all[2].ask", at="2026-03-02T12:00") >> BACK >> done("each[1].get")


def suspension() -> Story:
    """A run that stands still: messages are kept, data may be set, times shift by the pause."""
    p = version(
        "1.0.0",
        """
        data: {ok: bool, day: date}
        messages: {bell: {k: int}}
        steps:
          f:
            parallel: F
            branches:
              a: {task: A, due: 2 days after opened}
              b: {wait: {message: bell, match: {k: 1}}}
              c: {task: C, due: day}
              d: {repeat: D, every: 2 days, until: ok, steps: {t: {task: T}}}
          z: {task: Z}
        """,
    )
    story = Story(p, {"day": "2026-03-10"}) >> suspend("2026-03-03T09:00") >> message("bell", k=1)
    return story >> data({"ok": True}) >> resume("2026-03-06T09:00") >> fires("d", "round") >> done("f.d.t")


def interventions() -> Story:
    """Skips, jumps, cancellations, incidents and retries, each with its reason."""
    p = version(
        "1.0.0",
        """
        data: {n: int}
        roles: {ann: Ann}
        steps:
          a: {task: A, by: ann}
          b: {group: B, on: {cancelled: {task: Undo}}, steps: {x: {task: X}, y: {task: Y}}}
          c: {task: C, requires: n > 0}
          d: {task: D, outcomes: [go, stop], next: {go: e, stop: end stopped}}
          e: {task: E}
        """,
    )
    story = Story(p) >> skip("a", why="done before", by="boss") >> jump("b.x", "a", why="not so") >> done("a")
    story >> cancel("b", why="no need", at="2026-03-05T09:00") >> data({"n": 1}) >> retry("c") >> done("c")
    return story >> done("undo") if "undo" in story.at else story >> skip("d", outcome="go")


def registered() -> Story:
    """Registered handlers: attempts that fail, wait longer and longer, time out, and are tried again by hand."""
    p = version(
        "1.0.0",
        """
        data: {n: int}
        steps:
          post:
            task: Post
            run: mail
            with: {text: hello, count: = n + 1}
            retry: {times: 2, wait: 1 hour, factor: 2}
            timeout: 10 minutes after opened
            on: {error: {task: Mend}}
          z: {task: Z}
        """,
    )
    story = Story(p, {"n": 1}) >> fails("post", 1) >> fires("post", "retry") >> fires("post", "timeout")
    story >> fires("post", "retry") >> fails("post", 3, error="no route")
    return story >> retry("post") >> done("post") >> done("post.error")


def resources() -> Story:
    """What one run at a time may have: asked for, granted, taken away, granted again."""
    p = version(
        "1.0.0",
        """
        steps:
          move: {group: Move, holds: [van, hall], due: 1 day after opened, steps: {load: {task: Load}, go: {task: Go}}}
          z: {task: Z}
        """,
    )
    story = Story(p) >> granted("move", at="2026-03-02T10:00") >> done("load") >> revoked("move", at="2026-03-02T12:00")
    return story >> granted("move", at="2026-03-03T09:00")


def rounds() -> Story:
    """Rounds at a pace, as often as they may be; then those that end by what they learn."""
    p = version(
        "1.0.0",
        """
        data: {ok: bool}
        steps:
          poll:
            {repeat: Poll, every: week on monday, until: ok, at-most: 2, exhausted: mend, steps: {look: {task: Look}}}
          mend: {repeat: Mend, until: ok, steps: {try: {task: Try, form: [ok?]}}}
        """,
    )
    story = Story(p) >> fires("poll", "round") >> done("look", data={"ok": False}, at="2026-03-10T09:00")
    story >> fires("poll", "round") >> done("look") >> done("try", data={"ok": False})
    return story >> done("try", data={"ok": None})


def called() -> Story:
    """A call that gives data and gets some back; one that is handed over and not waited for."""
    kid = """
        data: {given: int, made: string}
        steps: {t: {task: T, outcomes: [go, stop], next: {go: end, stop: end stopped}}}
    """
    p = version(
        "1.0.0",
        """
        data: {n: int, text: string}
        steps:
          both:
            parallel: Both
            branches:
              c: {call: kid, with: {given: = n * 2}, set: {text: = result.made}, next: {done: done, stopped: z}}
              d: {call: kid, detached: true}
              e: {task: E}
          z: {task: Z}
        """,
        kid=kid,
    )
    return Story(p, {"n": 4}) >> ends("both.c", "stopped", at="2026-03-02T11:00", given=8, made="bread")


def waits() -> Story:
    """Waits for the first of several things; messages that came before anybody was there."""
    p = version(
        "1.0.0",
        """
        data: {n: int}
        messages: {bell: {k: int}, horn: {}}
        steps:
          one:
            wait:
              first:
                ring: {message: bell, match: {k: = n}, next: two}
                late: {at: 2 days after opened, next: end}
          two: {wait: {when: n > 5}}
          three: {emit: horn}
          four: {wait: {message: horn}}
          five: {wait: 3 hours after opened, due: 1 hour after opened}
          z: {task: Z}
        """,
    )
    story = Story(p, {"n": 1}) >> message("horn") >> message("bell", k=2) >> message("bell", k=1, at="2026-03-03T10:00")
    return story >> data({"n": 6}) >> fires("five", "due") >> message("bell", k=3)


def closed_list() -> Story:
    """A list that is closed by hand, and a run that ends while a handler still finishes."""
    p = version(
        "1.0.0",
        """
        data: {words: list of string, day: date}
        messages: {bell: {}}
        on: {bell: {task: Porter}}
        steps:
          each:
            {for-each: words, as: word, join: 1 of 2, short: z, adds-until: day, steps: {t: {task: T}, v: {task: V}}}
          z: {task: Z, next: end early}
        """,
    )
    story = Story(p, {"words": ["x"], "day": "2026-04-01"}) >> message("bell") >> add("each", "y", by="ann")
    story >> done("each[1].t") >> close_list("each") >> drop("each", 1) >> done("each.t") >> done("each.v")
    return story >> done("z")


STORIES: tuple[Callable[[], Story], ...] = (
    forks,
    growing_list,
    times,
    handlers,
    votes,
    questions,
    versions,
    there_and_back,
    suspension,
    interventions,
    registered,
    resources,
    rounds,
    called,
    waits,
    closed_list,
)
