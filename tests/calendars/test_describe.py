"""Phrases in words for readers, in English and Chinese."""

import pytest

from sopflow.calendars import describe, parse_duration, parse_pace, parse_reminder, parse_time

EN = {
    "event.start": "the event's start",
    "N": "the event's end",
    "office": "the office",
    "write-plan": "Writing",
}
ZH = {"event.start": "活动开始", "N": "活动结束", "office": "办公室", "write-plan": "撰写方案"}


@pytest.mark.parametrize(
    ("read", "text", "english", "chinese"),
    [
        (parse_time, "1 month before event.start", "1 month before the event's start", "活动开始前 1 个月"),
        (parse_time, "N+X", "X days after the event's end", "活动结束后 X 天"),
        (parse_time, "T-30", "30 days before T", "T 前 30 天"),
        (parse_time, "event.start", "the event's start", "活动开始"),
        (parse_time, "18:00 on event.start", "18:00 on the event's start", "活动开始当天 18:00"),
        (parse_time, "18:00 on 2026-03-31", "18:00 on 2026-03-31", "2026-03-31 18:00"),
        (parse_time, "18:00 on 1 day before event.start",
         "1 day before the event's start, at 18:00", "活动开始前 1 天的 18:00"),
        (parse_time, "within 48 hours", "within 48 hours of opening", "本步骤开启后 48 小时内"),
        (parse_time, "within 2 weeks of started", "within 2 weeks of the start of the run", "流程启动后 2 周内"),
        (parse_time, "3 working days in office after completion of write-plan",
         "3 working days in the office after completion of Writing",
         "“撰写方案”完成后 3 个工作日（按办公室日历）"),
        (parse_time, "1 day after due", "1 day after the due date", "截止后 1 天"),
        (parse_time, "none", "no set time", "不设时间"),
        (parse_reminder, "every 2 days after due", "every 2 days after the due date", "截止后每 2 天"),
        (parse_pace, "day at 18:00", "every day at 18:00", "每天 18:00"),
        (parse_pace, "monday, wednesday, friday", "every Monday, Wednesday and Friday", "每周一、周三、周五"),
        (parse_pace, "2 weeks on monday", "every 2 weeks on Monday", "每 2 周的周一"),
        (parse_pace, "month on monday at 09:00", "every month on the first Monday at 09:00", "每月的第一个周一 09:00"),
        (parse_pace, "quarter", "every quarter", "每季度"),
        (parse_pace, "2 months", "every 2 months", "每 2 个月"),
        (parse_pace, "working day in office", "every working day in the office", "每个工作日（按办公室日历）"),
        (parse_pace, "RRULE:FREQ=DAILY", "by the rule FREQ=DAILY", "按规则 FREQ=DAILY"),
        (parse_duration, "1..2 weeks", "1 to 2 weeks", "1 至 2 周"),
        (parse_duration, "1 day", "1 day", "1 天"),
    ],
)  # fmt: skip
def test_phrases_are_said_as_people_say_them(read, text, english, chinese):
    """The table of phrases with their words; titles stand for names."""
    value, problems = read(text)
    assert not problems
    assert describe(value, titles=EN) == english
    assert describe(value, "zh-Hans", titles=ZH) == chinese
