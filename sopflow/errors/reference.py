"""The page of all codes, made from the catalogue; knows Markdown, while the words are the catalogue's.

To write it anew: ``python -m sopflow.errors.reference > docs/reference/diagnostics.md``
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from string import Formatter

from sopflow.errors.catalogue import FAMILIES, Entry

_SIGNS = re.compile(r"[\\|*_`<>]")
_WORDS = {
    "en": {
        "title": "Diagnostics",
        "lead": "Every finding has a code that never changes its meaning. Words in *italics* stand for what is found.",
        "head": ("code", "severity", "says", "how to mend it"),
        "error": "error", "warning": "warning", "info": "info",
        "notation": "Notation", "shape": "Shape", "names": "Names", "expressions": "Expressions",
        "times": "Times and calendars", "flow": "Flow", "nets": "Models of other tools",
        "decisions": "Decisions and data",
        "people": "People, texts, sources", "use": "Use",
        "running": "Refusals of a run", "rendering": "Pictures",
        "planning": "Starts, plans and forecasts",
    },
    "zh": {
        "title": "诊断信息",
        "lead": "每一条诊断都有一个含义永不改变的代码。*斜体*表示实际内容。",
        "head": ("代码", "级别", "内容", "改法"),
        "error": "错误", "warning": "警告", "info": "提示",
        "notation": "书写格式", "shape": "结构", "names": "名称", "expressions": "表达式",
        "times": "时间与日历", "flow": "流程", "nets": "其他工具的模型",
        "decisions": "决策与数据",
        "people": "人员、文字与来源", "use": "使用",
        "running": "运行时的拒绝", "rendering": "图片", "planning": "启动、计划与预测",
    },
}  # fmt: skip


def reference(lang: str = "en") -> str:
    """All codes with what they say, as a Markdown page in ``lang`` ("en" or "zh")."""
    return "\n".join(_lines("zh" if lang.startswith("zh") else "en")) + "\n"


def _lines(lang: str) -> Iterator[str]:
    words = _WORDS[lang]
    yield f"# {words['title']}"
    yield ""
    yield str(words["lead"])
    for family in FAMILIES:
        entries: dict[str, Entry] = import_module(f"sopflow.errors.catalogue.{family}").ENTRIES
        if not entries:
            continue
        yield ""
        yield f"## {words[family]}"
        yield ""
        yield f"| {' | '.join(words['head'])} |"
        yield "| --- | --- | --- | --- |"
        for code, entry in sorted(entries.items()):
            cells = (code, words[entry.severity], _cell(entry.text[lang]), _cell(entry.mend[lang]))
            yield f"| {' | '.join(str(cell) for cell in cells)} |"


def _cell(template: str) -> str:
    """A template as Markdown: its fields in italics, signs of Markdown as themselves."""
    shown = ""
    for text, name, _, _ in Formatter().parse(template):
        shown += _SIGNS.sub(r"\\\g<0>", text) + (f"*{name}*" if name else "")
    return shown


if __name__ == "__main__":
    sys.stdout.write(reference(*sys.argv[1:2]))
