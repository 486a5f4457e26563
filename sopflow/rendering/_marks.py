"""The small signs on a node (deadline, condition, checklist, people) and what a reader is told beside it."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.model import Step as Written
from sopflow.program import Op, Step
from sopflow.rendering._scene import Mark
from sopflow.rendering._words import Words


def marks_of(step: Step, words: Words) -> tuple[Mark, ...]:
    """The marks of a step, in the order in which they are shown."""
    return tuple(_marks(step, words))


def _marks(step: Step, words: Words) -> Iterator[Mark]:
    if step.if_ is not None:
        yield Mark("if", words.condition(step.if_))
    elif step.optional is not False:
        yield Mark("optional", words.one(words.word("optional")))
    people = step.people
    if people.every or people.need > 1:
        share = f"{people.need}/{people.seats}" if people.need < people.seats else words.one(words.word("all"))
        yield Mark("people", f"{words.roles(people.by)} ({share})")
    elif len(people.by) > 1:
        yield Mark("people", " / ".join(words.one(words.role(name)) for name in people.by))
    if step.run:
        yield Mark("auto", words.one(words.word("auto")))
    if step.times.opens is not None and str(step.times.opens) != str(step.times.due):
        yield Mark("opens", f"{words.one(words.word('opens'))} {words.time(step.times.opens)}")
    if step.times.due is not None:
        yield Mark("due", words.time(step.times.due))
    if step.checklist:
        yield Mark("checklist", str(len(step.checklist)))


def marks_of_block(step: Step, words: Words) -> tuple[Mark, ...]:
    """What the heading of a block says besides its title: for what, how often, until when."""
    marks: list[Mark] = []
    if step.each is not None:
        field = words.sop.fields.get(step.each.field)
        title = words.one(words.text(field.title)) if field is not None and field.title is not None else step.each.as_
        marks.append(Mark("each", f"{words.one(words.word('each'))} {title}"))
    if step.rounds is not None:
        if step.rounds.until is not None:
            marks.append(Mark("repeat", f"{words.one(words.word('until'))} {words.condition(step.rounds.until)}"))
        if step.rounds.every is not None:
            marks.append(Mark("every", words.pace(step.rounds.every)))
    if step.if_ is not None:
        marks.append(Mark("if", words.condition(step.if_)))
    if step.times.due is not None and step.op is not Op.CHOOSE:
        marks.append(Mark("due", words.time(step.times.due)))
    return tuple(marks)


def about_of(step: Step, written: Written | None, words: Words) -> str:
    """What one may read of a step beside the picture: who, when, checklist, standards, one line each."""
    lines = [f"{words.one(words.word('by'))} {words.roles(step.people.by)}"] if step.people.by else []
    if step.times.due is not None:
        lines.append(f"{words.one(words.word('due'))}: {words.time(step.times.due)}")
    for name, items in (("checklist", step.checklist), ("standards", getattr(written, "standards", ()))):
        texts = [words.one(words.text(item.text)) for item in items]
        if texts:
            lines.append(f"{words.one(words.word(name))}: {'; '.join(texts)}")
    if written is not None and written.inferred is not None:
        lines.append(f"{words.one(words.word('inferred'))}: {words.one(words.text(written.inferred))}")
    return "\n".join(lines)
