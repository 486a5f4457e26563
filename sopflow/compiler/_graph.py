"""A program as a typed graph of networkx, for analyses and pictures of one's own; it decides nothing.

networkx is imported when a graph is made, so that nobody else pays for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, TypedDict

from sopflow.compiler._link import Compiled
from sopflow.errors import DefinitionError
from sopflow.expr import Expression
from sopflow.program import DONE, END, Cases, Op, Program, Step, Target

if TYPE_CHECKING:
    from networkx import MultiDiGraph

START = "start"


class NodeData(TypedDict):
    """What a vertex carries.

    ``index`` is the step's number (-1: no step), ``path`` its path of ids, ``kind`` as written (``start`` and ``end``
    for the beginning and the ends), ``op`` the engine's operation, ``region`` and ``block`` where it stands (-1: the
    run), ``title`` in the definition's first language.
    """

    index: int
    id: str
    path: str
    kind: str
    op: str
    region: int
    block: int
    title: str


class EdgeData(TypedDict):
    """What an edge carries.

    ``kind``: ``enter`` leads from a block to the first step of a list it holds, ``go`` to a step of the same list,
    ``arrive`` from the end of a list to its block, ``leave`` to a step of a list further out, ``end`` to an end of
    the run. ``outcome`` is the exit's name (of ``enter`` the branch's), ``condition`` the text of what must hold.
    """

    kind: Kind
    outcome: str
    condition: str


Kind = Literal["enter", "go", "arrive", "leave", "end"]
Vertex = int | str


class _Edge(NamedTuple):
    source: Vertex
    target: Vertex
    data: EdgeData


def graph(source: Compiled | Program) -> MultiDiGraph[Vertex]:
    """The graph of a program: a vertex for each step, by its number, with ``start`` and an ``end:NAME`` for each end.

    Vertices carry :class:`NodeData`, edges :class:`EdgeData`; a vertex is also found by the attribute ``path``. An
    exit with cases has an edge for each. Raises DefinitionError for a definition that has no program.
    """
    from networkx import MultiDiGraph  # noqa: PLC0415  # a third of a second, for those who want a graph

    program = source.program if isinstance(source, Compiled) else source
    if program is None:
        assert isinstance(source, Compiled)  # only a compiled definition may be without a program
        raise DefinitionError(source.report)
    made: MultiDiGraph[Vertex] = MultiDiGraph(name=program.name)
    made.add_node(START, **_point(START, "start"))
    for step in program.steps:
        made.add_node(step.index, **_node(program, step))
    for edge in _edges(program):
        if isinstance(edge.target, str) and edge.target not in made:
            made.add_node(edge.target, **_point(edge.target, "end"))
        made.add_edge(edge.source, edge.target, key=None, **edge.data)
    return made


def _point(name: str, kind: str) -> NodeData:
    title = name.removeprefix("end:")
    return NodeData(index=-1, id=name, path=name, kind=kind, op="", region=-1, block=-1, title=title)


def _node(program: Program, step: Step) -> NodeData:
    return NodeData(
        index=step.index,
        id=step.id,
        path=step.path,
        kind=step.kind,
        op=Op(step.op).name.lower(),
        region=step.region,
        block=program.regions[step.region].block,
        title=program.text(step.title),
    )


def _edges(program: Program) -> Iterator[_Edge]:
    yield _Edge(START, program.regions[0].head, EdgeData(kind="enter", outcome="", condition=""))
    for step in program.steps:
        guards = step.join.guards if step.join is not None else ()
        for number, region in enumerate(step.regions):
            guard = guards[number] if number < len(guards) else None
            branch = program.regions[region].id
            enter = EdgeData(kind="enter", outcome=branch, condition=_text(guard))
            yield _Edge(step.index, program.regions[region].head, enter)
        asked = _asked(step)
        for outcome, target in step.exits.items():
            for to, condition in _targets(target):
                yield _exit(program, step, outcome, to, condition or asked.get(outcome, ""))


def _asked(step: Step) -> dict[str, str]:
    """What must hold for each exit of a question; nothing where people's words decide."""
    question = step.question
    if question is None:
        return {}
    if question.about:
        return {outcome: f"{question.about} = {outcome}" for outcome in step.exits}
    conditions: dict[str, list[str]] = {}
    for guard, outcome in question.cases:
        conditions.setdefault(outcome, []).append(_text(guard) or "else")
    return {outcome: "; ".join(texts) for outcome, texts in conditions.items()}


def _targets(target: Target) -> Iterator[tuple[int, str]]:
    if not isinstance(target, Cases):
        yield target, ""
        return
    for case in target.cases:
        assert isinstance(case.then, int)  # the compiler gives each case of a target a plain one
        yield case.then, _text(case.when) or "else"


def _exit(program: Program, step: Step, outcome: str, to: int, condition: str) -> _Edge:
    block = program.regions[step.region].block
    kind: Kind
    end: Vertex
    if to >= 0:
        kind, end = ("go" if program.steps[to].region == step.region else "leave"), to
    elif to == DONE and block >= 0:
        kind, end = "arrive", block
    else:
        kind, end = "end", f"end:{program.outcomes[END - to] if to <= END else program.outcomes[0]}"
    return _Edge(step.index, end, EdgeData(kind=kind, outcome=outcome, condition=condition))


def _text(condition: Expression | None) -> str:
    return condition.text if condition is not None else ""
