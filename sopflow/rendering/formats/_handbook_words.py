"""The words of the hand-book, in one language or in two at once.

What a step says is told by a reader for each language; here both are put beside each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sopflow.expr import Expression
from sopflow.model import Text
from sopflow.program import Handler, Step, Time, Value
from sopflow.rendering._definition import Definition
from sopflow.rendering._reading import Line, Part, Reader
from sopflow.rendering.formats import _markdown as md
from sopflow.values import Field

_SAYS = {
    "version": ("version", "版本"), "overview": ("At a glance", "一览"), "begins": ("How it begins", "如何开始"),
    "roles": ("Who takes part", "参与角色"), "settings": ("What is set beforehand", "事先设定"),
    "data": ("What is recorded", "记录内容"), "calendars": ("Days and hours", "日历与时间"),
    "steps": ("Step by step", "操作步骤"), "events": ("Whenever it happens", "随时可能发生"),
    "ends": ("How it ends", "如何结束"), "sources": ("Written from", "依据文件"),
    "step": ("Step", "步骤"), "who": ("Who", "负责"), "due": ("Due", "期限"), "role": ("Role", "角色"),
    "people": ("People", "人员"), "steps-of": ("Steps", "负责步骤"), "deputy": ("deputy: {who}", "代理：{who}"),
    "name": ("Name", "名称"), "meaning": ("Meaning", "含义"), "default": ("Unless set otherwise", "默认值"),
    "to-be-set": ("to be set", "须设定"), "what": ("What", "内容"), "kind": ("Kind", "类型"),
    "asked": ("Asked of", "询问对象"), "time-zone": ("Times are those of {zone}.", "时间以 {zone} 时区为准。"),
    "started-by": ("Started by {who}.", "由{who}启动。"), "started-every": ("Starts {pace}.", "{pace}启动一次。"),
    "started-message": ("Starts when this comes: {message}.", "收到“{message}”时启动。"),
    "after": ("after", "接在以下步骤之后："), "answer": ("If the answer is", "如果答案是"),
    "go": ("go on with", "则转至"),
    "comes-first": ("What comes first", "先发生的是"), "ends-with": ("If it ends with", "如果其结果是"),
    "outcome": ("If the outcome is", "如果结果是"),
    "go-on-after": ("When all of this is done, go on with {where}.", "以下全部完成后转至{where}。"),
    "go-on": ("Then go on with {where}.", "随后转至{where}。"),
    "then-end": ("Here it ends: {where}.", "至此结束：{where}。"),
    "end": ("the end: {name}", "结束：{name}"),
    "branch-done": ("this part is done", "本分支完成"), "item-done": ("this item is done", "本项完成"),
    "round-done": ("this round is over", "本轮结束"), "back-to": ("what was going on", "原先进行的工作"),
    "side-by-side": ("Do the following parts side by side{join}:", "以下各部分同时进行{join}："),
    "join-all": (" and go on when all are done", "，全部完成后继续"),
    "join-first": (" and go on when the first is done", "，任一完成后即继续"),
    "join-some": (" and go on when {n} are done", "，完成 {n} 项后继续"),
    "for-each": ("Do the following for each of: {items}.", "对以下每一项执行：{items}。"),
    "rounds": ("Do the following in rounds{until}{every}{most}.", "以下步骤循环执行{until}{every}{most}。"),
    "until": (" until {condition}", "，直到{condition}"), "every": (", {pace}", "，{pace}一轮"),
    "most": (", at most {n} rounds", "，最多 {n} 轮"),
    "part-only-if": ("Only if {condition}.", "仅当{condition}时。"),
    "otherwise": ("otherwise", "其他情况"),
    "call": ("Carry out the procedure {name}.", "执行流程{name}。"),
    "call-hand-over": (
        "Hand over to the procedure {name}; its end is not waited for.", "移交流程{name}，不等待其结束。",
    ),
    "wait-for": ("Wait: {what}.", "等待：{what}。"), "send": ("Send: {what}.", "发送：{what}。"),
    "while-open": ("While this is open:", "进行期间："), "colon": (": ", "："),
    "stop-do": ("stop this, then do {where}.", "停止本步骤，然后执行{where}。"),
    "stop-see": ("stop this, then go on with {where}.", "停止本步骤，然后转至{where}。"),
    "stop-all-do": ("stop all that is open, then do {where}.", "停止所有进行中的工作，然后执行{where}。"),
    "stop-all-see": ("stop all that is open, then go on with {where}.", "停止所有进行中的工作，然后转至{where}。"),
    "beside-do": ("do {where} beside it.", "同时执行{where}。"),
    "beside-see": ("go on with {where}.", "转至{where}。"),
    "again": ("(continued)", "（续）"), "from-to": ("{begin} to {end}", "{begin} 至 {end}"),
}  # fmt: skip


def phrase(name: str, lang: str, fields: dict[str, object]) -> str:
    """One of the phrases."""
    en, zh = _SAYS[name]
    return (zh if lang.startswith("zh") else en).format_map(fields)


class Voice(Reader):
    """One language's reader, with the smaller things that only a hand-book tells."""

    def phrase(self, name: str, /, **fields: object) -> str:
        """One of the hand-book's phrases; its fields are escaped already."""
        return phrase(name, self.lang, fields)

    def type_of(self, path: str, field: Field) -> str:
        """The kind of a field."""
        return self._type_of(path, field)

    def value(self, value: Value) -> str:
        """A value, by cases too."""
        return self._value(value)

    def event(self, handler: Handler) -> str:
        """What a handler waits for."""
        return self.condition(handler.when) if handler.when is not None else self.words.one(self.words.event(handler))

    def exits(self, step: Step, names: Sequence[str]) -> str:
        """The answers that lead one way: conditions, where those decide."""
        question = step.question
        said = []
        for name in names:
            guards = [guard for guard, exit in question.cases if exit == name] if question is not None else []
            if question is not None and not question.about and guards and name not in ("yes", "no"):
                said += [self.condition(guard) or self.phrase("otherwise") for guard in guards]
            else:
                said.append(self.words.one(self.words.exit(step, name)) or name)
        return " / ".join(dict.fromkeys(said))


