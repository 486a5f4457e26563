"""The words of what is drawn over a picture, in English and Chinese."""

from __future__ import annotations

_WORDS = {
    "done": ("done", "已完成"), "active": ("in progress", "进行中"), "asks": ("asks for data", "等待填写"),
    "held": ("waiting", "等待中"), "late": ("overdue", "逾期"), "incident": ("stopped at an incident", "异常停止"),
    "skipped": ("skipped", "已跳过"), "withdrawn": ("withdrawn", "已撤回"), "ahead": ("not reached", "未到达"),
    "taken": ("way taken", "已走路径"), "times": ("{n} times", "共 {n} 次"), "round": ("round {n}", "第 {n} 轮"),
    "items": ("{n} of {of} done", "已完成 {n}/{of}"), "done-by": ("done by {who}", "由 {who} 完成"),
    "with": ("with {who}", "在 {who} 处"), "since": ("since {at}", "开始于 {at}"), "due": ("due {at}", "期限 {at}"),
    "was-late": ("was overdue", "曾逾期"), "opens": ("opens {at}", "开启于 {at}"),
    "outcome": ("outcome: {text}", "结果：{text}"), "why": ("why: {text}", "原因：{text}"),
    "needs": ("asks for {text}", "需要填写 {text}"), "waits": ("waits for {text}", "等待 {text}"),
    "run": ("Run: {text}", "运行：{text}"), "new": ("not started", "未开始"), "running": ("running", "进行中"),
    "suspended": ("suspended", "已暂停"), "ended": ("ended", "已结束"), "cancelled": ("cancelled", "已取消"),
    "from": ("from {at}", "自 {at}"), "now": ("now {at}", "现为 {at}"), "until": ("until {at}", "至 {at}"),
    "steps": ("{n} of {of} steps", "{n}/{of} 个步骤"),
    "count": ("{n} {text}", "{n} 项{text}"),
    "errors": ("errors: {n}", "错误：{n}"), "warnings": ("warnings: {n}", "警告：{n}"),
    "infos": ("notes: {n}", "提示：{n}"),
    "error": ("error", "错误"), "warning": ("warning", "警告"), "info": ("note", "提示"),
    "trace": ("how one gets there", "到达该处的路径"), "fine": ("No findings", "没有发现问题"),
    "accepted": ("accepted: {text}", "已接受：{text}"),
    "mend": ("mend: {text}", "改法：{text}"),
    "added": ("added", "新增"), "removed": ("removed", "删除"), "changed": ("changed", "修改"),
    "same": ("No difference", "没有差异"), "against": ("Changes from {old} to {new}", "从 {old} 到 {new} 的变化"),
    "step": ("Step ‘{name}’", "步骤“{name}”"), "way": ("Way ‘{a}’ → ‘{b}’", "路径“{a}” → “{b}”"),
    "moved": ("{what}: {old} → {new}", "{what}：{old} → {new}"), "gained": ("{what}: + {new}", "{what}：新增 {new}"),
    "lost": ("{what}: − {old}", "{what}：删去 {old}"), "nothing": ("none", "无"),
    "title": ("title", "标题"), "id": ("id", "标识"), "who": ("who", "负责人"), "deadline": ("deadline", "期限"),
    "opening": ("opens", "开启时间"), "if": ("condition", "条件"), "optional": ("optional", "可选"),
    "kind": ("kind", "类型"), "checklist": ("checklist", "清单"), "standards": ("standards", "标准"),
    "evidence": ("evidence", "凭证"), "form": ("form", "表单"), "until-what": ("until", "结束条件"),
    "pace": ("rhythm", "节奏"), "rounds": ("rounds at most", "最多轮数"), "calls": ("calls", "调用"),
    "remind": ("reminders", "提醒"), "escalate": ("escalations", "升级"), "place": ("stands in", "所在位置"),
    "phase": ("phase", "阶段"), "label": ("words on the way", "路径文字"), "need": ("how many must agree", "所需人数"),
    "question": ("how it is decided", "判断方式"), "asks-what": ("asks", "询问内容"),
    "run-by": ("done by program", "自动处理"),
    "rest": ("other details", "其他细节"),
}  # fmt: skip


def say(name: str, lang: str, **fields: object) -> str:
    """The words of that name; a name that is none of ours, as it is."""
    en, zh = _WORDS.get(name, (name, name))
    text = zh if lang.startswith("zh") else en
    return text.format_map(fields) if fields else text


_MOST = 600  # characters of a text that comes from outside: more than anybody reads in a picture


def clean(text: str) -> str:
    """``text`` on one line, without what an XML file cannot hold or a reader cannot see (controls, lone surrogates)."""
    text = text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text).strip()
