"""The page's second half: a card for each step that is drawn, an outline of them, and which way joins which nodes.

Texts come in every language of the definition, the picture's first. Knows scenes and geometry; what is told of a step
is :mod:`sopflow.rendering._reading`'s, how it looks the writer's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sopflow.model import Sop
from sopflow.program import Program, Step
from sopflow.rendering._build import build
from sopflow.rendering._card_words import KINDS, WAYS, in_words
from sopflow.rendering._definition import Definition
from sopflow.rendering._drawing import Drawing
from sopflow.rendering._geometry import NodeBox, SheetBox
from sopflow.rendering._reading import Line, Part, Reader
from sopflow.rendering._scene import Edge, Node, Sheet
from sopflow.tracing import Fact, read_facts

Texts = tuple[str, ...]  # one for each language of the book


@dataclass(frozen=True, slots=True)
class Told:
    """A card in one language; ``kind`` is what sort of step it is."""

    title: str
    kind: str
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Card:
    """What is told of a step, or of a definition: by ``key`` in links, once in each language.

    ``nodes`` are the ids of its nodes, the one that shows the step itself first.
    """

    key: str
    nodes: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline: a card (-1: only a heading), its titles, what stands under it."""

    card: int
    titles: Texts
    inner: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """All cards. ``cards_of`` holds the card of each node and strip by its id; ``ways`` are (edge, source, target)."""

    languages: Texts
    cards: tuple[Card, ...]
    outline: tuple[Entry, ...]  # one for each sheet
    cards_of: Mapping[str, int]
    ways: tuple[tuple[str, str, str], ...]


def book_of(drawing: Drawing) -> Book:
    """The cards, the outline and the ways of what is drawn."""
    own = drawing.parts[0][1].languages
    languages = tuple(dict.fromkeys((*drawing.scene.languages, *own)))
    return _Binder(drawing, languages).book()