class Voices:
    """The readers of all languages that are shown; what they say is escaped for Markdown, and joined."""

    def __init__(self, of: Definition, languages: Sequence[str]) -> None:
        self.readers = [Voice(of.words.sop, of.program, lang, {}) for lang in languages]

    def each(self, tell: Callable[[Voice], str]) -> str:
        """What each says; what is equal, once."""
        return " / ".join(dict.fromkeys(said for one in self.readers if (said := md.text(tell(one)))))

    def say(self, name: str, /, **fields: object) -> str:
        """One of our phrases; its fields are escaped already."""
        return " / ".join(dict.fromkeys(one.phrase(name, **fields) for one in self.readers))

    def text(self, text: Text | None) -> str:
        """A text of the definition."""
        return self.each(lambda one: one.words.one(one.words.text(text)))

    def title(self, step: Step) -> str:
        """A step's title."""
        return self.each(lambda one: one.words.one(one.words.text(step.title)))

    def roles(self, names: Sequence[str]) -> str:
        """The titles of roles."""
        return self.each(lambda one: one.words.roles(names))

    def message(self, name: str) -> str:
        """A message's title."""
        return self.each(lambda one: one.words.one(one.words.message(name)))

    def outcome(self, name: str) -> str:
        """What an end is called."""
        return self.each(lambda one: one.words.one(one.words.word(name)))

    def condition(self, condition: Expression | None) -> str:
        """A condition; "" for none."""
        return self.each(lambda one: one.condition(condition))

    def event(self, handler: Handler) -> str:
        """What a handler waits for."""
        return self.each(lambda one: one.event(handler))

    def exits(self, step: Step, names: Sequence[str]) -> str:
        """The answers that lead one way."""
        return self.each(lambda one: one.exits(step, names))

    def name(self, path: str) -> str:
        """What people call a field."""
        return self.each(lambda one: one.titles.get(path, path))

    def kind(self, path: str, field: Field | None) -> str:
        """The kind of a field."""
        return self.each(lambda one: one.type_of(path, field)) if field is not None else ""

    def value(self, value: Value) -> str:
        """A value, by cases too."""
        return self.each(lambda one: one.value(value))

    def time(self, time: Time | None) -> str:
        """A time, as people say it."""
        return self.each(lambda one: one.words.time(time))

    @property
    def colon(self) -> str:
        """The colon of the first language."""
        return self.readers[0].phrase("colon")

    def told(self, step: Step, of: Definition) -> dict[str, Part]:
        """What is told of a step, by the headings of the first language, texts of all languages joined."""
        told = [one.told(step, of.written.get(step.path)) for one in self.readers]
        joined = zip(*told, strict=True) if len({len(parts) for parts in told}) == 1 else ((part,) for part in told[0])
        return {parts[0].heading: _joined(parts) for parts in joined}


def _joined(parts: tuple[Part, ...]) -> Part:
    """The same part in several languages as one, escaped."""
    first = parts[0]
    if len({len(part.lines) for part in parts}) != 1:
        parts = (first,)

    def both(lines: tuple[Line, ...], name: str) -> str:
        return " / ".join(dict.fromkeys(md.text(said) for line in lines if (said := getattr(line, name))))

    lines = tuple(
        Line(both(same, "text"), both(same, "label"), both(same, "more"), same[0].link)
        for same in zip(*(part.lines for part in parts), strict=True)
    )
    return Part(" / ".join(dict.fromkeys(part.heading for part in parts)), lines, first.kind)
