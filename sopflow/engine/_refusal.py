"""Refusals inside the engine: how a check says no, and the words for why an opening does not take an input."""

from __future__ import annotations

from sopflow.errors import Problem
from sopflow.program import Op


class Refusal(Exception):
    """Ends a check; carries the refusal's word and the problem. Control flow of this room, never seen outside."""

    def __init__(self, code: str, problem: Problem) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem


def refusal(code: str, problem: str, **fields: object) -> Refusal:
    """The refusal ``code`` for the problem of the catalogue's code ``problem``."""
    return Refusal(code, Problem(problem, fields=fields))


#: Why an opening in that phase does not take an input: in English and Chinese.
WHY_NOT = {
    "asks": ("it waits for an answer", "正在等待回答"),
    "held": ("it waits for its time", "尚未到打开的时间"),
    "waits": ("it waits for something to happen", "正在等待某事发生"),
    "open": ("it is open", "已打开"),
    "incident": ("it stands at an incident", "处于异常状态"),
    "gone": ("it went on", "已继续"),
}

#: What a step of that operation is, and the call that does it: in English, Chinese, and code.
WHAT = {
    Op.WORK: ("a task", "任务", "done"),
    Op.VOTE: ("an approval", "审批", "judge"),
    Op.CHOOSE: ("a decision", "判断", "answer"),
    Op.FORK: ("a block", "区块", "the steps inside it"),
    Op.EACH: ("a block", "区块", "the steps inside it"),
    Op.GROUP: ("a block", "区块", "the steps inside it"),
    Op.REPEAT: ("a block", "区块", "the steps inside it"),
    Op.CALL: ("a call", "调用", "the steps of the SOP it calls"),
    Op.WAIT: ("a wait", "等待", "advance or message"),
    Op.EMIT: ("a message", "消息", "nothing: it is sent at once"),
    Op.STOP: ("an end", "结束", "nothing: it ends at once"),
}
