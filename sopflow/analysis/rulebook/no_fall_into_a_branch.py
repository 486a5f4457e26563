"""Rule: no step falls into a branch."""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding
from sopflow.model import First
from sopflow.program import Op

REASON = (
    "A step without ‘next’ goes to the step below it. If that is where a decision begins one of its branches, a ‘next’ "
    "was probably forgotten. Where the ways of a decision meet again, falling is what is meant, and no finding."
)

VALID = """\
sopflow: 1
id: trip
steps:
  is-far: {decision: Is it far?, yes: book-hotel, no: pack}
  book-hotel: {task: Book a hotel}
  pack: {task: Pack}
  check: {approval: All there?, approved: leave, refused: pack}
  leave: {task: Leave}
"""

INVALID = """\
sopflow: 1
id: trip
steps:
  is-free: {decision: Is it free?, yes: confirm, no: pay}
  confirm: {task: Confirm}
  pay:
    group: Pay
    steps: {order: {task: Order}, transfer: {task: Transfer}}
  leave: {task: Leave}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The steps that fall into the head of a branch, as far as the text shows that it is one.

    Only branches that lead onward in the text count: what leads back is rework. Falling into the head of a branch
    is the same flow as meeting there, so the rule goes by what authors do when they mean a branch: see
    :meth:`_Text.is_branch`.
    """
    text = _Text(subject)
    for index in range(len(subject.program.steps)):
        below = subject.index.nodes[index].below
        if below < 0 or not text.falls(index):
            continue
        for decision, here in text.heads.get(below, ()):
            if here < index and text.is_branch(decision, here, index, below):
                yield subject.at_step(
                    "SOP415",
                    index,
                    into=subject.program.steps[below].path,
                    decision=subject.program.steps[decision].path,
                )
                break


class _Text:
    """The flow of a definition as its text shows it: onward only, and which targets were written."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.steps = subject.program.steps
        self.flow = subject.flow
        # Of each step the decisions that name it, with the step of the same list in which each of them stands.
        self.heads: dict[int, list[tuple[int, int]]] = {}
        for step in self.steps:
            for target in self._said(step.index):
                here = self._in_region(step.index, self.steps[target].region)
                if here is not None and here < target:
                    self.heads.setdefault(target, []).append((step.index, here))

    def _said(self, index: int) -> Iterator[int]:
        """The steps that a decision or an approval names as the beginning of a branch."""
        step = self.steps[index]
        if step.op not in (Op.CHOOSE, Op.VOTE):
            return
        written = self.subject.index.nodes[index].step
        for way in self.flow.ways[index]:
            unsaid = step.op == Op.VOTE and way.exit == "approved" and getattr(written, "approved", None) is None
            if way.target >= 0 and not unsaid:
                yield way.target

    def _in_region(self, index: int, region: int) -> int | None:
        """The step of ``region`` in which a step stands (which it may be itself)."""
        while self.steps[index].region != region:
            index = self.subject.program.regions[self.steps[index].region].block
            if index < 0:
                return None
        return index

    def falls(self, index: int) -> bool:
        """Whether a step goes to the one below because nothing else is written."""
        step, written = self.steps[index], self.subject.index.nodes[index].step
        match step.op:
            case Op.CHOOSE | Op.STOP:
                return False
            case Op.VOTE:
                return getattr(written, "approved", None) is None
            case Op.WAIT:
                wait = getattr(written, "wait", None)
                said = [option.next for option in wait.first.values()] if isinstance(wait, First) else [None]
                return written.next is None and None in said
            case _:
                return written.next is None

    def is_branch(self, decision: int, here: int, falling: int, head: int) -> bool:
        """Whether ``head`` is a branch of ``decision`` rather than the place where its branches meet.

        It is if another branch passes it by and meets its steps later; if ``falling`` is what an approval that was
        not given leads to, and ``head`` what a given one does; or if ``falling`` is the other branch, and ``head``
        is closed like one: a group of its own, or a line of steps that ends with a written ``next`` to the step
        below.
        """
        exits = [(way.exit, way.target) for way in self.flow.ways[decision] if way.target >= 0]
        others = [target for _, target in exits if target != head and self._is_onward(here, target, head)]
        for other in others:
            # Looked at as far as ``head`` first: mostly the branches meet there, and the rest of the text is long.
            if head not in self._onward([other], until=head + 1) and self._onward([other]) & self._onward([head]):
                return True
        if falling not in self._onward([other for other in others if other < head], until=head):
            return False
        if self.steps[decision].op == Op.VOTE:
            return any(exit_ == "approved" and target == head for exit_, target in exits)
        return self._is_closed(head)

    def _is_onward(self, here: int, target: int, head: int) -> bool:
        return self.steps[target].region == self.steps[head].region and target > here

    def _onward(self, starts: list[int], until: int | None = None) -> set[int]:
        """What is reached from ``starts`` in their list by ways that lead onward in the text (up to ``until``)."""
        found = set(starts)
        todo = list(starts)
        while todo:
            here = todo.pop()
            region = self.steps[here].region
            for way in self.flow.ways[here]:
                there = way.target
                is_onward = there > here and self.steps[there].region == region
                if is_onward and there not in found and (until is None or there < until):
                    found.add(there)
                    todo.append(there)
        return found

    def _is_closed(self, head: int) -> bool:
        if self.steps[head].op == Op.GROUP:
            return True
        here = head
        while here >= 0 and self.steps[here].op not in (Op.CHOOSE, Op.VOTE, Op.STOP):
            node = self.subject.index.nodes[here]
            if node.step.next is not None:
                return (
                    isinstance(node.step.next, str)
                    and node.below >= 0
                    and node.step.next == (self.subject.index.nodes[node.below].step.id)
                )
            here = node.below
        return False


RULE = Rule("no_fall_into_a_branch", ("SOP415",), REASON, VALID, INVALID, check)
