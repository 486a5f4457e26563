"""Time phrases in words for readers, in English and Chinese: ``活动开始前 1 个月``.

Knows phrases only; the titles of fields, anchors, steps and calendars come from the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, assert_never

from sopflow.calendars._pace import Pace, Reminder
from sopflow.calendars._phrases import (
    WEEKDAYS,
    AnchorOffset,
    At,
    Duration,
    Nothing,
    Offset,
    On,
    Ref,
    RefKind,
    Span,
    TimePhrase,
    Unit,
    Within,
    clock_text,
)

Described: TypeAlias = TimePhrase | Reminder | Pace | Span | Duration

_NO_TITLES: Mapping[str, str] = {}
_ZH_UNITS = {
    Unit.MINUTE: "分钟", Unit.HOUR: "小时", Unit.DAY: "天", Unit.WEEK: "周", Unit.MONTH: "个月", Unit.QUARTER: "个季度",
    Unit.YEAR: "年", Unit.WORKING_DAY: "个工作日", Unit.WORKING_HOUR: "个工作小时",
}  # fmt: skip
_ZH_EACH = {Unit.MONTH: "月", Unit.QUARTER: "季度", Unit.WORKING_DAY: "个工作日", Unit.WORKING_HOUR: "个工作小时"}
_ZH_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_EN_FIXED = {RefKind.STARTED: "the start of the run", RefKind.OPENED: "opening", RefKind.DUE: "the due date"}
_ZH_FIXED = {RefKind.STARTED: "流程启动", RefKind.OPENED: "本步骤开启", RefKind.DUE: "截止"}


def describe(value: Described, lang: str = "en", *, titles: Mapping[str, str] = _NO_TITLES) -> str:
    """``value`` in plain words of ``lang`` (a BCP 47 tag; Chinese, else English).

    ``titles`` gives fields, anchors, steps and calendars the names that readers know; others show as written.
    """
    return _chinese(value, titles) if lang.lower().startswith("zh") else _english(value, titles)


def _english(value: Described, titles: Mapping[str, str]) -> str:
    def ref(of: Ref) -> str:
        named = titles.get(of.name, of.name)
        match of.kind:
            case RefKind.NAME | RefKind.DATE:
                return named
            case RefKind.OPENING | RefKind.COMPLETION:
                return f"{of.kind} of {named}"
            case _:
                return _EN_FIXED[of.kind]

    def span(of: Span) -> str:
        number = ref(of.count) if isinstance(of.count, Ref) else str(of.count)
        place = f" in {titles.get(of.calendar, of.calendar)}" if of.calendar else ""
        return f"{number} {of.unit}{'' if of.count == 1 else 's'}{place}"

    match value:
        case Nothing():
            return "no set time"
        case At(of):
            return ref(of)
        case Offset(length, direction, of):
            return f"{span(length)} {direction} {ref(of)}"
        case AnchorOffset(anchor, sign, count):
            return f"{span(Span(count, Unit.DAY))} {'after' if sign == '+' else 'before'} {ref(anchor)}"
        case On(clock, At(of)):
            return f"{clock_text(clock)} on {ref(of)}"
        case On(clock, day):
            return f"{_english(day, titles)}, at {clock_text(clock)}"
        case Within(length, of):
            return f"within {span(length)} of {ref(of or Ref(RefKind.OPENED))}"
        case Span():
            return span(value)
        case Duration(low, high, _):
            return span(value.longest) if low == high else f"{low} to {span(value.longest)}"
        case Reminder(pace, of):
            return f"{_english(pace, titles)} after {ref(of)}"
        case Pace():
            return _english_pace(value, titles)
        case _:
            assert_never(value)


def _english_pace(pace: Pace, titles: Mapping[str, str]) -> str:
    if pace.rule:
        return f"by the rule {pace.rule}"
    days = _listed([WEEKDAYS[day].capitalize() for day in pace.weekdays], ", ", " and ")
    if days and pace.unit is Unit.WEEK and pace.count == 1:
        text = f"every {days}"
    else:
        text = f"every {pace.unit}" if pace.count == 1 else f"every {pace.count} {pace.unit}s"
        text += f" in {titles.get(pace.calendar, pace.calendar)}" if pace.calendar else ""
        first = "" if pace.unit is Unit.WEEK else "the first "
        text += f" on {first}{days}" if days else ""
    return text + (f" at {clock_text(pace.clock)}" if pace.clock else "")


def _chinese(value: Described, titles: Mapping[str, str]) -> str:
    def ref(of: Ref) -> str:
        named = titles.get(of.name, of.name)
        match of.kind:
            case RefKind.NAME | RefKind.DATE:
                return named
            case RefKind.OPENING:
                return f"“{named}”开启"
            case RefKind.COMPLETION:
                return f"“{named}”完成"
            case _:
                return _ZH_FIXED[of.kind]

    def span(of: Span) -> str:
        number = ref(of.count) if isinstance(of.count, Ref) else str(of.count)
        place = f"（按{titles.get(of.calendar, of.calendar)}日历）" if of.calendar else ""
        return f"{number} {_ZH_UNITS[of.unit]}{place}"

    def offset(length: Span, word: str, of: Ref) -> str:
        # A space keeps Latin names apart from the Chinese word that follows.
        name = ref(of)
        return f"{name}{' ' if name[-1:].isascii() else ''}{word} {span(length)}"

    match value:
        case Nothing():
            return "不设时间"
        case At(of):
            return ref(of)
        case Offset(length, direction, of):
            return offset(length, "前" if direction == "before" else "后", of)
        case AnchorOffset(anchor, sign, count):
            return offset(Span(count, Unit.DAY), "后" if sign == "+" else "前", anchor)
        case On(clock, At(of)):
            return f"{ref(of)}当天 {clock_text(clock)}" if of.kind is not RefKind.DATE else f"{of} {clock_text(clock)}"
        case On(clock, day):
            return f"{_chinese(day, titles)}的 {clock_text(clock)}"
        case Within(length, of):
            return f"{offset(length, '后', of or Ref(RefKind.OPENED))}内"
        case Span():
            return span(value)
        case Duration(low, high, _):
            return span(value.longest) if low == high else f"{low} 至 {span(value.longest)}"
        case Reminder(pace, of):
            return f"{ref(of)}后{_chinese(pace, titles)}"
        case Pace():
            return _chinese_pace(value, titles)
        case _:
            assert_never(value)


def _chinese_pace(pace: Pace, titles: Mapping[str, str]) -> str:
    if pace.rule:
        return f"按规则 {pace.rule}"
    days = "、".join(_ZH_DAYS[day] for day in pace.weekdays)
    if days and pace.unit is Unit.WEEK and pace.count == 1:
        text = f"每{days}"
    else:
        each = _ZH_EACH.get(pace.unit, _ZH_UNITS[pace.unit])
        text = f"每{each}" if pace.count == 1 else f"每 {pace.count} {_ZH_UNITS[pace.unit]}"
        text += f"（按{titles.get(pace.calendar, pace.calendar)}日历）" if pace.calendar else ""
        text += ("的" if pace.unit is Unit.WEEK else "的第一个") + days if days else ""
    return text + (f" {clock_text(pace.clock)}" if pace.clock else "")


def _listed(words: list[str], comma: str, last: str) -> str:
    return last.join([comma.join(words[:-1]), words[-1]] if len(words) > 1 else words)
