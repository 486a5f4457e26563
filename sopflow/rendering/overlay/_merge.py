"""Two versions as one scene: the new one, with what is gone from the old one where it stood.

Knows scenes, and the ids that one version's nodes have in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sopflow.rendering._scene import Band, Edge, Node, Scene, Sheet

#: What stands before the ids of what is gone, so that it is never taken for what has come.
GONE = "was/"


@dataclass(slots=True)
class Merged:
    """The merged scene; the ids of the nodes and edges that are new in it and of those that are gone.

    ``labels`` are the ways whose words have changed, each with its words before.
    """

    scene: Scene
    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)


def merge(old: Scene, new: Scene, becomes: Callable[[str], str]) -> Merged:
    """Both in one; ``becomes`` gives the id that an old id has in the new version, whether it is still there or not."""
    merged = Merged(new)
    there = {node.id for sheet in new.sheets for node in sheet.nodes}
    before = {becomes(node.id) for sheet in old.sheets for node in sheet.nodes}
    merged.added |= there - before
    olds = {becomes(sheet.id): _renamed(sheet, becomes, there) for sheet in old.sheets}
    sheets = [_merged(sheet, olds.pop(sheet.id, None), merged) for sheet in new.sheets]
    sheets += [_merged(None, sheet, merged) for sheet in olds.values() if any(_is_gone(node) for node in sheet.nodes)]
    lanes = {lane.id: lane for lane in (*new.lanes, *old.lanes)}
    used = {node.lane for sheet in sheets for node in sheet.nodes}
    numbered = tuple(replace(sheet, number=number) for number, sheet in enumerate(sheets, start=1))
    merged.scene = replace(
        new, sheets=numbered, lanes=tuple(lane for lane in lanes.values() if lane.id in used),
        phases={**old.phases, **new.phases},
    )  # fmt: skip
    return merged


def _is_gone(node: Node) -> bool:
    return node.id.startswith(GONE)


def _renamed(sheet: Sheet, becomes: Callable[[str], str], there: set[str]) -> Sheet:
    """An old sheet in the new version's ids; what is not in that version has ids of its own."""

    def name(id: str) -> str:
        new = becomes(id)
        return new if new in there else GONE + new

    return replace(
        sheet,
        nodes=tuple(replace(node, id=name(node.id), leads="", number=0) for node in sheet.nodes),
        edges=tuple(replace(edge, source=name(edge.source), target=name(edge.target)) for edge in sheet.edges),
        bands=tuple(
            replace(band, id=becomes(band.id), nodes=frozenset(map(name, band.nodes)), parent=becomes(band.parent))
            for band in sheet.bands
        ),
        phases={name(node): phase for node, phase in sheet.phases.items()},
    )


def _merged(new: Sheet | None, old: Sheet | None, merged: Merged) -> Sheet:
    """A sheet of both versions; of one alone where the other does not have it."""
    if new is None:
        assert old is not None  # there is one of the two
        old = _only_gone(old)
        new = replace(old, id=GONE + old.id, nodes=(), edges=(), bands=(), phases={})
    if old is None:
        merged.added |= {edge.id for edge in new.edges}
        return new
    merged.removed |= {node.id for node in old.nodes if _is_gone(node)}
    nodes = _woven(new.nodes, old.nodes)
    ids = {node.id for node in nodes}
    return replace(
        new,
        nodes=tuple(nodes),
        edges=(*new.edges, *_edges(new, old, ids, merged)),
        bands=_bands(new.bands, old.bands, ids),
        phases={**{node: phase for node, phase in old.phases.items() if node in ids}, **new.phases},
    )


def _only_gone(sheet: Sheet) -> Sheet:
    """What is gone of a sheet that is gone; the rest of it is drawn elsewhere."""
    kept = {node.id for node in sheet.nodes if _is_gone(node)}
    return replace(
        sheet,
        nodes=tuple(node for node in sheet.nodes if node.id in kept),
        edges=tuple(edge for edge in sheet.edges if edge.source in kept and edge.target in kept),
    )


def _woven(new: Iterable[Node], old: Iterable[Node]) -> list[Node]:
    """The new nodes, and each that is gone behind what it stood behind."""
    nodes = list(new)
    place = {node.id: at for at, node in enumerate(nodes)}
    gone: dict[int, list[Node]] = {}
    last = -1
    for node in old:
        if _is_gone(node):
            gone.setdefault(last, []).append(node)
        elif node.id in place:
            last = place[node.id]
    first, *rest = nodes or gone.pop(-1)  # a sheet begins with its start
    woven = [first, *gone.get(-1, []), *gone.get(0, [])] if nodes else [first]
    for at, node in enumerate(rest, start=1):
        woven += [node, *gone.get(at, [])]
    return woven


def _edges(new: Sheet, old: Sheet, ids: set[str], merged: Merged) -> list[Edge]:
    """The ways that are gone. One in whose place stands a way round what came, or went, is not told of."""
    ours = {(edge.source, edge.target): edge for edge in new.edges}
    theirs = {(edge.source, edge.target): edge for edge in old.edges}
    for ends, edge in ours.items():
        if ends not in theirs:
            merged.added.add(edge.id)
        elif theirs[ends].labels != edge.labels:
            merged.labels[edge.id] = theirs[ends].labels
    gone: list[Edge] = []
    for (source, target), edge in theirs.items():
        if (source, target) in ours or source not in ids or target not in ids:
            continue
        if not leads_round(new.edges, source, target, merged.added):
            gone.append(replace(edge, id=GONE + edge.id, exits=()))
    merged.removed |= {edge.id for edge in gone}
    return gone


def leads_round(edges: Iterable[Edge], source: str, target: str, through: set[str]) -> bool:
    """Whether one gets from ``source`` to ``target`` by nothing but nodes of ``through``, at least one."""
    following: dict[str, list[str]] = {}
    for edge in edges:
        following.setdefault(edge.source, []).append(edge.target)
    waiting, seen = [one for one in following.get(source, ()) if one in through], set[str]()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        if target in following.get(here, ()):
            return True
        waiting += [one for one in following.get(here, ()) if one in through]
    return False


def _bands(new: tuple[Band, ...], old: tuple[Band, ...], ids: set[str]) -> tuple[Band, ...]:
    """The new bands with what is gone from them, and old ones of which nothing is left."""
    gone = {band.id: frozenset(node for node in band.nodes if node in ids and node.startswith(GONE)) for band in old}
    kept = tuple(replace(band, nodes=band.nodes | gone.pop(band.id, frozenset())) for band in new)
    bands = {band.id for band in kept}
    lost = []
    for band in old:
        inside = frozenset(node for node in band.nodes if node in ids)
        if band.id not in bands and inside and inside == gone.get(band.id):
            lost.append(replace(band, id=GONE + band.id, nodes=inside, parent=_around(band, bands)))
    return _with_all(kept, lost)


def _around(band: Band, bands: set[str]) -> str:
    return band.parent if band.parent in bands else GONE + band.parent if band.parent else ""


def _with_all(kept: Iterable[Band], lost: Iterable[Band]) -> tuple[Band, ...]:
    """Each band with the nodes of those inside it; parents that are not drawn are nobody's."""
    bands = {band.id: band for band in (*kept, *lost)}
    for band in list(bands.values()):
        parent, seen = band.parent, {band.id}
        while parent in bands and parent not in seen:
            seen.add(parent)
            bands[parent] = replace(bands[parent], nodes=bands[parent].nodes | band.nodes)
            parent = bands[parent].parent
    return tuple(replace(band, parent=band.parent if band.parent in bands else "") for band in bands.values())
