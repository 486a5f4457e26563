"""Registered handlers in memory: `run:` tasks are done at once by what stands ready for them."""

from types import SimpleNamespace

import pytest
from playbook import program, shanghai

import sopflow
from sopflow.engine import replay
from sopflow.runtime import Call, Result

NINE = "2026-03-02T09:00"
SEND = program("""
    roles: {clerk: Clerk}
    data: {to: string, sent: bool, tries: int}
    steps:
      write: {task: Write, by: clerk, form: [to]}
      send:
        task: Send
        run: mailer
        with: {to: = to}
        retry: {times: 2, wait: 10 minutes, factor: 3}
        outcomes: [good, bad]
        next: {good: file, bad: write}
      file: {task: File}
""")


def steps(run):
    """The paths of what is open."""
    return [item.step for item in run.open]


def events(run, name):
    """The lines of the history of that name."""
    return [line for line in run.history if line["event"] == name]


def test_a_handler_is_told_what_it_needs_and_its_answer_is_the_steps():
    """Name, input, attempt, the step's path and the run; what it gives back is outcome and data."""
    calls = []

    def mailer(call):
        calls.append(call)
        return Result("good", {"sent": True})

    run = sopflow.Run(SEND, at=NINE, handlers={"mailer": mailer})
    run.done("write", data={"to": "li"})
    (call,) = calls
    assert (call.name, dict(call.input), call.attempt, call.step, call.run) == ("mailer", {"to": "li"}, 1, "send", run)
    assert steps(run) == ["file"]
    assert run.data["sent"] is True
    assert replay(SEND, run.events) == run.state


@pytest.mark.parametrize(
    "given",
    [
        SimpleNamespace(outcome="good", data={"sent": True}),
        SimpleNamespace(data={"sent": True}),
        Result(data={"sent": True}),
    ],
)
def test_what_a_handler_may_give_back(given):
    """Anything that has an outcome or data; without an outcome it is the step's ordinary one."""
    p = program("data: {sent: bool}\nsteps: {send: {task: S, run: mailer, outcomes: [good], next: {good: end}}}")
    outcome = getattr(given, "outcome", None)
    if outcome is None:
        p = program("data: {sent: bool}\nsteps: {send: {task: S, run: mailer}}")
    run = sopflow.Run(p, handlers={"mailer": lambda _: given})
    assert (run.finished, run.data["sent"]) == (True, True)


@pytest.mark.parametrize("given", [{"ok": True}, Result(result={"ok": True})])
def test_a_map_is_the_result_that_the_step_reads(given):
    """`result` in the step's `set`; a name that it lacks is an incident."""
    p = program("data: {sent: bool}\nsteps: {send: {task: S, run: mailer, set: {sent: = result.ok}}}")
    assert sopflow.Run(p, handlers={"mailer": lambda _: given}).data["sent"] is True
    run = sopflow.Run(p, handlers={"mailer": lambda _: {}})
    assert [item.phase for item in run.open] == ["incident"]


def test_nothing_will_do():
    """A handler that gives back None has done the step."""
    assert sopflow.Run(program("steps: {send: {task: S, run: mailer}}"), handlers={"mailer": lambda _: None}).finished


def test_without_a_handler_it_is_work_for_people():
    """The step is open, says which handler might do it, and its failure can be told by hand."""
    run = sopflow.Run(SEND, {"to": "li"}, at=NINE, handlers={"other": lambda _: None})
    run.done("write")
    assert [(item.step, item.handler) for item in run.open] == [("send", "mailer")]
    assert run.open[0].as_data()["handler"] == "mailer"
    run.failed("send", "no answer")
    assert "tried again at 2026-03-02T09:10" in run.why_not("send")
    with pytest.raises(sopflow.Refused) as refused:
        run.failed("send", "no answer", attempt=1)
    assert refused.value.code == "stale"
    run.done("send", outcome="good")
    assert steps(run) == ["file"]


def test_an_exception_is_a_failure_and_the_run_goes_on():
    """It is tried again as `retry` says, and then stands at an incident, with the handler's words."""

    def broken(call):
        raise OSError(f"attempt {call.attempt}: no route")

    run = sopflow.Run(SEND, {"to": "li"}, at=NINE, handlers={"mailer": broken})
    run.done("write")
    run.advance(to="2026-03-03")
    assert [(line["attempt"], line["error"], line.get("again")) for line in events(run, "Failed")] == [
        (1, "OSError: attempt 1: no route", "2026-03-02T09:10:00+08:00"),
        (2, "OSError: attempt 2: no route", "2026-03-02T09:40:00+08:00"),
        (3, "OSError: attempt 3: no route", None),
    ]
    assert [(item.step, item.phase, item.error) for item in run.open] == [
        ("send", "incident", "OSError: attempt 3: no route")
    ]
    assert events(run, "Incident")[0]["error"] == "OSError: attempt 3: no route"
    assert "attempt 3 failed: OSError" in run.why("send")
    assert "第 3 次尝试失败" in run.why("send", lang="zh")


