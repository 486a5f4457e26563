"""The functions that a definition's expressions may call beside the standard ones: those of its calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sopflow import expr
from sopflow.calendars import Calendar, WeekCalendar, in_hours


def functions(calendars: Mapping[str, Calendar]) -> dict[str, expr.Function]:
    """``working_days_between(a, b)``, with the calendar ``c`` as a third argument where one is named."""
    standard = next(iter(calendars.values()), None) or WeekCalendar()

    def between(a: date, b: date) -> int:
        return standard.working_days_between(_day(a), _day(b))

    return {
        "working_days_between": expr.Function("working_days_between", (expr.DATE, expr.DATE), expr.INT, between),
    }


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


__all__ = ["functions", "in_hours"]
