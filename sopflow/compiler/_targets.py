"""Where steps go: a target's words become a number, or a finding says why they cannot."""

from __future__ import annotations

from dataclasses import dataclass, field

from sopflow.compiler._findings import DocPath, Findings
from sopflow.compiler._index import Index, Node
from sopflow.program import DONE, END


@dataclass(slots=True)
class Targets:
    """Resolves the targets of one definition. ``outcomes`` numbers the names of its ends; 0 is ``done``."""

    index: Index
    findings: Findings
    outcomes: dict[str, int] = field(default_factory=lambda: {"done": 0})

    def of(self, node: Node, words: str, doc: DocPath, *, key: bool = False) -> int:
        """The target that ``words`` mean at ``node``; DONE (after a finding) where they mean none."""
        words = words.strip()
        if words == "done":
            return DONE
        if words == "end" or words.startswith("end "):
            return self.outcome(words.removeprefix("end").strip().removesuffix("of run").strip() or "done")
        return self.step(node, words, doc, key=key)

    def outcome(self, name: str) -> int:
        """The target that ends the run with ``name``."""
        return END - self.outcomes.setdefault(name, len(self.outcomes))

    def step(self, node: Node, name: str, doc: DocPath, *, key: bool = False) -> int:
        """A step of the same list or of one around it."""
        found = self.index.find(name, node)
        around = [region.index for region in self.index.enclosing(node)]
        fitting = [number for number in found if self.index.nodes[number].region in around]
        if len(fitting) == 1:
            return fitting[0]
        if not found:
            names = dict.fromkeys(other.step.id for other in self.index.nodes if other.region in around)
            self.findings.unknown("SOP201", name, [*names, "done", "end"], doc, key=key)
            return DONE
        other = self.index.nodes[found[0]]
        block = self._block_to_enter(other, around)
        lists = [self.index.lists[region] for region in around]
        if any(region.role == "branch" and region.block == block.index for region in lists):
            self.findings.add("SOP402", doc, key=key, name=name, block=block.path, here=node.step.id)
        else:
            self.findings.add("SOP401", doc, key=key, name=name, block=block.path)
        return DONE

    def _block_to_enter(self, other: Node, around: list[int]) -> Node:
        """The outermost block around ``other`` that does not stand around the step that goes there."""
        block = other
        while True:
            above = self.index.block_of(block)
            if above is None:
                return block
            block = above
            if block.region in around:
                return block