class _Binder:
    """Makes the book of one drawing."""

    def __init__(self, drawing: Drawing, languages: Texts) -> None:
        self.drawing = drawing
        self.languages = languages
        self.scene = drawing.scene
        self.cards: list[Card] = []
        self.cards_of: dict[str, int] = {}
        self.of = {_prefix(at, program): (sop, program) for at, (sop, program) in enumerate(drawing.parts)}
        self.nodes = {node.id: node for sheet in self.scene.sheets for node in sheet.nodes}
        overlay = drawing.geometry.overlay
        self.over = overlay.kind if overlay is not None else ""
        self.status = {marked.id: marked.facts for marked in overlay.nodes} if overlay is not None else {}

    def book(self) -> Book:
        for sheet in self.scene.sheets:
            self._deal(sheet)
        self._point()
        definitions = {prefix: self._add(Card(f"sop:{program.name}")) for prefix, (_, program) in self.of.items()}
        facts = _Facts()
        titles: dict[str, list[str]] = {sheet.id: [] for sheet in self.scene.sheets}
        for lang in self.languages:
            teller = _Teller(self, lang, facts)
            for prefix, at in definitions.items():
                self.cards[at].told.append(teller.definition(prefix))
            for card in self.cards[: -len(definitions)]:
                card.told.append(teller.card(card))
            for id, said in titles.items():
                said.append(" ".join(teller.sheets[id].texts[:1]))
        outline = tuple(self._outlined(sheet, tuple(titles[sheet.id])) for sheet in self.scene.sheets)
        ways = tuple((edge.id, edge.source, edge.target) for sheet in self.scene.sheets for edge in sheet.edges)
        return Book(self.languages, tuple(self.cards), outline, self.cards_of, ways)

    def _add(self, card: Card) -> int:
        self.cards.append(card)
        return len(self.cards) - 1

    def _deal(self, sheet: Sheet) -> None:
        """A card for each step on a sheet, and for each node and band that is none."""
        prefix = sheet.id.partition("sheet:")[0]
        known = {card.key: at for at, card in enumerate(self.cards)}
        for band in sheet.bands:
            if band.id not in known:
                known[band.id] = self._add(Card(band.id))
            self.cards_of[band.id] = known[band.id]
        for node in sheet.nodes:
            key = f"{prefix}{node.step}" if node.step else node.id
            if key not in known:
                known[key] = self._add(Card(key))
            self.cards[known[key]].nodes.append(node.id)
            self.cards_of[node.id] = known[key]

    def _point(self) -> None:
        """Signs that lead to what is drawn elsewhere have the card of that."""
        for id, node in self.nodes.items():
            _, found, path = id.rpartition("--to-")
            target = f"{node.leads.partition('sheet:')[0]}{path}"
            if node.shape == "goto" and found and target in self.cards_of:
                self.cards_of[id] = self.cards_of[target]
        for sheet in self.drawing.geometry.sheets:
            for box in sheet.nodes:
                target = _meant(box, sheet) if box.id not in self.cards_of else ""
                if target in self.cards_of:
                    self.cards_of[box.id] = self.cards_of[target]

    def _outlined(self, sheet: Sheet, titles: Texts) -> Entry:
        """The steps of a sheet in reading order, those of a band under it."""
        around = {band.id: band.parent for band in sheet.bands}
        inside: dict[str, str] = {}
        for band in sheet.bands:  # the inner ones come first
            for id in band.nodes:
                inside.setdefault(id, band.id)
        rows: list[tuple[list[str], int]] = []
        listed: set[int] = set()
        for node in sheet.nodes:
            card = self.cards_of[node.id]
            if node.shape in ("start", "join", "goto") or card in listed:
                continue
            listed.add(card)
            chain: list[str] = []
            holder = inside.get(node.id, "")
            while holder:
                chain.insert(0, holder)
                holder = around[holder]
            rows.append((chain, card))
        return Entry(-1, titles, self._nested(rows, 0))

    def _nested(self, rows: list[tuple[list[str], int]], depth: int) -> tuple[Entry, ...]:
        """As deep as bands are in each other, which the model bounds."""
        entries: list[Entry] = []
        for band, some in groupby(rows, key=lambda row: row[0][depth] if len(row[0]) > depth else ""):
            if band:
                at = self.cards_of[band]
                entries.append(Entry(at, self._titles(at), self._nested(list(some), depth + 1)))
            else:
                entries += (Entry(at, self._titles(at)) for _, at in some)
        return tuple(entries)

    def _titles(self, card: int) -> Texts:
        return tuple(told.title for told in self.cards[card].told)


