"""What a reader is told of one step beside the picture: who, when, what is asked, how it is judged, on what it rests.

One language at a time. Knows programs and definitions, nothing of nodes, pages or places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sopflow.calendars import AnchorOffset, At, describe, parse_duration
from sopflow.calendars import Reminder as Paced
from sopflow.expr import Expression, explain
from sopflow.model import Item as WrittenItem
from sopflow.model import ListOf, Material, Record, Sop
from sopflow.model import Step as Written
from sopflow.program import Cases, Extreme, Item, Literal, Op, Program, Question, Reminder, Step, Table, Time, Value
from sopflow.rendering._card_words import TOLD, in_words
from sopflow.rendering._words import Words
from sopflow.tracing import Fact
from sopflow.values import Field


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is told: ``label`` says what it is (a way's answer), ``more`` is said below in small letters.

    ``link`` is an address on the web, ``to`` the key of a card, ``edge`` the id of the way in the picture.
    """

    text: str
    label: str = ""
    more: str = ""
    link: str = ""
    to: str = ""
    edge: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a heading. ``kind`` says how they look: ``plain``, ``list``, ``checklist``, ``ways``, ``sources``."""

    heading: str
    lines: tuple[Line, ...]
    kind: str = "plain"


#: What `explain` says of a step that is done or not; the mark stands for its ``done``.
_MARK = "\ufdd0"
_DONE = {
    "en": ((f"{_MARK} is true", " is done"), (f"{_MARK} is false", " is not done"), (_MARK, " done")),
    "zh": ((f"{_MARK}为是", "已完成"), (f"{_MARK}为否", "未完成"), (_MARK, "已完成")),
}


def _address(text: str) -> str:
    """``text`` if a browser may be sent there: a definition may hold anything, ``javascript:`` too."""
    return text if text.startswith(("https://", "http://")) else ""


class Reader:
    """Tells of the steps of one definition, in one language; ``facts`` are those of its sources by id."""

    def __init__(self, sop: Sop, program: Program, lang: str, facts: Mapping[str, Fact]) -> None:
        self.words = Words(sop, program, (lang,))
        self.sop = sop
        self.program = program
        self.lang = lang
        self.facts = facts
        self.titles = self._titles()

    def told(self, step: Step, written: Written | None) -> tuple[Part, ...]:
        """All that is told of a step, but for its ways."""
        sections: tuple[tuple[str, str, Iterable[Line]], ...] = (
            ("who", "plain", self._who(step)),
            ("when", "plain", self._when(step, written)),
            ("asks", "plain", self._asks(step)),
            ("rule", "list", self._rule(step)),
            ("waits", "list", self._waits(step)),
            ("items", "plain", self._items(step)),
            ("rounds", "plain", self._rounds(step)),
            ("join", "plain", self._join(step)),
            ("calls", "plain", self._calls(step)),
            ("sends", "plain", self._sends(step)),
            ("conditions", "plain", self._conditions(step)),
            ("checklist", "checklist", map(self._item, step.checklist)),
            ("form", "list", (self._field(path, empty=empty) for path, empty in step.form)),
            ("evidence", "list", map(self._item, step.evidence)),
            ("sets", "list", (self._setting(path, value) for path, value in step.set_)),
        )
        parts = [Part(self.say(name), found, kind) for name, kind, lines in sections if (found := tuple(lines))]
        return (*parts, *self._written(written)) if written is not None else tuple(parts)

    def condition(self, condition: Expression | None) -> str:
        """A condition in words; "" for none."""
        if condition is None:
            return ""
        said = explain(condition, self.lang, self.titles)
        for mark, words in _DONE["zh" if self.lang.startswith("zh") else "en"]:
            said = said.replace(mark, words)
        return said

    def say(self, name: str, **fields: object) -> str:
        """One of our words, in the language."""
        return in_words(TOLD, name, self.lang, **fields)

    def _text(self, texts: Mapping[str, str]) -> str:
        return self.words.one(self.words.text(texts))

    # -- who and when --------------------------------------------------------------------------------------------------

    def _who(self, step: Step) -> Iterator[Line]:
        people = step.people
        roles = self.words.roles
        if people.by_cases is not None:
            yield from self._cases(people.by_cases, lambda names: roles(names) if isinstance(names, tuple) else "")
        if people.by:
            shared = people.every or people.need > 1
            how = self.say("all" if people.need >= people.seats else "votes", n=people.need, of=people.seats)
            yield Line(roles(people.by), more=how if shared else self.say("any") if len(people.by) > 1 else "")
        if step.run:
            yield Line(self.say("auto"), more=step.run)
        for name, named in (("may", people.may), ("tell", people.tell)):
            if named:
                yield Line(roles(named), self.say(name))
        for name, others in (("not-by", people.not_by), ("same-by", people.same_by)):
            if others:
                yield Line(", ".join(self._text(self.program.steps[at].title) for at in others), self.say(name))

    def _when(self, step: Step, written: Written | None) -> Iterator[Line]:
        times = step.times
        for name, time in (("opens", times.opens), ("due", times.due)):
            if time is not None:
                yield Line(self._time(time), self.say(name))
        duration = written.duration if written is not None else None
        if isinstance(duration, str):
            yield Line(self._duration(duration), self.say("duration"))
        if step.timeout is not None:
            yield Line(self._time(step.timeout), self.say("timeout"))
        for reminder in times.remind:
            yield Line(self._reminder(reminder), self.say("remind"))
        for one in times.escalate:
            done = self.say("handed" if one.hand_over else "told", who=self.words.roles((one.to,)))
            yield Line(self._time(one.at), self.say("escalate"), done)
        for other in step.after:
            yield Line(self._text(self.program.steps[other.step].title), self.say("after"))

    def _time(self, time: Time) -> str:
        match time:
            case Cases():
                lines = self._cases(time, lambda then: self._time(then))  # type: ignore[arg-type]  # times, by construction
                return " / ".join(f"{line.text} ({line.more})" for line in lines)
            case Extreme(latest, times):
                return f"{self.say('latest' if latest else 'earliest')} {' / '.join(map(self._time, times))}"
            case AnchorOffset():  # what people say, and what it means
                return f"{time} ({describe(time, self.lang, titles=self.titles)})"
            case _:
                return self.words.time(time)

    def _duration(self, text: str) -> str:
        parsed, _ = parse_duration(text)
        return describe(parsed, self.lang, titles=self.titles) if parsed is not None else text

    def _reminder(self, reminder: Reminder) -> str:
        match reminder.pace, reminder.at:
            case None, time:
                return self._time(time) if time is not None else ""
            case pace, At(of):
                return describe(Paced(pace, of), self.lang, titles=self.titles)
            case pace, _:
                return self.words.pace(pace)

    # -- what it asks, and where that leads ----------------------------------------------------------------------------

    def _asks(self, step: Step) -> Iterator[Line]:
        if step.asks and self._text(step.asks) != self._text(step.title):
            yield Line(self._text(step.asks), self.say("question"))
        question = step.question
        if question is not None and question.about:
            yield self._field(question.about, label=self.say("field"))

    def _rule(self, step: Step) -> Iterator[Line]:
        question = step.question
        if question is None:
            return
        if question.table is not None:
            yield from self._table(step, question, question.table)
        elif question.about:
            return
        elif question.cases:
            for guard, exit_ in question.cases:
                yield Line(self.condition(guard) or self.say("else"), self._exit(step, question, exit_))
        else:
            yield Line(self.say("people-decide"))

    def _exit(self, step: Step, question: Question, name: str) -> str:
        """What a case leads to: its answer, where it has a word of its own, else the step."""
        if name in ("yes", "no"):
            return self.words.one(self.words.word(name))
        target = step.exits.get(name)
        known = isinstance(target, int) and target >= 0
        return self._text(self.program.steps[target].title) if known and isinstance(target, int) else name

    def _table(self, step: Step, question: Question, table: Table) -> Iterator[Line]:
        """The rows of a decision table, each as what must hold and what it gives."""
        comma = "，" if self.lang.startswith("zh") else ", "
        for row in table.rows:
            tests = [self.condition(test) for test in row.tests if test is not None]
            given = [
                f"{self.titles.get(path, path)} = {self._value(value)}"
                for path, value in zip(table.gives, row.gives, strict=False)
            ]
            given += [self._exit(step, question, row.next)] if row.next else []
            yield Line(comma.join(tests) or self.say("any-row"), more=comma.join(given))

    def _waits(self, step: Step) -> Iterator[Line]:
        for one in step.wait:
            exit_ = self.words.one(self.words.exit(step, one.exit))
            yield Line(self.condition(one.when) if one.when is not None else exit_)

    def _items(self, step: Step) -> Iterator[Line]:
        if step.each is not None:
            items = ", ".join(map(str, step.each.items))
            yield Line(self.titles.get(step.each.field, step.each.field) if step.each.field else items)

    def _rounds(self, step: Step) -> Iterator[Line]:
        rounds = step.rounds
        if rounds is None:
            return
        if rounds.until is not None:
            yield Line(self.condition(rounds.until), self.say("until"))
        if rounds.every is not None and not isinstance(rounds.every, Cases):
            yield Line(self.words.pace(rounds.every), self.say("every"))
        if rounds.most:
            yield Line(str(rounds.most), self.say("most"))

    def _join(self, step: Step) -> Iterator[Line]:
        if step.op is Op.FORK and step.join is not None:
            need = step.join.need
            name = "join-all" if not need else "join-first" if need == 1 else "join-some"
            yield Line(self.say(name, n=need))

    def _calls(self, step: Step) -> Iterator[Line]:
        if step.call is not None:
            called = step.call.program
            yield Line(called.text(called.title, self.lang), more=self.say("detached") if step.call.detached else "")

    def _sends(self, step: Step) -> Iterator[Line]:
        if step.emit:
            message = self.sop.messages.get(step.emit)
            yield Line(self.words.one(self.words.text(message.title)) if message and message.title else step.emit)

    def _conditions(self, step: Step) -> Iterator[Line]:
        if step.if_ is not None:
            yield Line(self.condition(step.if_), self.say("only-if"))
        if isinstance(step.optional, Expression):
            yield Line(self.condition(step.optional), self.say("optional-if"))
        elif step.optional:
            yield Line(self.say("optional"))
        if step.while_ is not None:
            yield Line(self.condition(step.while_), self.say("while"))
        for name, some in (("requires", step.requires), ("ensures", step.ensures)):
            for one in some:
                yield Line(self.condition(one), self.say(name))
        if step.holds:
            yield Line(", ".join(step.holds), self.say("holds"))

    # -- things to tick, to fill in, to read ---------------------------------------------------------------------------

    def _item(self, item: Item) -> Line:
        more = f"{self.say('only-if')} {self.condition(item.if_)}" if item.if_ is not None else ""
        kind = self._type(item.is_) if item.is_ else ""
        return Line(self._text(item.text), more=more or kind)

    def _field(self, path: str, *, label: str = "", empty: bool = False) -> Line:
        field = self.program.fields.get(path)
        about = [self._type_of(path, field)] if field is not None else []
        if empty:
            about.append(self.say("may-stay-empty"))
        return Line(self.titles.get(path, path), label, " · ".join(part for part in about if part))

    def _type_of(self, path: str, field: Field) -> str:
        if field.is_ == "enum":
            return " / ".join(self.titles.get(f"{path}={value}", value) for value in field.values)
        written = self.sop.fields.get(path)
        unit = self.words.one(self.words.text(written.unit)) if written is not None else ""
        return f"{self._type(field.is_)} {unit}".strip()

    def _type(self, name: str) -> str:
        name = "duration-field" if name == "duration" else name
        return self.say(name)

    def _setting(self, path: str, value: Value) -> Line:
        return Line(f"{self.titles.get(path, path)} = {self._value(value)}")

    def _value(self, value: Value) -> str:
        match value:
            case Literal(value=bool() as answer):
                return self.words.one(self.words.word("yes" if answer else "no"))
            case Literal(value=plain):
                return str(plain)
            case Cases():
                lines = self._cases(value, lambda then: self._value(then))  # type: ignore[arg-type]  # values, by construction
                return " / ".join(f"{line.text} ({line.more})" for line in lines)
            case _:
                return self.condition(value)

    def _cases(self, cases: Cases, show: Callable[[object], str]) -> Iterator[Line]:
        for case in cases.cases:
            when = f"{self.say('if')} {self.condition(case.when)}" if case.when is not None else self.say("else")
            yield Line(show(case.then), more=when)

    def _written(self, written: Written) -> Iterator[Part]:
        """What only the definition says, for no run needs it."""
        for name, items in (("standards", written.standards), ("materials", written.materials)):
            if items:
                yield Part(self.say(name), tuple(map(self._written_item, items)), "list")
        for name, text in (("note", written.note), ("inferred", written.inferred)):
            if text is not None:
                yield Part(self.say(name), (Line(self.words.one(self.words.text(text))),))
        items = (*written.checklist, *written.standards, *written.materials)
        yield from self.sources((*written.cites, *(fact for item in items for fact in item.cites)))

    def _written_item(self, item: WrittenItem) -> Line:
        where = (item.link or item.file or "") if isinstance(item, Material) else ""
        return Line(self.words.one(self.words.text(item.text)), more=where, link=_address(where))

    def definition(self) -> Iterator[Part]:
        """What is told of the definition as a whole."""
        sop = self.sop
        roles = (Line(self.words.roles((name,)), more=", ".join(role.people)) for name, role in sop.roles.items())
        papers = (
            Line(self.words.one(self.words.text(one.title)), more=one.file or "", link=_address(one.link or ""))
            for one in sop.sources.values()
        )
        for name, lines in (("roles", tuple(roles)), ("papers", tuple(papers))):
            if lines:
                yield Part(self.say(name), lines, "list")
        for name, text in (("note", sop.note), ("inferred", sop.inferred)):
            if text is not None:
                yield Part(self.say(name), (Line(self.words.one(self.words.text(text))),))
        yield from self.sources((*sop.cites, *(fact for role in sop.roles.values() for fact in role.cites)))

    def sources(self, cites: Iterable[str]) -> Iterator[Part]:
        """What is cited, in the words of the source where its facts are there."""
        lines = tuple(self._cited(fact) for fact in dict.fromkeys(cites))
        if lines:
            yield Part(self.say("sources"), lines, "sources")

    def _cited(self, name: str) -> Line:
        fact = self.facts.get(name)
        if fact is None:
            return Line(name)
        text = fact.text(self.lang)
        quote = f"“{fact.quote}” · " if fact.quote and fact.quote != text else ""
        return Line(text or name, more=f"{quote}{name}")

    # -- names ---------------------------------------------------------------------------------------------------------

    def _titles(self) -> dict[str, str]:
        """What readers call what expressions and times name."""
        titles: dict[str, str] = {}
        named = {**self.sop.parameters, **self.sop.fields}
        for step in self.program.steps:
            if step.each is not None and (listed := self.sop.fields.get(step.each.field)) is not None:
                inner = listed.is_.item if isinstance(listed.is_, ListOf) else None
                if isinstance(inner, Record):
                    named |= {f"{step.each.as_}.{name}": field for name, field in inner.fields.items()}
            said = self._text(step.title)
            titles[step.path] = titles[step.id] = said
            own = f"steps.{step.path.replace('-', '_')}"
            titles[f"{own}.done"] = self.say("done", step=said) + _MARK
            for part in ("answer", "verdict", "outcome"):
                titles[f"{own}.{part}"] = self.say(part, step=said)
                for exit_ in ("yes", "no", "approved", "refused", "changes"):
                    titles[f"{own}.{part}={exit_}"] = self.words.one(self.words.word(exit_))
        for path, field in named.items():
            if field.title is not None:
                titles[path] = self.words.one(self.words.text(field.title))
            for value, label in field.labels.items():
                titles[f"{path}={value}"] = self.words.one(self.words.text(label))
        for name, time in self.program.anchors.items():
            titles[name] = self.words.time(time)
        return titles
