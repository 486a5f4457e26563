"""The steps of a hand-book: numbered, in their order, each with who, when, what, how well, and what comes then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sopflow.program import DONE, END, Cases, Handler, Op, Step, Table
from sopflow.rendering._definition import Definition
from sopflow.rendering._reading import Line, Part
from sopflow.rendering.formats import _markdown as md
from sopflow.rendering.formats._handbook_words import Voices

_DEEPEST = 6  # Markdown has six levels of headings
#: Parts that stand as one line each, and those that are lists; both in this order, by Reader's names.
_FACTS = ("who", "when", "conditions", "asks")
_LISTS = ("checklist", "form", "evidence", "standards", "materials", "sets")


class Steps:
    """The steps of one definition; ``shown`` are the ids of those that the view shows (None: all)."""

    def __init__(self, of: Definition, voices: Voices, shown: frozenset[str] | None) -> None:
        self.of = of
        self.program = of.program
        self.voices = voices
        self._shown = shown
        self.numbers: dict[int, str] = {}
        self._number(self.program.regions[0].steps, "")
        for at, handler in enumerate(self.program.handlers, start=1):
            self._number_handler(handler, f"E{at}")

    @property
    def whole(self) -> bool:
        """Whether all steps are shown."""
        return self._shown is None

    # -- numbers and links ---------------------------------------------------------------------------------------------

    def _number(self, steps: Sequence[int], prefix: str) -> None:
        for at, index in enumerate(steps, start=1):
            number = f"{prefix}.{at}" if prefix else str(at)
            self.numbers[index] = number
            step = self.program.steps[index]
            inner = [index for region in step.regions if region not in self.of.handler_of
                     for index in self.program.regions[region].steps]  # fmt: skip
            self._number(inner, number)
            for place, handler in enumerate(step.handlers):
                self._number_handler(handler, f"{number}{chr(ord('a') + place % 26)}")

    def _number_handler(self, handler: Handler, number: str) -> None:
        if handler.region < 0:
            return
        steps = self.program.regions[handler.region].steps
        if len(steps) == 1:
            self.numbers[steps[0]] = number
            step = self.program.steps[steps[0]]
            self._number([index for region in step.regions if region not in self.of.handler_of
                          for index in self.program.regions[region].steps], number)  # fmt: skip
            for place, inner in enumerate(step.handlers):
                self._number_handler(inner, f"{number}{chr(ord('a') + place % 26)}")
        else:
            self._number(steps, number)

    def link(self, index: int, *, titled: bool = True, numbered: bool = True) -> str:
        """A link to a step, by its number and its title; without a link where the step is not shown."""
        step = self.program.steps[index]
        parts = [self.numbers[index]] if numbered else []
        parts += [self.voices.title(step)] if titled else []
        words = " ".join(parts)
        return md.link(words, self.of.id(step.path)) if self.is_shown(step) else words

    def is_shown(self, step: Step) -> bool:
        """Whether the view shows a step, or anything in it."""
        if self._shown is None:
            return True
        id = self.of.id(step.path)
        return any(one == id or one.startswith((f"{id}.", f"{id}--")) for one in self._shown)

    def top(self) -> list[tuple[str, Step]]:
        """The steps of the outermost list, with their numbers."""
        steps = [self.program.steps[index] for index in self.program.regions[0].steps]
        return [(self.numbers[step.index], step) for step in steps if self.is_shown(step)]

    def who(self, step: Step) -> str:
        """Who does a step; of a block, all who do something in it."""
        inside = [one for one in self.program.steps if one is step or one.path.startswith(f"{step.path}.")]
        names = dict.fromkeys(name for one in inside for name in one.people.by)
        return self.voices.roles((*names,))

    def due(self, step: Step) -> str:
        """When it is due, in words."""
        return self.voices.time(step.times.due)

    # -- where a way leads ---------------------------------------------------------------------------------------------

    def _resolved(self, target: int, region: int) -> tuple[int, str]:
        """What a target comes to: a step, an end (``END - k``), or DONE and the phrase that says of what."""
        while target == DONE:
            block = self.program.regions[region].block
            if region in self.of.handler_of:
                handler, scope = self.of.handler_of[region]
                if not handler.instead or scope < 0:
                    return DONE, "back-to"
                target, region = self._ordinary(self.program.steps[scope])
                continue
            if block < 0:
                return END, ""
            step = self.program.steps[block]
            if step.op is not Op.GROUP:
                return DONE, {Op.EACH: "item-done", Op.REPEAT: "round-done"}.get(step.op, "branch-done")
            target, region = self._ordinary(step)
        return target, ""

    def _ordinary(self, step: Step) -> tuple[int, int]:
        target = step.exits.get(step.ordinary, DONE)
        return target if isinstance(target, int) else DONE, step.region

    def _where(self, target: int, region: int) -> str:
        resolved, phrase = self._resolved(target, region)
        if phrase:
            return self.voices.say(phrase)
        if resolved <= END:
            return f"**{self.voices.say('end', name=self.voices.outcome(self.program.outcomes[END - resolved]))}**"
        return self.link(resolved)

    def ends(self, step: Step, outcome: int) -> bool:
        """Whether a way out of a step ends the run with an outcome; of a block, only where no step in it says so."""
        if step.regions:
            return False
        return any(self._resolved(one, step.region)[0] == END - outcome for one in _targets(step))

    # -- the text ------------------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        """All steps, under their phases."""
        sop = self.of.words.sop
        phased = any(written.phase for written in sop.steps)
        seen: set[str] = set()
        before: str | None = None
        for _, step in self.top():
            written = self.of.written.get(step.path)
            phase = (written.phase if written is not None else None) or ""
            if phased and phase and phase != before:
                known = sop.phases.get(phase)
                title = self.voices.text(known.title) if known is not None else md.text(phase)
                again = f" {self.voices.say('again')}" if phase in seen else ""
                yield from (f"### {title}{again}", "")
                if known is not None and isinstance(known.from_, str) and isinstance(known.to, str):
                    begin, end = md.text(known.from_), md.text(known.to)
                    yield from (self.voices.say("from-to", begin=begin, end=end), "")
            seen.add(phase)
            before = phase
            yield from self._step(step, 4 if phased else 3)

    def events(self) -> Iterator[str]:
        """What is done whenever something happens, wherever the run is."""
        yield from self._told_of(None, self.program.handlers)
        yield from self._answers(self.program.handlers, 3)

    def _step(self, step: Step, level: int) -> Iterator[str]:
        """A step with all that is in it. Goes as deep as blocks are nested, which the model bounds."""
        if not self.is_shown(step):
            return
        heading = "#" * min(level, _DEEPEST)
        title = f"{md.anchor(self.of.id(step.path))}{self.numbers[step.index]} {self.voices.title(step)}"
        yield from (f"{heading} {title}", "")
        told = self.voices.told(step, self.of)
        reader = self.voices.readers[0]
        parts = {name: told[heading] for name in (*_FACTS, *_LISTS, "note", "inferred")
                 if (heading := reader.say(name)) in told}  # fmt: skip
        if "note" in parts:
            yield from (parts["note"].lines[0].text, "")
        yield from self._facts(parts)
        yield from self._what(step)
        for name in _LISTS:
            if name in parts:
                yield from _listed(parts[name], tick="[ ] " if name in ("checklist", "evidence") else "")
        if step.regions:  # said before what is in it, or it would be taken for the last step's
            yield from self._ways(step)
            yield from self._told_of(step, step.handlers)
            yield from self._inside(step, level)
        else:
            yield from self._ways(step)
            yield from self._told_of(step, step.handlers)
        yield from self._answers(step.handlers, level + 1)
        if "inferred" in parts:
            yield from (f"> *{parts['inferred'].heading}*{self.voices.colon}{parts['inferred'].lines[0].text}", "")

    def _facts(self, parts: Mapping[str, Part]) -> Iterator[str]:
        facts = []
        for name in _FACTS:
            if name in parts:
                said = " · ".join(self._fact(line, labelled=name != "asks") for line in parts[name].lines)
                facts.append(f"- **{parts[name].heading}**{self.voices.colon}{said}")
        if facts:
            yield from (*facts, "")

    def _fact(self, line: Line, *, labelled: bool) -> str:
        label = f"{line.label}{self.voices.colon}" if line.label and labelled else ""
        return f"{label}{line.text}{f' ({line.more})' if line.more else ''}"

    def _what(self, step: Step) -> Iterator[str]:
        """What is done, in a sentence, where the title alone does not say it."""
        say, voices = self.voices.say, self.voices
        match step.op:
            case Op.FORK:
                need = step.join.need if step.join is not None else 0
                name = "join-all" if not need else "join-first" if need == 1 else "join-some"
                parts = (one.phrase("side-by-side", join=one.phrase(name, n=need)) for one in voices.readers)
                yield from (" / ".join(dict.fromkeys(parts)), "")
            case Op.EACH if step.each is not None:
                each = step.each
                named = voices.each(lambda one: one.titles.get(each.field, each.field) if each.field else
                                    ", ".join(map(str, each.items)))  # fmt: skip
                yield from (say("for-each", items=named), "")
            case Op.REPEAT:
                yield from (self._rounds(step), "")
            case Op.CALL if step.call is not None:
                called = step.call.program
                name = voices.each(lambda one: called.text(called.title, one.lang))
                drawn = called.name in self.of.called
                linked = md.link(name, f"{called.name}/--sop") if drawn else f"*{name}* (`{called.name}`)"
                yield from (say("call-hand-over" if step.call.detached else "call", name=linked), "")
            case Op.WAIT if len(step.wait) == 1:
                yield from (say("wait-for", what=voices.exits(step, [step.wait[0].exit])), "")
            case Op.EMIT:
                yield from (say("send", what=voices.message(step.emit)), "")
            case Op.CHOOSE if step.question is not None and step.question.table is not None:
                yield from self._table(step, step.question.table)
            case _:
                pass

    def _rounds(self, step: Step) -> str:
        rounds = step.rounds
        assert rounds is not None
        said = []
        for one in self.voices.readers:
            fields: dict[str, object] = {"until": "", "every": "", "most": ""}
            if rounds.until is not None:
                fields["until"] = one.phrase("until", condition=md.text(one.condition(rounds.until)))
            if rounds.every is not None and not isinstance(rounds.every, Cases):
                fields["every"] = one.phrase("every", pace=md.text(one.words.pace(rounds.every)))
            if rounds.most:
                fields["most"] = one.phrase("most", n=rounds.most)
            said.append(one.phrase("rounds", **fields))
        return " / ".join(dict.fromkeys(said))

    def _table(self, step: Step, table: Table) -> Iterator[str]:
        """A decision table, a row for each of its rows."""
        voices = self.voices
        head = [voices.name(at.text) for at in table.columns]
        head += [f"**{voices.name(path)}**" for path in table.gives]
        routed = any(row.next for row in table.rows)
        rows = []
        for row in table.rows:
            cells = [voices.condition(test) or "–" for test in row.tests]
            cells += [voices.value(value) for value in row.gives]
            if routed:
                target = step.exits.get(row.next)
                cells.append(self._where(target, step.region) if isinstance(target, int) else "")
            rows.append(cells)
        yield from md.table([*head, voices.say("go")] if routed else head, rows)

    def _inside(self, step: Step, level: int) -> Iterator[str]:
        guards = step.join.guards if step.join is not None else ()
        for number, region in enumerate(step.regions):
            if region in self.of.handler_of:
                continue
            for index in self.program.regions[region].steps:
                inner = self.program.steps[index]
                lines = list(self._step(inner, level + 1))
                guard = guards[number] if number < len(guards) else None
                if lines and guard is not None and inner.if_ is None:
                    lines[2:2] = [self.voices.say("part-only-if", condition=self.voices.condition(guard)), ""]
                yield from lines

    def _told_of(self, scope: Step | None, handlers: Sequence[Handler]) -> Iterator[str]:
        """What may happen while a scope is open, and what is then done."""
        say, voices = self.voices.say, self.voices
        told = []
        for handler in handlers:
            event = voices.event(handler)
            only = voices.condition(handler.if_)
            how = "beside" if not handler.instead else "stop" if scope is not None else "stop-all"
            if handler.region >= 0:
                first = self.program.regions[handler.region].head
                if not self.is_shown(self.program.steps[first]):
                    continue
                what = say(f"{how}-do", where=self.link(first))
            else:
                region = scope.region if scope is not None else 0
                target = handler.target if isinstance(handler.target, int) else DONE
                what = say(f"{how}-see", where=self._where(target, region))
            also = f" ({say('part-only-if', condition=only)})" if only else ""
            told.append(f"- **{event}**{also}{voices.colon}{what}")
        if told and scope is not None:
            yield from (say("while-open"), "")
        if told:
            yield from (*told, "")

    def _answers(self, handlers: Sequence[Handler], level: int) -> Iterator[str]:
        """The steps of handlers."""
        for handler in handlers:
            if handler.region >= 0:
                for index in self.program.regions[handler.region].steps:
                    yield from self._step(self.program.steps[index], level)

    def _ways(self, step: Step) -> Iterator[str]:
        """Where each answer leads; of a step with one way, only where that is not the next one."""
        found: dict[str, list[str]] = {}
        for name, target in step.exits.items():
            for one in _plain(target):
                names = found.setdefault(self._where(one, step.region), [])
                if name not in names:
                    names.append(name)
        if len(found) > 1:
            if step.question is not None and step.question.table is not None:
                return  # its rows say it
            say = self.voices.say
            rows = [(self.voices.exits(step, names), where) for where, names in found.items()]
            head = {Op.WAIT: "comes-first", Op.CALL: "ends-with", Op.WORK: "outcome"}.get(step.op, "answer")
            yield from md.table([say("outcome" if step.regions else head), say("go")], rows)
            return
        for where in found:
            target = next(one for target in step.exits.values() for one in _plain(target))
            resolved, phrase = self._resolved(target, step.region)
            if resolved <= END and step.op is Op.GROUP:
                return  # its last steps say it
            if resolved <= END:
                outcome = self.voices.outcome(self.program.outcomes[END - resolved])
                yield from (self.voices.say("then-end", where=outcome), "")
            elif not phrase and resolved != self._next(step):
                yield from (self.voices.say("go-on-after" if step.regions else "go-on", where=where), "")

    def _next(self, step: Step) -> int:
        """The step that a reader comes to next: below, or below the groups that it ends."""
        here = step
        while True:
            steps = self.program.regions[here.region].steps
            at = steps.index(here.index) + 1
            if at < len(steps):
                return steps[at]
            block = self.program.regions[here.region].block
            if block < 0 or here.region in self.of.handler_of:
                return -1
            here = self.program.steps[block]


def _plain(target: object) -> list[int]:
    """A target's steps: one, or those of all its cases."""
    if isinstance(target, Cases):
        return [case.then for case in target.cases if isinstance(case.then, int)]
    return [target] if isinstance(target, int) else []


def _targets(step: Step) -> list[int]:
    return [one for target in step.exits.values() for one in _plain(target)]


def _listed(part: Part, *, tick: str) -> Iterator[str]:
    yield from (f"**{part.heading}**", "")
    for line in part.lines:
        words = md.web(line.text, line.link) if line.link else line.text
        more = f" ({line.more})" if line.more and not line.link else ""
        yield f"- {tick}{words}{more}"
    yield ""
