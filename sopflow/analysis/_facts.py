"""Guards that hang together: a finite abstraction of the data that more than one guard reads.

A field of few values stands for itself; a guard over any other fields for its own text, true or false. What only one
guard reads is free. A fact is chosen when it is first read, and forgotten when a step writes what it hangs on. Knows
programs, no rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from sopflow.analysis._data import all_reads, is_field, writes
from sopflow.engine import RunState, View
from sopflow.expr import Expression
from sopflow.program import Literal, Op, Program, Step

VALUES = 12
COMBINATIONS = 64

#: What is known so far: of each fact that was read, by name, its value.
Known = frozenset[tuple[str, object]]
NOTHING: Known = frozenset()


class Facts:
    """The facts that several guards of ``steps`` share."""

    def __init__(self, program: Program, steps: Iterable[Step]) -> None:
        self.program = program
        self._names: dict[str, tuple[str, ...]] = {}  # of each guard by its text: the facts it reads
        self._reads: dict[str, frozenset[str]] = {}  # of each fact: the fields it hangs on
        sites: Counter[str] = Counter()
        read: dict[int, set[str]] = {}
        self._view = View()
        self._view.bind(program, RunState.of(program))
        for step in steps:
            for guard in guards_of(program, step):
                names = self._names_in(guard)
                sites.update(names)
                read.setdefault(step.index, set()).update(names)
        self.shared = frozenset(name for name, number in sites.items() if number > 1)
        #: The steps whose guards read a shared fact.
        self.readers = frozenset(step for step, names in read.items() if not self.shared.isdisjoint(names))

    def _names_in(self, guard: Expression | str) -> tuple[str, ...]:
        text = guard if isinstance(guard, str) else guard.text
        if text not in self._names:
            fields = (guard,) if isinstance(guard, str) else all_reads(guard, self.program)
            number = 1
            for field in fields:
                number *= len(self._values(field)) or COMBINATIONS + 1
            finite = bool(fields) and number <= COMBINATIONS
            self._names[text] = tuple(fields) if finite else (text,)
            self._reads |= {field: frozenset({field}) for field in fields} if finite else {text: frozenset(fields)}
        return self._names[text]

    def _values(self, path: str) -> tuple[object, ...]:
        if not is_field(path, self.program):
            return ()
        field = self.program.fields[path]
        if field.is_ == "bool":
            return (True, False)
        return field.values if field.is_ == "enum" and len(field.values) <= VALUES else ()

    def written_by(self, step: Step) -> dict[str, object]:
        """The shared facts that a step changes, each with the value it has then (None: whichever)."""
        fields = writes(step)
        literal = {path: value.value for path, value in step.set_ if isinstance(value, Literal)}
        return {
            name: literal.get(name) if literal.get(name) in self._values(name) else None
            for name in self.shared
            if not self._reads[name].isdisjoint(fields)
        }

    def answers(self, guard: Expression | str, known: Known) -> Iterator[tuple[object, Known]]:
        """What a guard may give (of a field: its values), each with what is known then."""
        for answer, chosen in self._options(guard, known):
            yield answer, known | frozenset(fact for fact in chosen if fact[0] in self.shared)

    def witnessed(self, guard: Expression, known: Known) -> Iterator[tuple[object, Known]]:
        """What a guard may give, each with the facts that make it so; those included that no other guard reads."""
        return self._options(guard, known)

    def is_shared(self, guard: Expression) -> bool:
        """Whether another guard hangs on the same."""
        return not self.shared.isdisjoint(self._names_in(guard))

    def _options(self, guard: Expression | str, known: Known) -> Iterator[tuple[object, Known]]:
        names = self._names_in(guard)
        facts = dict(known)
        text = guard if isinstance(guard, str) else guard.text
        if names == (text,) and not self._values(text):
            options: tuple[object, ...] = (facts[text],) if text in facts else (True, False)
            for value in options:
                yield value, frozenset({(text, value)})
            return
        choices = [(facts[name],) if name in facts else self._values(name) for name in names]
        decided = False
        for values in product(*choices):
            chosen = dict(zip(names, values, strict=True))
            answer = chosen.get(guard) if isinstance(guard, str) else self._evaluate(guard, chosen)
            if answer is not None:
                decided = True
                yield answer, frozenset(chosen.items())
        if not decided:  # it reads more than fields, or fails: anything may be
            yield from ((value, NOTHING) for value in (True, False))

    # -- what steps make of it -----------------------------------------------------------------------------------------

    def by_field(self, step: Step, known: Known) -> Iterator[tuple[str, Known]]:
        """The exits of a question about a field; met once more it is asked anew."""
        question = step.question
        assert question is not None  # the caller has looked
        seen = (f":asked {step.index}", True)
        if seen in known and question.asks != "unknown":
            known = frozenset(fact for fact in known if fact[0] != question.about)
        for value, then in self.answers(question.about, known):
            word = ("yes" if value else "no") if isinstance(value, bool) else str(value)
            yield word if word in step.exits else "else" if "else" in step.exits else step.ordinary, then | {seen}

    def by_cases(self, step: Step, known: Known) -> Iterator[tuple[str, Known]]:
        assert step.question is not None  # the caller has looked
        open_ = [known]
        for guard, exit_ in step.question.cases:
            passed = []
            for then in open_:
                for held, more in self.answers(guard, then) if guard is not None else [(True, then)]:
                    if held is True:
                        yield exit_, more
                    else:
                        passed.append(more)
            open_ = list(dict.fromkeys(passed))

    def starts(self, known: Known, step: Step, inner: Sequence[int]) -> Iterator[tuple[tuple[bool, ...], Known, Known]]:
        """Which of the regions ``inner`` of a block begin, what is known then, and the facts that make it so."""
        if step.each is not None:
            least = 0 if step.each.field or step.each.until else len(inner)
            for number in range(least, len(inner) + 1):
                yield tuple(place < number for place in range(len(inner))), known, NOTHING
            return
        guards = dict(zip(step.regions, step.join.guards if step.join is not None else (), strict=False))
        starts: list[tuple[tuple[bool, ...], Known, Known]] = [((), known, NOTHING)]
        placed = set(inner)
        for region in step.regions:
            guard = guards.get(region)
            if guard is None:
                starts = [((*begun, True) if region in placed else begun, was, why) for begun, was, why in starts]
                continue
            starts = [
                ((*begun, held is True) if region in placed else begun, then, why | facts)
                for begun, was, why in starts
                for held, then, facts in self._answered(guard, was, why, all_=region in placed)
            ]
        yield from starts

    def _answered(
        self, guard: Expression, known: Known, why: Known, *, all_: bool
    ) -> Iterator[tuple[object, Known, Known]]:
        """What a guard may give; for a branch that does not matter one answer will do, if nothing else hangs on it."""
        answers = self.witnessed(guard, known | why)
        hangs = self.is_shared(guard)
        for held, facts in answers if all_ or hangs else islice(answers, 1):
            yield held, known | frozenset(fact for fact in facts if fact[0] in self.shared), facts

    def _evaluate(self, guard: Expression, values: Mapping[str, object]) -> bool | None:
        self._view.clear()
        self._view.update(values)
        answer = guard.evaluate(self._view)
        return answer if isinstance(answer, bool) else None


def after_writing(known: Known, written: Mapping[str, object]) -> Known:
    """What is known once these facts were written."""
    if not written:
        return known
    kept = {(name, value) for name, value in known if name not in written}
    return frozenset(kept | {(name, value) for name, value in written.items() if value is not None})


def guards_of(program: Program, step: Step) -> Iterator[Expression | str]:
    """What decides where a step's token goes: expressions, or the field that a question is about."""
    block = program.regions[step.region].block
    if step.if_ is not None and (block < 0 or program.steps[block].op != Op.FORK):
        yield step.if_
    if step.join is not None:
        yield from (guard for guard in step.join.guards if guard is not None)
    question = step.question
    if question is not None and question.table is None:
        if question.about:
            yield question.about
        yield from (guard for guard, _ in question.cases if guard is not None)
