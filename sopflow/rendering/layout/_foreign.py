"""One sheet laid out by another package's engine, or refused with a reason.

Knows a sheet and the sizes of its nodes.
"""

from __future__ import annotations

from collections.abc import Callable

from sopflow.errors import Finding, UsageError
from sopflow.rendering._scene import Edge, Node, Sheet
from sopflow.rendering.layout._engine import Box, Engine, Line, fault_of
from sopflow.rendering.layout._layout import SheetPlan
from sopflow.rendering.layout._registry import GRAPHVIZ, broken
from sopflow.rendering.layout._rows import rows_of


def laid_out_by(
    engine: Engine,
    name: str,
    sheet: Sheet,
    box: Callable[[Node], tuple[float, float, str]],
    label: Callable[[Edge], tuple[float, float]],
) -> SheetPlan:
    """The places that ``engine`` finds; ``box`` gives the size and the outline of a node.

    Raises UsageError: a package is missing (SOP832), or the engine failed (SOP831).
    """
    back = frozenset(rows_of(sheet, ("",)).back)
    number = {node.id: at for at, node in enumerate(sheet.nodes)}
    boxes = [Box(node.id, *box(node)) for node in sheet.nodes]
    lines = [
        Line(edge.id, number[edge.source], number[edge.target], label(edge) if edge.labels else None, edge.id in back)
        for edge in sheet.edges
    ]
    try:
        placed = engine(boxes, lines)
    except ImportError as error:
        if name == GRAPHVIZ:
            raise UsageError(Finding("SOP832", fields={"name": name, "extra": name})) from None
        raise broken(name, str(error)) from None
    except Exception as error:  # noqa: BLE001  # foreign code may fail in any way
        raise broken(name, f"{type(error).__name__}: {error}") from None
    fault = fault_of(placed, boxes, lines)
    if fault:
        raise broken(name, fault)
    return SheetPlan(sheet, placed, (), (), back, {})
