"""The words that a chart adds to those of the definition, in English and Chinese."""

from __future__ import annotations

_WORDS = {
    "step": ("Step", "步骤"), "who": ("Who", "负责人"),
    "legend-bar": ("planned", "计划"), "legend-critical": ("critical: any delay is passed on", "关键：延误会顺延"),
    "legend-slack": ("may be later", "可延后"), "legend-due": ("deadline", "期限"),
    "legend-late": ("after the deadline", "超过期限"), "legend-possible": ("may not be needed", "不一定需要"),
    "legend-likely": ("end in 50 % … 90 % of the runs", "50 %～90 % 的运行在此完成"),
    "legend-heading": ("phase or group", "阶段或组"), "legend-off": ("days off", "非工作日"),
    "start": ("starts", "开始"), "end": ("ends", "结束"), "latest": ("at the latest", "最迟"), "due": ("due", "期限"),
    "opens": ("opens", "开启于"), "possible": ("may not be needed", "不一定需要"), "now": ("now", "现在"),
    "dates": ("Dates", "日期"), "steps": ("steps", "个步骤"), "earliest": ("at the earliest", "最早"),
    "ends": ("ends at the earliest", "最早结束"),
}  # fmt: skip


def word(name: str, language: str) -> str:
    """One of our words."""
    en, zh = _WORDS[name]
    return zh if language.startswith("zh") else en
