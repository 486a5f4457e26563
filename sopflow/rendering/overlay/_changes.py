"""What changed of a step from one version to another, in words: who, when, under which condition, what is ticked.

Knows programs, definitions and their words, no nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sopflow.model import Step as Written
from sopflow.program import Op, Question, Step
from sopflow.rendering._words import Words
from sopflow.rendering.overlay._words import clean, say

#: What is told of a step: one text, or several that come and go one by one.
Facts = Mapping[str, str | tuple[str, ...]]

#: Fields of a compiled step that the facts below speak of, or that follow from where it stands and where it leads.
_TOLD = frozenset({
    "index", "id", "path", "kind", "op", "region", "title", "exits", "ordinary", "regions", "people", "times", "if_",
    "optional", "form", "checklist", "evidence", "asks", "handlers", "run", "question", "rounds", "call", "parts",
    "time_reads", "missed", "after",
})  # fmt: skip


def changes(
    old: Step, new: Step, before: Words, after: Words, written: tuple[Written | None, Written | None]
) -> list[str]:
    """What changed, a line for each thing; ``written`` is the step as each version writes it."""
    lang = after.languages[0]
    was, now = dict(_facts(old, before, written[0])), dict(_facts(new, after, written[1]))
    lines = [line for what in now | was for line in _line(what, was.get(what, ""), now.get(what, ""), lang)]
    own, other = _place(old), _place(new)
    if old.id != new.id:
        lines.insert(0, say("moved", lang, what=say("id", lang), old=old.id, new=new.id))
    if own != other:
        lines.insert(0, say("moved", lang, what=say("place", lang), old=own or "–", new=other or "–"))
    if not lines and _rest(old) != _rest(new):
        lines.append(say("rest", lang))
    return [clean(line) for line in lines]


def _line(what: str, was: str | tuple[str, ...], now: str | tuple[str, ...], lang: str) -> Iterator[str]:
    if was == now:
        return
    named = say(what, lang)
    if isinstance(was, str) and isinstance(now, str):
        none = say("nothing", lang)
        yield say("moved", lang, what=named, old=was or none, new=now or none)
        return
    old, new = tuple(was) if isinstance(was, tuple) else (), tuple(now) if isinstance(now, tuple) else ()
    yield from (say("lost", lang, what=named, old=one) for one in old if one not in new)
    yield from (say("gained", lang, what=named, new=one) for one in new if one not in old)
    if sorted(old) == sorted(new):
        yield say("moved", lang, what=named, old="; ".join(old), new="; ".join(new))


def _facts(step: Step, words: Words, written: Written | None) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """All that a picture tells of a step, in the order in which people ask."""
    yield "title", " / ".join(words.text(step.title))
    yield "kind", step.kind
    people, times, rounds = step.people, step.times, step.rounds
    yield "who", words.roles(people.by)
    yield "need", f"{people.need}/{people.seats}" if people.seats > 1 else ""
    yield "deadline", words.time(times.due)
    yield "opening", words.time(times.opens)
    yield "remind", tuple(words.time(one.at) if one.at is not None else words.pace(one.pace) for one in times.remind)
    yield "escalate", tuple(f"{words.time(one.at)} → {words.roles((one.to,))}" for one in times.escalate)
    yield "if", words.condition(step.if_)
    yield "optional", words.one(words.word("optional")) if step.optional is not False and step.if_ is None else ""
    yield "until-what", words.condition(rounds.until) if rounds is not None else ""
    yield "rounds", str(rounds.most) if rounds is not None and rounds.most else ""
    yield "pace", words.pace(rounds.every) if rounds is not None and rounds.every is not None else ""
    yield "checklist", tuple(words.one(words.text(item.text)) for item in step.checklist)
    yield "evidence", tuple(words.one(words.text(item.text)) for item in step.evidence)
    yield "standards", tuple(words.one(words.text(one.text)) for one in getattr(written, "standards", ()))
    yield "form", tuple(name for name, _ in step.form)
    yield "asks-what", " / ".join(words.text(step.asks))
    yield "question", _question(step.question, words) if step.op is Op.CHOOSE else ()
    yield "run-by", step.run
    yield "calls", step.call.program.name if step.call is not None else ""
    yield "phase", written.phase or "" if written is not None else ""


def _question(question: Question | None, words: Words) -> tuple[str, ...]:
    if question is None:
        return ()
    about = (question.about,) if question.about else ()
    return (*about, *(f"{words.condition(when) or '…'} → {exit_}" for when, exit_ in question.cases))


def _place(step: Step) -> str:
    return step.path.rpartition(".")[0]


def _rest(step: Step) -> list[object]:
    return [getattr(step, name) for name in Step.__slots__ if name not in _TOLD]
