"""The ways between the nodes of a sheet: each way out of a step, followed to the node at which it arrives.

What ends a group leads to what comes after the group; what leaves the sheet ends in a sign. Knows nothing of places
on a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sopflow.program import DONE, END, Cases, Handler, Op, Step, Target
from sopflow.rendering._definition import ROOT
from sopflow.rendering._nodes import SheetNodes
from sopflow.rendering._scene import Edge, Node
from sopflow.rendering._words import NO, YES


class SheetWays:
    """The edges of one sheet. Adds the small nodes at which ways end: ends, and signs to other sheets."""

    def __init__(self, sheet: SheetNodes) -> None:
        self.sheet = sheet
        self.of = sheet.of
        self.root = sheet.root
        self.words = sheet.words
        self.program = sheet.program
        self.steps = sheet.steps
        self.regions = sheet.regions
        self.plan = sheet.plan
        self.edges: list[Edge] = []

    def _edge(
        self, source: str, target: str, name: str, labels: tuple[str, ...] = (), meaning: str = "flow",
        exits: Sequence[str] = (),
    ) -> None:  # fmt: skip
        id = f"{source}>{name.removeprefix('--')}"
        self.edges.append(Edge(id, source, target, labels, meaning, tuple(exits)))  # type: ignore[arg-type]

    def all(self) -> tuple[Edge, ...]:
        """The ways out of every step on this sheet."""
        self._edge(self.sheet.start, self.sheet.head, "--start")
        for step in self.steps:
            if step.index == self.root:
                if step.op is Op.FORK:
                    self._of_fork(step)
                    self._edge(self.sheet.joins[step.index], self._returned(self.sheet.joins[step.index]), "--done")
                elif step.op is Op.REPEAT:
                    self._of_until(step)
                self._of_handlers(step.index, step.handlers)
            elif self.plan.home[step.index] == self.root:
                self._of_step(step)
        if self.root == ROOT:
            self._of_handlers(ROOT, self.program.handlers)
        return tuple(self.edges)

    def _of_step(self, step: Step) -> None:
        name = self.of.id(step.path)
        block = self._block_of(step)
        if block is not None and self.plan.single(block) is step:
            return  # drawn in one with the block around it
        if self.plan.closed(step, self.root) or self.plan.single(step) is not None:
            self._exits(step, name)
            self._leaving(step, name)
            return
        self._of_handlers(step.index, step.handlers)
        match step.op:
            case Op.STOP:
                return
            case Op.VOTE:
                verdict = f"{name}--verdict"
                if verdict in self.sheet.nodes:
                    self._edge(name, verdict, "--verdict")
                self._exits(step, verdict if verdict in self.sheet.nodes else name)
            case Op.FORK:
                self._of_fork(step)
                self._exits(step, self.sheet.joins[step.index])
            case Op.EACH:
                if name in self.sheet.nodes:
                    self._edge(name, self.sheet.entry(self.sheet.head_of(step)), "--each")
                if step.index in self.sheet.joins:
                    self._exits(step, self.sheet.joins[step.index])
            case Op.REPEAT:
                self._of_until(step)
            case Op.GROUP:
                return
            case _:
                self._exits(step, name)

    def _block_of(self, step: Step) -> Step | None:
        block = self.regions[step.region].block
        return self.steps[block] if block >= 0 and step.region not in self.of.handler_of else None

    def _of_fork(self, step: Step) -> None:
        guards = step.join.guards if step.join is not None else ()
        for number, region in enumerate(step.regions):
            if region in self.of.handler_of:
                continue
            branch = self.steps[self.regions[region].head]
            guard = guards[number] if number < len(guards) else None
            opened = branch.op is Op.GROUP and not self.plan.closed(branch, self.root)
            labels = self.words.text(branch.title) if opened else ()
            if guard is not None and branch.if_ is None:
                labels = (self.words.condition(guard),)
            self._edge(self.sheet.node_id(step), self.sheet.entry(branch.index), f"--{branch.id}", labels)

    def _of_until(self, step: Step) -> None:
        until = self.of.id(f"{step.path}--until")
        head = self.sheet.entry(self.sheet.head_of(step))
        if step.index == self.root:
            self._edge(until, self._returned(until), "--done", self.words.word("yes"), "yes")
        else:
            self._exits(step, until, {step.ordinary: self.words.word("yes")})
        self._edge(until, head, "--again", self.words.word("no"), "no")

    def _of_handlers(self, scope: int, handlers: Sequence[Handler]) -> None:
        for handler in handlers:
            name = self.sheet.event_id(scope, handler)
            if scope >= 0 and scope != self.root:
                step = self.steps[scope]
                holder = self.of.id(step.path)
                if holder not in self.sheet.nodes and step.index in self.sheet.in_branch:
                    holder = self.sheet.entry(step.index)
                if holder in self.sheet.nodes:
                    self._edge(holder, name, f"--{name}", (), "handler")
            if handler.region >= 0:
                self._edge(name, self.sheet.entry(self.regions[handler.region].head), "--then", (), "handler")
            else:
                for target in self._resolve(name, _plain(handler.target), self._region_of(scope)):
                    self._edge(name, target, "--then", (), "handler")

    def _region_of(self, scope: int) -> int:
        return self.steps[scope].region if scope >= 0 else 0

    def _exits(self, step: Step, source: str, said: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """The ways out of a step, those that lead to one place as one edge."""
        found: dict[str, list[str]] = {}
        for name, target in step.exits.items():
            for one in target.cases if isinstance(target, Cases) else (target,):
                to = one if isinstance(one, int) else one.then
                assert isinstance(to, int)
                for node in self._resolve(source, to, step.region):
                    names = found.setdefault(node, [])
                    if name not in names:
                        names.append(name)
        for node, names in found.items():
            labels: tuple[str, ...] = ()
            if len(found) > 1 or said:
                shown = [(said or {}).get(name) or self.words.exit(step, name) for name in names]
                ordinary = step.op not in (Op.CHOOSE, Op.VOTE, Op.REPEAT) and names[0] == step.ordinary
                labels = () if ordinary else self.words.joined(*shown, between=" / ")
            meaning = "yes" if set(names) <= YES else "no" if set(names) <= NO else "flow"
            self._edge(source, node, f"--{names[0]}", labels, meaning, names)

    def _leaving(self, block: Step, source: str) -> None:
        """Ways out of what is on a sheet of its own, to steps of this one."""
        there = {edge.target for edge in self.edges if edge.source == source}
        for step in self.steps:
            if step.index == block.index or not self._is_inside(step, block):
                continue
            for target in step.exits.values():
                outside = isinstance(target, int) and target >= 0 and not self._is_inside(self.steps[target], block)
                if isinstance(target, int) and outside and self.plan.home[target] == self.root:
                    node = self.sheet.entry(target)
                    if node not in there:
                        there.add(node)
                        self._edge(source, node, f"--leaves-{step.path}")

    def _is_inside(self, step: Step, block: Step) -> bool:
        at = step.index
        while at > block.index:
            at = self.regions[self.steps[at].region].block
        return at == block.index

    def _resolve(self, source: str, target: int, region: int) -> list[str]:
        """The nodes that a target leads to: one, or none where nothing follows."""
        while target == DONE:
            block = self.regions[region].block
            if region in self.of.handler_of:
                handler, scope = self.of.handler_of[region]
                if not handler.instead:
                    return []
                if scope == self.root:
                    return [self._returned(source)]
                target, region = self._ordinary(self.steps[scope]), self.steps[scope].region
                continue
            if block == self.root:
                return [self._after_root(source)]
            held = self.steps[block]
            if block in self.sheet.joins:
                return [self.sheet.joins[block]]
            if held.op is Op.REPEAT:
                return [self.of.id(f"{held.path}--until")]
            target, region = self._ordinary(held), held.region
        if target <= END:
            return [self._end(source, self.program.outcomes[END - target])]
        if self.plan.home[target] != self.root or target == self.root:
            return [self._goto(source, target)]
        return [self.sheet.entry(target)]

    def _ordinary(self, step: Step) -> int:
        target = step.exits.get(step.ordinary, DONE)
        return target if isinstance(target, int) else DONE

    def _after_root(self, source: str) -> str:
        if self.root == ROOT:
            return self._end(source, self.program.outcomes[0])
        block = self.steps[self.root]
        if block.index in self.sheet.joins:
            return self.sheet.joins[block.index]
        if block.op is Op.REPEAT:
            return self.of.id(f"{block.path}--until")
        return self._returned(source)

    def _end(self, source: str, outcome: str) -> str:
        texts = self.words.word("end" if outcome == "done" else outcome)
        return self._small(Node(f"{source}--end-{outcome}", "end", texts), source)

    def _returned(self, source: str) -> str:
        return self._small(Node(f"{source}--return", "end", self.words.word("return")), source)

    def _goto(self, source: str, target: int) -> str:
        """A sign that leads to another sheet."""
        shown = self.steps[target]
        leads = self.of.sheet_id(self.plan.home[target])
        texts = self.words.joined(self.words.word("to"), self.words.text(shown.title))
        return self._small(Node(f"{source}--to-{shown.path}", "goto", texts, leads=leads), source)

    def _small(self, node: Node, source: str) -> str:
        if node.id not in self.sheet.nodes:
            self.sheet.add(node)
            self.sheet.phases[node.id] = self.sheet.phases.get(source, "")
            self.sheet.bands = [
                replace(band, nodes=band.nodes | {node.id}) if source in band.nodes else band
                for band in self.sheet.bands
            ]
        return node.id


def _plain(target: Target) -> int:
    """A handler's target, which is never by cases."""
    assert isinstance(target, int)
    return target
