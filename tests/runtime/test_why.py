"""`why` and `why_not`: what people read, in English and Chinese, for each state that a step can be in."""

import re

import pytest
from playbook import program

import sopflow

NINE = "2026-03-02T09:00"


def both(run, step):
    """Why not, in both languages."""
    return run.why_not(step, lang="en"), run.why_not(step, lang="zh")


def told(run, step, lang="en"):
    """The sentences of why, without their times."""
    return [re.sub(r"^\d{4}-\d\d-\d\dT\S+: ", "", line) for line in run.why(step, lang=lang).splitlines()]


def test_the_language_is_the_first_of_the_definition_unless_one_is_said():
    """English where the definition says neither English nor Chinese."""
    text = "languages: [{}]\nsteps: {{a: {{task: {{{}: A}}}}, b: {{task: {{{}: B}}}}}}"
    for tags, chinese in (("zh-Hans, en", True), ("en, zh", False), ("de, zh", False)):
        first = tags.partition(",")[0]
        both_titles = f"{tags.split(', ')[0]}: X, {tags.split(', ')[1]}"
        run = sopflow.Run(program(text.format(tags, both_titles, both_titles)))
        assert ("尚未到达" in run.why_not("b")) is chinese, first
        assert run.why_not("b", lang="en").startswith("it has not been reached")
        assert run.why_not("b", lang="zh-Hant") == "尚未到达；当前打开的步骤：a"


def test_a_decision_names_what_it_read_the_rule_and_the_result():
    """Values as people write them: no words of a programming language."""
    p = program("""
        roles: {ann: Ann}
        data: {ok: bool, n: int, day: date, when: datetime, list: list of string}
        steps:
          is-ok: {decision: OK?, about: ok, by: ann, yes: is-big, no: end}
          is-big: {decision: Big?, when: n > 2 && known(day) && size(list) > 0, yes: ask, no: end}
          ask: {decision: Well?, by: ann, yes: z, no: end}
          z: {task: Z}
    """)
    run = sopflow.Run(p, {"n": 3, "day": "2026-03-04", "list": ["a", "b"]}, at=NINE)
    run.answer("is-ok", True)
    run.answer("ask", "yes", by="ann")
    assert told(run, "is-ok")[1:] == [
        "ann answered ok: yes", "went ‘yes’ because ok = yes", "closed: yes",
    ]  # fmt: skip
    assert told(run, "is-ok", "zh")[1:] == ["ann 回答 ok：是", "走向“是”，依据：ok = yes [ok = 是]", "关闭：是"]
    assert told(run, "is-big")[0] == (
        "went ‘yes’ because n > 2 && known(day) && size(list) > 0 [n = 3, day = 2026-03-04, list = [a, b]]"
    )
    assert told(run, "ask")[1:3] == ["ann answered the question: yes", "went ‘yes’ because the answer was yes"]


def test_an_approval_needs_no_reason():
    """Where nobody gave one, none is told."""
    p = program("roles: {ann: Ann}\nsteps: {a: {approval: A, by: ann, refused: a}, z: {task: Z}}")
    run = sopflow.Run(p)
    run.judge("a", "refused", why="left")
    assert told(run, "a")[:2] == ["opened for ann", "ann judged it refused (left)"]
    assert told(run, "a")[2] == "went ‘refused’ because left [a.ann = refused]"
    run.judge("a", "approved")
    assert "went ‘approved’ [a.ann = approved]" in told(run, "a")


