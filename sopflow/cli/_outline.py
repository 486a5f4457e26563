"""A definition as lines for people: what it is about, who does what, when, and where it goes from there.

Knows definitions, no terminal: a line is a text and a style's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sopflow.cli._out import aligned
from sopflow.model import Field, Handler, Sop, Step, Text, plain

Line = tuple[str, str]

_INDENT = "    "
_FACT = "  "
_WORDS = {
    "roles": "角色", "parameters": "参数", "data": "数据", "steps": "步骤", "due": "期限", "opens": "开启于",
    "by": "由",
    "if": "条件", "optional": "可选", "may": "也可由", "not-by": "不得由", "need": "需", "after": "在其后",
    "about": "关于",
    "when": "判断", "until": "直到", "every": "每", "wait": "等待", "message": "消息", "at": "时间", "join": "汇合",
    "checklist": "清单", "form": "填写", "evidence": "证明", "on": "遇", "instead": "并取代", "version": "版本",
    "time zone": "时区", "languages": "语言", "asks": "提问", "table": "决策表", "call": "调用", "emit": "发送",
    "end": "结束",
    "for-each": "逐项",
}  # fmt: skip
#: What an outline says of a step, in this order; its ways out come last.
_FACTS = (
    "about", "when", "until", "for-each", "call", "emit", "wait", "every", "join", "if", "optional", "by", "may",
    "not-by", "need", "opens", "due", "after",
)  # fmt: skip


def outline(sop: Sop, lang: str) -> Iterator[Line]:
    """The lines of the outline, with styles in rich's words."""
    outliner = _Outliner(sop, lang)
    yield outliner.text(sop.title), "bold"
    about = [sop.name, f"{outliner.word('version')} {sop.version}", f"{outliner.word('time zone')} {sop.time_zone}"]
    if sop.languages:
        about.append(f"{outliner.word('languages')} {', '.join(sop.languages)}")
    yield " · ".join(about), "dim"
    yield from outliner.section("roles", ([name, outliner.text(role.title)] for name, role in sop.roles.items()))
    yield from outliner.section("parameters", outliner.fields(sop.parameters))
    yield from outliner.section("data", outliner.fields(sop.fields))
    yield "", ""
    yield outliner.heading("steps"), "bold"
    yield from outliner.steps(sop.steps, 1)
    yield from outliner.handlers(sop.on, 1)


class _Outliner:
    def __init__(self, sop: Sop, lang: str) -> None:
        self.sop = sop
        self.lang = lang

    def text(self, text: Text | None) -> str:
        return text.get(self.lang, self.sop.languages) if text is not None else ""

    def word(self, word: str) -> str:
        return _WORDS.get(word, word) if self.lang == "zh" else word

    def heading(self, word: str) -> str:
        return self.word(word).capitalize()

    def section(self, name: str, rows: Iterable[list[str]]) -> Iterator[Line]:
        listed = list(rows)
        if not listed:
            return
        yield "", ""
        yield self.heading(name), "bold"
        for row in aligned(listed):
            yield _INDENT + row, ""

    def fields(self, fields: Mapping[str, Field]) -> Iterator[list[str]]:
        for path, field in fields.items():
            default = "" if field.default is None else f" = {_said(field.default)}"
            yield [path, f"{_type(plain(field.is_))}{default}", self.text(field.title)]

    def steps(self, steps: tuple[Step, ...], depth: int) -> Iterator[Line]:
        """The steps of a list, each with what is inside it; as deep as the reader let a definition be."""
        for step in steps:
            yield from self.step(step, depth)

    def step(self, step: Step, depth: int) -> Iterator[Line]:
        title = self.text(step.title)
        yield f"{_INDENT * depth}{step.id}" + (f"  {title}" if title else ""), "" if depth > 1 else "bold"
        kind = type(step).what[1] if self.lang == "zh" else step.kind
        facts = [*self.facts(step), *self.ways(step)]
        if not any(fact.startswith(f"{self.word(step.kind)} ") for fact in facts):  # what it calls or awaits says it
            facts.insert(0, kind)
        yield f"{_INDENT * depth}{_FACT}{' · '.join(facts)}", "dim"
        for name in ("steps", "branches"):
            yield from self.steps(getattr(step, name, ()), depth + 1)
        yield from self.handlers(step.on, depth + 1)

    def handlers(self, handlers: Mapping[str, Handler], depth: int) -> Iterator[Line]:
        for handler in handlers.values():
            trigger = handler.trigger
            on = f"{self.word(trigger)} {_said(getattr(handler, trigger))}" if trigger != "id" else handler.id
            facts = [f"{self.word('on')} {on}"]
            if handler.if_ is not None:
                facts.append(f"{self.word('if')} {handler.if_}")
            if handler.instead:
                facts.append(self.word("instead"))
            if handler.step is None and handler.next is not None:
                facts.append(f"→ {_said(plain(handler.next))}")
            yield f"{_INDENT * depth}({' · '.join(facts)})", "dim"
            if handler.step is not None:
                yield from self.step(handler.step, depth)

    def facts(self, step: Step) -> Iterator[str]:
        body = plain(step)
        assert isinstance(body, dict)
        for name in _FACTS:
            said = body.get(name)
            if said in (None, False, []):
                continue
            yield self.word(name) if said is True else f"{self.word(name)} {self._roles(name, said)}"
        for name in ("checklist", "form", "evidence"):
            if body.get(name):
                yield f"{self.word(name)} ({len(getattr(step, name))})"

    def _roles(self, name: str, said: object) -> str:
        """Roles by their titles, anything else as it is written."""
        names = [str(one) for one in said] if isinstance(said, list) else [str(said)]
        if name in ("by", "may") and not (isinstance(said, list) and isinstance(said[0], dict)):
            return ", ".join(self.text(self.sop.roles[one].title) if one in self.sop.roles else one for one in names)
        return _said(said)

    def ways(self, step: Step) -> Iterator[str]:
        body = plain(step)
        assert isinstance(body, dict)
        following = body.get("next")
        if isinstance(following, dict):
            yield from (f"{name} → {_said(target)}" for name, target in following.items())
        elif following is not None:
            yield f"→ {_said(following)}"
        for name in (*type(step).exits, "missed"):
            if name in body:
                yield f"{name} → {_said(body[name])}"


def _type(said: object) -> str:
    if not isinstance(said, list) or not said:
        return _said(said)
    return " | ".join(said) if isinstance(said[0], str) else f"list of {_said(said[0])}"


def _said(value: object) -> str:
    """A value as it is written, cases and lists in one line."""
    match value:
        case {"when": when, "then": then}:
            return f"{_said(then)} if {when}"
        case {"else": otherwise}:
            return f"else {_said(otherwise)}"
        case {"at": at, **rest} if rest.keys() <= {"cites"}:
            return _said(at)
        case {"text": text}:
            return _said(text)
        case dict():
            return "{" + ", ".join(f"{name}: {_said(inner)}" for name, inner in value.items()) + "}"
        case list() | tuple():
            cases = value and isinstance(value[0], dict) and ({"when", "else"} & value[0].keys())
            return ("; " if cases else ", ").join(_said(inner) for inner in value)
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
