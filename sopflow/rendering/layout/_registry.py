"""Which layouts there are: ours, and those behind the entry points of the group ``sopflow.layouts``.

One that cannot be used is refused with its reason, and hurts no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sopflow.errors import Finding, UsageError, nearest
from sopflow.rendering.layout._engine import Engine

GROUP = "sopflow.layouts"
GRAPHVIZ = "graphviz"


@dataclass(frozen=True, slots=True)
class Layout:
    """A way of laying out: with a lane for each role or without, down the page or to the right.

    ``engine`` finds the places instead of ours.
    """

    name: str
    lanes: bool = True
    right: bool = False
    engine: Engine | None = None


#: The layouts of our own.
LAYOUTS: Mapping[str, Layout] = MappingProxyType({
    one.name: one
    for one in (Layout("lanes"), Layout("flow", lanes=False), Layout("left-to-right", right=True))
})  # fmt: skip


def layout_of(name: str) -> Layout:
    """The layout called ``name``.

    Raises UsageError: there is none (SOP807), or it is one of another package that cannot be used (SOP831).
    """
    if name in LAYOUTS:
        return LAYOUTS[name]
    if name == GRAPHVIZ:
        from sopflow.rendering.layout._graphviz import places  # noqa: PLC0415  # only who asks for it

        return Layout(name, lanes=False, engine=places)
    from importlib.metadata import entry_points  # noqa: PLC0415  # our own layouts do without, and it takes a while

    theirs = {point.name: point for point in entry_points(group=GROUP)}
    if name not in theirs:
        known = [*LAYOUTS, GRAPHVIZ, *sorted(theirs)]
        close = nearest(name, known)
        fields = {"name": name, "nearest": close[0] if close else "", "known": ", ".join(known)}
        raise UsageError(Finding("SOP807", fields=fields))
    try:
        engine = theirs[name].load()
    except Exception as error:  # noqa: BLE001  # whatever the import of foreign code raises
        raise broken(name, f"{type(error).__name__}: {error}") from None
    if not callable(engine):
        raise broken(name, f"{type(engine).__name__} cannot be called")
    return Layout(name, lanes=False, engine=engine)


def broken(name: str, reason: str) -> UsageError:
    """The refusal of a layout of another package."""
    return UsageError(Finding("SOP831", fields={"name": name, "reason": reason}))
