"""A small edit moves little: who knows the picture of yesterday finds everything again."""

from bisect import bisect_left
from dataclasses import replace

import pytest

from sopflow import bundled
from sopflow.rendering import Edge, Node, View, geometry_of, scene_of

NAMES = [name for name in bundled.names() if "service-launch" not in name]  # the largest would take too long


def _nodes(geometry):
    return {node.id: node for sheet in geometry.sheets for node in sheet.nodes}


def _lanes(geometry):
    """The lanes of each sheet from left to right."""
    return [[lane.id for lane in sheet.lanes] for sheet in geometry.sheets]


def _kept(before, after, axis):
    """The share of nodes that stand in the same order along an axis as they did (a longest increasing subsequence)."""
    there = {id: node.box[axis] + node.box[axis + 2] / 2 for id, node in _nodes(before).items()}
    now = {id: node.box[axis] + node.box[axis + 2] / 2 for id, node in _nodes(after).items()}
    common = sorted(there.keys() & now.keys(), key=lambda id: (round(there[id]), round(now[id]), id))
    lows = []
    for place in ((round(now[id]), at) for at, id in enumerate(common)):
        at = bisect_left(lows, place)
        lows[at : at + 1] = [place]
    return len(lows) / max(len(common), 1)


def _edited(scene, edit):
    """``scene`` with its first sheet edited."""
    return replace(scene, sheets=(edit(scene.sheets[0]), *scene.sheets[1:]))


def _renamed(sheet):
    at = next(at for at, node in enumerate(sheet.nodes) if node.shape in ("task", "approval", "call"))
    node = replace(sheet.nodes[at], texts=tuple(f"{text}（新）" for text in sheet.nodes[at].texts))
    return replace(sheet, nodes=(*sheet.nodes[:at], node, *sheet.nodes[at + 1 :]))


def _inserted(sheet, edge):
    """``sheet`` with a step put into a way."""
    source = next(node for node in sheet.nodes if node.id == edge.source)
    new = Node("new", "task", ("新步骤",), "new", source.lane)
    edges = [replace(one, target="new") if one is edge else one for one in sheet.edges]
    bands = tuple(
        replace(band, nodes=band.nodes | {"new"}) if {edge.source, edge.target} <= band.nodes else band
        for band in sheet.bands
    )
    phase = sheet.phases.get(edge.source, "")
    at = sheet.nodes.index(source) + 1
    return replace(
        sheet,
        nodes=(*sheet.nodes[:at], new, *sheet.nodes[at:]),
        edges=(*edges, Edge("new>next", "new", edge.target)),
        bands=bands,
        phases=sheet.phases | ({"new": phase} if phase else {}),
    )


def _plain_ways(sheet):
    shapes = {node.id: node.shape for node in sheet.nodes}
    return [edge for edge in sheet.edges if shapes[edge.source] == "task" and shapes[edge.target] in ("task", "end")]


@pytest.mark.parametrize("name", NAMES)
def test_a_new_title_moves_no_step_to_another_place(name):
    """All nodes keep their lanes, and their order from above to below and from left to right."""
    scene = scene_of(name, View(lang="zh", calls=False))
    before, after = geometry_of(scene), geometry_of(_edited(scene, _renamed))
    assert _lanes(before) == _lanes(after)
    assert _nodes(before).keys() == _nodes(after).keys()
    assert (_kept(before, after, 0), _kept(before, after, 1)) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_new_step_moves_little(name):
    """Wherever a step is put in, at the end too, ids stay, and so does the order of nearly all nodes."""
    scene = scene_of(name, View(lang="zh", calls=False))
    before = geometry_of(scene)
    down, across = [], []
    ways = _plain_ways(scene.sheets[0])
    for edge in ways[:: max(len(ways) // 5, 1)] + ways[-1:]:
        after = geometry_of(_edited(scene, lambda sheet, edge=edge: _inserted(sheet, edge)))
        assert _nodes(before).keys() <= _nodes(after).keys()
        down.append(_kept(before, after, 1))
        across.append(_kept(before, after, 0))
    if down:
        assert min(down) >= 0.9
        # Where two orders of lanes are nearly as good, a step may decide between them.
        assert sum(across) / len(across) >= 0.78
