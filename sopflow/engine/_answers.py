"""What people say of an open step: their answers and votes, ticks, and whose it is.

Each act looks at everything first, then gives back what is to be done: see ``_acts.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from sopflow.engine import _effects as fx
from sopflow.engine import _events as ev
from sopflow.engine._checks import Checks
from sopflow.engine._people import DIFFER, field_of, no_seat, objection, roles_for, seats_of, settled, verdict
from sopflow.engine._refusal import Refusal, refusal
from sopflow.engine._state import Opening
from sopflow.errors import Problem
from sopflow.program import Op, Step


class Answers(Checks):
    """Counts what people say."""

    __slots__ = ()

    def _answered(self, event: ev.Answered) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "asks", "open")
        if opening.phase == "open":
            self._is(step, (Op.CHOOSE,), ("answered", "回答"))
        self._may(opening, step)
        path = event.field or (opening.asked[0] if len(opening.asked) == 1 else "")
        if not path and step.question is not None and step.question.open:
            return self._answered_in_words(opening, step, event)
        if path not in opening.asked:
            raise refusal("type", "SOP716", step=step.path, field=path or "–", asked=", ".join(opening.asked))
        value = self._answer(step, path, event.value)
        self._take_seat(opening, step)

        def act() -> None:
            if step.op == Op.CHOOSE and seats_of(step, opening).seats > 1:
                self._count(opening, step, value, path)
                return
            self._write_from(opening, path, value)
            if step.op == Op.CHOOSE:
                opening.round += 1  # answered on this visit: the question is not asked again
            self._proceed(opening)

        return act

    def _answer(self, step: Step, path: str, raw: object) -> object:
        """The answer as a value of the field; where the step settles doubt, one person may give several."""
        field, question = field_of(self.program, step, path), step.question
        assert field is not None  # it was asked for
        if isinstance(raw, list) and question is not None and question.in_doubt and field.is_ == "enum":
            known = [word for word in field.values if word in raw]
            raw = known[-1 if question.in_doubt == "last" else 0] if known else raw
        if field.is_ == "bool" and raw in ("yes", "no"):
            raw = raw == "yes"
        value = field.read(raw, self.program.zone)
        if isinstance(value, Problem):  # to say nothing is no answer
            raise Refusal("type", value)
        return value

    def _answered_in_words(self, opening: Opening, step: Step, event: ev.Answered) -> Callable[[], None]:
        word = event.value
        if isinstance(word, bool):
            word = "yes" if word else "no"
        if not isinstance(word, str) or word not in step.exits:
            raise refusal("outcome", "SOP703", step=step.path, outcome=event.value, outcomes=", ".join(step.exits))
        self._take_seat(opening, step)
        if seats_of(step, opening).seats > 1:
            return lambda: self._count(opening, step, word, "")
        return lambda: self._choose_exit(opening, word, {}, f"answered {word}")

    def _take_seat(self, opening: Opening, step: Step) -> str:
        """The seat of whoever acts, where several have one; it is taken once, and the vote is final."""
        roles = roles_for(step, opening)
        who = self.event.by or (roles[0] if roles else "")
        against = no_seat(self.program, step, opening, who)
        if against is not None:
            raise Refusal(*against)
        return who

    def _count(self, opening: Opening, step: Step, answer: object, path: str) -> None:
        """One of several answers to a decision; the one after which nothing can change settles it."""
        question, field = step.question, field_of(self.program, step, path)
        assert question is not None  # only decisions count answers
        votes = opening.votes = {**(opening.votes or {}), self._take_seat(opening, step): answer}
        rank = () if field is None else (False, True) if field.is_ == "bool" else field.values
        result = settled(list(votes.values()), seats_of(step, opening), question, rank)
        if result is None:
            return
        inputs = {f"{step.id}.{person}": vote for person, vote in votes.items()}
        if result is DIFFER:
            self._choose_exit(opening, "differ", inputs, "the answers differ")
            return
        if path:
            self._write_from(opening, path, result)
        word = ("yes" if result else "no") if isinstance(result, bool) else str(result)
        self._choose_exit(opening, word if word in step.exits else "else", inputs, f"settled: {word}")

    def _voted(self, event: ev.Voted) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._is(step, (Op.VOTE,), ("judged", "审核"))
        if event.verdict not in step.exits or event.verdict == step.missed:
            raise refusal("outcome", "SOP703", step=step.path, outcome=event.verdict, outcomes=", ".join(step.exits))
        self._may(opening, step)
        who = self._take_seat(opening, step)
        values = self._read(event.data, step)
        if event.verdict == step.ordinary:
            self._complete(opening, step, event, values)

        def act() -> None:
            for path, value in values.items():
                self._write_from(opening, path, value)
            votes = opening.votes = {**(opening.votes or {}), who: event.verdict}
            people = seats_of(step, opening)
            result = verdict(list(votes.values()), people.need, people.seats)
            if result:
                inputs = {f"{step.id}.{person}": vote for person, vote in votes.items()}
                self.notes.append(fx.Judged(opening.id, step.index, inputs, event.why, result))
                self._close(opening, result if result in step.exits else "refused")

        return act

    def _ticked(self, event: ev.Ticked) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open")
        self._may(opening, step)
        numbers = [
            number
            for number, item in enumerate(step.checklist, 1)
            if event.item == number or event.item in item.text.values()
        ]
        if not numbers:
            lines = [item.text for item in step.checklist]
            raise refusal("outcome", "SOP740", step=step.path, line=event.item, lines=lines)

        def act() -> None:
            opening.ticked = {*(opening.ticked or ()), *numbers}

        return act

    def _reassigned(self, event: ev.Reassigned) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks", "held")
        if opening.phase != "asks":
            self._is(step, (Op.WORK, Op.VOTE, Op.CHOOSE), ("handed over", "移交"))
        if not event.to.strip():
            known = ", ".join(self.program.roles) or "–"
            raise refusal("role", "SOP718", actor=event.to, known=known)

        def act() -> None:
            opening.to, opening.claimed = event.to, ""
            self.effects += [fx.Withdraw(opening.id, "reassigned"), fx.Offer(opening.id, step.index, (event.to,))]

        return act

    def _claimed(self, event: ev.Claimed) -> Callable[[], None]:
        opening, step = self._opening(event.opening, "open", "asks")
        if opening.phase != "asks":
            self._is(step, (Op.WORK, Op.VOTE, Op.CHOOSE), ("taken", "认领"))
        if event.to:
            against = objection(self.program, self.state, step, opening, event.to)
            if against:
                raise Refusal(*against)
        elif opening.claimed and event.by not in (None, opening.claimed):
            raise refusal("role", "SOP744", step=step.path, actor=event.by, who=opening.claimed)

        def act() -> None:
            opening.claimed = event.to

        return act
