"""Dates and times in words: the day with its weekday, and how far away it is."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}


def when(value: date | datetime, lang: str, zone: tzinfo) -> str:
    """``2026-08-27 Thu``, and the clock in ``zone`` where it is an instant."""
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{local.date().isoformat()} {_DAYS[lang][local.weekday()]} {local:%H:%M}"
    return f"{value.isoformat()} {_DAYS[lang][value.weekday()]}"


def parsed(text: str) -> date | datetime:
    """A date or an instant from the ISO 8601 that a history has."""
    return date.fromisoformat(text) if len(text) == len("2026-08-27") else datetime.fromisoformat(text)


def away(value: date | datetime, now: datetime | None, lang: str, zone: tzinfo) -> str:
    """How far away it is: ``in 3 days``, ``today``, ``2 days ago``; hours within a day; "" without a clock."""
    if now is None:
        return ""
    if isinstance(value, datetime) and abs(value - now).days < 1:
        minutes = round((value - now).total_seconds() / 60)
        count, unit = (minutes, "minute") if abs(minutes) < 60 else (round(minutes / 60), "hour")
        return _counted(count, unit, lang) if count else {"en": "now", "zh": "现在"}[lang]
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    days = (day - now.astimezone(zone).date()).days
    if days in (-1, 0, 1):
        return {"en": ("yesterday", "today", "tomorrow"), "zh": ("昨天", "今天", "明天")}[lang][days + 1]
    if abs(days) < 21:
        return _counted(days, "day", lang)
    if abs(days) < 70:
        return _counted(round(days / 7), "week", lang)
    return _counted(round(days / 30.4), "month", lang)


def _counted(count: int, unit: str, lang: str) -> str:
    if lang == "zh":
        name = {"minute": "分钟", "hour": "小时", "day": "天", "week": "周", "month": "个月"}[unit]
        return f"{abs(count)} {name}{'后' if count > 0 else '前'}"
    words = f"{abs(count)} {unit}{'' if abs(count) == 1 else 's'}"
    return f"in {words}" if count > 0 else f"{words} ago"
