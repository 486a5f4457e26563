"""What a definition cites, and where. Knows nothing of facts but their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sopflow.errors import Place
from sopflow.model import Case, Handler, ListOf, Node, Record, Sop, Step, Text, show_path

PartPath = tuple[str | int, ...]
Ids = tuple[str, ...]  # of a step and the steps around it, the outermost first; none for what stands outside of steps


@dataclass(frozen=True, slots=True)
class Citation:
    """A place that cites a fact: ``at`` is a step, or (outside of steps) the definition; ``part`` the part of either.

    A step is named by its definition's full name and its id (``marketing/hosting#write``), where several steps
    have that id by its path. ``path`` is always the full one (``prepare.write``), and ``""`` outside of steps.
    """

    fact: str
    at: str
    path: str
    part: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class TracedStep:
    """A step (or the definition itself, of kind ``sop``), the facts that it cites, and what in it is our reading.

    The facts of a block's steps are theirs, not the block's.
    """

    sop: str
    name: str
    kind: str
    title: Text | None
    facts: tuple[str, ...]
    inferred: Text | None
    place: Place | None


class Reading:
    """A definition gone through once: its steps, and its citations by the step that they stand at."""

    def __init__(self, name: str, sop: Sop) -> None:
        self.name = name
        self.sop = sop
        self._steps: dict[Ids, tuple[PartPath, Sop | Step | Handler]] = {(): ((), sop)}
        self._cited: list[tuple[Ids, PartPath, str, Place | None]] = []
        self._go_through_keys(sop, (), ())
        self._often = Counter(ids[-1] for ids in self._steps if ids)
        self.citations = tuple(
            Citation(fact, self._shown(ids), ".".join(ids), show_path(path[len(self._steps[ids][0]) :]), place)
            for ids, path, fact, place in self._cited
        )

    def steps(self) -> Iterator[TracedStep]:
        """The definition itself, then its steps in order."""
        cited: dict[Ids, list[str]] = {}
        for ids, _, fact, _ in self._cited:
            cited.setdefault(ids, []).append(fact)
        for ids, (path, part) in self._steps.items():
            step = part.step if isinstance(part, Handler) and part.step is not None else part
            kind = step.kind if isinstance(step, Step) else "handler" if ids else "sop"
            facts = tuple(dict.fromkeys(cited.get(ids, ())))
            place = self.sop.place(path or ("id",), key=bool(path))
            yield TracedStep(self.name, self._shown(ids), kind, step.title, facts, step.inferred, place)

    def _shown(self, ids: Ids) -> str:
        if not ids:
            return self.name
        return f"{self.name}#{ids[-1] if self._often[ids[-1]] == 1 else '.'.join(ids)}"

    def _go_through(self, part: object, path: PartPath, ids: Ids) -> None:
        """Note what is cited in ``part``; as deep as the reader let a definition be."""
        match part:
            case None | str() | bool() | int() | float() | Text():
                return
            case Step() | Handler():
                inside = (*ids, part.id)
                self._steps[inside] = (path, part)
                if isinstance(part, Handler) and part.step is not None:
                    self._go_through_keys(part.step, path, inside)
                self._go_through_keys(part, path, inside)
            case Node():
                self._go_through_keys(part, path, ids)
            case Record(fields):
                self._go_through(fields, path, ids)
            case ListOf(item):
                self._go_through(item, (*path, 0) if isinstance(item, Record) else path, ids)
            case Mapping():
                for name, inner in part.items():
                    self._go_through(inner, (*path, str(name)), ids)
            case tuple():
                for index, inner in enumerate(part):
                    self._go_through(inner, (*path, inner.id if isinstance(inner, Step) else index), ids)
            case _:
                return

    def _go_through_keys(self, node: Node, path: PartPath, ids: Ids) -> None:
        for name, said in type(node).model_fields.items():
            key = "else" if isinstance(node, Case) and name == "then" and node.when is None else str(said.alias)
            value = getattr(node, name)
            if name == "cites":
                for index, fact in enumerate(value):
                    self._cited.append((ids, path, fact, self.sop.place((*path, name, index))))
            elif not key.startswith(" "):  # a handler's step has been gone through; `x-` keys are somebody else's
                self._go_through(value, path if node.is_short else (*path, key), ids)