class _Teller:
    """Fills cards in one language."""

    def __init__(self, binder: _Binder, lang: str, facts: _Facts) -> None:
        self.binder = binder
        self.lang = lang
        self.readers = {
            prefix: Reader(sop, program, lang, facts.of(sop)) for prefix, (sop, program) in binder.of.items()
        }
        self.written = {prefix: Definition(reader.words, "", frozenset()) for prefix, reader in self.readers.items()}
        scene = build(binder.drawing.parts, (lang,))
        self.nodes = binder.nodes | {node.id: node for sheet in scene.sheets for node in sheet.nodes}
        self.bands = {band.id: band for sheet in (*binder.scene.sheets, *scene.sheets) for band in sheet.bands}
        self.sheets = {sheet.id: sheet for sheet in (*binder.scene.sheets, *scene.sheets)}
        self.out: dict[int, list[Edge]] = {}
        self.into: dict[int, list[Edge]] = {}
        self.labels = {edge.id: edge.labels for sheet in scene.sheets for edge in sheet.edges}
        for edge in (edge for sheet in binder.scene.sheets for edge in sheet.edges):
            source, target = binder.cards_of[edge.source], binder.cards_of[edge.target]
            if source != target:
                self.out.setdefault(source, []).append(edge)
                self.into.setdefault(target, []).append(edge)

    def say(self, name: str) -> str:
        return in_words(WAYS, name, self.lang)

    def definition(self, prefix: str) -> Told:
        """The card of a definition."""
        reader = self.readers[prefix]
        title = reader.words.one(reader.words.text(reader.sop.title))
        return Told(title, f"{self.say('sop')} · {reader.program.version}", tuple(reader.definition()))

    def card(self, card: Card) -> Told:
        """A card's words: how it stands, what the definition says of the step, and its ways."""
        shown = self.nodes[card.nodes[0]] if card.nodes else self.bands[card.key]
        kind = shown.shape if isinstance(shown, Node) else shown.kind
        title, parts = " ".join(shown.texts[:1]), [*self._status(card)]
        prefix, step = self._step(card.key)
        if step is not None:
            of = self.written[prefix]
            only = of.plan.single(step) if kind not in ("each", "until", "repeat", "sheet") else None
            for one in (step, only):
                if one is not None:
                    title = of.words.one(of.words.text(one.title)) if set(one.title.values()) != {one.id} else title
                    parts += self.readers[prefix].told(one, of.written.get(one.path))
        parts += (*self._drawn(card), *self._ways(card))
        parts.sort(key=lambda part: part.kind == "sources")  # the small print comes last
        return Told(title or in_words(KINDS, kind, self.lang), in_words(KINDS, kind, self.lang), tuple(parts))

    def _step(self, key: str) -> tuple[str, Step | None]:
        """The definition and the step of that key; no step where it is that of a mere sign."""
        for prefix in sorted(self.readers, key=len, reverse=True):
            program = self.readers[prefix].program
            index = program.by_path.get(key.removeprefix(prefix)) if key.startswith(prefix) else None
            if index is not None:
                return prefix, program.steps[index]
        return "", None

    def _status(self, card: Card) -> Iterator[Part]:
        facts = dict.fromkeys(fact for node in card.nodes for fact in self.binder.status.get(node, ()))
        if facts:
            yield Part(self.say(self.binder.over), tuple(map(Line, facts)), "status")

    def _drawn(self, card: Card) -> Iterator[Part]:
        leads = dict.fromkeys(self.nodes[id].leads for id in card.nodes)
        sheets = [self.sheets[id] for id in leads if id in self.sheets]
        lines = [Line(" ".join(sheet.texts[:1]), str(sheet.number), to=f"sheet={sheet.number}") for sheet in sheets]
        if lines:
            yield Part(self.say("drawn"), tuple(lines), "ways")

    def _ways(self, card: Card) -> Iterator[Part]:
        at = self.binder.cards_of[card.nodes[0] if card.nodes else card.key]
        for name, edges in (("out", self.out.get(at, [])), ("in", self.into.get(at, []))):
            lines = [self._way(edge, edge.target if name == "out" else edge.source) for edge in edges]
            if lines:
                yield Part(self.say(name), tuple(dict.fromkeys(lines)), "ways")

    def _way(self, edge: Edge, end: str) -> Line:
        node, at = self.nodes[end], self.binder.cards_of[end]
        first = self.binder.cards[at].nodes[:1]
        title = " ".join((self.nodes[first[0]] if first else node).texts[:1]) or in_words(KINDS, node.shape, self.lang)
        if node.shape == "join":
            title = self.say("joins").format(to=title)
        label = self.labels.get(edge.id, edge.labels)
        return Line(title, " ".join(label[:1]), to=f"step={self.binder.cards[at].key}")


def _prefix(at: int, program: Program) -> str:
    """What the ids of a definition's nodes begin with."""
    return f"{program.name}/" if at else ""


def _meant(sign: NodeBox, sheet: SheetBox) -> str:
    """The node that a sign with a letter stands for: the one with its letter that is no sign itself."""
    return next((box.id for box in sheet.nodes if box.shape != "goto" and set(box.letters) & set(sign.letters)), "")


class _Facts:
    """The facts of definitions' sources, each file read once; what cannot be read is as if it were not there."""

    def __init__(self) -> None:
        self._read: dict[str, Mapping[str, Fact]] = {}

    def of(self, sop: Sop) -> Mapping[str, Fact]:
        found: dict[str, Fact] = {}
        for source in sop.sources.values():
            if source.facts is not None and sop.origin is not None:
                name = str(sop.origin / source.facts)
                if name not in self._read:
                    self._read[name] = read_facts(sop.origin, source.facts)[0]
                found |= self._read[name]
        return found
