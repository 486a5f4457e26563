"""What stands behind the nodes and ways of a scene: their steps, handlers and conditions in the definitions.

Knows scenes and programs, nothing of formats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sopflow.model import Step as Written
from sopflow.program import Handler, Op, Step
from sopflow.rendering._definition import Definition
from sopflow.rendering._drawing import Drawing
from sopflow.rendering._scene import Edge, Node
from sopflow.rendering._words import Words

#: What is added to a step's path for the ids of the small nodes that belong to it.
_BESIDE = ("", "--verdict", "--join", "--until", "--inside")


@dataclass(frozen=True)
class Origin:
    """Where a node comes from: the definition, and its step or, for an event, its handler (``step``: its scope)."""

    of: Definition
    step: Step | None = None
    handler: Handler | None = None

    @property
    def words(self) -> Words:
        """The words of the definition."""
        return self.of.words

    @property
    def written(self) -> Written | None:
        """The step as written."""
        return self.of.written.get(self.step.path) if self.step is not None else None

    @cached_property
    def single(self) -> Step | None:
        """The plain step that a for-each or a repeat is drawn as."""
        return self.of.plan.single(self.step) if self.step is not None else None


class Origins:
    """The origins of all nodes of a drawing, by their ids."""

    def __init__(self, drawing: Drawing) -> None:
        self._by_id: dict[str, Origin] = {}
        called = frozenset(program.name for _, program in drawing.parts[1:])
        self.definitions: list[Definition] = []
        for at, (sop, program) in enumerate(drawing.parts):
            words = Words(sop, program, drawing.scene.languages)
            of = Definition(words, f"{program.name}/" if at else "", called)
            self.definitions.append(of)
            for step in program.steps:
                self._by_id |= {of.id(f"{step.path}{beside}"): Origin(of, step) for beside in _BESIDE}
                self._add_handlers(of, step.path, step, step.handlers)
            self._add_handlers(of, "", None, program.handlers)

    def _add_handlers(self, of: Definition, path: str, scope: Step | None, handlers: Iterable[Handler]) -> None:
        for handler in handlers:
            self._by_id[of.id(f"{path}--on-{handler.id}")] = Origin(of, scope, handler)

    def of(self, node: Node | str) -> Origin | None:
        """What stands behind a node; None for a start, an end or a sign."""
        return self._by_id.get(node if isinstance(node, str) else node.id)

    def message(self, name: str) -> str:
        """The title of a message."""
        for of in self.definitions:
            if name in of.program.messages:
                return of.words.one(of.words.message(name))
        return name

    def condition(self, edge: Edge) -> str:
        """The expression that must hold for a way to be taken ("": none that can be written)."""
        origin = self.of(edge.source)
        if origin is None or origin.step is None or origin.handler is not None:
            return ""
        step = origin.step
        if edge.source.endswith("--until"):
            until = step.rounds.until if step.rounds is not None else None
            return until.text if until is not None and edge.meaning == "yes" else ""
        if step.op is Op.FORK and not edge.exits:
            return _guard(origin.of, step, edge)
        return " || ".join(part for part in (_of_exit(step, name) for name in edge.exits) if part)

    def is_default(self, edge: Edge) -> bool:
        """Whether a way is taken where the conditions of none of the others hold."""
        origin = self.of(edge.source)
        if origin is None or origin.step is None or origin.handler is not None:
            return False
        step = origin.step
        if edge.source.endswith("--until"):
            return edge.meaning == "no"
        if step.op is Op.CHOOSE:
            question = step.question
            return question is not None and any(not guard and exit in edge.exits for guard, exit in question.cases)
        return step.op is not Op.VOTE and step.ordinary in edge.exits


def _of_exit(step: Step, name: str) -> str:
    """The expression for one way out of a step."""
    question = step.question
    own = f"steps.{step.path.replace('-', '_')}"
    if question is None:
        return f"{own}.{'verdict' if step.op is Op.VOTE else 'outcome'} == '{name}'"
    if question.about and name != "differ":
        if name in ("yes", "no"):
            return question.about if name == "yes" else f"!{question.about}"
        return f"{question.about} == '{name}'"
    if question.cases:
        return " || ".join(guard.text for guard, exit in question.cases if exit == name and guard is not None)
    return f"{own}.answer == '{name}'"


def _guard(of: Definition, step: Step, edge: Edge) -> str:
    """The condition under which a branch is taken."""
    guards = step.join.guards if step.join is not None else ()
    for guard, region in zip(guards, step.regions, strict=False):
        branch = of.program.steps[of.program.regions[region].head]
        if guard is not None and edge.id == f"{edge.source}>{branch.id}":
            return guard.text
    return ""
