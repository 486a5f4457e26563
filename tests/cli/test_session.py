"""`sopflow run` on a terminal: what is open is shown, asked and done; commands stand beside it."""

import os
import select
import sys
import time
from importlib import import_module

import pytest

AT = ("--at", "2026-03-02T09:00")


@pytest.fixture
def sit(sopflow, monkeypatch):
    """Play at a terminal: each of ``said`` is a line that the person types."""
    monkeypatch.setattr(import_module("sopflow.cli.run"), "_is_interactive", lambda *_, **__: True)

    def play(*args, said):
        return sopflow("run", *args, *AT, input="".join(f"{line}\n" for line in said))

    return play


def test_a_whole_run_by_answering(sit, post):
    """Enter does what is next: who one is is asked once a role, then the checklist, the question, the verdict."""
    result = sit(post, said=["", "li", "", "", "no", "", ""])
    assert result.code == 0
    assert result.out.count("Who are you (Writer)?") == 1
    assert "[ ] 1  Sources" in result.out
    assert "done       Write it · li" in result.out
    assert "Sensitive? no · li" in result.out
    assert "Finished: done" in result.out


def test_open_work_shows_role_and_deadline(sit, post):
    """Also how far away it is."""
    out = sit(post, said=["q"]).out
    assert "Writer" in out
    assert "2026-03-03 Tue 09:00 (tomorrow)" in out or "(in 24 hours)" in out


def test_an_approval_takes_a_verdict_and_a_reason(sit, post):
    """Choices by number, name or unique beginning; people of a role are shown."""
    result = sit(post, said=["", "li", "", "", "yes", "review", "zh", "ref", "too long", "q"])
    assert "  wang" in result.out
    assert "verdict    Review: refused (too long) · zhao" in result.out
    assert "open       Write it" in result.out.rpartition("verdict")[2]


@pytest.mark.parametrize("answer", ["maybe", "5", "?"])
def test_a_wrong_answer_is_told_and_asked_again(sit, post, answer):
    """It says what may be answered; ? shows help."""
    assert "Sensitive? yes" in sit(post, said=["", "li", "", "", answer, "yes", "q"]).out


def test_a_refusal_is_told_and_who_it_is_asked_again(sit, post):
    """Nothing has changed, and one may come back as somebody else."""
    result = sit(post, said=["", "editor", "", "", "li", "", "q"])
    assert "may not do ‘write’" in result.out
    assert "done       Write it · li" in result.out


def test_part_of_a_checklist_is_noted(sit, post):
    """The step stays open until all of it is done."""
    result = sit(post, said=["", "li", "1", "", "2", "q"])
    assert result.out.count("tick       Write it") == 2
    assert "the step stays open" in result.out


def test_a_form_is_checked_field_by_field(sit, write):
    """Type, limits and defaults are shown; a wrong value is told and asked again; what may stay empty may."""
    sop = write(
        "small.sop.yaml",
        "sopflow: 1\nid: small\nversion: 1.0.0\ntitle: Small\nlanguages: [en]\nroles: {w: W}\n"
        "data: {n: {is: int, min: 2, title: How many}, when: date, e: [red, green], free: bool, tags: list of string}\n"
        "steps:\n  a: {task: A, by: w, form: [n, when, e, free, 'tags?'], evidence: [{is: link, title: Link}],\n"
        "    outcomes: [good, bad], next: {good: end, bad: a}}\n",
    )
    said = ["", "", "many", "1", "3", "2026-02-30", "2026-03-04", "2", "y", "", "https://example.org", "g"]
    result = sit(sop, "--set", "n=4", said=said)
    assert "How many · n (int) [4]" in result.out
    assert "is no int" in result.out
    assert "is too small" in result.out
    assert "is no date" in result.out
    assert "done       A: good [n = 3, when = 2026-03-04, e = green, free = true]" in result.out


def test_commands_beside_the_work(sit, post):
    """help, why, wait, set, data, message, history, skip, cancel: each does what it says."""
    said = [
        "?", "why write", "why-not publish", "wait 2 days", "set post.on=2026-03-09", "set post.no=1", "data",
        "message recall",
        "high", "message recal", "history", "skip write", "not needed", "nonsense", "cancel", "enough",
    ]  # fmt: skip
    out = sit(post, said=said).out
    for part in (
        "wait 3 days", "opened for writer", "it has not been reached", "Now: 2026-03-04 Wed 09:00",
        "LATE       Write it",
        "post.on = 2026-03-09", "‘post.no’ is not a field", "message    recall [level = high]", "did you mean ‘recall’",
        "pass over  Write it (not needed)", "‘nonsense’ is no open step", "cancel", "Finished: cancelled",
    ):  # fmt: skip
        assert part.lower() in out.lower(), part


def test_when_nothing_is_open_enter_lets_time_pass(sit, post):
    """It says when something opens, and goes there."""
    result = sit(
        post, "--set", "post.on=2026-03-09", "--set", "post.sensitive=no", said=["", "li", "", "", "publish", "", "q"]
    )
    assert "WAITING" in result.out
    assert "2026-03-09 Mon 00:00  open       Publish" in result.out


def test_q_and_the_end_of_input_leave_with_a_summary(sit, post):
    """The open work once more, and exit code 0."""
    for said in (["q"], [], ["", "q", "q"]):
        result = sit(post, said=said)
        assert result.code == 0
        assert result.out.rstrip().rpartition("\n")[2].startswith("Write it")


def test_it_speaks_chinese(sit, post):
    """Questions, words and titles."""
    out = sit(post, "--lang", "zh", said=["", "li", "", "", "是", "q"]).out
    for part in ("您是谁（撰稿人）？", "哪些已完成？", "是否敏感 是 · li"):
        assert part in out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in the standard library")
def test_on_a_real_terminal(post):
    """A pseudo-terminal: rich draws, Ctrl-C goes back from a question and then leaves, nothing ends in a traceback."""
    keys = [
        ("> ", "\r"), ("[writer]: ", "li\r"), ("[all]: ", "\x03"), ("done.\x1b[0m\r\n> ", "wait 1 day\r"),
        ("09:00\x1b[0m\r\n> ", "\x03"),
    ]  # fmt: skip
    out, code = _at_a_terminal(["run", post, *AT], keys)
    assert code == 0
    assert "Who are you (Writer)?" in out
    assert "Nothing has been done." in out
    assert "Now: 2026-03-03 Tue 09:00" in out
    assert "\x1b[" in out
    assert "Traceback" not in out


def _at_a_terminal(args, keys):
    """What stands on a terminal after keys were typed, each where its text stood last; and the exit code."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LANG="en_US.UTF-8", COLUMNS="100")
        os.environ.pop("LC_ALL", None)
        os.environ.pop("NO_COLOR", None)
        os.execv(sys.executable, [sys.executable, "-m", "sopflow", *args])
    out = ""
    for shown, key in [*keys, ("", "")]:
        until = time.monotonic() + 30
        while time.monotonic() < until and not (shown and out.endswith(shown)):
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    out += os.read(terminal, 65536).decode("utf-8", "replace")
                except OSError:  # the other side has closed it
                    break
        time.sleep(0.3)  # a signal that comes between the prompt and the reading would be heard at the next line only
        os.write(terminal, key.encode())
    return out, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
