"""The functions that a definition's expressions may call beside the standard ones: those of its calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sopflow import expr
from sopflow.calendars import MONDAY_TO_FRIDAY, Calendar, in_hours


def functions(calendars: Mapping[str, Calendar], default: Calendar | None) -> dict[str, expr.Function]:
    """``working_days_between(a, b)`` by the default calendar, and ``in_hours(CALENDAR)`` at the present moment."""
    standard = default or MONDAY_TO_FRIDAY

    def between(a: date, b: date) -> int:
        return standard.working_days_between(_day(a), _day(b))

    def at_work(now: datetime, name: str) -> bool:
        return in_hours(calendars[name], now)

    return {
        "working_days_between": expr.Function("working_days_between", (expr.DATE, expr.DATE), expr.INT, between),
        "in_hours": expr.Function("in_hours", (expr.EnumType(tuple(calendars)),), expr.BOOL, at_work, reads=("now",)),
    }


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
