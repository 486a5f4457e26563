"""`run`: work of a registered handler, tried again where it fails."""

from playbook import Playbook, done, fails, fires, program, retry, shanghai

from sopflow.engine import effects as fx

SEND = """
    data: {to: string}
    steps:
      send: {task: Send, run: mailer, with: {to: = to}, retry: {times: 2, wait: 10 minutes, factor: 3}}
      file: {task: File}
"""
NINE = shanghai("2026-03-02T09:00")


def calls(play):
    """The attempts that the last event asked for."""
    return [(call.name, call.attempt) for call in play.effects if isinstance(call, fx.CallHandler)]


def test_a_handler_is_called_with_its_input():
    """What `with` says is worked out when the step opens."""
    play = Playbook(program(SEND), {"to": "li"})
    assert [call for call in play.effects if isinstance(call, fx.CallHandler)] == [
        fx.CallHandler(1, "mailer", {"to": "li"}, 1)
    ]
    (play >> done("send")).stands("file")


def test_it_is_tried_again_after_a_wait_that_grows():
    """`times` more attempts; then a person must look at it."""
    play = Playbook(program(SEND), {"to": "li"}, at=NINE) >> fails("send", 1) << "send failed, again 2026-03-02 09:10"
    play >> fires("send", "retry")
    assert calls(play) == [("mailer", 2)]
    play >> fails("send", 2) << "send failed, again 2026-03-02 09:40"
    play >> fires("send", "retry")
    play >> fails("send", 3) << "send failed" << "send stopped"
    assert play.opening("send").error == "no answer"


def test_a_person_may_ask_for_another_try():
    """Then the attempts count from there."""
    play = Playbook(program(SEND.replace("times: 2", "times: 1")), {"to": "li"})
    play >> fails("send", 1) >> fails("send", 2) << "send failed" << "send stopped"
    play >> retry("send")
    assert calls(play) == [("mailer", 3)]
    play >> fails("send", 3) << "send failed"
    (play >> done("send")).stands("file")


def test_only_the_attempt_that_runs_may_fail():
    """What an earlier attempt says later is not wanted any more."""
    play = Playbook(program(SEND), {"to": "li"}, at=NINE) >> fails("send", 2) << "refused: stale"
    play >> fails("send", 1)
    play >> fails("send", 1) << "refused: stale"
    play >> done("file") << "refused: not-open"


def test_without_retry_a_failure_is_an_incident():
    """Nothing is tried again behind people's backs."""
    play = Playbook(program("steps: {a: {task: A, run: x}}")) >> fails("a", 1) << "a failed" << "a stopped"
    play.stands("a")


def test_an_attempt_that_takes_too_long_is_called_off():
    """`timeout` counts from the attempt, each of them."""
    play = Playbook(
        program("steps: {a: {task: A, run: x, retry: {times: 1, wait: 1 hour}, timeout: within 5 minutes}}"), at=NINE
    )
    play >> fires("a", "timeout", "2026-03-02T09:05") << "a failed, again 2026-03-02 10:05"
    assert fx.CancelHandler(1) in play.effects
    play >> fires("a", "retry")
    assert play.state.timers[1, "timeout"] == shanghai("2026-03-02T10:10")
    play >> fires("a", "timeout") << "a failed" << "a stopped"


def test_a_handler_is_told_when_it_is_not_wanted_any_more():
    """The step is withdrawn: so is the call."""
    play = Playbook(
        program("""
            steps:
              f: {parallel: F, join: first, branches: {a: {task: A, run: x}, b: {task: B}}}
        """)
    )
    play >> done("f.b")
    assert [type(effect) for effect in play.effects if isinstance(effect, fx.CancelHandler)] == [fx.CancelHandler]


def test_an_error_handler_may_take_over():
    """`on: error` runs when the last attempt has failed."""
    play = Playbook(program("steps: {a: {task: A, run: x, on: {error: {task: Do it by hand}}}}"))
    (play >> fails("a", 1)).stands("a", "a.error")


def test_what_a_handler_gives_back_can_be_read():
    """`result` in the step's `set`; a name that it lacks is an incident."""
    p = program("""
        data: {sent: int}
        steps: {a: {task: A, run: x, set: {sent: = result.ok}}, z: {task: Z}}
    """)
    play = Playbook(p) >> done("a", result={"ok": 7})
    play.stands("z")
    assert dict(play.state.data) == {"sent": 7}
    play = Playbook(p) >> done("a", result={"okay": 7}) << "a stopped"
    play = Playbook(p) >> done("a", data={"sent": 3})
    assert dict(play.state.data) == {"sent": 3}, "who does it by hand hands in the data"
