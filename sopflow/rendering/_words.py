"""The words that a picture adds to those of the definition, and times, ways and conditions in words.

Knows programs and definitions, nothing of boxes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sopflow.calendars import AnchorOffset, describe
from sopflow.expr import Expression
from sopflow.model import Sop, Text
from sopflow.program import Alternative, Cases, Extreme, Handler, Op, Program, Question, Step, Time

_WORDS = {
    "yes": ("Yes", "是"), "no": ("No", "否"), "approved": ("Approved", "通过"), "refused": ("Refused", "不通过"),
    "changes": ("Changes", "需修改"), "differ": ("They differ", "意见不一"), "missed": ("Passed over", "略过"),
    "short": ("Too few", "未达到"), "exhausted": ("No rounds left", "轮次用尽"), "too-deep": ("Too deep", "嵌套过深"),
    "else": ("Otherwise", "其他"), "done": ("Done", "完成"), "end": ("End", "结束"), "start": ("Start", "开始"),
    "overdue": ("When overdue", "逾期时"), "error": ("On an error", "出错时"),
    "cancelled": ("When cancelled", "取消时"),
    "passed?": ("Approved?", "是否通过"), "again?": ("Another round?", "再来一轮？"), "each": ("For each", "逐项"),
    "until": ("Until", "直到"), "if": ("If", "如果"), "when": ("When", "当"), "optional": ("optional", "可选"),
    "auto": ("automatic", "自动"), "all": ("all", "全部"), "first": ("the first is enough", "任一完成即可"),
    "at-most": ("at most", "最多"), "back": ("back to", "返回"), "to": ("to", "转至"), "by": ("by", "由"),
    "opens": ("opens", "开启于"), "due": ("due", "期限"), "wait": ("Wait", "等待"), "emit": ("Send", "发送"),
    "return": ("Done", "本部分完成"), "instead": ("instead", "取代"), "checklist": ("Checklist", "清单"),
    "standards": ("Standards", "标准"), "inferred": ("Our reading", "我们的解读"), "steps": ("steps", "个步骤"),
    "roles": ("roles", "个角色"), "legend-task": ("step", "步骤"), "legend-decision": ("decision", "判断"),
    "legend-approval": ("approval", "审批"), "legend-wait": ("wait", "等待"), "legend-call": ("other SOP", "其他 SOP"),
    "legend-sheet": ("part on its own sheet", "另页展开"), "legend-fork": ("side by side", "并行"),
    "legend-event": ("when it happens", "发生时"), "legend-goto": ("go to", "转至"), "legend-emit": ("send", "发送"),
    "legend-back": ("back", "返回"), "legend-optional": ("if needed", "视情况"), "legend-due": ("deadline", "期限"),
    "legend-checklist": ("items to tick", "清单项数"),
}  # fmt: skip
_SIGNS = {
    "&&": (" and ", " 且 "), "||": (" or ", " 或 "), "==": (" = ", " = "), "!=": (" ≠ ", " ≠ "), ">=": (" ≥ ", " ≥ "),
    "<=": (" ≤ ", " ≤ "), "!": ("not ", "非"),
}  # fmt: skip
_VERDICT = re.compile(r"steps\.(\w+)\.(?:verdict|outcome)")
_DONE = re.compile(r"steps\.(\w+)\.done")
_KNOWN = re.compile(r"known\(([\w.]+)\)")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_HOLE = re.compile(r"\{([\w.]+)\}")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_OUTCOMES = ("approved", "refused", "changes", "done")
#: Ways out that say yes, and that say no.
YES = frozenset({"yes", "approved", "passed"})
NO = frozenset({"no", "refused"})


def word(name: str, language: str) -> str:
    """One of our words; of a name that we do not have, what it says: ``not-attended`` is “Not attended”."""
    if name not in _WORDS:
        said = re.sub(r"[-_]+", " ", name).strip()
        return said[:1].upper() + said[1:] or name
    en, zh = _WORDS[name]
    return zh if language.startswith("zh") else en


class Words:
    """Texts of one definition, each in all the languages that are shown."""

    def __init__(self, sop: Sop, program: Program, languages: Sequence[str]) -> None:
        self.sop = sop
        self.program = program
        self.languages = tuple(languages)
        self._titles = [self._names(lang) for lang in self.languages]

    def word(self, name: str) -> tuple[str, ...]:
        """One of our words in each language, as :func:`word` gives it."""
        return tuple(dict.fromkeys(word(name, lang) for lang in self.languages))

    def text(self, texts: Mapping[str, str] | Text | None) -> tuple[str, ...]:
        """A text of the definition in each language; one that is equal in all of them, once."""
        if texts is None:
            return ()
        if isinstance(texts, Text):
            said = [texts.get(lang, self.program.languages) for lang in self.languages]
        else:
            said = [self.program.text(texts, lang) for lang in self.languages]
        return tuple(dict.fromkeys(_HOLE.sub(self._filled, text) for text in said if text))

    def _filled(self, hole: re.Match[str]) -> str:
        """A parameter that a text shows, with its default: a picture is of no run."""
        field = self.sop.parameters.get(hole[1])
        return str(field.default) if field is not None and field.default is not None else hole[0]

    def joined(self, *parts: tuple[str, ...], between: str = " ") -> tuple[str, ...]:
        """Texts put together language by language."""
        size = max((len(part) for part in parts), default=0)
        return tuple(between.join(part[min(at, len(part) - 1)] for part in parts if part).strip() for at in range(size))

    def one(self, parts: tuple[str, ...]) -> str:
        """The first language's: for signs too small for two."""
        return parts[0] if parts else ""

    # -- times -----------------------------------------------------------------------------------------------------

    def time(self, time: Time | None) -> str:
        """A time in the first language; of cases and extremes all, joined."""
        match time:
            case None:
                return ""
            case Cases(cases):
                said = [self.time(case.then) for case in cases]  # type: ignore[arg-type]  # a Time, by construction
                return " / ".join(dict.fromkeys(said))
            case Extreme(_, times):
                return " / ".join(self.time(inner) for inner in times)
            case AnchorOffset():
                return str(time)  # T-30: what people say
            case _:
                return describe(time, self.languages[0], titles=self._titles[0])

    def pace(self, pace: object) -> str:
        """A pace in the first language."""
        return describe(pace, self.languages[0], titles=self._titles[0]) if pace is not None else ""  # type: ignore[arg-type]

    def _names(self, lang: str) -> dict[str, str]:
        """Titles of what times speak of. An anchor keeps its letter: people say T-30."""
        named = {path: field.title for path, field in self.sop.fields.items()} | {
            name: field.title for name, field in self.sop.parameters.items()
        }
        names = {path: title.get(lang, self.program.languages) for path, title in named.items() if title is not None}
        for step in self.program.steps:
            names.setdefault(step.path, self.program.text(step.title, lang))
            names.setdefault(step.id, self.program.text(step.title, lang))
        return names

    # -- ways out ----------------------------------------------------------------------------------------------------

    def exit(self, step: Step, name: str) -> tuple[str, ...]:
        """What stands on the way out ``name`` of ``step``."""
        question = step.question
        if question is not None and question.about and name not in ("yes", "no", "differ"):
            field = self.sop.fields.get(question.about)
            if field is not None and name in field.labels:
                return self.text(field.labels[name])
        if step.op is Op.WAIT:
            return self._alternative(next((one for one in step.wait if one.exit == name), None), name)
        by_cases = question is not None and not question.about and (question.cases or question.table)
        if question is not None and by_cases and name not in ("yes", "no"):
            return self._of_cases(question, name)
        return self.word(name)

    def _of_cases(self, question: Question, name: str) -> tuple[str, ...]:
        """The conditions under which a way out is taken; a table's rows are too many to say."""
        if question.table is not None:
            return ()
        guards = [guard for guard, exit_ in question.cases if exit_ == name]
        if not all(guards):
            return self.word("else")
        return (" / ".join(self.condition(guard) for guard in guards),)

    def condition(self, condition: Expression | None) -> str:
        """A condition with the titles of its fields, in the first language: ``重量级 或 重要``."""
        if condition is None:
            return ""
        chinese = self.languages[0].startswith("zh")
        names = self._titles[0]
        done = "“{}”已完成" if chinese else "‘{}’ done"
        known = "已知{}" if chinese else "{} is known"
        quoted = "“{}”" if chinese else "‘{}’"
        labels = self._labels(condition.text)
        text = _DONE.sub(lambda found: done.format(names.get(found[1].replace("_", "-"), found[1])), condition.text)
        text = _VERDICT.sub(lambda found: quoted.format(names.get(found[1].replace("_", "-"), found[1])), text)
        text = _KNOWN.sub(lambda found: known.format(names.get(found[1], found[1])), text)
        text = _QUOTED.sub(lambda found: labels.get(found[1] or found[2] or "", found[0]), text)
        text = _NAME.sub(lambda found: names.get(found[0], found[0]), text)
        for sign, (en, zh) in _SIGNS.items():
            text = text.replace(sign, zh if chinese else en)
        return " ".join(text.split())

    def _labels(self, text: str) -> dict[str, str]:
        """The labels of the values of those fields that a condition asks about."""
        fields = [self.sop.fields.get(name) for name in _NAME.findall(text)]
        labels = {name: self.one(self.word(name)) for name in (_OUTCOMES if _VERDICT.search(text) else ())}
        return labels | {
            value: self.one(self.text(label)) for field in fields if field is not None
            for value, label in field.labels.items()
        }  # fmt: skip

    def _alternative(self, one: Alternative | None, name: str) -> tuple[str, ...]:
        if one is None:
            return self.word(name)
        if one.message:
            return self.message(one.message)
        if one.at is not None:
            return (self.time(one.at),)
        return (self.condition(one.when),) if one.when is not None else self.word(name)

    def event(self, handler: Handler) -> tuple[str, ...]:
        """What a handler waits for, in words."""
        match handler.on:
            case "message":
                return self.message(handler.message)
            case "at":
                return (self.time(handler.at),)
            case "every":
                return (self.pace(handler.every),)
            case "when":
                return self.joined(self.word("when"), (self.condition(handler.when),))
            case name:
                return self.word(name)

    def message(self, name: str) -> tuple[str, ...]:
        """A message's title."""
        message = self.sop.messages.get(name)
        return (self.text(message.title) if message is not None else ()) or (name,)

    def awaited(self, step: Step) -> tuple[str, ...]:
        """What a wait waits for, where it has no title."""
        if len(step.wait) == 1:
            return self.joined(self.word("wait"), self._alternative(step.wait[0], step.id), between=" ")
        return self.word("wait")

    def roles(self, names: Sequence[str]) -> str:
        """The titles of roles, in the first language."""
        return ", ".join(self.one(self.role(name)) for name in names)

    def role(self, name: str) -> tuple[str, ...]:
        """A role's title."""
        role = self.program.roles.get(name)
        return (self.text(role.title) if role is not None else ()) or (name,)