def test_what_holds_a_step_is_told_for_each_thing_that_may():
    """A time, a message, a condition, siblings, a place, an answer, data that nobody is asked for."""
    p = program("""
        roles: {ann: Ann}
        data: {go: {is: bool, ask: ann}, n: int, hot: bool}
        messages: {ring: {}}
        steps:
          f:
            parallel: F
            branches:
              timed: {task: T, opens: 2026-03-09}
              rings: {wait: {message: ring}}
              first: {wait: {first: {a: {at: 2026-04-01, next: done}, b: {when: n > 2, next: done}}}}
              later: {task: L, after: [early]}
              early: {task: E}
              asks: {decision: A, about: go, by: ann, yes: done, no: done}
              items: {for-each: [x, y], as: it, at-once: 1, steps: {turn: {task: Turn}}}
              never: {group: N, if: hot, steps: {inner: {task: I}}}
    """)
    run = sopflow.Run(p, {"hot": False}, at=NINE)
    assert both(run, "timed") == ("it opens at 2026-03-09T00:00:00+08:00", "将于 2026-03-09T00:00:00+08:00 打开")
    assert both(run, "rings") == ("it waits for the message ‘ring’", "正在等待消息“ring”")
    assert both(run, "first")[0] == "it waits for 2026-04-01T00:00:00+08:00 or n > 2 to hold"
    assert both(run, "later") == ("it waits for f.early, after which it comes", "正在等待其前的步骤 f.early")
    assert both(run, "asks") == ("it waits for an answer from ann about go", "正在等待 ann 回答 go")
    assert both(run, "f.items[2].turn")[0] == "its turn in f.items has not come: so many are done at once"
    assert both(run, "inner") == (
        "its branch of f was not begun: hot did not hold", "f 的该分支未启动：hot 不成立",
    )  # fmt: skip
    assert both(run, "early") == ("nothing: it is open", "没有妨碍：已打开")
    assert both(run, "f")[0].startswith("it is open, and done when the steps in it are; open there: f.early")


def test_a_step_that_waits_for_its_place():
    """So many at once: the others wait in their block."""
    p = program("""
        steps:
          f: {parallel: F, at-once: 1, branches: {a: {task: A}, b: {group: B, steps: {c: {task: C}}}}}
          z: {task: Z}
    """)
    run = sopflow.Run(p)
    assert both(run, "c") == ("its turn in f has not come: so many are done at once", "尚未轮到：f 限制同时办理的数量")


def test_handlers_that_nothing_has_begun():
    """What would begin them is told: a message, a time, a condition, lateness."""
    p = program("""
        data: {n: int}
        messages: {ring: {}}
        steps:
          work:
            task: Work
            due: 2026-03-05
            on:
              ring: {task: Answer}
              soon: {at: 2026-03-04, task: Look}
              many: {when: n > 3, task: Count}
              overdue: {task: Hurry}
              daily: {every: day at 18:00, task: Sweep}
    """)
    run = sopflow.Run(p, at=NINE)
    assert both(run, "work.ring") == (
        "nothing has begun it yet: it waits for the message ‘ring’", "尚未触发：正在等待消息“ring”",
    )  # fmt: skip
    for step, what in (
        ("soon", "2026-03-04T00:00:00+08:00"), ("many", "n > 3 to hold"), ("overdue", "work to be late"),
        ("daily", "its time to come round"),
    ):  # fmt: skip
        assert both(run, f"work.{step}")[0] == f"nothing has begun it yet: it waits for {what}"


def test_what_became_of_a_step_is_told_rightly():
    """Done, passed over by its condition or by hand, withdrawn, never reached, in a run that is over."""
    p = program("""
        roles: {ann: Ann}
        data: {ok: {is: bool, default: false}}
        steps:
          a: {task: A, by: ann}
          b: {task: B, if: ok}
          c: {task: C}
          f: {parallel: F, join: first, branches: {one: {task: One}, two: {task: Two}}}
          end-it: {task: E, next: end}
          z: {task: Z}
    """)
    run = sopflow.Run(p, at=NINE)
    run.done("a", by="li")
    run.skip("c", by="wu", why="no need")
    run.done("one")
    at = "2026-03-02T09:00:00+08:00"
    assert both(run, "a") == (f"it was closed (done) by li at {at}", f"已由 li 于 {at} 关闭（done）")
    assert both(run, "b") == (f"it was passed over at {at}: ok did not hold", f"已于 {at} 略过：ok 不成立")
    assert both(run, "c") == (f"it was passed over at {at} by wu: no need", f"已由 wu 于 {at} 跳过：no need")
    assert both(run, "two") == (
        f"it was withdrawn at {at}: the block around it went on", f"已于 {at} 撤回：所在区块已继续",
    )  # fmt: skip
    assert told(run, "two")[-1] == "withdrawn: the block around it went on"
    assert told(run, "c") == ["opened", "wu passed it over: no need", "closed: done"]
    assert told(run, "b") == ["passed over: ok did not hold", "closed: done"]
    run.done("end-it")
    assert both(run, "z") == ("the run is ended (done) and never reached it", "运行已结束（done），从未到达该步骤")


