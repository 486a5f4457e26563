"""From programs and their definitions to a scene of numbered sheets.

Knows nothing of places on a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sopflow.model import Sop
from sopflow.program import Program
from sopflow.rendering._definition import Definition
from sopflow.rendering._lanes import with_lanes
from sopflow.rendering._marks import marks_of_block
from sopflow.rendering._nodes import SheetNodes
from sopflow.rendering._scene import Lane, Scene, Sheet
from sopflow.rendering._ways import SheetWays
from sopflow.rendering._words import Words


def build(
    parts: Sequence[tuple[Sop, Program]],
    languages: Sequence[str],
    closed: Mapping[str, Collection[str]] | None = None,
) -> Scene:
    """The scene of the first of ``parts``; the others are definitions that it calls, each drawn on its own sheets.

    ``closed`` are, by the names of programs, the paths of the blocks that get sheets; unsaid, the largest do.
    """
    sop, program = parts[0]
    called = frozenset(inner.name for _, inner in parts[1:])
    words = [Words(one, inner, languages) for one, inner in parts]
    sheets: list[Sheet] = []
    for at, said in enumerate(words):
        blocks = closed.get(said.program.name, ()) if closed is not None else None
        sheets += _sheets(Definition(said, f"{said.program.name}/" if at else "", called, blocks))
    numbers = {sheet.id: number for number, sheet in enumerate(sheets, start=1)}
    numbered = [_numbered(sheet, numbers) for sheet in sheets]
    roles = {name: said.role(name) for said in words for name in said.program.roles}
    used = {node.lane for sheet in numbered for node in sheet.nodes}
    return Scene(
        name=program.name,
        version=program.version,
        texts=words[0].text(sop.title),
        languages=tuple(languages),
        lanes=tuple(Lane(name, texts) for name, texts in roles.items() if name in used),
        phases={name: said.text(phase.title) for said in words for name, phase in said.sop.phases.items()},
        sheets=tuple(numbered),
        steps=sum(len(said.program.steps) for said in words),
    )


def _numbered(sheet: Sheet, numbers: Mapping[str, int]) -> Sheet:
    nodes = tuple(replace(node, number=numbers.get(node.leads, 0)) for node in sheet.nodes)
    return replace(sheet, number=numbers[sheet.id], nodes=nodes)


def _sheets(of: Definition) -> Iterator[Sheet]:
    """The sheets of one definition, the whole first."""
    for root in of.plan.roots:
        nodes = SheetNodes(of, root)
        edges = SheetWays(nodes).all()
        block = nodes.block
        texts = of.words.text(block.title if block is not None else of.words.sop.title)
        yield with_lanes(
            Sheet(
                id=of.sheet_id(root),
                number=0,
                texts=texts,
                nodes=tuple(nodes.nodes.values()),
                edges=edges,
                bands=tuple(nodes.bands),
                phases={node: phase for node, phase in nodes.phases.items() if phase},
                marks=marks_of_block(block, of.words) if block is not None else (),
            ),
            of.program,
        )
