"""The hand-book: an SOP as a document that people read, in Markdown, in one language or in two.

What must be known comes first, then the steps in their order, then how it ends and on what it rests. What is told of a
step is :mod:`sopflow.rendering._reading`'s; the steps are ``_handbook_steps``'s.
"""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.calendars import describe, parse_pace
from sopflow.program import Op
from sopflow.rendering._definition import Definition
from sopflow.rendering._drawing import Drawing
from sopflow.rendering.formats import _markdown as md
from sopflow.rendering.formats._handbook_steps import Steps
from sopflow.rendering.formats._handbook_words import Voices
from sopflow.rendering.formats._origins import Origins


def handbook(drawing: Drawing) -> str:
    """The definition, and those that it calls if they are drawn too, as Markdown."""
    shown = _shown(drawing)
    lines: list[str] = []
    for of in Origins(drawing).definitions:
        lines += _Chapter(of, Voices(of, drawing.scene.languages), shown).lines()
    return "\n".join(lines).rstrip() + "\n"


def _shown(drawing: Drawing) -> frozenset[str] | None:
    """The ids of the steps that the view shows; None: all of them."""
    if not (drawing.view.phase or drawing.view.focus):
        return None
    return frozenset(node.id for sheet in drawing.scene.sheets for node in sheet.nodes)


class _Chapter:
    """One definition."""

    def __init__(self, of: Definition, voices: Voices, shown: frozenset[str] | None) -> None:
        self.of = of
        self.sop = of.words.sop
        self.program = of.program
        self.voices = voices
        self.steps = Steps(of, voices, shown)

    def lines(self) -> Iterator[str]:
        say = self.voices.say
        yield f"# {md.anchor(self.of.id('--sop'))}{self.voices.text(self.sop.title)}"
        yield ""
        yield f"`{self.program.name}` · {say('version')} {self.program.version}"
        yield ""
        for note in (self.sop.note, self.sop.inferred):
            if note is not None:
                yield from (self.voices.text(note), "")
        yield from self._overview()
        yield from self._section("begins", self._begins())
        yield from self._section("roles", self._roles())
        yield from self._section("settings", self._settings())
        yield from self._section("data", self._data())
        yield from self._section("calendars", self._calendars())
        yield from self._section("steps", self.steps.lines())
        yield from self._section("events", self.steps.events())
        yield from self._section("ends", self._ends())
        yield from self._section("sources", self._sources())

    def _section(self, name: str, lines: Iterator[str]) -> Iterator[str]:
        """A section under its heading; none where there is nothing in it."""
        inside = list(lines)
        if inside:
            yield from (f"## {self.voices.say(name)}", "", *inside)
            if inside[-1]:
                yield ""

    def _overview(self) -> Iterator[str]:
        rows = [(number, self.steps.link(step.index, numbered=False), self.steps.who(step), self.steps.due(step))
                for number, step in self.steps.top()]  # fmt: skip
        if len(rows) > 1:
            say = self.voices.say
            yield from (f"## {say('overview')}", "")
            yield from md.table(["", say("step"), say("who"), say("due")], rows)

    def _begins(self) -> Iterator[str]:
        start = self.sop.start
        if start is None:
            return
        say, voices = self.voices.say, self.voices
        if start.by:
            yield f"- {say('started-by', who=voices.roles(start.by))}"
        if start.every is not None:
            pace, _ = parse_pace(start.every)
            said = voices.each(lambda one: describe(pace, one.lang, titles=one.titles) if pace else start.every or "")
            yield f"- {say('started-every', pace=said)}"
        if start.message is not None:
            yield f"- {say('started-message', message=voices.message(start.message))}"

    def _roles(self) -> Iterator[str]:
        say, voices = self.voices.say, self.voices
        rows = []
        for name, role in self.sop.roles.items():
            about = [md.text(person) for person in role.people]
            if role.deputy:
                about.append(say("deputy", who=voices.roles((role.deputy,))))
            steps = [step for step in self.program.steps if name in step.people.by and self.steps.is_shown(step)]
            if steps or about or self.steps.whole:
                links = ", ".join(self.steps.link(step.index, titled=False) for step in steps)
                rows.append((voices.roles((name,)), ", ".join(about), links))
        yield from md.table([say("role"), say("people"), say("steps-of")], rows)

    def _settings(self) -> Iterator[str]:
        """What an adopter sets, the dates that times are counted from, and what is worked out."""
        say, voices = self.voices.say, self.voices
        rows = []
        for name, field in self.sop.parameters.items():
            default = md.text(str(field.default)) if field.has_default else say("to-be-set")
            unit = f" {voices.text(field.unit)}" if field.unit is not None else ""
            rows.append((f"`{name}`", voices.text(field.title), f"{default}{unit}"))
        yield from md.table([say("name"), say("meaning"), say("default")], rows)
        for name, time in self.program.anchors.items():
            yield f"- `{name}`: {voices.time(time)}"
        for name, value in self.program.derived.items():
            yield f"- `{name}`: {voices.value(value)}"

    def _data(self) -> Iterator[str]:
        """What a run learns."""
        voices = self.voices
        rows = []
        for path, field in self.sop.fields.items():
            kind = voices.kind(path, self.program.fields.get(path))
            asked = voices.roles((field.ask,)) if field.ask else ""
            rows.append((voices.text(field.title) or f"`{path}`", kind, asked))
        say = voices.say
        yield from md.table([say("what"), say("kind"), say("asked")], rows)

    def _calendars(self) -> Iterator[str]:
        if self.sop.time_zone != "UTC" or self.program.calendars:
            yield f"- {self.voices.say('time-zone', zone=md.text(self.sop.time_zone))}"
        for name, written in self.sop.calendars.items():
            facts = [f"{key}: {_plain(written[key])}" for key in ("country", "days", "hours") if key in written]
            yield f"- `{name}`" + (f" – {md.text('; '.join(facts))}" if facts else "")

    def _ends(self) -> Iterator[str]:
        """The outcomes, each with the steps that lead to it."""
        for number, outcome in enumerate(self.program.outcomes):
            from_ = [step for step in self.program.steps if step.op is not Op.STOP and self.steps.ends(step, number)]
            stops = [step for step in self.program.steps if step.op is Op.STOP and self.steps.ends(step, number)]
            links = ", ".join(self.steps.link(step.index) for step in (*from_, *stops) if self.steps.is_shown(step))
            if links:
                yield f"- **{self.voices.outcome(outcome)}** – {self.voices.say('after')} {links}"

    def _sources(self) -> Iterator[str]:
        for source in self.sop.sources.values():
            title = self.voices.text(source.title)
            address = source.link or ""
            web = address.startswith(("https://", "http://"))
            more = f" (`{source.file.replace('`', '')}`)" if source.file else ""
            yield f"- {md.web(title, address) if web else title}{more}"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
