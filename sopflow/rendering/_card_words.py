"""The words of cards, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Words: TypeAlias = Mapping[str, tuple[str, str]]

#: What is told of a step.
TOLD: Words = {
    "who": ("Who", "负责"), "may": ("may also do it", "也可由"), "tell": ("is told", "知会"),
    "not-by": ("not whoever did", "不得由该步骤执行人承担"), "same-by": ("the same as did", "须由该步骤执行人承担"),
    "all": ("all of them", "全部"), "any": ("any of them", "任一"), "votes": ("{n} of {of}", "{of} 人中 {n} 人"),
    "auto": ("done by a program", "自动执行"),
    "when": ("When", "时间"), "opens": ("opens", "开启"), "due": ("due", "期限"), "remind": ("reminder", "提醒"),
    "escalate": ("escalation", "升级"), "told": ("{who} is told", "知会{who}"),
    "handed": ("handed over to {who}", "移交{who}"), "duration": ("takes", "用时"), "timeout": ("at most", "最长"),
    "after": ("after", "在其后"), "latest": ("the latest of", "取最晚"),
    "earliest": ("the earliest of", "取最早"),
    "asks": ("What it asks", "询问内容"), "question": ("question", "问题"), "field": ("field", "字段"),
    "rule": ("How it is decided", "判断规则"), "if": ("if", "如果"), "else": ("otherwise", "其他情况"),
    "any-row": ("in any case", "任何情况"), "people-decide": ("People decide", "由人判断"),
    "waits": ("What it waits for", "等待"), "items": ("For each of", "逐项"), "until": ("until", "直到"),
    "every": ("every round", "每轮"), "most": ("rounds at most", "最多轮数"), "rounds": ("Rounds", "循环"),
    "calls": ("Calls", "调用"), "detached": ("does not wait for its end", "不等待其结束"),
    "sends": ("Sends", "发送"), "join": ("Goes on", "汇合"),
    "join-all": ("when all branches are done", "所有分支完成后"),
    "join-first": ("when the first branch is done", "任一分支完成后"),
    "join-some": ("when {n} branches are done", "{n} 个分支完成后"),
    "conditions": ("Conditions", "条件"), "only-if": ("only if", "仅当"), "optional": ("may be left out", "可选"),
    "optional-if": ("may be left out if", "以下情况可选"), "while": ("as long as", "仅限于"),
    "requires": ("needs before", "开始前须"), "ensures": ("holds after", "完成后须"),
    "holds": ("has to itself", "独占资源"),
    "checklist": ("Checklist", "清单"), "standards": ("Standards", "标准"), "materials": ("Materials", "材料"),
    "form": ("Fields to fill in", "填写内容"), "may-stay-empty": ("may stay empty", "可不填"),
    "evidence": ("Evidence", "凭证"), "sets": ("Sets", "自动记录"), "note": ("Note", "说明"),
    "inferred": ("Our reading", "我们的解读"), "sources": ("Sources", "来源"),
    "roles": ("Roles", "角色"), "papers": ("Written from", "依据文件"),
    "bool": ("yes or no", "是或否"), "int": ("number", "整数"), "decimal": ("number", "数字"),
    "string": ("text", "文字"), "text": ("long text", "长文字"), "date": ("date", "日期"), "time": ("time", "时刻"),
    "datetime": ("date and time", "日期和时间"), "duration-field": ("length of time", "时长"), "link": ("link", "链接"),
    "file": ("file", "文件"), "person": ("person", "人员"), "list": ("list", "列表"), "record": ("record", "记录"),
    "done": ("‘{step}’", "“{step}”"), "answer": ("the answer of ‘{step}’", "“{step}”的答案"),
    "verdict": ("the verdict of ‘{step}’", "“{step}”的结论"), "outcome": ("the outcome of ‘{step}’", "“{step}”的结果"),
}  # fmt: skip
#: What sort of step a card is of.
KINDS: Words = {
    "start": ("Start", "开始"), "task": ("Task", "任务"), "decision": ("Decision", "判断"),
    "approval": ("Approval", "审批"), "fork": ("Side by side", "并行"), "join": ("Side by side", "并行"),
    "each": ("For each item", "逐项"), "until": ("Rounds", "循环"), "wait": ("Wait", "等待"), "emit": ("Send", "发送"),
    "call": ("Other SOP", "其他 SOP"), "sheet": ("Part on its own sheet", "另页展开"),
    "event": ("When it happens", "发生时"), "end": ("End", "结束"), "goto": ("Goes on elsewhere", "转至他处"),
    "group": ("Group", "组"), "repeat": ("Rounds", "循环"), "phase": ("Phase", "阶段"),
}  # fmt: skip
#: Where it leads, and what is drawn over it.
WAYS: Words = {
    "sop": ("Definition", "流程定义"), "out": ("Leads to", "去向"), "in": ("Comes from", "来自"),
    "drawn": ("Drawn on its own sheet", "另页展开于"), "joins": ("where {to} joins", "{to}汇合处"),
    "run": ("How it stands", "运行情况"), "findings": ("Findings", "检查结果"), "diff": ("Changes", "变化"),
}  # fmt: skip


def in_words(words: Words, name: str, lang: str, **fields: object) -> str:
    """One of ``words``; a name that is none of them, as it is."""
    en, zh = words.get(name, (name, name))
    said = zh if lang.startswith("zh") else en
    return said.format_map(fields) if fields else said