@pytest.mark.parametrize(
    "given",
    [3, "good", SimpleNamespace(outcome=3), Result("excellent"), Result(data={"nothing": 1}), Result(data={"to": 7})],
)
def test_an_answer_that_does_not_fit_is_a_failure(given):
    """Neither a result nor an outcome, an outcome or a field that is not there, a value of a wrong type."""
    p = program("data: {to: string}\nsteps: {send: {task: S, run: mailer}, z: {task: Z}}")
    run = sopflow.Run(p, handlers={"mailer": lambda _: given})
    assert [(item.step, item.phase) for item in run.open] == [("send", "incident")]
    assert run.open[0].error
    run.retry("send")
    assert [item.phase for item in run.open] == ["incident"]


def test_a_long_chain_of_handlers_is_not_too_long():
    """Work goes through a list, not through Python's stack."""
    many = 3_000
    tasks = "\n".join(f"      s-{number}: {{task: S, run: work}}" for number in range(many))
    calls = []
    run = sopflow.Run(program(f"\n    steps:\n{tasks}\n"), handlers={"work": calls.append})
    assert run.finished
    assert len(calls) == many


def test_a_circle_that_no_person_has_a_part_in_stops_at_an_incident():
    """Handlers that lead to each other for ever are stopped, and a person must look at it."""
    p = program("steps: {a: {task: A, run: work}, b: {task: B, run: work, next: a}}")
    run = sopflow.Run(p, handlers={"work": lambda _: None})
    assert [item.phase for item in run.open] == ["incident"]
    assert "10000" in run.open[0].error


def test_a_handler_may_act_on_the_run():
    """What it does there happens before its own answer counts; a step that it has ended is not ended again."""
    p = program("data: {n: int}\nsteps: {send: {task: S, run: mailer}, z: {task: Z}}")

    def mailer(call: Call):
        call.run.set({"n": 1})
        call.run.skip("send", why="not needed")

    run = sopflow.Run(p, handlers={"mailer": mailer})
    assert (steps(run), run.data) == (["z"], {"n": 1})


def test_handlers_of_called_runs_and_of_items():
    """The path that a handler is told goes through calls and items."""
    p = program(
        "data: {towns: list of string}\n"
        "steps: {each: {for-each: towns, as: town, steps: {go: {call: child, with: {town: = town}}}}, z: {task: Z}}",
        child="data: {town: string}\nsteps: {send: {task: S, run: mailer, with: {to: = town}}}",
    )
    told = []
    run = sopflow.Run(
        p, {"towns": ["Wien", "Graz"]}, handlers={"mailer": lambda call: told.append((call.step, call.input["to"]))}
    )
    assert told == [("each[1].go.send", "Wien"), ("each[2].go.send", "Graz")]
    assert steps(run) == ["z"]


def test_a_step_that_was_withdrawn_meanwhile_is_not_begun():
    """What an event asks for is done only where it is still wanted."""
    p = program(
        """
        steps:
          f:
            parallel: F
            join: first
            branches: {a: {task: A, run: mailer}, b: {call: child}, c: {task: C, run: other}}
          z: {task: Z}
        """,
        child="steps: {x: {task: X}}",
    )
    called = []
    run = sopflow.Run(p, handlers={"mailer": lambda _: None, "other": called.append})
    assert (steps(run), called) == (["z"], [])
    assert [line for line in run.history if str(line.get("step", "")).startswith("f.b.")] == []


def test_a_timeout_and_a_late_answer():
    """An attempt that took too long has failed; what is said of it later is not wanted."""
    p = program("""
        steps: {a: {task: A, run: x, timeout: within 5 minutes, retry: {times: 1, wait: 1 hour}}, z: {task: Z}}
    """)
    run = sopflow.Run(p, at=NINE)
    run.advance(to="2026-03-02T09:30")
    assert events(run, "Failed")[0]["again"] == "2026-03-02T10:05:00+08:00"
    run.advance(to="2026-03-02T10:05")
    with pytest.raises(sopflow.Refused):
        run.failed("a", "late", attempt=1)
    run.done("a", at="2026-03-02T10:06")
    assert steps(run) == ["z"]
    assert run.at == shanghai("2026-03-02T10:06")


def test_a_handler_that_is_broken_off_leaves_the_rest_to_be_done():
    """Ctrl-C is no failure of the handler: the step stays open, and the rest is done with the next input."""
    p = program(
        "steps: {f: {parallel: F, branches: {a: {task: A, run: slow}, b: {call: child}}}, z: {task: Z}}",
        child="steps: {x: {task: X}}",
    )

    def slow(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sopflow.Run(p, handlers={"slow": slow})
    go = program(
        "steps: {s: {task: S}, f: {parallel: F, branches: {a: {task: A, run: slow}, b: {call: child}}}, z: {task: Z}}",
        child="steps: {x: {task: X}}",
    )
    run = sopflow.Run(go, handlers={"slow": slow})
    with pytest.raises(KeyboardInterrupt):
        run.done("s")
    run.done("f.a")
    assert steps(run) == ["f.b.x"]
