"""Which blocks of a program are drawn on sheets of their own, so that no sheet is larger than a page can show.

Knows programs, nothing of words or pixels.
"""

from __future__ import annotations

from collections.abc import Collection

from sopflow.program import DONE, Op, Program, Step

#: Nodes that one sheet shows at most, as far as there are blocks that can be taken out of it.
MOST = 42
#: A block with fewer nodes is not worth a sheet.
LEAST = 5
_BLOCKS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT})
_OWN = {Op.VOTE: 2, Op.FORK: 2, Op.GROUP: 0, Op.EACH: 0}


class Plan:
    """The sheets of a program: ``roots`` are the blocks drawn on their own, -1 the program itself, in reading order.

    ``closed`` are the paths of the blocks that get sheets, where that is not for the plan to say: another version's.
    """

    def __init__(self, program: Program, most: int = MOST, closed: Collection[str] | None = None) -> None:
        self.program = program
        self._sizes = _sizes(program)
        self.roots: list[int] = [-1]
        self._closed: set[int] = set()
        if closed is not None:
            self.roots += [step.index for step in program.steps if step.op in _BLOCKS and step.path in closed]
            self._closed.update(self.roots[1:])
        for root in self.roots if closed is None else ():  # grows while it is walked: a sheet may be too large itself
            self._close(root, most)
        self.home = {step.index: self._home(step) for step in program.steps}
        self.roots.sort()

    def closed(self, step: Step, root: int) -> bool:
        """Whether ``step``, seen on the sheet of ``root``, stands there as one node for what is on another sheet."""
        return step.index in self._closed and step.index != root

    def single(self, step: Step) -> Step | None:
        """The one plain step that a for-each or a repeat holds: both are then drawn as one node."""
        if step.op not in (Op.EACH, Op.REPEAT) or step.handlers:
            return None
        inside = self.program.regions[step.regions[0]].steps
        only = self.program.steps[inside[0]]
        plain = len(inside) == 1 and not only.regions and not only.handlers and only.op is not Op.VOTE
        return only if plain and set(only.exits.values()) == {DONE} else None

    def _close(self, root: int, most: int) -> None:
        """Take the largest blocks out of a sheet until it is small enough."""
        inside = self._inside(root)
        total = sum(self._own(step) for step in inside)
        while total > most:
            blocks = [step for step in inside if self._may_close(step)]
            if not blocks:
                return
            # One that holds nearly all would only move the trouble to the next sheet.
            fitting = [step for step in blocks if self._sizes[step.index] <= max(total * 0.7, LEAST)] or blocks
            taken = max(fitting, key=lambda step: (self._sizes[step.index], -step.index))
            self._closed.add(taken.index)
            self.roots.append(taken.index)
            inside = self._inside(root)
            total = sum(self._own(step) for step in inside)

    def _may_close(self, step: Step) -> bool:
        return step.op in _BLOCKS and step.index not in self._closed and self._sizes[step.index] >= LEAST

    def _own(self, step: Step) -> int:
        return 1 if step.index in self._closed else _OWN.get(step.op, 1)

    def _inside(self, root: int) -> list[Step]:
        """The steps on the sheet of ``root``, closed blocks as one."""
        return [step for step in self.program.steps if step.index != root and self._home(step) == root]

    def _home(self, step: Step) -> int:
        """The sheet on which a step stands: that of the innermost closed block around it."""
        block = self.program.regions[step.region].block
        while block >= 0 and block not in self._closed:
            block = self.program.regions[self.program.steps[block].region].block
        return block


def _sizes(program: Program) -> dict[int, int]:
    """The nodes that each step becomes, with all that it holds; a block's number is lower than those in it."""
    sizes = {step.index: _OWN.get(step.op, 1) for step in program.steps}
    for step in reversed(program.steps):
        block = program.regions[step.region].block
        if block >= 0:
            sizes[block] += sizes[step.index]
    return sizes
