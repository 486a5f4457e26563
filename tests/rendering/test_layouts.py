"""Layouts of other packages, and Graphviz: used where they work, refused with a reason where they do not."""

import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import laws
import pytest

import sopflow
from sopflow.errors import UsageError
from sopflow.rendering import Placed, View, geometry_of, render, scene_of


def ladder(boxes, lines):
    """A layout as somebody may write it: all boxes in one column, lines beside them."""
    placed = Placed(width=400.0, height=100.0 * len(boxes))
    for number, box in enumerate(boxes):
        placed.nodes.append((100.0, 100.0 * number + 10, box.width, box.height))
    for line in lines:
        ends = [placed.nodes[line.source], placed.nodes[line.target]]
        placed.edges.append([(x + wide, y + high / 2) for x, y, wide, high in ends])
        placed.labels.append((300.0, ends[0][1], *line.label) if line.label is not None else None)
    return placed


def _raising(boxes, lines):
    raise KeyError("node")


def _short(boxes, lines):
    return Placed(nodes=[(0.0, 0.0, 1.0, 1.0)])


def _infinite(boxes, lines):
    placed = ladder(boxes, lines)
    placed.nodes[0] = (float("nan"), 0.0, 1.0, 1.0)
    return placed


BROKEN = (_raising, _short, _infinite, lambda boxes, lines: None, lambda: None)


@pytest.fixture
def offered(monkeypatch):
    """Makes an object the layout ``other`` of another package."""

    def offer(value):
        point = EntryPoint("other", value, "sopflow.layouts")
        monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: [point])

    return offer


def test_another_package_may_bring_a_layout(offered, monkeypatch):
    """Its places are those of the picture, in which steps name their roles."""
    monkeypatch.setattr(sys, "ladder", ladder, raising=False)
    offered("sys:ladder")
    scene = scene_of("event-attending", View(lang="zh", layout="other"))
    geometry = geometry_of(scene, layout="other")
    assert laws.missing(geometry, scene) == []
    assert {node.box[0] for node in geometry.sheets[0].nodes} == {28.0 + 100.0}
    assert any(line.kind == "role" for node in geometry.sheets[0].nodes for line in node.lines)


@pytest.mark.parametrize("engine", BROKEN, ids=lambda engine: engine.__name__)
def test_a_layout_that_fails_is_refused(offered, monkeypatch, engine):
    """Whatever it does, the user is told which layout it was and why; there is no traceback."""
    monkeypatch.setattr(sys, "engine", engine, raising=False)
    offered("sys:engine")
    with pytest.raises(UsageError) as told:
        render("event-attending", layout="other")
    assert told.value.finding.code == "SOP831"
    assert "other" in told.value.finding.text()


@pytest.mark.parametrize("where", ["no_such_module:x", "sys:no_such_name", "sys:version"])
def test_a_layout_that_cannot_be_loaded_is_refused(offered, where):
    """Likewise one that is not there, or is no function."""
    offered(where)
    with pytest.raises(UsageError) as told:
        render("event-attending", layout="other")
    assert told.value.finding.code == "SOP831"


def test_an_unknown_layout_is_told_with_all_that_there_are(offered):
    """Those of other packages, too."""
    offered("sys:ladder")
    with pytest.raises(UsageError) as told:
        render("event-attending", layout="othr")
    assert told.value.finding.code == "SOP807"
    assert "other" in told.value.finding.mend()
    assert "graphviz" in told.value.finding.mend()


def test_the_how_to_is_true(monkeypatch, offered):
    """The Python of `docs/how-to/add-a-layout.md` runs, its test passes, and it draws."""
    page = (Path(sopflow.__file__).parent.parent / "docs/how-to/add-a-layout.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, names)
    names["test_boxes_stand_one_below_the_other"]()
    monkeypatch.setattr(sys, "ladder", names["ladder"], raising=False)
    offered("sys:ladder")
    scene = scene_of("event-hosting", View(layout="other"))
    geometry = geometry_of(scene, layout="other")
    assert laws.missing(geometry, scene) == []
    assert laws.overlaps(geometry) == []
    assert laws.slanting(geometry) == []


def test_graphviz_may_lay_out():
    """All nodes and edges are drawn, lines are level or upright, no node lies on another."""
    pytest.importorskip("pygraphviz")
    scene = scene_of("event-hosting", View(lang="zh", layout="graphviz"))
    geometry = geometry_of(scene, layout="graphviz")
    assert laws.missing(geometry, scene) == []
    assert laws.overlaps(geometry) == []
    assert laws.slanting(geometry) == []


def test_without_pygraphviz_a_line_says_what_to_install(monkeypatch):
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(UsageError) as told:
        render("event-attending", layout="graphviz")
    assert told.value.finding.code == "SOP832"
    assert 'pip install "sopflow[graphviz]"' in told.value.finding.mend()


def test_an_svg_loads_only_what_it_needs():
    """No networkx, no rasteriser, no library of another format or another layout."""
    code = (
        "import sys, sopflow\n"
        "sopflow.render('event-attending', lang='zh')\n"
        "print([name for name in ('networkx', 'transitions', 'resvg_py', 'typst', 'pygraphviz', 'asyncio', 'sqlite3')"
        " if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(sopflow.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
