"""The words in which a run tells why: each sentence in English and Chinese, and the engine's own reasons in both.

Knows no runs. What the engine says of itself (why it withdrew a step, what stopped one) it says in English, as part of
the history; here such a phrase is put into words for people. A phrase that is not its own, such as what a handler
raised, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import cache

from sopflow.errors.catalogue import ENTRIES
from sopflow.program import Program

SAYS: Mapping[str, tuple[str, str]] = {
    # Why a step cannot be done now.
    "suspended": ("the run is suspended", "运行已暂停"),
    "open": ("nothing: it is open", "没有妨碍：已打开"),
    "claimed": ("nothing: it is open, and {who} has taken it", "没有妨碍：已打开，由 {who} 认领"),
    "asks": ("it waits for an answer about {fields}", "正在等待关于 {fields} 的回答"),
    "asks-of": ("it waits for an answer from {roles} about {fields}", "正在等待 {roles} 回答 {fields}"),
    "needs-data": ("it waits for data", "正在等待数据"),
    "opens-at": ("it opens at {at}", "将于 {at} 打开"),
    "resources": ("it waits for {names}", "正在等待资源 {names}"),
    "resources-of": ("it waits for {names}, held by {holders}", "正在等待资源 {names}，目前由 {holders} 占用"),
    "after": ("it waits for {steps}, after which it comes", "正在等待其前的步骤 {steps}"),
    "place": ("it waits for a place: {block} does so many at once", "正在等待空位：{block} 限制同时办理的数量"),
    "mended": ("it waits for the end of what its error began", "正在等待异常处理结束"),
    "waits": ("it waits for {what}", "正在等待{what}"),
    "something": ("it waits for something to happen", "正在等待某事发生"),
    "tried-again": ("attempt {attempt} failed; it is tried again at {at}", "第 {attempt} 次尝试失败；将于 {at} 重试"),
    "incident": ("it stands at an incident: {error}", "处于异常状态：{error}"),
    "gone": ("it went on; what it began still finishes", "已继续；其引发的步骤尚未结束"),
    "calls": ("it waits for the SOP that it calls", "正在等待所调用的 SOP"),
    "calls-open": ("it waits for the SOP that it calls; open there: {open}",
                   "正在等待所调用的 SOP；其中打开的步骤：{open}"),
    "block": ("it is open, and done when the steps in it are", "已打开；其中的步骤完成后即完成"),
    "block-open": ("it is open, and done when the steps in it are; open there: {open}",
                   "已打开；其中的步骤完成后即完成；其中打开的步骤：{open}"),
    "round": ("its next round begins at {at}", "下一轮将于 {at} 开始"),
    "more-items": ("its items are done, and more may still come", "现有条目均已完成，仍可增加条目"),
    "over": ("the run is {status} ({outcome}) and never reached it", "运行{status}（{outcome}），从未到达该步骤"),
    "queued": ("its turn in {block} has not come: so many are done at once", "尚未轮到：{block} 限制同时办理的数量"),
    "guard": ("its branch of {block} was not begun: {condition} did not hold",
              "{block} 的该分支未启动：{condition} 不成立"),
    "handler": ("nothing has begun it yet: it waits for {what}", "尚未触发：正在等待{what}"),
    "never": ("it has not been reached", "尚未到达"),
    "now": ("{why}; open now: {open}", "{why}；当前打开的步骤：{open}"),
    "nothing": ("nothing", "无"),
    "was-withdrawn": ("it was withdrawn{when}: {why}", "已{when}撤回：{why}"),
    "was-passed": ("it was passed over{when}: {condition} did not hold", "已{when}略过：{condition} 不成立"),
    "was-skipped": ("it was passed over{when} by {by}: {why}", "已由 {by} {when}跳过：{why}"),
    "was-closed": ("it was closed ({outcome}) by {by}{when}", "已由 {by} {when}关闭（{outcome}）"),
    "system": ("the system", "系统"),
    "at": (" at {at}", "于 {at} "),
    # What a step waits for.
    "message": ("the message ‘{name}’", "消息“{name}”"),
    "time": ("{at}", " {at} "),
    "no-time": ("a time that is not known yet", "尚未确定的时间"),
    "condition": ("{condition} to hold", "条件 {condition} 成立"),
    "overdue": ("{step} to be late", " {step} 逾期"),
    "error": ("an error in {step}", " {step} 发生异常"),
    "cancelled": ("{step} to be called off", " {step} 被取消"),
    "pace": ("its time to come round", "周期时间到来"),
    "or": (" or ", "或"),
    # The story of a step.
    "Opened": ("opened{role}{due}{asks}", "打开{role}{due}{asks}"),
    "role": (" for {role}", ",由 {role} 办理"),
    "due": (", due {due}", ",期限 {due}"),
    "asking": (", asking for {fields}", ",询问 {fields}"),
    "Held": ("waits until {until}", "等待至 {until}"),
    "Answered": ("{by} answered {field}: {value}", "{by} 回答 {field}：{value}"),
    "question": ("the question", "问题"),
    "assumed": (" (assumed)", "（假定）"),
    "Voted": ("{by} judged it {verdict}", "{by} 的审核结论：{verdict}"),
    "Judged": ("went ‘{result}’", "走向“{result}”"),
    "because": (" because {rule}", "，依据：{rule}"),
    "StepDone": ("{by} completed it", "由 {by} 完成"),
    "Closed": ("closed: {outcome}", "关闭：{outcome}"),
    "PassedOver": ("passed over: {condition} did not hold", "略过：{condition} 不成立"),
    "Skipped": ("{by} passed it over", "由 {by} 跳过"),
    "Withdrawn": ("withdrawn", "撤回"),
    "Overdue": ("late: it was due {due}", "逾期：期限为 {due}"),
    "Reminded": ("reminded {to}", "提醒 {to}"),
    "Told": ("told {to}", "通知 {to}"),
    "Handed": ("handed over to {to}", "移交给 {to}"),
    "Replanned": ("its deadline moved to {due}", "期限改为 {due}"),
    "Unplanned": ("it has no deadline any more", "不再有期限"),
    "Ticked": ("{by} ticked {item}", "{by} 勾选 {item}"),
    "Claimed": ("{to} took it", "由 {to} 认领"),
    "Released": ("{by} gave it back", "由 {by} 退回"),
    "Reassigned": ("{by} handed it to {to}", "由 {by} 移交给 {to}"),
    "Jumped": ("{by} moved on to {to}", "由 {by} 跳转到 {to}"),
    "Cancelled": ("{by} called it off", "由 {by} 取消"),
    "Retried": ("{by} let it try again", "由 {by} 要求重试"),
    "Failed": ("attempt {attempt} failed: {error}", "第 {attempt} 次尝试失败：{error}"),
    "again": ("; tried again at {again}", ";将于 {again} 重试"),
    "Incident": ("stopped: {error}", "停止：{error}"),
    "Granted": ("got {resources}", "获得资源 {resources}"),
    "Revoked": ("lost its resources", "失去资源"),
    "ItemAdded": ("{by} added {item}", "{by} 增加条目 {item}"),
    "ItemDropped": ("{by} dropped item {item}", "{by} 移除第 {item} 个条目"),
    "ListClosed": ("{by} closed its list", "{by} 关闭列表"),
    "ChildEnded": ("what it called ended: {outcome}", "所调用的 SOP 结束：{outcome}"),
    "Moved": ("came here from {was}, in another version", "在新版本中由 {was} 移到此处"),
    "reason": (": {why}", "：{why}"),
    "by": ("somebody", "某人"),
}  # fmt: skip

_STATUS_ZH = {"ended": "已结束", "cancelled": "已取消", "new": "尚未启动", "running": "进行中"}
_YES, _NO = ("yes", "是"), ("no", "否")


def say(lang: str, key: str, **fields: object) -> str:
    """The sentence of that key in ``lang`` ("en" or "zh")."""
    return SAYS[key][lang == "zh"].format(**fields)


def language(lang: str, program: Program) -> str:
    """``lang`` as one of "en" and "zh"; unsaid, the first language of the definition where it is one of them."""
    tag = lang or next(iter(program.languages), "")
    return "zh" if tag.partition("-")[0] == "zh" else "en"


def status(lang: str, word: str) -> str:
    """How a run stands, in one word."""
    return _STATUS_ZH.get(word, word) if lang == "zh" else word


def outcome(lang: str, word: object) -> str:
    """An outcome as it is called; but ``yes`` and ``no`` are words of every language."""
    if lang == "zh" and word in ("yes", "no"):
        return (_YES if word == "yes" else _NO)[1]
    return str(word)


def shown(lang: str, value: object, zone: tzinfo) -> str:
    """A value of a line as people write it: yes and no, ``–`` for what is unknown, instants in ``zone``."""
    match value:
        case bool():
            return (_YES if value else _NO)[lang == "zh"]
        case None:
            return "–"
        case str():
            return _local(value, zone)
        case Mapping():
            return ", ".join(f"{name} = {shown(lang, inner, zone)}" for name, inner in value.items())
        case list() | tuple():
            return "[" + ", ".join(shown(lang, inner, zone) for inner in value) + "]"
        case _:
            return str(value)


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")


def _local(text: str, zone: tzinfo) -> str:
    if not _INSTANT.fullmatch(text):
        return text
    try:
        return datetime.fromisoformat(text).astimezone(zone).isoformat()
    except (ValueError, OverflowError):
        return text


#: What the engine gives as a reason, as a pattern; the same for people in English ("": as it is) and in Chinese.
_REASONS: tuple[tuple[str, str, str], ...] = (
    (r"left", "the flow went on elsewhere", "流程已转到别处"),
    (r"jumped", "somebody moved on to another step", "有人跳转到了其他步骤"),
    (r"entered again", "its place was entered again", "同一位置再次进入"),
    (r"the block went on", "the block around it went on", "所在区块已继续"),
    (r"the run was cancelled", "", "运行已取消"),
    (r"withdrawn by the caller", "the SOP that called it took it back", "调用它的 SOP 已将其撤回"),
    (r"dropped", "its item was dropped", "所属条目已移除"),
    (r"its resources were taken away", "", "其资源已被收回"),
    (r"‘(.*)’ came", "", "“{0}”已触发"),
    (r"else", "nothing else held", "其余各项均不成立"),
    (r"the answers differ", "", "各人的回答不一致"),
    (r"answered (.*)", "the answer was {0}", "回答为 {0}"),
    (r"settled: (.*)", "the answers come to {0}", "综合结果为 {0}"),
    (r"row (\d+)", "row {0} of the table fits", "符合决策表第 {0} 行"),
    (r"requires (.*)", "it requires {0}", "要求 {0}"),
    (r"no case holds", "", "没有任何情况成立"),
    (r"no case of ‘(\w+)’ holds(?:: (.*))?", "", "“{0}”没有任何情况成立"),
    (r"no way out for (\S+) = (.*)", "", "{0} = {1} 没有对应的出口"),
    (r"no row of the table matches", "", "决策表中没有符合的行"),
    (r"table: (?P<failure>.*)", "", "决策表：{failure}"),
    (r"set ([\w.]+): (?P<failure>.*)", "{0} cannot be written: {failure}", "无法写入 {0}：{failure}"),
    (r"with ([\w.]+): (?P<failure>.*)", "{0} cannot be given: {failure}", "无法给出 {0}：{failure}"),
    (r"key: item (\d+) has none", "item {0} has no key", "第 {0} 个条目没有键"),
    (r"key: two items have the key ‘(.*)’", "two items have the key ‘{0}’", "两个条目的键同为“{0}”"),
    (r"more than (\d+) steps in a row, none of which waits", "", "连续超过 {0} 个步骤均不等待"),
    (r"timed out", "it took too long", "超时"),
    (r"called more than (\d+) times in a row", "", "连续调用超过 {0} 次"),
    (r"gave back (.*), which is neither data nor an outcome", "it gave back {0}, which is neither data nor an outcome",
     "返回了 {0}，既不是数据也不是结果"),
    (r"gave back (.*), whose outcome is no text or whose data are no map",
     "it gave back {0}, whose outcome is no text or whose data are no map",
     "返回了 {0}，其结果不是文字或其数据不是映射"),
)  # fmt: skip


def reason(lang: str, text: str) -> str:
    """A reason of the engine's in words for people; anybody else's stays as it is."""
    for pattern, english, chinese in _REASONS:
        match = re.fullmatch(pattern, text, re.DOTALL)
        if match is not None:
            template = (chinese if lang == "zh" else english) or text.replace("{", "{{").replace("}", "}}")
            return template.format(*match.groups(), failure=_failure(lang, match.groupdict().get("failure") or ""))
    return _failure(lang, text)


def _failure(lang: str, text: str) -> str:
    """What went wrong with an expression or a value, behind the expression perhaps."""
    if lang != "zh":
        return text
    condition, colon, rest = text.rpartition(": ")
    behind = _from_catalogue(rest) if colon else ""
    return _from_catalogue(text) or (f"{condition}:{behind}" if behind else text)


def _from_catalogue(text: str) -> str:
    """A sentence of the catalogue in Chinese, found by its English; "" if it is none."""
    for pattern, chinese in _sentences():
        match = pattern.fullmatch(text)
        if match is not None:
            return chinese.format_map(match.groupdict()).rstrip("。")
    return ""


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What may go wrong in an expression or with a value: the English as a pattern, and the Chinese."""
    found = []
    for code, entry in ENTRIES.items():
        english, chinese = entry.text["en"], entry.text["zh"]
        if code[3] in "37" and "[[" not in english + chinese:
            parts = re.split(r"\{(\w+)\}", english)
            names = parts[1::2]
            if len(set(names)) == len(names):
                pattern = "".join(
                    f"(?P<{part}>.*)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
                )
                found.append((re.compile(pattern, re.DOTALL), chinese))
    return tuple(found)
