"""What of a definition becomes a node, a band or a phase, on one of its sheets.

Groups and rounds in sequence become bands; inside a parallel, where rows are shared, they become chains of nodes. Knows
nothing of ways between them, nor of places on a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sopflow.program import Handler, Op, Step
from sopflow.rendering._definition import ROOT, Definition
from sopflow.rendering._marks import about_of, marks_of, marks_of_block
from sopflow.rendering._scene import Band, Mark, Node, Shape

_SHAPES: Mapping[Op, Shape] = {
    Op.WORK: "task", Op.VOTE: "approval", Op.CHOOSE: "decision", Op.WAIT: "wait", Op.EMIT: "emit", Op.CALL: "call",
    Op.STOP: "end", Op.FORK: "fork", Op.EACH: "each", Op.REPEAT: "until", Op.GROUP: "sheet",
}  # fmt: skip


class SheetNodes:
    """The nodes, bands and phases of the sheet of block ``root``; of a whole definition where that is -1."""

    def __init__(self, of: Definition, root: int) -> None:
        self.of = of
        self.root = root
        self.words = of.words
        self.program = of.program
        self.steps = self.program.steps
        self.regions = self.program.regions
        self.plan = of.plan
        self.nodes: dict[str, Node] = {}
        self.bands: list[Band] = []
        self.phases: dict[str, str] = {}
        self.joins: dict[int, str] = {}
        self.in_branch: set[int] = set()

        self._begin()

    def _begin(self) -> None:
        """All nodes of the sheet, in reading order."""
        block = self.block
        self.start = self.add(Node(self.of.id(f"{self._path}--start"), "start", self.words.word("start")))
        if block is None:
            self._region(0, (), branch=False)
            self._handled(ROOT, self.program.handlers)
        elif block.op is Op.FORK:
            self._block(block, (), branch=False)
        else:
            for region in block.regions:
                self._region(region, (), branch=False)
            if block.op is Op.REPEAT:
                self._until(block)
            self._handled(block.index, block.handlers)

    @property
    def block(self) -> Step | None:
        """The block whose sheet it is."""
        return self.steps[self.root] if self.root >= 0 else None

    @property
    def _path(self) -> str:
        return self.block.path if self.block is not None else ""

    @property
    def head(self) -> str:
        """The node at which the sheet begins."""
        block = self.block
        if block is not None and block.op is Op.FORK:
            return self.entry(block.index)
        return self.entry(self.regions[block.regions[0] if block is not None else 0].head)

    def add(self, node: Node) -> str:
        """Put a node on the sheet; its id."""
        self.nodes[node.id] = node
        return node.id

    def _region(self, region: int, bands: tuple[str, ...], *, branch: bool) -> None:
        """The nodes of a list of steps. Goes as deep as blocks are nested, which the model bounds."""
        for index in self.regions[region].steps:
            self._step(self.steps[index], bands, branch=branch)

    def _step(self, step: Step, bands: tuple[str, ...], *, branch: bool) -> None:
        if branch:
            self.in_branch.add(step.index)
        if step.regions and not self.plan.closed(step, self.root) and self.plan.single(step) is None:
            self._block(step, bands, branch=branch)
        else:
            self._leaf(step)
            if not self.plan.closed(step, self.root):
                self._handled(step.index, step.handlers)

    def _leaf(self, step: Step) -> None:
        """A step that is one node (an approval: two), or a block that stands for its own sheet."""
        closed = self.plan.closed(step, self.root)
        only = None if closed else self.plan.single(step)
        shown = only or step
        texts = self.words.text(shown.title)
        if shown.op in (Op.WAIT, Op.EMIT) and set(shown.title.values()) == {shown.id}:
            texts = self.words.awaited(shown) if shown.op is Op.WAIT else self.words.word("emit")
        marks = marks_of(shown, self.words)
        if only is not None:
            marks = (*marks_of_block(step, self.words), *marks)
        node = Node(
            self.of.id(step.path), "sheet" if closed else _SHAPES[shown.op], texts, step.path,
            lane=shown.people.by[0] if shown.people.by else "", marks=marks,
            about=about_of(shown, self.of.written.get(shown.path), self.words),
            leads=self._leads(shown, closed=closed),
        )  # fmt: skip
        self._place(node, step)
        asks = self.words.text(shown.asks) or self.words.word("passed?")
        if shown.op is Op.VOTE and not closed and texts == asks:
            self.add(replace(node, shape="decision"))  # its title is the question: one diamond says it
        elif shown.op is Op.VOTE and not closed:
            self._place(Node(f"{node.id}--verdict", "decision", asks, step.path, node.lane), step)

    def _leads(self, step: Step, *, closed: bool) -> str:
        if closed:
            return self.of.sheet_id(step.index)
        called = step.call.program.name if step.call is not None else ""
        return f"{called}/sheet:" if called in self.of.called else ""

    def _place(self, node: Node, step: Step) -> None:
        self.add(node)
        self.phases[node.id] = self._phase(step)

    def _phase(self, step: Step) -> str:
        """The phase of a step, its own or that of the blocks around it, as far as they are on this sheet."""
        here: Step | None = step
        while here is not None and here.index != self.root:
            written = self.of.written.get(here.path)
            if written is not None and written.phase:
                return written.phase
            block = self.regions[here.region].block
            here = self.steps[block] if block >= 0 else None
        return ""

    def _block(self, step: Step, bands: tuple[str, ...], *, branch: bool) -> None:
        """An open block: a fork and a join around branches; in sequence a band; in a branch a mere chain."""
        before = len(self.nodes)
        if step.op is Op.FORK or (step.op is Op.EACH and branch):
            texts = self.words.text(step.title) if step.op is Op.FORK else self.words.word("each")
            marks = marks_of_block(step, self.words)
            self._place(Node(self.node_id(step), _SHAPES[step.op], texts, step.path, marks=marks), step)
        band = ""
        if not branch and step.op is not Op.FORK:
            band = self.of.id(step.path)
            bands = (*bands, band)
        for region in step.regions:
            if region not in self.of.handler_of:
                self._region(region, bands, branch=branch or step.op is Op.FORK)
        if step.op is Op.FORK or (step.op is Op.EACH and (branch or len(set(map(str, step.exits.values()))) > 1)):
            self.joins[step.index] = self.of.id(f"{step.path}--join")
            self._place(Node(self.joins[step.index], "join", self._join_words(step), step.path), step)
        if step.op is Op.REPEAT:
            self._until(step)
        self._handled(step.index, step.handlers)
        if band:
            inside = frozenset(list(self.nodes)[before:])
            kind = "each" if step.op is Op.EACH else "repeat" if step.op is Op.REPEAT else "group"
            parent = bands[-2] if len(bands) > 1 else ""
            texts = self.words.text(step.title) if step.op is not Op.EACH else self._each_title(step)
            self.bands.append(Band(band, kind, texts, inside, marks_of_block(step, self.words), parent))  # type: ignore[arg-type]

    def _each_title(self, step: Step) -> tuple[str, ...]:
        unsaid = set(step.title.values()) == {step.id}
        return self.words.word("each") if unsaid else self.words.text(step.title)

    def _join_words(self, step: Step) -> tuple[str, ...]:
        need = step.join.need if step.join is not None else 0
        if not need:
            return ()
        return self.words.word("first") if need == 1 else (f"≥ {need}",)

    def _until(self, step: Step) -> None:
        """The question at the end of a round."""
        path = f"{step.path}--until"
        rounds = step.rounds
        until = rounds.until if rounds is not None else None
        text = self.words.joined(self.words.word("until"), (self.words.condition(until),))
        self._place(Node(self.of.id(path), "until", text if until else self.words.word("again?"), step.path), step)

    def _handled(self, scope: int, handlers: Sequence[Handler]) -> None:
        """For each handler what it waits for, and its steps, which share their rows with what they stand beside."""
        for handler in handlers:
            name = self.event_id(scope, handler)
            marks = [Mark("instead", self.words.one(self.words.word("instead")))] if handler.instead else []
            if handler.if_ is not None:
                marks.append(Mark("if", self.words.condition(handler.if_)))
            self.add(Node(name, "event", self.words.event(handler), marks=tuple(marks)))
            if scope >= 0:
                self.phases[name] = self._phase(self.steps[scope])
            if handler.region >= 0:
                self._region(handler.region, (), branch=True)

    def event_id(self, scope: int, handler: Handler) -> str:
        """The id of the node that shows what a handler waits for."""
        path = self.steps[scope].path if scope >= 0 else ""
        return self.of.id(f"{path}--on-{handler.id}")

    def entry(self, index: int) -> str:
        """The node at which a step begins."""
        step = self.steps[index]
        while self.node_id(step) not in self.nodes:
            step = self.steps[self.head_of(step)]
        return self.node_id(step)

    def node_id(self, step: Step) -> str:
        """The id of a step's node; that of a fork on its own sheet is not that of the node which leads to it."""
        return self.of.id(step.path if step.index != self.root else f"{step.path}--inside")

    def head_of(self, step: Step) -> int:
        """The first step of what a block holds."""
        return self.regions[step.regions[0]].head