@pytest.mark.parametrize(
    ("steps", "english", "chinese"),
    [
        ("a: {task: A, requires: n == 1}", "it requires n == 1", "要求 n == 1"),
        ("a: {decision: A, when: 1 / n > 0, yes: end, no: end}", "1 / n > 0: ", "1 / n > 0:"),
        ("a: {task: A, if: n == 0, set: {m: = 1 / n}}", "m cannot be written: ", "无法写入 m："),
    ],
)
def test_what_stopped_a_step_is_told_in_both_languages(steps, english, chinese):
    """What the engine says of itself is put into words; the rest stays as it is."""
    run = sopflow.Run(program(f"data: {{n: int, m: int}}\nsteps: {{{steps}}}"), {"n": 0})
    if run.open[0].phase == "open":
        run.done("a")
    assert run.why_not("a", lang="en").startswith(f"it stands at an incident: {english}")
    assert run.why_not("a", lang="zh").startswith(f"处于异常状态：{chinese}")
    assert not re.search(r"[a-z]{4}", run.why_not("a", lang="zh").partition(chinese)[2])
    assert "停止" in run.why("a", lang="zh")


def test_calls_rounds_and_suspension():
    """A call says what is open below, a round when the next begins, a run that stands still says so."""
    p = program(
        "steps: {c: {call: child}, r: {repeat: R, until: false, at-most: 3, every: day at 18:00, exhausted: end, "
        "steps: {x: {task: X}}}}",
        child="steps: {y: {task: Y}}",
    )
    run = sopflow.Run(p, at=NINE)
    assert both(run, "c") == (
        "it waits for the SOP that it calls; open there: c.y", "正在等待所调用的 SOP；其中打开的步骤：c.y",
    )  # fmt: skip
    assert run.why_not("c.y") == "nothing: it is open"
    run.done("y")
    assert both(run, "r")[0] == "its next round begins at 2026-03-02T18:00:00+08:00"
    assert told(run, "c")[-2:] == ["what it called ended: done", "closed: done"]
    run.suspend()
    assert both(run, "r") == ("the run is suspended", "运行已暂停")


def test_interventions_are_part_of_the_story():
    """Who handed over, moved, called off or retried it, and why."""
    p = program("data: {ok: bool}\nsteps: {a: {task: A}, c: {task: C}, b: {task: B, requires: ok}, z: {task: Z}}")
    run = sopflow.Run(p, {"ok": False})
    run.reassign("a", "li", by="boss", why="ill")
    run.jump("a", "c", by="boss", why="in haste")
    assert told(run, "a") == [
        "opened", "boss handed it to li: ill", "boss moved on to c: in haste",
        "withdrawn: somebody moved on to another step",
    ]  # fmt: skip
    run.done("c")
    run.retry("b", by="boss", why="again")
    run.cancel("b", by="boss", why="enough")
    assert told(run, "b", "zh")[-3:] == ["停止：要求 ok", "由 boss 取消：enough", "关闭：done"]


def test_nothing_is_told_with_holes_or_words_of_a_programming_language():
    """Each step of a bundled definition, at each moment of a run, in both languages."""
    p = sopflow.compile(sopflow.load("event-attending"))
    run = sopflow.Run(p, at="2026-06-01T09:00")
    for _ in range(40):
        for step in p.steps:
            for lang in ("en", "zh"):
                for text in (run.why(step.path, lang=lang), run.why_not(step.path, lang=lang)):
                    assert text.strip()
                    assert not re.search(r"True|False|None|\{\w*\}|: ?$|because *$|依据：*$", text, re.MULTILINE), text
        if run.finished or not run.open:
            break
        item = run.open[0]
        if item.phase == "asks":
            field = item.field(item.asks[0])
            run.answer(item.step, field.values[0] if field.values else True if field.is_ == "bool" else "2026-09-10")
        elif item.kind == "approval":
            run.judge(item.step, "approved")
        else:
            run.done(item.step)
